"""Apply: hold the lock, plan (or check a saved plan), carry it out, remember."""

from __future__ import annotations

import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from publisher import errors
from publisher.apply import ledger as ledgers
from publisher.apply.execute import Done, Run, execute
from publisher.apply.ledger import Journal, Ledger, Pin
from publisher.apply.remember import corrected
from publisher.apply.remote import Remote
from publisher.config import Config, Target
from publisher.errors import SafetyStop, StalePlan
from publisher.model import Problem, Ref
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Plan, Upkeep
from publisher.plan.view import (
    kept_headings,
    known_addresses,
    merged_headings,
    still_public,
    with_twins,
)
from publisher.source import Loaded
from publisher.workflow.content import check_places, check_version, checked, is_outdated
from publisher.workflow.images import upload
from publisher.workflow.planning import Planned, plan_in
from publisher.workflow.session import Session, asset_url, check_pin, local_restart, opened
from publisher.workflow.sides import Asked, seen_in

Tell = Callable[[str, object], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an apply did.

    refused  the plan was not approved; nothing was done.
    """

    plan: Plan
    heading: str = ""
    apply_id: str = ""
    done: tuple[Done, ...] = ()
    uploaded: tuple[str, ...] = ()
    requests: dict[str, int] = field(default_factory=dict)
    interrupted: bool = False
    refused: bool = False
    shielded: bool = False

    def outcomes(self, *names: str) -> tuple[Done, ...]:
        """The steps that ended in one of these ways."""
        return tuple(done for done in self.done if done.outcome in names)

    @property
    def lost(self) -> tuple[Problem, ...]:
        """What Intercom did not keep."""
        return tuple(problem for done in self.done for problem in done.lost)

    @property
    def exit_code(self) -> int:
        """The contract's exit code; where several hold, 130, 1, 6, 5, 4 in this order."""
        wrote = bool(self.outcomes("done"))
        broken = bool(self.outcomes("failed", "doubtful"))
        conflicts = any(
            notice.severity == "error" and notice.rule in ("conflict", "drift", "gone")
            for notice in self.plan.notices
        )
        codes = {
            errors.INTERRUPTED: self.interrupted,
            errors.FAILED: broken and not wrote,
            errors.SAFETY_STOP: self.shielded,
            errors.PARTLY_APPLIED: broken or bool(self.lost),
            errors.STALE: bool(self.outcomes("stale")) or conflicts,
        }
        return next((code for code, holds in codes.items() if holds), errors.FINE)


def apply(  # noqa: PLR0913 - the whole of what a user may ask of an apply
    config: Config,
    target: Target,
    asked: Asked,
    *,
    saved: Plan | None = None,
    approve: Callable[[Planned], bool],
    tell: Tell,
    allow_older: bool = False,
) -> Report:
    """Apply the content, or exactly a saved plan.

    approve  is shown the plan and says whether to go on (a saved plan is its own approval).
    tell     hears of progress: ("steps", count), ("done", Done), ("upload", name).
    """
    check_version(config)
    if config.read_only:
        raise SafetyStop("PUBLISHER_READ_ONLY is set; nothing is written to a help center.")
    loaded = None if saved else checked(config)
    assets = loaded.site.assets if loaded else {a.token: a for a in saved.assets} if saved else {}
    check_places(assets.values(), target, ledgers.read(config.state_folder, target.name).images)
    with (
        ledgers.opened(
            config.state_folder,
            target.name,
            command="publisher apply",
            new_lineage=secrets.token_hex(8),
            now=time.time(),
        ) as journal,
        opened(config, target, writes=True, assets=assets) as session,
    ):
        if not allow_older:
            _check_age(config, target, journal.ledger)
        if saved:
            _check_saved(saved, session, journal.ledger)
            planned = _from_saved(saved, session, config, journal.ledger)
        else:
            assert loaded is not None
            planned = _planned(session, config, loaded, journal, asked)
        if planned.plan.stopped:
            approve(planned)
            raise SafetyStop(planned.plan.stopped)
        if not approve(planned):
            return Report(plan=planned.plan, heading=session.heading, refused=True)
        return _carry_out(planned, session, config, journal, tell)


def _planned(
    session: Session, config: Config, loaded: Loaded, journal: Journal, asked: Asked
) -> Planned:
    planned = plan_in(session, config, loaded, journal.ledger, asked)
    for item in planned.settled:
        if item.entry:
            journal.done(item.intent, item.entry)
        elif item.removed:
            journal.done(item.intent, None)
        elif item.certain:
            journal.failed(item.intent)
    for ref, entry in planned.entries.items():
        if journal.ledger.entries.get(ref) != entry:
            journal.adopt(ref, entry)
    return planned


def _carry_out(
    planned: Planned, session: Session, config: Config, journal: Journal, tell: Tell
) -> Report:
    plan, ledger = planned.plan, journal.ledger
    if plan.changes or plan.upkeep or not ledger.pin.workspace:
        journal.prove_writable()
    uploaded = upload(config, session.target, plan.assets, tell, held=ledger.images)
    _keep_up(plan.upkeep, journal)
    addresses = _addresses(planned, session, config, ledger.images)
    stop = threading.Event()
    run = Run(
        journal=journal,
        remote=Remote(
            send=session.transport.send,
            dialect=session.dialect,
            default_locale=config.rules.default_locale,
            help_center=session.help_center_id,
            ours=planned.ours,
            present=planned.present,
        ),
        addresses=addresses,
        new_id=lambda: secrets.token_hex(16),
        stopped=stop.is_set,
        concurrency=session.target.concurrency,
        touched=set(),
        blocked=set(),
    )
    done = []
    tell("steps", len(plan.changes))
    with _finishing_on_interrupt(stop):
        for each in execute(plan, run):
            tell("done", each)
            done.append(each)
    _sign(plan, session, ledger, wrote=any(each.outcome == "done" for each in done))
    return Report(
        plan=plan,
        heading=session.heading,
        apply_id=plan.id,
        done=tuple(done),
        uploaded=uploaded,
        requests=dict(session.transport.sent),
        interrupted=stop.is_set(),
        shielded=bool(plan.shielded) and session.target.on_removed != "report",
    )


def _addresses(
    planned: Planned, session: Session, config: Config, held: Mapping[str, str]
) -> Addresses:
    """What can be linked to now, in mappings that grow while the apply goes on."""
    live = {
        ref: planned.live[ref.kind, entry.id]
        for ref, entry in planned.entries.items()
        if (ref.kind, entry.id) in planned.live
    }
    live = {planned_ref(ref, planned.plan.upkeep): thing for ref, thing in live.items()}
    entries = {planned_ref(ref, planned.plan.upkeep): e for ref, e in planned.entries.items()}
    known = known_addresses(config.rules.default_locale, entries, live)
    known = with_twins(known, planned.plan.beside, planned.live)
    return Addresses(
        default_locale=known.default_locale,
        ids=dict(known.ids),
        urls=still_public(known.urls, planned.plan),
        headings=merged_headings(known.headings, kept_headings(planned.plan)),
        asset_url=asset_url(session.target, held),
    )


def planned_ref(ref: Ref, upkeep: tuple[Upkeep, ...]) -> Ref:
    """The ref a thing goes by once its renaming is remembered."""
    return next((u.ref for u in upkeep if u.was == ref.key and u.ref.kind == ref.kind), ref)


def _keep_up(upkeep: tuple[Upkeep, ...], journal: Journal) -> None:
    for item in upkeep:
        if item.was is not None:
            journal.rename(item.ref, item.was)
    for item in upkeep:
        entry = journal.ledger.entries.get(item.ref)
        if item.forget:
            journal.adopt(item.ref, None)
        elif entry:
            journal.adopt(item.ref, corrected(entry, item))


def _sign(plan: Plan, session: Session, ledger: Ledger, *, wrote: bool) -> None:
    """Remember for whom the ledger is, and the commit that was applied."""
    pin = Pin(workspace=session.account.workspace, help_center=session.help_center.id)
    if ledger.pin != pin:
        ledger.pin = pin
        ledger.changed = True
    if wrote or ledger.changed:
        ledger.commit = plan.origin.commit or ledger.commit
        ledger.committed_at = plan.origin.committed_at or ledger.committed_at


def _check_age(config: Config, target: Target, ledger: Ledger) -> None:
    """A re-run job of last week must not bring last week back."""
    if target.kind == "local":
        return
    if is_outdated(config, ledger):
        raise StalePlan(
            f"this checkout is older than what was applied last (commit {ledger.commit[:10]}); "
            "nothing was written. Check out the newest commit, or, to go back on purpose: "
            "publisher apply --allow-older"
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
    ledger = ledgers.read(config.state_folder, plan.origin.target)
    if plan.origin.serial != ledger.serial:
        return (
            f"the ledger has moved on (serial {plan.origin.serial}, now {ledger.serial}); "
            "it may have been applied already"
        )
    return ""


def _from_saved(plan: Plan, session: Session, config: Config, ledger: Ledger) -> Planned:
    """What an apply needs beside a saved plan: where everything stands right now."""
    local_restart(ledger, session)
    check_pin(ledger, session)
    if ledger.doubts:
        raise StalePlan(
            "an earlier apply was cut off and some of its calls are in doubt, so this plan is "
            "out of date; nothing was written. Make the plan again."
        )
    refs = (*(change.ref for change in plan.changes), *plan.beside, *ledger.entries)
    fin = any(ref.kind in ("source", "page") for ref in refs)
    seen = seen_in(session, config, ledger, fin=fin)
    return Planned(
        plan=plan,
        heading=session.heading,
        present=seen.present,
        ours=seen.ours,
        entries=seen.entries,
        live=seen.live,
    )


@contextmanager
def _finishing_on_interrupt(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask for an end; what is in flight is finished and recorded."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    former = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


__all__ = ["Done", "Report", "apply", "staleness"]
