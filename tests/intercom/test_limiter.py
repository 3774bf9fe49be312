"""When a call may leave: our part of the rate limit, whoever used the rest of it."""

import logging
import math
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.helpcenter import HelpCenter
from publisher.intercom.dialect import Call, dialect
from publisher.intercom.limiter import Limiter, Window, dated, told
from publisher.intercom.transport import Transport

NOW = 1_700_000_000.0
READ = Call(method="GET", path="/me", repeatable=True, what="see whose token this is")


class Clock:
    """A clock that only sleeping moves, and only when nobody is awake any more.

    Were it to move while a call is under way, each call could take as long as all the others
    sleep together: then how the threads happen to run decides what a window holds.

    awake   threads that do not sleep; who is done with this clock has to `leave`.
    """

    def __init__(self, now: float = NOW, *, awake: int = 1) -> None:
        self.time, self.slept, self.awake = now, [], awake
        self._naps: dict[object, float] = {}
        self._turn = threading.Condition()

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        with self._turn:
            self.slept.append(seconds)
            nap = object()
            self._naps[nap] = self.time + seconds
            self._one_less()
            self._turn.wait_for(lambda: nap not in self._naps)

    def leave(self) -> None:
        with self._turn:
            self._one_less()

    def _one_less(self) -> None:
        """When the last one has fallen asleep, the first of them wakes."""
        self.awake -= 1
        if self.awake or not self._naps:
            return
        self.time = max(self.time, min(self._naps.values()))
        over = [nap for nap, ends in self._naps.items() if ends <= self.time]
        for nap in over:
            del self._naps[nap]
        self.awake = len(over)
        self._turn.notify_all()


class Quota:
    """Windows of ten seconds, counted as Intercom counts them, on a clock of its own.

    others   calls that others make at the very beginning of each window.
    """

    def __init__(self, clock: Clock, limit: int, *, others: int = 0, ahead: float = 0.0) -> None:
        self.clock, self.limit, self.others, self.ahead = clock, limit, others, ahead
        self.ours: Counter[float] = Counter()

    def count(self) -> dict[str, str]:
        """Count one call of ours and tell how things stand."""
        time = self.clock() + self.ahead
        reset = time // 10 * 10 + 10
        self.ours[reset] += 1
        left = self.limit - self.others - self.ours[reset]
        return headers(self.limit, max(left, 0), reset) | {"date": formatdate(time, usegmt=True)}


def headers(limit: object, left: object, reset: float | str) -> dict[str, str]:
    at = str(int(reset)) if isinstance(reset, float) else reset
    named = {"limit": str(limit), "remaining": str(left), "reset": at}
    return {f"x-ratelimit-{name}": value for name, value in named.items()}


def limiter(clock: Clock, share: float = 0.8, jitter: float = 0.0) -> Limiter:
    return Limiter(share, sleep=clock.sleep, now=clock, jitter=lambda: jitter)


def call(door: Limiter, quota: Quota) -> None:
    assert door.enter()
    door.learn(quota.count())


@contextmanager
def said() -> Iterator[list[str]]:
    """What is told to a person meanwhile."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    log = logging.getLogger("publisher.intercom")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield lines
    log.removeHandler(handler)
    log.setLevel(level)


class Watched:
    """A help center whose calls take `seconds`, with what its answers told of each window."""

    def __init__(self, clock: Clock, limit: int, *, others: float = 0, seconds: float = 0) -> None:
        self.clock, self.seconds = clock, seconds
        self.center = HelpCenter(
            rate_limit=limit, other_traffic=others, now=clock, sleep=clock.sleep
        )
        self.statuses: Counter[str] = Counter()
        self.used: dict[str, int] = {}

    def __call__(self, environ, start_response):
        def start(status, fields, *more):
            tale = {name.lower(): value for name, value in fields}
            used = int(tale["x-ratelimit-limit"]) - int(tale["x-ratelimit-remaining"])
            reset = tale["x-ratelimit-reset"]
            self.used[reset] = max(used, self.used.get(reset, 0))
            self.statuses[status[:3]] += 1
            return start_response(status, fields, *more)

        self.clock.time += self.seconds
        return self.center(environ, start)


def send(watched: Watched, calls: int, *, share: float, threads: int) -> None:
    """Send so many calls by the real client; the threads share them out among themselves."""
    clock, left = watched.clock, iter(range(calls))
    with httpx.Client(transport=httpx.WSGITransport(app=watched), base_url="http://t.test") as http:
        line = Transport(
            http,
            token="local",
            dialect=dialect("2.16"),
            share=share,
            sleep=clock.sleep,
            now=clock,
            jitter=random.Random(5).random,
        )

        def work() -> None:
            try:
                for _ in left:
                    line.send(READ)
            finally:
                clock.leave()

        clock.awake = threads
        team = [threading.Thread(target=work) for _ in range(threads)]
        for thread in team:
            thread.start()
        for thread in team:
            thread.join()
    watched.center.close()


@pytest.mark.parametrize(
    ("limit", "share", "calls", "ours"),
    [(50, 0.8, 200, 40), (50, 1.0, 120, 50), (20, 0.3, 30, 6), (5, 0.8, 21, 4), (1, 0.8, 9, 1)],
)
def test_eight_threads_never_meet_a_429_and_never_use_more_than_our_share(
    limit, share, calls, ours
):
    watched = Watched(Clock(), limit)
    send(watched, calls, share=share, threads=8)
    assert watched.statuses == {"200": calls}
    assert max(watched.used.values()) <= ours
    assert len(watched.used) >= math.ceil(calls / ours)


@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("others", [2.0, 6.0])
def test_while_others_call_too_their_fifth_is_left_to_them(threads, others):
    watched = Watched(Clock(), 100, others=others, seconds=0.05)
    send(watched, 200, share=0.8, threads=threads)
    assert watched.statuses == {"200": 200}
    # What they use between an answer and the next call nobody can know.
    assert max(watched.used.values()) <= 80 + threads


def test_when_others_use_it_all_up_we_still_come_through():
    watched = Watched(Clock(), 20, others=40.0, seconds=0.05)
    send(watched, 60, share=0.8, threads=8)
    assert watched.statuses["200"] == 60


def test_one_thread_uses_exactly_its_share_of_each_window():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100)
    for _ in range(400):
        call(door, quota)
    assert list(quota.ours.values()) == [80] * 5
    assert clock.slept == [10.0] * 4


def test_what_others_use_is_taken_from_our_part_and_not_from_theirs():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100, others=50)
    for _ in range(90):
        call(door, quota)
    assert list(quota.ours.values()) == [30, 30, 30]


def test_when_others_take_nearly_all_we_go_on_right_after_each_reset():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100, others=97)
    for _ in range(5):
        call(door, quota)
    assert list(quota.ours.values()) == [1] * 5
    assert clock.slept == [10.0] * 4


def test_a_share_too_small_for_one_call_still_is_one_call():
    clock = Clock()
    door, quota = limiter(clock, share=0.01), Quota(clock, 20)
    for _ in range(3):
        call(door, quota)
    assert list(quota.ours.values()) == [1, 1, 1]


def test_a_share_that_binary_numbers_spell_badly_is_taken_as_it_was_meant():
    clock = Clock()
    door, quota = limiter(clock, share=0.29), Quota(clock, 100)
    for _ in range(29):
        call(door, quota)
    assert clock.slept == []


def test_calls_that_are_under_way_count_before_they_are_answered():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100, others=70)
    call(door, quota)
    for _ in range(9):
        assert door.enter()
    assert clock.slept == []
    assert not door.enter(until=NOW + 9)


def test_answers_that_come_late_do_not_raise_what_is_left():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100, others=70)
    call(door, quota)
    answers = []
    for _ in range(4):
        door.enter()
        answers.append(quota.count())
    for answer in reversed(answers):
        door.learn(answer)
    for _ in range(5):
        door.enter()
    assert clock.slept == []
    assert not door.enter(until=NOW + 9)


def test_resets_that_differ_by_a_rounded_second_are_of_one_window():
    clock = Clock()
    door = limiter(clock)
    for left, reset in [(22, NOW + 10), (40, NOW + 11), (40, NOW + 9)]:
        door.enter()
        door.learn(headers(100, left, reset))
    for _ in range(2):
        door.enter()
    assert not door.enter(until=NOW + 10.5)


def test_a_new_window_that_came_before_we_expected_it_is_not_mixed_with_the_old_one():
    clock = Clock()
    door = limiter(clock)
    for left, reset in [(90, NOW + 2), (99, NOW + 12), (20, NOW + 2)]:
        door.enter()
        door.learn(headers(100, left, reset))
    assert door.enter(until=NOW)


def test_an_answer_of_the_last_window_says_nothing_of_this_one():
    clock = Clock()
    door, quota = limiter(clock, share=0.5), Quota(clock, 200)
    call(door, quota)
    door.enter()
    late = headers(200, 101, NOW + 10)
    clock.time += 10
    call(door, quota)
    door.learn(late)
    for _ in range(99):
        assert door.enter(until=NOW)
    assert not door.enter(until=NOW + 19)


@pytest.mark.parametrize("limit", [1, 4])
def test_when_all_answers_of_a_window_come_after_its_end_there_still_is_a_limit(limit):
    # Arrange: a window is used up, and the next is over before anything is heard of it.
    clock, entered = Clock(), []
    door, quota = limiter(clock, share=1.0), Quota(clock, limit)
    for _ in range(limit):
        call(door, quota)
    for _ in range(limit):
        assert door.enter()
        late = quota.count()
        clock.time += 10
        door.learn(late)

    # Act: of the window that is now one call leaves, and another wants to.
    assert door.enter()
    second = threading.Thread(target=lambda: entered.append(door.enter(until=clock())))
    second.start()
    second.join(0.01)

    # Assert: it waits for the answer, and then for as long as that tells.
    assert entered == []
    door.learn(headers(limit, 0, clock() + 10))
    second.join(10)
    assert entered == [False]
    assert max(quota.ours.values()) <= limit


def test_the_very_first_call_goes_alone():
    clock, entered = Clock(), []
    door, quota = limiter(clock), Quota(clock, 100)
    door.enter()
    second = threading.Thread(target=lambda: entered.append(door.enter()))
    second.start()
    second.join(0.01)
    assert entered == []
    door.learn(quota.count())
    second.join(10)
    assert entered == [True]


def test_of_a_new_window_few_calls_leave_before_the_first_answer():
    # Arrange: eight threads, each of which the server keeps until we let it go.
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100)
    call(door, quota)
    clock.time += 10
    entered, gate = [], threading.Event()

    def work(number: int) -> None:
        door.enter()
        entered.append(number)
        gate.wait(10)
        door.learn(quota.count())

    # Act: four may go, a twentieth of our eighty; the others wait for what they hear.
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads[:4]:
        thread.start()
    while len(entered) < 4:
        pass
    for thread in threads[4:]:
        thread.start()

    # Assert: nobody else left, and all do once there was an answer.
    assert len(entered) == 4
    gate.set()
    for thread in threads:
        thread.join(10)
    assert len(entered) == 8


@pytest.mark.parametrize("answer", [{}, {"x-ratelimit-limit": "no"}], ids=["none", "unreadable"])
def test_where_no_answer_tells_a_limit_there_is_none(answer):
    clock = Clock()
    door = limiter(clock)
    for _ in range(1000):
        door.enter()
        door.learn(answer)
    for _ in range(100):
        door.enter()
    assert clock.slept == []


def test_a_lost_answer_counts_as_a_call_that_was_counted():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100, others=70)
    call(door, quota)
    for _ in range(9):
        door.enter()
        door.learn({})
    assert clock.slept == []
    door.enter()
    assert clock.slept == [10.0]


def test_a_server_that_stops_telling_is_taken_at_its_silence():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100)
    call(door, quota)
    clock.time += 10
    for _ in range(81):
        door.enter()
        door.learn({})
    together = threading.Thread(target=lambda: [door.enter() for _ in range(100)], daemon=True)
    together.start()
    together.join(10)
    assert not together.is_alive()
    assert clock.slept == []


@pytest.mark.parametrize(
    "garbage",
    [
        headers(100, 0, "x"),
        headers(100, 0, "nan"),
        headers(100, 0, "inf"),
        headers(100, 0, "-5"),
        headers(100, 0, "1e9"),
        headers(100, 0, "9" * 5000),
        headers(100, 0, "1700000005, 1700000005"),
        headers(100, -1, NOW + 5),
        headers(100, "", NOW + 5),
        headers(100, "١٢", NOW + 5),
        headers(0, 0, NOW + 5),
        headers("-100", 0, NOW + 5),
        headers("9" * 5000, 0, NOW + 5),
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW + 5))},
    ],
    ids=lambda tale: str(tale)[19:90],
)
def test_numbers_that_are_none_count_as_not_told(garbage):
    clock = Clock()
    assert told(garbage) is None
    door = limiter(clock)
    for _ in range(3):
        door.enter()
        door.learn(garbage)
    assert clock.slept == []


@pytest.mark.parametrize("reset", [NOW - 1, NOW, NOW + 61, NOW + 1e9, 0.0])
def test_a_reset_that_is_past_or_further_than_a_minute_counts_as_not_told(reset):
    clock = Clock()
    door = limiter(clock)
    for _ in range(3):
        door.enter()
        door.learn(headers(100, 0, reset))
    assert clock.slept == []


def test_more_left_than_there_are_is_read_as_all_of_them():
    assert told(headers(100, 250, NOW)) == Window(limit=100, left=100, reset=NOW)


@pytest.mark.parametrize("ahead", [-3600.0, -30.0, 0.0, 4.0, 90.0, 86_400.0])
def test_the_reset_is_of_their_clock_which_each_answer_dates(ahead):
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100, ahead=ahead)
    for _ in range(240):
        call(door, quota)
    assert list(quota.ours.values()) == [80, 80, 80]
    assert max(clock.slept) <= 10.0
    assert door.their_time() == clock() + ahead


def test_the_nearest_look_at_their_clock_is_kept():
    clock = Clock(NOW + 0.9)  # `Date` is cut to the second: we seem to be 0.9 ahead
    door = limiter(clock)
    for time in (NOW + 0.9, NOW + 5.125, NOW + 7.5):
        clock.time = time
        door.enter()
        door.learn({"date": formatdate(time, usegmt=True)})
    assert door.their_time() == clock() - 0.125


def test_a_clock_that_was_set_is_looked_at_anew():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 100)
    call(door, quota)
    clock.time += 3600
    quota.ahead = -3600.0
    for _ in range(160):
        call(door, quota)
    assert max(quota.ours.values()) <= 81  # one call of the first window came before
    assert clock.slept


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 99 Foo", "Tue, 14 Nov 10000 22:13:20 GMT"])
def test_a_date_nobody_can_read_is_none(date):
    assert dated({"date": date}) is None


def test_a_date_is_read_as_utc_unless_it_says_otherwise():
    assert dated({"date": "Tue, 14 Nov 2023 22:13:20 GMT"}) == NOW
    assert dated({"date": "Tue, 14 Nov 2023 22:13:20 -0000"}) == NOW
    assert dated({"date": "Tue, 14 Nov 2023 23:13:20 +0100"}) == NOW
    assert dated({}) is None


def test_a_429_of_one_keeps_everybody_waiting():
    # Arrange: while the refused one sleeps, another comes to the door.
    clock, others = Clock(), []

    def sleep(seconds: float) -> None:
        clock.slept.append(seconds)
        if len(clock.slept) == 1:
            clock.time += 2
            others.append(door.enter())
        clock.time = NOW + 5

    door = Limiter(0.8, sleep=sleep, now=clock, jitter=lambda: 0.0)
    door.enter()
    door.learn({})

    # Act
    door.refused(5.0)

    # Assert: the other waited for the rest of it; afterwards the way is free.
    assert clock.slept == [5.0, 3.0]
    assert others == [True]
    assert door.closed_for() == 0.0
    door.enter()
    assert len(clock.slept) == 2


def test_runs_that_wait_for_the_same_reset_spread_a_little_behind_it():
    clock = Clock()
    door, quota = limiter(clock, jitter=0.5), Quota(clock, 10, others=9)
    for _ in range(2):
        call(door, quota)
    assert clock.slept == [10.05]


def test_a_wait_that_would_pass_the_deadline_is_not_begun():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 10, others=9)
    call(door, quota)
    assert not door.enter(until=NOW + 9)
    assert clock.slept == []
    assert door.enter(until=NOW + 11)


def test_a_clock_that_stands_still_stops_nobody():
    naps: list[float] = []
    door = Limiter(0.5, sleep=naps.append, now=lambda: NOW, jitter=lambda: 0.0)
    for _ in range(5):
        door.enter()
        door.learn(headers(10, 0, NOW + 5))
        door.refused(3.0)
    assert len(naps) <= 10


def test_a_long_pause_is_told_once_with_its_reason():
    # Arrange: while the first sleeps, another comes to the door.
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.slept.append(seconds)
        if len(clock.slept) == 1:
            door.enter()
        clock.time = NOW + 10

    door = Limiter(0.8, sleep=sleep, now=clock, jitter=lambda: 0.0)
    call(door, Quota(clock, 1000, others=999))

    # Act
    with said() as lines:
        door.enter()

    # Assert
    assert clock.slept == [10.0, 10.0]
    assert lines == [
        "Of the 1,000 calls that Intercom allows in this window, the last 200 are left to "
        "others; going on in 10 seconds."
    ]


def test_a_pause_that_is_not_made_is_not_told():
    clock = Clock()
    door, quota = limiter(clock), Quota(clock, 1000, others=999)
    call(door, quota)
    with said() as lines:
        assert not door.enter(until=NOW)
    assert lines == []


def test_a_pause_of_a_moment_is_not_worth_a_word():
    clock = Clock(NOW + 8)
    door, quota = limiter(clock, share=1.0), Quota(clock, 10, others=9)
    with said() as lines:
        call(door, quota)
        call(door, quota)
        assert lines == []
        call(door, quota)
    assert lines == [
        "Of the 10 calls that Intercom allows in this window, all are used; going on in 10 seconds."
    ]


EVENTS = st.lists(
    st.one_of(
        st.just("send"), st.tuples(st.sampled_from(["arrive", "answer", "lose"]), st.integers(0, 4))
    )
    | st.tuples(st.just("tick"), st.floats(0, 12)),
    max_size=400,
)


class Line:
    """Up to five calls under way, that arrive and are answered in any order."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.quota = Quota(self.clock, 200)
        self.door = limiter(self.clock, share=0.5)  # five may open a window: nobody need wait
        call(self.door, self.quota)
        self.leaving: list[None] = []
        self.arrived: list[dict[str, str]] = []

    def happens(self, event) -> None:
        what, value = event if isinstance(event, tuple) else (event, 0)
        if what == "send":
            if len(self.leaving) + len(self.arrived) == 5:
                self.happens(("arrive" if self.leaving else "answer", 0))
                self.happens(("answer", 0))
            assert self.door.enter()
            self.leaving.append(None)
        elif what == "tick":
            self.clock.time += value
        elif what == "arrive" and self.leaving:
            self.leaving.pop()
            self.arrived.append(self.quota.count())
        elif what in ("answer", "lose") and self.arrived:
            answer = self.arrived.pop(value % len(self.arrived))
            self.door.learn(answer if what == "answer" else {})


@given(EVENTS, st.integers(0, 150))
def test_law_whatever_comes_late_or_never_we_use_no_more_than_our_share(events, more):
    line = Line()
    for event in [*events, *["send"] * more]:
        line.happens(event)
    assert max(line.quota.ours.values()) <= 100
