"""Collections, articles, content import sources and Fin's pages, and their flat form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from publisher.model.names import (
    NOWHERE,
    Fields,
    Key,
    Kind,
    Locale,
    Ref,
    Spot,
    Stale,
    State,
)

_STATES: Mapping[str, State] = {"draft": "draft", "published": "published"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a text as somebody translates it: a heading and what follows it.

    digest  of what a translator works on, with the form it has: "v1-0123456789".
    """

    name: str
    title: str = ""
    line: int = 1
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What became of a section of a source since it was translated; `line` 0: it is gone."""

    kind: Literal["changed", "added", "removed"]
    name: str
    title: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """What a translation lacks of its source by now, and what is to become of it."""

    sections: tuple[Difference, ...]
    policy: Stale = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One article in one locale.

    state   None: as it is live; for something new, the configured default.
    lines   for each top-level block of `body`, the line of the file it came from.
    source  digest of the Markdown the body was rendered from ("": not from Markdown).
    sections         of the text, to tell later what changed in it.
    translated_from  by section of its source, the digest that it had; empty: never marked.
    marked_at        the line where that stands.
    outdated         what changed in its source since; None: nothing, or nobody knows.
    """

    title: str
    description: str = ""
    state: State | None = None
    body: str = ""
    source: str = field(default="", compare=False)
    lines: tuple[int, ...] = field(default=(), compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    sections: tuple[Section, ...] = field(default=(), compare=False)
    translated_from: Mapping[str, str] = field(default_factory=dict, compare=False)
    marked_at: int = field(default=1, compare=False)
    outdated: Outdated | None = None

    @property
    def is_withheld(self) -> bool:
        """Whether readers are not to get it until it says what its source says."""
        return self.outdated is not None and self.outdated.policy == "unpublish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection, or (with a parent) what Intercom called a section up to 2.9."""

    key: Key
    parent: Key | None = None
    titles: Mapping[Locale, str] = field(default_factory=dict)
    descriptions: Mapping[Locale, str] = field(default_factory=dict)
    icon: str | None = None
    protect: bool = False
    was: tuple[Key, ...] = ()
    order: float | None = field(default=None, compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    kind: Kind = field(default="collection", init=False)

    def fields(self) -> dict[str, str]:
        """Flatten to text; an icon that nobody named is left out (it is kept as it is live)."""
        flat = {"parent": self.parent or ""}
        if self.icon is not None:
            flat["icon"] = self.icon
        for locale, title in self.titles.items():
            flat[f"{locale}.title"] = title
            flat[f"{locale}.description"] = self.descriptions.get(locale, "")
        return flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article with all its translations."""

    key: Key
    parent: Key | None = None
    author: str | None = None
    translations: Mapping[Locale, Translation] = field(default_factory=dict)
    protect: bool = False
    was: tuple[Key, ...] = ()
    order: float | None = field(default=None, compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    kind: Kind = field(default="article", init=False)

    def fields(self) -> dict[str, str]:
        """Flatten to text; an author or state that nobody named is left out."""
        flat = {"parent": self.parent or ""}
        if self.author is not None:
            flat["author"] = self.author
        for locale, translation in self.translations.items():
            flat[f"{locale}.title"] = translation.title
            flat[f"{locale}.description"] = translation.description
            flat[f"{locale}.body"] = translation.body
            if translation.state is not None:
                flat[f"{locale}.state"] = translation.state
        return flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A content import source: the root under which Fin's external pages hang."""

    key: Key
    url: str
    active: bool = True
    protect: bool = False
    was: tuple[Key, ...] = ()
    order: float | None = field(default=None, compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    kind: Kind = field(default="source", init=False)

    def fields(self) -> dict[str, str]:
        """Flatten to text."""
        return {"url": self.url, "active": "yes" if self.active else "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Where Fin may use a page. None: not stated; as it is live, for a new page `True`."""

    agent: bool | None = None
    copilot: bool | None = None
    sales: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPage:
    """A page only Fin reads, in one locale. Intercom upserts on (source, external_id).

    text    digest of the Markdown the body was rendered from.
    """

    key: Key
    source: Key
    locale: Locale
    external_id: str
    url: str = ""
    title: str
    body: str = ""
    fin: Availability = Availability()
    protect: bool = False
    was: tuple[Key, ...] = ()
    lines: tuple[int, ...] = field(default=(), compare=False)
    text: str = field(default="", compare=False)
    order: float | None = field(default=None, compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    kind: Kind = field(default="page", init=False)

    def fields(self) -> dict[str, str]:
        """Flatten to text; an availability that nobody named is left out."""
        flat = {
            "source": self.source,
            "locale": self.locale,
            "external_id": self.external_id,
            "url": self.url,
            "title": self.title,
            "body": self.body,
        }
        for name in ("agent", "copilot", "sales"):
            allowed = getattr(self.fin, name)
            if allowed is not None:
                flat[name] = "yes" if allowed else "no"
        return flat


Thing = Collection | Article | Source | ExternalPage


def from_fields(ref: Ref, flat: Fields) -> Thing:
    """Rebuild the thing that `fields()` flattened; its exact inverse but for spots and flags."""
    build: Mapping[Kind, Callable[[Key, Fields], Thing]] = {
        "collection": _collection,
        "article": _article,
        "source": _source,
        "page": _page,
    }
    return build[ref.kind](ref.key, flat)


def _locales_in(flat: Fields) -> list[Locale]:
    return [Locale(name[: -len(".title")]) for name in flat if name.endswith(".title")]


def _collection(key: Key, flat: Fields) -> Collection:
    locales = _locales_in(flat)
    return Collection(
        key=key,
        parent=Key(flat["parent"]) if flat.get("parent") else None,
        icon=flat.get("icon"),
        titles={locale: flat[f"{locale}.title"] for locale in locales},
        descriptions={locale: flat.get(f"{locale}.description", "") for locale in locales},
    )


def _state(text: str | None) -> State | None:
    return _STATES.get(text or "")


def _article(key: Key, flat: Fields) -> Article:
    return Article(
        key=key,
        parent=Key(flat["parent"]) if flat.get("parent") else None,
        author=flat.get("author"),
        translations={
            locale: Translation(
                title=flat[f"{locale}.title"],
                description=flat.get(f"{locale}.description", ""),
                state=_state(flat.get(f"{locale}.state")),
                body=flat.get(f"{locale}.body", ""),
            )
            for locale in _locales_in(flat)
        },
    )


def _source(key: Key, flat: Fields) -> Source:
    return Source(key=key, url=flat["url"], active=flat.get("active") != "no")


def _page(key: Key, flat: Fields) -> ExternalPage:
    def allowed(name: str) -> bool | None:
        return flat[name] == "yes" if name in flat else None

    return ExternalPage(
        key=key,
        source=Key(flat["source"]),
        locale=Locale(flat["locale"]),
        external_id=flat["external_id"],
        url=flat.get("url", ""),
        title=flat["title"],
        body=flat.get("body", ""),
        fin=Availability(
            agent=allowed("agent"), copilot=allowed("copilot"), sales=allowed("sales")
        ),
    )
