"""Live things that the ledger does not know, and which of them are twins of ours.

A twin stands, unmanaged, where something of ours would be created: the same title in the same
place. Nothing is written to it before it is adopted. But a link to the file beside it leads to
it already, so that adopting it later changes no other article.

A lookalike has another title and much the same text: as a rule it is ours, and a ledger that
knew it was lost. Nobody can be sure, so nothing leads to it, and nothing is created beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from publisher.body import canonical, refs
from publisher.model import Article, Key, Kind, Live, Locale, Ref, RemoteId, Site, Thing
from publisher.plan.changes import Twin
from publisher.plan.diff import heading_ids, is_body, our_headings
from publisher.plan.wanted import wanted_fields

if TYPE_CHECKING:
    from publisher.plan.view import View

Handle = tuple[str, ...]
"""What may stand only once: a title under a parent, a page's upsert identity, a source's URL."""
Block = tuple[str, str]
"""The locale and the words of a block; where its links lead and what it shows does not count."""
ALIKE = 0.6
"""Share of blocks in common from which two articles are lookalikes, in the languages of both."""
FEWEST_BLOCKS, FEWEST_LETTERS = 3, 200
"""One of these has to be in common as well: two short articles may be alike by chance."""
_TAG = re.compile(r"<[^<>]*>")
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


@dataclass(frozen=True, slots=True)
class Shelf:
    """Articles that were read closely: the blocks of each, and which of them hold a block."""

    blocks: Mapping[RemoteId, set[Block]]
    holders: Mapping[Block, Sequence[RemoteId]]


@dataclass(frozen=True, slots=True)
class Shelves:
    """The articles among strangers by their parents, "" for those that have none.

    opened  of each parent that was asked for. Reading closely is slow, and of most parents
            nobody asks.
    """

    by_parent: Mapping[str, Sequence[Live]] = field(default_factory=dict)
    opened: dict[str, Shelf] = field(default_factory=dict)

    def below(self, parent: str) -> Shelf:
        """The articles that hang under a parent."""
        if parent not in self.opened:
            blocks = {live.id: _blocks_of(live.thing) for live in self.by_parent.get(parent, ())}
            holders: dict[Block, list[RemoteId]] = {}
            for id_, held in blocks.items():
                for block in held:
                    holders.setdefault(block, []).append(id_)
            self.opened[parent] = Shelf(blocks, holders)
        return self.opened[parent]


def shelved(strangers: Iterable[Live]) -> Shelves:
    """Sort the articles among strangers by where they hang; nothing is read yet."""
    found: dict[str, list[Live]] = {}
    for live in strangers:
        if isinstance(live.thing, Article):
            for parent in {live.thing.parent or "", *live.parents}:
                found.setdefault(parent, []).append(live)
    return Shelves(found)


def _blocks_of(thing: Thing) -> set[Block]:
    fields = thing.fields().items()
    return {
        (name.partition(".")[0], words)
        for name, html in fields
        if is_body(name)
        for block in canonical.blocks(html)
        if (words := " ".join(_TAG.sub(" ", block).split()))
    }


def lookalike_of(ref: Ref, view: View) -> Live | None:
    """The article of another title, in the same place, that says much the same as `ref`."""
    thing = view.site.things[ref]
    parent = wanted_fields(ref, view).get("parent", "")
    if not isinstance(thing, Article) or parent not in view.shelves.by_parent:
        return None
    ours, shelf = _blocks_of(thing), view.shelves.below(parent)
    taken = {twin.id for twin in view.beside.values()}
    shared = Counter(id_ for block in ours for id_ in shelf.holders.get(block, ()))
    fewest = ALIKE * min(Counter(locale for locale, _ in ours).values(), default=0)
    candidates = [id_ for id_, count in shared.items() if count >= fewest and id_ not in taken]
    scores = [(_likeness(ours, shelf.blocks[id_]), id_) for id_ in candidates]
    score, best = max(scores, default=(0.0, ""))
    if score < ALIKE:
        return None
    return next(live for live in view.shelves.by_parent[parent] if live.id == best)


def _likeness(ours: set[Block], theirs: set[Block]) -> float:
    """Share of blocks in common, from 0 to 1; 0 where that is too little to mean anything."""
    both = {locale for locale, _ in ours} & {locale for locale, _ in theirs}
    common = ours & theirs
    if len(common) < FEWEST_BLOCKS and sum(len(text) for _, text in common) < FEWEST_LETTERS:
        return 0.0
    return len(common) / sum(locale in both for locale, _ in ours | theirs)


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
