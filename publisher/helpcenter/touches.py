"""Who touched what, in the order it happened: for a judge who asks whose edit was lost.

A client cannot win against a hand that edits between its last look and its write; it can
against one that edits before the look. The order is that of the store's transactions, so
no two touches are at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MOST = 200_000
"""Of a longer log the older half is dropped."""

LOOK, WRITE, HAND = "look", "write", "hand"
_BESIDE = ("type",)
_PLACES = {"parent_id": "parent", "parent_ids": "parent", "parent_type": "parent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One touch of an article or a collection.

    number   grows by one with every touch, from 1.
    at       seconds since the epoch, by the help center's clock.
    way      "look": GET by id; "write": POST, PUT or DELETE; "hand": a person's deed.
    kind     "article" or "collection".
    fields   what was written, `<locale>.<field>`, "parent", "deleted"; of a look none.
    """

    number: int
    at: float
    way: str
    kind: str
    id: str
    fields: tuple[str, ...] = ()


class Touches(list[Touch]):
    """The log; it keeps nothing until it is switched on. Used under the store's lock."""

    def __init__(self, *, on: bool) -> None:
        super().__init__()
        self.on = on
        self._last = 0

    def note(
        self, way: str, kind: str, id: str | int, fields: Iterable[str] = (), *, at: float
    ) -> None:
        """Add one touch."""
        if not self.on:
            return
        if len(self) >= MOST:
            del self[: MOST // 2]
        self._last += 1
        touch = Touch(
            number=self._last, at=at, way=way, kind=kind, id=str(id), fields=tuple(fields)
        )
        self.append(touch)


def fields_of(body: dict[str, Any], default_locale: str) -> tuple[str, ...]:
    """Return what the body of a POST or PUT writes, in the words of `Touch.fields`."""
    said = [_PLACES.get(name, f"{default_locale}.{name}") for name in body if name not in _BESIDE]
    said = [name for name in said if not name.endswith(".translated_content")]
    translated = body.get("translated_content")
    for locale, content in translated.items() if isinstance(translated, dict) else ():
        if isinstance(content, dict):
            said += [f"{locale}.{name}" for name in content if name not in _BESIDE]
    return tuple(sorted(set(said)))
