"""Links to headings, when the headings are in another language.

`refunds.md#fees` of an English text leads nowhere in a French one, whose heading is `#frais`; nor
does `#frais`, once somebody calls it `#tarifs`. Headings are paired by their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from urllib.parse import unquote

from publisher.body.pieces import text_of
from publisher.body.segments import Segment, Text
from publisher.source.writing import body_of, edited, with_body

Headings = Mapping[str, str]
"""Slug → id of each heading of a text, the last heading first (as a `Site` has them)."""
Moves = Mapping[str, str]
"""What links say now → what they have to say."""


def moves(before: Headings, now: Headings) -> dict[str, str]:
    """Pair the headings of two texts that are one in other words, by their order."""
    old, new = list(before)[::-1], list(now)[::-1]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    paired: dict[str, str] = {}
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "replace" and b - a == d - c:
            paired |= dict(zip(old[a:b], new[c:d], strict=True))
    return {slug: other for slug, other in paired.items() if slug not in now}


def with_anchors(raw: bytes, lookup: Callable[[str], Moves]) -> bytes:
    """Return a file whose links to headings follow them.

    lookup  the path of a link ("": in the page) → the moves of the headings that it leads to.
    """

    def change(text: str) -> str:
        body, _ = body_of(text)
        return with_body(text, _mended(text_of(body, {}), lookup))

    return edited(raw, change)


def _mended(text: Text, lookup: Callable[[str], Moves]) -> str:
    pieces, done = [], 0
    for piece in text.pieces:
        start, end = piece.place
        written = _written(text, piece, lookup)
        if start < done or written == text.body[start:end]:
            continue
        pieces += [text.body[done:start], written]
        done = end
    return "".join([*pieces, text.body[done:]])


def _written(text: Text, piece: Segment, lookup: Callable[[str], Moves]) -> str:
    written = text.body[slice(*piece.place)]
    for code in piece.said.codes:
        url = code.detail.partition(" “")[0]
        path, sharp, anchor = url.partition("#")
        better = lookup(path).get(unquote(anchor)) if sharp and code.name == "link" else None
        if better:
            closes = code.closes.replace(f"#{anchor}", f"#{better}").replace(
                f"#{unquote(anchor)}", f"#{better}"
            )
            written = written.replace(code.closes, closes)
    return written
