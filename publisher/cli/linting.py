"""The command `lint`: everything that can be known about the content without a help center."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.program import (
    common,
    configured,
    hand_out,
    option,
    printed_as,
    publisher,
    say,
    whisper,
)

if TYPE_CHECKING:
    from publisher.workflow.checks.linting import Linted

FORMATS = ("text", "json", "github", "sarif", "rdjson")


@publisher.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@printed_as(*FORMATS)
@click.option("--fix", is_flag=True, help="Mend what has one certain way out.")
@click.option("--diff", "--dry-run", "diff", is_flag=True, help="Show what --fix would change.")
@click.option("--changed-since", metavar="REV", help="Only what changed files, or changes, cause.")
@click.option("--external", is_flag=True, help="Ask the web about links that lead there, too.")
@common
def lint(
    paths: tuple[str, ...],
    format: str,
    fix: bool,
    diff: bool,
    external: bool,
    changed_since: str | None,
    **options: Any,
) -> int:
    """Find what is wrong with the files, without a help center."""
    from publisher.cli import findings
    from publisher.workflow.checks import linting

    since = changed_since or ""
    asked = linting.Asked(paths=paths, since=since, external=external, fix=fix or diff, dry=diff)
    config = configured(options)
    if external:
        whisper("Asking the web, one address of a host at a time …")
    linted = linting.check(config, asked)
    if linted.mended:
        whisper(findings.mended_as_text(linted.mended))
    if linted.diff:
        hand_out(linted.diff.rstrip("\n"))
    if format == "text":
        _tell(linted)
    elif not asked.dry:
        hand_out(_spelt(linted, format))
    whisper(findings.summary(linted, annotated=format == "github"))
    refused = any(problem.severity == "error" for problem in linted.problems)
    return errors.CONTENT_REFUSED if refused else errors.FINE


def _tell(linted: Linted) -> None:
    """The findings for people: with their lines, unless they asked for quiet."""
    from publisher.cli import findings

    if linted.problems:
        excerpts = {} if option("quiet") else linted.excerpts
        say(findings.problems_as_text(linted.problems, excerpts))
        whisper("")


def _spelt(linted: Linted, format: str) -> str:
    from publisher.cli import findings, sarif
    from publisher.workflow.checks import linting

    if format == "json":
        return findings.findings_as_json(linted, linting.pages())
    if format == "github":
        return findings.problems_as_github(linted.problems, linted.excerpts, linting.above())
    if format == "sarif":
        return sarif.findings_as_sarif(linted, linting.rules(), linting.pages(), linting.above())
    return sarif.findings_as_rdjson(linted, linting.pages())
