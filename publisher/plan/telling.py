"""What every telling of a plan has in common, on a terminal and on a page: marks, order, verdict.

A plan is read from the top by somebody who has a minute. So it begins with what readers will
notice, and a notice that stops an apply stands before one that does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from publisher.model import Problem, Reach
from publisher.plan import words
from publisher.plan.changes import Plan, Verb

SIGNS: Mapping[Verb, str] = {
    "create": "+",
    "update": "~",
    "move": ">",
    "publish": "^",
    "unpublish": "v",
    "delete": "-",
}
FIRST = "first-contact"
LOUD = ("conflict", "gone", "drift", "protected", "removed")
SAME = "(nothing changes that a reader would see)"
ELSEWHERE = "(the same words; a link leads somewhere else)"
"""Said of a body in which no words change."""
STUCK = "Nothing can be changed until the conflicts below are settled."


def readers_line(plan: Plan) -> str:
    """What readers will notice, in one line."""
    public = [change for change in plan.changes if change.ref.kind in ("article", "page")]
    seen = [change for change in public if change.readers == "at once"]
    appear = sum(change.verb == "create" or change.verb == "publish" for change in seen)
    vanish = sum(change.verb in ("unpublish", "delete") for change in public)
    changed = sum(change.verb in ("update", "move") for change in seen)
    said = []
    if appear:
        said.append(f"{words.counted(appear, 'page appears', 'pages appear')}")
    if changed:
        said.append(f"{words.counted(changed, 'page changes', 'pages change')} at once")
    if vanish:
        said.append(words.counted(vanish, "page disappears", "pages disappear"))
    if said:
        return f"Readers will notice: {', '.join(said)}."
    if plan.changes:
        return "Readers will notice nothing."
    stuck = any(notice.severity == "error" for notice in plan.notices)
    return STUCK if stuck else "Nothing to do."


def by_weight(notices: Iterable[Problem]) -> list[Problem]:
    """Put first what explains all the rest, then what stops an apply, then what people did."""
    return sorted(
        notices, key=lambda n: (n.rule != FIRST, n.severity != "error", n.rule not in LOUD)
    )


def reach_line(reach: Reach | None) -> str:
    """How many readers something had: "read 1,204 times; Fin resolved 312 conversations with it".

    "" where Intercom does not tell.
    """
    if reach is None or reach.views is None:
        return ""
    times = "once" if reach.views == 1 else f"{reach.views:,} times"
    said = [f"read {times}" if reach.views else "never read"]
    if reach.resolved:
        settled = words.counted(reach.resolved, "conversation")
        said.append(f"Fin resolved {_grouped(settled)} with it")
    elif reach.involved:
        used = words.counted(reach.involved, "conversation")
        said.append(f"Fin used it in {_grouped(used)}")
    return "; ".join(said)


def _grouped(counted: str) -> str:
    number, _, noun = counted.partition(" ")
    return f"{int(number):,} {noun}"
