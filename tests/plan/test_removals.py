"""What left the repository: reported, hidden or deleted, and never more than was allowed."""

from dataclasses import replace

import pytest

from publisher.model import Key, Ref
from publisher.plan.changes import PENDING, REMOVALS
from tests.plan.builders import (
    applied,
    article,
    as_ref,
    collection,
    page,
    plan,
    rules,
    site,
    source,
    verbs,
)

MANY = [article(f"a{number}", f"<p>Text {number}.</p>") for number in range(20)]


def without(wanted, *names):
    gone = {as_ref(name) for name in names}
    return replace(wanted, things={r: t for r, t in wanted.things.items() if r not in gone})


def left(*names, things=MANY, **policy):
    before = site(*things)
    return plan(without(before, *names), applied(before), **policy)


def test_by_default_a_missing_file_is_only_reported():
    made = left("a1")
    assert (verbs(made), rules(made)) == ([], ["removed"])
    assert "article a1 is no longer in the repository" in made.notices[0].what


def test_draft_hides_every_language_of_an_article():
    [change] = left("x", things=[article("x", fr="<p>F.</p>"), *MANY], on_removed="draft").changes
    assert (change.verb, change.stage) == ("unpublish", REMOVALS)
    assert {edit.name: edit.after for edit in change.edits} == {
        "en.state": "draft",
        "fr.state": "draft",
    }


def test_what_is_hidden_already_is_not_hidden_again():
    before = site(*MANY)
    paper = applied(before).edit("a1", en={"state": "draft"})
    made = plan(without(before, "a1"), paper, on_removed="draft")
    assert (verbs(made), rules(made)) == ([], ["removed"])


def test_delete_deletes_and_expects_everything_it_saw():
    [change] = left("a1", on_removed="delete").changes
    assert (change.verb, change.edits) == ("delete", ())
    assert {"en.title", "en.body", "en.state"} <= set(change.expects)


def test_a_page_is_taken_from_fin_and_a_source_is_switched_off():
    things = [*MANY, source("hand"), page("hand/a")]
    made = left("source:hand", "page:hand/a", things=things, on_removed="draft")
    assert sorted((c.ref.kind, *(e.name for e in c.edits)) for c in made.changes) == [
        ("page", "agent", "copilot"),
        ("source", "active"),
    ]
    assert all(edit.after == "no" for change in made.changes for edit in change.edits)


def test_a_source_is_deleted_only_when_it_is_named():
    things = [*MANY, source("hand")]
    quiet = left("source:hand", things=things, on_removed="delete")
    assert (verbs(quiet), rules(quiet)) == ([], ["removed"])
    assert "--allow-deletes source:hand" in quiet.notices[0].advice
    named = left("source:hand", things=things, on_removed="delete", allow_deletes=["source:hand"])
    assert verbs(named) == [("delete", "hand")]


def test_a_collection_cannot_be_unpublished():
    made = left("collection:c", things=[*MANY, collection("c")], on_removed="draft")
    assert (verbs(made), rules(made)) == ([], ["removed"])


def test_an_empty_collection_is_deleted():
    made = left("collection:c", things=[*MANY, collection("c")], on_removed="delete")
    assert verbs(made) == [("delete", "c")]


def test_a_collection_goes_when_everything_in_it_goes_too():
    things = [*MANY, collection("c"), collection("c/d"), article("c/d/x", "<p>Unlike.</p>")]
    names = ["collection:c", "collection:c/d", "c/d/x"]
    made = left(*names, things=things, on_removed="delete")
    assert set(verbs(made)) == {("delete", "c"), ("delete", "c/d"), ("delete", "c/d/x")}


def test_a_collection_stays_while_anyones_thing_is_in_it():
    things = [*MANY, collection("c"), article("c/x", "<p>Unlike.</p>")]
    paper = applied(site(*things)).forget("c/x")
    made = plan(site(*MANY), paper, on_removed="delete")
    assert verbs(made) == []
    assert "1 thing in it" in next(n.what for n in made.notices if n.rule == "removed")


def test_a_collection_stays_while_a_protected_article_is_in_it():
    things = [*MANY, collection("c"), article("c/x", "<p>Unlike.</p>", protect=True)]
    made = left("collection:c", "c/x", things=things, on_removed="delete")
    assert verbs(made) == []
    assert made.shielded == ("c/x",)


def test_a_collection_whose_article_moves_away_is_empty_afterwards():
    things = [*MANY, collection("c"), collection("d"), article("c/x", "<p>Unlike.</p>", title="X")]
    before = site(*things)
    after = site(*MANY, collection("d"), article("d/x", "<p>Unlike.</p>", title="X"))
    made = plan(after, applied(before), on_removed="delete")
    assert set(verbs(made)) == {("move", "d/x"), ("delete", "c")}


@pytest.mark.parametrize("on_removed", ["draft", "delete"])
def test_what_is_protected_stays_although_its_file_is_gone(on_removed):
    things = [article("x", "<p>Unlike.</p>", protect=True), *MANY]
    made = left("x", things=things, on_removed=on_removed)
    assert (verbs(made), rules(made), made.shielded) == ([], ["protected"], ("x",))


def test_three_removals_are_always_let_through():
    assert left("a0", "a1", "a2", on_removed="delete", max_removals="0").stopped == ""


def test_more_than_a_share_stops_the_plan():
    names = [f"a{number}" for number in range(5)]
    stopped = left(*names, on_removed="delete", max_removals="20%").stopped
    assert "takes 5 pages away" in stopped
    assert "--allow-deletes 5" in stopped
    assert left(*names[:4], on_removed="delete", max_removals="20%").stopped == ""


def test_unpublished_languages_count_one_by_one():
    two = [article(f"b{number}", f"<p>B {number}.</p>", fr="<p>F.</p>") for number in range(2)]
    names = ["b0", "b1"]
    assert (
        "takes 4 pages"
        in left(*names, things=[*MANY, *two], on_removed="draft", max_removals="1").stopped
    )


def test_an_authors_own_unpublishing_counts_too():
    after = [
        replace(each, translations={"en": replace(each.translations["en"], state="draft")})
        for each in MANY
    ]
    assert "takes 20 pages" in plan(site(*after), applied(site(*MANY))).stopped


def test_hiding_a_page_counts_whichever_switch_it_is():
    pages = [page(f"hand/{n}", f"<p>P {n}.</p>") for n in range(4)]
    before = site(source("hand"), *pages)
    paper = applied(before)
    for each in pages:
        fin = replace(each.fin, agent=False, copilot=True)
        paper = paper.edit(f"page:{each.key}", fin=fin)
    made = plan(site(source("hand")), paper, on_removed="draft", max_removals="0")
    assert "takes 4 pages" in made.stopped


def test_a_number_or_a_name_allows_more():
    names = [f"a{number}" for number in range(6)]
    assert left(*names, on_removed="delete", allow_count=6).stopped == ""
    assert left(*names, on_removed="delete", allow_count=5).stopped
    assert left(*names, on_removed="delete", allow_deletes=names[:2]).stopped == ""


def test_a_share_of_a_hundred_is_no_limit():
    names = [f"a{number}" for number in range(19)]
    assert left(*names, on_removed="delete", max_removals="100%").stopped == ""


def test_an_empty_content_folder_is_no_wish_to_delete_everything():
    """The three that are always let through are not a whole small help center."""
    before = site(*MANY[:3])
    made = plan(site(), applied(before), on_removed="delete")
    assert "takes 3 pages away" in made.stopped
    assert plan(site(), applied(before), on_removed="delete", max_removals="100%").stopped == ""


def test_when_keys_are_named_nothing_is_removed_nor_shielded():
    things = [article("x", "<p>Unlike.</p>", protect=True), *MANY]
    made = left("x", "a1", things=things, on_removed="delete", only=["a2"])
    assert (verbs(made), rules(made), made.shielded) == ([], [], ())


def test_nothing_outside_the_managed_keys_is_removed():
    things = [collection("in"), article("in/x", "<p>X.</p>"), *MANY]
    made = left("in/x", "a1", things=things, on_removed="delete", manage=("in/**",))
    assert verbs(made) == [("delete", "in/x")]


def french(stays, *, locales=("en", "fr"), **policy):
    before = site(article("x", fr="<p>F.</p>"), locales=("en", "fr"))
    after = before if stays else site(article("x"), locales=locales)
    return plan(after, applied(before), **policy)


def test_a_translation_whose_file_is_gone_is_reported_or_unpublished():
    assert rules(french(stays=False)) == ["removed"]
    made = french(stays=False, on_removed="draft")
    assert [(e.name, e.after) for c in made.changes for e in c.edits] == [("fr.state", "draft")]
    assert "French file is gone" in made.changes[0].why
    assert verbs(french(stays=False, on_removed="delete")) == [("unpublish", "x")]


def test_a_language_taken_from_the_list_is_reported_once_and_left_alone():
    made = french(stays=False, locales=("en",), on_removed="delete")
    assert (verbs(made), rules(made)) == ([], ["locale-dropped"])
    assert "1 text stays" in made.notices[0].what


def test_a_dropped_translation_and_an_edit_of_the_same_article_are_one_change():
    before = site(article("x", fr="<p>F.</p>"))
    made = plan(site(article("x", "<p>New.</p>")), applied(before), on_removed="draft")
    [change] = made.changes
    assert change.verb == "unpublish"
    assert [edit.name for edit in change.edits] == ["en.body", "fr.state"]
    assert set(change.expects) == {"en.body", "fr.state"}


def test_a_dropped_translation_of_a_protected_article_stays():
    before = site(article("x", fr="<p>F.</p>", protect=True))
    made = plan(site(article("x", protect=True)), applied(before), on_removed="delete")
    assert (verbs(made), rules(made)) == ([], ["protected"])


def test_links_to_a_translation_that_goes_lead_to_the_default_language_in_the_same_plan():
    link = '<p><a href="article:x">x</a></p>'
    before = site(article("x", fr="<p>F.</p>"), article("y", "<p>Y.</p>", fr=link))
    after = site(article("x"), article("y", "<p>Y.</p>", fr=link))
    made = plan(after, applied(before), on_removed="draft")
    causes = {change.ref.key: change.cause for change in made.changes}
    assert causes == {"x": "content", "y": "link"}


def test_a_removal_waits_while_a_colleague_edits_unless_it_is_named():
    before = site(*MANY)
    paper = applied(before).see("a1", pending=True)
    quiet = plan(without(before, "a1"), paper, on_removed="delete")
    assert (verbs(quiet), rules(quiet)) == ([], ["removed"])
    named = plan(without(before, "a1"), paper, on_removed="delete", allow_deletes=["a1"])
    assert verbs(named) == [("delete", "a1")]
    assert PENDING in named.changes[0].expects


def test_what_is_gone_on_both_sides_is_forgotten_without_a_word():
    before = site(*MANY)
    made = plan(without(before, "a1"), applied(before).delete("a1"))
    assert (verbs(made), rules(made)) == ([], [])
    assert [(item.ref.key, item.forget) for item in made.upkeep] == [("a1", True)]


# One language by itself ------------------------------------------------------------------------

BOTH = [article(f"b{number}", fr="<p>F.</p>") for number in range(5)]


def without_french(count, **policy):
    """Take the French files of so many articles away; five of 25 articles have one."""
    before = site(*MANY, *BOTH)
    things = dict(before.things)
    for name in (f"b{number}" for number in range(count)):
        thing = things[as_ref(name)]
        english = {loc: text for loc, text in thing.translations.items() if loc == "en"}
        things[as_ref(name)] = replace(thing, translations=english)
    return plan(replace(before, things=things), applied(before), on_removed="draft", **policy)


def test_a_language_that_vanishes_is_stopped_though_it_is_a_small_part_of_the_whole():
    stopped = without_french(5, max_removals="20%").stopped
    assert "takes 5 French pages away from readers, more than the 3" in stopped
    assert "publisher apply --allow-deletes 5" in stopped


def test_a_few_pages_of_a_language_are_let_through():
    assert without_french(3, max_removals="20%").stopped == ""


def test_what_is_allowed_by_number_is_allowed_in_one_language_too():
    assert without_french(5, max_removals="20%", allow_count=5).stopped == ""


def test_what_is_allowed_by_name_counts_in_no_language():
    named = {f"b{number}" for number in range(2)}
    assert without_french(5, max_removals="20%", allow_deletes=named).stopped == ""


# What only seems to have left ---------------------------------------------------------------


def only_english(wanted, name):
    thing = wanted.things[as_ref(name)]
    english = replace(thing, translations={"en": thing.translations["en"]})
    return replace(wanted, things={**wanted.things, as_ref(name): english})


def ignoring(*paths):
    def ignores(path, locale=None):
        return (path.replace("/en/", f"/{locale}/") if locale else path) in paths

    return ignores


TRANSLATED = [article("x", fr="<p>F.</p>"), *MANY]


@pytest.mark.parametrize("policy", ["report", "draft", "delete"])
def test_nothing_is_removed_while_a_file_could_not_be_read(policy):
    before = site(*TRANSLATED)
    after = replace(only_english(without(before, "a1"), "x"), unread=("content/en/new.mdx",))
    made = plan(after, applied(before), on_removed=policy)
    assert (verbs(made), rules(made)) == ([], ["removed"])
    assert "1 file could not be read: content/en/new.mdx" in made.notices[0].what


def test_a_file_that_could_not_be_read_is_not_mentioned_where_nothing_is_missing():
    before = site(*MANY)
    made = plan(replace(before, unread=("content/en/new.mdx",)), applied(before))
    assert rules(made) == []


def test_what_is_ignored_is_not_removed():
    before = site(*TRANSLATED)
    ignores = ignoring("content/en/a1.md", "content/fr/x.md")
    after = replace(only_english(without(before, "a1", "a2"), "x"), ignores=ignores)
    spots = {r: replace(t, spot=replace(t.spot, path="content/en/x.md")) for r, t in
             after.things.items() if r.key == "x"}  # fmt: skip
    after = replace(after, things={**after.things, **spots})
    made = plan(after, applied(before), on_removed="delete")
    assert (verbs(made), rules(made)) == ([("delete", "a2")], ["removed"])
    assert "the files of a1 and x (French); they stay" in made.notices[0].what


def test_a_collection_stays_while_an_ignored_article_is_in_it():
    things = [*MANY, collection("c"), article("c/x", "<p>Unlike.</p>")]
    before = site(*things)
    after = replace(without(before, "collection:c", "c/x"), ignores=ignoring("content/en/c/x.md"))
    assert verbs(plan(after, applied(before), on_removed="delete")) == []


def test_a_translation_stays_where_protection_comes_with_its_removal():
    after = site(article("x", protect=True), *MANY)
    made = plan(after, applied(site(*TRANSLATED)), on_removed="draft")
    assert (verbs(made), rules(made)) == ([], ["protected"])


def test_a_translation_stays_while_a_colleague_writes_in_its_article_unless_it_is_named():
    paper = applied(site(*TRANSLATED)).see("x", pending=True)
    after = site(article("x"), *MANY)
    made = plan(after, paper, on_removed="draft")
    assert (verbs(made), rules(made)) == ([], ["removed"])
    assert "--allow-deletes article:x" in made.notices[0].advice
    named = plan(after, paper, on_removed="draft", allow_deletes=["x"])
    assert verbs(named) == [("unpublish", "x")]


@pytest.mark.parametrize(
    "policy", [{}, {"manage": ("b/**",)}, {"only": ["a2"]}], ids=["all", "manage", "keys"]
)
def test_what_is_gone_on_both_sides_is_forgotten_only_by_a_run_that_may_judge_it(policy):
    before = site(*MANY)
    paper = applied(before).delete("a1")
    made = plan(without(before, "a1"), paper, **policy)
    assert [item.ref.key for item in made.upkeep if item.forget] == ([] if policy else ["a1"])


@pytest.mark.parametrize(
    "said",
    [
        {"unread": ("content/en/a1.mdx",)},
        {"ignores": ignoring("content/en/a1.md")},
        {"left_out": frozenset({as_ref("a1")})},
    ],
    ids=["unread", "ignored", "left out"],
)
def test_what_is_gone_in_intercom_is_remembered_while_its_file_may_be_there(said):
    before = site(*MANY)
    after = replace(without(before, "a1"), **said)
    made = plan(after, applied(before).delete("a1"))
    assert not any(item.forget for item in made.upkeep)


def test_a_page_that_is_gone_is_remembered_while_its_language_is_not_listed():
    before = site(*MANY, source("hand"), replace(page("hand/a:fr"), locale="fr"))
    gone, paper = Ref("page", Key("hand/a:fr")), applied(before)
    place = (gone.kind, paper.entries[gone].id)
    live = {each: thing for each, thing in paper.live.items() if each != place}
    things = {ref: thing for ref, thing in before.things.items() if ref != gone}
    after = replace(before, things=things, closed=True, locales=("en",))
    made = plan(after, replace(paper, live=live, gone=frozenset({place})))
    assert not any(item.forget for item in made.upkeep)


# What a colleague worked on --------------------------------------------------------------------


@pytest.mark.parametrize("on_removed", ["draft", "delete"])
@pytest.mark.parametrize("edit", [{"title": "Hers"}, {"body": "<p>Hers.</p>"}])
def test_what_a_colleague_edited_stays_until_it_is_named(on_removed, edit):
    before = site(*MANY)
    paper = applied(before).edit("a1", en=edit)
    made = plan(without(before, "a1"), paper, on_removed=on_removed)
    assert (verbs(made), rules(made)) == ([], ["removed"])
    assert "changed in Intercom since the last apply" in made.notices[0].what
    assert "--allow-deletes article:a1" in made.notices[0].advice
    named = plan(without(before, "a1"), paper, on_removed=on_removed, allow_deletes={"a1"})
    assert len(named.changes) == 1
    told = plan(without(before, "a1"), paper, on_removed=on_removed, on_drift="overwrite")
    assert len(told.changes) == 1


def test_a_collection_is_not_deleted_around_an_article_that_stays():
    before = site(collection("c", "C"), article("c/x", "<p>X.</p>"), *MANY)
    paper = applied(before).edit("c/x", en={"title": "Hers"})
    made = plan(without(before, "collection:c", "c/x"), paper, on_removed="delete")
    assert ("delete", "c") not in verbs(made)


def test_a_collection_is_not_deleted_around_an_article_that_cannot_move_out_of_it():
    before = site(collection("c", "C"), article("x", "<p>X.</p>", parent="c"), *MANY)
    after = without(site(*MANY, article("x", "<p>X.</p>", parent="")), "collection:c")
    assert ("delete", "c") in verbs(plan(after, applied(before), on_removed="delete"))
    paper = applied(before).see("x", pending=True)
    assert ("delete", "c") not in verbs(plan(after, paper, on_removed="delete"))
