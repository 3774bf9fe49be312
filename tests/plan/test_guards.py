"""What must never be planned, and what a plan says when it does not: each guard by itself.

Every test here fails when the guard it is about is taken out; see `benchmarks/mutation.py`.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from publisher.model import (
    Abilities,
    Availability,
    Entry,
    Key,
    Problem,
    Ref,
    RemoteId,
    Spot,
    digest,
)
from publisher.plan import planfile
from publisher.plan.changes import (
    PENDING,
    REMOVALS,
    Change,
    Edit,
    Origin,
    Plan,
    Policy,
    Twin,
    Upkeep,
)
from publisher.plan.diff import looked_at
from publisher.plan.twins import adopted, differences, link
from publisher.plan.view import (
    is_managed,
    kept_headings,
    known_addresses,
    look,
    merged_headings,
    public_urls,
    still_public,
)
from tests.plan.builders import (
    LATEST,
    applied,
    article,
    as_ref,
    asset,
    collection,
    page,
    plan,
    rules,
    site,
    source,
    text,
    verbs,
)

MANY = [article(f"a{number}", f"<p>Text {number}.</p>") for number in range(20)]


def without(wanted, *names):
    gone = {as_ref(name) for name in names}
    return replace(wanted, things={r: t for r, t in wanted.things.items() if r not in gone})


def left(*names, things, paper=lambda made: made, **policy):
    """The plan after these files went."""
    before = site(*things, *MANY)
    return plan(without(before, *names), paper(applied(before)), **policy)


def notice(made, rule):
    [found] = [each for each in made.notices if each.rule == rule]
    return found


# Removals: what is said of what stays ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "policy", "what", "advice"),
    [
        (
            "x",
            {"on_removed": "report"},
            "article x is no longer in the repository; it stays live (on_removed = report).",
            "",
        ),
        (
            "collection:c",
            {"on_removed": "draft"},
            "collection c is no longer in the repository; it stays: a collection cannot be "
            "unpublished.",
            "",
        ),
        (
            "source:hand",
            {"on_removed": "delete"},
            "content source hand is no longer in the repository; it stays: deleting a content "
            "source deletes all its pages.",
            "To delete it: publisher apply --allow-deletes source:hand",
        ),
        (
            "hidden",
            {"on_removed": "draft"},
            "article hidden is no longer in the repository; it is hidden from readers already.",
            "",
        ),
        (
            "edited",
            {"on_removed": "draft"},
            "article edited is no longer in the repository; it stays: a colleague has an "
            "unpublished draft of it open in Intercom.",
            "To remove it all the same: publisher apply --allow-deletes article:edited",
        ),
    ],
)
def test_what_stays_although_its_file_is_gone_is_said_with_the_reason_and_the_way(
    name, policy, what, advice
):
    things = [
        article("x", "<p>X.</p>"),
        collection("c"),
        source("hand"),
        article("hidden", "<p>H.</p>", en={"state": "draft"}),
        article("edited", "<p>E.</p>"),
    ]
    made = left(name, things=things, paper=lambda p: p.see("edited", pending=True), **policy)
    found = notice(made, "removed")
    assert (verbs(made), found.severity) == ([], "warning")
    assert (found.what, found.advice) == (what, advice)


def test_what_is_protected_is_said_with_the_command_that_lets_go_of_it():
    things = [article("x", "<p>X.</p>", protect=True)]
    found = notice(left("x", things=things, on_removed="delete"), "protected")
    assert found.severity == "warning"
    assert found.what == "x is no longer in the repository, but protected; it stays as it is."
    assert found.advice == "To let go of it: publisher state rm article:x"


def test_a_deletion_says_what_goes_where_it_stands_and_why():
    made = left("x", things=[article("x", "<p>X.</p>", title="Old")], on_removed="delete")
    [change] = made.changes
    assert (change.title, change.path) == ("Old", "content/en/x.md")
    assert change.url.startswith("https://help.example.com/en/articles/")
    assert change.why == "its file is gone from the repository"


def test_an_unpublishing_names_the_thing_and_is_remembered_as_nobodys_choice():
    paper = applied(site(article("x", "<p>X.</p>", title="Old"), *MANY))
    made = plan(site(*MANY), paper, on_removed="draft")
    [change] = made.changes
    assert (change.id, change.title, change.path) == (paper.id("x"), "Old", "content/en/x.md")
    assert change.url.startswith("https://help.example.com/en/articles/")
    assert change.why == "its file is gone from the repository"
    assert [(edit.before, edit.withdraws) for edit in change.edits] == [("published", True)]


def test_what_has_no_address_is_removed_all_the_same():
    """A draft has no address that readers could open."""
    things = [article("x", "<p>X.</p>", en={"state": "draft"})]
    [deleted] = left("x", things=things, on_removed="delete").changes
    assert deleted.url == ""
    [hidden] = left("page:s/p", things=[source("s"), page("s/p")], on_removed="draft").changes
    assert hidden.url == ""


# Removals: what is not ours to take away ------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "closed", "expected"),
    [
        ("fr", True, []),
        ("en", True, [("delete", "hand/a")]),
        ("fr", False, [("delete", "hand/a")]),
    ],
)
def test_a_page_in_a_language_that_is_not_listed_is_left_out_and_not_removed(
    locale, closed, expected
):
    things = (source("hand"), *MANY)
    before = site(*things, replace(page("hand/a"), locale=locale))
    made = plan(
        replace(site(*things, locales=["en"]), closed=closed),
        applied(before),
        on_removed="delete",
    )
    assert verbs(made) == expected


def test_an_articles_removal_does_not_ask_which_languages_are_listed():
    before = site(article("x", "<p>X.</p>"), *MANY)
    made = plan(replace(site(*MANY), closed=True), applied(before), on_removed="delete")
    assert verbs(made) == [("delete", "x")]


def shared():
    """Two files that hold one thing; then one of them goes."""
    things = [article("x", "<p>X.</p>"), article("y", "<p>Y.</p>")]
    before = site(*things, *MANY)
    paper = applied(before)
    paper = paper.remember("y", id=paper.id("x"))
    return without(before, "y"), paper


@pytest.mark.parametrize("on_removed", ["draft", "delete"])
def test_of_two_files_that_hold_one_thing_the_loss_of_one_takes_nothing_away(on_removed):
    made = plan(*shared(), on_removed=on_removed)
    assert verbs(made) == []
    assert [(item.ref.key, item.forget) for item in made.upkeep] == [("y", True)]


def test_ids_of_two_kinds_that_happen_to_be_equal_are_two_things():
    before = site(article("x", "<p>X.</p>"), collection("c"), *MANY)
    paper = applied(before)
    live = paper.live["article", paper.id("x")]
    number = paper.id("collection:c")
    paper = paper.remember("x", id=number)
    paper = replace(paper, live={**paper.live, ("article", number): replace(live, id=number)})
    made = plan(without(before, "x"), paper, on_removed="delete")
    assert ("delete", "x") in verbs(made)


def test_an_id_two_kinds_share_is_no_reason_to_forget_anything():
    before = site(*MANY)
    made = plan(without(before, "a1"), applied(before))
    assert made.upkeep == ()


def test_what_is_left_out_for_this_target_is_not_removed():
    before = site(article("x", "<p>X.</p>"), *MANY)
    out = replace(site(*MANY), left_out=frozenset({as_ref("x")}))
    assert verbs(plan(out, applied(before), on_removed="delete")) == []


@pytest.mark.parametrize("stays", ["protected", "stranger", "wanted"])
def test_a_collection_stays_while_a_collection_in_it_has_to_stay(stays):
    protect = stays == "protected"
    inner = article("c/d/x", "<p>Unlike.</p>", protect=protect)
    things = [collection("c"), collection("c/d"), inner]
    before = site(*things, *MANY)
    paper = applied(before)
    after = site(*MANY)
    if stays == "stranger":
        paper = paper.forget("c/d/x")
    if stays == "wanted":
        paper = paper.edit("c/d/x", parent=paper.id("collection:c/d"))
        after = replace(after, left_out=frozenset({as_ref("c/d/x")}))
    made = plan(after, paper, on_removed="delete")
    assert verbs(made) == []
    said = [each.what for each in made.notices if each.rule == "removed"]
    assert len([what for what in said if "1 thing in it would lose their place" in what]) == 2


def test_a_stranger_that_stands_elsewhere_keeps_no_collection():
    before = site(collection("c"), collection("d"), article("d/x", "<p>Unlike.</p>"), *MANY)
    paper = applied(before).forget("d/x")
    made = plan(without(before, "collection:c", "d/x"), paper, on_removed="delete")
    assert verbs(made) == [("delete", "c")]


def test_a_stranger_keeps_its_collection_whichever_way_its_place_is_told():
    before = site(collection("c"), article("c/x", "<p>Unlike.</p>"), *MANY)
    paper = applied(before).see("c/x", parents=())
    told = plan(site(*MANY), paper.forget("c/x"), on_removed="delete")
    assert verbs(told) == []
    second = applied(before)
    second = second.see("c/x", parents=("7", second.id("collection:c"))).edit("c/x", parent="7")
    assert verbs(plan(site(*MANY), second.forget("c/x"), on_removed="delete")) == []


def test_only_states_are_hidden_whatever_a_title_says():
    made = left("x", things=[article("x", "<p>X.</p>", title="published")], on_removed="draft")
    [change] = made.changes
    assert [edit.name for edit in change.edits] == ["en.state"]


def test_every_use_of_a_page_by_fin_is_switched_off_and_no_other():
    fin = Availability(agent=True, copilot=False, sales=True)
    things = [source("s"), replace(page("s/p"), fin=fin)]

    def used(made):
        return made.edit("page:s/p", fin=fin)

    [change] = left("page:s/p", things=things, paper=used, on_removed="draft").changes
    assert [(e.name, e.after) for e in change.edits] == [("agent", "no"), ("sales", "no")]


def test_a_source_that_is_off_already_is_not_switched_off():
    made = left(
        "source:s",
        things=[source("s")],
        paper=lambda made: made.edit("source:s", active=False),
        on_removed="draft",
    )
    assert (verbs(made), "hidden from readers already" in notice(made, "removed").what) == (
        [],
        True,
    )


# Removals: the limit --------------------------------------------------------------------------


def pages_left(count, **policy):
    """So many pages in French go; twenty in English stay."""
    pages = [replace(page(f"s/p{n}", f"<p>P {n}.</p>"), locale="fr") for n in range(count)]
    stays = (source("s"), *MANY)
    return plan(site(*stays), applied(site(*stays, *pages)), **policy)


@pytest.mark.parametrize("on_removed", ["draft", "delete"])
def test_a_language_that_would_vanish_from_fin_counts_by_itself(on_removed):
    made = pages_left(4, on_removed=on_removed, max_removals="50%")
    assert made.stopped == (
        "the plan takes 4 French pages away from readers, more than the 3 that max_removals = 50% "
        "allows; nothing was written. If that is what you want: publisher apply --allow-deletes 4"
    )


def test_the_number_that_is_asked_for_is_that_of_the_whole_plan():
    """A language stops the plan, but the number on the command line allows all that goes."""
    french = [article(f"f{n}", f"<p>F {n}.</p>", fr=f"<p>FF {n}.</p>") for n in range(5)]
    before = site(*french, *MANY)
    names = [each.key for each in french]
    made = plan(without(before, *names), applied(before), on_removed="delete", max_removals="60%")
    assert "takes 5 French pages away" in made.stopped
    assert "--allow-deletes 10" in made.stopped
    allowed = plan(without(before, *names), applied(before), on_removed="delete", allow_count=10)
    assert allowed.stopped == ""


def test_a_deleted_draft_counts_as_one_and_belongs_to_no_language():
    drafts = [article(f"d{n}", f"<p>D {n}.</p>", en={"state": "draft"}) for n in range(4)]
    before = site(*drafts, *MANY)
    made = plan(site(*MANY), applied(before), on_removed="delete", max_removals="3")
    assert "takes 4 pages away" in made.stopped
    assert plan(site(*MANY), applied(before), on_removed="delete", max_removals="4").stopped == ""


def test_of_a_deleted_article_only_the_public_languages_count():
    half = [
        article(f"h{n}", f"<p>H {n}.</p>", fr={"body": "<p>F.</p>", "state": "draft"})
        for n in range(4)
    ]
    before = site(*half, *MANY)
    assert (
        "takes 4 pages"
        in plan(site(*MANY), applied(before), on_removed="delete", max_removals="3").stopped
    )


def test_what_becomes_public_or_stays_hidden_takes_nothing_away():
    before = site(*(replace_state(each, "draft") for each in MANY))
    made = plan(site(*(replace_state(each, "published") for each in MANY)), applied(before))
    assert (len(made.changes), made.stopped) == (20, "")


def replace_state(thing, state):
    return replace(thing, translations={"en": replace(thing.translations["en"], state=state)})


def test_a_collection_that_goes_counts_once():
    things = [collection(f"c{n}") for n in range(4)]
    before = site(*things, *MANY)
    made = plan(site(*MANY), applied(before), on_removed="delete", max_removals="3")
    assert "takes 4 pages away" in made.stopped


@pytest.mark.parametrize("name", ["a1", "article:a1"])
def test_a_thing_may_be_let_go_by_key_or_by_kind_and_key(name):
    before = site(*MANY)
    paper = applied(before).see("a1", pending=True)
    made = plan(without(before, "a1"), paper, on_removed="delete", allow_deletes=[name])
    assert verbs(made) == [("delete", "a1")]
    four = [f"a{n}" for n in range(1, 5)]
    stopped = plan(
        without(before, *four),
        applied(before),
        on_removed="delete",
        max_removals="0",
        allow_deletes=[name],
    ).stopped
    assert stopped == "", "three are free, and one was named"


def test_a_number_is_a_number_and_a_share_is_a_share():
    names = [f"a{n}" for n in range(5)]
    before = site(*MANY)
    for limit, stops in (("5", False), ("4", True), ("25%", False), ("21%", False), ("20%", True)):
        made = plan(
            without(before, *names), applied(before), on_removed="delete", max_removals=limit
        )
        assert bool(made.stopped) is stops, limit


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


# Three sides: ours, theirs, both --------------------------------------------------------------

X = site(article("x", "<p>X.</p>", title="X", fr="<p>F.</p>"), article("y", "<p>Y.</p>"))


def with_x(body="<p>X.</p>", **more):
    """The same site with another article x."""
    more = {"title": "X", "fr": "<p>F.</p>", **more}
    return site(article("x", body, **more), article("y", "<p>Y.</p>"))


def test_a_state_that_a_colleague_changed_is_drift_although_no_file_names_it():
    made = plan(X, applied(X).edit("x", fr={"state": "draft"}))
    found = notice(made, "drift")
    assert verbs(made) == []
    assert found.what.startswith("x: the French state changed in Intercom")


def test_a_state_the_file_names_is_told_once():
    wanted = with_x(en={"state": "published"})
    made = plan(wanted, applied(wanted).edit("x", en={"state": "draft"}))
    assert notice(made, "drift").what.startswith("x: the English state changed in Intercom")


def test_of_a_language_without_a_file_no_state_is_compared():
    alone = site(article("x", "<p>X.</p>", title="X"), article("y", "<p>Y.</p>"))
    made = plan(alone, applied(X).edit("x", fr={"state": "draft"}))
    assert "drift" not in rules(made)


def test_overwriting_a_state_nobody_wrote_down_puts_the_former_one_back():
    made = plan(X, applied(X).edit("x", fr={"state": "draft"}), overwrite=["x"])
    [change] = made.changes
    assert [(e.name, e.before, e.after) for e in change.edits] == [
        ("fr.state", "draft", "published")
    ]
    drafted = with_x(fr={"body": "<p>F.</p>", "state": "draft"})
    shown = plan(X, applied(drafted).edit("x", fr={"state": "published"}), overwrite=["x"])
    assert [edit.after for change in shown.changes for edit in change.edits] == ["draft"]


@pytest.mark.parametrize(
    ("theirs", "field"),
    [
        ({"en": {"title": "Theirs"}}, "title"),
        ({"en": {"description": "Theirs"}}, "description"),
        ({"en": {"body": "<p>Theirs.</p>"}}, "body"),
        ({"en": {"state": "draft"}}, "state"),
        ({"author": "900"}, "author"),
        ({"parent": "900"}, "parent"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_whatever_a_colleague_changed_is_kept_until_its_key_is_named(theirs, field):
    wanted = with_x(author="7", en={"state": "published"})
    paper = applied(wanted).edit("x", **theirs)
    kept = plan(wanted, paper)
    assert (verbs(kept), rules(kept)) == ([], ["drift"])
    assert verbs(plan(wanted, paper, overwrite=["y"])) == []
    [change] = plan(wanted, paper, overwrite=["x"]).changes
    assert [edit.name.rpartition(".")[2] for edit in change.edits] == [field]
    assert "replaces what was edited in Intercom" in change.why
    assert len(plan(wanted, paper, overwrite=["article:x"]).changes) == 1
    assert len(plan(wanted, paper, on_drift="overwrite").changes) == 1
    failing = plan(wanted, paper, on_drift="fail")
    assert (verbs(failing), notice(failing, "drift").severity) == ([], "error")


def test_beside_a_field_that_is_kept_the_others_are_still_written():
    made = plan(with_x("<p>New.</p>"), applied(X).edit("x", en={"title": "Theirs"}))
    [change] = made.changes
    assert [edit.name for edit in change.edits] == ["en.body"]
    assert list(change.expects) == ["en.body"]


@pytest.mark.parametrize("on_drift", ["keep", "fail"])
def test_what_both_sides_changed_is_a_conflict_and_an_error_in_every_mode(on_drift):
    paper = applied(X).edit("x", en={"body": "<p>Theirs.</p>"})
    made = plan(with_x("<p>Ours.</p>"), paper, on_drift=on_drift)
    found = notice(made, "conflict")
    assert (verbs(made), found.severity) == ([], "error")
    assert found.what == (
        "x: the English body changed in Intercom and here since the last apply; their edit is "
        "kept and yours is not sent."
    )
    assert [line.partition("   ")[2].strip() for line in found.advice.splitlines()][1:] == [
        "publisher pull x",
        "publisher apply --overwrite x",
    ]


def test_where_both_sides_say_the_same_the_ledger_learns_it_and_nobody_is_asked():
    """A French text leads to the French half of what is a draft in English."""
    half = article(
        "y", "<p>Y.</p>", en={"state": "draft"}, fr={"body": "<p>YF.</p>", "state": "published"}
    )
    linking = '<p><a href="article:y">y</a></p>'
    before = site(article("x", "<p>X.</p>", title="X", fr="<p>F.</p>"), half)
    wanted = site(article("x", "<p>X.</p>", title="X", fr=linking), half)
    paper = applied(before)
    url = f"https://help.example.com/fr/articles/{paper.id('y')}-slug"
    theirs = f'<p><a href="{url}">y</a></p>'
    made = plan(wanted, paper.edit("x", fr={"body": theirs}))
    assert (verbs(made), rules(made)) == ([], [])
    [learnt] = made.upkeep
    assert set(learnt.seen) == set(learnt.sent) == {"fr.body"}


def test_a_field_that_was_never_sent_is_learnt_where_live_says_it_already():
    paper = applied(X)
    sent = {n: d for n, d in paper.entries[as_ref("x")].sent.items() if n != "en.title"}
    made = plan(X, paper.remember("x", sent=sent))
    assert verbs(made) == []
    assert [set(item.sent) for item in made.upkeep] == [{"en.title"}]


def showing(token="0" * 16 + "/card.png"):
    html = f'<p><img src="asset:{token}"></p>'
    return site(article("x", html, title="X"), assets={token: asset(token)})


@pytest.mark.parametrize(
    ("held", "shown", "told"),
    [
        ("https://downloads.intercomcdn.com/i/o/1/card.png", "same", []),
        ("https://downloads.intercomcdn.com/i/o/1/card.png", "other", ["conflict"]),
        ("https://cdn.example.com/{name}", "copy", []),
        (None, "copy", []),
    ],
    ids=["the one Intercom holds", "another of that name", "a copy of ours", "without a host"],
)
def test_an_image_both_sides_put_in_is_the_same_only_where_its_bytes_are(held, shown, told):
    wanted = showing()
    name = wanted.assets["0" * 16 + "/card.png"].public_name
    address = {
        "same": "https://downloads.intercomcdn.com/i/o/1/card.png?expires=1&signature=a",
        "other": "https://downloads.intercomcdn.com/i/o/2/card.png?expires=1&signature=a",
        "copy": f"https://downloads.intercomcdn.com/i/o/3/{name}?expires=1&signature=a",
    }[shown]
    paper = applied(site(article("x", "<p>Before.</p>", title="X")))
    paper = paper.edit("x", en={"body": f'<p><img src="{address}"></p>'})
    made = plan(wanted, paper, asset_url=lambda each: held and held.replace("{name}", name))
    assert rules(made) == told


def test_the_text_of_a_page_that_only_a_newer_renderer_spells_differently_is_not_sent():
    before = site(source("s"), page("s/p", "<p>Old spelling.</p>", text="same"))
    after = site(source("s"), page("s/p", "<p>New spelling.</p>", text="same"))
    made = plan(after, applied(before))
    assert (verbs(made), rules(made)) == ([], ["renderer"])
    [change] = plan(after, applied(before), rerender=True).changes
    assert change.cause == "renderer"


def test_a_newer_renderer_is_no_reason_to_replace_what_a_colleague_wrote():
    before = site(article("x", "<p>Old spelling.</p>", en={"source": "same"}))
    after = site(article("x", "<p>New spelling.</p>", en={"source": "same"}))
    paper = applied(before).edit("x", en={"body": "<p>Theirs.</p>"})
    made = plan(after, paper, rerender=True)
    assert (verbs(made), rules(made)) == ([], ["drift"])


def test_a_text_whose_author_is_not_known_any_more_counts_as_changed():
    def unsigned(body):
        thing = article("x", body)
        return site(
            replace(thing, translations={"en": replace(thing.translations["en"], source="")})
        )

    [change] = plan(unsigned("<p>New.</p>"), applied(unsigned("<p>Old.</p>"))).changes
    assert change.cause == "content"


def test_while_the_way_of_comparing_is_another_an_untouched_text_counts_as_untouched():
    paper = applied(X).remember("x", form=0, raw={}, changed_at=5)
    paper = paper.remember("x", seen={**paper.entries[as_ref("x")].seen, "en.body": digest("?")})
    assert rules(plan(X, paper.see("x", changed_at=5))) == []
    assert rules(plan(X, paper.see("x", changed_at=6))) == ["drift"]


# A colleague's unpublished draft --------------------------------------------------------------


def test_a_thing_with_a_draft_open_in_intercom_is_not_written():
    made = plan(with_x("<p>Ours.</p>"), applied(X).see("x", pending=True))
    found = notice(made, "conflict")
    assert (verbs(made), found.severity) == ([], "error")
    assert found.what == (
        "x: a colleague has an unpublished draft of it open in Intercom; nothing is sent."
    )
    assert found.advice == "Publish or discard it there, or: publisher apply --overwrite x"
    assert found.spot.path == "content/en/x.md"


def test_on_drift_overwrite_does_not_reach_a_draft_that_nobody_named():
    paper = applied(X).see("x", pending=True)
    made = plan(with_x("<p>Ours.</p>"), paper, on_drift="overwrite")
    assert (verbs(made), rules(made)) == ([], ["conflict"])


def test_overwriting_a_draft_is_expected_and_says_in_which_languages_it_is_published():
    paper = applied(X).see("x", pending=True)
    [change] = plan(with_x("<p>Ours.</p>"), paper, overwrite=["x"]).changes
    assert [(e.name, e.after) for e in change.edits if e.name != "en.body"] == [
        ("en.state", "published")
    ]
    assert PENDING in change.expects
    assert "the English draft in Intercom is replaced" in change.why


def test_where_nothing_is_to_be_sent_a_draft_is_nobodys_business():
    made = plan(X, applied(X).see("x", pending=True))
    assert (verbs(made), rules(made)) == ([], [])


# Gone, protected, left out --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x", "collection:c", "source:s", "page:s/p"])
def test_what_was_deleted_in_intercom_is_created_again_only_when_it_is_named(name):
    things = (article("x", "<p>X.</p>"), collection("c"), source("s"), page("s/p"))
    wanted = site(*things)
    paper = applied(wanted).delete(name)
    made = plan(wanted, paper)
    found = notice(made, "gone")
    ref = as_ref(name)
    assert (verbs(made), found.severity) == ([], "warning")
    assert found.what == f"{ref.key} was deleted in Intercom; it is not created again."
    typed = ref.key if ref.kind in ("article", "collection") else str(ref)
    assert f"publisher apply --overwrite {typed}" in found.advice
    assert (f"publisher pull {typed}" in found.advice) is (ref.kind in ("article", "page"))
    again = plan(wanted, paper, overwrite=[name])
    assert ("create", ref.key) in verbs(again)
    assert "it was deleted in Intercom" in again.changes[0].why
    assert notice(plan(wanted, paper, on_drift="fail"), "gone").severity == "error"
    assert verbs(plan(wanted, paper, on_drift="overwrite")) == []


def test_in_a_collection_that_was_deleted_nothing_new_is_created():
    wanted = site(collection("c"), article("c/old", "<p>O.</p>"))
    paper = applied(wanted).delete("collection:c").edit("c/old", parent=None)
    more = replace(wanted, things={**wanted.things, as_ref("c/new"): article("c/new", "<p>N.</p>")})
    assert verbs(plan(more, paper)) == []
    back = plan(more, paper, overwrite=["collection:c"])
    assert sorted(verbs(back)) == [("create", "c"), ("create", "c/new"), ("move", "c/old")]


def test_what_is_protected_keeps_its_public_languages_and_says_how_to_let_go():
    guarded = with_x(protect=True)
    made = plan(with_x(protect=True, fr={"body": "<p>F.</p>", "state": "draft"}), applied(guarded))
    found = notice(made, "protected")
    assert (verbs(made), found.severity, found.spot.path) == ([], "warning", "content/en/x.md")
    assert found.what == "x is protected; it is not unpublished."
    assert found.advice == "Take `protect: true` out of its file first."


def test_what_is_protected_may_be_published_and_edited():
    drafted = with_x(protect=True, fr={"body": "<p>F.</p>", "state": "draft"})
    shown = with_x(protect=True, fr={"body": "<p>F.</p>", "state": "published"})
    assert verbs(plan(shown, applied(drafted))) == [("publish", "x")]
    assert verbs(plan(with_x("<p>New.</p>", protect=True), applied(with_x(protect=True)))) == [
        ("update", "x")
    ]


@pytest.mark.parametrize(
    ("glob", "key", "inside"),
    [
        ("in/**", "in/x", True),
        ("in/**", "in", True),
        ("in/**", "inside/x", False),
        ("in/**", "out", False),
        ("in/*", "in", False),
    ],
)
def test_two_teams_share_a_help_center_by_globs(glob, key, inside):
    assert is_managed(as_ref(key), ("elsewhere/**", glob)) is inside
    assert is_managed(as_ref(key), ())


# Links are judged by what the plan will really do ---------------------------------------------

LINKED = '<p><a href="article:x">x</a></p>'


def linked(state, **more):
    """Article y links to x, which has this state."""
    return site(article("x", "<p>X.</p>", en={"state": state}, **more), article("y", LINKED))


@pytest.mark.parametrize(
    ("protect", "edit", "policy"),
    [
        (True, {}, {}),
        (False, {"pending": True}, {}),
        (False, {}, {"only": ["y"]}),
    ],
    ids=["protected", "a draft is open", "not named"],
)
def test_a_link_to_what_is_not_unpublished_after_all_stays(protect, edit, policy):
    paper = applied(linked("published", protect=protect)).see("x", **edit)
    made = plan(linked("draft", protect=protect), paper, **policy)
    assert (verbs(made), "link-to-draft" in rules(made)) == ([], False)


def test_a_link_to_what_a_colleague_unpublished_leads_nowhere_while_that_is_kept():
    wanted = linked("published")
    paper = applied(wanted).edit("x", en={"state": "draft"}).see("x", urls={})
    kept = plan(wanted, paper)
    assert {"drift", "link-to-draft"} <= set(rules(kept))
    replaced = plan(wanted, paper, overwrite=["x"])
    assert "link-to-draft" not in rules(replaced)


def test_what_a_plan_hides_is_no_address_for_what_it_sends():
    made = plan(linked("draft"), applied(linked("published")))
    x, y = as_ref("x"), as_ref("y")
    urls = {x: {"en": "https://x", "fr": "https://x/fr"}, y: {"en": "https://y"}}
    assert still_public(urls, made) == {x: {"fr": "https://x/fr"}, y: {"en": "https://y"}}


def test_what_belongs_to_another_help_center_is_neither_a_twin_nor_counted():
    wanted = site(article("x", "<p>X.</p>", title="X"), *MANY)
    paper = applied(wanted)
    theirs = paper.see("x", help_center="2").forget("x")
    made = plan(wanted, theirs, help_center="1")
    assert (verbs(made), rules(made)) == ([("create", "x")], [])
    same = plan(wanted, paper.see("x", help_center="1").forget("x"), help_center="1")
    assert (verbs(same), rules(same)) == ([], ["conflict"])
    loose = plan(wanted, paper.see("x", help_center=None).forget("x"), help_center="1")
    assert rules(loose) == ["conflict"], "what has no collection may be anyone's"


@pytest.mark.parametrize("on_removed", ["report", "draft", "delete"])
def test_when_keys_are_named_no_translation_is_removed_either(on_removed):
    french_gone = site(article("x", "<p>X.</p>", title="X"), article("y", "<p>Y.</p>"))
    made = plan(french_gone, applied(X), on_removed=on_removed, only=["x"])
    assert (verbs(made), rules(made)) == ([], [])


# Headings that are renamed keep the id readers have -------------------------------------------

WAS, NOW, LIVE = "h_0000000001", "h_0000000002", "h_aaaaaaaaaa"


def fees(heading_id, title="Fees for refunds"):
    return article("x", f'<h1 id="{heading_id}">{title}</h1><p>R.</p>', fr="<p>F.</p>")


def renamed_heading():
    """The heading of x is worded anew here; Intercom gave the former one an id of its own."""
    linking = article("y", f'<p><a href="article:x#{WAS}">f</a></p>')
    before = site(fees(WAS), linking)
    paper = applied(before)
    shown = paper.live["article", paper.id("x")].thing.translations["en"].body
    paper = paper.edit("x", en={"body": shown.replace(WAS, LIVE)})
    live = {ref: paper.live[ref.kind, entry.id] for ref, entry in paper.entries.items()}
    for _ in range(2):  # the ids found first say where links lead in the second round
        view = look(before, paper.live, frozenset(), paper.entries, Policy())
        known = known_addresses("en", paper.entries, live)
        paper = replace(paper, entries={r: adopted(r, live[r], view, known) for r in live})
    follows = article("y", f'<p><a href="article:x#{NOW}">f</a></p>')
    return site(fees(NOW, "Fees for all refunds"), follows), paper


def test_a_renamed_heading_keeps_its_id_and_links_to_it_need_no_change():
    made = plan(*renamed_heading())
    [change] = made.changes
    assert (change.ref.key, dict(change.edits[0].headings)) == ("x", {NOW: LIVE})
    assert kept_headings(made) == {as_ref("x"): {"en": {NOW: LIVE}}}
    known = {as_ref("x"): {"en": {WAS: LIVE}, "fr": {"h_a": "h_b"}}, as_ref("y"): {}}
    assert merged_headings(known, kept_headings(made)) == {
        as_ref("x"): {"en": {WAS: LIVE, NOW: LIVE}, "fr": {"h_a": "h_b"}},
        as_ref("y"): {},
    }


@pytest.mark.parametrize("held_back", ["a draft is open", "not named", "edited in Intercom"])
def test_a_text_that_is_not_sent_keeps_no_new_id(held_back):
    wanted, paper = renamed_heading()
    policy = {}
    if held_back == "a draft is open":
        paper = paper.see("x", pending=True)
    elif held_back == "not named":
        policy = {"only": ["y"]}
    else:
        body = paper.live["article", paper.id("x")].thing.translations["en"].body
        paper = paper.edit("x", en={"body": body + "<p>Theirs.</p>"})
    made = plan(wanted, paper, **policy)
    assert kept_headings(made) == {}
    assert verbs(made) == [("update", "y")]


def test_a_draft_that_is_overwritten_by_name_keeps_ids_like_any_text():
    wanted, paper = renamed_heading()
    made = plan(wanted, paper.see("x", pending=True), overwrite=["x"])
    assert kept_headings(made) == {as_ref("x"): {"en": {NOW: LIVE}}}


def test_what_a_ledger_learns_without_a_call_keeps_ids_too():
    """A colleague made the same change of the heading in Intercom."""
    wanted, paper = renamed_heading()
    body = paper.live["article", paper.id("x")].thing.translations["en"].body
    paper = paper.edit("x", en={"body": body.replace("Fees for refunds", "Fees for all refunds")})
    made = plan(wanted, paper)
    assert verbs(made) == []
    assert kept_headings(made) == {as_ref("x"): {"en": {NOW: LIVE}}}


# What was hidden with its file comes back with it ---------------------------------------------


def test_a_file_that_comes_back_puts_back_what_readers_had():
    before = site(article("x", "<p>X.</p>", fr="<p>F.</p>"), *MANY)
    paper = applied(before).edit("x", en={"state": "draft"}, fr={"state": "draft"})
    seen = looked_at(paper.live["article", paper.id("x")]).seen
    withdrawn = {"en.state": "published", "fr.state": "published"}
    paper = paper.remember("x", withdrawn=withdrawn, seen=seen)
    [change] = plan(before, paper).changes
    assert {edit.name: edit.after for edit in change.edits} == withdrawn
    english = site(article("x", "<p>X.</p>"), *MANY)
    [change] = plan(english, paper).changes
    assert [edit.name for edit in change.edits] == ["en.state"]
    named = site(article("x", "<p>X.</p>", en={"state": "draft"}, fr="<p>F.</p>"), *MANY)
    [change] = plan(named, paper).changes
    assert [edit.name for edit in change.edits] == ["fr.state"]


def test_a_page_and_a_source_that_come_back_are_switched_on_again():
    before = site(source("s"), page("s/p"), *MANY)
    paper = applied(before)
    fin = Availability(agent=False, copilot=False)
    paper = paper.edit("page:s/p", fin=fin)
    seen = looked_at(paper.live["page", paper.id("page:s/p")]).seen
    paper = paper.remember("page:s/p", withdrawn={"agent": "yes", "copilot": "yes"}, seen=seen)
    [change] = plan(before, paper).changes
    assert {edit.name: edit.after for edit in change.edits} == {"agent": "yes", "copilot": "yes"}


# What is left open is nobody's wish -----------------------------------------------------------


def test_what_a_file_leaves_open_stays_as_it_is_live():
    things = (source("s"), page("s/p"), article("x", "<p>X.</p>"))
    before = site(*things)
    paper = applied(before)
    paper = paper.edit("page:s/p", fin=Availability(agent=False, copilot=False))
    paper = paper.edit("x", author="900")
    assert verbs(plan(before, paper, author="7")) == []


def test_a_translation_without_its_source_is_born_a_draft():
    thing = article("x", fr="<p>F.</p>")
    french = replace(thing, translations={"fr": thing.translations["fr"]})
    [change] = plan(site(french)).changes
    assert change.after("fr.state") == "draft"


def test_without_an_author_to_name_none_is_named():
    [change] = plan(site(article("x"))).changes
    assert change.after("author") is None


# Translations that come and go ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text_of", "closed", "locales", "told"),
    [
        ({"body": "<p>F.</p>", "title": "F"}, False, ["en"], True),
        ({"body": "<p>F.</p>", "title": ""}, False, ["en"], True),
        ({"body": "", "title": "F"}, False, ["en"], True),
        ({"body": "", "title": ""}, False, ["en"], False),
        ({"body": "<p>F.</p>", "title": "F"}, True, ["en"], False),
        ({"body": "<p>F.</p>", "title": "F"}, True, ["en", "fr"], True),
    ],
    ids=["text", "no title", "no body", "empty", "not listed", "listed"],
)
def test_a_translation_that_only_intercom_has_is_told_unless_nobody_wants_it(
    text_of, closed, locales, told
):
    before = replace(site(article("x", "<p>X.</p>"), locales=locales), closed=closed)
    paper = applied(before)
    english = paper.live["article", paper.id("x")].thing.translations["en"]
    french = text(text_of["body"], title=text_of["title"], state="draft")
    made = plan(before, paper.edit("x", translations={"en": english, "fr": french}))
    assert ("unmanaged" in rules(made)) is told
    assert verbs(made) == []


def test_a_translation_whose_file_went_is_not_one_that_only_intercom_has():
    assert rules(plan(with_english_only(), applied(X))) == ["removed"]


def with_english_only():
    return site(article("x", "<p>X.</p>", title="X"), article("y", "<p>Y.</p>"))


def without_french(paper):
    thing = paper.live["article", paper.id("x")].thing
    return paper.edit("x", translations={"en": thing.translations["en"]})


def test_a_translation_that_was_removed_in_intercom_is_not_created_again():
    made = plan(X, without_french(applied(X)))
    found = notice(made, "drift")
    assert (verbs(made), found.severity) == ([], "warning")
    assert found.what == (
        "x: the French translation was removed in Intercom since the last apply; it is not "
        "created again."
    )
    assert found.advice.splitlines() == [
        "remove it here too   publisher pull x",
        "put it back          publisher apply --overwrite x",
    ]
    [change] = plan(X, without_french(applied(X)), overwrite=["x"]).changes
    assert {"fr.title", "fr.body"} <= {edit.name for edit in change.edits}


def test_one_that_was_removed_there_and_changed_here_is_a_conflict():
    made = plan(with_x(fr="<p>Neuf.</p>"), without_french(applied(X)))
    found = notice(made, "conflict")
    assert (verbs(made), found.severity) == ([], "error")
    assert "and its file changed here; it is not created again" in found.what
    assert "delete its file by hand" in found.advice


def test_a_translation_intercom_never_had_is_created():
    paper = without_french(applied(X))
    entry = paper.entries[as_ref("x")]
    kept = {n: d for n, d in entry.seen.items() if not n.startswith("fr.")}
    sent = {n: d for n, d in entry.sent.items() if not n.startswith("fr.")}
    [change] = plan(X, paper.remember("x", seen=kept, sent=sent)).changes
    assert change.why == "new French translation"


@pytest.mark.parametrize(
    ("protect", "on_removed", "stays"),
    [
        (False, "report", True),
        (True, "draft", True),
        (True, "report", True),
        (False, "draft", False),
    ],
)
def test_a_link_follows_what_becomes_of_a_translation_without_a_file(protect, on_removed, stays):
    french = "<p>F.</p>"
    linking = article("y", "<p>Y.</p>", fr='<p><a href="article:x">x</a></p>')
    before = site(article("x", "<p>X.</p>", fr=french, protect=protect), linking)
    after = site(article("x", "<p>X.</p>", protect=protect), linking)
    made = plan(after, applied(before), on_removed=on_removed)
    assert (("update", "y") not in verbs(made)) is stays


def test_a_link_to_a_new_collection_waits_and_one_to_an_old_one_does_not():
    new = site(collection("c"), article("x", '<p><a href="collection:c">c</a></p>'))
    assert [c.relink for c in plan(new).changes] == [False, True]
    old = plan(new, applied(new).forget("x"))
    assert rules(old) == ["conflict"]
    again = replace(
        new,
        things={
            **new.things,
            as_ref("z"): article("z", new.things[as_ref("x")].translations["en"].body),
        },
    )
    [change] = plan(again, applied(new)).changes
    assert (change.ref.key, change.relink) == ("z", False)


def test_an_address_that_readers_cannot_open_is_none():
    live = applied(site(article("x", fr="<p>F.</p>"))).live
    [shown] = live.values()
    text_of = shown.thing.translations
    hidden = replace(
        shown.thing, translations={**text_of, "fr": replace(text_of["fr"], state="draft")}
    )
    urls = {"en": "https://en", "fr": "https://fr", "de": "https://de"}
    assert public_urls(replace(shown, thing=hidden, urls=urls)) == {"en": "https://en"}
    assert public_urls(replace(shown, urls={**urls, "fr": ""})) == {"en": "https://en"}
    place = replace(shown, thing=collection("c"), urls={"": ""})
    assert public_urls(place) == {}


# A saved plan is applied as it was shown ------------------------------------------------------


def full_plan():
    """A plan that says everything a plan can say."""
    edit = Edit(
        name="fr.body",
        before="<p>Été</p>",
        after='<p><a href="article:y">y</a></p>',
        source="s",
        path="content/fr/x.md",
        lines=(3, 5),
        withdraws=True,
        headings={"h_1": "h_2"},
        plain=("article:y",),
    )
    bare = Edit(name="en.title", before=None, after="T")
    change = Change(
        verb="unpublish",
        ref=as_ref("x"),
        id=RemoteId("7"),
        title="T",
        url="https://x",
        path="content/en/x.md",
        stage=REMOVALS,
        readers="draft",
        cause="link",
        why="because",
        edits=(edit, bare),
        expects={"fr.body": digest("a"), PENDING: digest("yes")},
        blocks={"fr": (digest("b"),)},
        relink=True,
        protect=True,
        former=Entry(ref=as_ref("x"), id=RemoteId("7"), title="T"),
    )
    learnt = {name: {"fr.body": digest(name)} for name in ("sent", "seen", "raw", "source")}
    upkeep = Upkeep(
        ref=as_ref("z"),
        was=Key("old"),
        path="content/en/z.md",
        protect=True,
        blocks={"fr": (digest("c"),)},
        shown={"fr": (digest("d"),)},
        headings={"fr": {"h_3": "h_4"}},
        **learnt,
    )
    return Plan(
        origin=Origin(
            target="live",
            workspace="w",
            help_center="1",
            api_version="2.17",
            lineage="l",
            serial=4,
            made_at="2026-01-01T00:00:00Z",
            made_with="publisher 1",
            commit="c",
            committed_at=5,
            content_digest="d",
            undoes="earlier",
        ),
        changes=(change, replace(change, ref=as_ref("new"), verb="create", id=None, former=None)),
        notices=(
            Problem(rule="drift", severity="error", what="w", advice="a", spot=Spot("p.md", 9)),
            Problem(rule="gone", severity="warning", what="w"),
        ),
        upkeep=(upkeep, Upkeep(ref=as_ref("gone"), forget=True)),
        assets=(asset("0" * 16 + "/a.png"),),
        shielded=(Key("s"),),
        stopped="why",
        counts={"update": 1},
        requests=3,
        beside={as_ref("t"): Twin(id=RemoteId("9"), headings={"en": {"h_5": "h_6"}})},
    )


def test_everything_a_plan_says_comes_back_from_its_file():
    plan_ = planfile.named(full_plan())
    spelt = planfile.to_json(plan_)
    assert planfile.from_json(spelt) == plan_
    assert "Été" in spelt, "as a reviewer would read it"


def test_a_plan_of_the_least_words_comes_back_as_well():
    least = Plan(
        origin=Origin(target="live"),
        changes=(
            Change(verb="update", ref=as_ref("x"), edits=(Edit(name="n", before=None, after=""),)),
        ),
        upkeep=(Upkeep(ref=as_ref("x")),),
        beside={as_ref("t"): Twin(id=RemoteId("9"))},
    )
    document = planfile.as_document(least)
    assert planfile.from_json(planfile.to_json(least)) == planfile.named(least)
    assert document["changes"][0]["fields"] == [{"name": "n", "before": None, "after": ""}]
    assert document["upkeep"][0]["agreed"] == {}
    assert "undoes" not in document
    assert "headings" not in document["beside"][0]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: "not json", "this is no plan: "),
        (lambda d: [], "this JSON is no plan of publisher. Make one with `plan --out`."),
        (lambda d: {**d, "format": "other/1"}, "this JSON is no plan of publisher."),
        (
            lambda d: {**d, "format": "publisher-plan/2"},
            "this plan has format publisher-plan/2 (made with publisher 1); this version reads "
            "publisher-plan/1. Make the plan again.",
        ),
        (
            lambda d: {**d, "format": "publisher-plan/2", "made_with": ""},
            "this plan has format publisher-plan/2 (made with another version)",
        ),
        (lambda d: {**d, "stopped": ""}, "this plan was changed after it was made. Make it again."),
        (lambda d: {**d, "unknown": 1}, "this plan was changed after it was made. Make it again."),
        (lambda d: {**d, "id": "x"}, "this plan was changed after it was made. Make it again."),
        (lambda d: {**d, "changes": None}, "this plan is damaged ("),
    ],
)
def test_a_plan_that_is_not_as_it_was_made_is_refused_in_a_sentence(spoil, said):
    spoilt = spoil(planfile.as_document(full_plan()))
    with pytest.raises(planfile.UnreadablePlan) as refusal:
        planfile.from_json(spoilt if isinstance(spoilt, str) else json.dumps(spoilt))
    assert str(refusal.value).startswith(said)


# What a change says of itself -----------------------------------------------------------------


def test_a_creation_names_its_title_and_what_waits_in_it():
    french = '<p><a href="article:y">y</a></p>'
    wanted = site(
        article("x", "<p>X.</p>", title="Refunds", fr=french, protect=True),
        article("y", fr="<p>Y.</p>"),
    )
    made = plan(wanted).changes[0]
    assert (made.title, made.relink, made.protect) == ("Refunds", True, True)


def test_an_update_remembers_that_its_file_is_protected():
    [change] = plan(with_x("<p>New.</p>", protect=True), applied(X)).changes
    assert change.protect


def test_a_page_says_on_which_lines_its_text_stands_and_what_it_comes_from():
    before = site(source("s"), page("s/p"))
    after = site(source("s"), page("s/p", "<p>New.</p>", lines=(4,), text="t"))
    [change] = plan(after, applied(before)).changes
    assert [(e.name, e.lines, e.source, e.path) for e in change.edits] == [
        ("body", (4,), "t", "content/fin/s/p.md")
    ]
    titled = site(source("s"), page("s/p", title="New", lines=(4,)))
    [change] = plan(titled, applied(before)).changes
    assert [(e.name, e.lines, e.source) for e in change.edits] == [("title", (), "")]


def test_a_link_that_leads_nowhere_yet_is_named_in_its_edit():
    draft = article("y", en={"state": "draft"})
    made = plan(site(article("x", LINKED.replace("article:x", "article:y")), draft))
    plain = {c.ref.key: e.plain for c in made.changes for e in c.edits if e.name == "en.body"}
    assert plain == {"x": ("article:y",), "y": ()}


def test_a_dropped_translation_and_an_edit_say_both_reasons():
    made = plan(with_english_only_edited(), applied(X), on_removed="draft")
    [change] = made.changes
    assert change.why == "the English body changed; its French file is gone from the repository"


def with_english_only_edited():
    return site(article("x", "<p>New.</p>", title="X"), article("y", "<p>Y.</p>"))


def test_blocks_of_a_text_that_is_left_alone_stay_as_they_were_sent():
    paper = applied(X).edit("x", en={"body": "<p>Theirs.</p>"})
    made = plan(with_x("<p>Ours.</p>", fr="<p>Neuf.</p>"), paper)
    [change] = made.changes
    assert change.blocks["en"] == paper.entries[as_ref("x")].blocks["en"]
    assert change.blocks["fr"] != paper.entries[as_ref("x")].blocks["fr"]


def test_a_plan_counts_what_it_does_and_what_it_leaves():
    before = site(*MANY, article("d", en={"state": "draft"}))
    paper = applied(before).edit("a0", en={"body": "<p>Theirs.</p>"})
    paper = paper.edit("a1", en={"body": "<p>Theirs.</p>"}).delete("a2")
    after = site(
        *MANY[3:],
        MANY[0],
        article("a1", "<p>Ours.</p>"),
        MANY[2],
        article("d", en={"state": "published"}),
        article("new", "<p>Unlike.</p>"),
    )
    made = plan(after, paper)
    counts = {name: count for name, count in made.counts.items() if count}
    assert counts == {
        "create": 1,
        "publish": 1,
        "drift": 1,
        "conflict": 1,
        "gone": 1,
        "unchanged": 19,
    }


def test_of_two_languages_left_out_each_is_told_with_its_count():
    before = site(article("x", fr="<p>F.</p>", de="<p>D.</p>"), article("y", fr="<p>F.</p>"))
    after = site(article("x"), article("y"), locales=["en"])
    said = [n.what for n in plan(after, applied(before)).notices if n.rule == "locale-dropped"]
    assert said == [
        "French is no longer among `locales`; its 2 texts stay live as they are.",
        "German is no longer among `locales`; its 1 text stays live as it is.",
    ]


def test_a_link_to_a_draft_says_when_it_becomes_one():
    made = plan(linked("draft"))
    found = notice(made, "link-to-draft")
    assert found.advice == "It becomes a link with the first apply after x is published."
    assert "the link stays plain text for now" in found.what


def test_a_link_in_a_page_is_shown_on_its_line():
    draft = article("x", en={"state": "draft"})
    body = "<p>One.</p>" + LINKED
    made = plan(site(draft, source("s"), page("s/p", body, lines=(3, 8))))
    assert notice(made, "link-to-draft").spot == Spot("content/fin/s/p.md", 8)


def test_texts_a_newer_renderer_spells_differently_are_counted():
    def spelt(body):
        return site(
            *(article(f"a{n}", f"<p>{body} {n}.</p>", en={"source": "same"}) for n in (1, 2))
        )

    found = notice(plan(spelt("New"), applied(spelt("Old"))), "renderer")
    assert found.severity == "warning"
    assert found.what == (
        "2 articles would be spelt differently by this version of publisher though the text is "
        "unchanged; nothing is sent."
    )
    assert found.advice == "To send them: publisher apply --rerender"
