"""What is worth keeping between requests, and the narrow door it is read through.

Rows, shelves and search texts are kept per epoch, bodies per text, so a page reads no body
but its own, and a write makes only what it changed be read again. Threads may ask at once:
at worst two build the same shelf.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Protocol

from publisher.helpcenter.reader import body, find
from publisher.helpcenter.reader.shelf import Shelf, is_published, shelve

SHELVES_KEPT = 80  # two epochs of all of Intercom's locales
BODIES_KEPT = 8192
ROWS_KEPT = 10  # two epochs of the five kinds


class Door(Protocol):
    """What the public site needs to know of a help center.

    settings  name, default_locale, locales, public_url …
    epoch     a number that changes with every write
    rows      all rows of a kind: collection, article, page, source, admin
    image     (bytes, media type), the original URL, or None, for a path on Intercom's CDN
    """

    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def epoch(self) -> int: ...
    def rows(self, kind: str, /) -> list[dict[str, Any]]: ...
    def image(self, path: str, /) -> tuple[bytes, str] | str | None: ...


class Library:
    """A help center as its readers know it, always up to date with its epoch."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._rows = lru_cache(maxsize=ROWS_KEPT)(self._ask)
        self._spoken = lru_cache(maxsize=2)(self._published)
        self._shelf = lru_cache(maxsize=SHELVES_KEPT)(self._shelve)
        self._texts = lru_cache(maxsize=SHELVES_KEPT)(self._prepare)
        self._body = lru_cache(maxsize=BODIES_KEPT)(body.prepare)
        self._plain = lru_cache(maxsize=BODIES_KEPT)(body.plain)
        self._text = lru_cache(maxsize=BODIES_KEPT)(find.text_of)

    @property
    def name(self) -> str:
        """The help center's name."""
        return str(self.door.settings["name"])

    @property
    def default_locale(self) -> str:
        """The language that `/` leads to."""
        return str(self.door.settings["default_locale"])

    @property
    def locales(self) -> tuple[str, ...]:
        """All languages, the default one first."""
        return tuple(dict.fromkeys([self.default_locale, *self.door.settings["locales"]]))

    def spoken(self, here: str) -> tuple[str, ...]:
        """Return the languages worth offering: with something published, the default, `here`."""
        published = self._spoken(self.door.epoch)
        always = (self.default_locale, here)
        return tuple(code for code in self.locales if code in published or code in always)

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """Return all rows of a kind; they are shared, so change none."""
        return self._rows(self.door.epoch, kind)

    def shelf(self, locale: str) -> Shelf:
        """Return what is published in a locale now."""
        return self._shelf(self.door.epoch, locale)

    def body(self, html: str) -> body.Body:
        """Return a stored body as it is shown on this site."""
        return self._body(html, str(self.door.settings.get("public_url") or ""))

    def search(self, locale: str, query: str) -> list[find.Hit]:
        """Return what a reader finds, best first."""
        return find.search(self._texts(self.door.epoch, locale), query)

    def _ask(self, epoch: int, kind: str) -> list[dict[str, Any]]:
        return self.door.rows(kind)

    def _published(self, epoch: int) -> frozenset[str]:
        contents = (row["contents"].items() for row in self._rows(epoch, "article"))
        return frozenset(
            locale for pairs in contents for locale, content in pairs if is_published(content)
        )

    def _shelve(self, epoch: int, locale: str) -> Shelf:
        rows = partial(self._rows, epoch)
        return shelve(rows("collection"), rows("article"), rows("admin"), locale)

    def _prepare(self, epoch: int, locale: str) -> tuple[find.Text, ...]:
        listed = self._shelf(epoch, locale).listed()
        return tuple(self._text(article, self._plain(article.body)) for article in listed)
