"""What an apply needs of the repository around it: the doctor's half that asks no help center."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publisher import __version__
from publisher.config import Config, Target
from publisher.errors import PublisherError
from publisher.plan import words
from publisher.source.revision import git
from publisher.workflow import policing
from publisher.workflow.content import check_version, lint

JOBS = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml")
"""Where a repository tells its machines what to do."""
_PINNED = re.compile(r"publisher(?:\[[\w,]+\])?==([0-9][\w.]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing the doctor looked at; `advice` says what to do about it."""

    name: str
    state: Literal["ok", "warning", "failed"]
    what: str
    advice: str = ""


def surroundings(config: Config, target: Target) -> Iterator[Check]:
    """Look at version, content, policy, history, jobs and tokens of a repository."""
    yield _version(config)
    yield _content(config)
    if config.policy:
        yield _policy(config)
    if target.kind == "intercom":
        yield from _history(config)
        yield from _jobs(config)
        yield from _tokens(config, target)


def _version(config: Config) -> Check:
    try:
        check_version(config)
    except PublisherError as error:
        return Check(name="version", state="failed", what=str(error))
    asked = f"; the repository asks for {config.requires}" if config.requires else ""
    return Check(name="version", state="ok", what=f"publisher {__version__}{asked}")


def _content(config: Config) -> Check:
    try:
        loaded = lint(config)
    except PublisherError as error:
        return Check(name="content", state="failed", what=str(error))
    read = words.counted(loaded.files, "file")
    wrong = sum(problem.severity == "error" for problem in loaded.problems)
    if wrong:
        return Check(
            name="content",
            state="failed",
            what=f"{read}, {words.counted(wrong, 'error')}",
            advice="run `publisher lint`; it names every line",
        )
    return Check(name="content", state="ok", what=f"{read}, no errors")


def _policy(config: Config) -> Check:
    try:
        rules = list(policing.rules(config))
    except PublisherError as error:
        return Check(name="policy", state="failed", what=str(error))
    names = words.listed((rule.name for rule in rules), most=5)
    return Check(name="policy", state="ok", what=f"{words.counted(len(rules), 'rule')} ({names})")


def _history(config: Config) -> Iterator[Check]:
    """Without its past, a checkout cannot be told to be older than what was applied."""
    said = git(config.root, "rev-parse", "--is-shallow-repository")
    if said is None or said[0] != 0:
        yield Check(
            name="history",
            state="warning",
            what="this folder is in no Git repository",
            advice="keep it in one; what is applied is then tied to a commit",
        )
    elif said[1].strip() == "true":
        yield Check(
            name="history",
            state="warning",
            what="this clone is shallow, so old checkouts are told by their dates only",
            advice="fetch the whole history: `fetch-depth: 0`, or `git fetch --unshallow`",
        )
    else:
        yield Check(name="history", state="ok", what="all of it is here")


def _jobs(config: Config) -> Iterator[Check]:
    """Every job that pins publisher should run the one that people run here."""
    found = {
        path.relative_to(config.root).as_posix(): set(_PINNED.findall(_text(path)))
        for pattern in JOBS
        for path in sorted(config.root.glob(pattern))
    }
    pinned = {path: versions for path, versions in found.items() if versions}
    other = sorted(path for path, versions in pinned.items() if versions != {__version__})
    if other:
        yield Check(
            name="jobs",
            state="warning",
            what=f"{words.listed(other, most=5)} run another version than {__version__}",
            advice=f"write publisher=={__version__} there, or install theirs here",
        )
    elif pinned:
        yield Check(name="jobs", state="ok", what=f"{words.counted(len(pinned), 'file')}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _tokens(config: Config, target: Target) -> Iterator[Check]:
    """What can be read here may not be written: the doctor itself needs no more than reading."""
    reads = bool(config.environment.get(target.read_token_env, "").strip())
    writes = bool(config.environment.get(target.token_env, "").strip())
    if reads and not writes:
        yield Check(
            name="write token",
            state="warning",
            what=f"{target.token_env} is not set: plan, status and pull work, apply does not",
            advice="set it where applies run, and nowhere else",
        )
