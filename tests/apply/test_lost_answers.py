"""A create whose answer is lost is looked for within the run, and never sent again blindly."""

import pytest

from tests.apply.bench import bench, outcomes
from tests.plan.builders import article, collection, site, source

SMALL = site(collection("a", "A"), article("a/x", "<p>Text.</p>", title="X"))
MANY = site(
    collection("a", "A"), *(article(f"a/{n}", f"<p>{n}</p>", title=f"T{n}") for n in range(5))
)
LOST = ["drop-after", "500-after", "truncate", "not-json"]


def posts(there, path):
    return [sent for sent in there.watched.sent if sent[0] == "POST" and sent[1].endswith(path)]


def titles(there):
    return sorted(row["contents"]["en"]["title"] for row in there.center.rows("article"))


@pytest.mark.parametrize("fault", LOST)
def test_an_article_that_was_created_all_the_same_is_found_and_goes_on(there, fault):
    there.center.faults.add(fault, method="POST", path="/articles$")
    assert outcomes(there.apply(SMALL))["write a/x"] == "done"
    assert len(posts(there, "/articles")) == 1
    assert titles(there) == ["X"]
    assert there.ledger.doubts == {}


def test_an_article_that_was_not_created_is_sent_again_once_a_list_has_told(there):
    there.center.faults.add("drop-before", method="POST", path="/articles$")
    assert outcomes(there.apply(SMALL))["write a/x"] == "done"
    assert len(posts(there, "/articles")) == 2
    assert titles(there) == ["X"]


def test_a_create_that_is_lost_time_after_time_is_given_up(there):
    there.center.faults.add("drop-before", method="POST", path="/articles$", times=None)
    done = there.apply(SMALL)
    assert outcomes(done)["birth a/x"] == "failed"
    assert len(posts(there, "/articles")) == 3
    assert there.ledger.doubts == {}, "a list told that none of them was carried out"


@pytest.mark.parametrize("fault", ["drop-after", "drop-before"])
@pytest.mark.parametrize("thing", [collection("b", "B"), source("s")], ids=["collection", "source"])
def test_collections_and_sources_are_told_by_ids_that_were_not_there_before(there, fault, thing):
    there.center.faults.add(fault, method="POST", path="(collections|sources)$")
    done = there.apply(site(thing))
    assert set(outcomes(done).values()) == {"done"}
    assert len(there.center.rows(thing.kind)) == 1


def test_a_list_that_lags_is_waited_for_before_anything_is_sent_again(tmp_path):
    """The new article shows in lists only after some seconds."""
    clock = [1_000_000.0]
    with bench(tmp_path, now=lambda: clock[0], listing_lag=10.0) as there:
        there.lag = 15.0
        there.meanwhile = lambda seconds: clock.__setitem__(0, clock[0] + seconds)
        there.center.faults.add("drop-after", method="POST", path="/articles$")
        assert outcomes(there.apply(SMALL))["write a/x"] == "done"
        assert len(posts(there, "/articles")) == 1
        assert titles(there) == ["X"]
        assert 10.0 <= sum(there.waits) <= 15.0


def test_when_nothing_shows_after_the_lag_it_was_not_carried_out(there):
    there.lag = 15.0
    there.center.faults.add("drop-before", method="POST", path="/articles$")
    there.apply(SMALL)
    assert sum(there.waits) == pytest.approx(15.0)
    assert titles(there) == ["X"]


def test_several_lost_in_one_stage_are_looked_for_together(there):
    there.center.faults.add("drop-after", method="POST", path="/articles$", times=3)
    there.transport.sent.clear()
    there.apply(MANY, concurrency=4)
    assert titles(there) == [f"T{n}" for n in range(5)]
    assert len(posts(there, "/articles")) == 5


def test_a_colleague_who_makes_one_of_the_same_name_just_then_leads_to_a_question(there):
    def twin(method, path):
        if method == "POST" and path.endswith("/collections"):
            there.center.create_by_hand("collection", title="A")
            there.watched.after = lambda method, path: None

    there.watched.after = twin
    there.center.faults.add("drop-after", method="POST", path="/collections$")
    done = there.apply(SMALL)
    assert outcomes(done)["create a"] == "doubtful"
    assert len(posts(there, "/collections")) == 1
    assert len(there.ledger.doubts) == 1


def test_when_the_list_cannot_be_had_it_stays_in_doubt(there):
    def broken(method, path):
        if method == "POST" and path == "/articles":
            there.center.faults.add("503-html", method="GET", path="/articles$", times=None)

    there.watched.after = broken
    there.center.faults.add("drop-after", method="POST", path="/articles$")
    done = there.apply(SMALL)
    assert outcomes(done)["birth a/x"] == "doubtful"
    assert len(there.ledger.doubts) == 1
    there.watched.after = lambda method, path: None
    there.center.faults.clear()
    assert outcomes(there.apply(SMALL))["write a/x"] == "done"
    assert titles(there) == ["X"]
