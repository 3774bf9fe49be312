"""THE REPOSITORY: a folder of Markdown becomes a Site.

`load` is the whole of it: walk, compile each file (or take it from the cache), say
what each file is, resolve links, build the nouns, look at the whole. Faults never
raise: a writer gets all of them at once, and what is sound is in the Site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.model import (
    NOTHING,
    Asset,
    ContentRules,
    Digest,
    Locale,
    Problem,
    Ref,
    Site,
    digest,
)
from publisher.source import cache as kept
from publisher.source import files
from publisher.source.agreement import disagreements
from publisher.source.digests import Assets, assets_of
from publisher.source.document import Document, broken, compile_document
from publisher.source.files import Found
from publisher.source.links import Index, Linked, link
from publisher.source.lint import lint
from publisher.source.memory import Memory
from publisher.source.outline import Outline, outline
from publisher.source.place import is_left_out
from publisher.source.presence import ignores_below, unread
from publisher.source.rules import (
    RULES,
    Finding,
    Rule,
    did_you_mean,
    full_path,
    settle,
    severity_of,
)
from publisher.source.site import Texts, build, index_of, without

__all__ = ["RULES", "Loaded", "Memory", "Rule", "load"]

LINKS = frozenset({"anchor-unresolved", "asset-missing", "link-outside", "link-unresolved"})
"""What a preview shows all the same, marked: the rest of the text is as good as any."""


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
    """

    site: Site
    problems: tuple[Problem, ...]
    digest: Digest
    files: int
    parsed: int
    stems: Mapping[Ref, str] = field(default_factory=dict)
    files_of: Mapping[Ref, Mapping[Locale, str]] = field(default_factory=dict)


def load(
    folder: Path,
    rules: ContentRules,
    *,
    cache: Path | None = None,
    drafts: Mapping[str, bytes | None] = NOTHING,
    memory: Memory | None = None,
) -> Loaded:
    """Read the content folder.

    folder  the paths of all spots begin with it, spelt as given.
    cache   a folder of ours that may be deleted at any time; None: compile everything.
    drafts  files as they would be, by path below the folder (in NFC), Markdown and assets
            alike: bytes stand for the file's own, None for its absence. The folder itself
            need not exist, and is not written to.
    memory  what an earlier call read, for a preview: only files that changed since are read,
            and what is wrong with a link does not keep its file out of the site.

    Raises nothing for anything that is in the folder or missing from it.
    """
    tree = files.walk(folder, drafts)
    documents, parsed = _documents(tree.markdown, rules, cache, memory)
    plan, misplaced = outline(documents, rules)
    missed = unread(documents, [*tree.findings, *misplaced], rules)
    found = [*tree.findings, *(each for one in documents for each in _own_findings(one, rules))]
    found = _without_echoes([*found, *misplaced, *disagreements(plan)], rules)
    if not documents and not tree.findings:
        found.append(Finding("content-empty", "", "There is no Markdown here.", "Write some."))
    assets = assets_of(tree.others, cache)
    index = _index(plan, _refused_files(found, rules), assets, marks=memory is not None)
    linked = _linked(plan, index)
    assets.keep()
    found += [each for one in linked.values() for each in one.findings]
    shown = {asset.token: asset for one in linked.values() for asset in one.assets}
    whole = build(plan, Texts(linked, shown), rules, folder.as_posix())
    problems = _in_order(*settle(found, rules, folder.as_posix()), *settle(lint(whole), rules))
    shown_anyway = LINKS if memory is not None else frozenset()
    refused = [e for e in problems if e.severity == "error" and e.rule not in shown_anyway]
    errors = {each.spot.path for each in refused if each.spot}
    left = {full_path(folder.as_posix(), path) for path in missed}
    site = replace(
        without(whole, errors),
        unread=tuple(sorted(left | errors if memory is not None else left)),
        ignores=ignores_below(folder, tree),
    )
    return Loaded(
        site=site,
        problems=problems,
        digest=_digest(documents, shown.values()),
        files=len(tree.markdown),
        parsed=parsed,
        stems=plan.stems(),
        files_of=plan.files(),
    )


def _documents(
    markdown: Iterable[Found], rules: ContentRules, cache: Path | None, memory: Memory | None
) -> tuple[list[Document], int]:
    shelf = kept.shelf(cache, rules)
    documents: list[Document] = []
    used: set[Path] = set()
    parsed = 0
    for found in markdown:
        known = memory.get(found) if memory is not None else None
        if known is not None:
            documents.append(known)
            continue
        raw = files.read(found)
        if isinstance(raw, Finding):
            documents.append(broken(found.path, found.name, digest(str(found.size)), raw))
            continue
        place = shelf.place(found, raw)
        document = kept.get(place)
        if document is None:
            document = compile_document(found.path, found.name, raw, rules)
            kept.put(place, document)
            parsed += 1
        documents.append(document)
        if memory is not None:
            memory.keep(found, document)
        used |= {place} if place else set()
    if memory is None:
        kept.sweep(shelf, used)
    return documents, parsed


def _own_findings(document: Document, rules: ContentRules) -> tuple[Finding, ...]:
    """What is wrong inside a file; nothing, where the file is no content here."""
    return () if is_left_out(document.name, rules) else document.findings


def _without_echoes(found: Iterable[Finding], rules: ContentRules) -> list[Finding]:
    """Leave out that a title is missing where a mistyped `title:` is an error already."""
    found = list(found)
    meant = did_you_mean("title", ("title",))
    mistyped = {
        each.path
        for each in found
        if (each.rule, each.advice) == ("frontmatter-unknown-key", meant)
        and severity_of(each, rules) == "error"
    }
    return [each for each in found if each.rule != "title-missing" or each.path not in mistyped]


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


def _in_order(*problems: Problem) -> tuple[Problem, ...]:
    def place(problem: Problem) -> tuple[str, int, str, str]:
        path, line = (problem.spot.path, problem.spot.line) if problem.spot else ("", 0)
        return path, line, problem.rule, problem.what

    return tuple(sorted(dict.fromkeys(problems), key=place))


def _digest(documents: Iterable[Document], assets: Iterable[Asset]) -> Digest:
    lines = [f"{document.name}\0{document.digest}" for document in documents]
    return digest("\n".join(lines + sorted(f"{asset.path}\0{asset.digest}" for asset in assets)))
