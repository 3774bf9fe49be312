"""A pipeline installs the very program that wrote it, and never a stranger's of the same name."""

from __future__ import annotations

import json
import subprocess

import pytest

from publisher import __version__
from publisher.workflow.origin import UNKNOWN, requirement, requirement_of

COMMIT = "1a2b3c4d" * 5
FROM_GIT = {"vcs": "git", "commit_id": COMMIT}


def told(**row):
    return json.dumps(row)


def checkout(folder, origin, inside=""):
    def git(*arguments):
        who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "one")
    git("remote", "add", "origin", origin)
    there = folder / inside
    there.mkdir(exist_ok=True)
    (there / "pyproject.toml").touch()
    return there, git("rev-parse", "HEAD")


def test_what_came_from_git_is_named_by_its_commit(tmp_path):
    said = told(url="https://git.example.com/acme/publisher.git", vcs_info=FROM_GIT)
    wanted = f"publisher @ git+https://git.example.com/acme/publisher.git@{COMMIT}"
    assert requirement_of(said, tmp_path) == wanted


def test_a_folder_in_a_repository_is_named_too(tmp_path):
    said = told(url="https://git.example.com/acme/all", vcs_info=FROM_GIT, subdirectory="tools/pub")
    assert requirement_of(said, tmp_path).endswith(f"@{COMMIT}#subdirectory=tools/pub")


def test_a_file_from_the_web_is_named_with_its_digest(tmp_path):
    digest = "ab" * 32
    said = told(
        url="https://files.example.com/publisher-1-py3-none-any.whl",
        archive_info={"hashes": {"sha256": digest}},
    )
    wanted = f"publisher @ https://files.example.com/publisher-1-py3-none-any.whl#sha256={digest}"
    assert requirement_of(said, tmp_path) == wanted


@pytest.mark.parametrize("inside", ["", "tools"])
def test_a_checkout_is_named_as_its_remote_has_it_without_whose_token_reads_it(tmp_path, inside):
    there, head = checkout(tmp_path, "https://ana:glpat-secret@git.example.com/a/p.git", inside)
    below = f"#subdirectory={inside}" if inside else ""
    wanted = f"publisher @ git+https://git.example.com/a/p.git@{head}{below}"
    assert requirement_of(told(url=there.as_uri(), dir_info={"editable": True}), tmp_path) == wanted
    assert requirement_of(None, there) == wanted, "as it lies, not installed at all"


def test_a_version_is_enough_for_what_came_from_an_index(tmp_path):
    assert requirement_of(None, tmp_path) == f"publisher=={__version__}"


@pytest.mark.parametrize(
    "origin",
    [
        "git@git.example.com:a/p.git",
        "/srv/git/p.git",
        "https://git.example.com/a/$(touch x)",
        "https://[git",
        'https://git.example.com/a"b',
    ],
)
def test_where_no_job_could_fetch_it_nothing_is_guessed(tmp_path, origin):
    there, _ = checkout(tmp_path, origin)
    assert requirement_of(told(url=there.as_uri(), dir_info={}), tmp_path) == UNKNOWN


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "{}",
        told(url=3, vcs_info=FROM_GIT),
        told(url="https://git.example.com/p", vcs_info={"commit_id": "main"}),
        told(url="https://git.example.com/p", vcs_info=FROM_GIT, subdirectory="a b"),
        told(url="https://files.example.com/p.whl", archive_info={}),
        told(url="ftp://files.example.com/p"),
        told(url="file:///nowhere/at/all", dir_info={}),
    ],
)
def test_what_pip_tells_oddly_tells_nothing(tmp_path, said):
    assert requirement_of(said, tmp_path) == UNKNOWN


def test_this_very_program_is_never_named_by_a_bare_version():
    """It runs from a checkout here: a version alone would be somebody else's package."""
    assert requirement().startswith("publisher @ ")
