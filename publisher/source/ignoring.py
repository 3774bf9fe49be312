"""`<!-- publisher-ignore RULE, RULE -->`: findings that their author has seen and wants.

A comment that stands by itself speaks of the block that follows it, one inside a block of
that block, and `publisher-ignore-file` of the whole file. What looks like one in code is text.
Where a comment stands is the parser's to say, and it is only asked where the word occurs. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from publisher.body.comments import comments
from publisher.model import ContentRules, Problem
from publisher.source.rules import RULES, Finding, did_you_mean, full_path, settle

WORD = "publisher-ignore"
LAST = 2**31
"""A line that no file has."""
OWN = ("ignore-unknown", "ignore-unused")
ELSEWHERE = frozenset({"link-dead", "link-moved", "redirect-required", "translation-missing"})
"""Rules that reading the content does not, or not always, judge: to ignore one is never useless."""

_DIRECTIVE = re.compile(r"\s*publisher-ignore(-file)?(?![\w-])(.*)", re.DOTALL)
_SEPARATORS = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class Ignore:
    """A rule that is silenced in the lines `first` to `last` of a file; said in `line`."""

    rule: str
    line: int
    first: int
    last: int

    def silences(self, rule: str, line: int) -> bool:
        """Whether a finding is not to be told; the comment's own line counts, too."""
        return rule == self.rule and (self.first <= line <= self.last or line == self.line)


Ignores = tuple[Ignore, ...]


def ignores_in(body: str, first_line: int) -> Ignores:
    """Return what the comments of a body silence; `first_line`: the file's line it begins on."""
    if WORD not in body:
        return ()
    found: list[Ignore] = []
    for comment in comments(body):
        directive = _DIRECTIVE.fullmatch(comment.text)
        for rule in filter(None, _SEPARATORS.split(directive[2])) if directive else ():
            lines = (comment.first + first_line, comment.last + first_line)
            first, last = (0, LAST) if directive and directive[1] else lines
            found.append(Ignore(rule, comment.line + first_line, first, last))
    return tuple(found)


def unknown(path: str, ignores: Ignores) -> Iterator[Finding]:
    """Yield a finding for each rule that is ignored and does not exist."""
    for each in ignores:
        if each.rule not in RULES:
            what = f"There is no rule `{each.rule}` that could be ignored."
            advice = did_you_mean(each.rule, RULES)
            yield Finding("ignore-unknown", path, what, advice, each.line)


def unsilenced(findings: Iterable[Finding], ignores: Mapping[str, Ignores]) -> list[Finding]:
    """Leave out what is ignored; keys are paths as in the findings."""
    return [each for each in findings if not _is_silent(each.rule, each.path, each.line, ignores)]


def heeded(problems: Iterable[Problem], ignores: Mapping[str, Ignores]) -> list[Problem]:
    """Leave out what is ignored; keys are complete paths."""
    return [
        each
        for each in problems
        if not each.spot or not _is_silent(each.rule, each.spot.path, each.spot.line, ignores)
    ]


def _is_silent(rule: str, path: str, line: int, ignores: Mapping[str, Ignores]) -> bool:
    return any(each.silences(rule, line) for each in ignores.get(path, ()))


def unused(
    problems: Iterable[Problem], ignores: Mapping[str, Ignores], rules: ContentRules
) -> tuple[Problem, ...]:
    """Say which ignores silence none of all `problems`; keys are complete paths."""
    if not ignores:
        return ()
    met: dict[str, set[tuple[str, int]]] = {path: set() for path in ignores}
    for each in problems:
        if each.spot and each.spot.path in met:
            met[each.spot.path].add((each.rule, each.spot.line))
    return settle(
        chain.from_iterable(
            (_useless(path, each) for each in said if not _is_of_use(each, met[path], rules))
            for path, said in ignores.items()
        ),
        rules,
    )


def _is_of_use(ignore: Ignore, met: set[tuple[str, int]], rules: ContentRules) -> bool:
    silent = ignore.rule in ELSEWHERE or ignore.rule in OWN or ignore.rule not in RULES
    return (
        silent
        or rules.severities.get(ignore.rule) == "off"
        or any(ignore.silences(*each) for each in met)
    )


def _useless(path: str, ignore: Ignore) -> Finding:
    what = f"`{ignore.rule}` finds nothing here that could be ignored."
    return Finding("ignore-unused", path, what, "Take it out of the comment.", ignore.line)


def by_path(said: Mapping[str, Ignores], folder: str) -> dict[str, Ignores]:
    """Return the ignores by complete path."""
    return {full_path(folder, path): each for path, each in said.items() if each}
