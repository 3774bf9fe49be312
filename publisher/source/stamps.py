"""Which files there are and what tells that one changed: a look at the folder, at no text."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from publisher.source.files import DEEPEST, IGNORE

Stamps = Mapping[str, tuple[int, ...]]
"""Path below the folder → size, time of writing and time of change in nanoseconds."""


def stamps(folder: Path) -> Stamps:
    """Look at everything that `load` might read, and at nothing else.

    What cannot be looked at is left out; that it is missing is a change, too.
    """
    found = dict(_below(str(folder), "", 0))
    above = folder.parent / IGNORE
    with suppress(OSError):
        found["../" + IGNORE] = _stamp(above.stat())
    return found


def _below(folder: str, below: str, depth: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        yield below, ()
        return
    for entry in entries:
        if entry.name.startswith(".") and entry.name != IGNORE:
            continue
        try:
            if entry.is_dir():
                if depth < DEEPEST:
                    yield from _below(entry.path, f"{below}{entry.name}/", depth + 1)
            else:
                yield below + entry.name, _stamp(entry.stat())
        except OSError:
            yield below + entry.name, ()


def _stamp(facts: os.stat_result) -> tuple[int, ...]:
    return (facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
