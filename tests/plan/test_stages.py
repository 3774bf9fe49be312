"""The order of an apply, from the changes alone."""

from publisher.plan.stages import estimated_requests, may_relink, steps
from tests.plan.builders import applied, article, collection, page, plan, site, source

CYCLE = site(
    source("hand"),
    collection("a"),
    collection("a/b"),
    collection("a/b/c"),
    article("a/x", '<p><a href="article:a/b/y">y</a></p>'),
    article("a/b/y", '<p><a href="article:a/x">x</a></p>'),
    page("hand/p"),
)


def order(made):
    return [
        sorted(f"{step.action} {step.change.ref.key}" for step in stage) for stage in steps(made)
    ]


def test_parents_come_before_children_births_before_bodies_relinks_last():
    assert order(plan(CYCLE)) == [
        ["create a", "create hand"],
        ["create a/b"],
        ["create a/b/c"],
        ["birth a/b/y", "birth a/x"],
        ["write a/b/y", "write a/x", "write hand/p"],
        ["relink a/b/y", "relink a/x"],
    ]


def test_removals_come_last_leaves_first_sources_at_the_very_end():
    made = plan(
        site(article("stays", "<p>Stays.</p>")),
        applied(CYCLE),
        on_removed="delete",
        allow_count=99,
        allow_deletes=["source:hand"],
    )
    assert order(made) == [
        ["birth stays"],
        ["write stays"],
        ["remove a/b/y", "remove a/x", "remove hand/p"],
        ["remove a/b/c"],
        ["remove a/b"],
        ["remove a"],
        ["remove hand"],
    ]


def test_empty_stages_are_left_out():
    assert steps(plan(site())) == ()
    assert order(plan(site(article("x")))) == [["birth x"], ["write x"]]


def test_a_collection_moves_after_the_one_it_moves_into_is_made():
    before = site(collection("b", "B"))
    after = site(collection("a", "A"), collection("a/b", "B", was=("b",)))
    assert order(plan(after, applied(before))) == [["create a"], ["write a/b"]]


def test_only_bodies_with_links_of_ours_may_need_a_second_look():
    made = plan(site(article("x"), article("y", '<p><a href="article:x">x</a></p>')))
    assert {change.ref.key: may_relink(change) for change in made.changes} == {
        "x": False,
        "y": True,
    }


def test_the_estimate_counts_two_writes_for_a_birth_and_a_look_for_an_update():
    assert estimated_requests(plan(site(article("x")))) == 2
    assert estimated_requests(plan(CYCLE)) == 4 + 2 * 2 + 1 + 2
    before = site(article("x", "<p>a</p>"))
    assert estimated_requests(plan(site(article("x", "<p>b</p>")), applied(before))) == 2
