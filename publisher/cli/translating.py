"""The commands `translations` and `translations mark`: what is stale, and what is not any more."""

from __future__ import annotations

from typing import Any

import click

from publisher import errors
from publisher.cli.program import (
    common,
    configured,
    hand_out,
    printed_as,
    publisher,
    say,
    settle,
    whisper,
)
from publisher.errors import ConfigError

LISTING = "list"
"""What `publisher translations` does without the name of a command."""


class _WithListing(click.Group):
    """A group that lists when no command is named, so that keys may follow its own name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name before what is none."""
        word = _first_word(args)
        asks = "--help" in args and word not in self.commands
        if not asks and word not in self.commands:
            args = [LISTING, *args]
        return super().parse_args(ctx, args)


def _first_word(args: list[str]) -> str | None:
    """The first argument that is neither an option nor the value of one that every command has."""
    flags = {"-v", "--verbose", "-q", "--quiet", "--all", "--minor"}
    waiting = False
    for arg in args:
        if not arg.startswith("-") and not waiting:
            return arg
        waiting = arg.startswith("-") and arg not in flags and "=" not in arg
    return None


localised = click.option(
    "--locale", "-l", "locales", multiple=True, metavar="L", help="Only this locale."
)


@publisher.group(cls=_WithListing)
@common
def translations(**options: Any) -> None:
    """Show which translations are stale; mark or exchange them."""
    settle(options)


@translations.command(LISTING)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@localised
@printed_as("table", "json", "markdown")
@common
def list_translations(
    keys: tuple[str, ...], locales: tuple[str, ...], format: str, **options: Any
) -> int:
    """Show how translations stand, language by language.

    The name of this command may be left out.
    """
    from publisher.cli import tongues
    from publisher.workflow.translators import translating

    found = translating.overview(configured(options), locales=locales, keys=keys)
    if format == "json":
        hand_out(tongues.as_json(found))
    elif format == "markdown":
        hand_out(tongues.as_markdown(found))
    else:
        hand_out(tongues.as_table(found))
    for sentence in found.unread:
        say(f"warning: {sentence}")
    return errors.FINE


@translations.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@localised
@click.option("--all", "everything", is_flag=True, help="Every translation there is.")
@click.option("--section", metavar="S", default="", help="Only this section of the source.")
@click.option(
    "--minor", is_flag=True, help="The source's change leaves current translations unaffected."
)
@click.option(
    "--since", metavar="REV", default="", help="With --minor: since this revision, not HEAD."
)
@common
def mark(
    keys: tuple[str, ...],
    locales: tuple[str, ...],
    everything: bool,
    section: str,
    minor: bool,
    since: str,
    **options: Any,
) -> int:
    """Say that translations say what their sources say now."""
    from publisher.plan import words
    from publisher.workflow.translators import translating

    _check(keys, everything, section, minor, since)
    asked = translating.Marking(
        keys=keys,
        everything=everything,
        locales=locales,
        section=section,
        minor=minor,
        since=since,
    )
    done = translating.mark(configured(options), asked)
    for path in done.written:
        say(f"marked {path}")
    count = words.counted(len(done.written), "translation")
    whisper(f"{count} marked; {done.as_they_were} were as they are.")
    return errors.FINE


def _check(keys: tuple[str, ...], everything: bool, section: str, minor: bool, since: str) -> None:
    if bool(keys) == everything:
        raise ConfigError("name articles by their keys, or say --all.")
    if section and (everything or minor or len(keys) != 1):
        raise ConfigError("--section goes with one key, and without --minor.")
    if since and not minor:
        raise ConfigError("--since goes with --minor.")
