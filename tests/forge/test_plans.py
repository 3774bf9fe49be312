"""The plan of what was merged, and the pull request we open: only ours, only of this repository."""

from __future__ import annotations

import contextlib
import json

import httpx
import pytest

from publisher.forge import ForgeError, connect, put_comment
from tests.forge.fakes import FakeGitHub, FakeGitLab, zipped

PLAN = b'{"format": "publisher-plan/1"}'
ARCHIVE = zipped(plan_json=PLAN)
COMMIT, HEAD = "c" * 40, "d" * 40


@pytest.fixture(params=[FakeGitHub, FakeGitLab], ids=["github", "gitlab"])
def fake(request):
    return request.param()


def plan_of(fake, commit=COMMIT):
    with fake.client() as forge:
        return forge.plan_of(commit)


def test_the_plan_of_a_merged_pull_request_is_found(fake):
    fake.merged(COMMIT, HEAD, ARCHIVE)
    assert plan_of(fake) == PLAN


def test_the_newest_plan_of_a_commit_counts(fake):
    fake.merged(COMMIT, HEAD, zipped(plan_json=b"{}"))
    if isinstance(fake, FakeGitLab):
        fake.jobs.append({**fake.jobs[0], "id": 999})
        fake.archives["999"] = ARCHIVE
    else:
        fake.merged(COMMIT, HEAD, ARCHIVE)
    assert plan_of(fake) == PLAN


def test_a_commit_of_no_pull_request_has_none(fake):
    fake.merged(COMMIT, HEAD, ARCHIVE)
    assert plan_of(fake, "e" * 40) is None


GITHUB_STRANGERS = {
    "a fork": {"pull": {"head": {"sha": HEAD, "repo": {"full_name": "mallory/help"}}}},
    "a fork that is gone": {"pull": {"head": {"sha": HEAD, "repo": None}}},
    "not merged": {"pull": {"merged_at": None}},
    "merged as another": {"pull": {"merge_commit_sha": "f" * 40}},
    "a run of a fork": {"run": {"head_repository": {"full_name": "mallory/help"}}},
    "for another repository": {"pull": {"base": {"repo": {"full_name": "mallory/help"}}}},
    "a run of another repository": {"run": {"repository": {"full_name": "mallory/help"}}},
    "another workflow": {"run": {"path": ".github/workflows/evil.yml"}},
    "a run of another commit": {"run": {"head_sha": "f" * 40}},
    "expired": {"artifact": {"expired": True}},
}
GITLAB_STRANGERS = {
    "a fork": {"pull": {"source_project_id": 2}},
    "not merged": {"pull": {"state": "closed"}},
    "merged as another": {"pull": {"merge_commit_sha": "f" * 40}},
    "merged as another, whose last it is": {"pull": {"merge_commit_sha": "f" * 40, "sha": COMMIT}},
    "of no project": {"pull": {"source_project_id": None, "target_project_id": None}},
    "a pipeline of another commit": {"run": {"sha": "f" * 40}},
    "another job": {"artifact": {"name": "evil"}},
    "a job that failed": {"artifact": {"status": "failed"}},
    "expired": {"artifact": {"artifacts_file": None}},
}


@pytest.mark.parametrize("why", GITHUB_STRANGERS)
def test_a_plan_from_elsewhere_is_never_taken_on_github(why):
    fake = FakeGitHub()
    fake.merged(COMMIT, HEAD, ARCHIVE, **GITHUB_STRANGERS[why])
    assert plan_of(fake) is None


@pytest.mark.parametrize("why", GITLAB_STRANGERS)
def test_a_plan_from_elsewhere_is_never_taken_on_gitlab(why):
    fake = FakeGitLab()
    fake.merged(COMMIT, HEAD, ARCHIVE, **GITLAB_STRANGERS[why])
    assert plan_of(fake) is None


@pytest.mark.parametrize("branch", ["main", "evil"])
def test_a_plan_that_was_made_by_hand_counts_where_the_workflow_is_that_of_the_base(branch):
    fake = FakeGitHub()
    by_hand = {
        "event": "workflow_dispatch",
        "head_branch": branch,
        "head_sha": "f" * 40,
        "path": ".github/workflows/publisher-plan.yml@refs/heads/main",
    }
    fake.merged(COMMIT, HEAD, ARCHIVE, run=by_hand)
    assert plan_of(fake) == (PLAN if branch == "main" else None)


@pytest.mark.parametrize(
    "merge",
    [
        {"squash_commit_sha": COMMIT, "merge_commit_sha": None},
        {"merge_commit_sha": None, "sha": HEAD},
    ],
    ids=["squashed", "fast-forward"],
)
def test_however_gitlab_merged_it_the_plan_is_found(merge):
    fake = FakeGitLab()
    commit = HEAD if "sha" in merge else COMMIT
    fake.merged(commit, HEAD, ARCHIVE, pull=merge)
    assert plan_of(fake, commit) == PLAN


def test_a_pipeline_of_merged_results_counts_though_its_commit_is_on_no_branch():
    fake = FakeGitLab()
    fake.merged(COMMIT, HEAD, ARCHIVE, run={"sha": "e" * 40, "ref": "refs/heads/other"})
    assert plan_of(fake) is None
    iid = fake.merged_as[COMMIT][0]["iid"]
    fake.pipelines[0]["ref"] = f"refs/merge-requests/{iid}/merge"
    assert plan_of(fake) == PLAN


@pytest.mark.parametrize(
    "archive",
    [
        b"no zip",
        ARCHIVE[:-30],
        zipped(a_json="{}", b_json="{}"),
        zipped(readme_md="hello"),
    ],
    ids=["no zip", "half a zip", "two plans", "none"],
)
def test_an_archive_that_is_not_of_one_plan_is_a_sentence(archive):
    fake = FakeGitHub()
    fake.merged(COMMIT, HEAD, archive)
    with pytest.raises(ForgeError, match="the archive of the saved plan"):
        plan_of(fake)


def test_a_branch_has_one_pull_request_whose_words_are_renewed(fake):
    with fake.client() as forge:
        first = forge.propose("publisher/drift", "main", "Drift", "one")
        assert first
        assert forge.propose("publisher/drift", "main", "Drift", "two") == first
    (made,) = fake.requests
    assert (made.get("body") or made.get("description")) == "two"


def test_the_pull_request_of_another_branch_is_left_alone(fake):
    with fake.client() as forge:
        one = forge.propose("publisher/drift", "main", "Drift", "one")
        assert forge.propose("publisher/drift", "release", "Drift", "two") != one
    assert len(fake.requests) == 2


def test_the_merge_request_of_a_fork_that_calls_its_branch_so_is_left_alone():
    fake = FakeGitLab()
    with fake.client() as forge:
        theirs = forge.propose("publisher/drift", "main", "Drift", "theirs")
        fake.requests[0]["source_project_id"] = 2
        assert forge.propose("publisher/drift", "main", "Drift", "ours") != theirs
    assert [made["description"] for made in fake.requests] == ["theirs", "ours"]


class Generous(FakeGitHub):
    """An older server, which does not know how to look for something by its name."""

    def list_artifacts(self, request):
        return self.paged(request, self.artifacts, below="artifacts")

    def list_pulls(self, request):
        return self.paged(request, self.requests)


def test_of_all_that_a_server_lists_only_ours_counts():
    fake = Generous()
    fake.merged(COMMIT, HEAD, ARCHIVE)
    fake.artifacts.append({**fake.artifacts[0], "id": 999, "name": "report"})
    fake.archives["999"] = zipped(plan_json=b"{}")
    assert plan_of(fake) == PLAN
    with fake.client() as forge:
        forge.propose("topic", "main", "Mine", "one")
        forge.propose("publisher/drift", "main", "Drift", "two")
    assert [made["body"] for made in fake.requests] == ["one", "two"]


NONSENSE = [
    None, [], {}, 3, "x", True, [None], [3, "x"],
    [{}], [{"id": "x"}], [{"id": None, "head": 3, "base": [], "user": "x", "author": 1}],
    {"artifacts": {}}, {"artifacts": [{"id": [], "workflow_run": 1}]},
    {"data": {"viewer": None}}, {"id": {}}, {"id": 1, "body": 3},
]  # fmt: skip


@pytest.mark.parametrize("answer", NONSENSE, ids=json.dumps)
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_whatever_an_address_answers_is_a_sentence_or_nothing_to_be_found(kind, answer):
    def answered(request):
        return httpx.Response(200, json=answer)

    asks = (
        lambda forge: forge.plan_of(COMMIT),
        lambda forge: forge.backups_of(1, "main"),
        lambda forge: forge.propose("publisher/drift", "main", "Drift", "text"),
        lambda forge: put_comment(forge, 1, "plan live", "text"),
    )
    transport = httpx.MockTransport(answered)
    for ask in asks:
        place = {"api": "https://forge.test/api", "project": "a/b", "token": "t"}
        opened = connect(kind, **place, transport=transport, sleep=pytest.fail)
        with opened as forge, contextlib.suppress(ForgeError):
            ask(forge)
