"""The way in: run a command, turn what goes wrong into one message and one exit code.

A command reads its options, calls one workflow, shows what came back and returns the exit
code. Everything that takes time to import is imported inside it, so `--help` is instant.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading

import click

from publisher import errors
from publisher.cli import (
    building,
    ci,
    ci_jobs,
    exchanging,
    linting,
    moving,
    previewing,
    publishing,
    pulling,
    starting,
    tending,
    translating,
    undoing,
)
from publisher.cli.program import publisher
from publisher.errors import ContentRefused, PublisherError

COMMANDS = (
    starting, linting, previewing, publishing, pulling, moving, tending, undoing, building, ci,
    ci_jobs, translating, exchanging,
)  # fmt: skip
"""Imported so that each adds its commands to the group, in this order."""


def main(args: list[str] | None = None) -> None:
    """Run a command; turn every error we foresee into one message and one exit code."""
    _listen()
    try:
        sys.exit(publisher.main(args, standalone_mode=False) or errors.FINE)
    except click.UsageError as error:  # click would exit 2, which means "changes pending"
        error.show()
        sys.exit(errors.TYPED_WRONGLY)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was under way.", err=True)
        sys.exit(errors.INTERRUPTED)
    except ContentRefused as error:
        from publisher.cli import findings

        click.echo(findings.problems_as_text(error.problems), err=True)
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except PublisherError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)


def _listen() -> None:
    """Take SIGTERM as an interrupt, and let what has to wait say so on standard error."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    said = logging.getLogger("publisher")
    if not said.handlers:
        said.addHandler(_Said())
        said.setLevel(logging.INFO)
        said.propagate = False


class _Said(logging.Handler):
    """Prints to whatever standard error is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say one thing."""
        click.echo(record.getMessage(), err=True)
