"""Roll back: from the backup an apply left to a plan that puts back what it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from publisher import __version__
from publisher.config import Config, Target
from publisher.errors import ConfigError, LedgerError, SafetyStop, StalePlan
from publisher.intercom.wire import SECTION
from publisher.ledger import backup as backups
from publisher.ledger.book import Ledger
from publisher.ledger.place import Place
from publisher.model import Backup, Entry, Ref, RemoteId, Saved, Site
from publisher.plan import planfile
from publisher.plan.changes import Origin, Policy
from publisher.plan.rollback import rollback
from publisher.plan.view import look
from publisher.workflow import ledgers
from publisher.workflow.applying import Report, Tell, Watch, carry_out
from publisher.workflow.content import check_version, near
from publisher.workflow.doubts import question, settle_doubts, settled_in
from publisher.workflow.drafts import drafts_of
from publisher.workflow.planning import Planned
from publisher.workflow.policing import judged
from publisher.workflow.readers import with_reach
from publisher.workflow.session import Session, asset_url, check_pin, local_restart, opened
from publisher.workflow.sides import Asked, seen_in


def kept(config: Config, target: Target) -> tuple[Backup, ...]:
    """Every backup of a target, newest first. Raises LedgerError."""
    return backups.listed(ledgers.home(config, target).place)


def plan_rollback(config: Config, target: Target, apply_id: str, asked: Asked) -> Planned:
    """Make the plan that takes an apply back; changes nothing, a token that may read will do.

    Raises ConfigError for an id of which no backup is kept, StalePlan for another place's.
    """
    check_version(config)
    place = ledgers.home(config, target).place
    backup = _backup(place, apply_id, target)
    ledger = ledgers.read(config, target)
    with opened(config, target, writes=False) as session:
        return _planned(session, config, ledger, (backup, *_later(place, backup)), asked)


def roll_back(  # noqa: PLR0913 - what a user may ask of it
    config: Config,
    target: Target,
    apply_id: str,
    asked: Asked,
    *,
    approve: Callable[[Planned], bool],
    tell: Tell,
    patience: float = 0.0,
) -> Report:
    """Take an apply back at once: an apply like any other, with a backup of its own.

    approve, tell, patience   as in `applying.apply`.
    """
    check_version(config)
    if config.read_only:
        raise SafetyStop("PUBLISHER_READ_ONLY is set; nothing is written to a help center.")
    command = "publisher rollback"
    with ledgers.opened(config, target, command=command, patience=patience) as journal:
        backup = _backup(journal.place, apply_id, target)
        with opened(config, target, writes=True) as session:
            settle_doubts(session, config, journal)
            chain = (backup, *_later(journal.place, backup))
            planned = _planned(session, config, journal.ledger, chain, asked)
            for ref, entry in planned.entries.items():
                if journal.ledger.entries.get(ref) != entry:
                    journal.adopt(ref, entry)
            if planned.plan.stopped:
                approve(planned)
                raise SafetyStop(planned.plan.stopped)
            if not approve(planned):
                return Report(plan=planned.plan, heading=session.heading, refused=True)
            return carry_out(planned, session, config, journal, Watch(tell=tell))


# The backup --------------------------------------------------------------------------------


def _backup(place: Place, apply_id: str, target: Target) -> Backup:
    found = backups.find(place, apply_id)
    if found is None:
        known = backups.kept_ids(place)
        if not known:
            raise ConfigError(
                f"no backup is kept of any apply to target “{target.name}” "
                f"({place.where('backup/' + apply_id)})."
            )
        raise ConfigError(
            f"no backup is kept of an apply “{apply_id}”.{near(apply_id, known)} "
            "To see them: publisher rollback --list"
        )
    return found


def _later(place: Place, backup: Backup) -> Iterator[Backup]:
    """Backups of applies since; one that cannot be read only warns of less."""
    for apply_id in backups.kept_ids(place):
        with suppress(LedgerError):
            found = backups.find(place, apply_id)
            if found and (found.made_at, found.apply_id) > (backup.made_at, backup.apply_id):
                yield found


def _check_place(backup: Backup, session: Session) -> None:
    here = {
        "target": (backup.target, session.target.name),
        "workspace": (backup.workspace, session.account.workspace),
        "help center": (backup.help_center, session.help_center.id),
    }
    for what, (then, now) in here.items():
        if then != now:
            raise StalePlan(
                f"apply {backup.apply_id} was to {what} {then}, but this is {now}; nothing was "
                "read. Use the target it was made for."
            )


# The plan ----------------------------------------------------------------------------------


def _planned(
    session: Session, config: Config, ledger: Ledger, chain: tuple[Backup, ...], asked: Asked
) -> Planned:
    """Plan against an open target. `chain`: the backup, then those of later applies."""
    backup, later = chain[0], chain[1:]
    _check_place(backup, session)
    local_restart(ledger, session)
    check_pin(ledger, session)
    policy = _policy(session, backup, asked)
    refs = (*(saved.ref for saved in backup.things), *backup.created, *ledger.entries)
    seen = seen_in(session, config, ledger, fin=any(r.kind in ("source", "page") for r in refs))
    settled = settled_in(session, ledger, seen)
    entries = dict(seen.entries)
    for item in settled:
        if item.entry:
            entries[item.intent.ref] = item.entry
        elif item.removed:
            entries.pop(item.intent.ref, None)
    site = Site(default_locale=config.rules.default_locale, locales=config.rules.locales, things={})
    view = look(site, seen.live, seen.gone, entries, policy)
    unclear = {item.intent.ref for item in settled if not item.certain}
    things = tuple(each for each in backup.things if each.ref not in unclear)
    made = rollback(
        respelt(replace(backup, things=things), entries, sections=session.dialect.sections),
        view,
        origin=_origin(session, ledger, backup),
        abilities=session.dialect.abilities,
        later=later,
    )
    unsure = tuple(question(item) for item in settled if not item.certain)
    with_drafts = drafts_of(
        replace(made, notices=(*unsure, *made.notices)),
        session.transport.send,
        session.dialect,
        default_locale=config.rules.default_locale,
    )
    told = with_reach(with_drafts, session.transport.send, session.dialect)
    return Planned(
        plan=planfile.named(judged(told, config)),
        heading=session.heading,
        settled=settled,
        present=seen.present,
        ours=seen.ours,
        entries=entries,
        live=seen.live,
    )


def _policy(session: Session, backup: Backup, asked: Asked) -> Policy:
    refs = (*(saved.ref for saved in backup.things), *backup.created)
    known = {ref.key for ref in refs} | {str(ref) for ref in refs}
    unknown = [key for key in sorted(asked.overwrite) if key not in known]
    if unknown:
        raise ConfigError(
            f"apply {backup.apply_id} changed no “{unknown[0]}”.{near(unknown[0], known)}"
        )
    target = session.target
    return Policy(
        on_removed=target.on_removed,
        on_drift=target.on_drift,
        max_removals=target.max_removals,
        overwrite=asked.overwrite,
        allow_deletes=asked.allow_deletes,
        allow_count=asked.allow_count,
        manage=target.manage,
        help_center=session.help_center_id,
        asset_url=asset_url(target),
    )


def _origin(session: Session, ledger: Ledger, backup: Backup) -> Origin:
    """No commit: what the ledger says was applied last stays so, and no checkout is older."""
    return Origin(
        target=session.target.name,
        workspace=session.account.workspace,
        help_center=session.help_center.id,
        api_version=session.dialect.version,
        lineage=ledger.lineage,
        serial=ledger.serial,
        made_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        made_with=f"publisher {__version__}",
        undoes=backup.apply_id,
    )


def respelt(backup: Backup, entries: Mapping[Ref, Entry], *, sections: bool) -> Backup:
    """Follow a change of API version across 2.10 since: ids as this version spells them."""
    known = {_bare(e.id): e.id for ref, e in entries.items() if ref.kind == "collection"}
    for saved in backup.things:
        if saved.ref.kind == "collection":
            prefix = SECTION if sections and saved.fields.get("parent") else ""
            known.setdefault(_bare(saved.id), RemoteId(prefix + _bare(saved.id)))
    return replace(backup, things=tuple(_respelt(saved, known) for saved in backup.things))


def _respelt(saved: Saved, known: Mapping[str, RemoteId]) -> Saved:
    def now(id_: str) -> RemoteId:
        return known.get(_bare(id_), RemoteId(id_))

    fields = dict(saved.fields)
    if fields.get("parent"):
        fields["parent"] = now(fields["parent"])
    return replace(
        saved,
        id=now(saved.id) if saved.ref.kind == "collection" else saved.id,
        fields=fields,
        parents=tuple(now(each) for each in saved.parents),
    )


def _bare(id_: str) -> str:
    return id_.removeprefix(SECTION)
