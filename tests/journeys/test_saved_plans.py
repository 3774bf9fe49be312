"""A saved plan is applied exactly, once, where it was made for; an old checkout does not win."""

import os
import shutil
import subprocess

import pytest

from tests.often import every_day
from tests.world import World

pytestmark = pytest.mark.socket


@pytest.fixture
def saved(story):
    """A plan of an update, kept in a file."""
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    assert story.run("plan", "--out", "plan.json").code == 0
    return story.folder / "plan.json"


def test_a_saved_plan_needs_no_yes(story, saved):
    assert story.run("apply", "plan.json").code == 0
    assert "One euro" in story.body("Cancel an order")
    assert story.changes() == []


def test_what_changed_after_the_plan_is_left_alone_and_the_rest_is_written(story, saved):
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    assert story.run("plan", "--out", "plan.json").code == 0
    story.center.edit_by_hand(story.article("Refunds")["id"], body="<p>Hers.</p>")
    applied = story.run("apply", "plan.json")
    assert applied.code == 4
    assert (
        "not written: article billing/refunds: it changed in Intercom after the plan was made"
        in applied.err
    )
    assert story.body("Refunds") == "<p>Hers.</p>"
    assert "One euro" in story.body("Cancel an order")


def test_a_plan_is_refused_when_the_ledger_has_moved_on(story, saved):
    story.apply()
    refused = story.run("apply", "plan.json")
    assert refused.code == 4
    assert "has moved on since this plan was made (serial 1, now 2)" in refused.err
    assert "! stale" in story.run("show", "plan.json").err


def test_a_plan_is_refused_at_another_target(story, saved):
    text = (story.folder / "publisher.toml").read_text()
    other = text + text[text.index("[targets.live]") :].replace("targets.live", "targets.other")
    (story.folder / "publisher.toml").write_text(other)
    refused = story.run("apply", "plan.json", "--target", "other")
    assert refused.code == 4
    assert "this plan was made for target live, but this is other" in refused.err


def test_a_plan_is_refused_in_another_workspace(story, saved):
    story.center.workspace_id = "elsewhere"
    refused = story.run("apply", "plan.json")
    assert refused.code == 4
    assert "workspace local0001" in refused.err


def test_the_first_plan_of_all_is_refused_in_another_workspace(story):
    """No ledger says yet for whom it is: only the plan does."""
    story.run("plan", "--out", "plan.json")
    story.center.workspace_id = "elsewhere"
    refused = story.run("apply", "plan.json")
    assert refused.code == 4, str(refused)
    assert "made for workspace local0001, but this is elsewhere" in refused.err
    assert story.writes == []


def test_a_plan_is_refused_for_another_api_version(story, saved):
    story.configure(api_version="2.15")
    refused = story.run("apply", "plan.json")
    assert refused.code == 4
    assert "made for API version 2.16, but this is 2.15" in refused.err


def test_a_plan_is_refused_with_a_ledger_of_another_lineage(story, saved):
    ledger = story.folder / ".publisher" / "live.json"
    text = ledger.read_text()
    lineage = text.partition('"lineage": "')[2][:16]
    ledger.write_text(text.replace(lineage, "0" * 16))
    assert story.run("apply", "plan.json").code == 4


def test_a_saved_plan_takes_no_planning_options(story, saved):
    refused = story.run("apply", "plan.json", "--overwrite", "orders/cancel")
    assert refused.code == 64
    assert "takes no planning options" in refused.err


def test_a_plan_edited_by_hand_is_refused(story, saved):
    saved.write_text(saved.read_text().replace("One euro", "Ten euro"))
    story.center.calls.clear()
    refused = story.run("apply", "plan.json")
    assert refused.code == 1
    assert "changed after it was made" in refused.err
    assert story.center.calls == []


def test_approvals_are_saved_with_the_plan(story):
    story.apply()
    story.center.edit_by_hand(story.article("Refunds")["id"], body="<p>Hers.</p>")
    assert story.run("plan", "--out", "p.json", "--overwrite", "billing/refunds").code == 0
    assert story.run("apply", "p.json").code == 0
    assert "14 days" in story.body("Refunds")


def test_a_plan_after_a_crash_must_be_made_again(story, saved):
    """While something is in doubt nobody knows what a saved plan would do."""
    story.leave_in_doubt("x", "X")
    story.run("plan", "--out", "plan.json")
    story.center.calls.clear()
    refused = story.run("apply", "plan.json")
    assert refused.code == 4
    assert "what became of its calls is found out now" in refused.err
    assert story.writes == []
    story.run("plan", "--out", "plan.json")
    assert story.run("apply", "plan.json").code == 0, "nothing is in doubt any more"


# Checkouts -----------------------------------------------------------------------------------


def git(folder, *arguments, day=1):
    when = f"2026-01-{day:02}T12:00:00Z"
    settings = {
        **os.environ,
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_DATE": when,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    named = ("-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(
        ["git", *named, *arguments], cwd=folder, env=settings, check=True, capture_output=True
    )


def commit(story, day):
    git(story.folder, "add", "content", "publisher.toml")
    git(story.folder, "commit", "-m", f"day {day}", day=day)


@pytest.fixture
def history(story):
    """Two commits; the newer one is applied."""
    git(story.folder, "init")
    commit(story, 1)
    git(story.folder, "branch", "old")
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    commit(story, 2)
    story.apply()
    return story


def test_an_older_checkout_is_refused_before_anything_is_read(history):
    git(history.folder, "checkout", "old")
    history.center.calls.clear()
    refused = history.run("apply", "--yes")
    assert refused.code == 4
    assert "older than what was applied last" in refused.err
    assert "--allow-older" in refused.err
    assert history.writes == []
    history.apply("--allow-older")
    assert "One euro" not in history.body("Cancel an order")


def test_the_same_and_a_newer_checkout_are_welcome(history):
    history.apply()
    history.edit("en/orders/cancel.md", "One euro", "Two euro")
    commit(history, 3)
    history.apply()
    assert "Two euro" in history.body("Cancel an order")


def test_a_plan_of_an_older_checkout_may_still_be_looked_at(history):
    git(history.folder, "checkout", "old")
    assert history.changes() == [("update", "article", "orders/cancel")]


def shallow(history, folder):
    source = f"file://{history.folder}"
    git(history.folder, "clone", "--depth", "1", "--branch", "old", source, str(folder))
    shutil.copytree(history.folder / ".publisher", folder / ".publisher")
    return World(folder=folder, center=history.center, url=history.url)


@pytest.mark.parametrize("day", every_day(1, [1, 2]))
def test_in_a_shallow_clone_the_time_of_the_commit_decides(history, tmp_path_factory, day):
    """In doubt, two commits of one second, it counts as the older."""
    there = shallow(history, tmp_path_factory.mktemp("clones") / "old")
    git(there.folder, "commit", "--amend", "--no-edit", day=day)
    refused = there.run("apply", "--yes")
    assert (refused.code, "older than" in refused.err) == (4, True)
    there.apply("--allow-older")


def test_a_newer_commit_of_a_shallow_clone_is_welcome(history, tmp_path_factory):
    there = shallow(history, tmp_path_factory.mktemp("clones") / "old")
    git(there.folder, "commit", "--amend", "--no-edit", day=3)
    there.apply()


def test_without_git_nobody_asks_for_the_age(story):
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    story.apply()


# When something happened since ------------------------------------------------------------------


def test_a_plan_does_not_create_beside_what_somebody_made_since(story):
    story.apply()
    story.write({"en/billing/new.md": "---\ntitle: Brand new\n---\nText.\n"})
    assert story.run("plan", "--out", "plan.json").code == 0
    parent = next(
        row["id"] for row in story.center.rows("collection") if row["names"]["en"] == "Billing"
    )
    story.center.create_by_hand(title="Brand new", body="<p>Hers.</p>", parent=parent)
    refused = story.run("apply", "plan.json")
    assert refused.code == 4, str(refused)
    assert "publisher pull --adopt article:billing/new" in refused.err
    assert "Hers" in story.body("Brand new")


def test_a_plan_does_not_write_over_a_page_for_fin_that_somebody_made_since(story):
    """A page is sent to its source and external id, whoever made what stands there."""
    story.write({"fin/handbook/_source.md": "---\nurl: https://docs.example.com\n---\n"})
    story.apply()
    page = "---\ntitle: Policy\nexternal_id: policy\n---\nOurs.\n"
    story.write({"fin/handbook/en/policy.md": page})
    assert story.run("plan", "--out", "plan.json").code == 0
    [source] = story.center.rows("source")
    theirs = story.center.create_by_hand(
        "page", title="Hers", html="<p>Hers.</p>", source=source["id"], external_id="policy"
    )
    refused = story.run("apply", "plan.json")
    assert refused.code == 4, str(refused)
    assert "publisher pull --adopt page:handbook/policy" in refused.err
    assert "Hers" in story.center.row("page", theirs)["html"]


def test_a_plan_whose_apply_could_not_keep_its_ledger_is_not_applied_again(story):
    """As when the disk was full at the very end: everything stands, only the journal knows."""
    assert story.run("plan", "--out", "plan.json").code == 0
    blocked = story.folder / ".publisher" / "live.json.new"
    blocked.mkdir(parents=True)
    assert story.run("apply", "plan.json").code == 1
    blocked.rmdir()
    count = len(story.center.rows("article"))
    again = story.run("apply", "plan.json")
    assert again.code == 4, str(again)
    assert len(story.center.rows("article")) == count
    story.apply()
    assert len(story.center.rows("article")) == 2


def test_a_change_that_had_to_wait_for_what_was_deleted_since_is_told_by_the_code(story):
    story.apply()
    story.write({"en/orders/track.md": "# Track an order\n\nText.\n"})
    assert story.run("plan", "--out", "plan.json").code == 0
    orders = next(
        row["id"] for row in story.center.rows("collection") if row["names"]["en"] == "Orders"
    )
    story.center.delete_by_hand("collection", orders)
    assert story.run("apply", "plan.json").code == 4
