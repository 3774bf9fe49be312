"""What a job on GitHub is told: its summary page, and outputs for the steps after it.

GitHub names two files in the environment; both are appended to, as it asks.
"""

from __future__ import annotations

from pathlib import Path

from publisher.cli.formats import plan_as_markdown
from publisher.config import Config
from publisher.errors import PublisherError
from publisher.plan.changes import Plan


def hand_over(plan: Plan, config: Config, kept_in: Path | None = None) -> None:
    """Add the plan to the job's summary, and its counts to the step's outputs, where there are any.

    Outputs: `has-changes` (true or false), one per count (`create`, `drift` …), `plan-file`.
    """
    if config.github_summary:
        _append(config.github_summary, plan_as_markdown(plan) + "\n")
    if config.github_output:
        outputs = {"has-changes": str(bool(plan.changes)).lower(), **plan.counts}
        if kept_in:
            outputs["plan-file"] = str(kept_in)
        _append(config.github_output, "".join(f"{n}={v}\n" for n, v in outputs.items()))


def _append(path: str, text: str) -> None:
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise PublisherError(f"cannot write {path}: {error.strerror}.") from error
