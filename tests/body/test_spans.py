"""The lines in which the blocks of a text stand."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from publisher.body.from_markdown import render
from publisher.body.spans import spans
from tests.body.test_any_input import TEXTS
from tests.often import holds

STANDING = {
    "paragraphs": ("one\nmore\n\ntwo\n", [(0, 2), (3, 4)]),
    "a heading right above its text": ("# A\ntext\n", [(0, 1), (1, 2)]),
    "a list and the blank lines after it": ("- a\n\n  b\n- c\n\n\nd\n", [(0, 4), (6, 7)]),
    "code with a blank line in it": ("```\na\n\nb\n```\nc", [(0, 5), (5, 6)]),
    "a quotation": ("> a\n> b\nlazy\n", [(0, 3)]),
    "a table": ("| a |\n| - |\n| b |\n", [(0, 3)]),
    "a callout with blocks in it": (
        ":::callout\na\n\n- b\n:::\n[x]: y.md\n\nc\n",
        [(0, 5), (7, 8)],
    ),
    "a button and its far end": (":::button href=a label=b\n\n:::\nc", [(0, 3), (3, 4)]),
    "comments": ("<!-- a\n\nb -->\nc\n", [(0, 3), (3, 4)]),
    "definitions, which are no blocks": ("[a]: b.md\n[c]: d.md\ntext\n", [(2, 3)]),
    "old line ends": ("a\r\nb\r\n\r\nc\rd", [(0, 2), (3, 5)]),
    "notes": ("a[^1]\n\n[^1]: b\n    c\n\nd\n", [(0, 1), (2, 4), (5, 6)]),
    "nothing": ("\n\n", []),
}


@pytest.mark.parametrize(("text", "expected"), STANDING.values(), ids=STANDING)
def test_every_block_stands_in_its_lines(text, expected):
    assert list(spans(text)) == expected


@holds(TEXTS, few=75, many=300)
def test_spans_follow_each_other_and_leave_out_no_line_that_shows(text):
    lines = re.split(r"\r\n?|\n", text)

    found = spans(text)

    assert all(start < end for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert all(lines[end - 1].strip(" \t") for _, end in found)


@holds(TEXTS, few=75, many=300)
def test_every_rendered_block_begins_in_a_span_or_right_after_the_one_it_belongs_to(text):
    found = spans(text)

    for line in render(text, first_line=0).lines:
        # HTML that is no block of its own, after a video, is given the video's last line.
        assert any(start <= line <= end for start, end in found)
