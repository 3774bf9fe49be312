"""All wording: a plan, a report and a status as text for people. Returns text, prints nothing.

A plan is read from the top by somebody who has a minute: what readers will notice, what
stands in the way, then the changes in the order they will happen, counts last. Bodies are
shown as a diff of the prose, never of HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from publisher.cli.diffs import terminal_lines
from publisher.model import Problem
from publisher.plan import words
from publisher.plan.changes import (
    BIRTHS,
    BODIES,
    COLLECTIONS,
    RELINKS,
    REMOVALS,
    Change,
    Edit,
    Plan,
    Stand,
)
from publisher.plan.diff import is_body
from publisher.plan.prose import Diff, body_diff
from publisher.plan.readable import body_after
from publisher.plan.telling import ELSEWHERE, SAME, SIGNS, by_weight, reach_line, readers_line

STAGES = {
    COLLECTIONS: "Collections and content sources",
    BIRTHS: "New articles (created as drafts, published once their text is in place)",
    BODIES: "Changes",
    RELINKS: "Links that get their target in this plan",
    REMOVALS: "Taken away from readers",
}
MARKS = {"error": "!", "warning": "·"}
LONGEST_DIFF = 60
SHORT_DIFF = 12
"""Lines of a body's diff in a plan, and below a line of `status`."""


def plan_as_text(plan: Plan, *, full: bool = False) -> str:
    """Spell a plan for people. `full` shows every line of long diffs."""
    parts = [readers_line(plan), *_notices(plan.notices)]
    for stage, heading in STAGES.items():
        changes = [change for change in plan.changes if change.stage == stage]
        if changes:
            parts += ["", f"{heading}:"]
            parts += [line for change in changes for line in _change(change, full=full)]
    parts += ["", counts_line(plan)]
    if plan.stopped:
        parts += ["", f"STOP: {plan.stopped}"]
    return "\n".join(parts)


def counts_line(plan: Plan) -> str:
    """The counts, last, where the eye rests."""
    counts = plan.counts
    verbs = [f"{counts.get(verb, 0)} to {verb}" for verb in SIGNS if counts.get(verb)]
    said = ", ".join(verbs) or "no changes"
    for standing in ("drift", "conflict", "gone"):
        if counts.get(standing):
            many = "conflicts" if standing == "conflict" else standing
            said += f", {words.counted(counts[standing], standing, many)}"
    requests = f" About {words.counted(plan.requests, 'request')}." if plan.changes else ""
    return f"Plan: {said}; {counts.get('unchanged', 0)} unchanged.{requests}"


def _notices(notices: Sequence[Problem]) -> Iterator[str]:
    if notices:
        yield ""
    for notice in by_weight(notices):
        yield f"{MARKS[notice.severity]} {notice_line(notice)}"


def notice_line(notice: Problem) -> str:
    """One notice: its rule, where, what, and what to do."""
    place = f"{notice.spot}: " if notice.spot and notice.spot.path else ""
    advice = "".join(f"\n    {line}" for line in notice.advice.splitlines())
    return f"{notice.rule}: {place}{notice.what}{advice}"


def _change(change: Change, *, full: bool) -> Iterator[str]:
    noun = words.NOUNS[change.ref.kind][0]
    yield f"  {SIGNS[change.verb]} {change.verb} {noun} {change.ref.key} “{change.title}”"
    note = "" if change.readers == "at once" else f" ({change.readers})"
    yield f"      {change.why}{note}"
    if readers := reach_line(change.reach):
        yield f"      {readers}"
    if change.verb in ("create", "delete"):
        return
    if change.path:
        yield f"      {change.path}"
    for edit in change.edits:
        yield from _edit(edit, ELSEWHERE if change.cause == "link" else SAME, full=full)


def _edit(edit: Edit, same: str, *, full: bool) -> Iterator[str]:
    """One field; `same` is said of a body in which no words change."""
    if edit.before is None:
        return
    if not is_body(edit.name):
        yield f"      {edit.name}: {edit.before or '(empty)'} → {edit.after or '(empty)'}"
        return
    diff = body_diff(edit.before, body_after(edit))
    if all(line.sign == "i" for line in diff):
        yield f"      {edit.name}: {' '.join(line.text for line in diff) or same}"
        return
    yield f"      {edit.name}:"
    lines = list(terminal_lines(diff, full=full))
    yield from (f"      {line}" for line in shortened(lines, LONGEST_DIFF, full=full))


def shortened(lines: Sequence[str], most: int, *, full: bool) -> Iterator[str]:
    """As many lines as there is room for, and how many there would be."""
    shown = lines if full else lines[:most]
    yield from shown
    if len(lines) > len(shown):
        yield f"… {words.counted(len(lines) - len(shown), 'more line')} (-v shows them)"


def status_as_text(
    stands: Sequence[Stand], edits: Mapping[Stand, Diff], *, full: bool = False
) -> str:
    """Everything that is not settled, one per line, and how many there are of each.

    edits  what was changed in Intercom, as a diff; shown below the line it belongs to.
    """
    lines = []
    for stand in (stand for stand in stands if stand.standing != "settled"):
        diff = list(terminal_lines(edits.get(stand, ()), full=full))
        shown = shortened(diff, SHORT_DIFF, full=full)
        lines += [_stand(stand), *(f"      {line}" for line in shown)]
    names = ("settled", "update", "drift", "conflict", "gone", "unmanaged")
    labels = {"update": "to update", "drift": "drifted", "conflict": "conflicting"}
    counts = [
        f"{sum(s.standing == name for s in stands)} {labels.get(name, name)}" for name in names
    ]
    return "\n".join([*lines, *([""] if lines else []), ", ".join(counts) + "."])


def _stand(stand: Stand) -> str:
    marks = {"update": "~", "drift": "≠", "conflict": "!", "gone": "×", "unmanaged": "?"}
    locale = f" [{stand.locale}]" if stand.locale else ""
    why = f" — {stand.why}" if stand.why else ""
    return (
        f"{marks[stand.standing]} {stand.standing:9} {stand.ref.kind} {stand.ref.key}{locale} "
        f"“{stand.title}”{why}"
    )
