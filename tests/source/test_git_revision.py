"""Which revision the content is at, where Git can tell."""

from __future__ import annotations

import subprocess

import pytest

from publisher.source.past import changed_files, touched_files
from publisher.source.revision import Revision, head, is_older


def git(folder, *arguments, time=1_700_000_000):
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"]
    environment = {"GIT_COMMITTER_DATE": f"{time} +0000", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, env=environment
    )
    return done.stdout.decode().strip()


def commit(folder, name, time=1_700_000_000):
    git(folder, "commit", "--allow-empty", "-m", name, time=time)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-b", "main")
    return tmp_path


def test_the_head_is_the_commit_and_its_time(repository):
    made = commit(repository, "one", time=1_700_000_123)
    (repository / "content").mkdir()
    assert head(repository / "content") == Revision(made, 1_700_000_123)


def test_a_checkout_of_an_ancestor_is_older(repository):
    first = commit(repository, "one")
    second = commit(repository, "two")
    assert is_older(repository, first) is False
    assert is_older(repository, second) is False
    assert is_older(repository, second[:10]) is False
    git(repository, "checkout", first)
    assert is_older(repository, second) is True


def test_branches_that_went_apart_are_not_older(repository):
    commit(repository, "one")
    git(repository, "checkout", "-b", "side")
    side = commit(repository, "side")
    git(repository, "checkout", "main")
    commit(repository, "two")
    assert is_older(repository, side) is False


@pytest.mark.parametrize("than", ["0" * 40, "", "HEAD", "--output=x", "main"])
def test_a_commit_that_git_does_not_know_cannot_be_compared(repository, than):
    commit(repository, "one")
    assert is_older(repository, than) is None


def test_without_a_repository_or_a_commit_there_is_no_answer(tmp_path, repository):
    assert head(repository) is None
    assert head(repository / "nowhere") is None
    assert is_older(repository / "nowhere", "0" * 40) is None


def test_without_git_there_is_no_answer(repository, monkeypatch):
    made = commit(repository, "one")
    monkeypatch.setenv("PATH", str(repository))
    assert head(repository) is None
    assert is_older(repository, made) is None


def test_a_file_that_was_changed_and_put_back_was_touched_all_the_same(repository):
    site = repository / "docs"
    site.mkdir()
    (site / "é a.md").write_text("one")
    (site / "b.md").write_text("one")
    (repository / "beside.md").write_text("one")
    git(repository, "add", "--all")
    since = commit(repository, "start")
    git(repository, "checkout", "-b", "topic")
    (site / "é a.md").write_text("two")
    (repository / "beside.md").write_text("two")
    git(repository, "commit", "--all", "-m", "two")
    git(repository, "checkout", "main")
    git(repository, "merge", "--no-ff", "-m", "merge", "topic")
    assert changed_files(site, since) == {"é a.md"}
    git(repository, "revert", "-m", "1", "--no-edit", "HEAD")
    assert changed_files(site, since) == frozenset()
    assert touched_files(site, since) == {"é a.md"}
