"""What Intercom can show and we cannot send, said in a writer's words.

These are the losses of `degrade`, seen from the other side: a live block that holds one of
them cannot come back from any Markdown, nor from HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from publisher.body import vocabulary
from publisher.body.tree import (
    Block,
    Button,
    Cell,
    Collapsible,
    Embed,
    Image,
    Listing,
    Opaque,
    Quote,
    Runs,
    Section,
    Table,
    walk,
)

LOST_ANCHOR = "a link to a heading that is not there"
SIGNED = "a signed link to a file in Intercom, which is sent without its signature"
MISREAD = "text that Markdown would read differently"

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def unsendable(block: Block) -> tuple[str, ...]:
    """Say what of a block, or in it, is lost when it is sent; () when nothing known is."""
    found = [cause for inner in walk((block,)) for cause in _of(inner)]
    return tuple(dict.fromkeys(found))


def _of(block: Block) -> Iterable[str]:
    for runs in (getattr(block, "runs", ()), getattr(block, "title", ())):
        yield from _of_runs(runs)
    yield from _CAUSES.get(type(block), _nothing)(block)


def _of_runs(runs: Runs) -> Iterable[str]:
    for mark in (mark for run in runs for mark in run.marks):
        if mark.tag == "a":
            yield from _of_link(mark.value)
        elif mark.tag not in vocabulary.KEPT_MARKS:
            yield f"text in <{mark.tag}>"


def _of_link(url: str) -> Iterable[str]:
    scheme = _SCHEME.match(url)
    if not url:
        yield "a link without an address"
    elif scheme and scheme[1].lower() not in vocabulary.LINK_SCHEMES:
        yield f"a link that cannot be published ({scheme[0].lower()})"


def _nothing(block: Block) -> Iterable[str]:
    return ()


def _image(block: Image) -> Iterable[str]:
    scheme = _SCHEME.match(block.src)
    if not block.src or (scheme and scheme[1].lower() not in ("http", "https")):
        yield "an image without a public address"
    if block.href:
        yield from _of_link(block.href)


def _button(block: Button) -> Iterable[str]:
    if not block.label:
        yield "a button without a label"
    yield from _of_link(block.href)


def _embed(block: Embed) -> Iterable[str]:
    if not vocabulary.video(block.src):
        yield "an embedded page"


def _listing(block: Listing) -> Iterable[str]:
    if not any(block.items):
        yield "an empty list"
    if any(isinstance(inner, Table) for item in block.items for inner in walk(item)):
        yield "a table in a list"


def _table(block: Table) -> Iterable[str]:
    cells = [cell for row in block.rows for cell in row]
    if len({len(row) for row in block.rows}) != 1:
        yield "table rows of different lengths"
    if not any(cell.blocks for cell in cells):
        yield "an empty table"
    for cell in cells:
        yield from _cell(cell)


def _cell(cell: Cell) -> Iterable[str]:
    if cell.columns > 1 or cell.rows > 1:
        yield "a table cell over several columns or rows"
    if any(isinstance(inner, Table) for inner in walk(cell.blocks)):
        yield "a table in a table"


def _collapsible(block: Collapsible) -> Iterable[str]:
    if not block.title:
        yield "a collapsible without a title"


def _quote(block: Quote) -> Iterable[str]:
    yield "a quotation"


def _unknown(block: Block) -> Iterable[str]:
    yield "HTML of an unknown kind"


_CAUSES: Mapping[type[Block], Callable[[Any], Iterable[str]]] = {
    Image: _image,
    Button: _button,
    Embed: _embed,
    Listing: _listing,
    Table: _table,
    Collapsible: _collapsible,
    Quote: _quote,
    Section: _unknown,
    Opaque: _unknown,
}
