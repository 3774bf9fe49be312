"""A disk without room: one sentence, and the next run that has room goes on with nothing doubled.

The kernel plays the full disk: under RLIMIT_FSIZE it refuses to make a file longer (EFBIG), as
it would refuse with ENOSPC. The limit is swept, so that the lock's owner, the journal, the
ledger each are the file that no longer fits; a long text makes the backup that file.
"""

import contextlib
import re
import subprocess
from collections import Counter

import pytest

from tests.often import every_day
from tests.terminal import PROGRAM, environment
from tests.world import SMALL, TOKEN, world

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.socket

FEW = (0, 400, 2000, 6000)
MANY = (1, 200, 700, 1000, 1500, 2600, 3300, 4500, 8000, 11000)
SIZES = (*FEW, *(pytest.param(size, marks=pytest.mark.slow) for size in MANY))


@contextlib.contextmanager
def room_for(size):
    """No file of this process gets longer than `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def full(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    with world(tmp_path) as story:
        yield story.write(SMALL)


def titles(story):
    rows = story.center.rows("article")
    return Counter(each["title"] for row in rows for each in row["contents"].values())


@pytest.mark.parametrize("size", every_day(2, SIZES))
def test_a_first_apply_that_runs_out_of_room_is_finished_by_the_next(full, size):
    with room_for(size):
        ended = full.run("apply", "--yes")
    assert ended.code in (0, 1), str(ended)
    if ended.code:
        assert_a_sentence(ended)
    again = full.apply()
    assert full.changes() == [], str(again)
    assert set(titles(full).values()) == {1}
    assert len(full.center.rows("article")) == 2
    assert len(full.center.rows("collection")) == 2
    assert not list(full.folder.glob(".publisher/*.new"))


def assert_a_sentence(ended):
    lines = [line for line in ended.err.splitlines() if line.startswith("error:")]
    assert len(lines) == 1, str(ended)
    assert "cannot write" in lines[0]
    assert "File too large" in lines[0]
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("size", every_day(3, SIZES))
def test_an_apply_that_overwrites_and_removes_runs_out_of_room_and_is_finished(full, size):
    full.configure(on_removed="delete")
    full.apply()
    full.edit("en/billing/refunds.md", "14 days", "30 days")
    full.edit("en/orders/cancel.md", "None.", "Some.")
    full.write({"en/orders/new.md": "---\ntitle: New\n---\nNew text.\n"})
    full.remove("fr/billing/refunds.md")
    full.remove("fr/billing/_index.md")
    with room_for(size):
        ended = full.run("apply", "--yes", "--allow-deletes", "9")
    assert ended.code in (0, 1), str(ended)
    if ended.code:
        assert_a_sentence(ended)
    full.apply("--allow-deletes", "9")
    assert full.changes("--allow-deletes", "9") == []
    assert "30 days" in full.body("Refunds")
    assert titles(full)["New"] == 1
    assert len(full.center.rows("article")) == 3


LONG = "".join(f"Paragraph {number}, which says what it says.\n\n" for number in range(1000))
ROOM = 20_000
"""Bytes that are enough for all but a backup of that text."""


@pytest.fixture
def long(full):
    """A text of fifty thousand bytes, live: a backup holds it, ledger and journal its digests."""
    full.configure(on_removed="delete", max_removals="100%")
    full.write({"en/orders/long.md": f"---\ntitle: Long\n---\n{LONG}"})
    full.apply()
    full.center.calls.clear()
    return full


@pytest.mark.parametrize("deed", ["overwrite", "delete"])
def test_without_room_for_a_backup_nothing_is_overwritten_or_removed(long, deed):
    before = long.article("Long")
    if deed == "overwrite":
        long.edit("en/orders/long.md", "Paragraph 7,", "Paragraph seven,")
    else:
        long.remove("en/orders/long.md")
    with room_for(ROOM):
        ended = long.run("apply", "--yes", "--allow-deletes", "9")
    assert ended.code == 1, str(ended)
    assert_a_sentence(ended)
    assert re.search(r"cannot write \S+live\.backup\.json: File too large", ended.err)
    assert long.writes == []
    assert long.article("Long") == before
    kept = [path.name for path in long.folder.glob(".publisher/backup/*/*")]
    assert kept == ["live.backup.json"], "of the apply before, and no half of another"


@pytest.mark.parametrize("deed", every_day(1, ["overwrite", "delete"]))
def test_once_there_is_room_again_the_backup_is_kept_and_the_apply_goes_on(long, deed):
    if deed == "overwrite":
        long.edit("en/orders/long.md", "Paragraph 7,", "Paragraph seven,")
    else:
        long.remove("en/orders/long.md")
    with room_for(ROOM):
        long.apply("--allow-deletes", "9", expect=1)
    long.apply("--allow-deletes", "9")
    assert long.changes() == []
    kept = [path.read_text() for path in long.folder.glob(".publisher/backup/*/*")]
    assert sum("Paragraph 7," in each for each in kept) == 1


@pytest.mark.slow
def test_some_sizes_are_too_small_for_each_of_the_files(full):
    """Or the sweeps above would not say much."""
    refused = set()
    for last in (False, True):
        for size in (*FEW, *MANY):
            if last:
                full.edit("en/orders/cancel.md", "See", f"See {size}:")
            with room_for(size):
                said = full.run("apply", "--yes").err
            refused |= set(re.findall(r"cannot write \S*?([\w.]+): File too large", said))
        full.apply()
    assert refused >= {"live.owner.lock", "live.journal", "live.json"}


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1200, resource.RLIM_INFINITY))
sys.argv = ["publisher", *sys.argv[1:]]
runpy.run_module("publisher", run_name="__main__")
"""


def test_a_process_of_its_own_says_no_more_than_that_sentence(full):
    ended = subprocess.run(
        [PROGRAM[0], "-B", "-c", LIMITED, "apply", "--yes"],
        cwd=full.folder,
        env=environment(INTERCOM_ACCESS_TOKEN=TOKEN),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert "File too large" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
    full.apply()
    assert full.changes() == []
    assert len(full.center.rows("article")) == 2
