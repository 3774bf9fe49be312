"""Is it still as it must be? Asked right before each write; what a person changed stays.

Intercom has no conditional write (no ETag, no version to name), so what somebody saves between
this look and our write is not seen. The look and the write are made by the same worker, one
straight after the other.
"""

from __future__ import annotations

from collections.abc import Mapping

from publisher.apply.recovery import shows
from publisher.apply.remote import Remote
from publisher.apply.run import Done, Result, Run
from publisher.apply.tasks import Task
from publisher.model import Digest, Live, digest
from publisher.plan.changes import PENDING
from publisher.plan.diff import is_state, seen_digest
from publisher.plan.publishing import texts_of
from publisher.plan.staged import draft_digest
from publisher.plan.stages import Step


def still_linked(step: Step, run: Run) -> Done | None:
    """Leave an article to its readers while something links to it that could not be changed."""
    if step.action != "remove":
        return None
    linking = sorted(run.linkers.get(step.change.ref, frozenset()) & run.blocked)
    if not linking:
        return None
    message = f"{linking[0].key} still links to it, and could not be changed"
    return Done(step=step, outcome="skipped", message=message)


Expected = Mapping[str, Digest] | None


def expected(task: Task, run: Run) -> Expected:
    """What must be there when it is written: as planned, or as this run left it; None: nothing.

    What becomes public by it must be ours, too, whether or not it is written along.
    """
    if not task.intent.would.id:
        return None
    if task.step.change.ref not in run.touched or task.before is None:
        return task.step.change.expects
    states = [n for n, value in task.values.items() if is_state(n) and value == "published"]
    names = [*task.values, *texts_of(states)]
    return {name: task.before.seen[name] for name in names if name in task.before.seen}


def moved(task: Task, live: Live | None, expected: Mapping[str, Digest]) -> Result | None:
    """Refuse what is not as it must be; what is gone already needs no deleting."""
    change = task.step.change
    if live is None:
        if change.verb == "delete":
            return Result()
        message = "it was deleted in Intercom after the plan was made"
        return Result(outcome="stale", message=message)
    shown = live.thing.fields()
    names = [
        name
        for name, digest in expected.items()
        if name != PENDING and seen_digest(name, shown.get(name, "")) != digest
    ]
    if change.verb == "delete":
        names += [name for name in shown if name not in expected]
    if not names and (not live.pending or PENDING in change.expects):
        return None
    what = ", ".join(names) or "a draft that is not published yet"
    return Result(
        outcome="stale", message=f"it changed in Intercom after the plan was made: {what}"
    )


def redrafted(
    task: Task, live: Live | None, expected: Mapping[str, Digest], remote: Remote
) -> Result | None:
    """Refuse to write over another draft than the one that the plan means."""
    meant = expected.get(PENDING)
    if live is None or not live.pending or meant is None:
        return None
    staged = remote.staged(live.id)
    if (draft_digest(staged) if staged else digest("yes")) == meant:
        return None
    message = "it changed in Intercom after the plan was made: a draft that is not published yet"
    return Result(outcome="stale", message=message)


def filled(task: Task, remote: Remote) -> Result | None:
    """Refuse to delete a collection that holds something by now, whoever put it there."""
    change = task.step.change
    if change.verb != "delete" or change.ref.kind != "collection":
        return None
    if not remote.inhabited([task.intent.would.id]):
        return None
    message = "something was put into it after the plan was made"
    return Result(outcome="stale", message=message)


def joined_a_draft(task: Task, live: Live | None) -> Result | None:
    """Whether a colleague left a draft between our look and our write, which our text then joined.

    Source: Intercom, "Update an article": an edit goes live unless there is a pending draft.
    """
    if live is None or not live.pending or PENDING in task.step.change.expects:
        return None
    if shows(live, task.intent):
        return None
    message = "a colleague left a draft in it at that very moment; what was sent may be part of it"
    return Result(outcome="stale", message=message)
