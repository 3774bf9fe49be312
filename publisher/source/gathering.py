"""Findings of texts and of the whole become problems, each told once and in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from publisher.model import ContentRules, Problem, Site
from publisher.source import ignoring
from publisher.source.beside import Around, lint_beside, shown_by, uses_of
from publisher.source.document import Document
from publisher.source.ignoring import Ignores
from publisher.source.links import Linked
from publisher.source.outline import Outline
from publisher.source.place import is_left_out
from publisher.source.privacy import masked
from publisher.source.rules import Finding, settle
from publisher.source.standing import Problems, Where


def gathered(
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


def by_path(problems: Iterable[Problem]) -> dict[str, Problems]:
    """Problems by complete path, "" for those of no file."""
    found: dict[str, list[Problem]] = {}
    for each in problems:
        found.setdefault(each.spot.path if each.spot else "", []).append(each)
    return {path: tuple(each) for path, each in found.items()}


def said_beside(where: Where, site: Site, around: Around) -> Problems:
    """What is wrong with a text only because of what lies beside it."""
    return settle(lint_beside(site, around), where.rules)


def refused_paths(problems: Iterable[Problem], where: Where) -> set[str]:
    """The files that do not count, by complete path."""
    return {each.spot.path for each in problems if each.spot and where.refuses(each)}


def own_findings(document: Document, rules: ContentRules) -> tuple[Finding, ...]:
    """What is wrong inside a file; nothing, where the file is no content here."""
    return () if is_left_out(document.name, rules) else document.findings


def uses_in(
    plan: Outline, linked: Mapping[str, Linked], documents: Iterable[Document] = ()
) -> dict[str, frozenset[str]]:
    """What each text shows and leads to; those that are not published only show."""
    uses = {name: uses_of(one, plan.refs[name][0].key) for name, one in linked.items()}
    others = (one for one in documents if one.name not in linked)
    return uses | {one.name: shown_by(one, plan.default_locale) for one in others if one.links}


def ignores_in(documents: Iterable[Document], rules: ContentRules) -> dict[str, Ignores]:
    """What comments in files silence, by path."""
    there = (one for one in documents if one.ignores and not is_left_out(one.name, rules))
    return {one.path: one.ignores for one in there}
