"""In front of the help center: counts what passes, and lets things happen at exact moments.

before   called with each API request that comes in: the moment for a colleague's deed
after    called when it has been carried out, before the answer leaves: the moment for a
         `kill -9`, and for a look at what readers see now
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from publisher.helpcenter import HelpCenter, api

Environ = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Passed:
    """A request that was carried out; `status` 0: the connection broke."""

    number: int
    method: str
    path: str
    status: int

    @property
    def writes(self) -> bool:
        """Whether it may have changed something."""
        return self.method != "GET"


class Gate:
    """The WSGI application of a story; `center` may be exchanged between stories."""

    def __init__(self) -> None:
        self.center: HelpCenter | None = None
        self.before: Callable[[str], None] = lambda path: None
        self.after: Callable[[Passed], None] = lambda passed: None
        self.count = self.inside = 0
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        center = self.center
        if center is None:
            start_response("410 Gone", [("Content-Length", "0")])
            return [b""]
        if not api.is_meant(environ):
            return center.pages(environ, start_response)
        return self._api(center, environ, start_response)

    def _api(self, center: HelpCenter, environ: Environ, start_response: Any) -> Iterable[bytes]:
        with self._lock:
            self.count += 1
            self.inside += 1
            number = self.count
        status, path = 0, str(environ["PATH_INFO"])

        def started(line: str, *others: Any) -> Any:
            nonlocal status
            status = int(line.split()[0])
            return start_response(line, *others)

        try:
            self.before(path)
            return center(environ, started)
        finally:
            self.after(Passed(number, str(environ["REQUEST_METHOD"]), path, status))
            with self._lock:
                self.inside -= 1

    def settle(self) -> None:
        """Wait until nothing is under way any more."""
        for _ in range(1000):
            if not self.inside:
                return
            time.sleep(0.005)
