"""Formats for other programs: their shape, and that they never break what they stand in."""

from __future__ import annotations

import json

import pytest

from tests.terminal import run_in

# plan ------------------------------------------------------------------------------------------


@pytest.mark.socket
def test_a_plan_reads_the_same_in_every_format(story):
    planned = story.run("plan", "--format", "json").json
    text, markdown = story.run("plan").err, story.run("plan", "--format", "markdown").out
    assert [change["key"] for change in planned["changes"]]
    for change in planned["changes"]:
        for shown in (text, markdown):
            assert change["key"] in shown
            assert change["title"] in shown
            assert change["why"] in shown


# show ------------------------------------------------------------------------------------------


@pytest.mark.socket
def test_a_saved_plan_is_shown_in_every_format(story):
    saved = story.folder / "plan.json"
    assert story.run("plan", "--out", str(saved)).code == 0
    shown = story.run("show", "plan.json")
    assert shown.code == 0
    assert "stale" not in shown.err
    assert "with publisher " in shown.err
    assert story.run("show", "plan.json", "--format", "json").out.strip() == (
        saved.read_text().strip()
    )
    assert story.run("show", "plan.json", "--format", "markdown").out.startswith("### Help center")


@pytest.mark.socket
def test_a_stale_plan_is_shown_and_says_so(story):
    story.run("plan", "--out", "plan.json")
    story.apply()
    shown = story.run("show", "plan.json")
    assert shown.code == 0
    assert "stale: the ledger has moved on" in shown.err
    assert "billing/refunds" in shown.err
    assert story.run("show", "plan.json", "--format", "json").json["id"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is no plan"),
        ("{}", "no plan of publisher"),
        ("[1]", "no plan of publisher"),
        ('{"format": "publisher-plan/99"}', "publisher-plan/99"),
        ('{"format": "publisher-plan/1"}', "damaged"),
    ],
)
def test_a_file_that_is_no_plan_is_a_sentence(text, said, tmp_path):
    (tmp_path / "plan.json").write_text(text)
    ended = run_in(tmp_path, "show", "plan.json")
    assert ended.code == 1
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.socket
def test_a_plan_that_was_edited_by_hand_is_refused(story):
    story.run("plan", "--out", "plan.json")
    path = story.folder / "plan.json"
    document = json.loads(path.read_text())
    document["changes"][0]["title"] = "Something else"
    path.write_text(json.dumps(document))
    for line in (["show", "plan.json"], ["apply", "plan.json"]):
        ended = story.run(*line)
        assert ended.code == 1
        assert "changed after it was made" in ended.err
    assert story.writes == []


# status ----------------------------------------------------------------------------------------


@pytest.mark.socket
def test_the_status_of_everything_as_text_and_as_json(story):
    assert story.run("status", "--detailed-exitcode").code == 2
    story.apply()
    settled = story.run("status", "--detailed-exitcode")
    assert settled.code == 0
    assert ", 0 drifted" in settled.err
    story.center.edit_by_hand(story.article("Refunds")["id"], title="Our refunds")
    story.edit("en/orders/cancel.md", "None.", "Some.")
    ended = story.run("status", "--detailed-exitcode", "--format", "json")
    assert ended.code == 2
    by_key = {(row["kind"], row["key"], row["locale"]): row["standing"] for row in ended.json}
    assert by_key["article", "billing/refunds", "en"] == "drift"
    assert by_key["article", "billing/refunds", "fr"] == "settled"
    assert by_key["article", "orders/cancel", "en"] == "update"
    text = story.run("status")
    assert text.code == 0
    assert "1 to update, 1 drifted" in text.err
