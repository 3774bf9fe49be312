"""What becomes of a thing whose collection or source is not there to hold it."""

from __future__ import annotations

from dataclasses import replace

from publisher.model import Ref
from publisher.plan.diff import FieldFinding
from publisher.plan.view import View
from publisher.plan.wanted import home_of

PLACES = ("parent", "source")


def missing(ref: Ref, view: View) -> Ref | None:
    """Return the home of a thing if that neither stands live nor is about to be created."""
    home = home_of(view.site.things[ref])
    return home if home and home not in view.live and home not in view.arrivals else None


def following(finding: FieldFinding, ref: Ref, view: View) -> FieldFinding:
    """When a deleted collection is put back, what it held returns: nobody chose to move it."""
    home = home_of(view.site.things[ref])
    left_alone = not view.live[ref].thing.fields().get("parent")
    if finding.name == "parent" and left_alone and home in view.arrivals and home in view.gone:
        return replace(finding, finding="update")
    return finding


def as_it_stands(finding: FieldFinding, ref: Ref, view: View) -> FieldFinding | None:
    """What is to be said of a field; None of a place in what was deleted, which is told already."""
    home = missing(ref, view) if finding.name in PLACES and finding.finding != "settled" else None
    if home is None:
        return following(finding, ref, view)
    return None if home in view.gone else replace(finding, finding="conflict")
