"""What an apply did, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from publisher import errors
from publisher.cli.formats import problem_row
from publisher.cli.show import problem_line
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
        f"{words.counted(len(troubled), 'step')} not done; {writes} writes, {reads} reads."
    )
    for done in troubled:
        yield done_line(done)
    waiting = {done.step.change.ref for done in report.outcomes("skipped") if done.message}
    if dependent := waiting - {done.step.change.ref for done in troubled}:
        yield f"{words.counted(len(dependent), 'change')} had to wait for these."
    if left := len(report.plan.changes) - len({each.step.change.ref for each in report.done}):
        yield f"{words.counted(left, 'change')} not reached."
    if report.interrupted:
        yield "Interrupted; what was in flight is finished and recorded. Go on: publisher apply"
    elif report.outcomes("doubtful"):
        yield "Some answers were lost. Run publisher apply again; it looks before it sends."
    elif report.exit_code == errors.FAILED:
        yield "Nothing was written. Mend what is said above, then: publisher apply"
    elif report.exit_code == errors.PARTLY_APPLIED and troubled:
        yield "Some changes were not written. Mend what is said above, then: publisher apply"
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
