"""A help center in this process, and an apply from nouns: no files of content, no socket."""

from __future__ import annotations

import io
import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from publisher.apply import recovery
from publisher.apply.execute import execute
from publisher.apply.remote import Remote
from publisher.apply.run import Done, Run
from publisher.apply.settling import find_out, write_down
from publisher.helpcenter import HelpCenter
from publisher.intercom import observe
from publisher.intercom.dialect import dialect
from publisher.intercom.transport import Transport
from publisher.ledger import opening
from publisher.ledger.book import Ledger
from publisher.ledger.home import beside
from publisher.model import Site
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Origin, Plan, Policy, Wanted
from publisher.plan.make import make
from publisher.plan.view import (
    kept_headings,
    known_addresses,
    merged_headings,
    still_public,
    with_twins,
)
from publisher.workflow.drafts import drafts_of


@dataclass
class Watched:
    """The help center with an eye on every call: before it is carried out, and after."""

    center: HelpCenter
    sent: list[tuple[str, str, dict]] = field(default_factory=list)
    before: Callable[[str, str], None] = lambda method, path: None
    after: Callable[[str, str], None] = lambda method, path: None

    def __call__(self, environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(content)
        if method != "GET":
            self.sent.append((method, path, json.loads(content) if content else {}))
        self.before(method, path)
        try:
            return self.center(environ, start_response)
        finally:
            self.after(method, path)

    @property
    def calls(self) -> list[str]:
        return [f"{method} {path.strip('/').split('/')[-1]}" for method, path, _ in self.sent]


@dataclass
class Bench:
    """One help center, one ledger, and whoever applies to it."""

    folder: Path
    center: HelpCenter
    watched: Watched
    transport: Transport
    version: str
    waits: list[float] = field(default_factory=list)
    lag: float = 0.0
    meanwhile: Callable[[float], object] = lambda seconds: None
    on_wait: Callable[[float], object] = lambda seconds: None
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def ledger(self) -> Ledger:
        return opening.read(beside(self.folder, "live"))

    def look(self):
        speaks = dialect(self.version)
        seen = observe.observe(
            self.transport.send, speaks, known={}, default_locale="en", fin=speaks.pages
        )
        return seen.things

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.meanwhile(seconds)

    def plan(self, wanted: Site, **policy: object) -> Plan:
        return self._planned(wanted, self.ledger, policy)[0]

    def _planned(self, wanted, ledger, policy):
        speaks = dialect(self.version)
        known = {(ref.kind, entry.id): ref.key for ref, entry in ledger.entries.items()}
        seen = observe.observe(
            self.transport.send, speaks, known=known, default_locale="en", fin=speaks.pages
        )
        doubts = list(ledger.doubts.values())
        settled = recovery.settle(doubts, seen.things, entries=ledger.entries)
        entries = dict(ledger.entries)
        for item in settled:
            if item.entry:
                entries[item.intent.ref] = item.entry
            elif item.removed:
                entries.pop(item.intent.ref, None)
        for name in ("overwrite", "allow_deletes", "only"):
            policy[name] = frozenset(policy.get(name, ()))
        policy.setdefault("author", "991267242")
        made = make(
            Wanted(site=wanted),
            seen.things,
            seen.gone,
            entries,
            Policy(**policy),
            origin=Origin(target="live"),
            abilities=speaks.abilities,
        )
        made = drafts_of(made, self.transport.send, speaks, default_locale="en")
        return made, seen, settled, entries

    def apply(
        self,
        wanted: Site,
        *,
        meanwhile: Callable[[], object] = lambda: None,
        stop: Callable[[], bool] = lambda: False,
        concurrency: int = 1,
        **policy: object,
    ) -> list[Done]:
        """Plan, let somebody else act, and carry the plan out."""
        home = beside(self.folder, "live")
        with opening.opened(home, command="test", new_id=lambda: "lineage") as journal:
            doubts = list(journal.ledger.doubts.values())
            found = find_out(
                doubts,
                self.look,
                lag=self.lag,
                pause=self.waits.append,
                entries=journal.ledger.entries,
            )
            write_down(found, journal)
            made, seen, _, entries = self._planned(wanted, journal.ledger, policy)
            meanwhile()
            self.watched.sent.clear()
            live = {
                ref: seen.things[ref.kind, entry.id]
                for ref, entry in entries.items()
                if (ref.kind, entry.id) in seen.things
            }
            known = known_addresses("en", entries, live)
            known = with_twins(known, made.beside, seen.things)
            present = {}
            for kind, remote in seen.things:
                present.setdefault(kind, []).append(remote)
            run = Run(
                journal=journal,
                remote=Remote(
                    send=self.transport.send,
                    attempt=self.transport.attempt,
                    dialect=dialect(self.version),
                    default_locale="en",
                    present=present,
                ),
                addresses=Addresses(
                    default_locale="en",
                    ids=dict(known.ids),
                    urls=still_public(known.urls, made),
                    headings=merged_headings(known.headings, kept_headings(made)),
                ),
                new_id=lambda: f"{next(self.numbers):032x}",
                stopped=stop,
                pause=self.pause,
                lag=self.lag,
                concurrency=concurrency,
            )
            return list(execute(made, run))

    def article(self, title: str) -> dict:
        [found] = [
            row
            for row in self.center.rows("article")
            if title in [content["title"] for content in row["contents"].values()]
        ]
        return found

    def put_of(self, title: str) -> dict:
        """The only PUT to the article of this title."""
        id_ = self.article(title)["id"]
        [found] = [
            body
            for method, path, body in self.watched.sent
            if method == "PUT" and path.endswith(f"/{id_}")
        ]
        return found


@contextmanager
def bench(folder: Path, *, version: str = "2.16", **settings: object) -> Iterator[Bench]:
    center = HelpCenter(**{"locales": ("en", "fr", "de"), **settings})
    watched = Watched(center)
    waits: list[float] = []
    clock = settings.get("now", time.time)
    door = httpx.WSGITransport(app=watched)
    with httpx.Client(transport=door, base_url="http://127.0.0.1:8010") as http:
        transport = Transport(
            http,
            token="tok_test_0123456789",
            dialect=dialect(version),
            sleep=lambda seconds: (waits.append(seconds), made[0].on_wait(seconds)),
            now=clock,
            jitter=lambda: 0.0,
        )
        made = [Bench(folder, center, watched, transport, version, waits)]
        yield made[0]
    center.close()


def outcomes(done: list[Done]) -> dict[str, str]:
    """How each step ended, by what it was; skipped ones without a word are left out."""
    return {
        f"{each.step.action} {each.step.change.ref.key}": each.outcome
        for each in done
        if each.outcome != "skipped" or each.message
    }
