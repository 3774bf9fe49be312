"""What was read of the content folder and has not changed since, for a preview.

A file is known by its size, its times and its number in the file system. A clock that ticks
slowly gives two saves the same time, so a file that changed just before it was read is read
again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from publisher.source.document import Document
from publisher.source.files import Found

TICK = 50_000_000
"""Nanoseconds that no file system's clock is slower than."""


@dataclass(slots=True)
class Memory:
    """Documents by path. State: what has been read so far."""

    _kept: dict[str, tuple[tuple[int, ...], Document]] = field(default_factory=dict)

    def get(self, found: Found) -> Document | None:
        """Return the document of a file that has not changed; None: read it."""
        stamp, document = self._kept.get(found.path, (None, None))
        return document if stamp == found.stamp else None

    def keep(self, found: Found, document: Document) -> None:
        """Remember what was read of a file, unless it was changed a moment ago."""
        if time.time_ns() - max(found.mtime_ns, found.ctime_ns) > TICK:
            self._kept[found.path] = (found.stamp, document)
