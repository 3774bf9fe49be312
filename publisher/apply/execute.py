"""Carry out a plan, stage by stage: look, write the intent down, send, remember, say so.

A generator: each step that ends is yielded as a `Done`, so whoever drives it may show
progress or stop. Up to `concurrency` calls of a stage are in flight; only the calling
thread writes the journal and the addresses, so neither needs a lock.

Before each write to something that stood before this plan, it is read again, and a field
that is not what the plan expects is refused, for that thing alone (exit code 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Literal

from publisher.apply.ledger import Journal
from publisher.apply.remember import findings, news, remembered
from publisher.apply.remote import Remote
from publisher.apply.tasks import Task, prepare
from publisher.errors import NotFound, PublisherError, RemoteError, Unauthorized
from publisher.model import Live, Problem, Ref
from publisher.plan.addresses import Addresses
from publisher.plan.changes import PENDING, Plan
from publisher.plan.diff import seen_digest
from publisher.plan.stages import Step, steps
from publisher.plan.view import public_urls

Outcome = Literal["done", "skipped", "stale", "failed", "doubtful"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How one step ended. `lost` are findings on what Intercom did not keep."""

    step: Step
    outcome: Outcome
    message: str = ""
    lost: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a worker brings back: the thing as the reply showed it, or why there is none."""

    live: Live | None = None
    outcome: Outcome = "done"
    message: str = ""
    fatal: bool = False


@dataclass(slots=True, kw_only=True)
class Run:
    """One apply under way.

    new_id   makes an intent's id (32 hex digits).
    stopped  asked between calls; True ends the run once what is in flight has ended.
    touched  things this run created or wrote: no need to look at them again.
    blocked  things whose own step failed, so that their later steps cannot be done.
    """

    journal: Journal
    remote: Remote
    addresses: Addresses
    new_id: Callable[[], str]
    stopped: Callable[[], bool]
    concurrency: int = 8
    touched: set[Ref]
    blocked: set[Ref]
    fatal: bool = False


def execute(plan: Plan, run: Run) -> Iterator[Done]:
    """Apply `plan`; yields a `Done` per step. Raises only what is about the ledger."""
    with ThreadPoolExecutor(max_workers=run.concurrency) as pool:
        for stage in steps(plan):
            if _ending(run):
                return
            yield from _stage(stage, run, pool)


def _stage(stage: tuple[Step, ...], run: Run, pool: ThreadPoolExecutor) -> Iterator[Done]:
    waiting = list(reversed(stage))
    flying: dict[Future[Result], Task] = {}
    while waiting or flying:
        batch: list[Task] = []
        while waiting and len(flying) + len(batch) < run.concurrency and not _ending(run):
            prepared = _prepared(waiting.pop(), run)
            if isinstance(prepared, Done):
                yield prepared
            else:
                batch.append(prepared)
        if batch:
            run.journal.begin([task.intent for task in batch])
        for task in batch:
            flying[pool.submit(_work, task, run.remote, _looks(task, run))] = task
        if not flying:
            if waiting and not _ending(run):
                continue
            return
        ended, _ = wait(flying, return_when=FIRST_COMPLETED)
        for future in ended:
            yield _land(flying.pop(future), future.result(), run)


def _ending(run: Run) -> bool:
    return run.fatal or run.stopped()


def _prepared(step: Step, run: Run) -> Done | Task:
    if step.change.ref in run.blocked:
        return Done(step=step, outcome="skipped", message="its earlier step was not done")
    task = prepare(step, run.journal.ledger, run.addresses, run.new_id, run.remote.listed)
    if task is None:
        return Done(step=step, outcome="skipped")
    if isinstance(task, str):
        run.blocked.add(step.change.ref)
        return Done(step=step, outcome="skipped", message=task)
    return task


def _looks(task: Task, run: Run) -> bool:
    """Whether the thing must be read again first: not if this very run made or wrote it."""
    change = task.step.change
    return change.id is not None and change.ref not in run.touched


def _work(task: Task, remote: Remote, looks: bool) -> Result:
    """In a worker: everything that waits for the network. Touches nothing shared."""
    try:
        live = remote.look(task.intent.ref.kind, task.intent.would.id) if looks else None
        if looks and (refused := _moved(task, live)):
            return refused
        return _send(task, remote, live)
    except NotFound as error:
        return Result(outcome="stale", message=str(error))
    except RemoteError as error:
        outcome: Outcome = "doubtful" if error.doubtful else "failed"
        return Result(outcome=outcome, message=str(error), fatal=_ends_all(task, error))
    except PublisherError as error:  # nothing left us: the version has no words for this change
        return Result(outcome="failed", message=str(error))


def _ends_all(task: Task, error: RemoteError) -> bool:
    """Whether the rest would fare no better: no permission, or nobody there after every retry.

    One lost answer to a create is no such sign; it is never tried twice.
    """
    unreachable = error.status == 0
    lost_once = error.doubtful and task.intent.action in ("create", "birth")
    return isinstance(error, Unauthorized) or (unreachable and not lost_once)


def _send(task: Task, remote: Remote, live: Live | None) -> Result:
    action = task.intent.action
    if action in ("create", "birth"):
        return Result(live=remote.create(task))
    if action == "remove" and task.step.change.verb == "delete":
        remote.delete(task)
        return Result()
    return Result(live=remote.update(task, live))


def _moved(task: Task, live: Live | None) -> Result | None:
    """Refuse what is not as the plan found it; what is gone already needs no deleting."""
    change = task.step.change
    if live is None:
        if change.verb == "delete":
            return Result()
        message = "it was deleted in Intercom after the plan was made"
        return Result(outcome="stale", message=message)
    shown = live.thing.fields()
    moved = [
        name
        for name, expected in change.expects.items()
        if name != PENDING and seen_digest(name, shown.get(name, "")) != expected
    ]
    if not moved and (not live.pending or PENDING in change.expects):
        return None
    what = ", ".join(moved) or "a draft that is not published yet"
    return Result(
        outcome="stale", message=f"it changed in Intercom after the plan was made: {what}"
    )


def _land(task: Task, result: Result, run: Run) -> Done:
    ref = task.intent.ref
    run.fatal = run.fatal or result.fatal
    if result.outcome != "done":
        if result.outcome != "doubtful":
            run.journal.failed(task.intent)
        run.blocked.add(ref)
        return Done(step=task.step, outcome=result.outcome, message=result.message)
    if task.step.change.verb == "delete":
        run.journal.done(task.intent, None)
        _forget(run.addresses, ref)
        return Done(step=task.step, outcome="done")
    assert result.live is not None
    lost = findings(task, result.live)
    entry = remembered(task, result.live, lost)
    run.journal.done(task.intent, entry)
    run.touched.add(ref)
    _learn(run.addresses, ref, result.live, entry.headings)
    return Done(step=task.step, outcome="done", lost=news(task, lost))


def _learn(
    addresses: Addresses, ref: Ref, live: Live, headings: Mapping[str, Mapping[str, str]]
) -> None:
    addresses.ids[ref] = live.id
    addresses.urls[ref] = public_urls(live)
    addresses.headings[ref] = headings


def _forget(addresses: Addresses, ref: Ref) -> None:
    for known in (addresses.ids, addresses.urls, addresses.headings):
        known.pop(ref, None)
