"""What an apply did, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.findings import problem_line, problem_row
from publisher.plan import words

if TYPE_CHECKING:
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
    if left := report.not_reached:
        yield f"{words.counted(len(left), 'change')} not reached."
    yield from _shielded(report)
    yield from _next(report, bool(troubled))
    if report.exit_code == errors.FINE and _replaced_something(report):
        yield click.style(f"To undo it: publisher rollback {report.apply_id}", dim=True)


def _replaced_something(report: Report) -> bool:
    """Whether it changed what existed; what only created something has little to put back."""
    return any(done.step.change.verb != "create" for done in report.outcomes("done"))


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
    undone = report.plan.origin.undoes
    again = f"publisher rollback {undone}" if undone else "publisher apply"
    if report.interrupted:
        yield f"Interrupted; what was in flight is finished and recorded. Go on: {again}"
    elif report.is_cut_short:
        yield f"Time is up; what was in flight is finished and recorded. Go on: {again}"
    elif report.outcomes("doubtful"):
        yield f"Some answers were lost. Run {again} again; it looks before it sends."
    elif report.exit_code == errors.FAILED:
        yield f"Nothing was written. Mend what is said above, then: {again}"
    elif report.exit_code == errors.PARTLY_APPLIED and troubled:
        yield f"Some changes were not written. Mend what is said above, then: {again}"
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
