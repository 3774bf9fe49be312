"""A run whose lock was taken from it while a worker waited or slept sends no write any more."""

import itertools
import time
from collections import Counter

import pytest

from publisher.apply.execute import execute
from publisher.apply.remote import Remote
from publisher.apply.run import Run
from publisher.config import load
from publisher.errors import LedgerError, Locked
from publisher.intercom.dialect import dialect
from publisher.ledger.lease import LEASE, SKEW, SURE, acquire, holder_here
from publisher.ledger.place import LOCK
from publisher.plan.addresses import Addresses
from publisher.plan.view import known_addresses
from publisher.workflow.applying import Watch, carry_out
from publisher.workflow.content import checked
from publisher.workflow.planning import plan_in
from publisher.workflow.session import opened
from publisher.workflow.sides import Asked
from tests.apply.bench import bench, outcomes
from tests.ledger.places import Clock, Machines, MemoryPlace
from tests.plan.builders import article, collection, site
from tests.world import TOKEN, world

ONE = site(collection("a", "A"))
MANY = site(*(article(f"x{n}", f"<p>{n}</p>", title=f"T{n}") for n in range(20)))
PAST = LEASE + SKEW + 1


class Place(MemoryPlace):
    """Counts the looks at the lock, and may be out of reach."""

    gets = 0
    gone = False

    def get(self, name):
        self.gets += name == LOCK
        if self.gone:
            raise LedgerError("the place cannot be reached.")
        return super().get(name)


class Refusing:
    """Stands before a help center, and tells when it answers that there were too many requests."""

    def __init__(self, app):
        self.app, self.refused = app, lambda: None

    def __call__(self, environ, start_response):
        def start(status, *rest):
            if status.startswith("429"):
                self.refused()
            return start_response(status, *rest)

        return self.app(environ, start)


class Story:
    """One machine that applies with a ledger others see, on a clock that only this test moves."""

    def __init__(self, there, folder):
        self.there, self.place, self.clock = there, Place(), Clock()
        self.machines = Machines(folder, lambda _: self.place, clock=self.clock)
        self.halted, self.numbers = [], itertools.count(1)
        self.home = self.machines.machine("here")

    def apply(self, wanted, *, concurrency=1):
        there = self.there
        with self.machines.run(self.home) as journal:
            made, seen, _, entries = there._planned(wanted, journal.ledger, {})
            there.watched.sent.clear()
            live = {ref: seen.things[ref.kind, entry.id] for ref, entry in entries.items()}
            known = known_addresses("en", entries, live)
            there.transport.before_write = journal.recheck
            run = Run(
                journal=journal,
                remote=Remote(
                    send=there.transport.send,
                    attempt=there.transport.attempt,
                    dialect=dialect(there.version),
                    default_locale="en",
                ),
                addresses=Addresses(
                    default_locale="en",
                    ids=dict(known.ids),
                    urls=dict(known.urls),
                    headings=dict(known.headings),
                ),
                new_id=lambda: f"{next(self.numbers):032x}",
                stopped=lambda: bool(self.halted),
                halt=lambda: self.halted.append(True),
                concurrency=concurrency,
            )
            return outcomes(list(execute(made, run)))

    def slept_past_the_lease(self):
        """The machine wakes, and another has taken the lock meanwhile."""
        self.clock.seconds += PAST
        acquire(
            self.place,
            holder_here("theirs", "publisher theirs", self.clock.now()),
            former="",
            patience=0.0,
            now=self.clock.now,
            sleep=self.clock.sleep,
        )

    def calls(self):
        return Counter(method for method, _, _ in self.there.watched.sent)


@pytest.fixture
def story(tmp_path):
    with bench(tmp_path) as there:
        yield Story(there, tmp_path)


def once(deed):
    """A hook that acts the first time only."""
    left = [deed]
    return lambda *_: left.pop()() if left else None


def test_a_create_that_waited_out_a_429_is_not_sent_under_a_lost_lock(story):
    story.there.center.faults.add("429", method="POST")
    story.there.on_wait = once(story.slept_past_the_lease)
    with pytest.raises(Locked, match=r"lost its lock to .*publisher theirs"):
        story.apply(ONE)
    assert story.calls() == {"POST": 1}, "the one that was refused"
    assert story.there.center.rows("collection") == []
    assert story.halted, "nothing that waits is sent either"


def test_an_update_that_waited_out_a_429_is_not_sent_under_a_lost_lock(story):
    story.apply(ONE)
    [row] = story.there.center.rows("collection")
    story.there.center.faults.add("429", method="PUT")
    story.there.on_wait = once(story.slept_past_the_lease)
    with pytest.raises(Locked):
        story.apply(site(collection("a", "Renamed")))
    assert story.calls() == {"PUT": 1}
    assert story.there.look()["collection", row["id"]].thing.titles == {"en": "A"}


def test_a_write_whose_look_took_longer_than_the_lease_is_not_sent(story):
    story.apply(ONE)
    [row] = story.there.center.rows("collection")
    looked = once(story.slept_past_the_lease)

    def after(method, path):
        if method == "GET" and path.endswith(f"/{row['id']}"):
            looked()

    story.there.watched.after = after
    with pytest.raises(Locked):
        story.apply(site(collection("a", "Renamed")))
    assert story.calls() == {}


def test_a_create_that_slept_while_nobody_took_its_lock_goes_on(story):
    story.there.center.faults.add("429", method="POST")

    def sleep():
        story.clock.seconds += PAST

    story.there.on_wait = once(sleep)
    assert story.apply(ONE) == {"create a": "done"}
    assert story.calls() == {"POST": 2}


def test_a_create_that_waited_for_room_in_the_rate_limit_is_not_sent_under_a_lost_lock(tmp_path):
    now, sent = [1_800_000_000.0], []
    with bench(tmp_path, now=lambda: now[0], rate_limit=8) as there:
        story = Story(there, tmp_path)

        def waits(seconds):
            now[0] += seconds
            if story.calls() and not sent:
                sent.append(story.calls())
                story.slept_past_the_lease()

        there.on_wait = waits
        with pytest.raises(Locked):
            story.apply(MANY)
        assert story.calls() == sent[0]


def test_not_every_write_asks_the_place_for_the_lock(story):
    story.place.gets = 0
    assert set(story.apply(MANY).values()) == {"done"}
    quick = story.place.gets
    assert quick < 20, "there were forty writes"
    again = site(*(article(f"y{n}", f"<p>{n}</p>", title=f"U{n}") for n in range(20)))

    def each_takes(*_):
        story.clock.seconds += SURE / 5

    story.there.watched.before = lambda method, path: each_takes() if method != "GET" else None
    story.place.gets = 0
    assert set(story.apply(again).values()) == {"done"}
    assert quick < story.place.gets < quick + 20


@pytest.mark.parametrize("passed", [SURE, PAST])
def test_a_place_out_of_reach_stops_writes_only_once_the_lease_may_be_anothers(story, passed):
    story.there.center.faults.add("429", method="POST")

    def unplug():
        story.place.gone = True
        story.clock.seconds += passed

    story.there.on_wait = once(unplug)
    story.there.watched.after = lambda method, path: setattr(
        story.place, "gone", story.place.gone and bool(story.there.center.rows("collection"))
    )
    if passed < LEASE:
        with pytest.raises(LedgerError):  # at the end of the run, when the ledger is kept
            story.apply(ONE)
        assert len(story.there.center.rows("collection")) == 1
    else:
        with pytest.raises(LedgerError, match="cannot be reached"):
            story.apply(ONE)
        assert story.there.center.rows("collection") == []


@pytest.mark.socket
def test_a_whole_apply_asks_for_its_lock_right_before_a_write(tmp_path, monkeypatch):
    """As above, by the way that a command goes: its transport knows the journal's lock."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    late = {"now": lambda: time.time() - 10.0}  # so that the time to wait for is over already
    with bench(tmp_path) as unused, world(tmp_path, wrap=Refusing, **late) as made:
        made.write({"en/billing/_index.md": "# Billing\n"})
        made.center.faults.add("429", method="POST")
        story = Story(unused, tmp_path)
        made.recorder.refused = once(story.slept_past_the_lease)
        config = load(made.folder)
        with (
            story.machines.run(story.home) as journal,
            opened(config, config.targets["live"], writes=True) as session,
        ):
            planned = plan_in(session, config, checked(config), journal.ledger, Asked())
            with pytest.raises(Locked, match="publisher theirs"):
                carry_out(planned, session, config, journal, Watch(tell=lambda *said: None))
        assert made.writes == [("POST", "/help_center/collections", 429)]
