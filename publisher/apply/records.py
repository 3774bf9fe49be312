"""Ledger entries and journal events as plain JSON values and back.

Entries are spelt sparsely and in a fixed order, one line per thing, so that a committed
ledger can be reviewed and merged like any other file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from publisher.model import Digest, Entry, Key, Kind, Ref, RemoteId

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
    """Read an entry; raises KeyError or TypeError when the row is none."""
    return Entry(
        ref=Ref(row["kind"], Key(row["key"])),
        id=RemoteId(str(row["id"])),
        title=row.get("title", ""),
        parent=row.get("parent", ""),
        path=row.get("path", ""),
        changed_at=int(row.get("changed_at", 0)),
        protect=bool(row.get("protect", False)),
        source=_digests(row.get("source", {})),
        sent=_digests(row.get("sent", {})),
        seen=_digests(row.get("seen", {})),
        raw=_digests(row.get("raw", {})),
        form=int(row.get("form", 1)),
        blocks=_blocks(row.get("blocks", {})),
        shown=_blocks(row.get("shown", {})),
        headings={locale: dict(ids) for locale, ids in row.get("headings", {}).items()},
        lost=_digests(row.get("lost", {})),
        withdrawn=dict(row.get("withdrawn", {})),
    )


def _blocks(row: Mapping[str, Sequence[str]]) -> dict[str, tuple[Digest, ...]]:
    return {locale: tuple(map(Digest, blocks)) for locale, blocks in row.items()}


def _digests(row: Mapping[str, str]) -> dict[str, Digest]:
    return {name: Digest(value) for name, value in row.items()}


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
    action: Literal["create", "birth", "write", "relink", "remove"]
    would: Entry
    meant: Mapping[str, Digest]
    known: tuple[RemoteId, ...] = ()
    headings: Mapping[str, Sequence[str]] = field(default_factory=dict)


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
    return Intent(
        id=row["intent"],
        ref=would.ref,
        action=row["action"],
        would=would,
        meant=_digests(row.get("meant", {})),
        known=tuple(RemoteId(str(known)) for known in row.get("known", ())),
        headings={locale: tuple(ids) for locale, ids in row.get("headings", {}).items()},
    )


def sort_key(entry: Entry) -> tuple[Kind, Key]:
    """The order of entries in the file."""
    return (entry.ref.kind, entry.ref.key)
