"""A create whose answer is lost is looked for within the run, and never sent again blindly."""

import json

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


def test_a_collection_that_somebody_renamed_before_it_was_found_is_not_made_again(there):
    def rename(row):
        there.center.rename_by_hand(row["id"], "Hers", kind="collection")

    after_loss(there, "/collections", rename)
    assert outcomes(there.apply(SMALL))["create a"] == "doubtful"
    assert len(posts(there, "/collections")) == 1
    [row] = there.center.rows("collection")
    there.center.rename_by_hand(row["id"], "A", kind="collection")
    assert set(outcomes(there.apply(SMALL)).values()) == {"done"}
    assert len(there.center.rows("collection")) == 1
    assert there.ledger.doubts == {}


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


# What others do meanwhile ------------------------------------------------------------------------


def after_loss(there, path, deed):
    """Lose the answer to one create, and let a colleague act before anybody looks."""

    def after(method, called):
        if method == "POST" and called.endswith(path):
            there.watched.after = lambda method, path: None
            deed(there.center.rows("article" if path == "/articles" else "collection")[-1])

    there.watched.after = after
    there.center.faults.add("drop-after", method="POST", path=f"{path}$")


def test_a_list_that_does_not_add_up_is_no_proof_that_nothing_was_created(tmp_path):
    class Short:
        """Leaves the newest article out of a list, but not out of its count."""

        def __init__(self, app):
            self.app, self.short = app, False

        def __call__(self, environ, start_response):
            listing = (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("GET", "/articles")
            if not (listing and self.short):
                return self.app(environ, start_response)
            held = []
            answer = json.loads(b"".join(self.app(environ, lambda *line: held.append(line))))
            answer["data"] = [row for row in answer["data"] if row["title"] != "X"]
            content = json.dumps(answer).encode()
            kept = [(n, v) for n, v in held[0][1] if n.lower() != "content-length"]
            start_response(held[0][0], [*kept, ("Content-Length", str(len(content)))])
            return [content]

    with bench(tmp_path) as there:
        short = there.watched.center = Short(there.center)
        there.watched.before = lambda method, path: setattr(
            short, "short", short.short or (method, path) == ("POST", "/articles")
        )
        there.center.faults.add("drop-after", method="POST", path="/articles$")
        assert outcomes(there.apply(SMALL))["birth a/x"] == "doubtful"
        assert titles(there) == ["X"]
        short.short, there.watched.before = False, lambda method, path: None
        assert outcomes(there.apply(SMALL))["write a/x"] == "done"
        assert titles(there) == ["X"]


@pytest.mark.parametrize("fault", ["drop-before", "drop-after"])
@pytest.mark.parametrize("times", [1, 2])
def test_two_collections_of_one_name_in_one_place_are_two(there, fault, times):
    two = site(
        collection("a", "FAQ"),
        collection("b", "FAQ"),
        article("a/x", "<p>x</p>", title="X"),
        article("b/y", "<p>y</p>", title="Y"),
    )
    there.center.faults.add(fault, method="POST", path="/collections$", times=times)
    there.apply(two)
    assert len(there.center.rows("collection")) == 2
    ids = [entry.id for ref, entry in there.ledger.entries.items() if ref.kind == "collection"]
    assert len(set(ids)) == 2
    parents = [row["parent_ids"] for row in there.center.rows("article")]
    assert parents[0] != parents[1]


def test_words_that_somebody_added_to_a_newborn_before_it_was_found_stay(there):
    after_loss(
        there,
        "/articles",
        lambda row: there.center.edit_by_hand(
            row["id"], body=row["contents"]["en"]["body"] + "<p>Hers.</p>"
        ),
    )
    assert outcomes(there.apply(SMALL))["write a/x"] == "stale"
    assert "Hers" in there.article("X")["contents"]["en"]["body"]
    assert there.article("X")["contents"]["en"]["state"] == "draft"


def test_a_newborn_that_somebody_renamed_before_it_was_found_is_a_conflict(there):
    after_loss(there, "/articles", lambda row: there.center.edit_by_hand(row["id"], title="Hers"))
    there.apply(SMALL)
    [row] = there.center.rows("article")
    assert (row["contents"]["en"]["title"], row["contents"]["en"]["state"]) == ("Hers", "draft")
    assert {notice.rule for notice in there.plan(SMALL).notices} == {"drift", "conflict"}


def test_a_newborn_whose_whole_text_somebody_replaced_is_asked_about(there):
    after_loss(
        there, "/articles", lambda row: there.center.edit_by_hand(row["id"], body="<p>Hers.</p>")
    )
    assert outcomes(there.apply(SMALL))["birth a/x"] == "doubtful"
    assert len(posts(there, "/articles")) == 1
    assert titles(there) == ["X"]


def test_one_field_that_shows_what_was_meant_proves_the_whole_write(there):
    """The answer is lost, a colleague edits the title, the machine dies: her title is drift."""
    wanted = site(article("x", "<p>One.</p>", title="X"))
    there.apply(wanted)
    both = site(article("x", "<p>Two.</p>", title="Y"))
    there.center.faults.add("drop-after", method="PUT")

    def deed(method, path):
        if method == "PUT":
            there.watched.after = lambda method, path: None
            there.center.edit_by_hand(path.rpartition("/")[2], title="Hers")

    there.watched.after = deed
    assert outcomes(there.apply(both))["write x"] == "doubtful"
    assert outcomes(there.apply(both)) == {}
    assert there.article("Hers")["contents"]["en"]["body"] == '<p class="no-margin">Two.</p>'
    assert [notice.rule for notice in there.plan(both).notices] == ["drift"]
