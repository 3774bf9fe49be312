"""What an apply refuses, leaves in doubt or waits for: each guard by itself.

Every test here fails when the guard it is about is taken out; see `benchmarks/mutation.py`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from publisher.apply.recovery import Settled, birth_sentence, in_center, settle
from publisher.apply.remember import corrected, findings, remembered
from publisher.apply.remote import Remote, Try, at_home
from publisher.apply.run import Run
from publisher.apply.settling import find_out, write_down
from publisher.apply.tasks import Task
from publisher.body.canonical import VERSION
from publisher.errors import SAFETY_STOP, TYPED_WRONGLY, Locked, RemoteError
from publisher.helpcenter.serve import Server
from publisher.intercom import observe
from publisher.intercom.dialect import Reply, dialect
from publisher.ledger import opening
from publisher.ledger.home import Home, beside
from publisher.ledger.lease import LEASE, holder_here, to_bytes
from publisher.ledger.place import LEDGER, LOCK
from publisher.ledger.records import Intent
from publisher.model import Entry, Key, Live, Ref, RemoteId, Spot, digest
from publisher.plan.changes import Change, Edit, Upkeep
from publisher.plan.diff import looked_at, raw_digests
from publisher.plan.stages import Step
from tests.apply.bench import bench, outcomes
from tests.ledger.places import MemoryPlace
from tests.often import every_day
from tests.plan.builders import article, as_ref, collection, page, site, source
from tests.world import TOKEN, world

THREE = site(*(article(f"{n}", f"<p>{n}.</p>", title=f"T{n}") for n in "xyz"))
NESTED = site(collection("a", "A"), collection("a/b", "B"), article("a/x", "<p>x</p>", title="X"))
WITHOUT_B = replace(
    NESTED, things={ref: thing for ref, thing in NESTED.things.items() if ref.key != "a/b"}
)
REMOVING = {"on_removed": "delete", "max_removals": "100%"}


def changed(wanted, body="<p>New.</p>"):
    """The same with another text in every article."""
    things = {}
    for ref, thing in wanted.things.items():
        things[ref] = thing
        if ref.kind == "article":
            english = replace(thing.translations["en"], body=body, source=digest(body))
            things[ref] = replace(thing, translations={"en": english})
    return replace(wanted, things=things)


def collections(there):
    return sorted(row["names"]["en"] for row in there.center.rows("collection"))


def bodies(there):
    return [row["contents"]["en"]["body"] for row in there.center.rows("article")]


# Removing collections -------------------------------------------------------------------------


def test_when_nobody_can_tell_what_is_in_a_collection_it_stays(there):
    there.apply(NESTED)

    def outage():
        there.center.faults.add("500", method="GET", path="/collections$", times=None)

    [done] = there.apply(WITHOUT_B, meanwhile=outage, **REMOVING)
    assert done.outcome in ("stale", "failed")
    assert collections(there) == ["A", "B"]


@pytest.mark.parametrize("adds_up", [True, False])
def test_when_a_list_does_not_add_up_every_collection_counts_as_inhabited(there, adds_up):
    there.apply(NESTED)

    def send(call):
        """A server that counts one more than it shows."""
        reply = there.transport.send(call)
        if adds_up or "total_count" not in reply.data:
            return reply
        return replace(reply, data={**reply.data, "total_count": reply.data["total_count"] + 1})

    speaks = dialect(there.version)
    remote = Remote(send=send, attempt=there.transport.attempt, dialect=speaks, default_locale="en")
    ids = {row["names"]["en"]: row["id"] for row in there.center.rows("collection")}
    held = remote.inhabited([ids["A"], ids["B"]])
    assert held == (frozenset([ids["A"]]) if adds_up else frozenset(ids.values()))


def test_a_collection_from_which_an_article_could_not_move_stays_with_it(there):
    """The plan counts on the move; the colleague's draft prevents it."""
    before = site(
        collection("c", "C"), collection("d", "D"), article("c/x", "<p>U.</p>", title="X")
    )
    after = site(collection("d", "D"), article("d/x", "<p>U.</p>", title="X"))
    there.apply(before)
    there.center.draft_by_hand(there.article("X")["id"], body="<p>Hers.</p>")
    there.apply(after, **REMOVING)
    assert collections(there) == ["C", "D"]
    home = next(row["id"] for row in there.center.rows("collection") if row["names"]["en"] == "C")
    assert there.article("X")["parent_ids"] == [home]


@pytest.mark.parametrize("kind", ["article", "collection"])
def test_an_update_needs_no_empty_collection(there, kind):
    """Only a removal asks whether something is inside."""
    there.apply(NESTED)
    titles = replace(NESTED.things[as_ref("collection:a")], titles={"en": "New"})
    wanted = replace(WITHOUT_B, things={**WITHOUT_B.things, as_ref("collection:a"): titles})
    done = there.apply(changed(wanted), **REMOVING)
    assert set(outcomes(done).values()) == {"done"}
    assert collections(there) == ["New"]


# What ends a run ------------------------------------------------------------------------------


def test_without_the_permission_to_write_the_rest_is_not_tried(tmp_path):
    with bench(tmp_path, version="2.11", scopes=["read_articles_scope"]) as there:
        done = there.apply(THREE)
        assert list(outcomes(done).values()) == ["failed"]
        assert len(there.watched.sent) == 1
        assert there.ledger.doubts == {}


def test_when_nobody_answers_any_more_the_rest_is_not_tried(there):
    there.apply(THREE)

    def outage():
        there.center.faults.add("drop-before", times=None)

    done = there.apply(changed(THREE), meanwhile=outage)
    assert len(done) == 1
    assert "New" not in str(bodies(there))


def test_one_lost_create_is_no_reason_to_end_the_run(there):
    there.center.faults.add("drop-before", method="POST", path="/articles$")
    assert set(outcomes(there.apply(THREE)).values()) == {"done"}


def test_what_is_told_to_stop_begins_nothing_new_and_remembers_what_it_did(there):
    begun = []

    def stop():
        return len(there.watched.sent) >= 2

    done = there.apply(THREE, stop=stop)
    begun = [sent for sent in there.watched.sent if sent[0] == "POST"]
    assert (len(begun), len(done)) == (2, 2)
    assert there.ledger.doubts == {}
    assert len(there.ledger.entries) == 2


# Creates in doubt -----------------------------------------------------------------------------


def test_a_run_that_is_to_end_leaves_a_lost_create_in_doubt(there):
    """It has not waited as long as a list may lag, so it cannot know."""
    there.lag = 15.0
    there.center.faults.add("drop-before", method="POST", path="/articles$")
    over = []
    there.meanwhile = over.append
    done = there.apply(site(article("x", title="X")), stop=lambda: bool(over))
    assert outcomes(done) == {"birth x": "doubtful"}
    assert [intent.ref.key for intent in there.ledger.doubts.values()] == ["x"]
    there.meanwhile = lambda seconds: None
    assert set(outcomes(there.apply(site(article("x", title="X")))).values()) == {"done"}
    assert len(there.center.rows("article")) == 1


def intent(thing, *, parent="", known=(), id="a" * 32, **sent):
    """A create that is in doubt."""
    ref = Ref(thing.kind, thing.key)
    title = getattr(thing, "titles", {}).get("en", "")
    would = Entry(ref=ref, id=RemoteId(""), title=title, parent=parent)
    would = replace(would, sent={name: digest(value) for name, value in sent.items()})
    action = "birth" if thing.kind == "article" else "create"
    return Intent(id=id, ref=ref, action=action, would=would, meant={}, known=tuple(known))


def observed(*lives):
    return {(live.thing.kind, live.id): live for live in lives}


def live(id_, thing, **more):
    return Live(id=RemoteId(id_), thing=replace(thing, key=Key(f"#{id_}")), **more)


@pytest.mark.parametrize(
    ("title", "parent", "known", "is_it", "certain"),
    [
        ("C", "7", (), True, True),
        ("C", "8", (), False, False),
        ("C", None, (), False, False),
        ("Other", "7", (), False, False),
        ("Other", "8", (), False, False),
        ("C", "7", ("50",), False, True),
        ("Other", "7", ("50",), False, True),
    ],
    ids=["it", "elsewhere", "at the top", "another name", "both", "stood before", "was another"],
)
def test_a_lost_collection_is_told_by_name_place_and_an_id_that_is_new(
    title, parent, known, is_it, certain
):
    """A new one with another name, or elsewhere, may be it all the same: nobody can tell."""
    new = live("50", replace(collection("x"), titles={"en": title}, parent=parent))
    [found] = settle([intent(collection("c", "C"), parent="7", known=known)], observed(new))
    assert (found.entry is not None, found.certain, found.likely) == (is_it, certain, certain)
    assert found.entry is None or found.entry.id == "50"
    assert found.candidates == (() if certain else (new,))


def test_beside_the_one_that_is_it_others_that_are_new_are_no_question():
    it, other = (
        live(id_, replace(collection("x"), titles={"en": title}))
        for id_, title in (("50", "C"), ("51", "Other"))
    )
    [found] = settle([intent(collection("c", "C"))], observed(other, it))
    assert (found.certain, found.entry.id) == (True, "50")


def test_what_one_lost_call_made_is_not_asked_about_for_another_in_whatever_order():
    lost = [intent(collection(name, name.upper()), id=name * 32) for name in ("b", "c")]
    there = observed(live("50", replace(collection("x"), titles={"en": "C"})))
    for intents in (lost, lost[::-1]):
        found = {item.intent.ref.key: item for item in settle(intents, there)}
        assert found["c"].entry.id == "50"
        assert (found["b"].certain, found["b"].entry) == (True, None)


def test_a_new_collection_of_the_ledger_or_of_another_help_center_is_no_question():
    lost = intent(collection("c", "C"))
    thing = replace(collection("x"), titles={"en": "Other"})
    known = {Ref("collection", Key("x")): Entry(ref=Ref("collection", Key("x")), id="50")}
    assert settle([lost], observed(live("50", thing)), entries=known)[0].certain
    there = observed(live("50", thing, help_center="2"), live("51", article("a")))
    assert settle([lost], in_center(there, None))[0].certain is False
    assert settle([lost], in_center(there, "2"))[0].certain is False
    assert settle([lost], in_center(there, "1"))[0].certain is True
    assert ("article", "51") in in_center(there, "1"), "of an article its mark tells"


@pytest.mark.parametrize("title", ["C", "Other"])
@pytest.mark.parametrize("stands", [True, False])
def test_nobody_is_asked_about_what_another_run_has_made_since(title, stands):
    """Two ledgers that Git joined; but what was deleted since is still to be put back once."""
    lost = intent(collection("c", "C"))
    strangers = [
        live(id_, replace(collection("x"), titles={"en": title}, parent=None))
        for id_ in ("50", "51")
    ]
    ours = live("60", collection("c", "C"))
    there = observed(*strangers, *([ours] if stands else []))
    [found] = settle([lost], there, entries={lost.ref: Entry(ref=lost.ref, id=RemoteId("60"))})
    assert (found.certain, found.entry) == (stands, None)


def test_while_a_list_may_lag_one_that_may_be_it_is_not_taken_for_an_answer():
    lost = intent(collection("c", "C"))
    other = live("50", replace(collection("x"), titles={"en": "Other"}))
    it = live("51", replace(collection("x"), titles={"en": "C"}))
    waits = []

    def look():
        return observed(other, it) if sum(waits) >= 2 else observed(other)

    [found] = find_out([lost], look, lag=15.0, pause=waits.append)
    assert (found.entry.id, waits) == ("51", pytest.approx([1, 2]))


@pytest.mark.parametrize(
    ("thing", "sent", "is_it"),
    [
        (source("x", url="https://a"), {"url": "https://a"}, True),
        (source("x", url="https://b"), {"url": "https://a"}, False),
        (page("s/x", source="7", external_id="e"), {"source": "7", "external_id": "e"}, True),
        (page("s/x", source="8", external_id="e"), {"source": "7", "external_id": "e"}, False),
        (page("s/x", source="7", external_id="f"), {"source": "7", "external_id": "e"}, False),
    ],
)
def test_a_lost_source_is_told_by_its_address_and_a_page_by_its_identity(thing, sent, is_it):
    lost = intent(thing, **sent)
    lost = replace(lost, action="create")
    [found] = settle([lost], observed(live("50", thing)))
    assert (found.entry is not None) is is_it


def test_a_lost_article_is_told_by_the_id_in_its_text_and_by_nothing_else():
    lost = intent(article("x", title="X"))
    born = live("50", article("x", birth_sentence(lost.id), title="X"), changed_at=9)
    alike = live("51", article("x", birth_sentence("b" * 32), title="X"))
    [found] = settle([lost], observed(alike, born))
    assert (found.entry.id, found.entry.changed_at, found.live) == ("50", 9, born)
    assert found.entry.seen == looked_at(born).seen
    assert settle([lost], observed(alike))[0].entry is None


def test_of_another_kind_with_the_same_marks_nothing_is_adopted():
    lost = intent(collection("c", "C"))
    mark = live("50", article("x", birth_sentence(lost.id), title="C"))
    assert settle([lost], observed(mark))[0].entry is None


def test_when_several_could_be_it_none_is_adopted_and_it_stays_in_doubt(tmp_path):
    lost = intent(collection("c", "C"))
    twins = [live(id_, replace(collection("c", "C"), parent=None)) for id_ in ("50", "51")]
    [found] = settle([lost], observed(*twins))
    assert (found.entry, found.certain, len(found.candidates)) == (None, False, 2)
    home = beside(tmp_path, "live")
    with opening.opened(home, command="test", new_id=lambda: "lineage") as journal:
        journal.begin([lost])
        write_down([found], journal)
    assert list(opening.read(home).doubts) == [lost.id]


@pytest.mark.parametrize(
    ("stands", "action"), [("50", "create"), ("60", "create"), ("60", "write")]
)
def test_what_the_ledger_has_already_is_not_exchanged_for_what_a_lost_create_made(
    tmp_path, stands, action
):
    """Somebody else made it since; an update of the very thing is written down all the same."""
    lost = replace(intent(collection("c", "C")), action=action)
    made = Entry(ref=lost.ref, id=RemoteId("50"), title="C")
    home = beside(tmp_path, "live")
    with opening.opened(home, command="test", new_id=lambda: "lineage") as journal:
        journal.adopt(made.ref, Entry(ref=made.ref, id=RemoteId(stands), title="Before"))
        journal.begin([lost])
        write_down([Settled(intent=lost, entry=made)], journal)
    ledger = opening.read(home)
    kept = ledger.entries[made.ref]
    exchanged = stands == made.id or action == "write"
    assert (kept.id, kept.title) == (("50", "C") if exchanged else ("60", "Before"))
    assert ledger.doubts == {}


def test_before_it_is_sent_a_create_knows_what_stood_there(there):
    """So that a collection of the same name, made by somebody earlier, is never taken for ours."""
    there.apply(site(collection("a", "A")))
    stood = [row["id"] for row in there.center.rows("collection")]
    known = []

    def note(method, path):
        if method == "POST":
            known.extend(each.known for each in there.ledger.doubts.values())

    there.watched.before = note
    there.apply(site(collection("a", "A"), collection("b", "B")))
    assert known == [tuple(stood)]


# Updates in doubt -----------------------------------------------------------------------------


def update(meant, action="write", **would):
    ref = as_ref("x")
    entry = Entry(ref=ref, id=RemoteId("50"), **would)
    meant = {name: digest(value) for name, value in meant.items()}
    return Intent(id="a" * 32, ref=ref, action=action, would=entry, meant=meant)


@pytest.mark.parametrize(
    ("meant", "before", "done"),
    [
        ({"en.title": "X"}, {}, True),
        ({"en.title": "Y"}, {}, False),
        ({"en.title": "X", "en.description": "D"}, {"en.title": "X"}, False),
        ({"en.title": "X", "en.description": "D"}, {"en.title": "W"}, True),
        ({"en.title": "X", "fr.title": "F"}, {"en.title": "X"}, False),
    ],
    ids=["shown", "not shown", "nothing new shown", "half is new", "a language is not there"],
)
def test_a_lost_update_counts_as_done_only_where_something_new_shows_it(meant, before, done):
    """What was there before proves nothing; what somebody changed since is drift."""
    lost = update(meant, seen={name: digest(value) for name, value in before.items()})
    [found] = settle([lost], observed(live("50", article("x", title="X"))))
    assert (found.entry is not None, found.removed) == (done, False)
    if done:
        assert {name: found.entry.seen[name] for name in meant} == lost.meant


def test_a_lost_deletion_counts_as_done_only_where_the_thing_is_gone():
    lost = update({}, action="remove")
    assert settle([lost], {})[0].removed
    assert not settle([update({"en.title": "X"})], {})[0].removed


def test_of_what_was_only_to_be_hidden_and_is_gone_nothing_is_known():
    hiding = update({"en.state": "draft"}, action="remove")
    [gone] = settle([hiding], {})
    assert (gone.removed, gone.entry) == (False, None)
    [public] = settle([hiding], observed(live("50", article("x", en={"state": "published"}))))
    assert (public.removed, public.entry) == (False, None)
    [hidden] = settle([hiding], observed(live("50", article("x", en={"state": "draft"}))))
    assert hidden.entry is not None


def test_of_a_lost_update_that_was_done_only_what_was_written_counts_as_seen():
    """What a colleague changed in another field meanwhile must stay a drift."""
    shown = article("x", "<p>Ours.</p>", title="Theirs")
    lost = update({}, seen={"en.title": digest("Before"), "en.body": digest("?")})
    lost = replace(lost, meant={"en.body": looked_at(live("50", shown)).seen["en.body"]})
    [found] = settle([lost], observed(live("50", shown)))
    assert found.entry.seen["en.title"] == digest("Before")
    assert found.entry.seen["en.body"] == lost.meant["en.body"]
    assert set(found.entry.shown) == {"en"}


# Waiting for lists that lag -------------------------------------------------------------------


def finding_out(shown_at, *, lag=15.0, lost=None):
    """Look for a create that lists show after so many seconds; the waits, and what was found."""
    lost = lost or intent(article("x", title="X"))
    born = live("50", article("x", birth_sentence(lost.id), title="X"))
    waits = []
    looks = []

    def look():
        looks.append(sum(waits))
        return observed(born) if sum(waits) >= shown_at else {}

    [found] = find_out([lost], look, lag=lag, pause=waits.append)
    return found, waits, looks


@pytest.mark.parametrize(
    ("shown_at", "lag", "waits"),
    [
        (0, 15.0, []),
        (2, 15.0, [1, 2]),
        (15, 15.0, [1, 2, 4, 8]),
        (99, 15.0, [1, 2, 4, 8]),
        (99, 0, []),
    ],
)
def test_what_a_list_does_not_show_is_looked_for_as_long_as_it_may_lag(shown_at, lag, waits):
    found, waited, looks = finding_out(shown_at, lag=lag)
    assert waited == pytest.approx(waits)
    assert len(looks) == len(waits) + 1
    assert (found.entry is not None) is (shown_at <= 15)


def test_for_what_needs_no_list_nobody_waits():
    asked = []
    done = update({"en.title": "X"})
    assert find_out([], lambda: asked.append(1), lag=15.0, pause=asked.append) == []
    find_out([done], dict, lag=15.0, pause=asked.append)
    assert asked == []


# A ledger that other machines share -----------------------------------------------------------


@pytest.fixture
def place(monkeypatch):
    """The bench's ledger in a shared place."""
    made = MemoryPlace()
    monkeypatch.setattr(
        "tests.apply.bench.beside",
        lambda folder, target: Home(folder=folder, target=target, place=made),
    )
    return made


def test_a_stages_intents_are_stored_before_its_first_call(place, there):
    stored = []

    def note(method, path):
        if method != "GET" and not stored:
            stored.append(place.get(LEDGER).content.decode())

    there.watched.before = note
    done = there.apply(THREE)
    assert set(outcomes(done).values()) == {"done"}
    [text] = stored
    assert all(f"{number:032x}" in text for number in (1, 2, 3))


def test_what_was_stored_and_never_sent_is_in_no_doubt(place, there):
    done = there.apply(THREE, stop=lambda: bool(there.watched.sent))
    assert len(done) == 1
    assert there.ledger.doubts == {}


def test_with_a_shared_ledger_a_refusal_is_told_like_any_other(place, there):
    there.apply(NESTED)
    there.center.create_by_hand(
        title="Theirs",
        parent=next(r["id"] for r in there.center.rows("collection") if r["names"]["en"] == "B"),
    )
    assert outcomes(there.apply(WITHOUT_B, **REMOVING)) == {}
    there.apply(THREE)
    done = there.apply(
        changed(THREE),
        meanwhile=lambda: there.center.edit_by_hand(there.article("Tx")["id"], body="<p>H.</p>"),
    )
    assert sorted(outcomes(done).values()) == ["done", "done", "stale"]
    assert there.ledger.doubts == {}


# What is told, and what is remembered ---------------------------------------------------------


def test_when_the_run_has_to_end_what_is_in_doubt_is_told_and_kept(there):
    """One collection's creation is lost; then nobody answers any more."""
    there.apply(site(collection("b", "B")))
    there.center.faults.add("drop-after", method="POST", path="/collections$")
    there.center.faults.add("drop-before", method="PUT", path="/collections/", times=None)
    renamed = replace(collection("b"), titles={"en": "New"})
    done = there.apply(site(collection("a", "A"), renamed))
    assert outcomes(done) == {"create a": "doubtful", "write b": "doubtful"}
    assert {intent.ref.key for intent in there.ledger.doubts.values()} == {"a", "b"}
    assert all(each.message for each in done)


def test_what_failed_for_certain_is_in_no_doubt_and_says_why(there):
    there.apply(THREE)
    id_ = there.article("Tx")["id"]

    def closed():
        there.center.faults.add("500", method="PUT", path=f"/articles/{id_}$", times=None)

    done = there.apply(changed(THREE), meanwhile=closed)
    told = {
        each.step.change.ref.key: (each.outcome, bool(each.message))
        for each in done
        if each.step.action == "write"
    }
    assert told["y"] == told["z"] == ("done", False)
    assert told["x"][1]


def test_an_article_that_vanishes_between_look_and_write_is_told(there):
    there.apply(THREE)
    id_ = there.article("Tx")["id"]

    def vanish(method, path):
        if method == "PUT" and path.endswith(f"/{id_}"):
            there.watched.before = lambda method, path: None
            there.center.delete_by_hand("article", id_)

    there.watched.before = vanish
    done = there.apply(changed(THREE))
    [gone] = [each for each in done if each.outcome == "stale"]
    assert gone.step.change.ref.key == "x"
    assert gone.message
    assert len(there.center.rows("article")) == 2


def test_what_comes_after_a_failed_step_says_that_it_was_not_done(there):
    there.center.faults.add("drop-before", method="POST", path="/articles$", times=None)
    done = there.apply(site(article("x", title="X")))
    assert [(each.step.action, each.outcome, each.message) for each in done] == [
        ("birth", "failed", "its call was lost 3 times"),
        ("write", "skipped", "its earlier step was not done"),
    ]


def test_a_removal_found_done_is_forgotten(tmp_path):
    lost = update({}, action="remove")
    home = beside(tmp_path, "live")
    with opening.opened(home, command="test", new_id=lambda: "lineage") as journal:
        journal.adopt(lost.ref, lost.would)
        journal.begin([lost])
        write_down(settle([lost], {}), journal)
    ledger = opening.read(home)
    assert (ledger.entries, ledger.doubts) == ({}, {})


def test_an_update_found_done_teaches_the_languages_that_were_written_and_no_other():
    text = '<h1 id="h_aaaaaaaaaa">H</h1><p>Ours.</p>'
    shown = live("50", article("x", text, fr="<p>F.</p>"))
    lost = replace(
        update({}, shown={"fr": (digest("before"),)}, headings={"fr": {}, "de": {"h_1": "h_2"}}),
        meant={"en.body": looked_at(shown).seen["en.body"], "en.title": digest("X")},
        headings={"en": ("h_0123456789",)},
    )
    [found] = settle([lost], observed(shown))
    assert found.live == shown
    assert found.entry.shown == {"fr": (digest("before"),), "en": looked_at(shown).shown["en"]}
    assert found.entry.headings == {
        "de": {"h_1": "h_2"},
        "en": {"h_0123456789": "h_aaaaaaaaaa"},
    }


def test_what_one_list_shows_is_not_looked_for_in_the_next():
    """A list that lags may show a thing, and then not: what was found once stays found."""
    first, second = intent(article("x"), id="a" * 32), intent(article("y"), id="b" * 32)
    born = live("50", article("x", birth_sentence(first.id)))
    late = live("51", article("y", birth_sentence(second.id)))
    lists = iter([observed(born), observed(late)])
    found = find_out([first, second], lambda: next(lists), lag=15.0, pause=lambda seconds: None)
    assert [item.entry.id for item in found] == ["50", "51"]


def test_a_correction_of_the_ledger_adds_what_was_learnt_and_loses_nothing():
    def said(word):
        return {"en.body": digest(word)}

    kept = {"fr.body": digest("kept")}
    names = ("sent", "seen", "raw", "source")
    entry = Entry(
        ref=as_ref("x"),
        id=RemoteId("50"),
        path="old.md",
        blocks={"fr": ("a",)},
        shown={"fr": ("b",)},
        headings={"en": {"h_1": "h_2"}, "fr": {"h_3": "h_4"}},
        withdrawn={"en.state": "published", "fr.state": "published"},
        **dict.fromkeys(names, kept),
    )
    item = Upkeep(
        ref=as_ref("x"),
        path="new.md",
        protect=True,
        blocks={"en": ("c",)},
        shown={"en": ("d",)},
        headings={"en": {"h_5": "h_6"}},
        seen=said("seen"),
        raw=said("raw"),
        source=said("source"),
        sent={**said("sent"), "en.state": digest("published")},
    )
    assert corrected(entry, item) == replace(
        entry,
        path="new.md",
        protect=True,
        blocks={"fr": ("a",), "en": ("c",)},
        shown={"fr": ("b",), "en": ("d",)},
        headings={"en": {"h_1": "h_2", "h_5": "h_6"}, "fr": {"h_3": "h_4"}},
        withdrawn={"fr.state": "published"},
        sent={**kept, **item.sent},
        **{name: {**kept, **said(name)} for name in ("seen", "raw", "source")},
    )


@pytest.mark.parametrize(
    ("parent", "parents", "ours", "home"),
    [
        ("1", ("1", "2"), {"2"}, "2"),
        ("1", ("1", "2"), {"1", "2"}, "1"),
        ("1", ("1",), {"2"}, "1"),
        (None, (), {"2"}, None),
        ("1", ("1", "2"), set(), "1"),
    ],
    ids=["the second", "the first", "none of ours", "nowhere", "only one help center"],
)
def test_of_several_places_the_one_in_our_help_center_counts(parent, parents, ours, home):
    shown = live("50", article("x", parent=parent), parents=parents)
    assert at_home(shown, frozenset(ours)).thing.parent == home
    place = live("60", collection("c", parent=parent), parents=parents)
    assert at_home(place, frozenset(ours)) == place


def task(sent, *, name="en.body", path="content/en/x.md"):
    """A body that was just sent."""
    edit = Edit(name=name, before=None, after=sent, path=path, lines=(3, 7))
    change = Change(verb="update", ref=as_ref("x"), edits=(edit,))
    return Task(
        step=Step(change, "write"),
        intent=update({}),
        values={name: sent},
        edits=(edit,),
        before=None,
    )


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://cdn.example.com/a%20b.png?v=1", True),
        ("https://downloads.intercomcdn.com/i/o/1/a.png?signature=s", False),
    ],
)
def test_an_image_that_intercom_did_not_copy_is_told_on_its_line(address, told):
    html = f'<p>One.</p><p><img src="{address}"></p>'
    lost = findings(task(html), live("50", article("x", html)))
    assert [each.problem.what for each in lost] == (
        [
            "Intercom did not keep this: the image a b.png was not copied; it still shows from "
            "cdn.example.com."
        ]
        if told
        else []
    )
    if told:
        assert lost[0].problem.spot == Spot("content/en/x.md", 7)
        assert lost[0].problem.advice == (
            "Readers lose it when it moves; see that it opens there without signing in."
        )
    assert findings(task(html, path=""), live("50", article("x", html)))[:1] == [
        replace(each, problem=replace(each.problem, spot=None)) for each in lost[:1]
    ]


def test_an_image_that_was_copied_is_no_loss():
    sent = '<p><img src="https://cdn.example.com/a.png"></p>'
    copied = '<p><img src="https://downloads.intercomcdn.com/i/o/1/a.png?signature=s"></p>'
    assert findings(task(sent), live("50", article("x", copied))) == []


def test_a_language_that_intercom_does_not_have_is_told_with_its_remedy():
    sent = task("<p>F.</p>", name="fr.body")
    [lost] = findings(sent, live("50", article("x")))
    assert lost.problem.what == "Intercom did not keep the French translation."
    assert lost.problem.advice == (
        "Switch the language on in the Help Center's settings in Intercom, then apply again with "
        "--overwrite x."
    )


def test_where_the_way_of_comparing_is_another_a_text_that_stands_is_seen_anew():
    """Another field is written; the French text stands as it stood, the English one does not."""
    shown = live("50", article("x", "<p>Theirs.</p>", title="New", fr="<p>F.</p>"))
    seen = {name: digest("former form") for name in ("en.body", "fr.body")}
    raw = {"en.body": digest("before"), "fr.body": raw_digests(shown)["fr.body"]}
    would = Entry(ref=as_ref("x"), id=RemoteId("50"), seen=seen, raw=raw, form=0)
    edit = Edit(name="en.title", before="Old", after="New")
    written = Task(
        step=Step(Change(verb="update", ref=as_ref("x"), edits=(edit,)), "write"),
        intent=replace(update({}), would=would),
        values={"en.title": "New"},
        edits=(edit,),
        before=would,
    )
    entry = remembered(written, shown, [])
    assert entry.seen["en.body"] == digest("former form")
    assert entry.seen["fr.body"] == looked_at(shown).seen["fr.body"]
    assert entry.seen["en.title"] == digest("New")
    same = replace(written, intent=replace(update({}), would=replace(would, form=VERSION)))
    assert remembered(same, shown, []).seen["fr.body"] == digest("former form")


def test_in_a_workspace_with_several_help_centers_a_collection_is_born_in_ours(there):
    sent = []

    def send(call):
        sent.append(call)
        return Reply(status=200, data={"id": "5", "type": "collection", "name": "C"})

    remote = Remote(
        send=send,
        attempt=there.transport.attempt,
        dialect=dialect("2.16"),
        default_locale="en",
        help_center=RemoteId("77"),
    )
    made = Task(
        step=Step(Change(verb="create", ref=as_ref("collection:c")), "create"),
        intent=intent(collection("c", "C")),
        values={"en.title": "C"},
        edits=(),
        before=None,
    )
    assert remote.create(made).id == "5"
    assert str(sent[0].json["help_center_id"]) == "77"


def test_an_answer_that_does_not_say_which_thing_it_is_leaves_the_call_in_doubt(there):
    def send(call):
        return Reply(status=200, data={"type": "collection", "name": "C"})

    remote = Remote(
        send=send,
        attempt=there.transport.attempt,
        dialect=dialect("2.16"),
        default_locale="en",
    )
    made = Task(
        step=Step(Change(verb="create", ref=as_ref("collection:c")), "create"),
        intent=intent(collection("c", "C")),
        values={"en.title": "C"},
        edits=(),
        before=None,
    )
    with pytest.raises(RemoteError) as refusal:
        remote.create(made)
    assert refusal.value.doubtful
    assert str(refusal.value)


# Before anything is planned -------------------------------------------------------------------


def miscounting(center):
    """The same help center, but its lists of articles claim one more than they show."""

    def answer(environ, start_response):
        begun = []
        chunks = center(environ, lambda status, headers, *more: begun.append((status, headers)))
        content = b"".join(chunks)
        [(status, headers)] = begun
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] == "/articles":
            row = json.loads(content)
            content = json.dumps({**row, "total_count": row["total_count"] + 1}).encode()
        kept = [each for each in headers if each[0].lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(content)))])
        return [content]

    return answer


@pytest.mark.socket
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_while_a_list_does_not_add_up_nothing_is_planned(tmp_path, monkeypatch, command):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    with world(tmp_path) as story:
        story.write({"en/a.md": "# A\n\nText.\n", "en/b.md": "# B\n\nText of b.\n"})
        story.apply()
        story.remove("en/b.md")
        with Server(miscounting(story.center), 0) as server:
            story.configure(base_url=server.url, on_removed="delete", max_removals="100%")
            outcome = story.run(command, *(["--yes"] if command == "apply" else []))
        assert outcome.code == SAFETY_STOP, str(outcome)
        assert "the listing of the help center changed every time it was read" in outcome.err
        assert len(story.center.rows("article")) == 2


@pytest.fixture
def story(tmp_path, monkeypatch):
    """Eight articles that were published; the files of all but one went."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    with world(tmp_path) as made:
        made.write({f"en/{name}.md": f"# {name}\n\nText of {name}.\n" for name in "abcdefgh"})
        made.apply()
        for name in "bcdefgh":
            made.remove(f"en/{name}.md")
        made.center.calls.clear()
        yield made


@pytest.mark.socket
@pytest.mark.parametrize("on_removed", every_day(1, ["draft", "delete"]))
def test_a_plan_that_takes_too_much_away_is_not_applied_until_it_is_told_how_much(
    story, on_removed
):
    story.configure(on_removed=on_removed)
    story.edit("en/a.md", "Text of a.", "New text.")
    outcome = story.run("apply", "--yes")
    assert outcome.code == SAFETY_STOP, str(outcome)
    assert "--allow-deletes 7" in outcome.err
    assert story.writes == []
    assert story.run("apply", "--yes", "--allow-deletes", "6").code == SAFETY_STOP
    assert story.writes == []
    story.apply("--allow-deletes", "7")
    shown = [row["contents"]["en"]["state"] for row in story.center.rows("article")]
    assert shown.count("published") == 1


@pytest.mark.socket
def test_a_saved_plan_that_takes_too_much_away_is_not_applied_either(story):
    story.configure(on_removed="delete")
    story.run("plan", "--out", "plan.json")
    assert story.run("apply", "plan.json").code == SAFETY_STOP
    assert story.writes == []


@pytest.mark.socket
def test_where_the_default_language_is_another_nothing_is_planned(story):
    story.remove("en/a.md")
    story.write({"fr/a.md": "# A\n\nTexte.\n"})
    story.configure(top='default_locale = "fr"', on_removed="delete", max_removals="100%")
    outcome = story.run("apply", "--yes")
    assert outcome.code == TYPED_WRONGLY, str(outcome)
    assert "the help center's default language is en" in outcome.err
    assert story.writes == []


def moving(there, parents, ours):
    """What is sent when an article moves that has a place in another help center, too."""
    sent = []

    def attempt(call, number, *, at_once):
        sent.append(call)
        return Reply(status=200, data={"id": "50", "type": "article", "title": "X"})

    remote = Remote(
        send=there.transport.send,
        attempt=attempt,
        dialect=dialect("2.16"),
        default_locale="en",
        ours=frozenset(ours),
    )
    edit = Edit(name="parent", before="1", after="2")
    moved = Task(
        step=Step(Change(verb="move", ref=as_ref("x"), edits=(edit,)), "write"),
        intent=update({}),
        values={"parent": "2"},
        edits=(edit,),
        before=None,
    )
    remote.update(moved, live("50", article("x", author="7"), parents=parents), Try())
    return sent[0].json


def test_a_move_keeps_the_places_an_article_has_in_other_help_centers(there):
    assert moving(there, ("1", "900"), {"1", "2"})["parent_ids"] == [2, 900]
    assert moving(there, ("1",), {"1", "2"}).get("parent_ids", [2]) == [2]


def test_a_run_whose_lock_was_taken_over_halts_and_sends_nothing_more(place, there, monkeypatch):
    """Somebody found it dead: what is in flight must not be tried again by its workers."""
    clock, halted = [1_800_000_000.0], []
    opened = partial(opening.opened, now=lambda: clock[0])
    monkeypatch.setattr(
        "tests.apply.bench.opening", SimpleNamespace(opened=opened, read=opening.read)
    )
    monkeypatch.setattr(
        "tests.apply.bench.Run", lambda **more: Run(**more, halt=lambda: halted.append(True))
    )

    def take_over(method, path):
        if method == "POST" and path == "/articles":
            clock[0] += 10 * LEASE
            rival = to_bytes(holder_here("rival", "publisher apply", clock[0]))
            place.put(LOCK, rival, version=place.get(LOCK).version, why="taken over")

    there.watched.after = take_over
    with pytest.raises(Locked):
        there.apply(THREE)
    assert (halted, there.watched.calls) == ([True], ["POST articles"])


# Lost creates that look alike -----------------------------------------------------------------


def test_two_lost_collections_of_one_name_never_become_the_same_one():
    """The first list shows one of them, the next both."""
    first = intent(collection("c", "C"), id="a" * 32)
    second = intent(collection("d", "C"), id="b" * 32)
    alike = replace(collection("c", "C"), parent=None)
    lists = iter([observed(live("50", alike)), observed(live("50", alike), live("51", alike))])
    found = find_out([first, second], lambda: next(lists), lag=15.0, pause=lambda seconds: None)
    assert sorted(item.entry.id for item in found) == ["50", "51"]


@pytest.mark.parametrize(
    ("title", "parent", "stood", "certain"),
    [
        ("X", "7", ["1"], False),
        ("X", "7", ["1", "60"], True),
        ("Other", "7", ["1"], True),
        ("X", "8", ["1"], True),
        ("X", None, ["1"], True),
    ],
    ids=["new in its place", "stood before", "another title", "elsewhere", "at the top"],
)
def test_a_new_article_in_the_place_of_a_lost_one_is_asked_about_and_never_adopted(
    title, parent, stood, certain
):
    """A colleague may have written over the mark, or made one of her own: nobody can tell."""
    lost = replace(intent(article("x", title="X"), parent="7"), action="birth")
    lost = replace(lost, would=replace(lost.would, title="X"))
    other = live("60", article("x", "<p>Hers.</p>", title=title, parent=parent))
    [found] = settle([lost], observed(other), present={"article": stood})
    assert (found.entry, found.certain) == (None, certain)
    assert len(found.candidates) == (0 if certain else 1)
    assert settle([lost], observed(other))[0].certain, "where nobody knows what stood there"


def test_what_the_ledger_has_already_is_not_what_a_lost_call_made():
    lost = intent(collection("c", "C"))
    there = observed(live("50", replace(collection("c", "C"), parent=None)))
    other = Ref("collection", Key("x"))
    [found] = settle([lost], there, entries={other: Entry(ref=other, id=RemoteId("50"))})
    assert (found.entry, found.certain) == (None, True)


@pytest.mark.parametrize("knows", [True, False])
def test_what_a_list_shows_as_it_was_before_we_last_saw_it_is_asked_for_by_id(tmp_path, knows):
    clock = [1_000_000.0]
    with bench(tmp_path, now=lambda: clock[0], listing_lag=10.0) as there:
        there.apply(site(article("x", "<p>One.</p>", title="X")))
        clock[0] += 20
        id_ = there.article("X")["id"]
        there.center.edit_by_hand(id_, body="<p>Two.</p>")
        clock[0] += 1
        seen = observe.observe(
            there.transport.send,
            dialect(there.version),
            known={("article", id_): "x"},
            default_locale="en",
            fin=False,
            seen_at={("article", id_): int(clock[0]) - 1} if knows else {},
        )
    shown = seen.things["article", id_].thing.translations["en"].body
    assert ("Two" in shown, "One" in shown) == (knows, not knows)
