"""Write words and codes as a line of Markdown.

What was written is read again: a line that does not come back as the same words and codes was
not written right, and another spelling is tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from publisher.body import spelling
from publisher.body.marks import Code, Line, Parts, Tag, shape
from publisher.body.parting import read

_AS_TAGS = {"bold": "b", "italic": "i", "strike": "s"}
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_START = re.compile(r"\#{1,6}(?=\s|\Z)|>|[-+](?=\s|\Z)|[-=]+(?=\s*\Z)|:::|\||[-:](?=[-:|\s]*\Z)")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")
_BRACKET = re.compile(r"\[(?=[ xX]\]\s|\^|!)|\[(?=(?:[^\[\]\\]|\\.)+\]:)")


def written(parts: Parts, codes: Sequence[Code], env: dict[str, Any]) -> str | None:
    """Write words and codes as Markdown on one line; None where no spelling reads back as them.

    env  as of `read`; a reference link needs the definitions of its text.
    """
    wanted = shape(Line(parts, tuple(codes)))
    as_tags = [_in_tags(code) for code in codes]
    for marks, escape in ((codes, _lightly), (as_tags, _lightly), (codes, _all), (as_tags, _all)):
        text = _guarded("".join(_spelt(parts, marks, escape)))
        back = read(text, env)
        if back is not None and "\n" not in text and shape(back) == wanted:
            return text
    return None


def _in_tags(code: Code) -> Code:
    tag = _AS_TAGS.get(code.name)
    return Code(code.name, f"<{tag}>", f"</{tag}>") if tag else code


def _spelt(
    parts: Parts, codes: Sequence[Code], escape: Callable[[str, str, str, bool], str]
) -> Iterator[str]:
    before, brackets = "", 0
    for place, part in enumerate(parts):
        if isinstance(part, Tag):
            code = codes[part.code - 1]
            bracket = code.name in ("link", "image")
            brackets += {"open": 1, "close": -1, "alone": 0}[part.edge] if bracket else 0
            text = code.closes if part.edge == "close" else code.opens
            text = "<br>" if code.name == "break" else text
        else:
            after = _next(parts, codes, place)
            text = escape(part, before, after, brackets > 0)
        yield text
        before = text[-1:] or before


def _next(parts: Parts, codes: Sequence[Code], place: int) -> str:
    """The letter that comes after a text: always a tag's, since no two texts meet."""
    if place + 1 == len(parts):
        return ""
    tag = parts[place + 1]
    assert isinstance(tag, Tag)
    code = codes[tag.code - 1]
    return (code.closes if tag.edge == "close" else code.opens)[:1]


def _lightly(text: str, before: str, after: str, brackets: bool) -> str:
    return spelling.escaped(text, before, after, brackets=brackets)


def _all(text: str, before: str, after: str, brackets: bool) -> str:
    return _PUNCTUATION.sub(r"\\\1", text)


def _guarded(text: str) -> str:
    """Escape what would begin a block at the beginning of a line, and space at its ends."""
    text = spelling.unblanked(text)
    if _START.match(text) or _BRACKET.match(text):
        return f"\\{text}"
    return _NUMBER.sub(r"\1\\\2", text, count=1) if _NUMBER.match(text) else text
