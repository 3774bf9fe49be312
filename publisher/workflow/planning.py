"""Plan: read both sides, think, change nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from publisher import __version__
from publisher.apply.recovery import Settled
from publisher.apply.settling import is_unseen
from publisher.config import Config, Target
from publisher.ledger.book import Ledger
from publisher.model import Entry, Kind, Live, Problem, Ref, RemoteId, Thing
from publisher.plan import planfile, words
from publisher.plan.changes import Origin, Plan, Stand, Wanted
from publisher.plan.hand_edits import hand_edits
from publisher.plan.make import make
from publisher.plan.prose import Diff
from publisher.source import Loaded
from publisher.source.revision import Revision, head
from publisher.workflow import ledgers
from publisher.workflow.content import check_assets, checked
from publisher.workflow.doubts import question, settled_in
from publisher.workflow.drafts import drafts_of
from publisher.workflow.policing import judged
from publisher.workflow.readers import with_editors, with_reach
from publisher.workflow.session import Session, opened
from publisher.workflow.sides import Asked, Sides, sides_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what an apply needs beside it.

    settled  what became of the intents a crashed apply left behind.
    present  ids per kind that stood when the plan was made.
    ours     ids of our help center's collections, where there are several help centers.
    doubled  creations beside what stands there by now, unmanaged, and what to say of each.
    things   what the repository wants, fitted to the target; empty beside a saved plan.
    whole    it was made of all the content, and not of some keys.
    """

    plan: Plan
    heading: str
    settled: tuple[Settled, ...] = ()
    present: Mapping[Kind, Collection[RemoteId]]
    ours: frozenset[RemoteId]
    entries: Mapping[Ref, Entry]
    live: Mapping[tuple[Kind, RemoteId], Live]
    warnings: tuple[Problem, ...] = ()
    doubled: Mapping[Ref, str] = field(default_factory=dict)
    things: Mapping[Ref, Thing] = field(default_factory=dict)
    whole: bool = False


def plan(config: Config, target: Target, asked: Asked) -> Planned:
    """Make a plan. Raises ContentRefused before anything is asked of the help center."""
    loaded = checked(config)
    ledger = ledgers.read(config, target)
    check_assets(loaded.site, target, ledger.images)
    with opened(config, target, writes=False, assets=loaded.site.assets) as session:
        return plan_in(session, config, loaded, ledger, asked)


def plan_in(
    session: Session, config: Config, loaded: Loaded, ledger: Ledger, asked: Asked
) -> Planned:
    """Make a plan against an open target, from a ledger as it is right now."""
    sides = sides_in(session, config, loaded, ledger, asked)
    settled = settled_in(session, ledger, sides.seen)
    origin = _origin(session, config, loaded, ledger)
    made = planned_from(sides, session, config, loaded, origin=origin, settled=settled)
    return replace(made, whole=not asked.only)


def planned_from(
    sides: Sides,
    session: Session,
    config: Config,
    loaded: Loaded,
    *,
    origin: Origin,
    settled: Sequence[Settled] = (),
) -> Planned:
    """Make a plan from both sides, as they were read."""
    seen = sides.seen
    entries = _with_settled(seen.entries, settled)
    made = make(
        _answerable(sides.wanted, settled),
        seen.live,
        seen.gone,
        entries,
        sides.policy,
        origin=origin,
        abilities=session.dialect.abilities,
    )
    made = replace(made, notices=(*_in_doubt(settled), *made.notices))
    made = _with_people(_with_drafts(made, session, config), session, sides, entries)
    return Planned(
        plan=planfile.named(judged(made, config)),
        heading=session.heading,
        settled=tuple(settled),
        present=seen.present,
        ours=seen.ours,
        entries=entries,
        live=seen.live,
        warnings=loaded.problems,
        things=sides.wanted.site.things,
    )


def _with_drafts(made: Plan, session: Session, config: Config) -> Plan:
    return drafts_of(
        made,
        session.transport.send,
        session.dialect,
        default_locale=config.rules.default_locale,
    )


def _with_people(made: Plan, session: Session, sides: Sides, entries: Mapping[Ref, Entry]) -> Plan:
    """Tell of the readers of what is taken away, and of who edited what in Intercom."""
    send, things = session.transport.send, sides.wanted.site.things
    former = {item.ref: Ref(item.ref.kind, item.was) for item in made.upkeep if item.was}
    known = {ref: entries.get(former.get(ref, ref)) for ref in things}
    seen = {ref: sides.seen.live.get((ref.kind, entry.id)) for ref, entry in known.items() if entry}
    live = {ref: each for ref, each in seen.items() if each}
    return with_editors(with_reach(made, send, session.dialect), send, things, live)


def edited_in_intercom(planned: Planned) -> dict[Stand, Diff]:
    """What was changed by hand in the bodies that drifted or conflict."""
    former = {item.ref: Ref(item.ref.kind, item.was) for item in planned.plan.upkeep if item.was}
    beside = {(ref.kind, twin.id): ref.key for ref, twin in planned.plan.beside.items()}
    known = {(ref.kind, entry.id): ref.key for ref, entry in planned.entries.items()}
    keys = {**beside, **known}
    found = {}
    for stand in planned.plan.stands:
        thing = planned.things.get(stand.ref)
        entry = planned.entries.get(former.get(stand.ref, stand.ref))
        live = planned.live.get((stand.ref.kind, entry.id)) if entry else None
        if stand.standing in ("drift", "conflict") and thing and entry and live:
            found[stand] = hand_edits(thing, live, entry, stand.locale, keys)
    return {stand: diff for stand, diff in found.items() if diff}


def _with_settled(entries: Mapping[Ref, Entry], settled: Sequence[Settled]) -> dict[Ref, Entry]:
    joined = dict(entries)
    for item in settled:
        if item.entry:
            joined[item.intent.ref] = item.entry
        elif item.removed:
            joined.pop(item.intent.ref, None)
    return joined


def _answerable(wanted: Wanted, settled: Sequence[Settled]) -> Wanted:
    """Leave out what a person is asked about: it is not created again, nor is it removed."""
    unsure = [item for item in settled if not item.certain]
    if not unsure:
        return wanted
    asked = frozenset(item.intent.ref for item in unsure)
    site = wanted.site
    spots = {ref: site.things[ref].spot for ref in asked & site.things.keys()}
    things = {ref: thing for ref, thing in site.things.items() if ref not in asked}
    return Wanted(
        site=replace(site, things=things, left_out=site.left_out | asked),
        problems=(
            *wanted.problems,
            *(question(item, spots.get(item.intent.ref)) for item in unsure),
        ),
    )


def _in_doubt(settled: Sequence[Settled]) -> Iterator[Problem]:
    """Say of what a killed run may have created that no list has shown so far."""
    keys = [item.intent.ref.key for item in settled if is_unseen(item)]
    if keys:
        yield Problem(
            rule="in-doubt",
            severity="warning",
            what=f"an earlier run was cut off while it created {words.listed(keys, most=5)}; "
            "whether it did is not known yet.",
            advice="The next apply finds out before it writes anything.",
        )


def _origin(session: Session, config: Config, loaded: Loaded, ledger: Ledger) -> Origin:
    revision = head(config.root) or Revision("", 0)
    return Origin(
        target=session.target.name,
        workspace=session.account.workspace,
        help_center=session.help_center.id,
        api_version=session.dialect.version,
        lineage=ledger.lineage,
        serial=ledger.serial,
        made_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        made_with=f"publisher {__version__}",
        commit=revision.commit,
        committed_at=revision.time,
        content_digest=loaded.digest,
    )
