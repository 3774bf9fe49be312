"""`rollback`: put back what an apply changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.durations import locking
from publisher.cli.program import (
    command_line,
    common,
    hand_out,
    printed_as,
    publisher,
    say,
    targeted,
    whisper,
)
from publisher.cli.publishing import (
    asked_of,
    deleting,
    keep_plan,
    overwriting,
    show_before_apply,
    show_planned,
)
from publisher.errors import ConfigError

if TYPE_CHECKING:
    from publisher.config import Config, Target
    from publisher.model import Backup
    from publisher.workflow.planning import Planned
    from publisher.workflow.sides import Asked


@publisher.command()
@click.argument("apply_id", required=False, metavar="[APPLY-ID]")
@click.option("--list", "listing", is_flag=True, help="List the applies that can be taken back.")
@click.option("--out", type=click.Path(path_type=Path), help="Keep the plan for `apply`.")
@printed_as("text", "json", "markdown")
@click.option("--yes", "-y", is_flag=True, help="Do it at once, and do not ask.")
@locking
@overwriting
@deleting
@common
def rollback(
    apply_id: str | None,
    listing: bool,
    out: Path | None,
    format: str,
    yes: bool,
    **options: Any,
) -> int:
    """Put back what an apply changed.

    You see the plan of it, which can be kept (--out) or done at once (--yes).
    """
    patience = options.pop("lock_timeout") or 0.0
    asked = asked_of((), options)
    config, target = targeted(options)
    if apply_id is None and not listing and (yes or out):
        raise ConfigError(
            "which apply is to be taken back? Write its id; to see them: publisher rollback --list"
        )
    if listing or apply_id is None:
        _list(config, target, format)
        return errors.FINE
    if yes:
        if out:
            raise ConfigError("--out keeps the plan for later and --yes does it now; choose one.")
        return _do(config, target, apply_id, asked, patience)
    from publisher.workflow import rolling_back

    planned = rolling_back.plan_rollback(config, target, apply_id, asked)
    show_planned(planned, format)
    if out:
        keep_plan(planned.plan, out)
    elif planned.plan.changes and not planned.plan.stopped:
        again = command_line("rollback", apply_id, "--yes")
        whisper(f"\nNothing was changed. To do it: {again}, with the options of this plan.")
    return errors.FINE


def _do(config: Config, target: Target, apply_id: str, asked: Asked, patience: float) -> int:
    from publisher.cli import reporting
    from publisher.cli.progress import Progress
    from publisher.workflow import rolling_back

    def approve(planned: Planned) -> bool:
        show_before_apply(planned)
        return True

    with Progress(whisper) as progress:
        done = rolling_back.roll_back(
            config,
            target,
            apply_id,
            asked,
            approve=approve,
            tell=progress.tell,
            patience=patience,
        )
    for line in reporting.report_as_text(done):
        say(line)
    return int(done.exit_code)


def _list(config: Config, target: Target, format: str) -> None:
    from publisher.cli import formats
    from publisher.workflow import rolling_back

    found = rolling_back.kept(config, target)
    if format == "json":
        hand_out(formats.as_json([_row(backup) for backup in found]))
        return
    for backup in found:
        say(_line(backup))
    if not found:
        say(f"No backup is kept of any apply to target {target.name}.")
    else:
        whisper("To see what taking one back would do: publisher rollback APPLY-ID")


def _row(backup: Backup) -> dict[str, Any]:
    return {
        "apply_id": backup.apply_id,
        "made_at": backup.made_at,
        "commit": backup.commit,
        "changed": len(backup.things),
        "created": len(backup.created),
        "undoes": backup.undoes,
    }


def _line(backup: Backup) -> str:
    made_at = f"{backup.made_at[:19]}Z"
    return "  ".join((backup.apply_id, made_at, ", ".join(_about(backup))))


def _about(backup: Backup) -> Iterator[str]:
    verbs = [saved.verb for saved in backup.things]
    deleted = verbs.count("delete")
    for count, did in ((len(verbs) - deleted, "changed"), (deleted, "deleted")):
        if count:
            yield f"{count} {did}"
    if backup.created:
        yield f"{len(backup.created)} created"
    if backup.undoes:
        yield f"took back {backup.undoes}"
    elif backup.commit:
        yield f"commit {backup.commit[:10]}"
