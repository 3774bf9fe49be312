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
from publisher.plan.changes import REMOVALS, Change, Edit
from publisher.plan.diff import (
    is_body,
    links_digest,
    our_headings,
    references_digest,
    seen_digest,
    sent_digest,
)
from publisher.plan.stages import Step, hiding, staying
from publisher.plan.view import Headings, merged_by_locale

AT_BIRTH = ("parent", "author", "title", "description")
IDENTITY = ("parent", "source", "url", "external_id")
"""What a lost create is recognised by."""


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
        headings=_our_headings(change, edits),
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
        bodies = (edit for edit in staying(change.edits) if is_body(edit.name))
        return tuple(e for e in bodies if _may_lead_elsewhere(e, change, entry, addresses))
    if step.action == "write" and change.cause == "link" and change.relink:
        return tuple(e for e in change.edits if not _is_sent(e, change, entry, addresses))
    if change.verb == "create" and change.ref.kind == "article":
        return tuple(e for e in change.edits if not _is_sent(e, change, entry, addresses))
    if change.verb == "unpublish" and change.stage != REMOVALS and change.ref.kind == "article":
        return staying(change.edits) if step.action == "write" else hiding(change)
    return change.edits


def _may_lead_elsewhere(
    edit: Edit, change: Change, entry: Entry | None, addresses: Addresses
) -> bool:
    """What a rollback remembers as sent says nothing of where its links lead now."""
    if change.former is not None:
        return bool(refs.references(edit.after))
    return not _is_sent(edit, change, entry, addresses)


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
    """The id behind a parent's or source's key; "" stays "", and "#7" is the id 7 itself."""
    if not edit.after or edit.after.startswith("#"):
        return RemoteId(edit.after[1:])
    kind: Kind = "collection" if edit.name == "parent" else "source"
    return addresses.ids.get(Ref(kind, Key(edit.after)))


def _headings(edit: Edit, step: Step, entry: Entry | None) -> dict[str, str]:
    """Ids of a body's headings; what Intercom answered in this run is newer than the plan.

    What a rollback puts back is spelt with Intercom's ids already.
    """
    if step.change.former is not None:
        return {}
    known = dict(entry.headings.get(edit.locale, {})) if entry else {}
    return {**edit.headings, **known} if step.action == "relink" else {**known, **edit.headings}


def _our_headings(change: Change, edits: tuple[Edit, ...]) -> dict[str, tuple[str, ...]]:
    """Our ids of the headings that are sent; a rollback finds them by Intercom's former ones."""
    found = our_headings({edit.name: edit.after for edit in edits})
    if change.former is None:
        return found
    known = change.former.headings
    ours = {locale: {t: o for o, t in known.get(locale, {}).items()} for locale in found}
    return {
        locale: tuple(ours[locale].get(each, each) for each in ids) for locale, ids in found.items()
    }


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
    if change.former is not None:
        return _as_before(change, change.former, before, edits, values)
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


def _as_before(
    change: Change,
    former: Entry,
    before: Entry,
    edits: tuple[Edit, ...],
    values: dict[str, str],
) -> Entry:
    """The entry after a rollback: of what it writes, what the ledger said before the apply.

    So the content of then finds nothing to do, and the content of now all that was put back.
    """
    sent, source = dict(before.sent), dict(before.source)
    for edit in edits:
        _say_again(edit.name, sent, former.sent)
        if change.verb == "create" and edit.name in IDENTITY:
            sent[edit.name] = seen_digest(edit.name, values[edit.name])
        for name in (edit.name, f"{edit.name}#refs", f"{edit.name}#links"):
            _say_again(name, source, former.source)
    bodies = [edit.locale for edit in edits if is_body(edit.name) and edit.locale]
    again = {e.name: former.withdrawn[e.name] for e in edits if e.name in former.withdrawn}
    return replace(
        before,
        title=change.title or before.title,
        parent=values.get("parent", values.get("source", before.parent)),
        path=before.path or change.path,
        protect=change.protect or before.protect,
        source=source,
        sent=sent,
        blocks={**before.blocks, **change.blocks},
        headings={**before.headings, **{each: former.headings.get(each, {}) for each in bodies}},
        withdrawn={**_withdrawn(before, edits), **again},
    )


def _say_again(name: str, now: dict[str, Digest], formerly: Mapping[str, Digest]) -> None:
    now.pop(name, None)
    if name in formerly:
        now[name] = formerly[name]


def _would_have(before: Entry, edits: tuple[Edit, ...]) -> Headings:
    """Ids of headings as they are sent, should the answer not tell which is which."""
    kept = {edit.locale: edit.headings for edit in edits if edit.headings}
    return merged_by_locale(before.headings, kept)


def _withdrawn(before: Entry, edits: tuple[Edit, ...]) -> dict[str, str]:
    """What is hidden though nobody asked for it, as it was; what is written otherwise is settled.

    A new translation that has to wait never was anything; what it waits for is to be published.
    """
    written = {edit.name for edit in edits}
    kept = {name: was for name, was in before.withdrawn.items() if name not in written}
    taken = {edit.name: edit.before or "published" for edit in edits if edit.withdraws}
    return {**kept, **taken}
