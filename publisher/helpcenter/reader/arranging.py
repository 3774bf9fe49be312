"""Put siblings in the order a writer gave them, when a page is about to show them.

Not when shelves are built: an order may change without any write to the help center.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from publisher.helpcenter.reader.shelf import Article, Collection

Order = Callable[[str, str], float | None]
"""Where a thing stands among its siblings (kind, id); None: as Intercom has it."""

Thing = TypeVar("Thing", Article, Collection)


def arranged(things: Sequence[Thing], order: Order | None) -> tuple[Thing, ...]:
    """Return siblings with those that have a place first, the others by their titles.

    Where nobody orders them, they stay as they are. Whoever makes a help center anew from its
    files gets other ids, and the same order.
    """
    if order is None:
        return tuple(things)

    def place(thing: Thing) -> tuple[bool, float, str]:
        name, kind = (
            (thing.title, "article") if isinstance(thing, Article) else (thing.name, "collection")
        )
        at = order(kind, thing.id)
        return at is None, at or 0.0, name.casefold()

    return tuple(sorted(things, key=place))


def arranged_inside(collection: Collection, order: Order | None) -> Collection:
    """Return a collection with everything in it arranged."""
    sections = arranged(collection.sections, order)
    return replace(
        collection,
        sections=tuple(arranged_inside(section, order) for section in sections),
        articles=arranged(collection.articles, order),
    )


def beside(article: Article, row: Sequence[Article]) -> tuple[Article | None, Article | None]:
    """Return what stands before and after an article in its row; None at the ends."""
    spot = next((n for n, other in enumerate(row) if other.id == article.id), None)
    if spot is None:
        return None, None
    return (row[spot - 1] if spot else None, row[spot + 1] if spot + 1 < len(row) else None)
