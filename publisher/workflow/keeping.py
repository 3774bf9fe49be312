"""Before an apply: everything it will change or delete goes into a backup, as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from publisher.apply.run import Done
from publisher.body.vocabulary import unsigned_within
from publisher.config import Config
from publisher.intercom import observe
from publisher.ledger import backup as backups
from publisher.ledger.journal import Journal
from publisher.model import Backup, Digest, Entry, Live, Locale, Ref, Saved
from publisher.plan.changes import Change, Plan
from publisher.plan.diff import is_body
from publisher.workflow.planning import Planned
from publisher.workflow.session import Session


def keep_backup(planned: Planned, session: Session, config: Config, journal: Journal) -> None:
    """Keep what stands before the first call of an apply; raises LedgerError if that cannot be.

    What only the plan's listing knows is kept; an apply refuses whatever has moved since.
    """
    if planned.plan.changes:
        backups.keep(journal.place, _backup(planned, session, config.rules.default_locale))


def _backup(planned: Planned, session: Session, default: Locale) -> Backup:
    plan = planned.plan
    return Backup(
        apply_id=plan.id,
        target=session.target.name,
        workspace=session.account.workspace,
        help_center=session.help_center.id,
        api_version=session.dialect.version,
        made_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        commit=plan.origin.commit,
        things=tuple(_saved_things(planned, session, default)),
        created=tuple(change.ref for change in plan.changes if change.verb == "create"),
        undoes=plan.origin.undoes,
    )


def _saved_things(planned: Planned, session: Session, default: Locale) -> Iterator[Saved]:
    entries = _by_present_key(planned.entries, planned.plan)
    for change in planned.plan.changes:
        live = planned.live.get((change.ref.kind, change.id)) if change.id else None
        if live is not None:
            saved = _saved(change, live, entries.get(change.ref))
            draft = _draft(saved, session, default) if live.pending else {}
            yield replace(saved, draft=draft)


def _by_present_key(entries: Mapping[Ref, Entry], plan: Plan) -> dict[Ref, Entry]:
    """Entries by the keys that the changes use: what is renamed has its new one."""
    renamed = {Ref(item.ref.kind, item.was): item.ref for item in plan.upkeep if item.was}
    return {renamed.get(ref, ref): entry for ref, entry in entries.items()}


def _saved(change: Change, live: Live, entry: Entry | None) -> Saved:
    fields = _unsigned(live.thing.fields())
    written = fields if change.verb == "delete" else [edit.name for edit in change.edits]
    return Saved(
        ref=change.ref,
        id=live.id,
        verb=change.verb,
        title=change.title,
        urls=dict(live.urls),
        parents=live.parents,
        written=tuple(written),
        fields=fields,
        entry=replace(entry, ref=change.ref) if entry else None,
    )


def _unsigned(fields: Mapping[str, str]) -> dict[str, str]:
    """Signatures in addresses are secrets for a day; nobody needs them later."""
    return {n: unsigned_within(text) if is_body(n) else text for n, text in fields.items()}


def _draft(saved: Saved, session: Session, default: Locale) -> dict[str, str]:
    """What a colleague staged, where it is not what is live; nothing where it cannot be had."""
    send = session.transport.send
    staged = observe.draft(send, session.dialect, saved.id, default_locale=default)
    if staged is None:
        return {}
    found = _unsigned(staged.thing.fields())
    return {name: text for name, text in found.items() if saved.fields.get(name) != text}


def drift_again(done: Iterable[Done], journal: Journal) -> None:
    """What had drifted before an apply drifts again once that is taken back.

    A rollback puts it back as it stood, but the ledger had last seen something else: were it
    to take that for seen, the next change of the file would write over a colleague's edit.
    """
    for change in _whole(done):
        entry = journal.ledger.entries.get(change.ref)
        if change.former is None or entry is None or entry.form != change.former.form:
            continue
        names = _drifted(change, change.former, entry)
        if names:
            kept = {name: change.former.seen[name] for name in names}
            raw = {name: each for name, each in entry.raw.items() if name not in names}
            journal.adopt(change.ref, replace(entry, seen={**entry.seen, **kept}, raw=raw))


def _whole(done: Iterable[Done]) -> list[Change]:
    """The changes that were carried out to the end: of the others, nobody knows what stands."""
    done = list(done)
    broken = {each.step.change.ref for each in done if each.message}
    ended = [d.step for d in done if d.outcome == "done" and d.step.action != "birth"]
    return [step.change for step in ended if step.change.ref not in broken]


def _drifted(change: Change, former: Entry, entry: Entry) -> list[str]:
    names = [edit.name for edit in change.edits if not (is_body(edit.name) and change.relink)]
    return [name for name in names if _other(former.seen.get(name), entry.seen.get(name))]


def _other(before: Digest | None, now: Digest | None) -> bool:
    return before is not None and now is not None and before != now
