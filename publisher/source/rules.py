"""What can be wrong with content, how bad it is, and how a finding becomes a Problem.

Every rule stands in `rulebook`, with the severity it has unless `[lint]` in
publisher.toml says otherwise. Findings are collected, never raised: a writer wants
all of them at once, in the order of the files.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from publisher.model import ContentRules, Problem, Severity, Spot
from publisher.source.rulebook import RULES, Option, Rule

__all__ = [
    "PAGES",
    "RULES",
    "Finding",
    "Option",
    "Rule",
    "did_you_mean",
    "full_path",
    "nearest",
    "option",
    "page_of",
    "settle",
    "severity_of",
]

SHORTEST_BEGINNING = 3
"""Letters from which the beginning of a word stands for the word."""
LIKE = 0.6
"""How much a word has in common with what is probably meant, where few words can be meant."""


PAGES = "docs/rules"
"""Where a rule's page lies in the repository of publisher; the project has no address yet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in one line of one file.

    path      below the content folder, `/`-separated, as it is spelt on disk.
    severity  None: as the table says; rules of other rooms bring their own.
    """

    rule: str
    path: str
    what: str
    advice: str = ""
    line: int = 1
    severity: Severity | None = None


def page_of(rule: str) -> str:
    """Return where a rule is explained: a path in the repository of publisher."""
    return f"{PAGES}/{rule}.md"


def option(rules: ContentRules, rule: str, name: str) -> Any:
    """Return what a rule is tuned with: as the configuration says, else as its entry does."""
    return rules.options.get(rule, {}).get(name, RULES[rule].options[name])


def severity_of(found: Finding, rules: ContentRules) -> Severity | None:
    """Return how bad it is here, or None when the configuration switched the rule off."""
    wanted = rules.severities.get(found.rule)
    if wanted == "off":
        return None
    if wanted in ("error", "warning"):
        return "error" if wanted == "error" else "warning"
    if found.severity is not None:
        return found.severity
    return RULES[found.rule].severity


def settle(
    findings: Iterable[Finding], rules: ContentRules, folder: str = ""
) -> tuple[Problem, ...]:
    """Turn findings into Problems as the configuration grades them, without repetitions.

    folder  the content folder as the user gave it; it is put before each path. Empty when
            the paths are complete already.
    """
    problems = {
        Problem(
            rule=found.rule,
            severity=severity,
            what=found.what,
            advice=found.advice,
            spot=Spot(full_path(folder, found.path), found.line),
        ): None
        for found in findings
        if (severity := severity_of(found, rules)) is not None
    }
    return tuple(problems)


def full_path(folder: str, path: str) -> str:
    """Spell a path of the content folder, or of the one above (`../`), as a user would type it."""
    if path.startswith("../"):
        return (PurePosixPath(folder).parent / path[3:]).as_posix()
    if folder and path:
        return _beginning(folder) + path
    return PurePosixPath(folder).as_posix() if folder else path


@lru_cache(maxsize=16)
def _beginning(folder: str) -> str:
    """What a folder puts before each path in it; asked about every file there is."""
    spelt = PurePosixPath(folder).as_posix()
    return "" if spelt == "." else spelt.rstrip("/") + "/"


def did_you_mean(word: str, words: Iterable[str], like: float = LIKE) -> str:
    """Return "Did you mean `x`?" for the nearest of `words`, or nothing."""
    near = nearest(word, words, like)
    return f"Did you mean `{near}`?" if near else ""


def nearest(word: str, words: Iterable[str], like: float = LIKE) -> str:
    """Return the one of `words` that is spelt most like `word`, or that it begins, or nothing.

    like  from 0, nothing in common, to 1, the same (`difflib.SequenceMatcher.ratio`).
    """
    spellings = {each.casefold().replace("_", "-"): each for each in words}
    typed = word.casefold().replace("_", "-")
    close = difflib.get_close_matches(typed, spellings, n=1, cutoff=like)
    if not close and len(typed) >= SHORTEST_BEGINNING:
        close = [each for each in spellings if each.startswith(typed)]
    return spellings[close[0]] if close else ""
