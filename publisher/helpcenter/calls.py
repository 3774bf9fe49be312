"""The log of API calls, for tests and for the control surface."""

from __future__ import annotations

MOST = 50_000
"""A server may run for weeks; of a longer log the older half is dropped."""

Call = tuple[str, str, int]
"""Method, path without query, status (0: the connection broke)."""


class Calls(list[Call]):
    """A list that does not grow for ever."""

    def note(self, method: str, path: str, status: int) -> None:
        """Add one call."""
        if len(self) >= MOST:
            del self[: MOST // 2]
        self.append((method, path, status))
