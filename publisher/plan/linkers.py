"""What the texts of a plan link to, and which links they give up."""

from __future__ import annotations

from publisher.body import refs
from publisher.model import Key, Ref
from publisher.plan.changes import Plan
from publisher.plan.diff import is_body
from publisher.plan.readable import body_after


def linkers(plan: Plan) -> dict[Ref, frozenset[Ref]]:
    """Return article → the things whose links to it this plan takes out."""
    found: dict[Ref, set[Ref]] = {}
    for change in plan.changes:
        for edit in change.edits:
            if is_body(edit.name) and edit.before:
                for target in _articles(edit.before) - _articles(body_after(edit)):
                    found.setdefault(target, set()).add(change.ref)
    return {target: frozenset(sources) for target, sources in found.items()}


def collections_linked(plan: Plan) -> frozenset[Ref]:
    """The collections that a text of this plan links to."""
    bodies = (edit.after for change in plan.changes for edit in change.edits if is_body(edit.name))
    found = (each for html in bodies for each in refs.references(html))
    return frozenset(Ref("collection", Key(e.key)) for e in found if e.kind == "collection")


def _articles(html: str) -> set[Ref]:
    found = (each for each in refs.references(html) if each.kind == "article")
    return {Ref("article", Key(each.key)) for each in found}
