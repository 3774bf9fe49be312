"""One spelling for equal HTML, so that two bodies can be compared as text.

Intercom respells what it stores, and some of its respelling changes from one reading to the
next. What may change by itself is dropped here, and nothing else:

    spacing            empty paragraphs, white space between blocks, zero-width characters
    classes of links   and their target; `no-margin`; wrappers around images and tables
    heading levels     relative to the shallowest, all deeper ones alike; ids
    images             host, path and signed query (Intercom copies them); width, height, style
    links to articles  the slug after the article's id, which follows the title; the locale
    addresses          `é` and `%c3%a9` are one; a link that leads nowhere is none
    signatures         of files on Intercom's hosts, wherever they are linked from
    control characters are spaces
    styles             their order; rgba() and #rrggbbaa are one; what no editor sets

It does not try to predict Intercom: the ledger keeps what Intercom showed after our last
write, and this form only has to be *stable*. It is HTML again, and its own canonical form.
Source: reference "How Intercom really treats article bodies", §2, §2.1, §2.2, §2.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from string import printable
from typing import Any
from urllib.parse import quote, unquote

from publisher.body import inline, vocabulary
from publisher.body.headings import levels_in
from publisher.body.losses import Loss, compare
from publisher.body.reader import read
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
    Run,
    Runs,
    Section,
    Table,
)
from publisher.model import Digest, digest

__all__ = [
    "VERSION",
    "Loss",
    "blocks",
    "canonical",
    "digest_of",
    "heading_ids",
    "losses",
    "same",
]

VERSION = 4
"""Of the canonical form. Raise it with any change of what this module returns."""

KEPT = 256
"""Texts whose reading is kept: one write looks at the same text four times."""

_ARTICLE = re.compile(r"(?:/[a-z]{2}(?:-[A-Za-z]{2})?)?(/articles/\d+)(?:-[^/?#]*)?(?=[/?#]|\Z)")
_ENCODED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_HEADING = re.compile(r"<h[1-6](\s[^<>]*)?>")
_ID = re.compile(r'\sid="([^"]*)"')


def canonical(html: str) -> str:
    """Return the canonical spelling, in one line but for code blocks."""
    return "".join(blocks(html))


def digest_of(html: str) -> Digest:
    """Return the digest of the canonical spelling."""
    return digest(canonical(html))


def same(left: str, right: str) -> bool:
    """Say whether two bodies are equal to a reader."""
    return left == right or canonical(left) == canonical(right)


@lru_cache(maxsize=KEPT)
def blocks(html: str) -> tuple[str, ...]:
    """Return the canonical top-level blocks; empty paragraphs are none."""
    return spell(_read(html))


def losses(meant: str, seen: str) -> tuple[Loss, ...]:
    """Say what of `meant` Intercom did not keep; () when it only spells it differently."""
    return compare(_read(meant), _read(seen), spell)


@lru_cache(maxsize=KEPT)
def _read(html: str) -> Blocks:
    return read(html)


def heading_ids(html: str) -> tuple[str, ...]:
    """Return the id of each heading, in order, "" where it has none.

    The titles of collapsibles are no headings of the page, and are left out.
    """
    ids = []
    for heading in _HEADING.finditer(_SUMMARY.sub("", html)):
        id_ = _ID.search(heading[1] or "")
        ids.append(id_[1] if id_ else "")
    return tuple(ids)


_SUMMARY = re.compile(r"<summary.*?</summary>", re.DOTALL)


def spell(read_blocks: Blocks) -> tuple[str, ...]:
    """Return the canonical spelling of blocks, one for each that shows anything."""
    levels = levels_in(read_blocks)
    top = levels[0] if levels else 1
    return tuple(filter(None, (_block(block, top) for block in read_blocks)))


def _block(block: Block, top: int) -> str:
    if isinstance(block, Heading):
        tag = "h1" if block.level <= top else "h2"
        return f"<{tag}{_side(block.align)}>{_text(block.runs)}</{tag}>"
    if isinstance(block, _Nested):
        return _NESTED[type(block)](block, top)
    return _FLAT[type(block)](block)


_Nested = (Listing, Table, Callout, Collapsible, Quote, Section)


def _all(inner: Blocks, top: int) -> str:
    return "".join([_block(block, top) for block in inner])


def _side(align: str) -> str:
    return f' class="intercom-align-{align}"' if align else ""


def _text(runs: Runs) -> str:
    return inline.spell(_worn(runs), _tag)


def _worn(runs: Runs) -> Runs:
    """Reduce marks to those that count, in one order; a line break at the end is dropped."""
    if all(not run.marks for run in runs):
        return runs
    return inline.tidy(
        Run(text, tuple(sorted({_mark(mark) for mark in marks if _counts(mark)})))
        for text, marks in runs
    )


def _counts(mark: Mark) -> bool:
    return bool(mark.value) if mark.tag == "a" else mark.tag in _COUNTED


_COUNTED = vocabulary.KEPT_MARKS | vocabulary.names("u s del strike ins sub sup mark small")


def _mark(mark: Mark) -> Mark:
    return Mark(mark.tag, _link(mark.value)) if mark.tag == "a" else Mark(mark.tag)


def _tag(mark: Mark) -> str:
    return f'<a href="{escape(mark.value)}">' if mark.tag == "a" else f"<{mark.tag}>"


def _link(url: str) -> str:
    url = _ARTICLE.sub(r"\1", vocabulary.unsigned(url), count=1)
    spelt = _ENCODED.sub(lambda code: code[0].upper(), url)
    return spelt if spelt.isascii() else quote(spelt, safe=printable, errors="replace")


def _paragraph(paragraph: Paragraph) -> str:
    text = _text(paragraph.runs)
    return f"<p{_side(paragraph.align)}>{text}</p>" if text else ""


def _code(code: Code) -> str:
    return f"<pre><code>{escape(code.text, quote=False)}</code></pre>"


def _image(image: Image) -> str:
    """Spell an image by its description and file name: all else is Intercom's."""
    path = image.src.partition("?")[0].partition("#")[0]
    name = quote(unquote(path.rstrip("/").rpartition("/")[2]), safe="")
    alt = f' alt="{escape(image.alt)}"' if image.alt else ""
    img = f'<img src="{name}"{alt}>'
    if image.href:
        img = f'<a href="{escape(_link(image.href))}">{img}</a>'
    return f'<div class="intercom-align-{image.align}">{img}</div>' if image.align else img


def _embed(embed: Embed) -> str:
    video = vocabulary.video(embed.src)
    src = ":".join(filter(None, video)) if video else vocabulary.unsigned(embed.src)
    return f'<{embed.tag} src="{escape(src)}"></{embed.tag}>'


def _button(button: Button) -> str:
    side = button.align if button.align in vocabulary.ALIGNMENTS else ""
    label = escape(button.label, quote=False)
    link = f'<a class="intercom-h2b-button" href="{escape(_link(button.href))}">{label}</a>'
    return f'<div class="intercom-align-{side}">{link}</div>' if side else link


def _rule(rule: Rule) -> str:
    return "<hr>"


def _opaque(opaque: Opaque) -> str:
    html = vocabulary.unsigned_within(opaque.html)
    return f"<x-opaque>{escape(html, quote=False)}</x-opaque>"


def _listing(listing: Listing, top: int) -> str:
    tag = "ol" if listing.ordered else "ul"
    items = "".join(f"<li>{_sole(item, top)}</li>" for item in listing.items)
    return f"<{tag}>{items}</{tag}>"


def _sole(inner: Blocks, top: int) -> str:
    """Spell the content of an item or a cell; one plain paragraph needs no `<p>`."""
    first = next((block for block in inner if isinstance(block, Paragraph)), None)
    spelt = _all(inner, top)
    if first and not first.align and spelt == _block(first, top):
        return _text(first.runs)
    return spelt


def _table(table: Table, top: int) -> str:
    rows = "".join(f"<tr>{''.join(_cell(cell, top) for cell in row)}</tr>" for row in table.rows)
    return f"<table{_style(table.style, vocabulary.TABLE_STYLES)}>{rows}</table>"


def _style(declared: str, counted: frozenset[str]) -> str:
    """Spell what a person chose; other declarations are the server's, and may come and go."""
    if not declared:
        return ""
    kept = [each for each in declared.split("; ") if each.partition(":")[0] in counted]
    return f' style="{escape("; ".join(kept))}"' if kept else ""


def _cell(cell: Cell, top: int) -> str:
    spans = (("colspan", cell.columns), ("rowspan", cell.rows))
    spanned = "".join(f' {name}="{number}"' for name, number in spans if number > 1)
    style = _style(cell.style, vocabulary.CELL_STYLES)
    return f"<td{spanned}{style}>{_sole(cell.blocks, top)}</td>"


def _callout(callout: Callout, top: int) -> str:
    style = f"background-color: {callout.background}; border-color: {callout.border}"
    content = _all(callout.blocks, top)
    return f'<div class="intercom-interblocks-callout" style="{escape(style)}">{content}</div>'


def _collapsible(collapsible: Collapsible, top: int) -> str:
    title = f"<summary>{_text(collapsible.title)}</summary>"
    return f"<details>{title}{_all(collapsible.blocks, top)}</details>"


def _quote(quotation: Quote, top: int) -> str:
    return f"<blockquote>{_all(quotation.blocks, top)}</blockquote>"


def _section(section: Section, top: int) -> str:
    name = f' class="{escape(section.name)}"' if section.name else ""
    content = _all(section.blocks, top)
    return f"<{section.tag}{name}>{content}</{section.tag}>" if content else ""


_FLAT: Mapping[type[Block], Callable[[Any], str]] = {
    Paragraph: _paragraph,
    Code: _code,
    Image: _image,
    Embed: _embed,
    Button: _button,
    Rule: _rule,
    Opaque: _opaque,
}
_NESTED: Mapping[type[Block], Callable[[Any, int], str]] = {
    Listing: _listing,
    Table: _table,
    Callout: _callout,
    Collapsible: _collapsible,
    Quote: _quote,
    Section: _section,
}
