"""What is about to be done, as journal events and back; entries are spelt by `model`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from publisher.model import (
    Digest,
    Entry,
    Key,
    Kind,
    Ref,
    RemoteId,
    a_list,
    a_text,
    digests_in,
    entry_from_row,
    entry_to_row,
)

__all__ = [
    "ACTIONS",
    "Action",
    "Intent",
    "entry_from_row",
    "entry_to_row",
    "intent_from_row",
    "intent_to_row",
    "sort_key",
]

Action = Literal["create", "birth", "write", "relink", "remove"]
ACTIONS: tuple[Action, ...] = ("create", "birth", "write", "relink", "remove")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is about to be done, written down before the call that does it.

    id      32 hex digits; a new article's first body carries it.
    would   the entry as it will be when the call succeeds (its `id` is "" for a create).
    meant   per field: the digest live will show if the call was carried out as meant.
    known   ids of that kind that existed before a create, to tell the new one from them.
    headings  our heading ids by locale, in their order: Intercom may answer with its own.
    """

    id: str
    ref: Ref
    action: Action
    would: Entry
    meant: Mapping[str, Digest]
    known: tuple[RemoteId, ...] = ()
    headings: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def creates(self) -> bool:
        """Whether a second call would make a second thing."""
        return self.action in ("create", "birth") and not self.would.id


def intent_to_row(intent: Intent) -> dict[str, Any]:
    """Spell an intent as its `begin` event."""
    return {
        "event": "begin",
        "intent": intent.id,
        "action": intent.action,
        "would": entry_to_row(intent.would),
        "meant": dict(intent.meant),
        "known": list(intent.known),
        "headings": {locale: list(ids) for locale, ids in intent.headings.items()},
    }


def intent_from_row(row: Mapping[str, Any]) -> Intent:
    """Read a `begin` event."""
    would = entry_from_row(row["would"])
    if row["action"] not in ACTIONS:
        raise ValueError(row["action"])
    return Intent(
        id=a_text(row["intent"]),
        ref=would.ref,
        action=row["action"],
        would=would,
        meant=digests_in(row.get("meant", {})),
        known=tuple(RemoteId(str(known)) for known in a_list(row.get("known", []))),
        headings={
            locale: tuple(a_text(id) for id in a_list(ids))
            for locale, ids in row.get("headings", {}).items()
        },
    )


def sort_key(entry: Entry) -> tuple[Kind, Key]:
    """The order of entries in the file."""
    return (entry.ref.kind, entry.ref.key)
