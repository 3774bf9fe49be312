"""What is worth keeping between requests.

Rows, shelves and search texts follow the help center's epoch, and only as far as it
changed: after a write its rows are read again; a shelf is built again when something that
lists show is another, otherwise the article takes its predecessor's place; a search text is
made again when its article is. So a page costs what it shows, however much there is.

Threads may ask at once; they take turns for as long as something is brought up to date.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from publisher.helpcenter.reader import body, find
from publisher.helpcenter.reader.shelf import Shelf
from publisher.helpcenter.reader.shelving import Former, followed, shelve, shows
from publisher.helpcenter.reader.tables import Changed, Door, Row, Table

__all__ = ["Door", "Library", "Work"]

BODIES_KEPT = 1024
UNSEEN = frozenset({"updated_at"})
"""Fields that no list shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a library has done so far: rows read, shelves built, search texts made."""

    rows: int
    shelves: int
    texts: int


class Library:
    """A help center as its readers know it, always up to date with its epoch.

    drafts   whether what is not published shows as well.
    """

    def __init__(self, door: Door, *, drafts: bool = False) -> None:
        self.door = door
        self._drafts = drafts
        self._turn = threading.RLock()
        self._tables = {
            kind: Table(kind) for kind in ("collection", "article", "admin", "page", "source")
        }
        self._said: Counter[str] = Counter()
        self._shelves: dict[str, Shelf] = {}
        self._former: dict[str, Former] = {}
        self._texts: dict[str, tuple[Shelf, dict[str, find.Text]]] = {}
        self._built = self._made = 0
        self._body = lru_cache(maxsize=BODIES_KEPT)(body.prepare)

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

    @property
    def work(self) -> Work:
        """What was done so far."""
        rows = sum(table.read for table in self._tables.values())
        return Work(rows=rows, shelves=self._built, texts=self._made)

    def spoken(self, here: str) -> tuple[str, ...]:
        """Return the languages worth offering: with something to read, the default, `here`."""
        with self._turn:
            self._look()
            always = (self.default_locale, here)
            return tuple(code for code in self.locales if self._said[code] or code in always)

    def rows(self, kind: str) -> list[Row]:
        """Return all rows of a kind; they are shared, so change none."""
        with self._turn:
            if kind in ("page", "source"):
                self._tables[kind].catch_up(self.door, self.door.epoch)
            else:
                self._look()
            return list(self._tables[kind].rows.values())

    def row(self, kind: str, id_: str) -> Row | None:
        """Return one row of a kind, or None; it is shared, so do not change it."""
        with self._turn:
            self.rows(kind)
            return self._tables[kind].rows.get(id_)

    def shelf(self, locale: str) -> Shelf:
        """Return what shows in a locale now."""
        return self.shelves([locale])[locale]

    def shelves(self, locales: Iterable[str]) -> dict[str, Shelf]:
        """Return what shows in some locales, all of one moment."""
        with self._turn:
            self._look()
            return {locale: self._shelves.get(locale) or self._build(locale) for locale in locales}

    def body(self, html: str) -> body.Body:
        """Return a stored body as it is shown on this site."""
        return self._body(html, str(self.door.settings.get("public_url") or ""))

    def search(self, locale: str, query: str) -> list[find.Hit]:
        """Return what a reader finds, best first."""
        with self._turn:
            texts = self._prepared(self.shelf(locale))
        return find.search(texts.values(), query)

    def _look(self) -> None:
        """Take in what changed since the last look."""
        epoch = self.door.epoch
        for kind in ("collection", "admin"):
            changed = self._tables[kind].catch_up(self.door, epoch)
            if any(_shown(before) != _shown(after) for before, after in changed.values()):
                self._forget(list(self._shelves))
        articles = self._tables["article"].catch_up(self.door, epoch)
        if articles:
            self._count(articles)
            self._follow({id_: after for id_, (_, after) in articles.items()})

    def _count(self, changed: Changed) -> None:
        """Keep up in which languages there is something to read."""
        for step, which in ((-1, 0), (1, 1)):
            for pair in changed.values():
                row = pair[which]
                for locale, content in row["contents"].items() if row else ():
                    self._said[locale] += step * shows(content, drafts=self._drafts)

    def _follow(self, changed: Mapping[str, Row | None]) -> None:
        for former in self._former.values():
            former.changed.update(changed)
        for locale, shelf in list(self._shelves.items()):
            newer = followed(shelf, changed)
            if newer is None:
                self._forget([locale], changed)
            else:
                self._shelves[locale] = newer

    def _forget(self, locales: Iterable[str], changed: Collection[str] = ()) -> None:
        """Have these shelves built again when they are asked for."""
        for locale in locales:
            self._former[locale] = Former(shelf=self._shelves.pop(locale), changed=set(changed))

    def _build(self, locale: str) -> Shelf:
        def rows(kind: str) -> list[Mapping[str, Any]]:
            return list(self._tables[kind].rows.values())

        shelf = shelve(
            rows("collection"),
            rows("article"),
            rows("admin"),
            locale,
            drafts=self._drafts,
            former=self._former.pop(locale, None),
        )
        self._built += 1
        self._shelves[locale] = shelf
        return shelf

    def _prepared(self, shelf: Shelf) -> dict[str, find.Text]:
        """Return the search texts of a shelf, made for those articles that are new on it."""
        before, known = self._texts.get(shelf.walls.locale, (None, {}))
        if before is shelf:
            return known
        texts = {}
        for article in shelf.listed():
            text = known.get(article.id)
            if text is None or text.article is not article:
                text = find.text_of(article, body.plain(article.body))
                self._made += 1
            texts[article.id] = text
        self._texts[shelf.walls.locale] = (shelf, texts)
        return texts


def _shown(row: Row | None) -> dict[str, Any] | None:
    """What lists may show of a collection or a person."""
    return {name: row[name] for name in row if name not in UNSEEN} if row else None
