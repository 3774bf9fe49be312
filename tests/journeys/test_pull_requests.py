"""A team works by pull requests: with the very workflow files that `publisher init` writes."""

import os
import re
from unittest import mock

import pytest

from publisher.helpcenter.serve import Server
from tests.journeys.actions import Hub, git
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket
READ_TOKEN = "tok_read_0123456789"


@pytest.fixture(params=["file", pytest.param("git", marks=pytest.mark.slow)])
def hub(request, tmp_path, monkeypatch):
    """A repository that `init` has written a pipeline into, all switched on, nothing applied."""
    yield from repository(tmp_path, monkeypatch, request.param)


def repository(tmp_path, monkeypatch, ledger):
    monkeypatch.delenv("CI", raising=False)
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "first")
    (tmp_path / "first" / "content").mkdir()
    with world(tmp_path / "first") as first:
        made = Hub(
            folder=tmp_path,
            center=first.center,
            variables={"PUBLISHER_TARGET": "live"},
            secrets={
                "publisher-plan": {"INTERCOM_READ_TOKEN": READ_TOKEN},
                "publisher-apply": {"INTERCOM_ACCESS_TOKEN": TOKEN},
            },
        )
        git(first.folder, "checkout", "--quiet", "-b", "main")
        first.write(SMALL)
        first.configure(ledger=ledger, on_removed="delete", max_removals="100%")
        assert first.run("init", "--ci", "github").code == 0
        git(first.folder, "add", "--all")
        git(first.folder, "commit", "--quiet", "-m", "start")
        git(first.folder, "push", "--quiet", "origin", "main")
        with Server(made, 0) as server:
            made.url = server.url
            yield made


def edited(hub, name, *edits):
    made = hub.branch(name)
    for path, old, new in edits:
        made.edit(path, old, new)
    return hub.open_pull(made)


def article(hub, title):
    found = [
        row
        for row in hub.center.rows("article")
        if title in [content["title"] for content in row["contents"].values()]
    ]
    assert len(found) == 1
    return found[0]


def body(hub, title):
    contents = article(hub, title)["contents"].values()
    return next(content["body"] for content in contents if content["title"] == title)


def without_cancelling(hub):
    """A branch that takes an article away, and the links to it."""
    made = hub.branch("gone")
    made.remove("en/orders/cancel.md")
    made.edit("en/billing/refunds.md", " See [cancelling](../orders/cancel.md#fees).", "")
    made.edit("fr/billing/refunds.md", " Voir [annuler](../orders/cancel.md#fees).", "")
    return made


def apply(hub, *, expect=0, **inputs):
    job = hub.run("apply", **inputs)["apply"]
    assert job.code == expect, job.steps
    return job.said("ci apply")


@pytest.fixture
def published(hub):
    """The same, and all of it applied."""
    apply(hub)
    return hub


def test_what_was_reviewed_is_applied_on_merge_as_that_very_plan(published):
    hub = published
    pull = edited(hub, "fees", ("en/orders/cancel.md", "None.", "One euro."))
    assert hub.run("check", pull)["lint"].code == 0
    planned = hub.run("plan", pull)["plan"]
    assert planned.code == 0, planned.steps
    assert "One euro" in hub.comments[0]
    assert "One euro" not in body(hub, "Cancel an order")
    hub.merge(pull)
    assert "as it was reviewed" in apply(hub)
    assert "One euro" in body(hub, "Cancel an order")


@pytest.mark.slow
def test_a_colleagues_edit_in_between_stops_that_article_alone_until_it_is_settled(published):
    hub = published
    pull = edited(
        hub,
        "both",
        ("en/orders/cancel.md", "None.", "One euro."),
        ("en/billing/refunds.md", "14 days", "30 days"),
    )
    hub.run("plan", pull)
    theirs = next(r for r in hub.center.rows("article") if "14 days" in str(r["contents"]))
    before = theirs["contents"]["en"]["body"]
    hub.center.edit_by_hand(theirs["id"], body="<p>Ask Ana.</p>")
    hub.merge(pull)
    said = apply(hub, expect=4)
    assert "was left aside: the help center has changed since" in said
    assert "One euro" in body(hub, "Cancel an order")
    assert body(hub, "Refunds") == "<p>Ask Ana.</p>"
    # They take it back; nobody changes the file again, and it is published all the same.
    hub.center.edit_by_hand(theirs["id"], body=before)
    apply(hub)
    assert "30 days" in body(hub, "Refunds")


@pytest.mark.slow
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_two_pull_requests_are_published_in_whichever_order_they_are_merged(published, order):
    hub = published
    pulls = [
        edited(hub, "fees", ("en/orders/cancel.md", "None.", "One euro.")),
        edited(hub, "days", ("en/billing/refunds.md", "14 days", "30 days")),
    ]
    for pull in pulls:
        hub.run("plan", pull)
    for place in order:
        hub.merge(pulls[place])
        apply(hub)
    assert "One euro" in body(hub, "Cancel an order")
    assert "30 days" in body(hub, "Refunds")


@pytest.mark.slow
def test_a_first_apply_that_stops_half_way_hides_nothing_from_the_second(hub):
    hub.center.faults.add("500", method="POST", path="/articles", times=None)
    assert hub.run("apply")["apply"].code == 5
    hub.center.faults.clear()
    pull = edited(hub, "fees", ("en/billing/refunds.md", "14 days", "30 days"))
    hub.run("plan", pull)
    hub.merge(pull)
    apply(hub)
    assert "30 days" in body(hub, "Refunds")
    assert "Fees" in body(hub, "Cancel an order")


@pytest.mark.slow
def test_what_one_job_could_not_write_is_published_by_the_next_merge(published):
    hub = published
    hub.merge(edited(hub, "days", ("en/billing/refunds.md", "14 days", "30 days")))
    refunds = article(hub, "Refunds")["id"]
    hub.center.faults.add("503-html", method="PUT", path=f"/articles/{refunds}", times=None)
    hub.run("apply")
    hub.center.faults.clear()
    assert "14 days" in body(hub, "Refunds")
    hub.merge(edited(hub, "fees", ("en/orders/cancel.md", "None.", "One euro.")))
    apply(hub)
    assert "30 days" in body(hub, "Refunds")
    assert "One euro" in body(hub, "Cancel an order")


@pytest.mark.slow
def test_what_a_job_that_stopped_half_way_has_written_can_be_reverted_like_anything(published):
    hub = published
    pull = edited(
        hub,
        "both",
        ("en/orders/cancel.md", "None.", "One euro."),
        ("en/billing/refunds.md", "14 days", "30 days"),
    )
    hub.merge(pull)
    refunds = article(hub, "Refunds")["id"]
    hub.center.faults.add("503-html", method="PUT", path=f"/articles/{refunds}", times=None)
    assert hub.run("apply")["apply"].code == 5
    hub.center.faults.clear()
    assert "One euro" in body(hub, "Cancel an order")
    back = edited(
        hub,
        "back",
        ("en/orders/cancel.md", "One euro.", "None."),
        ("en/billing/refunds.md", "30 days", "14 days"),
    )
    hub.merge(back)
    apply(hub)
    assert "One euro" not in body(hub, "Cancel an order")


@pytest.mark.slow
def test_the_run_that_goes_on_repeats_what_was_approved_already(published):
    hub = published
    hub.center.edit_by_hand(article(hub, "Refunds")["id"], body="<p>Ask Ana.</p>")
    hub.merge(hub.open_pull(without_cancelling(hub)))
    said = apply(hub, expect=6, overwrite="billing/refunds")
    keys = "allow-deletes = article:orders/cancel collection:orders, overwrite = billing/refunds"
    assert f"Run workflow: {keys}\n" in said
    apply(hub, allow_deletes="article:orders/cancel collection:orders", overwrite="billing/refunds")
    assert "14 days" in body(hub, "Refunds")
    assert len(hub.center.rows("article")) == 1


@pytest.mark.slow
def test_an_edit_of_a_title_that_somebody_names_is_replaced_without_a_changed_file(published):
    hub = published
    hub.center.edit_by_hand(article(hub, "Refunds")["id"], title="Money back")
    apply(hub, overwrite="billing/refunds")
    assert "14 days" in body(hub, "Refunds")


@pytest.mark.slow
def test_no_attribute_of_git_hides_content_from_a_plan(published):
    hub = published
    made = hub.branch("sly")
    made.edit("en/orders/cancel.md", "None.", "One euro.")
    made.write({".gitattributes": "* export-ignore\n"})
    pull = hub.open_pull(made)
    assert hub.run("plan", pull)["plan"].code == 0
    assert "One euro" in hub.comments[0]
    assert "Taken away" not in hub.comments[0]


@pytest.mark.slow
def test_an_old_job_that_is_run_again_brings_nothing_old_back(published):
    hub = published
    old = hub.clone("old")
    pull = edited(hub, "fees", ("en/orders/cancel.md", "None.", "One euro."))
    hub.merge(pull)
    apply(hub)
    apply(hub)  # run again, it takes the tip of the branch
    assert "One euro" in body(hub, "Cancel an order")
    hub.center.calls.clear()
    if keeps_a_file(hub):  # the ledger is as old as the checkout: it takes the new text for an edit
        with_token(old, "ci", "apply")
    else:
        refused = with_token(old, "ci", "apply", expect=4)
        assert "older than what was applied last" in refused.err
    assert [call for call in hub.center.calls if call[0] != "GET"] == []
    assert "One euro" in body(hub, "Cancel an order")


@pytest.mark.slow
def test_a_fork_gets_the_check_and_no_plan_until_somebody_asks_for_one(published):
    hub = published
    made = hub.branch("theirs")
    made.edit("en/orders/cancel.md", "None.", "One euro.")
    pull = hub.open_pull(made, fork=True)
    assert hub.run("check", pull)["lint"].code == 0
    skipped = hub.run("plan", pull)
    assert (skipped["content"].skipped, skipped["plan"].skipped) == (True, True)
    planned = hub.run("plan", number=str(pull.number))["plan"]
    assert planned.code == 0, planned.steps
    assert "One euro" in hub.comments[0]


@pytest.mark.slow
def test_what_a_pull_request_changes_beside_its_content_does_not_count_for_its_plan(published):
    hub = published
    made = hub.branch("sly")
    made.edit("en/orders/cancel.md", "None.", "One euro.")
    toml = made.folder / "publisher.toml"
    toml.write_text(toml.read_text().replace("[targets.live]", "[targets.elsewhere]"))
    pull = hub.open_pull(made)
    assert hub.run("plan", pull)["plan"].code == 0
    (made.folder / "content" / "en" / "leak.md").symlink_to("/etc/hostname")
    job = hub.run("plan", hub.open_pull(made))["plan"]
    assert "content is made of plain files" in job.said("ci content")
    assert job.code == 1


@pytest.mark.slow
def test_a_reviewed_plan_replaces_the_edits_that_it_said_and_no_other(published):
    hub = published
    theirs = article(hub, "Refunds")
    hub.center.edit_by_hand(theirs["id"], locale="fr", body="<p>Demandez.</p>")
    pull = edited(hub, "days", ("en/billing/refunds.md", "14 days", "30 days"))
    hub.run("plan", pull)
    hub.merge(pull)
    assert "as it was reviewed" in apply(hub)
    assert "30 days" in body(hub, "Refunds")
    assert body(hub, "Remboursements") == "<p>Demandez.</p>"
    # A plan that replaces it, kept by somebody who was asked.
    made = hub.clone("asked")
    with_token(made, "plan", "--out", "plan.json", "--overwrite", "billing/refunds")
    said = with_token(made, "ci", "apply", "plan.json")
    assert "as it was reviewed" in said.err
    assert "14 jours" in body(hub, "Remboursements")


# What stops a job --------------------------------------------------------------------------


def test_a_removal_that_nobody_looked_at_stops_all_and_names_the_run_that_goes_on(published):
    hub = published
    pull = hub.open_pull(without_cancelling(hub))
    hub.merge(pull)
    job = hub.run("apply")["apply"]
    said = job.said("ci apply")
    assert job.code == 6
    assert "delete article orders/cancel: its file is gone" in said
    assert "Nothing was written" in job.summary
    assert "Run workflow: allow-deletes = " in job.summary
    assert "cancelling" in body(hub, "Refunds")
    keys = re.search(r"Run workflow: allow-deletes = (.+)", said)[1]
    assert keys == "article:orders/cancel collection:orders"
    apply(hub, allow_deletes=keys)
    assert len(hub.center.rows("article")) == 1


@pytest.mark.slow
def test_a_text_that_would_be_hidden_waits_for_a_person_like_a_removal(published):
    hub = published
    made = hub.branch("without")
    made.remove("fr/billing/refunds.md")
    made.edit("en/billing/refunds.md", "14 days", "30 days")
    hub.merge(hub.open_pull(made))
    said = apply(hub, expect=6)
    assert "Run workflow: allow-deletes = article:billing/refunds" in said
    assert article(hub, "Refunds")["contents"]["fr"]["state"] == "published"
    assert "14 days" in body(hub, "Refunds")
    apply(hub, allow_deletes="billing/refunds")
    assert article(hub, "Refunds")["contents"]["fr"]["state"] == "draft"


@pytest.mark.slow
def test_a_colleagues_edit_waits_for_a_person_also_where_the_files_win(published):
    hub = published
    made = hub.branch("winning")
    toml = made.folder / "publisher.toml"
    toml.write_text(toml.read_text() + 'on_drift = "overwrite"\n')
    hub.merge(hub.open_pull(made))
    hub.center.edit_by_hand(article(hub, "Refunds")["id"], body="<p>Ask Ana.</p>")
    hub.merge(edited(hub, "days", ("en/billing/refunds.md", "14 days", "30 days")))
    said = apply(hub, expect=6)
    assert "it would replace what was edited in Intercom" in said
    assert "Run workflow: overwrite = article:billing/refunds" in said
    assert body(hub, "Refunds") == "<p>Ask Ana.</p>"
    apply(hub, overwrite="article:billing/refunds")
    assert "30 days" in body(hub, "Refunds")


@pytest.mark.slow
def test_a_removal_that_was_reviewed_is_done(published):
    hub = published
    pull = hub.open_pull(without_cancelling(hub))
    hub.run("plan", pull)
    hub.merge(pull)
    assert "as it was reviewed" in apply(hub)
    assert len(hub.center.rows("article")) == 1


@pytest.mark.slow
def test_a_setting_that_changes_what_no_file_asks_for_waits_for_a_person(published):
    hub = published
    made = hub.branch("ignored")
    made.write({"en/orders/late.md": "---\ntitle: Late\nsummary: Soon\n---\nText.\n"})
    toml = made.folder / "publisher.toml"
    settings = toml.read_text()
    toml.write_text(settings + '[frontmatter]\nignore = ["summary"]\n')
    hub.merge(hub.open_pull(made))
    apply(hub)
    other = hub.branch("alias")
    toml = other.folder / "publisher.toml"
    toml.write_text(settings + '[frontmatter]\naliases = { summary = "description" }\n')
    hub.merge(hub.open_pull(other))
    said = apply(hub, expect=6)
    assert "update article orders/late: no file of it changed" in said
    assert "Run workflow: yes" in said
    apply(hub, yes="true")


# Addresses and languages -------------------------------------------------------------------


@pytest.mark.slow
def test_an_article_that_is_moved_needs_no_redirect_and_stays_the_same(published):
    hub = published
    before = article(hub, "Cancel an order")["id"]
    made = hub.branch("moving")
    assert made.run("mv", "orders/cancel", "billing/cancel").code == 0
    pull = hub.open_pull(made)
    job = hub.run("check", pull)["lint"]
    assert job.code == 0, job.steps
    assert hub.run("plan", pull)["plan"].code == 0
    hub.merge(pull)
    said = apply(hub, expect=0)
    assert "as it was reviewed" in said
    assert article(hub, "Cancel an order")["id"] == before


@pytest.mark.slow
def test_an_article_that_goes_needs_a_redirect_and_with_one_it_may_go(published):
    hub = published
    made = without_cancelling(hub)
    job = hub.run("check", hub.open_pull(made))["lint"]
    assert job.code == 3, job.steps
    assert "redirect-required" in job.said("lint")
    lines = re.findall(r"- \{ from: .+? \}", job.said("lint"))
    assert len(lines) == 2, "the article, and the collection that is empty now"
    text = "\n".join(line.replace("KEY", "billing/refunds") for line in lines)
    (made.folder / "content" / "redirects.yml").write_text(text + "\n")
    job = hub.run("check", hub.open_pull(made))["lint"]
    assert job.code == 0, job.steps


@pytest.mark.slow
def test_a_stale_translation_is_blocked_until_somebody_marks_it(published):
    hub = published
    made = hub.branch("tracked")
    made.settings = {}
    toml = made.folder / "publisher.toml"
    toml.write_text(toml.read_text() + '[translations]\nfr = "block"\n')
    assert made.run("translations", "mark", "--all").code == 0
    hub.merge(hub.open_pull(made))
    apply(hub)
    made = hub.branch("days")
    made.edit("en/billing/refunds.md", "14 days", "30 days")
    pull = hub.open_pull(made)
    assert hub.run("check", pull)["lint"].code == 3
    assert hub.run("plan", pull)["plan"].code == 3
    made.edit("fr/billing/refunds.md", "14 jours", "30 jours")
    assert made.run("translations", "mark", "billing/refunds", "--locale", "fr").code == 0
    pull = hub.open_pull(made)
    assert hub.run("check", pull)["lint"].code == 0
    assert hub.run("plan", pull)["plan"].code == 0
    hub.merge(pull)
    assert "as it was reviewed" in apply(hub)
    assert "30 jours" in body(hub, "Remboursements")


# Where the ledger is a file ----------------------------------------------------------------


@pytest.fixture
def filed(tmp_path, monkeypatch):
    yield from repository(tmp_path, monkeypatch, "file")


@pytest.mark.slow
def test_a_ledger_that_is_a_file_is_committed_also_after_an_apply_that_stopped(filed):
    hub = filed
    hub.center.faults.add("500", method="POST", path="/articles", times=None)
    job = hub.run("apply")["apply"]
    assert job.code == 5
    hub.center.faults.clear()
    assert "The ledger is committed to main" in job.said("ci keep")
    there = hub.clone("there")
    assert (there.folder / ".publisher" / "live.json").exists()
    pull = edited(hub, "fees", ("en/billing/refunds.md", "14 days", "30 days"))
    hub.run("plan", pull)
    hub.merge(pull)
    apply(hub)
    assert "30 days" in body(hub, "Refunds")
    assert "Fees" in body(hub, "Cancel an order")


@pytest.mark.slow
def test_a_ledger_is_kept_on_top_of_what_was_merged_meanwhile(filed):
    hub = filed
    made = hub.clone("mine")
    with_token(made, "apply", "--yes")
    hub.merge(edited(hub, "fees", ("en/orders/cancel.md", "None.", "One euro.")))
    kept = made.run("ci", "keep", "--branch", "main", "--target", "live")
    assert kept.code == 0, str(kept)
    there = hub.clone("there")
    assert (there.folder / ".publisher" / "live.json").exists()
    assert "One euro" in (there.folder / "content/en/orders/cancel.md").read_text()
    apply(hub)
    assert "One euro" in body(hub, "Cancel an order")


@pytest.mark.slow
def test_two_ledgers_that_went_apart_are_not_mixed(filed):
    hub = filed
    apply(hub)
    mine, theirs = hub.clone("mine"), hub.clone("theirs")
    mine.edit("en/orders/cancel.md", "None.", "One euro.")
    theirs.edit("en/billing/refunds.md", "14 days", "30 days")
    for each in (mine, theirs):
        with_token(each, "apply", "--yes")
    assert mine.run("ci", "keep", "--branch", "main").code == 0
    kept = theirs.run("ci", "keep", "--branch", "main")
    assert kept.code == 1, str(kept)
    assert "was changed by another run meanwhile" in kept.err
    assert "rebase" not in git(theirs.folder, "status")
    assert "30 days" in (theirs.folder / "content/en/billing/refunds.md").read_text()


def keeps_a_file(hub):
    return (hub.clone("looking").folder / ".publisher" / "live.json").exists()


def with_token(made, *arguments, expect=0):
    with mock.patch.dict(os.environ, {"INTERCOM_ACCESS_TOKEN": TOKEN}):
        outcome = made.run(*arguments)
    assert outcome.code == expect, str(outcome)
    return outcome


# Back again --------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_drifted_is_proposed_once_and_merged_it_changes_nothing(published):
    hub = published
    theirs = next(r for r in hub.center.rows("article") if "14 days" in str(r["contents"]))
    words = theirs["contents"]["en"]["body"].replace("14 days", "21 days")
    hub.center.edit_by_hand(theirs["id"], body=words)
    job = hub.run("drift")["drift"]
    assert job.code == 0, job.steps
    assert [(p["head"], p["base"]) for p in hub.proposals] == [("publisher/drift", "main")]
    assert "content/en/billing/refunds.md" in hub.proposals[0]["body"]
    there = hub.clone("there", "publisher/drift")
    assert "21 days" in (there.folder / "content/en/billing/refunds.md").read_text()
    git(there.folder, "push", "--quiet", "origin", "HEAD:main")
    hub.center.calls.clear()
    apply(hub)
    assert [call for call in hub.center.calls if call[0] != "GET"] == []


@pytest.mark.slow
def test_where_nothing_drifted_nothing_is_proposed(published):
    job = published.run("drift")["drift"]
    assert (job.code, published.proposals) == (0, [])
    assert "Nothing to propose" in job.said("ci drift")


@pytest.mark.slow
def test_a_proposal_goes_once_the_edit_was_taken_back_in_intercom(published):
    hub = published
    theirs = article(hub, "Refunds")
    before = theirs["contents"]["en"]["body"]
    hub.center.edit_by_hand(theirs["id"], body="<p>Ask Ana.</p>")
    assert hub.run("drift")["drift"].code == 0
    assert "publisher/drift" in git(hub.remote, "branch", "--list")
    hub.center.edit_by_hand(theirs["id"], body=before)
    job = hub.run("drift")["drift"]
    assert job.code == 0
    assert "publisher/drift, which says what nobody sees any more" in job.said("ci drift")
    assert "publisher/drift" not in git(hub.remote, "branch", "--list")


@pytest.mark.slow
def test_a_proposal_that_somebody_works_on_is_left_alone(published):
    hub = published
    theirs = next(r for r in hub.center.rows("article") if "14 days" in str(r["contents"]))
    hub.center.edit_by_hand(theirs["id"], body="<p>Ask Ana.</p>")
    assert hub.run("drift")["drift"].code == 0
    there = hub.clone("there", "publisher/drift")
    git(there.folder, "commit", "--quiet", "--allow-empty", "-m", "mine")
    git(there.folder, "push", "--quiet", "origin", "HEAD:publisher/drift")
    job = hub.run("drift")["drift"]
    assert job.code == 1
    assert "somebody committed to publisher/drift" in job.said("ci drift")


@pytest.mark.slow
def test_an_apply_is_taken_back_as_it_was_shown(published):
    hub = published
    pull = edited(hub, "fees", ("en/orders/cancel.md", "None.", "One euro."))
    hub.run("plan", pull)
    hub.merge(pull)
    said = apply(hub)
    assert "as it was reviewed" in said
    apply_id = re.search(r"publisher rollback (\w+)", said)[1]
    run = {"run": str(hub.count)} if keeps_a_file(hub) else {}
    done = hub.run("rollback", apply_id=apply_id, **run)
    assert (done["plan"].code, done["apply"].code) == (0, 0), done
    assert "One euro" not in body(hub, "Cancel an order")
    # The job that did it, run again, does not do it again, though its plan was reviewed.
    apply(hub, expect=6)
    assert "One euro" not in body(hub, "Cancel an order")
    # And the next merge does not bring it back behind anybody's back.
    hub.merge(edited(hub, "days", ("en/billing/refunds.md", "14 days", "30 days")))
    hub.run("apply")
    assert "One euro" not in body(hub, "Cancel an order")


@pytest.mark.slow
def test_what_was_taken_back_of_an_apply_that_stopped_half_way_stays_taken_back(published):
    hub = published
    pull = edited(
        hub,
        "both",
        ("en/orders/cancel.md", "None.", "One euro."),
        ("en/billing/refunds.md", "14 days", "30 days"),
    )
    hub.merge(pull)
    refunds = article(hub, "Refunds")["id"]
    hub.center.faults.add("503-html", method="PUT", path=f"/articles/{refunds}", times=None)
    job = hub.run("apply")["apply"]
    assert job.code == 5
    hub.center.faults.clear()
    apply_id = re.search(r"apply-id=(\w+)", job.outputs_written)[1]
    run = {"run": str(hub.count)} if keeps_a_file(hub) else {}
    hub.run("rollback", apply_id=apply_id, **run)  # finds out what became of the lost answers
    hub.run("rollback", apply_id=apply_id, **run)
    assert "One euro" not in body(hub, "Cancel an order")
    made = hub.branch("other")
    made.write({"en/orders/late.md": "---\ntitle: Late\n---\nText.\n"})
    hub.merge(hub.open_pull(made))
    said = apply(hub, expect=6)
    assert "update article orders/cancel: no file of it changed" in said
    assert "One euro" not in body(hub, "Cancel an order")
