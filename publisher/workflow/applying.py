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
from publisher.apply.execute import execute
from publisher.apply.remember import corrected
from publisher.apply.remote import Remote
from publisher.apply.run import Done, Run
from publisher.config import Config, Target
from publisher.errors import SafetyStop
from publisher.ledger.book import Ledger
from publisher.ledger.journal import Journal
from publisher.model import Problem, Ref
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Plan, Upkeep
from publisher.plan.stages import steps
from publisher.plan.view import (
    kept_headings,
    known_addresses,
    merged_headings,
    still_public,
    with_twins,
)
from publisher.source import Loaded
from publisher.workflow import ledgers
from publisher.workflow.content import check_places, check_version, checked
from publisher.workflow.doubts import settle_doubts
from publisher.workflow.images import upload
from publisher.workflow.keeping import drift_again, keep_backup
from publisher.workflow.planning import Planned, plan_in
from publisher.workflow.saved import check_age, from_saved
from publisher.workflow.session import Session, asset_url, halt, opened, pin_of
from publisher.workflow.sides import Asked

Tell = Callable[[str, object], None]
Judge = Callable[[Planned, Ledger], Planned]
"""Returns the plan as it is to be carried out, perhaps under the name of one that says the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an apply did.

    late     the time that was given was over before all was done.
    refused  the plan was not approved; nothing was done.
    """

    plan: Plan
    heading: str = ""
    apply_id: str = ""
    done: tuple[Done, ...] = ()
    uploaded: tuple[str, ...] = ()
    requests: dict[str, int] = field(default_factory=dict)
    interrupted: bool = False
    late: bool = False
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
    def held_up(self) -> bool:
        """Whether something had to wait for what was not there."""
        return any(done.message for done in self.outcomes("skipped"))

    @property
    def not_reached(self) -> frozenset[Ref]:
        """What lacks a step that nobody came to; only links may not need one of their own."""
        came_to = {(each.step.change.ref, each.step.action) for each in self.done}
        planned = (step for stage in steps(self.plan) for step in stage if step.action != "relink")
        lacking = {s.change.ref for s in planned if (s.change.ref, s.action) not in came_to}
        return frozenset(lacking - {each.step.change.ref for each in self.done if each.message})

    @property
    def is_cut_short(self) -> bool:
        """Whether time ran out before every change had its turn."""
        return self.late and bool(self.not_reached)

    @property
    def has_conflicts(self) -> bool:
        """Whether the plan left something alone that a person has to settle."""
        return any(
            notice.severity == "error" and notice.rule in ("conflict", "drift", "gone")
            for notice in self.plan.notices
        )

    @property
    def is_complete(self) -> bool:
        """Whether nothing of the plan, and nothing that it had to leave alone, is still to do."""
        undone = self.outcomes("failed", "doubtful", "stale") or self.not_reached
        return not (self.interrupted or undone or self.held_up or self.has_conflicts)

    @property
    def exit_code(self) -> int:
        """The contract's exit code; where several hold, 130, 1, 6, 5, 4 in this order."""
        wrote = bool(self.outcomes("done"))
        broken = bool(self.outcomes("failed", "doubtful"))
        codes = {
            errors.INTERRUPTED: self.interrupted,
            errors.FAILED: broken and not wrote,
            errors.SAFETY_STOP: self.shielded,
            errors.PARTLY_APPLIED: broken or self.is_cut_short or bool(self.lost),
            errors.STALE: bool(self.outcomes("stale")) or self.has_conflicts or self.held_up,
        }
        return next((code for code, holds in codes.items() if holds), errors.FINE)


def apply(  # noqa: PLR0913 - the whole of what a user may ask of an apply
    config: Config,
    target: Target,
    asked: Asked,
    *,
    saved: Plan | None = None,
    approve: Callable[[Planned], bool],
    judge: Judge | None = None,
    tell: Tell,
    allow_older: bool = False,
    patience: float = 0.0,
    max_duration: float | None = None,
) -> Report:
    """Apply the content, or exactly a saved plan.

    approve       is shown the plan and says whether to go on (a saved plan is its own approval).
    judge         is given the plan before anybody else, and raises to refuse it; see `Judge`.
    tell          hears of progress: ("steps", count), ("done", Done), ("upload", name).
    patience      seconds to wait for another run to end.
    max_duration  seconds after which nothing new is begun; None: no limit.
    """
    check_version(config)
    if config.read_only:
        raise SafetyStop("PUBLISHER_READ_ONLY is set; nothing is written to a help center.")
    loaded = None if saved else checked(config)
    assets = loaded.site.assets if loaded else {a.token: a for a in saved.assets} if saved else {}
    ends = None if max_duration is None else time.time() + max_duration
    with ledgers.opened(config, target, command="publisher apply", patience=patience) as journal:
        check_places(assets.values(), target, journal.ledger.images)
        with opened(config, target, writes=True, assets=assets) as session:
            session.transport.deadline = ends
            if not allow_older and not (saved and saved.origin.undoes):
                check_age(config, target, journal.ledger)
            if saved:
                planned = from_saved(saved, session, config, journal)
            else:
                assert loaded is not None
                planned = _planned(session, config, loaded, journal, asked)
            if judge:
                planned = judge(planned, journal.ledger)
            if planned.plan.stopped:
                approve(planned)
                raise SafetyStop(planned.plan.stopped)
            if not approve(planned):
                return Report(plan=planned.plan, heading=session.heading, refused=True)
            return carry_out(planned, session, config, journal, Watch(tell=tell, ends=ends))


def _planned(
    session: Session, config: Config, loaded: Loaded, journal: Journal, asked: Asked
) -> Planned:
    settle_doubts(session, config, journal)
    planned = plan_in(session, config, loaded, journal.ledger, asked)
    for ref, entry in planned.entries.items():
        if journal.ledger.entries.get(ref) != entry:
            journal.adopt(ref, entry)
    return planned


@dataclass(slots=True, kw_only=True)
class Watch:
    """Who hears of an apply, and what ends it early. State: whether somebody asked for an end.

    ends  epoch seconds after which nothing new is begun; None: never.
    """

    tell: Tell
    ends: float | None = None
    interrupt: threading.Event = field(default_factory=threading.Event)

    @property
    def is_late(self) -> bool:
        """Whether the time that was given is over."""
        return self.ends is not None and time.time() >= self.ends

    def is_over(self) -> bool:
        """Whether nothing new is to be begun."""
        return self.interrupt.is_set() or self.is_late

    def pause(self, seconds: float) -> None:
        """Wait, unless the run is to end first."""
        left = seconds if self.ends is None else min(seconds, max(self.ends - time.time(), 0))
        self.interrupt.wait(left)


def carry_out(
    planned: Planned,
    session: Session,
    config: Config,
    journal: Journal,
    watch: Watch,
    *,
    backup: bool = True,
) -> Report:
    """Do what a plan says, against an open target, and say what became of it.

    backup  keep what stands there now, so that it can be put back.
    """
    plan, ledger = planned.plan, journal.ledger
    if plan.changes or plan.upkeep or not ledger.pin.workspace:
        journal.pin(pin_of(session))
        journal.prove_writable()
    if backup:
        keep_backup(planned, session, config, journal)
    uploaded = upload(config, session.target, plan.assets, watch.tell, held=ledger.images)
    _keep_up(plan.upkeep, journal)
    addresses = _addresses(planned, session, config, ledger.images)
    session.transport.before_write = journal.recheck
    run = Run(
        journal=journal,
        remote=Remote(
            send=session.transport.send,
            attempt=session.transport.attempt,
            dialect=session.dialect,
            default_locale=config.rules.default_locale,
            help_center=session.help_center_id,
            ours=planned.ours,
            present=planned.present,
        ),
        addresses=addresses,
        new_id=lambda: secrets.token_hex(16),
        stopped=watch.is_over,
        halt=lambda: halt(session),
        refused=planned.doubled,
        pause=watch.pause,
        lag=session.target.listing_lag,
        concurrency=session.target.concurrency,
    )
    done = []
    watch.tell("calls", plan.requests)
    watch.tell("steps", len(plan.changes))
    with _finishing_on_interrupt(watch.interrupt, session):
        for each in execute(plan, run):
            watch.tell("done", each)
            done.append(each)
    if plan.origin.undoes:
        drift_again(done, journal)
    report = Report(
        plan=plan,
        heading=session.heading,
        apply_id=plan.id,
        done=tuple(done),
        uploaded=uploaded,
        requests=dict(session.transport.sent),
        interrupted=watch.interrupt.is_set(),
        late=watch.is_late,
        shielded=bool(plan.shielded) and session.target.on_removed != "report",
    )
    _sign(report, ledger, whole=planned.whole)
    return report


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


def _sign(report: Report, ledger: Ledger, *, whole: bool) -> None:
    """Remember the commit that was applied, and whether all of it was.

    What is taken back is so by a person's wish: no file that was merged before explains it again.
    """
    origin = report.plan.origin
    if report.outcomes("done") or ledger.changed:
        ledger.commit = origin.commit or ledger.commit
        ledger.committed_at = origin.committed_at or ledger.committed_at
        if (whole and report.is_complete) or origin.undoes:
            ledger.complete = ledger.commit


@contextmanager
def _finishing_on_interrupt(stop: threading.Event, session: Session) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask for an end; what is in flight is finished and recorded.

    What only waits to be sent, or to be sent again, is not sent any more.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()
        halt(session)

    former = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


__all__ = ["Done", "Report", "apply"]
