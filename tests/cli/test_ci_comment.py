"""`publisher ci comment` as a job runs it, against a forge on loopback."""

from __future__ import annotations

import json

import pytest

from publisher.helpcenter.serve import Server
from tests.forge.fakes import PROJECT, TOKEN, FakeGitHub, FakeGitLab
from tests.terminal import run_in

FORGE = ("GITHUB_", "GITLAB_", "CI_")


@pytest.fixture(autouse=True)
def outside_of_a_job(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith(FORGE):
            monkeypatch.delenv(name)


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A folder with content, in a job of GitHub Actions for pull request 7."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"number": 7, "pull_request": {"number": 7}}))
    fake = FakeGitHub()
    with Server(fake, 0) as server:
        monkeypatch.setenv("GITHUB_REPOSITORY", PROJECT)
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield fake


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "site"
    article = made / "content" / "en" / "a.md"
    article.parent.mkdir(parents=True)
    article.write_text("# Hours\n\nText.\n")
    assert run_in(made, "plan", "--out", "plan.json").code == 0
    return made


@pytest.mark.socket
def test_the_plan_is_one_comment_from_the_first_run_to_the_last(job, folder):
    first = run_in(folder, "ci", "comment", "plan.json")
    assert first.code == 0, first
    assert first.err.startswith(f"pull request 7: commented: https://github.com/{PROJECT}/pull/7")
    assert "say so already" in run_in(folder, "ci", "comment").err.replace("says", "say")
    assert "### Help center plan for `local`" in job.bodies()[0]

    assert run_in(folder, "apply", "--yes").code == 0
    run_in(folder, "plan", "--out", "plan.json")
    assert "comment renewed" in run_in(folder, "ci", "comment").err
    (body,) = job.bodies()
    assert "No changes: the help center shows what this branch says." in body


@pytest.mark.socket
def test_the_plan_of_an_earlier_push_does_not_stand_where_a_later_one_has_none(job, folder):
    none = run_in(folder, "ci", "comment", "--without-plan", "--target", "local")
    assert (none.code, job.bodies()) == (0, []), "there is nothing to take back"
    run_in(folder, "ci", "comment", "plan.json")
    assert run_in(folder, "ci", "comment", "--without-plan", "--target", "local").code == 0
    (body,) = job.bodies()
    assert "No plan could be made of what is proposed now" in body
    assert "Hours" not in body
    run_in(folder, "ci", "comment", "plan.json")
    assert "Hours" in job.bodies()[0]


@pytest.mark.socket
def test_a_plan_that_never_had_changes_is_no_comment(job, folder):
    run_in(folder, "apply", "--yes")
    run_in(folder, "plan", "--out", "plan.json")
    assert "no comment" in run_in(folder, "ci", "comment").err
    assert job.comments == []


@pytest.mark.socket
def test_the_number_and_the_name_can_be_said(job, folder):
    run_in(folder, "ci", "comment", "--number", "9")
    run_in(folder, "ci", "comment", "--number", "9", "--marker", "other")
    assert [comment["number"] for comment in job.comments] == [9, 9]


@pytest.mark.socket
def test_a_run_by_hand_names_its_pull_request_in_its_inputs(job, folder, tmp_path):
    (tmp_path / "event.json").write_text(json.dumps({"inputs": {"number": "12"}}))
    run_in(folder, "ci", "comment")
    assert job.comments[0]["number"] == 12


@pytest.mark.socket
def test_a_merge_request_of_gitlab_gets_the_same(folder, monkeypatch):
    fake = FakeGitLab()
    with Server(fake, 0) as server:
        monkeypatch.setenv("CI_API_V4_URL", f"{server.url}/api/v4")
        monkeypatch.setenv("CI_PROJECT_ID", PROJECT)
        monkeypatch.setenv("CI_MERGE_REQUEST_IID", "3")
        monkeypatch.setenv("PUBLISHER_FORGE_TOKEN", TOKEN)
        assert run_in(folder, "ci", "comment").code == 0
        assert "say" in run_in(folder, "ci", "comment").err
    (comment,) = fake.comments
    assert comment["number"] == 3


@pytest.mark.socket
def test_a_refusal_is_a_sentence_without_the_token(job, folder, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "tok_wrong_0123456789")
    ended = run_in(folder, "ci", "comment")
    assert ended.code == 1
    assert ended.err == (
        "error: GitHub: cannot find out whose token this is: the token is not valid (any more).\n"
    )


def test_a_job_without_a_token_is_told_so(folder, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", PROJECT)
    monkeypatch.setenv("GITHUB_REF", "refs/pull/7/merge")
    ended = run_in(folder, "ci", "comment")
    assert ended.code == 64
    assert "set the environment variable GITHUB_TOKEN" in ended.err
    assert "A job for a fork gets none" in ended.err


def test_outside_of_a_job_it_says_how_to_read_the_plan(folder):
    ended = run_in(folder, "ci", "comment")
    assert ended.code == 64
    assert "publisher show PLAN --format markdown" in ended.err


def test_a_job_of_no_pull_request_is_told_so(folder, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", PROJECT)
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    ended = run_in(folder, "ci", "comment")
    assert ended.code == 64
    assert "--number N" in ended.err


@pytest.mark.parametrize(
    "said", ["no", "[1]", '{"number": "²"}', '{"number": 0}', '{"number": 1e99}']
)
def test_an_event_that_names_no_pull_request_is_a_sentence(folder, monkeypatch, tmp_path, said):
    event = tmp_path / "event.json"
    event.write_text(said)
    monkeypatch.setenv("GITHUB_REPOSITORY", PROJECT)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    ended = run_in(folder, "ci", "comment")
    assert ended.code == 64, str(ended)
    assert "cannot read" in ended.err or "--number N" in ended.err
    event.unlink()
    assert "cannot read" in run_in(folder, "ci", "comment").err
