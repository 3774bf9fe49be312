"""Findings become one change per thing, and everything else a sentence."""

from dataclasses import replace

import pytest

from publisher.body import refs
from publisher.model import Abilities, Availability, Key, Live, RemoteId, Spot, digest
from publisher.plan.changes import PENDING
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

SMALL = site(
    collection("billing"),
    article("billing/refunds", "<p>R.</p>", fr="<p>F.</p>", title="Refunds"),
    article("cancel", "<p>C.</p>"),
)


def changed(after, before=SMALL, **policy):
    [change] = plan(after, applied(before), **policy).changes
    return change


def with_article(key, wanted=SMALL, **changes):
    ref = as_ref(key)
    return replace(wanted, things={**wanted.things, ref: replace(wanted.things[ref], **changes)})


def with_text(key, locale, **changes):
    translations = SMALL.things[as_ref(key)].translations
    if "body" in changes:
        changes["source"] = digest(changes["body"])
    changed_text = replace(translations[locale], **changes)
    return with_article(key, translations={**translations, locale: changed_text})


# Creations ---------------------------------------------------------------------------------


def test_a_new_article_says_in_which_languages():
    made = plan(SMALL)
    whys = {change.ref.key: change.why for change in made.changes}
    assert whys == {
        "billing": "new collection",
        "billing/refunds": "new article in English and French",
        "cancel": "new article",
    }
    assert [change.readers for change in made.changes] == ["at once"] * 3


def test_a_new_article_is_published_unless_somebody_says_draft():
    states = {edit.name: edit.after for edit in plan(SMALL).changes[2].edits}
    assert (states["en.state"], states["fr.state"]) == ("published", "published")
    drafted = plan(SMALL, default_state="draft").changes
    assert {edit.after for edit in drafted[1].edits if edit.name.endswith("state")} == {"draft"}
    assert drafted[1].readers == "draft"
    [hidden] = plan(site(article("x", en={"state": "draft"}, fr="<p>F.</p>"))).changes
    assert (hidden.after("fr.state"), hidden.readers) == ("draft", "draft")


def test_a_new_article_gets_the_targets_author_unless_its_file_names_one():
    assert plan(SMALL, author="7").changes[1].after("author") == "7"
    named = site(article("x", author="8"))
    assert plan(named, author="7").changes[0].after("author") == "8"


def test_a_new_page_may_be_used_by_fin_unless_its_file_says_otherwise():
    wanted = site(source("s"), replace(page("s/p"), fin=Availability(agent=False)))
    change = plan(wanted).changes[1]
    assert (change.after("agent"), change.after("copilot")) == ("no", "yes")
    assert change.after("source") == "s"


def test_parents_are_keys_in_a_plan_because_ids_may_not_exist_yet():
    assert plan(SMALL).changes[2].after("parent") == "billing"


# Updates: verb, sentence, cause, readers -----------------------------------------------------


@pytest.mark.parametrize(
    ("after", "verb", "why", "readers"),
    [
        (with_text("cancel", "en", title="Stop"), "update", "the English title changed", "at once"),
        (
            with_text("billing/refunds", "fr", body="<p>N.</p>", description="D"),
            "update",
            "the French description and body changed",
            "at once",
        ),
        (
            with_text("billing/refunds", "fr", state="draft"),
            "unpublish",
            "French becomes draft",
            "at once",
        ),
        (with_article("cancel", author="9"), "update", "the author changed", "at once"),
        (
            with_article("cancel", parent=Key("billing")),
            "move",
            "moves from no collection to billing",
            "at once",
        ),
    ],
)
def test_an_update_says_what_changed_as_a_writer_would(after, verb, why, readers):
    change = changed(after)
    assert (change.verb, change.why, change.readers) == (verb, why, readers)


def test_a_new_translation_is_an_update_that_names_the_language():
    cancel = SMALL.things[as_ref("cancel")]
    french = text("<p>A.</p>", title="Annuler", spot=Spot("content/fr/cancel.md"))
    after = with_article("cancel", translations={**cancel.translations, "fr": french})
    change = changed(after)
    assert (change.verb, change.why) == ("update", "new French translation")
    assert change.after("fr.state") == "published"
    assert (change.path, change.locales) == ("content/fr/cancel.md", ("fr",))


def test_publishing_a_draft_is_a_publication():
    drafted = site(article("x", en={"state": "draft"}))
    change = changed(site(article("x", en={"state": "published"})), drafted)
    assert (change.verb, change.why) == ("publish", "English becomes published")
    assert change.readers == "at once"


def test_an_edit_of_a_draft_is_noticed_by_nobody():
    drafted = site(article("x", en={"state": "draft"}))
    change = changed(site(article("x", "<p>N.</p>", en={"state": "draft"})), drafted)
    assert change.readers == "draft"


def test_only_the_fields_that_change_are_in_a_change_and_each_is_expected():
    change = changed(with_text("billing/refunds", "fr", title="Neuf"))
    assert [edit.name for edit in change.edits] == ["fr.title"]
    assert list(change.expects) == ["fr.title"]


def test_a_changed_image_names_what_is_to_be_uploaded():
    def showing(token):
        html = f'<p><img src="asset:{token}"></p>'
        things = site(replace(article("x"), translations={"en": text(html, source="same")}))
        return replace(things, assets={token: asset(token)})

    old, new = "0" * 16 + "/a.png", "1" * 16 + "/a.png"
    made = plan(showing(new), applied(showing(old)))
    [change] = made.changes
    assert (change.cause, change.why) == ("asset", "an image in it changed")
    assert [each.token for each in made.assets] == [new]


def test_a_link_to_something_new_waits_for_its_address():
    after = with_text("cancel", "en", body='<p><a href="article:new">n</a></p>')
    after = replace(after, things={**after.things, as_ref("new"): article("new")})
    made = {change.ref.key: change for change in plan(after, applied(SMALL)).changes}
    assert made["cancel"].relink
    assert not made["new"].relink


def test_values_before_are_spelt_like_values_after():
    linked = site(article("x", '<p><a href="article:y">y</a></p>'), article("y"))
    change = changed(site(article("x", "<p>No more.</p>"), article("y")), linked)
    assert change.edits[0].before == '<p><a href="article:y">y</a></p>'
    moved = changed(with_article("billing/refunds", parent=None))
    assert (moved.edits[0].before, moved.edits[0].after) == ("billing", "")


# What people did -----------------------------------------------------------------------------


def test_drift_is_kept_and_said_with_its_way_out():
    made = plan(SMALL, applied(SMALL).edit("cancel", en={"body": "<p>Theirs.</p>"}))
    [notice] = made.notices
    assert (made.changes, notice.rule, notice.severity) == ((), "drift", "warning")
    assert "the English body changed in Intercom since the last apply; it is kept" in notice.what
    assert notice.advice.endswith("publisher apply --overwrite cancel")
    assert notice.spot.path == "content/en/file.md"


def test_drift_is_an_error_where_the_target_says_fail():
    paper = applied(SMALL).edit("cancel", en={"body": "<p>Theirs.</p>"})
    assert plan(SMALL, paper, on_drift="fail").notices[0].severity == "error"


@pytest.mark.parametrize(
    "policy",
    [{"on_drift": "overwrite"}, {"overwrite": ["cancel"]}, {"overwrite": ["article:cancel"]}],
)
def test_overwriting_replaces_and_says_so(policy):
    paper = applied(SMALL).edit("cancel", en={"body": "<p>Theirs.</p>"})
    made = plan(SMALL, paper, **policy)
    [change] = made.changes
    assert rules(made) == []
    assert "replaces what was edited in Intercom (en.body)" in change.why


def test_a_conflict_holds_back_its_field_and_nothing_else():
    paper = applied(SMALL).edit("cancel", en={"body": "<p>Theirs.</p>"})
    after = with_text("cancel", "en", body="<p>Ours.</p>", title="Stop")
    made = plan(after, paper)
    assert [edit.name for edit in made.changes[0].edits] == ["en.title"]
    assert [(n.rule, n.severity) for n in made.notices] == [("conflict", "error")]


def test_a_pending_draft_holds_everything_back():
    paper = applied(SMALL).see("cancel", pending=True)
    for after in (
        with_text("cancel", "en", title="Stop"),
        with_text("cancel", "en", state="draft"),
    ):
        made = plan(after, paper)
        assert (made.changes, rules(made)) == ((), ["conflict"])
    assert rules(plan(SMALL, paper)) == []


def test_overwriting_a_pending_draft_expects_it_so_that_apply_goes_on():
    paper = applied(SMALL).see("cancel", pending=True)
    made = plan(with_text("cancel", "en", title="Stop"), paper, overwrite=["cancel"])
    assert set(made.changes[0].expects) == {"en.title", "en.state", PENDING}
    assert made.changes[0].after("en.state") == "published", "else the text joins the draft"
    assert (
        made.changes[0].why == "the English draft in Intercom is replaced; "
        "the English title changed"
    )


def test_what_was_deleted_live_is_gone_and_put_back_only_on_request():
    paper = applied(SMALL).delete("cancel")
    quiet = plan(SMALL, paper)
    assert (quiet.changes, rules(quiet)) == ((), ["gone"])
    assert quiet.counts["gone"] == 1
    [change] = plan(SMALL, paper, overwrite=["cancel"]).changes
    assert (change.verb, change.id) == ("create", None)
    assert change.why == "it was deleted in Intercom and --overwrite cancel puts it back"


def test_a_deleted_collection_is_said_once_and_not_for_each_article_in_it():
    paper = applied(SMALL).delete("collection:billing").edit("billing/refunds", parent=None)
    made = plan(SMALL, paper)
    assert (made.changes, rules(made)) == ((), ["gone"])


def test_what_a_deleted_collection_held_stands_as_the_plan_says():
    paper = applied(SMALL).delete("collection:billing").edit("billing/refunds", parent=None)
    settled = plan(SMALL, paper).stands
    assert {s.standing for s in settled if s.ref.key == "billing/refunds"} == {"settled"}

    edited = plan(with_text("billing/refunds", "en", body="<p>Ours.</p>"), paper)
    assert verbs(edited) == [("update", "billing/refunds")]
    assert standing(edited, "billing/refunds") == {"en": "update", "fr": "settled"}

    back = plan(SMALL, paper, overwrite=["billing"])
    assert standing(back, "billing/refunds") == {"en": "update", "fr": "update"}


def test_what_waits_for_a_collection_that_has_a_twin_is_a_conflict_in_both():
    wanted = replace(SMALL, things={**SMALL.things, as_ref("collection:o"): collection("o")})
    paper = applied(wanted).forget("collection:o")
    moved = replace(SMALL.things[as_ref("cancel")], parent=Key("o"))
    made = plan(replace(wanted, things={**wanted.things, as_ref("cancel"): moved}), paper)
    assert standing(made, "cancel") == {"en": "conflict"}
    assert "waits: collection:o is not there" in " ".join(notice.what for notice in made.notices)


def standing(made, key):
    return {s.locale: s.standing for s in made.stands if s.ref.key == key}


def test_putting_a_collection_back_puts_back_what_it_held():
    paper = applied(SMALL).delete("collection:billing").edit("billing/refunds", parent=None)
    made = plan(SMALL, paper, overwrite=["billing"])
    assert verbs(made) == [("create", "billing"), ("move", "billing/refunds")]


def test_what_somebody_moved_elsewhere_is_not_pulled_back_with_it():
    wanted = replace(SMALL, things={**SMALL.things, as_ref("collection:o"): collection("o")})
    paper = applied(wanted)
    other = paper.id("collection:o")
    paper = paper.delete("collection:billing").edit("billing/refunds", parent=Key(other))
    made = plan(wanted, paper, overwrite=["billing"])
    assert verbs(made) == [("create", "billing")]
    assert rules(made) == ["conflict"]


def test_when_both_sides_say_the_same_the_ledger_learns_it_without_a_call():
    paper = applied(SMALL).edit("cancel", en={"body": "<p>Both.</p>", "title": "Both"})
    made = plan(with_text("cancel", "en", body="<p>Both.</p>", title="Both"), paper)
    assert (made.changes, rules(made)) == ((), [])
    [item] = made.upkeep
    assert set(item.sent) == set(item.seen) == {"en.title", "en.body"}
    assert set(item.blocks) == set(item.shown) == {"en"}
    learnt = paper.remember(
        "cancel",
        **{
            name: {**getattr(paper.entries[as_ref("cancel")], name), **getattr(item, name)}
            for name in ("sent", "seen", "raw", "source", "blocks", "shown")
        },
    )
    next_edit = with_text("cancel", "en", body="<p>Next.</p>", title="Both")
    assert plan(with_text("cancel", "en", body="<p>Both.</p>", title="Both"), learnt).upkeep == ()
    assert verbs(plan(next_edit, learnt)) == [("update", "cancel")]


# What is not ours ----------------------------------------------------------------------------


def test_strangers_are_counted_and_left_alone():
    made = plan(
        site(article("cancel", "<p>C.</p>")),
        applied(SMALL).forget("collection:billing", "billing/refunds"),
    )
    assert (made.changes, rules(made), made.counts["unmanaged"]) == ((), ["unmanaged"], 2)
    assert "1 collection and 1 article" in made.notices[0].what


def test_an_empty_ledger_before_a_full_help_center_is_said_first():
    paper = applied(SMALL).forget("collection:billing", "billing/refunds", "cancel")
    made = plan(site(article("other", "<p>O.</p>")), paper)
    assert rules(made) == ["first-contact"]
    assert "pull --adopt" in made.notices[0].advice


def test_a_title_that_stands_already_is_never_created_twice():
    paper = applied(SMALL).forget("cancel")
    made = plan(SMALL, paper)
    assert verbs(made) == []
    conflict = next(notice for notice in made.notices if notice.rule == "conflict")
    assert "“Cancel” already stands in the help center" in conflict.what
    assert "publisher pull --adopt cancel" in conflict.advice


def test_the_same_title_elsewhere_is_no_twin():
    paper = applied(SMALL).forget("cancel").edit("billing/refunds")
    wanted = site(
        collection("billing"),
        article("billing/refunds", "<p>R.</p>", fr="<p>F.</p>", title="Refunds"),
        replace(article("cancel", "<p>C.</p>"), parent=Key("billing")),
    )
    assert ("create", "cancel") in verbs(plan(wanted, paper))


def test_what_would_hang_under_a_twin_waits_or_is_one_itself():
    paper = applied(SMALL).forget("collection:billing", "billing/refunds")
    new = article("billing/new")
    made = plan(replace(SMALL, things={**SMALL.things, as_ref("billing/new"): new}), paper)
    assert verbs(made) == []
    conflicts = [notice.what for notice in made.notices if notice.rule == "conflict"]
    assert len(conflicts) == 3
    assert "billing/new waits: collection:billing is not there to hold it." in conflicts
    assert sum("already stands in the help center" in what for what in conflicts) == 2


def test_an_article_does_not_move_into_a_collection_that_will_not_exist():
    wanted = with_article("cancel", parent=Key("new"))
    wanted = replace(wanted, things={**wanted.things, as_ref("collection:new"): collection("new")})
    paper = applied(SMALL)
    twin = Live(id=RemoteId("900"), thing=replace(collection("#900"), titles={"en": "New"}))
    made = plan(wanted, replace(paper, live={**paper.live, ("collection", "900"): twin}))
    assert verbs(made) == []
    assert rules(made).count("conflict") == 2


def test_a_link_to_what_is_not_created_is_no_change_for_ever():
    body = '<p><a href="article:cancel">c</a></p>'
    wanted = with_text("billing/refunds", "en", body=body)
    paper = applied(wanted).delete("cancel")
    sent = {
        **paper.entries[as_ref("billing/refunds")].sent,
        "en.body": digest(refs.bind(body, lambda reference: None).html),
    }
    made = plan(wanted, paper.remember("billing/refunds", sent=sent))
    assert verbs(made) == []
    assert "link-to-draft" in rules(made)


# Limits of the far side ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("abilities", "told"), [(LATEST, []), (Abilities(api_version="2.12"), ["cannot-unparent"])]
)
def test_an_article_leaves_its_collection_only_where_the_version_can(abilities, told):
    made = plan(with_article("billing/refunds", parent=None), applied(SMALL), abilities=abilities)
    assert rules(made) == told
    assert verbs(made) == ([] if told else [("move", "billing/refunds")])


def test_a_collection_never_becomes_a_root_and_the_rest_of_it_is_written():
    before = site(collection("a"), collection("a/b", "B"))
    after = site(collection("a"), replace(collection("a/b", "New"), parent=None))
    made = plan(after, applied(before))
    assert rules(made) == ["cannot-unparent"]
    assert [edit.name for edit in made.changes[0].edits] == ["en.title"]


def test_before_2_10_a_collection_does_not_become_a_section():
    before = site(collection("a"), collection("b"))
    after = site(collection("a"), replace(collection("b"), parent=Key("a")))
    old = Abilities(api_version="2.9", depth=2, pages=False)
    made = plan(after, applied(before), abilities=old)
    assert (verbs(made), rules(made)) == ([], ["cannot-move"])


def test_a_page_keeps_the_identity_intercom_knows_it_by():
    before = site(source("s"), page("s/p"))
    made = plan(site(source("s"), page("s/p", external_id="other", title="New")), applied(before))
    assert rules(made) == ["cannot-change-identity"]
    assert [edit.name for edit in made.changes[0].edits] == ["title"]


def test_what_is_protected_is_not_unpublished():
    guarded = with_article("cancel", protect=True)
    drafted = replace(
        guarded.things[as_ref("cancel")],
        translations={"en": text("<p>C.</p>", title="Cancel", state="draft")},
    )
    wanted = replace(guarded, things={**guarded.things, as_ref("cancel"): drafted})
    made = plan(wanted, applied(guarded))
    assert (made.changes, rules(made)) == ((), ["protected"])


# Links to drafts -----------------------------------------------------------------------------


def test_a_link_to_a_draft_is_a_warning_on_its_line():
    body = '<p>One.</p><p>See <a href="article:y#h_1">y</a>.</p>'
    linking = replace(article("x"), translations={"en": text(body, lines=(3, 7))})
    made = plan(site(linking, article("y", en={"state": "draft"})))
    [notice] = made.notices
    assert (notice.rule, notice.severity) == ("link-to-draft", "warning")
    assert notice.spot == Spot("content/en/file.md", 7)


def test_a_link_to_what_is_about_to_be_published_is_none():
    linking = article("x", '<p><a href="article:y">y</a></p>')
    assert rules(plan(site(linking, article("y")))) == []
    drafted = site(linking, article("y", en={"state": "draft"}))
    published = site(linking, article("y", en={"state": "published"}))
    made = plan(published, applied(drafted))
    assert rules(made) == []
    assert {change.ref.key: change.cause for change in made.changes}["x"] == "link"


def test_what_becomes_a_draft_loses_its_links_in_the_same_plan():
    linking = article("x", '<p><a href="article:y">y</a></p>')
    before = site(linking, article("y", "<p>Y.</p>"))
    after = site(linking, article("y", "<p>Y.</p>", en={"state": "draft"}))
    made = plan(after, applied(before))
    assert {change.ref.key: change.verb for change in made.changes} == {
        "x": "update",
        "y": "unpublish",
    }


# Named keys ----------------------------------------------------------------------------------


def test_only_named_keys_are_planned_and_new_collections_above_them():
    made = plan(SMALL, only=["billing/refunds"])
    assert verbs(made) == [("create", "billing"), ("create", "billing/refunds")]


def test_a_pinned_key_finds_its_collection_all_the_same():
    wanted = site(collection("a"), collection("a/b"), article("pinned", parent=Key("a/b")))
    assert verbs(plan(wanted, only=["pinned"])) == [
        ("create", "a"),
        ("create", "a/b"),
        ("create", "pinned"),
    ]


def test_a_link_to_what_was_not_named_waits_for_the_day_it_is():
    wanted = site(article("x", '<p><a href="article:y">y</a></p>'), article("y"))
    made = plan(wanted, only=["x"])
    assert verbs(made) == [("create", "x")]
    assert not made.changes[0].relink


def test_a_kind_tells_a_collection_from_an_article_of_the_same_key():
    wanted = site(collection("x"), article("x", parent=None))
    assert verbs(plan(wanted, only=["collection:x"])) == [("create", "x")]
    assert len(plan(wanted, only=["x"]).changes) == 2


# The plan as a whole -------------------------------------------------------------------------


def test_after_an_apply_nothing_is_left_to_do():
    made = plan(SMALL, applied(SMALL))
    assert (made.changes, made.notices, made.upkeep, made.requests) == ((), (), (), 0)
    assert made.counts["unchanged"] == 3
    assert {stand.standing for stand in made.stands} == {"settled"}


def test_protection_is_remembered_without_a_call():
    made = plan(with_article("cancel", protect=True), applied(SMALL))
    assert made.changes == ()
    assert [(item.ref.key, item.protect) for item in made.upkeep] == [("cancel", True)]


def test_how_everything_stands_is_told_per_language():
    paper = applied(SMALL).edit("billing/refunds", fr={"body": "<p>T.</p>"}).delete("cancel")
    stands = {(s.ref.key, s.locale): s.standing for s in plan(SMALL, paper).stands}
    assert stands == {
        ("billing", ""): "settled",
        ("billing/refunds", "en"): "settled",
        ("billing/refunds", "fr"): "drift",
        ("cancel", "en"): "gone",
    }


def test_the_planner_is_a_function():
    paper = applied(SMALL)
    after = with_text("cancel", "en", title="Stop")
    assert plan(after, paper) == plan(after, paper)


@pytest.mark.parametrize("overwrite", [(), {"x"}], ids=["kept", "told"])
def test_a_translation_that_a_colleague_added_is_not_written_over_by_the_first_file(overwrite):
    before = site(article("x"))
    paper = applied(before)
    theirs = text("<p>De sa main.</p>", title="Le sien", state="published")
    shown = paper.live["article", paper.id("x")].thing
    hers = paper.edit("x", translations={**shown.translations, "fr": theirs})
    made = plan(site(article("x", fr="<p>Du fichier.</p>")), hers, overwrite=overwrite)
    written = [edit.name for change in made.changes for edit in change.edits]
    assert bool(written) is bool(overwrite)
    assert ("conflict" in rules(made)) is not bool(overwrite)
