"""The commands of every day: `plan`, `show`, `status`, `apply`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.durations import Duration, locking
from publisher.cli.keys import Keys
from publisher.cli.program import (
    command_line,
    common,
    configured,
    hand_out,
    option,
    printed_as,
    publisher,
    say,
    targeted,
    whisper,
)
from publisher.errors import ConfigError, PublisherError

if TYPE_CHECKING:
    from publisher.plan.changes import Plan
    from publisher.workflow.applying import Report
    from publisher.workflow.planning import Planned
    from publisher.workflow.sides import Asked


def asked_of(keys: tuple[str, ...], options: dict[str, Any]) -> Asked:
    """Take the planning options out of the others."""
    from publisher.workflow.sides import Asked

    allowed = options.pop("allow_deletes", ())
    counts = [int(each) for each in allowed if each.isdigit()]
    return Asked(
        only=frozenset(keys),
        overwrite=frozenset(options.pop("overwrite", ())),
        allow_deletes=frozenset(each for each in allowed if not each.isdigit()),
        allow_count=max(counts) if counts else None,
        rerender=options.pop("rerender", False),
    )


PLANNING = ("overwrite", "allow_deletes", "rerender")
"""The options that `asked_of` reads."""
overwriting = click.option(
    "--overwrite",
    multiple=True,
    type=Keys(),
    metavar="KEY",
    help="Replace what was edited in Intercom.",
)
deleting = click.option(
    "--allow-deletes",
    multiple=True,
    type=Keys(),
    metavar="N|KEY",
    help="Let this many, or this very thing, be removed.",
)
rerendering = click.option(
    "--rerender", is_flag=True, help="Send what only a newer publisher spells differently."
)


@publisher.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--out", type=click.Path(path_type=Path), help="Keep the plan for `apply`.")
@printed_as("text", "json", "markdown")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to apply.")
@click.option(
    "--outputs",
    type=click.Path(path_type=Path),
    help="Add the counts to this file, as variables (GitLab's dotenv report).",
)
@overwriting
@deleting
@rerendering
@common
def plan(
    keys: tuple[str, ...],
    out: Path | None,
    format: str,
    detailed_exitcode: bool,
    outputs: Path | None,
    **options: Any,
) -> int:
    """Show what an apply would change, and change nothing."""
    from publisher.cli import github
    from publisher.workflow import planning

    asked = asked_of(keys, options)
    config, target = targeted(options)
    planned = planning.plan(config, target, asked)
    show_planned(planned, format)
    if out:
        keep_plan(planned.plan, out)
    github.hand_over(planned.plan, config, out, outputs)
    return _planned_code(planned.plan) if detailed_exitcode else errors.FINE


def _planned_code(plan: Plan) -> int:
    """2 when there is something to apply; 4 when all there is is a conflict."""
    if plan.changes:
        return errors.CHANGES_PENDING
    stuck = any(n.severity == "error" for n in plan.notices)
    return errors.STALE if stuck else errors.FINE


def show_planned(planned: Planned, format: str = "text") -> None:
    from publisher.cli import findings

    say(planned.heading)
    if planned.warnings and not option("quiet"):
        say("\n" + findings.beside_a_plan(planned.warnings, full=bool(option("verbose"))))
    _show_plan(planned.plan, format)


def show_before_apply(planned: Planned) -> None:
    """Show a plan that is about to be applied; why it is not is for the error that follows."""
    show_planned(replace(planned, plan=replace(planned.plan, stopped="")))


def _show_plan(plan: Plan, format: str) -> None:
    from publisher.cli import markdown, show
    from publisher.plan import planfile

    if format == "json":
        hand_out(planfile.to_json(plan))
    elif format == "markdown":
        hand_out(markdown.plan_as_markdown(plan))
    else:
        say("\n" + show.plan_as_text(plan, full=bool(option("verbose"))))


def keep_plan(plan: Plan, path: Path) -> None:
    from publisher.plan import planfile

    try:
        path.write_text(planfile.to_json(plan), encoding="utf-8")
    except OSError as error:
        raise PublisherError(f"cannot write {path}: {error.strerror}.") from error
    again = "" if plan.stopped else f" To apply exactly this: {command_line('apply', str(path))}"
    whisper(f"\nKept in {path}.{again}")


def read_plan(path: Path) -> Plan:
    from publisher.plan import planfile

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise PublisherError(f"cannot read {path}: {reason}.") from error
    return planfile.from_json(text)


def _saved(what: tuple[str, ...]) -> Plan | None:
    """The plan that was named instead of keys, if one was."""
    if len(what) != 1:
        return None
    path = Path(what[0])
    return read_plan(path) if path.suffix == ".json" or _holds_a_plan(path) else None


def _holds_a_plan(path: Path) -> bool:
    """Whether a file that may be called anything is a plan; a key may have a file's name too."""
    from publisher.plan import planfile

    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        return text.startswith("{") and json.loads(text).get("format") == planfile.FORMAT
    except (OSError, ValueError):
        return False


@publisher.command()
@click.argument("path", metavar="PLAN", type=click.Path(path_type=Path))
@printed_as("text", "json", "markdown")
@common
def show(path: Path, format: str, **options: Any) -> int:
    """Show a saved plan, also when it is stale (it says so)."""
    from publisher.workflow import saved

    config = configured(options)
    plan = read_plan(path)
    origin = plan.origin
    say(
        f"plan {plan.id} for target {origin.target} · made {origin.made_at} with {origin.made_with}"
    )
    if stale := saved.staleness(plan, config):
        say(f"! stale: {stale}")
    _show_plan(plan, format)
    return errors.FINE


@publisher.command()
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is change or drift.")
@printed_as("text", "json")
@common
def status(detailed_exitcode: bool, format: str, **options: Any) -> int:
    """Show how every article stands, in each language.

    Settled, to update, drifted, conflicting or gone; with what was edited in Intercom.
    """
    from publisher.cli import formats
    from publisher.cli import show as wording
    from publisher.workflow import planning

    config, target = targeted(options)
    planned = planning.plan(config, target, asked_of((), {}))
    say(planned.heading)
    stands = planned.plan.stands
    edits = planning.edited_in_intercom(planned)
    if format == "json":
        hand_out(formats.stands_as_json(stands, edits))
    else:
        say("\n" + wording.status_as_text(stands, edits, full=bool(option("verbose"))))
    moved = planned.plan.changes or any(
        stand.standing not in ("settled", "unmanaged") for stand in stands
    )
    return errors.CHANGES_PENDING if detailed_exitcode and moved else errors.FINE


@publisher.command()
@click.argument("what", nargs=-1, metavar="[PLAN | KEY...]")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--allow-older", is_flag=True, help="Apply a checkout older than the last applied.")
@click.option("--dry-run", is_flag=True, help="Show the plan and end.")
@click.option("--report", type=click.Path(path_type=Path), help="Write what was done as JSON.")
@click.option(
    "--max-duration", type=Duration(), help="Begin nothing new after this time, such as 10m."
)
@locking
@overwriting
@deleting
@rerendering
@common
def apply(
    what: tuple[str, ...],
    yes: bool,
    allow_older: bool,
    dry_run: bool,
    report: Path | None,
    max_duration: float | None,
    **options: Any,
) -> int:
    """Plan, ask, and do it.

    A saved plan is applied exactly: it is its own approval, and says for which target it is.
    """
    from publisher.cli import github, reporting
    from publisher.cli.progress import Progress
    from publisher.workflow import applying, planning

    asked_for = {name: options.pop(name) for name in PLANNING}
    patience = options.pop("lock_timeout") or 0.0
    config = configured(options)
    saved = _saved(what)
    asked = asked_of(() if saved else what, asked_for)
    target = config.target(option("target") or (saved.origin.target if saved else None))
    if saved and asked != asked_of((), {}):
        raise ConfigError("a saved plan takes no planning options; make the plan with them.")
    if dry_run:
        if saved:
            _show_plan(saved, "text")
        else:
            show_planned(planning.plan(config, target, asked))
        return errors.FINE
    with Progress(whisper) as progress:
        done = applying.apply(
            config,
            target,
            asked,
            saved=saved,
            approve=lambda planned: _approve(planned, yes=yes or saved is not None),
            tell=progress.tell,
            allow_older=allow_older,
            patience=patience,
            max_duration=max_duration,
        )
    if done.refused:
        say("Nothing was changed.")
        return errors.FINE
    for line in reporting.report_as_text(done):
        say(line)
    if report:
        write_report(done, report)
    github.hand_over_report(done, config)
    return int(done.exit_code)


def _say_what_is_wrong(plan: Plan) -> None:
    from publisher.cli import show

    for notice in plan.notices:
        if notice.severity == "error" or notice.rule == "protected":
            say(f"! {show.notice_line(notice)}")


def _approve(planned: Planned, *, yes: bool) -> bool:
    if yes and option("quiet"):
        say(planned.heading)
        _say_what_is_wrong(planned.plan)
    else:
        show_before_apply(planned)
    if yes or planned.plan.stopped or not planned.plan.changes:
        return True
    if not sys.stdin.isatty():
        raise ConfigError("there is no terminal to ask on; to apply without asking: --yes")
    return click.confirm("\nApply this?", default=False, err=True)


def write_report(report: Report, path: Path) -> None:
    from publisher.cli import reporting

    try:
        path.write_text(reporting.report_as_json(report), encoding="utf-8")
    except OSError as error:
        raise PublisherError(f"cannot write {path}: {error.strerror}.") from error
