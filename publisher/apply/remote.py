"""The help center an apply writes to: calls built by `wire`, sent, and their replies decoded.

What Intercom resets when it is left out is filled in here from the thing as it is live: a
collection, page or source is sent whole, an article always with its author.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from publisher.apply.recovery import in_center
from publisher.apply.tasks import Task
from publisher.errors import RemoteError
from publisher.intercom import observe, wire
from publisher.intercom.dialect import Call, Dialect, Reply
from publisher.intercom.walk import Send
from publisher.model import Article, Key, Kind, Live, Locale, RemoteId


class Attempt(Protocol):
    """Sends a call once, as `Transport.attempt` does."""

    def __call__(self, call: Call, number: int, *, at_once: bool) -> Reply:
        """Return the answer; raises LookAgain when it is worth another look and try."""


@dataclass(frozen=True, slots=True)
class Try:
    """Which attempt at a write this is, and whether it must leave at once."""

    number: int = 1
    at_once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """One help center.

    attempt  sends a call once.
    ours     ids of the collections that belong to it; empty when there is only one.
    present  ids per kind that stood when the plan was made.
    authors  of the articles written so far, to be named again.
    """

    send: Send
    attempt: Attempt
    dialect: Dialect
    default_locale: Locale
    help_center: RemoteId | None = None
    ours: frozenset[RemoteId] = frozenset()
    present: Mapping[Kind, Collection[RemoteId]] = field(default_factory=dict)
    authors: dict[RemoteId, str] = field(default_factory=dict)

    def listed(self, kind: Kind) -> Collection[RemoteId]:
        """Ids of a kind that stood when the plan was made."""
        return self.present.get(kind, ())

    def look(self, kind: Kind, id: RemoteId) -> Live | None:
        """Read one thing; None when it is gone."""
        live = observe.look(
            self.send, self.dialect, kind, id, known={}, default_locale=self.default_locale
        )
        return at_home(live, self.ours) if live else None

    def staged(self, id: RemoteId) -> Live | None:
        """Read an article as it would be with the draft that waits; None when none does."""
        return observe.draft(self.send, self.dialect, id, default_locale=self.default_locale)

    def listing(self, kinds: Iterable[Kind]) -> dict[tuple[Kind, RemoteId], Live]:
        """What a fresh list shows of these kinds; raises RemoteError when it is none.

        Collections of other help centers are left out.
        """
        things, complete = observe.listed(
            self.send, self.dialect, kinds, default_locale=self.default_locale
        )
        if not complete:
            raise RemoteError("the lists of the help center changed while they were read.")
        ours = in_center(things, self.help_center)
        return {each: at_home(live, self.ours) for each, live in ours.items()}

    def inhabited(self, collections: Collection[RemoteId]) -> frozenset[RemoteId]:
        """Which of these collections hold something, whoever put it there.

        A list may lag behind, so what it shows inside one is looked at once more. Where the
        lists do not add up, all of them count as inhabited.
        """
        things, complete = observe.listed(
            self.send, self.dialect, ("collection", "article"), default_locale=self.default_locale
        )
        if not complete:
            return frozenset(collections)
        found: set[RemoteId] = set()
        for (kind, id_), live in things.items():
            if inside := (_above(live) & set(collections)) - found:
                now = self.look(kind, id_)
                found |= inside & _above(now) if now else set()
        return frozenset(found)

    def create(self, task: Task) -> Live:
        """Send what makes a new thing. Never repeated by anyone but `recovery`."""
        kind = task.intent.ref.kind
        call = wire.create(
            self.dialect,
            kind,
            task.values,
            default_locale=self.default_locale,
            help_center=self.help_center,
        )
        return self._decoded(kind, call)

    def update(self, task: Task, live: Live | None, attempt: Try) -> Live:
        """Send what changes a thing; `live` is it as just read, None for a new page.

        Raises LookAgain.
        """
        kind, id_ = task.intent.ref.kind, task.intent.would.id
        others: tuple[RemoteId, ...] = ()
        if kind == "article":
            author = self.authors.get(id_, "")
            if live is not None:
                author = live.thing.fields().get("author", "")
                others = _elsewhere(live, self.ours)
            values = {"author": author, **task.values}
        else:
            live = live or self.look(kind, id_)
            values = {**(live.thing.fields() if live else {}), **task.values}
        call = wire.update(
            self.dialect,
            kind,
            id_,
            values,
            default_locale=self.default_locale,
            other_parents=others,
        )
        return self._whole(task, self._decoded(kind, call, attempt if live else None))

    def _whole(self, task: Task, live: Live) -> Live:
        """A reply may leave out translations that were kept: look before they count as lost."""
        shown = live.thing.fields()
        if all(f"{edit.locale}.title" in shown for edit in task.edits if edit.locale):
            return live
        return self.look(task.intent.ref.kind, live.id) or live

    def delete(self, task: Task, attempt: Try) -> None:
        """Delete a thing. Raises LookAgain."""
        call = wire.delete(self.dialect, task.intent.ref.kind, task.intent.would.id)
        self.attempt(call, attempt.number, at_once=attempt.at_once)

    def _decoded(self, kind: Kind, call: Call, attempt: Try | None = None) -> Live:
        """Send a call and read its answer; without `attempt` it is one that nobody looks before."""
        if attempt is None:
            reply = self.send(call)
        else:
            reply = self.attempt(call, attempt.number, at_once=attempt.at_once)
        payload = reply.data if isinstance(reply.data, Mapping) else {}
        if call.path.startswith(wire.SECTIONS):
            payload = {"type": "section", **payload}
        try:
            live = wire.decode(
                self.dialect, kind, payload, known={}, default_locale=self.default_locale
            )
        except RemoteError as error:  # it was carried out, but we cannot tell which thing it is
            raise RemoteError(str(error), status=error.status, doubtful=True) from error
        self.authors[live.id] = live.thing.fields().get("author", "")
        return at_home(live, self.ours)


def _above(live: Live) -> set[RemoteId]:
    """Every collection a thing is in."""
    parent = getattr(live.thing, "parent", None)
    return {*live.parents, RemoteId(parent)} if parent else set(live.parents)


def at_home(live: Live, ours: frozenset[RemoteId]) -> Live:
    """Name the parent that belongs to our help center; others are kept, but not ours to judge."""
    thing = live.thing
    if not ours or not isinstance(thing, Article) or RemoteId(thing.parent or "") in ours:
        return live
    parent = next((each for each in live.parents if each in ours), None)
    if parent is None:
        return live
    return replace(live, thing=replace(thing, parent=Key(parent)))


def _elsewhere(live: Live, ours: frozenset[RemoteId]) -> tuple[RemoteId, ...]:
    return tuple(each for each in live.parents if ours and each not in ours)
