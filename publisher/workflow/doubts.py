"""What an earlier run left in doubt is found out before anything else is thought about."""

from __future__ import annotations

import time

from publisher.apply.settling import find_out, write_down
from publisher.config import Config
from publisher.ledger.journal import Journal
from publisher.workflow.session import Session, check_pin, local_restart
from publisher.workflow.sides import seen_in


def settle_doubts(session: Session, config: Config, journal: Journal) -> int:
    """Find out what became of every call in doubt, and write it down; returns how many.

    Waits while a create may not be listed yet. What several live things could be stays in
    doubt, and is asked about by the plan.
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
        lambda: seen_in(session, config, ledger, fin=fin).live,
        lag=session.target.listing_lag,
        pause=time.sleep,
        ours={(ref.kind, entry.id) for ref, entry in ledger.entries.items()},
    )
    write_down(settled, journal)
    return len(doubts) - len(ledger.doubts)
