"""A body as the lines a person reads: Markdown in spirit, and never HTML.

Made for diffs, not for parsing: nothing is escaped, every numbered item is a "1." (one more
of them would change all that follow), images go by their file name, and a table is a line
for each row whatever its colours. It reads the canonical form, so what Intercom respells by
itself does not show here either. Signatures in addresses are left out: they are secrets
for a day, and differ at every reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from publisher.body import canonical, vocabulary
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
    plain,
)

COLOURED = "(coloured table)"
IMAGE_DIGEST = re.compile(r"\.[0-9a-f]{8}(?=\.(?:png|jpe?g|gif|svg|webp)\b)")
HEADING_ID = re.compile(r"#h_[0-9a-f]{10}\b")
_SIGNED = re.compile(r"\?[^\"#]*\b(?:signature|expires)=[^\"#]*")
_SIGNS = {"b": "**", "i": "*"}


def lines_of(html: str) -> list[str]:
    """The lines of a body: one for each paragraph, heading, item, row, line of code."""
    return list(_lines(read(canonical.canonical(html))))


def unsigned(text: str) -> str:
    """An address, or HTML with addresses, without signatures."""
    return _SIGNED.sub("", text)


def _lines(blocks: Blocks) -> Iterator[str]:
    for block in blocks:
        yield from _READERS[type(block)](block)


# --- text -------------------------------------------------------------------------------


def _text(runs: Runs) -> list[str]:
    """Spell runs; a line break begins another line."""
    return "".join(_spans(runs)).split("\n")


def _spans(runs: Iterable[Run]) -> Iterator[str]:
    for mark, group in groupby(runs, lambda run: run.marks[0] if run.marks else None):
        inner = tuple(group)
        if mark is None:
            yield "".join(run.text for run in inner)
        else:
            yield _marked(mark, tuple(Run(run.text, run.marks[1:]) for run in inner))


def _marked(mark: Mark, inner: Runs) -> str:
    text = "".join(_spans(inner))
    if mark.tag == "a":
        return _linked(text, mark.value)
    if mark.tag == "code":
        return f"`{plain(inner)}`"
    sign = _SIGNS.get(mark.tag, "")
    return f"{sign}{text}{sign}"


def _linked(text: str, url: str) -> str:
    address = _address(url)
    return f"<{address}>" if text == url else f"[{text}]({address})"


def _address(url: str) -> str:
    """Without what differs at every reading, and without ids of headings: nobody knows them."""
    return HEADING_ID.sub("#…", unsigned(url))


# --- blocks -----------------------------------------------------------------------------


def _paragraph(paragraph: Paragraph) -> Iterable[str]:
    return _text(paragraph.runs)


def _heading(heading: Heading) -> Iterable[str]:
    """All of one level: which it is, is structure."""
    return (f"## {' '.join(_text(heading.runs))}",)


def _code(code: Code) -> Iterable[str]:
    return ("```", *code.text.split("\n"), "```")


def _image(image: Image) -> Iterable[str]:
    shown = f"![{image.alt}]({IMAGE_DIGEST.sub('', image.src)})"
    return (_linked(shown, image.href) if image.href else shown,)


def _embed(embed: Embed) -> Iterable[str]:
    video = vocabulary.video(embed.src)
    return (
        f"({video.provider} video {video.id})" if video else f"({embed.tag} {_address(embed.src)})",
    )


def _button(button: Button) -> Iterable[str]:
    return (f"(button “{button.label}” to {_address(button.href)})",)


def _rule(rule: Rule) -> Iterable[str]:
    return ("---",)


def _opaque(opaque: Opaque) -> Iterable[str]:
    """HTML whose inside is not prose: what it is called must do."""
    named = re.match(r"<([\w-]+)", opaque.html)
    return (f"({named[1] if named else 'HTML'})",)


def _listing(listing: Listing) -> Iterable[str]:
    marker = "1. " if listing.ordered else "- "
    return [line for item in listing.items for line in _hung(marker, _lines(item))]


def _hung(marker: str, lines: Iterable[str]) -> Iterator[str]:
    lead = marker
    for line in lines:
        yield lead + line
        lead = " " * len(marker)


def _quoted(box: Callout | Quote) -> Iterable[str]:
    return [f"> {line}" for line in _lines(box.blocks)]


def _collapsible(collapsible: Collapsible) -> Iterable[str]:
    return [
        f"▸ {' '.join(_text(collapsible.title))}",
        *(f"  {e}" for e in _lines(collapsible.blocks)),
    ]


def _section(section: Section) -> Iterable[str]:
    return _lines(section.blocks)


def _table(table: Table) -> Iterable[str]:
    styled = table.style or any("color" in cell.style for row in table.rows for cell in row)
    rows = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in table.rows]
    return [COLOURED, *rows] if styled else rows


def _cell(cell: Cell) -> str:
    return " / ".join(_lines(cell.blocks))


_READERS: Mapping[type[Block], Callable[[Any], Iterable[str]]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Code: _code,
    Image: _image,
    Embed: _embed,
    Button: _button,
    Rule: _rule,
    Opaque: _opaque,
    Listing: _listing,
    Callout: _quoted,
    Quote: _quoted,
    Collapsible: _collapsible,
    Section: _section,
    Table: _table,
}
