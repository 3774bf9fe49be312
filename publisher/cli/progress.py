"""Progress: a bar on a terminal, plain lines elsewhere; both with the rate and the time left."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from publisher.cli.durations import roughly
from publisher.cli.reporting import done_line

if TYPE_CHECKING:
    from rich.console import Console

    from publisher.model import Ref
    from publisher.workflow.applying import Done

RECENT = 10.0
"""Seconds that the rate looks back on: one window of Intercom's rate limit."""
LINE_EVERY = 15.0
"""Seconds between plain lines that say how far it has come."""
ENDING = ("create", "write", "remove")
"""The steps that end a change; a birth is its first half, a relink its echo."""
CALLS_PER_CHANGE = 2
"""Something new is born, then written; anything else is read again, then written."""


class Pace:
    """How far an apply has come, and how fast. State: what ended, and when.

    total   changes.
    calls   it will take, as far as one can know before.
    now     seconds of any clock that never goes back.
    """

    def __init__(self, total: int, calls: int, now: float) -> None:
        self.total, self.done, self._calls, self._sent = total, 0, calls, 0
        self._began = now
        self._recent: deque[tuple[float, int]] = deque()
        self._seen: set[Ref] = set()

    def hears(self, done: Done, now: float) -> None:
        """Count one step that ended."""
        calls = self._calls_of(done)
        self._sent += calls
        self._recent.append((now, calls))
        self.done += done.step.action in ENDING

    def _calls_of(self, done: Done) -> int:
        """A write is one call, and one more when the thing had to be read again first."""
        if done.outcome == "skipped":
            return 0
        change = done.step.change
        looked = change.id is not None and change.ref not in self._seen
        self._seen.add(change.ref)
        return 1 if done.outcome == "stale" else 1 + looked

    def rate(self, now: float) -> float:
        """Calls per second, of late."""
        while self._recent and self._recent[0][0] <= now - RECENT:
            self._recent.popleft()
        span = min(RECENT, now - self._began)
        return sum(calls for _, calls in self._recent) / max(span, 1.0)

    def left(self, now: float) -> float | None:
        """Seconds that it will still take at this rate; None when nobody can know."""
        calls, rate = self._calls - self._sent, self.rate(now)
        return calls / rate if rate and calls > 0 and self.done < self.total else None

    def speed(self, now: float) -> str:
        """Say rate and time left; "" when nothing has happened of late."""
        rate, left = self.rate(now), self.left(now)
        parts = [f"{rate:.1f} calls/s"] if rate else []
        return " · ".join(parts if left is None else [*parts, f"{roughly(left)} left"])

    def line(self, now: float) -> str:
        """Say it all: "120 of 1,000 · 9.4 calls/s · about 3 min left"."""
        counted = f"{self.done:,} of {self.total:,}"
        speed = self.speed(now)
        return f"{counted} · {speed}" if speed else counted


class Progress:
    """Hears of every step of an apply. State: its pace, and the bar that is being drawn.

    say      takes plain lines.
    console  draws the bar; without one it is standard error, if that is a terminal.
    now      seconds of any clock that never goes back; a parameter, so that tests own it.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        console: Console | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say, self._console, self._now = say, console, now
        self._calls: int | None = None
        self._pace: Pace | None = None
        self._said_at = now()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, what: str, value: Any) -> None:
        """Hear of one thing.

        ("upload", name)   an image went to its bucket.
        ("calls", count)   what the changes will take, where that is known; before "steps".
        ("steps", count)   the changes that begin now.
        ("done", Done)     one step has ended.
        """
        if what == "upload":
            self._say(f"uploaded {value}")
        elif what == "calls":
            self._calls = value
        elif what == "steps":
            self._start(value)
        elif what == "done":
            self._advance(value)

    def _start(self, count: int) -> None:
        calls = CALLS_PER_CHANGE * count if self._calls is None else self._calls
        self._said_at = self._now()
        self._pace = Pace(count, calls, self._said_at)
        console = self._console or _terminal()
        if count and console:
            self._bar = _bar(console)
            self._task = self._bar.add_task("Applying", total=count, speed="")
            self._bar.start()

    def _advance(self, done: Done) -> None:
        now = self._now()
        if self._pace:
            self._pace.hears(done, now)
        if self._bar is None:
            self._in_lines(done, now)
        else:
            self._on_the_bar(done, now)

    def _in_lines(self, done: Done, now: float) -> None:
        if done.outcome != "skipped" or done.message:
            self._say(done_line(done))
        if self._pace and now - self._said_at > LINE_EVERY and self._pace.done < self._pace.total:
            self._say(self._pace.line(now))
            self._said_at = now

    def _on_the_bar(self, done: Done, now: float) -> None:
        assert self._pace is not None
        self._bar.update(self._task, completed=self._pace.done, speed=self._pace.speed(now))
        if done.outcome not in ("done", "skipped"):
            self._bar.console.print(done_line(done), markup=False, highlight=False)


def _terminal() -> Console | None:
    if not sys.stderr.isatty():
        return None
    from rich.console import Console

    return Console(stderr=True)


def _bar(console: Console) -> Any:
    from rich.progress import BarColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,}"),
        TextColumn("{task.fields[speed]}"),
        console=console,
        transient=True,
    )
