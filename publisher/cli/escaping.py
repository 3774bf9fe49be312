"""Words of others inside our Markdown: they say what they say, and do nothing.

Titles, keys, file names and messages come from whoever writes content or edits in Intercom. In a
comment they must not become markup, HTML, a link, an image, a mention that calls somebody, or a
reference that leaves a trace in another issue. Character references can be none of Markdown's
structure (CommonMark 0.31, 6.2), and what the forges look for after that (`@name`, `#1`, `!1`,
`GH-1`, `https://`) is parted by a character of no width, as release notes of bots do it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

GAP = "&#8203;"
MARKUP = {
    **{sign: f"&#{ord(sign)};" for sign in "\\`*_[]|~$"},
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
}
_SIGNS = re.compile("[" + re.escape("".join(MARKUP)) + "]")
_CALLS = re.compile(
    r"([@#!%^]|(?<!\w):(?=[\w+-]+:)|(?<![A-Za-z])GH(?=-\d)|[A-Za-z](?=://)|www(?=\.))"
)
_JOINING = ("\u200d", "\ufe0e", "\ufe0f")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str, most: int = 0) -> str:
    """Spell a text so that it stands as it is: on one line, in a table, in HTML, in a heading.

    most  characters of it that are kept, 0 for all; then "…".
    """
    line = one_line(text)
    line = clipped(line, most) if most else line
    return "".join(
        _SIGNS.sub(_reference, part) + (GAP if place % 2 else "")
        for place, part in enumerate(_CALLS.split(line))
    )


def _reference(sign: re.Match[str]) -> str:
    return MARKUP[sign[0]]


def code(text: str, most: int = 0) -> str:
    """Spell a key, a path or a command as code; one that would end it, as plain text."""
    line = one_line(text)
    line = clipped(line, most) if most else line
    return plain(line) if not line or set("`|\\<>&") & set(line) else f"`{line}`"


def one_line(text: str) -> str:
    """The text on one line, without control characters and what turns its direction around."""
    return " ".join(_on_one_line(text).split())


def _on_one_line(text: str) -> str:
    """Line ends and control characters become spaces; what turns the direction around is gone."""
    return _CONTROL.sub(" ", _DIRECTION.sub("", text)).strip()


def clipped(text: str, most: int) -> str:
    """The beginning of a long text, parted between two characters as people see them."""
    if len(text) <= most:
        return text
    end = most - 1
    while end > 0 and _belongs_to_the_last(text, end):
        end -= 1
    return f"{text[:end].rstrip()}…"


def _belongs_to_the_last(text: str, place: int) -> bool:
    return (
        unicodedata.combining(text[place]) > 0
        or text[place] in _JOINING
        or text[place - 1] == "\u200d"
    )


def length(text: str) -> int:
    """How long GitHub may call a text: in UTF-16 units, never fewer than its characters.

    What is measured: a pull request takes 65,536 characters, each sign beyond the first plane one
    of them; an issue's comment takes 262,144 bytes of UTF-8. A text of n units has at most n
    characters and at most 3n bytes, so that one number keeps to both.
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fenced(lines: Iterable[str], language: str = "") -> str:
    """Lines as a block of code, in a fence that is longer than any inside."""
    kept = [_kept_on_a_line(line) for line in lines]
    fence = "`" * max(3, 1 + max(map(_run, kept), default=0))
    return "\n".join([f"{fence}{language}", *kept, fence])


def _kept_on_a_line(line: str) -> str:
    """A line with its indent, and nothing in it that begins another."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    return f"{indent}{_on_one_line(line)}"


def _run(line: str) -> int:
    return max((len(found) for found in re.findall("`+", line)), default=0)
