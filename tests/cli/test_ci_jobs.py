"""`ci content` takes files and nothing else; what a ledger says of the last whole apply."""

import io
import json
import tarfile

import pytest

from publisher.cli.keys import Keys
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


def test_a_content_folder_that_holds_the_configuration_is_left_alone(folder):
    (folder / "publisher.toml").write_text('content = "."\n')
    pack(folder, member("en/new.md"))
    refused = run_in(folder, "ci", "content", "content.tar")
    assert refused.code == 64, str(refused)
    assert "whoever proposes content would bring settings" in refused.err
    assert (folder / "publisher.toml").exists()
    assert (folder / "content" / "en" / "old.md").exists()


def test_an_archive_without_a_file_empties_nothing(folder):
    pack(folder, member("content/", kind=tarfile.DIRTYPE))
    refused = run_in(folder, "ci", "content", "content.tar")
    assert refused.code == 1
    assert "holds no file of content" in refused.err
    assert (folder / "content" / "en" / "old.md").exists()


def test_no_name_of_an_archive_begins_a_line_of_what_is_printed(folder):
    # Runners take lines that begin with two colons for commands.
    pack(folder, member("content/x\n::error::y", kind=tarfile.SYMTYPE, link="a"))
    refused = run_in(folder, "ci", "content", "content.tar")
    assert not [line for line in refused.err.splitlines() if line.startswith("::")]


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("a/b article:c", ["a/b", "article:c"]),
        ("'article:getting started/x' b", ["article:getting started/x", "b"]),
    ],
)
def test_a_form_takes_several_keys_and_quoted_ones_with_spaces(said, keys):
    assert Keys().split_envvar_value(said) == keys


def test_an_open_quotation_mark_in_a_form_is_a_mistyped_one(folder, monkeypatch):
    monkeypatch.setenv("PUBLISHER_CI_APPLY_ALLOW_DELETES", "'a b")
    refused = run_in(folder, "ci", "apply", "--target", "local")
    assert refused.code == 64, str(refused)
    assert "a quotation mark is open" in refused.err


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
