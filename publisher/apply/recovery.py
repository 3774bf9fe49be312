"""After a crash or a lost answer: find out what became of each intent, never by guessing.

A new article carries the id of its intent in its first body, so it is recognised with
certainty. A collection or source is recognised by name and parent (or address) and an id
that was not there before. An update counts as carried out when every field shows what was
meant, and as not carried out when nothing moved; anything else is left to the planner,
which will call it a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from publisher.body import canonical
from publisher.ledger.records import Intent
from publisher.model import (
    Article,
    Collection,
    Digest,
    Entry,
    Kind,
    Live,
    RemoteId,
    Source,
    digest,
)
from publisher.plan.diff import heading_ids, is_body, locale_of, looked_at, seen_digest

Observed = Mapping[tuple[Kind, RemoteId], Live]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an intent.

    entry     what to remember, or None when nothing is to be changed.
    live      the thing it is about, as it was just seen.
    certain   False when several live things could be the one; the intent stays in doubt.
    removed   the thing was taken away as intended.
    """

    intent: Intent
    entry: Entry | None = None
    live: Live | None = None
    certain: bool = True
    removed: bool = False
    candidates: tuple[Live, ...] = ()


def birth_sentence(intent_id: str) -> str:
    """The body a new article is born with; only teammates can see it."""
    return f'<p class="no-margin">publisher is writing this article (intent {intent_id}).</p>'


def settle(intents: Iterable[Intent], observed: Observed) -> list[Settled]:
    """Decide about every intent in doubt from a complete, fresh listing."""
    return [_settle(intent, observed) for intent in intents]


def _settle(intent: Intent, observed: Observed) -> Settled:
    if intent.creates:
        return _created(intent, observed)
    live = observed.get((intent.ref.kind, intent.would.id))
    if intent.action == "remove" and not intent.meant and live is None:
        return Settled(intent=intent, removed=True)
    if live is None or not shows(live, intent):
        return Settled(intent=intent)
    found = heading_ids(intent.headings, live)
    look = looked_at(live)
    written = {locale_of(name, live.thing) for name in intent.meant if is_body(name)}
    shown = {locale: blocks for locale, blocks in look.shown.items() if locale in written}
    entry = replace(
        intent.would,
        seen=_seen(look.seen, intent),
        shown={**intent.would.shown, **shown},
        form=canonical.VERSION,
        headings={loc: ids for loc, ids in {**intent.would.headings, **found}.items() if ids},
    )
    return Settled(intent=intent, entry=entry, live=live)


def shows(live: Live, intent: Intent) -> bool:
    """Whether every field of a thing shows what was meant."""
    shown = live.thing.fields()
    return all(
        name in shown and seen_digest(name, shown[name]) == meant
        for name, meant in intent.meant.items()
    )


def _seen(now: Mapping[str, Digest], intent: Intent) -> dict[str, Digest]:
    return {**now, **intent.would.seen, **{name: now[name] for name in intent.meant}}


def _created(intent: Intent, observed: Observed) -> Settled:
    found = tuple(
        live
        for (kind, remote), live in observed.items()
        if kind == intent.ref.kind and remote not in intent.known and _is_it(live, intent)
    )
    if len(found) > 1:
        return Settled(intent=intent, certain=False, candidates=found)
    if not found:
        return Settled(intent=intent)
    live = found[0]
    look = looked_at(live)
    entry = replace(
        intent.would,
        id=live.id,
        seen=look.seen,
        shown=look.shown,
        form=canonical.VERSION,
        changed_at=live.changed_at,
    )
    return Settled(intent=intent, entry=entry, live=live)


def _is_it(live: Live, intent: Intent) -> bool:
    thing = live.thing
    if isinstance(thing, Article):
        return any(intent.id in translation.body for translation in thing.translations.values())
    if isinstance(thing, Collection):
        same_parent = (thing.parent or "") == intent.would.parent
        return same_parent and intent.would.title in thing.titles.values()
    if isinstance(thing, Source):
        return _says(intent, url=thing.url)
    return _says(intent, source=thing.source, external_id=thing.external_id)


def _says(intent: Intent, **values: str) -> bool:
    return all(intent.would.sent.get(name) == digest(value) for name, value in values.items())
