"""Headings: levels relative to the shallowest, slugs as on GitHub, ids that last.

Intercom promotes headings until the shallowest is an `<h1>`, and gives each an id `h_` + 10
hex digits, which it keeps when we send it. So the ids are ours from the start: derived from
the article and the slug, or what the author pinned with `{#h_…}`.
Source: reference "How Intercom really treats article bodies", §3.1 and §3.2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from publisher.body import tree
from publisher.body.tree import Block

_PINNED = re.compile(r"h_[0-9a-f]{10}\Z")
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as published: our id, the slug that links use, its level 1–3, its line."""

    id: str
    slug: str
    level: int
    text: str
    line: int


def slug_of(text: str) -> str:
    """Return GitHub's anchor for a heading, before duplicates are numbered."""
    return _NOT_IN_SLUG.sub("", text.strip().lower()).replace(" ", "-")


@dataclass(slots=True)
class Headings:
    """The headings of one body, in order.

    seed    makes ids differ between articles.
    levels  the levels in use, shallowest first.
    """

    seed: str
    levels: tuple[int, ...]
    found: list[Heading] = field(default_factory=list)
    _slugs: dict[str, int] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)

    def add(self, block: tree.Heading) -> tree.Heading:
        """Note a heading; return it with the id and the level it is published with."""
        text = " ".join(tree.plain(block.runs).split())
        pinned = block.id if _PINNED.match(block.id) and block.id not in self._ids else ""
        named = block.id if block.id and not _PINNED.match(block.id) else ""
        slug = self.unique(named or slug_of(text))
        id_ = pinned or _id(self.seed + slug)
        self._ids[slug] = id_
        self._ids[id_] = id_
        level = min(self.levels.index(block.level) + 1, 3)
        self.found.append(Heading(id_, slug, level, text, block.line))
        return replace(block, id=id_, level=level)

    def unique(self, slug: str) -> str:
        """Number a slug that was there before, as GitHub does: `fees`, `fees-1`, `fees-2`."""
        unique = slug
        while unique in self._slugs:
            self._slugs[slug] += 1
            unique = f"{slug}-{self._slugs[slug]}"
        self._slugs[unique] = 0
        return unique

    def resolve(self, anchor: str) -> str | None:
        """Return the id of the heading that `#anchor` means, or None."""
        wanted = unquote(anchor)
        return self._ids.get(wanted) or self._ids.get(wanted.lower())


def levels_in(blocks: Iterable[Block]) -> tuple[int, ...]:
    """Return the heading levels in use, shallowest first."""
    found = {block.level for block in tree.walk(blocks) if isinstance(block, tree.Heading)}
    return tuple(sorted(found))


def _id(text: str) -> str:
    return "h_" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]
