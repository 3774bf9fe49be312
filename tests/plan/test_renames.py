"""A renamed file keeps its article, its address and its statistics."""

from dataclasses import replace

import pytest

from publisher.model import Key, Ref, Site
from publisher.plan.renames import find
from tests.plan.builders import (
    applied,
    article,
    as_ref,
    collection,
    page,
    plan,
    rules,
    site,
    source,
    verbs,
)

LONG = "<p>One.</p><p>Two.</p><p>Three.</p><p>Four.</p><p>Five.</p>"


def renamed(before: Site, after: Site) -> dict[str, str]:
    found = find(after, applied(before).entries)
    return {str(new): str(old) for new, old in found.items()}


def test_a_moved_file_with_the_same_text_is_the_same_article():
    moved = renamed(site(article("refunds", LONG)), site(article("money-back", LONG)))
    assert moved == {"article:money-back": "article:refunds"}


def test_a_moved_file_that_was_edited_a_little_is_still_the_same():
    edited = LONG.replace("Five", "Fünf")
    moved = renamed(site(article("refunds", LONG)), site(article("money-back", edited)))
    assert moved == {"article:money-back": "article:refunds"}


def test_below_the_share_of_common_blocks_nothing_is_assumed():
    edited = LONG.replace("Three", "3").replace("Four", "4").replace("Five", "5")
    assert renamed(site(article("refunds", LONG)), site(article("money-back", edited))) == {}


def test_was_says_it_whatever_the_text():
    after = site(article("money-back", "<p>All new.</p>", was=("refunds",)))
    assert renamed(site(article("refunds", LONG)), after) == {
        "article:money-back": "article:refunds"
    }


def test_was_wins_over_alike_text():
    before = site(article("a", LONG), article("b", "<p>B.</p>"))
    after = site(article("c", LONG, was=("b",)))
    assert renamed(before, after) == {"article:c": "article:b"}


def test_was_naming_something_that_still_exists_means_nothing():
    before = site(article("a", LONG))
    after = site(article("a", LONG), article("b", "<p>B.</p>", was=("a",)))
    assert renamed(before, after) == {}


def test_the_first_former_key_that_is_free_is_taken():
    after = site(article("c", "<p>C.</p>", was=("never", "a")))
    assert renamed(site(article("a", LONG)), after) == {"article:c": "article:a"}


def test_two_equally_good_candidates_pair_nobody():
    before = site(article("a", LONG), article("b", LONG))
    assert renamed(before, site(article("c", LONG))) == {}
    assert renamed(site(article("a", LONG)), site(article("b", LONG), article("c", LONG))) == {}


def test_the_better_of_two_candidates_wins():
    before = site(article("a", LONG), article("b", LONG.replace("Five", "5")))
    assert renamed(before, site(article("c", LONG))) == {"article:c": "article:a"}


def test_empty_articles_are_never_alike():
    assert renamed(site(article("a", "")), site(article("b", ""))) == {}


def test_a_collection_follows_its_articles():
    before = site(collection("old", "Old"), article("old/a", LONG), article("old/b", "<p>B</p>"))
    after = site(collection("new", "New"), article("new/a", LONG), article("new/b", "<p>B</p>"))
    assert renamed(before, after)["collection:new"] == "collection:old"


def test_a_collection_without_articles_follows_its_title():
    assert renamed(site(collection("a", "Same")), site(collection("b", "Same"))) == {
        "collection:b": "collection:a"
    }


def test_two_collections_of_one_title_are_not_mixed_up():
    before = site(collection("a", "Same"), collection("b", "Same"))
    assert renamed(before, site(collection("c", "Same"))) == {}


def test_nested_collections_move_together():
    before = site(collection("a", "A"), collection("a/b", "B"), article("a/b/x", LONG))
    after = site(collection("c", "C"), collection("c/d", "D"), article("c/d/x", LONG))
    found = renamed(before, after)
    assert found["collection:c/d"] == "collection:a/b"
    assert found["collection:c"] == "collection:a"


def test_an_article_and_a_collection_are_never_taken_for_each_other():
    after = site(article("new", LONG, was=("old",)))
    assert renamed(site(collection("old")), after) == {}


def test_a_source_is_known_by_its_address():
    assert renamed(site(source("old")), site(source("new"))) == {"source:new": "source:old"}
    assert renamed(site(source("old")), site(source("new", "https://other.example.com"))) == {}


def test_a_page_is_known_by_its_external_id_because_intercom_upserts_on_it():
    before = site(source("hand"), page("hand/a", external_id="pinned"))
    after = site(source("hand"), page("hand/b", external_id="pinned"))
    assert renamed(before, after) == {"page:hand/b": "page:hand/a"}
    made = plan(after, applied(before), on_removed="delete")
    assert ("delete", "hand/a") not in verbs(made)


def test_a_page_whose_source_was_renamed_too_is_still_known():
    before = site(source("hand"), page("hand/a", external_id="pinned"))
    after = site(source("book"), page("book/a", external_id="pinned"))
    assert renamed(before, after)["page:book/a"] == "page:hand/a"


def test_an_article_is_never_taken_for_a_page_of_the_same_text():
    assert renamed(site(source("s"), page("s/p", LONG)), site(article("a/p", LONG))) == {}


def test_a_page_with_another_external_id_is_another_page():
    before = site(source("hand"), page("hand/a"))
    assert renamed(before, site(source("hand"), page("hand/b"))) == {}


@pytest.mark.parametrize("was", [(), ("billing/refunds",)])
def test_a_rename_costs_no_call_where_only_the_file_moved(was):
    before = site(collection("billing"), article("billing/refunds", LONG))
    moved = replace(
        article("billing/money", LONG, was=was),
        translations={**before.things[as_ref("billing/refunds")].translations},
    )
    made = plan(site(collection("billing"), moved), applied(before))
    assert verbs(made) == []
    [item] = [each for each in made.upkeep if each.was]
    assert (item.ref, item.was) == (Ref("article", Key("billing/money")), "billing/refunds")


def test_a_file_that_moved_to_another_folder_is_a_move():
    before = site(collection("a"), collection("b"), article("a/x", LONG, title="X"))
    after = site(collection("a"), collection("b"), article("b/x", LONG, title="X"))
    [change] = plan(after, applied(before)).changes
    assert (change.verb, change.id) == ("move", applied(before).id("a/x"))
    assert change.why == "moves from a to b"
    assert rules(plan(after, applied(before))) == []
