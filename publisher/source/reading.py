"""Read one file: from memory, from the cache, or anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from publisher.model import digest
from publisher.source import cache as kept
from publisher.source import files
from publisher.source.document import Document, broken, compile_document
from publisher.source.files import Found
from publisher.source.memory import Memory
from publisher.source.rules import Finding
from publisher.source.standing import Where


@dataclass(slots=True)
class Reading:
    """Reads files one after the other. State: how many were compiled, and what of the cache."""

    where: Where
    shelf: kept.Shelf
    memory: Memory | None
    parsed: int = 0
    used: set[Path] = field(default_factory=set)

    def document(self, found: Found) -> Document:
        known = self.memory.get(found) if self.memory is not None else None
        if known is not None:
            return known
        raw = files.read(found)
        if isinstance(raw, Finding):
            return broken(found.path, found.name, digest(str(found.size)), raw)
        document = self._compiled(found, raw)
        if self.memory is not None:
            self.memory.keep(found, document)
        return document

    def _compiled(self, found: Found, raw: bytes) -> Document:
        place = self.shelf.place(found, raw)
        document = kept.get(place)
        if document is None:
            document = compile_document(found.path, found.name, raw, self.where.rules)
            kept.put(place, document)
            self.parsed += 1
        self.used |= {place} if place else set()
        return document
