"""What a pull is about: what drifted, what has no file yet, what was deleted in Intercom."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from publisher.errors import ConfigError
from publisher.model import Collection, Key, Live, Ref, RemoteId
from publisher.plan import words
from publisher.plan.missing import removed
from publisher.plan.view import View
from publisher.workflow.content import near
from publisher.workflow.pulls.taking import drifts, lost_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asks of a pull.

    keys         only these things.
    everything   also what is not managed yet.
    collections  what is not managed yet below these, by title, key or id.
    adopt        link files to what says the same, and write no file.
    """

    keys: frozenset[str] = frozenset()
    everything: bool = False
    collections: tuple[str, ...] = ()
    adopt: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is pulled.

    fresh    live things that get files.
    twins    files that stand beside a live thing of the same title and place.
    drifted  things that changed in Intercom; `gone` were deleted there.
    lost     things that are ours and live, but have no file any more, to be written again;
             `missing` are such things, too, but nobody asked for them. Neither is anything
             that only was not read: what a plan does not take for removed gets no new file.
    """

    fresh: tuple[Live, ...] = ()
    twins: Mapping[Ref, Live]
    drifted: tuple[Ref, ...] = ()
    gone: tuple[Ref, ...] = ()
    lost: Mapping[Ref, Live] = field(default_factory=dict)
    missing: tuple[Ref, ...] = ()


def choose(
    view: View, twins: Mapping[Ref, Live], wish: Wish, *, first: bool, alone: bool
) -> Choice:
    """Say what is pulled.

    view   with the twins among its entries.
    first  the ledger was empty: then everything is.
    alone  there is one help center; where there are several, an article without a collection
           may be anybody's.

    Raises ConfigError for what cannot be brought as it was asked for.
    """
    if wish.collections:
        return _below(view, twins, wish.collections)
    named = {ref: live for ref, live in twins.items() if _is_named(ref, wish.keys)}
    if wish.adopt:
        return Choice(twins=named)
    everything = wish.everything or (first and not wish.keys)
    known = [ref for ref in sorted(view.site.things) if ref not in twins]
    return Choice(
        fresh=tuple(live for live in view.strangers if alone or _has_home(live))
        if everything
        else (),
        twins=named if everything or wish.keys else {},
        drifted=tuple(
            ref
            for ref in known
            if ref in view.live and _is_named(ref, wish.keys) and _has_news(ref, view, wish)
        ),
        gone=tuple(ref for ref in known if ref in view.gone and _is_named(ref, wish.keys)),
        lost=_lost(view, wish) if wish.keys or wish.everything else {},
        missing=() if wish.keys or wish.everything else tuple(_fileless(view, wish)),
    )


def _has_news(ref: Ref, view: View, wish: Wish) -> bool:
    return drifts(ref, view) or bool((wish.keys or wish.everything) and lost_files(ref, view))


def _fileless(view: View, wish: Wish) -> list[Ref]:
    """What the ledger knows and is live, but no file speaks of.

    Raises ConfigError where one is asked for by its key that only seems to have no file.
    """
    _check_asked(view, wish)
    return removed(view)


def _check_asked(view: View, wish: Wish) -> None:
    """Refuse what may have a file that is not read: it must not get a second one."""
    for ref in sorted(view.live):
        if ref in view.site.things or not {ref.key, str(ref)} & wish.keys:
            continue
        if view.site.ignores(view.entries[ref].path, None):
            raise ConfigError(
                f"{ref.key}: .publisherignore names its file; nothing was pulled. Take it out "
                "there first, then pull again."
            )
        if view.site.unread:
            raise ConfigError(
                f"{ref.key} has no file, but {words.listed(view.site.unread)} could not be read "
                "and may hold it; nothing was pulled. Mend or rename that first, then pull again."
            )


def _lost(view: View, wish: Wish) -> dict[Ref, Live]:
    """Of these what was asked for, and the collections that have to hold it."""
    fileless = set(_fileless(view, wish))
    chosen = {ref for ref in fileless if _is_named(ref, wish.keys)}
    above = {
        Ref("collection", Key(key))
        for ref in chosen
        if ref.kind in ("article", "collection")
        for key in accumulate(ref.key.split("/")[:-1], "{}/{}".format)
    }
    sources = {
        Ref("source", Key(ref.key.partition("/")[0])) for ref in chosen if ref.kind == "page"
    }
    return {ref: view.live[ref] for ref in chosen | (above | sources) & fileless}


def check_keys(keys: Iterable[str], view: View) -> None:
    """Raise ConfigError for a key that neither the content nor the ledger knows."""
    refs = {*view.site.things, *view.entries}
    known = {ref.key for ref in refs} | {str(ref) for ref in refs}
    for key in sorted(keys):
        if key not in known:
            raise ConfigError(
                f"there is no “{key}” in the content.{near(key, known)} What is not managed yet "
                "is fetched with --all, or --collection NAME."
            )


def _is_named(ref: Ref, keys: frozenset[str]) -> bool:
    """Whether the user means this thing: by its key, or by that of a collection above it."""
    if not keys or ref.key in keys or str(ref) in keys:
        return True
    above = ref.key.split("/")
    folders = {"/".join(above[:depth]) for depth in range(1, len(above))}
    return any(key.removeprefix("collection:") in folders for key in keys)


def _has_home(live: Live) -> bool:
    return live.thing.kind != "article" or bool(getattr(live.thing, "parent", None))


def _below(view: View, twins: Mapping[Ref, Live], names: Iterable[str]) -> Choice:
    """Everything below some collections, and the collections above, which have to hold them."""
    groups = _collections(view)
    chosen = {id_ for name in names for id_ in _matching(name, groups)}
    inside = {id_ for id_ in groups if chosen & {id_, *_above(id_, groups)}}
    above = {higher for id_ in chosen for higher in _above(id_, groups)}
    fresh = tuple(
        live
        for live in view.strangers
        if (live.thing.kind == "collection" and live.id in inside | above)
        or (live.thing.kind == "article" and getattr(live.thing, "parent", None) in inside)
    )
    within = {
        ref: live
        for ref, live in twins.items()
        if (ref.kind == "collection" and live.id in inside | above)
        or (ref.kind == "article" and getattr(live.thing, "parent", None) in inside)
    }
    return Choice(fresh=fresh, twins=within)


def _collections(view: View) -> dict[RemoteId, tuple[Live, str]]:
    """Every live collection of our help center, with its key where it has one."""
    managed = ((live, str(ref.key)) for ref, live in view.live.items())
    strange = ((live, "") for live in view.strangers)
    every = itertools.chain(strange, managed)
    return {live.id: (live, key) for live, key in every if isinstance(live.thing, Collection)}


def _matching(name: str, groups: Mapping[RemoteId, tuple[Live, str]]) -> list[RemoteId]:
    wanted = name.casefold()
    found = [
        id_
        for id_, (live, key) in groups.items()
        if wanted in {title.casefold() for title in _titles(live)} or name in (key, id_)
    ]
    if not found:
        known = [title for live, _ in groups.values() for title in _titles(live)]
        raise ConfigError(
            f"the help center has no collection “{name}”.{near(name, sorted(set(known)))}"
        )
    return found


def _titles(live: Live) -> list[str]:
    return list(live.thing.titles.values()) if isinstance(live.thing, Collection) else []


def _above(id_: RemoteId, groups: Mapping[RemoteId, tuple[Live, str]]) -> list[RemoteId]:
    """Ids of the collections above one, nearest first."""
    found: list[RemoteId] = []
    parent = _parent(groups[id_][0])
    while parent in groups and parent not in found:
        found.append(parent)
        parent = _parent(groups[parent][0])
    return found


def _parent(live: Live) -> RemoteId:
    return RemoteId(getattr(live.thing, "parent", None) or "")
