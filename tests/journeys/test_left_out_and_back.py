"""What is left out for a target is not removed, and what went with its file comes back with it."""

import pytest

pytestmark = pytest.mark.socket
PAGES = {
    "fin/handbook/_source.md": "---\nurl: https://example.com/handbook\n---\n",
    "fin/handbook/en/hours.md": "---\ntitle: Hours\n---\nNine to five.\n",
    "fin/handbook/fr/hours.md": "---\ntitle: Heures\n---\nDe neuf à dix-sept.\n",
}
DEEP = {
    "en/billing/cards/debit/_index.md": "---\ntitle: Debit cards\n---\n",
    "en/billing/cards/debit/lost.md": "---\ntitle: A lost card\n---\nCall us.\n",
}


def removals(story, *arguments):
    return [change for change in story.changes(*arguments) if change[0] in ("delete", "unpublish")]


def test_a_page_whose_language_is_not_sent_any_more_stays(story):
    story.configure(on_removed="delete", api_version="2.17", fin_locales=["en", "fr"])
    story.write(PAGES)
    story.apply()
    story.configure(fin_locales=["en"])
    assert story.changes() == []
    story.configure(fin_locales=[], api_version="2.16")
    assert story.changes() == []
    assert "target-page-locales" in story.notices()


def test_a_page_in_a_language_that_is_not_listed_any_more_is_reported_and_stays(story):
    story.configure(on_removed="delete", api_version="2.17")
    story.write(PAGES)
    story.apply()
    story.configure(top='locales = ["en"]')
    assert removals(story) == []
    assert "locale-dropped" in story.notices()


def test_a_collection_too_deep_for_an_older_version_stays(story):
    story.configure(on_removed="delete")
    story.write(DEEP)
    story.apply()
    story.configure(api_version="2.9")
    assert removals(story) == []
    story.apply()
    story.configure(api_version="2.16")
    assert ("create", "collection", "billing/cards/debit") not in story.changes()
    story.apply()
    assert story.changes() == []
    assert len(story.center.rows("collection")) == 4


def test_an_article_that_was_unpublished_with_its_file_is_published_again_with_it(story):
    story.configure(on_removed="draft")
    story.write({"en/billing/other.md": "---\ntitle: Other\n---\nText.\n"})
    story.apply()
    story.move("en/billing/other.md", "../away.md")
    story.apply()
    assert story.article("Other")["contents"]["en"]["state"] == "draft"
    assert story.run("plan", "--detailed-exitcode").code == 0
    story.move("../away.md", "en/billing/other.md")
    assert story.changes() == [("publish", "article", "billing/other")]
    story.apply()
    assert story.article("Other")["contents"]["en"]["state"] == "published"
    assert story.changes() == []


def test_a_translation_that_was_unpublished_with_its_file_is_published_again_with_it(story):
    story.configure(on_removed="draft")
    story.apply()
    story.move("fr/billing/refunds.md", "../away.md")
    story.apply()
    assert story.article("Refunds")["contents"]["fr"]["state"] == "draft"
    story.move("../away.md", "fr/billing/refunds.md")
    story.apply()
    assert story.article("Refunds")["contents"]["fr"]["state"] == "published"
    assert story.changes() == []


def test_a_page_that_was_switched_off_with_its_file_is_switched_on_again_with_it(story):
    story.configure(on_removed="draft")
    story.write(PAGES)
    story.apply()
    story.move("fin/handbook/en/hours.md", "../away.md")
    story.apply()
    story.move("../away.md", "fin/handbook/en/hours.md")
    story.apply()
    [page] = story.center.rows("page")
    assert page["ai_agent_availability"]
    assert page["ai_copilot_availability"]
    assert story.changes() == []


def test_what_a_colleague_published_again_meanwhile_is_as_they_left_it_afterwards(story):
    story.configure(on_removed="draft")
    story.write({"en/billing/other.md": "---\ntitle: Other\n---\nText.\n"})
    story.apply()
    story.move("en/billing/other.md", "../away.md")
    story.apply()
    id_ = story.article("Other")["id"]
    story.center.publish_by_hand(id_)
    story.move("../away.md", "en/billing/other.md")
    story.apply()
    story.center.unpublish_by_hand(id_)
    assert removals(story) == []
    assert ("publish", "article", "billing/other") not in story.changes()
