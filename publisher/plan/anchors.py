"""Keep the ids of renamed headings, so that deep links (`#h_…`) still lead to them.

Our id of a heading follows from its slug, so a renamed heading has a new one. Readers, other
sites and search engines know the id that is live. A heading of which nothing live has the id
is therefore paired with a live one that no other heading claims, when it clearly is the same:
it stands between the same headings, in the same order, and says nearly the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from publisher.body import canonical, tree
from publisher.body.reader import read
from publisher.model import digest

ALIKE = 0.6
"""Share of its text from which a heading counts as the same under another name."""
ALIKE_ALONE = 0.4
"""The same for one that is alone between two headings that stayed, on both sides."""
MANY = 4096
"""Pairs to weigh; with more of them the text is a new one, whose headings were not renamed."""


class _Heading(NamedTuple):
    id: str
    text: str


def kept_ids(
    wanted: str, live: str, known: Mapping[str, str], pinned: Collection[str] = ()
) -> dict[str, str]:
    """Return our heading id → the id to send for it, beyond what is `known` already.

    wanted, live  the HTML of both sides, links bound or not.
    known   our id → Intercom's, of `Entry.headings`.
    pinned  ids that the author wrote down: those are meant to be new.

    Where the id of a new heading was left to a renamed one, it gets one of its own.
    """
    if _all_there(wanted, live, known):
        return {}
    ours, theirs = _headings(wanted), _headings(live)
    claimed = _claimed(ours, theirs, known)
    taken = {theirs[place].id for place in claimed.values()} | {""}
    kept: dict[str, str] = {}
    for here, there in _gaps(len(ours), len(theirs), claimed):
        new = [ours[place] for place in here if ours[place].id not in {"", *pinned}]
        free = [theirs[place] for place in there if theirs[place].id not in taken]
        found = {mine.id: other.id for mine, other in _alike(new, free)}
        kept |= found
        taken |= set(found.values())
    return {**_of_their_own(ours, taken, claimed, known, kept), **kept}


def pinned_ids(by_slug: Mapping[str, str]) -> frozenset[str]:
    """Of a text's heading ids, those that do not follow from the slug: the author's own."""
    return frozenset(id_ for slug, id_ in by_slug.items() if id_ != _id(slug))


def _id(text: str) -> str:
    return f"h_{digest(text)[:10]}"


def _all_there(wanted: str, live: str, known: Mapping[str, str]) -> bool:
    """Whether every heading has an id of its own that is live; needs no reading."""
    ids = [known.get(id_, id_) for id_ in canonical.heading_ids(wanted)]
    return len(set(ids)) == len(ids) and set(ids) <= set(canonical.heading_ids(live))


def _headings(html: str) -> list[_Heading]:
    return [
        _Heading(block.id, " ".join(tree.plain(block.runs).casefold().split()))
        for block in tree.walk(read(html))
        if isinstance(block, tree.Heading)
    ]


def _claimed(
    ours: Sequence[_Heading], theirs: Sequence[_Heading], known: Mapping[str, str]
) -> dict[int, int]:
    """Our heading → the live one with its id, by their places; what it was given comes first."""
    places = {heading.id: place for place, heading in enumerate(theirs) if heading.id}
    claimed: dict[int, int] = {}
    for is_given in (True, False):
        for place, heading in enumerate(ours):
            if is_given == (heading.id in known):
                there = places.pop(known.get(heading.id, heading.id), None)
                if there is not None:
                    claimed[place] = there
    return claimed


def _gaps(
    ours: int, theirs: int, claimed: Mapping[int, int]
) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """What is not claimed of ours between two that are, and what stands between those live."""
    before, from_ = -1, -1
    for place in (*sorted(claimed), ours):
        to = claimed.get(place, theirs)
        low, high = sorted((from_, to))
        if place - before > 1:
            yield range(before + 1, place), range(low + 1, high)
        before, from_ = place, to


def _alike(ours: Sequence[_Heading], theirs: Sequence[_Heading]) -> list[tuple[_Heading, _Heading]]:
    """Pair in order, so that the texts have the most in common."""
    if len(ours) * len(theirs) > MANY:
        return []
    enough = ALIKE_ALONE if len(ours) == len(theirs) == 1 else ALIKE
    best: list[list[float]] = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    share = [[_share(mine.text, other.text, enough) for other in theirs] for mine in ours]
    for i in reversed(range(len(ours))):
        for j in reversed(range(len(theirs))):
            both = share[i][j] + best[i + 1][j + 1] if share[i][j] else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    return _path(ours, theirs, share, best)


def _path(
    ours: Sequence[_Heading],
    theirs: Sequence[_Heading],
    share: Sequence[Sequence[float]],
    best: Sequence[Sequence[float]],
) -> list[tuple[_Heading, _Heading]]:
    pairs, i, j = [], 0, 0
    while i < len(ours) and j < len(theirs):
        if share[i][j] and best[i][j] == share[i][j] + best[i + 1][j + 1]:
            pairs.append((ours[i], theirs[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _share(mine: str, other: str, enough: float) -> float:
    """How much of two texts is the same, from 0 to 1; 0 where it is not enough."""
    if not mine or not other:
        return 0.0
    matcher = SequenceMatcher(None, mine, other, autojunk=False)
    if matcher.real_quick_ratio() < enough or matcher.quick_ratio() < enough:
        return 0.0
    share = matcher.ratio()
    return share if share >= enough else 0.0


def _of_their_own(
    ours: Sequence[_Heading],
    taken: Collection[str],
    claimed: Mapping[int, int],
    known: Mapping[str, str],
    kept: Mapping[str, str],
) -> dict[str, str]:
    """New ids for headings whose own one stays with another heading."""
    return {
        heading.id: _id(f"{heading.id} again")
        for place, heading in enumerate(ours)
        if heading.id and place not in claimed and heading.id not in kept
        if known.get(heading.id, heading.id) in taken
    }
