"""What somebody edited in Intercom, shown beside the file's own words."""

from __future__ import annotations

from dataclasses import replace

from publisher.plan.hand_edits import hand_edits
from tests.plan.builders import applied, article, as_ref, collection, site, text

REFUNDS = article("refunds", "<p>Write to us.</p>", title="Refunds", fr="<p>Écrivez.</p>")


def shown(wanted, paper, name, locale=""):
    ref = as_ref(name)
    thing, entry = wanted.things[ref], paper.entries[ref]
    live = paper.live[ref.kind, entry.id]
    return [str(line) for line in hand_edits(thing, live, entry, locale, {})]


def test_a_title_and_a_description_are_a_line_each_the_files_first():
    wanted = site(REFUNDS)
    theirs = {"title": "Money back", "description": "How", "body": "<p>Call us.</p>"}
    paper = applied(wanted).edit("refunds", en=theirs)
    assert shown(wanted, paper, "refunds", "en") == [
        "  title: “Refunds” → “Money back”",
        "  description: “” → “How”",
        "- Write to us.",
        "+ Call us.",
    ]
    assert shown(wanted, paper, "refunds", "fr") == []


def test_a_title_that_only_changed_here_is_no_edit_of_theirs():
    paper = applied(site(REFUNDS))
    english = replace(REFUNDS.translations["en"], title="Money back")
    ours = replace(REFUNDS, translations={**REFUNDS.translations, "en": english})
    assert shown(site(ours), paper, "refunds", "en") == []


def test_both_sides_of_a_title_in_conflict_are_shown_as_they_are_now():
    paper = applied(site(REFUNDS)).edit("refunds", en={"title": "Theirs"})
    english = replace(REFUNDS.translations["en"], title="Ours")
    ours = replace(REFUNDS, translations={**REFUNDS.translations, "en": english})
    assert shown(site(ours), paper, "refunds", "en") == ["  title: “Ours” → “Theirs”"]


def test_a_collection_says_in_which_language_its_title_changed():
    wanted = site(collection("billing", "Billing"))
    paper = applied(wanted).edit("collection:billing", titles={"en": "Money"})
    assert shown(wanted, paper, "collection:billing") == ["  English title: “Billing” → “Money”"]


def test_a_translation_that_was_removed_has_no_new_title():
    wanted = site(REFUNDS)
    english = {"en": text("<p>Write to us.</p>", title="Refunds")}
    paper = applied(wanted).edit("refunds", translations=english)
    assert shown(wanted, paper, "refunds", "fr") == []
