"""What would leave a dead link behind stays public, until somebody says otherwise.

A plan takes the links to what it hides out of everything it writes. What it does not write,
because a colleague changed it or its file is gone, may link there still.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from publisher.model import Article, Problem, Ref, RemoteId
from publisher.plan.changes import Change
from publisher.plan.diff import is_body
from publisher.plan.notices import name_of, ways
from publisher.plan.stages import hiding
from publisher.plan.view import Stay, View

ADDRESS = re.compile(r"""href="[^"]*?/(?P<locale>[\w-]+)/articles/(?P<id>\d+)""")


@dataclass(frozen=True, slots=True)
class Link:
    """One public text that leads to a language of an article."""

    source: Ref
    language: str
    target: Ref
    leads_to: str


def held_back(changes: Iterable[Change], view: View) -> dict[Stay, Problem]:
    """What these changes must not take from readers, each with what to say of it.

    What stays public by it may itself link to what goes; then that has to stay as well.
    """
    planned = {change.ref: change for change in changes}
    found: dict[Stay, Problem] = {}
    for link in _links(view) if any(_goes(change) for change in planned.values()) else ():
        change = planned.get(link.target)
        if change is None or view.may_remove(change.ref) or not _stays(link, planned):
            continue
        for language in {link.leads_to, ""} & set(_goes(change)):
            found.setdefault((change.ref, language), _said(change, link, view))
    return found


def _goes(change: Change) -> tuple[str, ...]:
    """The languages of an article that readers lose by a change; ("",) where it is deleted."""
    if change.ref.kind == "article" and change.verb == "delete":
        return ("",)
    return tuple(dict.fromkeys(edit.locale for edit in hiding(change)))


def _links(view: View) -> Iterator[Link]:
    """Every link from a public article that we manage to another one."""
    known = {(ref.kind, live.id): ref for ref, live in view.live.items()}
    for ref, live in view.live.items():
        if not isinstance(live.thing, Article):
            continue
        for language, translation in live.thing.translations.items():
            if translation.state == "published":
                for found in ADDRESS.finditer(translation.body):
                    target = known.get(("article", RemoteId(found["id"])))
                    if target and target != ref:
                        yield Link(ref, language, target, found["locale"])


def _stays(link: Link, planned: Mapping[Ref, Change]) -> bool:
    """Whether readers will still see this link when the plan has been carried out."""
    change = planned.get(link.source)
    if change is None:
        return True
    if change.verb == "delete" or link.language in _goes(change):
        return False
    return not any(is_body(edit.name) and edit.locale == link.language for edit in change.edits)


def _said(change: Change, link: Link, view: View) -> Problem:
    name, source = name_of(change.ref, view), name_of(link.source, view)
    here = link.source in view.site.things
    whole = here and not view.chosen(link.source)
    thing = view.site.things.get(change.ref)
    return Problem(
        rule="conflict",
        severity="error",
        spot=thing.spot if thing else None,
        what=f"{change.ref.key} stays public: {link.source.key} still links to it, "
        f"and {_why(link.source, view)}.",
        advice=ways(
            ("take the link out, too", f"publisher apply {name} {source}" if whole else ""),
            ("take the link out", f"publisher apply --overwrite {source}" if here else ""),
            ("hide it all the same", f"publisher apply --allow-deletes {name}"),
        ),
    )


def _why(source: Ref, view: View) -> str:
    if source not in view.site.things:
        return "is no longer in the repository"
    return "is left as it is" if view.chosen(source) else "is not part of this apply"
