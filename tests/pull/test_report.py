"""What a pull tells: counted where it is proven, named with its line where it is not."""

from __future__ import annotations

import pytest

from publisher.body.proof import Piece
from publisher.model import Problem, Ref, Spot
from publisher.pull.report import RISKS, Report, Text, look_at

REFUNDS = Ref("article", "billing/refunds")
PLAIN = Piece(markdown="Words.", how="markdown")
ISLAND = Piece(
    markdown="<table>\n<tr></tr>\n</table>", how="island", causes=("colour",), text="Fees"
)
ODD = Piece(markdown="<x></x>", how="unproven", causes=("an embedded page", "a quotation"))


def text(*pieces: Piece, path: str = "en/billing/refunds.md", **more) -> Text:
    more.setdefault("first_line", 5)
    return Text(path=path, ref=REFUNDS, how="new", pieces=pieces, **more)


def problem(rule: str, path: str = "", line: int = 1) -> Problem:
    spot = Spot(path, line) if path else None
    return Problem(rule=rule, severity="warning", what=f"{rule}.", spot=spot)


def test_what_is_plain_markdown_is_nothing_to_look_at():
    assert look_at(text(PLAIN, PLAIN), "content") == ()


def test_a_block_that_stays_html_is_named_with_its_line_and_why():
    [found] = look_at(text(PLAIN, PLAIN, ISLAND), "content")
    assert found.rule == "pull-island"
    assert found.spot == Spot("content/en/billing/refunds.md", 9)
    assert found.what == "this block stays HTML (“Fees”): it holds colour."


def test_lines_are_counted_past_blocks_of_several_lines():
    first, second = look_at(text(ISLAND, PLAIN, ISLAND), "content")
    assert (first.spot.line, second.spot.line) == (5, 11)


def test_a_block_that_cannot_be_kept_says_that_it_stays_live_until_the_file_changes():
    [found] = look_at(text(ODD), "content")
    assert found.rule == "pull-changed"
    assert "it holds an embedded page and a quotation." in found.what
    assert "until you change this file" in found.advice


def test_a_block_whose_cause_is_unknown_still_makes_a_sentence():
    [found] = look_at(text(Piece(markdown="x", how="unproven")), "content")
    assert found.what.endswith("it holds something Markdown cannot say.")


def test_what_to_look_at_comes_worst_first_then_by_file_and_line():
    problems = [problem(rule) for rule in reversed(RISKS)]
    problems += [
        problem("pull-island", "b.md"),
        problem("pull-island", "a.md", 9),
        problem("pull-island", "a.md", 2),
    ]
    looks = Report(problems=tuple(problems)).looks()
    assert [each.rule for each in looks] == [*RISKS, *["pull-island"] * 3]
    assert [str(each.spot) for each in looks[-3:]] == [
        str(Spot("a.md", 2)),
        str(Spot("a.md", 9)),
        str(Spot("b.md", 1)),
    ]


def test_a_rule_nobody_ranked_comes_last():
    looks = Report(problems=(problem("other"), problem("pull-island"))).looks()
    assert [each.rule for each in looks] == ["pull-island", "other"]


@pytest.mark.parametrize(
    ("texts", "problems", "proven"),
    [
        ([], [], 0),
        ([text(PLAIN)], [], 1),
        ([text(PLAIN, same=False)], [], 0),
        ([text(PLAIN)], [problem("pull-island", "content/en/billing/refunds.md")], 0),
        ([text(PLAIN)], [problem("pull-gone", "content/en/billing/other.md")], 1),
        ([text(PLAIN)], [problem("pull-left")], 1),
    ],
)
def test_proven_are_files_that_are_the_same_and_not_named(texts, problems, proven):
    assert Report(texts=tuple(texts), problems=tuple(problems)).proven == proven


def test_islands_are_counted_by_their_first_cause_the_most_frequent_first():
    wide = Piece(markdown="<p>", how="island", causes=("width", "colour"))
    nameless = Piece(markdown="<p>", how="island")
    report = Report(texts=(text(ISLAND, wide, PLAIN), text(ISLAND, nameless, ODD)))
    assert list(report.islands.items()) == [("colour", 2), ("width", 1)]
    assert report.blocks == 6
