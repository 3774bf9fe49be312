"""A clock that runs fifty times as fast, for the help center and for the real processes alike.

A command waits for real: after a 503, for the end of a rate limit's window, for a list that
lags behind. A thousand stories of that would take days. So the *environment* of the processes
is changed, never our program: their clock and their sleep come from here, and the help
center's as well, so that all of them agree. Time-outs of sockets and of `git` stay as they are.

    python -m storms.clock ARGUMENTS     is `python -m publisher ARGUMENTS` by this clock
"""

from __future__ import annotations

import os
import queue
import runpy
import selectors
import socketserver
import subprocess
import sys
import threading
import time

SPEED = 50.0
UNTOUCHED = (queue, selectors, socketserver, subprocess)
"""Imported here, before the clock changes, so that they keep the real one."""

_real_sleep, _real_monotonic = time.sleep, time.monotonic
_real_wait = threading.Condition.wait
_START = 1_790_000_000.0


def now() -> float:
    """Seconds since the epoch, as they pass here; the same in every process of the machine."""
    return _START + _real_monotonic() * SPEED


def sleep(seconds: float) -> None:
    """Wait for so many of these seconds."""
    _real_sleep(seconds / SPEED)


def hasten() -> None:
    """Let this process live by the fast clock. To be called before anything else is imported."""
    time.time = now
    time.sleep = sleep
    time.monotonic = time.perf_counter = lambda: _real_monotonic() * SPEED
    threading._time = time.monotonic  # type: ignore[attr-defined]
    threading.Condition.wait = _wait  # type: ignore[method-assign]


def _wait(self: threading.Condition, timeout: float | None = None) -> bool:
    return _real_wait(self, None if timeout is None else timeout / SPEED)


if __name__ == "__main__":
    hasten()
    sys.argv[0] = os.path.join("publisher", "__main__.py")
    runpy.run_module("publisher", run_name="__main__")
