"""Blocks as their author would write them: addresses, heading levels, no ids.

The tree of what is live is changed here, before any Markdown is written, so that writing
and proving look at the same blocks and know nothing of addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from publisher.body import vocabulary
from publisher.body.headings import Headings, slug_of
from publisher.body.inline import tidy
from publisher.body.islands import within_rebuilt
from publisher.body.tree import (
    Block,
    Blocks,
    Button,
    Collapsible,
    Embed,
    Heading,
    Image,
    Mark,
    Opaque,
    Paragraph,
    Run,
    Runs,
    plain,
    walk,
)

Address = Callable[[str, bool], str]

_COUNTED = vocabulary.KEPT_MARKS | vocabulary.names("u s del strike ins sub sup mark small")
"""Marks that mean something to a reader; the others are wrappers nobody sees."""


def slugs_of(blocks: Blocks) -> tuple[str, ...]:
    """Return the slug that each heading will have, in the order of reading."""
    headings = Headings("", ())
    return tuple(
        headings.unique(slug_of(" ".join(plain(block.runs).split())))
        for block in walk(blocks)
        if isinstance(block, Heading)
    )


def anchors_of(blocks: Blocks) -> dict[str, str]:
    """Return the slug of each heading that has an id; of equal ids the first counts."""
    ids = (block.id for block in walk(blocks) if isinstance(block, Heading))
    found: dict[str, str] = {}
    for id_, slug in zip(ids, slugs_of(blocks), strict=True):
        if id_:
            found.setdefault(id_, slug)
    return found


@dataclass(slots=True, kw_only=True)
class Addressing:
    """How the blocks of one body are told with an author's addresses.

    address  of links and images.
    anchors  live heading id → slug.
    levels   live heading level → the level to write.
    lost     addresses of links to headings that are not there; the text of such stays.
    bared    links and the like whose signature was left out.
    """

    address: Address
    anchors: Mapping[str, str]
    levels: Mapping[int, int]
    lost: list[str] = field(default_factory=list)
    bared: list[str] = field(default_factory=list)

    def blocks(self, blocks: Blocks) -> Blocks:
        """Tell blocks, and all that is in them."""
        return tuple(map(self.block, blocks))

    def block(self, block: Block) -> Block:
        """Tell one block."""
        if isinstance(block, Paragraph):
            return replace(block, runs=self._runs(block.runs))
        if isinstance(block, Heading):
            level = self.levels.get(block.level, block.level)
            return replace(block, runs=self._runs(block.runs), level=level, id="")
        if isinstance(block, Image):
            href = self._link(block.href) if block.href else ""
            src = vocabulary.unsigned(self.address(block.src, True))
            return replace(block, src=src, href=href or "")
        if isinstance(block, Button):
            return self._button(block)
        if isinstance(block, Embed):
            return replace(block, src=self._bared(block.src, vocabulary.unsigned))
        if isinstance(block, Opaque):
            return replace(block, html=self._bared(block.html, vocabulary.unsigned_within))
        if isinstance(block, Collapsible):
            block = replace(block, title=self._runs(block.title))
        return within_rebuilt(block, self.blocks)

    def _bared(self, signed: str, unsigned: Callable[[str], str]) -> str:
        bare = unsigned(signed)
        if bare != signed:
            self.bared.append(bare)
        return bare

    def _button(self, block: Button) -> Block:
        href = self._link(block.href)
        if href is None:
            return Paragraph(runs=(Run(block.label),), align=block.align)
        return replace(block, href=href)

    def _runs(self, runs: Runs) -> Runs:
        if not any(run.marks for run in runs):
            return runs
        return tidy(Run(run.text, self._marks(run.marks)) for run in runs)

    def _marks(self, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        told = []
        for mark in marks:
            href = self._link(mark.value) if mark.tag == "a" else ""
            if mark.tag in _COUNTED and href is not None:
                told.append(Mark(mark.tag, href))
        return tuple(told)

    def _link(self, url: str) -> str | None:
        """Return the address to write, or None for a heading that is not there."""
        if not url.startswith("#"):
            url = self.address(self._bared(url, vocabulary.unsigned), False)
            if not url.startswith("#") or url[1:] in self.anchors.values():
                return url
        slug = self.anchors.get(url[1:])
        if slug is None:
            self.lost.append(url)
            return None
        return f"#{slug}"
