"""What addresses answered lately, so that they are not asked at every run.

What is well is believed for days; what is dead, only for an hour, because somebody is
mending it; what could not be told is forgotten.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.web.asking import State, Verdict

DAY = 86_400.0
DEAD_FOR = 3_600.0
"""Seconds for which nobody asks again what was dead."""
KEPT: Mapping[str, State] = {"fine": "fine", "moved": "moved", "dead": "dead"}


@dataclass(frozen=True, slots=True)
class Memory:
    """Answers by address in one file that may be deleted at any time; None: nothing is kept.

    days  for which an answer that was well is believed.
    """

    place: Path | None
    days: float = 7.0

    def known(self, urls: Iterable[str], now: float) -> dict[str, Verdict]:
        """Return what these addresses answered not long ago; `now` in seconds since the epoch."""
        rows = self._read()
        return {url: told for url in urls if (told := self._believed(rows.get(url), now))}

    def _believed(self, row: Any, now: float) -> Verdict | None:
        if not isinstance(row, dict):
            return None
        state, at = KEPT.get(str(row.get("state"))), row.get("at")
        if state is None or not isinstance(at, int | float):
            return None
        for_long = DEAD_FOR if state == "dead" else self.days * DAY
        if not 0 <= now - at < for_long:
            return None
        return Verdict(state=state, why=str(row.get("why", "")), to=str(row.get("to", "")))

    def keep(self, told: Mapping[str, Verdict], now: float) -> None:
        """Remember answers, and forget what nobody believes any more; a full disk is no error."""
        rows = {
            url: {"state": each.state, "why": each.why, "to": each.to, "at": now}
            for url, each in told.items()
            if each.state in KEPT
        }
        if self.place is None or not rows:
            return
        believed = {url: row for url, row in self._read().items() if self._believed(row, now)}
        passing = self.place.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self.place.parent.mkdir(parents=True, exist_ok=True)
            passing.write_text(json.dumps(believed | rows), encoding="utf-8")
            passing.replace(self.place)

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self.place.read_bytes()) if self.place else {}
        except (OSError, ValueError, RecursionError):
            return {}
        return kept if isinstance(kept, dict) else {}
