"""Ledger entries and journal events as plain JSON values and back.

Entries are spelt sparsely and in a fixed order, one line per thing, so that a committed
ledger can be reviewed and merged like any other file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from publisher.model import KINDS, Digest, Entry, Key, Kind, Ref, RemoteId

Action = Literal["create", "birth", "write", "relink", "remove"]
ACTIONS: tuple[Action, ...] = ("create", "birth", "write", "relink", "remove")
MAPPINGS = ("source", "sent", "seen", "raw", "blocks", "shown", "headings", "lost", "withdrawn")


def entry_to_row(entry: Entry) -> dict[str, Any]:
    """Spell an entry; empty parts are left out."""
    row: dict[str, Any] = {"kind": entry.ref.kind, "key": entry.ref.key, "id": entry.id}
    for name in ("title", "parent", "path", "changed_at"):
        if value := getattr(entry, name):
            row[name] = value
    if entry.protect:
        row["protect"] = True
    if entry.form != 1:
        row["form"] = entry.form
    for name in MAPPINGS:
        if value := getattr(entry, name):
            row[name] = _plain(value)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in sorted(value.items())}
    return list(value) if isinstance(value, tuple) else value


def entry_from_row(row: Mapping[str, Any]) -> Entry:
    """Read an entry; raises KeyError, TypeError or ValueError when the row is none."""
    return Entry(
        ref=_ref(row),
        id=RemoteId(str(row["id"])),
        title=_text(row.get("title", "")),
        parent=_text(row.get("parent", "")),
        path=_text(row.get("path", "")),
        changed_at=int(row.get("changed_at", 0)),
        protect=bool(row.get("protect", False)),
        source=_digests(row.get("source", {})),
        sent=_digests(row.get("sent", {})),
        seen=_digests(row.get("seen", {})),
        raw=_digests(row.get("raw", {})),
        form=int(row.get("form", 1)),
        blocks=_blocks(row.get("blocks", {})),
        shown=_blocks(row.get("shown", {})),
        headings={locale: _texts(ids) for locale, ids in row.get("headings", {}).items()},
        lost=_digests(row.get("lost", {})),
        withdrawn=_texts(row.get("withdrawn", {})),
    )


def _ref(row: Mapping[str, Any]) -> Ref:
    if row["kind"] not in KINDS:
        raise ValueError(row["kind"])
    return Ref(row["kind"], Key(_text(row["key"])))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in row.items()}


def _blocks(row: Mapping[str, Any]) -> dict[str, tuple[Digest, ...]]:
    return {
        locale: tuple(Digest(_text(block)) for block in _list(blocks))
        for locale, blocks in row.items()
    }


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _digests(row: Mapping[str, Any]) -> dict[str, Digest]:
    return {name: Digest(_text(value)) for name, value in row.items()}


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
        id=_text(row["intent"]),
        ref=would.ref,
        action=row["action"],
        would=would,
        meant=_digests(row.get("meant", {})),
        known=tuple(RemoteId(str(known)) for known in _list(row.get("known", []))),
        headings={
            locale: tuple(_text(id) for id in _list(ids))
            for locale, ids in row.get("headings", {}).items()
        },
    )


def sort_key(entry: Entry) -> tuple[Kind, Key]:
    """The order of entries in the file."""
    return (entry.ref.kind, entry.ref.key)
