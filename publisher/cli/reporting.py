"""What an apply did, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from publisher import errors
from publisher.cli.formats import problem_row
from publisher.cli.show import problem_line
from publisher.plan import words
from publisher.plan.stages import steps

if TYPE_CHECKING:
    from publisher.model import Ref
    from publisher.workflow.applying import Done, Report

DID = {
    "create": "created",
    "birth": "created as a draft",
    "write": "written",
    "relink": "links set in",
    "remove": "removed",
}

MOST_NAMED = 3
"""Keys that a sentence names before it only counts."""


def done_line(done: Done) -> str:
    """One step that ended."""
    change = done.step.change
    thing = f"{words.NOUNS[change.ref.kind][0]} {change.ref.key}"
    if done.outcome == "done":
        return f"{DID[done.step.action]} {thing}"
    said = {
        "stale": "not written",
        "failed": "failed",
        "doubtful": "in doubt",
        "skipped": "skipped",
    }[done.outcome]
    return f"! {said}: {thing}: {done.message}"


def report_as_text(report: Report) -> Iterator[str]:
    """How the apply ended, and what to do next."""
    for problem in report.lost:
        yield problem_line(problem)
    things = {done.step.change.ref for done in report.outcomes("done")}
    troubled = report.outcomes("failed", "doubtful", "stale")
    reads = report.requests.get("GET", 0)
    writes = sum(report.requests.values()) - reads
    yield (
        f"Applied: {words.counted(len(things), 'thing')} changed, "
        f"{words.counted(len(troubled), 'step')} not done; "
        f"{words.counted(writes, 'write')}, {words.counted(reads, 'read')}."
    )
    for done in troubled:
        yield done_line(done)
    waiting = {done.step.change.ref for done in report.outcomes("skipped") if done.message}
    if dependent := waiting - {done.step.change.ref for done in troubled}:
        yield f"{words.counted(len(dependent), 'change')} had to wait for these."
    if left := _not_reached(report):
        yield f"{words.counted(len(left), 'change')} not reached."
    yield from _shielded(report)
    yield from _next(report, bool(troubled))


def _not_reached(report: Report) -> set[Ref]:
    """What lacks a step that nobody came to; whether links need a second write, only that tells."""
    came_to = {(each.step.change.ref, each.step.action) for each in report.done}
    planned = (step for stage in steps(report.plan) for step in stage if step.action != "relink")
    lacking = {step.change.ref for step in planned if (step.change.ref, step.action) not in came_to}
    return lacking - {each.step.change.ref for each in report.done if each.message}


def _shielded(report: Report) -> Iterator[str]:
    """Why an apply that went well ends as a stop: what was protected outlived its file."""
    kept = report.plan.shielded
    if report.shielded and kept:
        more = [f"{len(kept) - MOST_NAMED} more"] if len(kept) > MOST_NAMED else []
        names = words.listed([*kept[:MOST_NAMED], *more])
        count = words.counted(len(kept), "protected thing")
        code = " This is why the exit code is 6." if report.exit_code == errors.SAFETY_STOP else ""
        yield (
            f"{count} whose files are gone {words.verb(len(kept), 'was', 'were')} kept: {names}."
            f"{code} Bring the files back, or let go of each: publisher state rm KEY"
        )


def _next(report: Report, troubled: bool) -> Iterator[str]:
    if report.interrupted:
        yield "Interrupted; what was in flight is finished and recorded. Go on: publisher apply"
    elif report.outcomes("doubtful"):
        yield "Some answers were lost. Run publisher apply again; it looks before it sends."
    elif report.exit_code == errors.FAILED:
        yield "Nothing was written. Mend what is said above, then: publisher apply"
    elif report.exit_code == errors.PARTLY_APPLIED and troubled:
        yield "Some changes were not written. Mend what is said above, then: publisher apply"
    elif report.exit_code == errors.STALE and not report.plan.changes:
        yield "Nothing was changed; settle the conflicts above first."
    elif report.exit_code == errors.STALE:
        yield "What changed in Intercom meanwhile was left alone; the plan says how to settle it."


def report_as_json(report: Report) -> str:
    """The contract's report: machine-readable, one row per step."""
    rows = [_row(done) for done in report.done if done.outcome != "skipped" or done.message]
    document = {
        "format": "publisher-report/1",
        "apply_id": report.apply_id,
        "target": report.plan.origin.target,
        "commit": report.plan.origin.commit,
        "exit_code": report.exit_code,
        "interrupted": report.interrupted,
        "requests": report.requests,
        "uploaded": list(report.uploaded),
        "steps": rows,
        "not_kept": [problem_row(problem) for problem in report.lost],
        "notices": [problem_row(problem) for problem in report.plan.notices],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _row(done: Done) -> dict[str, Any]:
    change = done.step.change
    return {
        "kind": change.ref.kind,
        "key": change.ref.key,
        "verb": change.verb,
        "step": done.step.action,
        "outcome": done.outcome,
        "message": done.message,
    }
