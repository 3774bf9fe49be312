"""A ledger on a branch of the repository's remote: one for all machines, whoever dies."""

import json
import os
import re
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.test_crashes import after_writes, assert_whole, started
from tests.world import SMALL, TOKEN, World, world

pytestmark = pytest.mark.socket
ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_TEMPLATE_DIR": "",
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
}


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    )
    return done.stdout.strip()


def another(made, name):
    """The same repository on another machine, freshly cloned."""
    folder = made.folder.parent / name
    shutil.rmtree(folder, ignore_errors=True)
    git(made.folder.parent, "clone", "-q", "remote.git", name)
    return World(folder=folder, center=made.center, url=made.url, settings=made.settings)


def commit(made, message="work"):
    git(made.folder, "add", "-A")
    git(made.folder, "commit", "-qm", message)
    git(made.folder, "push", "-q", "origin", "HEAD:main")


@contextmanager
def repository(folder: Path, monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    git(folder, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(folder, "clone", "-q", "remote.git", "here")
    with world(folder / "here") as made:
        made.write(SMALL)
        made.configure(ledger="git")
        (made.folder / ".gitignore").write_text("*.journal\n*.lock\n.publisher/cache/\n")
        commit(made)
        yield made


@pytest.fixture
def here(tmp_path, monkeypatch):
    with repository(tmp_path, monkeypatch) as made:
        yield made


def test_what_one_machine_applied_another_knows(here):
    here.apply()
    assert not (here.folder / ".publisher" / "live.json").exists()
    assert git(here.folder, "status", "--porcelain") == ""
    there = another(here, "there")
    assert there.changes() == []
    there.edit("en/orders/cancel.md", "None.", "One euro.")
    there.apply()
    commit(there)
    git(here.folder, "pull", "-q", "origin", "main")
    assert (here.changes(), here.notices()) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize(
    "writes", [3, *(pytest.param(count, marks=pytest.mark.slow) for count in (1, 4, 6))]
)
def test_a_machine_that_dies_with_its_disk_takes_nothing_with_it(here, writes):
    """The intents of a stage are stored before its first call: the next machine looks for them."""
    here.center.faults.add("slow", method="POST", times=None, seconds=0.02)
    with started(here) as process:
        after_writes(here, process, writes)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    shutil.rmtree(here.folder)
    there = another(here, "there")
    locked = there.run("apply", "--yes")
    if locked.code == 7:
        [id_] = re.findall(r"publisher unlock (\w+)", locked.err)
        assert there.run("unlock", id_).code == 0
        there.apply()
    assert_whole(there)


@pytest.mark.slow
def test_a_plan_made_before_another_machine_applied_is_refused(here):
    here.apply()
    there = another(here, "there")
    there.edit("en/orders/cancel.md", "None.", "One euro.")
    assert there.run("plan", "--out", "plan.json").code == 0
    here.edit("en/billing/refunds.md", "14 days", "30 days")
    here.apply()
    refused = there.run("apply", "plan.json")
    assert refused.code == 4, str(refused)
    assert "the ledger of target “live” has moved on" in refused.err


@pytest.mark.slow
def test_a_pull_on_a_branch_changes_nothing_for_the_main_branch(here):
    """Merged or not: the colleague's edit is never taken for one that is settled."""
    here.apply()
    id_ = here.article("Cancel an order")["id"]
    body = here.body("Cancel an order")
    here.center.edit_by_hand(id_, body=body.replace("None.", "Two euro."))
    there = another(here, "there")
    git(there.folder, "checkout", "-q", "-b", "pulled")
    pulled = there.run("pull")
    assert pulled.code == 0, str(pulled)
    assert "Two euro" in (there.folder / "content/en/orders/cancel.md").read_text()
    assert (there.changes(), there.notices()) == ([], []), "on the branch all is settled"
    assert here.notices() == ["drift"], "on main it is drift as before"
    here.apply()
    assert "Two euro" in here.body("Cancel an order")
    commit(there)
    git(here.folder, "pull", "-q", "origin", "main")
    assert (here.changes(), here.notices()) == ([], [])
    here.apply()
    assert "Two euro" in here.body("Cancel an order")
    shutil.rmtree(here.folder / ".publisher/live.pulled")
    assert (here.changes(), here.notices()) == ([], []), "the ledger has it now"


@pytest.mark.slow
def test_pulled_articles_are_not_removed_by_a_main_branch_that_has_not_got_them(here):
    here.configure(on_removed="delete", max_removals="100%", ledger="git")
    commit(here)
    here.apply()
    here.center.create_by_hand(title="Theirs", body="<p>Text.</p>")
    there = another(here, "there")
    pulled = there.run("pull", "--all")
    assert pulled.code == 0, str(pulled)
    assert there.changes() == []
    here.apply()
    assert here.article("Theirs")
    commit(there)
    git(here.folder, "pull", "-q", "origin", "main")
    assert here.changes() == []
    here.apply()
    here.remove("en/theirs.md")
    assert here.changes() == [("delete", "article", "theirs")]


@pytest.mark.slow
def test_what_was_pulled_and_then_deleted_does_not_come_back(here):
    """A new file in its place is a new article, not one that is gone from Intercom."""
    here.configure(on_removed="delete", max_removals="100%", ledger="git")
    here.apply()
    here.center.create_by_hand(title="Theirs", body="<p>Text.</p>")
    assert here.run("pull", "--all").code == 0
    here.apply()
    here.remove("en/theirs.md")
    here.apply()
    assert list((here.folder / ".publisher/live.pulled").iterdir())
    assert (here.changes(), here.notices()) == ([], [])
    here.write({"en/theirs.md": "---\ntitle: Theirs\n---\n\nAnew.\n"})
    assert here.changes() == [("create", "article", "theirs")]
    here.apply()
    assert "Anew" in here.body("Theirs")


@pytest.mark.slow
def test_two_branches_that_pulled_are_merged_without_a_conflict(here):
    here.apply()
    here.center.create_by_hand(title="Theirs", body="<p>Text.</p>")
    there = another(here, "there")
    git(there.folder, "checkout", "-q", "-b", "one")
    assert there.run("pull", "--all").code == 0
    git(there.folder, "add", "-A")
    git(there.folder, "commit", "-qm", "one")
    git(there.folder, "checkout", "-q", "-b", "two", "main")
    here.center.edit_by_hand(here.article("Cancel an order")["id"], title="Cancel your order")
    here.center.create_by_hand(title="Hers", body="<p>Text.</p>")
    assert there.run("pull", "--all").code == 0
    git(there.folder, "add", "-A")
    git(there.folder, "commit", "-qm", "two")
    git(there.folder, "merge", "-q", "one", "-m", "both")
    assert (there.changes(), there.notices()) == ([], [])
    there.apply()
    shutil.rmtree(there.folder / ".publisher/live.pulled")
    assert (there.changes(), there.notices()) == ([], [])


@pytest.mark.slow
def test_a_run_whose_lock_was_taken_away_stops_before_its_next_stage(here):
    from publisher.ledger.git import open_git
    from publisher.ledger.lease import unlock
    from publisher.ledger.place import LOCK

    place = open_git(here.folder, "live")
    for method in ("POST", "PUT"):
        here.center.faults.add("slow", method=method, times=None, seconds=0.4)
    with started(here) as process:
        after_writes(here, process, 1)
        unlock(place, json.loads(place.get(LOCK).content)["id"])
        told, _ = process.communicate()
    assert process.returncode == 7, told
    assert "lost its lock" in told
    here.center.faults.clear()
    here.apply()
    assert_whole(here)


@pytest.mark.slow
def test_a_pull_is_followed_by_an_edit_of_ones_own_without_a_conflict(here):
    here.apply()
    id_ = here.article("Cancel an order")["id"]
    here.center.edit_by_hand(id_, title="Cancel your order")
    assert here.run("pull").code == 0
    here.edit("en/orders/cancel.md", "None.", "Three euro.")
    here.apply()
    assert "Three euro" in here.body("Cancel your order")
    assert (here.changes(), here.notices()) == ([], [])


@pytest.mark.slow
def test_a_second_apply_is_told_who_holds_the_lock_and_how_to_break_it(here):
    from publisher.ledger import opening
    from publisher.ledger.git import open_git
    from publisher.ledger.home import Home

    there = another(here, "there")
    home = Home(
        folder=there.folder / ".publisher", target="live", place=open_git(there.folder, "live")
    )
    with opening.opened(home, command="publisher apply", new_id=lambda: "ab12"):
        refused = here.run("apply", "--yes")
        assert refused.code == 7, str(refused)
        assert "publisher unlock ab12" in refused.err
        assert here.writes == []
        assert here.run("plan").code == 0, "looking needs no lock"
        doctor = here.run("doctor").err
        assert "~ lock: the ledger (live/lock.json on branch publisher-ledger" in doctor
        assert "\n    If that run is dead, its lock ends" in doctor
        assert here.run("unlock", "ab12").code == 0
        here.apply()
