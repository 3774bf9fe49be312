"""`lint --changed-since`: what a change is to answer for, and nothing else."""

from __future__ import annotations

import subprocess

import pytest

from tests.cli.lints import write
from tests.terminal import run_in

BASE = {
    "en/m/_index.md": "---\ntitle: M\n---\n",
    "en/m/old.md": "# Old\n\n4. four\n\n[new](new.md)\n",
    "en/m/new.md": "# New\n\n## How\n\nText.\n",
    "en/m/three.md": "# Three\n\n[gone](gone.md)\n",
}


class Repository:
    """A repository with a commit of `BASE` on main, and a branch that is checked out."""

    def __init__(self, folder):
        self.folder = write(folder, BASE)
        self.git("init", "-q", "-b", "main")
        self.commit()
        self.git("checkout", "-q", "-b", "topic")

    def git(self, *arguments):
        who = ("-c", "user.name=Anna", "-c", "user.email=anna@example.com")
        subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "A change")

    def found(self, *arguments):
        rows = run_in(self.folder, "lint", "--format", "json", *arguments).json
        return {(row["path"].removeprefix("content/en/m/"), row["rule"]) for row in rows}

    def since(self, *arguments):
        return self.found("--changed-since", "main", *arguments)


@pytest.fixture
def site(tmp_path):
    return Repository(tmp_path)


def test_what_was_there_before_is_not_shown(site):
    assert site.found() == {("old.md", "list-start"), ("three.md", "link-unresolved")}
    assert site.since() == set()
    assert run_in(site.folder, "lint", "--changed-since", "main").code == 0


def test_all_of_a_changed_file_is_shown_committed_or_not(site):
    write(site.folder, {"en/m/old.md": BASE["en/m/old.md"] + "\nMore.\n"})
    assert site.since() == {("old.md", "list-start")}
    site.commit()
    assert site.since() == {("old.md", "list-start")}


def test_a_file_that_git_does_not_know_yet_is_a_change(site):
    write(site.folder, {"en/m/fresh.md": "# Fresh\n\n9. nine\n"})
    assert site.since() == {("fresh.md", "list-start")}


def test_what_a_change_does_to_other_files_is_shown(site):
    (site.folder / "content/en/m/new.md").unlink()
    shown = site.since()
    assert ("old.md", "link-unresolved") in shown
    assert ("old.md", "list-start") not in shown
    assert ("three.md", "link-unresolved") not in shown


def test_a_finding_that_only_moved_in_an_unchanged_place_is_none_of_the_change(site):
    site.git("checkout", "-q", "main")
    write(site.folder, {"en/m/three.md": "# Three\n\nMore.\n\n[gone](gone.md)\n"})
    site.commit()
    site.git("checkout", "-q", "topic")
    assert site.since() == set(), "what main did since is not ours"


def test_an_article_that_readers_lose_needs_a_redirect(site):
    (site.folder / "content/en/m/new.md").unlink()
    write(site.folder, {"en/m/old.md": "# Old\n\nText.\n"})
    site.commit()
    assert ("new.md", "redirect-required") in site.since()
    assert ("new.md", "redirect-required") not in site.found()


def test_looking_back_compiles_nothing_again_and_forgets_no_image(site):
    write(site.folder, {"en/m/x.png": b"x", "en/m/old.md": "# Old\n\n![x](x.png)\n"})
    site.commit()
    site.git("branch", "-f", "main")
    site.found()
    kept = site.folder / ".publisher/cache"
    before = {place: place.read_bytes() for place in kept.rglob("*.json")}
    assert site.since() == set()
    assert {place: place.read_bytes() for place in kept.rglob("*.json")} == before


def test_paths_limit_what_is_shown_of_a_change_too(site):
    write(site.folder, {f"en/m/{n}.md": f"# {n}\n\n9. nine\n" for n in ("a", "b")})
    assert site.since("content/en/m/a.md") == {("a.md", "list-start")}


def test_a_folder_that_was_not_there_is_new_as_a_whole(tmp_path):
    site = Repository(tmp_path)
    (tmp_path / "publisher.toml").write_text('content = "guide"\n')
    (tmp_path / "content").rename(tmp_path / "guide")
    said = run_in(tmp_path, "lint", "--changed-since", "main", "--format", "json").json
    assert {row["rule"] for row in said} == {"list-start", "link-unresolved"}
    assert site.found("--changed-since", "topic")


@pytest.mark.parametrize("revision", ["no-such-branch", "--all", "main:content"])
def test_a_revision_that_git_does_not_know_is_an_error(revision, site):
    ended = run_in(site.folder, "lint", f"--changed-since={revision}")
    assert ended.code == 1
    assert "Git knows no revision" in ended.err


def test_without_a_repository_there_is_no_revision(tmp_path):
    ended = run_in(write(tmp_path, BASE), "lint", "--changed-since", "main")
    assert ended.code == 1
    assert "is in no repository" in ended.err
