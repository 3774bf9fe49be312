"""What shows in one locale, as its readers find it: collections, sections, articles.

A shelf is made from rows in `reader.shelving` and never changes: a newer one takes its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Badge = Literal["", "draft", "scheduled"]
"""Why something does not show to readers as it does here; only writers see it."""

NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A teammate. `initials` has one or two letters; `hue` (0 to 7) picks the avatar's colour."""

    name: str
    initials: str
    hue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article in one locale.

    `path` is its address on this site; `body` the stored HTML, as it came; `updated_at` in
    seconds since the epoch; `shelf` the id of the collection it stands in, "" when unlisted.
    `due` is when a schedule changes its state, in seconds since the epoch, or 0.
    """

    id: str
    title: str
    description: str
    body: str
    author: Person | None
    updated_at: int
    path: str
    shelf: str
    badge: Badge = ""
    due: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection that shows in one locale, with what stands in it.

    `sections` leaves out those without any article; `count` and `people` include what is
    in the sections; `above` names the collections around it, outermost first; `badge` is
    "draft" when there are only drafts in it.
    """

    id: str
    name: str
    description: str
    icon: str
    path: str
    above: tuple[str, ...]
    sections: tuple[Collection, ...]
    articles: tuple[Article, ...]
    count: int
    people: tuple[Person, ...]
    badge: Badge = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What decides where an article stands in a locale, and who wrote it.

    drafts   whether what is not published shows as well.
    known    ids of all collections; `visible`: of those that show.
    """

    locale: str
    drafts: bool
    people: Mapping[str, Person]
    known: frozenset[str]
    visible: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Everything that has an address in one locale; `roots` are the cards of its home page.

    `walls` is what it was built from, beside the articles.
    """

    walls: Walls
    roots: tuple[Collection, ...]
    collections: Mapping[str, Collection]
    articles: Mapping[str, Article]

    def trail(self, collection: Collection) -> tuple[Collection, ...]:
        """Return the collections from the outermost one down to `collection` itself."""
        return (*(self.collections[id_] for id_ in collection.above), collection)

    def row(self, article: Article) -> tuple[Article, ...]:
        """Return what stands side by side in an article's collection, itself among them."""
        home = self.collections.get(article.shelf)
        return home.articles if home else ()

    def listed(self) -> Iterator[Article]:
        """Yield the articles a reader can find without knowing their address."""
        return (article for article in self.articles.values() if article.shelf)


def slug(text: str) -> str:
    """Spell a title for an address: "Über uns!" becomes "uber-uns"; "" when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return NOT_IN_A_SLUG.sub("-", plain.lower()).strip("-")


def address(locale: str, kind: str, id_: str, title: str) -> str:
    """Return the path of a thing, such as "/en/articles/12-refunds"; `kind` in the plural."""
    tail = f"{id_}-{slug(title)}".rstrip("-")
    return f"/{locale}/{kind}/{tail}"
