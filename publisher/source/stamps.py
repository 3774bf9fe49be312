"""Which files there are and what tells that one changed: a look at the folder, at no text."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from publisher.source.files import DEEPEST, IGNORE

Stamps = Mapping[str, tuple[int, ...]]
"""Path below the folder → size, time of writing and time of change in nanoseconds."""


def stamps(folder: Path) -> Stamps:
    """Look at everything that `load` might read, and at nothing else.

    What cannot be looked at is left out; that it is missing is a change, too.
    """
    root = os.path.realpath(folder)
    found = dict(_Look(root).below(str(folder), "", root, frozenset({root})))
    above = folder.parent / IGNORE
    with suppress(OSError):
        found["../" + IGNORE] = _stamp(above.stat())
    return found


@dataclass(frozen=True, slots=True)
class _Look:
    """`root` is where the folder really is: links that lead out of it are not followed."""

    root: str

    def below(
        self, folder: str, below: str, real: str, above: frozenset[str]
    ) -> Iterator[tuple[str, tuple[int, ...]]]:
        try:
            entries = list(os.scandir(folder))
        except OSError:
            yield below, ()
            return
        for entry in entries:
            if not entry.name.startswith(".") or entry.name == IGNORE:
                yield from self.entry(entry, below + entry.name, f"{real}/{entry.name}", above)

    def entry(
        self, entry: os.DirEntry[str], path: str, real: str, above: frozenset[str]
    ) -> Iterator[tuple[str, tuple[int, ...]]]:
        try:
            if entry.is_symlink():
                real = os.path.realpath(entry.path)
                if not f"{real}/".startswith(f"{self.root}/"):
                    yield path, _stamp(entry.stat(follow_symlinks=False))
                    return
            if not entry.is_dir():
                yield path, _stamp(entry.stat())
            elif real not in above and len(above) <= DEEPEST:
                yield from self.below(entry.path, f"{path}/", real, above | {real})
        except OSError:
            yield path, ()


def _stamp(facts: os.stat_result) -> tuple[int, ...]:
    return (facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
