"""`publisher ci keep`: the ledger that is a file is committed, and nothing else is."""

import pytest

from tests.journeys.actions import git

pytestmark = pytest.mark.socket


@pytest.fixture
def job(story):
    """A checkout on a runner, of a repository whose .gitignore knows nothing of a ledger."""
    git(story.folder, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    git(story.folder, "init", "--quiet", "--initial-branch=main")
    git(story.folder, "remote", "add", "origin", str(story.folder / "remote.git"))
    (story.folder / ".gitignore").write_text(".publisher/\nremote.git/\n")
    git(story.folder, "add", "--all")
    git(story.folder, "commit", "--quiet", "-m", "start")
    git(story.folder, "push", "--quiet", "origin", "main")
    return story


def keep(job, *arguments, expect=0):
    kept = job.run("ci", "keep", *arguments)
    assert kept.code == expect, str(kept)
    return kept.err


def pushed(job):
    return git(job.folder / "remote.git", "log", "-1", "--format=%s", "--name-only", "main")


def test_the_ledger_alone_is_committed_also_where_it_is_ignored(job):
    job.apply()
    (job.folder / "notes.txt").write_text("mine")
    git(job.folder, "add", "notes.txt")
    assert "The ledger is committed to main" in keep(job, "--branch", "main")
    subject, *files = pushed(job).split("\n\n")
    assert subject == "live: what was published [skip ci]", "no pipeline begins for it"
    assert files == [".publisher/live.json"]
    assert "Nothing to keep." in keep(job, "--branch", "main")


def test_where_nothing_was_applied_there_is_nothing_to_keep(job):
    assert "Nothing to keep." in keep(job, "--branch", "main")


def test_what_is_known_of_ones_own_machine_is_for_nobody_else(job):
    assert job.run("apply", "--yes", "--target", "local").code == 0
    assert (job.folder / ".publisher" / "local.json").exists()
    assert "Nothing to keep." in keep(job, "--branch", "main", "--target", "local")
    assert pushed(job).startswith("start")


@pytest.mark.parametrize("branch", ["--all", "-x", "a..b", "a b"])
def test_what_is_no_name_of_a_branch_reaches_no_command_of_git(job, branch):
    job.apply()
    assert "is no name of a branch" in keep(job, f"--branch={branch}", expect=64)
    assert pushed(job).startswith("start")


def test_what_git_says_of_a_remote_is_told_without_its_password(job):
    job.apply()
    address = "https://publisher:tok_secret@127.0.0.1:1/a.git"
    git(job.folder, "remote", "set-url", "origin", address)
    said = keep(job, "--branch", "main", expect=1)
    assert "tok_secret" not in said
    assert "127.0.0.1" in said
