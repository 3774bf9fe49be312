"""Blocks → Markdown that reads as if a writer had written it: one function per kind of block.

`proof` makes files of live bodies with it. Nothing is wrapped, and nothing is left out: what
Markdown and our directives cannot say is an island of HTML by the time it comes here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from publisher.body import islands, vocabulary
from publisher.body.islands import Island
from publisher.body.spelling import destination, escaped, fence_of, line, paragraph, unblanked
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
    Paragraph,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
    plain,
)

_HEADING_ID = re.compile(r"\{(?=#[^\s{}]+\}[ \t]*$)")
_HEADING_END = re.compile(r"(?<=\s)#(?=#*$)|\A#(?=#*$)")
_RULE = re.compile(r"\A---$", re.MULTILINE)
_ALERTS = {vocabulary.CALLOUTS[colour]: name for name, colour in vocabulary.ALERTS.items()}


def joined(written: Iterable[str]) -> str:
    """Put blocks together as a body."""
    text = "\n\n".join(filter(None, written))
    return f"{text}\n" if text else ""


def pieces(blocks: Blocks) -> list[str]:
    """Return the Markdown of each block, written to stand in this order."""
    found: list[str] = []
    before: Block | None = None
    marker = False
    for block in blocks:
        if isinstance(block, Listing):
            follows = isinstance(before, Listing) and before.ordered == block.ordered
            marker = follows and not marker  # another marker begins another list
            found.append(_listing(block, marker))
        else:
            found.append(_WRITERS[type(block)](block))
        before = block
    return found


def _blocks(blocks: Blocks) -> str:
    return joined(pieces(blocks)).rstrip("\n")


# --- blocks -----------------------------------------------------------------------------


def _island(block: Block) -> str:
    return islands.island(block).html


def _paragraph(block: Paragraph) -> str:
    return paragraph(block.runs)


def _heading(heading: Heading) -> str:
    text = unblanked(line(heading.runs, "<br>"))
    text = _HEADING_END.sub(r"\\#", _HEADING_ID.sub(r"\\{", text))
    return f"{'#' * heading.level} {text}{f' {{#{heading.id}}}' if heading.id else ''}"


def _code(code: Code) -> str:
    fence = fence_of(code.text)
    return f"{fence}\n{code.text}\n{fence}"


def _image(image: Image) -> str:
    img = f"![{escaped(image.alt, brackets=True)}]({destination(image.src)})"
    return f"[{img}]({destination(image.href)})" if image.href else img


def _embed(embed: Embed) -> str:
    video = vocabulary.video(embed.src)
    provider = video.provider if video else ""
    return f':::video id="{islands.video_id(embed)}" provider="{provider}"\n:::'


def _button(button: Button) -> str:
    href, name = islands.attribute(button.href), islands.attribute(button.label)
    side = f' align="{button.align}"' if button.align else ""
    return f":::button href={href} label={name}{side}\n:::"


def _rule(rule: Rule) -> str:
    return "---"


def _listing(listing: Listing, other_marker: bool = False) -> str:
    loose = any(not _is_tight(item) for item in listing.items)
    items = []
    for number, item in enumerate(listing.items, start=1):
        marker = (
            f"{number}{')' if other_marker else '.'}" if listing.ordered else "-*"[other_marker]
        )
        content = _blocks(item) if loose else re.sub(r"\n\n", "\n", _blocks(item), count=1)
        content = _RULE.sub("___", content)  # "- ---" would be one long rule
        items.append(f"{marker} {_indented(content, ' ' * (len(marker) + 1))}".rstrip())
    return ("\n\n" if loose else "\n").join(items)


def _is_tight(item: Blocks) -> bool:
    """Say whether an item is one line of text, perhaps with a list below."""
    rest = item[1:] if item and isinstance(item[0], Paragraph) else item
    return not rest or (len(rest) == 1 and isinstance(rest[0], Listing))


def _indented(text: str, indent: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{indent}{line}" if line else "" for line in rest)])


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _quotation(quotation: Quote) -> str:
    return _quoted(_blocks(quotation.blocks))


def _callout(callout: Callout) -> str:
    colours, content = (callout.background, callout.border), _blocks(callout.blocks)
    if colours in _ALERTS and content:
        apart = "" if isinstance(callout.blocks[0], Paragraph) else ">\n"
        return f"> [!{_ALERTS[colours]}]\n{apart}{_quoted(content)}"
    opened = f':::callout backgroundColor="{colours[0]}" borderColor="{colours[1]}"'
    return "\n".join(filter(None, (opened, content, ":::")))


def _collapsible(collapsible: Collapsible) -> str:
    title, content = plain(collapsible.title), _blocks(collapsible.blocks)
    quoted = islands.attribute(title)
    if any(run.marks or "\n" in run.text for run in collapsible.title) or not (title and quoted):
        opened = f"<details><summary>{islands.text(collapsible.title)}</summary>"
        return "\n\n".join(filter(None, (opened, content, "</details>")))
    return "\n".join(filter(None, (f":::collapsible title={quoted}", content, ":::")))


# --- tables -----------------------------------------------------------------------------


def _table(table: Table) -> str:
    """Write a table as GFM does; `islands.why` has seen that it is one.

    Where the first row is not all bold, an empty header stands above it.
    """
    width = len(table.rows[0])
    columns = [[row[column] for row in table.rows] for column in range(width)]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    if _is_header(table.rows[0]):
        rows[0] = [_cell(cell, bold=False) for cell in table.rows[0]]
    else:
        rows.insert(0, [""] * width)
    rows.insert(1, [_DASHES[_side_of(cells)] for cells in columns])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


_DASHES = {"": "---", "center": ":---:", "right": "---:"}


def _side_of(cells: Iterable[Cell]) -> str:
    sides = (getattr(block, "align", "") for cell in cells for block in cell.blocks)
    return next(sides, "")


def _runs_of(cell: Cell) -> Runs:
    return tuple(run for block in cell.blocks if isinstance(block, Paragraph) for run in block.runs)


def _is_header(row: Iterable[Cell]) -> bool:
    """Say whether a row holds text, and all of it is bold."""
    runs = [run for cell in row for run in _runs_of(cell)]
    return bool(runs) and all(any(mark.tag == "b" for mark in run.marks) for run in runs)


def _cell(cell: Cell, bold: bool = True) -> str:
    runs = _runs_of(cell)
    if not bold:
        runs = tuple(
            Run(text, tuple(mark for mark in marks if mark.tag != "b")) for text, marks in runs
        )
    return unblanked(line(runs, "<br>")).replace("|", "\\|")


_WRITERS: Mapping[type[Block], Callable[[Any], str]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Code: _code,
    Image: _image,
    Embed: _embed,
    Button: _button,
    Rule: _rule,
    Table: _table,
    Callout: _callout,
    Collapsible: _collapsible,
    Quote: _quotation,
    Island: _island,
}
"""Of blocks that went through `islands.islanded`: what has no words is an `Island` by now."""
