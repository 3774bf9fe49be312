"""Islands: blocks that Markdown cannot say, kept as HTML between Markdown that can be edited.

`why` says what Markdown lacks, in a writer's words; `island` is the HTML, as clean as a
person would write it: no class Intercom adds by itself, tables and lists over several lines.
It holds no empty line, which would end raw HTML in Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from publisher.body import canonical, inline, vocabulary
from publisher.body.tree import (
    Block,
    Blocks,
    Button,
    Callout,
    Cell,
    Code,
    Collapsible,
    Embed,
    Heading,
    Image,
    Listing,
    Mark,
    Opaque,
    Paragraph,
    Quote,
    Rule,
    Runs,
    Section,
    Table,
)

_ODD_NEXT = re.compile(r"\n(?=[ \t]*(?:\n|\Z)|.*(?:```|~~~|:::))")
"""Before an empty line, or one that could end a directive around the island."""
_VIDEO_ID = re.compile(r"[\w./?=&-]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Island(Opaque):
    """A block that is written as `html`; `causes` say why."""

    causes: tuple[str, ...] = ()


def island(block: Block, *causes: str) -> Island:
    """Write a block, with all that is in it, as HTML."""
    if isinstance(block, Island):
        return block
    return Island(tag="", html="\n".join(_lines(block)), line=block.line, causes=causes)


def islanded(blocks: Blocks) -> Blocks:
    """Make islands of the blocks that Markdown has no words for, however deep they stand."""
    return tuple(_islanded(block) for block in blocks)


def _islanded(block: Block) -> Block:
    if causes := why(block):
        return island(block, *causes)
    return block if isinstance(block, Table) else within_rebuilt(block, islanded)


def within_rebuilt(block: Block, rebuild: Callable[[Blocks], Blocks]) -> Block:
    """Return a block whose content went through `rebuild`, group by group."""
    if isinstance(block, Listing):
        return replace(block, items=tuple(map(rebuild, block.items)))
    if isinstance(block, Table):
        rows = (
            tuple(replace(cell, blocks=rebuild(cell.blocks)) for cell in row) for row in block.rows
        )
        return replace(block, rows=tuple(rows))
    if isinstance(block, (Callout, Collapsible, Quote, Section)):
        return replace(block, blocks=rebuild(block.blocks))
    return block


# --- why --------------------------------------------------------------------------------


def why(block: Block) -> tuple[str, ...]:
    """Say what of a block itself Markdown lacks words for; () when it has them all."""
    if isinstance(block, (Paragraph, Heading, Image)):
        return ("alignment",) if block.align else ()
    if isinstance(block, Table):
        return tuple(dict.fromkeys(_why_table(block)))
    if isinstance(block, Button):
        odd = not (attribute(block.href) and attribute(block.label))
        return ("quotation marks in a button",) if odd else ()
    if isinstance(block, Callout):
        odd = '"' in block.background + block.border
        return ("the colours of a callout",) if odd else ()
    if isinstance(block, Embed):
        return () if video_id(block) else ("an embedded page",)
    return ("HTML of an unknown kind",) if isinstance(block, (Section, Opaque)) else ()


def attribute(value: str) -> str:
    """Return a value in the quotation marks it does not hold itself; "" when it holds both."""
    return next((f"{sign}{value}{sign}" for sign in "\"'" if sign not in value), "")


def video_id(embed: Embed) -> str:
    """Return what `:::video id=` needs to play an embed; "" when it could not."""
    video = vocabulary.video(embed.src) if embed.tag == "iframe" else None
    if not video:
        return ""
    id_ = f"{video.id}?h={video.key}" if video.key else video.id
    return id_ if _VIDEO_ID.match(id_) else ""


def _why_table(table: Table) -> Iterable[str]:
    if _style(table.style, vocabulary.TABLE_STYLES):
        yield "the border of a table"
    if len({len(row) for row in table.rows}) != 1:
        yield "table rows of different lengths"
    for cell in (cell for row in table.rows for cell in row):
        yield from _why_cell(cell)
    if any(len(sides) > 1 for sides in map(_sides, zip(*table.rows, strict=False))):
        yield "alignment"


def _why_cell(cell: Cell) -> Iterable[str]:
    for name in sorted(vocabulary.CELL_STYLES & vocabulary.declarations(cell.style).keys()):
        yield _STYLES.get(name, "a styled table cell")
    if cell.columns > 1 or cell.rows > 1:
        yield "a table cell over several columns or rows"
    others = [block for block in cell.blocks if not isinstance(block, Paragraph)]
    yield from (f"{_NAMES.get(type(block), 'a block')} in a table cell" for block in others)
    if len(cell.blocks) - len(others) > 1:
        yield "several paragraphs in a table cell"
    if any(isinstance(block, Paragraph) and block.align == "justify" for block in cell.blocks):
        yield "alignment"


_STYLES = {"background-color": "a coloured table cell", "width": "the width of a table column"}
_NAMES: Mapping[type[Block], str] = {
    Heading: "a heading",
    Code: "a code block",
    Image: "an image",
    Embed: "a video",
    Button: "a button",
    Listing: "a list",
    Table: "a table",
    Callout: "a callout",
    Collapsible: "a collapsible",
}


def _sides(cells: Iterable[Cell]) -> set[str]:
    """Return the alignments that the cells of a column have."""
    return {getattr(block, "align", "") for cell in cells for block in cell.blocks}


# --- HTML -------------------------------------------------------------------------------


def _lines(block: Block) -> list[str]:
    return _WRITERS[type(block)](block)


def text(runs: Runs) -> str:
    """Write text as HTML."""
    return inline.spell(runs, _tag).replace("\xa0", "&nbsp;")


def _tag(mark: Mark) -> str:
    return f'<a href="{escape(mark.value)}">' if mark.tag == "a" else f"<{mark.tag}>"


def _side(align: str) -> str:
    return f' align="{align}"' if align else ""


def _nested(opened: str, blocks: Blocks, closed: str) -> list[str]:
    """Write a container: in one line when a plain paragraph is all it holds."""
    if not blocks:
        return [f"{opened}{closed}"]
    first = blocks[0]
    if len(blocks) == 1 and isinstance(first, Paragraph) and not first.align:
        return [f"{opened}{text(first.runs)}{closed}"]
    return _around(opened, [line for block in blocks for line in _lines(block)], closed)


def _around(opened: str, inner: Iterable[str], closed: str) -> list[str]:
    return [opened, *(f"  {line}" for line in inner), closed]


def _paragraph(block: Paragraph) -> list[str]:
    return [f"<p{_side(block.align)}>{text(block.runs)}</p>"]


def _heading(block: Heading) -> list[str]:
    return [f"<h{block.level}{_side(block.align)}>{text(block.runs)}</h{block.level}>"]


def _code(block: Code) -> list[str]:
    """Write code in one "line": whatever is put before the others would become part of it."""
    spelt = escape(block.text, quote=False).replace("\t", "&#9;")
    return [f"<pre><code>{_ODD_NEXT.sub('&#10;', spelt)}</code></pre>"]


def _image(block: Image) -> list[str]:
    alt = f' alt="{escape(block.alt)}"' if block.alt else ""
    img = f'<img src="{escape(block.src)}"{alt}>'
    img = f'<a href="{escape(block.href)}">{img}</a>' if block.href else img
    return [f"<p{_side(block.align)}>{img}</p>" if block.align or block.href else img]


def _embed(block: Embed) -> list[str]:
    return [f'<{block.tag} src="{escape(block.src)}"></{block.tag}>']


def _button(block: Button) -> list[str]:
    link = f'<a class="intercom-h2b-button" href="{escape(block.href)}">'
    return [f"<p{_side(block.align)}>{link}{escape(block.label, quote=False)}</a></p>"]


def _rule(block: Rule) -> list[str]:
    return ["<hr>"]


def _listing(block: Listing) -> list[str]:
    tag = "ol" if block.ordered else "ul"
    items = [line for item in block.items for line in _nested("<li>", item, "</li>")]
    return _around(f"<{tag}>", items, f"</{tag}>")


def _table(block: Table) -> list[str]:
    style = _style(block.style, vocabulary.TABLE_STYLES)
    rows = [
        line
        for row in block.rows
        for line in _around("<tr>", [line for cell in row for line in _cell(cell)], "</tr>")
    ]
    return _around(f"<table{style}>", rows, "</table>")


def _style(declared: str, counted: frozenset[str]) -> str:
    """Write the declarations that a person chose; Intercom adds others by itself."""
    pairs = vocabulary.declarations(declared).items()
    spelt = "; ".join(f"{name}: {value}" for name, value in pairs if name in counted)
    return f' style="{escape(spelt)}"' if spelt else ""


def _cell(cell: Cell) -> list[str]:
    spans = (("colspan", cell.columns), ("rowspan", cell.rows))
    spanned = "".join(f' {name}="{number}"' for name, number in spans if number > 1)
    style = _style(cell.style, vocabulary.CELL_STYLES)
    return _nested(f"<td{spanned}{style}>", cell.blocks, "</td>")


def _callout(block: Callout) -> list[str]:
    style = f"background-color: {block.background}; border-color: {block.border}"
    opened = f'<div class="intercom-interblocks-callout" style="{escape(style)}">'
    return _nested(opened, block.blocks, "</div>")


def _collapsible(block: Collapsible) -> list[str]:
    summary = f"<summary>{text(block.title)}</summary>"
    inner = [line for one in block.blocks for line in _lines(one)]
    return _around("<details>", [summary, *inner], "</details>")


def _quote(block: Quote) -> list[str]:
    return _nested("<blockquote>", block.blocks, "</blockquote>")


def _section(block: Section) -> list[str]:
    return ["".join(canonical.spell((block,))).replace("\n", "&#10;")]


def _opaque(block: Opaque) -> list[str]:
    return [line for line in block.html.split("\n") if line.strip()]


def _unchanged(block: Island) -> list[str]:
    return block.html.split("\n")


_WRITERS: Mapping[type[Block], Callable[[Any], list[str]]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Code: _code,
    Image: _image,
    Embed: _embed,
    Button: _button,
    Rule: _rule,
    Listing: _listing,
    Table: _table,
    Callout: _callout,
    Collapsible: _collapsible,
    Quote: _quote,
    Section: _section,
    Opaque: _opaque,
    Island: _unchanged,
}
