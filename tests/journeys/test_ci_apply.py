"""`publisher ci apply`: when a plan that was reviewed is the one, and what merged files explain."""

from dataclasses import replace

import pytest

from publisher.model import Asset, Key, Ref
from publisher.plan import planfile
from publisher.plan.changes import Edit, Twin, Upkeep
from tests.journeys.actions import ALICE, git
from tests.often import every_day

pytestmark = pytest.mark.socket
LATE = "---\ntitle: Late\n---\nText.\n"
PNG = b"\x89PNG\r\n\x1a\n"
THING = Ref("article", Key("orders/other"))
FORGOTTEN = Upkeep(ref=THING, forget=True)
IMAGE = Asset(token="0/a.png", path="a.png")


@pytest.fixture
def merged(story, monkeypatch):
    """A repository on a runner, all of it applied, and then a change that was planned."""
    for name in ("GITHUB_REPOSITORY", "GITLAB_CI", "CI_API_V4_URL"):
        monkeypatch.delenv(name, raising=False)
    git(story.folder, "init", "--quiet", "--initial-branch=main")
    (story.folder / ".gitignore").write_text(".publisher/\nplan.json\n")
    commit(story, "start")
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    commit(story, "fees")
    assert story.run("plan", "--out", "plan.json").code == 0
    return story


def commit(story, message, *, at=""):
    who = {**ALICE, "GIT_COMMITTER_DATE": at} if at else ALICE
    git(story.folder, "add", "--all")
    git(story.folder, "commit", "--quiet", "--allow-empty", "-m", message, who=who)


def rewritten(story, change):
    """Somebody's plan.json that says something else, and is intact."""
    path = story.folder / "plan.json"
    plan = change(planfile.from_json(path.read_text()))
    path.write_text(planfile.to_json(planfile.named(replace(plan, id=""))))


def of_origin(**settings):
    return lambda plan: replace(plan, origin=replace(plan.origin, **settings))


def ci_apply(story, *arguments, expect=0):
    ended = story.run("ci", "apply", *arguments)
    assert ended.code == expect, str(ended)
    return ended.err


# The plan that was reviewed ----------------------------------------------------------------


def test_a_plan_that_was_made_for_what_is_there_is_applied_as_it_was_reviewed(merged):
    assert "as it was reviewed" in ci_apply(merged, "plan.json")
    assert "One euro" in merged.body("Cancel an order")


@pytest.mark.parametrize(
    ("change", "why"),
    every_day(
        7,
        [
            (of_origin(target="other"), "it is for target other"),
            (of_origin(serial=0), "something else was applied since"),
            (of_origin(lineage="another"), "something else was applied since"),
            (of_origin(content_digest="0"), "the content has changed since"),
            (of_origin(undoes="0"), "it is a rollback"),
            (lambda plan: replace(plan, stopped="no"), "it is a plan that could not be applied"),
            (of_origin(workspace="other"), "the help center has changed since"),
            (of_origin(help_center="other"), "the help center has changed since"),
            (of_origin(api_version="2.9"), "the help center has changed since"),
            (lambda plan: replace(plan, changes=()), "the help center has changed since"),
            (lambda plan: replace(plan, shielded=("x",)), "the help center has changed since"),
            (lambda plan: replace(plan, assets=(IMAGE,)), "the help center has changed since"),
            (lambda plan: replace(plan, upkeep=(FORGOTTEN,)), "the help center has changed since"),
            (
                lambda plan: replace(plan, beside={THING: Twin(id="9")}),
                "the help center has changed",
            ),
        ],
    ),
)
def test_a_plan_for_anything_else_is_left_aside_and_a_new_one_made(merged, change, why):
    rewritten(merged, change)
    assert f"was left aside: {why}" in ci_apply(merged, "plan.json")
    assert "One euro" in merged.body("Cancel an order")


@pytest.mark.slow
def test_a_plan_that_wants_what_nothing_here_wants_is_left_aside(merged):
    more = Edit(name="en.colour", before="", after="red")
    rewritten(
        merged,
        lambda plan: replace(plan, changes=(replace(plan.changes[0], edits=(more,)),)),
    )
    assert "was left aside: the help center has changed" in ci_apply(merged, "plan.json")


def without_cancelling(story, **settings):
    """The article is gone from the files, and so are the links to it; that is what is planned."""
    story.configure(max_removals="100%", **settings)
    story.remove("en/orders/cancel.md")
    story.edit("en/billing/refunds.md", " See [cancelling](../orders/cancel.md#fees).", "")
    story.edit("fr/billing/refunds.md", " Voir [annuler](../orders/cancel.md#fees).", "")
    commit(story, "gone")
    assert story.run("plan", "--out", "plan.json").code == 0


def test_what_was_edited_since_is_not_deleted_because_that_was_reviewed(merged):
    without_cancelling(merged, on_removed="delete")
    merged.center.edit_by_hand(merged.article("Cancel an order")["id"], body="<p>Ask Ana.</p>")
    said = ci_apply(merged, "plan.json")
    assert "left aside: the help center has changed" in said
    assert "it stays: the English body changed in Intercom" in said
    assert merged.body("Cancel an order") == "<p>Ask Ana.</p>"


@pytest.mark.slow
def test_what_somebody_deleted_since_need_not_be_hidden_any_more(merged):
    without_cancelling(merged, on_removed="draft")
    merged.center.delete_by_hand("article", merged.article("Cancel an order")["id"])
    assert "left aside: the help center has changed" in ci_apply(merged, "plan.json")
    assert "cancelling" not in merged.body("Refunds")


def test_what_is_only_told_of_a_plan_may_differ(merged):
    rewritten(merged, lambda plan: replace(plan, requests=99))
    id = planfile.from_json((merged.folder / "plan.json").read_text()).id
    said = ci_apply(merged, "plan.json")
    assert f"This is plan {id}, as it was reviewed" in said
    assert f"publisher rollback {id}" in said


@pytest.mark.parametrize("given", [("--overwrite", "billing/refunds"), ("--yes",)], ids=str)
def test_what_is_approved_for_one_run_is_done_though_a_plan_was_reviewed(merged, given):
    merged.center.edit_by_hand(merged.article("Refunds")["id"], body="<p>Ask Ana.</p>")
    assert merged.run("plan", "--out", "plan.json").code == 0
    said = ci_apply(merged, "plan.json", *given)
    assert "left aside: approvals were given for this run" in said
    replaced = "14 days" in merged.body("Refunds")
    assert replaced == ("--overwrite" in given)


# What merged files explain -----------------------------------------------------------------


@pytest.mark.slow
def test_a_removal_is_done_for_a_number_or_for_its_own_name(merged):
    without_cancelling(merged, on_removed="delete")
    ci_apply(merged, "--allow-deletes", "billing/refunds", expect=6)
    ci_apply(merged, "--yes", expect=6)
    ci_apply(merged, "--allow-deletes", "orders/cancel", expect=6)
    ci_apply(merged, "--allow-deletes", "2")
    assert len(merged.center.rows("article")) == 1


@pytest.mark.slow
def test_where_files_win_an_edit_in_another_language_is_in_nobodys_way(merged):
    merged.configure(on_drift="overwrite")
    commit(merged, "winning")
    ci_apply(merged)
    refunds = merged.article("Refunds")["id"]
    merged.edit("en/billing/refunds.md", "14 days", "30 days")
    commit(merged, "days")
    merged.center.edit_by_hand(refunds, body="<p>Ask Ana.</p>")
    ci_apply(merged, expect=6)
    ci_apply(merged, "--overwrite", "orders/cancel", expect=6)
    assert merged.body("Refunds") == "<p>Ask Ana.</p>"
    ci_apply(merged, "--yes")
    assert "30 days" in merged.body("Refunds")


@pytest.mark.slow
def test_where_files_win_an_edit_that_was_named_is_in_no_others_way(merged):
    merged.configure(on_drift="overwrite")
    merged.center.edit_by_hand(merged.article("Refunds")["id"], body="<p>Ask Ana.</p>")
    ci_apply(merged, expect=6)
    ci_apply(merged, "--overwrite", "billing/refunds")
    assert "One euro" in merged.body("Cancel an order")
    assert "14 days" in merged.body("Refunds")


@pytest.mark.slow
def test_where_an_edit_is_kept_it_is_in_nobodys_way_either(merged):
    ci_apply(merged)
    refunds = merged.article("Refunds")["id"]
    merged.center.move_by_hand(refunds, None)
    merged.edit("en/billing/refunds.md", "14 days", "30 days")
    commit(merged, "days")
    ci_apply(merged)
    assert "30 days" in merged.body("Refunds")


@pytest.mark.slow
def test_a_new_folder_explains_the_collection_that_it_is(merged):
    merged.write({"en/new/late.md": LATE, "en/new/cafe\u0301/deep.md": LATE})
    commit(merged, "new")
    ci_apply(merged)
    merged.edit("en/new/cafe\u0301/deep.md", "Text", "More")
    commit(merged, "more")
    ci_apply(merged)


@pytest.mark.slow
def test_a_picture_that_was_merged_explains_the_articles_that_show_it(merged):
    merged.configure(assets_url="https://img.example.com/{digest}/{name}")
    merged.write({"en/orders/a.png": PNG, "en/orders/late.md": LATE + "\n![A form](a.png)\n"})
    commit(merged, "late")
    ci_apply(merged)
    merged.write({"en/orders/a.png": PNG + b"other"})
    commit(merged, "picture")
    assert "update article orders/late" in ci_apply(merged)


@pytest.mark.slow
def test_a_translation_that_was_hidden_with_its_source_comes_back_with_it(merged):
    merged.configure(top='[translations]\nstale = "unpublish"\n')
    assert merged.run("translations", "mark", "--all").code == 0
    commit(merged, "tracked")
    ci_apply(merged)
    merged.edit("en/billing/refunds.md", "14 days", "30 days")
    commit(merged, "days")
    ci_apply(merged, expect=6)
    ci_apply(merged, "--allow-deletes", "billing/refunds")
    assert merged.article("Refunds")["contents"]["fr"]["state"] == "draft"
    merged.edit("en/billing/refunds.md", "30 days", "14 days")
    commit(merged, "back")
    ci_apply(merged)
    assert merged.article("Refunds")["contents"]["fr"]["state"] == "published"


@pytest.mark.slow
def test_a_translation_that_a_setting_brings_back_waits_for_a_person(merged):
    merged.configure(top='[translations]\nstale = "unpublish"\n')
    assert merged.run("translations", "mark", "--all").code == 0
    merged.edit("en/billing/refunds.md", "14 days", "30 days")
    commit(merged, "days")
    ci_apply(merged, "--allow-deletes", "billing/refunds")
    merged.configure(top='[translations]\nstale = "warn"\n')
    commit(merged, "warn")
    ci_apply(merged, expect=6)
    assert merged.article("Refunds")["contents"]["fr"]["state"] == "draft"


@pytest.mark.slow
def test_after_a_pull_alone_nobody_can_tell_what_was_merged(merged):
    (merged.folder / ".publisher" / "live.json").unlink()
    merged.remove("en")
    merged.remove("fr")
    assert merged.run("pull", "--all").code == 0
    merged.edit("en/orders/cancel-an-order.md", "None.", "Two euros.")
    commit(merged, "two")
    said = ci_apply(merged, expect=6)
    assert "nothing was applied from a commit so far" in said
    assert "Run workflow: yes" in said


@pytest.mark.slow
def test_a_branch_that_was_set_back_explains_what_it_takes_back(merged):
    ci_apply(merged)
    git(merged.folder, "branch", "former")
    git(merged.folder, "reset", "--quiet", "--hard", "HEAD^")
    assert "older than what was applied last" in ci_apply(merged, expect=4)
    commit(merged, "on top")
    ci_apply(merged)
    assert "One euro" not in merged.body("Cancel an order")


@pytest.mark.slow
def test_a_branch_that_was_rewritten_names_what_goes_on_in_a_job(merged):
    ci_apply(merged)
    git(merged.folder, "checkout", "--quiet", "--orphan", "other")
    merged.edit("en/orders/cancel.md", "One euro.", "Two euros.")
    commit(merged, "rewritten", at="2000-01-01T00:00:00Z")
    git(merged.folder, "branch", "-D", "main")
    git(merged.folder, "reflog", "expire", "--expire=now", "--all")
    git(merged.folder, "gc", "--quiet", "--prune=now")
    said = ci_apply(merged, expect=4)
    assert "older than what was applied last" in said
    assert "put a new commit on top (an empty one will do)" in said
    commit(merged, "on top", at="2098-01-01T00:00:00Z")
    said = ci_apply(merged, expect=6)
    assert "Git does not know commit" in said
    assert "update article orders/cancel: no file of it changed" in said
    assert "Run workflow: yes" in said
    ci_apply(merged, "--yes")
    assert "Two euros" in merged.body("Cancel an order")
    merged.edit("en/orders/cancel.md", "Two euros.", "Three euros.")
    commit(merged, "three", at="2098-01-01T00:00:01Z")
    ci_apply(merged)
    assert "Three euros" in merged.body("Cancel an order")
