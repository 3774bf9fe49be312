"""`ci`: what a job of a pipeline needs beside the other commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.program import common, configured, publisher, say, settle, targeted

if TYPE_CHECKING:
    from publisher.config import Config, Target


@publisher.group()
@common
def ci(**options: Any) -> None:
    """Do the steps of a pipeline, on GitHub and GitLab."""
    settle(options)


@ci.command()
@click.argument(
    "path", metavar="[PLAN]", type=click.Path(path_type=Path), default=Path("plan.json")
)
@click.option("--marker", metavar="NAME", help="Name of the comment; without it, the target's.")
@click.option(
    "--number",
    type=click.IntRange(min=1),
    help="Pull request to comment on; without it, the one this job runs for.",
)
@click.option(
    "--without-plan",
    is_flag=True,
    help="No plan could be made: say so in the comment that an earlier one is in.",
)
@common
def comment(
    path: Path, marker: str | None, number: int | None, without_plan: bool, **options: Any
) -> int:
    """Keep a saved plan (plan.json) as one comment on the pull request.

    The comment is changed in place at every run. The token is read from GITHUB_TOKEN or
    GITLAB_TOKEN, or from PUBLISHER_FORGE_TOKEN before those.
    """
    from publisher.workflow.ci import commenting

    if without_plan:
        config, target = targeted(options)
        name, text, worth = target.name, _without_plan(config, target), False
    else:
        config = configured(options)
        name, text, worth = _of_plan(config, path)
    told = commenting.comment(
        config, f"plan {marker or name}", text, number=number, only_if_there=not worth
    )
    say(_said(told))
    return errors.FINE


def _of_plan(config: Config, path: Path) -> tuple[str, str, bool]:
    """The name and the words of the comment, and whether it is worth a new one."""
    from publisher.cli import markdown
    from publisher.cli.publishing import read_plan

    plan = read_plan(path)
    if not markdown.is_worth_telling(plan):
        return plan.origin.target, markdown.empty_as_markdown(plan), False
    text = markdown.plan_as_markdown(plan, kept_in=path.name, run=config.forge().run)
    return plan.origin.target, text, True


def _without_plan(config: Config, target: Target) -> str:
    from publisher.cli import markdown

    return markdown.lacking_as_markdown(target.name, run=config.forge().run)


def _said(commented: Any) -> str:
    did = {
        "created": "commented",
        "updated": "comment renewed",
        "unchanged": "the comment says so already",
        "left out": "nothing to say, so no comment",
    }[commented.done]
    where = f": {commented.url}" if commented.url else ""
    return f"pull request {commented.number}: {did}{where}"
