"""`ci`: what a job of a pipeline needs beside the other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from publisher import errors
from publisher.cli.program import common, configured, publisher, say, settle


@publisher.group()
@common
def ci(**options: Any) -> None:
    """For jobs of a pipeline, on GitHub and GitLab."""
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
@common
def comment(path: Path, marker: str | None, number: int | None, **options: Any) -> int:
    """Keep a saved plan (plan.json) as one comment on the pull request.

    The comment is changed in place at every run. The token is read from GITHUB_TOKEN or
    GITLAB_TOKEN, or from PUBLISHER_FORGE_TOKEN before those.
    """
    from publisher.cli import markdown
    from publisher.cli.publishing import read_plan
    from publisher.workflow import commenting

    config = configured(options)
    plan = read_plan(path)
    worth = markdown.is_worth_telling(plan)
    text = (
        markdown.plan_as_markdown(plan, kept_in=path.name, run=config.forge().run)
        if worth
        else markdown.empty_as_markdown(plan)
    )
    name = f"plan {marker or plan.origin.target}"
    commented = commenting.comment(config, name, text, number=number, only_if_there=not worth)
    say(_said(commented))
    return errors.FINE


def _said(commented: Any) -> str:
    did = {
        "created": "commented",
        "updated": "comment renewed",
        "unchanged": "the comment says so already",
        "left out": "nothing to say, so no comment",
    }[commented.done]
    where = f": {commented.url}" if commented.url else ""
    return f"pull request {commented.number}: {did}{where}"
