"""The language switch: the same page in every language, also where it is missing, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from publisher.helpcenter.reader import words
from publisher.helpcenter.reader.shelf import Article, Badge, Collection
from publisher.helpcenter.reader.tables import Row

Found = Mapping[str, Article | None] | Mapping[str, Collection | None]
"""The same thing in every locale of the help center; None where it does not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A line of the language switch. `path` is the same page there, also when it is missing."""

    code: str
    name: str
    path: str
    title: str = ""
    missing: bool = False
    badge: Badge = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Why a thing does not show in a language, for its writers.

    why    it says nothing there; or it stands in a collection that has no name there.
    name   of the thing in the default language, or of the collection without a name.
    """

    kind: Literal["article", "collection"]
    why: Literal["wordless", "nameless"]
    name: str


def languages_of(found: Found, tail: str) -> tuple[Language, ...]:
    """Return the switch of a page that may be missing; `tail` is its address without a title."""
    return tuple(
        Language(
            code=code,
            name=words.language(code),
            path=thing.path if thing else f"/{code}/{tail}",
            title=_title(thing) if thing else "",
            missing=thing is None,
            badge=thing.badge if thing else "",
        )
        for code, thing in found.items()
    )


def everywhere(codes: tuple[str, ...], tail: str) -> tuple[Language, ...]:
    """Return the switch of a page that exists in every language."""
    return tuple(
        Language(code=code, name=words.language(code), path=f"/{code}/{tail}") for code in codes
    )


def gap(
    kind: Literal["article", "collection"], row: Row, groups: Mapping[str, Row], locale: str
) -> Gap | None:
    """Say why a row does not show in a locale; None when that is not to be told from rows.

    groups   all collections by id.
    """
    default = str(row.get("default_locale") or "")
    if kind == "article":
        content = row["contents"].get(locale) or {}
        if not (content.get("title") or content.get("body")):
            texts = [row["contents"].get(default) or {}, *row["contents"].values()]
            titles = [str(text["title"]) for text in texts if text.get("title")]
            return Gap(kind=kind, why="wordless", name=(titles or [f"#{row['id']}"])[0])
        around = [groups.get(str(id_)) for id_ in row.get("parent_ids") or ()]
    else:
        around = [row]
    found = (_nameless(each, groups, locale) for each in around if each)
    return next(filter(None, found), None)


def _nameless(row: Row, groups: Mapping[str, Row], locale: str) -> Gap | None:
    """Find the innermost collection from here up that has no name."""
    seen: set[str] = set()
    here: Row | None = row
    while here and str(here["id"]) not in seen:
        seen.add(str(here["id"]))
        names = here["names"]
        if not (names.get(locale) or "").strip():
            name = next((name for name in names.values() if name), f"#{here['id']}")
            return Gap(kind="collection", why="nameless", name=name)
        here = groups.get(str(here.get("parent_id") or ""))
    return None


def _title(thing: Article | Collection) -> str:
    return thing.title if isinstance(thing, Article) else thing.name
