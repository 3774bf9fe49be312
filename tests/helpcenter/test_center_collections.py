"""Collections and sections: depth, icons, addresses, and what a PUT resets."""

import pytest


def test_a_collection_needs_a_name(api):
    for body in ({}, {"name": ""}, {"translated_content": {"fr": {"name": "A"}}}):
        error = api.error("POST", "/help_center/collections", 400, json=body)
        assert error == {"code": "parameter_not_found", "message": "Name is a required parameter."}


def test_the_name_may_stand_under_the_default_locale(api):
    created = api.post("/help_center/collections", translated_content={"en": {"name": "A"}})
    assert created["name"] == "A"


def test_straight_after_its_creation_the_address_is_only_the_root(api):
    assert api.collection("Getting started")["url"] == "http://127.0.0.1:8010/"
    seen = api.get("/help_center/collections/101")
    assert seen["url"] == "http://127.0.0.1:8010/en/collections/101-getting-started"


def test_a_put_without_an_icon_resets_it_in_every_version(center, talk):
    for version in ("2.7", "2.15", "2.16", "2.17"):
        api = talk(center, version)
        created = api.collection(icon="bookmark")
        path = f"/help_center/collections/{created['id']}"
        assert created["icon"] == "bookmark"
        assert api.put(path, name="New", icon="star")["icon"] == "star"
        assert api.put(path, name="New")["icon"] == "folder"
        assert api.put(path, icon="")["icon"] == "folder"
    assert talk(center).collection()["icon"] == "book-bookmark"


def test_a_put_keeps_names_and_descriptions_it_does_not_name(api):
    api.collection("A", description="d", translated_content={"fr": {"name": "B"}})
    changed = api.put("/help_center/collections/101", translated_content={"de": {"name": "C"}})
    assert (changed["name"], changed["description"]) == ("A", "d")
    names = {locale: changed["translated_content"][locale]["name"] for locale in ("fr", "de")}
    assert names == {"fr": "B", "de": "C"}


def test_an_unset_description_is_empty_at_the_top_and_null_below(api):
    assert api.collection()["description"] == ""
    nested = api.collection(parent_id="101")
    assert (nested["description"], nested["help_center_id"]) == (None, None)


def test_collections_nest_three_deep_and_no_deeper(center, api):
    for parent in (None, "101", "102"):
        api.collection(parent_id=parent)
    error = api.error(
        "POST", "/help_center/collections", 400, json={"name": "x", "parent_id": "103"}
    )
    assert error["code"] == "parameter_invalid"
    api.collection("Elsewhere")
    api.put("/help_center/collections/101", 400, parent_id="104")
    api.put("/help_center/collections/101", 400, parent_id="103")
    assert api.put("/help_center/collections/103", parent_id="104")["parent_id"] == "104"
    assert api.put("/help_center/collections/103", parent_id=None)["parent_id"] is None
    assert len(center.rows("collection")) == 4


def test_parents_are_named_as_text_and_have_to_exist(api):
    api.collection()
    api.post("/help_center/collections", 400, name="x", parent_id=101)
    api.post("/help_center/collections", 404, name="x", parent_id="999")


def test_a_put_without_parent_leaves_a_collection_where_it_is(api):
    api.collection()
    api.collection(parent_id="101")
    assert api.put("/help_center/collections/102", name="x")["parent_id"] == "101"


def test_deleting_a_collection_takes_those_inside_and_leaves_their_articles(api):
    api.collection()
    api.collection(parent_id="101")
    api.article(parent_id=102, parent_type="collection")
    answer = api.delete("/help_center/collections/101")
    assert answer == {"id": "101", "object": "collection", "deleted": True}
    assert api.get("/help_center/collections")["total_count"] == 0
    assert api.get("/articles/101")["parent_ids"] == []
    api.delete("/help_center/collections/102", 404)


def test_up_to_2_9_the_second_level_is_sections(center, talk):
    old, new = talk(center, "2.9"), talk(center, "2.10")
    top = old.collection("Billing")
    assert top["type"] == "collection"
    assert "parent_id" not in top
    made = old.post("/help_center/sections", name="Invoices", parent_id=101)
    assert (made["type"], made["parent_id"]) == ("section", "101")
    assert not {"description", "help_center_id"} & set(made)
    assert old.get("/help_center/sections/102")["parent_id"] == 101
    assert old.put("/help_center/sections/102", name="Bills")["parent_id"] == "101"
    assert [row["id"] for row in old.get("/help_center/collections")["data"]] == ["101"]
    assert [row["id"] for row in old.get("/help_center/sections")["data"]] == ["102"]
    both = new.get("/help_center/collections")["data"]
    assert [(row["id"], row["parent_id"]) for row in both] == [("101", None), ("102", "101")]
    assert "type" not in both[0]
    deleted = old.delete("/help_center/sections/102")
    assert deleted == {"id": "102", "object": "section", "deleted": True}


def test_up_to_2_9_sections_and_collections_are_not_each_other(center, talk):
    old = talk(center, "2.8")
    old.collection()
    old.post("/help_center/sections", name="x", parent_id=101)
    old.get("/help_center/collections/102", 404)
    old.get("/help_center/sections/101", 404)
    old.post("/help_center/sections", 404, name="x", parent_id=102)
    old.post("/help_center/sections", 400, name="x", parent_id="101")
    assert old.error("POST", "/help_center/sections", 400, json={"name": "x"})["field"] == (
        "parent_id"
    )


@pytest.fixture
def two(make_center):
    rows = [
        {"identifier": "acme", "name": "Acme"},
        {"identifier": "pro", "name": "Pro", "url": "https://pro.test"},
    ]
    return make_center(help_centers=rows)


def test_a_workspace_may_have_several_help_centers(two, talk):
    api = talk(two, "2.17")
    listed = api.get("/help_center/help_centers")["data"]
    assert [(row["identifier"], row["default"]) for row in listed] == [
        ("acme", True),
        ("pro", False),
    ]
    api.collection()
    api.collection("Pro", help_center_id=102)
    api.collection("Sub", parent_id="102")
    assert (
        api.get("/help_center/collections/102")["url"] == "https://pro.test/en/collections/102-pro"
    )
    article = api.article("Hi", parent_ids=[103], state="published")
    assert article["url"] == "https://pro.test/en/articles/101-hi"
    in_pro = api.get("/help_center/collections", help_center_id=102)["data"]
    assert [row["id"] for row in in_pro] == ["102", "103"]
    older = talk(two, "2.16").get("/help_center/collections", help_center_id=102)
    assert older["total_count"] == 3
    assert api.get("/articles/search", help_center_id=102)["total_count"] == 1
    api.post("/help_center/collections", 404, name="x", help_center_id=999)


def test_a_collection_never_moves_to_another_help_center(two, talk):
    api = talk(two, "2.17")
    api.collection()
    api.collection("Pro", help_center_id=102)
    api.put("/help_center/collections/102", 400, parent_id="101")
    api.put("/help_center/collections/102", 400, name="x", help_center_id=102)
    api.article(parent_ids=[102])
    api.put("/help_center/collections/102", name="x", help_center_id=102)
    api.put("/help_center/collections/102", 400, name="x", help_center_id=101)
    talk(two, "2.16").put("/help_center/collections/102", name="x", help_center_id=101)
