"""Things that go wrong on request: what a network, an edge server or a bad day does.

    429           refused before acting, with the headers of the rate limit
    500           refused before acting
    500-after     carried out, and yet answered with 500
    503-html      an HTML page instead of JSON, before acting
    405-captcha   the edge's captcha page with status 405, before acting (seen in production)
    drop-before   the connection breaks before anything happened
    drop-after    the change is made, then the connection breaks: the answer is lost
    drop-mid-answer  the change is made, half of the announced bytes come, then it breaks
    timeout       the change is made, nothing is said for `seconds`, then the connection breaks
    truncate      the change is made, the answer is whole for HTTP and half for JSON
    not-json      the change is made, the answer is a page of HTML with status 200
    image-unreachable  an image cannot be fetched; `path` is matched against its address
    slow          as usual, after `seconds`

They are arranged one by one (`add`), or fall at random on every request (`rain`); an
arranged one goes first. `struck` counts both.

In process a broken connection is a ConnectionResetError out of the WSGI application; on
a real server the socket is closed.
"""

from __future__ import annotations

import math
import random
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

_NAMES = (
    "429 500 500-after 503-html 405-captcha drop-before drop-after drop-mid-answer timeout "
    "truncate not-json image-unreachable slow"
)
KINDS = tuple(_NAMES.split())
_IMAGE = "image-unreachable"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One arranged failure; `skip` matching calls pass first, then `left` are hit (None: all)."""

    kind: str
    method: str | None
    path: re.Pattern[str] | None
    seconds: float
    left: int | None = 1
    skip: int = 0

    def meets(self, method: str, path: str) -> bool:
        """Say whether this call is hit, and count it."""
        if not _is_in(method, path, self.method, self.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left is None:
            return True
        self.left -= 1
        return self.left >= 0


@dataclass(slots=True, kw_only=True)
class Weather:
    """What may befall every call: a share of them for each kind, drawn with seeded dice.

    Images have dice of their own, so that a body more or less does not shift what the
    following calls meet.
    """

    shares: Mapping[str, float]
    method: str | None
    path: re.Pattern[str] | None
    slowest: float
    dice: random.Random
    image_dice: random.Random

    def draws(self, method: str, path: str, *, images: bool) -> Fault | None:
        """Throw the dice for one call; those it does not concern leave the dice alone."""
        if not _is_in(method, path, self.method, self.path):
            return None
        dice = self.image_dice if images else self.dice
        drawn = dice.random()
        for kind, share in self.shares.items():
            if (kind == _IMAGE) is not images:
                continue
            drawn -= share
            if drawn < 0:
                seconds = dice.uniform(0, self.slowest) if kind in ("slow", "timeout") else 0.0
                return Fault(kind=kind, method=None, path=None, seconds=seconds)
        return None


def _is_in(
    method: str, path: str, only_method: str | None, only_path: re.Pattern[str] | None
) -> bool:
    """Say whether a call is among those that a fault or the weather is meant for."""
    if only_method and only_method != method:
        return False
    return not only_path or only_path.search(path) is not None


def checked_shares(shares: Mapping[str, float]) -> dict[str, float]:
    """Return the shares of a weather; raises ValueError for a kind or a number that cannot be."""
    for kind, share in shares.items():
        _check_kind(kind)
        if not (math.isfinite(share) and 0 <= share <= 1):
            raise ValueError(f"the share of {kind!r} is {share}; it must be between 0 and 1")
    total = math.fsum(shares.values())
    if total > 1 + 1e-9:
        raise ValueError(f"the shares are {total:g} together; they cannot be more than 1")
    return dict(shares)


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"no fault {kind!r}; there are: {', '.join(KINDS)}")


@dataclass(slots=True)
class Faults:
    """The failures still to come; safe to use from several threads.

    struck   how many calls (or images) each kind has hit so far.
    """

    struck: Counter[str] = field(default_factory=Counter)
    _waiting: list[Fault] = field(default_factory=list)
    _weather: Weather | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self,
        kind: str,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = 1,
        after: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """Let the next matching call fail.

        path     a regular expression, searched in the path (for images: in their address).
        times    how many calls fail; None: all of them, until `clear()`.
        after    how many matching calls pass before.
        seconds  of "slow" and "timeout".

        Raises ValueError for a kind that is not in the table above.
        """
        _check_kind(kind)
        pattern = re.compile(path) if path else None
        fault = Fault(
            kind=kind, method=method, path=pattern, seconds=seconds, left=times, skip=after
        )
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all arranged failures that have not happened yet."""
        with self._lock:
            self._waiting.clear()

    def rain(
        self,
        *,
        seed: int | str,
        shares: Mapping[str, float],
        method: str | None = None,
        path: str | None = None,
        slowest: float = 1.0,
    ) -> None:
        """From now on let every call fail with these probabilities, until `calm()`.

        seed     the same seed and the same calls in the same order meet the same faults.
        shares   kind → probability; they exclude each other, so their sum is at most 1.
        method, path   as in `add`: only these calls.
        slowest  the most seconds that "slow" and "timeout" take.

        A second rain takes the place of the first. Raises ValueError for an unknown kind
        and for shares that are no probabilities.
        """
        weather = Weather(
            shares=checked_shares(shares),
            method=method,
            path=re.compile(path) if path else None,
            slowest=slowest,
            dice=random.Random(f"{seed}"),
            image_dice=random.Random(f"{seed} images"),
        )
        with self._lock:
            self._weather = weather

    def calm(self) -> None:
        """End the rain; arranged failures stay."""
        with self._lock:
            self._weather = None

    def of_call(self, method: str, path: str) -> Fault | None:
        """Return the failure that hits this call, if any."""
        return self._next(method, path, images=False)

    def hits_image(self, url: str) -> bool:
        """Say whether fetching the image at `url` is to fail."""
        return self._next("GET", url, images=True) is not None

    def _next(self, method: str, path: str, *, images: bool) -> Fault | None:
        with self._lock:
            fault = self._arranged(method, path, images=images)
            if fault is None and self._weather:
                fault = self._weather.draws(method, path, images=images)
            if fault:
                self.struck[fault.kind] += 1
            return fault

    def _arranged(self, method: str, path: str, *, images: bool) -> Fault | None:
        for fault in self._waiting:
            if (fault.kind == _IMAGE) is images and fault.meets(method, path):
                self._waiting = [other for other in self._waiting if other.left != 0]
                return fault
        return None
