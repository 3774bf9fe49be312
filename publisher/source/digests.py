"""Images and other files that bodies show, by their place and by a digest of their bytes.

A file that nobody shows is never opened: a content folder may hold gigabytes of video.
Digests are kept by size and time of change, and taken again where the file is as young
as what we wrote down, because two saves within one tick of a file system look alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.model import Asset, Digest
from publisher.source import cache as kept
from publisher.source.files import Found

TICK_NS = 2_000_000_000
"""The coarsest file time in use (FAT): 2 seconds."""


@dataclass(frozen=True, slots=True)
class Assets:
    """Looks files up and reads each at most once.

    files    by their path below the content folder, in NFC.
    place    where digests are kept between runs, or None.
    known    {path: [size, time, digest]} as written down at `written` (nanoseconds).
    """

    files: Mapping[str, Found]
    place: Path | None
    known: Mapping[str, list[Any]]
    written: int
    seen: dict[str, Asset | None] = field(default_factory=dict)

    def at(self, path: str) -> Asset | None:
        """Return the asset at a path, or None when no readable file is there."""
        if path not in self.seen:
            self.seen[path] = self._asset(self.files[path]) if path in self.files else None
        return self.seen[path]

    def keep(self) -> None:
        """Write down for the next run what this one saw."""
        fresh = {
            path: [self.files[path].size, self.files[path].mtime_ns, asset.digest]
            for path, asset in self.seen.items()
            if asset and self.files[path].content is None
        }
        of_past = self.files and all(each.content is not None for each in self.files.values())
        if self.place and fresh != self.known and not of_past:
            kept.write(self.place, fresh)

    def _asset(self, found: Found) -> Asset | None:
        digest = self._known(found) or _taken(found)
        if digest is None:
            return None
        name = found.name.rpartition("/")[2]
        return Asset(token=f"{digest}/{name}", path=found.path, size=found.size)

    def _known(self, found: Found) -> Digest | None:
        if found.content is not None:
            return None
        match self.known.get(found.name):
            case [found.size, found.mtime_ns, str(digest)]:
                return Digest(digest) if found.mtime_ns < self.written - TICK_NS else None
        return None


def assets_of(files: Iterable[Found], cache: Path | None) -> Assets:
    """Return the look-up over the files of a content folder that are not Markdown."""
    place = cache / "assets.json" if cache else None
    known, written = _read(place) if place else ({}, 0)
    return Assets({found.name: found for found in files}, place, known, written)


def _read(place: Path) -> tuple[Mapping[str, list[Any]], int]:
    try:
        known = kept.read(place)
        return (known if isinstance(known, dict) else {}), place.stat().st_mtime_ns
    except (OSError, ValueError, RecursionError):
        return {}, 0


def _taken(found: Found) -> Digest | None:
    if found.content is not None:
        return Digest(hashlib.sha256(found.content).hexdigest()[:16])
    try:
        with found.real.open("rb") as file:
            return Digest(hashlib.file_digest(file, "sha256").hexdigest()[:16])
    except OSError:
        return None
