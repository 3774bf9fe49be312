"""When a call may leave: the rate limit, shared by our threads and with everybody else.

Intercom counts calls in windows of ten seconds, for an app and for its whole workspace, and
every answer tells how many a window holds, how many of them are left and when it ends. By
these numbers:

    a call may leave        while more calls are left than are under way and than belong to
                            the others: the last (1 - share) of a window is never ours,
                            whoever used the rest
    all wait for the end    otherwise
    of the window
    few leave at once       at the beginning of a window, until an answer tells what others
                            have used of it
    nobody leaves           while a 429 is waited for, not only the one who met it
    there is no limit       where no answer tells one

Answers arrive in any order, so the lowest number of a window counts. A call without an
answer may have been counted. Numbers nobody can mean (negative, past, further away than a
minute) count as not told; but an answer that comes when its window is over, after one of an
earlier window, still tells that there is a limit. Nobody waits without end: windows end, and
whoever has slept until then goes on, whatever the clock says.

Sources: Intercom, "Rate limiting" (X-RateLimit-Limit, -Remaining, -Reset; Reset is an epoch
second of Intercom's clock, which `Date` tells, RFC 9110 6.6.1).
"""

from __future__ import annotations

import logging
import math
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime

FARTHEST = 60.0
"""Seconds after which no window ends; Intercom's are ten long."""
SAME = 1.0
"""Resets that differ by a rounded second are of one window."""
OPENING = 20
"""The part of our share that may be under way in a window that was not heard of: a 20th."""
SPREAD = 0.1
"""Seconds over which runs spread behind a reset: whoever comes late finds little left."""
WORTH_A_WORD = 2.0

WHOLE = re.compile(r"\d{1,9}", re.ASCII)
SECONDS = re.compile(r"\d{1,12}(\.\d+)?", re.ASCII)
LOG = logging.getLogger("publisher.intercom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is known of a window. `reset`: when it ends, in seconds of Intercom's clock."""

    limit: int
    left: int
    reset: float


class Limiter:
    """Let calls leave as fast as the rate limit has room for them, from any thread.

    share    of a window that is ours, above 0 and up to 1; one call always is.
    sleep, now, jitter   seconds; now is since the epoch. Parameters, so that tests own them.

    Each `enter` that returned True is followed by one `learn`.
    """

    def __init__(
        self,
        share: float,
        *,
        sleep: Callable[[float], None],
        now: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._share, self._sleep, self._now, self._jitter = share, sleep, now, jitter
        self._turn = threading.Condition()
        self._window: Window | None = None
        self._heard = False  # of the window that is now, not only of an earlier one
        self._answered = False
        self._under_way = 0
        self._closed_until = self._slept_until = self._said_of = -math.inf
        self._ahead: float | None = None

    def enter(self, *, until: float | None = None) -> bool:
        """Wait until a call may leave, and count it as under way.

        until   epoch seconds. Returns False, at once, when the wait would end after it.
        """
        while True:
            with self._turn:
                wait = self._wait()
                if wait <= 0 and self._opening():
                    self._turn.wait()
                    continue
                if wait <= 0:
                    self._under_way += 1
                    return True
                ends = self._clock() + wait
            pause = wait + self._jitter() * SPREAD
            if until is not None and self._clock() + pause > until:
                return False
            self._say(pause)
            self._sleep(pause)
            self._slept(ends)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take in what an answer tells; call it with nothing when there was no answer.

        headers   names in lower case.
        """
        with self._turn:
            self._under_way -= 1
            self._answered = True
            self._compare_clocks(headers)
            self._roll()
            self._heed(told(headers))
            self._turn.notify_all()

    def refused(self, seconds: float) -> None:
        """Wait after a 429, and keep everybody else from sending meanwhile."""
        with self._turn:
            ends = self._clock() + seconds
            self._closed_until = max(self._closed_until, ends)
        self._sleep(seconds)
        self._slept(ends)

    def closed_for(self) -> float:
        """Return the seconds for which a 429 keeps everybody waiting, 0 when none does."""
        with self._turn:
            return max(0.0, self._closed_until - self._clock())

    def their_time(self) -> float:
        """Return what Intercom's clock says now."""
        return self._now() - (self._ahead or 0.0)

    def _clock(self) -> float:
        return max(self._now(), self._slept_until)

    def _slept(self, until: float) -> None:
        with self._turn:
            self._slept_until = max(self._slept_until, until)

    def _wait(self) -> float:
        """Seconds until something changes; 0 when there is room now."""
        now = self._clock()
        if self._closed_until > now:
            return min(self._closed_until - now, FARTHEST)
        self._roll()
        if self._window is None or self._room(self._window) > 0:
            return 0.0
        if not self._heard:
            if not self._opening():  # a window's worth of calls, and no answer told of one
                self._window = None
            return 0.0
        return self._end(self._window) - now

    def _room(self, window: Window) -> int:
        return window.left - self._under_way - (window.limit - self._ours(window))

    def _ours(self, window: Window) -> int:
        # 0.29 of 100 is 28.999…, and is meant to be 29.
        return max(1, math.floor(window.limit * self._share + 1e-9))

    def _opening(self) -> bool:
        """Whether the next call must wait for the answer to one that is under way."""
        if not self._answered:
            return self._under_way > 0
        if self._window is None or self._heard:
            return False
        return self._under_way >= max(1, self._ours(self._window) // OPENING)

    def _end(self, window: Window) -> float:
        return window.reset + (self._ahead or 0.0)

    def _running(self, window: Window) -> bool:
        return 0 < self._end(window) - self._clock() <= FARTHEST

    def _over(self, window: Window) -> bool:
        return self._end(window) <= self._clock()

    def _roll(self) -> None:
        """When the window is over, take the next one to be whole until we hear of it."""
        if self._window and self._heard and not self._running(self._window):
            self._window = replace(self._window, left=self._window.limit)
            self._heard = False

    def _heed(self, tale: Window | None) -> None:
        known = self._window
        late = bool(tale and known and tale.reset <= known.reset + SAME)
        if tale and self._running(tale):
            if known is None or not late:
                self._window, self._heard = tale, True
            elif tale.reset >= known.reset - SAME:
                left, reset = min(known.left, tale.left), max(known.reset, tale.reset)
                self._window, self._heard = replace(known, left=left, reset=reset), True
        elif tale and known and not late and self._over(tale):
            # Counted in a window that came and went since: it took nothing of this one.
            self._window = replace(known, reset=tale.reset)
        elif known and not late:
            self._window = replace(known, left=known.left - 1)

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        """See how far our clock is ahead of theirs.

        `Date` is cut to a second and the answer took its time, so each answer makes us look
        up to that much too far ahead: the least is nearest. A sudden minute means that our
        clock was set.
        """
        date = dated(headers)
        if date is None:
            return
        ahead = self._now() - date
        if self._ahead is None or ahead < self._ahead or ahead > self._ahead + FARTHEST:
            self._ahead = ahead

    def _say(self, pause: float) -> None:
        """Say once per window why nothing happens; of a 429 its own sentence tells."""
        with self._turn:
            window = self._window
            closed = self._closed_until > self._clock()
            if window is None or closed or pause <= WORTH_A_WORD or self._said_of == window.reset:
                return
            self._said_of = window.reset
            others = window.limit - self._ours(window)
        left = f"the last {others:,} are left to others" if others else "all are used"
        LOG.info(
            "Of the %s calls that Intercom allows in this window, %s; going on in %.0f seconds.",
            f"{window.limit:,}",
            left,
            pause,
        )


def told(headers: Mapping[str, str]) -> Window | None:
    """Read the three headers; None when one is missing or is no number.

    headers   names in lower case.
    """
    limit, left, reset = (
        headers.get(f"x-ratelimit-{name}", "").strip() for name in ("limit", "remaining", "reset")
    )
    if not (WHOLE.fullmatch(limit) and WHOLE.fullmatch(left) and SECONDS.fullmatch(reset)):
        return None
    if not int(limit):
        return None
    return Window(limit=int(limit), left=min(int(left), int(limit)), reset=float(reset))


def seconds_to_wait(headers: Mapping[str, str], *, now: float) -> float | None:
    """Say how long an answer asks us to wait, None when it does not.

    headers   names in lower case. `Retry-After` in seconds counts before Intercom's own
              `X-RateLimit-Reset`, an epoch second.

    A time that is past or unreadable counts as not asked: asking again at once, within the
    same window, would only be refused again.
    """
    for name, since in (("retry-after", 0.0), ("x-ratelimit-reset", now)):
        try:
            wait = float(headers[name]) - since
        except (KeyError, ValueError):
            continue
        if wait > 0:
            return wait
    return None


def dated(headers: Mapping[str, str]) -> float | None:
    """Read `Date` as seconds since the epoch; None when there is none that can be read."""
    try:
        date = parsedate_to_datetime(headers["date"])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):
        return None
