"""Read what stands in an answer, however much of it is there: a proxy may answer anything."""

from __future__ import annotations

from typing import Any


def text(row: Any, *names: str) -> str:
    """The text below these names; "" where there is none."""
    found = _at(row, names)
    return found if isinstance(found, str) else ""


def number(row: Any, *names: str) -> int:
    """The whole number below these names; 0, which is no id on any forge, where there is none."""
    found = _at(row, names)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _at(row: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        row = row.get(name) if isinstance(row, dict) else None
    return row
