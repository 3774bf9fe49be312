"""The ledger on a branch, with real repositories: a bare one as the remote, and clones of it.

What a host or a network does to a push is done by hooks of the bare repository, by commands that
stand in for Git's other end, and by a small web server.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.errors import FAILED, TYPED_WRONGLY, ConfigError, LedgerError, Locked
from publisher.ledger.git import open_git
from publisher.ledger.git_words import explained
from publisher.ledger.home import Home
from publisher.ledger.opening import opened
from publisher.ledger.place import LEDGER, LOCK, Held, Overtaken

pytestmark = pytest.mark.slow

BRANCH = "publisher-ledger"
NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def _a_machine_without_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LC_ALL", "C")
    for name in ("GIT_ASKPASS", "SSH_ASKPASS", "DISPLAY", "GIT_DIR", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{who}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{who}_EMAIL", raising=False)


def git(folder, *arguments):
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout


WRITER = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com")


@pytest.fixture
def remote(tmp_path, tmp_path_factory):
    """A bare repository with three commits of a help center in `help/`; made once, then copied."""
    template = tmp_path_factory.getbasetemp() / "template"
    if not template.exists():
        make_repository(template)
    return Path(shutil.copytree(template / "remote.git", tmp_path / "remote.git"))


def make_repository(folder):
    bare, work = folder / "remote.git", folder / "author"
    git(folder.parent, "init", "-q", "--bare", "-b", "main", str(bare))
    git(folder.parent, "init", "-q", "-b", "main", str(work))
    (work / "help").mkdir()
    for number in range(3):
        (work / "help" / "publisher.toml").write_text(f"# {number}\n")
        git(work, "add", ".")
        git(work, *WRITER, "commit", "-qm", f"commit {number}")
    git(work, "push", "-q", bare.as_uri(), "main")


def clone(remote, name="clone", *options):
    folder = remote.parent / name
    git(remote.parent, "clone", "-q", *options, remote.as_uri(), str(folder))
    return folder


def place(clone, target="production", folder="help", **options):
    """Open a place whose pauses cost no time but a moment, so that others get their turn."""
    place = open_git(clone / folder, target, **options)
    place.sleep = lambda seconds: time.sleep(min(seconds, 0.05))
    return place


def hook(remote, name, script):
    path = remote / "hooks" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def files(remote):
    """Path and content of every file on the branch."""
    paths = git(remote, "ls-tree", "-r", "--name-only", BRANCH).splitlines()
    return {path: git(remote, "show", f"{BRANCH}:{path}") for path in paths}


# -- writing and reading


def test_the_first_write_makes_the_branch_and_another_clone_reads_it(remote):
    # Arrange
    mine, theirs = place(clone(remote)), place(clone(remote, "other"))

    # Act
    nothing = theirs.get(LEDGER)
    version = mine.put(LEDGER, b"one\n", version="", why="a run began")
    theirs._seen = None

    # Assert: the branch has nothing of the content's history, and sets no pipeline going.
    assert nothing == Held(None, "")
    assert mine.shared
    assert mine.get(LEDGER) == theirs.get(LEDGER) == Held(b"one\n", version)
    assert files(remote) == {"help/production/ledger.json": "one\n"}
    assert git(remote, "log", "--format=%an %ae %s", BRANCH) == (
        "publisher publisher@localhost a run began [skip ci]\n"
    )


def test_a_fetch_that_was_killed_half_way_is_made_good(remote):
    """Git unpacks a small fetch file by file: the commit may be here, and its files not yet."""
    # Arrange
    other = clone(remote, "other")
    blob = place(clone(remote)).put(LEDGER, b"one\n", version="", why="one")
    place(other).get(LEDGER)
    git(other, "update-ref", "-d", "refs/publisher/ledger")
    (Path(git(other, "rev-parse", "--absolute-git-dir").strip()) / loose(blob)).unlink()

    # Act
    held = place(other).get(LEDGER)

    # Assert
    assert held == Held(b"one\n", blob)


def loose(blob):
    return Path("objects", blob[:2], blob[2:])


def test_a_file_is_changed_and_taken_away(remote):
    here = place(clone(remote))
    first = here.put(LEDGER, b"one", version="", why="one")
    second = here.put(LEDGER, b"two", version=first, why="two")
    assert here.get(LEDGER).content == b"two"
    assert here.put(LEDGER, None, version=second, why="gone") == ""
    assert here.get(LEDGER) == Held(None, "")
    assert files(remote) == {}
    assert here.put(LEDGER, None, version="", why="gone twice") == ""
    assert here.put(LEDGER, b"", version="", why="an empty file is a file")
    assert here.get(LEDGER).content == b""


def test_bytes_come_back_as_they_were(remote):
    git_attributes_and_line_ends = b"\x00\xff\r\n \xc3\xa9\n" * 20_000
    version = place(clone(remote)).put(LEDGER, git_attributes_and_line_ends, version="", why="x")
    held = place(clone(remote, "other", "-c", "core.autocrlf=true")).get(LEDGER)
    assert held == Held(git_attributes_and_line_ends, version)


def test_backups_are_listed_by_the_beginning_of_their_names(remote):
    (clone(remote, "below") / "help" / "production").mkdir()
    here = place(clone(remote))
    below = place(remote.parent / "below", "backup", "help/production")
    assert here.names("backup/") == ()
    for name in ("backup/b2", "backup/a1", "backup/a2", LOCK):
        here.put(name, b"{}", version="", why=name)
    below.put(LEDGER, b"{}", version="", why="a target of this name, one folder further down")
    here._seen = None
    assert here.names("backup/") == ("backup/a1", "backup/a2", "backup/b2")
    assert here.names("backup/a") == ("backup/a1", "backup/a2")
    assert here.names("l") == ()


def test_it_says_where_a_file_is(remote):
    here = clone(remote)
    assert place(here).where(LEDGER) == (
        "help/production/ledger.json on branch publisher-ledger of origin"
    )
    assert place(here, folder="").where("backup/4711") == (
        "production/backup/4711.json on branch publisher-ledger of origin"
    )


def test_folders_and_targets_of_one_repository_do_not_meet(remote):
    here = clone(remote)
    (here / "hilfe zwei – [é]*").mkdir()
    places = [
        place(here),
        place(here, "staging"),
        place(here, folder=""),
        place(here, folder="hilfe zwei – [é]*"),
    ]
    for number, one in enumerate(places):
        one.put(LEDGER, b"%d" % number, version="", why="write")
    for number, one in enumerate(places):
        one._seen = None
        assert one.get(LEDGER).content == b"%d" % number


def test_the_committer_is_who_git_says(remote, monkeypatch):
    here = clone(remote)
    git(here, "config", "user.name", "Ana")
    git(here, "config", "user.email", "ana@example.com")
    place(here).put(LEDGER, b"1", version="", why="a run\nbegan")
    log = git(remote, "log", "--format=%an %ae|%cn %ce|%B", BRANCH).strip()
    assert log == "Ana ana@example.com|Ana ana@example.com|a run began [skip ci]"


def test_a_run_that_holds_the_ledger_is_seen_from_another_clone(remote):
    # Arrange
    mine, theirs = clone(remote), clone(remote, "other")
    homes = [
        Home(folder=path / ".publisher", target="production", place=place(path))
        for path in (mine, theirs)
    ]
    ids = (f"{number:016x}" for number in itertools.count())

    # Act: two runs at once, then one after the other.
    with opened(homes[0], command="publisher apply", new_id=lambda: next(ids)) as journal:
        lineage = journal.ledger.lineage
        journal.store(())
        with (
            pytest.raises(Locked, match="publisher apply"),
            opened(homes[1], command="publisher apply", new_id=lambda: next(ids)),
        ):
            pass
    homes[1].place._seen = None
    with opened(homes[1], command="publisher apply", new_id=lambda: next(ids)) as journal:
        after = journal.ledger.lineage

    # Assert: the second goes on from the first, and no lock stays behind.
    assert after == lineage
    assert list(files(remote)) == ["help/production/ledger.json"]


# -- compare and swap


def test_a_write_over_another_ones_is_refused(remote):
    # Arrange
    mine, theirs = place(clone(remote)), place(clone(remote, "other"))
    version = mine.put(LEDGER, b"one", version="", why="mine")

    # Act
    with pytest.raises(Overtaken):
        theirs.put(LEDGER, b"two", version="", why="theirs, as if there were none")
    theirs.put(LEDGER, b"two", version=version, why="theirs")
    with pytest.raises(Overtaken):
        mine.put(LEDGER, b"three", version=version, why="mine again")
    with pytest.raises(Overtaken):
        mine.put(LEDGER, None, version=version, why="mine gone")
    with pytest.raises(Overtaken):
        mine.put(LEDGER, b"one", version=version, why="the same as before is no excuse")

    # Assert
    assert files(remote) == {"help/production/ledger.json": "two"}


def test_a_write_is_built_anew_when_only_other_files_were_written(remote):
    mine, theirs = place(clone(remote)), place(clone(remote, "other"), "staging")
    version = mine.put(LEDGER, b"one", version="", why="mine")
    theirs.put(LEDGER, b"theirs", version="", why="theirs")
    mine.put(LEDGER, b"two", version=version, why="mine")
    assert files(remote) == {
        "help/production/ledger.json": "two",
        "help/staging/ledger.json": "theirs",
    }


def test_two_that_write_the_same_at_the_same_moment_are_not_both_told_it_was_them(remote):
    # Arrange: the same bytes, parent, words and second make the very same commit.
    places = [place(clone(remote)), place(clone(remote, "other"))]
    for one in places:
        one.get(LEDGER)
    start = threading.Barrier(2)

    # Act
    def write(one):
        start.wait()
        try:
            return one.put(LEDGER, b"same", version="", why="same")
        except Overtaken:
            return None

    with ThreadPoolExecutor(2) as pool:
        versions = list(pool.map(write, places))

    # Assert
    assert versions.count(None) == 1


def count_up(one, times):
    for _ in range(times):
        while True:
            held = one.get(LEDGER)
            number = int(held.content or b"0") + 1
            try:
                one.put(LEDGER, b"%d" % number, version=held.version, why=f"to {number}")
                break
            except Overtaken:
                one._seen = None


def test_racing_clones_lose_no_write(remote):
    places = [place(clone(remote, f"clone{number}")) for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(count_up, places, [6] * 3))
    assert files(remote) == {"help/production/ledger.json": "18"}


def test_targets_that_are_written_at_once_in_one_clone_are_never_overtaken(remote):
    here = clone(remote, "shallow", "--depth=1")
    targets = ["production", "staging", "demo"]

    def write(target):
        one, version = place(here, target), ""
        for number in range(5):
            version = one.put(LEDGER, b"%d" % number, version=version, why="write")

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, targets))
    assert files(remote) == {f"help/{target}/ledger.json": "4" for target in targets}


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.sampled_from([LEDGER, LOCK]),
            st.sampled_from(["get", "put", "take away"]),
        ),
        min_size=3,
        max_size=10,
    )
)
def test_whatever_the_order_a_write_succeeds_if_and_only_if_the_file_is_as_it_was_read(
    remote, steps
):
    # Arrange: two clones, and what each believes; the world as a table.
    target = f"target{next(NUMBERS)}"
    folders = [remote.parent / "one", remote.parent / "two"]
    places = [
        place(path if path.exists() else clone(remote, path.name), target) for path in folders
    ]
    world = {LEDGER: None, LOCK: None}
    believed = [{LEDGER: (None, ""), LOCK: (None, "")} for _ in places]

    # Act
    for number, (who, name, step) in enumerate(steps):
        one, belief = places[who], believed[who]
        if step == "get":
            one._seen = None
            held = one.get(name)
            assert held.content == world[name]
            belief[name] = (held.content, held.version)
            continue
        content = None if step == "take away" else b"%d" % number
        seen, version = belief[name]
        try:
            belief[name] = (content, one.put(name, content, version=version, why=step))
        except Overtaken:
            assert seen != world[name]
        else:
            # Assert
            assert seen == world[name]
            world[name] = content


# -- clones of every kind, left as they were


def state_of(folder):
    """Everything of a clone that is the user's."""
    dot_git = Path(git(folder, "rev-parse", "--absolute-git-dir").strip())
    refs = git(folder, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    ours = ("refs/publisher/", f"refs/remotes/origin/{BRANCH}")
    return {
        "refs": [ref for ref in refs if not ref.startswith(ours)],
        "head": (dot_git / "HEAD").read_text(),
        "index": (dot_git / "index").read_bytes(),
        "status": git(folder, "--no-optional-locks", "status", "--porcelain", "--branch"),
        "files": {path: path.read_bytes() for path in folder.rglob("*.toml")},
        "beside": {path.name for path in dot_git.iterdir()} - {"refs", "packed-refs"},
        "config": git(folder, "config", "--list"),
        "stash": git(folder, "stash", "list"),
    }


def test_nothing_of_the_users_is_touched(remote):
    # Arrange: a clone in the middle of work, with hooks and settings that would spread.
    here = clone(remote)
    (here / "staged.toml").write_text("staged")
    git(here, "add", "staged.toml")
    (here / "help" / "publisher.toml").write_text("edited")
    (here / "new.toml").write_text("new")
    git(here, *WRITER, "tag", "-a", "v1", "-m", "v1")
    for name, value in {
        "push.followTags": "true",
        "push.default": "matching",
        "fetch.prune": "true",
        "fetch.pruneTags": "true",
        "commit.gpgSign": "true",
        "push.gpgSign": "if-asked",
        "color.ui": "always",
    }.items():
        git(here, "config", name, value)
    for name in ("pre-push", "reference-transaction", "post-index-change"):
        hook(here / ".git", name, f"touch {here}/hook-ran.toml; exit 1")
    before = state_of(here)

    # Act
    one = place(here)
    version = one.put(LEDGER, b"1", version="", why="write")
    one._seen = None
    assert one.get(LEDGER).version == version
    one.put(LEDGER, b"2", version=version, why="write")

    # Assert
    assert state_of(here) == before
    assert git(remote, "for-each-ref", "--format=%(refname)").split() == [
        "refs/heads/main",
        f"refs/heads/{BRANCH}",
    ]


def shallow(remote):
    return clone(remote, "shallow", "--depth=1")


def detached(remote):
    here = clone(remote, "detached")
    git(here, "checkout", "-q", "--detach", "HEAD~1")
    return here


def worktree(remote):
    folder = remote.parent / "worktree"
    git(clone(remote, "main-tree"), "worktree", "add", "-q", "-b", "topic", str(folder))
    return folder


def submodule(remote):
    outer = remote.parent / "outer"
    git(remote.parent, "init", "-q", "-b", "main", str(outer))
    allowed = ("-c", "protocol.file.allow=always")
    git(outer, *allowed, "submodule", "--quiet", "add", remote.as_uri(), "sub")
    return outer / "sub"


def without_contents(remote):
    git(remote, "config", "uploadpack.allowFilter", "true")
    return clone(remote, "partial", "--filter=blob:none")


def as_a_pipeline_does_it(remote):
    here = remote.parent / "pipeline"
    git(remote.parent, "init", "-q", str(here))
    git(here, "remote", "add", "origin", remote.as_uri())
    git(here, "fetch", "-q", "--no-tags", "--depth=1", "origin", "+refs/heads/main:refs/remotes/o")
    git(here, "checkout", "-q", "--detach", "refs/remotes/o")
    return here


@pytest.mark.parametrize(
    "make", [shallow, detached, worktree, submodule, without_contents, as_a_pipeline_does_it]
)
def test_it_works_in_clones_of_every_kind(remote, make):
    # Arrange: a branch that has a history already.
    first = place(clone(remote, "first"))
    version = first.put(LEDGER, b"1", version="", why="one")
    version = first.put(LEDGER, b"2", version=version, why="two")
    here = make(remote)
    was_shallow = git(here, "rev-parse", "--is-shallow-repository")
    before = state_of(here)

    # Act
    one = place(here)
    read = one.get(LEDGER)
    version = one.put(LEDGER, b"3", version=version, why="three")
    version = first.put(LEDGER, b"4", version=version, why="four")
    one._seen = None
    again = one.get(LEDGER)
    one.put(LEDGER, b"5", version=version, why="five")

    # Assert: a full clone stays a full one.
    assert (read.content, again.content) == (b"2", b"4")
    assert files(remote) == {"help/production/ledger.json": "5"}
    assert git(remote, "rev-list", "--count", BRANCH).strip() == "5"
    assert git(here, "rev-parse", "--is-shallow-repository") == was_shallow
    assert state_of(here) == before


def test_reads_close_together_fetch_once_and_later_ones_again(remote):
    # Arrange
    mine, theirs = place(clone(remote)), place(clone(remote, "other"))
    clock = [100.0]
    mine.now = lambda: clock[0]
    mine.get(LEDGER)
    theirs.put(LEDGER, b"1", version="", why="theirs")

    # Act and assert
    clock[0] += 0.5
    assert mine.get(LEDGER).content is None
    clock[0] += 1
    assert mine.get(LEDGER).content == b"1"


def test_a_branch_that_was_deleted_is_no_ledger_any_more(remote):
    here = place(clone(remote))
    here.put(LEDGER, b"1", version="", why="write")
    place(clone(remote, "other")).get(LEDGER)
    git(remote, "branch", "-D", BRANCH)
    here._seen = None
    assert here.get(LEDGER) == Held(None, "")
    assert here.put(LEDGER, b"2", version="", why="anew")
    assert git(remote, "rev-list", "--count", BRANCH).strip() == "1"


def test_files_of_other_people_on_the_branch_are_left_alone(remote):
    # Arrange: somebody put a script, a link and a folder there.
    here, other = place(clone(remote)), clone(remote, "other")
    here.put(LOCK, b"{}", version="", why="lock")
    git(other, "fetch", "-q")
    git(other, "checkout", "-q", BRANCH)
    (other / "run.sh").write_text("#!/bin/sh\n")
    (other / "run.sh").chmod(0o755)
    (other / "link").symlink_to("run.sh")
    (other / "help" / "notes").mkdir()
    (other / "help" / "notes" / "é “1”\t.md").write_text("notes")
    git(other, "add", ".")
    git(other, *WRITER, "commit", "-qm", "more")
    git(other, "push", "-q")
    before = git(remote, "ls-tree", "-r", BRANCH).splitlines()

    # Act
    here.put(LEDGER, b"1", version="", why="write")

    # Assert
    after = git(remote, "ls-tree", "-r", BRANCH).splitlines()
    assert [line for line in after if not line.endswith("ledger.json")] == before


@pytest.mark.parametrize("spoil", ["folder", "link", "file above"])
def test_what_is_no_file_where_one_should_be_is_an_error(remote, spoil):
    # Arrange
    here, other = place(clone(remote)), clone(remote, "other")
    git(other, "checkout", "-q", "--orphan", BRANCH)
    git(other, "rm", "-rfq", ".")
    path = other / "help" / "production" / "ledger.json"
    path.parent.parent.mkdir(exist_ok=True)
    if spoil == "file above":
        path.parent.write_text("a file")
    else:
        path.parent.mkdir()
        path.mkdir() if spoil == "folder" else path.symlink_to("elsewhere")
        if spoil == "folder":
            (path / "file").write_text("x")
    git(other, "add", ".")
    git(other, *WRITER, "commit", "-qm", "spoilt")
    git(other, "push", "-q", "origin", BRANCH)

    # Act
    with pytest.raises(LedgerError) as refusal:
        here.put(LEDGER, b"1", version="", why="write")

    # Assert
    assert "take it away" in str(refusal.value)
    assert "help/production/ledger.json on branch publisher-ledger" in str(refusal.value)


# -- where there is nothing to keep it on


def test_without_a_repository_it_says_so(tmp_path):
    with pytest.raises(ConfigError, match="is in no Git work tree") as refusal:
        open_git(tmp_path, "production")
    assert refusal.value.exit_code == TYPED_WRONGLY


def test_a_clone_that_git_does_not_trust_is_said_to_be_one(remote, monkeypatch):
    here = clone(remote)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(ConfigError, match=r"git config --global --add safe\.directory"):
        open_git(here / "help", "production")


def test_without_git_it_says_so(remote, monkeypatch):
    here = clone(remote)
    monkeypatch.setenv("PATH", str(remote.parent / "nothing"))
    with pytest.raises(ConfigError, match="needs Git"):
        open_git(here, "production")


def test_without_a_remote_it_says_so(tmp_path):
    git(tmp_path, "init", "-q", ".")
    with pytest.raises(ConfigError, match="no remote to keep it on"):
        open_git(tmp_path, "production")


def test_the_remote_is_the_branchs_else_the_only_one_else_origin(remote):
    def chosen():
        return place(here).repository.remote

    here = clone(remote)
    git(here, "remote", "rename", "origin", "only")
    assert chosen() == "only"
    git(here, "remote", "add", "backup", "/nowhere")
    assert chosen() == "only"
    git(here, "checkout", "-q", "--detach")
    with pytest.raises(ConfigError, match="several remotes"):
        chosen()
    git(here, "remote", "add", "origin", "/nowhere")
    assert chosen() == "origin"


# -- remotes that refuse, break off or hang


def refused(one, content=b"1"):
    with pytest.raises(LedgerError) as refusal:
        one.put(LEDGER, content, version="", why="write")
    assert refusal.value.exit_code == FAILED
    message = str(refusal.value)
    assert "help/production/ledger.json on branch publisher-ledger of origin" in message
    return message


def test_a_protected_branch_is_an_error_that_says_what_to_do(remote):
    hook(remote, "pre-receive", "echo 'GH006: Protected branch update failed'; exit 1")
    message = refused(place(clone(remote)))
    assert "Exempt the branch publisher-ledger" in message
    assert "not known" not in message


def test_a_remote_that_one_may_only_read_is_an_error_that_says_what_to_do(remote):
    # Root may write everywhere, so the refusal is spoken by the remote's end itself.
    here = clone(remote)
    said = "echo 'ERROR: Permission to ana/help.git denied to robot.' >&2; exit 128 ;:"
    git(here, "config", "remote.origin.receivepack", said)
    message = refused(place(here))
    assert "permissions: contents: write" in message
    assert "denied to robot" in message
    assert "not known" not in message


def test_a_remote_on_a_read_only_disk_is_an_error(remote):
    here = clone(remote)
    folders = [remote, *(path for path in remote.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    try:
        if os.access(remote, os.W_OK):
            pytest.skip("root may write everywhere")
        message = refused(place(here))
    finally:
        for path in folders:
            path.chmod(0o755)
    assert "the remote cannot store anything" in message


def test_a_remote_that_is_gone_is_an_error_for_reading_and_writing(remote):
    one = place(clone(remote))
    remote.rename(remote.parent / "elsewhere.git")
    with pytest.raises(LedgerError, match=r"cannot read .* no such repository"):
        one.get(LEDGER)
    with pytest.raises(LedgerError, match=r"cannot list .* no such repository"):
        one.names("backup/")
    assert "git remote -v" in refused(one)


def test_a_connection_that_dies_after_the_write_has_not_lost_it(remote):
    # Arrange: the other end dies as soon as the branch has moved.
    one = place(clone(remote))
    version = one.put(LEDGER, b"1", version="", why="write")
    hook(remote, "reference-transaction", 'test "$1" = committed && kill -9 $PPID; exit 0')

    # Act
    version = one.put(LEDGER, b"2", version=version, why="write")

    # Assert: written once, and known to be.
    assert files(remote) == {"help/production/ledger.json": "2"}
    assert git(remote, "rev-list", "--count", BRANCH).strip() == "2"
    assert one.get(LEDGER) == Held(b"2", version)


def test_a_connection_that_dies_before_the_write_is_tried_again(remote):
    once = remote.parent / "died"
    hook(remote, "pre-receive", f"test -e {once} || {{ touch {once}; kill -9 $PPID; }}")
    place(clone(remote)).put(LEDGER, b"1", version="", why="write")
    assert once.exists()
    assert files(remote) == {"help/production/ledger.json": "1"}


def test_a_connection_that_always_dies_ends_in_doubt(remote):
    tries = remote.parent / "tries"
    hook(remote, "pre-receive", f"echo x >> {tries}; kill -9 $PPID")
    message = refused(place(clone(remote)))
    assert "It is not known whether it was written." in message
    assert len(tries.read_text().split()) == 3


def test_a_branch_that_never_stops_moving_is_given_up(remote):
    # Arrange: somebody else gets in with every push of ours, and writes another file.
    one = place(clone(remote))
    one.put(LOCK, b"1", version="", why="write")
    commit = f'git {" ".join(WRITER)} commit-tree "$1^{{tree}}" -p "$1" -m other'
    move = f"new=$({commit}); unset GIT_QUARANTINE_PATH; git update-ref"
    hook(remote, "update", f'{move} "$1" "$new"')
    pauses = []
    one.sleep = pauses.append

    # Act
    message = refused(one)

    # Assert: bounded, and with ever longer pauses.
    assert len(pauses) == 11
    assert 10 < sum(pauses) < 30
    assert "not known" not in message


def is_alive(process):
    said = subprocess.run(
        ["ps", "-o", "stat=", "-p", process], check=False, capture_output=True, text=True
    ).stdout.strip()
    return bool(said) and not said.startswith("Z")


@pytest.mark.parametrize(("end", "verb"), [("uploadpack", "read"), ("receivepack", "write")])
def test_a_remote_that_hangs_is_left_and_nothing_goes_on_behind(remote, end, verb):
    # Arrange
    here, note = clone(remote), remote.parent / "pid"
    git(here, "config", f"remote.origin.{end}", f"echo $$ > {note}; exec sleep 30;:")
    one = place(here, patience=1.0)
    if verb == "write":
        git(here, "config", "remote.origin.uploadpack", "exit 1;:")
        one._seen = one.now()

    # Act
    began = time.monotonic()
    with pytest.raises(LedgerError) as refusal:
        one.get(LEDGER) if verb == "read" else one.put(LEDGER, b"1", version="", why="write")

    # Assert
    assert time.monotonic() - began < 5
    assert f"cannot {verb} help/production/ledger.json" in str(refusal.value)
    if verb == "read":
        assert "no answer within 1 seconds" in str(refusal.value)
    else:
        assert "It is not known whether it was written." in str(refusal.value)
    assert not is_alive(note.read_text().strip())


class Host(BaseHTTPRequestHandler):
    """A host that answers everything with one status and repeats what it was asked with."""

    status = 401

    def do_GET(self):
        self.send_response(self.status)
        self.send_header("WWW-Authenticate", 'Basic realm="help"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def host():
    server = HTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.socket
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "permissions: contents: write"),
        (403, "permissions: contents: write"),
        (404, "no such repository"),
        (503, "connection to the remote failed"),
    ],
)
def test_a_hosts_refusal_is_told_without_the_credentials_in_the_address(
    remote, host, status, reason
):
    # Arrange
    Host.status = status
    here = clone(remote)
    address = f"http://robot:ghp_s3cr3t@127.0.0.1:{host.server_port}/help.git"
    git(here, "remote", "set-url", "origin", address)

    # Act
    with pytest.raises(LedgerError) as refusal:
        place(here).get(LEDGER)

    # Assert
    assert reason in str(refusal.value)
    chain = [refusal.value, refusal.value.__cause__, refusal.value.__cause__.__cause__]
    assert not [error for error in chain if "ghp_s3cr3t" in repr(error) + str(error)]


def test_a_warning_about_something_else_is_not_taken_for_the_reason(remote):
    # Arrange: the other end moves on, and mentions a file that it may not read.
    mine, theirs = clone(remote), place(clone(remote, "other"), "staging")
    said = "echo \"warning: '/root/.config': Permission denied\" >&2; git-receive-pack"
    git(mine, "config", "remote.origin.receivepack", said)
    one = place(mine)
    one.get(LEDGER)
    theirs.put(LEDGER, b"theirs", version="", why="write")

    # Act and assert
    assert one.put(LEDGER, b"mine", version="", why="write")


@pytest.mark.socket
def test_nobody_is_asked_for_a_password(remote, host):
    Host.status = 401
    here = clone(remote)
    git(here, "remote", "set-url", "origin", f"http://127.0.0.1:{host.server_port}/help.git")
    began = time.monotonic()
    with pytest.raises(LedgerError, match="does not accept the credentials, or there are none"):
        place(here, patience=10.0).get(LEDGER)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("ERROR: Permission to a/b.git denied to robot.", "do not permit it"),
        ("remote: Write access to repository not granted.\nfatal: … error: 403", "do not permit"),
        ("git@github.com: Permission denied (publickey).", "does not accept the credentials"),
        ("Host key verification failed.", "known_hosts"),
        ("remote: You are not allowed to push code to this project.", "do not permit it"),
        ("remote: error: GH013: Repository rule violations found", "Exempt the branch"),
        ("ssh: Could not resolve host github.com", "Check the network"),
        ("error: unknown option `no-write-fetch-head'", "too old"),
        ("error: remote unpack failed: unable to create temporary object directory", "its disk"),
        ("fatal: something nobody foresaw.", "fatal: something nobody foresaw."),
    ],
)
def test_what_hosts_say_becomes_what_to_do(words, meaning):
    assert meaning in explained(words, here=False)
