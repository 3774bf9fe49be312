"""Somebody worked in Intercom meanwhile. Nothing of theirs is lost, nothing of ours silently."""

import pytest

pytestmark = pytest.mark.socket


def edit_refunds(story, **fields):
    story.center.edit_by_hand(story.article("Refunds")["id"], **fields)


def test_a_hand_edit_is_kept_and_said(story):
    story.apply()
    edit_refunds(story, body="<p>Within 60 days.</p>")
    plan = story.plan()
    assert (plan["changes"], [notice["rule"] for notice in plan["notices"]]) == ([], ["drift"])
    assert plan["notices"][0]["path"] == "content/en/billing/refunds.md"
    story.apply()
    assert "60 days" in story.body("Refunds")
    assert story.run("status", "--detailed-exitcode").code == 2


def test_a_target_may_overwrite_drift(story):
    story.configure(on_drift="overwrite")
    story.apply()
    edit_refunds(story, body="<p>Within 60 days.</p>")
    assert story.changes() == [("update", "article", "billing/refunds")]
    story.apply()
    assert "14 days" in story.body("Refunds")
    assert story.changes() == []


def test_a_target_may_fail_on_drift_and_still_write_the_rest(story):
    story.configure(on_drift="fail")
    story.apply()
    edit_refunds(story, body="<p>Within 60 days.</p>")
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    story.apply(expect=4)
    assert "60 days" in story.body("Refunds")
    assert "One euro" in story.body("Cancel an order")


def test_a_conflict_is_left_alone_while_everything_else_is_written(story):
    story.apply()
    edit_refunds(story, body="<p>Within 60 days.</p>")
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    told = story.apply(expect=4)
    assert "conflict: content/en/billing/refunds.md" in told.err
    assert "publisher apply --overwrite billing/refunds" in told.err
    assert "60 days" in story.body("Refunds")
    assert "One euro" in story.body("Cancel an order")
    assert story.run("plan", "--detailed-exitcode").code == 4


def test_overwrite_settles_one_conflict_and_no_other(story):
    story.apply()
    for title in ("Refunds", "Cancel an order"):
        story.center.edit_by_hand(story.article(title)["id"], body="<p>Hers.</p>")
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    story.apply("--overwrite", "billing/refunds", expect=4)
    assert "30 days" in story.body("Refunds")
    assert story.body("Cancel an order") == "<p>Hers.</p>"
    assert story.notices() == ["conflict"]


def test_an_edit_of_one_language_does_not_touch_the_other(story):
    story.apply()
    story.center.edit_by_hand(story.article("Refunds")["id"], "fr", body="<p>60 jours.</p>")
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    story.apply()
    assert story.body("Refunds", "fr") == "<p>60 jours.</p>"
    assert "30 days" in story.body("Refunds")
    assert story.notices() == ["drift"]


def test_copying_a_hand_edit_into_the_file_settles_it(story):
    """The natural way out of drift, and it must not end in a conflict."""
    story.apply()
    edit_refunds(story, title="Money back", body="<p>Within 60 days.</p>")
    story.write(
        {
            "en/billing/refunds.md": "---\ntitle: Money back\ndescription: Getting money "
            "back\n---\nWithin 60 days.\n"
        }
    )
    assert story.notices() == []
    story.apply()
    story.center.calls.clear()
    story.edit("en/billing/refunds.md", "60 days", "90 days")
    story.edit("en/billing/refunds.md", "Money back", "Your money back")
    story.apply()
    assert "90 days" in story.body("Your money back")
    assert story.changes() == []


@pytest.mark.parametrize("stated", ["", "state: published\n"])
def test_an_article_unpublished_by_hand_stays_so(story, stated):
    story.edit("en/orders/cancel.md", "title:", f"{stated}title:")
    story.apply()
    story.center.unpublish_by_hand(story.article("Cancel an order")["id"])
    assert "drift" in story.notices()
    story.apply()
    assert story.article("Cancel an order")["contents"]["en"]["state"] == "draft"
    assert story.changes() == [], "links to it are plain text now, and that was sent"
    assert 'href="http://127.0.0.1:8010/en/articles' not in story.body("Refunds")


def test_overwriting_publishes_it_again_with_the_links_to_it(story):
    story.apply()
    story.center.unpublish_by_hand(story.article("Cancel an order")["id"])
    story.apply()
    story.apply("--overwrite", "orders/cancel")
    assert story.article("Cancel an order")["contents"]["en"]["state"] == "published"
    assert "/articles/" in story.body("Refunds")
    assert story.changes() == []


def test_a_move_by_hand_is_drift(story):
    story.apply()
    orders = next(row for row in story.center.rows("collection") if row["names"]["en"] == "Orders")
    story.center.move_by_hand(story.article("Refunds")["id"], orders["id"])
    assert (story.changes(), story.notices()) == ([], ["drift"])
    story.apply("--overwrite", "billing/refunds")
    assert story.article("Refunds")["parent_ids"] != [orders["id"]]
    assert (story.changes(), story.notices()) == ([], [])


def test_a_collection_renamed_by_hand_is_drift(story):
    story.apply()
    billing = story.center.rows("collection")[0]
    story.center.rename_by_hand(billing["id"], "Money", kind="collection")
    assert (story.changes(), story.notices()) == ([], ["drift"])
    story.apply("--overwrite", "billing")
    assert story.center.row("collection", billing["id"])["names"]["en"] == "Billing"


def test_what_was_deleted_by_hand_is_not_created_again_unless_asked(story):
    story.apply()
    former = story.article("Cancel an order")["id"]
    story.center.delete_by_hand("article", former)
    assert "gone" in story.notices()
    story.apply()
    assert len(story.center.rows("article")) == 1
    story.apply("--overwrite", "orders/cancel")
    back = story.article("Cancel an order")
    assert back["id"] != former
    assert back["contents"]["en"]["state"] == "published"
    assert "See" in back["contents"]["en"]["body"]
    assert f"/articles/{back['id']}-cancel" in story.body("Refunds")
    assert (story.changes(), story.notices()) == ([], [])


def test_a_collection_deleted_by_hand_comes_back_with_what_it_held(story):
    story.apply()
    story.center.delete_by_hand("collection", story.center.rows("collection")[0]["id"])
    plan = story.plan()
    assert (plan["changes"], [n["rule"] for n in plan["notices"]]) == ([], ["gone"])
    story.apply("--overwrite", "collection:billing")
    [billing] = [c for c in story.center.rows("collection") if c["names"]["en"] == "Billing"]
    assert story.article("Refunds")["parent_ids"] == [billing["id"]]
    assert (story.changes(), story.notices()) == ([], [])


def test_a_draft_begun_in_intercom_is_not_overwritten(story):
    story.apply()
    story.center.draft_by_hand(story.article("Refunds")["id"], body="<p>Half a</p>")
    assert (story.changes(), story.notices()) == ([], [])
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    story.apply(expect=4)
    assert "14 days" in story.body("Refunds")
    story.apply("--overwrite", "billing/refunds")
    assert "30 days" in story.body("Refunds")


def test_a_server_that_respells_everything_is_no_drift(story):
    story.apply()
    assert story.center.rewrite_everything("paragraphs") > 0
    assert (story.changes(), story.notices()) == ([], [])


def test_a_colleague_of_the_tool_is_met_by_name(story):
    """What stands live already is linked, never doubled."""
    story.apply()
    (story.folder / ".publisher" / "live.json").unlink()
    told = story.apply(expect=4)
    assert "pull --adopt" in told.err
    assert len(story.center.rows("article")) == 2
    assert len(story.center.rows("collection")) == 2
    adopted = story.run("pull", "--adopt")
    assert adopted.code == 0, str(adopted)
    assert (story.changes(), story.notices()) == ([], [])


def test_what_differs_is_not_adopted(story):
    story.apply()
    (story.folder / ".publisher" / "live.json").unlink()
    edit_refunds(story, body="<p>Hers.</p>")
    adopted = story.run("pull", "--adopt")
    assert adopted.code == 4
    assert "billing/refunds" in adopted.err
    assert "conflict" in story.notices()
