"""Plan to put back what an apply changed, from the backup it left. Pure.

    it still exists        each field that the apply wrote and that differs now is written as
                           it was; a translation that the apply added is unpublished
    the apply deleted it   it is made again under the same key, with a new id
    the apply made it      it is deleted where the target deletes, else hidden from readers

A field that is not as the ledger saw it last was changed by somebody since: it stays, unless
the thing is named with --overwrite. What a colleague deleted is not made again on its own.
The plan is like any other: limits, protection, staleness and --allow-deletes hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from publisher.model import (
    Abilities,
    Article,
    Backup,
    Collection,
    Key,
    Problem,
    Ref,
    RemoteId,
    Saved,
    Spot,
    Thing,
)
from publisher.plan import removals, stages, words
from publisher.plan.changes import BIRTHS, BODIES, COLLECTIONS, Change, Edit, Origin, Plan, Readers
from publisher.plan.diff import is_state
from publisher.plan.make import position, tally
from publisher.plan.notices import ways
from publisher.plan.restoring import (
    PLACES,
    Match,
    former,
    former_blocks,
    is_there,
    leads_to_ours,
    match,
    nowhere,
    overwriting,
    place,
    title_of,
    value,
    with_anew,
)
from publisher.plan.reverting import reverted
from publisher.plan.strangers import handle
from publisher.plan.taking_back import taken_back
from publisher.plan.view import View

Found = Change | Problem


def rollback(
    backup: Backup,
    view: View,
    *,
    origin: Origin,
    abilities: Abilities,
    later: Iterable[Backup] = (),
) -> Plan:
    """Return the plan that puts back what stood before an apply.

    view    of a site without things: what is live, joined by the ledger.
    origin  its `undoes` is the apply that is taken back.
    later   backups of applies after that one.
    """
    found = match(backup, _standing(view))
    refused = {saved.ref: why for saved in found.lost if (why := _refusal(saved, found))}
    anew = frozenset(saved.ref for saved in found.lost) - set(refused)
    found = _housed(with_anew(found, anew), refused)
    items = [*refused.values(), *_put_back(found, abilities)]
    staying = _staying(found, [item for item in items if isinstance(item, Change)])
    items += taken_back(found, staying)
    items += _overtaken(items, later)
    return _planned(items, staying, origin)


def _standing(view: View) -> View:
    """The view with what is live as its site."""
    things: dict[Ref, Thing] = {ref: live.thing for ref, live in view.live.items()}
    return replace(view, site=replace(view.site, things=things))


def _put_back(found: Match, abilities: Abilities) -> Iterator[Found]:
    yield from (_creation(saved, found) for saved in found.lost if saved.ref in found.anew)
    for ref, saved in sorted(found.here.items()):
        yield from reverted(ref, saved, found, abilities)
    for saved in found.loose:
        yield _problem(
            "unmanaged", saved, f"{saved.ref.key} is not managed from here any more; it stays."
        )


def _staying(found: Match, changes: Iterable[Change]) -> View:
    """The view with all that the rollback leaves as its site, where it will stand."""
    places = {change.ref: change.after("parent") for change in changes}
    things: dict[Ref, Thing] = {}
    for ref, live in found.view.live.items():
        thing = live.thing
        if ref in found.backup.created:
            continue
        if isinstance(thing, Article | Collection):
            after = places.get(ref)
            if after is None:
                after = place("collection", RemoteId(thing.parent or ""), found)
            thing = replace(thing, parent=Key(after) if after else None)
        things[ref] = thing
    return replace(found.view, site=replace(found.view.site, things=things))


def _planned(items: Iterable[Found], view: View, origin: Origin) -> Plan:
    items = list(items)
    changes = sorted((item for item in items if isinstance(item, Change)), key=position)
    stopped = removals.limit_exceeded(changes, view)
    plan = Plan(
        origin=origin,
        changes=tuple(changes),
        notices=tuple(item for item in items if isinstance(item, Problem)),
        stopped=stopped.replace("publisher apply", f"publisher rollback {origin.undoes}"),
    )
    plan = replace(plan, counts=tally(plan, view))
    return replace(plan, requests=stages.estimated_requests(plan))


def _overtaken(items: Iterable[Found], later: Iterable[Backup]) -> Iterator[Problem]:
    """Say it where a newer apply changed the same thing: that goes, too."""
    changed = {item.ref for item in items if isinstance(item, Change)}
    for newer in later:
        refs = {*(saved.ref for saved in newer.things), *newer.created} & changed
        if refs:
            names = words.listed(sorted(ref.key for ref in refs))
            yield Problem(
                rule="later-apply",
                severity="warning",
                what=f"apply {newer.apply_id} changed {names} since; what it "
                "wrote there is replaced, too, by what stood before both.",
                advice=f"To take back that one first: publisher rollback {newer.apply_id}",
            )


# What does not exist any more --------------------------------------------------------------


def _refusal(saved: Saved, found: Match) -> Problem | None:
    """Why it is not made again, or None."""
    view = found.view
    if saved.verb != "delete" and not view.overwrites(saved.ref):
        advice = ways(("put it back", overwriting(saved.ref, found)))
        return _problem(
            "gone", saved, f"{saved.ref.key} was deleted since; it is not created again.", advice
        )
    title = title_of(saved, view)
    parent = saved.fields.get("parent", "")
    twin = view.standing.get(handle(saved.ref.kind, saved.fields, title, parent))
    if twin is None:
        return None
    url = next(iter(twin.urls.values()), "")
    where = f" ({url})" if url else ""
    return _problem(
        "conflict",
        saved,
        f"“{title}” already stands in the help center{where} and is not managed from here; a "
        "second one is not created.",
        "Delete it in Intercom, then run the rollback again.",
    )


def _problem(rule: str, saved: Saved, what: str, advice: str = "") -> Problem:
    path = saved.entry.path if saved.entry else ""
    return Problem(
        rule=rule,
        severity="warning" if rule == "unmanaged" else "error",
        spot=Spot(path) if path else None,
        what=what,
        advice=advice,
    )


def _housed(found: Match, refused: dict[Ref, Problem]) -> Match:
    """Make nothing again in what neither stands nor comes back."""
    lacking = {
        saved.ref: nowhere(saved.ref, saved.entry.path if saved.entry else "", name)
        for saved in found.lost
        for name, kind in PLACES.items()
        if saved.ref in found.anew
        and not is_there(kind, RemoteId(saved.fields.get(name, "")), found)
    }
    if not lacking:
        return found
    refused.update(lacking)
    return _housed(with_anew(found, found.anew - set(lacking)), refused)


def _creation(saved: Saved, found: Match) -> Change:
    kind, names = saved.ref.kind, tuple(saved.fields)
    edits = tuple(Edit(name=n, before=None, after=value(n, saved, found)) for n in names)
    states = {text for name, text in saved.fields.items() if is_state(name)}
    readers: Readers = "draft" if states and "published" not in states else "at once"
    containers = kind in ("collection", "source")
    entry = former(saved.ref, saved, found)
    return Change(
        verb="create",
        ref=saved.ref,
        title=title_of(saved, found.view),
        path=entry.path,
        stage=COLLECTIONS if containers else BIRTHS if kind == "article" else BODIES,
        readers=readers,
        why=f"apply {found.backup.apply_id} deleted it; it gets a new id"
        if saved.verb == "delete"
        else "it was deleted since; it gets a new id",
        edits=edits,
        blocks=former_blocks(names, saved),
        relink=leads_to_ours(edits),
        protect=entry.protect,
        former=entry,
    )
