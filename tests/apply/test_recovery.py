"""After a lost answer: what became of it is found out, and nothing is ever made twice."""

from dataclasses import replace

import pytest

from publisher.apply.recovery import settle
from publisher.ledger.records import Intent
from publisher.model import Entry, RemoteId, digest
from publisher.plan.diff import looked_at
from tests.apply.bench import bench, outcomes
from tests.often import every_day
from tests.plan.builders import applied, article, as_ref, collection, page, site, source

EVERYTHING = site(
    collection("a", "A"),
    collection("a/b", "B"),
    article("a/x", '<p>See <a href="article:a/b/y">y</a>.</p>', title="X", fr="<p>Texte.</p>"),
    article("a/b/y", '<p>See <a href="article:a/x">x</a>.</p>', title="Y"),
    source("s"),
    page("s/p"),
)
LOSING = [
    *(("drop-after", 0), ("drop-after", 1), ("500-after", 0), ("drop-before", 1), ("500", 0)),
    *(("truncate", 0), ("not-json", 0), ("503-html", 0)),
]
CALLS = [
    ("POST", "/help_center/collections$"),
    ("POST", "/articles$"),
    ("PUT", "/articles/"),
    ("POST", "/ai/content_import_sources$"),
    ("POST", "/ai/external_pages$"),
]
LOST = sorted(
    (call + losing for losing in LOSING for call in CALLS),
    key=lambda lost: "/articles$" not in lost and lost[2:] != LOSING[0],
)
"""First an article that is lost in every way, and every call that is lost in the first one."""


def one_of_each(there):
    """How many of everything stand in the help center."""
    return {
        kind: len(there.center.rows(kind)) for kind in ("collection", "article", "source", "page")
    }


@pytest.mark.parametrize(("method", "path", "kind", "after"), every_day(12, LOST))
def test_after_a_lost_answer_the_next_apply_goes_on_and_nothing_stands_twice(
    there, kind, method, path, after
):
    there.center.faults.add(kind, method=method, path=path, after=after, times=None)
    there.apply(EVERYTHING)
    there.center.faults.clear()
    there.apply(EVERYTHING)
    there.apply(EVERYTHING)
    assert one_of_each(there) == {"collection": 2, "article": 2, "source": 1, "page": 1}
    made = there.plan(EVERYTHING)
    assert (made.changes, [notice.rule for notice in made.notices]) == ((), [])
    assert there.ledger.doubts == {}
    for row in there.center.rows("article"):
        assert {each["state"] for each in row["contents"].values()} == {"published"}


@pytest.mark.parametrize("kind", ["500-after", "drop-after", "500"])
def test_a_lost_deletion_is_found_done_or_done_again(there, kind):
    there.apply(EVERYTHING)
    rest = replace(
        EVERYTHING,
        things={
            ref: thing for ref, thing in EVERYTHING.things.items() if not ref.key.startswith("s")
        },
    )
    there.center.faults.add(kind, method="DELETE", times=None)
    there.apply(rest, on_removed="delete", allow_deletes=["source:s"])
    there.center.faults.clear()
    there.apply(rest, on_removed="delete", allow_deletes=["source:s"])
    assert one_of_each(there)["page"] == one_of_each(there)["source"] == 0
    assert there.ledger.doubts == {}


def test_putting_a_deleted_article_back_survives_a_lost_answer_too(there):
    there.apply(EVERYTHING)
    there.center.delete_by_hand("article", there.article("Y")["id"])
    there.center.faults.add("drop-after", method="POST", path="/articles$")
    there.apply(EVERYTHING, overwrite=["a/b/y"])
    assert one_of_each(there)["article"] == 2
    there.apply(EVERYTHING, overwrite=["a/b/y"])
    assert one_of_each(there)["article"] == 2
    assert there.plan(EVERYTHING).changes == ()


def test_a_colleague_may_touch_the_draft_that_was_born_unheard(there):
    there.center.faults.add("drop-after", method="POST", path="/articles$")
    there.apply(site(article("x", "<p>Text.</p>", title="X")))
    [born] = there.center.rows("article")
    there.center.rename_by_hand(born["id"], "Is this ours?")
    there.apply(site(article("x", "<p>Text.</p>", title="X")), overwrite=["x"])
    assert [row["id"] for row in there.center.rows("article")] == [born["id"]]


def test_an_unheard_collection_is_told_from_one_that_stood_before(there):
    """By an id that was not in the listing, never by clocks."""
    there.center.create_by_hand("collection", title="Other")
    there.center.faults.add("drop-after", method="POST", path="/collections$")
    there.apply(site(collection("a", "A")))
    there.apply(site(collection("a", "A")))
    assert len(there.center.rows("collection")) == 2
    assert there.plan(site(collection("a", "A"))).changes == ()


def test_an_update_whose_answer_is_lost_is_seen_to_be_done_so_a_later_edit_is_drift(there):
    wanted = site(article("x", "<p>One.</p>", title="X"))
    there.apply(wanted)
    there.center.faults.add("500-after", method="PUT", times=None)
    edited = site(article("x", "<p>Two.</p>", title="X"))
    there.apply(edited)
    there.center.faults.clear()
    there.center.edit_by_hand(there.article("X")["id"], body="<p>Hers.</p>")
    assert outcomes(there.apply(edited)) == {}
    assert [notice.rule for notice in there.plan(edited).notices] == ["drift"]
    assert there.article("X")["contents"]["en"]["body"] == "<p>Hers.</p>"


def test_headings_that_were_replaced_unheard_are_still_found(tmp_path):
    with bench(tmp_path, quirks=["heading-ids-replaced"]) as there:
        wanted = site(
            article("a", '<p><a href="article:b#h_0000000001">fees</a></p>', title="A"),
            article("b", '<h1 id="h_0000000001">Fees</h1><p>None.</p>', title="B"),
        )
        there.center.faults.add("500-after", method="PUT", after=1, times=None)
        there.apply(wanted)
        there.center.faults.clear()
        there.apply(wanted)
        theirs = there.article("B")["contents"]["en"]["body"].partition('id="')[2][:12]
        assert f"#{theirs}" in there.article("A")["contents"]["en"]["body"]
        assert there.plan(wanted).changes == ()


# On paper ------------------------------------------------------------------------------------

X = as_ref("collection:x")
INTENT = Intent(
    id="i" * 32,
    ref=X,
    action="create",
    would=Entry(ref=X, id=RemoteId(""), title="X"),
    meant={},
    known=(RemoteId("1"),),
)


def standing(*rows):
    """Live collections by id: (id, title)."""
    paper = applied(site(collection("x", "X")))
    [live] = paper.live.values()
    return {
        ("collection", RemoteId(id_)): replace(
            live, id=RemoteId(id_), thing=replace(live.thing, titles={"en": title})
        )
        for id_, title in rows
    }


def test_two_that_could_be_it_are_asked_about():
    [settled] = settle([INTENT], standing(("2", "X"), ("3", "X")))
    assert (settled.certain, settled.entry) == (False, None)
    assert [live.id for live in settled.candidates] == ["2", "3"]


def test_one_that_stood_before_is_not_it():
    [settled] = settle([INTENT], standing(("1", "X")))
    assert (settled.certain, settled.entry) == (True, None)


def test_one_that_is_new_is_it():
    [settled] = settle([INTENT], standing(("1", "X"), ("2", "X"), ("3", "Y")))
    assert settled.entry.id == "2"


def test_an_update_counts_as_done_only_when_every_field_shows_it():
    paper = applied(site(article("x", "<p>New.</p>", title="New")))
    [live] = paper.live.values()
    ref = as_ref("x")
    would = paper.entries[ref]
    meant = {name: looked_at(live).seen[name] for name in ("en.title", "en.body")}
    intent = Intent(id="i", ref=ref, action="write", would=would, meant=meant)
    assert settle([intent], paper.live)[0].entry.seen["en.body"] == meant["en.body"]
    half = replace(intent, meant={**meant, "en.title": digest("Newer")})
    assert settle([half], paper.live)[0].entry is None


def test_a_removal_is_done_when_the_thing_is_not_there():
    paper = applied(site(article("x")))
    ref = as_ref("x")
    intent = Intent(id="i", ref=ref, action="remove", would=paper.entries[ref], meant={})
    assert settle([intent], {})[0].removed
    assert not settle([replace(intent, meant={"en.state": digest("draft")})], paper.live)[0].removed


def test_an_update_that_was_carried_out_unheard_shows_what_it_shows():
    paper = applied(site(article("x", "<p>New.</p>", title="New")))
    [live] = paper.live.values()
    would = replace(paper.entries[as_ref("x")], shown={"en": ("old",), "fr": ("left alone",)})
    meant = {"en.body": looked_at(live).seen["en.body"]}
    intent = Intent(id="i", ref=as_ref("x"), action="write", would=would, meant=meant)
    [settled] = settle([intent], paper.live)
    assert settled.entry.shown == {**looked_at(live).shown, "fr": ("left alone",)}
