"""When something becomes public, all of it has to be as the author wants it.

A draft may have been changed in Intercom: by a colleague who wrote into it, or into one that
an apply had just begun. To publish it then would publish their words along, unseen; so all
of that language waits until the text is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from publisher.model import Fields, Live, Problem, Ref
from publisher.plan import words
from publisher.plan.diff import FieldFinding, is_state
from publisher.plan.notices import edited_draft
from publisher.plan.view import View

TEXTS = ("title", "description", "body")


def texts_of(states: Iterable[str]) -> list[str]:
    """The fields that become public with these states ("en.state" → "en.title" …)."""
    locales = [name.partition(".")[0] for name in states]
    return [f"{locale}.{part}" for locale in locales for part in TEXTS]


def appearing(names: Iterable[str], wanted: Fields, live: Live) -> list[str]:
    """Of these fields, the states by which a text becomes public that was not."""
    shown = live.thing.fields()
    states = (name for name in names if is_state(name) and wanted.get(name) == "published")
    return [name for name in states if shown.get(name) != "published"]


def waiting(
    ref: Ref, findings: Sequence[FieldFinding], wanted: Fields, view: View
) -> Iterator[tuple[str, Problem | None]]:
    """States that have to wait, each with what to say of it where nothing else says it."""
    unsettled = {
        found.name: found.finding
        for found in findings
        if found.finding in ("drift", "conflict") and not view.writes(ref, found)
    }
    names = [found.name for found in findings if view.writes(ref, found)]
    for state in appearing(names, wanted, view.live[ref]):
        theirs = [unsettled[name] for name in texts_of([state]) if name in unsettled]
        if theirs:
            language = words.language(state.partition(".")[0])
            said = "conflict" in theirs
            yield state, None if said else edited_draft(ref, state, language, view)
