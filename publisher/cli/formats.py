"""Findings, plans and states for other programs: JSON, GitHub annotations, SARIF, Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from publisher import __version__
from publisher.cli import show
from publisher.model import Problem
from publisher.plan import telling, words
from publisher.plan.changes import REMOVALS, Change, Plan, Stand
from publisher.plan.diff import is_body
from publisher.plan.prose import Diff, body_diff
from publisher.plan.readable import body_after

LIMIT = 65_000
"""GitHub takes 65,535 characters in a comment; the rest is for what surrounds it."""
ROOM_TO_SAY_SO = 100
"""Characters kept free to say that something was left out."""


def as_json(value: Any) -> str:
    """Spell plain values as JSON, readable and in UTF-8."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def problems_as_json(problems: Iterable[Problem]) -> str:
    """A list of findings."""
    return as_json([problem_row(problem) for problem in problems])


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


def problems_as_github(problems: Iterable[Problem]) -> str:
    """Workflow commands that GitHub shows on the lines of a pull request."""
    return "\n".join(_annotation(problem) for problem in problems)


def _annotation(problem: Problem) -> str:
    place = ""
    if problem.spot and problem.spot.path:
        place = f"file={_property(problem.spot.path)},line={problem.spot.line},"
    message = f"{problem.what} {problem.advice}".strip()
    return f"::{problem.severity} {place}title={_property(problem.rule)}::{_message(message)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def problems_as_sarif(problems: Sequence[Problem], rules: Mapping[str, str]) -> str:
    """SARIF 2.1.0; `rules` gives one line about each rule."""
    used = sorted({problem.rule for problem in problems})
    driver = {
        "name": "publisher",
        "version": __version__,
        "rules": [
            {"id": rule, "shortDescription": {"text": rules.get(rule, rule)}} for rule in used
        ],
    }
    results = [_result(problem) for problem in problems]
    return as_json(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": results}],
        }
    )


def _result(problem: Problem) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "level": problem.severity,
        "message": {"text": f"{problem.what} {problem.advice}".strip()},
    }
    if problem.spot and problem.spot.path:
        place = {
            "artifactLocation": {"uri": problem.spot.path},
            "region": {"startLine": problem.spot.line},
        }
        result["locations"] = [{"physicalLocation": place}]
    return result


def stands_as_json(stands: Iterable[Stand], edits: Mapping[Stand, Diff]) -> str:
    """How everything stands, one row per thing and locale; `diff`: what was edited there."""
    rows = []
    for stand in stands:
        row = asdict(stand)
        ref = row.pop("ref")
        diff = [str(line) for line in edits.get(stand, ())]
        rows.append({"kind": ref["kind"], "key": ref["key"], **row, "diff": diff})
    return as_json(rows)


def plan_as_markdown(plan: Plan) -> str:
    """A plan for a pull request: what matters first, diffs folded, never longer than allowed."""
    head = [
        f"### Help center plan for `{plan.origin.target}`",
        "",
        f"**{telling.readers_line(plan)}**",
    ]
    loud = [change for change in plan.changes if change.stage == REMOVALS]
    if plan.stopped:
        head += ["", f"> [!CAUTION]\n> {plan.stopped}"]
    if loud:
        head += ["", "**Taken away from readers:**", *(_row(change) for change in loud)]
    head += _notices(plan.notices)
    others = [change for change in plan.changes if change.stage != REMOVALS]
    if others:
        head += ["", "| | what | why |", "|---|---|---|", *(_table_row(c) for c in others)]
    tail = ["", show.counts_line(plan)]
    return _folded(head, [_details(change) for change in others], tail)


def _folded(head: list[str], details: Iterable[str], tail: list[str]) -> str:
    """Add as many folded diffs as fit; a diff or a line is left out whole, never cut."""
    end = "\n".join(tail)
    room = LIMIT - len(end) - ROOM_TO_SAY_SO
    text, left_out = _fitting(head, room), 0
    for part in details:
        if part and len(text) + len(part) > room:
            left_out += 1
        elif part:
            text += "\n\n" + part
    if left_out:
        text += f"\n\n{words.counted(left_out, 'more diff')} in the plan file."
    return f"{text}\n{end}\n"


def _fitting(lines: Iterable[str], room: int) -> str:
    """Join as many whole lines, from the first, as there is room for."""
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*kept, "", "… more in the plan file."])
        kept.append(line)
    return "\n".join(kept)


def _notices(notices: Sequence[Problem]) -> list[str]:
    if not notices:
        return []
    return ["", *(line for notice in telling.by_weight(notices) for line in _notice(notice))]


def _notice(notice: Problem) -> Iterator[str]:
    """What is the matter, and below it the ways out."""
    said, *ways = show.notice_line(notice).splitlines()
    rule, _, what = said.partition(": ")
    yield f"- **{rule}** {what}"
    for way in ways:
        does, _, how = way.strip().partition("   ")
        yield f"  - {does.strip()}: {how.strip()}" if how else f"  - {does}"


def _row(change: Change) -> str:
    return f"- {change.verb} `{change.ref.key}` “{_plain(change.title)}”: {_plain(change.why)}"


def _table_row(change: Change) -> str:
    key, title, why = (_cell(text) for text in (change.ref.key, change.title, change.why))
    return f"| {change.verb} | `{key}` {_plain(title)} | {_plain(why)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _plain(text: str) -> str:
    """A writer's words inside our Markdown: on one line, and no HTML of their own."""
    return escape(" ".join(text.split()), quote=False)


def _details(change: Change) -> str:
    """The prose diffs of one change, folded; a fence longer than any inside."""
    diffs = []
    for edit in change.edits:
        if is_body(edit.name) and edit.before is not None:
            lines = [str(line) for line in body_diff(edit.before, body_after(edit))]
            diffs += [f"@@ {edit.name} @@", *lines] if lines else []
    if not diffs:
        return ""
    fence = "`" * max(3, 1 + max((_run(line) for line in diffs), default=0))
    body = "\n".join(diffs)
    summary = f"<summary>{_plain(change.ref.key)}</summary>"
    return f"<details>{summary}\n\n{fence}diff\n{body}\n{fence}\n\n</details>"


def _run(line: str) -> int:
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
