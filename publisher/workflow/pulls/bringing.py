"""Bring what has no file yet: live things become files as a writer would have written them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from publisher.body.proof import Written, written
from publisher.model import (
    Article,
    Collection,
    ExternalPage,
    Live,
    Locale,
    Problem,
    Ref,
    Source,
    Spot,
    Translation,
)
from publisher.plan import words
from publisher.plan.view import RemoteRef
from publisher.pull.layout import Arrangement, paths
from publisher.pull.outward import Outward
from publisher.pull.report import Text
from publisher.source.writing import MetaValue, body_of, new_file

Meta = dict[str, MetaValue | None]
LEVELS = (2, 3, 4)
"""Of headings in a new file: a page's title is the first level, so writers begin below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What files are written with.

    folder   the content folder as users see it; spots begin with it.
    locales  that may have files; empty: any.
    authors  e-mail address by teammate's id; `author` is who needs no naming.
    icons    whether the target knows icons.
    without  (remote, locale) of new texts that are left out.
    """

    outward: Outward
    folder: str
    default_locale: Locale
    locales: tuple[Locale, ...] = ()
    authors: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    icons: bool = False
    without: frozenset[tuple[RemoteRef, str]] = frozenset()

    def wants(self, locale: str) -> bool:
        """Whether texts in this locale are kept in the repository."""
        return not self.locales or locale in (*self.locales, self.default_locale)

    def signature(self, author: str | None) -> str:
        """How a file names its author: not at all where it is the target's own."""
        if author in (None, "", "0", self.author):
            return ""
        return self.authors.get(author, author)


@dataclass(slots=True, kw_only=True)
class Brought:
    """Files to be written, and what was noticed on the way."""

    drafts: dict[str, bytes | None] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: str, ref: Ref, meta: Meta, body: Written | None = None) -> None:
        """Write a file."""
        text = new_file(meta, body.markdown if body else "")
        self.drafts[path] = text.encode()
        self.texts.append(
            Text(
                path=path,
                ref=ref,
                how="new",
                first_line=body_of(text)[1],
                pieces=body.pieces if body else (),
            )
        )


def bring(arrangement: Arrangement, lives: Mapping[RemoteRef, Live], desk: Desk) -> Brought:
    """Write every thing of an arrangement."""
    brought = Brought()
    unlisted: Counter[str] = Counter()
    for remote, ref in sorted(arrangement.refs.items(), key=lambda item: item[1]):
        thing, stem = lives[remote].thing, arrangement.stems[ref]
        if isinstance(thing, Article):
            _article(_without(thing, remote, desk), ref, stem, desk, brought)
            unlisted.update(code for code in thing.translations if not desk.wants(code))
        elif isinstance(thing, Collection):
            _collection(thing, ref, stem, desk, brought)
        elif isinstance(thing, Source):
            _source(thing, ref, stem, desk, brought)
        else:
            _page(thing, ref, stem, desk, brought)
    brought.problems += _unlisted(unlisted)
    return brought


def _without(thing: Article, remote: RemoteRef, desk: Desk) -> Article:
    texts = thing.translations.items()
    kept = {code: text for code, text in texts if (remote, code) not in desk.without}
    return replace(thing, translations=kept)


def in_order(locales: Iterable[Locale], desk: Desk) -> Iterator[Locale]:
    """The locales that have files, the default one first."""
    wanted = [locale for locale in locales if desk.wants(locale)]
    return iter(sorted(wanted, key=lambda code: (code != desk.default_locale, code)))


def _article(thing: Article, ref: Ref, stem: str, desk: Desk, brought: Brought) -> None:
    for locale in in_order(thing.translations, desk):
        text = thing.translations[locale]
        path = paths(ref, stem, locale)
        meta, body = translation(thing, locale, path, desk)
        if not text.title:
            brought.problems.append(_untitled(path, locale, desk))
        brought.add(path, ref, meta, body)


def translation(thing: Article, locale: Locale, path: str, desk: Desk) -> tuple[Meta, Written]:
    """What one file of an article says."""
    text: Translation = thing.translations[locale]
    title = text.title or thing.translations[desk.default_locale].title
    default = locale == desk.default_locale
    meta: Meta = {
        "title": title,
        "description": text.description,
        "state": "draft" if text.state == "draft" else None,
        "author": desk.signature(thing.author) if default else None,
    }
    address = desk.outward.written_in(path, locale)
    return meta, written(text.body, address, title=title, levels=LEVELS)


def _untitled(path: str, locale: Locale, desk: Desk) -> Problem:
    return Problem(
        rule="pull-untitled",
        severity="warning",
        spot=Spot(f"{desk.folder}/{path}"),
        what=f"the {words.language(locale)} text has no title in Intercom; the file has that of "
        f"the {words.language(desk.default_locale)} one.",
        advice="Write one; it is sent when you next change the file.",
    )


def _collection(thing: Collection, ref: Ref, stem: str, desk: Desk, brought: Brought) -> None:
    named = [locale for locale, title in thing.titles.items() if title]
    for locale in in_order(named, desk):
        meta: Meta = {
            "title": thing.titles[locale],
            "description": thing.descriptions.get(locale, ""),
        }
        if desk.icons and locale == desk.default_locale and not thing.parent:
            meta["icon"] = thing.icon
        brought.add(paths(ref, stem, locale), ref, meta)


def _source(thing: Source, ref: Ref, stem: str, desk: Desk, brought: Brought) -> None:
    meta: Meta = {"url": thing.url, "status": None if thing.active else "deactivated"}
    brought.add(paths(ref, stem, desk.default_locale), ref, meta)


def _page(thing: ExternalPage, ref: Ref, stem: str, desk: Desk, brought: Brought) -> None:
    path = paths(ref, stem, thing.locale)
    title = thing.title or thing.external_id
    meta: Meta = {
        "title": title,
        "url": thing.url,
        "external_id": thing.external_id if thing.external_id != ref.key else None,
        "fin": availability(thing),
    }
    address = desk.outward.written_in(path, thing.locale)
    brought.add(path, ref, meta, written(thing.body, address, title=title, levels=LEVELS))


def availability(thing: ExternalPage) -> dict[str, bool] | None:
    """Where Fin may not use a page; None where it may everywhere, as a new page."""
    closed = {
        name: False for name in ("agent", "copilot", "sales") if getattr(thing.fin, name) is False
    }
    return closed or None


def _unlisted(unlisted: Mapping[str, int]) -> Iterator[Problem]:
    for locale, count in sorted(unlisted.items()):
        yield Problem(
            rule="pull-locale",
            severity="warning",
            what=f"{words.counted(count, 'text')} in {words.language(locale)} "
            f"{words.verb(count, 'is', 'are')} live, but “{locale}” is not among `locales` in "
            "publisher.toml; left alone.",
            advice=f'Add "{locale}" to `locales` and pull again to have '
            f"{words.verb(count, 'it', 'them')} here.",
        )
