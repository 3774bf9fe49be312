"""What Intercom shows: things, the help center, and what its API can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from publisher.model.names import Locale, RemoteId
from publisher.model.things import Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One thing as Intercom showed it.

    thing       keyed by the ledger's key, or `#ID` when the ledger does not know it; its
                `parent`, `source` and `author` are remote ids.
    urls        public address by locale ("" for things that have one for all); drafts have none.
    parents     ids of all its parents; an article may have one in each help center.
    help_center of the root collection, or None when it has no collection.
    pending     a colleague's unpublished edit waits in Intercom's editor (2.16+).
    managed_by_api  False for a content import source that Intercom syncs itself.
    edited      by locale ("" for things that have one for all): when, in seconds since the epoch,
                and the id of the teammate, "" where the version does not tell.
    """

    id: RemoteId
    thing: Thing
    urls: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[RemoteId, ...] = ()
    help_center: RemoteId | None = None
    changed_at: int = 0
    pending: bool = False
    managed_by_api: bool = True
    edited: Mapping[Locale | Literal[""], tuple[int, str]] = field(
        default_factory=dict, compare=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many readers a published article has had, in all languages. None: Intercom does not say.

    views        how often it was read.
    involved     conversations that Fin used it in; `resolved`: those that it settled with it.
    """

    views: int | None = None
    involved: int | None = None
    resolved: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCenterInfo:
    """A help center of the workspace; `locales` is empty where the version does not tell."""

    id: RemoteId
    identifier: str
    name: str = ""
    url: str = ""
    default: bool = False
    locales: tuple[Locale, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a target can do; of its API version, `intercom.dialect` has the facts.

    nested_lists  set in the configuration: documentation and live bodies disagree.
    """

    api_version: str
    depth: int = 3
    pages: bool = True
    page_locales: bool = False
    icons: bool = False
    unparent: bool = False
    sales: bool = False
    nested_lists: bool = True
