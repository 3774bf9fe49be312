"""What a pipeline may apply after a merge, with nobody there to ask.

A plan that was reviewed is applied when a plan made now says the same; it is approved as a whole.
Any other plan is allowed as far as the merged files explain it (`explaining.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from publisher.config import Config, Target
from publisher.ledger.book import Ledger
from publisher.plan import planfile
from publisher.plan.changes import Plan
from publisher.workflow import applying, ledgers
from publisher.workflow.applying import Report, Tell
from publisher.workflow.ci.explaining import Unexplained, explain
from publisher.workflow.content import checked
from publisher.workflow.planning import Planned
from publisher.workflow.sides import Asked

SAME = (
    "target", "workspace", "help_center", "api_version", "content_digest", "changes", "upkeep",
    "assets", "beside", "shielded",
)  # fmt: skip
"""What two plans have in common that say the same; not when, from which commit, or what is told."""


class _Differs(Exception):
    """A plan made now says something else than the one that was reviewed.

    lacks  names of the things of which the reviewed one says more.
    """

    def __init__(self, lacks: frozenset[str]) -> None:
        super().__init__()
        self.lacks = lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a job asks for.

    saved   the plan that was reviewed, or None.
    asked   approvals that a person gave for this run; with any, the saved plan does not count.
    all_of_it  a person said that also what no file explains is to be done.
    """

    asked: Asked
    saved: Plan | None = None
    all_of_it: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrated:
    """What became of a merge. `overtaken`: why the reviewed plan was not the one, or ""."""

    report: Report
    reviewed: bool = False
    overtaken: str = ""


def integrate(  # noqa: PLR0913 - what a job may ask of it
    config: Config,
    target: Target,
    wish: Wish,
    *,
    approve: Callable[[Planned], bool],
    tell: Tell,
    patience: float = 0.0,
    max_duration: float | None = None,
) -> Integrated:
    """Apply what was merged: exactly the reviewed plan, or a new one that the files explain.

    approve, tell, patience, max_duration   as in `applying.apply`.

    Raises Unexplained, StalePlan for an older checkout, ContentRefused.
    """

    def run(asked: Asked, judge: applying.Judge) -> Report:
        return applying.apply(
            config,
            target,
            asked,
            approve=approve,
            judge=judge,
            tell=tell,
            patience=patience,
            max_duration=max_duration,
        )

    overtaken = _overtaken(wish.saved, wish, config, target) if wish.saved else ""
    if wish.saved and not overtaken:
        report = _as_reviewed(wish.saved, run)
        if report:
            return Integrated(report=report, reviewed=True)
        overtaken = "the help center has changed since"

    def judge(planned: Planned, ledger: Ledger) -> Planned:
        explain(planned, ledger, config, target, wish.asked, all_of_it=wish.all_of_it)
        return planned

    return Integrated(report=run(wish.asked, judge), overtaken=overtaken)


# The plan that was reviewed ----------------------------------------------------------------


def _overtaken(saved: Plan, wish: Wish, config: Config, target: Target) -> str:
    """Why a reviewed plan cannot be the one, as far as this machine alone can tell."""
    origin, ledger = saved.origin, ledgers.read(config, target)
    if wish.asked != Asked() or wish.all_of_it:
        return "approvals were given for this run"
    if origin.undoes or saved.stopped:
        return "it is a plan that could not be applied" if saved.stopped else "it is a rollback"
    if origin.target != target.name:
        return f"it is for target {origin.target}"
    if origin.serial != ledger.serial or origin.lineage not in ("", ledger.lineage):
        return "something else was applied since"
    if origin.content_digest != checked(config).digest:
        return "the content has changed since"
    return ""


def _as_reviewed(saved: Plan, run: Callable[[Asked, applying.Judge], Report]) -> Report | None:
    """Carry the reviewed plan out; None where a plan made now says something else.

    An edit in Intercom may be replaced only where the reviewed plan does so: where a first plan,
    without that, says less.
    """
    replacing: frozenset[str] = frozenset()
    while True:
        try:
            return run(_approvals(saved, replacing), _exactly(saved))
        except _Differs as differs:
            if replacing or not differs.lacks:
                return None
            replacing = differs.lacks


def _approvals(saved: Plan, replacing: frozenset[str]) -> Asked:
    """What a person approved who approved this plan."""
    return Asked(
        overwrite=replacing,
        allow_deletes=frozenset(str(c.ref) for c in saved.changes if c.takes_away),
        rerender=any(change.cause == "renderer" for change in saved.changes),
    )


def _exactly(saved: Plan) -> applying.Judge:
    wanted = _meaning(saved)

    def judge(planned: Planned, ledger: Ledger) -> Planned:
        if _meaning(planned.plan) != wanted:
            raise _Differs(frozenset(_lacking(planned, saved)))
        return replace(planned, plan=replace(planned.plan, id=saved.id))

    return judge


def _lacking(planned: Planned, saved: Plan) -> Iterator[str]:
    """Things in the content of which the reviewed plan writes more."""
    now = {change.ref: {edit.name for edit in change.edits} for change in planned.plan.changes}
    for change in saved.changes:
        more = {edit.name for edit in change.edits} - now.get(change.ref, set())
        if more and change.ref in planned.things:
            yield str(change.ref)


def _meaning(plan: Plan) -> dict[str, Any]:
    """What a plan does, as it is saved; whom it concerns is told, not done."""
    bare = replace(plan, changes=tuple(replace(change, **UNTOLD) for change in plan.changes))
    document = planfile.as_document(bare)
    return {name: document[name] for name in SAME}


UNTOLD: dict[str, Any] = {"url": "", "reach": None}


__all__ = ["Integrated", "Unexplained", "Wish", "integrate"]
