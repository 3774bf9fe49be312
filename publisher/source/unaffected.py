"""Changes of which a commit says that they leave translations unaffected.

A line `Translations: unaffected` at the end of a commit's message says it (Git calls such a line
a trailer), and the message of a squashed pull request keeps it. Git is asked only about sources of
translations that look stale: once for the commits, once for all texts of a source. Where Git
cannot answer, nothing was declared.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.model import ContentRules, Section, Translation
from publisher.source.document import compile_document
from publisher.source.revision import folder_in_repository, git, git_bytes

TRAILER, UNAFFECTED = "Translations", "unaffected"
MOST = 300
"""Commits that are looked at: the youngest that say so."""

Step = tuple[Sequence[Section], Sequence[Section]]


@dataclass(slots=True)
class Declared:
    """Answers what was declared of each source. State: the commits, once somebody asked.

    folder  the content folder, with which the paths of all spots begin.
    """

    folder: Path
    rules: ContentRules
    _commits: list[tuple[str, str]] | None = None
    _above: str = ""

    def steps(self, source: Translation) -> list[Step]:
        """Return its sections before and after each such commit, the oldest first."""
        commits = self._known()
        if not commits:
            return []
        path = posixpath.relpath(source.spot.path, self.folder.as_posix())
        place = posixpath.join(self._above, path)
        names = [f"{commit}:{place}" for pair in commits for commit in pair]
        texts = _texts(self.folder, names)
        if len(texts) != len(names):
            return []
        pairs = zip(texts[::2], texts[1::2], strict=True)
        return [
            (self._sections(path, before), self._sections(path, after))
            for before, after in pairs
            if before is not None and after is not None and before != after
        ]

    def _known(self) -> list[tuple[str, str]]:
        """Each commit that says so, after its first parent; the oldest first."""
        if self._commits is None:
            self._commits = _commits(self.folder)
            self._above = folder_in_repository(self.folder) if self._commits else ""
        return self._commits

    def _sections(self, path: str, raw: bytes) -> Sequence[Section]:
        return compile_document(path, path, raw, self.rules).sections


def _commits(folder: Path) -> list[tuple[str, str]]:
    said = git(
        folder,
        "log",
        "--no-show-signature",
        "--topo-order",
        f"--max-count={MOST}",
        "--regexp-ignore-case",
        f"--grep=^{TRAILER}:",
        f"--format=%H %P%x00%(trailers:key={TRAILER},valueonly,separator=%x2C)%x00",
    )
    if said is None or said[0] != 0:
        return []
    fields = said[1].split("\0")
    found = []
    for about, value in zip(fields[::2], fields[1::2], strict=False):
        ids = about.split()
        words = {word.strip().casefold() for word in value.split(",")}
        if len(ids) > 1 and UNAFFECTED in words:
            found.append((ids[1], ids[0]))
    return found[::-1]


def _texts(folder: Path, names: Sequence[str]) -> list[bytes | None]:
    """Return what stands at each `COMMIT:PATH`, None where there is no file."""
    if any("\n" in name for name in names):
        return []
    given = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    said = git_bytes(folder, "cat-file", "--batch", given=given)
    return _unpacked(said[1]) if said and said[0] == 0 else []


def _unpacked(packed: bytes) -> list[bytes | None]:
    """`ID blob SIZE\\n`, the bytes, and a line's end, again and again; or `NAME missing\\n`."""
    found: list[bytes | None] = []
    place = 0
    while place < len(packed):
        head = packed.index(b"\n", place)
        words = packed[place:head].split()
        if words[-1] == b"missing":
            found.append(None)
            place = head + 1
            continue
        size = int(words[-1])
        found.append(packed[head + 1 : head + 1 + size] if words[-2] == b"blob" else None)
        place = head + size + 2
    return found
