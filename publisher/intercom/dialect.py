"""What differs between the versions of Intercom's API, as one table of facts.

Nothing else in the program compares version numbers. A fact says what a version
*documents*; the server behind all of them is one, which is why some things that only a
newer version mentions (an icon on a collection) are sent in every version.

Sources: Intercom's OpenAPI descriptions 2.7–2.16 and Preview; the documentation pages
and changelogs of 2.10, 2.16, 2.17 and Preview.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from publisher.errors import ConfigError
from publisher.model import Abilities

VERSIONS: tuple[str, ...] = (*(f"2.{minor}" for minor in range(7, 18)), "Preview")
"""Every version we speak, oldest first; each is spelt as its `Intercom-Version` header."""

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that has not been sent yet.

    path        below the API's root, with a leading slash; ids in it are quoted.
    params      of the query string.
    repeatable  sending it twice leaves the same as sending it once. Every POST that
                creates is not: Intercom knows no idempotency key.
    what        what it does, in words that complete "could not …".
    """

    method: Method
    path: str
    json: Mapping[str, Any] | None = None
    params: Mapping[str, str | int] | None = None
    repeatable: bool
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that says yes. `data` is its JSON, None for an empty one; header names in
    lower case."""

    status: int
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The facts of one version.

    version                  value of the `Intercom-Version` header.
    sections                 the second level has an endpoint and an id space of its own.
    pages                    sources and external pages exist.
    article_parent_in_reply  replies name `parent_id` and `parent_type`; later ones only
                             `parent_ids`.
    article_parents          `parent_ids` can be written. Documented for Preview, and 2.16
                             ships the change it hangs on.
    drafts                   what waits in Intercom's editor is told, and can be read.
    sales_flag               the third availability of a page can be written. Documented for
                             Preview; 2.17 documents it where a page is updated.
    abilities                what the planner has to know.
    """

    version: str
    sections: bool
    pages: bool
    article_parent_in_reply: bool
    article_parents: bool
    drafts: bool
    sales_flag: bool
    abilities: Abilities


def dialect(version: str) -> Dialect:
    """Return the facts of `version`, one of VERSIONS.

    Raises ConfigError for any other spelling, naming the nearest one we know.
    """
    if version not in VERSIONS:
        raise ConfigError(_unknown(version))
    at_least = _minor(version).__ge__
    return Dialect(
        version=version,
        sections=not at_least(10),
        pages=at_least(12),
        article_parent_in_reply=not at_least(16),
        article_parents=at_least(16),
        drafts=at_least(16),
        sales_flag=at_least(17),
        abilities=Abilities(
            api_version=version,
            depth=3 if at_least(10) else 2,
            pages=at_least(12),
            page_locales=at_least(17),
            icons=at_least(17),
            unparent=at_least(16),
            sales=at_least(17),
        ),
    )


def _minor(version: str) -> int:
    """Preview is whatever comes next, so it counts as later than every number."""
    return 99 if version == "Preview" else int(version.partition(".")[2])


def _unknown(version: str) -> str:
    nearest = get_close_matches(version.strip().title(), VERSIONS, n=1, cutoff=0.5)
    hint = f" Did you mean {nearest[0]}?" if nearest else ""
    return (
        f"api_version {version!r} is not one that publisher speaks.{hint} "
        f"It speaks {VERSIONS[0]} to {VERSIONS[-2]} and {VERSIONS[-1]}."
    )
