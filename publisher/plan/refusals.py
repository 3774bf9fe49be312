"""What the planner will not do to a thing that exists, because Intercom has no way to do it.

A refused field is left as it is live; the rest of the thing is still written.
"""

from __future__ import annotations

from publisher.model import Abilities, Fields, Problem, Ref
from publisher.plan import homes, words
from publisher.plan.diff import FieldFinding
from publisher.plan.notices import homeless, name_of
from publisher.plan.view import View

SILENT = Problem(rule="gone", severity="warning", what="")
"""A refusal that needs no sentence of its own: the notice on the thing above says it."""


def of(
    finding: FieldFinding, ref: Ref, fields: Fields, view: View, abilities: Abilities
) -> Problem | None:
    """Why this field cannot be written, or None."""
    if finding.finding == "settled" or finding.name not in ("parent", "source", "external_id"):
        return None
    if nowhere := _nowhere(ref, view):
        return nowhere
    if finding.finding != "update" and not view.may_replace(ref):
        return None
    if finding.name == "parent":
        return unmovable(ref, fields["parent"], view, abilities)
    return _identity(finding.name, ref, view)


def _nowhere(ref: Ref, view: View) -> Problem | None:
    home = homes.missing(ref, view)
    if home is None:
        return None
    return SILENT if home in view.gone else homeless(ref, home, view)


def unmovable(ref: Ref, wanted: str, view: View, abilities: Abilities) -> Problem | None:
    shown = view.live[ref].thing.fields().get("parent", "")
    if ref.kind == "collection" and abilities.depth < 3 and bool(shown) != bool(wanted):
        return _warning(
            "cannot-move",
            f"{ref.key}: API version {abilities.api_version} cannot turn a collection into a "
            "section or back; it stays where it is.",
            "Use api_version 2.10 or newer, or move it in Intercom.",
            ref,
            view,
        )
    if wanted or not shown or (ref.kind == "article" and abilities.unparent):
        return None
    noun = words.NOUNS[ref.kind][0]
    since = " with API version 2.16 or newer" if ref.kind == "article" else ""
    return _warning(
        "cannot-unparent",
        f"{ref.key}: Intercom cannot take this {noun} out of its collection"
        + (" in this API version" if since else "")
        + "; it stays where it is.",
        f"Move its file into a folder, or take it out in Intercom{since}.",
        ref,
        view,
    )


def _identity(name: str, ref: Ref, view: View) -> Problem:
    """Intercom knows a page by source and external id: with another one it is another page."""
    return _warning(
        "cannot-change-identity",
        f"{ref.key}: {words.field(name)} of an external page cannot change; Intercom would keep "
        "the old page beside a new one. It stays as it is.",
        f"To start afresh give the file another name, or: publisher state rm {name_of(ref, view)}",
        ref,
        view,
    )


def _warning(rule: str, what: str, advice: str, ref: Ref, view: View) -> Problem:
    return Problem(
        rule=rule, severity="warning", what=what, advice=advice, spot=view.site.things[ref].spot
    )
