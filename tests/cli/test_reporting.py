"""How an apply that did not come to its end, or had nothing it could do, is told."""

from __future__ import annotations

import pytest

from publisher.cli import show
from publisher.cli.reporting import report_as_text
from publisher.ledger import opening
from publisher.ledger.home import beside
from publisher.model import Key, Problem, Ref, digest_of_bytes
from publisher.plan.changes import REMOVALS, Change, Edit, Origin, Plan
from publisher.plan.stages import Step
from publisher.workflow.applying import Done, Report

CONFLICT = Problem(rule="conflict", severity="error", what="both sides changed.")


def new_article(name):
    link = Edit(name="en.body", before=None, after='<p><a href="article:b">b</a></p>')
    return Change(verb="create", ref=Ref("article", Key(name)), edits=(link,), relink=True)


def plan_of(*changes, **more):
    return Plan(origin=Origin(target="live"), changes=changes, **more)


def told(plan, *done, **more):
    return list(report_as_text(Report(plan=plan, done=done, **more)))


def did(change, *actions, outcome="done", message=""):
    return [Done(step=Step(change, a), outcome=outcome, message=message) for a in actions]


def test_an_article_that_was_only_born_counts_as_not_reached():
    one, two = new_article("a"), new_article("b")
    said = told(
        plan_of(one, two), *did(one, "birth"), *did(two, "birth", "write"), interrupted=True
    )
    assert "1 change not reached." in said


def test_links_that_nobody_set_alone_are_nothing_that_was_missed():
    one = new_article("a")
    assert not any("reached" in line for line in told(plan_of(one), *did(one, "birth", "write")))


def test_what_failed_is_told_once_and_not_as_unreached_too():
    one, two = new_article("a"), new_article("b")
    done = did(one, "birth", outcome="failed", message="no.")
    assert "1 change not reached." in told(plan_of(one, two), *done)


@pytest.mark.parametrize(
    ("kept", "named"),
    [
        ("a", "1 protected thing whose files are gone was kept: a."),
        ("abc", "3 protected things whose files are gone were kept: a, b and c."),
        ("abcde", "5 protected things whose files are gone were kept: a, b, c and 2 more."),
    ],
)
def test_what_was_protected_explains_the_exit_code(kept, named):
    plan = plan_of(shielded=tuple(Key(name) for name in kept))
    (line,) = (line for line in told(plan, shielded=True) if "protected" in line)
    assert line.startswith(named)
    assert "exit code is 6" in line
    assert "publisher state rm KEY" in line
    interrupted = told(plan, shielded=True, interrupted=True)
    assert not any("exit code" in line for line in interrupted), "then it is 130"


def test_an_apply_with_only_conflicts_says_that_nothing_was_changed():
    said = told(plan_of(notices=(CONFLICT,)))
    assert said[-1] == "Nothing was changed; settle the conflicts above first."


def test_a_plan_with_only_conflicts_does_not_say_that_there_is_nothing_to_do():
    first = show.plan_as_text(plan_of(notices=(CONFLICT,))).splitlines()[0]
    assert first == "Nothing can be changed until the conflicts below are settled."
    assert show.plan_as_text(plan_of()).splitlines()[0] == "Nothing to do."


def test_counts_agree_with_their_nouns():
    gone = Change(verb="delete", ref=Ref("article", Key("a")), stage=REMOVALS)
    one = plan_of(gone, counts={"delete": 1, "conflict": 1}, requests=1)
    assert show.counts_line(one).endswith("1 to delete, 1 conflict; 0 unchanged. About 1 request.")
    many = plan_of(gone, counts={"delete": 1, "conflict": 3}, requests=2)
    assert show.counts_line(many).endswith("3 conflicts; 0 unchanged. About 2 requests.")
    assert "; 1 write, 2 reads." in told(plan_of(), requests={"GET": 2, "PUT": 1})[0]


def test_a_link_that_moves_is_named_where_no_words_change():
    link = Edit(
        name="en.body",
        before='<p><a href="https://a.example/1">b</a></p>',
        after='<p><a href="https://a.example/1">b</a></p>',
    )
    moved = Change(verb="update", ref=Ref("article", Key("a")), edits=(link,), cause="link")
    assert "en.body: (the same words; a link leads somewhere else)" in show.plan_as_text(
        plan_of(moved)
    )


# what a refused run did not do -----------------------------------------------------------------


@pytest.mark.socket
@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"], ["pull"]], ids=lambda c: c[0])
def test_content_with_errors_ends_with_a_sentence_that_is_true_of_the_command(story, command):
    story.edit("en/orders/cancel.md", "refunds.md", "nowhere.md")
    ended = story.run(*command)
    assert ended.code == 3
    assert "the content has 1 error; nothing was changed. Mend the lines above." in ended.err


# the doctor on images --------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n"


def images_line(story):
    return next(line for line in story.run("doctor").err.splitlines() if " images: " in line)


def hold(story, *contents):
    """Write down that Intercom holds these, as a pull does."""
    ledger = story.folder / ".publisher"
    with opening.opened(beside(ledger, "live"), command="test", new_id=lambda: "a") as journal:
        for content in contents:
            held = digest_of_bytes(content)
            journal.hold(held, "https://downloads.intercomcdn.com/i/o/1/a.png")


@pytest.mark.socket
def test_the_doctor_warns_of_images_that_have_no_place_and_of_no_others(story):
    story.edit("en/orders/cancel.md", "None.", "![a](../../a.png)\n\n![b](../../b.png)")
    story.write({"a.png": PNG, "b.png": PNG + b"b"})
    assert "Intercom holds 0 of 2 local images, and articles cannot show" in images_line(story)
    hold(story, PNG)
    said = images_line(story)
    assert "no assets_url: Intercom holds 1 of 2 local images" in said
    assert "cannot show b.png" in said
    hold(story, PNG, PNG + b"b")
    assert images_line(story) == "+ images: Intercom holds every local one (2)"
