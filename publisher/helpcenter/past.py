"""What things were before they changed: lists that lag behind are made from it.

Intercom's lists are eventually consistent: what was just written may be missing from
them, or shown as it was. With a lag of 20 seconds a list shows the help center of 20
seconds ago; what is asked for by its id, and the public pages, are never behind.

Used under the store's lock. It knows the changes of this process alone, and only those
made while there was a lag.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class _Former(NamedTuple):
    """A document as it was until `until`; None: it was not there."""

    until: float
    kind: str
    id: int
    document: str | None


@dataclass(slots=True, kw_only=True)
class Past:
    """The changes of the last `lag()` seconds, each with what was there before."""

    now: Callable[[], float]
    lag: Callable[[], float]
    _made: deque[_Former] = field(default_factory=deque)
    _open: list[tuple[str, int, str | None]] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Whether changes have to be noted at all."""
        return self.lag() > 0

    def note(self, kind: str, id: int, document: str | None) -> None:
        """Remember what a thing is, just before it changes in the open transaction."""
        self._open.append((kind, id, document))

    def commit(self) -> None:
        """The transaction is through: its changes were made now."""
        if self._open:
            now = self.now()
            self._made.extend(_Former(now, *noted) for noted in self._open)
            self._open.clear()
            self._trim(now)

    def roll_back(self) -> None:
        """The transaction was given up: it changed nothing."""
        self._open.clear()

    def _trim(self, now: float) -> None:
        while self._made and self._made[0].until <= now - self.lag():
            self._made.popleft()

    def former(self, kind: str) -> dict[int, dict[str, Any] | None]:
        """Return by id the things a list still shows as they were; None: not shown yet."""
        if not self._made:
            return {}
        self._trim(self.now())
        first: dict[int, str | None] = {}
        for made in self._made:
            if made.kind == kind:
                first.setdefault(made.id, made.document)
        return {id: json.loads(text) if text else None for id, text in first.items()}
