"""How the translations of a site stand: each by itself, and counted by locale.

    current   the source is what it was when the translation was marked
    stale     sections of the source have changed since
    unmarked  nobody said what it was translated from; counted, not complained about
    missing   there is none, and readers can open the source

Collections are left out: of a title and a line nobody needs to be told which part changed. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from publisher.model import Article, Difference, Key, Locale, Site, Translation
from publisher.source.marks import is_marked

State = Literal["current", "stale", "unmarked", "missing"]
STATES: tuple[State, ...] = ("current", "stale", "unmarked", "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One article in one locale. `path` is the translation's file, or the source's: `source`.

    sections  what changed in the source; only where it is stale.
    """

    key: Key
    locale: Locale
    title: str
    state: State
    source: str
    path: str = ""
    sections: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One locale, counted in articles."""

    locale: Locale
    current: int = 0
    stale: int = 0
    unmarked: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        """All that could be there."""
        return self.current + self.stale + self.unmarked + self.missing

    @property
    def percent(self) -> int:
        """The share that is there and not known to be stale, rounded down; 100 of nothing."""
        return (self.current + self.unmarked) * 100 // self.total if self.total else 100


def standings(
    site: Site, *, locales: Collection[str] = (), keys: Collection[str] = ()
) -> tuple[Standing, ...]:
    """Return how every article stands in every other locale, by key and then by locale.

    locales, keys  only of these; none named: of all.
    """
    others = [each for each in site.locales if each != site.default_locale]
    wanted = [each for each in others if not locales or each in locales]
    articles = (thing for thing in site.things.values() if isinstance(thing, Article))
    chosen = sorted((a for a in articles if not keys or a.key in keys), key=lambda each: each.key)
    return tuple(found for article in chosen for found in _of(article, wanted, site))


def coverages(standings: Iterable[Standing]) -> tuple[Coverage, ...]:
    """Count them by locale, in the order in which the locales first come."""
    counts: dict[Locale, dict[str, int]] = {}
    for each in standings:
        count = counts.setdefault(each.locale, dict.fromkeys(STATES, 0))
        count[each.state] += 1
    return tuple(Coverage(locale=locale, **count) for locale, count in counts.items())


def _of(article: Article, locales: Iterable[Locale], site: Site) -> Iterator[Standing]:
    source = article.translations.get(site.default_locale)
    for locale in locales if source else ():
        text = article.translations.get(locale)
        if source is None or (text is None and source.state == "draft"):
            continue
        yield Standing(
            key=article.key,
            locale=locale,
            title=source.title,
            state=_state(text),
            source=source.spot.path,
            path=text.spot.path if text else "",
            sections=text.outdated.sections if text and text.outdated else (),
        )


def _state(text: Translation | None) -> State:
    if text is None:
        return "missing"
    if text.outdated is not None:
        return "stale"
    return "current" if is_marked(text.translated_from) else "unmarked"
