"""Saved plans: whether the world is still the one they were made for, and what they lack."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.config import Config, Target
from publisher.errors import StalePlan
from publisher.ledger.book import Ledger
from publisher.ledger.journal import Journal
from publisher.model import Key, Ref
from publisher.plan.changes import Change, Plan
from publisher.plan.strangers import Handle, handle, standing
from publisher.workflow import ledgers
from publisher.workflow.content import is_outdated
from publisher.workflow.doubts import settle_doubts
from publisher.workflow.planning import Planned
from publisher.workflow.policing import judged
from publisher.workflow.session import Session, check_pin, local_restart
from publisher.workflow.sides import Seen, seen_in


def check_age(config: Config, target: Target, ledger: Ledger) -> None:
    """A re-run job of last week must not bring last week back."""
    if target.kind == "local":
        return
    if is_outdated(config, ledger):
        raise StalePlan(
            f"this checkout is older than what was applied last (commit {ledger.commit[:10]}); "
            "nothing was written. Check out the newest commit. Where the branch itself was set "
            "back or rewritten on purpose, put a new commit on top (an empty one will do), or from "
            "a terminal: publisher apply --allow-older"
        )


def _check_saved(plan: Plan, session: Session, ledger: Ledger) -> None:
    origin, target = plan.origin, session.target.name
    here = {
        "target": (origin.target, target),
        "workspace": (origin.workspace, session.account.workspace),
        "help center": (origin.help_center, session.help_center.id),
        "API version": (origin.api_version, session.dialect.version),
    }
    for what, (planned, actual) in here.items():
        if planned != actual:
            raise StalePlan(
                f"this plan was made for {what} {planned}, but this is {actual}; nothing was "
                "written. Make a plan here."
            )
    known_lineage = origin.lineage or (ledger.lineage if not ledger.serial else "")
    if known_lineage != ledger.lineage or origin.serial != ledger.serial:
        raise StalePlan(
            f"the ledger of target “{target}” has moved on since this plan was made (serial "
            f"{origin.serial}, now {ledger.serial}); the plan may have been applied already. "
            "Nothing was written. Make the plan again."
        )


def staleness(plan: Plan, config: Config) -> str:
    """Why a saved plan would be refused as far as this machine can tell, or ""."""
    target = config.targets.get(plan.origin.target)
    if target is None:
        return f"there is no target “{plan.origin.target}” here"
    ledger = ledgers.read(config, target)
    if plan.origin.serial != ledger.serial:
        return (
            f"the ledger has moved on (serial {plan.origin.serial}, now {ledger.serial}); "
            "it may have been applied already"
        )
    return ""


def from_saved(plan: Plan, session: Session, config: Config, journal: Journal) -> Planned:
    """Check a saved plan and see where everything stands right now, which an apply needs beside it.

    Raises StalePlan for a plan of another place or an older ledger.
    """
    ledger = journal.ledger
    _check_saved(plan, session, ledger)
    resumed = ledger.resumed
    if settle_doubts(session, config, journal) or resumed:
        raise StalePlan(
            "an earlier apply was cut off; what became of its calls is found out now, so this plan "
            "is out of date; nothing was written. Make the plan again."
        )
    local_restart(ledger, session)
    check_pin(ledger, session)
    refs = (*(change.ref for change in plan.changes), *plan.beside, *ledger.entries)
    fin = any(ref.kind in ("source", "page") for ref in refs)
    seen = seen_in(session, config, ledger, fin=fin)
    return Planned(
        plan=judged(plan, config),
        heading=session.heading,
        present=seen.present,
        ours=seen.ours,
        entries=seen.entries,
        live=seen.live,
        doubled=dict(_doubled(plan, seen, session, config)),
    )


def _doubled(plan: Plan, seen: Seen, session: Session, config: Config) -> Iterator[tuple[Ref, str]]:
    """Creations for which something of that title stands there by now that we do not know."""
    known = {(ref.kind, entry.id) for ref, entry in seen.entries.items()}
    strangers = [
        live
        for remote, live in seen.live.items()
        if remote not in known
        and (session.help_center_id is None or live.help_center in (None, session.help_center_id))
    ]
    there = standing(strangers, config.rules.default_locale) if strangers else {}
    for change in plan.changes if there else ():
        if change.verb == "create" and _handle(change, seen, config) in there:
            yield (
                change.ref,
                f"“{change.title}” stands in the help center by now and is not managed from here; "
                f"a second one is not created. To link them: publisher pull --adopt {change.ref}",
            )


def _handle(change: Change, seen: Seen, config: Config) -> Handle:
    fields = {edit.name: edit.after for edit in change.edits}
    parent = fields.get("parent", "")
    home = seen.entries.get(Ref("collection", Key(parent)))
    source = seen.entries.get(Ref("source", Key(fields.get("source", ""))))
    fields["source"] = source.id if source else f"new:{fields.get('source', '')}"
    place = home.id if home else f"new:{parent}" if parent else ""
    title = fields.get(f"{config.rules.default_locale}.title", "")
    return handle(change.ref.kind, fields, title, place)
