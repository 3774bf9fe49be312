"""The words of `publisher pull`: what it refuses, what it counts, what it hands to scripts."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.socket
ISLAND = (
    '<div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr>'
    '<td style="background-color: #fed9db80;"><p>a</p></td></tr></tbody></table></div>'
)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--all", "billing/refunds"), "KEY and --all cannot be combined; choose one."),
        (("--collection", "Billing", "billing"), "KEY and --collection cannot be combined"),
        (("--all", "--collection", "Billing"), "--all and --collection cannot be combined"),
        (("--adopt", "--all"), "--adopt links files that are there; --all and --collection fetch."),
        (("--adopt", "--collection", "Billing"), "--adopt links files that are there"),
        (("--format", "yaml"), "'yaml' is not one of"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_asked(story, arguments, said):
    outcome = story.run("pull", *arguments)
    assert outcome.code == 64
    assert said in outcome.err
    assert story.center.calls == []


def test_many_files_are_told_by_number_and_many_findings_to_a_limit(story):
    for number in range(45):
        story.center.create_by_hand(title=f"Odd {number}", body=ISLAND)
    outcome = story.run("pull", "--all")
    assert outcome.code == 0, str(outcome)
    assert "  45 files written\n" in outcome.err
    assert "content/en/odd-1.md\n" not in outcome.err
    assert "45 blocks converted, 45 of them kept as HTML (45 " in outcome.err
    assert "  … and 5 more; --format json lists them all.\n" in outcome.err
    assert "look at these 45 above." in outcome.err


def test_scripts_get_one_document_and_people_still_read_the_rest(story):
    story.apply()
    story.center.create_by_hand(title="Odd", body=f"<p>x</p>{ISLAND}")
    outcome = story.run("pull", "--all", "--format", "json")
    told = outcome.json
    assert told["format"] == "publisher-pull/1"
    assert told["dry_run"] is False
    assert told["files"] == [
        {
            "path": "content/en/odd.md",
            "thing": "article:odd",
            "how": "new",
            "identical": True,
        }
    ]
    assert told["summary"]["blocks"] == 2
    assert told["summary"]["islands"] == sum(told["islands"].values()) == 1
    [look] = told["look"]
    assert (look["rule"], look["path"], look["line"]) == ("pull-island", "content/en/odd.md", 7)
    assert look["what"]
    assert look["advice"]
    assert "  written   content/en/odd.md\n" in outcome.err


def test_a_dry_run_says_would_and_that_it_was_one(story):
    story.apply()
    story.center.create_by_hand(title="New", body="<p>x</p>")
    outcome = story.run("pull", "--all", "--dry-run")
    assert "would be written content/en/new.md" in " ".join(outcome.err.split())
    assert outcome.err.endswith("This was a dry run; nothing was written.\n")


def test_nothing_to_pull_is_a_sentence_and_code_0(story):
    story.apply()
    outcome = story.run("pull")
    assert outcome.code == 0
    assert outcome.err.endswith("Nothing to pull: the files say what is live.\n")


def test_a_clash_ends_with_4_for_scripts_too(story):
    story.apply()
    body = story.body("Refunds")
    story.center.edit_by_hand(
        story.article("Refunds")["id"], body=body.replace("14 days", "60 days")
    )
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    outcome = story.run("pull", "--format", "json")
    assert outcome.code == 4
    [look] = outcome.json["look"]
    assert (look["rule"], look["path"]) == ("pull-clash", "content/en/billing/refunds.md")
    assert look["line"] == 5
    assert outcome.json["files"] == []


def test_help_names_every_way_to_choose(story):
    outcome = story.run("pull", "--help")
    assert outcome.code == 0
    for option in ("[KEY]...", "--all", "--collection NAME", "--adopt", "--dry-run", "--format"):
        assert option in outcome.out
