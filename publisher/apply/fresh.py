"""Is it still as it must be? Asked right before each write; what a person changed stays.

Intercom has no conditional write (no ETag, no version to name), so what somebody saves between
this look and our write is not seen. The look and the write are made by the same worker, one
straight after the other.
"""

from __future__ import annotations

from collections.abc import Mapping

from publisher.apply.run import Done, Result, Run
from publisher.apply.tasks import Task
from publisher.errors import RemoteError
from publisher.model import Digest, Live, RemoteId
from publisher.plan.changes import PENDING
from publisher.plan.diff import seen_digest
from publisher.plan.stages import Step


def still_held(step: Step, run: Run) -> Done | None:
    """Refuse to delete a collection that holds something by now."""
    change = step.change
    if step.action != "remove" or change.ref.kind != "collection" or change.id not in run.held:
        return None
    run.blocked.add(change.ref)
    message = "something was put into it after the plan was made"
    return Done(step=step, outcome="stale", message=message)


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
    """What must be there when it is written: as planned, or as this run left it; None: nothing."""
    if not task.intent.would.id:
        return None
    if task.step.change.ref not in run.touched or task.before is None:
        return task.step.change.expects
    return {name: task.before.seen[name] for name in task.values if name in task.before.seen}


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
    if not names and (not live.pending or PENDING in change.expects):
        return None
    what = ", ".join(names) or "a draft that is not published yet"
    return Result(
        outcome="stale", message=f"it changed in Intercom after the plan was made: {what}"
    )


def inhabited(stage: tuple[Step, ...], run: Run) -> frozenset[RemoteId]:
    """Which collections that are to be deleted hold something by now; asked once a stage."""
    ids = [s.change.id for s in stage if s.action == "remove" and s.change.ref.kind == "collection"]
    leaving = [id_ for id_ in ids if id_ is not None]
    try:
        return run.remote.inhabited(leaving) if leaving else frozenset()
    except RemoteError:  # without a look none of them goes; the reason shows with the next call
        return frozenset(leaving)
