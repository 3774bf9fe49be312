"""What changed, told to every open page as server-sent events.

Nothing is queued for a page: each remembers how far it has come, and is told all that is newer
in one piece, whether it was slow, asleep or cut off.

Source: HTML Living Standard, "Server-sent events": `event:`, `id:`, `data:` and an empty line;
a line that begins with a colon is a comment.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

REMEMBERED = 200
"""Updates. A page that missed more is told to look at everything."""
HEARTBEAT = 15.0
"""Seconds. Proxies and sleeping laptops drop what is silent for a minute."""
GLANCE = 1.0
"""Seconds between two looks whether the page is still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What may look different since `epoch - 1`: ids of the preview, by kind.

    all       anything may.
    findings  the list of findings is another.
    """

    epoch: int
    all: bool = False
    articles: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    findings: bool = False


def joined(updates: Iterable[Update]) -> Update:
    """Make one update of several; at least one."""
    each = list(updates)
    return Update(
        epoch=max(one.epoch for one in each),
        all=any(one.all for one in each),
        articles=frozenset().union(*(one.articles for one in each)),
        collections=frozenset().union(*(one.collections for one in each)),
        pages=frozenset().union(*(one.pages for one in each)),
        findings=any(one.findings for one in each),
    )


def as_event(update: Update) -> bytes:
    """Spell an update as it goes over the wire."""
    data = {
        "epoch": update.epoch,
        "all": update.all,
        "articles": sorted(update.articles),
        "collections": sorted(update.collections),
        "pages": sorted(update.pages),
        "findings": update.findings,
    }
    return f"event: update\nid: {update.epoch}\ndata: {json.dumps(data)}\n\n".encode()


class Events:
    """The updates of one preview. State: the last of them, and whether it is over."""

    def __init__(self, *, heartbeat: float = HEARTBEAT, glance: float = GLANCE) -> None:
        self._heartbeat, self._glance = heartbeat, glance
        self._changed = threading.Condition()
        self._told: deque[Update] = deque(maxlen=REMEMBERED)
        self._closed = False
        self._listening = 0

    @property
    def listening(self) -> int:
        """How many pages are open now."""
        return self._listening

    def tell(self, update: Update) -> None:
        """Tell every open page."""
        with self._changed:
            self._told.append(update)
            self._changed.notify_all()

    def close(self) -> None:
        """End every stream."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def stream(self, since: int, is_gone: Callable[[], bool] = lambda: False) -> Iterator[bytes]:
        """Yield what a page is told, from now on and for as long as it is there.

        since    the epoch that it shows; one that is not ours yet is of an earlier preview.
        is_gone  whether it was closed; asked once a second.
        """
        with self._changed:
            self._listening += 1
        try:
            yield from self._streamed(since, is_gone)
        finally:
            with self._changed:
                self._listening -= 1

    def _streamed(self, since: int, is_gone: Callable[[], bool]) -> Iterator[bytes]:
        yield b"retry: 1000\n\n"
        silent = 0.0
        while not is_gone():
            with self._changed:
                if not self._closed and not self._newer(since):
                    self._changed.wait(self._glance)
                news, closed = self._newer(since), self._closed
            if news:
                update = joined(news)
                since, silent = update.epoch, 0.0
                yield as_event(update)
            if closed:
                return
            silent += self._glance
            if silent >= self._heartbeat:
                silent = 0.0
                yield b": still here\n\n"

    def _newer(self, since: int) -> list[Update]:
        if not self._told or since == self._told[-1].epoch:
            return []
        latest = self._told[-1]
        if since > latest.epoch or since < self._told[0].epoch - 1:
            return [Update(epoch=latest.epoch, all=True, findings=True)]
        return [update for update in self._told if update.epoch > since]
