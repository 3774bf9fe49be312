"""After a crash or a lost answer: find out what became of each intent, never by guessing.

A new article carries the id of its intent in its first body, so it is recognised with
certainty. A collection or source is recognised by name and parent (or address) and an id
that was not there before. A new collection that nobody here knows may be the one under
another name, or in another place: it is asked about, and none is made beside it. An update
counts as carried out when every field shows what was meant, and as not carried out when
nothing moved; anything else is left to the planner, which will call it a conflict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.body import canonical
from publisher.ledger.records import Intent
from publisher.model import (
    NOTHING,
    Article,
    Digest,
    Entry,
    Fields,
    Kind,
    Live,
    Ref,
    RemoteId,
    Source,
    digest,
)
from publisher.model import Collection as Group
from publisher.plan.diff import heading_ids, is_body, locale_of, looked_at, seen_digest

RemoteRef = tuple[Kind, RemoteId]
Observed = Mapping[RemoteRef, Live]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an intent.

    entry     what to remember, or None when nothing is to be changed.
    live      the thing it is about, as it was just seen.
    certain   False when a person has to say which live thing is the one; it stays in doubt.
    removed   the thing was taken away as intended.
    candidates  what could be the one, where that is not certain.
    likely    candidates show what it is known by; False: somebody may have changed it in one.
    """

    intent: Intent
    entry: Entry | None = None
    live: Live | None = None
    certain: bool = True
    removed: bool = False
    candidates: tuple[Live, ...] = ()
    likely: bool = True


def birth_sentence(intent_id: str) -> str:
    """The body a new article is born with; only teammates can see it."""
    return f'<p class="no-margin">publisher is writing this article (intent {intent_id}).</p>'


def settle(
    intents: Sequence[Intent],
    observed: Observed,
    *,
    entries: Mapping[Ref, Entry] = NOTHING,
    present: Mapping[Kind, Collection[RemoteId]] = NOTHING,
) -> list[Settled]:
    """Decide about every intent in doubt from a complete, fresh listing.

    entries  what the ledger has already: none of it can be what a lost call made, and what
             stands live needs none of that.
    present  of articles: what stood when the plan was made, where that is known.
    """
    taken = {(ref.kind, entry.id) for ref, entry in entries.items()}
    settled = []
    for intent in intents:
        rivals = [each for each in intents if _same_handle(each, intent)]
        item = _settle(intent, observed, taken, present, len(rivals))
        if item.entry is not None and intent.creates:
            taken.add((intent.ref.kind, item.entry.id))
        settled.append(item)
    settled = [_perhaps_changed(item, observed, taken) for item in settled]
    return [item if _is_needed(item, entries, observed) else _moot(item) for item in settled]


def in_center(observed: Observed, center: RemoteId | None) -> Observed:
    """Leave out collections that stand in another help center; `center` None: there is one only."""
    return {
        (kind, id_): live
        for (kind, id_), live in observed.items()
        if kind != "collection" or center is None or live.help_center in (None, center)
    }


def _perhaps_changed(item: Settled, observed: Observed, taken: Collection[RemoteRef]) -> Settled:
    """Ask about new collections where none shows what was lost: somebody may have renamed it."""
    intent = item.intent
    unseen = intent.creates and item.entry is None and item.certain
    fresh = tuple(_fresh(intent, observed, taken)) if intent.ref.kind == "collection" else ()
    if not unseen or not fresh:
        return item
    return Settled(intent=intent, certain=False, candidates=fresh, likely=False)


def _is_needed(item: Settled, entries: Mapping[Ref, Entry], observed: Observed) -> bool:
    """Whether a question has to be answered; not of what stands, made by another run since."""
    ref = item.intent.ref
    return item.certain or ref not in entries or (ref.kind, entries[ref].id) not in observed


def _moot(item: Settled) -> Settled:
    return Settled(intent=item.intent)


def _same_handle(one: Intent, other: Intent) -> bool:
    """Whether two lost creates of collections cannot be told from one another: both are ours."""
    if not one.creates or not other.creates or one.ref.kind != "collection":
        return one is other
    return (one.ref.kind, one.would.parent, one.would.title) == (
        other.ref.kind,
        other.would.parent,
        other.would.title,
    )


def _settle(
    intent: Intent,
    observed: Observed,
    taken: Collection[RemoteRef],
    present: Mapping[Kind, Collection[RemoteId]],
    rivals: int,
) -> Settled:
    if intent.creates:
        return _created(intent, observed, taken, present, rivals)
    live = observed.get((intent.ref.kind, intent.would.id))
    if intent.action == "remove" and not intent.meant and live is None:
        return Settled(intent=intent, removed=True)
    if live is None or not (shows(live, intent) or proves(live, intent)):
        return Settled(intent=intent)
    return Settled(intent=intent, entry=_written(intent, live), live=live)


def _written(intent: Intent, live: Live) -> Entry:
    """The entry after a write whose answer was lost; what somebody changed since is drift."""
    look, fields = looked_at(live), live.thing.fields()
    kept = [n for n, meant in intent.meant.items() if _shows(fields, n, meant)]
    written = {locale_of(name, live.thing) for name in kept if is_body(name)}
    found = {loc: ids for loc, ids in heading_ids(intent.headings, live).items() if loc in written}
    would = intent.would
    return replace(
        would,
        seen={**look.seen, **would.seen, **intent.meant, **{n: look.seen[n] for n in kept}},
        raw={name: text for name, text in would.raw.items() if name not in intent.meant},
        shown={**would.shown, **{loc: b for loc, b in look.shown.items() if loc in written}},
        form=canonical.VERSION,
        headings={loc: ids for loc, ids in {**would.headings, **found}.items() if ids},
    )


def _shows(fields: Fields, name: str, meant: Digest) -> bool:
    return name in fields and seen_digest(name, fields[name]) == meant


def shows(live: Live, intent: Intent) -> bool:
    """Whether every field of a thing shows what was meant."""
    fields = live.thing.fields()
    return all(_shows(fields, name, meant) for name, meant in intent.meant.items())


def proves(live: Live, intent: Intent) -> bool:
    """Whether one field shows what was meant and was not there before: it was carried out.

    What the other fields show was then changed by somebody afterwards.
    """
    fields, before = live.thing.fields(), intent.would.seen
    return any(
        _shows(fields, name, meant) and before.get(name) != meant
        for name, meant in intent.meant.items()
    )


def _created(
    intent: Intent,
    observed: Observed,
    taken: Collection[RemoteRef],
    present: Mapping[Kind, Collection[RemoteId]],
    rivals: int,
) -> Settled:
    kind, fresh = intent.ref.kind, list(_fresh(intent, observed, taken))
    found = [live for live in fresh if _is_it(live, intent)]
    if not found and kind == "article" and kind in present:
        twins = [e for e in fresh if e.id not in present[kind] and _has_its_place(e, intent)]
        candidates = tuple(twins)
        return Settled(intent=intent, certain=not twins, candidates=candidates, likely=not twins)
    if len(found) > rivals:
        return Settled(intent=intent, certain=False, candidates=tuple(found))
    if not found:
        return Settled(intent=intent)
    live = min(found, key=lambda each: (len(each.id), each.id))
    look = looked_at(live)
    entry = replace(
        intent.would,
        id=live.id,
        seen={**look.seen, **_meant(intent, live)},
        shown=look.shown,
        form=canonical.VERSION,
        changed_at=live.changed_at,
    )
    return Settled(intent=intent, entry=entry, live=live)


def _fresh(intent: Intent, observed: Observed, taken: Collection[RemoteRef]) -> Iterator[Live]:
    """What was not there before the call, and is nothing that we know."""
    for (kind, remote), live in observed.items():
        ours = (kind, remote) in taken
        if kind == intent.ref.kind and remote not in intent.known and not ours:
            yield live


def _meant(intent: Intent, live: Live) -> dict[str, Digest]:
    """What it was made with: where it shows other words by now, somebody wrote them."""
    fields = live.thing.fields()
    parts = ("title", "description", "body", "state", "parent")
    return {
        name: meant
        for name, meant in intent.meant.items()
        if name in fields and name.rpartition(".")[2] in parts
    }


def _has_its_place(live: Live, intent: Intent) -> bool:
    """Whether an article has the title and the collection of what was lost, if not its mark."""
    thing = live.thing
    if not isinstance(thing, Article):
        return False
    titles = {translation.title for translation in thing.translations.values()}
    return (thing.parent or "") == intent.would.parent and intent.would.title in titles


def _is_it(live: Live, intent: Intent) -> bool:
    thing = live.thing
    if isinstance(thing, Article):
        return any(intent.id in translation.body for translation in thing.translations.values())
    if isinstance(thing, Group):
        same_parent = (thing.parent or "") == intent.would.parent
        return same_parent and intent.would.title in thing.titles.values()
    if isinstance(thing, Source):
        return _says(intent, url=thing.url)
    return _says(intent, source=thing.source, external_id=thing.external_id)


def _says(intent: Intent, **values: str) -> bool:
    return all(intent.would.sent.get(name) == digest(value) for name, value in values.items())
