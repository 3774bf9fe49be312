"""A builder per noun, and a help center on paper: what was applied, as live things and entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from publisher.body import refs
from publisher.model import (
    Abilities,
    Article,
    Asset,
    Collection,
    Entry,
    ExternalPage,
    Key,
    Live,
    Ref,
    RemoteId,
    Site,
    Source,
    Spot,
    Thing,
    Translation,
    digest,
)
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Origin, Plan, Policy, Wanted
from publisher.plan.make import make
from publisher.plan.twins import adopted, link
from publisher.plan.view import known_addresses, look

LATEST = Abilities(api_version="2.17", page_locales=True, icons=True, unparent=True, sales=True)


def text(body: str, *, title: str = "Title", source: str | None = None, **more) -> Translation:
    """A translation; its author's text is the body itself unless `source` says otherwise."""
    spot = more.pop("spot", Spot("content/en/file.md"))
    made = digest(body if source is None else source)
    return Translation(title=title, body=body, source=made, spot=spot, **more)


def article(key: str, body: str = "<p>Text.</p>", **more) -> Article:
    """An English article, with a French text where `fr` gives one."""
    translations = {"en": text(body, title=more.pop("title", key.title()), **more.pop("en", {}))}
    for locale in ("fr", "de"):
        if locale in more:
            given = more.pop(locale)
            made = {"body": given} if isinstance(given, str) else given
            translations[locale] = text(title=f"{key} {locale}", **made)
    more.setdefault("parent", key.rpartition("/")[0] or None)
    more.setdefault("spot", Spot(f"content/en/{key}.md"))
    return Article(key=Key(key), translations=translations, **more)


def collection(key: str, title: str = "", **more) -> Collection:
    more.setdefault("parent", key.rpartition("/")[0] or None)
    spot = Spot(f"content/en/{key}/_index.md")
    return Collection(key=Key(key), titles={"en": title or key.title()}, spot=spot, **more)


def source(key: str, url: str = "https://docs.example.com", **more) -> Source:
    return Source(key=Key(key), url=url, spot=Spot(f"content/fin/{key}/_source.md"), **more)


def page(key: str, body: str = "<p>Facts.</p>", **more) -> ExternalPage:
    more.setdefault("source", Key(key.partition("/")[0]))
    more.setdefault("external_id", f"{key}:en")
    more.setdefault("title", key)
    more.setdefault("text", digest(body))
    return ExternalPage(
        key=Key(key), locale="en", body=body, spot=Spot(f"content/fin/{key}.md"), **more
    )


def site(*things: Thing, locales: Iterable[str] = ("en", "fr"), **more) -> Site:
    by_ref = {Ref(thing.kind, thing.key): thing for thing in things}
    return Site(default_locale="en", locales=tuple(locales), things=by_ref, **more)


def asset(token: str) -> Asset:
    return Asset(token=token, path=f"img/{token.partition('/')[2]}", size=1)


@dataclass(frozen=True)
class Paper:
    """What stands live and what the ledger remembers of it."""

    live: Mapping[tuple[str, str], Live] = field(default_factory=dict)
    entries: Mapping[Ref, Entry] = field(default_factory=dict)
    gone: frozenset[tuple[str, str]] = frozenset()

    def id(self, ref: str) -> RemoteId:
        return self.entries[as_ref(ref)].id

    def see(self, ref: str, **changes: object) -> Paper:
        """Change what is live of a thing: fields of `Live`."""
        place = (as_ref(ref).kind, self.id(ref))
        live = {**self.live, place: replace(self.live[place], **changes)}
        return replace(self, live=live)

    def edit(self, ref: str, **changes: object) -> Paper:
        """Change what is live by hand: attributes of the noun, or a locale's (`fr={...}`)."""
        thing = self.live[as_ref(ref).kind, self.id(ref)].thing
        if isinstance(thing, Article) and "translations" not in changes:
            translations = dict(thing.translations)
            for locale in ("en", "fr", "de"):
                if locale in changes:
                    translations[locale] = replace(translations[locale], **changes.pop(locale))
            changes["translations"] = translations
        return self.see(ref, thing=replace(thing, **changes))

    def delete(self, ref: str) -> Paper:
        """Delete by hand."""
        place = (as_ref(ref).kind, self.id(ref))
        live = {each: thing for each, thing in self.live.items() if each != place}
        return replace(self, live=live, gone=self.gone | {place})

    def remember(self, ref: str, **changes: object) -> Paper:
        """Change a ledger entry."""
        entry = replace(self.entries[as_ref(ref)], **changes)
        return replace(self, entries={**self.entries, as_ref(ref): entry})

    def forget(self, *names: str) -> Paper:
        """Take things out of the ledger: they become strangers."""
        gone = {as_ref(ref) for ref in names}
        entries = {ref: entry for ref, entry in self.entries.items() if ref not in gone}
        live = {}
        for (kind, id_), each in self.live.items():
            stays = any((ref.kind, entry.id) == (kind, id_) for ref, entry in entries.items())
            thing = each.thing if stays else replace(each.thing, key=Key(f"#{id_}"))
            live[kind, id_] = replace(each, thing=thing)
        return replace(self, live=live, entries=entries)


def as_ref(name: str) -> Ref:
    """`article` unless the name says `kind:key`."""
    kind, colon, key = name.rpartition(":")
    return Ref(kind if colon else "article", Key(key))


def applied(wanted: Site, policy: Policy | None = None) -> Paper:
    """The world right after `wanted` was applied."""
    ids = {ref: RemoteId(str(number)) for number, ref in enumerate(sorted(wanted.things), 100)}
    draft = {ref: _shown(wanted.things[ref], ids) for ref in ids}
    urls = {ref: live.urls for ref, live in draft.items()}
    addresses = Addresses(default_locale="en", ids=dict(ids), urls=urls, headings={})
    addresses = addresses.with_assets(lambda each: f"https://cdn.example.com/{each.public_name}")
    live = {ref: _bound(live, addresses) for ref, live in draft.items()}
    observed = {(ref.kind, each.id): each for ref, each in live.items()}
    linked = {ref: link(ref, each) for ref, each in live.items()}
    view = look(wanted, observed, frozenset(), linked, policy or Policy())
    known = known_addresses("en", linked, live)
    return Paper(live=observed, entries={ref: adopted(ref, live[ref], view, known) for ref in live})


def _shown(thing: Thing, ids: Mapping[Ref, RemoteId]) -> Live:
    id_ = ids[Ref(thing.kind, thing.key)]
    if isinstance(thing, Article):
        author = thing.author or "7"
        parent = ids.get(Ref("collection", thing.parent)) if thing.parent else None
        translations = {
            locale: replace(each, state=each.state or "published")
            for locale, each in thing.translations.items()
        }
        urls = {
            locale: f"https://help.example.com/{locale}/articles/{id_}-slug"
            for locale, each in translations.items()
            if each.state == "published"
        }
        shown = replace(thing, author=author, parent=parent, translations=translations)
        return Live(id=id_, thing=shown, urls=urls, parents=(parent,) if parent else ())
    if isinstance(thing, Collection):
        parent = ids.get(Ref("collection", thing.parent)) if thing.parent else None
        url = f"https://help.example.com/en/collections/{id_}-slug"
        parents = (parent,) if parent else ()
        return Live(id=id_, thing=replace(thing, parent=parent), urls={"": url}, parents=parents)
    if isinstance(thing, ExternalPage):
        fin = replace(thing.fin, agent=thing.fin.agent is not False, copilot=True)
        return Live(id=id_, thing=replace(thing, source=ids[Ref("source", thing.source)], fin=fin))
    return Live(id=id_, thing=thing)


def _bound(live: Live, addresses: Addresses) -> Live:
    thing = live.thing
    if isinstance(thing, Article):
        translations = {
            locale: replace(each, body=refs.bind(each.body, addresses.url(locale)).html)
            for locale, each in thing.translations.items()
        }
        return replace(live, thing=replace(thing, translations=translations))
    if isinstance(thing, ExternalPage):
        return replace(
            live, thing=replace(thing, body=refs.bind(thing.body, addresses.url("en")).html)
        )
    return live


def plan(
    wanted: Site,
    paper: Paper = Paper(),
    *,
    abilities: Abilities = LATEST,
    problems: tuple = (),
    **policy: object,
) -> Plan:
    """What the planner makes of it."""
    for name in ("overwrite", "allow_deletes", "only"):
        policy[name] = frozenset(policy.get(name, ()))
    return make(
        Wanted(site=wanted, problems=problems),
        paper.live,
        paper.gone,
        paper.entries,
        Policy(**policy),
        origin=Origin(target="live", workspace="w", help_center="1", api_version="2.17"),
        abilities=abilities,
    )


def verbs(made: Plan) -> list[tuple[str, str]]:
    return [(change.verb, change.ref.key) for change in made.changes]


def rules(made: Plan) -> list[str]:
    return [notice.rule for notice in made.notices]
