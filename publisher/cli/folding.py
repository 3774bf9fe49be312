"""Make much fit into little room: rows become counts by collection, whole lines, never cut ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.cli.escaping import length


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that belong together. `folded` stands for all of them, as one row."""

    rows: tuple[str, ...]
    folded: str
    count: int


def size(lines: Iterable[str]) -> int:
    """Room that whole lines need, with their ends."""
    return sum(length(line) + 1 for line in lines)


def fitted(groups: Sequence[Group], room: int, rest: str) -> tuple[list[str], int]:
    """Rows of a table that fit into `room`, and how many things are only counted in them.

    The longest groups are folded first. Where that is not enough, as many groups as there is room
    for are counted, in their order, and one last row, `rest` with the number of things in place
    of {}, counts those of all the others.
    """
    spelt: list[Sequence[str]] = [group.rows for group in groups]
    sizes = [size(group.rows) for group in groups]
    needed, counted = sum(sizes), 0
    for place in sorted(range(len(groups)), key=lambda place: -sizes[place]):
        if needed <= room:
            break
        group = groups[place]
        needed += size([group.folded]) - sizes[place]
        spelt[place], counted = [group.folded], counted + group.count
    if needed <= room:
        return [row for rows in spelt for row in rows], counted
    return _only_the_first(groups, room, rest)


def _only_the_first(groups: Sequence[Group], room: int, rest: str) -> tuple[list[str], int]:
    total = sum(group.count for group in groups)
    room -= size([rest.format(total)]) + 8
    kept: list[str] = []
    named = 0
    for group in groups:
        room -= size([group.folded])
        if room < 0:
            break
        kept.append(group.folded)
        named += group.count
    return [*kept, rest.format(total - named)], total


def whole_lines(entries: Sequence[str], room: int, rest: str) -> tuple[list[str], int]:
    """As many entries, each of whole lines, as fit, and `rest` with the number of the others."""
    if size(entries) <= room:
        return list(entries), 0
    room -= size([rest.format(len(entries))])
    kept: list[str] = []
    for entry in entries:
        room -= size([entry])
        if room < 0:
            break
        kept.append(entry)
    left = len(entries) - len(kept)
    return [*kept, rest.format(left)], left
