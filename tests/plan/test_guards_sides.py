"""What colleagues did is kept, and links follow what will really be done: each guard alone.

Every test here fails when the guard it is about is taken out; see `benchmarks/mutation.py`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from publisher.model import (
    Key,
    RemoteId,
    digest,
)
from publisher.plan.changes import (
    BODIES,
    PENDING,
    REMOVALS,
    Policy,
)
from publisher.plan.diff import heading_ids
from publisher.plan.view import (
    is_managed,
    look,
    still_public,
)
from tests.plan.builders import (
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
    verbs,
)
from tests.plan.guarded import (
    LINKED,
    MANY,
    X,
    linked,
    notice,
    with_x,
    without,
)

# Three sides: ours, theirs, both --------------------------------------------------------------


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


# Small print ----------------------------------------------------------------------------------


def test_more_than_the_limit_is_refused_with_the_numbers_and_the_way_out():
    names = [f"a{n}" for n in range(5)]
    before = site(*MANY)
    made = plan(without(before, *names), applied(before), on_removed="delete")
    assert made.stopped == (
        "the plan takes 5 pages away from readers, more than the 4 that max_removals = 20% "
        "allows; nothing was written. If that is what you want: publisher apply "
        "--allow-deletes 5"
    )


def test_a_state_that_is_named_as_it_is_takes_nothing_away():
    """Where a draft is overwritten the state goes along, so that the text does not join it."""
    before = site(*MANY)
    paper = applied(before)
    for each in MANY:
        paper = paper.see(each.key, pending=True)
    after = site(*(article(each.key, "<p>New.</p>") for each in MANY))
    made = plan(after, paper, overwrite=[each.key for each in MANY], max_removals="0")
    assert (len(made.changes), made.stopped) == (20, "")


def test_what_is_left_out_for_this_target_is_not_taken_for_a_renamed_file():
    before = site(article("old", "<p>The same text.</p>", title="T"), *MANY)
    after = site(article("new", "<p>The same text.</p>", title="T"), *MANY)
    assert verbs(plan(after, applied(before))) == []
    left_out = replace(after, left_out=frozenset({as_ref("old")}))
    assert verbs(plan(left_out, applied(before))) == [("create", "new")]


def test_an_entry_goes_by_the_name_of_its_file_and_a_twin_is_known_by_it():
    before = site(article("old", "<p>The same text.</p>"), article("y", title="Y"))
    paper = applied(before).forget("y")
    after = site(article("new", "<p>The same text.</p>"), article("y", title="Y"))
    view = look(after, paper.live, frozenset(), paper.entries, Policy())
    assert view.entries[as_ref("new")].ref == as_ref("new")
    assert set(view.keys.values()) == {"new", "y"}


def test_of_what_was_not_named_nothing_is_created_not_even_its_collection():
    wanted = site(collection("c"), article("c/y"), article("x"), source("s"), page("s/p"))
    assert verbs(plan(wanted, only=["x"])) == [("create", "x")]
    assert verbs(plan(wanted, only=["page:s/p"])) == [("create", "s"), ("create", "s/p")]


def test_a_namesake_beside_our_collection_keeps_nothing_from_being_created_in_ours():
    wanted = site(collection("c"), *MANY)
    paper = applied(wanted)
    ours = paper.live["collection", paper.id("collection:c")]
    theirs = replace(ours, id=RemoteId("900"), thing=replace(ours.thing, key=Key("#900")))
    paper = replace(paper, live={**paper.live, ("collection", "900"): theirs})
    more = site(collection("c"), article("c/new", "<p>N.</p>"), *MANY)
    assert verbs(plan(more, paper)) == [("create", "c/new")]


def test_a_place_both_sides_changed_is_a_conflict_although_the_new_one_is_only_coming():
    before = site(collection("c"), article("c/x", "<p>X.</p>", title="X"))
    paper = applied(before).edit("c/x", parent=None)
    after = site(collection("c"), collection("n"), article("n/x", "<p>X.</p>", title="X"))
    made = plan(after, paper)
    assert (verbs(made), rules(made)) == ([("create", "n")], ["conflict"])


def test_what_returns_to_a_collection_that_is_put_back_keeps_what_a_colleague_wrote():
    wanted = site(collection("c"), article("c/x", "<p>X.</p>", title="X"))
    paper = applied(wanted).delete("collection:c").edit("c/x", parent=None, en={"title": "Hers"})
    made = plan(wanted, paper, overwrite=["collection:c"])
    assert sorted(verbs(made)) == [("create", "c"), ("move", "c/x")]
    assert [edit.name for edit in made.changes[1].edits] == ["parent"]
    assert rules(made) == ["drift"]


def test_a_link_is_judged_by_what_an_overwriting_brings_back():
    """No file says a state; a colleague unpublished the article, and is overruled."""
    wanted = site(article("x", "<p>X.</p>"), article("y", LINKED))
    paper = applied(wanted).edit("x", en={"state": "draft"}).see("x", urls={})
    assert "link-to-draft" in rules(plan(wanted, paper))
    assert "link-to-draft" not in rules(plan(wanted, paper, overwrite=["x"]))


def test_a_link_is_judged_by_what_overwriting_a_draft_hides():
    paper = applied(linked("published")).see("x", pending=True)
    made = plan(linked("draft"), paper, overwrite=["x"])
    assert sorted(verbs(made)) == [("unpublish", "x"), ("update", "y")]


def test_a_link_to_something_protected_follows_its_publication():
    made = plan(linked("published", protect=True), applied(linked("draft", protect=True)))
    assert sorted(verbs(made)) == [("publish", "x"), ("update", "y")]
    assert "link-to-draft" not in rules(made)


def test_headings_without_an_id_pair_with_none():
    body = '<h1>A</h1><h1 id="h_bbbbbbbbbb">B</h1><h1 id="h_cccccccccc">C</h1>'
    [shown] = applied(site(article("x", body))).live.values()
    ours = {"en": ("h_1111111111", "", "h_3333333333")}
    assert heading_ids(ours, shown) == {"en": {"h_3333333333": "h_cccccccccc"}}
    assert heading_ids({"en": ("h_1111111111",)}, shown) == {}


# What becomes public, and what ceases to be ---------------------------------------------------


def drafted(body="<p>X.</p>", state="published", **more):
    return site(article("x", body, title="X", en={"state": state}, **more))


@pytest.mark.parametrize("field", ["title", "description", "body"])
def test_a_draft_in_which_a_colleague_wrote_is_not_published_with_their_words(field):
    paper = applied(drafted(state="draft")).edit("x", en={field: "<p>Theirs.</p>"})
    made = plan(drafted(), paper)
    assert verbs(made) == []
    assert made.notices
    both = plan(drafted("<p>Ours.</p>"), paper.edit("x", en={"body": "<p>Theirs.</p>"}))
    assert (verbs(both), "conflict" in rules(both)) == ([], True)
    assert ("publish", "x") in verbs(plan(drafted(), paper, overwrite=["x"]))


def test_what_is_published_has_to_be_as_it_was_seen_in_every_word():
    [change] = plan(drafted(), applied(drafted(state="draft"))).changes
    assert set(change.expects) == {"en.state", "en.title", "en.description", "en.body"}
    [update] = plan(drafted("<p>New.</p>"), applied(drafted())).changes
    assert set(update.expects) == {"en.body"}


def test_what_is_hidden_goes_last_unless_something_else_appears_with_it():
    shown = drafted(fr={"body": "<p>F.</p>", "state": "draft"})
    [hiding] = plan(
        drafted(state="draft", fr={"body": "<p>F.</p>", "state": "draft"}), applied(shown)
    ).changes
    assert (hiding.verb, hiding.stage) == ("unpublish", REMOVALS)
    swapped = drafted(state="draft", fr={"body": "<p>F.</p>", "state": "published"})
    [both] = plan(swapped, applied(shown)).changes
    assert (both.verb, both.stage) == ("unpublish", BODIES)
