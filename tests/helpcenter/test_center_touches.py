"""The order of looks, writes and deeds by hand, for a judge."""

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def center(make_center):
    return make_center(locales=("en", "fr"), log_touches=True)


def told(center):
    return [(touch.way, touch.kind, touch.id, touch.fields) for touch in center.touches]


def test_looks_writes_and_hands_are_logged_in_the_order_they_happened(center, api, clock):
    api.article("A", body="x")
    api.get("/articles/101")
    clock.now += 3
    center.edit_by_hand("101", "fr", title="Theirs", body="y")
    api.put("/articles/101", title="B", translated_content={"fr": {"state": "draft"}})
    api.delete("/articles/101")
    assert told(center) == [
        ("write", "article", "101", ("en.author_id", "en.body", "en.title")),
        ("look", "article", "101", ()),
        ("hand", "article", "101", ("fr.title", "fr.body")),
        ("write", "article", "101", ("en.title", "fr.state")),
        ("write", "article", "101", ("deleted",)),
    ]
    assert [touch.number for touch in center.touches] == [1, 2, 3, 4, 5]
    assert center.touches[2].at == center.touches[1].at + 3


def test_collections_and_all_that_people_do_are_logged(center, api):
    api.collection("Billing")
    center.rename_by_hand("101", "Argent", "fr", kind="collection")
    made = center.create_by_hand(title="A", body="x")
    center.draft_by_hand(made, body="y")
    center.publish_by_hand(made)
    center.unpublish_by_hand(made)
    center.move_by_hand(made, "101")
    center.delete_by_hand("collection", "101")
    api.put(f"/articles/{made}", parent_ids=[])
    assert told(center) == [
        ("write", "collection", "101", ("en.name",)),
        ("hand", "collection", "101", ("fr.name",)),
        ("hand", "article", made, ("created",)),
        ("hand", "article", made, ("en.draft",)),
        ("hand", "article", made, ("en.state", "en.title", "en.description", "en.body")),
        ("hand", "article", made, ("en.state",)),
        ("hand", "article", made, ("parent",)),
        ("hand", "collection", "101", ("deleted",)),
        ("write", "article", made, ("parent",)),
    ]


def test_lists_refusals_and_faults_before_acting_touch_nothing(center, api):
    api.article("A")
    center.touches.clear()
    api.get("/articles")
    api.get("/articles/999", 404)
    api.put("/articles/101", 400, title="")
    center.faults.add("500")
    api.put("/articles/101", 500, title="B")
    assert told(center) == []
    center.faults.add("500-after")
    api.put("/articles/101", 500, title="B")
    assert told(center) == [("write", "article", "101", ("en.title",))]


def test_nothing_is_logged_unless_it_is_asked_for(make_center, talk):
    center = make_center()
    talk(center).article("A")
    center.edit_by_hand("101", title="B")
    assert center.touches == []


def test_the_log_and_the_article_agree_whoever_writes_at_the_same_time(center, api, talk):
    """The last touch of the title is the title, however many hands and clients there are."""
    api.article("A")
    clients = [talk(center) for _ in range(4)]

    def write(number):
        if number % 2:
            center.edit_by_hand("101", title=f"T{number}")
        else:
            clients[number % 4].put("/articles/101", title=f"T{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(60)))
    numbers = [touch.number for touch in center.touches]
    assert numbers == sorted(numbers) == list(range(1, 62))
    title = center.row("article", "101")["contents"]["en"]["title"]
    by_hand = int(title[1:]) % 2 == 1
    assert center.touches[-1].way == ("hand" if by_hand else "write")
