"""What a job of a pipeline is told: its summary page, and outputs for the steps and jobs after it.

GitHub names two files in the environment; both are appended to, as it asks. GitLab takes a file
of variables (a `dotenv` report) from wherever the job wrote it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.escaping import code, fenced
from publisher.cli.markdown import plan_as_markdown
from publisher.config import Config
from publisher.errors import PublisherError
from publisher.plan.changes import Plan

if TYPE_CHECKING:
    from publisher.workflow.applying import Report

SUMMARY = 2**20
"""Bytes that GitHub takes as the summary of a step; beyond it, it shows nothing at all."""
WIDEST = 3
"""Bytes of UTF-8 that a unit of UTF-16 can need."""
MOST_LINES = 500
"""Of a report in a summary."""
LEAST, MOST = 20_000, 300_000
"""Units a plan may have in a summary that has much in it already, and in an empty one."""


def hand_over(
    plan: Plan, config: Config, kept_in: Path | None = None, variables: Path | None = None
) -> None:
    """Add the plan to the job's summary, and its counts to the step's outputs, where there are any.

    Outputs: `has-changes` (true or false), `stopped` (likewise), one per count (`create`, `drift`
    …), `plan-file`. `variables`: a file to write them to as GitLab reads them: PLAN_HAS_CHANGES …
    """
    outputs = {
        "has-changes": _spelt(bool(plan.changes)),
        "stopped": _spelt(bool(plan.stopped)),
        **{name: str(count) for name, count in plan.counts.items()},
        **({"plan-file": str(kept_in)} if kept_in else {}),
    }
    if config.github_summary:
        room = (SUMMARY - _size(config.github_summary)) // WIDEST - 1000
        text = plan_as_markdown(
            plan,
            limit=min(max(room, LEAST), MOST),
            kept_in=str(kept_in or ""),
            run=config.forge().run,
        )
        _append(config.github_summary, text + "\n")
    if config.github_output:
        _append(config.github_output, as_outputs(outputs))
    if variables:
        _append(str(variables), as_variables({f"plan-{n}": v for n, v in _own(outputs)}))


def hand_over_report(report: Report, config: Config) -> None:
    """Add what an apply did to the job's summary, and to the step's outputs.

    Outputs: `exit-code`, `apply-id`, and how many steps ended as `done`, `failed`, `stale`,
    `doubtful` and `skipped`.
    """
    from publisher.cli import reporting

    if config.github_summary:
        lines = [click.unstyle(line) for line in reporting.report_as_text(report)]
        title = f"### Help center: applied to {code(report.plan.origin.target)}"
        _append(config.github_summary, f"{title}\n\n{fenced(lines[:MOST_LINES])}\n\n")
    if config.github_output:
        names = ("done", "failed", "stale", "doubtful", "skipped")
        outputs = {name: str(len(report.outcomes(name))) for name in names}
        more = {"exit-code": str(int(report.exit_code)), "apply-id": report.apply_id}
        _append(config.github_output, as_outputs({**more, **outputs}))


def hand_over_stop(why: str, config: Config) -> None:
    """Add to the job's summary why nothing was written, and the way on."""
    if config.github_summary:
        lines = why.splitlines()[:MOST_LINES]
        _append(config.github_summary, f"### 🛑 Nothing was written\n\n{fenced(lines)}\n\n")


def as_outputs(outputs: Mapping[str, str]) -> str:
    """Spell outputs as GitHub reads them; a value of several lines ends where nobody can guess."""
    spelt = []
    for name, value in outputs.items():
        if "\n" in value or "\r" in value:
            end = f"end-{secrets.token_hex(16)}"
            spelt.append(f"{name}<<{end}\n{value}\n{end}\n")
        else:
            spelt.append(f"{name}={value}\n")
    return "".join(spelt)


def as_variables(outputs: Mapping[str, str]) -> str:
    """Spell outputs as variables, one a line: plan-has-changes is PLAN_HAS_CHANGES."""
    return "".join(
        f"{name.upper().replace('-', '_')}={' '.join(value.split())}\n"
        for name, value in outputs.items()
    )


def _own(outputs: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name.removeprefix("plan-"), value) for name, value in outputs.items()]


def _spelt(yes: bool) -> str:
    return "true" if yes else "false"


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _append(path: str, text: str) -> None:
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise PublisherError(f"cannot write {path}: {error.strerror}.") from error
