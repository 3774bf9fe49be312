"""What is live in the words of the file: the author's spelling, definitions and footnotes.

Intercom has no footnotes. A note is shown as a paragraph at the end that begins with its number
in brackets, and what refers to it reads the same, so both are turned back into the author's
labels here before anything is compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from publisher.body import canonical
from publisher.body.from_markdown import render
from publisher.body.spans import spans
from publisher.pull.units import Unit, lines_of
from publisher.pull.wording import reworded

_NUMBER = re.compile(r"\[(\d+)\](?![(\[:])")
_LABEL = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_OPENING = re.compile(r" {0,3}\[\^[^\]\s]+\]:[ \t]*")
_SHOWN = re.compile(r"\[\d+\] ?")
_INDENT = "    "


class Wording:
    """The wording of one body, in which live blocks are to be written.

    found       its units.
    write_ours  Markdown our writer would make of its blocks; None: it is not known, and live
                blocks are written as they come.
    """

    def __init__(
        self, body: str, found: Sequence[Unit], write_ours: Callable[[int, int], str] | None
    ) -> None:
        self._write_ours = write_ours
        self._definitions = "\n\n" + "".join(_outside(body))
        self._labels = _labels(found, write_ours)

    def of(self, inside: Sequence[Unit], author: str, new: str) -> str:
        """Return `new` to stand in place of these units, as their author would have put it.

        author  their Markdown, without line ends before and after.
        """
        labels = {n: label for n, label in self._labels.items() if f"[^{label}]" in author}
        noted = _relabelled(new, labels)
        if self._write_ours is None or len(inside) > 1:
            return noted
        old = self._write_ours(*inside[0].blocks)
        if inside[0].note:
            return self._note(author, old, new)
        return reworded(author, _relabelled(old, labels), noted, self._same)

    def _note(self, author: str, old: str, new: str) -> str:
        """Change what a note says, behind its label; what is no note any more comes as it is."""
        opening, before, after = _OPENING.match(author), _SHOWN.match(old), _SHOWN.match(new)
        if not (opening and before and after and before[0] == after[0]):
            return new
        said = new[after.end() :]
        plain = indented(said).removeprefix(_INDENT)
        mixed = reworded(author[opening.end() :], old[before.end() :], said, self._same)
        return opening[0] + (mixed if self._in_note(mixed) == self._in_note(plain) else plain)

    def _in_note(self, said: str) -> tuple[str, ...]:
        return canonical.blocks(render(f"[^1]\n\n[^1]: {said}{self._definitions}").html)

    def _same(self, left: str, right: str) -> bool:
        """Whether two texts mean the same where this body's definitions hold."""
        left, right = (render(_plain(text) + self._definitions).html for text in (left, right))
        return canonical.same(left, right)


def indented(text: str) -> str:
    """Return blocks as they stand in a note."""
    return re.sub(r"^(?=.)", _INDENT, text, flags=re.MULTILINE)


def _labels(
    found: Sequence[Unit], write_ours: Callable[[int, int], str] | None
) -> Mapping[str, str]:
    """The number that each note is shown with → its label in the file."""
    if write_ours is None:
        return {}
    shown = ((_NUMBER.match(write_ours(*unit.blocks)), unit.note) for unit in found if unit.note)
    return {number[1]: label for number, label in shown if number}


def _relabelled(text: str, labels: Mapping[str, str]) -> str:
    return _NUMBER.sub(lambda n: f"[^{labels[n[1]]}]" if n[1] in labels else n[0], text)


def _plain(text: str) -> str:
    """References to notes as mere text: their notes are not in a part of the body."""
    return _LABEL.sub(r"(note \1)", text)


def _outside(body: str) -> Iterator[str]:
    """Yield the lines that are in no block: definitions of references."""
    place, text = 0, lines_of(body)
    for start, end in (*spans(body), (len(text), len(text))):
        yield from (line for line in text[place:start] if line.strip())
        place = end
