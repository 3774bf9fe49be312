"""Lint as a command: which findings to show, what goes with them, and what can be mended."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.config import Config
from publisher.errors import ConfigError
from publisher.model import NOTHING, Problem
from publisher.source import RULES, Loaded, Rule, past
from publisher.source.excerpts import Excerpt, excerpts_of
from publisher.source.files import decode
from publisher.source.ignoring import heeded
from publisher.source.revision import folder_in_repository
from publisher.source.rules import Finding, page_of
from publisher.source.writing import store
from publisher.web import Web
from publisher.workflow.checks.departing import content_at, departures
from publisher.workflow.checks.fixes import Fixes, Patch, diff_of, fixes_for
from publisher.workflow.checks.outside import Outside, outside
from publisher.workflow.content import lint

__all__ = [
    "Asked",
    "Excerpt",
    "Linted",
    "Outside",
    "Patch",
    "Rule",
    "above",
    "check",
    "pages",
    "rules",
]

MOST_ROUNDS = 10
"""A fix that brings back what another one mended would go on for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to know.

    paths     show only what is in these files and folders, or about the whole; empty: all.
    since     a revision: show only what is in files changed since HEAD left it, or came since.
    external  ask the web about every address that leads there, through `web`.
    fix       mend what can be; `dry`: only say how.
    """

    paths: tuple[str, ...] = ()
    since: str = ""
    external: bool = False
    fix: bool = False
    dry: bool = False
    web: Web = field(default_factory=Web)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What is wrong, and what goes with it.

    problems  what was asked for, in the order of files and lines; files: how many were read.
    excerpts  the line of each finding that has one. fixes: what can be mended of them.
    mended    what was; it is not among the problems any more.
    diff      what fixes would change, where that was asked for.
    outside   how the addresses on the web were, where they were asked for.
    """

    problems: tuple[Problem, ...]
    files: int
    excerpts: Mapping[Problem, Excerpt]
    fixes: Fixes
    mended: tuple[Problem, ...] = ()
    diff: str = ""
    outside: Outside | None = None


def rules() -> Mapping[str, Rule]:
    """Everything about every rule that a finding may name."""
    return RULES


def pages() -> Mapping[str, str]:
    """Where each rule is explained."""
    return {name: page_of(name) for name in RULES}


def above() -> str:
    """Where in its repository the folder is that we are in; "" at its root, or in none."""
    return folder_in_repository(Path())


def check(config: Config, asked: Asked) -> Linted:
    """Look at the content, and mend it where that was asked for.

    Raises ConfigError for a path that cannot have findings, PublisherError for a revision
    that Git does not know.
    """
    _check_paths(asked.paths, config.content_folder)
    mended, fixes = _mended(config, asked) if asked.fix else ((), Fixes())
    linted = _look(config, asked)
    if asked.fix and asked.dry:
        return replace(linted, diff=diff_of(fixes, config.content_folder.as_posix()))
    return replace(linted, mended=mended)


def _mended(config: Config, asked: Asked) -> tuple[tuple[Problem, ...], Fixes]:
    """Mend until nothing more can be: what is mended may bring to light what else can be."""
    mended: list[Problem] = []
    drafts: dict[str, bytes | None] = {}
    before: dict[str, bytes] = {}
    for _ in range(MOST_ROUNDS):
        base = drafts if asked.dry else NOTHING
        found = _look(config, replace(asked, external=False), base).fixes
        if not found.drafts:
            break
        if not asked.dry:
            store(config.content_folder, found.drafts)
        mended += found.patches
        drafts |= found.drafts
        before = {**found.before, **before}
    return tuple(mended), Fixes(drafts=drafts, before=before)


def _look(config: Config, asked: Asked, drafts: Mapping[str, bytes | None] = NOTHING) -> Linted:
    loaded = lint(config, drafts)
    problems = list(loaded.problems)
    told = outside(config, loaded, asked.web) if asked.external else None
    if told:
        problems = sorted([*problems, *told.problems], key=_place)
    if asked.since:
        problems = _since(config, replace(loaded, problems=tuple(problems)), asked.since)
    shown = tuple(each for each in problems if _concerns(each, asked.paths, config.content_folder))
    paths = {each.spot.path for each in shown if each.spot}
    return Linted(
        problems=shown,
        files=loaded.files,
        excerpts=excerpts_of(shown, {path: _lines(path) for path in paths}),
        fixes=fixes_for(config, loaded, shown, drafts),
        outside=told,
    )


def _place(problem: Problem) -> tuple[str, int, str, str]:
    path, line = (problem.spot.path, problem.spot.line) if problem.spot else ("", 0)
    return path, line, problem.rule, problem.what


def _lines(path: str) -> list[str]:
    try:
        if not Path(path).is_file():  # a device may go on for ever
            return []
        text = decode(path, Path(path).read_bytes())
    except OSError:
        return []
    return [] if isinstance(text, Finding) else text.split("\n")


# Paths ------------------------------------------------------------------------------------


def _check_paths(paths: tuple[str, ...], content: Path) -> None:
    """Refuse what cannot have findings: a mistyped path would look as if all were well."""
    folder = Path(os.path.abspath(content))
    for path in paths:
        place = Path(os.path.abspath(path))
        if not os.path.lexists(place):
            raise ConfigError(f"{path}: there is no such file or folder.")
        if not (place.is_relative_to(folder) or folder.is_relative_to(place)):
            raise ConfigError(f"{path}: is not in the content folder ({content}).")


def _concerns(problem: Problem, paths: tuple[str, ...], content: Path) -> bool:
    """Whether a finding is in one of these files or folders, or about the content as a whole."""
    if not paths or _is_of_whole(problem, content):
        return True
    place = Path(problem.spot.path if problem.spot else "").absolute()
    return any(place.is_relative_to(os.path.abspath(path)) for path in paths)


def _is_of_whole(problem: Problem, content: Path) -> bool:
    return problem.spot is None or Path(problem.spot.path).absolute() == content.absolute()


# A revision -------------------------------------------------------------------------------


def _since(config: Config, loaded: Loaded, revision: str) -> list[Problem]:
    """Return what is in a changed file, what was not there before, and what has departed."""
    commit = past.base_of(config.root, revision)
    changed = past.changed_files(config.root, commit)
    before, folder = content_at(config, commit), config.content_folder
    known = {_unplaced(each, before.folder) for each in before.loaded.problems}
    shown = [
        each
        for each in loaded.problems
        if _is_of_whole(each, folder)
        or _below(each, config.root) in changed
        or _unplaced(each, folder) not in known
    ]
    departed = heeded(departures(config, loaded, before), loaded.ignores)
    refused = {each.spot.path for each in loaded.problems if each.spot and each.severity == "error"}
    # What a refused file would say is not known before that is mended.
    lost = [each for each in departed if each.spot is None or each.spot.path not in refused]
    return sorted([*shown, *lost], key=_place)


def _unplaced(problem: Problem, folder: Path) -> tuple[str, ...]:
    """A finding by its file, rule and fault: lines move, and advice names other files."""
    path = problem.spot.path if problem.spot else ""
    return path.removeprefix(folder.as_posix()), problem.rule, problem.what


def _below(problem: Problem, root: Path) -> str:
    place = os.path.abspath(problem.spot.path if problem.spot else "")
    return unicodedata.normalize("NFC", Path(os.path.relpath(place, root.absolute())).as_posix())
