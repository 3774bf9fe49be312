"""Which blocks correspond, where equal ones leave more than one choice.

    before  one  Text  two  Text          what went may be `Text two` as well as `two Text`:
    after   one  Text                     only the second is the end of a unit, and no more

A comparison cannot know it. Of all places that say the same, the one is taken at which units
begin and end, so that a block nobody touched is not exchanged with what went beside it.

Nor does a comparison find the most equals where some stand more than once. So what stands
once on each side is compared by itself, too, and the better of both answers is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterator, Sequence
from itertools import pairwise

from publisher.plan.cuts import Cut, cuts

Sides = tuple[Sequence[Hashable], Sequence[Hashable]]


def corresponding(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Cut]:
    """Return cuts of two sequences as `cuts` does, or others that have more equals in pairs."""
    plain, parted = cuts(left, right), _parted(left, right)
    return parted if _pairs(parted, (left, right)) > _pairs(plain, (left, right)) else plain


def _parted(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Cut]:
    """Cut around what stands once on each side first, and then what lies between."""
    here, there = Counter(left), Counter(right)
    once = {each for each in here if here[each] == there[each] == 1}
    places = [[n for n, each in enumerate(side) if each in once] for side in (left, right)]
    rare = [[side[n] for n in at] for side, at in zip((left, right), places, strict=True)]
    met = [
        (places[0][i], places[1][j])
        for i, j in cuts(*rare)
        if i < len(rare[0]) and j < len(rare[1]) and rare[0][i] == rare[1][j]
    ]
    found: list[Cut] = []
    for (i, j), (i_end, j_end) in pairwise([(0, 0), *met, (len(left), len(right))]):
        found += [(i + a, j + b) for a, b in cuts(left[i:i_end], right[j:j_end])][bool(found) :]
    return found


def _pairs(found: Sequence[Cut], sides: Sides) -> int:
    return sum(
        end == (start[0] + 1, start[1] + 1) and _same(sides, *start)
        for start, end in pairwise(found)
    )


def slid(found: Sequence[Cut], sides: Sides, borders: Container[int]) -> list[Cut]:
    """Return cuts of two sequences, with what came or went moved to the borders of the first.

    found    as `cuts` or `corresponding` return them.
    borders  places in the first sequence at which units begin, and its end.

    What fits already, or fits nowhere, stays.
    """
    moved = list(found)
    for place in range(len(moved) - 1):
        if _is_gap(moved, place) and not _fits(moved, place, borders):
            _move(moved, place, sides, borders)
    return moved


def _is_gap(found: Sequence[Cut], place: int) -> bool:
    """Whether only one of the sequences has anything between a cut and the next."""
    (i, j), (i_end, j_end) = found[place : place + 2]
    return (i == i_end) != (j == j_end)


def _fits(found: Sequence[Cut], place: int, borders: Container[int]) -> bool:
    return found[place][0] in borders and found[place + 1][0] in borders


def _move(found: list[Cut], place: int, sides: Sides, borders: Container[int]) -> None:
    for ways in (_downwards, _upwards):
        tried = list(found)
        for there in ways(tried, place, sides):
            if _fits(tried, there, borders):
                found[:] = tried
                return


def _downwards(found: list[Cut], place: int, sides: Sides) -> Iterator[int]:
    """Move a gap below the equals that follow it, one by one; yield where it is."""
    while place + 2 < len(found):
        (i, j), (i_end, j_end), below = found[place : place + 3]
        if below != (i_end + 1, j_end + 1) or not _same(sides, i, j):
            return
        if not _same(sides, i_end, j_end):
            return
        place += 1
        found[place] = (i + 1, j + 1)
        yield place


def _upwards(found: list[Cut], place: int, sides: Sides) -> Iterator[int]:
    while place:
        above, (i, j), (i_end, j_end) = found[place - 1 : place + 2]
        if above != (i - 1, j - 1) or not _same(sides, i - 1, j - 1):
            return
        if not _same(sides, i_end - 1, j_end - 1):
            return
        found[place] = (i_end - 1, j_end - 1)
        place -= 1
        yield place


def _same(sides: Sides, i: int, j: int) -> bool:
    left, right = sides
    return i < len(left) and j < len(right) and left[i] == right[j]
