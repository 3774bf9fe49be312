"""What an earlier run left in doubt is found out before anything else is thought about."""

from __future__ import annotations

import time

from publisher.apply.recovery import Settled, in_center, settle
from publisher.apply.settling import find_out, write_down
from publisher.config import Config
from publisher.ledger.book import Ledger
from publisher.ledger.journal import Journal
from publisher.model import Live, Problem, Spot
from publisher.plan import words
from publisher.plan.notices import ways
from publisher.workflow.session import Session, check_pin, local_restart
from publisher.workflow.sides import Seen, seen_in


def settle_doubts(session: Session, config: Config, journal: Journal) -> int:
    """Find out what became of every call in doubt, and write it down; returns how many.

    Waits while a create may not be listed yet. What only a person can tell stays in doubt, and
    is asked about by the plan.
    """
    ledger = journal.ledger
    local_restart(ledger, session)
    check_pin(ledger, session)
    doubts = list(ledger.doubts.values())
    if not doubts:
        return 0
    fin = any(intent.ref.kind in ("source", "page") for intent in doubts)
    settled = find_out(
        doubts,
        lambda: in_center(seen_in(session, config, ledger, fin=fin).live, session.help_center_id),
        lag=session.target.listing_lag,
        pause=time.sleep,
        entries=ledger.entries,
    )
    write_down(settled, journal)
    return len(doubts) - len(ledger.doubts)


def settled_in(session: Session, ledger: Ledger, seen: Seen) -> tuple[Settled, ...]:
    """Say what became of every call in doubt, as far as one look can tell; changes nothing."""
    doubts = list(ledger.doubts.values())
    observed = in_center(seen.live, session.help_center_id)
    return tuple(settle(doubts, observed, entries=ledger.entries))


def question(item: Settled, spot: Spot | None = None) -> Problem:
    """Ask a person about a create of which nobody else can tell what it made.

    spot  the file of what was to be created, where it is still wanted.
    """
    ref, name = item.intent.ref, item.intent.would.title
    found = words.listed((_called(live) for live in item.candidates), most=5)
    if item.likely:
        what = f"{words.counted(len(item.candidates), 'thing')} could be it ({found})."
        mend = ("one of them is it", "delete the others in Intercom, then run it again")
    else:
        what = (
            f"no new one is called “{name}” where it belongs, but {found} appeared since and may "
            "be it, renamed or moved; a second one is not created."
        )
        mend = ("it was renamed or moved", "undo that in Intercom, then run it again")
    other = "" if ref.kind == "article" else f"publisher state rm {ref}"
    return Problem(
        rule="conflict",
        severity="error",
        spot=spot,
        what=f"{ref.key}: an earlier run was cut off while creating it, and {what}",
        advice=ways(mend, ("it is somebody else's", other)),
    )


def _called(live: Live) -> str:
    titles = (value for name, value in live.thing.fields().items() if name.endswith(".title"))
    title = next((f" (“{each}”)" for each in titles if each), "")
    return f"{live.thing.kind} {live.id}{title}"
