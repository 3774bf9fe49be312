"""Blocks → the HTML we send, exactly as Intercom stores it.

One line, no white space between tags, text in UTF-8 with only `&`, `<`, `>` (and `"` in
attributes) escaped: Intercom makes an empty paragraph of every line break between blocks.
Source: reference "How Intercom really treats article bodies", §1 for each shape, §3.3 for
white space.

**Spacing.** Intercom puts no space between blocks, so we do: one empty paragraph between two
blocks, but none after a heading, which belongs to what it introduces. The same inside
callouts and collapsibles; list items and cells stay tight. Spacing is ours, not the author's:
`canonical` does not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, NamedTuple

from publisher.body import inline
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
    Paragraph,
    Rule,
    Runs,
    Table,
    walk,
)

EMPTY = '<p class="no-margin"></p>'
_IFRAME = (
    ' frameborder="0" webkitallowfullscreen mozallowfullscreen allowfullscreen'
    ' allow="autoplay; fullscreen; picture-in-picture; encrypted-media"></iframe>'
)


class Address(NamedTuple):
    """A URL as it stands in the HTML, and where the author wrote it."""

    url: str
    line: int
    image: bool


def emit(blocks: Blocks) -> str:
    """Write blocks that `degrade` has fitted to Intercom."""
    return _spaced(blocks)


def addresses(blocks: Blocks) -> Iterator[Address]:
    """Yield the URL of every link and image, in the order in which they stand in the HTML."""
    for block in walk(blocks):
        if isinstance(block, Button):
            yield Address(block.href, block.line, False)
        elif isinstance(block, Image):
            if block.href:
                yield Address(block.href, block.line, False)
            yield Address(block.src, block.line, True)
        elif isinstance(block, (Paragraph, Heading)):
            yield from _links(block.runs)
        elif isinstance(block, Collapsible):
            yield from _links(block.title)


def _links(runs: Runs) -> Iterator[Address]:
    """Yield a link once for each `<a>` that `inline.spell` opens for it."""
    if not any(mark.tag == "a" for run in runs for mark in run.marks):
        return
    opened: list[Mark] = []

    def note(mark: Mark) -> str:
        if mark.tag == "a":
            opened.append(mark)
        return ""

    inline.spell(runs, note)
    for mark in opened:
        yield Address(mark.value, mark.line, False)


def _spaced(blocks: Blocks) -> str:
    pieces: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before is not None and not isinstance(before, Heading):
            pieces.append(EMPTY)
        pieces.append(_block(block))
        before = block
    return "".join(pieces)


def _tight(blocks: Blocks) -> str:
    return "".join(map(_block, blocks)) or EMPTY


def _block(block: Block) -> str:
    return _EMITTERS[type(block)](block)


def _tag(mark: Mark) -> str:
    return f'<a href="{escape(mark.value)}">' if mark.tag == "a" else f"<{mark.tag}>"


def _text(runs: Runs) -> str:
    return inline.spell(runs, _tag)


def _paragraph(paragraph: Paragraph) -> str:
    side = f"intercom-align-{paragraph.align} " if paragraph.align else ""
    return f'<p class="{side}no-margin">{_text(paragraph.runs)}</p>'


def _heading(heading: Heading) -> str:
    tag = f"h{heading.level}"
    id_ = f' id="{escape(heading.id)}"' if heading.id else ""
    side = f' class="intercom-align-{heading.align}"' if heading.align else ""
    return f"<{tag}{id_}{side}>{_text(heading.runs)}</{tag}>"


def _code(code: Code) -> str:
    return f"<pre><code>{escape(code.text, quote=False)}</code></pre>"


def _container(align: str, content: str) -> str:
    side = f" intercom-align-{align}" if align else ""
    return f'<div class="intercom-container{side}">{content}</div>'


def _image(image: Image) -> str:
    alt = f' alt="{escape(image.alt)}"' if image.alt else ""
    img = f'<img src="{escape(image.src)}"{alt}>'
    return _container(
        image.align, f'<a href="{escape(image.href)}">{img}</a>' if image.href else img
    )


def _embed(embed: Embed) -> str:
    return f'<div class="intercom-h2b-video"><iframe src="{escape(embed.src)}"{_IFRAME}</div>'


def _button(button: Button) -> str:
    return _container(
        button.align,
        f'<a class="intercom-h2b-button" target="_blank" href="{escape(button.href)}">'
        f"{escape(button.label, quote=False)}</a>",
    )


def _rule(rule: Rule) -> str:
    return "<hr>"


def _listing(listing: Listing) -> str:
    tag = "ol" if listing.ordered else "ul"
    return f"<{tag}>{''.join(f'<li>{_tight(item)}</li>' for item in listing.items)}</{tag}>"


def _table(table: Table) -> str:
    style = f' style="{escape(table.style)};"' if table.style else ""
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    return (
        '<div class="intercom-interblocks-table-container">'
        f'<table role="presentation"{style}><tbody>{rows}</tbody></table></div>'
    )


def _cell(cell: Cell) -> str:
    style = f' style="{escape(cell.style)};"' if cell.style else ""
    return f"<td{style}>{_tight(cell.blocks)}</td>"


def _callout(callout: Callout) -> str:
    style = f"background-color: {callout.background}; border-color: {callout.border};"
    return (
        f'<div class="intercom-interblocks-callout" style="{escape(style)}">'
        f"{_spaced(callout.blocks) or EMPTY}</div>"
    )


def _collapsible(collapsible: Collapsible) -> str:
    return (
        f"<details><summary><h2>{_text(collapsible.title)}</h2></summary>"
        f'<div class="collapsible-section-content">{_spaced(collapsible.blocks) or EMPTY}</div>'
        "</details>"
    )


_EMITTERS: Mapping[type[Block], Callable[[Any], str]] = {
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
}
"""Quotes, sections and opaque HTML are missing on purpose: `degrade` leaves none."""
