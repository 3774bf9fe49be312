"""A colleague at random: what they do can be found again, repeated, and forbidden."""

import json
import threading
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.colleague import WEIGHTS, Colleague

BIRTH = '<p class="no-margin">publisher is writing this article (intent 0123).</p>'


def furnished(center):
    """Two collections, three articles in two languages, one of them a draft."""
    shelves = [center.create_by_hand("collection", title=title) for title in ("Billing", "Orders")]
    for number, state in enumerate(("published", "published", "draft")):
        made = center.create_by_hand(
            title=f"T{number}", body=f"<p>{number}</p>", state=state, parent=shelves[0]
        )
        center.edit_by_hand(made, "fr", title=f"F{number}", body="<p>f</p>", state="published")
    return center


@pytest.fixture
def room(center):
    return furnished(center)


def everything(center):
    return json.dumps([center.rows("article"), center.rows("collection")])


def text_of(center, deed):
    """All that the thing of a deed says in the language of the deed."""
    row = center.row(deed.thing, deed.id)
    return json.dumps(row["names"] if deed.thing == "collection" else row["contents"][deed.locale])


def test_the_same_seed_does_the_same_and_another_something_else(make_center):
    rooms = [furnished(make_center(locales=("en", "fr"))) for _ in range(3)]
    people = [Colleague(room, seed=seed) for room, seed in zip(rooms, (4, 4, 5), strict=True)]
    deeds = [[person.act() for _ in range(40)] for person in people]
    assert deeds[0] == deeds[1] == people[0].deeds
    assert everything(rooms[0]) == everything(rooms[1])
    assert deeds[0] != deeds[2]


@settings(max_examples=25)
@given(st.integers())
def test_no_deed_undoes_an_earlier_one(seed):
    center = furnished(HelpCenter(locales=("en", "fr")))
    colleague = Colleague(center, seed=seed)
    for _ in range(60):
        colleague.act()
    gone = {deed.id for deed in colleague.deeds if deed.kind == "delete"}
    left = [deed for deed in colleague.deeds if deed.token and deed.id not in gone]
    assert [deed for deed in left if deed.token not in text_of(center, deed)] == []
    center.close()


def test_every_kind_of_deed_is_done_and_told_in_words(room, clock):
    colleague = Colleague(room, seed=1, weights=dict.fromkeys(WEIGHTS, 1))
    for _ in range(80):
        clock.now += 1
        colleague.act()
    assert set(Counter(deed.kind for deed in colleague.deeds)) == set(WEIGHTS)
    times = [deed.at for deed in colleague.deeds]
    assert times == sorted(times)
    edit = next(deed for deed in colleague.deeds if deed.kind == "edit")
    assert str(edit) == (
        f"a colleague edited the {edit.field} of article {edit.id} ({edit.locale}): {edit.token}"
    )
    move = next(deed for deed in colleague.deeds if deed.kind == "move")
    assert str(move) == f"a colleague moved article {move.id} to collection {move.parent}"


def test_a_deed_is_done_to_the_article_it_names(room):
    colleague = Colleague(room, seed=1, weights={"move": 1})
    deed = colleague.act()
    assert room.row("article", deed.id)["parent_ids"] == [deed.parent]
    deed = Colleague(room, seed=1, weights={"delete": 1}).act()
    assert room.row("article", deed.id) is None
    deed = Colleague(room, seed=1, weights={"create": 1}).act()
    assert deed.token in room.row("article", deed.id)["contents"]["en"]["title"]
    deed = Colleague(room, seed=1, weights={"draft": 1}).act()
    content = room.row("article", deed.id)["contents"][deed.locale]
    assert deed.token in content["draft"][deed.field]
    assert deed.token not in content[deed.field]


def test_only_what_is_allowed_is_done(room):
    allowed = {("edit", "102"), ("unpublish", "101")}
    colleague = Colleague(room, seed=3, may=lambda kind, id: (kind, id) in allowed)
    for _ in range(60):
        colleague.act()
    assert {(deed.kind, deed.id) for deed in colleague.deeds} == allowed


def test_when_nothing_can_be_done_nothing_is(center, room):
    before = everything(room)
    assert Colleague(room, seed=1, may=lambda kind, id: False).act() is None
    assert Colleague(room, seed=1, weights={}).act() is None
    assert Colleague(room, seed=1, weights={"edit": 0}).act() is None
    assert everything(room) == before
    with pytest.raises(ValueError, match="no deed 'sing'; there are: edit,"):
        Colleague(room, seed=1, weights={"sing": 1})


def test_an_article_that_is_being_born_is_only_edited_and_less_often(center):
    born = center.create_by_hand(title="New", body=BIRTH, state="draft")
    center.create_by_hand("collection", title="Billing")
    other = Colleague(center, seed=1, weights={kind: 1 for kind in WEIGHTS if kind != "create"})
    deeds = [other.act() for _ in range(40)]
    assert {deed.kind for deed in deeds if deed.thing == "article"} == {"edit"}
    assert BIRTH in center.row("article", born)["contents"]["en"]["body"]
    grown = center.create_by_hand(title="Old", body="x", state="draft")
    person = Colleague(center, seed=1, weights={"edit": 1}, newborn=0.1)
    met = Counter(person.act().id for _ in range(100))
    assert 0 < met[born] < met[grown] / 2
    shy = Colleague(center, seed=1, weights={"edit": 1}, newborn=0)
    assert {shy.act().id for _ in range(30)} == {grown}


def test_a_deed_is_one_change_of_the_whole_store(room):
    epoch = room.epoch
    colleague = Colleague(room, seed=1)
    for done in range(1, 20):
        colleague.act()
        assert room.epoch == epoch + done


def test_a_colleague_works_in_the_background_until_the_block_ends(room, api):
    told, colleague = [], Colleague(room, seed=1)
    with colleague.works(every=0.002, on_deed=told.append):
        deadline = time.monotonic() + 10
        while len(told) < 10 and time.monotonic() < deadline:
            api.put("/articles/101", translated_content={"fr": {"description": "d"}})
            api.get("/articles")
    assert told == colleague.deeds
    assert len(told) >= 10
    done = len(colleague.deeds)
    time.sleep(0.02)
    assert len(colleague.deeds) == done


def test_what_stops_a_colleague_is_told_at_the_end(room):
    stopped = threading.Event()

    def refuse(deed):
        stopped.set()
        raise OSError("nobody listens")

    with (
        pytest.raises(OSError, match="nobody listens"),
        Colleague(room, seed=1).works(every=0.001, on_deed=refuse),
    ):
        assert stopped.wait(10)
