"""`publisher ci backup`: a job takes back what another job applied, where the ledger is a file."""

import io
import json
import re
import shutil
import zipfile

import pytest

from publisher.helpcenter.serve import Server
from tests.forge.fakes import PROJECT, TOKEN, FakeGitHub, FakeGitLab

pytestmark = pytest.mark.socket


@pytest.fixture(params=["github", "gitlab"])
def forge(request, monkeypatch):
    """A job on a forge that knows nothing so far."""
    for name in ("GITHUB_REPOSITORY", "GITLAB_CI", "CI_API_V4_URL", "PUBLISHER_FORGE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    fake = FakeGitHub() if request.param == "github" else FakeGitLab()
    with Server(fake, 0) as server:
        if request.param == "github":
            monkeypatch.setenv("GITHUB_REPOSITORY", PROJECT)
            monkeypatch.setenv("GITHUB_API_URL", server.url)
            monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        else:
            monkeypatch.setenv("CI_API_V4_URL", f"{server.url}/api/v4")
            monkeypatch.setenv("CI_PROJECT_ID", PROJECT)
            monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        fake.straight = True
        yield fake


@pytest.fixture
def applied(story):
    """A job that applied, changed something, and is over: its folder is gone. The apply's id."""
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    return re.search(r"publisher rollback (\w+)", story.apply().err)[1]


def packed(story, forge, apply_id):
    """What the job keeps of its folder; on GitLab, paths are those in the repository."""
    folder = story.folder / ".publisher"
    above = folder / "backup" if isinstance(forge, FakeGitHub) else story.folder
    found = [path for path in (folder / "backup").rglob("*.json") if apply_id in str(path)]
    archive = {str(path.relative_to(above)): path.read_bytes() for path in found}
    shutil.rmtree(folder / "backup")
    return archived(archive)


def archived(files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_another_job_takes_an_apply_back(story, applied, forge):
    run = forge.applied(packed(story, forge, applied))
    assert "no backup is kept" in story.run("rollback", applied).err
    fetched = story.run("ci", "backup", str(run), "--branch", "main")
    assert fetched.code == 0, str(fetched)
    assert f"Fetched the backup of apply {applied}." in fetched.err
    assert story.run("rollback", applied, "--yes").code == 0
    assert "One euro" not in story.body("Cancel an order")


def test_a_run_that_is_none_of_ours_is_not_believed(story, applied, forge):
    elsewhere = {"head_branch": "evil"} if isinstance(forge, FakeGitHub) else {"ref": "evil"}
    run = forge.applied(packed(story, forge, applied), run=elsewhere)
    refused = story.run("ci", "backup", str(run), "--branch", "main")
    assert refused.code == 1
    assert "so its backup is not trusted. Give the number in the address" in refused.err
    assert not (story.folder / ".publisher" / "backup").exists()


def test_a_run_that_kept_nothing_of_this_target_is_a_sentence(story, applied, forge):
    run = forge.applied(archived({f".publisher/backup/{applied}/other.backup.json": b"{}"}))
    ended = story.run("ci", "backup", str(run), "--branch", "main")
    assert ended.code == 1
    assert f"run {run} keeps no backup of target “live”" in ended.err


@pytest.mark.parametrize("wrong", [{"apply": "../../evil"}, {"target": "other"}], ids=str)
def test_no_backup_is_put_anywhere_but_in_its_own_place(story, applied, forge, wrong):
    (path,) = (story.folder / ".publisher" / "backup" / applied).iterdir()
    content = json.dumps(json.loads(path.read_text()) | wrong).encode()
    shutil.rmtree(story.folder / ".publisher" / "backup")
    run = forge.applied(archived({f"{applied}/live.backup.json": content}))
    ended = story.run("ci", "backup", str(run), "--branch", "main")
    assert ended.code == 1
    assert "is no backup of target “live”" in ended.err
    assert not (story.folder / ".publisher" / "backup").exists()


def test_a_ledger_that_every_job_sees_has_its_backups_beside_it(story, forge):
    story.configure(ledger="s3://a-bucket/help")
    ended = story.run("ci", "backup", "7", "--branch", "main")
    assert (ended.code, forge.calls) == (0, []), str(ended)
    assert "Nothing to fetch." in ended.err


def test_outside_of_a_job_there_is_nobody_to_ask(story, monkeypatch):
    for name in ("GITHUB_REPOSITORY", "GITLAB_CI", "CI_API_V4_URL"):
        monkeypatch.delenv(name, raising=False)
    ended = story.run("ci", "backup", "7", "--branch", "main")
    assert ended.code == 64
    assert "there is nobody to ask" in ended.err
