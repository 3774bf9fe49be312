"""Corrections of the ledger that need no call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from publisher.model import Digest, Ref, Thing
from publisher.plan import renames
from publisher.plan.changes import Upkeep
from publisher.plan.diff import (
    Blocks,
    is_body,
    learnt,
    locale_of,
    looked_at,
    raw_digests,
    sent_digest,
)
from publisher.plan.missing import is_removed, is_shared
from publisher.plan.view import View
from publisher.plan.wanted import wanted_fields


def upkeep_of(view: View) -> Iterator[Upkeep]:
    """Corrections of the ledger that need no call."""
    for ref, entry in sorted(view.entries.items()):
        thing = view.site.things.get(ref)
        if thing is None:
            left = ref in view.gone or (ref in view.live and is_shared(ref, view))
            if left and is_removed(ref, view):
                yield Upkeep(ref=ref, forget=True)
            continue
        was = view.renamed.get(ref)
        agreed = [f.name for f in view.findings.get(ref, ()) if f.agreed]
        if agreed or was or entry.protect != thing.protect or entry.path != thing.spot.path:
            yield _corrected(ref, was, thing, agreed, view)


def _corrected(ref: Ref, was: Ref | None, thing: Thing, agreed: list[str], view: View) -> Upkeep:
    item = Upkeep(
        ref=ref, was=was.key if was else None, path=thing.spot.path, protect=thing.protect
    )
    if not agreed:
        return item
    fields, look = wanted_fields(ref, view), looked_at(view.live[ref])
    bodies = [name for name in agreed if is_body(name)]
    locales = {locale_of(name, thing) for name in bodies}
    sent = {n: sent_digest(n, fields[n], locale_of(n, thing), view.addresses) for n in agreed}
    learns = [learnt(name, fields[name], thing, view.addresses) for name in bodies]
    return replace(
        item,
        sent=sent,
        seen={name: seen for name, seen in look.seen.items() if name in agreed},
        raw={n: raw for n, raw in raw_digests(view.live[ref]).items() if n in agreed},
        source={name: value for each in learns for name, value in each.items()},
        blocks=_of_locales(renames.blocks_of(thing), locales) if bodies else {},
        shown=_of_locales(look.shown, locales),
        headings={n: ids for n, ids in view.kept.get(ref, {}).items() if n in locales},
    )


def _of_locales(blocks: Blocks, locales: Iterable[str]) -> dict[str, tuple[Digest, ...]]:
    return {locale: tuple(blocks[locale]) for locale in sorted(locales) if locale in blocks}
