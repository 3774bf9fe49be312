"""Which changes take a link away, so that what it led to may go: it waits for them."""

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


def _articles(html: str) -> set[Ref]:
    found = (each for each in refs.references(html) if each.kind == "article")
    return {Ref("article", Key(each.key)) for each in found}
