"""Which lines of a body make which of its blocks, and changing just these lines.

One Markdown block may become several blocks of the article (a paragraph with an image in it),
and several may become one (`<details>`, a paragraph, `</details>`). A unit is the least that
can be exchanged: a run of blocks, and the run of lines that makes them. What stands between
units (comments, definitions of references, blank lines) belongs to none and stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.body.spans import spans
from publisher.body.vocabulary import names

Range = tuple[int, int]

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_HTML = re.compile(r" {0,3}<")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z][\w-]*)(?=[\s/>])[^<>]*?(/?)>", re.IGNORECASE)
_VOID = names("area br col embed hr img input link meta source track wbr")
_ENDS_ITSELF = names("p li dt dd tr td th thead tbody tfoot option")
"""HTML elements that need no closing tag: the next block ends them."""
_NOTE = re.compile(r" {0,3}\[\^([^\]\s]+)\]:[ \t]*")
_KIND = re.compile(
    r"(?P<rule> {0,3}([-*_])[ \t]*(?:\2[ \t]*){2,}$)|(?P<underline> {0,3}(?:=+|--?)[ \t]*$)"
    r"| {0,3}(?P<number>\d{1,9}[.)])(?=\s)| {0,3}(?P<item>[-*+])(?=\s)"
    r"|(?P<code> {4}|\t)| {0,3}(?P<other>\#{1,6}(?=\s|$)|>|`{3}|~{3}|:{3}|\||<)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Blocks [start, end) of the article, and the lines [start, end) that make them.

    note  label of the footnote that it is: shown last, wherever it stands.
    """

    blocks: Range
    lines: Range
    note: str = ""


def lines_of(body: str) -> list[str]:
    """Return the lines with their ends, counted as `spans` counts them."""
    return _LINE.findall(body)


def units(body: str, lines: Sequence[int]) -> tuple[Unit, ...]:
    """Return the units of a body in order of blocks; `lines` holds the line of each block."""
    text = lines_of(body)
    found = _elements(spans(body), text)
    starts = [start for start, _ in found]
    made: list[Unit] = []
    for block, line in enumerate(lines):
        place = found[max(bisect_right(starts, line) - 1, 0)]
        unit = Unit(blocks=(block, block + 1), lines=place, note=_label(text[place[0]]))
        while made and _tied(made[-1], unit):
            unit = _both(made.pop(), unit)
        made.append(unit)
    return tuple(made)


def _label(line: str) -> str:
    found = _NOTE.match(line)
    return found[1] if found else ""


def _tied(last: Unit, unit: Unit) -> bool:
    """Whether two runs of blocks come from the same lines, or from lines in another order."""
    if last.note or unit.note:
        return last.lines == unit.lines
    return last.lines[1] > unit.lines[0]


def _both(left: Unit, right: Unit) -> Unit:
    lines = (*left.lines, *right.lines)
    return Unit(
        blocks=(left.blocks[0], right.blocks[1]), lines=(min(lines), max(lines)), note=left.note
    )


def _elements(found: Sequence[Range], text: Sequence[str]) -> list[Range]:
    """Join the blocks from an HTML tag to the one that closes it, with all between."""
    whole: list[Range] = []
    place = 0
    while place < len(found):
        last = _closing(found, text, place)
        whole.append((found[place][0], found[last][1]))
        place = last + 1
    return whole


def _closing(found: Sequence[Range], text: Sequence[str], place: int) -> int:
    """Return the block that closes what the one at `place` opens; itself when none does."""
    opened: list[str] = []
    for last in range(place, len(found)):
        _follow("".join(text[slice(*found[last])]), opened)
        if not opened:
            return last
    return place


def tags(text: str) -> Iterator[tuple[bool, str]]:
    """Yield each tag of an HTML element that has two: whether it closes it, and its name."""
    for slash, name, itself in _TAG.findall(text):
        if name.lower() not in _VOID and not itself:
            yield bool(slash), name.lower()


def _follow(block: str, opened: list[str]) -> None:
    """Note which elements are open after a block, if it is one of HTML."""
    if not _HTML.match(block):
        return
    for closes, name in tags(_COMMENT.sub("", block)):
        if not closes:
            opened.append(name)
        elif name in opened:
            while opened.pop() != name:
                pass
    while opened and opened[-1] in _ENDS_ITSELF:
        opened.pop()


def remove(text: list[str], lines: Range, line_end: str) -> None:
    """Take lines out, and with them the blank lines that set them apart."""
    start, end = lines
    above, below = _shown_above(text, start), _shown_below(text, end)
    if below == len(text):
        text[above or start : end] = []  # the last one: the file goes on ending as it did
    elif above == start and start > 0:
        text[start:end] = [line_end] if below == end else []
    else:
        text[start:below] = []


def insert(text: list[str], place: int, new: Sequence[str], line_end: str) -> None:
    """Put lines in at `place`, a blank line before and after them."""
    place = min(place, len(text))
    before = [line_end] if place and text[place - 1].strip() else []
    after = [line_end] if place < len(text) and text[place].strip() else []
    text[place:place] = [*before, *new, *after]


def replace(text: list[str], lines: Range, new: Sequence[str], line_end: str) -> None:
    """Put lines in place of others; neighbours with no blank line between are kept apart.

    They stay as close as they were when the same kinds of block meet as before.
    """
    start, end = lines
    old = text[start:end]
    before = start > 0 and text[start - 1].strip() and not _alike(old, new, 0)
    after = end < len(text) and text[end].strip() and not _alike(old, new, -1)
    text[start:end] = [*[line_end] * bool(before), *new, *[line_end] * bool(after)]


def _shown_above(text: Sequence[str], line: int) -> int:
    """Return the line after the nearest one above that is not blank; 0 when there is none."""
    while line and not text[line - 1].strip():
        line -= 1
    return line


def _shown_below(text: Sequence[str], line: int) -> int:
    while line < len(text) and not text[line].strip():
        line += 1
    return line


def _alike(old: Sequence[str], new: Sequence[str], which: int) -> bool:
    """Say whether the first (0) or last (-1) blocks of two stretches are of one kind."""
    return _kind(old, which) == _kind(new, which)


def _kind(lines: Sequence[str], which: int) -> tuple[str, str]:
    start, end = (spans("".join(lines)) or [(0, len(lines))])[which]
    underlined = _KIND.match(lines[end - 1]) if end - start > 1 else None
    if underlined and (underlined["underline"] or underlined["rule"]):
        return ("underline", "")
    found = _KIND.match(lines[start])
    if not found:
        return ("", "")
    name = found.lastgroup or ""
    return (name, found[name] if name in ("item", "other") else "")
