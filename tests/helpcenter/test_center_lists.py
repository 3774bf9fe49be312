"""Lists: pages, their links, their order, and what happens to them while somebody writes."""

import pytest


def walk(api, path, **query):
    """Follow `next` from the first page; returns the ids of each page."""
    pages = []
    answer = api.get(path, **query)
    while True:
        pages.append([row["id"] for row in answer["data"]])
        following = answer["pages"].get("next")
        if following is None:
            return pages
        answer = api.get(following)


def test_a_list_of_one_page_has_no_next(api):
    api.article()
    answer = api.get("/articles")
    assert answer["pages"] == {"type": "pages", "page": 1, "per_page": 25, "total_pages": 1}
    assert (answer["type"], answer["total_count"]) == ("list", 1)


def test_next_is_an_address_that_leads_through_all_of_it(api):
    for _ in range(5):
        api.article()
    assert walk(api, "/articles", per_page=2) == [["105", "104"], ["103", "102"], ["101"]]
    first = api.get("/articles", per_page=2)
    assert first["pages"]["next"] == "http://here.test/articles?per_page=2&page=2"
    assert api.get("/articles", page=9)["data"] == []


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/articles", 25),
        ("/articles/search", 10),
        ("/help_center/collections", 20),
        ("/ai/external_pages", 50),
        ("/ai/content_import_sources", 50),
    ],
)
def test_each_list_has_its_own_page_size(api, path, size):
    assert api.get(path)["pages"]["per_page"] == size
    assert api.get(path, per_page=250)["pages"]["per_page"] == 250
    for wrong in (0, 251, -1, "all"):
        api.get(path, 400, per_page=wrong)
    api.get(path, 400, page=0)


def test_the_article_updated_last_comes_first_so_rows_shift_while_we_read(api, clock):
    for _ in range(4):
        clock.now += 1
        api.article()
    first = api.get("/articles", per_page=2)
    assert [row["id"] for row in first["data"]] == ["104", "103"]
    clock.now += 1
    api.put("/articles/101", title="Touched")
    second = api.get(first["pages"]["next"])
    assert [row["id"] for row in second["data"]] == ["103", "102"]


def test_rows_of_a_list_hold_whole_bodies(api):
    api.article(body="x", translated_content={"fr": {"title": "A", "body": "y"}})
    row = api.get("/articles")["data"][0]
    assert row["body"] == '<p class="no-margin">x</p>'
    assert row["translated_content"]["fr"]["body"] == '<p class="no-margin">y</p>'
