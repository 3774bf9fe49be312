"""What happens on disk is noticed once, however it happens."""

from __future__ import annotations

import errno
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchdog.observers import Observer

from publisher.preview.watch import Watch, Watched
from tests.often import every_day, few_and_many
from tests.preview.room import wait_until

SETTLED = 0.3
"""Seconds after which nothing more is to come."""


class Ticks:
    """How often something was noticed, and what was said."""

    def __init__(self, folder: Path) -> None:
        self.content = folder / "content"
        self.count = 0
        self.said: list[str] = []

    def tick(self) -> None:
        self.count += 1

    def after(self, count: int = 1) -> int:
        """Wait for so many ticks, and a while for more; returns how many came, from the last."""
        wait_until(lambda: self.count >= count)
        time.sleep(SETTLED)
        came, self.count = self.count, 0
        return came

    def nothing(self) -> bool:
        time.sleep(SETTLED)
        return self.count == 0


class Quick(Watch):
    """Looks ten times a second whether a folder was made anew."""

    check = 0.1


@contextmanager
def watching(folder: Path, **settings: object):
    ticks = Ticks(folder)
    watched = Watched(
        folder=ticks.content, files=(folder / "publisher.toml", folder / ".publisherignore")
    )
    with Quick(watched, ticks.tick, tell=ticks.said.append, **{"idle": 3600, **settings}):
        yield ticks


@pytest.fixture
def ticks(tmp_path):
    (tmp_path / "content" / "en").mkdir(parents=True)
    (tmp_path / "content" / "en" / "a.md").write_text("a")
    with watching(tmp_path) as opened:
        yield opened


def test_a_save_is_one_change(ticks):
    (ticks.content / "en" / "a.md").write_text("b")
    assert ticks.after() == 1


def test_a_save_by_rename_and_replace_is_one_change(ticks):
    file, backup = ticks.content / "en" / "a.md", ticks.content / "en" / "a.md~"
    (ticks.content / "en" / "4913").write_text("")
    (ticks.content / "en" / "4913").unlink()
    file.rename(backup)
    file.write_text("b")
    backup.unlink()
    assert ticks.after() == 1


def test_reading_changes_nothing(ticks):
    for _ in range(20):
        (ticks.content / "en" / "a.md").read_text()
        list(ticks.content.iterdir())
    assert ticks.nothing()


@pytest.mark.slow
def test_two_saves_with_a_pause_are_two_changes(ticks):
    (ticks.content / "en" / "a.md").write_text("b")
    assert ticks.after() == 1
    (ticks.content / "en" / "a.md").write_text("c")
    assert ticks.after() == 1


@pytest.mark.parametrize(
    "name", every_day(1, [".publisher/preview.db", ".git/index", "en/.a.md.swp", ".DS_Store"])
)
def test_what_begins_with_a_dot_is_none_of_ours(ticks, name):
    path = ticks.content / name
    path.parent.mkdir(exist_ok=True)
    time.sleep(SETTLED)
    ticks.count = 0
    path.write_text("x")
    path.write_text("y")
    assert ticks.nothing()


def test_the_files_beside_the_content_count_and_their_neighbours_do_not(ticks):
    root = ticks.content.parent
    for name in ("publisher.toml", ".publisherignore"):
        (root / name).write_text("x")
        assert ticks.after() == 1
    (root / "README.md").write_text("x")
    (root / ".publisher").mkdir()
    (root / ".publisher" / "preview.db").write_text("x")
    assert ticks.nothing()


def test_a_file_that_is_made_in_a_new_folder_is_noticed_and_later_again(ticks):
    (ticks.content / "fr" / "deep").mkdir(parents=True)
    (ticks.content / "fr" / "deep" / "b.md").write_text("b")
    assert ticks.after() == 1
    (ticks.content / "fr" / "deep" / "b.md").write_text("c")
    assert ticks.after() == 1


def test_what_is_renamed_moved_out_or_removed_is_noticed(ticks):
    file = ticks.content / "en" / "a.md"
    file.rename(ticks.content / "en" / "b.md")
    assert ticks.after() == 1
    (ticks.content / "en" / "b.md").rename(ticks.content.parent / "b.md")
    assert ticks.after() == 1
    shutil.rmtree(ticks.content / "en")
    assert ticks.after() == 1


def test_a_file_that_is_made_unreadable_is_noticed(ticks):
    (ticks.content / "en" / "a.md").chmod(0)
    assert ticks.after() == 1


@pytest.mark.slow
def test_the_content_folder_may_be_removed_and_made_again(ticks):
    shutil.rmtree(ticks.content)
    wait_until(lambda: ticks.count >= 1)
    time.sleep(SETTLED)
    ticks.count = 0
    ticks.content.mkdir()
    (ticks.content / "a.md").write_text("a")
    wait_until(lambda: ticks.count >= 1)
    time.sleep(SETTLED)
    ticks.count = 0
    (ticks.content / "a.md").write_text("b")
    assert ticks.after() == 1


def test_a_folder_that_is_replaced_at_once_is_watched_all_the_same(ticks):
    shutil.rmtree(ticks.content)
    ticks.content.mkdir()
    time.sleep(SETTLED)
    ticks.count = 0
    (ticks.content / "a.md").write_text("b")
    assert ticks.after() == 1


def test_a_content_folder_that_is_a_link_is_followed(tmp_path):
    real = tmp_path / "elsewhere"
    real.mkdir()
    (tmp_path / "content").symlink_to(real)
    with watching(tmp_path) as ticks:
        (real / "a.md").write_text("a")
        assert ticks.after() == 1


def test_a_burst_is_a_change_or_two_and_not_400(ticks):
    for number in range(400):
        folder = ticks.content / str(number % 20)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.md").write_text("x")
    assert ticks.after() <= 3


def test_a_stream_of_changes_is_shown_while_it_goes_on(ticks):
    ends = time.monotonic() + 5
    while time.monotonic() < ends and not ticks.count:
        (ticks.content / "en" / "a.md").write_text(str(time.monotonic()))
        time.sleep(0.005)
    assert ticks.count >= 1


def git(folder, *arguments):
    own = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "gc.auto=0")
    subprocess.run(
        ["git", *own, *arguments], cwd=folder, check=True, capture_output=True, timeout=60
    )


@few_and_many("files", 200, 2000)
def test_a_checkout_that_touches_many_files_is_one_change(tmp_path, files):
    content = tmp_path / "content"
    content.mkdir()
    git(tmp_path, "init", "-q", "-b", "main")
    for text, branch in (("one", "before"), ("two", "after")):
        for number in range(files):
            folder = content / str(number % 40)
            folder.mkdir(exist_ok=True)
            (folder / f"{number}.md").write_text(f"{text} {number}")
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", text)
        git(tmp_path, "branch", branch)
    with watching(tmp_path) as ticks:
        git(tmp_path, "checkout", "-q", "before")
        assert ticks.after() == 1
        assert (content / "0" / "0.md").read_text() == "one 0"


def test_while_git_works_its_pauses_do_not_count(ticks):
    (ticks.content.parent / ".git").mkdir()
    lock = ticks.content.parent / ".git" / "index.lock"
    lock.write_text("")
    (ticks.content / "en" / "a.md").write_text("b")
    assert ticks.nothing()
    lock.unlink()
    assert ticks.after() == 1


def test_the_lock_of_a_git_that_is_dead_holds_nothing_up(ticks):
    import os

    (ticks.content.parent / ".git").mkdir()
    lock = ticks.content.parent / ".git" / "index.lock"
    lock.write_text("")
    os.utime(lock, (0, 0))
    (ticks.content / "en" / "a.md").write_text("b")
    assert ticks.after() == 1


# Where the system cannot watch --------------------------------------------------------------------


def exhausted(number):
    """An observer of a system that has no more watches to give."""

    class Exhausted(Observer):
        def schedule(self, *args, **settings):
            raise OSError(number, "no more")

    return Exhausted


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, pytest.param(errno.EMFILE, marks=pytest.mark.slow)]
)
def test_where_no_more_can_be_watched_we_look_every_second_and_say_so_once(tmp_path, number):
    (tmp_path / "content").mkdir()
    with watching(tmp_path, observer=exhausted(number)) as ticks:
        wait_until(lambda: ticks.count >= 2)
    (said,) = ticks.said
    assert said.endswith("the files are looked at every second instead.")


def test_what_no_event_tells_of_is_found_while_somebody_looks(tmp_path):
    (tmp_path / "content").mkdir()
    with watching(tmp_path, idle=0.2) as ticks:
        wait_until(lambda: ticks.count >= 2)
    with watching(tmp_path, idle=0.2, wanted=lambda: False) as ticks:
        assert ticks.nothing()


def test_the_end_leaves_no_thread(tmp_path):
    (tmp_path / "content").mkdir()
    before = set(threading.enumerate())
    with watching(tmp_path):
        assert set(threading.enumerate()) != before
    wait_until(lambda: set(threading.enumerate()) <= before, 5)
