"""What writers do: move, rename, translate, publish, withdraw. Articles keep their addresses."""

import pytest

from tests.often import every_day

pytestmark = pytest.mark.socket


def ids(story):
    return {row["id"] for row in story.center.rows("article")}


def test_a_moved_file_keeps_its_article_and_the_links_to_it(story):
    story.apply()
    before = ids(story)
    story.move("en/orders/cancel.md", "en/billing/cancel.md")
    story.edit("en/billing/refunds.md", "../orders/cancel.md", "cancel.md")
    story.edit("fr/billing/refunds.md", "../orders/cancel.md", "cancel.md")
    story.edit("en/billing/cancel.md", "../billing/refunds.md", "refunds.md")
    assert story.changes() == [("move", "article", "billing/cancel")]
    story.apply()
    assert ids(story) == before
    assert story.changes() == []
    assert story.article("Cancel an order")["parent_ids"] == story.article("Refunds")["parent_ids"]


def test_a_renamed_folder_keeps_its_collection_and_everything_in_it(story):
    story.apply()
    before, collections = ids(story), {row["id"] for row in story.center.rows("collection")}
    for locale in ("en", "fr"):
        story.move(f"{locale}/billing", f"{locale}/money")
    story.edit("en/orders/cancel.md", "../billing/", "../money/")
    assert story.changes() == []
    story.apply()
    assert story.writes[-1][0] != "DELETE"
    assert (ids(story), {row["id"] for row in story.center.rows("collection")}) == (
        before,
        collections,
    )
    assert story.changes() == []


def test_a_rewritten_file_keeps_its_article_when_it_says_what_it_was(story):
    story.apply()
    before = story.article("Cancel an order")["id"]
    story.remove("en/orders/cancel.md")
    story.write(
        {"en/orders/stop.md": "---\ntitle: Stop\nwas: orders/cancel\n---\n## Fees\n\nNew.\n"}
    )
    for locale in ("en", "fr"):
        story.edit(f"{locale}/billing/refunds.md", "orders/cancel.md", "orders/stop.md")
    story.apply()
    assert story.article("Stop")["id"] == before
    assert story.changes() == []


def test_a_removed_file_is_reported_withdrawn_or_deleted_as_the_target_says(story):
    story.apply()
    story.edit("en/billing/refunds.md", "[cancelling](../orders/cancel.md#fees)", "cancelling")
    story.edit("fr/billing/refunds.md", "[annuler](../orders/cancel.md#fees)", "annuler")
    story.apply()
    story.remove("en/orders")
    assert story.notices() == ["removed", "removed"]
    story.apply()
    assert story.article("Cancel an order")["contents"]["en"]["state"] == "published"
    story.configure(on_removed="draft")
    story.apply()
    assert story.article("Cancel an order")["contents"]["en"]["state"] == "draft"
    story.configure(on_removed="delete")
    story.apply()
    assert len(story.center.rows("article")) == len(story.center.rows("collection")) == 1
    assert (story.changes(), story.notices()) == ([], [])


def test_too_many_removals_stop_the_run_before_the_first(story):
    story.configure(on_removed="delete", max_removals="10%")
    story.write({f"en/many/a{n}.md": f"---\ntitle: A{n}\n---\nText {n}.\n" for n in range(9)})
    story.apply()
    story.remove("en/many")
    story.center.calls.clear()
    stopped = story.run("apply", "--yes")
    assert stopped.code == 6
    assert stopped.err.count("max_removals") == 1, "told once, as the error at the end"
    assert story.writes == []
    story.apply("--allow-deletes", "10")
    assert len(story.center.rows("article")) == 2


def test_an_empty_content_folder_removes_nothing(story):
    story.configure(on_removed="delete")
    story.apply()
    story.remove("en")
    story.remove("fr")
    (story.folder / "content" / "en").mkdir()
    story.center.calls.clear()
    assert story.run("apply", "--yes").code != 0
    assert story.writes == []
    assert len(story.center.rows("article")) == 2


def test_a_protected_article_stays_and_the_run_says_so_with_its_code(story):
    story.configure(on_removed="delete")
    story.edit("en/orders/cancel.md", "title:", "protect: true\ntitle:")
    story.apply()
    story.edit("en/billing/refunds.md", "[cancelling](../orders/cancel.md#fees)", "cancelling")
    story.edit("fr/billing/refunds.md", "[annuler](../orders/cancel.md#fees)", "annuler")
    story.remove("en/orders/cancel.md")
    story.apply(expect=6)
    assert story.article("Cancel an order")
    story.apply("billing/refunds")


def test_a_new_translation_appears_and_links_in_that_language_follow(story):
    story.apply()
    story.write({"fr/orders/cancel.md": "---\ntitle: Annuler\n---\n## Fees\n\nAucuns.\n"})
    story.apply()
    assert story.article("Annuler")["id"] == story.article("Cancel an order")["id"]
    assert "/fr/articles/" in story.body("Refunds", "fr")
    assert (story.changes(), story.notices()) == ([], [])


def test_a_dropped_translation_is_reported_or_unpublished_with_the_links_to_it(story):
    story.write({"fr/orders/cancel.md": "---\ntitle: Annuler\n---\n## Fees\n\nAucuns.\n"})
    story.apply()
    story.remove("fr/orders/cancel.md")
    assert "removed" in story.notices()
    assert story.changes() == []
    story.configure(on_removed="draft")
    story.apply()
    assert story.article("Annuler")["contents"]["fr"]["state"] == "draft"
    assert "/en/articles/" in story.body("Refunds", "fr")
    assert (story.changes(), story.notices()) == ([], [])


def test_a_draft_is_published_by_its_frontmatter_and_links_to_it_appear(story):
    story.edit("en/orders/cancel.md", "title:", "state: draft\ntitle:")
    told = story.apply()
    assert "link-to-draft: content/en/billing/refunds.md:5" in told.err
    assert story.article("Cancel an order")["contents"]["en"]["state"] == "draft"
    assert "cancelling" in story.body("Refunds")
    assert "/articles/" not in story.body("Refunds")
    assert story.notices() == ["link-to-draft", "link-to-draft"]
    assert story.changes() == []
    story.edit("en/orders/cancel.md", "state: draft", "state: published")
    story.apply()
    assert "/articles/" in story.body("Refunds")
    assert (story.changes(), story.notices()) == ([], [])


def test_withdrawing_an_article_withdraws_the_links_to_it(story):
    story.apply()
    story.edit("en/orders/cancel.md", "title:", "state: draft\ntitle:")
    story.apply()
    assert "/articles/" not in story.body("Refunds")
    assert story.changes() == []


def test_nothing_is_published_by_taking_the_state_out_again(story):
    story.edit("en/orders/cancel.md", "title:", "state: draft\ntitle:")
    story.apply()
    story.edit("en/orders/cancel.md", "state: draft\n", "")
    assert story.changes() == []


def test_a_changed_title_changes_no_other_article_although_its_address_does(story):
    story.apply()
    story.edit("en/orders/cancel.md", "Cancel an order", "Stop an order")
    story.apply()
    assert story.changes() == []
    assert story.center.calls[-1][0] == "GET"


def test_another_domain_is_no_change(story):
    story.apply()
    story.center.public_url = "https://help.example.com"
    assert (story.changes(), story.notices()) == ([], [])


def test_a_changed_image_is_a_change_of_its_article_because_of_the_image(story):
    story.configure(assets_url="https://cdn.example.com/{name}")
    story.write({"img/a.png": b"\x89PNG one"})
    story.edit("en/orders/cancel.md", "None.", "None.\n\n![Fees](../../img/a.png)")
    story.apply()
    assert story.changes() == []
    story.write({"img/a.png": b"\x89PNG two"})
    [change] = story.plan()["changes"]
    assert (change["cause"], change["key"]) == ("asset", "orders/cancel")
    assert change["why"] == "an image in it changed"
    story.configure(assets_url="https://other.example.com/{name}")
    story.apply()
    assert story.changes() == []
    story.configure(assets_url="https://third.example.com/{name}")
    assert story.changes() == []


def test_order_is_said_once_and_is_no_change(story):
    story.apply()
    story.edit("en/orders/cancel.md", "title:", "order: 2\ntitle:")
    story.edit("en/billing/refunds.md", "title:", "order: 1\ntitle:")
    assert (story.changes(), story.notices()) == ([], ["target-order"])


def test_named_keys_are_all_that_is_applied(story):
    story.apply("billing/refunds")
    assert len(story.center.rows("article")) == 1
    assert len(story.center.rows("collection")) == 1
    assert story.changes("billing/refunds") == []
    story.apply()
    assert len(story.center.rows("article")) == 2
    assert "/articles/" in story.body("Refunds")
    assert story.changes() == []


def test_a_mistyped_key_is_answered_with_the_nearest_one(story):
    refused = story.run("plan", "billing/refund")
    assert refused.code == 64
    assert "Did you mean billing/refunds?" in refused.err


def test_code_that_lost_its_line_breaks_is_an_error_once_with_its_line(story):
    story.center.quirks = frozenset({"code-newlines-lost"})
    story.edit("en/orders/cancel.md", "None.", "Run:\n\n```\none\ntwo\n```")
    told = story.apply(expect=5)
    assert "content/en/orders/cancel.md:10: error[not-kept]" in told.err
    assert (story.changes(), story.notices()) == ([], [])
    story.apply()
    story.edit("en/orders/cancel.md", "Run:", "Type:")
    story.apply()
    story.edit("en/orders/cancel.md", "Type:", "Run:")
    story.apply()


def test_the_external_pages_of_fin_live_like_articles(story):
    story.write({
        "fin/handbook/_source.md": "---\nurl: https://docs.example.com\n---\n",
        "fin/handbook/en/policy.md": "---\ntitle: Policy\n---\nBe kind.\n",
    })  # fmt: skip
    story.apply()
    assert (story.changes(), story.notices()) == ([], [])
    story.edit("fin/handbook/en/policy.md", "kind", "very kind")
    story.apply()
    [page] = story.center.rows("page")
    assert "very kind" in page["html"]
    assert story.changes() == []
    story.configure(on_removed="draft")
    story.remove("fin/handbook/en/policy.md")
    story.apply()
    [page] = story.center.rows("page")
    assert page["ai_agent_availability"] is page["ai_copilot_availability"] is False
    assert story.changes() == []


@pytest.mark.parametrize("version", every_day(1, ["2.9", "2.12", "2.16"]))
def test_an_article_without_a_collection_is_born_without_one(story, version):
    story.configure(api_version=version)
    story.write({"en/welcome.md": "---\ntitle: Welcome\n---\nHello.\n"})
    story.apply()
    assert story.article("Welcome")["contents"]["en"]["state"] == "published"
    assert (story.changes(), story.notices()) == ([], [])


def test_a_deleted_article_without_links_comes_back_with_its_text(story):
    story.write({"en/billing/vat.md": "---\ntitle: VAT\n---\nIncluded.\n"})
    story.apply()
    story.center.delete_by_hand("article", story.article("VAT")["id"])
    story.apply("--overwrite", "billing/vat")
    back = story.article("VAT")["contents"]["en"]
    assert (back["state"], "Included." in back["body"]) == ("published", True)
    assert story.changes() == []
