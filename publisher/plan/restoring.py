"""What a rollback puts back, spelt so that it can be sent: parents as keys, links to what
comes back under a new id as references.

`match` finds every thing of a backup among what is live: by its id, or, where an earlier
rollback made it anew, by its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from publisher.body import refs
from publisher.body.refs import Reference, ReferenceKind
from publisher.model import (
    Backup,
    Digest,
    Entry,
    Key,
    Kind,
    Problem,
    Ref,
    RemoteId,
    Saved,
    Spot,
)
from publisher.plan import words
from publisher.plan.changes import Edit
from publisher.plan.diff import is_body
from publisher.plan.notices import name_of
from publisher.plan.view import RemoteRef, View, is_managed

ADDRESS = re.compile(
    r"((https?://[^/?#]+)(?:/[^?#]*)?/(articles|collections)/(\d+))[^#]*(?:#(.*))?"
)
PLACES: Mapping[str, Kind] = {"parent": "collection", "source": "source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A backup, held against what is live.

    here   what exists: what was saved, by the ref it goes by now.
    lost   what does not exist any more.
    loose  what still stands, but is not managed from here any more.
    anew   those of `lost` that are made again; the planner fills it in.
    moved  what goes by another id than it did, or will: by the former one.
    """

    backup: Backup
    view: View
    here: Mapping[Ref, Saved]
    lost: tuple[Saved, ...]
    loose: tuple[Saved, ...]
    anew: frozenset[Ref] = frozenset()
    moved: Mapping[RemoteRef, Saved] = field(default_factory=dict)


def match(backup: Backup, view: View) -> Match:
    """Find what was saved among what is live."""
    known = {(ref.kind, entry.id): ref for ref, entry in view.entries.items()}
    strangers = {(live.thing.kind, live.id) for live in view.strangers}
    here: dict[Ref, Saved] = {}
    lost: list[Saved] = []
    loose: list[Saved] = []
    for saved in backup.things:
        ref = known.get((saved.ref.kind, saved.id), saved.ref)
        if not is_managed(ref, view.policy.manage):
            continue
        if ref in view.live:
            here[ref] = saved
        elif (saved.ref.kind, saved.id) in strangers:
            loose.append(saved)
        else:
            lost.append(saved)
    moved = {(s.ref.kind, s.id): s for ref, s in here.items() if view.live[ref].id != s.id}
    return Match(
        backup=backup, view=view, here=here, lost=tuple(lost), loose=tuple(loose), moved=moved
    )


def with_anew(found: Match, anew: frozenset[Ref]) -> Match:
    """The same, once it is known what is made again."""
    again = {(s.ref.kind, s.id): s for s in found.lost if s.ref in anew}
    return replace(found, anew=anew, moved={**found.moved, **again})


def title_of(saved: Saved, view: View) -> str:
    """What people know it by."""
    fields = saved.fields
    default = f"{view.site.default_locale}.title"
    return fields.get(default) or fields.get("title") or fields.get("url") or saved.title


def overwriting(ref: Ref, found: Match) -> str:
    """The command that has a thing put back whatever became of it."""
    return f"publisher rollback {found.backup.apply_id} --overwrite {name_of(ref, found.view)}"


def nowhere(ref: Ref, path: str, name: str) -> Problem:
    """Its collection or source is not there to hold it."""
    return Problem(
        rule="conflict",
        severity="error",
        spot=Spot(path) if path else None,
        what=f"{ref.key} cannot go back: {words.field(name)} it was in is not there any more.",
        advice="Make that again first, or put the thing where it belongs in Intercom.",
    )


def leads_to_ours(edits: Iterable[Edit]) -> bool:
    """Whether a body among these links to what comes back under another id."""
    return any(refs.references(edit.after) for edit in edits if is_body(edit.name))


def value(name: str, saved: Saved, found: Match) -> str:
    """A saved field as it is planned: symbolic for places and for links to what moves."""
    text = saved.fields[name]
    if name in PLACES:
        return place(PLACES[name], RemoteId(text), found)
    return _relinked(text, saved, name, found) if is_body(name) and found.moved else text


def place(kind: Kind, id_: RemoteId, found: Match) -> str:
    """The key of a collection or source; "#7" where it is not ours, "" where there is none."""
    if not id_:
        return ""
    if again := found.moved.get((kind, id_)):
        return again.ref.key
    return found.view.keys.get((kind, id_), Key(f"#{id_}"))


def is_there(kind: Kind, id_: RemoteId, found: Match) -> bool:
    """Whether a collection or source stands, whosever it is, or comes back."""
    view = found.view
    standing = {(each.thing.kind, each.id) for each in (*view.live.values(), *view.strangers)}
    return not id_ or (kind, id_) in standing or (kind, id_) in found.moved


def _relinked(html: str, saved: Saved, name: str, found: Match) -> str:
    """Name what comes back under another id by its key: its address of then leads nowhere."""
    addresses = dict(_addresses(found))

    def named(url: str, image: bool) -> str:
        spelt = ADDRESS.fullmatch(url)
        if image or spelt is None:
            return url
        _, host, plural, id_, anchor = spelt.groups()
        target = addresses.get((host, plural, id_))
        if target is None:
            return url
        kind: ReferenceKind = "article" if plural == "articles" else "collection"
        return refs.spell(Reference(kind, target.ref.key, _our_id(anchor or "", target)))

    return refs.rewrite(html, named)


def _addresses(found: Match) -> Iterator[tuple[tuple[str, str, str], Saved]]:
    for saved in found.moved.values():
        for url in saved.urls.values():
            if spelt := ADDRESS.fullmatch(url):
                yield (spelt[2], spelt[3], spelt[4]), saved


def _our_id(anchor: str, target: Saved) -> str:
    """Our own id of a heading that Intercom calls by one of its own."""
    known = target.entry.headings.values() if target.entry else ()
    return next((ours for ids in known for ours, theirs in ids.items() if theirs == anchor), anchor)


def former(ref: Ref, saved: Saved, found: Match) -> Entry:
    """What the ledger is to say again; a place that goes by another id now is learnt anew."""
    entry = saved.entry or Entry(ref=ref, id=saved.id)
    gone = {name for name, kind in PLACES.items() if _is_moved(kind, saved, name, found)}
    return replace(
        entry,
        sent={name: each for name, each in entry.sent.items() if name not in gone},
        seen={name: each for name, each in entry.seen.items() if name not in gone},
    )


def _is_moved(kind: Kind, saved: Saved, name: str, found: Match) -> bool:
    return (kind, RemoteId(saved.fields.get(name, ""))) in found.moved


def former_blocks(names: Iterable[str], saved: Saved) -> dict[str, tuple[Digest, ...]]:
    """The author's blocks of the bodies among these fields, as they had been sent."""
    known = saved.entry.blocks if saved.entry else {}
    locale = saved.fields.get("locale", "")
    spoken = {n.partition(".")[0] if "." in n else locale for n in names if is_body(n)}
    return {each: tuple(blocks) for each, blocks in known.items() if each in spoken}
