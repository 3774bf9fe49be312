"""The order of an apply: a plan's changes as stages of steps.

1 sources and collections, one stage per depth   2 every new article is born a draft
3 bodies, moves, publications, external pages    4 relinks, for links whose target got its
address in 3                                     5 removals: languages that are hidden, articles
                                                   and pages, then collections leaf-first, then
                                                   sources

One rule for every new article: no graph of links, cycles need no thought, no reader meets
an empty page, and a create whose answer was lost has left only an invisible draft.
Inside a stage, order does not matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from publisher.model import Key, Ref
from publisher.plan.changes import REMOVALS, Change, Edit, Plan
from publisher.plan.diff import is_body, is_state
from publisher.plan.linkers import linkers

Action = Literal["create", "birth", "write", "relink", "remove"]


@dataclass(frozen=True, slots=True)
class Step:
    """One part of one change: at most one write request."""

    change: Change
    action: Action


def steps(plan: Plan) -> tuple[tuple[Step, ...], ...]:
    """Derive the stages; empty ones are left out."""
    groups = [
        *_containers(plan),
        [Step(c, "birth") for c in _of(plan, "article") if c.verb == "create"],
        [Step(c, "write") for c in _of(plan, "article", "page") if _writes(c)],
        [Step(c, "relink") for c in _of(plan, "article", "page") if may_relink(c)],
        *_removals(plan),
    ]
    return tuple(tuple(group) for group in groups if group)


def hiding(change: Change) -> tuple[Edit, ...]:
    """Of an article's change, the edits of languages that readers lose by it."""
    if change.ref.kind != "article":
        return ()
    gone = _hidden(change.edits)
    return tuple(edit for edit in change.edits if edit.locale in gone)


def staying(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The others: they are written before, so that no link of theirs leads to what is hidden."""
    edits = tuple(edits)
    gone = _hidden(edits)
    return tuple(edit for edit in edits if edit.locale not in gone)


def _hidden(edits: Iterable[Edit]) -> set[str]:
    states = (edit for edit in edits if is_state(edit.name))
    return {e.locale for e in states if (e.before, e.after) == ("published", "draft")}


def _writes(change: Change) -> bool:
    return change.stage != REMOVALS and (
        change.verb != "unpublish" or change.ref.kind != "article" or bool(staying(change.edits))
    )


def may_relink(change: Change) -> bool:
    """Whether its body may need sending again once its neighbours have their addresses."""
    if change.stage == REMOVALS:
        return False
    marks = ('"article:', '"collection:')
    bodies = (edit.after for edit in change.edits if is_body(edit.name))
    return change.relink or any(mark in body for body in bodies for mark in marks)


def estimated_requests(plan: Plan) -> int:
    """How many calls an apply will make: a look and a write per change, and its extra steps."""
    looks = sum(change.id is not None for change in plan.changes)
    writes = sum(
        2 if change.verb == "create" and change.ref.kind == "article" else 1
        for change in plan.changes
    )
    return looks + writes + sum(change.relink for change in plan.changes)


def _of(plan: Plan, *kinds: str) -> list[Change]:
    return [change for change in plan.changes if change.ref.kind in kinds]


def _containers(plan: Plan) -> Iterable[list[Step]]:
    changes = [c for c in _of(plan, "source", "collection") if c.stage != REMOVALS]
    depths = depths_of(changes)
    for depth in range(max(depths.values(), default=-1) + 1):
        yield [
            Step(c, "create" if c.verb == "create" else "write")
            for c in changes
            if depths[c.ref] == depth
        ]


def depths_of(changes: Iterable[Change]) -> dict[Ref, int]:
    """How many parents of each collection are themselves changed in this plan."""
    by_ref = {change.ref: change for change in changes}

    def depth(change: Change) -> int:
        parent = by_ref.get(Ref("collection", Key(change.after("parent") or "")))
        return 0 if parent is None or parent is change else 1 + depth(parent)

    return {ref: depth(change) for ref, change in by_ref.items()}


def _linking_first(
    changes: Iterable[Change], linking: Mapping[Ref, Collection[Ref]]
) -> dict[Ref, int]:
    """What gives up a link goes before what it led to; in a circle somebody has to be first."""
    waiting = {change.ref for change in changes}
    layers: dict[Ref, int] = {}
    layer = 0
    while waiting:
        free = {ref for ref in waiting if not (set(linking.get(ref, ())) & waiting) - {ref}}
        layers.update(dict.fromkeys(free or waiting, layer))
        waiting -= free or set(waiting)
        layer += 1
    return layers


def _removals(plan: Plan) -> Iterable[list[Step]]:
    removed = [change for change in plan.changes if change.stage == REMOVALS or hiding(change)]
    texts = [change for change in removed if change.ref.kind in ("article", "page")]
    layers = _linking_first(texts, linkers(plan))
    for layer in range(max(layers.values(), default=-1) + 1):
        yield [Step(c, "remove") for c in texts if layers[c.ref] == layer]
    collections = [c for c in removed if c.ref.kind == "collection"]
    for depth in sorted({c.ref.key.count("/") for c in collections}, reverse=True):
        yield [Step(c, "remove") for c in collections if c.ref.key.count("/") == depth]
    yield [Step(c, "remove") for c in removed if c.ref.kind == "source"]
