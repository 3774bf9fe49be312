"""Drafts of blocks, and whether what they are written as comes back as what is meant.

The heart of `proof`: render, compare, and where it differs, put an island of HTML in place
of the smallest part that mends it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from publisher.body import canonical
from publisher.body.from_markdown import Rendered, render
from publisher.body.islands import Island, island, islanded, within_rebuilt
from publisher.body.reader import read
from publisher.body.to_markdown import joined, pieces
from publisher.body.tree import (
    Block,
    Blocks,
    Callout,
    Collapsible,
    Heading,
    Image,
    Listing,
    Run,
    walk,
)
from publisher.body.unsendable import MISREAD

_RELATIVE = re.compile(r'href="(?![a-z][a-z0-9+.-]*:|//)[^"]*"', re.IGNORECASE)
_OUR_ANCHOR = re.compile(r'(?<= href="#)h_[0-9a-f]{10}(?=")')
_ANCHOR = re.compile(r' href="#([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A block that is meant, and how it will be written.

    block   the same, with islands in it.
    lost    a link in it had to go: its heading is not there.
    bared   a link in it was signed, and is no more.
    seen    what comes back of it, when that is not what is meant; None while all is well.
    """

    meant: Block
    block: Block
    lost: bool = False
    bared: bool = False
    seen: Blocks | None = None

    @property
    def expected(self) -> Blocks:
        """What comes back."""
        return (self.meant,) if self.seen is None else self.seen


def holds(drafts: Sequence[Draft], *, partly: bool = False) -> bool:
    """Say whether drafts, written one after the other, come back as expected.

    partly  they are not the whole body: the headings their links need are put after them.
    """
    expected = tuple(block for draft in drafts for block in draft.expected)
    text = joined(pieces(tuple(draft.block for draft in drafts)))
    if partly and (slugs := _slugs_linked(expected)):
        text = "\n\n".join([text, *(f"# x {{#{slug}}}" if slug else "# !" for slug in slugs)])
        expected += tuple(Heading(level=1, runs=(Run("x" if slug else "!"),)) for slug in slugs)
    return _meaning(expected) == _meaning(_read_again(render(text)))


def _slugs_linked(blocks: Blocks) -> tuple[str, ...]:
    found = _ANCHOR.findall("".join(canonical.spell(blocks)))
    return tuple(dict.fromkeys(found))


def _read_again(rendered: Rendered) -> Blocks:
    """Read what was rendered; links within the page name slugs."""
    slugs = {heading.id: heading.slug for heading in rendered.headings}
    return read(_OUR_ANCHOR.sub(lambda id_: slugs.get(id_[0], id_[0]), rendered.html))


def _meaning(blocks: Blocks) -> tuple[list[str], list[str]]:
    """Return what has to be equal: the canonical spelling, and where images lie.

    An author's own addresses may be percent-encoded or not; others are taken literally.
    """
    spelt = [_RELATIVE.sub(lambda url: unquote(url[0]), text) for text in canonical.spell(blocks)]
    return spelt, [unquote(block.src) for block in walk(blocks) if isinstance(block, Image)]


# --- mending ----------------------------------------------------------------------------


def mended(draft: Draft) -> Draft:
    """Return a draft that comes back alone; if none does, one that knows what does."""
    if holds((draft,), partly=True):
        return draft
    for write in (_with_islands_inside, _as_island):
        tried = replace(draft, block=write(draft.meant))
        if holds((tried,), partly=True):
            return tried
    again = _read_again(render(joined(pieces((draft.block,)))))
    return replace(draft, seen=again)


def _as_island(block: Block) -> Island:
    return island(block, MISREAD)


def _with_islands_inside(block: Block) -> Block:
    """Keep the container, and make islands of as little in it as will do."""
    if isinstance(block, Listing):
        return within_rebuilt(block, lambda item: _mended_group(replace(block, items=(item,))))
    if isinstance(block, (Callout, Collapsible)):
        return replace(block, blocks=_mended_group(block))
    return islanded((block,))[0]


def _mended_group(container: Listing | Callout | Collapsible) -> Blocks:
    """Mend what a container with one group of blocks holds, until the container holds."""
    meant = container.items[0] if isinstance(container, Listing) else container.blocks
    written = [mended(Draft(meant=block, block=islanded((block,))[0])).block for block in meant]

    def holds_with(blocks: list[Block]) -> bool:
        block = within_rebuilt(container, lambda _: tuple(blocks))
        return holds((Draft(meant=container, block=block),), partly=True)

    if holds_with(written):
        return tuple(written)
    as_islands = [_as_island(block) for block in meant]
    for place in range(len(meant)):  # one of them may be the cause
        tried = [*written[:place], as_islands[place], *written[place + 1 :]]
        if holds_with(tried):
            return tuple(tried)
    return tuple(as_islands)


def settled(drafts: list[Draft]) -> list[Draft]:
    """Make islands of blocks that are only misread beside their neighbours."""
    drafts = list(drafts)
    while not holds(drafts):
        place = _first(lambda end: not holds(drafts[:end], partly=True), len(drafts)) - 1
        while place >= 0 and isinstance(drafts[place].block, Island):
            place -= 1
        if place < 0:
            break
        drafts[place] = replace(drafts[place], block=_as_island(drafts[place].meant))
    return drafts


def _first(fails: Callable[[int], bool], length: int) -> int:
    """Return the shortest length that fails, when every longer one does, too."""
    low, high = 1, length
    while low < high:
        middle = (low + high) // 2
        if fails(middle):
            high = middle
        else:
            low = middle + 1
    return low
