"""What a forge answered, and what it says about waiting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

A_MINUTE = 60.0
LONGEST_SAYING = 200
"""Characters of its own words that we pass on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`headers` are looked up in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""

    @property
    def fine(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    @property
    def elsewhere(self) -> str:
        """Where it sends us, or ""."""
        return self.headers.get("location", "") if 300 <= self.status < 400 else ""

    def json(self) -> Any:
        """What it holds; None for nothing. Raises ValueError."""
        return json.loads(self.content) if self.content else None

    def said(self) -> str:
        """What the forge says is wrong, on one line."""
        try:
            found = self.json()
        except (ValueError, RecursionError):
            found = None
        said = (found.get("message") or found.get("error")) if isinstance(found, dict) else ""
        said = said or (HTTPStatus(self.status).phrase if self.status in _KNOWN else "")
        return " ".join(str(said).split())[:LONGEST_SAYING] or "it does not say why"

    def wait(self, now: float) -> float | None:
        """Seconds it asks us to wait before we ask again, or None where it does not ask.

        Source: GitHub, "Rate limits for the REST API": `retry-after`; else, with
        `x-ratelimit-remaining` 0, until `x-ratelimit-reset` (epoch seconds); else a minute.
        GitLab names its headers `Retry-After` and `RateLimit-Reset`.
        """
        if self.status not in (403, 429, 503):
            return None
        asked = _number(self.headers.get("retry-after"))
        if asked is not None:
            return asked
        used_up = self.headers.get("x-ratelimit-remaining") == "0"
        names = ("x-ratelimit-reset", "ratelimit-reset")
        reset = next((n for n in map(_number, map(self.headers.get, names)) if n is not None), None)
        if (used_up or self.status == 429) and reset is not None:
            return max(reset - now, 1.0)
        limited = self.status == 429 or "rate limit" in self.said().lower()
        return A_MINUTE if limited and self.status != 503 else None


_KNOWN = {status.value for status in HTTPStatus}


def _number(text: str | None) -> float | None:
    return float(text) if text and text.isdecimal() and len(text) < 12 else None
