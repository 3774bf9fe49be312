"""Commands beside publishing: `assets`, `state`, `unlock`, `doctor`, `schema`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
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
    targeted,
    whisper,
)
from publisher.errors import ConfigError

SCHEMAS = ("frontmatter", "config", "redirects", "plan", "report")


@publisher.group()
@common
def assets(**options: Any) -> None:
    """Show where images stand; upload them, or write them out."""
    settle(options)


@assets.command("list")
@printed_as("text", "json")
@common
def list_assets(format: str, **options: Any) -> int:
    """List every local image and where it stands on the target."""
    from publisher.cli import formats
    from publisher.plan import words
    from publisher.workflow import images

    config, target = targeted(options)
    found = images.images(config, target)
    if format == "json":
        rows = [{"path": i.asset.path, "where": i.where, "url": i.url} for i in found]
        hand_out(formats.as_json(rows))
    else:
        for image in found:
            say(f"{image.where:10} {image.asset.path}" + (f"  {image.url}" if image.url else ""))
        say(f"{words.counted(len(found), 'image')}.")
    return errors.FINE


@assets.command()
@common
def push(**options: Any) -> int:
    """Upload what the target's bucket lacks."""
    from publisher.workflow import images

    config, target = targeted(options)
    sent = images.push(config, target, lambda kind, name: whisper(f"uploaded {name}"))
    say(f"{len(sent)} uploaded; the others were there.")
    return errors.FINE


@assets.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common
def export(folder: Path, **options: Any) -> int:
    """Write every image into DIR under its public name.

    For an upload of your own.
    """
    from publisher.workflow import images

    written = images.export(configured(options), folder)
    say(f"{len(written)} written to {folder}; the others were there.")
    return errors.FINE


@publisher.group()
@common
def state(**options: Any) -> None:
    """Look into the ledger, or mend it by hand."""
    settle(options)


@state.command("list")
@printed_as("text", "json")
@common
def list_state(format: str, **options: Any) -> int:
    """List what the ledger knows: kind, key, id."""
    from publisher.cli import formats
    from publisher.plan import words
    from publisher.workflow import state as by_hand

    config, target = targeted(options)
    found = by_hand.entries(config, target)
    if format == "json":
        hand_out(
            formats.as_json([{"kind": e.ref.kind, "key": e.ref.key, "id": e.id} for e in found])
        )
    else:
        for entry in found:
            say(f"{entry.ref.kind:10} {entry.ref.key}  #{entry.id}  “{entry.title}”")
        count = words.counted(len(found), "thing")
        say(f"{count} in the ledger of target {target.name}.")
    return errors.FINE


@state.command("show")
@click.argument("key")
@common
def show_state(key: str, **options: Any) -> int:
    """Show all the ledger knows of one thing, as JSON."""
    from publisher.cli import formats
    from publisher.workflow import state as by_hand

    config, target = targeted(options)
    hand_out(formats.as_json(by_hand.entry_as_row(config, target, key)))
    return errors.FINE


@state.command("rm")
@click.argument("key")
@common
def remove_state(key: str, **options: Any) -> int:
    """Let go of one thing; it stays live.

    It is not managed from here any more.
    """
    from publisher.workflow import state as by_hand

    config, target = targeted(options)
    ref = by_hand.forget(config, target, key)
    say(f"{ref} is not managed by target {target.name} any more; it stays live.")
    return errors.FINE


@state.command("mv")
@click.argument("old")
@click.argument("new")
@common
def move_state(old: str, new: str, **options: Any) -> int:
    """Let one thing go by another key.

    For a file that moved and that the plan takes for a new one. To move files: publisher mv.
    """
    from publisher.plan import words
    from publisher.workflow import state as by_hand

    config, target = targeted(options)
    told = by_hand.rename(config, target, old, new)
    say(
        f"{told.was} is {told.ref} now in the ledger of target {target.name}. Nothing live "
        "changed; the next plan compares it with the file of that name."
    )
    if told.below and told.was.kind == "collection":
        names = words.listed((str(ref) for ref in told.below), most=5)
        say(f"Only its own entry was renamed; these keep their keys: {names}.")
    return errors.FINE


@state.command("upgrade")
@common
def upgrade_state(**options: Any) -> int:
    """Bring the ledger into its newest form, and to its place.

    That is where `ledger` of the target says that it is kept.
    """
    from publisher.plan import words
    from publisher.workflow import state as by_hand

    config, target = targeted(options)
    told = by_hand.upgrade(config, target)
    if not told.where:
        say(f"There is no ledger of target {target.name} yet; the first apply begins it.")
    elif told.left:
        say(f"The ledger ({words.counted(told.things, 'thing')}) is kept here now: {told.where}")
        say(f"{told.left} is taken away; commit that, together with publisher.toml.")
    elif told.former:
        say(f"{told.where} was brought from format {told.former} to the newest.")
    else:
        say(f"{told.where} is up to date.")
    return errors.FINE


@publisher.command()
@click.argument("id", metavar="ID")
@common
def unlock(id: str, **options: Any) -> int:
    """Take away the lock of a run that is dead.

    A run that is refused names the ID.
    """
    from publisher.workflow import state as by_hand

    config, target = targeted(options)
    holder = by_hand.unlock(config, target, id)
    say(f"The lock of {holder} is taken away.")
    return errors.FINE


@publisher.command()
@printed_as("text", "json")
@common
def doctor(format: str, **options: Any) -> int:
    """Check whether all is ready, and say what to do.

    Configuration, content, repository, token, help center, author, images, ledger and lock.
    """
    from publisher.cli import formats
    from publisher.workflow import looking

    config, target = targeted(options)
    found = []
    for check in looking.doctor(config, target):
        found.append(check)
        if format == "text":
            mark = {"ok": "+", "warning": "~", "failed": "!"}[check.state]
            advice = f"\n    {check.advice}" if check.advice else ""
            say(f"{mark} {check.name}: {check.what}{advice}")
    if format == "json":
        hand_out(formats.as_json([asdict(check) for check in found]))
    failed = any(check.state == "failed" for check in found)
    return errors.FAILED if failed else errors.FINE


@publisher.command()
@click.argument("name", type=click.Choice(SCHEMAS), required=False)
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write those that editors read into DIR.",
)
@common
def schema(name: str | None, write: Path | None, **options: Any) -> int:
    """Print a JSON Schema, or write those that editors read."""
    from publisher.cli import formats
    from publisher.workflow import schemas

    settle(options)
    if (name is None) == (write is None):
        raise ConfigError(f"name one of {', '.join(SCHEMAS)}, or say --write DIR.")
    if write is not None:
        for path in schemas.write(write):
            say(f"wrote {path}")
    elif name is not None:
        hand_out(formats.as_json(schemas.schema(name)))
    return errors.FINE
