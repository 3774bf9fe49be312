"""A folder of content, and the real `publisher preview` that shows it, in a process of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom

from tests.browser.texts import FILES, SETTINGS
from tests.preview.room import wait_until

PROGRAM = (sys.executable, "-m", "publisher")
ADDRESS = "The preview is at "
PORTS = range(20_000, 30_000)
"""Below those that systems give to outgoing connections."""


@dataclass(kw_only=True)
class Shop:
    """What is shown, and where. A file is named below content/.

    environment  what the program finds there besides what we find.
    """

    folder: Path
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, text in files.items():
            path = self.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text
        self.write({name: text.replace(old, new, 1)})

    def path(self, name: str) -> Path:
        return self.folder / "content" / name

    def run(self, *arguments: str) -> None:
        """Run another command of the program in the folder."""
        options = {"cwd": self.folder, "env": self._environment, "capture_output": True}
        done = subprocess.run([*PROGRAM, *arguments], **options, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start the preview, and wait until it shows pages where it says it is."""
        self._process = subprocess.Popen(
            [*PROGRAM, "preview", "--port", str(self.port)],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = []
        for line in self._process.stderr or ():
            said.append(line)
            if line.startswith(ADDRESS):
                wait_until(self._shows_pages)
                return
        raise AssertionError("".join(said))

    def _shows_pages(self) -> bool:
        """Whether it has pages already, and not only a word of how far they are."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with closing(asked):
            asked.request("GET", "/en/")
            return asked.getresponse().status == 200

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        said, _ = self._process.communicate(timeout=30)
        assert self._process.returncode == 0, said
        self._process = None

    def kill(self) -> None:
        """Whatever happened, leave nothing running."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


@contextmanager
def shop(folder: Path) -> Iterator[Shop]:
    """Open a preview of `texts.FILES`."""
    made = Shop(folder=folder, port=free_port())
    made.write(FILES)
    (folder / "publisher.toml").write_text(SETTINGS, encoding="utf-8")
    with opened(made):
        yield made


@contextmanager
def opened(shop: Shop) -> Iterator[None]:
    """Have it open, and ended in the end."""
    try:
        shop.start()
        yield
        shop.stop()
    finally:
        shop.kill()


def free_port() -> int:
    """A port that nobody listens on, and that no outgoing connection is given meanwhile."""
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")
