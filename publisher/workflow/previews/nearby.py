"""Both sides of a few things, and of what they touch: where they stand, what they link to.

For a preview, which knows that nothing else changed: it need not list the help center to
publish one saved text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from publisher.body import refs
from publisher.config import Config
from publisher.intercom import observe
from publisher.ledger.book import Ledger
from publisher.model import ExternalPage, Key, Kind, Live, Ref, RemoteId, Site, Thing
from publisher.source import Loaded
from publisher.workflow.session import Session
from publisher.workflow.sides import Asked, Seen, Sides, fitted, policy_of


@dataclass(slots=True)
class Nearby:
    """What stood when it was looked at last. State: that, of a help center of one's own.

    said  what a thing's file says, with what it leaves open.
    """

    said: Callable[[Thing, Site], Thing] = lambda thing, site: thing
    _seen: dict[Ref, Live] = field(default_factory=dict)

    def forget(self, written: Collection[Ref] | None = None) -> None:
        """Look again at what was written; None: at everything."""
        for ref in list(self._seen) if written is None else written:
            self._seen.pop(ref, None)

    def sides(
        self,
        session: Session,
        config: Config,
        loaded: Loaded,
        ledger: Ledger,
        changed: Collection[Ref],
    ) -> Sides | None:
        """Read both sides of what changed; None where something of it does not stand yet."""
        site = loaded.site
        around = {ref: self.said(each, site) for ref, each in _around(changed, site)}
        entries = {ref: ledger.entries[ref] for ref in around if ref in ledger.entries}
        if not entries.keys() >= set(changed):
            return None
        self.forget(changed)
        live: dict[tuple[Kind, RemoteId], Live] = {}
        for ref, entry in entries.items():
            seen = self._look(ref, entry.id, session, config)
            if seen is None:
                return None
            live[ref.kind, entry.id] = seen
        wanted = fitted(session, replace(loaded, site=replace(site, things=around)))
        asked = Asked(only=frozenset(map(str, changed)))
        return Sides(
            wanted=wanted,
            seen=Seen(live=live, gone=frozenset(), entries=entries, ours=frozenset()),
            policy=policy_of(session, config, ledger, asked, wanted.site),
        )

    def _look(self, ref: Ref, id: RemoteId, session: Session, config: Config) -> Live | None:
        if ref not in self._seen:
            live = observe.look(
                session.transport.send,
                session.dialect,
                ref.kind,
                id,
                known={(ref.kind, id): ref.key},
                default_locale=config.rules.default_locale,
            )
            if live is None:
                return None
            self._seen[ref] = live
        return self._seen[ref]


def _around(changed: Collection[Ref], site: Site) -> Iterator[tuple[Ref, Thing]]:
    """What changed, what it stands in, up to the top, and what its texts lead to."""
    rising = [*changed, *(ref for each in changed for ref in _led_to(site.things[each]))]
    found: set[Ref] = set()
    while rising:
        ref = rising.pop()
        thing = site.things.get(ref)
        if thing is not None and ref not in found:
            found.add(ref)
            yield ref, thing
            rising += _homes(thing)


def _homes(thing: Thing) -> list[Ref]:
    if isinstance(thing, ExternalPage):
        return [Ref("source", thing.source)]
    parent = getattr(thing, "parent", None)
    return [Ref("collection", parent)] if parent else []


def _led_to(thing: Thing) -> Iterator[Ref]:
    bodies: Mapping[str, str] = {
        name: value for name, value in thing.fields().items() if name.endswith("body")
    }
    for html in bodies.values():
        for each in refs.references(html):
            if each.kind != "asset":
                yield Ref(each.kind, Key(each.key))
