"""Hand texts to translators. No network needed.

    export   what is missing, stale or unmarked ──► one file for each article and language

How such files come home is in `homecoming`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.model import NOTHING, Article, Locale, Ref, Translation
from publisher.source import Loaded, load
from publisher.source.freshness import is_marked, marks_of
from publisher.source.writing import store
from publisher.translations.coverage import standings
from publisher.translations.exchange.handoff import Handoff, Match, match
from publisher.translations.exchange.pages import Page, page_of
from publisher.workflow.content import check_version, near

if TYPE_CHECKING:
    pass

FORMS = {"xliff": "xliff", "po": "po"}
"""Form of a file → the module that knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was handed out.

    files     written, as a user would type them. same: how many were there already.
    units     texts in them; `new` have no translation, `unsure` one of perhaps another source.
    left_out  "file:line" of raw HTML that holds words: it is in no file.
    """

    files: tuple[str, ...]
    same: int
    units: int
    new: int
    unsure: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One article in one language."""

    ref: Ref
    locale: Locale
    source: Translation
    target: Translation | None


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

    keys        these articles, however they stand; none: what is missing, stale or unmarked.
    everything  also what is up to date.

    Raises PublisherError for a key or locale that is not there, and when a file that is there
    already says something else: somebody may be working in it. Then nothing was written.
    """
    module = module_of(form)
    loaded = read(config)
    check(loaded, keys, locales)
    given: dict[str, bytes | None] = {}
    matches: list[Match] = []
    for job in _jobs(loaded, keys, locales, everything):
        found = matched(config, loaded, job)
        matches.append(found)
        given[f"{job.locale}/{job.ref.key}{module.SUFFIX}"] = module.written(
            _handoff(config, loaded, job, found)
        )
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
    )


def module_of(form: str) -> ModuleType:
    try:
        return import_module(f"publisher.translations.exchange.{FORMS[form]}")
    except ImportError as error:
        raise PublisherError(
            "translations are exported and imported with the Translate Toolkit, which is not "
            "installed: pip install 'publisher[translations]'"
        ) from error


def read(config: Config, drafts: Mapping[str, bytes | None] = NOTHING) -> Loaded:
    """Read the content; a stale translation must not stay out of what is looked at here."""
    check_version(config)
    rules = replace(
        config.rules, severities={**config.rules.severities, "translation-stale": "off"}
    )
    cache = config.state_folder / "cache"
    return load(config.content_folder, rules, cache=cache, drafts=drafts)


def check(loaded: Loaded, keys: Collection[str], locales: Collection[str]) -> None:
    known = [ref.key for ref in loaded.site.things if ref.kind == "article"]
    for key in keys:
        if key not in known:
            raise PublisherError(f"there is no article {key}, or it has errors.{near(key, known)}")
    others = [each for each in loaded.site.locales if each != loaded.site.default_locale]
    for locale in locales:
        if locale not in others:
            raise PublisherError(
                f"nothing is translated into {locale} here.{near(locale, others)} Add it to "
                "`locales` in publisher.toml."
            )


def _jobs(
    loaded: Loaded, keys: Collection[str], locales: Collection[str], everything: bool
) -> Iterator[Job]:
    site = loaded.site
    states = {(each.key, each.locale): each.state for each in standings(site)}
    for ref, article in site.things.items():
        source = source_of(loaded, ref)
        if not isinstance(article, Article) or source is None or (keys and ref.key not in keys):
            continue
        for locale in site.locales:
            needed = states.get((ref.key, locale), "current") != "current"
            chosen = locale != site.default_locale and (not locales or locale in locales)
            if chosen and (keys or everything or needed):
                yield Job(ref, locale, source, article.translations.get(locale))


def source_of(loaded: Loaded, ref: Ref) -> Translation | None:
    thing = loaded.site.things.get(ref)
    if not isinstance(thing, Article):
        return None
    return thing.translations.get(loaded.site.default_locale)


def matched(config: Config, loaded: Loaded, job: Job) -> Match:
    """Lay an article's source and its translation side by side."""
    source = _page(config, loaded, job.ref, loaded.site.default_locale, job.source)
    if job.target is None:
        return match(source, None, ())
    target = _page(config, loaded, job.ref, job.locale, job.target)
    marks = job.target.translated_from
    names = {section.name for section in job.source.sections} if is_marked(marks) else set()
    stale = job.target.outdated.sections if job.target.outdated else ()
    return match(source, target, names - {each.name for each in stale}, tuple(marks))


def _page(config: Config, loaded: Loaded, ref: Ref, locale: Locale, text: Translation) -> Page:
    name = loaded.files_of[ref][locale]
    try:
        raw = (config.content_folder / name).read_bytes()
    except OSError as error:
        raise PublisherError(f"cannot read {text.spot.path}: {error.strerror}.") from error
    return page_of(name, raw, config.rules.aliases, text.sections)


def _handoff(config: Config, loaded: Loaded, job: Job, found: Match) -> Handoff:
    return Handoff(
        key=job.ref.key,
        source_locale=loaded.site.default_locale,
        target_locale=job.locale,
        file=f"{config.content}/{found.source.name}",
        digests=marks_of(job.source.sections),
        units=tuple(found.units.values()),
    )


def _check_free(folder: Path, given: Mapping[str, bytes | None]) -> None:
    for name, content in given.items():
        place = folder / name
        if place.exists() and place.read_bytes() != content:
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
