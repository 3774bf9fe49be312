"""Translations: how they stand, and to say that one is up to date. No network needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.model import Article, ContentRules, Locale, Ref, Site, Translation
from publisher.plan import words
from publisher.source import load
from publisher.source.freshness import undeclared
from publisher.source.marks import carried, marks_of, renewed, vouched
from publisher.source.past import base_of, files_at
from publisher.source.unaffected import Declared
from publisher.source.writing import edited, store, with_meta
from publisher.translations.coverage import Coverage, Standing, coverages, standings
from publisher.workflow.content import near
from publisher.workflow.translators.jobs import check, lenient, read, unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How translations stand, each and by locale. `unread`: sentences about unreadable files."""

    standings: tuple[Standing, ...]
    coverages: tuple[Coverage, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What is to be marked.

    keys      of articles; `everything`: all of them. locales: none named means all of each.
    section   only this one of the source, by its name in `translated_from` or its heading.
    minor     only what was current before the source changed: its last change is declared to
              leave translations unaffected. `since`: a revision to compare with; "": HEAD.
    """

    keys: tuple[str, ...] = ()
    everything: bool = False
    locales: tuple[str, ...] = ()
    section: str = ""
    minor: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What marking did. `written`: files, as a user would type them; `as_they_were`: how many."""

    written: tuple[str, ...]
    as_they_were: int


def overview(
    config: Config, *, locales: Collection[str] = (), keys: Collection[str] = ()
) -> Overview:
    """Say how translations stand. Raises PublisherError for a key or locale that is not there."""
    loaded = read(config)
    check(loaded.site, keys, locales)
    found = standings(loaded.site, locales=locales, keys=keys)
    return Overview(
        standings=found,
        coverages=coverages(found),
        unread=tuple(unreadable(config, loaded, keys, locales)),
    )


def mark(config: Config, asked: Marking) -> Marked:
    """Write into translations what their sources say at the moment: only frontmatter changes.

    Raises PublisherError for a key, locale, translation, section or revision that is not there,
    and for a file that cannot be changed with certainty; then nothing was written.
    """
    loaded = read(config)
    check(loaded.site, asked.keys, asked.locales)
    chosen = list(_chosen(loaded.site, asked))
    _check_all_chosen(asked, chosen)
    before = _before(config, asked) if asked.minor else None
    drafts: dict[str, bytes | None] = {}
    same = 0
    for ref, source, locale, text in chosen:
        marks = _minor(text, source, before, ref) if before else _marks(asked, source, text)
        path = loaded.files_of[ref][locale]
        raw = (config.content_folder / path).read_bytes()
        new = _with_marks(raw, path, marks, config.rules) if marks is not None else raw
        same += new == raw
        if new != raw:
            drafts[path] = new
    written = store(config.content_folder, drafts)
    folder = config.content_folder.as_posix()
    return Marked(written=tuple(f"{folder}/{name}" for name in written), as_they_were=same)


def _chosen(site: Site, asked: Marking) -> Iterator[tuple[Ref, Translation, Locale, Translation]]:
    """Every translation that is meant, beside its source."""
    for ref, article in site.things.items():
        if not isinstance(article, Article) or not (asked.everything or ref.key in asked.keys):
            continue
        source = article.translations.get(site.default_locale)
        for locale, text in article.translations.items():
            if source and text is not source and (not asked.locales or locale in asked.locales):
                yield ref, source, locale, text


def _check_all_chosen(
    asked: Marking, chosen: list[tuple[Ref, Translation, Locale, Translation]]
) -> None:
    there = {ref.key for ref, *_ in chosen}
    for key in asked.keys:
        if key not in there:
            where = f" into {words.listed(asked.locales)}" if asked.locales else ""
            raise PublisherError(f"{key} has no translation{where} that could be read.")


@dataclass(frozen=True, slots=True)
class _Before:
    """The site as it was before a change that is declared minor, and what was declared already."""

    site: Site
    declared: Declared

    def source(self, ref: Ref) -> Translation | None:
        thing = self.site.things.get(ref)
        found = thing.translations if isinstance(thing, Article) else {}
        return found.get(self.site.default_locale)


def _minor(
    text: Translation, source: Translation, before: _Before, ref: Ref
) -> Mapping[str, str] | None:
    """Return what a translation is to be marked with after a minor change; None: with what it is.

    What is current only because a commit says so was current as well.
    """
    marks, then = text.translated_from, before.source(ref)
    if not marks or then is None:
        return None
    left = undeclared(marks, then, lambda _: before.declared.steps(source))
    return carried(vouched(marks, then.sections, left), then.sections, source.sections)


def _marks(asked: Marking, source: Translation, text: Translation) -> Mapping[str, str]:
    """Return what a translation is to be marked with."""
    if not asked.section:
        return marks_of(source.sections)
    name = _named(asked.section, source)
    if not text.translated_from:
        raise PublisherError(
            f"{text.spot.path} was never marked, so one section alone says nothing. Mark all of it "
            "first: leave out --section."
        )
    return renewed(text.translated_from, source.sections, {name})


def _named(section: str, source: Translation) -> str:
    names = {one.name: one.name for one in source.sections}
    titles = {one.title: one.name for one in reversed(source.sections) if one.title}
    found = names.get(section) or titles.get(section)
    if found is None:
        known = [one.title or one.name for one in source.sections]
        raise PublisherError(
            f"{source.spot.path} has no section “{section}”.{near(section, known)} There are: "
            f"{words.listed(names, most=12)}."
        )
    return found


def _before(config: Config, asked: Marking) -> _Before:
    commit = base_of(config.root, asked.since or "HEAD")
    files = files_at(config.root, config.content, commit)
    nowhere = config.state_folder / "cache" / "nothing"
    drafts: dict[str, bytes | None] = dict(files)
    site = load(nowhere, lenient(config.rules), drafts=drafts).site
    return _Before(site, Declared(config.content_folder, config.rules))


def _with_marks(raw: bytes, path: str, marks: Mapping[str, str], rules: ContentRules) -> bytes:
    def change(text: str) -> str:
        return with_meta(text, {"translated_from": marks}, rules.aliases)

    try:
        return edited(raw, change)
    except PublisherError as error:
        raise PublisherError(f"{path}: {error}") from error
