"""The content folder as it was read last, and how to read only what changed since.

Most saves change the text of one file and nothing that another file could notice: no key, no
heading, no state. Then that text is read, linked and looked at by itself, by the same
functions, and takes the place of the old one. Whatever else changes, everything is read anew
(unchanged files come from memory).
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

from publisher.body.findings import REFUSED
from publisher.model import (
    Article,
    Asset,
    ContentRules,
    Digest,
    ExternalPage,
    Key,
    Locale,
    Problem,
    Ref,
    Site,
    Source,
    Thing,
    digest,
)
from publisher.source import cache as kept
from publisher.source import files, ignoring
from publisher.source.agreement import disagreements
from publisher.source.beside import Around, Uses, lint_beside, shown_by, uses_of
from publisher.source.digests import Assets, assets_of
from publisher.source.document import Document, broken, compile_document
from publisher.source.files import Found, Tree
from publisher.source.freshness import judged, missing_translations
from publisher.source.ignoring import Ignores
from publisher.source.leading import redirects_of
from publisher.source.links import Index, Linked, is_relative, link
from publisher.source.lint import lint_texts, lint_whole
from publisher.source.memory import Memory
from publisher.source.outline import Outline, outline
from publisher.source.parity import disparities
from publisher.source.place import is_left_out
from publisher.source.presence import ignores_below, unread
from publisher.source.privacy import masked
from publisher.source.rules import Finding, did_you_mean, full_path, settle, severity_of
from publisher.source.site import Texts, build, index_of, without
from publisher.source.unaffected import Declared

SHOWN = REFUSED | {
    "anchor-unresolved",
    "asset-missing",
    "link-outside",
    "link-unresolved",
    "translation-stale",
}
"""What a preview shows all the same: the rest of the text is as good as any."""
Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The content folder as it stands.

    problems  by file and line, graded as the configuration says. With an error among them,
              `site` lacks what the file in question says.
    digest    of all texts, and of all images that they show; how lines end does not count.
    files     Markdown files found. parsed: those that were not in the cache.
    stems     of every thing: its path below the locale folder, without suffix. Its key, unless
              that is pinned (a page's key names its locale as well). Below fin/: with its source.
    files_of  of every thing: its files by locale, below the content folder, as on disk. A
              source's is under the default locale; a collection without an _index.md has none.
    ignores   what comments silence, by complete path; heeded in `problems` already.
    """

    site: Site
    problems: Problems
    digest: Digest
    files: int
    parsed: int
    stems: Mapping[Ref, str] = field(default_factory=dict)
    files_of: Mapping[Ref, Mapping[Locale, str]] = field(default_factory=dict)
    ignores: Mapping[str, Ignores] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Where:
    """What a folder is read with; `preview`: what is wrong with a link does not refuse its file.

    folder  the paths of all spots begin with it, spelt as given.
    cache   a folder of ours that may be deleted at any time; None: compile everything.
    """

    folder: Path
    rules: ContentRules
    cache: Path | None = None
    preview: bool = False

    @property
    def name(self) -> str:
        """The folder as a user spells it."""
        return self.folder.as_posix()

    def settled(self, found: Iterable[Finding]) -> Problems:
        """Grade findings whose paths are below the folder."""
        return settle(found, self.rules, self.name)

    def judged(self, site: Site) -> Site:
        """Say of each translation what of its source changed since it was marked."""
        return judged(site, self.rules, Declared(self.folder, self.rules).steps)

    def refuses(self, problem: Problem) -> bool:
        """Whether it keeps its file out of the site."""
        return problem.severity == "error" and not (self.preview and problem.rule in SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was read, and what it was made of.

    shelf       where compiled documents are kept between runs.
    documents   by path, as compiled.
    of_whole    what is wrong that only shows when everything is together, or lies in no text.
    of_beside   what is wrong with texts and images beside each other.
    of_texts    what is wrong in a text by itself, by complete path.
    uses        what each text leads to and shows, by name.

    What is ignored is among all these; it is left out of what was loaded.
    """

    where: Where
    shelf: kept.Shelf
    loaded: Loaded
    tree: Tree
    documents: Mapping[str, Document]
    plan: Outline
    index: Index
    of_whole: Problems
    of_beside: Problems
    of_texts: Mapping[str, Problems]
    uses: Uses

    def says_what(self, other: Standing) -> bool:
        """Whether it holds the same texts and images, however often they were saved since."""
        mine, theirs = self.loaded, other.loaded
        return (
            mine.problems == theirs.problems
            and mine.site.assets == theirs.site.assets
            and self.documents.keys() == other.documents.keys()
            and all(one.digest == other.documents[p].digest for p, one in self.documents.items())
        )


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let the garbage collector rest: it would look again and again at all that was read."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collecting()
def read(
    where: Where, drafts: Mapping[str, bytes | None], memory: Memory | None = None
) -> Standing:
    """Read all of the folder; unchanged files come from `memory`."""
    tree = files.walk(where.folder, drafts)
    shelf = kept.shelf(where.cache, where.rules)
    reading = _Reading(where, shelf, memory)
    documents = [reading.document(found) for found in tree.markdown]
    if memory is None:
        kept.sweep(shelf, reading.used)
    plan, misplaced = outline(documents, where.rules)
    missed = unread(documents, [*tree.findings, *misplaced], where.rules)
    whole = [*tree.findings, *misplaced, *disagreements(plan)]
    if not documents and not tree.findings:
        whole.append(Finding("content-empty", "", "There is no Markdown here.", "Write some."))
    redirects, misled = redirects_of(tree, plan, where.rules, where.name)
    whole += misled
    own = [found for one in documents for found in _own_findings(one, where.rules)]
    whole, own = _without_echoes(whole, own, where.rules)
    said = _ignores(documents, where.rules)
    assets = assets_of(tree.others, where.cache)
    refused = _refused_files(ignoring.unsilenced([*whole, *own], said), where.rules)
    index = _index(plan, refused, assets, marks=where.preview)
    linked = _linked(plan, index)
    assets.keep()
    shown = {asset.token: asset for one in linked.values() for asset in one.assets}
    site = where.judged(build(plan, Texts(linked, shown), where.rules, where.name))
    own += [found for one in linked.values() for found in one.findings]
    own += disparities(plan, linked)
    uses = _uses(plan, linked, documents)
    found = [*lint_whole(site), *missing_translations(site, where.rules)]
    of_whole = (*where.settled(whole), *settle(found, where.rules))
    of_texts = _by_path([*where.settled(own), *settle(lint_texts(site, where.rules), where.rules)])
    ignores = ignoring.by_path(said, where.name)
    known = _told([of_whole, *of_texts.values()], ignores, where.rules)
    sound = without(site, _refusing(known, where))
    of_beside = _beside(where, sound, Around(uses, tree.others, documents, where.name))
    problems = _told([of_whole, of_beside, *of_texts.values()], ignores, where.rules)
    refusing = _refusing(problems, where)
    lost = {full_path(where.name, path) for path in missed} | (refusing if where.preview else set())
    loaded = Loaded(
        site=replace(
            without(site, refusing),
            unread=tuple(sorted(lost)),
            redirects=redirects,
            ignores=ignores_below(where.folder, tree),
        ),
        problems=problems,
        digest=_digest(documents, shown.values()),
        files=len(tree.markdown),
        parsed=reading.parsed,
        stems=plan.stems(),
        files_of=plan.files(),
        ignores=ignores,
    )
    return Standing(
        where=where,
        shelf=shelf,
        loaded=loaded,
        tree=tree,
        documents={each.path: each for each in documents},
        plan=plan,
        index=index,
        of_whole=of_whole,
        of_beside=of_beside,
        of_texts=of_texts,
        uses=uses,
    )


def reread(
    standing: Standing, changed: Collection[Found], memory: Memory
) -> tuple[Standing, frozenset[Ref]] | None:
    """Read these Markdown files again; returns what stands now, and the things they are part of.

    None: something changed that other files may notice, so that all has to be read.
    """
    where = standing.where
    reading = _Reading(where, standing.shelf, memory)
    read_again = [reading.document(found) for found in changed]
    fresh = {one.path: one for one in read_again if not _is_known(standing, one)}
    if not fresh:
        return standing, frozenset()
    if not all(_is_face_kept(standing, path, new) for path, new in fresh.items()):
        return None
    documents = {**standing.documents, **fresh}
    index = _with_headings(standing, fresh.values())
    touched = {one.name for one in fresh.values()}
    touched |= _leading_there(standing, fresh.values(), documents) if index else set()
    refs = frozenset(standing.plan.refs[name][0] for name in touched)
    if not refs <= standing.loaded.files_of.keys():
        return None  # a file that is no thing now, such as a page whose source has gone
    part = _part(standing, refs, documents, index or standing.index)
    ignores = _ignores_now(standing, fresh.values())
    of_whole = [e for e in standing.of_whole if e.spot and e.spot.path in part.problems]
    found = ignoring.heeded([*of_whole, *chain.from_iterable(part.problems.values())], ignores)
    if any(map(where.refuses, found)) or not refs <= part.site.things.keys():
        return None
    if _withheld(refs, part.site) != _withheld(refs, standing.loaded.site):
        return None
    old = standing.loaded
    of_texts = {**standing.of_texts, **part.problems}
    site = replace(
        old.site,
        things={**old.site.things, **{ref: part.site.things[ref] for ref in refs}},
        assets={**old.site.assets, **part.site.assets},
        headings=index.headings if index else old.site.headings,
    )
    uses = {**standing.uses, **part.uses}
    of_beside = standing.of_beside
    if _is_told_apart_otherwise(standing, fresh.values(), uses):
        around = Around(uses, standing.tree.others, documents.values(), where.name)
        of_beside = _beside(where, site, around)
    if any(map(where.refuses, {*of_beside, *standing.of_beside})):
        return None
    problems = _told([standing.of_whole, of_beside, *of_texts.values()], ignores, where.rules)
    chained = "\0".join([old.digest, *(f"{one.name}\0{one.digest}" for one in fresh.values())])
    loaded = replace(
        old,
        site=site,
        problems=problems,
        ignores=ignores,
        digest=digest(chained),
        parsed=reading.parsed,
    )
    now = replace(
        standing,
        loaded=loaded,
        documents=documents,
        index=index or standing.index,
        of_beside=of_beside,
        of_texts=of_texts,
        uses=uses,
    )
    return now, refs


# One file --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reading:
    """Reads files one after the other. State: how many were compiled, and what of the cache."""

    where: Where
    shelf: kept.Shelf
    memory: Memory | None
    parsed: int = 0
    used: set[Path] = field(default_factory=set)

    def document(self, found: Found) -> Document:
        known = self.memory.get(found) if self.memory is not None else None
        if known is not None:
            return known
        raw = files.read(found)
        if isinstance(raw, Finding):
            return broken(found.path, found.name, digest(str(found.size)), raw)
        document = self._compiled(found, raw)
        if self.memory is not None:
            self.memory.keep(found, document)
        return document

    def _compiled(self, found: Found, raw: bytes) -> Document:
        place = self.shelf.place(found, raw)
        document = kept.get(place)
        if document is None:
            document = compile_document(found.path, found.name, raw, self.where.rules)
            kept.put(place, document)
            self.parsed += 1
        self.used |= {place} if place else set()
        return document


def _own_findings(document: Document, rules: ContentRules) -> tuple[Finding, ...]:
    """What is wrong inside a file; nothing, where the file is no content here."""
    return () if is_left_out(document.name, rules) else document.findings


def _without_echoes(
    whole: list[Finding], own: list[Finding], rules: ContentRules
) -> tuple[list[Finding], list[Finding]]:
    """Leave out that a title is missing where a mistyped `title:` is an error already."""
    meant = did_you_mean("title", ("title",))
    mistyped = {
        each.path
        for each in (*whole, *own)
        if (each.rule, each.advice) == ("frontmatter-unknown-key", meant)
        and severity_of(each, rules) == "error"
    }

    def said(found: list[Finding]) -> list[Finding]:
        return [e for e in found if e.rule != "title-missing" or e.path not in mistyped]

    return said(whole), said(own)


def _refused_files(found: Iterable[Finding], rules: ContentRules) -> set[str]:
    return {each.path for each in found if severity_of(each, rules) == "error"}


def _index(plan: Outline, refused: set[str], assets: Assets, *, marks: bool) -> Index:
    """Return what links can lead to.

    A link to a file that is refused is not wrong as well; one to a file that is merely left
    out would lead nowhere.
    """
    there = {place.document.name for place in plan.texts()}
    there |= {place.document.name for place in plan.placed if place.document.path in refused}
    return index_of(plan, there, assets.at, marks=marks)


def _linked(plan: Outline, index: Index) -> dict[str, Linked]:
    linked = {}
    for place in plan.texts():
        ref, locale = plan.refs[place.document.name]
        linked[place.document.name] = link(place.document, ref, locale, index)
    return linked


# What concerns others -------------------------------------------------------------------------


def _uses(
    plan: Outline, linked: Mapping[str, Linked], documents: Iterable[Document] = ()
) -> dict[str, frozenset[str]]:
    """What each text shows and leads to; those that are not published only show."""
    uses = {name: uses_of(one, plan.refs[name][0].key) for name, one in linked.items()}
    others = (one for one in documents if one.name not in linked)
    return uses | {one.name: shown_by(one, plan.default_locale) for one in others if one.links}


def _ignores(documents: Iterable[Document], rules: ContentRules) -> dict[str, Ignores]:
    there = (one for one in documents if one.ignores and not is_left_out(one.name, rules))
    return {one.path: one.ignores for one in there}


def _ignores_now(standing: Standing, fresh: Iterable[Document]) -> dict[str, Ignores]:
    where, fresh = standing.where, tuple(fresh)
    again = {full_path(where.name, one.path) for one in fresh}
    kept = {path: said for path, said in standing.loaded.ignores.items() if path not in again}
    return kept | ignoring.by_path(_ignores(fresh, where.rules), where.name)


def _is_told_apart_otherwise(standing: Standing, fresh: Iterable[Document], uses: Uses) -> bool:
    """Whether texts have other titles, or lead elsewhere, than before."""
    return uses != standing.uses or any(
        one.title != standing.documents[one.path].title for one in fresh
    )


# A part of the folder ---------------------------------------------------------------------------


def _is_known(standing: Standing, document: Document) -> bool:
    old = standing.documents.get(document.path)
    return old is not None and old.digest == document.digest


def _is_face_kept(standing: Standing, path: str, new: Document) -> bool:
    """Whether no other file, and nothing but texts, can notice what changed in a file."""
    old = standing.documents.get(path)
    if old is None or old.name not in standing.plan.refs:
        return False
    ref, _ = standing.plan.refs[old.name]
    if ref.kind not in ("article", "page") or ref not in standing.loaded.site.things:
        return False
    return _face(old) == _face(new)


def _withheld(refs: Iterable[Ref], site: Site) -> set[tuple[Ref, Locale]]:
    """Translations that readers do not get: whatever links to one can notice."""
    things = ((ref, site.things[ref]) for ref in refs)
    return {
        (ref, locale)
        for ref, thing in things
        if isinstance(thing, Article)
        for locale, text in thing.translations.items()
        if text.is_withheld
    }


def _face(document: Document) -> tuple[object, ...]:
    meta = replace(document.meta, title="", description="")
    return (meta, document.broken, document.has_text, bool(document.html))


def _with_headings(standing: Standing, fresh: Iterable[Document]) -> Index | None:
    """The index with other headings; None where they are what they were."""
    changed = [one for one in fresh if one.headings != standing.documents[one.path].headings]
    headings: dict[tuple[Key, Locale], Mapping[str, str]] = dict(standing.index.headings)
    for one in changed:
        ref, locale = standing.plan.refs[one.name]
        headings[ref.key, locale] = {each.slug: each.id for each in reversed(one.headings)}
    return replace(standing.index, headings=headings) if changed else None


def _leading_there(
    standing: Standing, fresh: Iterable[Document], documents: Mapping[str, Document]
) -> set[str]:
    """Files with a link to a heading of something of that name: they may lead elsewhere now."""
    names = {_last(one.name) for one in fresh}
    return {
        one.name
        for one in documents.values()
        if one.name in standing.plan.refs
        for each in one.links
        if "#" in each.url and is_relative(each.url) and _last(each.url.partition("#")[0]) in names
    }


def _last(path: str) -> str:
    return unquote(path).rpartition("/")[2].removesuffix(".md")


@dataclass(frozen=True, slots=True)
class _Part:
    site: Site
    problems: Mapping[str, Problems]
    uses: Uses


def _part(
    standing: Standing, refs: frozenset[Ref], documents: Mapping[str, Document], index: Index
) -> _Part:
    """Make some things by themselves, out of the files that they and their folders are of."""
    where, plan = standing.where, standing.plan
    files_of = standing.loaded.files_of
    mine = [documents[path] for ref in sorted(refs) for path in files_of[ref].values()]
    above = _above(refs, standing.loaded.site)
    around = [documents[path] for ref in above for path in files_of.get(ref, {}).values()]
    small, _ = outline([*mine, *around], where.rules)
    linked = {one.name: link(one, *plan.refs[one.name], index) for one in mine if not one.broken}
    shown: dict[str, Asset] = {a.token: a for one in linked.values() for a in one.assets}
    built = build(small, Texts({**_none(small), **linked}, shown), where.rules, where.name)
    things = {ref: built.things[ref] for ref in refs if ref in built.things}
    built = where.judged(replace(built, things=things))
    found = [each for one in mine for each in _own_findings(one, where.rules)]
    found += [each for one in linked.values() for each in one.findings]
    found += disparities(small, linked)
    problems = [*where.settled(found), *settle(lint_texts(built, where.rules), where.rules)]
    by_path = {full_path(where.name, one.path): () for one in mine} | _by_path(problems)
    return _Part(built, by_path, _uses(plan, linked))


def _above(refs: Iterable[Ref], site: Site) -> list[Ref]:
    """The collections that things stand in, up to the top, and the sources of pages."""
    found: dict[Ref, None] = {}
    rising = list(refs)
    while rising:
        thing = site.things.get(rising.pop())
        home = _home(thing) if thing else None
        if home is not None and home not in found:
            found[home] = None
            rising.append(home)
    return list(found)


def _home(thing: Thing) -> Ref | None:
    if isinstance(thing, ExternalPage):
        return Ref("source", thing.source)
    parent = None if isinstance(thing, Source) else thing.parent
    return Ref("collection", parent) if parent else None


def _none(plan: Outline) -> dict[str, Linked]:
    """Of what is around, no text is looked at."""
    return {place.document.name: Linked(html="", lines=()) for place in plan.texts()}


# Problems ---------------------------------------------------------------------------------------


def _by_path(problems: Iterable[Problem]) -> dict[str, Problems]:
    found: dict[str, list[Problem]] = {}
    for each in problems:
        found.setdefault(each.spot.path if each.spot else "", []).append(each)
    return {path: tuple(each) for path, each in found.items()}


def _beside(where: Where, site: Site, around: Around) -> Problems:
    return settle(lint_beside(site, around), where.rules)


def _refusing(problems: Iterable[Problem], where: Where) -> set[str]:
    return {each.spot.path for each in problems if each.spot and where.refuses(each)}


def _told(
    groups: Iterable[Iterable[Problem]], ignores: Mapping[str, Ignores], rules: ContentRules
) -> Problems:
    """All problems in order, without those that are ignored."""
    problems = _in_order(*chain.from_iterable(groups))
    if ignores:
        useless = ignoring.unused(problems, ignores, rules)
        problems = _in_order(*ignoring.heeded([*problems, *useless], ignores))
    return masked(problems)


def _in_order(*problems: Problem) -> Problems:
    def place(problem: Problem) -> tuple[str, int, str, str]:
        path, line = (problem.spot.path, problem.spot.line) if problem.spot else ("", 0)
        return path, line, problem.rule, problem.what

    return tuple(sorted(dict.fromkeys(problems), key=place))


def _digest(documents: Iterable[Document], assets: Iterable[Asset]) -> Digest:
    lines = [f"{document.name}\0{document.digest}" for document in documents]
    return digest("\n".join(lines + sorted(f"{asset.path}\0{asset.digest}" for asset in assets)))


__all__ = ["Loaded", "Standing", "Where", "read", "reread"]
