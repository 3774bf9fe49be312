"""From a folder of Markdown to a live help center, and nothing left to do."""

import pytest

pytestmark = pytest.mark.socket


def test_after_an_apply_the_next_plan_is_empty_and_a_second_apply_writes_nothing(story):
    story.apply()
    assert story.run("plan", "--detailed-exitcode").code == 0
    story.center.calls.clear()
    story.apply()
    assert story.writes == []


def test_a_plan_writes_nothing_anywhere(story):
    assert story.changes()
    assert story.writes == []
    assert not (story.folder / ".publisher" / "live.json").exists()


def test_links_in_a_cycle_work_after_one_apply(story):
    story.apply()
    refunds, cancel = story.article("Refunds"), story.article("Cancel an order")
    assert f"/articles/{cancel['id']}-cancel-an-order#h_" in story.body("Refunds")
    assert f"/articles/{refunds['id']}-refunds" in story.body("Cancel an order")


def test_a_french_link_leads_to_english_where_there_is_no_french(story):
    story.apply()
    assert "/en/articles/" in story.body("Refunds", "fr")


def test_an_anchor_becomes_the_heading_id_of_its_target(story):
    story.apply()
    anchor = story.body("Refunds").partition("#h_")[2][:10]
    assert f'id="h_{anchor}">Fees' in story.body("Cancel an order")


def test_no_reader_ever_meets_an_empty_or_half_written_article(story):
    """Everything public at any moment has its text: articles are born as drafts."""
    story.apply()
    births = [call for call in story.writes if call[:2] == ("POST", "/articles")]
    assert len(births) == 2
    assert "publisher is writing" not in story.body("Refunds")
    for article in story.center.rows("article"):
        assert all(c["state"] == "published" for c in article["contents"].values())


def test_an_article_in_two_languages_costs_one_put_to_update(story):
    story.apply()
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    story.edit("fr/billing/refunds.md", "14 jours", "30 jours")
    story.center.calls.clear()
    story.apply()
    assert [call[0] for call in story.writes] == ["PUT"]
    assert "30 days" in story.body("Refunds")
    assert "30 jours" in story.body("Refunds", "fr")


def test_only_the_locale_that_changed_is_sent(story):
    story.apply()
    story.edit("fr/billing/refunds.md", "14 jours", "30 jours")
    change = story.plan()["changes"][0]
    assert [field["name"] for field in change["fields"]] == ["fr.body"]
    assert change["why"] == "the French body changed"


def test_a_saved_plan_is_applied_exactly_and_only_once(story):
    saved = story.folder / "plan.json"
    assert story.run("plan", "--out", str(saved)).code == 0
    story.edit("en/billing/refunds.md", "14 days", "99 days")
    assert story.run("apply", str(saved)).code == 0
    assert "14 days" in story.body("Refunds")
    again = story.run("apply", str(saved))
    assert again.code == 4
    assert "may have been applied already" in again.err


def test_without_a_terminal_an_apply_needs_yes(story):
    refused = story.run("apply")
    assert refused.code == 64
    assert "--yes" in refused.err
    assert story.writes == []
