"""Marks of an unfinished merge never reach a reader."""

from __future__ import annotations

import pytest

MARKS = "<<<<<<< HEAD\nOurs.\n=======\nTheirs.\n>>>>>>> other\n"


def marks(content, text):
    content.add({"en/x.md": text})
    return [line for rule, _, line in content.problems() if rule == "merge-conflict"]


def test_each_unfinished_merge_is_an_error_at_its_first_mark(content):
    text = f"---\ntitle: X\n---\n{MARKS}\n\n{MARKS}"
    assert marks(content, text) == [4, 11]
    found = [each for each in content.load().problems if each.rule == "merge-conflict"]
    assert {each.severity for each in found} == {"error"}


def test_marks_in_the_frontmatter_are_named_rather_than_the_yaml_they_spoil(content):
    content.add({"en/x.md": f"---\n{MARKS}title: X\n---\nHi.\n"})
    assert content.problems() == [("merge-conflict", "en/x.md", 2)]


def test_a_last_mark_alone_is_an_error(content):
    assert marks(content, "---\ntitle: X\n---\nHi.\n\n>>>>>>> other\n") == [6]


@pytest.mark.parametrize(
    "before",
    ["```\n", "~~~ diff\n", "- ```\n", "1. ````text\n"],
    ids=["backticks", "tildes", "in a list", "numbered"],
)
def test_what_a_code_block_shows_is_no_merge(content, before):
    fence = next(mark for mark in ("````", "```", "~~~") if mark in before)
    text = f"---\ntitle: X\n---\n{before}{MARKS}{fence}\n"
    assert marks(content, text) == []
    assert marks(content, text + MARKS) == [text.count("\n") + 1]


def test_a_heading_that_is_underlined_is_no_merge(content):
    assert marks(content, "---\ntitle: X\n---\nRefunds\n=======\n\nHi.\n") == []


def test_code_within_a_line_opens_no_code_block(content):
    assert marks(content, f"---\ntitle: X\n---\n```a``` b\n\n{MARKS}") == [6]
