"""Lists that are behind: they show the help center of some seconds ago; nothing else does."""

from concurrent.futures import ThreadPoolExecutor

import pytest

LAG = 20


@pytest.fixture
def center(make_center):
    return make_center(locales=("en", "fr"), listing_lag=LAG)


def titles(api, **query):
    return [row["title"] for row in api.get("/articles", **query)["data"]]


def names(api):
    return [row["name"] for row in api.get("/help_center/collections")["data"]]


def test_what_was_just_created_is_missing_from_lists_and_found_by_its_id(api, clock):
    api.article("A")
    assert api.get("/articles")["total_count"] == 0
    assert titles(api) == []
    assert api.get("/articles/101")["title"] == "A"
    clock.now += LAG - 1
    assert titles(api) == []
    clock.now += 1
    assert titles(api) == ["A"]
    assert api.get("/articles")["total_count"] == 1


def test_what_was_changed_is_listed_as_it_was_and_what_was_deleted_still_is(api, clock):
    for title in ("A", "B"):
        api.article(title)
        clock.now += LAG
    api.put("/articles/101", title="A2")
    clock.now += 5
    api.put("/articles/101", title="A3")
    api.delete("/articles/102")
    assert titles(api) == ["B", "A"]
    api.get("/articles/102", 404)
    clock.now += LAG - 5
    assert titles(api) == ["A2", "B"]
    clock.now += 5
    assert titles(api) == ["A3"]


def test_what_people_do_by_hand_is_late_as_well(center, api, clock):
    shelf = center.create_by_hand("collection", title="Billing")
    clock.now += LAG
    center.rename_by_hand(shelf, "Money", kind="collection")
    assert names(api) == ["Billing"]
    assert api.get(f"/help_center/collections/{shelf}")["name"] == "Money"
    center.delete_by_hand("collection", shelf)
    assert names(api) == ["Billing"]
    clock.now += LAG
    assert names(api) == []


def test_what_came_and_went_in_the_meantime_is_never_listed(api, clock):
    api.article("A")
    api.delete("/articles/101")
    assert titles(api) == []
    clock.now += LAG
    assert titles(api) == []


def test_pages_of_a_late_list_fit_together(api, clock):
    for number in range(7):
        api.article(f"T{number}")
    clock.now += LAG
    for number in range(7, 12):
        api.article(f"T{number}")
    api.delete("/articles/102")
    listed = [titles(api, page=page, per_page=3) for page in (1, 2, 3)]
    assert listed == [["T6", "T5", "T4"], ["T3", "T2", "T1"], ["T0"]]
    assert api.get("/articles", per_page=3)["pages"]["total_pages"] == 3


def test_sources_and_pages_are_late_in_lists(api, clock):
    source = api.source()
    assert api.get("/ai/content_import_sources")["data"] == []
    assert api.get(f"/ai/content_import_sources/{source}")["id"] == source
    clock.now += LAG
    api.page(source)
    assert api.get("/ai/external_pages")["total_count"] == 0
    clock.now += LAG
    assert api.get("/ai/external_pages")["total_count"] == 1


def test_a_section_whose_collection_is_gone_is_still_listed(center, talk, clock):
    old = talk(center, "2.9")
    shelf = old.collection()["id"]
    old.post("/help_center/sections", name="Fees", parent_id=int(shelf))
    clock.now += LAG
    old.delete(f"/help_center/collections/{shelf}")
    listed = old.get("/help_center/sections")["data"]
    assert [(row["name"], row["parent_id"]) for row in listed] == [("Fees", int(shelf))]


def test_a_refused_request_leaves_no_trace_in_the_past(api, clock):
    api.article("A")
    clock.now += LAG
    api.put("/articles/101", 404, title="A2", parent_id="999", parent_type="collection")
    api.put("/articles/101", 400, title="")
    assert titles(api) == ["A"]


def test_the_public_pages_are_never_late(center, api):
    import httpx

    api.article("Refunds", body="x", state="published")
    with httpx.Client(transport=httpx.WSGITransport(app=center), base_url="http://h.test") as http:
        assert "Refunds" in http.get("/en/articles/101-refunds").text


def test_the_lag_may_be_changed_at_any_time(center, api, clock):
    center.listing_lag = 0
    api.article("A")
    assert titles(api) == ["A"]
    center.listing_lag = 60
    clock.now += 1
    api.put("/articles/101", title="A2")
    assert titles(api) == ["A"]
    center.listing_lag = 0
    assert titles(api) == ["A2"]
    center.listing_lag = 60
    assert titles(api) == ["A2"]


def test_eight_threads_write_while_lists_are_late(center, talk, clock):
    clients = [talk(center) for _ in range(8)]

    def work(number):
        clients[number % 8].article(f"T{number}")
        return titles(clients[number % 8])

    with ThreadPoolExecutor(8) as pool:
        assert all(seen == [] for seen in pool.map(work, range(80)))
    clock.now += LAG
    assert clients[0].get("/articles")["total_count"] == 80
