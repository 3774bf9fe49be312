"""HTML comments in Markdown, and which lines each of them speaks of.

A comment that stands by itself speaks of the block that follows it, one inside a block of that
block. What looks like one in code is none. Lines are counted from 0.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from publisher.body.findings import Findings
from publisher.body.markdown import parser
from publisher.body.spans import spans

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_NOTHING_ELSE = re.compile(r"(?:\s*<!--.*?-->)+\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Comment:
    """What it says, the line it begins on, and the lines `first` to `last` that it speaks of."""

    text: str
    line: int
    first: int
    last: int


def comments(text: str) -> Iterator[Comment]:
    """Yield the comments of a Markdown text in order."""
    lines = text.split("\n")
    blocks = [span for span in spans(text) if not _is_comment("\n".join(lines[slice(*span)]))]
    tokens = parser().parse(text, {"findings": Findings(), "first_line": 0})
    for place, token in enumerate(tokens):
        for said, line in _said(token):
            first, last = _lines_of(tokens, place, line, blocks)
            yield Comment(said, line, first, last)


def _is_comment(text: str) -> bool:
    return bool(_NOTHING_ELSE.match(text))


def _said(token: Token) -> Iterator[tuple[str, int]]:
    """Yield the comments in a block, with their lines."""
    line = (token.map or [0])[0]
    if token.type == "html_block":
        yield from _matches(token.content, line)
    elif token.type == "inline":
        for child in token.children or ():
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            elif child.type == "html_inline":
                yield from _matches(child.content, line)
            line += child.content.count("\n")


def _matches(html: str, line: int) -> Iterator[tuple[str, int]]:
    for found in _COMMENT.finditer(html):
        yield found[1], line + html.count("\n", 0, found.start())


def _lines_of(
    tokens: Sequence[Token], place: int, line: int, blocks: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    token = tokens[place]
    if token.type == "inline" or not _is_comment(token.content):
        start, end = token.map or (line, line + 1)
        return start, end - 1
    if token.level == 0:  # the tokens of a `:::` block do not know where it ends
        after = bisect_left(blocks, (line, 0))
        start, end = blocks[after] if after < len(blocks) else (line, line + 1)
        return start, end - 1
    for other in tokens[place + 1 :]:
        if other.map and not _is_comment(other.content):
            return other.map[0], other.map[1] - 1
    return line, line
