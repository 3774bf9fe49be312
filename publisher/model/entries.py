"""What the ledger keeps of each thing, and what a backup holds.

As rows they are plain JSON values: sparse and in a fixed order, so that they can be reviewed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from publisher.model.names import KINDS, Digest, Fields, Key, Ref, RemoteId


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger remembers of one thing.

    source    per field: digest of the author's text it was made from.
    sent      per field: digest of what we asked for, links as (id, locale, anchor).
    seen      per field: digest of the canonical form Intercom showed straight after.
    raw       per body: digest of the very text we saw, signatures left out; while it is the
              same, nobody needs to look closer.
    form      version of the canonical form that `seen` was made with.
    blocks    per locale: digests of the author's blocks as last sent, to recognise a renamed
              file, and to tell which blocks were edited since.
    shown     per locale: digests of the blocks Intercom showed straight after.
    headings  per locale: our heading id → Intercom's, only where they differ.
    lost      per field: digest of what Intercom did not keep.
    withdrawn per field: what readers had before its file went, or its source changed, to be
              put back with the file, or once it is up to date.
    """

    ref: Ref
    id: RemoteId
    title: str = ""
    parent: str = ""
    path: str = ""
    changed_at: int = 0
    protect: bool = False
    source: Mapping[str, Digest] = field(default_factory=dict)
    sent: Mapping[str, Digest] = field(default_factory=dict)
    seen: Mapping[str, Digest] = field(default_factory=dict)
    raw: Mapping[str, Digest] = field(default_factory=dict)
    form: int = 1
    blocks: Mapping[str, Sequence[Digest]] = field(default_factory=dict)
    shown: Mapping[str, Sequence[Digest]] = field(default_factory=dict)
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lost: Mapping[str, Digest] = field(default_factory=dict)
    withdrawn: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One thing as it stood before an apply changed or deleted it.

    verb     what the apply was about to do to it: a `Verb` of `plan.changes`.
    fields   all of it as Intercom showed it, in all languages; no signatures in addresses.
    written  the fields that the apply was about to write; all of them where it deleted.
    urls     public address by locale ("" for things that have one for all).
    draft    what a colleague had staged, per field; only where a draft waited.
    entry    what the ledger said of it, or None.
    """

    ref: Ref
    id: RemoteId
    verb: str
    title: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[RemoteId, ...] = ()
    written: tuple[str, ...] = ()
    fields: Fields = field(default_factory=dict)
    draft: Fields = field(default_factory=dict)
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What stood before an apply, for one target.

    apply_id  the id of the plan that was applied.
    made_at   in UTC, "2026-11-20T10:00:00.123456Z", so that they sort; `commit` is the content's.
    things    what existed; `created` is what did not.
    undoes    the apply that this one took back, or "".
    """

    apply_id: str
    target: str
    workspace: str = ""
    help_center: str = ""
    api_version: str = ""
    made_at: str = ""
    commit: str = ""
    things: tuple[Saved, ...] = ()
    created: tuple[Ref, ...] = ()
    undoes: str = ""


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
        ref=ref_in(row),
        id=RemoteId(str(row["id"])),
        title=a_text(row.get("title", "")),
        parent=a_text(row.get("parent", "")),
        path=a_text(row.get("path", "")),
        changed_at=int(row.get("changed_at", 0)),
        protect=bool(row.get("protect", False)),
        source=digests_in(row.get("source", {})),
        sent=digests_in(row.get("sent", {})),
        seen=digests_in(row.get("seen", {})),
        raw=digests_in(row.get("raw", {})),
        form=int(row.get("form", 1)),
        blocks=_blocks_in(row.get("blocks", {})),
        shown=_blocks_in(row.get("shown", {})),
        headings={locale: texts_in(ids) for locale, ids in row.get("headings", {}).items()},
        lost=digests_in(row.get("lost", {})),
        withdrawn=texts_in(row.get("withdrawn", {})),
    )


def ref_in(row: Mapping[str, Any]) -> Ref:
    """Read the identity of a thing; raises as `entry_from_row` does."""
    if row["kind"] not in KINDS:
        raise ValueError(row["kind"])
    return Ref(row["kind"], Key(a_text(row["key"])))


def a_text(value: Any) -> str:
    """Take a value that must be text; raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def texts_in(row: Mapping[str, Any]) -> dict[str, str]:
    """Take a mapping of texts; raises as `entry_from_row` does."""
    return {name: a_text(value) for name, value in row.items()}


def _blocks_in(row: Mapping[str, Any]) -> dict[str, tuple[Digest, ...]]:
    return {
        locale: tuple(Digest(a_text(block)) for block in a_list(blocks))
        for locale, blocks in row.items()
    }


def a_list(value: Any) -> list[Any]:
    """Take a value that must be a list; raises TypeError."""
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def digests_in(row: Mapping[str, Any]) -> dict[str, Digest]:
    """Take a mapping of digests; raises as `entry_from_row` does."""
    return {name: Digest(a_text(value)) for name, value in row.items()}
