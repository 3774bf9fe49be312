"""Read only what changed since.

Most saves change the text of one file and nothing that another file could notice: no key, no
heading, no state. Then that text is read, linked and looked at by itself, by the same
functions, and takes the place of the old one. Whatever else changes, everything is read anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from urllib.parse import unquote

from publisher.model import (
    Article,
    Asset,
    ExternalPage,
    Key,
    Locale,
    Ref,
    Site,
    Source,
    Thing,
    digest,
)
from publisher.source import ignoring
from publisher.source.beside import Around, Uses
from publisher.source.document import Document
from publisher.source.files import Found
from publisher.source.gathering import (
    by_path,
    gathered,
    ignores_in,
    own_findings,
    said_beside,
    uses_in,
)
from publisher.source.ignoring import Ignores
from publisher.source.links import Index, Linked, is_relative, link
from publisher.source.lint import lint_texts
from publisher.source.memory import Memory
from publisher.source.outline import Outline, outline
from publisher.source.parity import disparities
from publisher.source.reading import Reading
from publisher.source.rules import full_path, settle
from publisher.source.site import Texts, build
from publisher.source.standing import Problems, Standing


def reread(
    standing: Standing, changed: Collection[Found], memory: Memory
) -> tuple[Standing, frozenset[Ref]] | None:
    """Read these Markdown files again; returns what stands now, and the things they are part of.

    None: something changed that other files may notice, so that all has to be read.
    """
    where = standing.where
    reading = Reading(where, standing.shelf, memory)
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
        of_beside = said_beside(where, site, around)
    if any(map(where.refuses, {*of_beside, *standing.of_beside})):
        return None
    problems = gathered([standing.of_whole, of_beside, *of_texts.values()], ignores, where.rules)
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


def _ignores_now(standing: Standing, fresh: Iterable[Document]) -> dict[str, Ignores]:
    where, fresh = standing.where, tuple(fresh)
    again = {full_path(where.name, one.path) for one in fresh}
    kept = {path: said for path, said in standing.loaded.ignores.items() if path not in again}
    return kept | ignoring.by_path(ignores_in(fresh, where.rules), where.name)


def _is_told_apart_otherwise(standing: Standing, fresh: Iterable[Document], uses: Uses) -> bool:
    """Whether texts have other titles, or lead elsewhere, than before."""
    return uses != standing.uses or any(
        one.title != standing.documents[one.path].title for one in fresh
    )


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
    found = [each for one in mine for each in own_findings(one, where.rules)]
    found += [each for one in linked.values() for each in one.findings]
    found += disparities(small, linked)
    problems = [*where.settled(found), *settle(lint_texts(built, where.rules), where.rules)]
    found_in = {full_path(where.name, one.path): () for one in mine} | by_path(problems)
    return _Part(built, found_in, uses_in(plan, linked))


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
