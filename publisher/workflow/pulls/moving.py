"""Follow moves: where everything lies once each thing is where Intercom has it now.

Collections may move into one another, and articles out of a collection that moves as well, so
places are worked out from the top down, all of them before anything is drafted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from publisher.model import Ref, RemoteId
from publisher.plan.view import RemoteRef, View
from publisher.pull.names import folded
from publisher.workflow.pulls.folder import Moves, Shelf


def moved_by_hand(refs: Iterable[Ref], view: View) -> dict[Ref, RemoteId]:
    """Things that lie in another collection in Intercom now; `""` for in none."""
    return {
        ref: RemoteId(view.live[ref].thing.fields().get("parent", ""))
        for ref in refs
        for found in view.findings[ref]
        if found.name == "parent" and found.finding == "drift"
    }


def settle(moved: Mapping[Ref, RemoteId], known: Mapping[RemoteRef, Ref], shelf: Shelf) -> Moves:
    """Work out every stem, as far as collections that have files say.

    moved  what moves by itself, and the remote id of where to.
    known  what has files, by kind and remote id.
    """
    homes = {ref: known.get(("collection", id_)) for ref, id_ in moved.items()}
    lost = {ref for ref, id_ in moved.items() if id_ and homes[ref] is None}
    homes = {ref: home for ref, home in homes.items() if ref not in lost}
    return Moves(homes=homes, stems=_stems(homes, shelf), homeless=frozenset(lost))


def joined(moves: Moves, moved: Mapping[Ref, RemoteId], fresh: Mapping[RemoteRef, Ref]) -> Moves:
    """The same with articles that moved into a collection which gets its files only now.

    A collection is not followed there in the same run: what is new was placed without it.
    """
    homes = {
        ref: fresh["collection", moved[ref]]
        for ref in moves.homeless
        if ref.kind == "article" and ("collection", moved[ref]) in fresh
    }
    places = {ref: f"{home.key}/{_name(moves.stems[ref])}" for ref, home in homes.items()}
    return Moves(
        homes={**moves.homes, **homes},
        stems={**moves.stems, **places},
        homeless=moves.homeless - homes.keys(),
    )


def _stems(homes: Mapping[Ref, Ref | None], shelf: Shelf) -> dict[Ref, str]:
    by_stem = {stem: ref for ref, stem in shelf.stems.items() if ref.kind == "collection"}
    found: dict[Ref, str] = {}

    def place(ref: Ref) -> str:
        if ref not in found:
            stem = shelf.stems[ref]
            found[ref] = stem  # what moves in a circle stays
            above = by_stem.get(stem.rpartition("/")[0])
            home = homes.get(ref, above)
            found[ref] = "/".join(filter(None, (place(home) if home else "", _name(stem))))
        return found[ref]

    for ref, stem in shelf.stems.items():
        if ref.kind in ("collection", "article"):
            place(ref)
        else:
            found[ref] = stem
    return found


def _name(stem: str) -> str:
    return stem.rpartition("/")[2]


def files(moves: Moves, names: Iterable[str], shelf: Shelf) -> dict[str, str]:
    """File → where it lies from now on, for every file that moves.

    names  of all files, those to be written included, under their former folders.
    """
    changed = {ref: stem for ref, stem in moves.stems.items() if stem != shelf.stems.get(ref)}
    articles = {shelf.stems[ref]: stem for ref, stem in changed.items() if ref.kind == "article"}
    folders = {shelf.stems[ref]: stem for ref, stem in changed.items() if ref.kind == "collection"}
    found = {}
    for name in names:
        locale, _, rest = name.partition("/")
        stem, suffix = rest[:-3], rest[-3:]
        if locale == "fin" or not rest:
            continue
        if suffix.lower() == ".md" and stem in articles:
            found[name] = f"{locale}/{articles[stem]}{suffix}"
        elif (place := _below(rest, folders)) != rest:
            found[name] = f"{locale}/{place}"
    return found


def _below(rest: str, folders: Mapping[str, str]) -> str:
    """A path below a locale, after the deepest of the folders it lies in has moved."""
    above = rest
    while "/" in above:
        above = above.rpartition("/")[0]
        if above in folders:
            return folders[above] + rest[len(above) :]
    return rest


def colliding(moves: Moves, shelf: Shelf) -> dict[Ref, str]:
    """What would come to lie where another file lies then, and where; it has to stay."""
    found = files(moves, shelf.names, shelf)
    places: dict[str, list[str]] = {}
    for name in shelf.names:
        places.setdefault(folded(found.get(name, name)), []).append(name)
    doubled = {name for names in places.values() if len(names) > 1 for name in names}
    movers = {_mover(name, moves, shelf): found[name] for name in sorted(doubled & found.keys())}
    return {ref: place for ref, place in movers.items() if ref}


def _mover(name: str, moves: Moves, shelf: Shelf) -> Ref | None:
    """What takes a file along: the article itself, or the nearest collection that moves."""
    rest = name.partition("/")[2]
    own = {shelf.stems[ref]: ref for ref in moves.homes if ref in shelf.stems}
    place = rest[:-3]
    if place in own and own[place].kind == "article":
        return own[place]
    while "/" in place:
        place = place.rpartition("/")[0]
        if place in own:
            return own[place]
    return None
