"""Right before each write a thing is read again: what a person changed meanwhile stays."""

from dataclasses import replace

import pytest

from tests.apply.bench import outcomes
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
