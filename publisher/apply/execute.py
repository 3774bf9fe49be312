"""Carry out a plan, stage by stage: look, write the intent down, send, remember, say so.

A generator: each step that ends is yielded as a `Done`, so whoever drives it may show
progress or stop. Up to `concurrency` calls of a stage are in flight; only the calling
thread writes the journal and the addresses, so neither needs a lock.

Before each write the thing is read again, and a field that is not what the plan expects, or
what this run has just written, is refused, for that thing alone (exit code 4). Intercom has
no conditional write: what somebody saves between that look and our write is not seen.

A create whose answer is lost is looked for at the end of its stage, and sent again only when
a list that surely caught up does not show it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from publisher.apply.fresh import expected, still_linked
from publisher.apply.remember import findings, news, remembered
from publisher.apply.run import Done, Result, Run
from publisher.apply.settling import find_out
from publisher.apply.tasks import Task, prepare
from publisher.apply.worker import work
from publisher.errors import LedgerError, Locked, RemoteError
from publisher.ledger.records import Intent
from publisher.model import Entry, Live, Ref
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Plan
from publisher.plan.linkers import collections_linked, linkers
from publisher.plan.stages import Step, steps
from publisher.plan.view import hidden_by, public_urls

TRIES = 3
"""How often a step is tried whose call was certainly not carried out."""
HEARTBEAT = 20.0
"""Seconds after which a run that waits for answers says that it is alive."""


def execute(plan: Plan, run: Run) -> Iterator[Done]:
    """Apply `plan`; yields a `Done` per step. Raises only what is about the ledger."""
    run.linkers, run.leaving = linkers(plan), hidden_by(plan)
    run.linked = collections_linked(plan)
    with ThreadPoolExecutor(max_workers=run.concurrency) as pool:
        for stage in steps(plan):
            for _ in range(TRIES):
                if not stage or _ending(run):
                    break
                stage = yield from _stage(stage, run, pool)
            if not _ending(run):
                yield from (_given_up(step, run) for step in stage)


def _given_up(step: Step, run: Run) -> Done:
    run.blocked.add(step.change.ref)
    return Done(step=step, outcome="failed", message=f"its call was lost {TRIES} times")


Again = tuple[Step, ...]


def _stage(
    stage: tuple[Step, ...], run: Run, pool: ThreadPoolExecutor
) -> Generator[Done, None, Again]:
    """Carry out a stage; returns the steps that were certainly not carried out, to try again."""
    unsure: list[tuple[Task, Result]] = []
    waiting: list[Step | Task] = list(reversed(stage))
    if run.journal.shared:
        waiting = yield from _stored(stage, run)
    flying: dict[Future[Result], Task] = {}
    while waiting or flying:
        batch = yield from _batch(waiting, run, run.concurrency - len(flying))
        for task in batch:
            flying[pool.submit(work, task, run, expected(task, run))] = task
        if not flying:
            if waiting and not _ending(run):
                continue
            break
        ended, _ = wait(flying, timeout=HEARTBEAT, return_when=FIRST_COMPLETED)
        _beat(run)
        for future in ended:
            task, result = flying.pop(future), _ended(future, run)
            if result.outcome == "doubtful" and task.intent.creates:
                run.fatal = run.fatal or result.fatal
                unsure.append((task, result))
            else:
                yield _land(task, result, run)
    _let_go(waiting, run)
    return (yield from _looked_for(unsure, run))


def _beat(run: Run) -> None:
    """Say that the run is alive; when somebody has taken its place, nothing more is sent."""
    try:
        run.journal.beat()
    except Locked:
        run.halt()
        raise


def _ended(future: Future[Result], run: Run) -> Result:
    """What a worker brings back; when it lost the lock, nothing more is sent."""
    try:
        return future.result()
    except (Locked, LedgerError):
        run.halt()
        raise


def _stored(stage: tuple[Step, ...], run: Run) -> Generator[Done, None, list[Step | Task]]:
    """Prepare a whole stage, so that its intents are stored before its first call."""
    tasks: list[Step | Task] = []
    for step in reversed(stage):
        prepared = _prepared(step, run)
        if isinstance(prepared, Done):
            yield prepared
        else:
            tasks.append(prepared)
    if tasks:
        run.journal.store(task.intent for task in tasks if isinstance(task, Task))
    return tasks


def _batch(waiting: list[Step | Task], run: Run, room: int) -> Generator[Done, None, list[Task]]:
    """Take what may be sent now, its intents written down."""
    batch: list[Task] = []
    fresh: list[Intent] = []
    while waiting and len(batch) < room and not _ending(run):
        each = waiting.pop()
        prepared = _prepared(each, run) if isinstance(each, Step) else each
        if isinstance(prepared, Done):
            yield prepared
            continue
        batch.append(prepared)
        if isinstance(each, Step):
            fresh.append(prepared.intent)
    if fresh:
        run.journal.begin(fresh)
    if batch:
        _beat(run)
    return batch


def _let_go(waiting: list[Step | Task], run: Run) -> None:
    """What was stored and never left us is not in doubt."""
    for task in waiting:
        if isinstance(task, Task):
            run.journal.failed(task.intent)


def _looked_for(unsure: list[tuple[Task, Result]], run: Run) -> Generator[Done, None, Again]:
    """Find out what became of creates whose answer was lost."""
    if not unsure or run.fatal:
        for task, result in unsure:
            yield _land(task, result, run)
        return ()
    kinds = {task.intent.ref.kind for task, _ in unsure}
    intents = [task.intent for task, _ in unsure]
    try:
        found = find_out(
            intents,
            lambda: run.remote.listing(kinds),
            lag=run.lag,
            pause=_paused(run),
            entries=run.journal.ledger.entries,
            present={"article": run.remote.listed("article")},
        )
    except RemoteError:
        for task, result in unsure:
            yield _land(task, result, run)
        return ()
    again: list[Step] = []
    for (task, result), item in zip(unsure, found, strict=True):
        if item.entry is not None and item.live is not None:
            yield _found(task, item.entry, item.live, run)
        elif not item.certain or run.stopped():
            yield _land(task, result, run)
        else:
            run.journal.failed(task.intent)
            again.append(task.step)
    return tuple(again)


def _paused(run: Run) -> Callable[[float], None]:
    def pause(seconds: float) -> None:
        _beat(run)
        run.pause(seconds)

    return pause


def _found(task: Task, entry: Entry, live: Live, run: Run) -> Done:
    ref = task.intent.ref
    run.journal.done(task.intent, entry)
    run.touched.add(ref)
    _learn(run, ref, live, entry.headings)
    return Done(step=task.step, outcome="done")


def _ending(run: Run) -> bool:
    return run.fatal or run.stopped()


def _prepared(step: Step, run: Run) -> Done | Task:
    if step.change.ref in run.blocked:
        return Done(step=step, outcome="skipped", message="its earlier step was not done")
    if step.change.ref in run.refused:
        run.blocked.add(step.change.ref)
        return Done(step=step, outcome="stale", message=run.refused[step.change.ref])
    if refused := still_linked(step, run):
        return refused
    task = prepare(step, run.journal.ledger, run.addresses, run.new_id, run.remote.listed)
    if task is None:
        return Done(step=step, outcome="skipped")
    if isinstance(task, str):
        run.blocked.add(step.change.ref)
        return Done(step=step, outcome="skipped", message=task)
    return task


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
    _learn(run, ref, result.live, entry.headings)
    return Done(step=task.step, outcome="done", lost=news(task, lost))


def _learn(run: Run, ref: Ref, live: Live, headings: Mapping[str, Mapping[str, str]]) -> None:
    urls = public_urls(live)
    run.addresses.ids[ref] = live.id
    run.addresses.urls[ref] = {
        loc: url for loc, url in urls.items() if (ref, loc) not in run.leaving
    }
    run.addresses.headings[ref] = headings


def _forget(addresses: Addresses, ref: Ref) -> None:
    for known in (addresses.ids, addresses.urls, addresses.headings):
        known.pop(ref, None)
