"""The backup of an earlier apply: only of our own workflow, on the branch that is published."""

from __future__ import annotations

import io
import zipfile

import pytest

from publisher.forge import ForgeError, files_in
from tests.forge.fakes import FakeGitHub, FakeGitLab, zipped

ARCHIVE = zipped(a_json="{}")


@pytest.fixture(params=[FakeGitHub, FakeGitLab], ids=["github", "gitlab"])
def fake(request):
    return request.param()


def backups_of(fake, run, branch="main"):
    with fake.client() as forge:
        return forge.backups_of(run, branch)


def test_what_an_apply_kept_is_fetched(fake):
    run = fake.applied(ARCHIVE)
    fake.applied(zipped(b_json="{}"))
    assert backups_of(fake, run) == [ARCHIVE]


def test_every_attempt_of_a_run_has_kept_its_own():
    fake = FakeGitHub()
    run = fake.applied(ARCHIVE)
    fake.artifacts.append({**fake.artifacts[0], "id": 999, "name": "publisher-backup-2"})
    fake.artifacts.append({**fake.artifacts[0], "id": 998, "name": "publisher-ledger-1"})
    fake.archives["999"] = fake.archives["998"] = zipped(b_json="{}")
    assert backups_of(fake, run) == [ARCHIVE, zipped(b_json="{}")]


GITHUB = {
    "another workflow": {"path": ".github/workflows/evil.yml"},
    "the plan": {"path": ".github/workflows/publisher-plan.yml"},
    "another branch": {"head_branch": "evil"},
    "a fork whose branch is called so, too": {"head_repository": {"full_name": "mallory/help"}},
    "another repository": {"repository": {"full_name": "mallory/help"}},
}
GITLAB = {
    "another job": {"name": "evil"},
    "the plan": {"name": "publisher-plan"},
    "a merge request": {"ref": "refs/merge-requests/3/head"},
    "a tag that is called so, too": {"tag": True},
}


@pytest.mark.parametrize("why", GITHUB)
def test_a_backup_that_anybody_could_have_made_is_not_trusted_on_github(why):
    fake = FakeGitHub()
    with pytest.raises(ForgeError, match="so its backup is not trusted"):
        backups_of(fake, fake.applied(ARCHIVE, run=GITHUB[why]))
    assert not [path for _, path in fake.calls if path.endswith("/zip")]


@pytest.mark.parametrize("why", GITLAB)
def test_a_backup_that_anybody_could_have_made_is_not_trusted_on_gitlab(why):
    fake = FakeGitLab()
    with pytest.raises(ForgeError, match="so its backup is not trusted"):
        backups_of(fake, fake.applied(ARCHIVE, run=GITLAB[why]))


def test_the_rollback_that_is_taken_back_kept_one_too():
    fake = FakeGitHub()
    path = ".github/workflows/publisher-rollback.yml@refs/heads/main"
    assert backups_of(fake, fake.applied(ARCHIVE, run={"path": path})) == [ARCHIVE]
    other = FakeGitLab()
    assert backups_of(other, other.applied(ARCHIVE, run={"name": "publisher-rollback"}))


def test_what_has_expired_is_none():
    fake, other = FakeGitHub(), FakeGitLab()
    assert backups_of(fake, fake.applied(ARCHIVE, artifact={"expired": True})) == []
    assert backups_of(other, other.applied(ARCHIVE, run={"artifacts_file": None})) == []


def test_a_run_that_is_not_there_is_a_sentence(fake):
    with pytest.raises(ForgeError, match="not found"):
        backups_of(fake, 5)


# The archive ------------------------------------------------------------------------------------


def test_only_the_files_that_are_asked_for_come_out_of_an_archive():
    archive = zipped(a_json="1", b_md="2")
    assert files_in(archive, ".json", of="it") == {"a.json": b"1"}


def test_no_more_is_taken_from_an_archive_than_anything_of_ours_is_large():
    many = zipped(**{f"a{number}_json": "{}" for number in range(101)})
    large = zipped(a_json=b"0" * (2**26 + 1))
    for archive in (many, large):
        with pytest.raises(ForgeError, match="is larger than we take"):
            files_in(archive, ".json", of="it")


def test_an_archive_that_was_damaged_on_the_way_is_a_sentence():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b"something that can be packed " * 40)
    whole, refused = made.getvalue(), 0
    for place in range(len(whole)):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            files_in(damaged, ".json", of="it")
        except ForgeError:
            refused += 1
    assert refused > 50
