"""`ci content` takes files and nothing else; what a ledger says of the last whole apply."""

import io
import json
import tarfile

import pytest

from publisher.ledger.book import Ledger, from_text, to_text
from tests.terminal import run_in


def member(name, *, kind=tarfile.REGTYPE, link=""):
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


def pack(folder, *members):
    path = folder / "content.tar"
    with tarfile.open(path, "w") as tar:
        for each in members:
            text = b"# New\n" if each.isreg() else b""
            each.size = len(text)
            tar.addfile(each, io.BytesIO(text))
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "content" / "en").mkdir(parents=True)
    (tmp_path / "content" / "en" / "old.md").write_text("# Old\n")
    return tmp_path


def test_the_content_folder_becomes_the_one_in_the_archive(folder):
    pack(folder, member("content/", kind=tarfile.DIRTYPE), member("content/en/new.md"))
    taken = run_in(folder, "ci", "content", "content.tar")
    assert taken.code == 0, str(taken)
    found = [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()]
    assert sorted(found) == ["content.tar", "content/en/new.md"]


def test_a_mode_of_the_archive_is_not_taken_over(folder):
    made = member("content/en/new.md")
    made.mode = 0o7777
    pack(folder, made)
    assert run_in(folder, "ci", "content", "content.tar").code == 0
    assert (folder / "content" / "en" / "new.md").stat().st_mode & 0o7111 == 0


@pytest.mark.parametrize(
    "members",
    [
        [member("content/en/x.md", kind=tarfile.SYMTYPE, link="/etc/passwd")],
        [member("content/en/x.md", kind=tarfile.LNKTYPE, link="content/en/y.md")],
        [member("content/en/x.md", kind=tarfile.FIFOTYPE)],
        [member("content/en/x.md", kind=tarfile.CHRTYPE)],
        [member("content/en", kind=tarfile.SYMTYPE, link="/tmp"), member("content/en/x.md")],
        [member("content/../publisher.toml")],
        [member("/content/en/x.md")],
        [member("publisher.toml")],
        [member("policy/check.py")],
        [member("contents/x.md")],
        [member("content/.git/config")],
        [member("content\\..\\x.md")],
        [member("content/en/x.md"), member("content/en/x.md")],
    ],
    ids=lambda members: members[0].name + members[0].type.decode(),
)
def test_whatever_is_no_plain_file_of_the_content_is_refused_and_all_stays(folder, members):
    pack(folder, member("content/en/good.md"), *members)
    refused = run_in(folder, "ci", "content", "content.tar")
    assert refused.code == 1, str(refused)
    assert refused.err.startswith("error: "), refused.err
    found = [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()]
    assert sorted(found) == ["content.tar", "content/en/old.md"]
    assert not list(folder.glob(".content-*"))


def test_what_is_no_archive_is_a_sentence(folder):
    (folder / "content.tar").write_text("no")
    assert "is no tar archive" in run_in(folder, "ci", "content", "content.tar").err
    assert run_in(folder, "ci", "content", "missing.tar").code == 1


# The ledger -------------------------------------------------------------------------------------


def test_a_ledger_of_an_older_version_counts_as_applied_whole():
    text = to_text(Ledger(target="live", commit="abc", complete="abc"))
    assert "complete" not in json.loads(text)
    assert from_text(text.encode(), "live", "x").complete == "abc"


@pytest.mark.parametrize("complete", ["", "abc"])
def test_a_commit_that_was_applied_in_part_is_told_from_the_last_whole_one(complete):
    text = to_text(Ledger(target="live", commit="def", complete=complete))
    read = from_text(text.encode(), "live", "x")
    assert (read.commit, read.complete) == ("def", complete)
