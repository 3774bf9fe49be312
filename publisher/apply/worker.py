"""One task in a worker: look, see that it is still as it must be, send.

Whatever makes a write wait makes the look before it old: a rate limit, a lost answer, a
connection that could not be made. So a worker looks again before it sends again.

Where the ledger is shared, `Transport.before_write` makes sure that the lock is still this run's:
whoever took it while we waited, or slept, may be at work already.
"""

from __future__ import annotations

from dataclasses import replace

from publisher.apply.fresh import Expected, filled, joined_a_draft, moved, redrafted
from publisher.apply.recovery import proves, shows
from publisher.apply.remote import Remote, Try
from publisher.apply.run import Outcome, Result, Run
from publisher.apply.tasks import Task
from publisher.errors import (
    LedgerError,
    Locked,
    NotFound,
    PublisherError,
    RemoteError,
    Unauthorized,
)
from publisher.intercom.transport import LookAgain
from publisher.model import Live

PATIENCE = 3
"""How often a write gives way to a rate limit that leaves no room for it right after its look."""


def work(task: Task, run: Run, must_be: Expected) -> Result:
    """Do everything about a task that waits for the network; changes nothing that is shared.

    Raises Locked or LedgerError, and sends nothing, when the lock may be another run's.
    """
    lost, number, held_back = False, 1, 0
    while True:
        try:
            attempt = Try(number, at_once=held_back < PATIENCE)
            result = _looked_and_sent(task, run.remote, must_be, attempt, lost)
            return _with_address(result, task, run)
        except LookAgain as error:
            lost = lost or error.doubtful
            number, held_back = number + error.counts, held_back + error.held_back
        except NotFound as error:
            return Result(outcome="stale", message=str(error))
        except RemoteError as error:
            outcome: Outcome = "doubtful" if lost or error.doubtful else "failed"
            return Result(outcome=outcome, message=str(error), fatal=_ends_all(task, error))
        except (Locked, LedgerError):
            raise
        except PublisherError as error:  # nothing left us: the version has no words for it
            return Result(outcome="failed", message=str(error))


def _looked_and_sent(
    task: Task, remote: Remote, must_be: Expected, attempt: Try, lost: bool
) -> Result:
    if must_be is None:
        return _send(task, remote, None, attempt)
    live = remote.look(task.intent.ref.kind, task.intent.would.id)
    if lost and live is not None and task.values and proves(live, task.intent):
        if shows(live, task.intent):
            return Result(live=live)
        message = "its answer was lost, and somebody changed it since"
        return Result(outcome="doubtful", message=message)
    refused = moved(task, live, must_be) or redrafted(task, live, must_be, remote)
    if refused := refused or filled(task, remote):
        return refused
    sent = _send(task, remote, live, attempt)
    return joined_a_draft(task, sent.live) or sent


def _with_address(result: Result, task: Task, run: Run) -> Result:
    """Ask where a new collection is, if something links to it.

    The answer to its creation names the help center's front page instead.
    Source: Intercom, "Create a collection", its example.
    """
    live, ref = result.live, task.intent.ref
    if live is None or ref.kind != "collection" or ref not in run.linked:
        return result
    if task.intent.action != "create" or any(live.id in url for url in live.urls.values()):
        return result
    try:
        return replace(result, live=run.remote.look(ref.kind, live.id) or live)
    except RemoteError:  # it stands; the front page is a poor address, and no reason to fail
        return result


def _ends_all(task: Task, error: RemoteError) -> bool:
    """Whether the rest would fare no better: no permission, or nobody there after every retry.

    One lost answer to a create is no such sign; it is never tried twice.
    """
    unreachable = error.status == 0
    lost_once = error.doubtful and task.intent.action in ("create", "birth")
    return isinstance(error, Unauthorized) or (unreachable and not lost_once)


def _send(task: Task, remote: Remote, live: Live | None, attempt: Try) -> Result:
    action = task.intent.action
    if action in ("create", "birth"):
        return Result(live=remote.create(task))
    if action == "remove" and task.step.change.verb == "delete":
        remote.delete(task, attempt)
        return Result()
    return Result(live=remote.update(task, live, attempt))
