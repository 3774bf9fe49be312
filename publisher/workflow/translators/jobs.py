"""What there is to translate: articles, and titles and descriptions of collections.

Content is read leniently here. Whether a rule finds fault with a text makes no difference to its
translator, and a file that is merely wrong must not pass for one that is missing.
"""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from publisher.config import Config
from publisher.errors import ContentRefused, PublisherError
from publisher.model import (
    NOTHING,
    Article,
    Collection,
    ContentRules,
    Key,
    Kind,
    Locale,
    Ref,
    Site,
    Translation,
)
from publisher.plan import words
from publisher.source import RULES, Loaded, load
from publisher.source.marks import is_marked
from publisher.translations.coverage import standings
from publisher.translations.exchange.handoff import Match, match
from publisher.translations.exchange.pages import Page, page_of, page_of_meta
from publisher.workflow.content import check_version, near

NEEDED = ("content-missing",)
"""The rules that count here."""
KINDS: tuple[Kind, ...] = ("article", "collection")
"""What goes to translators."""


@dataclass(frozen=True, slots=True)
class Job:
    """One article or collection in one language.

    target  its translation; of a collection, what is there of its title and description.
    file    of the translation, below the content folder; "": there is none.
    """

    ref: Ref
    locale: Locale
    source: Translation
    target: Translation | None
    file: str = ""


# Reading ------------------------------------------------------------------------------------


def read(config: Config, drafts: Mapping[str, bytes | None] = NOTHING) -> Loaded:
    """Read the content, whatever rules say of it. Raises ContentRefused where there is none."""
    check_version(config)
    cache = config.state_folder / "cache"
    loaded = load(config.content_folder, lenient(config.rules), cache=cache, drafts=drafts)
    if loaded.problems:
        raise ContentRefused(loaded.problems)
    return loaded


def lenient(rules: ContentRules) -> ContentRules:
    """Return the rules without what they have against a text."""
    return replace(rules, severities={name: "off" for name in RULES if name not in NEEDED})


def check(
    site: Site, keys: Several[str], locales: Several[str], kinds: tuple[Kind, ...] = ("article",)
) -> None:
    """Raise PublisherError for a key or locale that is not there."""
    for key in keys:
        if not named(site, (key,), kinds):
            known = [ref.key for ref in site.things if ref.kind in kinds]
            nouns = " or ".join(words.NOUNS[kind][0] for kind in kinds)
            raise PublisherError(
                f"there is no {nouns} {key}, or it cannot be read.{near(key, known)}"
            )
    others = [each for each in site.locales if each != site.default_locale]
    for locale in locales:
        if locale == site.default_locale:
            raise PublisherError(f"{locale} is the language that is translated from.")
        if locale not in others:
            there = f" There are: {words.listed(others, most=9)}." if others else ""
            raise PublisherError(
                f"nothing is translated into {locale} here.{there} A new language belongs into "
                "`locales` in publisher.toml."
            )


def named(site: Site, keys: Several[str], kinds: tuple[Kind, ...] = KINDS) -> frozenset[Ref]:
    """Return what keys mean; `collection:billing` tells a collection from an article."""
    refs = {Ref(kind, Key(key)) for kind in kinds for key in keys}
    spelt = {Ref(kind, Key(rest)) for kind, _, rest in _parted(keys) if kind in kinds}
    return frozenset(ref for ref in refs | spelt if ref in site.things)


def _parted(keys: Several[str]) -> Iterator[tuple[Kind, str, str]]:
    for key in keys:
        kind, colon, rest = key.partition(":")
        yield kind, colon, rest  # type: ignore[misc]


# Choosing -----------------------------------------------------------------------------------


def jobs(
    loaded: Loaded, keys: Several[str], locales: Several[str], everything: bool
) -> Iterator[Job]:
    """Find what is to be translated, collections first.

    keys  these, however they stand; none: what is missing, stale or unmarked, and of
          collections what is missing.
    """
    site, chosen = loaded.site, named(loaded.site, keys)
    states = {(each.key, each.locale): each.state for each in standings(site)}
    for ref in sorted(site.things, key=lambda each: each.kind != "collection"):
        if ref.kind not in KINDS or (keys and ref not in chosen):
            continue
        for locale in site.locales:
            if locale == site.default_locale or (locales and locale not in locales):
                continue
            job = job_of(loaded, ref, locale)
            if job and (keys or everything or _is_needed(job, states)):
                yield job


def _is_needed(job: Job, states: Mapping[tuple[Key, Locale], str]) -> bool:
    if job.ref.kind == "article":
        return states.get((job.ref.key, job.locale), "current") != "current"
    target = job.target
    lacks = bool(job.source.description) and target is not None and not target.description
    return target is None or lacks


def job_of(loaded: Loaded, ref: Ref, locale: Locale) -> Job | None:
    """Return what there is of a thing in a language; None where its source cannot be read."""
    source = _text(loaded.site, ref, loaded.site.default_locale)
    file = loaded.files_of.get(ref, NOTHING).get(locale, "")
    return Job(ref, locale, source, _text(loaded.site, ref, locale), file) if source else None


def _text(site: Site, ref: Ref, locale: Locale) -> Translation | None:
    thing = site.things.get(ref)
    if isinstance(thing, Article):
        return thing.translations.get(locale)
    if not isinstance(thing, Collection) or locale not in thing.titles:
        return None
    return Translation(
        title=thing.titles[locale],
        description=thing.descriptions.get(locale, ""),
        spot=thing.spot,
    )


def unreadable(
    config: Config, loaded: Loaded, keys: Several[str] = (), locales: Several[str] = ()
) -> Iterator[str]:
    """Say which files of articles cannot be read, and so are none that could be translated."""
    default, chosen = loaded.site.default_locale, named(loaded.site, keys)
    for ref, files in loaded.files_of.items():
        if ref.kind != "article" or (keys and ref not in chosen):
            continue
        thing = loaded.site.things.get(ref)
        there = thing.translations if isinstance(thing, Article) else {}
        for locale, name in files.items():
            if locale not in there and (locale == default or not locales or locale in locales):
                yield _unread(config, name)


def file_of(loaded: Loaded, job: Job) -> str:
    """Return the file that a translation has, or will have beside its source."""
    name = loaded.stems[job.ref]
    beside = f"{name}/_index.md" if job.ref.kind == "collection" else f"{name}.md"
    return job.file or f"{job.locale}/{beside}"


# Side by side -------------------------------------------------------------------------------


def matched(config: Config, loaded: Loaded, job: Job) -> Match:
    """Lay a text and its translation side by side; raises PublisherError for an unreadable one."""
    if job.file and job.target is None and job.ref.kind == "article":
        raise PublisherError(_unread(config, job.file))
    source = _source(config, loaded, job)
    if not job.file:
        return match(source, None, ())
    text = job.target or Translation(title="")
    target = _page(config, job.file, text)
    names = {section.name for section in job.source.sections}
    stale = {each.name for each in text.outdated.sections} if text.outdated else set()
    current = names - stale if is_marked(text.translated_from) else ()
    return match(source, target, current, tuple(text.translated_from))


def _source(config: Config, loaded: Loaded, job: Job) -> Page:
    default = loaded.site.default_locale
    name = loaded.files_of.get(job.ref, NOTHING).get(default, "")
    page = _page(config, name, job.source) if name else None
    if page and job.ref.kind == "article":
        return page
    said = {"title": job.source.title, "description": job.source.description}
    lines = {each.kind: page.line_of(each) for each in page.pieces} if page else {}
    return page_of_meta(name or f"{default}/{loaded.stems[job.ref]}/_index.md", said, lines)


def _page(config: Config, name: str, text: Translation) -> Page:
    try:
        raw = (config.content_folder / name).read_bytes()
        return page_of(name, raw, config.rules.aliases, text.sections)
    except (OSError, PublisherError) as error:
        raise PublisherError(_unread(config, name)) from error


def _unread(config: Config, name: str) -> str:
    place = f"{config.content_folder.as_posix()}/{name}"
    return f"{place} cannot be read; `publisher lint` says why."
