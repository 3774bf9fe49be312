"""Comparing long sequences: as closely as there is time for, and never wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from publisher.plan.cuts import cuts
from publisher.plan.matching import MOST_EFFORT, Matcher, effort, passages
from publisher.plan.prose import body_diff, lines_diff

FEW = st.lists(st.sampled_from("abcdef"), max_size=12)


def equal_pairs(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    return [
        (match.a + step, match.b + step)
        for match in Matcher(left, right).get_matching_blocks()
        for step in range(match.size)
    ]


def compared(left: Sequence[str], right: Sequence[str]) -> int:
    """How much difflib is asked to do."""
    return sum(effort(left[here], right[there]) for here, there in passages(left, right))


@given(FEW, FEW)
def test_only_equal_elements_correspond_and_always_in_order(left, right):
    # Act
    pairs = equal_pairs(left, right)

    # Assert
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


@given(FEW, FEW, FEW, FEW)
def test_a_coarse_comparison_is_in_order_too(first, last, left, right):
    # Arrange: too much to compare closely, with two anchors in it.
    much = ["x"] * 200
    left = [*"12", *first, "A", *much, "B", *last, *left]
    right = [*"34", *last, "A", *much, "y", *much, "B", *first, *right]

    # Act
    pairs = equal_pairs(left, right)

    # Assert
    assert effort(left, right) > MOST_EFFORT
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def test_what_is_short_is_compared_as_closely_as_difflib_does():
    # Arrange
    left, right = "abcabba", "cbabac"

    # Act
    ours = Matcher(left, right).get_opcodes()

    # Assert
    assert ours == SequenceMatcher(None, left, right, autojunk=False).get_opcodes()


def test_a_long_text_of_recurring_lines_is_never_compared_pair_by_pair():
    # Arrange: every second line is blank; the others all changed.
    left = [line for number in range(500) for line in (f"old {number}", "")]
    right = [line for number in range(501) for line in (f"new {number}", "")]

    # Act
    found = cuts(left, right)

    # Assert: too much for difflib, which was not asked.
    assert effort(left, right) > MOST_EFFORT
    assert (found[0], found[-1]) == ((0, 0), (1000, 1002))
    assert compared(left, right) <= MOST_EFFORT


def test_a_long_text_is_parted_by_the_lines_that_stand_once():
    # Arrange: blank lines everywhere, every tenth line the same on both sides.
    old = [part for n in range(900) for part in (f"{'same' if n % 10 == 0 else 'old'} {n}", "")]
    new = [part for n in range(900) for part in (f"{'same' if n % 10 == 0 else 'new'} {n}", "")]
    new[5:5] = ["put in", ""]

    # Act
    pairs = equal_pairs(old, new)

    # Assert
    assert effort(old, new) > MOST_EFFORT >= compared(old, new)
    kept = {place for place, _ in pairs}
    assert all(place in kept for place, line in enumerate(old) if line.startswith("same"))


def test_white_space_between_words_is_nothing_to_find_words_by():
    # Arrange: a long paragraph, every second word rewritten.
    words = [f"word{number}" for number in range(300)]
    changed = [word if place % 2 else f"{word}x" for place, word in enumerate(words)]

    # Act
    lines = body_diff(f"<p>{' '.join(words)}</p>", f"<p>{' '.join(changed)}</p>")

    # Assert
    old, new = lines
    assert [part.text for part in old.segments if part.changed] == words[::2]
    assert [part.text for part in new.segments if part.changed] == changed[::2]


def test_only_the_white_space_that_differs_is_marked():
    # Act
    old, new = lines_diff(["  return the whole list"], ["    return the whole list"])

    # Assert
    assert [part.text for part in old.segments if part.changed] == ["  "]
    assert [part.text for part in new.segments if part.changed] == ["    "]
    assert (old.text, new.text) == ("  return the whole list", "    return the whole list")
