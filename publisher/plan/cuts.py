"""Where two sequences may be cut so that the pieces on both sides belong together.

A cut is a pair of places, one in each sequence; all cuts in order say how the sequences
correspond. Cuts of a first and a second sequence, and of the second and a third, join into
cuts of all three: that is how a change is carried from one spelling of a body to another.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import groupby
from operator import itemgetter

from publisher.plan.matching import Matcher

Cut = tuple[int, ...]


def cuts(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Cut]:
    """Return the cuts of two sequences, from (0, 0) to their ends.

    What is equal is cut everywhere; so is a stretch that was exchanged for another of the
    same length, place by place. What both begin and end with is taken for equal first.
    """
    found: list[Cut] = [(0, 0)]
    for _, i, i_end, j, j_end in Matcher(left, right).get_opcodes():
        steps = range(1, i_end - i + 1) if i_end - i == j_end - j else []
        found += [(i + step, j + step) for step in steps]
        found += [] if steps else [(i_end, j_end)]
    return found


def side_by_side(length: int) -> list[Cut]:
    """Return the cuts of two sequences of one length that correspond place by place."""
    return [(place, place) for place in range(length + 1)]


def joined(left: Sequence[Cut], right: Sequence[Cut]) -> list[Cut]:
    """Join cuts whose last place is another's first.

    Where both sides have several at one place (both put something in there), what the left
    put in comes first.
    """
    after = {
        place: [cut[1:] for cut in group] for place, group in groupby(right, key=itemgetter(0))
    }
    chain: list[Cut] = []
    for place, group in groupby(left, key=itemgetter(-1)):
        here, there = list(group), after.get(place, [])
        chain += [cut + there[0] for cut in here if there]
        chain += [here[-1] + end for end in there[1:]]
    return chain
