"""Live things that the ledger does not know, and which of them are twins of ours.

A twin stands, unmanaged, where something of ours would be created: the same title in the same
place. Nothing is written to it before it is adopted. But a link to the file beside it leads to
it already, so that adopting it later changes no other article.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.body import refs
from publisher.model import Key, Kind, Live, Locale, Ref, Site
from publisher.plan.changes import Twin
from publisher.plan.diff import heading_ids, is_body, our_headings
from publisher.plan.wanted import wanted_fields

if TYPE_CHECKING:
    from publisher.plan.view import View

Handle = tuple[str, ...]
"""What may stand only once: a title under a parent, a page's upsert identity, a source's URL."""
_ORDER = {"source": 0, "collection": 1, "article": 2, "page": 3}


def in_order(site: Site) -> list[Ref]:
    """All things, what holds others before what it holds."""
    return sorted(site.things, key=lambda r: (_ORDER[r.kind], r.key.count("/"), r.key))


def standing(strangers: Iterable[Live], default_locale: Locale) -> dict[Handle, Live]:
    """Strangers by their handles; an article that hangs in two places has two."""
    found: dict[Handle, Live] = {}
    for live in strangers:
        fields = live.thing.fields()
        title = fields.get(f"{default_locale}.title", "")
        for parent in (fields.get("parent", ""), *live.parents):
            found.setdefault(handle(live.thing.kind, fields, title, parent), live)
    return found


def twin_of(ref: Ref, view: View) -> Live | None:
    """The live thing that creating `ref` would double, or None."""
    fields = wanted_fields(ref, view)
    title = fields.get(f"{view.site.default_locale}.title", "")
    return view.standing.get(handle(ref.kind, fields, title, fields.get("parent", "")))


def handle(kind: Kind, fields: Mapping[str, str], title: str, parent: str) -> Handle:
    if kind == "source":
        return (kind, fields["url"])
    if kind == "page":
        return (kind, fields["source"], fields["external_id"])
    return (kind, parent, title)


def twins(view: View) -> dict[Ref, Twin]:
    """Every twin of what the ledger does not know: an article's stands under its parent's."""
    found: dict[Ref, Twin] = {}
    lives: dict[Ref, Live] = {}
    growing = replace(view, beside=found)
    for ref in in_order(view.site) if view.standing else ():
        if ref not in view.entries and (live := twin_of(ref, growing)):
            found[ref], lives[ref] = Twin(id=live.id), live
    linked = set(_linked_at_headings(view, found)) if found else set()
    for ref in linked & set(found):
        ids = heading_ids(our_headings(view.site.things[ref].fields()), lives[ref])
        differing = {locale: each for locale, each in ids.items() if each}
        found[ref] = replace(found[ref], headings=differing)
    return found


def _linked_at_headings(view: View, found: Mapping[Ref, Twin]) -> Iterator[Ref]:
    """What a text that may be sent links to by a heading: reading all of them closely is slow."""
    for ref, thing in view.site.things.items():
        if ref in found:
            continue
        for name, html in thing.fields().items():
            if is_body(name) and '"article:' in html:
                links = (each for each in refs.references(html) if each.anchor)
                yield from (Ref("article", Key(each.key)) for each in links)
