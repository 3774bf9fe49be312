"""Follow a change of API version across 2.10, where sections became collections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from publisher.intercom.wire import SECTION
from publisher.model import Digest, Entry, Ref, RemoteId, digest


def respelt(entries: Mapping[Ref, Entry], *, sections: bool) -> dict[Ref, Entry]:
    """Return the entries with ids and parents as this version spells them.

    Up to 2.9 a second-level collection's id is spelt `section-<id>`, since sections may have
    ids of their own; the ledger's ids and parents are respelt, their digests with them.
    """
    new_ids = {
        entry.id: _spelt(entry, sections)
        for ref, entry in entries.items()
        if ref.kind == "collection"
    }
    if all(old == new for old, new in new_ids.items()):
        return dict(entries)
    return {ref: _respelt(entry, new_ids) for ref, entry in entries.items()}


def _spelt(entry: Entry, sections: bool) -> RemoteId:
    bare = entry.id.removeprefix(SECTION)
    return RemoteId(f"{SECTION}{bare}" if sections and entry.parent else bare)


def _respelt(entry: Entry, new_ids: Mapping[RemoteId, RemoteId]) -> Entry:
    parent = new_ids.get(RemoteId(entry.parent), entry.parent)
    old, new = digest(entry.parent), digest(parent)

    def moved(digests: Mapping[str, Digest]) -> dict[str, Digest]:
        return {n: new if n == "parent" and d == old else d for n, d in digests.items()}

    id_ = new_ids.get(entry.id, entry.id) if entry.ref.kind == "collection" else entry.id
    return replace(entry, id=id_, parent=parent, sent=moved(entry.sent), seen=moved(entry.seen))
