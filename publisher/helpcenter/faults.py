"""Things that go wrong on request: what a network, an edge server or a bad day does.

    429           refused before acting, with the headers of the rate limit
    500           refused before acting
    500-after     carried out, and yet answered with 500
    503-html      an HTML page instead of JSON, before acting
    405-captcha   the edge's captcha page with status 405, before acting (seen in production)
    drop-before   the connection breaks before anything happened
    drop-after    the change is made, then the connection breaks: the answer is lost
    truncate      the change is made, the answer stops in the middle of its JSON
    not-json      the change is made, the answer is a page of HTML with status 200
    image-unreachable  an image cannot be fetched; `path` is matched against its address
    slow          as usual, after `seconds`

In process a broken connection is a ConnectionResetError out of the WSGI application; on
a real server the socket is closed.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

_NAMES = (
    "429 500 500-after 503-html 405-captcha drop-before drop-after truncate not-json "
    "image-unreachable slow"
)
KINDS = tuple(_NAMES.split())


@dataclass(slots=True, kw_only=True)
class Fault:
    """One arranged failure; `skip` matching calls pass first, then `left` are hit (None: all)."""

    kind: str
    method: str | None
    path: re.Pattern[str] | None
    seconds: float
    left: int | None
    skip: int

    def meets(self, method: str, path: str) -> bool:
        """Say whether this call is hit, and count it."""
        if self.method and self.method != method:
            return False
        if self.path and not self.path.search(path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left is None:
            return True
        self.left -= 1
        return self.left >= 0


@dataclass(slots=True)
class Faults:
    """The failures still to come; safe to use from several threads."""

    _waiting: list[Fault] = field(default_factory=list)
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
        seconds  of "slow".

        Raises ValueError for a kind that is not in the table above.
        """
        if kind not in KINDS:
            raise ValueError(f"no fault {kind!r}; there are: {', '.join(KINDS)}")
        pattern = re.compile(path) if path else None
        fault = Fault(
            kind=kind, method=method, path=pattern, seconds=seconds, left=times, skip=after
        )
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all failures that have not happened yet."""
        with self._lock:
            self._waiting.clear()

    def of_call(self, method: str, path: str) -> Fault | None:
        """Return the failure that hits this call, if any."""
        return self._next(method, path, images=False)

    def hits_image(self, url: str) -> bool:
        """Say whether fetching the image at `url` is to fail."""
        return self._next("GET", url, images=True) is not None

    def _next(self, method: str, path: str, *, images: bool) -> Fault | None:
        with self._lock:
            for fault in self._waiting:
                if (fault.kind == "image-unreachable") is images and fault.meets(method, path):
                    break
            else:
                return None
            self._waiting = [other for other in self._waiting if other.left != 0]
            return fault
