"""A colleague edited in Intercom; a pull brings that into the files, and nothing else.

Held to git: exactly the lines that changed there change here.
"""

from __future__ import annotations

import pytest

from tests.journeys.pulls import (
    assert_settled,
    collection,
    content,
    edit_body,
    everything,
    forget,
    pulled,
    repository,
    text,
)
from tests.often import every_day
from tests.world import SMALL

pytestmark = pytest.mark.socket
REFUNDS = """---
# who may change this: the billing team
title: "Refunds"   # quoted on purpose
description: Getting money back
---

# Refunds

Within 14 days. See
[cancelling][c].

<!-- keep me -->

## How

Write to
us.

* one
* two
* three

[c]: ../orders/cancel.md#fees
"""
BEN = 991267249
SITE = {
    **SMALL,
    "en/billing/refunds.md": REFUNDS,
    "en/billing/fees.md": "---\ntitle: Fees\n---\n\nSee [refunds](refunds.md#how).\n",
}
FIN = {
    "fin/handbook/_source.md": "---\nurl: https://example.com/handbook\n---\n",
    "fin/handbook/en/hours.md": (
        "---\ntitle: Hours\nfin:\n  copilot: true\n---\n\nNine to five.\n\nNot on Sundays.\n"
    ),
}


@pytest.fixture
def site(story):
    story.write(SITE)
    story.apply()
    return story


@pytest.fixture
def git(site):
    return repository(site)


def test_a_paragraph_edited_by_hand_changes_its_lines_and_no_other(site, git):
    edit_body(site, "Refunds", "Write to us", "Call us")
    edit_body(site, "Refunds", "two", "two and a half")
    shown = site.run("status").err
    assert "      - Write to us.\n      + Call us.\n" in shown
    told = pulled(site, "billing/refunds")
    assert "  changed   content/en/billing/refunds.md\n" in told.err
    assert git.diff() == ["-Write to", "+Call", "-* two", "+* two and a half"]
    assert_settled(site)


@pytest.mark.parametrize("spelt", every_day(1, ["crlf", "bom", "both"]))
def test_line_ends_and_a_byte_order_mark_stay(spelt, site):
    site.write({"en/billing/refunds.md": respelt(REFUNDS, spelt)})
    site.apply()
    edit_body(site, "Refunds", "Within 14 days", "Within 30 days")
    pulled(site)
    expected = respelt(REFUNDS.replace("14 days", "30 days"), spelt)
    assert content(site)["en/billing/refunds.md"] == expected
    assert_settled(site)


def respelt(text: str, how: str) -> bytes:
    if how != "bom":
        text = text.replace("\n", "\r\n")
    return text.encode("utf-8" if how == "crlf" else "utf-8-sig")


def test_without_a_key_everything_that_drifted_is_pulled_and_with_one_only_that(site, git):
    edit_body(site, "Refunds", "Write to us", "Call us")
    edit_body(site, "Cancel an order", "None.", "One euro.")
    pulled(site, "orders/cancel")
    assert git.changed() == {"content/en/orders/cancel.md": (1, 1)}
    assert site.notices() == ["drift"]
    pulled(site)
    assert git.changed() == {
        "content/en/orders/cancel.md": (1, 1),
        "content/en/billing/refunds.md": (1, 1),
    }
    assert_settled(site)


def test_a_key_names_a_collection_with_all_that_is_in_it(site, git):
    edit_body(site, "Refunds", "Write to us", "Call us")
    edit_body(site, "Cancel an order", "None.", "One euro.")
    pulled(site, "orders")
    assert list(git.changed()) == ["content/en/orders/cancel.md"]


def test_an_unknown_key_is_a_sentence(site):
    outcome = site.run("pull", "billing/refund")
    assert outcome.code == 64
    assert "there is no “billing/refund” in the content." in outcome.err
    assert "billing/refunds" in outcome.err


def test_blocks_added_and_taken_out_in_intercom_come_and_go(site, git):
    body = site.body("Refunds")
    heading = body[body.index("<h1") : body.index("</h1>") + 5]
    edited = body.replace(heading, '<p class="no-margin">We are quick.</p>')
    site.center.edit_by_hand(site.article("Refunds")["id"], body=f"{edited}<p>Or call.</p>")
    site.remove("en/billing/fees.md")  # it leads to the heading that goes
    pulled(site, "billing/refunds")
    lines = [line for line in git.diff() if "ees" not in line]
    assert {"-## How", "+We are quick.", "+Or call."} <= set(lines)
    assert "[c]: ../orders/cancel.md#fees" in text(site, "en/billing/refunds.md")
    assert "<!-- keep me -->" in text(site, "en/billing/refunds.md")
    assert [n for n in site.notices() if n != "left-alone"] in ([], ["orphan"], ["removed"])


# Headings ----------------------------------------------------------------------------------


def test_a_heading_renamed_in_intercom_keeps_the_slug_that_others_link_to(site, git):
    edit_body(site, "Cancel an order", ">Fees<", ">Costs<")
    pulled(site)
    assert git.diff() == ["-## Fees", "+## Costs {#fees}"]
    assert_settled(site)
    shown = site.body("Cancel an order")
    site.edit("en/orders/cancel.md", "None.", "One euro.")
    site.apply()
    assert site.body("Cancel an order") == shown.replace("None.", "One euro.")
    assert_settled(site)


def test_a_renamed_heading_that_nothing_links_to_stays_clean(site, git):
    site.remove("en/billing/fees.md")
    git.keep()
    edit_body(site, "Refunds", ">How<", ">How it works<")
    pulled(site, "billing/refunds")
    assert git.diff() == ["-## How", "+## How it works"]


@pytest.mark.slow
def test_a_heading_renamed_twice_keeps_its_first_slug(site, git):
    edit_body(site, "Cancel an order", ">Fees<", ">Costs<")
    pulled(site)
    git.keep()
    edit_body(site, "Cancel an order", ">Costs<", ">All costs<")
    pulled(site)
    assert git.diff() == ["-## Costs {#fees}", "+## All costs {#fees}"]
    assert_settled(site)


def test_a_renamed_heading_keeps_the_slug_of_links_on_its_own_page(site, git):
    page = "---\ntitle: Own\n---\n\nSee [below](#how) or ask.\n\n> [!NOTE]\n> ## How\n>\n> So.\n"
    site.write({"en/orders/own.md": page})
    site.apply()
    git.keep()
    edit_body(site, "Own", ">How<", ">This way<")
    edit_body(site, "Own", "or ask", "or call")
    pulled(site)
    assert git.diff() == [
        "-See [below](#how) or ask.",
        "+See [below](#how) or call.",
        "-> ## How",
        "+> ## This way {#how}",
    ]
    assert_settled(site)


@pytest.mark.slow
def test_a_renamed_heading_keeps_its_slug_when_the_whole_text_is_written_anew(site):
    page = "---\ntitle: Own\n---\n\nSee [below](#how).\n\n## How\n\nSo[^1].\n\n[^1]: Note.\n"
    site.write({"en/orders/own.md": page})
    site.apply()
    edit_body(site, "Own", ">How<", ">This way<")
    edit_body(site, "Own", "[1] Note.", "Note without its number.")
    pulled(site)
    assert "[below](#how)" in text(site, "en/orders/own.md")
    assert "## This way {#how}\n\nSo[1].\n" in text(site, "en/orders/own.md")
    assert_settled(site)


@pytest.mark.parametrize(
    ("page", "old", "new", "lines"),
    every_day(
        2,
        [
            (
                "## Fees\n\nOurs.\n\n## Fees\n\nYours.\n",
                'Fees</h1><p class="no-margin">Ours',
                'Costs</h1><p class="no-margin">Ours',
                ["-## Fees", "+## Costs {#fees}"],
            ),
            ("## Fees\n", ">Fees<", ">Fees<", []),
            ("Fees\n----\n", ">Fees<", ">All costs<", ["-Fees", "+All costs {#fees}"]),
            (
                "## Fees {#fees} ##\n",
                ">Fees<",
                ">Costs<",
                ["-## Fees {#fees} ##", "+## Costs {#fees}"],
            ),
            ("## Fees {#h_0123456789}\n", ">Fees<", ">Costs<", None),
        ],
    ),
)
def test_a_slug_is_pinned_however_the_heading_is_written(page, old, new, lines, site, git):
    site.write({"en/orders/cancel.md": f"---\ntitle: Cancel an order\n---\n\n{page}\nEnd.\n"})
    site.apply()
    git.keep()
    edit_body(site, "Cancel an order", old, new)
    edit_body(site, "Cancel an order", "End.", "The end.")
    pulled(site)
    kept = [line for line in git.diff() if "nd." not in line]
    assert kept == lines or lines is None
    assert_settled(site)


def test_a_heading_gone_in_intercom_that_others_link_to_keeps_only_its_own_file_back(site):
    heading = site.body("Cancel an order")
    heading = heading[heading.index("<h1") : heading.index("</h1>") + 5]
    edit_body(site, "Cancel an order", heading, "<p>Costs</p>")
    edit_body(site, "Fees", "See ", "Look at ")
    told = pulled(site, expect=4)
    assert "content/en/billing/refunds.md:10: orders/cancel is left as it is" in told.err
    assert "has no heading `#fees`" in told.err
    assert "Look at [refunds]" in text(site, "en/billing/fees.md")
    assert "## Fees" in text(site, "en/orders/cancel.md")
    assert site.run("lint").code == 0


# HTML and footnotes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "word", "lines"),
    every_day(
        2,
        [
            (
                '<div class="x">\n<p>raw p</p>\n\nmd *inside*\n\n</div>\n',
                "raw p",
                ["-<p>raw p</p>", "+<p>live p</p>"],
            ),
            (
                "Text[^a] more.\n\n[^a]: raw note.\n\nEnd.\n",
                "raw note",
                ["-[^a]: raw note.", "+[^a]: live note."],
            ),
            ("one  \nraw two\\\nthree<br>four\n", "raw two", ["-raw two\\", "+live two\\"]),
        ],
    ),
)
def test_html_footnotes_and_line_breaks_stay_around_the_words_that_changed(
    body, word, lines, site, git
):
    site.write({"en/orders/own.md": f"---\ntitle: Own\n---\n\n{body}"})
    site.apply()
    git.keep()
    edit_body(site, "Own", word, word.replace("raw", "live"))
    pulled(site)
    assert git.diff() == lines
    assert_settled(site)


def test_a_note_that_lost_its_number_there_while_we_edited_here_is_not_merged(site):
    page = "---\ntitle: Own\n---\n\nText[^1].\n\n[^1]: Note.\n\nEnd.\n"
    site.write({"en/orders/own.md": page})
    site.apply()
    site.edit("en/orders/own.md", "End.", "The end.")
    edit_body(site, "Own", "[1] Note.", "Note.")
    before = everything(site)
    told = pulled(site, expect=4)
    assert "in a way that cannot be told apart" in told.err
    assert everything(site) == before


# Fields ------------------------------------------------------------------------------------


def test_a_title_and_a_description_change_their_lines_and_keep_their_comments(site, git):
    refunds = site.article("Refunds")["id"]
    site.center.edit_by_hand(refunds, title="Refunds & more", description="Money: back")
    pulled(site)
    assert git.diff() == [
        '-title: "Refunds"   # quoted on purpose',
        "-description: Getting money back",
        "+title: Refunds & more   # quoted on purpose",
        '+description: "Money: back"',
        "-# Refunds",
        "+# Refunds & more",
    ]
    assert_settled(site)


def test_a_description_that_was_emptied_goes(site, git):
    site.center.edit_by_hand(site.article("Refunds")["id"], description="")
    pulled(site)
    assert git.diff() == ["-description: Getting money back"]
    assert_settled(site)


def test_a_title_that_only_the_heading_said_is_followed(site, git):
    site.write({"en/orders/how.md": "# How to order\n\nJust ask.\n"})
    site.apply()
    site.center.edit_by_hand(site.article("How to order")["id"], title="How to order it")
    pulled(site)
    assert_settled(site)
    assert "How to order it" in text(site, "en/orders/how.md")


def test_unpublishing_and_publishing_are_followed_in_their_language_only(site, git):
    refunds = site.article("Refunds")["id"]
    site.center.unpublish_by_hand(refunds, "fr")
    pulled(site)
    assert git.diff() == ["+state: draft"]
    assert list(git.changed()) == ["content/fr/billing/refunds.md"]
    assert_settled(site)
    site.center.publish_by_hand(refunds, "fr")
    pulled(site)
    assert git.changed() == {}
    assert_settled(site)


def test_another_author_of_a_file_that_names_one_is_named_by_address(site, git):
    site.edit("en/billing/fees.md", "title: Fees", "title: Fees\nauthor: docs@example.com")
    site.apply()
    git.keep()
    for title in ("Fees", "Refunds"):
        site.center.edit_by_hand(site.article(title)["id"], author_id=BEN)
    pulled(site)
    assert git.diff() == ["-author: docs@example.com", "+author: ben@example.com"]
    assert_settled(site)


def test_a_moved_article_takes_its_files_and_every_link_with_it(site, git):
    site.center.move_by_hand(site.article("Refunds")["id"], collection(site, "Orders"))
    pulled(site)
    assert "en/billing/refunds.md" not in content(site)
    assert "See [refunds](../orders/refunds.md#how)." in text(site, "en/billing/fees.md")
    assert "[c]: ../orders/cancel.md#fees" in text(site, "en/orders/refunds.md")
    assert "cancel.md#fees" in text(site, "fr/orders/refunds.md")
    assert "[refunds](refunds.md)" in text(site, "en/orders/cancel.md")
    assert_settled(site)


@pytest.mark.slow
def test_a_moved_and_edited_article_is_pulled_at_once(site):
    refunds = site.article("Refunds")["id"]
    edit_body(site, "Refunds", "Write to us", "Call us")
    site.center.edit_by_hand(refunds, title="Money back")
    site.center.move_by_hand(refunds, collection(site, "Orders"))
    pulled(site)
    kept = text(site, "en/orders/refunds.md")
    assert "Call\nus." in kept
    assert "Money back" in kept
    assert_settled(site)


def test_a_moved_collection_takes_everything_in_it_along(site):
    billing, orders = collection(site, "Billing"), collection(site, "Orders")
    site.center.move_by_hand(billing, orders, kind="collection")
    pulled(site)
    names = set(content(site))
    assert {"en/orders/billing/_index.md", "fr/orders/billing/_index.md"} <= names
    assert {"en/orders/billing/refunds.md", "fr/orders/billing/refunds.md"} <= names
    assert not [name for name in names if "/billing/" in name and "orders" not in name]
    assert "[c]: ../cancel.md#fees" in text(site, "en/orders/billing/refunds.md")
    assert_settled(site)


@pytest.mark.slow
def test_an_article_moved_out_of_every_collection_lies_at_the_top(site):
    site.center.move_by_hand(site.article("Fees")["id"], None)
    pulled(site)
    assert "[refunds](billing/refunds.md#how)" in text(site, "en/fees.md")
    assert_settled(site)


def test_an_article_moved_to_where_a_file_of_its_name_lies_stays_and_is_told(site):
    site.write({"en/orders/refunds.md": "---\ntitle: Other refunds\n---\n\nNone.\n"})
    site.apply()
    before = content(site)
    site.center.move_by_hand(site.article("Refunds")["id"], collection(site, "Orders"))
    told = pulled(site, expect=4)
    assert "it was moved in Intercom to where en/orders/refunds.md lies." in told.err
    assert content(site) == before


def test_an_article_moved_to_a_collection_without_a_file_says_to_pull_that_first(site):
    attic = site.center.create_by_hand("collection", title="Attic")
    site.center.move_by_hand(site.article("Fees")["id"], attic)
    told = pulled(site, "billing/fees", expect=4)
    assert "to a collection that has no file here" in told.err
    pulled(site, "--collection", "Attic")
    pulled(site)
    assert "../billing/refunds.md#how" in text(site, "en/attic/fees.md")
    assert_settled(site)


def test_a_translation_that_a_colleague_added_becomes_a_file(site, git):
    fees = site.article("Fees")["id"]
    site.center.edit_by_hand(
        fees, "fr", title="Frais", description="Tout", body='<p class="no-margin">Aucun.</p>'
    )
    pulled(site)
    assert text(site, "fr/billing/fees.md") == (
        "---\ntitle: Frais\ndescription: Tout\n---\n\nAucun.\n"
    )
    assert list(git.changed()) == ["content/fr/billing/fees.md"]
    assert_settled(site)


def test_a_translation_that_was_taken_out_here_is_not_brought_back(site):
    site.remove("fr/billing/refunds.md")
    site.apply()
    told = pulled(site)
    assert "fr/billing/refunds.md" not in content(site)
    assert "Nothing to pull" in told.err


def test_a_translation_that_a_colleague_removed_is_told_and_its_file_stays(site):
    refunds = site.article("Refunds")["id"]
    row = site.center.store.get("article", int(refunds))
    del row["contents"]["fr"]
    with site.center.store.writing():
        site.center.store.put("article", row)
    before = content(site)
    told = pulled(site)
    assert "the French translation was removed in Intercom" in told.err
    assert content(site) == before


def test_what_was_deleted_in_intercom_is_told_and_goes_only_when_it_is_named(site, git):
    site.center.delete_by_hand("article", site.article("Fees")["id"])
    told = pulled(site)
    assert "billing/fees was deleted in Intercom; its file stays." in told.err
    assert "publisher pull billing/fees" in told.err
    assert git.changed() == {}
    told = pulled(site, "billing/fees")
    assert "  removed   content/en/billing/fees.md\n" in told.err
    assert "en/billing/fees.md" not in content(site)
    assert_settled(site)


def test_a_deleted_article_that_others_link_to_keeps_its_file(site):
    site.center.delete_by_hand("article", site.article("Cancel an order")["id"])
    before = content(site)
    told = pulled(site, "orders/cancel", expect=4)
    assert "orders/cancel" in told.err
    assert content(site) == before


def test_a_deleted_article_that_was_changed_here_keeps_its_file(site):
    site.center.delete_by_hand("article", site.article("Fees")["id"])
    site.edit("en/billing/fees.md", "See", "Look at")
    told = pulled(site, "billing/fees")
    assert "deleted in Intercom and changed here since; its file stays" in told.err
    assert "en/billing/fees.md" in content(site)


def test_a_collection_deleted_in_intercom_is_told_and_what_lies_in_it_does_not_clash(site):
    site.center.delete_by_hand("collection", collection(site, "Billing"))
    told = pulled(site)
    assert "billing was deleted in Intercom; its file stays." in told.err
    assert "changed here and in Intercom" not in told.err


def test_a_deleted_page_and_source_for_fin_are_told_and_a_page_goes_when_it_is_named(site):
    site.write(FIN)
    site.apply()
    [page], [source] = site.center.rows("page"), site.center.rows("source")
    site.center.delete_by_hand("page", str(page["id"]))
    assert "handbook/hours:en was deleted in Intercom; its file stays" in pulled(site).err
    pulled(site, "page:handbook/hours:en")
    assert "fin/handbook/en/hours.md" not in content(site)
    assert_settled(site)
    site.center.delete_by_hand("source", str(source["id"]))
    told = pulled(site, "handbook")
    assert "handbook was deleted in Intercom; its file stays." in told.err
    assert "fin/handbook/_source.md" in content(site)


def test_a_renamed_collection_is_renamed_in_its_file(site, git):
    site.center.rename_by_hand(collection(site, "Billing"), "Money", kind="collection")
    site.center.rename_by_hand(collection(site, "Money"), "Argent", "fr", kind="collection")
    pulled(site)
    assert git.diff() == [
        "-title: Billing",
        "+title: Money",
        "-title: Facturation",
        "+title: Argent",
    ]
    assert_settled(site)


@pytest.mark.slow
def test_a_renamed_collection_without_a_file_gets_one(site, git):
    site.center.rename_by_hand(collection(site, "Orders"), "Your orders", kind="collection")
    pulled(site)
    assert text(site, "en/orders/_index.md") == "---\ntitle: Your orders\n---\n"
    assert list(git.changed()) == ["content/en/orders/_index.md"]
    assert_settled(site)


def test_a_collection_named_in_another_language_gets_a_file_for_it(site):
    site.center.rename_by_hand(collection(site, "Orders"), "Commandes", "fr", kind="collection")
    pulled(site)
    assert text(site, "fr/orders/_index.md") == "---\ntitle: Commandes\n---\n"
    assert_settled(site)


def test_a_page_for_fin_changes_like_an_article(site, git):
    site.write(FIN)
    site.apply()
    git.keep()
    [page] = site.center.rows("page")
    row = site.center.store.get("page", int(page["id"]))
    row |= {"title": "Opening hours", "html": row["html"].replace("five", "six")}
    row["flags"] = {**row["flags"], "copilot": False}
    with site.center.store.writing():
        site.center.store.put("page", row)
    pulled(site)
    assert git.diff() == [
        "-title: Hours",
        "+title: Opening hours",
        "-  copilot: true",
        "+  copilot: false",
        "-Nine to five.",
        "+Nine to six.",
    ]
    assert_settled(site)


def test_a_source_for_fin_that_was_switched_off_says_so(site, git):
    site.write(FIN)
    site.apply()
    git.keep()
    [source] = site.center.rows("source")
    row = site.center.store.get("source", int(source["id"]))
    with site.center.store.writing():
        site.center.store.put("source", row | {"status": "deactivated"})
    pulled(site)
    assert git.diff() == ["+status: deactivated"]
    assert_settled(site)


# Both sides ------------------------------------------------------------------------------


def test_edits_of_different_blocks_are_both_kept_and_only_ours_is_to_be_sent(site, git):
    site.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    git.keep()
    edit_body(site, "Refunds", "three", "drei")
    assert site.notices() == ["conflict"]
    pulled(site, "billing/refunds")
    assert git.diff() == ["-* three", "+* drei"]
    assert site.changes() == [("update", "article", "billing/refunds")]
    shown = site.run("plan").err
    assert "      + Within 30 days." in shown
    assert "drei" not in shown
    assert site.notices() == []
    site.apply()
    assert "Within 30 days" in site.body("Refunds")
    assert "drei" in site.body("Refunds")
    assert_settled(site)


@pytest.mark.slow
def test_after_a_merge_a_second_edit_of_theirs_is_merged_as_well(site):
    site.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    edit_body(site, "Refunds", "three", "drei")
    pulled(site)
    edit_body(site, "Refunds", "Write to us", "Call us")
    pulled(site)
    kept = text(site, "en/billing/refunds.md")
    assert all(words in kept for words in ("30 days", "* drei", "Call\nus."))
    assert site.changes() == [("update", "article", "billing/refunds")]
    site.apply()
    assert_settled(site)


@pytest.mark.slow
def test_a_merge_taken_back_here_takes_nothing_of_theirs_back(site):
    site.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    edit_body(site, "Refunds", "three", "drei")
    pulled(site)
    site.edit("en/billing/refunds.md", "Within 30 days", "Within 14 days")
    shown = site.body("Refunds")
    site.apply()
    assert site.body("Refunds") == shown
    assert_settled(site)


def test_edits_of_the_same_block_clash_and_nothing_is_written(site):
    site.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    edit_body(site, "Refunds", "Within 14 days", "Within 60 days")
    before = everything(site)
    told = pulled(site, "billing/refunds", expect=4)
    assert "content/en/billing/refunds.md:9: " in told.err
    assert "publisher apply --overwrite billing/refunds" in told.err
    after = everything(site)
    assert after == before
    assert site.notices() == ["conflict"]


def test_a_clash_does_not_keep_what_else_drifted_from_being_pulled(site, git):
    site.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    git.keep()
    edit_body(site, "Refunds", "Within 14 days", "Within 60 days")
    edit_body(site, "Cancel an order", "None.", "One euro.")
    edit_body(site, "Refunds", "Sous 14", "Sous 60", "fr")
    pulled(site, expect=4)
    assert git.changed() == {
        "content/en/orders/cancel.md": (1, 1),
        "content/fr/billing/refunds.md": (1, 1),
    }
    assert site.notices() == ["conflict"]


def test_the_same_edit_on_both_sides_only_settles_the_ledger(site, git):
    site.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    git.keep()
    edit_body(site, "Refunds", "Within 14 days", "Within 30 days")
    pulled(site)
    assert git.changed() == {}
    assert_settled(site)


def test_a_title_changed_on_both_sides_clashes(site):
    site.edit("en/billing/refunds.md", '"Refunds"', '"Money back"')
    site.center.edit_by_hand(site.article("Refunds")["id"], title="Payback")
    before = content(site)
    told = pulled(site, expect=4)
    assert "the English title changed here and in Intercom" in told.err
    assert content(site) == before


@pytest.mark.slow
def test_a_title_of_ours_and_a_paragraph_of_theirs_are_both_kept(site):
    site.edit("en/billing/refunds.md", '"Refunds"', '"Money back"')
    edit_body(site, "Refunds", "Write to us", "Call us")
    pulled(site)
    assert site.changes() == [("update", "article", "billing/refunds")]
    site.apply()
    assert "Call us" in site.body("Money back")
    assert_settled(site)


def test_a_ledger_of_an_older_version_still_lets_drift_be_pulled(site, git):
    forget(site, "shown")
    edit_body(site, "Refunds", "Write to us", "Call us")
    pulled(site)
    assert git.diff() == ["-Write to", "+Call"]
    assert_settled(site)


def test_a_ledger_of_an_older_version_refuses_a_conflict(site):
    forget(site, "shown")
    site.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    edit_body(site, "Refunds", "three", "drei")
    before = content(site)
    told = pulled(site, expect=4)
    assert "the ledger is too old to tell in which blocks" in told.err
    assert "publisher apply --overwrite billing/refunds" in told.err
    assert content(site) == before


# What the server did -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["everything"])
def test_a_server_that_respells_everything_gives_nothing_to_pull(kind, site, git):
    assert site.center.rewrite_everything(kind) > 0
    assert_settled(site)
    assert git.changed() == {}
    site.edit("en/billing/refunds.md", "Within 14 days", "Within 30 days")
    assert site.changes() == [("update", "article", "billing/refunds")]
    site.apply()
    git.keep()
    site.center.rewrite_everything(kind)
    edit_body(site, "Cancel an order", "None.", "One euro.")
    pulled(site)
    assert git.diff() == ["-None.", "+One euro."]
    assert_settled(site)


def test_a_link_edited_beside_a_renamed_heading_leads_to_the_name_it_keeps(site):
    edit_body(site, "Refunds", ">How<", ">How it works in the end<")
    edit_body(site, "Fees", "See ", "Look at ")
    pulled(site)
    assert "refunds.md#how" in text(site, "en/billing/fees.md")
    assert "{#how}" in text(site, "en/billing/refunds.md")
    assert_settled(site)
