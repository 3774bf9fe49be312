"""Right before each write a thing is read again: what a person changed meanwhile stays."""

from dataclasses import replace

import pytest

from tests.apply.bench import bench, outcomes
from tests.plan.builders import article, as_ref, collection, site

LINKED = site(
    collection("a", "A"),
    article("a/x", '<p>See <a href="article:a/y">y</a>.</p>', title="X"),
    article("a/y", '<p>See <a href="article:a/x">x</a>.</p>', title="Y"),
)
NESTED = site(collection("a", "A"), collection("a/b", "B"), article("a/x", "<p>x</p>", title="X"))
WITHOUT_B = replace(
    NESTED, things={ref: thing for ref, thing in NESTED.things.items() if ref.key != "a/b"}
)


def once(there, when, deed):
    """Let a colleague act once, right after a call that `when` recognises."""

    def after(method, path):
        if when(method, path):
            there.watched.after = lambda method, path: None
            deed()

    there.watched.after = after


def test_what_somebody_writes_into_a_newborn_draft_is_not_overwritten(there):
    def deed():
        [row] = there.center.rows("article")
        there.center.edit_by_hand(row["id"], body="<p>Hers.</p>")

    once(there, lambda method, path: (method, path) == ("POST", "/articles"), deed)
    only = site(collection("a", "A"), article("a/x", "<p>Ours.</p>", title="X"))
    done = there.apply(only)
    assert outcomes(done)["write a/x"] == "stale"
    assert there.article("X")["contents"]["en"]["body"] == "<p>Hers.</p>"
    assert there.article("X")["contents"]["en"]["state"] == "draft"


def test_an_edit_between_the_text_and_its_links_is_not_overwritten(there):
    def deed():
        there.center.edit_by_hand(there.article("X")["id"], body="<p>Hers.</p>")

    ids = iter(range(2))
    once(there, lambda method, path: method == "PUT" and next(ids, 1) == 1, deed)
    done = there.apply(LINKED)
    assert outcomes(done)["relink a/x"] == "stale"
    assert there.article("X")["contents"]["en"]["body"] == "<p>Hers.</p>"
    plan = there.plan(LINKED)
    assert [notice.rule for notice in plan.notices if notice.severity == "error"] == ["conflict"]


def test_a_draft_that_somebody_stages_meanwhile_is_neither_overwritten_nor_published(there):
    there.apply(LINKED)
    id_ = there.article("X")["id"]
    changed = replace(LINKED, things={**LINKED.things, **named("a/x", "<p>New.</p>")})
    done = there.apply(
        changed, meanwhile=lambda: there.center.draft_by_hand(id_, body="<p>Hers.</p>")
    )
    assert outcomes(done)["write a/x"] == "stale"
    content = there.article("X")["contents"]["en"]
    assert "New" not in content["body"]
    assert content["draft"]["body"] == "<p>Hers.</p>"


def named(key, body):
    made = article(key, body, title="X")
    return {as_ref(key): made}


def test_a_collection_into_which_something_was_put_after_the_plan_stays(there):
    there.apply(NESTED)
    b = next(row["id"] for row in there.center.rows("collection") if row["names"]["en"] == "B")
    done = there.apply(
        WITHOUT_B,
        meanwhile=lambda: there.center.create_by_hand(title="Theirs", parent=b),
        on_removed="delete",
        max_removals="100%",
    )
    assert outcomes(done) == {"remove a/b": "stale"}
    assert [row["names"]["en"] for row in there.center.rows("collection")] == ["A", "B"]


def test_an_empty_collection_goes_with_two_lists_and_no_more(there):
    there.apply(NESTED)
    there.transport.sent.clear()
    done = there.apply(WITHOUT_B, on_removed="delete", max_removals="100%")
    assert outcomes(done) == {"remove a/b": "done"}
    planning, lists, look = 4, 2, 1
    assert there.transport.sent["GET"] == planning + lists + look


@pytest.mark.parametrize("concurrency", [1, 8])
def test_nothing_is_overwritten_whoever_edits_whatever_at_whatever_moment(there, concurrency):
    """A colleague edits both articles right after each write; every word of hers survives."""
    said = []

    def deed(method, path):
        if method == "PUT" and "/articles/" in path:
            token = f"hers {len(said)}"
            said.append((path.rpartition("/")[2], token))
            there.center.edit_by_hand(said[-1][0], body=f"<p>{token}</p>")

    there.watched.after = deed
    there.apply(LINKED, concurrency=concurrency)
    bodies = {row["id"]: row["contents"]["en"]["body"] for row in there.center.rows("article")}
    last = dict(said)
    assert all(token in bodies[id_] for id_, token in last.items())
    assert len(said) == 2, "no second write followed hers"


def failing(there, kind, deed):
    """Let the first write of an article fail, and a colleague act while it is waited."""
    there.apply(site(article("x", "<p>One.</p>", title="X")))
    there.center.faults.add(kind, method="PUT", path="/articles/")
    once(there, lambda method, path: method == "PUT", deed)
    return there.apply(site(article("x", "<p>Two.</p>", title="X")))


@pytest.mark.parametrize("kind", ["429", "500", "drop-before", "503-html", "405-captcha"])
def test_what_is_saved_while_a_write_waits_to_be_sent_again_is_not_overwritten(there, kind):
    done = failing(
        there,
        kind,
        lambda: there.center.edit_by_hand(there.article("X")["id"], body="<p>Hers.</p>"),
    )
    assert outcomes(done)["write x"] == "stale"
    assert there.article("X")["contents"]["en"]["body"] == "<p>Hers.</p>"


@pytest.mark.parametrize("kind", ["500-after", "drop-after", "truncate", "not-json"])
def test_what_is_saved_on_top_of_a_write_whose_answer_was_lost_is_not_overwritten(there, kind):
    done = failing(
        there,
        kind,
        lambda: there.center.edit_by_hand(there.article("X")["id"], body="<p>Hers.</p>"),
    )
    assert outcomes(done)["write x"] == "stale"
    assert there.article("X")["contents"]["en"]["body"] == "<p>Hers.</p>"
    wanted = site(article("x", "<p>Two.</p>", title="X"))
    assert [notice.rule for notice in there.plan(wanted).notices] == ["conflict"]


@pytest.mark.parametrize("kind", ["429", "500", "drop-before", "500-after", "drop-after"])
def test_a_write_that_failed_once_is_done_after_another_look(there, kind):
    done = failing(there, kind, lambda: None)
    assert outcomes(done)["write x"] == "done"
    assert there.transport.sent["PUT"] == 2 + (kind not in ("500-after", "drop-after"))
    assert there.plan(site(article("x", "<p>Two.</p>", title="X"))).changes == ()


def test_a_deletion_whose_answer_was_lost_spares_what_was_edited_before_it_is_sent_again(there):
    there.apply(LINKED)
    rest = site(collection("a", "A"), article("a/x", "<p>No link.</p>", title="X"))
    id_ = there.article("Y")["id"]
    there.center.faults.add("500", method="DELETE")
    once(
        there,
        lambda method, path: method == "DELETE",
        lambda: there.center.edit_by_hand(id_, body="<p>Hers.</p>"),
    )
    done = there.apply(rest, on_removed="delete", max_removals="100%")
    assert outcomes(done)["remove a/y"] == "stale"
    assert there.article("Y")["contents"]["en"]["body"] == "<p>Hers.</p>"


def test_a_limit_that_leaves_room_for_one_call_a_window_does_not_stop_the_run(tmp_path):
    clock = [1_000_000.0]
    with bench(tmp_path, now=lambda: clock[0], rate_limit=1) as there:
        there.on_wait = lambda seconds: clock.__setitem__(0, clock[0] + seconds)
        there.apply(site(article("x", "<p>One.</p>", title="X")))
        done = there.apply(site(article("x", "<p>Two.</p>", title="X")))
        assert outcomes(done)["write x"] == "done"


def test_a_translation_added_after_the_plan_is_not_deleted_with_its_article(there):
    there.apply(LINKED)
    rest = site(collection("a", "A"), article("a/x", "<p>No link.</p>", title="X"))
    id_ = there.article("Y")["id"]
    done = there.apply(
        rest,
        meanwhile=lambda: there.center.edit_by_hand(
            id_, "de", title="Ypsilon", body="<p>Text.</p>", state="published"
        ),
        on_removed="delete",
        max_removals="100%",
    )
    assert outcomes(done)["remove a/y"] == "stale"
    assert "de" in there.article("Y")["contents"]


def test_a_collection_that_is_filled_while_its_deletion_waits_to_be_sent_again_stays(there):
    there.apply(NESTED)
    b = next(row["id"] for row in there.center.rows("collection") if row["names"]["en"] == "B")
    there.center.faults.add("429", method="DELETE")
    once(
        there,
        lambda method, path: method == "DELETE",
        lambda: there.center.create_by_hand(title="Theirs", parent=b),
    )
    done = there.apply(WITHOUT_B, on_removed="delete", max_removals="100%")
    assert outcomes(done) == {"remove a/b": "stale"}


def test_text_that_joined_a_draft_left_at_that_very_moment_is_sent_again_later(there):
    there.apply(site(article("x", "<p>One.</p>", title="X")))
    two = site(article("x", "<p>Two.</p>", title="X"))
    id_ = there.article("X")["id"]

    def draft(method, path):
        if method == "PUT":
            there.watched.before = lambda method, path: None
            there.center.draft_by_hand(id_, body="<p>Hers.</p>")

    there.watched.before = draft
    assert outcomes(there.apply(two)) == {"write x": "stale"}
    assert [notice.rule for notice in there.plan(two).notices] == ["conflict"]
    with there.center.store.writing():
        row = there.center.store.get("article", int(id_))
        row["contents"]["en"]["draft"] = None
        there.center.store.put("article", row)
    assert outcomes(there.apply(two)) == {"write x": "done"}
