"""The commands `translations export` and `translations import`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import errors
from publisher.cli.program import common, configured, say, whisper
from publisher.cli.translating import localised, translations
from publisher.errors import ConfigError

if TYPE_CHECKING:
    from publisher.workflow.translators.exchanging import Exported
    from publisher.workflow.translators.homecoming import Brought, Imported, Refused

_MOST = 10
"""Lines of one kind; the others are counted."""


@translations.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@localised
@click.option("--all", "everything", is_flag=True, help="Also what is up to date.")
@click.option(
    "--format",
    type=click.Choice(["xliff", "po"]),
    default="xliff",
    show_default=True,
    help="What to write.",
)
@common
def export_translations(
    folder: Path,
    keys: tuple[str, ...],
    locales: tuple[str, ...],
    everything: bool,
    format: str,
    **options: Any,
) -> int:
    """Write what is to be translated into DIR.

    That is what is missing, stale or unmarked, for translators and their tools.

    One file for each article and language, DIR/fr/billing/refunds.xlf, and one for each
    collection, DIR/fr/billing/_index.xlf. With KEYs, these, however they stand. What is
    translated already is in the file, too.
    """
    from publisher.workflow.translators import exchanging

    if keys and everything:
        raise ConfigError("KEY and --all cannot be combined; choose one.")
    config = configured(options)
    done = exchanging.export(
        config, folder, form=format, keys=keys, locales=locales, everything=everything
    )
    _tell_export(done)
    return errors.CONTENT_REFUSED if done.unread else errors.FINE


def _tell_export(done: Exported) -> None:
    from publisher.plan.words import counted

    for path in done.files:
        say(f"wrote {path}")
    for place in done.left_out[:_MOST]:
        say(f"{place}: raw HTML holds words that are in no file; translate it by hand.")
    if len(done.left_out) > _MOST:
        say(f"… and {len(done.left_out) - _MOST} more places with raw HTML.")
    for sentence in done.unread:
        say(f"error: {sentence}")
    if not done.files and not done.same:
        _tell_of_nothing(done)
        return
    there = f"; {counted(done.same, 'file')} there already" if done.same else ""
    whisper(
        f"{counted(len(done.files), 'file')} written with {counted(done.units, 'text')}: "
        f"{done.new} to translate, {done.unsure} to look at{there}."
    )


def _tell_of_nothing(done: Exported) -> None:
    if not done.languages:
        whisper("there are no other languages here; `locales` in publisher.toml names them.")
    elif not done.unread:
        whisper("every translation is up to date; --all exports them all the same.")


@translations.command("import")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@common
def import_translations(files: tuple[Path, ...], **options: Any) -> int:
    """Take translated files home.

    Each FILE is an .xlf or .po file, or a folder of them.

    Only what a translator changed is changed. An article with anything wrong in it stays as it
    is; the others come home. Sections that came back finished are marked as up to date.
    """
    from publisher.workflow.translators import homecoming

    done = homecoming.bring(configured(options), files)
    _tell_import(done)
    return errors.CONTENT_REFUSED if done.refused else errors.FINE


def _tell_import(done: Imported) -> None:
    from publisher.plan.words import counted

    for each in done.brought:
        say(f"wrote {each.path}: {counted(each.home.words, 'text')} translated")
        for line in _about(each):
            say(f"  {line}")
    for path in done.mended:
        say(f"wrote {path}: links to headings that are called something else now")
    for line in _refusals(done.refused):
        say(line)
    if done.same:
        whisper(f"{counted(done.same, 'file')} brought nothing new.")
    if done.refused:
        kept = len({_file_of(refusal) for refusal in done.refused})
        theirs = "what it translates" if kept == 1 else "what they translate"
        say(f"error: {counted(kept, 'file')} could not come home; {theirs} is unchanged.")


def _about(brought: Brought) -> list[str]:
    from publisher.plan.words import listed

    home, told = brought.home, []
    if home.changed:
        names = listed(home.changed, most=5)
        told.append(f"the source changed since the export, and these stay stale: {names}")
    if home.missing:
        told.append(f"sections that are still missing: {listed(home.missing, most=5)}")
    if home.unsure:
        told.append(
            f"not called finished, so their sections are not marked: {listed(home.unsure, most=5)}"
        )
    if home.dropped:
        told.append(f"removed, as the source has them no more: {listed(home.dropped, most=5)}")
    if not brought.marked:
        told.append("not marked as up to date; `publisher translations mark` does that")
    return told


def _refusals(refused: Sequence[Refused]) -> Iterator[str]:
    """What is wrong, file by file; a tool that breaks one text of a file breaks them all."""
    for file, found in groupby(refused, key=_file_of):
        all_of_it = list(found)
        yield from map(_refusal, all_of_it[:_MOST])
        if len(all_of_it) > _MOST:
            yield f"error: {file}: {len(all_of_it) - _MOST} more like these."


def _file_of(refusal: Refused) -> str:
    return refusal.where.partition(":")[0]


def _refusal(refusal: Refused) -> str:
    unit = f" ({refusal.unit})" if refusal.unit else ""
    where = "" if refusal.what.startswith(refusal.where) else f"{refusal.where}{unit}: "
    advice = f" {refusal.advice}" if refusal.advice else ""
    end = "" if refusal.what.endswith((".", "!", "?", ")")) else "."
    return f"error: {where}{refusal.what}{end}{advice}"
