"""What a writer should know about a body: collected while it is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was not met: where, what is wrong, what to do. Lines are the file's."""

    rule: str
    severity: Literal["error", "warning"]
    line: int
    what: str
    advice: str = ""


@dataclass(slots=True)
class Findings:
    """Findings as they turn up. What recurs in every paragraph is told `once`, with a count."""

    _found: list[Finding] = field(default_factory=list)
    _once: dict[tuple[str, str], int] = field(default_factory=dict)
    _counts: dict[int, int] = field(default_factory=dict)

    def warn(self, rule: str, line: int, what: str, advice: str = "") -> None:
        """Something is lost or changed, and the rest is published."""
        self._found.append(Finding(rule, "warning", line, what, advice))

    def refuse(self, rule: str, line: int, what: str, advice: str = "") -> None:
        """Nothing sensible can be sent."""
        self._found.append(Finding(rule, "error", line, what, advice))

    def once(self, rule: str, about: str, line: int, what: str, advice: str = "") -> None:
        """Warn of `about` (a tag, a habit) the first time; then only count."""
        place = self._once.setdefault((rule, about), len(self._found))
        self._counts[place] = self._counts.get(place, 0) + 1
        if place == len(self._found):
            self.warn(rule, line, what, advice)

    def told(self) -> tuple[Finding, ...]:
        """Return everything, in the order of the lines; what recurred says how often."""
        told = [
            replace(finding, what=f"{finding.what} ({self._counts[place]} times, here first)")
            if self._counts.get(place, 1) > 1
            else finding
            for place, finding in enumerate(self._found)
        ]
        return tuple(sorted(told, key=lambda finding: finding.line))
