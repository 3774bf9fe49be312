"""A small world for a story: a folder of content, a help center on loopback, a command line.

The command line is the real one; it runs in this process, so that a test may look at the
help center, set faults and count calls between two commands.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.cli.main import main
from publisher.helpcenter import HelpCenter
from publisher.helpcenter.serve import Server
from publisher.ledger import opening
from publisher.ledger.home import beside
from publisher.ledger.records import Intent
from publisher.model import Entry, Key, Ref, RemoteId

TOKEN = "tok_test_0123456789"
SMALL = {
    "en/billing/_index.md": "---\ntitle: Billing\ndescription: Money\n---\n",
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
    "en/billing/refunds.md": (
        "---\ntitle: Refunds\ndescription: Getting money back\n---\n"
        "Within 14 days. See [cancelling](../orders/cancel.md#fees).\n\n## How\n\nWrite to us.\n"
    ),
    "fr/billing/refunds.md": (
        "---\ntitle: Remboursements\n---\n"
        "Sous 14 jours. Voir [annuler](../orders/cancel.md#fees).\n"
    ),
    "en/orders/cancel.md": (
        "---\ntitle: Cancel an order\n---\n"
        "See [refunds](../billing/refunds.md).\n\n## Fees\n\nNone.\n"
    ),
}


@dataclass
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"


@dataclass
class World:
    """One repository and one help center."""

    folder: Path
    center: HelpCenter
    url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    recorder: object = None

    def write(self, files: Mapping[str, str | bytes]) -> World:
        for name, text in files.items():
            path = self.folder / "content" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        return self

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / "content" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def remove(self, name: str) -> None:
        path = self.folder / "content" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def move(self, old: str, new: str) -> None:
        target = self.folder / "content" / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / "content" / old).rename(target)

    def configure(self, *, top: str = "", **target: object) -> None:
        """Write publisher.toml: an Intercom target called `live` that is this help center."""
        self.settings = {
            "kind": '"intercom"',
            "listing_lag": "0",
            "base_url": f'"{self.url}"',
            **self.settings,
            **{name: json.dumps(value) for name, value in target.items()},
        }
        lines = "\n".join(f"{name} = {value}" for name, value in self.settings.items())
        (self.folder / "publisher.toml").write_text(
            f'default_target = "live"\n{top}\n[targets.live]\n{lines}\n'
        )

    def run(self, *arguments: str) -> Outcome:
        """Run a command as a user would; anything but SystemExit is a bug and surfaces here."""
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main(list(arguments))
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Outcome(code, out.getvalue(), err.getvalue())

    def apply(self, *arguments: str, expect: int = 0) -> Outcome:
        outcome = self.run("apply", "--yes", *arguments)
        assert outcome.code == expect, str(outcome)
        return outcome

    def plan(self, *arguments: str) -> dict:
        outcome = self.run("plan", "--format", "json", *arguments)
        assert outcome.code == 0, str(outcome)
        return outcome.json

    def changes(self, *arguments: str) -> list[tuple[str, str, str]]:
        return [(c["verb"], c["kind"], c["key"]) for c in self.plan(*arguments)["changes"]]

    def notices(self, *arguments: str) -> list[str]:
        return [notice["rule"] for notice in self.plan(*arguments)["notices"]]

    def leave_in_doubt(self, key: str, title: str, *, id: str = "0" * 32) -> None:
        """Leave what a run leaves that was killed while it created an article."""
        ref = Ref("article", Key(key))
        would = Entry(ref=ref, id=RemoteId(""), title=title)
        home = beside(self.folder / ".publisher", "live")
        with opening.opened(home, command="publisher apply", new_id=lambda: "1") as journal:
            journal.begin([Intent(id=id, ref=ref, action="birth", would=would, meant={})])

    def article(self, title: str) -> dict:
        """The one live article with this title in any locale."""
        found = [
            row
            for row in self.center.rows("article")
            if title in [content["title"] for content in row["contents"].values()]
        ]
        assert len(found) == 1, [row["id"] for row in found]
        return found[0]

    def body(self, title: str, locale: str = "en") -> str:
        return self.article(title)["contents"][locale]["body"]

    @property
    def writes(self) -> list[tuple[str, str, int]]:
        return [tuple(call) for call in self.center.calls if call[0] != "GET"]


@contextlib.contextmanager
def world(folder: Path, *, wrap: object = None, **settings: object) -> Iterator[World]:
    """Open a world whose help center listens on loopback; `wrap` may stand before it."""
    settings = {"locales": ("en", "fr", "de"), **settings}
    center = HelpCenter(**{name: value for name, value in settings.items() if value is not None})
    app = wrap(center) if wrap else center
    server = Server(app, 0)
    try:
        made = World(folder=folder, center=center, url=server.url, recorder=app)
        made.configure()
        yield made
    finally:
        stop(server)
    center.close()


def stop(server: Server) -> None:
    """Stop a server at once: it looks up every 50 ms, and whenever somebody comes."""
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", server.port), 1).close()
    stopping.join()
