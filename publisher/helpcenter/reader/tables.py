"""The rows of a help center, read once and kept up with what changes.

Rows are read through a narrow door. After a write only the rows it changed are read again;
an article that waits for its schedule is looked at whenever anything changed, since time
alone changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Row = Mapping[str, Any]
Changed = Mapping[str, tuple[Row | None, Row | None]]
"""By id: what a thing was, and what it is; None where there was or is nothing."""


class Door(Protocol):
    """What the public site needs to know of a help center.

    settings  name, default_locale, locales, public_url …
    epoch     a number that grows with every write
    rows      all rows of a kind: collection, article, page, source, admin
    row       one of them
    changed   by id, the rows of a kind that were written after an epoch; None: gone
    image     (bytes, media type), the original URL, or None, for a path on Intercom's CDN
    """

    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def epoch(self) -> int: ...
    def rows(self, kind: str, /) -> list[dict[str, Any]]: ...
    def row(self, kind: str, id: str, /) -> dict[str, Any] | None: ...
    def changed(self, kind: str, since: int, /) -> Mapping[str, dict[str, Any] | None]: ...
    def image(self, path: str, /) -> tuple[bytes, str] | str | None: ...


@dataclass(slots=True)
class Table:
    """The rows of one kind by id, as they were at an epoch. Under its owner's lock."""

    kind: str
    rows: dict[str, Row] = field(default_factory=dict)
    epoch: int = -1
    read: int = 0
    """How many rows were read so far."""

    def catch_up(self, door: Door, epoch: int) -> Changed:
        """Read what changed, at first everything, and tell it."""
        if epoch == self.epoch:
            return {}
        newer = dict(self._newer(door))
        self.epoch = epoch
        self.read += len(newer)
        changed = {id_: (self.rows.get(id_), row) for id_, row in newer.items()}
        for id_, row in newer.items():
            if row is None:
                self.rows.pop(id_, None)
            else:
                self.rows[id_] = row
        return changed

    def _newer(self, door: Door) -> Iterator[tuple[str, Row | None]]:
        if self.epoch < 0:
            yield from ((str(row["id"]), row) for row in door.rows(self.kind))
            return
        yield from door.changed(self.kind, self.epoch).items()
        for id_ in [id_ for id_, row in self.rows.items() if row.get("schedule")]:
            yield id_, door.row(self.kind, id_)
