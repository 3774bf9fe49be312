"""Bring home what translators made of exported files. No network needed.

    such a file, edited ──► the translation's file ──► links to its headings, wherever they are
                                                   ──► the loader: is it still right? ──► written

An article comes home whole or not at all; what is wrong with one does not keep the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.model import NOTHING, NOWHERE, Locale, Problem, Ref, Site
from publisher.source import Loaded, load
from publisher.source.links import candidates
from publisher.source.marks import is_marked, marks_of, renewed
from publisher.source.writing import edited, store, with_meta
from publisher.translations.exchange.anchors import Headings, Moves, moves, with_anchors
from publisher.translations.exchange.parcel import Parcel, joined
from publisher.translations.exchange.returning import Home, bring_home
from publisher.workflow.content import near
from publisher.workflow.translators.exchanging import module_of
from publisher.workflow.translators.jobs import KINDS, Job, check, file_of, job_of, matched, read

_SUFFIXES = {".xlf": "xliff", ".xliff": "xliff", ".po": "po"}
_LARGEST = 64 * 1024 * 1024
"""Bytes of a file that comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why something could not come home: where that stands, and what to do.

    unit  id of the text, or "" where it is about all of the file.
    """

    where: str
    unit: str
    what: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A translation that came home. `marked`: it is recorded which sections are up to date."""

    path: str
    home: Home
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did.

    mended  other files, whose links led to headings that are called something else now.
    same    how many came back with nothing that is not there already.
    """

    brought: tuple[Brought, ...]
    mended: tuple[str, ...]
    refused: tuple[Refused, ...]
    same: int


def bring(config: Config, paths: Sequence[Path]) -> Imported:
    """Write into translations what came back; of a folder, every file that can be read.

    An article with anything wrong in it is not touched, and told. Files are written whole, or
    not at all.

    Raises PublisherError for a path that is not there or has another suffix.
    """
    loaded = read(config)
    refused: list[Refused] = []
    homes: dict[str, tuple[Job, Home]] = {}
    same = 0
    for parcel in joined(_parcels(_files(paths), refused)):
        try:
            job, name = _job(loaded, parcel)
            if name in homes:
                raise PublisherError(f"{parcel.where}: another file here is for {name}, too.")
            home = _home(config, loaded, job, parcel)
        except PublisherError as error:
            refused.append(Refused(where=parcel.where, unit="", what=str(error)))
            continue
        refused += [
            Refused(where=f.where, unit=f.unit, what=f.what, advice=f.advice) for f in home.faults
        ]
        same += home.raw is None and not home.faults
        if home.raw is not None:
            homes[name] = (job, home)
    return _stored(config, _linted(config), homes, refused, same)


def _files(paths: Iterable[Path]) -> list[Path]:
    """Each file once, also where its folder is named as well."""
    return list({path.resolve(): path for path in _found(paths)}.values())


def _found(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(each for each in path.rglob("*") if each.suffix.lower() in _SUFFIXES)
            if not found:
                raise PublisherError(f"{path} holds no .xlf, .xliff or .po file.")
            yield from found
        elif not path.exists():
            raise PublisherError(f"{path} is not there.")
        elif path.suffix.lower() not in _SUFFIXES:
            raise PublisherError(f"{path} is no .xlf, .xliff or .po file.")
        else:
            yield path


def _parcels(files: Iterable[Path], refused: list[Refused]) -> Iterator[Parcel]:
    for path in files:
        module = module_of(_SUFFIXES[path.suffix.lower()])
        try:
            if path.stat().st_size > _LARGEST:
                raise PublisherError(f"{path} is larger than {_LARGEST // 1024 // 1024} MB.")
            yield from list(module.read(path.as_posix(), path.read_bytes()))
        except OSError as error:
            what = f"{path} cannot be read: {error.strerror}."
            refused.append(Refused(where=path.as_posix(), unit="", what=what))
        except PublisherError as error:
            refused.append(Refused(where=path.as_posix(), unit="", what=str(error)))


def _job(loaded: Loaded, parcel: Parcel) -> tuple[Job, str]:
    """Find the article of a parcel, and the name of its translation's file."""
    site = loaded.site
    if parcel.source_locale != site.default_locale:
        raise PublisherError(
            f"{parcel.where}: it was translated from {parcel.source_locale}; here the language "
            f"that is translated from is {site.default_locale}."
        )
    check(site, (), [parcel.target_locale])
    ref = _meant(site, parcel)
    job = job_of(loaded, ref, Locale(parcel.target_locale)) if ref else None
    if job is None:
        known = [each.key for each in site.things if each.kind in KINDS]
        raise PublisherError(
            f"{parcel.where}: there is no {parcel.kind} {parcel.key} any more, or it cannot be "
            f"read.{near(parcel.key, known)}"
        )
    return job, file_of(loaded, job)


def _meant(site: Site, parcel: Parcel) -> Ref | None:
    """What has the key of a parcel, or had it when the parcel was made and has moved since."""
    formers = {ref: thing.was for ref, thing in site.things.items() if ref.kind == parcel.kind}
    same = [ref for ref in formers if ref.key == parcel.key]
    moved = [ref for ref, was in formers.items() if parcel.key in was]
    return next(iter(same + moved), None)


def _home(config: Config, loaded: Loaded, job: Job, parcel: Parcel) -> Home:
    found = matched(config, loaded, job)
    digests = marks_of(job.source.sections)
    return bring_home(found, parcel.units, digests, parcel.digests, config.rules.aliases)


def _linted(config: Config, drafts: Mapping[str, bytes | None] = NOTHING) -> Loaded:
    """Read the content with its rules; what is stale must not stay out of what is looked at."""
    rules = replace(
        config.rules, severities={**config.rules.severities, "translation-stale": "off"}
    )
    cache = config.state_folder / "cache"
    return load(config.content_folder, rules, cache=cache, drafts=drafts)


def _stored(
    config: Config,
    loaded: Loaded,
    homes: Mapping[str, tuple[Job, Home]],
    refused: list[Refused],
    same: int,
) -> Imported:
    """Mend links to headings, mark, prove by the loader, and write."""
    drafts: dict[str, bytes | None] = {}
    accepted = dict(homes)
    while accepted:
        drafts = _drafts(config, loaded, accepted)
        wrong = _wrong(config, loaded, drafts, accepted)
        if not wrong:
            break
        refused += dict.fromkeys(each for found in wrong.values() for each in found)
        accepted = {name: each for name, each in accepted.items() if name not in wrong}
        drafts = {}
    written = set(store(config.content_folder, drafts))
    folder = config.content_folder.as_posix()
    brought = [
        Brought(path=f"{folder}/{name}", home=home, marked=_is_marked(job, home))
        for name, (job, home) in sorted(accepted.items())
        if name in written
    ]
    mended = tuple(f"{folder}/{name}" for name in sorted(drafts) if name not in accepted)
    same += len(accepted) - len(brought)
    return Imported(brought=tuple(brought), mended=mended, refused=tuple(refused), same=same)


def _drafts(
    config: Config, loaded: Loaded, homes: Mapping[str, tuple[Job, Home]]
) -> dict[str, bytes | None]:
    """The files as they would be: marked, and with links that follow the headings."""
    drafts: dict[str, bytes | None] = {}
    for name, (job, home) in homes.items():
        raw, marks = home.raw or b"", _marks(job, home)
        drafts[name] = _marked(raw, marks, config) if marks else raw
    after = _linted(config, drafts)
    names = {name for name, _ in _new_errors(config, loaded, after)}
    for name in sorted(
        names & {each for files in after.files_of.values() for each in files.values()}
    ):
        raw = drafts.get(name) or (config.content_folder / name).read_bytes()
        mended = with_anchors(raw, _lookup(name, loaded, after, homes))
        if mended != raw:
            drafts[name] = mended
    return drafts


def _new_errors(config: Config, before: Loaded, after: Loaded) -> Iterator[tuple[str, Problem]]:
    """Errors that were not there before, each with the name of its file."""
    folder = config.content_folder.as_posix()
    known = Counter(_sign(each) for each in before.problems)
    for each in after.problems:
        if each.severity == "error":
            if not known[_sign(each)]:
                yield (each.spot or NOWHERE).path.removeprefix(f"{folder}/"), each
            known[_sign(each)] -= 1


def _sign(problem: Problem) -> tuple[str, str, str]:
    return ((problem.spot or NOWHERE).path, problem.rule, problem.what)


def _lookup(
    name: str, before: Loaded, after: Loaded, homes: Mapping[str, tuple[Job, Home]]
) -> Callable[[str], Moves]:
    """Return what says how the headings moved that a path in the file `name` leads to."""
    default = after.site.default_locale
    both = (*before.files_of.items(), *after.files_of.items())  # one has what the other refuses
    refs = {each: ref for ref, files in both for each in files.values()}
    refs |= {each: job.ref for each, (job, _) in homes.items()}
    locale = Locale(name.partition("/")[0])

    def lookup(path: str) -> Moves:
        places = candidates(name, path, default) if path else [name]
        ref = next(
            (refs[each] for place in places for each in (place, f"{place}.md") if each in refs),
            None,
        )
        if ref is None:
            return {}
        now = _headings(after, ref, locale) or _headings(before, ref, locale)
        from_source = moves(_headings(after, ref, default), now)
        return from_source | moves(_headings(before, ref, locale), now)

    return lookup


def _headings(loaded: Loaded, ref: Ref, locale: Locale) -> Headings:
    return loaded.site.headings.get((ref.key, locale), {})


def _is_marked(job: Job, home: Home) -> bool:
    """Whether nothing is left to record; of a collection nothing ever is."""
    return job.ref.kind == "collection" or bool(_marks(job, home))


def _marks(job: Job, home: Home) -> dict[str, str]:
    """What the translation is to be marked with; {} leaves it as it is.

    A translation that nobody tracks is not half tracked from now on.
    """
    now = marks_of(job.source.sections)
    marks = dict(job.target.translated_from) if job.target else {}
    if home.fresh == now.keys():
        return now
    if not home.fresh or (job.target is not None and not is_marked(marks)):
        return {}
    if not home.missing:
        marks = {name: each for name, each in marks.items() if name in now}
    return renewed(marks, job.source.sections, home.fresh)


def _marked(raw: bytes, marks: Mapping[str, str], config: Config) -> bytes:
    changes = {"translated_from": marks}
    return edited(raw, lambda text: with_meta(text, changes, config.rules.aliases))


def _wrong(
    config: Config,
    loaded: Loaded,
    drafts: Mapping[str, bytes | None],
    homes: Mapping[str, tuple[Job, Home]],
) -> dict[str, list[Refused]]:
    """What would be wrong afterwards, by the files that would bring it.

    Of an error in a file that does not come home, every one that does may be the cause.
    """
    wrong: dict[str, list[Refused]] = {}
    for name, each in _new_errors(config, loaded, _linted(config, drafts)):
        where = str(each.spot or NOWHERE)
        found = Refused(where=where, unit="", what=each.what, advice=each.advice)
        for cause in [name] if name in homes else homes:
            wrong.setdefault(cause, []).append(found)
    return wrong
