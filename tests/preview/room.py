"""A folder of content and its preview behind a socket of this machine."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from publisher import config as configs
from publisher.helpcenter.serve import Server
from publisher.preview.app import App, app
from publisher.workflow.previews.previewing import Preview, opened

SMALL = {
    "en/billing/_index.md": "---\ntitle: Billing\ndescription: Money\n---\n",
    "en/billing/refunds.md": "---\ntitle: Refunds\n---\nWithin 14 days.\n\n## How\n\nWrite.\n",
    "fr/billing/refunds.md": "---\ntitle: Remboursements\n---\nSous 14 jours.\n",
    "en/billing/invoices.md": "---\ntitle: Invoices\nstate: draft\n---\nEvery month.\n",
}
BROKEN = "---\ntitle: [Refunds\n---\nNobody can read this.\n"


@dataclass(kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(kw_only=True)
class Room:
    """A preview that is open."""

    folder: Path
    preview: Preview
    app: App
    server: Server
    faults: list[str] = field(default_factory=list)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask once, without following redirects; `Sec_Fetch_Site` stands for Sec-Fetch-Site."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=named)
            answer = connection.getresponse()
            return Answer(
                status=answer.status,
                headers={name.lower(): value for name, value in answer.getheaders()},
                body=answer.read(),
            )
        finally:
            connection.close()

    def followed(self, path: str) -> Answer:
        """Ask, and follow where it leads."""
        answer = self.get(path)
        while answer.status in (301, 302, 307, 308):
            answer = self.get(answer.headers["location"])
        return answer

    def page(self, path: str) -> str:
        """The text of a page, redirects followed."""
        return self.followed(path).text

    def raw(self, request: bytes) -> bytes:
        """Send bytes as they are; returns the first line of the answer."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as connection:
            connection.sendall(request)
            return connection.makefile("rb").readline()

    def at(self, title: str, locale: str = "en") -> str:
        """The address of an article by its title."""
        for row in self.preview.center.rows("article"):
            if any(each["title"] == title for each in row["contents"].values()):
                return f"/{locale}/articles/{row['id']}"
        raise AssertionError(title)


@contextmanager
def room(folder: Path, files: dict[str, str] | None = None, top: str = "") -> Iterator[Room]:
    """Open a preview of these files."""
    folder.mkdir(exist_ok=True)
    (folder / "publisher.toml").write_text(top, encoding="utf-8")
    for name, text in (SMALL if files is None else files).items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config = configs.load(folder, environment={})
    with opened(config, port=8020) as preview:
        made = app(preview)
        with Server(made, 0) as server:
            shown = Room(folder=folder, preview=preview, app=made, server=server)
            made.fault = shown.faults.append
            yield shown
            made.events.close()


class Listener:
    """An open page: it reads events in a thread of its own until it is closed."""

    def __init__(self, room: Room, query: str = "", **headers: str) -> None:
        self.updates: list[dict] = []
        self.beats = 0
        self.ended = threading.Event()
        self._connection = http.client.HTTPConnection("127.0.0.1", room.server.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request("GET", f"/-/events{query}", headers=named)
        self._socket = self._connection.sock  # the connection forgets it with the answer
        self.answer = self._connection.getresponse()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for line in self.answer:
                if line.startswith(b"data: "):
                    self.updates.append(json.loads(line.removeprefix(b"data: ")))
                self.beats += line.startswith(b":")
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.ended.set()

    def wait_for(self, count: int, seconds: float = 20.0) -> list[dict]:
        """Wait until so many updates have come."""
        wait_until(lambda: len(self.updates) >= count, seconds)
        return self.updates

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self.answer.close()
        self._connection.close()


def wait_until(is_so, seconds: float = 20.0) -> None:
    """Wait for something that another thread does."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)
