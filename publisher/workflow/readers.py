"""Who is concerned: the readers of what a plan takes away, and who made the edits that stand in it.

Both are told to whoever reads the plan and decide nothing, so an answer that does not come is
left out. Asked is only about what the plan is about: one request for each article it takes away,
and one for the names of the teammates where something was edited in Intercom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from publisher.errors import RemoteError
from publisher.intercom import observe
from publisher.intercom.dialect import Dialect
from publisher.intercom.walk import Send
from publisher.model import Article, Live, Locale, Problem, Ref, RemoteId, Thing
from publisher.plan.changes import Change, Plan

MOST = 100
"""Articles whose readers are counted: a plan that takes away more is stopped as it is."""
EDITED = ("drift", "conflict")


def with_reach(plan: Plan, send: Send, dialect: Dialect) -> Plan:
    """Say of the articles that the plan takes away how many readers they have had.

    Up to MOST requests, none where nothing is taken away.
    """
    losses = [c for c in plan.changes if c.takes_away and c.ref.kind == "article" and c.id]
    counted = {change.ref: _counted(change, send, dialect) for change in losses[:MOST]}
    return replace(plan, changes=tuple(counted.get(change.ref, change) for change in plan.changes))


def _counted(change: Change, send: Send, dialect: Dialect) -> Change:
    try:
        return replace(change, reach=observe.reach(send, dialect, RemoteId(change.id or "")))
    except RemoteError:
        return change


def with_editors(
    plan: Plan, send: Send, things: Mapping[Ref, Thing], live: Mapping[Ref, Live]
) -> Plan:
    """Say in each notice of an edit made in Intercom when it was made, and by whom.

    live  by the ref of `things`. One request for the names, none where nothing was edited.
    """
    edited = {stand.ref for stand in plan.stands if stand.standing in EDITED}
    files = {path: place for path, place in _files(things) if place[0] in edited}
    found: dict[int, tuple[int, str]] = {}
    for number, notice in enumerate(plan.notices):
        place = files.get(notice.spot.path) if notice.spot and notice.rule in EDITED else None
        there = live.get(place[0]) if place else None
        if place and there and not there.pending:
            at, by = there.edited.get(place[1]) or there.edited.get("") or (0, "")
            found |= {number: (at, by)} if at else {}
    names = _names(send) if any(by for _, by in found.values()) else {}
    notices = tuple(
        _told(notice, *found[number], names) if number in found else notice
        for number, notice in enumerate(plan.notices)
    )
    return replace(plan, notices=notices)


def _files(things: Mapping[Ref, Thing]) -> Iterator[tuple[str, tuple[Ref, Locale | Literal[""]]]]:
    """Which thing, and which locale of it, stands in which file."""
    for ref, thing in things.items():
        if thing.spot:
            yield thing.spot.path, (ref, "")
        if isinstance(thing, Article):
            for locale, translation in thing.translations.items():
                if translation.spot:
                    yield translation.spot.path, (ref, locale)


def _names(send: Send) -> dict[str, str]:
    try:
        return {admin.id: admin.name or admin.email for admin in observe.admins(send)}
    except RemoteError:  # a token may be without the permission to read them
        return {}


def _told(notice: Problem, at: int, by: str, names: Mapping[str, str]) -> Problem:
    who = f" by {names[by]}" if names.get(by) else ""
    when = datetime.fromtimestamp(at, UTC)
    said = f"Last edited there{who} on {when.day} {when:%B %Y} at {when:%H:%M} UTC."
    return replace(notice, what=f"{notice.what} {said}")
