"""Real processes without half a second of imports each: one that has imported everything forks.

It reads one request per line (JSON) and answers with lines of its own:

    {"start": 7, "argv": [...], "cwd": "...", "env": {...}, "out": "...", "err": "..."}
    {"kill": 7}                      SIGKILL, if it still runs
    {"ended": 7, "status": 0}        what is said of each start; -9 after a SIGKILL

It has a single thread, so forking is safe, and only it waits for its children, so a kill can
never hit a stranger that was given the same number. When its own input ends, they all go.
"""

from __future__ import annotations

from storms import clock

clock.hasten()

import contextlib  # noqa: E402 - the clock has to be changed before anybody asks for the time
import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import pkgutil  # noqa: E402
import select  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import publisher  # noqa: E402

LEFT_OUT = ("publisher.__main__", "publisher.helpcenter")


def preload() -> None:
    """Import all that a command may import later; what needs an extra may be missing."""
    found = (module.name for module in pkgutil.walk_packages(publisher.__path__, "publisher."))
    for name in ("boto3", *found):
        if not name.startswith(LEFT_OUT):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def serve() -> None:
    """Fork on request until standard input ends."""
    children: dict[int, int] = {}
    wake, waker = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    pending = b""
    while True:
        ready, _, _ = select.select([0, wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                break
            *lines, pending = (pending + read).split(b"\n")
            for line in lines:
                _obey(json.loads(line), children)
        _bury(children)
    for pid in children.values():
        os.kill(pid, signal.SIGKILL)


def _obey(asked: dict[str, Any], children: dict[int, int]) -> None:
    if "kill" in asked:
        if pid := children.get(asked["kill"]):
            os.kill(pid, signal.SIGKILL)
        return
    pid = os.fork()
    if pid == 0:
        _become(asked)
    children[asked["start"]] = pid


def _bury(children: dict[int, int]) -> None:
    """Report everybody who has ended."""
    for number, pid in list(children.items()):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            del children[number]
            said = {"ended": number, "status": os.waitstatus_to_exitcode(status)}
            os.write(1, json.dumps(said).encode() + b"\n")


def _become(asked: dict[str, Any]) -> None:
    """In the child: be `publisher ARGV`, and never come back."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644), number)
        os.chdir(asked["cwd"])
        os.environ.update(asked["env"])
        code = _run(asked["argv"])
    finally:
        os._exit(code)


def _run(argv: list[str]) -> int:
    import random
    import traceback

    from publisher.cli.main import main

    random.seed()
    try:
        main(argv)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # what nobody foresaw is a finding of the torture
        traceback.print_exc()
        code = 70
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    preload()
    serve()
