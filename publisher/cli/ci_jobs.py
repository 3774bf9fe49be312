"""The commands of `ci` that a pipeline's jobs are made of: `apply`, `keep`, and more."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.ci import ci
from publisher.cli.durations import Duration, locking
from publisher.cli.program import common, configured, say, targeted, whisper
from publisher.cli.publishing import (
    asked_of,
    deleting,
    overwriting,
    read_plan,
    show_before_apply,
    write_report,
)
from publisher.errors import PublisherError

if TYPE_CHECKING:
    from publisher.config import Config, Target
    from publisher.plan.changes import Plan
    from publisher.workflow.ci.explaining import Doubt
    from publisher.workflow.ci.integrating import Integrated, Unexplained
    from publisher.workflow.planning import Planned
    from publisher.workflow.pulls.pulling import Report
    from publisher.workflow.sides import Asked

MOST = 60_000
"""Characters of a pull request's text; forges take a little more."""


@ci.command("apply")
@click.argument("path", required=False, metavar="[PLAN]", type=click.Path(path_type=Path))
@click.option("--yes", "-y", is_flag=True, help="Also do what no merged file explains.")
@click.option("--report", type=click.Path(path_type=Path), help="Write what was done as JSON.")
@click.option(
    "--max-duration", type=Duration(), help="Begin nothing new after this time, such as 10m."
)
@locking
@overwriting
@deleting
@common
def apply_merged(
    path: Path | None,
    yes: bool,
    report: Path | None,
    max_duration: float | None,
    **options: Any,
) -> int:
    """Apply what was merged.

    That is the plan that was reviewed, or what the merged files explain. Without PLAN, the one
    of the pull request that was merged last is fetched. Removals and a colleague's edits that
    nobody approved stop it (6), and nothing is written.
    """
    from publisher.cli import github, reporting
    from publisher.cli.progress import Progress
    from publisher.workflow.ci import integrating

    patience = options.pop("lock_timeout") or 0.0
    asked = asked_of((), options)
    config, target = targeted(options)
    saved = read_plan(path) if path else _reviewed(config)
    try:
        with Progress(whisper) as progress:
            done = integrating.integrate(
                config,
                target,
                integrating.Wish(saved=saved, asked=asked, all_of_it=yes),
                approve=_shown(config),
                tell=progress.tell,
                patience=patience,
                max_duration=max_duration,
            )
    except integrating.Unexplained as stop:
        _shown(config)(stop.planned)
        why = f"error: {stop}\n\n{_one_run(stop, target, asked, yes=yes)}"
        say(f"\n{why}")
        github.hand_over_stop(why, config)
        return stop.exit_code
    say(_which(done, saved))
    github.hand_over_report(done.report, config)
    for line in reporting.report_as_text(done.report):
        say(line)
    if report:
        write_report(done.report, report)
    return int(done.report.exit_code)


def _reviewed(config: Config) -> Plan | None:
    """The plan of the pull request that was merged; whatever is in the way, a new one will do."""
    from publisher.plan import planfile
    from publisher.workflow.ci import proposing

    try:
        text = proposing.reviewed_plan(config)
        return planfile.from_json(text) if text else None
    except PublisherError as error:
        say(f"! The reviewed plan could not be fetched: {error}")
        return None


def _shown(config: Config) -> Any:
    from publisher.cli import github

    def approve(planned: Planned) -> bool:
        show_before_apply(planned)
        github.hand_over(planned.plan, config)
        return True

    return approve


def _which(done: Integrated, saved: Plan | None) -> str:
    if done.reviewed and saved:
        return f"This is plan {saved.id}, as it was reviewed."
    if done.overtaken and saved:
        return f"The reviewed plan {saved.id} was left aside: {done.overtaken}. This is a new one."
    return "There is no reviewed plan; this is a new one, and the merged files explain it."


def _one_run(stop: Unexplained, target: Target, asked: Asked, *, yes: bool) -> str:
    """The one run by hand that goes on, on each forge and here: also with what was given to this.

    A quoted key is read as one, in a form as in a shell.
    """
    removals = _approved(asked.allow_deletes, stop, "removal")
    counts = [] if asked.allow_count is None else [str(asked.allow_count)]
    given = {
        "allow-deletes": [*counts, *removals],
        "overwrite": _approved(asked.overwrite, stop, "edit"),
    }
    given = {name: [shlex.quote(key) for key in keys] for name, keys in given.items() if keys}
    inputs = {name: " ".join(keys) for name, keys in given.items()}
    words = ["publisher", "ci", "apply", "--target", shlex.quote(target.name)]
    words += [word for name, keys in given.items() for key in keys for word in (f"--{name}", key)]
    if yes or any(doubt == "other" for _, doubt in stop.doubts):
        inputs["yes"] = ""
        words.append("--yes")
    form = ", ".join(f"{name} = {said}" if said else name for name, said in inputs.items())
    variables = " ".join(f'{_variable(name)}="{said or 1}"' for name, said in inputs.items())
    return (
        "To do all of it, after you have looked, run it once by hand:\n"
        f"  GitHub   Actions, “publisher apply”, Run workflow: {form}\n"
        f"  GitLab   Build, Pipelines, New pipeline, with {variables}\n"
        f"  here     {' '.join(words)}"
    )


def _approved(given: Collection[str], stop: Unexplained, doubt: Doubt) -> list[str]:
    return [*sorted(given), *(str(ref) for ref, why in stop.doubts if why == doubt)]


def _variable(name: str) -> str:
    return "PUBLISHER_CI_APPLY_" + name.upper().replace("-", "_")


@ci.command()
@click.option("--branch", required=True, help="The branch that the ledger is committed to.")
@common
def keep(branch: str, **options: Any) -> int:
    """Commit and push a ledger that is a file.

    Also after an apply that stopped.
    """
    from publisher.workflow.ci import proposing

    config, target = targeted(options)
    commit = proposing.keep_ledger(config, target, branch)
    say(f"The ledger is committed to {branch}: {commit[:10]}." if commit else "Nothing to keep.")
    return errors.FINE


@ci.command()
@click.argument("run", metavar="RUN", type=click.IntRange(min=1))
@click.option("--branch", required=True, help="The branch that the run was on.")
@common
def backup(run: int, branch: str, **options: Any) -> int:
    """Fetch the backups of an earlier apply.

    For `rollback` in another job, where the ledger is a file. RUN is the number in the address of
    that apply's run on GitHub, of its job on GitLab.
    """
    from publisher.workflow.ci import fetching

    config, target = targeted(options)
    fetched = fetching.fetch_backups(config, target, run, branch)
    say(f"Fetched the backup of apply {', '.join(fetched)}." if fetched else "Nothing to fetch.")
    return errors.FINE


@ci.command()
@click.argument("archive", metavar="TAR", type=click.Path(path_type=Path))
@common
def content(archive: Path, **options: Any) -> int:
    """Take the content folder from a tar, as data.

    It may be that of an untrusted revision: only plain files below the content folder are taken.
    Links and devices are refused. Configuration and policy stay as they are checked out.
    """
    from publisher.workflow.ci import unpacking

    config = configured(options)
    count = unpacking.replace_content(config, archive)
    say(f"{count} files of {archive} are in {config.content_folder} now.")
    return errors.FINE


@ci.command()
@click.option("--branch", default="publisher/drift", show_default=True, help="Where to push it.")
@click.option("--base", help="The branch to propose it for; without, the one checked out.")
@locking
@common
def drift(branch: str, base: str | None, **options: Any) -> int:
    """Propose what was edited in Intercom as one pull request."""
    from publisher.cli import pulled
    from publisher.workflow.ci import proposing

    patience = options.pop("lock_timeout") or 0.0
    config, target = targeted(options)
    made = proposing.propose_drift(
        config,
        target,
        proposing.Proposal(branch=branch, base=base or ""),
        describe=_described,
        patience=patience,
    )
    say(made.report.heading)
    for line in pulled.report_as_text(made.report):
        say(line)
    gone = (
        f" {branch}, which says what nobody sees any more, was deleted." if made.withdrawn else ""
    )
    say(f"Proposed: {made.url}" if made.url else f"Nothing to propose.{gone}")
    clashes = any(each.rule in ("pull-clash", "pull-differs") for each in made.report.problems)
    return errors.STALE if clashes and not made.url else errors.FINE


def _described(report: Report) -> str:
    """The text of the pull request: what the pull says, where no word of a writer's is markup."""
    from publisher.cli import pulled

    lines = [click.unstyle(line) for line in pulled.report_as_text(report)]
    while sum(len(line) + 1 for line in lines) > MOST:
        lines = [*lines[: len(lines) // 2], "…"]
    ticks = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, ticks + 1)
    said = "\n".join((fence + "text", *lines, fence))
    return (
        "Somebody edited articles in Intercom since the last apply. Merged, the files say what "
        f"readers see already, and nothing is written to Intercom for it.\n\n{said}\n\n"
        "To keep your own words instead, close this and run **publisher apply** with `overwrite`. "
        "This branch is made anew by each run; commits of your own stop that until it is merged.\n"
    )
