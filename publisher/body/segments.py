"""The pieces of a Markdown text that are translated one by one, and where each stands in it.

A piece is what a reader sees as one: a heading, a paragraph, an item, a cell, the title of a
collapsible, the label of a button. What is no piece (code, raw HTML, definitions) is among them
as well, so that two texts can be compared; it is never shown to a translator. `pieces` finds them.

Places are characters of the body; a piece of several lines reaches from its first letter to
its last, with what stands at the beginnings of the lines between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from publisher.body.marks import Line, Parts
from publisher.body.rejoining import written

_PAIR = re.compile(r'"([^"]*)"')
_CLOSING = re.compile(r"(\A|[ \t])(#+)\Z")
"""What would end a heading and not be read as its words."""
_MARKUP = re.compile(r"<!--.*?-->|<[^<>]*>|&\w+;", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a text.

    kind     "heading-2", "paragraph", "item", "cell", "title of a collapsible" …; "code", "html"
             and "frame" (a `:::` line) for what nobody is given to translate.
    place    [start, end) in the body.
    line     of the body, counted from 0. block: the top-level block that it stands in.
    section  name of the section that it stands in, by the names that were given.
    said     its words and codes; of what nobody translates, one code that holds all of it.
    pinned   the id that a heading's author gave it, and that links may name.
    """

    kind: str
    place: tuple[int, int]
    line: int
    block: int = 0
    section: str = ""
    said: Line
    pinned: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is for translators."""
        return self.kind not in _OPAQUE and self.said.translatable

    @property
    def is_left_out(self) -> bool:
        """Whether it has words that no translator is shown: raw HTML."""
        if self.kind != "html":
            return False
        words = _MARKUP.sub("", self.said.codes[0].detail)
        return any(letter.isalpha() for letter in words)


_OPAQUE = ("code", "html", "frame")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with all below it; what stands above the first one has level 0.

    start, end  characters of the body.
    """

    name: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A body with its pieces in order.

    blocks    lines [start, end) of each top-level block.
    offsets   where each line begins, and behind the last the end.
    sections  in order; the first is the one without a heading.
    """

    body: str
    pieces: tuple[Segment, ...]
    blocks: tuple[tuple[int, int], ...]
    offsets: tuple[int, ...]
    sections: tuple[Section, ...]
    env: dict[str, Any] = field(compare=False, repr=False)

    def with_said(
        self, changes: Iterable[tuple[Segment, Line]], start: int = 0, end: int | None = None
    ) -> str:
        """Return a stretch of the body with other words in some of its pieces.

        Raises Unwritable for words that Markdown cannot say in that place.
        """
        done, pieces = start, []
        for segment, line in sorted(changes, key=lambda each: each[0].place):
            text = self.spelt(segment, line)
            if text is None:
                raise Unwritable(segment)
            pieces += [self.body[done : segment.place[0]], text]
            done = segment.place[1]
        return "".join([*pieces, self.body[done:end]])

    def spelt(self, segment: Segment, line: Line) -> str | None:
        """Write words and codes as they have to stand in the place of a piece."""
        if segment.kind.startswith("title of "):
            return _quoted(line.words)
        text = written(line.parts, line.codes, self.env)
        if text is None:
            return text
        if segment.kind == "title" or segment.kind.startswith("heading"):
            return _CLOSING.sub(r"\1\\\2", text)
        return text.replace("|", "\\|") if segment.kind == "cell" else text


def sayable(segment: Segment, parts: Parts) -> Parts:
    """Return words as they can be said in the place of a piece.

    An attribute has no escapes: of both straight quotation marks, it can hold one.
    """
    said = "".join(part for part in parts if isinstance(part, str))
    if not segment.kind.startswith("title of ") or '"' not in said or "'" not in said:
        return parts
    return (_PAIR.sub(r"“\1”", said).replace('"', "”"),)


class Unwritable(Exception):
    """A piece whose new words no Markdown says."""

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment.kind)
        self.segment = segment


def _quoted(words: str) -> str | None:
    """Spell an attribute of a `:::` block; it has no escapes."""
    return next((f"{mark}{words}{mark}" for mark in "\"'" if mark not in words), None)
