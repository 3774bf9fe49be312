"""The line of a file that a finding is about, and which part of it.

A finding knows its line. Its sentence quotes, between backticks, what it found there; where
that stands in the line is the part at fault. Pure.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote, unquote

from publisher.model import Problem

CONFIDENTIAL = frozenset({"secret"})
"""Rules whose findings stand on lines that no log may show."""
_ASCII = string.punctuation + " "
_QUOTED = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A line of a file, without its end, and the part of it that is at fault.

    line        counted from 1.
    start, end  in characters (code points) of `text`, from 0, the end exclusive; the same
                where no part of the line is worse than the rest.
    """

    line: int
    text: str
    start: int = 0
    end: int = 0

    @property
    def has_part(self) -> bool:
        """Whether it is known which part of the line is at fault."""
        return self.end > self.start


def excerpts_of(
    problems: Iterable[Problem], files: Mapping[str, Sequence[str]]
) -> dict[Problem, Excerpt]:
    """Return the line of every finding that has one to show.

    files  the lines of the files by the path that stands in the findings' spots.

    A line on which a finding is confidential is shown for no finding.
    """
    problems = tuple(problems)
    hidden = {each.spot for each in problems if each.rule in CONFIDENTIAL}
    found = {}
    for problem in problems:
        lines = files.get(problem.spot.path, ()) if problem.spot else ()
        excerpt = None if problem.spot in hidden else excerpt_of(problem, lines)
        if excerpt is not None:
            found[problem] = excerpt
    return found


def excerpt_of(problem: Problem, lines: Sequence[str]) -> Excerpt | None:
    """Return the finding's line, or None where no line in particular is at fault."""
    line = problem.spot.line if problem.spot else 0
    if not 1 <= line <= len(lines) or not lines[line - 1].strip():
        return None
    text = lines[line - 1]
    part = _part(problem.what, text)
    if part is None and line == 1:
        return None  # said of the file as a whole
    start, end = part or (0, 0)
    return Excerpt(line=line, text=text, start=start, end=end)


def _spellings(quoted: str) -> tuple[str, ...]:
    """What is quoted may be an address, which a file spells with or without `%` codes."""
    return quoted, unquote(quoted), quote(quoted, safe=_ASCII)


def _part(what: str, line: str) -> tuple[int, int] | None:
    """The last thing quoted that stands in the line: `key` is not `value`."""
    for quoted in chain.from_iterable(map(_spellings, reversed(_QUOTED.findall(what)))):
        left = r"(?<![\w-])" if quoted[0].isalnum() else ""
        right = r"(?![\w-])" if quoted[-1].isalnum() else ""
        found = re.search(f"{left}{re.escape(quoted)}{right}", line)
        if found:
            return found.span()
    return None
