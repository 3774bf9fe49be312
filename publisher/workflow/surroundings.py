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
from publisher.workflow.origin import NAME, UNKNOWN, requirement

JOBS = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml")
"""Where a repository tells its machines what to do."""
_ASKED = re.compile(r"\bpublisher(?:\[[\w,]+\])?(?:==[\w.]+| @ [^\s\"'#]+)")
Doubt = Literal["nowhere", "other", "stranger"]
DOUBTS: dict[Doubt, tuple[str, str, str]] = {
    "nowhere": (
        "does not say where publisher is kept",
        "do not say where publisher is kept",
        "write “{said}” there",
    ),
    "other": (
        f"runs another version than {__version__}, or one from elsewhere",
        f"run another version than {__version__}, or one from elsewhere",
        "write “{said}” there, or install theirs here",
    ),
    "stranger": (
        "installs whatever an index calls publisher",
        "install whatever an index calls publisher",
        "write “{said}” there, unless pip asks an index of your own alone",
    ),
}
"""What can be wrong with the line of a job that installs publisher: of one, of several, advice."""


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
    """Every job should install the very program that people run here, and no stranger's."""
    ours = requirement()
    asked = {
        path.relative_to(config.root).as_posix(): set(_ASKED.findall(_text(path)))
        for pattern in JOBS
        for path in sorted(config.root.glob(pattern))
    }
    asked = {path: hows for path, hows in asked.items() if hows}
    doubts = [(path, _doubt(how, ours)) for path, hows in asked.items() for how in hows]
    for doubt, (one, many, advice) in DOUBTS.items():
        if files := sorted({path for path, found in doubts if found == doubt}):
            said = ours if ours != UNKNOWN else f"{NAME} @ git+ADDRESS@COMMIT"
            yield Check(
                name="jobs",
                state="warning",
                what=f"{words.listed(files, most=5)} {words.verb(len(files), one, many)}",
                advice=advice.format(said=said),
            )
    if asked and not any(doubt for _, doubt in doubts):
        yield Check(name="jobs", state="ok", what=words.counted(len(asked), "file"))


def _doubt(asked: str, ours: str) -> Doubt | None:
    """What is wrong with what a job gives to pip, where this program would give `ours`."""
    bare = re.sub(r"\[.*?\]", "", asked)
    if bare == UNKNOWN:
        return "nowhere"
    if bare.startswith(f"{NAME}==") and bare != f"{NAME}=={__version__}":
        return "other"
    if bare.startswith(f"{NAME}==") and not ours.startswith(f"{NAME}=="):
        return "stranger"
    return "other" if bare != ours.split("#")[0] and ours != UNKNOWN else None


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
