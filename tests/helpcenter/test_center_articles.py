"""Articles: what a write needs, what it changes, and what each version shows of it."""

import pytest

from publisher.helpcenter.asks import LOCALES

AUTHOR, NO_WRITER = 991267242, 991267251
NOBODY = "author_id must be in the main body or default locale translated_content object"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"title": "x"}, "parameter_not_found", NOBODY),
        ({"author_id": AUTHOR}, "parameter_not_found", "title is a required parameter."),
        ({"title": "", "author_id": AUTHOR}, "parameter_invalid", "title cannot be blank"),
        ({"title": 7, "author_id": AUTHOR}, "parameter_invalid", "title must be a string"),
        ({"title": "x", "author_id": str(AUTHOR)}, "parameter_invalid", "an integer"),
        ({"title": "x", "author_id": AUTHOR, "state": "live"}, "parameter_invalid", "one of"),
        ({"title": "x", "author_id": AUTHOR, "body": 1}, "parameter_invalid", "a string"),
    ],
)
def test_a_create_that_lacks_or_bends_something_is_refused(center, api, body, code, message):
    error = api.error("POST", "/articles", 400, json=body)
    assert error["code"] == code
    assert message in error["message"]
    assert center.rows("article") == []


def test_an_author_who_may_not_write_looks_like_a_bad_token(api):
    error = api.error("POST", "/articles", 401, json={"title": "x", "author_id": NO_WRITER})
    assert error == {"code": "unauthorized", "message": "Access Token Invalid"}


def test_an_author_nobody_knows_is_404(api):
    assert api.error("POST", "/articles", 404, json={"title": "x", "author_id": 1})


def test_a_new_article_is_a_draft_without_an_address(api):
    article = api.article()
    assert (article["state"], article["url"], article["body"]) == ("draft", None, "")
    assert (article["id"], article["author_id"]) == ("101", AUTHOR)


def test_the_address_follows_the_title_and_stays_after_unpublishing(api):
    article = api.article("Thanks for everything!", state="published")
    assert article["url"] == "http://127.0.0.1:8010/en/articles/101-thanks-for-everything"
    renamed = api.put("/articles/101", title="Café & Crème")
    assert renamed["url"].endswith("/101-cafe-creme")
    assert api.put("/articles/101", state="draft")["url"] == renamed["url"]
    assert api.put("/articles/101", title="日本語")["url"].endswith("/en/articles/101")


def test_title_and_author_may_stand_under_the_default_locale(api):
    inner = {"en": {"title": "Refunds", "author_id": AUTHOR, "body": "x"}}
    article = api.post("/articles", translated_content=inner)
    assert (article["title"], article["author_id"]) == ("Refunds", AUTHOR)
    assert article["body"] == '<p class="no-margin">x</p>'


def test_a_put_keeps_what_it_does_not_name(api):
    api.article(body="x", description="d", state="published")
    changed = api.put("/articles/101", title="New")
    kept = [changed[name] for name in ("title", "description", "state", "author_id")]
    assert kept == ["New", "d", "published", AUTHOR]
    assert changed["body"] == '<p class="no-margin">x</p>'


def test_translations_merge_per_locale_and_field(api):
    api.article(translated_content={"fr": {"title": "A", "body": "b", "state": "published"}})
    api.put("/articles/101", translated_content={"de": {"title": "C"}})
    article = api.put("/articles/101", translated_content={"fr": {"state": "draft"}})
    assert set(article["translated_content"]) == {"type", "fr", "de"}
    french = article["translated_content"]["fr"]
    assert (french["title"], french["state"], french["type"]) == ("A", "draft", "article_content")
    assert french["body"] == '<p class="no-margin">b</p>'
    assert article["translated_content"]["de"]["state"] == "draft"


def test_a_translation_does_not_touch_the_articles_updated_at(api, clock):
    before = api.article()["updated_at"]
    clock.now += 60
    article = api.put("/articles/101", translated_content={"fr": {"title": "A"}})
    assert article["updated_at"] == before
    assert article["translated_content"]["fr"]["updated_at"] == before + 60
    assert api.put("/articles/101", description="d")["updated_at"] == before + 60


def test_a_locale_must_be_known_and_switched_on(make_center, talk, api):
    assert len(LOCALES) == 37
    for locale in ("es", "xx", "EN", "en-US"):
        content = {locale: {"title": "x"}}
        api.put("/articles/1", 404)
        error = api.post("/articles", 400, title="x", author_id=AUTHOR, translated_content=content)
        assert locale in error["errors"][0]["message"]
    everywhere = talk(make_center())
    assert (
        "id"
        in everywhere.article(translated_content={"id": {"title": "Halo"}})["translated_content"]
    )


def test_a_new_translation_needs_a_title(center, api):
    api.article()
    api.put("/articles/101", 400, title="Changed", translated_content={"fr": {"body": "x"}})
    assert api.get("/articles/101")["title"] == "Refunds"


def test_a_wrong_type_beside_translations_is_refused(api):
    api.article()
    api.put("/articles/101", 400, translated_content=[])
    wrong = {"type": "group_translated_content", "fr": {"title": "x"}}
    api.put("/articles/101", 400, translated_content=wrong)
    api.put("/articles/101", 400, translated_content={"fr": {"type": "x", "title": "x"}})
    right = {"type": "article_translated_content", "fr": {"type": None, "title": "x"}}
    api.put("/articles/101", translated_content=right)


def test_a_refused_body_changes_nothing_at_all(center, api):
    api.article(body="before")
    epoch = center.epoch
    api.put("/articles/101", 400, title="New", body="<ul></ul>")
    assert api.get("/articles/101")["title"] == "Refunds"
    assert center.epoch == epoch


def test_up_to_2_15_a_parent_is_one_with_its_type(api):
    api.collection()
    article = api.article(parent_id=101, parent_type="collection")
    placed = [article[name] for name in ("parent_id", "parent_type", "parent_ids")]
    assert placed == [101, "collection", [101]]
    api.collection("Other")
    assert api.put("/articles/101", parent_id="102", parent_type="collection")["parent_id"] == 102
    assert api.put("/articles/101", parent_id=None)["parent_id"] == 102
    assert api.put("/articles/101", parent_ids=[])["parent_id"] == 102


@pytest.mark.parametrize(
    ("parent", "status"),
    [
        ({"parent_id": 101}, 400),
        ({"parent_id": "101", "parent_type": "collection"}, 400),
        ({"parent_id": 101, "parent_type": "section"}, 400),
        ({"parent_id": 999, "parent_type": "collection"}, 404),
    ],
)
def test_a_parent_that_bends_the_rules_is_refused(api, parent, status):
    api.collection()
    api.post("/articles", status, title="x", author_id=AUTHOR, **parent)


def test_a_put_names_the_parent_as_text(api):
    api.collection()
    api.article()
    api.put("/articles/101", 400, parent_id=101, parent_type="collection")
    api.put("/articles/101", parent_id="101", parent_type="collection")


@pytest.mark.parametrize("version", ["2.16", "2.17", "Preview"])
def test_from_2_16_on_parents_are_a_list(center, talk, version):
    api = talk(center, version)
    api.collection()
    api.collection()
    article = api.article(parent_ids=[102], parent_id=101, parent_type="collection")
    assert article["parent_ids"] == [102]
    assert "parent_id" not in article
    assert api.put("/articles/101", parent_ids=[101, 102])["parent_ids"] == [101, 102]
    assert api.put("/articles/101", parent_ids=[])["parent_ids"] == []
    api.put("/articles/101", 400, parent_ids=None)
    api.put("/articles/101", 400, parent_ids=["101"])
    api.put("/articles/101", 404, parent_ids=[999])


def test_up_to_2_9_a_nested_collection_is_a_section(center, talk):
    old, new = talk(center, "2.9"), talk(center, "2.10")
    new.collection()
    new.collection("Sub", parent_id="101")
    article = old.article(parent_id=102, parent_type="section")
    assert (article["parent_id"], article["parent_type"]) == (102, "section")
    assert new.get("/articles/101")["parent_type"] == "collection"
    old.post("/articles", 404, title="x", author_id=AUTHOR, parent_id=102, parent_type="collection")


def test_an_edit_waiting_in_the_editor_keeps_a_put_from_going_live(center, talk):
    api = talk(center, "2.16")
    api.article(body="live", state="published")
    center.draft_by_hand("101", title="Theirs")
    seen = api.put("/articles/101", body="ours")
    assert (seen["title"], seen["body"]) == ("Refunds", '<p class="no-margin">live</p>')
    assert seen["has_unpublished_changes"] is True
    published = api.put("/articles/101", state="published")
    assert (published["title"], published["body"]) == ("Theirs", '<p class="no-margin">ours</p>')
    assert published["has_unpublished_changes"] is False


def test_markdown_and_html_exclude_each_other(center, talk):
    api = talk(center, "2.16")
    article = api.article(body_markdown="# A {#h_0123456789}\n\nSome **bold** text.\n")
    assert article["body"].startswith('<h1 id="h_0123456789">A</h1><p class="no-margin">Some <b>')
    assert article["body_markdown"] == "# A {#h_0123456789}\n\nSome **bold** text.\n"
    assert api.put("/articles/101", 422, body="a", body_markdown="b")
    assert (
        talk(center, "2.15").put("/articles/101", body_markdown="ignored")["body"]
        == (article["body"])
    )


def test_schedules_are_checked_kept_and_carried_out(center, talk, clock):
    api = talk(center, "2.16")
    api.article()
    later, too = "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"
    api.put("/articles/101", 400, scheduled_publish_at="2020-01-01T00:00:00Z")
    api.put("/articles/101", 400, scheduled_publish_at="soon")
    api.put("/articles/101", 400, scheduled_publish_at=later, state="draft")
    api.put("/articles/101", 400, scheduled_publish_at=later, scheduled_unpublish_at=too)
    api.put("/articles/101", 400, scheduled_unpublish_at=later)
    due = api.put("/articles/101", scheduled_publish_at=later)["scheduled_publish_at"]
    clock.now = due - 1
    assert api.get("/articles/101")["state"] == "draft"
    clock.now = due
    assert api.get("/articles/101")["state"] == "published"
    assert api.get("/articles/101")["scheduled_publish_at"] is None


def test_audiences_that_do_not_exist_are_404(center, talk):
    api = talk(center, "2.16")
    api.article(audience_ids=[])
    api.put("/articles/101", 404, audience_ids=[999])


def test_flags_of_ai_are_kept_from_2_16_on(center, talk):
    new, old = talk(center, "2.16"), talk(center, "2.15")
    assert new.article(ai_copilot_availability=False)["ai_copilot_availability"] is False
    old.put("/articles/101", ai_chatbot_availability=False)
    assert new.get("/articles/101")["ai_chatbot_availability"] is True
    new.put("/articles/101", 400, ai_chatbot_availability="yes")


def test_a_single_language_workspace_keeps_quiet_about_translations(make_center, talk):
    center = make_center(multilingual=False)
    article = talk(center).article(translated_content={"fr": {"title": "A"}})
    assert "translated_content" not in article
    assert "default_locale" not in article
    assert center.row("article", "101")["contents"]["fr"]["title"] == "A"


def test_a_deleted_article_is_gone_and_its_id_is_not_used_again(api):
    api.article()
    assert api.delete("/articles/101") == {"id": "101", "object": "article", "deleted": True}
    api.get("/articles/101", 404)
    api.delete("/articles/101", 404)
    assert api.article()["id"] == "102"


def test_statistics_are_for_single_articles_only(center, talk, api):
    assert api.article()["statistics"]["conversations"] == 0
    assert "statistics" not in api.get("/articles")["data"][0]
    assert "fin_involvements" in talk(center, "2.16").get("/articles/101")["statistics"]


def test_search_finds_every_word_and_filters(center, api):
    api.collection()
    api.article("Refund a payment", state="published", parent_id=101, parent_type="collection")
    api.article("Payments", body="when a refund is late")
    found = api.get("/articles/search", phrase="refund payment")
    assert [row["id"] for row in found["data"]["articles"]] == ["101", "102"]
    assert found["pages"]["per_page"] == 10
    drafts = api.get("/articles/search", phrase="refund", state="draft", highlight="true")
    assert drafts["data"]["highlights"][0]["article_id"] == "102"
    assert api.get("/articles/search", help_center_id=999)["total_count"] == 0
    assert api.get("/articles/search", help_center_id=101)["total_count"] == 2
    api.get("/articles/search", 400, state="gone")
