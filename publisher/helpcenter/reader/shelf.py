"""Put what is published in one locale on shelves: collections, sections, articles.

Built from plain rows once per epoch, without reading a single body. Three rules decide
what is there at all; everything else (cards, breadcrumbs, neighbours, search) follows:

    an article        shows in a locale when its content there is "published"
    a collection      shows when it and everything above it have a name there; otherwise
                      it hides, with all its articles
    no collection     such an article is "unlisted": it has an address, but no shelf

Source: Intercom's API reference, locales and parents; a public publisher's notes for the
second rule, help article 56988 for the third.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A teammate. `initials` has one or two letters; `hue` (0 to 7) picks the avatar's colour."""

    name: str
    initials: str
    hue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A published article in one locale.

    `path` is its address on this site; `body` the stored HTML, as it came; `updated_at` in
    seconds since the epoch; `shelf` the id of the collection it stands in, "" when unlisted.
    """

    id: str
    title: str
    description: str
    body: str
    author: Person | None
    updated_at: int
    path: str
    shelf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection that shows in one locale, with what stands in it.

    `sections` leaves out those without any article; `count` and `people` include what is
    in the sections; `above` names the collections around it, outermost first.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Everything that has an address in one locale; `roots` are the cards of its home page."""

    locale: str
    roots: tuple[Collection, ...]
    collections: Mapping[str, Collection]
    articles: Mapping[str, Article]

    def trail(self, collection: Collection) -> tuple[Collection, ...]:
        """Return the collections from the outermost one down to `collection` itself."""
        return (*(self.collections[id_] for id_ in collection.above), collection)

    def neighbours(self, article: Article) -> tuple[Article | None, Article | None]:
        """Return what stands before and after an article in its collection."""
        home = self.collections.get(article.shelf)
        row = home.articles if home else ()
        spot = next((n for n, other in enumerate(row) if other.id == article.id), None)
        if spot is None:
            return None, None
        return (row[spot - 1] if spot else None, row[spot + 1] if spot + 1 < len(row) else None)

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


def shelve(
    collections: Sequence[Row], articles: Sequence[Row], admins: Sequence[Row], locale: str
) -> Shelf:
    """Return the shelf of one locale; collections by their order, articles as the rows come."""
    ordered = sorted(collections, key=lambda row: row.get("order") or 0)
    names = {str(row["id"]): row for row in ordered if _named(row, locale)}
    visible = {id_: above for id_ in names if (above := _above(id_, names)) is not None}
    people = {str(admin["id"]): _person(admin) for admin in admins}
    known = {str(row["id"]) for row in collections}
    placed = tuple(_articles(articles, people, _Place(locale, known, frozenset(visible))))
    built: dict[str, Collection] = {}
    for id_ in sorted(visible, key=lambda id_: -len(visible[id_])):
        built[id_] = _collection(names[id_], visible[id_], _Content(locale, built, placed))
    return Shelf(
        locale=locale,
        roots=tuple(c for c in built.values() if not c.above and c.count),
        collections=built,
        articles={article.id: article for article in placed},
    )


def is_published(content: Row) -> bool:
    """Say whether readers see an article's content in one locale, as far as its state goes."""
    return bool(content.get("state") == "published")


@dataclass(frozen=True, slots=True)
class _Place:
    locale: str
    known: set[str]
    visible: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Content:
    locale: str
    built: Mapping[str, Collection]
    articles: Sequence[Article]


def _named(row: Row, locale: str) -> bool:
    return bool((row["names"].get(locale) or "").strip())


def _above(id_: str, names: Mapping[str, Row]) -> tuple[str, ...] | None:
    """Return the ids around a collection; None where one of them hides, or they form a ring."""
    above: list[str] = []
    parent = names[id_].get("parent_id")
    while parent:
        parent = str(parent)
        if parent not in names or parent in above or parent == id_:
            return None
        above.insert(0, parent)
        parent = names[parent].get("parent_id")
    return tuple(above)


def _articles(
    rows: Sequence[Row], people: Mapping[str, Person], place: _Place
) -> Iterator[Article]:
    for row in rows:
        content = row["contents"].get(place.locale)
        parents = [str(id_) for id_ in row.get("parent_ids") or () if str(id_) in place.known]
        shown_in = next((id_ for id_ in parents if id_ in place.visible), "")
        hidden = bool(parents) and not shown_in
        if content and is_published(content) and not hidden:
            author = content.get("author_id") or row.get("author_id")
            title = content.get("title") or f"#{row['id']}"
            yield Article(
                id=str(row["id"]),
                title=title,
                description=content.get("description") or "",
                body=content.get("body") or "",
                author=people.get(str(author)),
                updated_at=int(content.get("updated_at") or 0),
                path=address(place.locale, "articles", str(row["id"]), title),
                shelf=shown_in,
            )


def _collection(row: Row, above: tuple[str, ...], content: _Content) -> Collection:
    id_, name = str(row["id"]), row["names"][content.locale].strip()
    inside = (*above, id_)
    sections = tuple(c for c in content.built.values() if c.above == inside and c.count)
    articles = tuple(article for article in content.articles if article.shelf == id_)
    people = [article.author for article in articles if article.author]
    people += [person for section in sections for person in section.people]
    return Collection(
        id=id_,
        name=name,
        description=(row.get("descriptions") or {}).get(content.locale) or "",
        icon=row.get("icon") or "",
        path=address(content.locale, "collections", id_, name),
        above=above,
        sections=sections,
        articles=articles,
        count=len(articles) + sum(section.count for section in sections),
        people=tuple(dict.fromkeys(people)),
    )


def _person(admin: Row) -> Person:
    name = (admin.get("name") or admin.get("email") or "?").strip()
    words = name.split()
    initials = (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()
    return Person(name=name, initials=initials, hue=sum(map(ord, name)) % 8)
