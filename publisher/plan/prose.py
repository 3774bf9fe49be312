"""What changes in a body, as a diff of what a person reads: never of its HTML.

A line is a paragraph, however long, so a changed line comes as a pair that says which of
its words changed. What changes beside the words is named in a note of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Literal, NamedTuple

from publisher.plan import structure, words
from publisher.plan.matching import Matcher
from publisher.plan.reading import COLOURED, lines_of

CONTEXT = 1
ALIKE = 0.5
"""Share of its words that two lines must have in common to be one line that changed."""
MOST_PAIRS = 400
MOST_WORDS = 4_000_000
"""In a passage with more comparisons of lines, or of words, a line is compared with one other."""
_UNSPACED = r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]"
_WORD = re.compile(rf"(\s*)({_UNSPACED}|(?:(?!{_UNSPACED})\w)+|[^\w\s]|\Z)")
"""A word and the white space before it; of scripts that put no spaces between words (Thai,
Chinese, Japanese), a letter."""


class Segment(NamedTuple):
    """A stretch of a line; `changed` only where the line on the other side has another."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """One line: taken out "-", put in "+", there on both sides " ", left out here "…".

    A note about what changes beside the words has the sign "i".
    """

    sign: Literal["-", "+", " ", "…", "i"]
    segments: tuple[Segment, ...] = ()

    @property
    def text(self) -> str:
        """The line itself, whole."""
        return "".join(segment.text for segment in self.segments)

    def __str__(self) -> str:
        if self.sign == "…":
            return "    …"
        return f"{' ' if self.sign == 'i' else self.sign} {self.text}".rstrip()


Diff = tuple[DiffLine, ...]
GAP = DiffLine(sign="…")


def body_diff(before: str, after: str) -> Diff:
    """Return what changes from one body to the other; () when a reader would see no change."""
    left, right = lines_of(before), lines_of(after)
    notes = [f"image replaced: {name}" for name in structure.replaced_images(before, after)]
    beside = structure.differing(before, after)
    if _uncoloured(left) == _uncoloured(right):
        beside = beside or ([] if notes else structure.unnamed(before, after))
        return _notes(notes, beside, "only the structure changed")
    return (*lines_diff(left, right), *_notes(notes, beside, "the structure changed too"))


def lines_diff(left: Sequence[str], right: Sequence[str], *, context: int = CONTEXT) -> Diff:
    """Compare two texts line by line; lines that are alike come in pairs, word by word."""
    matcher = Matcher(left, right)
    pieces: list[Diff] = []
    for group in matcher.get_grouped_opcodes(context):
        lines = (_passage(tag, left[i1:i2], right[j1:j2]) for tag, i1, i2, j1, j2 in group)
        pieces.append(tuple(chain.from_iterable(lines)))
    return joined(pieces)


def joined(pieces: Iterable[Diff]) -> Diff:
    """Put diffs of several places one below the other, a gap between them."""
    found: list[DiffLine] = []
    for piece in filter(None, pieces):
        found += [GAP, *piece] if found else piece
    return tuple(found)


def note(text: str) -> DiffLine:
    """A line beside the words that changed."""
    return _whole("i", text)


def _uncoloured(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if not line.endswith(COLOURED)]


def _notes(notes: list[str], beside: list[str], verdict: str) -> Diff:
    if beside:
        notes = [*notes, f"{verdict}: {words.listed(beside, most=9)}"]
    return tuple(note(f"({said})") for said in notes)


def _whole(sign: Literal["-", "+", " ", "i"], text: str) -> DiffLine:
    return DiffLine(sign=sign, segments=(Segment(text),))


def _passage(tag: str, old: Sequence[str], new: Sequence[str]) -> Iterator[DiffLine]:
    if tag == "equal":
        yield from (_whole(" ", line) for line in old)
        return
    partners = _partners(old, new)
    reached = 0
    for place, line in enumerate(old):
        if place not in partners:
            yield _whole("-", line)
            continue
        yield from (_whole("+", each) for each in new[reached : partners[place]])
        yield from _pair(line, new[partners[place]])
        reached = partners[place] + 1
    yield from (_whole("+", line) for line in new[reached:])


def _partners(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """For each old line the new one that is most like it, in order; those unlike any are out."""
    found: dict[int, int] = {}
    said, spoken = [_spoken(line) for line in old], [_spoken(line) for line in new]
    compared = sum(map(len, said)) * sum(map(len, spoken))
    few = len(old) * len(new) <= MOST_PAIRS and compared <= MOST_WORDS
    first = 0
    for place, mine in enumerate(said):
        others = range(first, len(new)) if few else range(max(first, place), len(new))[:1]
        likeness = {other: _likeness(mine, spoken[other]) for other in others}
        best = max(likeness, key=lambda other: likeness[other], default=-1)
        if best >= 0 and likeness[best] >= ALIKE:
            found[place] = best
            first = best + 1
    return found


def _likeness(left: list[str], right: list[str]) -> float:
    matcher = Matcher(left, right)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _spoken(line: str) -> list[str]:
    return [word for _, word in _WORD.findall(line) if word]


def _pair(old: str, new: str) -> Iterator[DiffLine]:
    spans = list(_spans(_WORD.findall(old), _WORD.findall(new)))
    yield DiffLine(sign="-", segments=_segments((changed, gone) for changed, gone, _ in spans))
    yield DiffLine(sign="+", segments=_segments((changed, come) for changed, _, come in spans))


_Words = Sequence[tuple[str, str]]
"""Words, each after the white space before it."""


def _spans(left: _Words, right: _Words) -> Iterator[tuple[bool, str, str]]:
    """Part two lines by what is equal; white space counts, but nothing is found by it."""
    codes = Matcher([word for _, word in left], [word for _, word in right]).get_opcodes()
    parts = (
        part
        for code in codes
        for part in _parts(code[0], left[code[1] : code[2]], right[code[3] : code[4]])
    )
    for changed, group in groupby(parts, key=itemgetter(0)):
        texts = list(group)
        yield changed, "".join(text[1] for text in texts), "".join(text[2] for text in texts)


def _parts(tag: str, left: _Words, right: _Words) -> Iterator[tuple[bool, str, str]]:
    if tag != "equal":
        gap = left[0][0] if left and right and left[0][0] == right[0][0] else ""
        gone, come = ("".join(map("".join, words)).removeprefix(gap) for words in (left, right))
        yield from ((False, gap, gap), (True, gone, come)) if gap else ((True, gone, come),)
        return
    for (gap, word), (other, _) in zip(left, right, strict=True):
        if gap == other:
            yield False, gap + word, gap + word
        else:
            yield True, gap, other
            yield False, word, word


def _segments(spans: Iterable[tuple[bool, str]]) -> tuple[Segment, ...]:
    """An empty segment that changed stays: it says where the other line has more."""
    return tuple(Segment(text, changed) for changed, text in spans if text or changed)
