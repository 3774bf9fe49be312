"""Start real `publisher` processes, wait for them, kill them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOKEN = "tok_storm_0123456789"
PATIENCE = 60.0
"""Real seconds after which a command counts as hanging; they take less than one."""


@dataclass(slots=True, eq=False)
class Command:
    """One process. `code` is its exit code, -9 when it was killed, None while it runs."""

    number: int
    argv: tuple[str, ...]
    out: Path
    err: Path
    killed: bool = False
    code: int | None = None
    process: subprocess.Popen[bytes] | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def said(self) -> str:
        """What it wrote on standard error."""
        return self.err.read_text(errors="replace")

    @property
    def told(self) -> str:
        """What it wrote on standard output."""
        return self.out.read_text(errors="replace")


class Launcher:
    """A zygote and its commands; a context manager that ends them all."""

    def __init__(self) -> None:
        paths = os.pathsep.join([str(ROOT), str(HERE.parent)])
        self._env = {"PYTHONPATH": paths, "INTERCOM_ACCESS_TOKEN": TOKEN, "NO_COLOR": "1"}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PUBLISHER_", "CI"))}
        self._whole = {**kept, **self._env}
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "storms.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._whole,
        )
        self._numbers = itertools.count(1)
        self._running: dict[int, Command] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def start(
        self, folder: Path, *argv: str, env: Mapping[str, str] | None = None, plain: bool = False
    ) -> Command:
        """Start `publisher ARGV` in `folder`; `plain`: as a whole new interpreter."""
        number = next(self._numbers)
        logs = folder.parent / "said"
        logs.mkdir(exist_ok=True)
        command = Command(
            number, argv, out=logs / f"{number:04}.out", err=logs / f"{number:04}.err"
        )
        for path in (command.out, command.err):
            path.touch()
        self._running[number] = command
        if plain:
            self._start_plain(command, folder, {**self._whole, **(env or {})})
            return command
        asked = {"start": number, "argv": argv, "cwd": str(folder), "env": dict(env or {})}
        self._ask(asked | {"out": str(command.out), "err": str(command.err)})
        return command

    def _start_plain(self, command: Command, folder: Path, env: Mapping[str, str]) -> None:
        with command.out.open("ab") as out, command.err.open("ab") as err:
            command.process = subprocess.Popen(
                [sys.executable, "-m", "storms.clock", *command.argv],
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        threading.Thread(target=self._await_plain, args=(command,), daemon=True).start()

    def _await_plain(self, command: Command) -> None:
        assert command.process is not None
        command.code = command.process.wait()
        command.ended.set()

    def wait(self, command: Command, seconds: float = PATIENCE) -> bool:
        """Wait for its end; False when it still runs."""
        return command.ended.wait(seconds)

    def kill(self, command: Command) -> None:
        """`kill -9`, at once; nothing when it has ended."""
        command.killed = True
        if command.process:
            command.process.kill()
        else:
            self._ask({"kill": command.number})

    def _ask(self, asked: Mapping[str, object]) -> None:
        assert self._zygote.stdin is not None
        with self._lock:
            self._zygote.stdin.write(json.dumps(asked).encode() + b"\n")
            self._zygote.stdin.flush()

    def _listen(self) -> None:
        assert self._zygote.stdout is not None
        for line in self._zygote.stdout:
            said = json.loads(line)
            command = self._running.pop(said["ended"])
            command.code = said["status"]
            command.ended.set()

    def __enter__(self) -> Launcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        self._zygote.wait()
