"""What stood before an apply, as a plan: what is put back, and what is left alone."""

from dataclasses import replace

import pytest

from publisher.model import Backup, Key, Live, Ref, RemoteId, Saved, Translation
from publisher.plan import planfile
from publisher.plan.changes import PENDING, REMOVALS, Origin, Policy
from publisher.plan.diff import seen_digest
from publisher.plan.rollback import rollback
from publisher.plan.view import look
from tests.plan.builders import (
    LATEST,
    applied,
    article,
    as_ref,
    collection,
    page,
    rules,
    site,
    source,
    verbs,
)

EMPTY = site(locales=())


def saved(paper, name, *written, verb="update"):
    """A thing of the world before, as its backup has it."""
    ref = as_ref(name)
    live = paper.live[ref.kind, paper.id(name)]
    fields = live.thing.fields()
    return Saved(
        ref=ref,
        id=live.id,
        verb=verb,
        urls=live.urls,
        parents=live.parents,
        written=written or tuple(fields),
        fields=fields,
        entry=paper.entries[ref],
    )


def backup(*things, created=(), **more):
    return Backup(
        apply_id="a1",
        target="live",
        things=things,
        created=tuple(as_ref(name) for name in created),
        **more,
    )


def undone(kept, paper, *, abilities=LATEST, later=(), **policy):
    for name in ("overwrite", "allow_deletes"):
        policy[name] = frozenset(policy.get(name, ()))
    policy = Policy(**{"max_removals": "100%", **policy})
    view = look(EMPTY, paper.live, paper.gone, paper.entries, policy)
    origin = Origin(target="live", undoes="a1")
    return rollback(kept, view, origin=origin, abilities=abilities, later=later)


def only(made):
    (change,) = made.changes
    return change


def after(change):
    return {edit.name: edit.after for edit in change.edits}


def without(paper, *names):
    """The world once an apply has deleted these: neither live nor in the ledger."""
    gone = {(as_ref(name).kind, paper.id(name)) for name in names}
    live = {each: thing for each, thing in paper.live.items() if each not in gone}
    entries = {
        ref: e for ref, e in paper.entries.items() if as_ref(str(ref)) not in map(as_ref, names)
    }
    return replace(paper, live=live, entries=entries)


BEFORE = applied(site(article("a", "<p>Old.</p>", title="Old", fr="<p>Vieux.</p>")))
AFTER = applied(site(article("a", "<p>New.</p>", title="New", fr="<p>Vieux.</p>")))


# What still exists -------------------------------------------------------------------------


def test_each_field_the_apply_wrote_is_put_back_and_no_other():
    made = undone(backup(saved(BEFORE, "a", "en.title", "en.body")), AFTER)
    change = only(made)
    assert (change.verb, change.id) == ("update", "100")
    assert after(change) == {"en.title": "Old", "en.body": "<p>Old.</p>"}
    assert [edit.before for edit in change.edits] == ["New", "<p>New.</p>"]
    assert change.why == "apply a1 changed the English title and the English body"
    assert made.counts["update"] == 1


def test_it_expects_what_the_apply_left_and_remembers_what_was_before():
    change = only(undone(backup(saved(BEFORE, "a", "en.body")), AFTER))
    assert change.expects == {"en.body": seen_digest("en.body", "<p>New.</p>")}
    assert change.former == BEFORE.entries[as_ref("a")]
    assert change.blocks == {"en": BEFORE.entries[as_ref("a")].blocks["en"]}


def test_a_rollback_survives_being_kept_as_a_file():
    made = planfile.named(undone(backup(saved(BEFORE, "a")), AFTER))
    read = planfile.from_json(planfile.to_json(made))
    assert read.changes == made.changes
    assert read.origin.undoes == "a1"
    assert read.id == made.id


def test_what_is_as_it_was_needs_nothing():
    assert undone(backup(saved(BEFORE, "a")), BEFORE).changes == ()


def test_a_field_that_somebody_changed_since_is_kept_and_named():
    theirs = AFTER.edit("a", en={"body": "<p>Theirs.</p>"})
    made = undone(backup(saved(BEFORE, "a", "en.title", "en.body")), theirs)
    assert after(only(made)) == {"en.title": "Old"}
    (notice,) = made.notices
    assert (notice.rule, notice.severity) == ("conflict", "error")
    assert notice.spot.path == "content/en/a.md"
    assert "https://help.example.com/en/articles/100-slug" in notice.advice
    assert "publisher rollback a1 --overwrite a" in notice.advice
    made = undone(backup(saved(BEFORE, "a", "en.body")), theirs, overwrite=["a"])
    assert (after(only(made)), rules(made)) == ({"en.body": "<p>Old.</p>"}, [])


def test_a_colleagues_open_draft_stops_it_unless_it_is_named():
    waiting = AFTER.see("a", pending=True)
    made = undone(backup(saved(BEFORE, "a", "en.body")), waiting)
    assert (verbs(made), rules(made)) == ([], ["conflict"])
    change = only(undone(backup(saved(BEFORE, "a", "en.body")), waiting, overwrite=["a"]))
    assert after(change) == {"en.body": "<p>Old.</p>", "en.state": "published"}
    assert PENDING in change.expects


def test_a_language_that_was_added_is_unpublished_and_its_file_brings_it_back():
    without_french = applied(site(article("a", "<p>New.</p>", title="New")))
    change = only(undone(backup(saved(without_french, "a", "fr.title", "fr.body")), AFTER))
    assert (change.verb, change.stage, after(change)) == (
        "unpublish",
        REMOVALS,
        {"fr.state": "draft"},
    )
    assert change.edits[0].withdraws


def test_a_language_that_was_added_and_edited_since_stays():
    without_french = applied(site(article("a", "<p>New.</p>", title="New")))
    theirs = AFTER.edit("a", fr={"body": "<p>À eux.</p>"})
    made = undone(backup(saved(without_french, "a", "fr.title", "fr.body")), theirs)
    assert (verbs(made), rules(made)) == ([], ["conflict"])


def test_a_language_that_was_removed_in_intercom_comes_back_whole_when_named():
    live = AFTER.live["article", AFTER.id("a")].thing
    gone = AFTER.edit("a", translations={"en": live.translations["en"]})
    kept = backup(saved(BEFORE, "a", "fr.body"))
    assert rules(undone(kept, gone)) == ["conflict"]
    assert set(after(only(undone(kept, gone, overwrite=["a"])))) == {
        "fr.title",
        "fr.description",
        "fr.body",
        "fr.state",
    }


def test_what_is_protected_is_not_unpublished():
    draft = BEFORE.edit("a", en={"state": "draft"})
    kept = backup(saved(draft, "a", "en.state"))
    made = undone(kept, AFTER.remember("a", protect=True))
    assert (verbs(made), rules(made)) == ([], ["protected"])
    assert verbs(undone(kept, AFTER)) == [("unpublish", "a")]


def test_a_renamed_thing_is_found_by_its_id():
    entry = replace(AFTER.entries[as_ref("a")], ref=as_ref("b"))
    renamed = replace(AFTER, entries={as_ref("b"): entry})
    assert verbs(undone(backup(saved(BEFORE, "a", "en.title")), renamed)) == [("update", "b")]


def test_what_was_let_go_of_since_is_left_alone():
    made = undone(backup(saved(BEFORE, "a")), AFTER.forget("article:a"))
    assert (verbs(made), rules(made)) == ([], ["unmanaged"])


def test_what_is_outside_the_bounds_is_left_alone():
    assert verbs(undone(backup(saved(BEFORE, "a")), AFTER, manage=("b/**",))) == []
    made = undone(backup(created=["a"]), AFTER, on_removed="delete", manage=("b/**",))
    assert verbs(made) == []


def test_an_icon_that_was_chosen_is_unchosen():
    before = applied(site(collection("c")))
    now = applied(site(collection("c", icon="book")))
    change = only(undone(backup(saved(before, "collection:c", "icon")), now))
    assert after(change) == {"icon": ""}


# Places ------------------------------------------------------------------------------------

TWO = site(collection("c"), collection("d"), article("c/x"))
HERE = applied(TWO)
MOVED = HERE.edit("c/x", parent=HERE.id("collection:d")).remember(
    "c/x", seen={**HERE.entries[as_ref("c/x")].seen, "parent": seen_digest("parent", "102")}
)


def test_a_move_is_undone_by_key():
    change = only(undone(backup(saved(HERE, "c/x", "parent")), MOVED))
    assert (change.verb, after(change)) == ("move", {"parent": "c"})
    assert change.edits[0].before == "d"


def test_a_place_that_is_not_ours_is_spelt_by_its_id():
    change = only(undone(backup(saved(HERE, "c/x", "parent")), MOVED.forget("collection:c")))
    assert after(change) == {"parent": f"#{HERE.id('collection:c')}"}


def test_nothing_goes_back_to_where_nothing_is():
    made = undone(backup(saved(HERE, "c/x", "parent")), without(MOVED, "collection:c"))
    assert (verbs(made), rules(made)) == ([], ["conflict"])
    assert "the collection it was in is not there any more" in made.notices[0].what


def test_what_the_version_cannot_move_stays():
    top = HERE.edit("c/x", parent=None)
    abilities = replace(LATEST, unparent=False)
    made = undone(backup(saved(top, "c/x", "parent")), MOVED, abilities=abilities)
    assert (verbs(made), rules(made)) == ([], ["cannot-unparent"])


# What is gone ------------------------------------------------------------------------------


def test_what_the_apply_deleted_is_made_again_under_its_key():
    kept = backup(saved(HERE, "collection:c", verb="delete"), saved(HERE, "c/x", verb="delete"))
    made = undone(kept, without(HERE, "collection:c", "c/x"))
    assert verbs(made) == [("create", "c"), ("create", "c/x")]
    assert made.changes[1].id is None
    assert made.changes[1].after("parent") == "c"
    former = made.changes[1].former
    assert "parent" not in former.sent  # its collection has another id now
    assert former.sent["en.body"] == HERE.entries[as_ref("c/x")].sent["en.body"]


def test_links_to_what_comes_back_lead_to_its_new_address():
    linked = site(
        article("a", '<p><a href="article:b#why">why</a></p>', fr="<p>x</p>"),
        article("b", '<h2 id="why">Why</h2>'),
    )
    before = applied(linked).remember("b", headings={"en": {"why": "h_1"}})
    body = before.live["article", before.id("a")].thing.translations["en"].body
    before = before.edit("a", en={"body": body.replace("#why", "#h_1")})
    now = without(before, "b").edit("a", en={"body": "<p>why</p>"})
    now = now.remember("a", raw={}, seen={"en.body": seen_digest("en.body", "<p>why</p>")})
    made = undone(backup(saved(before, "a", "en.body"), saved(before, "b", verb="delete")), now)
    change = next(each for each in made.changes if each.ref == as_ref("a"))
    assert 'href="article:b#why"' in change.after("en.body")
    assert change.relink


def test_what_a_colleague_deleted_is_not_made_again_on_its_own():
    kept = backup(saved(BEFORE, "a", "en.body"))
    made = undone(kept, AFTER.delete("a"))
    assert (verbs(made), rules(made)) == ([], ["gone"])
    assert verbs(undone(kept, AFTER.delete("a"), overwrite=["a"])) == [("create", "a")]


def test_a_twin_is_never_doubled():
    now = without(HERE, "c/x")
    stranger = replace(HERE.live["article", HERE.id("c/x")], id=RemoteId("999"))
    thing = replace(stranger.thing, key=Key("#999"))
    live = {**now.live, ("article", "999"): replace(stranger, thing=thing)}
    made = undone(backup(saved(HERE, "c/x", verb="delete")), replace(now, live=live))
    assert (verbs(made), rules(made)) == ([], ["conflict"])
    assert "a second one is not created" in made.notices[0].what


def test_what_was_in_something_that_does_not_come_back_does_not_either():
    kept = backup(saved(HERE, "c/x", verb="delete"), saved(HERE, "collection:c"))
    made = undone(kept, without(HERE, "collection:c", "c/x"))
    assert verbs(made) == []
    assert rules(made) == ["gone", "conflict"]


# What the apply created --------------------------------------------------------------------


def test_what_was_created_is_deleted_or_hidden_as_the_target_says():
    kept = backup(created=["a"])
    assert verbs(undone(kept, AFTER, on_removed="delete")) == [("delete", "a")]
    for policy in ("report", "draft"):
        change = only(undone(kept, AFTER, on_removed=policy))
        assert after(change) == {"en.state": "draft", "fr.state": "draft"}
        assert all(edit.withdraws for edit in change.edits)
    assert undone(kept, applied(site())).changes == ()


def test_a_deletion_expects_all_that_was_seen():
    change = only(undone(backup(created=["a"]), AFTER, on_removed="delete"))
    assert set(change.expects) == set(AFTER.live["article", AFTER.id("a")].thing.fields())


@pytest.mark.parametrize(
    "theirs",
    [
        AFTER.edit("a", en={"title": "Theirs"}),
        AFTER.edit(
            "a",
            translations={
                **AFTER.live["article", AFTER.id("a")].thing.translations,
                "de": Translation(title="Theirs"),
            },
        ),
        AFTER.see("a", pending=True),
        AFTER.remember("a", seen={}),
    ],
    ids=["edited", "translated", "drafted", "nobody can tell"],
)
def test_what_a_colleague_worked_on_since_stays(theirs):
    kept = backup(created=["a"])
    made = undone(kept, theirs, on_removed="delete")
    assert (verbs(made), rules(made)) == ([], ["conflict"])
    assert verbs(undone(kept, theirs, on_removed="delete", overwrite=["a"])) == [("delete", "a")]


def test_a_new_collection_goes_only_when_nothing_stays_in_it():
    kept = backup(created=["collection:c"])
    made = undone(kept, HERE, on_removed="delete")
    assert (verbs(made), rules(made)) == ([], ["removed"])
    kept = backup(created=["collection:c", "c/x"])
    assert verbs(undone(kept, HERE, on_removed="delete")) == [("delete", "c/x"), ("delete", "c")]
    kept = backup(saved(HERE, "c/x", "parent"), created=["collection:d"])
    assert verbs(undone(kept, MOVED, on_removed="delete")) == [("move", "c/x"), ("delete", "d")]
    assert verbs(undone(backup(created=["collection:d"]), MOVED, on_removed="draft")) == []


def test_a_new_source_is_deleted_only_when_named():
    fin = applied(site(source("s"), page("s/p")))
    kept = backup(created=["source:s", "page:s/p"])
    made = undone(kept, fin, on_removed="delete")
    assert verbs(made) == [("delete", "s/p"), ("unpublish", "s")]
    made = undone(kept, fin, on_removed="delete", allow_deletes=["source:s"])
    assert verbs(made) == [("delete", "s/p"), ("delete", "s")]
    made = undone(kept, fin)
    assert after(made.changes[0]) == {"agent": "no", "copilot": "no"}


def test_protection_outlives_a_rollback():
    made = undone(backup(created=["a"]), AFTER.remember("a", protect=True), on_removed="delete")
    assert (verbs(made), rules(made)) == ([], ["protected"])


def test_too_many_removals_stop_it_and_the_sentence_names_the_rollback():
    many = applied(site(*(article(f"a{number}") for number in range(10))))
    kept = backup(created=[f"a{number}" for number in range(5)])
    made = undone(kept, many, on_removed="delete", max_removals="20%")
    assert "publisher rollback a1 --allow-deletes 5" in made.stopped
    assert not undone(kept, many, on_removed="delete", max_removals="20%", allow_count=5).stopped
    few = backup(created=["a0", "a1", "a2"])
    assert not undone(few, many, on_removed="delete", max_removals="20%").stopped


def test_a_newer_apply_is_named_where_it_touched_the_same():
    newer = Backup(apply_id="b2", target="live", created=(as_ref("a"),))
    elsewhere = Backup(apply_id="c3", target="live", created=(as_ref("z"),))
    made = undone(backup(saved(BEFORE, "a")), AFTER, later=[newer, elsewhere])
    assert rules(made) == ["later-apply"]
    assert "apply b2 changed a since" in made.notices[0].what


def test_nothing_is_said_of_what_was_created_and_is_not_there():
    assert undone(backup(created=["z"]), AFTER).notices == ()


def test_a_foreign_thing_is_never_touched():
    foreign = Live(id=RemoteId("7"), thing=replace(article("#7"), key=Key("#7")))
    paper = replace(AFTER, live={**AFTER.live, ("article", "7"): foreign})
    made = undone(backup(saved(BEFORE, "a"), created=["#7"]), paper, on_removed="delete")
    assert {change.ref for change in made.changes} == {Ref("article", Key("a"))}
