"""What a plan says without doing it: where, what, and the ways out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.plan.builders import (
    applied,
    article,
    as_ref,
    collection,
    plan,
    rules,
    site,
    source,
    text,
    verbs,
)

SMALL = site(article("cancel", "<h1>Fees</h1><p>None.</p>"), article("refunds"))


def said(made, rule):
    [notice] = [notice for notice in made.notices if notice.rule == rule]
    return notice.what


def advice(made, rule):
    [notice] = [notice for notice in made.notices if notice.rule == rule]
    return [" ".join(line.split()) for line in notice.advice.splitlines()]


def test_drift_names_the_ways_to_see_keep_and_replace_it():
    paper = applied(SMALL).edit("cancel", en={"body": "<p>Theirs.</p>"})
    assert advice(plan(SMALL, paper), "drift") == [
        "look at it https://help.example.com/en/articles/100-slug",
        "keep it publisher pull cancel",
        "replace it publisher apply --overwrite cancel",
    ]


def test_a_conflict_names_the_way_to_bring_both_together():
    paper = applied(SMALL).edit("cancel", en={"body": "<p>Theirs.</p>"})
    ours = site(article("cancel", "<p>Ours.</p>"), article("refunds"))
    assert advice(plan(ours, paper), "conflict")[1:] == [
        "bring both together publisher pull cancel",
        "replace it publisher apply --overwrite cancel",
    ]


def test_what_is_gone_can_go_here_too_or_come_back():
    assert advice(plan(SMALL, applied(SMALL).delete("cancel")), "gone") == [
        "remove it here too publisher pull cancel",
        "put it back publisher apply --overwrite cancel",
    ]


@pytest.mark.parametrize(
    ("gone", "name"), [("collection:billing", "billing"), ("source:docs", "source:docs")]
)
def test_of_a_deleted_folder_no_pull_removes_the_files(gone, name):
    wanted = site(collection("billing"), source("docs"))
    assert advice(plan(wanted, applied(wanted).delete(gone)), "gone") == [
        "remove it here too move or delete its files by hand",
        f"put it back publisher apply --overwrite {name}",
    ]


def without_french(paper):
    """The same, after somebody took the French text out in Intercom."""
    english = text("<p>Text.</p>", title="Cancel", state="published")
    return paper.edit("cancel", translations={"en": english})


def test_a_translation_removed_in_intercom_can_go_here_too_or_come_back():
    wanted = site(article("cancel", fr="<p>Texte.</p>"))
    made = plan(wanted, without_french(applied(wanted)))
    assert made.changes == ()
    assert said(made, "drift") == (
        "cancel: the French translation was removed in Intercom since the last apply; it is not "
        "created again."
    )
    assert advice(made, "drift") == [
        "remove it here too publisher pull cancel",
        "put it back publisher apply --overwrite cancel",
    ]
    assert [(s.locale, s.standing, s.why) for s in made.stands] == [
        ("en", "settled", ""),
        ("fr", "drift", "the French translation was removed in Intercom"),
    ]


def test_a_removed_translation_that_changed_here_is_a_conflict_no_pull_settles():
    paper = without_french(applied(site(article("cancel", fr="<p>Texte.</p>"))))
    made = plan(site(article("cancel", fr="<p>Autre.</p>")), paper)
    assert "and its file changed here" in said(made, "conflict")
    assert advice(made, "conflict")[0] == "remove it here too delete its file by hand"


def test_an_edit_beside_a_removed_translation_is_a_notice_of_its_own():
    wanted = site(article("cancel", fr="<p>Texte.</p>"))
    paper = without_french(applied(wanted)).edit("cancel", en={"body": "<p>Theirs.</p>"})
    made = plan(wanted, paper)
    assert rules(made) == ["drift", "drift"]
    assert [notice.what.partition(" since")[0] for notice in made.notices] == [
        "cancel: the English body changed in Intercom",
        "cancel: the French translation was removed in Intercom",
    ]


def test_a_twin_is_linked_once_both_say_the_same_or_gives_its_text_to_a_file_of_its_own():
    paper = applied(SMALL).forget("cancel")
    assert advice(plan(SMALL, paper), "conflict") == [
        "link them once both say the same publisher pull --adopt cancel",
        "have the live text instead move the file away, then publisher pull --all",
    ]


def test_a_twin_of_a_folder_has_no_text_to_give():
    wanted = site(collection("billing"), article("billing/fees"))
    assert advice(plan(wanted, applied(wanted).forget("collection:billing")), "conflict") == [
        "link them once both say the same publisher pull --adopt billing"
    ]


def test_a_help_center_nobody_knows_yet_can_be_brought_into_files():
    paper = applied(SMALL).forget("cancel", "refunds")
    assert advice(plan(site(), paper), "first-contact") == [
        "bring it into files publisher pull",
        "link files you have publisher pull --adopt",
    ]


def test_what_is_not_managed_can_be_brought_into_files():
    ours = site(article("refunds"))
    one = plan(ours, applied(SMALL).forget("cancel"))
    assert said(one, "unmanaged").startswith("1 article in the help center is not managed")
    assert advice(one, "unmanaged") == ["bring it into files publisher pull --all"]
    three = site(article("cancel"), article("fees"), article("refunds"))
    two = plan(ours, applied(three).forget("cancel", "fees"))
    assert said(two, "unmanaged").startswith("2 articles in the help center are not managed")
    assert advice(two, "unmanaged") == ["bring them into files publisher pull --all"]


def test_what_has_a_file_beside_it_is_told_once():
    assert rules(plan(SMALL, applied(SMALL).forget("cancel"))) == ["conflict"]


# translations that stand in Intercom alone -----------------------------------------------------

FRENCH = "<p>Rien.</p>"
BOTH = site(article("cancel", fr=FRENCH), article("refunds", fr=FRENCH))
ENGLISH = site(article("cancel"), article("refunds"))


def translated(*keys):
    """A colleague translated these in Intercom; no French was ever sent."""
    paper = applied(BOTH)
    for key in keys:
        known = paper.entries[as_ref(key)]
        sent = {name: each for name, each in known.sent.items() if not name.startswith("fr.")}
        seen = {name: each for name, each in known.seen.items() if not name.startswith("fr.")}
        paper = paper.remember(key, sent=sent, seen=seen)
    return paper


def added(made):
    return [(each.ref.key, each.locale, each.title) for each in made.stands if each.why]


def test_a_translation_without_a_file_is_said_once_and_stands_as_unmanaged():
    one = plan(site(article("cancel"), BOTH.things[as_ref("refunds")]), translated("cancel"))
    assert said(one, "unmanaged") == (
        "1 translation in Intercom has no file here; it is left alone."
    )
    assert advice(one, "unmanaged") == ["bring it into files publisher pull cancel"]
    assert added(one) == [("cancel", "fr", "cancel fr")]
    both = plan(ENGLISH, translated("cancel", "refunds"))
    assert said(both, "unmanaged").startswith("2 translations in Intercom have no file here")
    assert advice(both, "unmanaged") == ["bring them into files publisher pull"]
    assert (verbs(both), len(both.notices)) == ([], 1)


def test_a_translation_in_a_language_that_is_not_wanted_is_not_mentioned():
    wanted = replace(ENGLISH, locales=("en",), closed=True)
    made = plan(wanted, translated("cancel", "refunds"))
    assert (rules(made), added(made)) == ([], [])


def test_a_translation_whose_file_was_taken_out_is_no_news():
    made = plan(ENGLISH, applied(BOTH))
    assert ("unmanaged" in rules(made), added(made)) == (False, [])


# headings that rise ----------------------------------------------------------------------------


def by_hand(body):
    """An article whose body was written in Intercom's editor and pulled as it is."""
    wanted = site(article("cancel", "<h1>Fees</h1><h2>More</h2><p>None.</p>"))
    paper = applied(wanted).edit("cancel", en={"body": body})
    return paper.remember("cancel", seen={}, raw={})


@pytest.mark.parametrize(
    ("live", "levels"),
    [
        ("<h2>Fees</h2><h3>More</h3><p>None.</p>", "1 level"),
        ("<h3>Fees</h3><h3>More</h3><p>None.</p>", "2 levels"),
        ("<p>None.</p><ul><li><h2>Fees</h2></li></ul>", "1 level"),
    ],
)
def test_sending_a_body_whose_headings_begin_below_the_highest_says_so(live, levels):
    wanted = site(article("cancel", "<h1>Fees</h1><h2>More</h2><p>One euro.</p>"))
    made = plan(wanted, by_hand(live))
    [notice] = [notice for notice in made.notices if notice.rule == "headings-raised"]
    assert (notice.severity, notice.spot.path) == ("warning", "content/en/file.md")
    assert f"the English body moves all its headings up {levels}" in notice.what


@pytest.mark.parametrize(
    "live", ["<h1>Fees</h1><p>None.</p>", "<p>No headings.</p>", "<h1>A</h1><h3>B</h3>"]
)
def test_headings_that_begin_at_the_highest_are_not_mentioned(live):
    wanted = site(article("cancel", "<h1>Fees</h1><h2>More</h2><p>One euro.</p>"))
    assert "headings-raised" not in rules(plan(wanted, by_hand(live)))


def test_an_article_that_is_not_sent_is_not_mentioned():
    wanted = site(article("cancel", "<h1>Fees</h1><h2>More</h2><p>None.</p>"))
    assert rules(plan(wanted, by_hand("<h2>Fees</h2><h3>More</h3><p>None.</p>"))) == []
