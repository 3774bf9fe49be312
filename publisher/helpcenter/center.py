"""The help center as one object: its settings, its memory, its REST API and its pages.

It is a WSGI application, so the same object serves tests in process, a browser through
`serve.py`, and any HTTP client. It knows nothing of the program around it: the host says
where images come from (`asset_lookup`) and what time it is.
"""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from publisher.helpcenter import api, bodies, fin, markdown, people, quirks, rewriting, shown
from publisher.helpcenter.answers import not_found
from publisher.helpcenter.asks import LOCALES, Ask
from publisher.helpcenter.calls import Calls
from publisher.helpcenter.faults import Faults
from publisher.helpcenter.images import Images
from publisher.helpcenter.past import Past
from publisher.helpcenter.store import FIRST_ID, Row, Store
from publisher.helpcenter.touches import Touches
from publisher.helpcenter.versions import Version, version

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TEAM: tuple[Mapping[str, Any], ...] = (
    {"id": 991267242, "name": "Ada Writer", "email": "docs@example.com", "job_title": "Writer"},
    {"id": 991267249, "name": "Ben Helper", "email": "ben@example.com", "job_title": "Support"},
    {"id": 991267251, "name": "Cleo Seller", "email": "cleo@example.com", "may_write": False},
)
"""The first is whose token it is; the last may not write articles."""


@dataclass(kw_only=True, eq=False)
class HelpCenter(people.ByHand):
    """An Intercom of our own.

    path           the SQLite file, or None: in memory.
    locales        languages that are switched on; the default one is always among them.
    workspace_id   "": one of its own, which the file remembers.
    public_url     where the public pages are; articles' addresses begin with it.
    quirks         names from `QUIRKS`.
    token          None: any; a text: that one; a mapping: token → scopes (None: all).
    scopes         what the one token may do; None: everything.
    rate_limit     calls in ten seconds, or None: no limit, and no headers that tell one.
    other_traffic  calls per second that others make of the same limit; may be changed.
    listing_lag    seconds that lists of the API are behind; may be changed.
    log_touches    keep `touches`, the order of looks, writes and deeds by hand.
    asset_lookup   bytes of an image's address, or None when it is not one of ours.
    multilingual   False: translations are kept and never shown.
    help_centers   rows with `identifier`, `name`, and optionally `id`, `url`, `locales`;
                   the first is the default one. Empty: one that is made from `name`.
    admins         rows with `id`, `name`, `email`, `may_write`; the first owns the token.
    api_version    for requests that name none; None refuses them, as an app without one.
    seed           makes image paths, signatures and request ids; the same seed, the same.

    Raises StoreError when the file cannot be used, ValueError for an unknown quirk.
    """

    path: str | Path | None = field(default=None, kw_only=False)
    name: str = "Acme Help"
    workspace_id: str = "local0001"
    default_locale: str = "en"
    locales: Collection[str] = LOCALES
    public_url: str = "http://127.0.0.1:8010"
    quirks: Collection[str] = ()
    token: str | Mapping[str, Collection[str] | None] | None = None
    scopes: Collection[str] | None = None
    rate_limit: int | None = None
    other_traffic: float = 0.0
    listing_lag: float = 0.0
    log_touches: bool = False
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    asset_lookup: Callable[[str], bytes | None] | None = None
    multilingual: bool = True
    help_centers: Sequence[Mapping[str, Any]] = ()
    admins: Sequence[Mapping[str, Any]] = TEAM
    api_version: str | None = None
    seed: str = "help"
    store: Store = field(init=False)
    images: Images = field(init=False)
    faults: Faults = field(init=False, default_factory=Faults)
    calls: Calls = field(init=False, default_factory=Calls)
    touches: Touches = field(init=False)
    centers: tuple[Row, ...] = field(init=False)
    born: int = field(init=False)

    def __post_init__(self) -> None:
        self.quirks = quirks.checked(self.quirks)
        self.public_url = self.public_url.rstrip("/")
        self.locales = tuple(dict.fromkeys([self.default_locale, *self.locales]))
        self.centers = tuple(self._center_rows())
        self.touches = Touches(on=self.log_touches)
        self.store = Store(self.path, past=Past(now=self.now, lag=lambda: self.listing_lag))
        try:
            self._settle()
        except BaseException:
            self.store.close()
            raise
        self.images = Images(
            store=self.store,
            workspace=self.workspace_id,
            seed=self.seed,
            now=self.now,
            unreachable=self.faults.hits_image,
            look_up=self.asset_lookup,
            by_name="image-cache-by-name" in self.quirks,
            copied="images-not-copied" not in self.quirks,
        )
        self._door = api.Door(center=self)
        self._as_markdown = functools.lru_cache(maxsize=4096)(markdown.from_html)

    def _settle(self) -> None:
        """Write down, or look up, what it is known by and who works there."""
        with self.store.writing():
            if not self.workspace_id:
                number = self.store.remember("workspace", secrets.randbelow(16**8))
                self.workspace_id = f"local{number:08x}"
            self.born = self.store.remember("born", int(self.now()))
            for row in self.admins:
                self.store.put("admin", {"job_title": "", "may_write": True, **row})

    def _center_rows(self) -> Iterable[Row]:
        given = self.help_centers or [{"identifier": shown.slug(self.name), "name": self.name}]
        for place, row in enumerate(given):
            url = self.public_url if place == 0 else f"{self.public_url}/{row['identifier']}"
            yield {"id": FIRST_ID + place, "url": url, "locales": self.locales, **row}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if api.is_meant(environ):
            return self._door(environ, start_response)
        return self.pages(environ, start_response)

    @functools.cached_property
    def pages(self) -> WSGIApplication:
        """The public pages, loaded when the first reader comes."""
        from publisher.helpcenter.pages import site

        return site(self)

    def close(self) -> None:
        """Release the file."""
        self.store.close()

    @property
    def is_multilingual(self) -> bool:
        """Whether answers show translations."""
        return self.multilingual and "single-language" not in self.quirks

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a page needs to know about the place it is in."""
        first = self.centers[0]
        return MappingProxyType(
            {
                "name": first["name"],
                "identifier": first["identifier"],
                "default_locale": self.default_locale,
                "locales": self.locales,
                "public_url": self.public_url,
                "workspace_id": self.workspace_id,
            }
        )

    @property
    def epoch(self) -> int:
        """A number that grows with every change, whoever makes it."""
        with self.store.reading():
            return self.store.number("epoch")

    @property
    def writes(self) -> list[tuple[str, str, int]]:
        """The calls that were not mere reading."""
        return [call for call in self.calls if call[0] != "GET"]

    def image(self, path: str) -> tuple[bytes, str] | str | None:
        """Return a re-hosted image: (bytes, media type), or its original address, or None.

        path   the path on the image network, or a whole address; a query is ignored.
        """
        with self.store.reading():
            return self.images.content(path)

    def rows(self, kind: str) -> list[Row]:
        """Return all of a kind ("collection", "article", "page", "source", "admin") as text."""
        with self.store.reading():
            return [self._told(kind, row) for row in self.store.all(kind)]

    def row(self, kind: str, id: str) -> Row | None:
        """Return one, or None."""
        with self.store.reading():
            row = self.store.get(kind, int(id)) if str(id).isdigit() else None
            return self._told(kind, row) if row else None

    def changed(self, kind: str, since: int) -> Mapping[str, Row | None]:
        """Return by id what was written after an epoch, as text; None: it is gone."""
        with self.store.reading():
            found = self.store.changed(kind, since).items()
            return {str(id): self._told(kind, row) if row else None for id, row in found}

    def _told(self, kind: str, row: Row) -> Row:
        ask = self._own_ask()
        if kind == "source":
            return fin.source(ask, row)
        if kind == "page":
            return fin.page_reply(ask, row)
        told = shown.due(row, ask.now) if kind == "article" else row
        texts = {"id": str(row["id"])}
        for name in ("parent_id", "author_id", "help_center_id"):
            if name in row:
                texts[name] = row[name] if row[name] is None else str(row[name])
        if kind == "article":
            texts |= {"author_id": str(told["contents"][told["default_locale"]]["author_id"])}
            told = told | {"parent_ids": [str(id) for id in row["parent_ids"]]}
        return told | texts

    def _own_ask(self) -> Ask:
        newest = version("2.17")
        assert newest is not None
        return Ask(center=self, version=newest, method="GET", query={}, body={}, admin={}, url="")

    def center_row(self, id: int) -> Row:
        """Return a help center; raises Refusal (404)."""
        for row in self.centers:
            if row["id"] == id:
                return row
        raise not_found()

    def group(self, asked: Version, id: int, *, section: bool = False) -> Row:
        """Return a collection as that version numbers it; raises Refusal (404).

        Up to 2.9 a nested one is found as a section only, and one at the top only as a
        collection.
        """
        row = self.store.get("collection", id)
        if section and "section-ids-apart" in self.quirks:
            every = self.store.all("collection")
            row = next((row for row in every if row["section_number"] == id), None)
        if row is None or (asked.sections and (row["parent_id"] is not None) is not section):
            raise not_found()
        return row

    def group_id(self, row: Row, *, section: bool) -> int:
        """Return the number a collection goes by, as a section or not."""
        apart = section and "section-ids-apart" in self.quirks
        return int(row["section_number"] if apart else row["id"])

    def ancestors(self, row: Row) -> list[Row]:
        """Return the collections above this one, nearest first."""
        above = self.store.get("collection", row["parent_id"]) if row["parent_id"] else None
        return [above, *self.ancestors(above)] if above else []

    def help_center_of(self, parents: Sequence[int]) -> Row:
        """Return the help center of the first of these collections, or the default one."""
        if len(self.centers) > 1 and parents:
            row = self.store.get("collection", parents[0])
            if row:
                return self.center_row(row["help_center_id"])
        return self.centers[0]

    def base_url(self, parents: Sequence[int]) -> str:
        """Return what an article's public address begins with."""
        return str(self.help_center_of(parents)["url"])

    def as_markdown(self, body: str) -> str:
        """Return a kept body as Markdown, remembering the last few thousand."""
        return self._as_markdown(body)

    def tidied(self, id: int, body: str, *, known: frozenset[str] = frozenset()) -> str:
        """Return a body as it will be kept; raises Refusal for what fails the request.

        known   the heading ids the body had before.
        """
        write = self.store.next_number("body", first=1)
        habits = bodies.Habits(
            seed=f"{self.seed} {id} {write}",
            host=self.images.host,
            known=known,
            quirks=frozenset(self.quirks),
        )
        return bodies.tidy(body, habits)

    def rewrite_everything(self, kind: str = "image-sizes") -> int:
        """Change the markup of all kept bodies, as a new release of Intercom's server did.

        kind   a name from `rewriting.REWRITES`, or "everything": all of them, one after another.

        Returns how many articles changed; `updated_at` of none does.
        """
        change = rewriting.rewrite(kind)
        changed = 0
        with self.store.writing():
            for row in self.store.all("article"):
                before = [content["body"] for content in row["contents"].values()]
                for content in row["contents"].values():
                    content["body"] = change(content["body"])
                changed += before != [content["body"] for content in row["contents"].values()]
                self.store.put("article", row)
        return changed
