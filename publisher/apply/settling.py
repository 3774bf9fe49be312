"""Find out what became of calls whose answer was lost, and never guess.

A list may lag behind: what was created a moment ago need not be in it yet. So a create that
is not to be seen counts as not carried out only when the list has been read again after it
surely caught up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from publisher.apply.recovery import Observed, Settled, settle
from publisher.ledger.journal import Journal
from publisher.ledger.records import Intent
from publisher.model import NOTHING, Entry, Kind, Ref, RemoteId

LOG = logging.getLogger("publisher.apply")
LEFT_OVER = (
    "%s stands in the ledger already; what an earlier run made of it (%s) is left over, a draft "
    "that is not managed from here. Delete it in Intercom."
)
LOOKS = 4
"""How often a list is read while we wait for it to catch up; the waits double."""


def find_out(
    intents: Iterable[Intent],
    look: Callable[[], Observed],
    *,
    lag: float,
    pause: Callable[[float], None],
    entries: Mapping[Ref, Entry] = NOTHING,
    present: Mapping[Kind, Collection[RemoteId]] = NOTHING,
) -> list[Settled]:
    """Say what became of every intent.

    look   reads everything live, afresh.
    lag    seconds after which a list surely shows what was created.
    pause  waits that many seconds, or less when the run is to end.
    entries, present   see `recovery.settle`.
    """
    intents = list(intents)
    settled = settle(intents, look(), entries=entries, present=present) if intents else []
    for seconds in _waits(lag):
        unseen = [item.intent for item in settled if is_unseen(item) or not item.likely]
        if not unseen:
            break
        pause(seconds)
        known = {item.intent.ref: item.entry for item in settled if item.entry}
        found = settle(unseen, look(), entries={**entries, **known}, present=present)
        again = {item.intent.id: item for item in found}
        settled = [again.get(item.intent.id, item) for item in settled]
    return settled


def is_unseen(item: Settled) -> bool:
    """Whether this is a create that no list has shown so far."""
    return item.intent.creates and item.entry is None and item.certain


def _waits(lag: float) -> Iterator[float]:
    """Seconds to wait between the looks: each twice the one before, `lag` in all."""
    parts = 2**LOOKS - 1
    return (lag * 2**look / parts for look in range(LOOKS) if lag > 0)


def write_down(settled: Iterable[Settled], journal: Journal) -> None:
    """Remember what was found out; what a person has to say stays in doubt."""
    for item in settled:
        known = journal.ledger.entries.get(item.intent.ref)
        if item.entry is not None and item.intent.creates and known and known.id != item.entry.id:
            LOG.info(LEFT_OVER, item.intent.ref.key, item.entry.id)  # somebody else made it since
            journal.failed(item.intent)
        elif item.entry is not None:
            journal.done(item.intent, item.entry)
        elif item.removed:
            journal.done(item.intent, None)
        elif item.certain:
            journal.failed(item.intent)
