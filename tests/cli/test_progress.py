"""Progress and lengths of time: what somebody reads while an apply goes on."""

import io

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from publisher import errors
from publisher.apply.run import Done
from publisher.cli.durations import Duration, read, roughly
from publisher.cli.progress import Progress
from publisher.model import Key, Ref, RemoteId
from publisher.plan.changes import Change
from publisher.plan.stages import Step
from tests.terminal import run_in


def ended(key, action="write", outcome="done", *, new=False, message=""):
    ref = Ref(kind="article", key=Key(key))
    verb = "create" if new else "update"
    change = Change(verb=verb, ref=ref, id=None if new else RemoteId(key))
    return Done(step=Step(change, action), outcome=outcome, message=message)


class Watch:
    """A clock that is turned by hand, and what was said while it went."""

    def __init__(self, *, console=None):
        self.time, self.lines = 100.0, []
        self.progress = Progress(self.lines.append, console=console, now=lambda: self.time)

    def told(self, *events, every=0.0):
        for event in events:
            self.time += every
            self.progress.tell("done", event)
        return [line for line in self.lines if "article" not in line]


def updates(count, start=0):
    return [ended(f"a{number}") for number in range(start, start + count)]


@pytest.fixture
def watch():
    return Watch()


def test_each_change_is_a_line_where_there_is_no_terminal(watch):
    watch.progress.tell("steps", 3)
    watch.told(
        ended("refunds", "birth", new=True),
        ended("refunds", new=True),
        ended("orders", outcome="stale", message="it changed"),
        ended("terms", outcome="skipped"),
    )
    assert watch.lines == [
        "created as a draft article refunds",
        "written article refunds",
        "! not written: article orders: it changed",
    ]


def test_long_work_says_now_and_then_how_far_it_has_come(watch):
    watch.progress.tell("steps", 1000)
    said = watch.told(*updates(120), every=0.25)
    assert said == [
        "61 of 1,000 · 8.0 calls/s · about 4 min left",
    ]


def test_short_work_says_nothing_of_its_pace(watch):
    watch.progress.tell("steps", 50)
    assert watch.told(*updates(50), every=0.3) == []


def test_the_last_change_is_followed_by_no_line_about_the_rest(watch):
    watch.progress.tell("steps", 2)
    assert watch.told(*updates(2), every=16) == ["1 of 2 · 0.2 calls/s · about 10 s left"]


def test_the_rate_is_of_the_last_ten_seconds_and_forgets_what_was_before(watch):
    watch.progress.tell("steps", 1000)
    assert watch.told(*updates(140), every=0.1) == []
    said = watch.told(*updates(20, start=140), every=1.0)
    assert said == [
        "142 of 1,000 · 16.6 calls/s · about 2 min left",
        "158 of 1,000 · 2.0 calls/s · about 14 min left",
    ]


def test_what_is_born_counts_as_calls_before_it_counts_as_done(watch):
    watch.progress.tell("steps", 100)
    births = [ended(f"a{number}", "birth", new=True) for number in range(100)]
    writes = [ended(f"a{number}", new=True) for number in range(100)]
    said = watch.told(*births, *writes, every=0.5)
    assert said[0] == "0 of 100 · 2.0 calls/s · about 1 min left"
    assert said[-1].startswith("86 of 100 · 2.0 calls/s · about 10 s left")


def test_how_many_calls_there_will_be_can_be_told_before(watch):
    watch.progress.tell("calls", 400)
    watch.progress.tell("steps", 100)
    assert watch.told(*updates(16), every=1.0) == ["16 of 100 · 2.0 calls/s · about 3 min left"]


def test_a_thing_is_read_again_only_before_its_first_write(watch):
    watch.progress.tell("steps", 40)
    both = [
        event
        for number in range(10)
        for event in (ended(f"a{number}"), ended(f"a{number}", "relink"))
    ]
    assert watch.told(*both, every=1.0) == ["8 of 40 · 1.5 calls/s · about 40 s left"]


def test_what_was_skipped_is_behind_us_and_was_no_call(watch):
    watch.progress.tell("steps", 40)
    skipped = [ended(f"a{number}", outcome="skipped") for number in range(20)]
    assert watch.told(*skipped, every=1.0) == ["16 of 40"]
    assert len(watch.lines) == 1


def test_when_more_calls_were_needed_than_expected_no_time_is_promised(watch):
    watch.progress.tell("calls", 1)
    watch.progress.tell("steps", 100)
    assert watch.told(*updates(16), every=1.0) == ["16 of 100 · 2.0 calls/s"]


def test_uploads_are_told_before_anything_has_begun(watch):
    watch.progress.tell("upload", "map.png")
    assert watch.lines == ["uploaded map.png"]


def test_a_terminal_shows_a_bar_with_rate_and_time_left_and_only_what_went_wrong():
    paper = io.StringIO()
    watch = Watch(console=Console(file=paper, force_terminal=True, width=100, color_system=None))
    with watch.progress as progress:
        progress.tell("steps", 1000)
        watch.told(*updates(120), every=0.25)
        watch.told(ended("orders", outcome="failed", message="[no] permission"))
    shown = paper.getvalue()
    assert "Applying" in shown
    assert "121 of 1,000 8.2 calls/s · about 4 min left" in shown
    assert "! failed: article orders: [no] permission" in shown
    assert "written article" not in shown
    assert watch.lines == []


def test_nothing_to_do_draws_no_bar():
    paper = io.StringIO()
    watch = Watch(console=Console(file=paper, force_terminal=True))
    with watch.progress as progress:
        progress.tell("steps", 0)
    assert paper.getvalue() == ""


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("10m", 600),
        ("90s", 90),
        ("1h30m", 5400),
        ("1h", 3600),
        ("2H5M1S", 7501),
        ("600", 600),
        (" 45 ", 45),
        ("1h5s", 3605),
    ],
)
def test_a_length_of_time_is_typed_in_hours_minutes_and_seconds(typed, seconds):
    assert read(typed) == seconds


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "0", "0m", "-5", "-5m", "1.5h", "10 min", "m", "30m1h", "5d", "10mm"),
        *("ten", "١٠", "inf", "nan", "1h 30m", "9" * 400, "9" * 400 + "h"),
    ],
)
def test_what_is_no_length_of_time_is_refused(typed):
    assert read(typed) is None
    with pytest.raises(click.BadParameter, match="Write it like 10m, 90s, 1h30m, or in seconds"):
        Duration().convert(typed, None, None)


@pytest.mark.parametrize("typed", ["0", "soon", "-1m"])
def test_an_apply_with_a_mistyped_time_is_typed_wrongly(tmp_path, typed):
    done = run_in(tmp_path, "apply", "--max-duration", typed)
    assert done.code == errors.TYPED_WRONGLY
    assert f"{typed!r} is no length of time" in done.err


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_law_however_it_is_spelt_the_same_time_is_the_same(hours, minutes, seconds):
    total = hours * 3600 + minutes * 60 + seconds
    expected = float(total) if total else None
    assert read(f"{hours}h{minutes}m{seconds}s") == expected
    assert read(str(total)) == expected
    assert read(f"{total}s") == expected


@pytest.mark.parametrize(
    ("seconds", "spelt"),
    [
        (0.2, "about 10 s"),
        (14, "about 10 s"),
        (42, "about 40 s"),
        (50, "about 1 min"),
        (100, "about 2 min"),
        (3000, "about 50 min"),
        (5900, "about 98 min"),
        (6000, "about 1 h 40 min"),
        (7200, "about 2 h"),
        (36_000, "about 10 h"),
    ],
)
def test_the_time_left_is_spelt_no_more_exactly_than_one_can_know(seconds, spelt):
    assert roughly(seconds) == spelt
