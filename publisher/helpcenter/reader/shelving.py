"""Build shelves from plain rows, and keep them up with what changes, reading no body.

Three rules decide what is there at all; everything else (cards, breadcrumbs, neighbours,
search) follows:

    an article        shows in a locale when its content there is "published"; to writers
                      also when it is a draft that says something
    a collection      shows when it and everything above it have a name there; otherwise
                      it hides, with all its articles
    no collection     such an article is "unlisted": it has an address, but no shelf

Source: Intercom's API reference, locales and parents; a public publisher's notes for the
second rule, help article 56988 for the third.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from publisher.helpcenter.reader.shelf import (
    Article,
    Badge,
    Collection,
    Person,
    Shelf,
    Walls,
    address,
)

Row = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Former:
    """A shelf that has to be built again, and the ids of articles that changed since."""

    shelf: Shelf
    changed: set[str]


def shelve(
    collections: Sequence[Row],
    articles: Iterable[Row],
    admins: Sequence[Row],
    locale: str,
    *,
    drafts: bool = False,
    former: Former | None = None,
) -> Shelf:
    """Return the shelf of one locale; collections by their order, articles as the rows come.

    former   an article that is the same as on this earlier shelf stays the same object.
    """
    ordered = sorted(collections, key=lambda row: row.get("order") or 0)
    names = {str(row["id"]): row for row in ordered if _named(row, locale)}
    visible = {id_: above for id_ in names if (above := _above(id_, names)) is not None}
    walls = Walls(
        locale=locale,
        drafts=drafts,
        people={str(admin["id"]): _person(admin) for admin in admins},
        known=frozenset(str(row["id"]) for row in collections),
        visible=frozenset(visible),
    )
    placed = {article.id: article for article in _articles(articles, walls, former)}
    content = _Content(locale=locale)
    for article in placed.values():
        content.articles[article.shelf].append(article)
    for id_ in sorted(visible, key=lambda id_: -len(visible[id_])):
        content.keep(_collection(names[id_], visible[id_], content))
    return Shelf(
        walls=walls,
        roots=tuple(content.sections[()]),
        collections=content.built,
        articles=placed,
    )


def followed(shelf: Shelf, changed: Mapping[str, Row | None]) -> Shelf | None:
    """Return the shelf after articles changed, by id; None when it has to be built again.

    It has to when something that lists show is another: then order and counts may be too.
    """
    newer: dict[str, Article] = {}
    for id_, row in changed.items():
        before, after = shelf.articles.get(id_), article_of(row, shelf.walls) if row else None
        if before == after:
            continue
        if before is None or after is None or not _look_alike(before, after):
            return None
        newer[id_] = after
    return _exchanged(shelf, newer) if newer else shelf


def shows(content: Row, *, drafts: bool) -> bool:
    """Say whether an article's content in one locale shows, as far as its state goes."""
    if content.get("state") == "published":
        return True
    words = content.get("title") or content.get("body")
    return drafts and bool((words or "").strip())


def article_of(row: Row, walls: Walls) -> Article | None:
    """Return an article as it stands within these walls; None where it does not show."""
    content = row["contents"].get(walls.locale)
    if not content or not shows(content, drafts=walls.drafts):
        return None
    parents = [str(id_) for id_ in row.get("parent_ids") or () if str(id_) in walls.known]
    shown_in = next((id_ for id_ in parents if id_ in walls.visible), "")
    if parents and not shown_in:
        return None
    author = content.get("author_id") or row.get("author_id")
    title = content.get("title") or f"#{row['id']}"
    badge, due = _badge(row, walls) if walls.drafts else ("", 0)
    return Article(
        id=str(row["id"]),
        title=title,
        description=content.get("description") or "",
        body=content.get("body") or "",
        author=walls.people.get(str(author)),
        updated_at=int(content.get("updated_at") or 0),
        path=address(walls.locale, "articles", str(row["id"]), title),
        shelf=shown_in,
        badge=badge,
        due=due,
    )


@dataclass(slots=True)
class _Content:
    """What is on the shelf so far: articles by collection, sections by what is around them."""

    locale: str
    articles: dict[str, list[Article]]
    sections: dict[tuple[str, ...], list[Collection]]
    built: dict[str, Collection]

    def __init__(self, locale: str) -> None:
        self.locale, self.built = locale, {}
        self.articles, self.sections = defaultdict(list), defaultdict(list)

    def keep(self, collection: Collection) -> None:
        self.built[collection.id] = collection
        if collection.count:
            self.sections[collection.above].append(collection)


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


def _articles(rows: Iterable[Row], walls: Walls, former: Former | None) -> Iterator[Article]:
    known = former.shelf.articles if former else {}
    settled = former is not None and former.shelf.walls == walls
    for row in rows:
        id_ = str(row["id"])
        before = known.get(id_)
        if settled and former and id_ not in former.changed:
            article = before
        else:
            after = article_of(row, walls)
            article = before if before == after else after
        if article is not None:
            yield article


def _badge(row: Row, walls: Walls) -> tuple[Badge, int]:
    """Say what writers must know; a schedule is for the article's default language alone."""
    schedule = row.get("schedule") or {}
    if schedule and row.get("default_locale") == walls.locale:
        return "scheduled", int(min(schedule.values()))
    published = row["contents"][walls.locale].get("state") == "published"
    return ("" if published else "draft"), 0


def _collection(row: Row, above: tuple[str, ...], content: _Content) -> Collection:
    id_, name = str(row["id"]), row["names"][content.locale].strip()
    sections = tuple(content.sections[(*above, id_)])
    articles = tuple(content.articles[id_])
    people = [article.author for article in articles if article.author]
    people += [person for section in sections for person in section.people]
    badges = {each.badge for each in articles} | {each.badge for each in sections}
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
        badge="draft" if badges == {"draft"} else "",
    )


def _person(admin: Row) -> Person:
    name = (admin.get("name") or admin.get("email") or "?").strip()
    words = name.split()
    initials = (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()
    return Person(name=name, initials=initials, hue=sum(map(ord, name)) % 8)


def _look_alike(before: Article, after: Article) -> bool:
    """Whether lists show both alike: all but the text, and when it was written."""
    return replace(after, body=before.body, updated_at=before.updated_at) == before


def _exchanged(shelf: Shelf, newer: Mapping[str, Article]) -> Shelf:
    """Return the shelf with these articles in the places of the ones they follow."""
    built = dict(shelf.collections)
    homes = [built[article.shelf] for article in newer.values() if article.shelf]
    touched = {id_ for home in homes for id_ in (*home.above, home.id)}
    for id_ in sorted(touched, key=lambda id_: -len(built[id_].above)):
        built[id_] = replace(
            built[id_],
            sections=tuple(built[section.id] for section in built[id_].sections),
            articles=tuple(newer.get(article.id, article) for article in built[id_].articles),
        )
    return replace(
        shelf,
        roots=tuple(built[root.id] for root in shelf.roots),
        collections=built,
        articles={**shelf.articles, **newer},
    )
