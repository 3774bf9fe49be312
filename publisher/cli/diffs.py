"""Diffs on a terminal: colours, and no more of a long line than what changed in it.

Without colours the signs say it all. Colours are always put in; whoever prints leaves them
out where nobody can see them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import click

from publisher.plan.prose import Diff, DiffLine, Segment

WIDTH = 100
"""Characters from which a line counts as long."""
AROUND = 32
"""Characters that stay on each side of a change in a long line."""
COLOURS = {"-": "red", "+": "green"}
EMPHASIS = {"bold": True, "underline": True}


def terminal_lines(diff: Diff, *, full: bool = False) -> Iterator[str]:
    """Spell a diff for people; `full` shows long lines whole."""
    for line in diff:
        shown = line if full else replace(line, segments=clipped(line))
        if line.sign in COLOURS:
            yield _coloured(shown, COLOURS[line.sign])
        else:
            yield click.style(str(shown), dim=True)


def clipped(line: DiffLine) -> tuple[Segment, ...]:
    """Leave out of a long line what is far from its changes; a new line stays whole.

    Both lines of a pair keep the same words around their changes.
    """
    segments = line.segments
    if len(line.text) <= WIDTH:
        return segments
    if len(segments) == 1:
        whole = line.sign in COLOURS
        return segments if whole else (Segment(f"{_beginning(line.text, WIDTH)}…"),)
    last = len(segments) - 1
    return tuple(
        segment if segment.changed else _cut(segment.text, after=place > 0, before=place < last)
        for place, segment in enumerate(segments)
    )


def _cut(text: str, *, after: bool, before: bool) -> Segment:
    """Keep what stands after one change and what stands before the next."""
    if len(text) <= AROUND * (after + before) + 1:
        return Segment(text)
    head = _beginning(text, AROUND) if after else ""
    tail = _beginning(text[::-1], AROUND)[::-1] if before else ""
    return Segment(f"{head}…{tail.lstrip()}")


def _beginning(text: str, length: int) -> str:
    """Whole words from the beginning; of a script without spaces, letters."""
    start = text[:length]
    word, space, _ = start.rpartition(" ")
    return word + space if word else start


def _coloured(line: DiffLine, colour: str) -> str:
    pieces = (
        click.style(segment.text, fg=colour, **(EMPHASIS if segment.changed else {}))
        for segment in line.segments
        if segment.text
    )
    return click.style(f"{line.sign} ", fg=colour) + "".join(pieces)
