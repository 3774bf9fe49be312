"""Diffs as a terminal shows them: short, coloured, and readable without colours."""

from __future__ import annotations

import click
import pytest

from publisher.cli import formats, markdown, show
from publisher.cli.diffs import terminal_lines
from publisher.cli.program import _painted
from publisher.model import Key, Problem, Ref
from publisher.plan.changes import BODIES, Change, Edit, Origin, Plan, Stand
from publisher.plan.prose import body_diff, note

SENTENCE = "Nobody has to read the same sentence about money twice. "
LONG = f"<p>{SENTENCE * 5}Refunds take 14 days. {SENTENCE * 5}</p>"


def plainly(before, after, **options):
    lines = terminal_lines(body_diff(before, after), **options)
    return [click.unstyle(line) for line in lines]


def test_one_word_in_a_long_paragraph_is_one_short_pair_of_lines():
    gone, come = plainly(LONG, LONG.replace("14", "30"))
    assert gone == "- …money twice. Refunds take 14 days. Nobody has to read the …"
    assert come == gone.replace("- ", "+ ").replace("14", "30")


def test_both_lines_of_a_pair_are_short_where_words_were_only_added():
    gone, come = plainly(LONG, LONG.replace("days", "working days"))
    assert max(len(gone), len(come)) < 100
    assert "Refunds take 14 working days." in come
    assert "Refunds take 14 days." in gone


def test_changes_far_apart_in_a_line_stay_apart():
    after = LONG.replace("Nobody", "Everybody", 1).replace("14", "30")
    gone, come = plainly(LONG, after)
    assert come.startswith("+ Everybody has to read the same sentence …")
    assert come.count("…") == 2
    assert len(come) < 200
    assert "take 14 days" in gone


def test_a_new_paragraph_is_shown_whole():
    [line] = [each for each in plainly("<p>A</p>", f"<p>A</p>{LONG}") if each.startswith("+")]
    assert line.count("Nobody") == 10


def test_a_long_line_that_stays_is_shown_by_its_beginning():
    context = plainly(f"{LONG}<p>One.</p>", f"{LONG}<p>Two.</p>")[0]
    assert context.startswith("  Nobody has to")
    assert context.endswith("…")
    assert len(context) <= 103


def test_verbose_shows_lines_whole():
    for line in plainly(LONG, LONG.replace("14", "30"), full=True):
        assert line.count("Nobody") == 10


def test_a_script_without_spaces_is_cut_between_letters():
    text = "返金は十四日以内にお手続きください" * 20
    gone, _ = plainly(f"<p>{text}甲{text}</p>", f"<p>{text}乙{text}</p>")
    assert len(gone) < 100
    assert "甲" in gone


def test_the_changed_words_are_underlined_and_the_others_are_not():
    gone, come = terminal_lines(body_diff("<p>In 14 days.</p>", "<p>In 30 days.</p>"))
    assert click.style("14", fg="red", bold=True, underline=True) in gone
    assert click.style("30", fg="green", bold=True, underline=True) in come
    assert click.style(" days.", fg="green") in come


@pytest.mark.parametrize("body", ["<ul><li>A</li></ul>", "<blockquote><p>A</p></blockquote>"])
def test_a_line_that_stays_is_not_painted_as_a_change(body):
    shown = "\n".join(terminal_lines(body_diff(f"{body}<p>B</p>", f"{body}<p>C</p>")))
    assert _painted(shown) == shown


def update(before, after):
    edit = Edit(name="en.body", before=before, after=after)
    change = Change(
        verb="update", ref=Ref("article", Key("a")), title="A", stage=BODIES, edits=(edit,)
    )
    return Plan(origin=Origin(target="live"), changes=(change,))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "<h1>A</h1><h1>B</h1>",
            "<h1>A</h1><h2>B</h2>",
            "(only the structure changed: heading levels)",
        ),
        ("<h2>A</h2>", "<h1>A</h1>", show.SAME),
    ],
)
def test_a_body_whose_words_stay_is_one_line_of_the_plan(before, after, said):
    lines = click.unstyle(show.plan_as_text(update(before, after))).splitlines()
    assert f"      en.body: {said}" in lines


def test_a_long_diff_of_an_edit_in_intercom_is_cut_and_says_how_to_see_the_rest():
    stand = Stand(ref=Ref("article", Key("a")), standing="drift", locale="en", title="A")
    after = "".join(f"<p>Paragraph {number}</p>" for number in range(30))
    edits = {stand: body_diff("<p>Nothing alike.</p>", after)}
    short = show.status_as_text([stand], edits).splitlines()
    assert short[1 + show.SHORT_DIFF] == "      … 19 more lines (-v shows them)"
    assert "more lines" not in show.status_as_text([stand], edits, full=True)


def test_an_empty_ledger_is_told_before_all_that_follows_from_it():
    found = [
        Problem(rule="link-to-draft", severity="warning", what="plain link"),
        Problem(rule="conflict", severity="error", what="both changed"),
        Problem(rule="first-contact", severity="warning", what="no ledger"),
    ]
    plan = Plan(origin=Origin(target="live"), notices=tuple(found))
    for spelt in (show.plan_as_text(plan), markdown.plan_as_markdown(plan)):
        places = [spelt.index(what) for what in ("no ledger", "both changed", "plain link")]
        assert places == sorted(places)


def test_a_new_title_is_a_line_of_the_status():
    stand = Stand(ref=Ref("article", Key("a")), standing="drift", locale="en", title="A")
    edits = {stand: (note("title: “A” → “B”"),)}
    shown = click.unstyle(show.status_as_text([stand], edits)).splitlines()
    assert shown[1] == "        title: “A” → “B”"
    assert '"  title: “A” → “B”"' in formats.stands_as_json([stand], edits)
