"""Read the whole content folder; unchanged files come from memory."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from publisher.model import Asset, ContentRules, Digest, digest
from publisher.source import cache as kept
from publisher.source import files, ignoring
from publisher.source.agreement import disagreements
from publisher.source.beside import Around
from publisher.source.digests import Assets, assets_of
from publisher.source.document import Document
from publisher.source.freshness import missing_translations
from publisher.source.gathering import (
    by_path,
    gathered,
    ignores_in,
    own_findings,
    refused_paths,
    said_beside,
    uses_in,
)
from publisher.source.leading import redirects_of
from publisher.source.links import Index, Linked, link
from publisher.source.lint import lint_texts, lint_whole
from publisher.source.memory import Memory
from publisher.source.outline import Outline, outline
from publisher.source.parity import disparities
from publisher.source.presence import ignores_below, unread
from publisher.source.reading import Reading
from publisher.source.rules import Finding, did_you_mean, full_path, settle, severity_of
from publisher.source.site import Texts, build, index_of, without
from publisher.source.standing import Loaded, Standing, Where


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
    reading = Reading(where, shelf, memory)
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
    own = [found for one in documents for found in own_findings(one, where.rules)]
    whole, own = _without_echoes(whole, own, where.rules)
    said = ignores_in(documents, where.rules)
    assets = assets_of(tree.others, where.cache)
    refused = _refused_files(ignoring.unsilenced([*whole, *own], said), where.rules)
    index = _index(plan, refused, assets, marks=where.preview)
    linked = _linked(plan, index)
    assets.keep()
    shown = {asset.token: asset for one in linked.values() for asset in one.assets}
    site = where.judged(build(plan, Texts(linked, shown), where.rules, where.name))
    own += [found for one in linked.values() for found in one.findings]
    own += disparities(plan, linked)
    uses = uses_in(plan, linked, documents)
    found = [*lint_whole(site), *missing_translations(site, where.rules)]
    of_whole = (*where.settled(whole), *settle(found, where.rules))
    of_texts = by_path([*where.settled(own), *settle(lint_texts(site, where.rules), where.rules)])
    ignores = ignoring.by_path(said, where.name)
    known = gathered([of_whole, *of_texts.values()], ignores, where.rules)
    sound = without(site, refused_paths(known, where))
    of_beside = said_beside(where, sound, Around(uses, tree.others, documents, where.name))
    problems = gathered([of_whole, of_beside, *of_texts.values()], ignores, where.rules)
    refusing = refused_paths(problems, where)
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


def _digest(documents: Iterable[Document], assets: Iterable[Asset]) -> Digest:
    lines = [f"{document.name}\0{document.digest}" for document in documents]
    return digest("\n".join(lines + sorted(f"{asset.path}\0{asset.digest}" for asset in assets)))
