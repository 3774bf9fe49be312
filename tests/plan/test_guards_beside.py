"""What Intercom cannot do, and what stands live beside our files: each guard by itself.

Every test here fails when the guard it is about is taken out; see `benchmarks/mutation.py`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from publisher.model import (
    Abilities,
    Key,
    Ref,
    digest,
)
from publisher.plan.changes import (
    Policy,
)
from publisher.plan.twins import adopted, differences, link
from publisher.plan.view import (
    known_addresses,
    look,
)
from tests.plan.builders import (
    LATEST,
    applied,
    article,
    as_ref,
    collection,
    page,
    plan,
    rules,
    site,
    source,
    text,
    verbs,
)
from tests.plan.guarded import (
    MANY,
    notice,
)

# What Intercom cannot do to a thing that exists -----------------------------------------------

OLD = Abilities(api_version="2.9", depth=2)


def moved_to_the_top(name, abilities, **policy):
    """The plan after a thing lost its folder."""
    things = [collection("c"), collection("c/d"), article("c/x", "<p>X.</p>", title="X")]
    before = site(*things, *MANY)
    ref = as_ref(name)
    after = replace(before, things={**before.things, ref: replace(before.things[ref], parent=None)})
    return plan(after, applied(before), abilities=abilities, **policy)


@pytest.mark.parametrize(
    ("name", "abilities", "rule", "what", "advice"),
    [
        (
            "collection:c/d",
            OLD,
            "cannot-move",
            "c/d: API version 2.9 cannot turn a collection into a section or back; it stays "
            "where it is.",
            "Use api_version 2.10 or newer, or move it in Intercom.",
        ),
        (
            "collection:c/d",
            LATEST,
            "cannot-unparent",
            "c/d: Intercom cannot take this collection out of its collection; it stays where "
            "it is.",
            "Move its file into a folder, or take it out in Intercom.",
        ),
        (
            "c/x",
            OLD,
            "cannot-unparent",
            "c/x: Intercom cannot take this article out of its collection in this API version; "
            "it stays where it is.",
            "Move its file into a folder, or take it out in Intercom with API version 2.16 or "
            "newer.",
        ),
    ],
)
def test_a_move_that_intercom_cannot_make_is_refused_with_its_reason_and_the_way(
    name, abilities, rule, what, advice
):
    made = moved_to_the_top(name, abilities)
    found = notice(made, rule)
    assert (verbs(made), found.severity) == ([], "warning")
    assert (found.what, found.advice) == (what, advice)
    assert found.spot == made_from(name)


def made_from(name):
    things = site(collection("c"), collection("c/d"), article("c/x")).things
    return things[as_ref(name)].spot


def test_an_article_may_leave_its_collection_where_intercom_can_do_it():
    assert verbs(moved_to_the_top("c/x", LATEST)) == [("move", "c/x")]


def test_from_one_collection_to_another_everything_moves_in_every_version():
    before = site(collection("c"), collection("d"), collection("c/e"), article("c/x"), *MANY)
    things = dict(before.things)
    for name in ("collection:c/e", "c/x"):
        things[as_ref(name)] = replace(things[as_ref(name)], parent=Key("d"))
    made = plan(replace(before, things=things), applied(before), abilities=OLD)
    assert sorted(verbs(made)) == [("move", "c/e"), ("move", "c/x")]


@pytest.mark.parametrize(
    ("on_drift", "rule"), [("keep", "drift"), ("overwrite", "cannot-unparent")]
)
def test_a_place_a_colleague_chose_is_refused_only_where_it_would_be_overwritten(on_drift, rule):
    before = site(collection("c"), article("x", "<p>X.</p>"))
    paper = applied(before)
    paper = paper.edit("x", parent=paper.id("collection:c"))
    made = plan(before, paper, abilities=OLD, on_drift=on_drift)
    assert (verbs(made), rules(made)) == ([], [rule])


def test_a_page_keeps_its_identity_and_the_way_to_a_new_one_is_said():
    before = site(source("s"), page("s/p"))
    after = site(source("s"), page("s/p", external_id="other"))
    made = plan(after, applied(before))
    found = notice(made, "cannot-change-identity")
    assert (verbs(made), found.severity) == ([], "warning")
    assert "the old page beside a new one. It stays as it is." in found.what
    assert found.advice == (
        "To start afresh give the file another name, or: publisher state rm page:s/p"
    )


# What stands live and is not managed from here ------------------------------------------------


def beside(thing, *others, **changes):
    """The plan for a thing whose like stands live already, unmanaged."""
    wanted = site(thing, *others, *MANY)
    name = str(Ref(thing.kind, thing.key))
    paper = applied(wanted)
    if changes:
        paper = paper.edit(name, **changes)
    return plan(wanted, paper.forget(name))


def test_a_twin_is_a_conflict_that_names_it_and_both_ways_out():
    made = beside(article("x", "<p>X.</p>", title="Refunds"))
    found = notice(made, "conflict")
    assert (verbs(made), found.severity) == ([], "error")
    assert found.spot.path == "content/en/x.md"
    assert found.what.startswith(
        "“Refunds” already stands in the help center (https://help.example.com/en/articles/"
    )
    assert found.what.endswith("is not managed from here; a second one is not created.")
    assert found.advice.splitlines() == [
        "link them once both say the same   publisher pull --adopt x",
        "have the live text instead         move the file away, then publisher pull --all",
    ]


def test_a_twin_without_an_address_is_named_without_one():
    found = notice(beside(article("x", title="Refunds", en={"state": "draft"})), "conflict")
    assert found.what.startswith("“Refunds” already stands in the help center and is not managed")


@pytest.mark.parametrize(
    ("thing", "others"),
    [
        (collection("c"), ()),
        (source("s"), ()),
        (page("s/p"), (source("s"),)),
        (article("c/x", title="X"), (collection("c"),)),
    ],
    ids=lambda each: getattr(each, "kind", ""),
)
def test_nothing_of_any_kind_is_created_beside_its_like(thing, others):
    made = beside(thing, *others)
    assert (verbs(made), rules(made)) == ([], ["conflict"])
    ways = notice(made, "conflict").advice
    assert ("publisher pull --all" in ways) is (thing.kind in ("article", "page"))


@pytest.mark.parametrize(
    ("thing", "change"),
    [
        (collection("c", "Title"), {"titles": {"en": "Another"}}),
        (source("s"), {"url": "https://elsewhere.example.com"}),
        (article("x", title="X"), {"en": {"title": "Another"}}),
        (article("x", title="X"), {"parent": "900"}),
    ],
    ids=["collection", "source", "title", "place"],
)
def test_what_stands_elsewhere_or_is_called_otherwise_is_no_twin(thing, change):
    assert verbs(beside(thing, **change)) == [("create", thing.key)]


def test_a_stranger_that_hangs_in_two_places_is_a_twin_in_both():
    wanted = site(collection("c"), article("c/x", "<p>X.</p>", title="X"))
    paper = applied(wanted)
    home = paper.id("collection:c")
    paper = paper.see("c/x", parents=("900", home)).edit("c/x", parent="900")
    made = plan(wanted, paper.forget("c/x"))
    assert (verbs(made), rules(made)) == ([], ["conflict"])


def test_a_source_that_intercom_syncs_itself_is_nobodys_twin():
    wanted = site(source("s"), *MANY)
    paper = applied(wanted).see("source:s", managed_by_api=False).forget("source:s")
    assert verbs(plan(wanted, paper)) == [("create", "s")]


def test_an_empty_ledger_before_a_help_center_that_is_not_is_said_before_all_else():
    live = site(collection("c"), article("c/x", title="Theirs"), article("y", title="Y"))
    paper = applied(live).forget("collection:c", "c/x", "y")
    made = plan(site(article("new", title="New")), paper)
    first = made.notices[0]
    assert (first.rule, first.severity) == ("first-contact", "warning")
    assert "1 collection and 2 articles" in first.what
    assert first.what.endswith("They are left alone.")
    assert first.advice.splitlines() == [
        "bring it into files   publisher pull",
        "link files you have   publisher pull --adopt",
    ]
    alone = plan(site(article("new")), applied(site(article("y", title="Y"))).forget("y"))
    assert alone.notices[0].what.endswith("It is left alone.")


def test_of_translations_without_a_file_only_those_of_chosen_articles_are_told():
    before = site(article("x", "<p>X.</p>"), article("y", "<p>Y.</p>"))
    paper = applied(before)
    for name in ("x", "y"):
        live = paper.live["article", paper.id(name)].thing
        french = text("<p>F.</p>", title="F", state="published")
        paper = paper.edit(name, translations={**live.translations, "fr": french})
    all_of_them = notice(plan(before, paper), "unmanaged")
    assert all_of_them.severity == "warning"
    assert all_of_them.what == (
        "2 translations in Intercom have no file here; they are left alone."
    )
    chosen = notice(plan(before, paper, only=["x"]), "unmanaged")
    assert chosen.what == "1 translation in Intercom has no file here; it is left alone."
    assert chosen.advice == "bring it into files   publisher pull x"


# Adopting a twin: only where both say the same ------------------------------------------------


def differing(thing, *others, **changes):
    """In which fields a file and its twin differ, after a colleague changed the twin."""
    wanted = site(thing, *others)
    ref = Ref(thing.kind, thing.key)
    paper = applied(wanted)
    if changes:
        paper = paper.edit(str(ref), **changes)
    live = {each: paper.live[each.kind, entry.id] for each, entry in paper.entries.items()}
    entries = {each: link(each, live[each]) for each in live}
    view = look(wanted, paper.live, frozenset(), entries, Policy())
    return differences(ref, live[ref], view, known_addresses("en", entries, live))


LINKING = '<h1 id="h_0123456789">H</h1><p><a href="article:y">y</a></p>'


@pytest.mark.parametrize(
    ("changes", "differ"),
    [
        ({}, []),
        ({"en": {"title": "Another"}}, ["en.title"]),
        ({"en": {"body": "<p>Another.</p>"}}, ["en.body"]),
        ({"fr": {"body": "<p>Autre.</p>"}}, ["fr.body"]),
        ({"parent": "900"}, []),
        ({"en": {"state": "draft"}}, []),
    ],
    ids=["same", "title", "body", "French", "place", "state left open"],
)
def test_a_file_and_its_twin_differ_in_what_the_file_says_and_in_nothing_else(changes, differ):
    things = article("c/x", LINKING, fr="<p>F.</p>", title="X"), collection("c"), article("y")
    assert differing(*things, **changes) == differ


def test_a_state_the_file_names_must_be_the_live_one():
    thing = article("x", en={"state": "published"})
    assert differing(thing, en={"state": "draft"}) == ["en.state"]


def test_a_language_that_is_missing_live_differs_in_all_its_fields():
    thing = article("x", fr="<p>F.</p>")
    english = {"en": replace(thing.translations["en"], state="published")}
    assert differing(thing, translations=english) == ["fr.title", "fr.description", "fr.body"]


def test_heading_ids_that_intercom_gave_are_no_difference():
    theirs = LINKING.replace("h_0123456789", "h_aaaaaaaaaa")
    live = theirs.replace("article:y", "https://help.example.com/en/articles/101-slug")
    things = article("x", LINKING, title="X"), article("y")
    assert differing(*things, en={"body": live}) == []
    assert differing(*things, en={"body": live.replace("/101-", "/102-")}) == ["en.body"]


def test_what_is_adopted_is_remembered_as_if_it_had_been_sent():
    thing = article("c/x", "<p>X.</p>", title="X", fr="<p>F.</p>")
    wanted = site(collection("c"), thing, source("s"), page("s/p"))
    paper = applied(wanted).see("c/x", changed_at=77)
    live = {ref: paper.live[ref.kind, entry.id] for ref, entry in paper.entries.items()}
    view = look(wanted, paper.live, frozenset(), paper.entries, Policy())
    known = known_addresses("en", paper.entries, live)
    ref = as_ref("c/x")
    entry = adopted(ref, live[ref], view, known)
    assert (entry.ref, entry.title, entry.changed_at) == (ref, "X", 77)
    assert entry.parent == paper.id("collection:c")
    assert entry.sent["en.title"] == digest("X")
    bodies = {"en.body", "fr.body"}
    assert set(entry.source) == {n + end for n in bodies for end in ("", "#refs", "#links")}
    assert set(entry.shown) == set(entry.blocks) == {"en", "fr"}
    assert entry.headings == {}
    below = adopted(as_ref("page:s/p"), live[as_ref("page:s/p")], view, known)
    assert below.parent == paper.id("source:s")
    assert adopted(as_ref("source:s"), live[as_ref("source:s")], view, known).parent == ""
    assert link(ref, live[ref]).ref == ref
