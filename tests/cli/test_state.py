"""The ledger by hand: `state mv`, `state upgrade`, `unlock`, and what the doctor says of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from publisher.ledger import opening
from publisher.ledger.book import FORMAT
from publisher.ledger.git import open_git
from publisher.ledger.home import Home
from tests.cli.test_commands import checks
from tests.often import every_day
from tests.terminal import run_in

pytestmark = pytest.mark.socket


def keys(story, *arguments):
    rows = story.run("state", "list", "--format", "json", *arguments).json
    return {f"{row['kind']}:{row['key']}" for row in rows}


def git(folder, *arguments):
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def remote(story, tmp_path_factory, monkeypatch):
    """The story's folder is a repository that can push somewhere."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    bare = tmp_path_factory.mktemp("remote")
    git(bare, "init", "-q", "--bare", "-b", "main")
    git(story.folder, "init", "-q", "-b", "main")
    git(story.folder, "remote", "add", "origin", str(bare))
    return bare


@contextmanager
def another_machine(story, remote, folder):
    """Hold the lock of the ledger on the branch from another clone."""
    git(folder, "clone", "-q", str(remote), "there")
    place = open_git(folder / "there", "live")
    home = Home(folder=folder / "there" / ".publisher", target="live", place=place)
    with opening.opened(home, command="publisher apply", new_id=lambda: "f" * 16) as journal:
        yield journal


# mv --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    every_day(
        2,
        [
            ("billing/refunds", "billing/money-back", "article:billing/money-back"),
            ("article:billing/refunds", "article:money-back", "article:money-back"),
            ("collection:billing", "payments", "collection:payments"),
            ("orders", "collection:shop", "collection:shop"),
        ],
    ),
)
def test_a_thing_goes_by_another_key_and_nothing_live_changes(story, old, new, wanted):
    story.apply()
    before = keys(story)
    story.center.calls.clear()
    moved = story.run("state", "mv", old, new)
    assert moved.code == 0, str(moved)
    assert f"is {wanted} now in the ledger of target live" in moved.err
    assert "Nothing live changed" in moved.err
    assert story.center.calls == []
    assert keys(story) - before == {wanted}
    assert len(keys(story)) == len(before)


def test_the_next_plan_sees_the_thing_under_its_new_key(story):
    story.apply()
    story.run("state", "mv", "billing/refunds", "billing/money-back")
    for locale in ("en", "fr"):
        story.move(f"{locale}/billing/refunds.md", f"{locale}/billing/money-back.md")
    story.edit("en/orders/cancel.md", "refunds.md", "money-back.md")
    assert story.changes() == []


def test_what_lies_below_a_collection_keeps_its_keys_and_that_is_said(story):
    story.apply()
    moved = story.run("state", "mv", "collection:billing", "payments")
    assert "Only its own entry was renamed" in moved.err
    assert "article:billing/refunds" in moved.err
    assert "article:billing/refunds" in keys(story)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    every_day(
        3,
        [
            ("billing/refund", "x", "Did you mean billing/refunds?"),
            ("billing/refunds", "orders/cancel", "knows article:orders/cancel already"),
            ("billing/refunds", "collection:x", "a thing keeps its kind"),
            ("billing/refunds", "billing/refunds", "already"),
            ("billing/refunds", "/", "the new key is empty"),
        ],
    ),
)
def test_a_renaming_that_cannot_be_is_refused_and_changes_nothing(story, old, new, sentence):
    story.apply()
    before = (story.folder / ".publisher" / "live.json").read_bytes()
    refused = story.run("state", "mv", old, new)
    assert refused.code == 64, str(refused)
    assert sentence in refused.err
    assert (story.folder / ".publisher" / "live.json").read_bytes() == before


def test_what_a_call_in_doubt_is_about_is_left_alone(story):
    story.apply()
    story.leave_in_doubt("billing/refunds", "Refunds")
    for command in (["mv", "billing/refunds", "x"], ["rm", "billing/refunds"]):
        refused = story.run("state", *command)
        assert refused.code == 64
        assert "in doubt. Run publisher apply first" in refused.err
    assert "article:billing/refunds" in keys(story)


def test_an_article_in_doubt_is_found_out_by_an_apply_and_not_let_go_of(story):
    story.leave_in_doubt("orders/track", "Track an order")
    refused = story.run("state", "rm", "orders/track")
    assert refused.code == 64
    assert "about article:orders/track is in doubt. Run publisher apply first" in refused.err


def test_a_key_typed_with_separate_accents_is_the_key_of_the_file(story):
    story.apply()
    story.run("state", "mv", "orders/cancel", "orders/cafe\u0301")
    assert "article:orders/caf\u00e9" in keys(story)


# upgrade ---------------------------------------------------------------------------------------


def test_without_a_ledger_there_is_nothing_to_upgrade(story):
    ended = story.run("state", "upgrade")
    assert ended.code == 0
    assert "no ledger of target live yet" in ended.err


def test_a_ledger_in_an_older_format_is_brought_to_the_newest_once(story):
    story.apply()
    path = story.folder / ".publisher" / "live.json"
    path.write_text(path.read_text().replace(FORMAT, "publisher-ledger/1"))
    first, again = story.run("state", "upgrade"), story.run("state", "upgrade")
    assert "from format publisher-ledger/1 to the newest" in first.err
    assert again.err.endswith("live.json is up to date.\n")
    assert json.loads(path.read_text())["format"] == FORMAT
    assert story.changes() == []


def test_a_ledger_moves_to_the_branch_and_the_file_goes(story, remote):
    story.apply()
    before = keys(story)
    story.configure(ledger="git")
    refused = story.run("plan")
    assert refused.code == 1
    assert "publisher state upgrade --target live" in refused.err
    moved = story.run("state", "upgrade")
    assert moved.code == 0, str(moved)
    assert "on branch publisher-ledger" in moved.err
    assert "live.json is taken away; commit that" in moved.err
    assert not (story.folder / ".publisher" / "live.json").exists()
    assert keys(story) == before
    assert story.changes() == []
    assert "is up to date" in story.run("state", "upgrade").err


# unlock ----------------------------------------------------------------------------------------


def test_a_lock_on_the_branch_is_taken_away_by_its_id_only(story, remote, tmp_path_factory):
    story.apply()
    story.configure(ledger="git")
    story.run("state", "upgrade")
    with another_machine(story, remote, tmp_path_factory.mktemp("elsewhere")):
        refused = story.apply(expect=7)
        assert f"publisher unlock {'f' * 16}" in refused.err
        wrong = story.run("unlock", "0" * 16)
        assert wrong.code == 64
        assert f"the lock is {'f' * 16}" in wrong.err
        taken = story.run("unlock", "f" * 16)
        assert taken.code == 0, str(taken)
        assert f"process {os.getpid()}) is taken away" in taken.err
        story.apply()
    nothing = story.run("unlock", "f" * 16)
    assert nothing.code == 64
    assert "nothing is locked" in nothing.err


HOLD = """
import sys, time
from pathlib import Path
from publisher.ledger import opening
from publisher.ledger.home import beside
with opening.opened(beside(Path(sys.argv[1]), "live"), command="publisher apply",
                    new_id=lambda: "l"):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def another_process(story):
    folder = story.folder / ".publisher"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_lock_beside_the_content_dies_with_its_process_and_unlock_says_so(story):
    with another_process(story) as process:
        refused = story.run("unlock", "l")
        assert refused.code == 64
        assert "held by a running process" in refused.err
        assert f"process {process.pid}" in refused.err
        assert "the lock dies with it" in refused.err
    nothing = story.run("unlock", "l")
    assert nothing.code == 64
    assert "nothing is locked" in nothing.err


# doctor ----------------------------------------------------------------------------------------


def test_the_doctor_says_where_the_ledger_is_and_that_it_can_be_written(story):
    story.apply()
    found = checks(story.run("doctor"))
    assert found["ledger"][0] == "+"
    assert ".publisher/live.json" in found["ledger"][1]
    assert found["lock"] == ("+", "free; the ledger can be written from here")


def test_the_doctor_counts_the_calls_in_doubt(story):
    story.leave_in_doubt("billing/refunds", "Refunds")
    found = checks(story.run("doctor"))
    assert found["ledger"][0] == "~"
    assert "1 call of an earlier run in doubt" in found["ledger"][1]


def test_the_doctor_names_who_holds_the_lock(story, monkeypatch):
    with another_process(story) as process:
        for read_only in ("", "1"):
            monkeypatch.setenv("PUBLISHER_READ_ONLY", read_only)
            ended = story.run("doctor")
            assert checks(ended)["lock"][0] == "~"
            assert f"process {process.pid}" in checks(ended)["lock"][1]


def test_the_doctor_of_a_read_only_run_writes_nothing(story, remote, monkeypatch):
    story.configure(ledger="git")
    monkeypatch.setenv("PUBLISHER_READ_ONLY", "1")
    found = checks(story.run("doctor"))
    assert found["lock"] == ("+", "free; not tried, as PUBLISHER_READ_ONLY is set")
    listed = subprocess.run(["git", "-C", remote, "branch"], capture_output=True, check=True)
    assert listed.stdout == b""
    monkeypatch.delenv("PUBLISHER_READ_ONLY")
    assert checks(story.run("doctor"))["lock"][0] == "+"
    listed = subprocess.run(["git", "-C", remote, "branch"], capture_output=True, check=True)
    assert b"publisher-ledger" in listed.stdout


def test_the_doctor_finds_a_place_that_cannot_be_written(story):
    (story.folder / ".publisher").write_text("in the way")
    ended = story.run("doctor")
    assert ended.code == 1
    assert "!" in {mark for mark, _ in checks(ended).values()}


# init ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("origin", "kept"), [(True, '"git" '), (False, '"file"')])
def test_init_proposes_the_branch_where_there_is_a_remote(tmp_path, origin, kept):
    git(tmp_path, "init", "-q")
    if origin:
        git(tmp_path, "remote", "add", "origin", "https://example.com/help.git")
    assert run_in(tmp_path, "init", "help").code == 0
    lines = (tmp_path / "help" / "publisher.toml").read_text().splitlines()
    [line] = [line for line in lines if "ledger" in line]
    assert line.startswith(f"# ledger = {kept}")
    assert line.index("# ", 2) == next(each for each in lines if "of new articles" in each).index(
        "# ", 2
    )


def test_init_keeps_out_of_git_what_only_one_machine_needs(tmp_path):
    git(tmp_path, "init", "-q")
    run_in(tmp_path, "init")
    private = (
        "local.json", "local.db", "preview.db", "cache/x", "backup/1/live.backup.json",
        "live.journal", "live.lock", "live.owner.lock", "live.json.new",
    )  # fmt: skip
    schemas = (f"schema/{name}.json" for name in ("config", "frontmatter", "redirects"))
    committed = ("live.json", "live.pulled/0123abcd.json", *schemas)
    for name in (*private, *committed):
        path = tmp_path / ".publisher" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    listed = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain", "-uall", ".publisher"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    shown = {line.partition(".publisher/")[2] for line in listed.stdout.splitlines()}
    assert shown == set(committed)
