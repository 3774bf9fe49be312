"""What stood before an apply, kept where the ledger is kept: text in, text out, and its place.

A backup is written before the first call of an apply leaves, and never again: what a second
try of the same plan would find is no longer what stood before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from publisher.errors import LedgerError
from publisher.ledger.book import WRITTEN_WITH, from_the_future
from publisher.ledger.place import BACKUPS, Overtaken, Place
from publisher.model import (
    Backup,
    RemoteId,
    Saved,
    a_list,
    a_text,
    entry_from_row,
    entry_to_row,
    ref_in,
    texts_in,
)

FORMAT = "publisher-backup/1"
HEAD = (
    "target",
    "workspace",
    "help_center",
    "api_version",
    "made_at",
    "commit",
    "undoes",
)


def keep(place: Place, backup: Backup) -> None:
    """Store a backup and see that it is there; one of the same apply is left as it is.

    Raises LedgerError when it cannot be kept: then nothing may be written.
    """
    name = BACKUPS + backup.apply_id
    content = to_text(backup).encode("utf-8", "surrogatepass")
    why = f"{backup.target}: before apply {backup.apply_id}"
    try:
        place.put(name, content, version="", why=why)
    except Overtaken:
        found = find(place, backup.apply_id)
        if found is not None and found.target == backup.target:
            return
    if place.get(name).content != content:
        raise LedgerError(
            f"{place.where(name)}: the backup that was written there cannot be read back; nothing "
            "was changed."
        )


def find(place: Place, apply_id: str) -> Backup | None:
    """Read the backup of an apply; None when none is kept. Raises LedgerError.

    An id is looked up among the names that are kept, so that it never makes a path of its own.
    """
    name = BACKUPS + apply_id
    if name not in place.names(BACKUPS):
        return None
    content = place.get(name).content
    return None if content is None else from_text(content, place.where(name))


def kept_ids(place: Place) -> tuple[str, ...]:
    """The ids of every apply of which a backup is kept. Raises LedgerError."""
    return tuple(name.removeprefix(BACKUPS) for name in place.names(BACKUPS))


def listed(place: Place) -> tuple[Backup, ...]:
    """Every backup that is kept, newest first. Raises LedgerError for one that is damaged."""
    names = place.names(BACKUPS)
    held = ((place.get(name).content, place.where(name)) for name in names)
    found = [from_text(content, where) for content, where in held if content is not None]
    return tuple(sorted(found, key=lambda each: (each.made_at, each.apply_id), reverse=True))


def to_text(backup: Backup) -> str:
    """Spell a backup as JSON."""
    document = {
        "format": FORMAT,
        "written_with": WRITTEN_WITH,
        "apply": backup.apply_id,
        **{name: getattr(backup, name) for name in HEAD},
        "things": [_row(saved) for saved in backup.things],
        "created": [{"kind": ref.kind, "key": ref.key} for ref in backup.created],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _row(saved: Saved) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": saved.ref.kind,
        "key": saved.ref.key,
        "id": saved.id,
        "verb": saved.verb,
        "title": saved.title,
        "urls": dict(saved.urls),
        "parents": list(saved.parents),
        "written": list(saved.written),
        "fields": dict(saved.fields),
        "entry": entry_to_row(saved.entry) if saved.entry else None,
    }
    return {**row, "draft": dict(saved.draft)} if saved.draft else row


def from_text(content: bytes, where: str) -> Backup:
    """Read a backup; raises LedgerError for one from the future, or damaged.

    where   for messages: the file it comes from.
    """
    try:
        document = json.loads(content.decode("utf-8", "surrogatepass"))
        form = document["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LedgerError(_damaged(where)) from error
    if form != FORMAT:
        raise LedgerError(from_the_future(where, document, form, FORMAT))
    try:
        return _backup(document)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise LedgerError(_damaged(where)) from error


def _backup(document: Mapping[str, Any]) -> Backup:
    return Backup(
        apply_id=a_text(document["apply"]),
        things=tuple(_saved(row) for row in a_list(document["things"])),
        created=tuple(ref_in(row) for row in a_list(document["created"])),
        **{name: a_text(document[name]) for name in HEAD},
    )


def _saved(row: Mapping[str, Any]) -> Saved:
    return Saved(
        ref=ref_in(row),
        id=RemoteId(a_text(row["id"])),
        verb=a_text(row["verb"]),
        title=a_text(row["title"]),
        urls=texts_in(row["urls"]),
        parents=tuple(RemoteId(a_text(each)) for each in a_list(row["parents"])),
        written=tuple(a_text(name) for name in a_list(row["written"])),
        fields=texts_in(row["fields"]),
        draft=texts_in(row.get("draft", {})),
        entry=entry_from_row(row["entry"]) if row["entry"] else None,
    )


def _damaged(where: str) -> str:
    return f"{where}: is damaged: no backup of publisher. The others can still be used."
