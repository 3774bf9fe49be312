"""Somebody worked in Intercom meanwhile. Nothing of theirs is lost, nothing of ours silently."""

import json

import pytest

from tests.often import every_day

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
    assert "look at it            http://127.0.0.1" in told.err
    assert "bring both together   publisher pull billing/refunds" in told.err
    assert "replace it            publisher apply --overwrite billing/refunds" in told.err
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


def status_of(story, key, locale="en"):
    """How one text stands, with what was edited in Intercom as lines."""
    rows = story.run("status", "--format", "json").json
    [row] = [row for row in rows if (row["key"], row["locale"]) == (key, locale)]
    return row["standing"], row["diff"]


def test_status_shows_the_paragraphs_that_were_edited_in_intercom(story):
    story.apply()
    edit_refunds(story, body=story.body("Refunds").replace("Write to us.", "Call us."))
    assert status_of(story, "billing/refunds") == ("drift", ["- Write to us.", "+ Call us."])
    assert status_of(story, "billing/refunds", "fr") == ("settled", [])
    shown = story.run("status").err
    assert "      - Write to us.\n      + Call us.\n" in shown
    assert "14 days" not in shown


def test_status_of_a_conflict_shows_their_edit_and_leaves_ours_out(story):
    story.apply()
    edit_refunds(story, body=story.body("Refunds").replace("Write to us.", "Call us."))
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    assert status_of(story, "billing/refunds") == ("conflict", ["- Write to us.", "+ Call us."])
    story.edit("en/billing/refunds.md", "Write to us.", "Write to them.")
    assert status_of(story, "billing/refunds") == ("conflict", ["- Write to them.", "+ Call us."])


def test_status_leaves_out_what_the_author_changed_right_beside_an_edit(story):
    story.edit("en/billing/refunds.md", "Write to us.", "One one.\n\nTwo two.\n\nThree three.")
    story.apply()
    body = story.body("Refunds").replace("One one", "Uno one").replace("Three three", "Drei three")
    edit_refunds(story, body=body)
    story.edit("en/billing/refunds.md", "One one", "Eins one")
    story.edit("en/billing/refunds.md", "Two two", "Zwei two")
    assert status_of(story, "billing/refunds") == (
        "conflict",
        ["- Eins one.", "+ Uno one.", "    …", "- Three three.", "+ Drei three."],
    )


def test_status_leaves_out_what_the_author_put_in_beside_an_edit(story):
    story.edit("en/billing/refunds.md", "Write to us.", "One one.\n\nTwo two.")
    story.apply()
    edit_refunds(story, body=story.body("Refunds").replace("Two two", "Two zwei"))
    story.edit("en/billing/refunds.md", "One one.\n", "One one.\n\nNew new.\n")
    assert status_of(story, "billing/refunds") == ("conflict", ["- Two two.", "+ Two zwei."])


def test_status_shows_what_was_added_and_taken_out_in_intercom(story):
    story.apply()
    body = story.body("Refunds")
    heading = body[body.index("<h1") : body.index("</h1>") + 5]
    edited = body.replace(heading, "<p>We are quick.</p>") + "<p>Or call.</p>"
    edit_refunds(story, body=edited)
    assert status_of(story, "billing/refunds") == (
        "drift",
        ["- ## How", "+ We are quick.", "    …", "+ Or call."],
    )


def test_status_names_what_was_edited_beside_the_words(story):
    story.apply()
    body = story.body("Refunds").replace(
        'class="no-margin">Write', 'class="intercom-align-center">Write'
    )
    edit_refunds(story, body=body)
    assert status_of(story, "billing/refunds") == (
        "drift",
        ["  (only the structure changed: alignment)"],
    )


def test_status_names_a_heading_that_was_moved_down_a_level(story):
    story.edit("en/billing/refunds.md", "Write to us.", "Write to us.\n\n## When\n\nAt once.")
    story.apply()
    lowered = story.body("Refunds").replace(">When</h1>", ">When</h2>")
    start = lowered.rindex("<h1")
    edit_refunds(story, body=f"{lowered[:start]}<h2{lowered[start + 3 :]}")
    assert status_of(story, "billing/refunds") == (
        "drift",
        ["  (only the structure changed: heading levels)"],
    )


def test_status_shows_no_text_where_only_the_title_was_edited(story):
    story.apply()
    edit_refunds(story, title="Money back")
    assert status_of(story, "billing/refunds") == ("drift", ["  title: “Refunds” → “Money back”"])


def test_status_of_a_renamed_file_still_knows_what_was_edited(story):
    story.apply()
    edit_refunds(story, body=story.body("Refunds").replace("Write to us.", "Call us."))
    for name in ("en", "fr"):
        story.move(f"{name}/billing/refunds.md", f"{name}/billing/money-back.md")
    story.edit("en/orders/cancel.md", "refunds.md", "money-back.md")
    assert status_of(story, "billing/money-back")[1] == ["- Write to us.", "+ Call us."]


def test_a_ledger_that_is_too_old_to_tell_shows_the_whole_difference(story):
    story.apply()
    ledger = story.folder / ".publisher" / "live.json"
    document = json.loads(ledger.read_text())
    for thing in document["things"]:
        thing.pop("shown", None)
    ledger.write_text(json.dumps(document))
    edit_refunds(story, body=story.body("Refunds").replace("Write to us.", "Call us."))
    standing, diff = status_of(story, "billing/refunds")
    assert (standing, diff[-2:]) == ("drift", ["- Write to us.", "+ Call us."])


@pytest.mark.parametrize("stated", every_day(1, ["", "state: published\n"]))
def test_an_article_unpublished_by_hand_stays_so(story, stated):
    story.edit("en/orders/cancel.md", "title:", f"{stated}title:")
    story.apply()
    story.center.unpublish_by_hand(story.article("Cancel an order")["id"])
    assert "drift" in story.notices()
    story.apply()
    assert story.article("Cancel an order")["contents"]["en"]["state"] == "draft"
    assert story.changes() == [], "links to it are plain text now, and that was sent"
    assert 'href="http://127.0.0.1:8010/en/articles' not in story.body("Refunds")


def test_a_plan_shows_the_line_that_loses_its_link_and_the_one_that_gets_it_back(story):
    story.apply()
    cancel = story.article("Cancel an order")["id"]
    story.center.unpublish_by_hand(cancel)
    story.run("plan", "--out", "plan.json")
    for shown in (story.run("plan"), story.run("apply", "--dry-run", "plan.json")):
        assert "- Within 14 days. See [cancelling](article:orders/cancel#…)." in shown.err
        assert "+ Within 14 days. See cancelling." in shown.err
        assert "nothing changes that a reader would see" not in shown.err
    assert "+ Within 14 days. See cancelling." in story.run("plan", "--format", "markdown").out
    story.apply()
    story.center.publish_by_hand(cancel)
    back = story.run("plan").err
    assert "+ Within 14 days. See [cancelling](article:orders/cancel#…)." in back
    assert "- Within 14 days. See cancelling." in back


def test_a_plan_shows_a_link_that_leads_to_the_article_that_was_put_back(story):
    story.apply()
    former = story.article("Cancel an order")["id"]
    story.center.delete_by_hand("article", former)
    shown = story.run("plan", "--overwrite", "orders/cancel").err
    assert f"/articles/{former}#…)." in shown
    assert "+ Within 14 days. See [cancelling](article:orders/cancel#…)." in shown


def test_a_plan_does_not_show_links_that_stay_plain_text(story):
    story.apply()
    story.center.unpublish_by_hand(story.article("Cancel an order")["id"])
    story.apply()
    story.edit("en/billing/refunds.md", "Write to us", "Call us")
    shown = story.run("plan").err
    assert "+ Call us." in shown
    assert "See [cancelling]" not in shown


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
    [billing] = [
        row for row in story.center.rows("collection") if "Billing" in row["names"].values()
    ]
    story.center.rename_by_hand(billing["id"], "Money", kind="collection")
    assert (story.changes(), story.notices()) == ([], ["drift"])
    story.apply("--overwrite", "billing")
    assert story.center.row("collection", billing["id"])["names"]["en"] == "Billing"


def test_what_was_deleted_by_hand_is_not_created_again_unless_asked(story):
    story.apply()
    former = story.article("Cancel an order")["id"]
    story.center.delete_by_hand("article", former)
    [gone] = [n for n in story.plan()["notices"] if n["rule"] == "gone"]
    assert "publisher pull orders/cancel" in gone["advice"]
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
    [billing] = [
        row for row in story.center.rows("collection") if "Billing" in row["names"].values()
    ]
    story.center.delete_by_hand("collection", billing["id"])
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


# Adopted one by one ------------------------------------------------------------------------


def adopt_refunds_alone(story):
    """Its link leads to an article that is live, and that the new ledger does not know yet."""
    story.apply()
    (story.folder / ".publisher" / "live.json").unlink()
    adopted = story.run("pull", "--adopt", "billing/refunds")
    assert adopted.code == 0, str(adopted)


def test_a_link_to_what_is_not_adopted_yet_is_no_change_now_and_none_later(story):
    adopt_refunds_alone(story)
    assert (story.changes(), set(story.notices())) == ([], {"conflict"})
    advice = "".join(notice["advice"] for notice in story.plan()["notices"])
    assert "publisher pull --adopt orders/cancel" in advice
    adopted = story.run("pull", "--adopt")
    assert adopted.code == 0, str(adopted)
    assert (story.changes(), story.notices()) == ([], [])


@pytest.mark.parametrize("saved", every_day(1, [False, True]), ids=["planned here", "a saved plan"])
def test_an_edit_beside_a_link_to_what_is_not_adopted_yet_keeps_the_link(story, saved):
    adopt_refunds_alone(story)
    link = story.body("Refunds").partition('href="')[2].partition('"')[0]
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    if saved:
        assert story.run("plan", "--out", "plan.json").code == 0
    story.apply(*(["plan.json"] if saved else []), expect=4)
    assert "30 days" in story.body("Refunds")
    assert link in story.body("Refunds")
    assert "#h_" in link
    assert (story.changes(), set(story.notices())) == ([], {"conflict"})
    assert story.run("pull", "--adopt").code == 0
    assert (story.changes(), story.notices()) == ([], [])


def test_a_twin_that_differs_has_two_ways_out_and_both_lead_there(story):
    story.edit("en/orders/cancel.md", "See [refunds](../billing/refunds.md).", "Alone.")
    story.apply()
    (story.folder / ".publisher" / "live.json").unlink()
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    advice = "".join(notice["advice"] for notice in story.plan()["notices"])
    assert "publisher pull billing/refunds" not in advice
    assert story.run("pull", "--adopt", "billing/refunds").code == 4
    assert "move the file away, then publisher pull --all" in advice
    for locale in ("en", "fr"):
        story.remove(f"{locale}/billing/refunds.md")
    assert story.run("pull", "--all").code == 0
    assert "14 days" in (story.folder / "content/en/billing/refunds.md").read_text()
    assert (story.changes(), story.notices()) == ([], [])


# Translations that stand in Intercom alone ------------------------------------------------------


def translate_refunds(story):
    story.apply()
    story.center.edit_by_hand(
        story.article("Refunds")["id"],
        "de",
        title="Erstattungen",
        body="<p>Nichts.</p>",
        state="published",
    )


def test_a_translation_added_in_intercom_stands_as_unmanaged_and_is_no_drift(story):
    translate_refunds(story)
    [notice] = story.plan()["notices"]
    assert notice["what"] == "1 translation in Intercom has no file here; it is left alone."
    assert "publisher pull billing/refunds" in notice["advice"]
    assert status_of(story, "billing/refunds", "de")[0] == "unmanaged"
    status = story.run("status", "--detailed-exitcode")
    assert "? unmanaged article billing/refunds [de] “Erstattungen” — no file here" in status.err
    assert "1 unmanaged." in status.err
    assert status.code == story.run("plan", "--detailed-exitcode").code == 0
    story.apply()
    assert story.body("Erstattungen", "de") == "<p>Nichts.</p>"


def test_a_translation_added_in_intercom_is_settled_once_it_has_a_file(story):
    translate_refunds(story)
    assert story.run("pull", "billing/refunds").code == 0
    assert (story.changes(), story.notices()) == ([], [])
    assert status_of(story, "billing/refunds", "de")[0] == "settled"


def test_a_translation_nobody_asked_for_is_not_mentioned(story):
    story.configure(top='locales = ["en", "fr"]')
    translate_refunds(story)
    assert story.notices() == []
    assert "de" not in {row["locale"] for row in story.run("status", "--format", "json").json}
