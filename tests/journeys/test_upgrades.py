"""Another version of the program may spell a text differently: that is said once, not sent."""

import json

import pytest

from tests.journeys.test_hand_edits import edit_refunds
from tests.often import every_day

pytestmark = pytest.mark.socket


def sent_by_another_version(story, *keys):
    """Make the ledger say that these bodies were spelt differently when they were sent."""
    ledger = story.folder / ".publisher" / "live.json"
    document = json.loads(ledger.read_text())
    for thing in document["things"]:
        if thing["key"] in keys:
            spelt = {name: "0" * 16 for name in thing["sent"] if name.endswith(".body")}
            thing["sent"].update(spelt)
    ledger.write_text(json.dumps(document))


def test_a_newer_renderer_is_one_line_and_sends_nothing(story):
    story.apply()
    before = story.body("Refunds")
    sent_by_another_version(story, "billing/refunds", "orders/cancel")
    plan = story.plan()
    assert (plan["changes"], [n["rule"] for n in plan["notices"]]) == ([], ["renderer"])
    assert plan["notices"][0]["what"].startswith("2 articles would be spelt differently")
    assert "publisher apply --rerender" in plan["notices"][0]["advice"]
    story.center.calls.clear()
    story.apply()
    assert (story.writes, story.body("Refunds")) == ([], before)


@pytest.mark.parametrize("command", every_day(1, ["plan", "status"]))
def test_a_newer_renderer_is_nothing_to_apply(story, command):
    story.apply()
    sent_by_another_version(story, "billing/refunds")
    assert story.run(command, "--detailed-exitcode").code == 0


def test_rerender_sends_them_and_then_there_is_nothing_to_say(story):
    story.apply()
    sent_by_another_version(story, "billing/refunds", "orders/cancel")
    told = story.apply("--rerender")
    assert "a newer version of publisher spells it differently" in told.err
    assert len(story.writes) > 0
    assert (story.changes(), story.notices()) == ([], [])


def test_a_change_of_one_article_does_not_send_the_others(story):
    story.apply()
    sent_by_another_version(story, "billing/refunds", "orders/cancel")
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    assert story.changes() == [("update", "article", "orders/cancel")]
    assert story.notices() == ["renderer"]


@pytest.mark.parametrize("options", every_day(1, [[], ["--rerender"]]))
def test_a_hand_edit_is_kept_whatever_the_renderer_says(story, options):
    story.apply()
    sent_by_another_version(story, "billing/refunds", "orders/cancel")
    edit_refunds(story, body="<p>Within 60 days.</p>")
    assert "drift" in story.notices(*options)
    story.apply(*options)
    assert story.body("Refunds") == "<p>Within 60 days.</p>"


def test_a_hand_edit_under_a_newer_renderer_is_replaced_only_by_name(story):
    story.apply()
    sent_by_another_version(story, "billing/refunds")
    edit_refunds(story, body="<p>Within 60 days.</p>")
    story.apply("--overwrite", "billing/refunds")
    assert "14 days" in story.body("Refunds")
    assert (story.changes(), story.notices()) == ([], ["renderer"]), "the French text waits"
