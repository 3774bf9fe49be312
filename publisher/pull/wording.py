"""A changed block in the author's own wording: only the words that changed change.

    old   what our writer would make of the block as it is in the file
    new   what our writer makes of it as it is live

Where old and new say the same, the author's words, line breaks and marks stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from publisher.plan.cuts import cuts, joined

_TOKEN = re.compile(r"([ \t\n]*)([^ \t\n]+)")
_NUMBER = re.compile(r"\d{1,9}[.)]\Z")
_BULLETS = ("-", "*", "+")


class _Token(NamedTuple):
    """A word and the white space before it."""

    gap: str
    word: str

    @property
    def opens(self) -> bool:
        """Whether it stands where the mark of a list item would stand."""
        return not self.gap or "\n" in self.gap


def reworded(author: str, old: str, new: str, same: Callable[[str, str], bool]) -> str:
    """Return `new` with the author's spelling of all that it shares with `old`.

    same  says whether two Markdown texts mean the same; when the mixture does not mean what
          `new` means, it is `new` that is returned.
    """
    mixed = _mixed(author, old, new)
    return mixed if mixed == new or same(mixed, new) else new


def _mixed(author: str, old: str, new: str) -> str:
    written = _tokens(author)
    before, after = (_in_style(_tokens(text), written) for text in (old, new))
    chain = joined(cuts(_words(written), _words(before)), cuts(_words(before), _words(after)))
    mixed: list[_Token] = []
    owed = ""  # the line break before a word that is gone
    for (a, b, c), (a_end, b_end, c_end) in pairwise(chain):
        kept = _words(before[b:b_end]) == _words(after[c:c_end])
        gone = written[a:a_end]
        taken = gone if kept else after[c:c_end]
        gap = gone[0].gap if gone else ""
        if taken and (owed or (gap and not kept)):
            taken = [_after_gap(taken[0], owed or gap), *taken[1:]]
        owed = "" if taken else owed or (gap if "\n" in gap else "")
        mixed += taken
    return _indent(author) + "".join(token.gap + token.word for token in mixed).strip()


def _in_style(tokens: list[_Token], author: list[_Token]) -> list[_Token]:
    """Mark list items as the author does; numbers, if the author gives all the same one."""
    marks = [token.word for token in author if token.opens]
    bullet = next((mark for mark in marks if mark in _BULLETS), "-")
    numbers = [mark for mark in marks if _NUMBER.match(mark)]
    number = numbers[0] if len(numbers) > 1 and len({*numbers}) == 1 else ""
    styled = []
    for token in tokens:
        word = bullet if token.opens and token.word in _BULLETS else token.word
        word = number if number and token.opens and _NUMBER.match(word) else word
        styled.append(_Token(token.gap, word))
    return styled


def _tokens(text: str) -> list[_Token]:
    return [_Token(*found) for found in _TOKEN.findall(text.strip())]


def _words(tokens: list[_Token]) -> list[str]:
    return [token.word for token in tokens]


def _after_gap(token: _Token, gap: str) -> _Token:
    """Keep the author's line break, unless the word brings one of its own."""
    return token if "\n" in token.gap else _Token(gap, token.word)


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" "))]
