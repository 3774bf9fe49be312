"""The command that moves an article or a collection to another key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.program import command_line, common, configured, option, publisher, say, whisper

if TYPE_CHECKING:
    from publisher.workflow.moves.relocating import Moved

MOST = 20
"""Files of a kind that are named, unless asked for all with -v."""


@publisher.command()
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would be done.")
@common
def mv(old: str, new: str, dry_run: bool, **options: Any) -> int:
    """Move an article or a collection, in every language.

    OLD and NEW are keys (billing/refunds, collection:billing) or paths of files and folders; a
    NEW that ends in a slash is moved into. Links to it and from it are mended, and `was:` is
    written, so that every target keeps id, address and statistics. Nothing live is touched.
    """
    from publisher.workflow.moves import relocating

    moved = relocating.move(configured(options), old, new, dry_run=dry_run)
    for line in _lines(moved, most=None if option("verbose") else MOST):
        whisper(line)
    say(_summary(moved, dry_run=dry_run))
    return errors.FINE


def _lines(moved: Moved, *, most: int | None) -> list[str]:
    from publisher.cli.findings import problems_as_text

    groups = (
        [f"> {old} → {new}" for old, new in sorted(moved.moves.items())],
        [f"~ {name}" for name in moved.mended],
        [f"+ {name}" for name in moved.made],
        [f"redirects.yml: {line}" for line in moved.redirects],
    )
    lines = []
    for group in groups:
        more = len(group) - most if most is not None else 0
        lines += [*group[:most], f"  and {more} more"] if more > 1 else group
    return [*lines, problems_as_text(moved.problems)] if moved.problems else lines


def _summary(moved: Moved, *, dry_run: bool) -> str:
    count = len(moved.moves)
    files = "1 file" if count == 1 else f"{count} files"
    others = len(moved.mended) + len(moved.made)
    mended = f", {others} changed beside" if others else ""
    what = f"{moved.kind} {moved.old} → {moved.new}: {files}{mended}."
    if dry_run:
        return f"{what} Nothing was written."
    return f"{what} See it with: {command_line('plan')}"
