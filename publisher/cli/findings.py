"""Findings of lint for people, and as JSON and GitHub annotations; `sarif` has the rest.

For people, each is one line that a terminal makes clickable, and below it the line of the file
with the part at fault underlined. Last come the counts, where the eye rests.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from publisher.cli.formats import as_json
from publisher.model import NOTHING, Problem
from publisher.plan import words

if TYPE_CHECKING:
    from publisher.workflow.checks.linting import Excerpt, Linted, Outside

COLOURS = {"error": "red", "warning": "yellow"}
WIDTH = 100
"""Columns of a file's line that are shown; what is cut off is `…`."""
ANNOTATIONS = 10
"""Of each severity, GitHub shows so many annotations of one step. Source: GitHub's community
discussions 26680 and 68471."""
MOST_BESIDE = 10
"""Warnings that are shown one by one above a plan."""
_JOINERS = "\u200c\u200d"
"""Invisible, and needed by scripts and emoji."""


# For people -------------------------------------------------------------------------------


def problems_as_text(
    problems: Iterable[Problem], excerpts: Mapping[Problem, Excerpt] = NOTHING
) -> str:
    """One line for each, and below it the line of the file, where there is one to show."""
    parts = []
    for problem in problems:
        excerpt = excerpts.get(problem)
        below = _excerpt(excerpt, COLOURS[problem.severity]) if excerpt else ()
        parts.append("\n".join([_painted(problem), *below]))
    return ("\n\n" if excerpts else "\n").join(parts)


def beside_a_plan(problems: Sequence[Problem], *, full: bool) -> str:
    """A few lines; who plans looks for what will change, and `lint` has them all."""
    if full or len(problems) <= MOST_BESIDE:
        return problems_as_text(problems)
    rules = Counter(problem.rule for problem in problems)
    counts = ", ".join(f"{count} {rule}" for rule, count in rules.most_common())
    warned = words.counted(len(problems), "warning")
    return f"{warned} about the content: {counts}. To see them: publisher lint"


def problem_line(problem: Problem) -> str:
    """`path:line: severity[rule] what. advice`."""
    return f"{_place(problem)}{problem.severity}[{problem.rule}] {sentence(problem)}"


def sentence(problem: Problem) -> str:
    """What is wrong and what to do, on one line."""
    return " ".join(f"{problem.what} {problem.advice}".split())


def _painted(problem: Problem) -> str:
    named = click.style(
        f"{problem.severity}[{problem.rule}]", fg=COLOURS[problem.severity], bold=True
    )
    return f"{_place(problem)}{named} {sentence(problem)}"


def _place(problem: Problem) -> str:
    return f"{problem.spot}: " if problem.spot and problem.spot.path else ""


def _excerpt(excerpt: Excerpt, colour: str) -> Iterator[str]:
    number = str(excerpt.line)
    line, before, marks = _shown(excerpt)
    empty = f"{' ' * len(number)} |"
    yield empty
    yield f"{number} | {line}"
    if excerpt.has_part:
        yield f"{empty} {' ' * before}{click.style('^' * marks, fg=colour)}"


def _shown(excerpt: Excerpt) -> tuple[str, int, int]:
    """The line as a terminal can show it, the columns before its part at fault, and the part's."""
    around = max(0, WIDTH - (excerpt.end - excerpt.start)) // 2
    first = max(0, min(excerpt.start - around, len(excerpt.text) - WIDTH))
    last = first + WIDTH
    part = slice(excerpt.start, min(excerpt.end, last))
    lead = ("…" if first else "") + _plain(excerpt.text[first : excerpt.start])
    marked, rest = _plain(excerpt.text[part]), _plain(excerpt.text[part.stop : last])
    tail = "…" if len(excerpt.text) > last else ""
    return f"{lead}{marked}{rest}{tail}".rstrip(), _columns(lead), max(1, _columns(marked))


def _plain(text: str) -> str:
    """Without what moves the cursor, or hides what is there."""
    return "".join(
        letter if letter.isprintable() or letter in _JOINERS else "?"
        for letter in text.replace("\t", "    ")
    )


def _columns(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    without = sum(unicodedata.combining(each) > 0 or each in _JOINERS for each in text)
    return len(text) + wide - without


def findings_line(problems: Sequence[Problem], files: int) -> str:
    """How many errors and warnings, in how many files."""
    errors = sum(problem.severity == "error" for problem in problems)
    warned = len(problems) - errors
    read = words.counted(files, "file")
    if not problems:
        return f"{read} read, nothing to complain about."
    return f"{read} read: {words.counted(errors, 'error')}, {words.counted(warned, 'warning')}."


def summary(linted: Linted, *, annotated: bool) -> str:
    """The counts: by rule, of the web, of what `--fix` can do, and of all.

    annotated  they went to GitHub, which does not show all of them where they stand.
    """
    rules = Counter(problem.rule for problem in linted.problems)
    lines = [", ".join(f"{count} {rule}" for rule, count in rules.most_common())]
    severities = Counter(problem.severity for problem in linted.problems)
    if annotated and max(severities.values(), default=0) > ANNOTATIONS:
        lines.append(
            f"GitHub shows {ANNOTATIONS} errors and {ANNOTATIONS} warnings of a step on the pull "
            "request; all of them are in this log."
        )
    if linted.outside:
        lines.append(_of_web(linted.outside))
    last = findings_line(linted.problems, linted.files)
    if linted.fixes.patches:
        last += f" `--fix` can mend {len(linted.fixes.patches)}."
    return "\n".join([*filter(None, lines), last])


def _of_web(outside: Outside) -> str:
    asked = words.counted(outside.asked, "address", "addresses")
    if not outside.unknown:
        return f"{asked} on the web looked at."
    reasons = ", ".join(f"{why}: {count}" for why, count in sorted(outside.unknown.items()))
    untold = f"{sum(outside.unknown.values())} could not be told ({reasons})"
    return f"{asked} on the web looked at; {untold}."


def mended_as_text(mended: Iterable[Problem]) -> str:
    """What was mended, one line for each."""
    return "\n".join(f"mended {_place(each)}[{each.rule}] {each.what}" for each in mended)


# For programs -----------------------------------------------------------------------------


def findings_as_json(linted: Linted, page_of: Mapping[str, str]) -> str:
    """A list of findings; columns count characters from 1, the end exclusive."""
    return as_json([_row(problem, linted, page_of) for problem in linted.problems])


def _row(problem: Problem, linted: Linted, page_of: Mapping[str, str]) -> dict[str, Any]:
    excerpt = linted.excerpts.get(problem)
    part = excerpt if excerpt and excerpt.has_part else None
    return {
        **problem_row(problem),
        "column": part.start + 1 if part else None,
        "end_column": part.end + 1 if part else None,
        "page": page_of.get(problem.rule),
        "fixable": problem in linted.fixes.patches,
    }


def problem_row(problem: Problem) -> dict[str, Any]:
    """One finding as plain values."""
    return {
        "rule": problem.rule,
        "severity": problem.severity,
        "path": problem.spot.path if problem.spot else None,
        "line": problem.spot.line if problem.spot else None,
        "what": problem.what,
        "advice": problem.advice,
    }


def problems_as_github(
    problems: Iterable[Problem], excerpts: Mapping[Problem, Excerpt] = NOTHING, above: str = ""
) -> str:
    """Workflow commands that GitHub shows on the lines of a pull request.

    above  where in the repository the paths begin; GitHub knows files from its root.
    """
    return "\n".join(_annotation(each, excerpts.get(each), above) for each in problems)


def _annotation(problem: Problem, excerpt: Excerpt | None, above: str) -> str:
    said: dict[str, str | int] = {}
    if problem.spot and problem.spot.path:
        path = posixpath.join(above, problem.spot.path)
        said = {"file": path, "line": problem.spot.line}
    if excerpt and excerpt.has_part:
        said |= {"endLine": excerpt.line, "col": excerpt.start + 1, "endColumn": excerpt.end + 1}
    said["title"] = problem.rule
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in said.items())
    message = f"{problem.what} {problem.advice}".strip()
    return f"::{problem.severity} {properties}::{_message(message)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
