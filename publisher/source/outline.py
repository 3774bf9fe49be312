"""What there will be: key and parent of every thing, and which files it is made of.

All of it follows from paths and frontmatter alone, before any text is looked at, so
that links can be resolved against it and two articles may link to each other. Pure.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from publisher.model import LOCALES, ContentRules, Key, Kind, Locale, Ref
from publisher.source.document import Document
from publisher.source.place import Place, both, places
from publisher.source.rules import Finding, did_you_mean

DEEPEST = 3
"""Levels of collections. Source: Intercom, Help Center: collections nest three deep."""
ALIKE = 0.8
"""How much of two names must agree for one to be a slip of the other, from 0 to 1."""

ByLocale = Mapping[Locale, Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What there will be, before any text is looked at. Keys of the mappings are stems.

    articles     only those with a file in the default locale.
    collections  every folder of the default locale; its `_index.md` files, which may be none.
    names        (kind, stem) → key.
    placed       every file that has a place, also those that will not become anything.
    refs         file → what a link to it means, and its locale; of all that are placed.
    """

    default_locale: Locale
    locales: tuple[Locale, ...]
    articles: Mapping[str, ByLocale]
    collections: Mapping[str, ByLocale]
    sources: Mapping[str, Place]
    pages: tuple[Place, ...]
    firsts: Mapping[str, Place]
    names: Mapping[tuple[Kind, str], Key]
    placed: tuple[Place, ...]
    refs: Mapping[str, tuple[Ref, Locale]]

    def texts(self) -> Iterator[Place]:
        """Every file whose body will be published; of broken ones and their like, none."""
        for versions in self.articles.values():
            if not versions[self.default_locale].document.broken:
                yield from (each for each in versions.values() if not each.document.broken)
        yield from (page for page in self.pages if not page.document.broken)

    def stems(self) -> dict[Ref, str]:
        """Return the path stem of every thing below the locale folder; its key may be pinned."""
        stems: dict[Ref, str] = {}
        for (kind, stem), key in self.names.items():
            stems.setdefault(Ref(kind, key), stem)
        for place in self.pages:
            stems.setdefault(self.ref_of(place), place.stem)
        return stems

    def files(self) -> dict[Ref, dict[Locale, str]]:
        """Return the files every thing is made of, as on disk; a mere folder has none."""
        kinds: tuple[tuple[Kind, Mapping[str, ByLocale]], ...] = (
            ("article", self.articles),
            ("collection", self.collections),
            ("source", {stem: {one.locale: one} for stem, one in self.sources.items()}),
        )
        files: dict[Ref, dict[Locale, str]] = {}
        for kind, by_stem in kinds:
            for stem, versions in by_stem.items():
                paths = {locale: place.document.path for locale, place in versions.items()}
                files.setdefault(Ref(kind, self.names[kind, stem]), paths)
        for place in self.pages:
            files.setdefault(self.ref_of(place), {place.locale: place.document.path})
        return files

    def claims(self) -> Iterator[tuple[Ref, Place]]:
        """Every thing there will be, with the file that speaks for it."""
        for stem, versions in self.articles.items():
            yield Ref("article", self.names["article", stem]), versions[self.default_locale]
        for folder, place in self.firsts.items():
            yield Ref("collection", self.names["collection", folder]), place
        for stem, place in self.sources.items():
            yield Ref("source", self.names["source", stem]), place
        for place in self.pages:
            yield self.refs[place.document.name][0], place

    def ref_of(self, place: Place) -> Ref:
        """Return what a link to a placed file means."""
        return self.refs[place.document.name][0]

    def source_of(self, page: Place) -> Key:
        """Return the key of the source that an external page belongs to."""
        return self.names["source", page.stem.partition("/")[0]]

    def external_id_of(self, page: Place) -> str:
        """Return what Intercom knows an external page by: its key, unless its author says."""
        return page.meta.external_id or self.ref_of(page).key

    @staticmethod
    def address_of(source: Place) -> str:
        """Return the address of a source as it is compared, without a slash at the end."""
        return source.meta.url.rstrip("/")

    def folder_key(self, folder: str) -> Key | None:
        """Return the key of a folder's collection."""
        return self.names.get(("collection", folder))


def outline(documents: Iterable[Document], rules: ContentRules) -> tuple[Outline, list[Finding]]:
    """Say of every file what it is; files that can be nothing are findings."""
    placed, findings = places(documents, rules)
    placed, repeated = _claimed_once(placed)
    placed, deep = _shallow(placed)
    findings += [*repeated, *deep]
    by_stem = _grouped(placed)
    default = rules.default_locale
    kept, orphans = _with_source(by_stem["article"], placed, default)
    pages, homeless = _with_a_source(placed)
    sources = {place.stem: place for place in placed if _is_fit_source(place)}
    firsts = _firsts(placed, default)
    findings += [*orphans, *homeless]
    folders = {folder: by_stem["collection"].get(folder, {}) for folder in firsts}
    names = _names(kept, folders, sources, default)
    return Outline(
        default_locale=default,
        locales=_locales(placed, rules),
        articles=kept,
        collections=folders,
        sources=sources,
        pages=pages,
        firsts=firsts,
        names=names,
        placed=tuple(placed),
        refs={place.document.name: (_ref(place, names), place.locale) for place in placed},
    ), findings


def _claimed_once(placed: list[Place]) -> tuple[list[Place], list[Finding]]:
    """Keep one of files that are the same in NFC, or differ only in how .md is spelt."""
    kept: dict[tuple[str, Locale, str], Place] = {}
    findings: list[Finding] = []
    for place in placed:
        kind = "article" if place.role == "translation" else place.role
        other = kept.setdefault((kind, place.locale, place.stem), place)
        if other is not place:
            findings += both(other, place, place.stem)
    return list(kept.values()), findings


def _shallow(placed: list[Place]) -> tuple[list[Place], list[Finding]]:
    kept: list[Place] = []
    deep: dict[str, Finding] = {}
    for place in placed:
        folder = place.stem if place.role == "collection" else place.folder
        if place.role in ("source", "page") or folder.count("/") < DEEPEST:
            kept.append(place)
            continue
        what = f"The folder `{folder}` is {folder.count('/') + 1} deep; it is left out."
        advice = f"Move it up: Intercom nests collections {DEEPEST} deep."
        deep.setdefault(f"{place.locale}/{folder}", place.finding("too-deep", what, advice))
    return kept, list(deep.values())


def _grouped(placed: Iterable[Place]) -> dict[str, dict[str, dict[Locale, Place]]]:
    by_stem: dict[str, dict[str, dict[Locale, Place]]] = {"article": {}, "collection": {}}
    for place in placed:
        kind = "article" if place.role == "translation" else place.role
        if kind in by_stem:
            by_stem[kind].setdefault(place.stem, {})[place.locale] = place
    return by_stem


def _with_source(
    by_stem: Mapping[str, ByLocale], placed: Iterable[Place], default: Locale
) -> tuple[dict[str, ByLocale], list[Finding]]:
    kept = {stem: versions for stem, versions in by_stem.items() if default in versions}
    folders = set(_firsts(placed, default))
    findings: list[Finding] = []
    for place in placed:
        known: Iterable[str] = folders if place.role == "collection" else kept
        if place.role in ("translation", "collection") and place.stem not in known:
            missing = place.document.name.replace(f"{place.locale}/", f"{default}/", 1)
            what = f"There is no {missing} that this could translate; it is left out."
            advice = did_you_mean(place.stem, _namesakes(place.stem, known))
            findings.append(place.finding("translation-without-source", what, advice))
    return kept, findings


def _namesakes(stem: str, stems: Iterable[str]) -> list[str]:
    """Return stems of the same name, or of the same folder and nearly this name.

    Names are compared without their folder, which alone would make any two of it alike.
    """
    folder, _, name = stem.rpartition("/")
    parts = [(other, *other.rpartition("/")[::2]) for other in stems]
    beside = {
        other_name: other for other, other_folder, other_name in parts if folder == other_folder
    }
    close = difflib.get_close_matches(name, beside, n=1, cutoff=ALIKE)
    return [beside[each] for each in close] or [
        other for other, _, other_name in parts if other_name == name
    ]


def _is_fit_source(place: Place) -> bool:
    return place.role == "source" and bool(place.meta.url) and not place.document.broken


def _with_a_source(placed: Iterable[Place]) -> tuple[tuple[Place, ...], list[Finding]]:
    sources = {place.stem: place for place in placed if place.role == "source"}
    pages: list[Place] = []
    findings = {
        stem: place.finding("source-without-url", "There is no `url:`.", "Fin needs an address.")
        for stem, place in sources.items()
        if not _is_fit_source(place) and not place.document.broken
    }
    for place in placed:
        source = place.stem.partition("/")[0]
        if place.role != "page":
            continue
        if source not in sources:
            what = f"There is no fin/{source}/_source.md, so these pages are left out."
            advice = "Write one with `url: https://…`, the address that the pages belong to."
            findings.setdefault(source, place.finding("source-missing", what, advice))
        elif _is_fit_source(sources[source]):
            pages.append(place)
    return tuple(pages), list(findings.values())


def _firsts(placed: Iterable[Place], default: Locale) -> dict[str, Place]:
    """Return every folder of the default locale with the file that stands for it."""
    firsts: dict[str, Place] = {}
    for place in placed:
        if place.locale != default or place.role not in ("article", "collection"):
            continue
        folder = place.stem if place.role == "collection" else place.folder
        while folder:
            firsts.setdefault(folder, place)
            folder = folder.rpartition("/")[0]
        if place.role == "collection":
            firsts[place.stem] = place
    return dict(sorted(firsts.items()))


def _names(
    articles: Mapping[str, ByLocale],
    folders: Mapping[str, ByLocale],
    sources: Mapping[str, Place],
    default: Locale,
) -> dict[tuple[Kind, str], Key]:
    names: dict[tuple[Kind, str], Key] = {}
    for stem, versions in articles.items():
        names["article", stem] = Key(versions[default].meta.key or stem)
    for folder, indexes in folders.items():
        pinned = indexes[default].meta.key if default in indexes else None
        names["collection", folder] = Key(pinned or folder)
    for stem, place in sources.items():
        names["source", stem] = Key(place.meta.key or stem)
    return names


def _ref(place: Place, names: Mapping[tuple[Kind, str], Key]) -> Ref:
    if place.role == "page":
        return Ref("page", Key(f"{place.meta.key or place.stem}:{place.locale}"))
    kind: Kind = "article" if place.role == "translation" else place.role
    return Ref(kind, names.get((kind, place.stem), Key(place.stem)))


def _locales(placed: Iterable[Place], rules: ContentRules) -> tuple[Locale, ...]:
    found = {place.locale for place in placed if place.role != "page"}
    listed = rules.locales or tuple(locale for locale in LOCALES if locale in found)
    if rules.default_locale in rules.locales:
        return listed
    return (rules.default_locale, *(each for each in listed if each != rules.default_locale))
