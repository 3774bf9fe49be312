"""Why a change is made, in one line for whoever reads the plan."""

from __future__ import annotations

from collections.abc import Iterable

from publisher.plan import words
from publisher.plan.changes import Cause, Edit, Verb
from publisher.plan.diff import FieldFinding, is_state
from publisher.plan.edits import waiting_words


def why_of(verb: Verb, edits: tuple[Edit, ...], writes: list[FieldFinding]) -> str:
    """Return the sentence, without a full stop."""
    cause = cause_of(writes)
    names = [edit.name for edit in edits]
    overwritten = [f.name for f in writes if f.finding in ("drift", "conflict")]
    if cause == "renderer":
        return "a newer version of publisher spells it differently"
    if cause == "link":
        return "a link in it leads somewhere else now"
    if cause == "asset":
        return "an image in it changed"
    why = _why_content(verb, edits, names)
    if overwritten:
        why += f"; replaces what was edited in Intercom ({words.listed(overwritten)})"
    return why


def _why_content(verb: Verb, edits: tuple[Edit, ...], names: list[str]) -> str:
    new = [e.locale for e in edits if e.name.endswith(".title") and e.before is None]
    rest = [name for name in names if name.partition(".")[0] not in new]
    said = []
    if new:
        said.append(f"new {words.listed(words.language(code) for code in new)} translation")
    for edit in edits:
        if edit.name == "parent":
            where = edit.after or "no collection"
            said.append(f"moves from {edit.before or 'no collection'} to {where}")
        elif is_state(edit.name) and edit.name in rest and not edit.withdraws:
            language = words.language(edit.locale)
            said.append(
                f"{language} becomes {edit.after}"
                if edit.before != edit.after
                else f"the {language} draft in Intercom is replaced"
            )
    plain = [name for name in rest if name != "parent" and not is_state(name)]
    if plain:
        said.append(words.changed(plain))
    return "; ".join([*said, *waiting_words(edits)])


def cause_of(writes: Iterable[FieldFinding]) -> Cause:
    """Return the cause that matters most to a reader of the plan."""
    causes = [finding.cause for finding in writes]
    order: tuple[Cause, ...] = ("content", "link", "asset", "renderer")
    return next(cause for cause in order if cause in causes)
