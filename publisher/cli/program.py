"""The command group, the options every command has, and the ways to speak to a user.

Machine formats go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from publisher import __version__
from publisher.errors import ConfigError

if TYPE_CHECKING:
    from publisher.config import Config, Target

Command = TypeVar("Command", bound=Callable[..., Any])

COMMON = (
    click.option("--target", "-t", metavar="T", help="Target of publisher.toml to talk to."),
    click.option("--config", type=click.Path(path_type=Path), help="Another publisher.toml."),
    click.option("-C", "directory", type=click.Path(path_type=Path), help="Work in this folder."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Use colours."),
    click.option("-v", "--verbose", is_flag=True, help="Say more."),
    click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong."),
)


def common(command: Command) -> Command:
    """Add the options that every command has, before and after its name."""
    for option in reversed(COMMON):
        command = option(command)
    return command


def printed_as(*names: str) -> Callable[[Command], Command]:
    """The option `--format`; the first of the names is meant when none is given."""
    return click.option(
        "--format",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="How to print it.",
    )


ORDER = (
    "init", "demo", "lint", "plan", "show", "apply", "status", "pull", "mv", "translations",
    "rollback", "assets", "preview", "serve", "build", "state", "unlock", "doctor", "schema", "ci",
)  # fmt: skip


class Program(click.Group):
    """The command group; commands are listed in the order they are met, not by letter."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in that order; one that is not in it comes last."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


@click.group(cls=Program, context_settings={"auto_envvar_prefix": "PUBLISHER"})
@click.version_option(__version__, prog_name="publisher")
@common
@click.pass_context
def publisher(ctx: click.Context, /, **options: Any) -> None:
    """Help-center content as code: Markdown in Git, planned against and applied to Intercom."""
    ctx.obj = options


def settle(options: dict[str, Any]) -> dict[str, Any]:
    """Join the common options before and after the command's name; the latter win."""
    before = click.get_current_context().find_root().obj or {}
    names = ("target", "config", "directory", "color", "verbose", "quiet")
    joined = {name: options.pop(name, None) or before.get(name) for name in names}
    joined["entered"] = before.get("entered")
    folder = joined.pop("directory")  # entered once: `assets` and its `list` both come here
    click.get_current_context().find_root().obj = joined
    if folder:
        joined["entered"] = folder
        try:
            os.chdir(folder)
        except OSError as error:
            raise ConfigError(f"-C {folder}: {error.strerror}.") from error
    return joined


def command_line(*words: str) -> str:
    """Spell a command that works from where this one was typed, with its -C and --config."""
    where = []
    for name, spelt in (("entered", "-C"), ("config", "--config")):
        if option(name):
            where += [spelt, str(option(name))]
    return shlex.join(["publisher", *where, *words])


def configured(options: dict[str, Any]) -> Config:
    """Read the configuration the options ask for."""
    from publisher import config

    joined = settle(options)
    return config.load(Path(), file=joined["config"])


def targeted(options: dict[str, Any]) -> tuple[Config, Target]:
    """Read the configuration and pick the target."""
    config = configured(options)
    return config, config.target(option("target"))


_COMMANDING = re.compile(r"(^[^\S\n]*:(?=:[\w-]+.*::)|##(?=\[))", re.MULTILINE)
"""GitHub obeys such lines of a log, and a plan shows lines of an author's text."""


def option(name: str) -> Any:
    return (click.get_current_context().find_root().obj or {}).get(name)


def say(text: str) -> None:
    """Tell the user something on standard error; nothing in it commands a runner of GitHub's."""
    click.echo(_painted(_COMMANDING.sub("\\1\u200b", text)), err=True, color=_colored())


def whisper(text: str) -> None:
    """Tell it unless they asked for quiet."""
    if not option("quiet"):
        say(text)


def hand_out(text: str) -> None:
    """Write a machine format to standard output, for as long as somebody reads it."""
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _colored() -> bool | None:
    choice = option("color") or "auto"
    if choice == "auto":
        from publisher.config import wants_no_color

        return False if wants_no_color() else None
    return bool(choice == "always")


PAINT = {
    "+": "green",
    "-": "red",
    "~": "yellow",
    ">": "cyan",
    "!": "red",
    "v": "magenta",
    "^": "green",
}


def _painted(text: str) -> str:
    return "\n".join(_paint(line) for line in text.split("\n"))


def _paint(line: str) -> str:
    """Colour a line by its sign, unless it has its colours already."""
    bare = line.lstrip()
    if "\x1b[" in line:
        return line
    if len(bare) > 1 and bare[1] == " " and bare[0] in PAINT:
        return click.style(line, fg=PAINT[bare[0]])
    return click.style(line, fg="red") if bare.startswith("error:") else line
