"""What an article is made of: blocks, and runs of text with marks.

One tree serves everybody: `reader` makes it of HTML, `degrade` fits an author's to what
Intercom keeps, `emit` writes it as Intercom's HTML, `canonical` in one spelling to
compare, and `to_markdown` as Markdown. It can hold what Intercom drops, too, so that
losing something is a decision of `degrade` and never an accident of reading.

`line` is where the author wrote a block, counted from 1; 0 where nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Mark(NamedTuple):
    """Bold, italic, code, a link (`value` is its address), or a tag Intercom would drop."""

    tag: str
    value: str = ""
    line: int = 0


class Run(NamedTuple):
    """Text that wears the same marks throughout, outermost first. A line break is "\\n"."""

    text: str
    marks: tuple[Mark, ...] = ()


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Text. `align` is "", "center", "right" or "justify"; never without text."""

    runs: Runs
    align: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading as written: `level` 1–6, `id` as in the HTML."""

    level: int
    runs: Runs
    id: str = ""
    align: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Preformatted text; its line breaks count."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image, always a block. `inline`: it was torn out of a line of text.

    `width`, `height` and `title` as the author wrote them; Intercom keeps none of them.
    """

    src: str
    alt: str = ""
    href: str = ""
    align: str = ""
    width: str = ""
    height: str = ""
    title: str = ""
    inline: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """Something played in place: an iframe, or another `tag` that plays media."""

    src: str
    tag: str = "iframe"
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A link that looks like a button."""

    href: str
    label: str
    align: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A horizontal line."""

    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list; each item is a tuple of blocks. `start` only matters when `ordered`."""

    ordered: bool
    items: tuple[Blocks, ...]
    start: int = 1
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table. `style` as CSS declarations in one spelling."""

    blocks: Blocks
    header: bool = False
    style: str = ""
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells; they may be ragged."""

    rows: tuple[tuple[Cell, ...], ...]
    style: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """A coloured box."""

    background: str
    border: str
    blocks: Blocks
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Collapsible:
    """A title that opens and closes what is below it."""

    title: Runs
    blocks: Blocks
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quotation."""

    blocks: Blocks
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A block of HTML we have no noun for, with prose inside; `name` is its Intercom class."""

    tag: str
    blocks: Blocks
    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """HTML whose inside is not prose, as it stands."""

    tag: str
    html: str
    line: int = 0


Block = (
    Paragraph
    | Heading
    | Code
    | Image
    | Embed
    | Button
    | Rule
    | Listing
    | Table
    | Callout
    | Collapsible
    | Quote
    | Section
    | Opaque
)
Blocks = tuple[Block, ...]
_NESTED = (Listing, Table, Callout, Collapsible, Quote, Section)


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield every block, nested ones after the one they are in; in the order of reading."""
    for block in blocks:
        yield block
        if isinstance(block, _NESTED):
            for inner in within(block):
                yield from walk(inner)


def within(block: Block) -> Iterator[Blocks]:
    """Yield the groups of blocks that a block holds: items, cells, or its content."""
    if isinstance(block, Listing):
        yield from block.items
    elif isinstance(block, Table):
        yield from (cell.blocks for row in block.rows for cell in row)
    elif isinstance(block, (Callout, Collapsible, Quote, Section)):
        yield block.blocks


def plain(runs: Runs) -> str:
    """Return the text of runs alone; a line break reads as a space."""
    return "".join(run.text for run in runs).replace("\n", " ")


def text_of(block: Block) -> str:
    """Return all that can be read in a block, in one line."""
    if isinstance(block, (Paragraph, Heading)):
        return plain(block.runs)
    if isinstance(block, Code):
        return " ".join(block.text.split())
    if isinstance(block, Button):
        return block.label
    own = [plain(block.title)] if isinstance(block, Collapsible) else []
    return " ".join([*own, *(text_of(inner) for group in within(block) for inner in group)])
