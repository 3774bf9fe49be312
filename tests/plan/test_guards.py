"""What leaves the repository takes away no more than was allowed: each guard by itself.

Every test here fails when the guard it is about is taken out; see `benchmarks/mutation.py`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from publisher.model import Availability, Outdated
from tests.plan.builders import (
    applied,
    article,
    as_ref,
    collection,
    page,
    plan,
    site,
    source,
    verbs,
)
from tests.plan.guarded import (
    MANY,
    left,
    notice,
    without,
)

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


@pytest.mark.parametrize(
    ("state", "policy", "said"),
    [
        ("published", "unpublish", True),
        ("published", "warn", False),
        ("draft", "unpublish", False),
    ],
)
def test_a_translation_that_waits_for_its_source_is_told_from_an_authors_draft(state, policy, said):
    """What is kept from readers comes back by itself; what an author hid does not."""
    stale = {"body": "<p>F.</p>", "state": state, "outdated": Outdated(sections=(), policy=policy)}
    shown = applied(site(article("x", fr="<p>F.</p>"), article("y")))
    made = plan(site(article("x", fr=stale), article("y")), shown)
    hidden = [edit for change in made.changes for edit in change.edits if edit.after == "draft"]
    assert [edit.withdraws for edit in hidden] == ([said] if said or state == "draft" else [])
    waits = "French waits as a draft until the translation is up to date"
    assert any(waits in change.why for change in made.changes) == said


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
