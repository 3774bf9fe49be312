"""Which elements of two sequences correspond, found in bounded time.

`difflib` compares well but, where the same elements stand again and again (a blank line, the
word "the"), in cubic time. So what both begin and end with is taken for equal first. Of the
rest, if that is too much to compare closely, elements that stand once on each side part it,
and only what is small enough between two of them is compared closely.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import pairwise

MOST_EFFORT = 4_000_000
"""Steps of `difflib`, at worst, that a comparison may take: less than half a second."""


class Matcher(SequenceMatcher[Hashable]):
    """A `SequenceMatcher` that never takes long; on long sequences it may overlook something."""

    def __init__(self, left: Sequence[Hashable], right: Sequence[Hashable]) -> None:
        super().__init__(None, left, right, autojunk=False)
        self._sides = left, right

    def get_matching_blocks(self) -> list[Match]:
        """Return what is equal, in order, and last an empty match at both ends."""
        left, right = self._sides
        return [*_joined(_matches(left, right)), Match(len(left), len(right), 0)]


def effort(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    """Return how many steps `difflib` takes at worst: all pairs of equals, for each find."""
    theirs = Counter(right)
    pairs = sum(count * theirs[each] for each, count in Counter(left).items())
    return (pairs + len(left)) * min(len(left), len(right))


def _matches(left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[Match]:
    head = _alike(left, right)
    tail = _alike(left[head:][::-1], right[head:][::-1])
    yield Match(0, 0, head)
    middle = left[head : len(left) - tail], right[head : len(right) - tail]
    yield from _moved(_within(*middle), head, head)
    yield Match(len(left) - tail, len(right) - tail, tail)


def _within(left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[Match]:
    for here, there in passages(left, right):
        close = SequenceMatcher(None, left[here], right[there], autojunk=False)
        yield from _moved(close.get_matching_blocks(), here.start, there.start)


def passages(left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[tuple[slice, slice]]:
    """Part two sequences into what is worth comparing; each part has its share of the effort."""
    if effort(left, right) <= MOST_EFFORT:
        yield slice(0, len(left)), slice(0, len(right))
        return
    ends = [(-1, -1), *_anchors(left, right), (len(left), len(right))]
    for (i, j), (i_end, j_end) in pairwise(ends):
        if i >= 0:
            yield slice(i, i + 1), slice(j, j + 1)
        part = slice(i + 1, i_end), slice(j + 1, j_end)
        if effort(left[part[0]], right[part[1]]) * len(left) <= MOST_EFFORT * (i_end - i):
            yield part


def _anchors(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Find what stands once on each side: the longest row of such pairs in the same order."""
    here, there = Counter(left), Counter(right)
    places = {each: place for place, each in enumerate(right) if there[each] == 1}
    pairs = [
        (place, places[each])
        for place, each in enumerate(left)
        if here[each] == 1 and each in places
    ]
    lowest: list[int] = []  # by length of a row, the lowest right place it can end with
    lengths = []
    for _, place in pairs:
        length = bisect_left(lowest, place)
        lowest[length : length + 1] = [place]
        lengths.append(length)
    row: list[tuple[int, int]] = []
    for pair, length in zip(reversed(pairs), reversed(lengths), strict=True):
        if length == len(lowest) - len(row) - 1 and (not row or pair[1] < row[-1][1]):
            row.append(pair)
    return row[::-1]


def _alike(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    """Return with how many equal elements both begin."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(left), len(right)))


def _moved(found: Iterable[Match], by: int, to: int) -> Iterator[Match]:
    return (Match(match.a + by, match.b + to, match.size) for match in found)


def _joined(found: Iterable[Match]) -> list[Match]:
    """Leave out what is empty; make one of matches that touch on both sides."""
    joined: list[Match] = []
    for match in (match for match in found if match.size):
        last = joined[-1] if joined else None
        if last and (last.a + last.size, last.b + last.size) == (match.a, match.b):
            joined[-1] = Match(last.a, last.b, last.size + match.size)
        else:
            joined.append(match)
    return joined
