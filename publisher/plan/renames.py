"""Recognise a renamed or moved file, so that its article keeps id, address and statistics.

First what the author says (`was:`); then what speaks for itself: an article whose key is
gone and one that is new with the same or much the same blocks; a collection whose title
came back under another key, or whose articles moved together; a source at the same address.
Where two candidates are equally good nothing is assumed, and the plan shows a creation and
a removal. An external page is whatever has its external id, since Intercom upserts on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from publisher.body import canonical
from publisher.model import (
    Article,
    Collection,
    Digest,
    Entry,
    ExternalPage,
    Key,
    Ref,
    Site,
    Source,
    Thing,
    digest,
)
from publisher.plan.diff import is_body, locale_of, similarity

ALIKE = 0.6
"""Share of blocks in common from which two articles count as one. Below, say `was:`."""


def blocks_of(thing: Thing) -> dict[str, tuple[Digest, ...]]:
    """Digests of every block of every body, by locale: what `Entry.blocks` keeps."""
    return {
        locale_of(name, thing): tuple(digest(block) for block in canonical.blocks(html))
        for name, html in thing.fields().items()
        if is_body(name)
    }


def find(site: Site, entries: Mapping[Ref, Entry]) -> dict[Ref, Ref]:
    """Return new ref → former ref for everything that was renamed since the last apply."""
    lost = {ref for ref in entries if ref not in site.things}
    fresh = [ref for ref in site.things if ref not in entries and ref.kind != "page"]
    found = _declared(site, fresh, lost)
    _claim(found, lost, _alike(site, entries, _left(fresh, found), lost))
    _claim(found, lost, _moved_together(site, entries, _left(fresh, found), lost, found))
    _claim(found, lost, _same_address(site, entries, _left(fresh, found), lost))
    _claim(found, lost, _same_page(site, entries, found, lost))
    return found


def _same_address(
    site: Site, entries: Mapping[Ref, Entry], fresh: Iterable[Ref], lost: set[Ref]
) -> dict[Ref, Ref]:
    """Pair content sources by their URL, of which there can be only one."""
    urls = {entries[ref].sent.get("url"): ref for ref in lost if ref.kind == "source"}
    sources = ((ref, site.things[ref]) for ref in fresh)
    return {
        ref: urls[digest(thing.url)]
        for ref, thing in sources
        if isinstance(thing, Source) and digest(thing.url) in urls
    }


def _same_page(
    site: Site, entries: Mapping[Ref, Entry], found: Mapping[Ref, Ref], lost: set[Ref]
) -> dict[Ref, Ref]:
    """Pair external pages by what Intercom upserts on: source and external id."""
    pages = {
        (entries[ref].parent, entries[ref].sent.get("external_id")): ref
        for ref in lost
        if ref.kind == "page"
    }
    same = {}
    for ref, thing in site.things.items():
        if not pages or not isinstance(thing, ExternalPage) or ref in entries:
            continue
        home = Ref("source", thing.source)
        source = entries.get(found.get(home, home))
        old = pages.get((source.id, digest(thing.external_id))) if source else None
        if old:
            same[ref] = old
    return same


def _left(fresh: Iterable[Ref], found: Mapping[Ref, Ref]) -> list[Ref]:
    return [ref for ref in fresh if ref not in found]


def _claim(found: dict[Ref, Ref], lost: set[Ref], more: Mapping[Ref, Ref]) -> None:
    found.update(more)
    lost.difference_update(more.values())


def _declared(site: Site, fresh: Iterable[Ref], lost: set[Ref]) -> dict[Ref, Ref]:
    found: dict[Ref, Ref] = {}
    for ref in fresh:
        for former in site.things[ref].was:
            candidate = Ref(ref.kind, former)
            if candidate in lost:
                found[ref] = candidate
                lost.discard(candidate)
                break
    return found


def _alike(
    site: Site, entries: Mapping[Ref, Entry], fresh: Iterable[Ref], lost: set[Ref]
) -> dict[Ref, Ref]:
    """Pair articles by text. A block shared by nobody costs nothing: candidates come by block."""
    holders: dict[tuple[str, Digest], set[Ref]] = {}
    for ref in lost:
        for locale, blocks in entries[ref].blocks.items() if ref.kind == "article" else ():
            for block in blocks:
                holders.setdefault((locale, block), set()).add(ref)
    scores: list[tuple[float, Ref, Ref]] = []
    for ref in fresh:
        thing = site.things[ref]
        if not isinstance(thing, Article):
            continue
        ours = blocks_of(thing)
        candidates = {
            old
            for locale, blocks in ours.items()
            for block in blocks
            for old in holders.get((locale, block), ())
        }
        scores += [(similarity(ours, entries[old].blocks), ref, old) for old in candidates]
    return _best(scores)


def _best(scores: list[tuple[float, Ref, Ref]]) -> dict[Ref, Ref]:
    """Pair greedily from the best score down; a tie for the same article pairs nobody."""
    ties = Counter((score, old) for score, _, old in scores)
    ties_new = Counter((score, new) for score, new, _ in scores)
    found: dict[Ref, Ref] = {}
    taken: set[Ref] = set()
    for score, new, old in sorted(scores, key=lambda row: (-row[0], row[1], row[2])):
        if score < ALIKE or new in found or old in taken:
            continue
        if ties[score, old] > 1 or ties_new[score, new] > 1:
            continue
        found[new] = old
        taken.add(old)
    return found


def _moved_together(
    site: Site,
    entries: Mapping[Ref, Entry],
    fresh: Iterable[Ref],
    lost: set[Ref],
    found: Mapping[Ref, Ref],
) -> dict[Ref, Ref]:
    """Pair collections by their articles' moves, then by their title."""
    collections = [ref for ref in fresh if ref.kind == "collection"]
    moves = _moves(found)
    scores = []
    for new in collections:
        thing = site.things[new]
        if not isinstance(thing, Collection):
            continue
        title = thing.titles.get(site.default_locale, "")
        for old in lost:
            if old.kind != "collection":
                continue
            together = moves.get((new.key, old.key), 0)
            same_title = entries[old].title == title
            if together or same_title:
                scores.append((together + 1.5 * same_title, new, old))
    return _best(scores)


def _moves(found: Mapping[Ref, Ref]) -> Counter[tuple[Key, Key]]:
    """How many articles moved from below one folder to below another at the same depth."""
    moves: Counter[tuple[Key, Key]] = Counter()
    for new, old in found.items():
        if new.kind != "article":
            continue
        to, frm = new.key.split("/")[:-1], old.key.split("/")[:-1]
        while to and frm:
            moves[Key("/".join(to)), Key("/".join(frm))] += 1
            to.pop()
            frm.pop()
    return moves
