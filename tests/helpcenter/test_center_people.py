"""What people and servers do while nobody looks."""

import pytest

from publisher.helpcenter.rewriting import REWRITES


def test_a_hand_edit_is_kept_as_typed_and_is_no_call(center, api, clock):
    before = api.article(body="x", state="published")["updated_at"]
    center.calls.clear()
    clock.now += 60
    center.edit_by_hand("101", body="<h3>Raw</h3>", title="Theirs")
    assert center.calls == []
    seen = api.get("/articles/101")
    assert (seen["body"], seen["title"]) == ("<h3>Raw</h3>", "Theirs")
    assert seen["updated_at"] == before + 60
    center.edit_by_hand("101", "fr", title="A")
    assert api.get("/articles/101")["translated_content"]["fr"]["title"] == "A"
    with pytest.raises(KeyError):
        center.edit_by_hand("999", title="x")


def test_people_unpublish_publish_rename_and_move(center, api):
    api.collection()
    api.article(state="published")
    center.unpublish_by_hand("101")
    assert api.get("/articles/101")["state"] == "draft"
    center.draft_by_hand("101", title="Waiting")
    center.publish_by_hand("101")
    seen = api.get("/articles/101")
    assert (seen["state"], seen["title"]) == ("published", "Waiting")
    center.rename_by_hand("101", "Other")
    center.move_by_hand("101", "101")
    seen = api.get("/articles/101")
    assert (seen["title"], seen["parent_ids"]) == ("Other", [101])
    center.rename_by_hand("101", "Facturation", "fr", kind="collection")
    shelf = api.get("/help_center/collections/101")
    assert shelf["translated_content"]["fr"]["name"] == "Facturation"
    center.move_by_hand("101", None)
    assert api.get("/articles/101")["parent_ids"] == []


def test_an_edit_that_waits_shows_in_lists_and_can_be_read_apart(center, talk, clock):
    api = talk(center, "2.16")
    api.article(body="live", state="published")
    center.edit_by_hand("101", "fr", title="Vif", body="vif", state="published")
    api.get("/articles/101/draft", 404)
    clock.now += 60
    center.draft_by_hand("101", "fr", body="attend")
    listed = api.get("/articles")["data"][0]
    assert listed["has_unpublished_changes"] is False
    waiting = listed["translated_content"]["fr"]
    assert (waiting["has_unpublished_changes"], waiting["draft_updated_at"]) == (True, clock.now)
    assert waiting["body"] == "vif"
    draft = api.get("/articles/101/draft")
    assert draft["translated_content"]["fr"]["body"] == "attend"
    assert (draft["id"], draft["title"], draft["state"]) == ("101", "Refunds", "published")
    assert api.get("/articles/101")["translated_content"]["fr"] == waiting
    center.draft_by_hand("101", title="Waiting", body="<p>Soon</p>")
    assert api.get("/articles")["data"][0]["has_unpublished_changes"] is True
    draft = api.get("/articles/101/draft")
    assert (draft["title"], draft["body"], draft["body_markdown"]) == (
        "Waiting",
        "<p>Soon</p>",
        "Soon\n",
    )
    assert draft["url"] == api.get("/articles/101")["url"]
    center.publish_by_hand("101")
    center.publish_by_hand("101", "fr")
    api.get("/articles/101/draft", 404)
    api.get("/articles/999/draft", 404)
    talk(center, "2.15").get("/articles/101/draft", 400)


def test_a_mere_draft_has_no_unpublished_changes(center, talk):
    api = talk(center, "2.16")
    api.article(body="x")
    center.draft_by_hand("101", body="y")
    assert api.get("/articles/101")["has_unpublished_changes"] is False
    api.get("/articles/101/draft", 404)


def test_people_create_and_delete_everything(center, api):
    shelf = center.create_by_hand("collection", title="A")
    nested = center.create_by_hand("collection", title="B", parent=shelf)
    article = center.create_by_hand(title="C", body="<p>x</p>", parent=nested)
    source = center.create_by_hand("source", url="https://c.com", sync_behavior="api")
    center.create_by_hand("page", title="D", source=source, external_id="a")
    assert api.get(f"/articles/{article}")["parent_id"] == int(nested)
    assert api.page(int(source))["id"] == "101"
    center.move_by_hand(nested, None, kind="collection")
    assert api.get(f"/help_center/collections/{nested}")["parent_id"] is None
    center.delete_by_hand("collection", nested)
    assert api.get(f"/articles/{article}")["parent_id"] is None
    center.delete_by_hand("source", source)
    center.delete_by_hand("article", article)
    assert center.rows("page") == center.rows("article") == []
    with pytest.raises(KeyError):
        center.delete_by_hand("article", article)


def test_an_article_written_in_another_language_has_an_empty_default_beside_it(center, api):
    article = center.create_by_hand(title="Frais", body="<p>x</p>", locale="fr")
    seen = api.get(f"/articles/{article}")
    assert (seen["default_locale"], seen["title"], seen["state"]) == ("en", "", "draft")
    assert seen["translated_content"]["fr"]["title"] == "Frais"
    assert seen["translated_content"]["fr"]["state"] == "published"
    center.edit_by_hand(article, "fr", title="Tarifs")
    assert api.get(f"/articles/{article}")["translated_content"]["fr"]["title"] == "Tarifs"


def test_rows_speak_text_for_the_pages(center, api):
    api.collection(translated_content={"fr": {"name": "A"}}, description="d")
    api.article(parent_id=101, parent_type="collection", body="x")
    shelf = center.row("collection", "101")
    assert (shelf["id"], shelf["parent_id"], shelf["help_center_id"]) == ("101", None, "101")
    assert shelf["names"] == {"en": "Billing", "fr": "A"}
    assert shelf["descriptions"] == {"en": "d"}
    article = center.rows("article")[0]
    assert (article["parent_ids"], article["author_id"]) == (["101"], "991267242")
    assert article["contents"]["en"]["title"] == "Refunds"
    assert center.row("article", "999") is None
    assert center.row("article", "x") is None
    assert center.settings["identifier"] == "acme-help"
    assert center.rows("admin")[0]["id"] == "991267242"


def test_the_epoch_grows_with_every_change_and_only_then(center, api):
    before = center.epoch
    api.get("/articles")
    api.put("/articles/999", 404, title="x")
    assert center.epoch == before
    api.article()
    assert center.epoch == before + 1
    center.edit_by_hand("101", title="x")
    assert center.epoch == before + 2


def test_the_server_may_change_every_body_without_touching_updated_at(center, api, clock):
    before = api.article(body='<p>x</p><img src="https://a.com/i.png" alt="A">')
    clock.now += 60
    assert center.rewrite_everything("image-sizes") == 1
    after = api.get("/articles/101")
    assert 'alt="A" width="707" height="405" style="height: auto;">' in after["body"]
    assert after["updated_at"] == before["updated_at"]
    assert center.rewrite_everything("image-sizes") == 0
    assert center.rewrite_everything("paragraphs") == 1
    assert '<p class="intercom-align-left no-margin">x</p>' in api.get("/articles/101")["body"]


EVERY_FORM = """\
<h2>Fees</h2><p>a <b>b</b> <i>c</i> é<br>z</p><ul><li>d</li></ul><hr>
<div class="intercom-interblocks-callout" style="background-color: #fed9db80;"><p>e</p></div>
<details><summary>f</summary><p><a href="https://a.com">g</a></p></details>
<div class="intercom-interblocks-table-container"><table><tr>
<td style="background-color: #E3E7FA80; width: 9px;">h</td></tr></table></div>
<img src="https://a.com/i.png" alt="A">"""


@pytest.mark.parametrize("kind", [*sorted(REWRITES.keys() - {"headings"}), "everything"])
def test_each_way_to_rewrite_shows_in_what_is_read_and_not_in_the_date(center, api, clock, kind):
    before = api.article(body=EVERY_FORM)
    stored = center.row("article", "101")
    clock.now += 60
    assert center.rewrite_everything(kind) == 1
    after = api.get("/articles/101")
    assert center.row("article", "101")["contents"] != stored["contents"]
    assert "signature=" in after["body"]
    assert after["updated_at"] == before["updated_at"]


def test_headings_that_nobody_saved_rise(center, api):
    api.article(body="x")
    title = "<details><summary><h3>c</h3></summary></details>"
    center.edit_by_hand("101", body=f"<h2>a</h2>{title}<h3>b</h3>")
    assert center.rewrite_everything("headings") == 1
    assert api.get("/articles/101")["body"] == f"<h1>a</h1>{title}<h2>b</h2>"


def test_a_way_to_rewrite_that_nobody_knows_is_a_mistake(center):
    with pytest.raises(KeyError):
        center.rewrite_everything("colors")


def test_writes_are_the_calls_that_were_not_reading(center, api):
    api.get("/articles")
    api.article()
    api.delete("/articles/999", 404)
    assert center.writes == [("POST", "/articles", 200), ("DELETE", "/articles/999", 404)]
    center.calls.clear()
    assert center.writes == []
