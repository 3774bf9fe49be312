"""Make a step ready to send: bind its references, and say what will be remembered of it.

Values leave here as Intercom needs them (ids, URLs, final HTML); digests are over
identities, so that what is remembered does not depend on where things happen to stand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from publisher.apply.recovery import birth_sentence
from publisher.body import refs
from publisher.ledger.book import Ledger
from publisher.ledger.records import Intent
from publisher.model import Digest, Entry, Key, Kind, Ref, RemoteId
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Change, Edit
from publisher.plan.diff import (
    is_body,
    links_digest,
    our_headings,
    references_digest,
    seen_digest,
    sent_digest,
)
from publisher.plan.stages import Step
from publisher.plan.view import Headings, merged_by_locale

AT_BIRTH = ("parent", "author", "title", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A step with everything its call needs.

    values  per field: what to send; parents as ids, bodies as final HTML.
    edits   the edits behind them, whose text is remembered as sent.
    before  the entry as it was, or None for something new.
    """

    step: Step
    intent: Intent
    values: dict[str, str]
    edits: tuple[Edit, ...]
    before: Entry | None


def prepare(
    step: Step,
    ledger: Ledger,
    addresses: Addresses,
    new_id: Callable[[], str],
    listed: Callable[[Kind], Collection[RemoteId]],
) -> Task | str | None:
    """Return the task of a step; None when there is nothing to send; a sentence when it must wait.

    listed  ids of a kind that stood when the plan was made.
    """
    change = step.change
    created = _makes_new(step)
    entry = None if created else ledger.entries.get(change.ref)
    edits = _edits_of(step, entry, addresses)
    if not edits and change.verb != "delete":
        return None
    values: dict[str, str] = {}
    for edit in edits:
        value = _value(edit, change, addresses, _headings(edit, step, entry))
        if value is None:
            return f"{edit.name} {edit.after} is not there yet"
        values[edit.name] = value
    intent_id = new_id()
    would = _would(change, entry, edits, values, addresses)
    if step.action == "birth":
        default = addresses.default_locale
        values = {**values, f"{default}.body": birth_sentence(intent_id)}
        values[f"{default}.state"] = "draft"
    intent = Intent(
        id=intent_id,
        ref=change.ref,
        action="create" if created and step.action == "write" else step.action,
        would=would,
        meant={n: seen_digest(n, value) for n, value in values.items()},
        known=tuple(listed(change.ref.kind)) if created and step.action != "birth" else (),
        headings=our_headings({edit.name: edit.after for edit in edits}),
    )
    return Task(step=step, intent=intent, values=values, edits=edits, before=entry)


def _makes_new(step: Step) -> bool:
    """Whether it makes the thing: what a deleted one of that key was sent says nothing of it."""
    new_page = step.change.verb == "create" and step.change.ref.kind == "page"
    return step.action in ("create", "birth") or (new_page and step.action == "write")


def _edits_of(step: Step, entry: Entry | None, addresses: Addresses) -> tuple[Edit, ...]:
    change = step.change
    if step.action == "birth":
        return tuple(edit for edit in change.edits if _at_birth(edit, addresses))
    if step.action == "relink":
        bodies = (edit for edit in change.edits if is_body(edit.name))
        return tuple(edit for edit in bodies if not _is_sent(edit, change, entry, addresses))
    if step.action == "write" and change.cause == "link" and change.relink:
        return tuple(e for e in change.edits if not _is_sent(e, change, entry, addresses))
    if change.verb == "create" and change.ref.kind == "article":
        return tuple(e for e in change.edits if not _is_sent(e, change, entry, addresses))
    return change.edits


def _at_birth(edit: Edit, addresses: Addresses) -> bool:
    locale, _, part = edit.name.rpartition(".")
    told = bool(edit.after) or part == "parent"  # named nowhere, it is born at the top
    return part in AT_BIRTH and locale in ("", addresses.default_locale) and told


def _locale(edit: Edit, change: Change) -> str:
    """The locale a field speaks; a page speaks one, the one its blocks are in."""
    if edit.locale or change.ref.kind != "page":
        return edit.locale
    return change.after("locale") or next(iter(change.blocks), "")


def _digest(edit: Edit, change: Change, addresses: Addresses) -> Digest | None:
    if edit.name in ("parent", "source"):
        remote = _remote(edit, addresses)
        return None if remote is None else sent_digest(edit.name, remote, "", addresses)
    return sent_digest(edit.name, edit.after, _locale(edit, change), addresses)


def _is_sent(edit: Edit, change: Change, entry: Entry | None, addresses: Addresses) -> bool:
    return entry is not None and entry.sent.get(edit.name) == _digest(edit, change, addresses)


def _remote(edit: Edit, addresses: Addresses) -> RemoteId | None:
    """The id behind a parent's or source's key; "" stays ""."""
    if not edit.after:
        return RemoteId("")
    kind: Kind = "collection" if edit.name == "parent" else "source"
    return addresses.ids.get(Ref(kind, Key(edit.after)))


def _headings(edit: Edit, step: Step, entry: Entry | None) -> dict[str, str]:
    """Ids of a body's headings; what Intercom answered in this run is newer than the plan."""
    known = dict(entry.headings.get(edit.locale, {})) if entry else {}
    return {**edit.headings, **known} if step.action == "relink" else {**known, **edit.headings}


def _value(
    edit: Edit, change: Change, addresses: Addresses, headings: Mapping[str, str]
) -> str | None:
    if edit.name in ("parent", "source"):
        return _remote(edit, addresses)
    if not is_body(edit.name):
        return edit.after
    return refs.bind(edit.after, addresses.url(_locale(edit, change)), headings).html


def _would(
    change: Change,
    entry: Entry | None,
    edits: tuple[Edit, ...],
    values: dict[str, str],
    addresses: Addresses,
) -> Entry:
    """The entry as it will be once the call is done, but for what only the reply can tell."""
    before = entry or Entry(ref=change.ref, id=RemoteId(change.id or ""))
    sent, source = dict(before.sent), dict(before.source)
    for edit in edits:
        digest = _digest(edit, change, addresses)
        if digest is not None:
            sent[edit.name] = digest
        if is_body(edit.name):
            locale = _locale(edit, change)
            source[edit.name] = Digest(edit.source)
            source[f"{edit.name}#refs"] = references_digest(edit.after, locale, addresses)
            source[f"{edit.name}#links"] = links_digest(edit.after, locale, addresses)
    return replace(
        before,
        title=change.title or before.title,
        parent=values.get("parent", values.get("source", before.parent)),
        path=change.path or before.path,
        protect=change.protect or before.protect,
        source=source,
        sent=sent,
        blocks=dict(change.blocks) or before.blocks,
        headings=_would_have(before, edits),
        withdrawn=_withdrawn(before, edits),
    )


def _would_have(before: Entry, edits: tuple[Edit, ...]) -> Headings:
    """Ids of headings as they are sent, should the answer not tell which is which."""
    kept = {edit.locale: edit.headings for edit in edits if edit.headings}
    return merged_by_locale(before.headings, kept)


def _withdrawn(before: Entry, edits: tuple[Edit, ...]) -> dict[str, str]:
    """What is hidden because its file is gone, as it was; what is written otherwise is settled."""
    written = {edit.name for edit in edits}
    kept = {name: was for name, was in before.withdrawn.items() if name not in written}
    taken = {edit.name: edit.before for edit in edits if edit.withdraws and edit.before}
    return {**kept, **taken}
