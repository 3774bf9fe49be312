"""Laws of a ledger that hold wherever it is kept, with machines that die at any moment."""

import json
import logging
import os
import subprocess
from dataclasses import replace
from itertools import count

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from publisher.errors import LOCKED, LedgerError, Locked
from publisher.ledger import opening
from publisher.ledger.book import FORMAT, Pin
from publisher.ledger.files import FilePlace
from publisher.ledger.git import open_git
from publisher.ledger.lease import LEASE, SKEW, unlock
from publisher.ledger.place import LEDGER
from publisher.ledger.records import Intent
from publisher.ledger.s3 import open_s3
from publisher.ledger.upgrading import upgrade
from publisher.model import Entry, Key, Ref, RemoteId
from tests.ledger.places import Machines, MemoryPlace

SHARED = ("memory", *(pytest.param(name, marks=pytest.mark.slow) for name in ("git", "s3")))
EVERYWHERE = ("file", *SHARED)
X, Y = (Ref("article", Key(name)) for name in ("a/x", "a/y"))
ENTRY = Entry(ref=X, id=RemoteId("5"), title="X", sent={"en.title": "d1"})
OTHER = replace(ENTRY, ref=Y, id=RemoteId("6"), title="Y")
FIRST = Intent(id="1" * 32, ref=X, action="birth", would=replace(ENTRY, id=""), meant={})
SECOND = Intent(id="2" * 32, ref=Y, action="birth", would=replace(OTHER, id=""), meant={})


def git(*arguments):
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def in_git(root):
    git("init", "-q", "--bare", "-b", "main", str(root / "remote.git"))

    def place(folder):
        if not (folder / ".git").exists():
            git("clone", "-q", str(root / "remote.git"), str(folder))
        opened = open_git(folder, "live")
        opened.now = count(0, 10).__next__  # no read is answered by what it saw a moment ago
        return opened

    return place


@pytest.fixture
def machines(request, tmp_path, monkeypatch):
    """Machines whose place is the one that the test asks for."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GIT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    kind = request.param
    if kind == "s3":
        with mock_aws():
            monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
            boto3.client("s3").create_bucket(Bucket="help")
            made = Machines(tmp_path, lambda folder: open_s3("s3://help/state", "docs", "live"))
            yield made
            made.bury()
        return
    files = {}
    places = {
        "memory": lambda folder: MemoryPlace(files),
        "file": lambda folder: FilePlace(folder / ".publisher", "live"),
    }
    made = Machines(tmp_path, in_git(tmp_path) if kind == "git" else places[kind])
    yield made
    made.bury()


everywhere = pytest.mark.parametrize("machines", EVERYWHERE, indirect=True)
shared = pytest.mark.parametrize("machines", SHARED, indirect=True)
read = opening.read


# Wherever it is ------------------------------------------------------------------------------


@everywhere
def test_what_is_written_down_is_read_again_by_the_next_run(machines):
    home = machines.machine("a")
    with machines.run(home) as journal:
        journal.pin(Pin(workspace="w", help_center="1"))
        journal.prove_writable()
        journal.begin([FIRST, SECOND])
        journal.done(FIRST, ENTRY)
        journal.hold("a" * 16, "https://cdn/a.png?signature=1")
    kept = read(machines.machine("a"))
    assert kept.entries == {X: ENTRY}
    assert kept.doubts == {SECOND.id: SECOND}
    assert kept.pin == Pin(workspace="w", help_center="1")
    assert kept.images == {"a" * 16: "https://cdn/a.png"}
    assert (kept.form, kept.changed) == (FORMAT, False)
    assert not home.journal.exists()


@everywhere
def test_the_serial_only_rises_and_the_lineage_stays(machines):
    home, seen = machines.machine("a"), []
    for key in ("one", "two", "three"):
        ref = Ref("article", Key(key))
        with machines.run(home) as journal:
            journal.adopt(ref, replace(ENTRY, ref=ref, id=RemoteId(key)))
        kept = read(home)
        seen.append((kept.serial, kept.lineage))
    assert [serial for serial, _ in seen] == sorted({serial for serial, _ in seen})
    assert len({lineage for _, lineage in seen}) == 1


@everywhere
def test_a_run_that_learns_nothing_writes_nothing(machines):
    home = machines.machine("a")
    with machines.run(home) as journal:
        journal.adopt(X, ENTRY)
    before = home.place.get(LEDGER)
    with machines.run(home):
        pass
    assert home.place.get(LEDGER) == before


def left_by(machines, home):
    """What a run that is killed now leaves; a file lies on that machine, too."""
    rest = machines.killed(home)
    return rest if home.place.shared else replace(rest, place=FilePlace(rest.folder, "live"))


@everywhere
def test_the_unfinished_journal_of_a_machine_goes_on_where_it_ended(machines):
    home = machines.machine("a")
    journal = machines.start(home)
    journal.prove_writable()
    journal.begin([FIRST, SECOND])
    journal.done(FIRST, ENTRY)
    again = left_by(machines, home)
    kept = read(again)
    assert (kept.entries, kept.doubts) == ({X: ENTRY}, {SECOND.id: SECOND})
    with machines.run(again):
        pass
    kept = read(again)
    assert (kept.entries, kept.doubts) == ({X: ENTRY}, {SECOND.id: SECOND})
    assert not again.journal.exists()


@everywhere
def test_a_run_that_comes_to_nothing_does_not_forget_what_an_earlier_one_left_in_doubt(machines):
    """The token is wrong, say: nothing is asked, nothing learnt, and the doubt stays."""
    home = machines.machine("a")
    machines.start(home).begin([FIRST])
    again = left_by(machines, home)
    with pytest.raises(RuntimeError), machines.run(again):
        raise RuntimeError
    assert read(again).doubts == {FIRST.id: FIRST}


@everywhere
def test_a_run_that_is_killed_between_ledger_and_journal_doubles_nothing(machines):
    """The ledger is kept already, its journal still there: a thing has one key, and no doubt."""
    home, renamed = machines.machine("a"), Ref("article", Key("a/new"))
    with machines.run(home) as journal:
        journal.begin([FIRST])
        journal.done(FIRST, ENTRY)
        journal.rename(renamed, X.key)
        left = home.journal.read_bytes()
    home.journal.write_bytes(left)
    kept = read(home)
    assert (set(kept.entries), kept.doubts) == ({renamed}, {})


@pytest.mark.parametrize("machines", ["file", "memory"], indirect=True)
def test_a_torn_journal_says_what_it_can_and_invents_nothing(machines):
    home = machines.machine("a")
    with machines.run(home) as journal:
        journal.begin([FIRST])
        journal.done(FIRST, ENTRY)
        journal.begin([SECOND])
        whole = home.journal.read_bytes()
        for length in range(len(whole)):
            home.journal.write_bytes(whole[:length])
            kept = read(home)
            assert kept.entries in ({}, {X: ENTRY})
            assert set(kept.doubts) <= {FIRST.id, SECOND.id}
            lines = whole[:length].count(b"\n")
            assert set(kept.doubts) == [set(), set(), {FIRST.id}, set(), {SECOND.id}][lines]
        home.journal.write_bytes(whole)


# Machines that die ---------------------------------------------------------------------------


@shared
def test_a_machine_that_dies_with_its_disk_takes_no_intent_with_it(machines):
    journal = machines.start(machines.machine("a"))
    journal.prove_writable()
    journal.store([FIRST, SECOND])
    kept = read(machines.machine("b"))
    assert kept.doubts == {FIRST.id: FIRST, SECOND.id: SECOND}


@shared
def test_what_one_stage_did_is_known_elsewhere_once_the_next_begins(machines):
    journal = machines.start(machines.machine("a"))
    journal.store([FIRST])
    journal.done(FIRST, ENTRY)
    assert read(machines.machine("b")).doubts == {FIRST.id: FIRST}, "not yet"
    journal.store([SECOND])
    kept = read(machines.machine("b"))
    assert (kept.entries, kept.doubts) == ({X: ENTRY}, {SECOND.id: SECOND})


@shared
def test_a_journal_is_overtaken_once_another_machine_went_on(machines):
    home = machines.machine("a")
    journal = machines.start(home)
    journal.store([FIRST])
    journal.done(FIRST, ENTRY)
    dead = machines.killed(home)
    machines.clock.seconds += LEASE + SKEW + 1
    found = replace(ENTRY, title="as another machine found it")
    with machines.run(machines.machine("b")) as journal:
        journal.adopt(X, found)
        journal.failed(FIRST)
    assert read(dead).entries == {X: found}
    with machines.run(dead) as journal:
        journal.adopt(Y, OTHER)
    kept = read(machines.machine("c"))
    assert (kept.entries, kept.doubts) == ({X: found, Y: OTHER}, {})


@shared
def test_a_journal_from_before_the_first_store_counts_while_nobody_else_was_here(machines):
    home = machines.machine("a")
    journal = machines.start(home)
    journal.begin([FIRST])
    assert read(machines.killed(home)).doubts == {FIRST.id: FIRST}


# The lock ------------------------------------------------------------------------------------


@shared
def test_a_second_run_is_told_who_where_since_when_and_how_to_end_it(machines):
    machines.start(machines.machine("a"), command="publisher pull")
    with pytest.raises(Locked) as raised, machines.run(machines.machine("b")):
        pass
    sentence = str(raised.value)
    assert raised.value.exit_code == LOCKED
    assert f"process {os.getpid()}" in sentence
    assert "since 2027-01-15 08:00 UTC (`publisher pull`" in sentence
    assert sentence.endswith(f"publisher unlock {1:016x}")
    assert read(machines.machine("b")).entries == {}, "reading needs no lock"


@shared
def test_a_run_with_patience_gets_its_turn_and_says_once_for_whom_it_waits(machines):
    said = logging.getLogger("publisher.ledger")
    heard = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    level = said.level
    said.addHandler(handler)
    said.setLevel(logging.INFO)
    journal = machines.start(machines.machine("a"))
    journal.adopt(X, ENTRY)

    def end_after_a_while():
        if len(machines.clock.slept) == 3:
            machines.end()

    machines.clock.meanwhile = end_after_a_while
    try:
        with machines.run(machines.machine("b"), patience=60) as journal:
            assert journal.ledger.entries == {X: ENTRY}
    finally:
        said.removeHandler(handler)
        said.setLevel(level)
    assert len(machines.clock.slept) == 3
    assert len(heard) == 1
    assert "waiting for the ledger, which is locked by" in heard[0]


@shared
def test_patience_ends(machines):
    machines.start(machines.machine("a"))
    begun = machines.clock.seconds
    with pytest.raises(Locked), machines.run(machines.machine("b"), patience=30):
        pass
    assert machines.clock.seconds - begun == pytest.approx(30, abs=0.1)


@shared
def test_the_lock_of_a_dead_machine_ends_with_its_lease_and_not_before(machines):
    machines.start(machines.machine("a")).store([FIRST])
    machines.clock.seconds += LEASE + SKEW - 1
    with pytest.raises(Locked), machines.run(machines.machine("b")):
        pass
    machines.clock.seconds += 2
    with machines.run(machines.machine("b")) as journal:
        assert journal.ledger.doubts == {FIRST.id: FIRST}


@shared
def test_the_lock_of_a_run_that_died_here_is_taken_at_once(machines):
    home = machines.machine("a")
    machines.start(home).store([FIRST])
    with machines.run(machines.killed(home)) as journal:
        assert journal.ledger.doubts == {FIRST.id: FIRST}


@shared
def test_a_run_that_says_it_is_alive_keeps_its_lock(machines):
    journal = machines.start(machines.machine("a"))
    for _ in range(6):
        machines.clock.seconds += LEASE / 2
        journal.beat()
    with pytest.raises(Locked), machines.run(machines.machine("b")):
        pass


@shared
def test_a_run_that_lost_its_lock_stops_and_writes_nothing_more(machines):
    home = machines.machine("a")
    journal = machines.start(home)
    journal.store([FIRST])
    machines.clock.seconds += LEASE + SKEW + 1
    other = machines.machine("b")
    with machines.run(other, command="publisher pull") as theirs:
        with pytest.raises(Locked) as raised:
            journal.beat()
        assert raised.value.exit_code == LOCKED
        assert "publisher pull" in str(raised.value)
        before = other.place.get(LEDGER)
        journal.done(FIRST, ENTRY)
        machines.end()
        assert other.place.get(LEDGER) == before
        theirs.failed(FIRST)
    assert read(other).doubts == {}
    assert read(other).entries == {}


@shared
def test_a_ledger_that_another_run_wrote_is_not_written_over(machines):
    """Also by a run whose lock is in order: the place itself refuses."""
    home = machines.machine("a")
    journal = machines.start(home)
    journal.store([FIRST])
    place = machines.machine("b").place
    theirs = place.get(LEDGER)
    put = theirs.content.replace(FIRST.id.encode(), SECOND.id.encode())
    place.put(LEDGER, put, version=theirs.version, why="by somebody without a lock")
    with pytest.raises(LedgerError, match="was written by another run meanwhile"):
        journal.store([SECOND])
    assert read(machines.machine("c")).doubts.keys() == {SECOND.id}


@shared
@pytest.mark.parametrize("write", ["prove_writable", "store"])
def test_of_two_runs_the_one_whose_lock_ended_while_it_planned_stops_and_the_other_goes_on(
    machines, write
):
    slow = machines.start(machines.machine("a"))
    machines.clock.seconds += LEASE + SKEW + 1
    other = machines.machine("b")
    with machines.run(other) as quick:
        before = other.place.get(LEDGER)
        with pytest.raises(Locked):
            slow.store([FIRST]) if write == "store" else slow.prove_writable()
        assert other.place.get(LEDGER) == before
        quick.prove_writable()
        quick.adopt(X, ENTRY)
    assert read(other).entries == {X: ENTRY}


@shared
def test_a_run_whose_lock_ended_while_it_planned_goes_on_if_nobody_took_it(machines):
    journal = machines.start(machines.machine("a"))
    machines.clock.seconds += LEASE + SKEW + 1
    journal.prove_writable()
    with pytest.raises(Locked), machines.run(machines.machine("b")):
        pass


@shared
def test_a_run_that_learns_at_its_end_that_its_lock_was_taken_keeps_nothing(machines):
    journal = machines.start(machines.machine("a"))
    journal.adopt(X, ENTRY)
    machines.clock.seconds += LEASE + SKEW + 1
    other = machines.machine("b")
    with machines.run(other) as theirs:
        with pytest.raises(Locked):
            machines.started[0].__exit__(None, None, None)
        theirs.prove_writable()
    assert read(other).entries == {}


@shared
def test_a_lock_that_was_taken_away_is_missed_before_the_next_stage(machines):
    """Not only when it is to be renewed: until then two might be at work."""
    journal = machines.start(machines.machine("a"))
    journal.store([FIRST])
    other = machines.machine("b")
    unlock(other.place, f"{1:016x}")
    with pytest.raises(Locked, match="lost its lock"):
        journal.store([SECOND])
    assert read(other).doubts == {FIRST.id: FIRST}


def beside_a_file(machines, journal_of, **now):
    """A killed run's journal, beside a ledger that Git brought since."""
    home = machines.machine("a")
    with machines.run(home) as journal:
        journal.pin(Pin(workspace="w", help_center="1"))
        journal.adopt(X, ENTRY)
        journal.hold("a" * 16, "https://cdn/a.png")
    brought = json.loads(home.place.get(LEDGER).content)
    with machines.run(home) as journal:
        journal_of(journal)
        left = home.journal.read_bytes()
    path = home.folder / "live.json"
    path.write_text(json.dumps({**brought, "serial": brought["serial"] + 7, **now}))
    home.journal.write_bytes(left)
    return home


def tell_lies(journal):
    elsewhere = replace(ENTRY, id=RemoteId("999"))
    write = replace(FIRST, action="write", would=elsewhere)
    journal.pin(Pin(workspace="another", help_center="9"))
    journal.hold("a" * 16, "https://cdn/other.png")
    journal.begin([write, replace(SECOND, would=replace(ENTRY, id=""))])
    journal.done(write, elsewhere)
    journal.adopt(Y, replace(ENTRY, ref=Y))
    journal.rename(Ref("article", Key("a/z")), X.key)


@pytest.mark.parametrize("machines", ["file"], indirect=True)
@pytest.mark.parametrize("lineage", [None, "another"])
def test_a_journal_beside_another_or_a_newer_ledger_changes_nothing_that_it_knows(
    machines, lineage
):
    """No entry is overwritten, and no thing gets a second key."""
    home = beside_a_file(machines, tell_lies, **({"lineage": lineage} if lineage else {}))
    kept = read(home)
    assert kept.entries == {X: ENTRY}
    assert kept.doubts == {}
    assert kept.pin == Pin(workspace="w", help_center="1")
    assert kept.images == {"a" * 16: "https://cdn/a.png"}


def make_something_new(journal):
    journal.begin([SECOND])
    journal.done(SECOND, OTHER)
    journal.adopt(Y, replace(OTHER, title="Y again"))
    journal.begin([replace(SECOND, id="3" * 32, would=replace(OTHER, title="Y once more"))])


@pytest.mark.parametrize("machines", ["file"], indirect=True)
@pytest.mark.parametrize("lineage", [None, "another"])
def test_what_such_a_journal_alone_knows_is_taken_in(machines, lineage):
    home = beside_a_file(machines, make_something_new, **({"lineage": lineage} if lineage else {}))
    kept = read(home)
    assert kept.entries == {X: ENTRY, Y: replace(OTHER, title="Y again")}
    assert list(kept.doubts) == ["3" * 32]


@shared
def test_a_lock_is_taken_away_by_its_id(machines):
    machines.start(machines.machine("a"))
    other = machines.machine("b")
    assert unlock(other.place, f"{1:016x}").command == "publisher apply"
    with machines.run(other):
        pass


# From a file to a shared place ---------------------------------------------------------------


def kept_in_a_file(home, *, form=FORMAT):
    """The same machine before `ledger` was changed, with a run that was killed."""
    before = replace(home, place=home.file)
    with opening.opened(before, command="publisher apply", new_id=lambda: "l") as journal:
        journal.adopt(X, ENTRY)
    path = home.folder / "live.json"
    path.write_text(path.read_text().replace(FORMAT, form))
    with opening.opened(before, command="publisher apply", new_id=lambda: "l") as journal:
        journal.begin([SECOND])
        left = home.journal.read_bytes()
        journal.failed(SECOND)
    path.write_text(path.read_text().replace(FORMAT, form))
    home.journal.write_bytes(left)


def upgraded(machines, home):
    return upgrade(
        home,
        command="publisher state upgrade",
        new_id=lambda: f"{next(machines.ids):016x}",
        now=machines.clock.now,
        sleep=machines.clock.sleep,
    )


@shared
def test_a_ledger_moves_from_its_file_to_its_place_with_an_unfinished_journal(machines):
    home = machines.machine("a")
    kept_in_a_file(home)
    with pytest.raises(LedgerError, match="publisher state upgrade --target live"):
        read(home)
    told = upgraded(machines, home)
    assert (told.left, told.things) == (str(home.folder / "live.json"), 1)
    kept = read(machines.machine("b"))
    assert (kept.entries, kept.doubts, kept.lineage) == ({X: ENTRY}, {SECOND.id: SECOND}, "l")
    assert not (home.folder / "live.json").exists()
    assert not home.journal.exists()


@shared
def test_an_upgrade_that_was_cut_off_before_the_file_went_is_finished(machines):
    home = machines.machine("a")
    kept_in_a_file(home)
    before = {name: (home.folder / name).read_bytes() for name in ("live.json", "live.journal")}
    upgraded(machines, home)
    for name, content in before.items():
        (home.folder / name).write_bytes(content)
    with machines.run(machines.machine("b")) as journal:
        journal.done(SECOND, OTHER)
    upgraded(machines, home)
    kept = read(home)
    assert (kept.entries, kept.doubts) == ({X: ENTRY, Y: OTHER}, {})
    assert not (home.folder / "live.json").exists()


@shared
def test_two_ledgers_of_which_neither_goes_on_from_the_other_are_left_alone(machines):
    home = machines.machine("a")
    with machines.run(machines.machine("b")) as journal:
        journal.adopt(Y, OTHER)
    kept_in_a_file(home)
    before = home.place.get(LEDGER).content
    with pytest.raises(LedgerError, match="neither goes on from the other"):
        upgraded(machines, home)
    assert home.place.get(LEDGER).content == before
    assert (home.folder / "live.json").exists()
    assert home.journal.exists()


# Any story -----------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["store", "finish", "end", "kill", "burn"])),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_whoever_dies_whenever_no_call_is_forgotten(tmp_path_factory, steps):
    """A stored intent is in doubt for everybody until some run writes down how it ended."""
    files = {}
    machines = Machines(tmp_path_factory.mktemp("story"), lambda folder: MemoryPlace(files))
    try:
        _tell(machines, steps)
    finally:
        machines.bury()


def _tell(machines, steps):
    stored, ended, homes, running, numbers = {}, set(), {}, {}, count(1)
    for name, step in steps:
        home = homes.setdefault(name, machines.machine(f"{name}{next(numbers)}"))
        if name not in running:
            machines.clock.seconds += LEASE + SKEW + 1  # whoever ran until now was cut off
            homes |= {former: machines.killed(homes[former]) for former in running}
            running = {name: machines.start(home)}
        journal = running[name]
        if step == "store":
            intent = replace(FIRST, id=f"{next(numbers):032x}")
            stored[intent.id] = intent
            journal.store([intent])
        elif step == "finish":
            for intent in list(journal.ledger.doubts.values()):
                journal.failed(intent)
                ended.add(intent.id)
        else:
            running = {}
        if step == "end":
            machines.end()
        elif step == "kill":
            homes[name] = machines.killed(home)
        elif step == "burn":
            homes[name] = machines.machine(f"{name}{next(numbers)}")
        doubts = set(read(machines.machine(f"fresh{next(numbers)}")).doubts)
        assert set(stored) - ended <= doubts, "nothing is forgotten"
        assert doubts <= set(stored), "nothing is invented"
