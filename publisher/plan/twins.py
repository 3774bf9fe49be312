"""A twin: what stands live and unmanaged where something of ours would be created.

Creating a second one is the worst mistake a publisher can make in public, so a twin stops
the creation. It may be adopted, once both are proven to say the same.
"""

from __future__ import annotations

from publisher.body import canonical, refs
from publisher.model import Digest, Entry, Live, Ref, RemoteId
from publisher.plan import renames
from publisher.plan.addresses import Addresses
from publisher.plan.diff import (
    heading_ids,
    is_body,
    learnt,
    locale_of,
    looked_at,
    our_headings,
    raw_digests,
    sent_digest,
)
from publisher.plan.strangers import twin_of
from publisher.plan.view import View
from publisher.plan.wanted import wanted_fields

__all__ = ["adopted", "differences", "link", "twin_of"]


def link(ref: Ref, live: Live) -> Entry:
    """An entry that says no more than which file is which thing."""
    return Entry(ref=ref, id=RemoteId(live.id))


def differences(ref: Ref, live: Live, view: View, addresses: Addresses) -> list[str]:
    """The fields in which a file and its twin do not say the same; none: it may be adopted.

    addresses  where links lead when everything that is to be adopted is adopted.
    """
    thing = view.site.things[ref]
    return [
        name
        for name, value in _stated(ref, view).items()
        if not _same(name, value, live, locale_of(name, thing), addresses)
    ]


def _stated(ref: Ref, view: View) -> dict[str, str]:
    """What the author says; what is left open is as it is live."""
    open_to_live = view.site.things[ref].fields()
    return {n: v for n, v in wanted_fields(ref, view).items() if n in open_to_live}


def _same(name: str, value: str, live: Live, locale: str, addresses: Addresses) -> bool:
    shown = live.thing.fields().get(name)
    if shown is None:
        return False
    if name in ("parent", "source"):
        return True  # it is a twin because its place is the same
    if not is_body(name):
        return value == shown
    headings = heading_ids(our_headings({name: value}), live).get(locale, {})
    return canonical.same(refs.bind(value, addresses.url(locale), headings).html, shown)


def adopted(ref: Ref, live: Live, view: View, addresses: Addresses) -> Entry:
    """The entry of a proven twin: as if we had sent what stands there."""
    thing = view.site.things[ref]
    sent: dict[str, Digest] = {}
    source: dict[str, Digest] = {}
    for name, value in _stated(ref, view).items():
        locale = locale_of(name, thing)
        sent[name] = sent_digest(name, value, locale, addresses)
        if is_body(name):
            source |= learnt(name, value, thing, addresses)
    look = looked_at(live)
    found = heading_ids(our_headings(thing.fields()), live)
    return Entry(
        ref=ref,
        id=live.id,
        title=next((v for n, v in thing.fields().items() if n.endswith("title")), ""),
        parent=str(getattr(live.thing, "parent", None) or getattr(live.thing, "source", "")),
        path=thing.spot.path,
        changed_at=live.changed_at,
        protect=thing.protect,
        source=source,
        sent=sent,
        seen=look.seen,
        raw=raw_digests(live),
        form=canonical.VERSION,
        blocks=renames.blocks_of(thing),
        shown=look.shown,
        headings={locale: ids for locale, ids in found.items() if ids},
    )
