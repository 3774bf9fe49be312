"""A colleague who works in Intercom's editor while a client works on the API.

Each deed is one transaction. What is written holds a token (`hand-<seed>-<number>`) that
can be found again and is no part of another, so that a judge can tell whether it survived.
They never undo what they did before: texts are added to, an edit of what has a pending
draft joins the draft, and what has one is not unpublished. The same seed does the same to
the same help center.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from publisher.helpcenter import shown
from publisher.helpcenter.store import Row

if TYPE_CHECKING:
    from publisher.helpcenter.center import HelpCenter

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "edit": 10,
        "draft": 2,
        "publish": 2,
        "move": 2,
        "rename": 1,
        "unpublish": 1,
        "create": 1,
        "delete": 0.3,
    }
)
"""How often each kind of deed is done, compared with the others."""

BORN = "publisher is writing"
"""What the body of an article says that a client has only just made."""

_TEXTS = ("title", "description", "body")
_PAST = {
    "edit": "edited",
    "draft": "left an unpublished edit in",
    "move": "moved",
    "rename": "renamed",
    "publish": "published",
    "unpublish": "unpublished",
    "create": "created",
    "delete": "deleted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What the colleague did.

    kind     one of `WEIGHTS`.
    thing    "article" or "collection"; `id` is text, as everywhere outside the store.
    locale   of what was written or published; "": it concerns all languages.
    field    "title" or "body": where the token is; "": there is none.
    token    the text to look for; "": the deed has none.
    parent   of a move and a creation: the id of the collection; a creation may have none.
    at       seconds since the epoch, by the help center's clock.
    """

    kind: str
    thing: str
    id: str
    locale: str = ""
    field: str = ""
    token: str = ""
    parent: str = ""
    at: float = 0.0

    def __str__(self) -> str:
        where = f" ({self.locale})" if self.locale else ""
        what = f"the {self.field} of " if self.kind == "edit" else ""
        to = f" to collection {self.parent}" if self.kind == "move" else ""
        token = f": {self.token}" if self.token else ""
        return f"a colleague {_PAST[self.kind]} {what}{self.thing} {self.id}{where}{to}{token}"


@dataclass(frozen=True, slots=True)
class _Chance:
    """Something that could be done: to which row, in which language, how likely."""

    row: Row
    locale: str = ""
    weight: float = 1.0


class Colleague:
    """One person. `deeds` is what they did so far, in order.

    weights   kind of deed → how often; what is absent is never done.
    newborn   how likely an article is edited that a client has only just made, compared
              with any other (0: never). Nothing else is done to those.
    may       asked with the kind of a deed and an id ("" for a creation) before it is done.

    Safe to use from several threads. Raises ValueError for a kind of deed nobody knows.
    """

    def __init__(
        self,
        center: HelpCenter,
        *,
        seed: int | str,
        weights: Mapping[str, float] = WEIGHTS,
        newborn: float = 0.2,
        may: Callable[[str, str], bool] = lambda kind, id: True,
    ) -> None:
        unknown = [kind for kind in weights if kind not in WEIGHTS]
        if unknown:
            raise ValueError(f"no deed {unknown[0]!r}; there are: {', '.join(WEIGHTS)}")
        self.center, self.seed, self.newborn = center, seed, newborn
        self.deeds: list[Deed] = []
        self._weights = dict(weights)
        self._may = may
        self._dice = random.Random(f"{seed}")
        self._pace = random.Random(f"{seed} pace")
        self._tokens = 0
        self._lock = threading.Lock()

    def act(self) -> Deed | None:
        """Do one thing at random; None when nothing can be done."""
        with self._lock:  # deeds are listed in the order they were done
            with self.center.store.writing():
                deed = self._any(dict(self._weights))
            if deed:
                self.deeds.append(deed)
        return deed

    @contextmanager
    def works(
        self, *, every: float, on_deed: Callable[[Deed], None] = lambda deed: None
    ) -> Iterator[Colleague]:
        """Let them act about every so many seconds, in a thread, for the length of the block.

        Raises at the end what stopped them before it, if something did.
        """
        home_time = threading.Event()
        wrong: list[Exception] = []

        def day() -> None:
            try:
                while not home_time.wait(every * self._pace.uniform(0.5, 1.5)):
                    deed = self.act()
                    if deed:
                        on_deed(deed)
            except Exception as error:  # told where somebody is listening
                wrong.append(error)

        thread = threading.Thread(target=day, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            home_time.set()
            thread.join()
        if wrong:
            raise wrong[0]

    def _any(self, weights: dict[str, float]) -> Deed | None:
        """Try kinds of deed, drawn by weight, until one finds something to be done to."""
        while any(weights.values()):
            kind = self._dice.choices(list(weights), list(weights.values()))[0]
            chances = [chance for chance in self._chances(kind) if self._allowed(kind, chance)]
            if chances:
                by_weight = [chance.weight for chance in chances]
                return self._done(kind, self._dice.choices(chances, by_weight)[0])
            del weights[kind]
        return None

    def _allowed(self, kind: str, chance: _Chance) -> bool:
        id = str(chance.row["id"]) if chance.row else ""
        return chance.weight > 0 and self._may(kind, id)

    def _chances(self, kind: str) -> Iterator[_Chance]:
        if kind == "create":
            yield _Chance({})
        elif kind == "rename":
            yield from map(_Chance, self.center.store.all("collection"))
        else:
            now = int(self.center.now())
            shelves = self.center.store.all("collection") if kind == "move" else []
            for row in self.center.store.all("article"):
                yield from self._of_article(kind, shown.due(row, now), shelves)

    def _of_article(self, kind: str, row: Row, shelves: list[Row]) -> Iterator[_Chance]:
        """Yield the ways to do something of this kind to an article."""
        born = any(BORN in content["body"] for content in row["contents"].values())
        if kind in ("move", "delete"):
            if not born and (kind == "delete" or self._elsewhere(row, shelves)):
                yield _Chance(row)
            return
        for locale, content in row["contents"].items():
            if _can_be(kind, content) and (kind == "edit" or not born):
                yield _Chance(row, locale, self.newborn if born else 1.0)

    def _elsewhere(self, row: Row, shelves: list[Row]) -> list[str]:
        """Return the collections an article could be moved to."""
        center = self.center.help_center_of(row["parent_ids"])["id"]
        return [
            str(shelf["id"])
            for shelf in shelves
            if shelf["help_center_id"] == center and shelf["id"] not in row["parent_ids"]
        ]

    def _done(self, kind: str, chance: _Chance) -> Deed:
        if kind == "create":
            return self._create()
        if kind == "rename":
            return self._rename(chance.row)
        if kind in ("edit", "draft"):
            return self._write(kind, chance.row, chance.locale)
        return self._handle(kind, chance.row, chance.locale)

    def _write(self, kind: str, row: Row, locale: str) -> Deed:
        content = row["contents"][locale]
        waiting = shown.pending(content)
        texts = {name: (waiting or content)[name] for name in _TEXTS}
        field, token = self._dice.choice(("title", "body", "body")), self._token()
        texts[field] = self._with(texts[field], field, token)
        id, staged = str(row["id"]), kind == "draft" or waiting is not None
        if staged:
            self.center.draft_by_hand(id, locale, **texts)
        else:
            self.center.edit_by_hand(id, locale, **{field: texts[field]})
        return Deed(
            kind="draft" if staged else "edit",
            thing="article",
            id=id,
            locale=locale,
            field=field,
            token=token,
            at=self.center.now(),
        )

    def _with(self, text: str, field: str, token: str) -> str:
        if field == "title":
            return f"{text} {token}"
        paragraph = f'<p class="no-margin">{token}</p>'
        return paragraph + text if self._dice.random() < 0.5 else text + paragraph

    def _handle(self, kind: str, row: Row, locale: str) -> Deed:
        """Do what leaves no token: to an article as it is."""
        id, parent = str(row["id"]), ""
        if kind == "move":
            parent = self._dice.choice(self._elsewhere(row, self.center.store.all("collection")))
            self.center.move_by_hand(id, parent)
        elif kind == "delete":
            self.center.delete_by_hand("article", id)
        elif kind == "publish":
            self.center.publish_by_hand(id, locale)
        else:
            self.center.unpublish_by_hand(id, locale)
        at = self.center.now()
        return Deed(kind=kind, thing="article", id=id, locale=locale, parent=parent, at=at)

    def _rename(self, row: Row) -> Deed:
        locale, token = self._dice.choice(list(row["names"])), self._token()
        id, title = str(row["id"]), f"{row['names'][locale]} {token}"
        self.center.rename_by_hand(id, title, locale, kind="collection")
        return Deed(
            kind="rename",
            thing="collection",
            id=id,
            locale=locale,
            field="title",
            token=token,
            at=self.center.now(),
        )

    def _create(self) -> Deed:
        token, locale = self._token(), self.center.default_locale
        shelves = [str(row["id"]) for row in self.center.store.all("collection")]
        parent = self._dice.choice([*shelves, ""])
        id = self.center.create_by_hand(
            title=f"A note of mine {token}",
            body=f'<p class="no-margin">{token}</p>',
            state=self._dice.choice(("published", "draft")),
            parent=parent or None,
        )
        return Deed(
            kind="create",
            thing="article",
            id=id,
            locale=locale,
            field="title",
            token=token,
            parent=parent,
            at=self.center.now(),
        )

    def _token(self) -> str:
        self._tokens += 1
        return f"hand-{self.seed}-{self._tokens:06}"


def _can_be(kind: str, content: Row) -> bool:
    """Say whether that can be done to a language of an article."""
    waits = shown.pending(content) is not None
    published: bool = content["state"] == "published"
    if kind == "edit":
        return bool(content["title"])
    if kind == "draft":
        return published
    if kind == "unpublish":
        return published and not waits
    complete = bool(content["title"] and content["body"])
    return complete and (waits or not published)
