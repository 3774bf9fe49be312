"""Fin's content: sources and external pages."""

import pytest

PAGE = {"title": "T", "html": "<p>x</p>", "locale": "en", "source_id": 101}


@pytest.mark.parametrize(
    "url", ["ftp://example.com", "https://localhost/x", "https://10.0.0.1", "example.com", "", 7]
)
def test_a_source_needs_a_public_address(api, url):
    api.post("/ai/content_import_sources", 400, sync_behavior="api", url=url)


def test_a_source_is_only_ever_made_by_the_api_for_the_api(center, api):
    path = "/ai/content_import_sources"
    assert api.error("POST", path, 400, json={"url": "https://example.com"})["field"]
    api.post(path, 400, sync_behavior="manual", url="https://example.com")
    id = api.source()
    assert (id, api.get(f"{path}/{id}")["status"]) == (101, "active")
    changed = api.put(f"{path}/101", sync_behavior="api", url="https://b.com", status="deactivated")
    assert (changed["url"], changed["status"]) == ("https://b.com", "deactivated")
    again = api.put(f"{path}/101", sync_behavior="api", url="https://b.com")
    assert again["status"] == "deactivated"
    api.put(f"{path}/101", 400, sync_behavior="manual", url="https://b.com")
    api.put(f"{path}/101", 400, sync_behavior="api", url="https://b.com", status="off")
    crawled = center.create_by_hand("source", url="https://c.com")
    assert api.get(f"{path}/{crawled}")["sync_behavior"] == "automatic"
    api.put(f"{path}/{crawled}", 400, sync_behavior="automated", url="https://d.com")
    api.put(f"{path}/{crawled}", sync_behavior="automated", url="https://c.com")
    assert [row["id"] for row in api.get(path)["data"]] == [101, 102]


def test_audiences_of_sources_begin_with_2_15(center, talk):
    talk(center, "2.15").source()
    path = "/ai/content_import_sources/101"
    assert talk(center, "2.15").get(path)["audience_ids"] == []
    assert "audience_ids" not in talk(center, "2.14").get(path)
    body = {"sync_behavior": "api", "url": "https://a.com", "audience_ids": [1]}
    talk(center, "2.15").put(path, 404, **body)
    talk(center, "2.14").put(path, **body)


def test_a_source_takes_its_pages_with_it(center, api):
    api.page(api.source())
    assert api.delete("/ai/content_import_sources/101", 204) is None
    assert center.rows("page") == []
    api.get("/ai/content_import_sources/101", 404)


def test_creating_a_page_again_updates_it(api):
    first = api.page(api.source(), "a", url="https://a.com/x", ai_copilot_availability=False)
    again = api.page(101, "a", title="New")
    assert (again["id"], again["title"]) == (first["id"], "New")
    assert again["url"] == "https://a.com/x"
    assert again["ai_copilot_availability"] is False
    assert again["ai_agent_availability"] is True
    api.page(101, "b")
    assert [row["id"] for row in api.get("/ai/external_pages")["data"]] == ["102", "101"]


@pytest.mark.parametrize("name", ["title", "html", "locale", "source_id", "external_id"])
def test_a_page_needs_its_fields(api, name):
    api.source()
    body = {**PAGE, "external_id": "a"}
    del body[name]
    error = api.error("POST", "/ai/external_pages", 400, json=body)
    assert (error["code"], error["field"]) == ("parameter_not_found", name)


def test_a_page_belongs_to_a_source_that_the_api_feeds(center, api):
    crawled = int(center.create_by_hand("source", url="https://c.com"))
    api.page(crawled, expect=400)
    api.page(999, expect=404)
    api.page(str(crawled), expect=400)


def test_html_of_a_page_is_kept_as_it_came(api):
    html = "<html><body><h3>T</h3>\n<p>x</body></html>"
    assert api.page(api.source(), html=html)["html"] == html


def test_up_to_2_16_pages_are_english(center, talk):
    talk(center).source()
    for version in ("2.12", "2.16", "Preview"):
        talk(center, version).page(101, locale="fr", expect=400)
    new = talk(center, "2.17")
    assert new.page(101, locale="fr")["locale"] == "fr"
    new.page(101, locale="es", expect=400)


def test_a_put_needs_everything_and_later_wipes_a_url_it_does_not_name(center, talk):
    old, new = talk(center, "2.16"), talk(center, "2.17")
    old.page(old.source(), url="https://a.com/x")
    error = old.error("PUT", "/ai/external_pages/101", 400, json=PAGE)
    assert error["field"] == "url"
    assert old.put("/ai/external_pages/101", url="https://a.com/y", **PAGE)["url"]
    assert "url" not in new.put("/ai/external_pages/101", **PAGE)


def test_up_to_2_16_a_put_reads_only_the_old_flag(center, talk):
    talk(center).page(talk(center).source())
    body = {**PAGE, "url": "https://a.com", "ai_agent_availability": False}
    assert talk(center, "2.16").put("/ai/external_pages/101", **body)["ai_agent_availability"]
    for version in ("2.17", "Preview"):
        seen = talk(center, version).put("/ai/external_pages/101", **body)
        assert (seen["ai_agent_availability"], seen["fin_availability"]) == (False, False)
    off = talk(center, "2.16").put("/ai/external_pages/101", **body, fin_availability=True)
    assert off["ai_agent_availability"] is True


def test_a_page_cannot_change_its_source(api):
    api.page(api.source())
    api.source("https://b.com")
    api.put("/ai/external_pages/101", 400, **{**PAGE, "source_id": 102, "url": "https://a.com"})


def test_a_deleted_page_answers_emptied_and_is_gone(api):
    api.page(api.source())
    assert api.delete("/ai/external_pages/101")["html"] == ""
    api.get("/ai/external_pages/101", 404)
    assert api.page(101)["id"] == "102"
