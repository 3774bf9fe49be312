"""What a change is called, and whether readers notice it: read off its edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from publisher.plan.changes import Edit, Readers, Verb
from publisher.plan.diff import is_state


def verb_of(edits: Iterable[Edit]) -> Verb:
    """The one word for a change of what exists; hiding is said before anything else."""
    states = [(edit.before, edit.after) for edit in edits if is_state(edit.name)]
    if ("published", "draft") in states:
        return "unpublish"
    if any(before == "draft" and after == "published" for before, after in states):
        return "publish"
    return "move" if any(edit.name == "parent" for edit in edits) else "update"


def readers_of(edits: Iterable[Edit], shown: Mapping[str, str]) -> Readers:
    """Only in draft locales: nobody notices. Anything else is seen at once."""
    states = []
    for edit in edits:
        if not edit.locale:
            return "at once"
        name = f"{edit.locale}.state"
        after = next((e.after for e in edits if e.name == name), shown.get(name, "published"))
        states += [after, shown.get(name, "draft")] if is_state(edit.name) else [after]
    return "at once" if "published" in states else "draft"
