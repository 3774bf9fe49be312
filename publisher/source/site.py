"""Outline + linked texts → Site: the nouns that everything after this room works with.

Nothing is decided here that a writer could see as a rule; what a file is stands in
`outline`, what is wrong with it in the findings. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from publisher.model import (
    Article,
    Asset,
    Collection,
    ContentRules,
    ExternalPage,
    Key,
    Kind,
    Locale,
    Ref,
    Site,
    Source,
    Spot,
    Thing,
    Translation,
)
from publisher.source.links import Index, Linked
from publisher.source.outline import ByLocale, Outline
from publisher.source.place import Place
from publisher.source.rules import full_path


@dataclass(frozen=True, slots=True)
class Texts:
    """What linking made of the bodies, by file name, and the assets that they show by token."""

    linked: Mapping[str, Linked]
    assets: Mapping[str, Asset]


def build(plan: Outline, texts: Texts, rules: ContentRules, folder: str) -> Site:
    """Make the Site.

    folder  the content folder as the user gave it; every spot begins with it.

    Of two things with one key, or that Intercom would hold for one, the first stays,
    whatever the configuration thinks of that; a file that could not be read becomes nothing.
    """
    maker = _Maker(plan, texts, folder, frozenset(ref for ref, _ in plan.claims()))
    things: dict[Ref, Thing] = {}
    identities: set[tuple[str, ...]] = set()
    for thing in maker.things():
        ref, identity = Ref(thing.kind, thing.key), _identity(thing)
        homeless = isinstance(thing, ExternalPage) and Ref("source", thing.source) not in things
        if ref not in things and identity not in identities and not homeless:
            things[ref] = thing
            identities.add(identity)
    return Site(
        default_locale=plan.default_locale,
        locales=plan.locales,
        things=things,
        assets=texts.assets,
        headings=headings_of(plan),
        default_state=rules.default_state,
        closed=bool(rules.locales),
    )


def _identity(thing: Thing) -> tuple[str, ...]:
    """What Intercom tells things apart by, where that is not the key."""
    if isinstance(thing, Source):
        return thing.kind, thing.url.rstrip("/")
    if isinstance(thing, ExternalPage):
        return thing.kind, thing.source, thing.external_id
    return thing.kind, thing.key


def headings_of(plan: Outline) -> dict[tuple[Key, Locale], dict[str, str]]:
    """Return, for each text, our heading ids by their slugs."""
    headings: dict[tuple[Key, Locale], dict[str, str]] = {}
    for place in plan.texts():
        key = plan.refs[place.document.name][0].key
        slugs = {heading.slug: heading.id for heading in reversed(place.document.headings)}
        headings.setdefault((key, place.locale), slugs)
    return headings


def index_of(
    plan: Outline,
    there: Container[str],
    asset: Callable[[str], Asset | None],
    *,
    marks: bool = False,
) -> Index:
    """Return what links can lead to: of the files, those whose names are in `there`."""
    return Index(
        default=plan.default_locale,
        files={name: where for name, where in plan.refs.items() if name in there},
        folders={
            f"{locale}/{folder}": Ref("collection", plan.names["collection", folder])
            for folder in plan.collections
            for locale in plan.locales
        },
        headings=headings_of(plan),
        asset=asset,
        marks=marks,
    )


def without(site: Site, paths: Iterable[str]) -> Site:
    """Return the site without what these files (complete paths) say.

    Collections stay, because what lies in them has a parent to name.
    """
    refused = set(paths)
    lost = {
        ref
        for ref, thing in site.things.items()
        if thing.kind != "collection" and thing.spot.path in refused
    }
    kept: dict[Ref, Thing] = {}
    for ref, thing in site.things.items():
        if isinstance(thing, ExternalPage) and Ref("source", thing.source) in lost:
            continue
        if ref not in lost:
            kept[ref] = _partly(thing, refused)
    return replace(site, things=kept)


def _partly(thing: Thing, refused: set[str]) -> Thing:
    if not isinstance(thing, Article):
        return thing
    versions = thing.translations.items()
    kept = {locale: each for locale, each in versions if each.spot.path not in refused}
    return replace(thing, translations=kept) if len(kept) < len(versions) else thing


def title_of_folder(folder: str) -> str:
    """`getting-started` → "Getting started"."""
    words = " ".join(folder.rpartition("/")[2].replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class _Maker:
    plan: Outline
    texts: Texts
    folder: str
    taken: frozenset[Ref]

    def things(self) -> Iterator[Thing]:
        for folder, indexes in self.plan.collections.items():
            yield self.collection(folder, indexes)
        for stem, versions in self.plan.articles.items():
            if not versions[self.plan.default_locale].document.broken:
                yield self.article(stem, versions)
        for stem, place in self.plan.sources.items():
            yield self.source(stem, place)
        for place in self.plan.pages:
            if not place.document.broken:
                yield self.page(place)

    def spot(self, place: Place) -> Spot:
        return Spot(full_path(self.folder, place.document.path))

    def collection(self, folder: str, indexes: ByLocale) -> Collection:
        default = self.plan.default_locale
        titles = {default: title_of_folder(folder)} | {
            locale: index.document.title
            for locale, index in indexes.items()
            if index.document.title
        }
        index = indexes.get(default)
        meta = index.meta if index else None
        return Collection(
            key=self.plan.names["collection", folder],
            parent=self.plan.folder_key(folder.rpartition("/")[0]),
            titles=titles,
            descriptions={
                locale: index.meta.description
                for locale, index in indexes.items()
                if index.meta.description and locale in titles
            },
            icon=meta.icon if meta else None,
            protect=bool(meta and meta.protect),
            was=self.former("collection", folder, meta.was if meta else ()),
            order=meta.order if meta else None,
            spot=self.spot(self.plan.firsts[folder]),
        )

    def article(self, stem: str, versions: ByLocale) -> Article:
        default = versions[self.plan.default_locale]
        in_order = [locale for locale in self.plan.locales if locale in versions]
        return Article(
            key=self.plan.names["article", stem],
            parent=self.plan.folder_key(default.folder),
            author=default.meta.author,
            translations={
                locale: self.translation(versions[locale])
                for locale in in_order
                if not versions[locale].document.broken
            },
            protect=bool(default.meta.protect),
            was=self.former("article", stem, default.meta.was),
            order=default.meta.order,
            spot=self.spot(default),
        )

    def translation(self, place: Place) -> Translation:
        document = place.document
        text = self.texts.linked[document.name]
        return Translation(
            title=document.title,
            description=place.meta.description,
            state=place.meta.state,
            body=text.html,
            lines=text.lines,
            source=document.digest,
            spot=self.spot(place),
            sections=document.sections,
            translated_from=place.meta.translated_from,
            marked_at=place.meta.lines.get("translated_from", 1),
        )

    def source(self, stem: str, place: Place) -> Source:
        return Source(
            key=self.plan.names["source", stem],
            url=place.meta.url,
            active=place.meta.active is not False,
            protect=bool(place.meta.protect),
            was=tuple(Key(key) for key in place.meta.was),
            spot=self.spot(place),
        )

    def page(self, place: Place) -> ExternalPage:
        document, meta = place.document, place.meta
        text = self.texts.linked[document.name]
        return ExternalPage(
            key=self.plan.ref_of(place).key,
            source=self.plan.source_of(place),
            locale=place.locale,
            external_id=self.plan.external_id_of(place),
            url=meta.url,
            title=document.title,
            body=text.html,
            fin=meta.fin,
            protect=bool(meta.protect),
            was=tuple(Key(f"{former}:{place.locale}") for former in meta.was),
            lines=text.lines,
            text=document.digest,
            spot=self.spot(place),
        )

    def former(self, kind: Kind, stem: str, own: tuple[str, ...]) -> tuple[Key, ...]:
        """Return former keys: its own, then what its folders' former keys make of its path.

        What has a pinned key never had its path for one, and what only a folder implies
        gives way to a thing that has the key.
        """
        pinned = self.plan.names[kind, stem] != stem
        keys: dict[str, None] = dict.fromkeys(own)
        folder = "" if pinned else stem.rpartition("/")[0]
        while folder:
            for former in self._former_folders(folder):
                key = Key(former + stem[len(folder) :])
                if Ref(kind, key) not in self.taken:
                    keys.setdefault(key)
            folder = folder.rpartition("/")[0]
        return tuple(Key(key) for key in keys)

    def _former_folders(self, folder: str) -> tuple[str, ...]:
        index = self.plan.collections.get(folder, {}).get(self.plan.default_locale)
        return index.meta.was if index else ()
