"""The command that brings what is live into files, and its fidelity report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.durations import locking
from publisher.cli.program import common, hand_out, printed_as, publisher, say, targeted
from publisher.errors import ConfigError

if TYPE_CHECKING:
    from publisher.workflow.pulls.pulling import Report


@publisher.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--all", "everything", is_flag=True, help="Also what is not managed from here yet.")
@click.option(
    "--collection",
    "collections",
    multiple=True,
    metavar="NAME",
    help="What is not managed yet in this collection and below; may be given again.",
)
@click.option("--adopt", is_flag=True, help="Link files to what is live and says the same.")
@click.option("--dry-run", is_flag=True, help="Write nothing; show the fidelity report.")
@printed_as("text", "json")
@locking
@common
def pull(
    keys: tuple[str, ...],
    everything: bool,
    collections: tuple[str, ...],
    adopt: bool,
    dry_run: bool,
    format: str,
    **options: Any,
) -> int:
    """Bring what is live into the files.

    Without a ledger everything is fetched, with one what was edited in Intercom since the
    last apply. Nothing live is changed, and no edit of yours is overwritten.
    """
    from publisher.cli import pulled
    from publisher.workflow.pulls import pulling
    from publisher.workflow.pulls.choosing import Wish

    _check(keys, everything, collections, adopt)
    patience = options.pop("lock_timeout") or 0.0
    config, target = targeted(options)
    wish = Wish(
        keys=frozenset(keys),
        everything=everything,
        collections=collections,
        adopt=adopt,
        dry_run=dry_run,
    )
    report = pulling.pull(config, target, wish, patience=patience)
    say(report.heading)
    for line in pulled.report_as_text(report):
        say(line)
    if format == "json":
        hand_out(pulled.report_as_json(report))
    return _exit_code(report)


def _check(
    keys: tuple[str, ...], everything: bool, collections: tuple[str, ...], adopt: bool
) -> None:
    chosen = [
        name
        for name, given in (("KEY", keys), ("--all", everything), ("--collection", collections))
        if given
    ]
    if len(chosen) > 1:
        raise ConfigError(f"{chosen[0]} and {chosen[1]} cannot be combined; choose one.")
    if adopt and (everything or collections):
        raise ConfigError("--adopt links files that are there; --all and --collection fetch.")


def _exit_code(report: Report) -> int:
    clashes = any(each.rule in ("pull-clash", "pull-differs") for each in report.problems)
    return errors.STALE if clashes else errors.FINE
