"""Make a plan: findings become one change per thing, everything else becomes a notice.

Knows nothing of how a change is sent, and decides everything about whether it is:
apply obeys. What a colleague changed is kept unless the policy or the command line says
otherwise; what stands live and unmanaged is never created a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from publisher.body import refs
from publisher.body.vocabulary import is_intercom_image
from publisher.model import Abilities, Asset, Entry, Live, Problem, Ref
from publisher.plan import notices, renames, stages, unmanaged, words
from publisher.plan.changes import (
    BIRTHS,
    BODIES,
    COLLECTIONS,
    REMOVALS,
    Change,
    Origin,
    Plan,
    Policy,
    Readers,
    Wanted,
)
from publisher.plan.diff import is_body, is_state
from publisher.plan.edits import edit_of, waiting_words, waits, with_parents
from publisher.plan.existing import existing
from publisher.plan.lingering import held_back
from publisher.plan.missing import removed
from publisher.plan.notices import title_of
from publisher.plan.removals import limit_exceeded, plan_removals
from publisher.plan.stands import stands
from publisher.plan.strangers import in_order, lookalike_of, twin_of
from publisher.plan.upkeep import upkeep_of
from publisher.plan.view import RemoteRef, Stay, View, look
from publisher.plan.wanted import home_of, wanted_fields


def make(  # noqa: PLR0913 - the three sides of a plan and its circumstances
    wanted: Wanted,
    observed: Mapping[RemoteRef, Live],
    gone: frozenset[RemoteRef],
    entries: Mapping[Ref, Entry],
    policy: Policy,
    *,
    origin: Origin,
    abilities: Abilities,
) -> Plan:
    """Return the plan that makes what is live what is wanted. Pure: asks nobody, writes nothing."""
    sides = (wanted.site, observed, gone, entries, policy)
    view = look(*sides)
    changes, said = _planned(view, abilities)
    held: dict[Stay, Problem] = {}
    while more := held_back(changes, view).items() - held.items():
        held |= more
        view = look(*sides, stays=frozenset(held))
        changes, said = _planned(view, abilities)
    said += dict.fromkeys(held.values())
    plan = Plan(
        origin=origin,
        changes=tuple(sorted(changes, key=position)),
        notices=(
            *wanted.problems,
            *unmanaged.introduction(view),
            *notices.renderer(said),
            *notices.raised_headings(changes),
            *notices.others(said),
        ),
        upkeep=tuple(upkeep_of(view)),
        assets=_assets(changes, view),
        stands=tuple(stands(view, changes)),
        stopped=limit_exceeded(changes, view),
        shielded=tuple(r.key for r in removed(view) if view.entries[r].protect),
        beside=view.beside,
    )
    plan = replace(plan, counts=tally(plan, view))
    return replace(plan, requests=stages.estimated_requests(plan))


def _planned(view: View, abilities: Abilities) -> tuple[tuple[Change, ...], list[Problem]]:
    found = [item for ref in in_order(view.site) for item in _plan_thing(ref, view, abilities)]
    found += plan_removals(view)
    found += notices.dropped_locales(view)
    found += notices.plain_links(view)
    changes = tuple(item for item in found if isinstance(item, Change))
    return _one_per_thing(changes), [item for item in found if isinstance(item, Problem)]


def _plan_thing(ref: Ref, view: View, abilities: Abilities) -> Iterator[Change | Problem]:
    if ref in view.arrivals:
        yield _creation(ref, view)
    elif not view.chosen(ref):
        return
    elif ref in view.live:
        yield from existing(ref, view, abilities)
    elif ref in view.gone and not view.overwrites(ref):
        yield notices.gone(ref, view)
    elif twin := twin_of(ref, view):
        yield unmanaged.twin_conflict(ref, twin, view)
    elif alike := lookalike_of(ref, view):
        yield unmanaged.lookalike_conflict(ref, alike, view)
    elif home := home_of(view.site.things[ref]):
        yield notices.homeless(ref, home, view)


def _creation(ref: Ref, view: View) -> Change:
    thing = view.site.things[ref]
    fields = with_parents(wanted_fields(ref, view), thing)
    edits = tuple(edit_of(name, None, value, ref, view) for name, value in fields.items())
    locales = [name for name in fields if name.endswith(".title")]
    why = f"new {words.NOUNS[ref.kind][0]}"
    if ref in view.gone:
        why = f"it was deleted in Intercom and --overwrite {ref.key} puts it back"
    elif len(locales) > 1:
        languages = words.listed(
            (words.language(name.rpartition(".")[0]) for name in locales), most=6
        )
        why += f" in {languages}"
    why = "; ".join([why, *waiting_words(edits)])
    return Change(
        verb="create",
        ref=ref,
        title=title_of(thing, view),
        path=thing.spot.path,
        stage=COLLECTIONS
        if ref.kind in ("collection", "source")
        else BIRTHS
        if ref.kind == "article"
        else BODIES,
        readers=_readers(fields),
        why=why,
        edits=edits,
        blocks=renames.blocks_of(thing),
        relink=waits(edits, thing, view),
        protect=thing.protect,
    )


def _readers(fields: Mapping[str, str]) -> Readers:
    states = [value for name, value in fields.items() if is_state(name)]
    return "draft" if states and "published" not in states else "at once"


def _one_per_thing(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Join the unpublishing of a dropped translation with the article's other change."""
    joined: dict[Ref, Change] = {}
    for change in changes:
        other = joined.get(change.ref)
        if other is None:
            joined[change.ref] = change
            continue
        joined[change.ref] = replace(
            other,
            verb="unpublish",
            why=f"{other.why}; {change.why}",
            edits=(*other.edits, *change.edits),
            expects={**other.expects, **change.expects},
        )
    return tuple(joined.values())


def position(change: Change) -> tuple[int, int, str]:
    depth = change.ref.key.count("/")
    return (change.stage, -depth if change.stage == REMOVALS else depth, change.ref.key)


def _assets(changes: Iterable[Change], view: View) -> tuple[Asset, ...]:
    shown = {
        reference.key
        for change in changes
        for edit in change.edits
        if is_body(edit.name)
        for reference in refs.references(edit.after)
        if reference.kind == "asset"
    }
    found = (view.site.assets[token] for token in sorted(shown) if token in view.site.assets)
    return tuple(asset for asset in found if not _is_held(asset, view))


def _is_held(asset: Asset, view: View) -> bool:
    """Whether Intercom has the image already, so that nobody needs to upload it."""
    return is_intercom_image(view.addresses.asset_url(asset) or "")


def tally(plan: Plan, view: View) -> dict[str, int]:
    verbs = [change.verb for change in plan.changes]
    counts = {
        verb: verbs.count(verb)
        for verb in ("create", "update", "delete", "move", "publish", "unpublish")
    }
    for rule in ("drift", "conflict", "gone"):
        counts[rule] = plan.count(rule)
    changed = {change.ref for change in plan.changes}
    counts["unmanaged"] = len(view.strangers)
    counts["unchanged"] = sum(ref in view.live and ref not in changed for ref in view.site.things)
    return counts
