"""Hand texts to translators. No network needed.

    export   what is missing, stale or unmarked ──► one file for each article or collection
             and language

How such files come home is in `homecoming`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.source import Loaded
from publisher.source.marks import marks_of
from publisher.source.writing import store
from publisher.translations.exchange.handoff import Handoff, Match
from publisher.workflow.translators.jobs import KINDS, Job, check, jobs, matched, read, unreadable

FORMS = {"xliff": "xliff", "po": "po"}
"""Form of a file → the module that knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was handed out.

    files     written, as a user would type them. same: how many were there already.
    units     texts in them; `new` have no translation, `unsure` one of perhaps another source.
    left_out  "file:line" of raw HTML that holds words: it is in no file.
    unread    sentences about files that cannot be read, so that theirs were not written.
    languages whether there is any to translate into.
    """

    files: tuple[str, ...]
    same: int
    units: int
    new: int
    unsure: int
    left_out: tuple[str, ...]
    unread: tuple[str, ...] = ()
    languages: bool = True


# Export -------------------------------------------------------------------------------------


def export(
    config: Config,
    folder: Path,
    *,
    form: str,
    keys: Collection[str] = (),
    locales: Collection[str] = (),
    everything: bool = False,
) -> Exported:
    """Write files for translators: DIR/LOCALE/KEY with the form's suffix.

    keys        these articles and collections, however they stand; none: what is missing, stale
                or unmarked.
    everything  also what is up to date.

    Raises PublisherError for a key or locale that is not there, and when a file that is there
    already says something else: somebody may be working in it. Then nothing was written.
    """
    module = module_of(form)
    loaded = read(config)
    check(loaded.site, keys, locales, KINDS)
    given: dict[str, bytes | None] = {}
    matches: list[Match] = []
    unread = dict.fromkeys(unreadable(config, loaded, keys, locales))
    for job in jobs(loaded, keys, locales, everything):
        try:
            found = matched(config, loaded, job)
        except PublisherError as error:
            unread[str(error)] = None
            continue
        matches.append(found)
        given[_name_of(job) + module.SUFFIX] = module.written(_handoff(config, loaded, job, found))
    _check_free(folder, given)
    written = store(folder, given) if given else ()
    states = Counter(unit.state for found in matches for unit in found.units.values())
    return Exported(
        files=tuple(f"{folder.as_posix()}/{name}" for name in written),
        same=len(given) - len(written),
        units=states.total(),
        new=states["new"],
        unsure=states["unsure"],
        left_out=tuple(dict.fromkeys(_left_out(config, matches))),
        unread=tuple(unread),
        languages=len(loaded.site.locales) > 1,
    )


def _name_of(job: Job) -> str:
    within = "/_index" if job.ref.kind == "collection" else ""
    return f"{job.locale}/{job.ref.key}{within}"


def module_of(form: str) -> ModuleType:
    """Return what reads and writes a form; raises PublisherError without the library for it."""
    try:
        return import_module(f"publisher.translations.exchange.{FORMS[form]}")
    except ImportError as error:
        raise PublisherError(
            "translations are exported and imported with the Translate Toolkit, which is not "
            "installed: pip install 'publisher[translations]'"
        ) from error


def _handoff(config: Config, loaded: Loaded, job: Job, found: Match) -> Handoff:
    return Handoff(
        key=job.ref.key,
        kind=job.ref.kind,
        source_locale=loaded.site.default_locale,
        target_locale=job.locale,
        file=f"{config.content}/{found.source.name}",
        digests=marks_of(job.source.sections),
        units=tuple(found.units.values()),
    )


def _check_free(folder: Path, given: Mapping[str, bytes | None]) -> None:
    for name, content in given.items():
        place = folder / name
        if place.exists() and not (place.is_file() and place.read_bytes() == content):
            raise PublisherError(
                f"{place} is there already and says something else: perhaps a translator is "
                "working in it. Import it first, then remove it, or choose another folder."
            )


def _left_out(config: Config, matches: Iterable[Match]) -> Iterator[str]:
    for found in matches:
        for piece in found.source.pieces:
            if piece.is_left_out:
                line = found.source.line_of(piece)
                yield f"{config.content}/{found.source.name}:{line}"
