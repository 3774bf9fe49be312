"""Live HTML → Markdown that provably means the same, block by block.

Nothing is trusted to be written right: what was written is rendered again, and has to have
the canonical spelling of what is live. All at once first, which is nearly always enough; if
not, each block alone. A block that does not come back is kept as an island of HTML, and of a
container only what is in it, so that everything around stays editable. Then neighbours: a
block may be read otherwise beside another than alone.

    live HTML ──read──► blocks ──addressed──► meant ──islands──► drafts ──write──► Markdown
                                                │                                     │
                                                └────────── the same? ◄────render─────┘

What would not even come back as HTML is "unproven": Intercom shows it, but we cannot send it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from publisher.body import canonical
from publisher.body.addressed import Address, Addressing, anchors_of
from publisher.body.headings import levels_in
from publisher.body.islands import Island, islanded
from publisher.body.proving import Draft, holds, mended, settled
from publisher.body.reader import read
from publisher.body.to_markdown import joined, pieces
from publisher.body.tree import Block, Blocks, Heading, Image, text_of, walk
from publisher.body.unsendable import LOST_ANCHOR, MISREAD, SIGNED, unsendable

__all__ = ["Address", "Piece", "Written", "anchors", "unchanged", "written"]

_SHOWN = 60
_TITLE = re.compile(r"#[ \t]+(.*?)[ \t#]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One top-level block, as `canonical.blocks` counts them.

    how     "markdown"; "island": it or something in it is kept as HTML; "unproven": what is
            written does not come back as what is live.
    causes  why it is no plain Markdown, in a writer's words. Of Markdown, what a person should
            know nevertheless.
    text    the first letters that can be read in it.
    """

    markdown: str
    how: Literal["markdown", "island", "unproven"]
    causes: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A body as Markdown. `sound`: rendered, all of it has the canonical spelling of the live."""

    markdown: str
    pieces: tuple[Piece, ...]
    sound: bool


def unchanged(url: str, is_image: bool) -> str:
    """Leave an address as it stands."""
    return url


def written(
    html: str, address: Address = unchanged, *, title: str = "", levels: Sequence[int] = ()
) -> Written:
    """Write a live body as Markdown, and prove it. Never raises.

    address  (live URL, is it an image) → the URL as an author would write it. Links within
             the page are ours to settle: they name the slug of the heading.
    title    of the article. A first heading `# title` would be taken for it by whoever reads
             the file, so where the body begins like that all headings go one level deeper.
    levels   of the author's headings, shallowest first; () writes them as they are live.
    """
    blocks = _shown(read(html))
    depths = _depths(blocks, title, levels)
    telling = Addressing(address=address, anchors=anchors_of(blocks), levels=depths)
    drafts = [_draft(block, telling) for block in blocks]
    sound = holds(drafts)
    if not sound:
        drafts = settled([mended(draft) for draft in drafts])
        sound = holds(drafts)
    texts = pieces(tuple(draft.block for draft in drafts))
    found = tuple(map(_piece, drafts, texts))
    return Written(
        markdown=joined(texts),
        pieces=found,
        sound=sound and not any(piece.how == "unproven" for piece in found),
    )


def anchors(html: str) -> dict[str, str]:
    """Return live heading id → the slug that the heading has in what `written` returns."""
    return anchors_of(read(html))


def _shown(blocks: Blocks) -> Blocks:
    """Leave out blocks that show nothing, as `canonical.blocks` does."""
    if len(canonical.spell(blocks)) == len(blocks):
        return blocks
    return tuple(block for block in blocks if canonical.spell((block,)))


def _draft(block: Block, telling: Addressing) -> Draft:
    lost, bared = len(telling.lost), len(telling.bared)
    meant = telling.block(block)
    return Draft(
        meant=meant,
        block=islanded((meant,))[0],
        lost=len(telling.lost) > lost,
        bared=len(telling.bared) > bared,
    )


# --- levels -----------------------------------------------------------------------------


def _depths(blocks: Blocks, title: str, levels: Sequence[int]) -> Mapping[int, int]:
    """Return live heading level → the level to write."""
    live = levels_in(blocks)
    depths = dict(zip(live, _ranks(levels, len(live)) if levels else live, strict=True))
    first = blocks[0] if blocks else None
    if isinstance(first, Heading) and depths[first.level] == 1 and _repeats(first, title):
        return {level: min(depth + 1, 6) for level, depth in depths.items()}
    return depths


def _ranks(levels: Sequence[int], count: int) -> list[int]:
    """Return `count` levels that begin with these; one must be left that is deeper."""
    ranks = [min(level, 5) if count > 1 else level for level in levels[:count]]
    while len(ranks) < count:
        ranks.append(min(ranks[-1] + 1, 6))
    return ranks


def _repeats(heading: Heading, title: str) -> bool:
    (text,) = pieces((Heading(level=1, runs=heading.runs),))
    found = _TITLE.fullmatch(text)
    return bool(title and found and found[1] == title)


# --- the report -------------------------------------------------------------------------


def _piece(draft: Draft, markdown: str) -> Piece:
    text = _legible(draft.meant)[:_SHOWN]
    signed = (SIGNED,) if draft.bared else ()
    if draft.lost or draft.seen is not None:
        known = (*([LOST_ANCHOR] if draft.lost else []), *unsendable(draft.meant))
        causes = (*(known or (MISREAD,)), *signed)
        return Piece(markdown=markdown, how="unproven", causes=causes, text=text)
    found = dict.fromkeys(
        cause
        for inner in walk((draft.block,))
        if isinstance(inner, Island)
        for cause in inner.causes
    )
    how: Literal["markdown", "island"] = "island" if found else "markdown"
    return Piece(markdown=markdown, how=how, causes=(*found, *signed), text=text)


def _legible(block: Block) -> str:
    """Return what can be read in a block; of pictures, what they are called."""
    pictures = [inner for inner in walk((block,)) if isinstance(inner, Image)]
    words = " ".join(text_of(block).split())
    return words or " ".join(filter(None, (image.alt or image.src for image in pictures)))
