"""The lock of a shared ledger: one holder, for as long as it says that it is alive."""

import json
import os
import threading

import pytest

from publisher.errors import ConfigError, LedgerError, Locked
from publisher.ledger.book import WRITTEN_WITH
from publisher.ledger.lease import (
    FORMAT,
    LEASE,
    POLL,
    SKEW,
    SURE,
    acquire,
    from_bytes,
    holder_here,
    to_bytes,
    unlock,
)
from publisher.ledger.place import LOCK, Overtaken
from tests.ledger.places import Clock, MemoryPlace

WHERE = "memory/lock.json"


@pytest.fixture
def place():
    return MemoryPlace()


@pytest.fixture
def clock():
    return Clock()


def taken(place, clock, id="mine", *, former="", patience=0.0):
    holder = holder_here(id, f"publisher {id}", clock.now())
    return acquire(
        place, holder, former=former, patience=patience, now=clock.now, sleep=clock.sleep
    )


class Racing(MemoryPlace):
    """Somebody else writes the lock just before each of our writes, until `rivals` is empty."""

    def __init__(self, *rivals):
        super().__init__()
        self.rivals = list(rivals)

    def put(self, name, content, *, version, why):
        if self.rivals:
            rival = self.rivals.pop(0)
            super().put(name, rival, version=self.get(name).version, why="a rival")
        return super().put(name, content, version=version, why=why)


# The file ------------------------------------------------------------------------------------


def test_a_lock_comes_back_from_its_file_as_it_was(clock):
    holder = holder_here("mine", "publisher apply", clock.now())
    assert from_bytes(to_bytes(holder), WHERE) == holder
    assert holder.expires == clock.now() + LEASE
    assert holder.process == os.getpid()
    assert json.loads(to_bytes(holder))["format"] == FORMAT


@pytest.mark.parametrize("content", [None, b""])
def test_without_a_file_nobody_holds_the_lock(content):
    assert from_bytes(content, WHERE) is None


@pytest.mark.parametrize("content", [b"{", b"[]", b"7", b"{}", b"\xff", b'{"format": 1}'])
def test_a_file_that_is_no_lock_is_a_sentence(content):
    with pytest.raises(LedgerError) as raised:
        from_bytes(content, WHERE)
    assert WHERE in str(raised.value)


@pytest.mark.parametrize("missing", ["id", "who", "command", "since", "expires", "process"])
def test_a_lock_that_lacks_something_is_a_sentence(missing):
    row = json.loads(to_bytes(holder_here("mine", "publisher apply", 0.0)))
    del row[missing]
    with pytest.raises(LedgerError, match="is no lock of publisher"):
        from_bytes(json.dumps(row).encode(), WHERE)


def test_a_lock_of_the_future_names_the_version_that_wrote_it():
    text = to_bytes(holder_here("mine", "publisher apply", 0.0)).decode()
    text = text.replace(FORMAT, "publisher-lock/9").replace(WRITTEN_WITH, "publisher 7.0")
    with pytest.raises(LedgerError, match=r"written by publisher 7\.0 in format publisher-lock/9"):
        from_bytes(text.encode(), WHERE)


def test_a_lock_of_the_future_is_never_taken_over(place, clock):
    text = to_bytes(holder_here("theirs", "publisher apply", 0.0)).decode()
    place.put(LOCK, text.replace(FORMAT, "publisher-lock/9").encode(), version="", why="")
    with pytest.raises(LedgerError):
        taken(place, clock)
    assert b"publisher-lock/9" in place.get(LOCK).content


# Taking it -----------------------------------------------------------------------------------


def test_of_two_that_want_a_free_lock_at_the_same_moment_one_gets_it(clock):
    theirs = to_bytes(holder_here("theirs", "publisher pull", clock.now()))
    place = Racing(theirs)
    with pytest.raises(Locked, match="publisher unlock theirs"):
        taken(place, clock)
    assert place.get(LOCK).content == theirs


def test_who_lost_such_a_race_waits_like_anybody_else(clock):
    place = Racing(to_bytes(holder_here("theirs", "publisher pull", clock.now())))
    clock.meanwhile = lambda: place.files.clear()
    assert taken(place, clock, patience=60).holder.id == "mine"
    assert clock.slept == [POLL]


def test_the_lease_is_counted_from_when_it_was_got(place, clock):
    taken(place, clock, "theirs")
    clock.meanwhile = lambda: place.files.clear() if len(clock.slept) == 5 else None
    begun = clock.now()
    lease = taken(place, clock, patience=60)
    assert lease.holder.expires == begun + 5 * POLL + LEASE


def test_a_lock_of_another_dead_run_is_not_taken_for_that_of_the_one_that_died_here(place, clock):
    taken(place, clock, "theirs")
    with pytest.raises(Locked):
        taken(place, clock, former="mine before")


def test_clocks_that_differ_a_little_do_not_take_a_lock_from_the_living(place, clock):
    taken(place, clock, "theirs")
    clock.seconds += LEASE + SKEW
    with pytest.raises(Locked):
        taken(place, clock)
    clock.seconds += 1
    assert taken(place, clock).holder.id == "mine"


# Keeping it ----------------------------------------------------------------------------------


def test_a_lock_is_renewed_each_third_of_its_time_and_no_more_often(place, clock):
    lease = taken(place, clock)
    place.puts.clear()
    for _ in range(LEASE):
        clock.seconds += 1
        lease.keep()
    assert len(place.puts) == 3
    assert from_bytes(place.get(LOCK).content, WHERE).expires == clock.now() + LEASE


def test_a_lock_that_somebody_took_is_lost_for_good(place, clock):
    lease = taken(place, clock)
    clock.seconds += LEASE + SKEW + 1
    taken(place, clock, "theirs")
    with pytest.raises(Locked, match=r"lost its lock to .*publisher theirs"):
        lease.keep()
    assert lease.lost
    lease.release()
    assert from_bytes(place.get(LOCK).content, WHERE).id == "theirs"


def test_a_lock_that_was_taken_away_is_lost_too(place, clock):
    lease = taken(place, clock)
    unlock(place, "mine")
    clock.seconds += LEASE / 2
    with pytest.raises(Locked, match="lost its lock to another run"):
        lease.keep()


def test_who_looks_notices_at_once_that_its_lock_was_taken_away(place, clock):
    lease = taken(place, clock)
    lease.check()
    unlock(place, "mine")
    with pytest.raises(Locked, match="lost its lock to another run"):
        lease.check()
    assert lease.lost


def test_who_looks_notices_at_once_who_has_its_lock(place, clock):
    lease = taken(place, clock)
    unlock(place, "mine")
    taken(place, clock, "theirs")
    with pytest.raises(Locked, match=r"lost its lock to .*publisher theirs"):
        lease.check()
    lease.release()
    assert from_bytes(place.get(LOCK).content, WHERE).id == "theirs"


def test_a_lock_that_ended_is_renewed_by_whoever_looks_if_nobody_took_it(place, clock):
    lease = taken(place, clock)
    clock.seconds += LEASE + SKEW + 1
    lease.check()
    assert from_bytes(place.get(LOCK).content, WHERE).expires == clock.now() + LEASE


class Asked(MemoryPlace):
    """Counts how often the lock is looked at, and may be out of reach."""

    def __init__(self):
        super().__init__()
        self.gets, self.gone = 0, False

    def get(self, name):
        self.gets += name == LOCK
        if self.gone:
            raise LedgerError("the place cannot be reached.")
        return super().get(name)


def test_before_a_write_the_lock_is_looked_at_only_when_some_time_has_passed(clock):
    place = Asked()
    lease = taken(place, clock)
    place.gets = 0
    for _ in range(10 * int(SURE)):
        lease.recheck()
        clock.seconds += 0.5
    assert place.gets == 4, "nothing else looked meanwhile: every SURE seconds once"
    lease.check()
    looked = place.gets
    lease.recheck()
    assert place.gets == looked, "a look for another reason counts"


@pytest.mark.parametrize("passed", [SURE, LEASE / 2, LEASE + SKEW + 1, -3600.0])
def test_who_waited_before_a_write_notices_who_has_the_lock(place, clock, passed):
    lease = taken(place, clock)
    unlock(place, "mine")
    taken(place, clock, "theirs")
    lease.recheck()
    clock.seconds += passed
    with pytest.raises(Locked, match=r"lost its lock to .*publisher theirs"):
        lease.recheck()
    with pytest.raises(Locked, match="lost its lock"):
        lease.recheck()
    assert lease.lost


def test_of_many_that_waited_one_looks_and_all_hear_of_it(clock):
    place = Asked()
    lease = taken(place, clock)
    place.gets, clock.seconds = 0, clock.seconds + LEASE + SKEW + 1
    heard = []
    team = [threading.Thread(target=lambda: heard.append(lease.recheck())) for _ in range(8)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    assert (len(heard), place.gets) == (8, 2), "one look, and one by the renewal in this place"


def test_a_place_out_of_reach_stops_no_write_before_the_lease_has_ended(clock):
    place = Asked()
    lease = taken(place, clock)
    place.gone = True
    clock.seconds += LEASE - 1
    lease.recheck()
    clock.seconds += 1
    with pytest.raises(LedgerError, match="cannot be reached"):
        lease.recheck()
    place.gone = False
    lease.recheck()
    assert not lease.lost


def test_a_lock_that_is_given_back_is_free_at_once(place, clock):
    taken(place, clock).release()
    assert taken(place, clock, "theirs").holder.id == "theirs"


def test_a_renewed_lock_is_given_back_as_well(place, clock):
    lease = taken(place, clock)
    clock.seconds += LEASE / 2
    lease.keep()
    lease.release()
    assert place.get(LOCK).content is None


# By hand -------------------------------------------------------------------------------------


def test_only_the_lock_that_is_named_is_taken_away(place, clock):
    taken(place, clock)
    with pytest.raises(ConfigError, match=r"the lock is mine, held by .*; yours is not it"):
        unlock(place, "yours")
    assert unlock(place, "mine").command == "publisher mine"
    with pytest.raises(ConfigError, match="nothing is locked"):
        unlock(place, "mine")


def test_a_lock_that_is_renewed_meanwhile_belongs_to_somebody_alive(clock):
    place = Racing()
    lease = taken(place, clock)
    place.rivals = [to_bytes(lease.holder)]
    with pytest.raises(ConfigError, match="its run is alive"):
        unlock(place, "mine")
    assert place.get(LOCK).content is not None


def test_the_place_of_these_tests_keeps_the_promise_of_a_place(place):
    version = place.put(LOCK, b"1", version="", why="")
    with pytest.raises(Overtaken):
        place.put(LOCK, b"2", version="", why="")
    place.put(LOCK, None, version=version, why="")
    assert place.get(LOCK).version == ""
