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

from publisher.plan.cuts import Cut, cuts, joined
from publisher.pull.units import tags

_TAG = r"</?[a-zA-Z][^<>]*>"
_TOKEN = re.compile(rf"([ \t\n]*?)( {{2,}}\n|\\\n|<br ?/?>\n?|{_TAG}|(?:(?!\\\n|{_TAG})[^ \t\n])+)")
_BREAK = re.compile(r" {2,}\n|\\\n|<br ?/?>\n?")
_EMPTY = re.compile(r"<([a-zA-Z][\w-]*)\b[^<>]*>\s*</\1>")
_NUMBER = re.compile(r"\d{1,9}[.)]\Z")
_BULLETS = ("-", "*", "+")


class _Token(NamedTuple):
    """A word, an HTML tag or a hard line break, and the white space before it.

    opens  it stands where the mark of a list item would stand.
    """

    gap: str
    text: str
    opens: bool = False

    @property
    def word(self) -> str:
        """What it is compared by: all spellings of a hard line break are one."""
        return "\n" if _BREAK.fullmatch(self.text) else self.text


def reworded(author: str, old: str, new: str, same: Callable[[str, str], bool]) -> str:
    """Return `new` with the author's spelling of all that it shares with `old`.

    same  says whether two Markdown texts mean the same; when the mixture does not mean what
          `new` means, or holds half of an HTML element, it is `new` that is returned.
    """
    mixed = _mixed(author, old, new)
    return mixed if mixed == new or (_whole(mixed, author, new) and same(mixed, new)) else new


def _whole(mixed: str, author: str, new: str) -> bool:
    """Whether no element of HTML lost its other half, or all that was in it."""
    halves = _unpaired(mixed)
    emptied = len(_EMPTY.findall(mixed)) > len(_EMPTY.findall(author))
    return halves in (_unpaired(author), _unpaired(new)) and not emptied


def _unpaired(text: str) -> tuple[list[str], list[str]]:
    """Return the names of HTML elements that are only closed, or only opened, in a text."""
    opened: list[str] = []
    closed: list[str] = []
    for closes, name in tags(text):
        if not closes:
            opened.append(name)
        elif name in opened:
            del opened[len(opened) - 1 - opened[::-1].index(name)]
        else:
            closed.append(name)
    return closed, opened


def _mixed(author: str, old: str, new: str) -> str:
    written = _tokens(author)
    before, after = (_in_style(_tokens(text), written) for text in (old, new))
    chain = joined(cuts(_words(written), _words(before)), cuts(_words(before), _words(after)))
    mixed: list[_Token] = []
    owed = ""  # the line break before a word that is gone
    changed = False
    for (a, b, c), (a_end, b_end, c_end) in _inwards(list(pairwise(chain)), written, after):
        kept = _words(before[b:b_end]) == _words(after[c:c_end])
        gone = written[a:a_end]
        taken = gone if kept else after[c:c_end]
        gap = gone[0].gap if gone else ""
        if taken and (owed or (gap and not kept)):
            taken = [_after_gap(taken[0], owed or gap), *taken[1:]]
        elif changed and kept and taken and not gap and c < c_end:
            taken = [_after_gap(taken[0], after[c].gap), *taken[1:]]
        owed = "" if taken else owed or (gap if "\n" in gap else "")
        changed = not kept
        mixed += taken
    return _indent(author) + "".join(token.gap + token.text for token in mixed).strip()


def _inwards(
    pieces: list[tuple[Cut, Cut]], author: list[_Token], new: list[_Token]
) -> list[tuple[Cut, Cut]]:
    """Put words that follow the last ones of an element before the tags that close it."""
    for place, (piece, after) in enumerate(pairwise(pieces)):
        ((a, b, _), (a_end, b_end, _)), ((_, _, c), (_, after_b, c_end)) = piece, after
        closing = a < a_end and all(token.text.startswith("</") for token in author[a:a_end])
        added = b == b_end == after_b and c < c_end
        if closing and added and not any("\n" in token.gap for token in new[c:c_end]):
            pieces[place : place + 2] = [after, piece]
    return pieces


def _in_style(tokens: list[_Token], author: list[_Token]) -> list[_Token]:
    """Mark list items as the author does; numbers, if the author gives all the same one."""
    marks = [token.text for token in author if token.opens]
    bullet = next((mark for mark in marks if mark in _BULLETS), "-")
    numbers = [mark for mark in marks if _NUMBER.match(mark)]
    number = numbers[0] if len(numbers) > 1 and len({*numbers}) == 1 else ""
    styled = []
    for token in tokens:
        text = bullet if token.opens and token.text in _BULLETS else token.text
        text = number if number and token.opens and _NUMBER.match(text) else text
        styled.append(token._replace(text=text))
    return styled


def _tokens(text: str) -> list[_Token]:
    found = _TOKEN.findall(text.strip())
    return [
        _Token(gap, word, opens=not place or "\n" in gap) for place, (gap, word) in enumerate(found)
    ]


def _words(tokens: list[_Token]) -> list[str]:
    return [token.word for token in tokens]


def _after_gap(token: _Token, gap: str) -> _Token:
    """Keep the author's line break, unless the word brings one of its own."""
    return token if "\n" in token.gap else token._replace(gap=gap)


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" "))]
