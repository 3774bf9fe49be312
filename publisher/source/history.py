"""Ask Git whether a source text changed since its translation was last committed.

Two cheap questions about two files, and an answer only where there is one: without Git,
outside of a repository, or for files that Git does not know, it is None and never an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from publisher.source.revision import git

_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_NEW = re.compile(r"^(?:new file mode|Binary files)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What happened to a source text since its translation was last committed.

    day     of that commit, "2026-11-20", in UTC.
    ranges  lines [first, last] of the source as it is on disk, counted from 1; of lines that
            were taken out, the one before.
    """

    day: str
    ranges: tuple[tuple[int, int], ...]

    def touches(self, first: int, last: int) -> bool:
        """Whether anything between two lines changed."""
        return any(start <= last and end >= first for start, end in self.ranges)


def changed_since(folder: Path, source: str, translation: str) -> Since | None:
    """Return what changed in `source` since the last commit of `translation`; both below `folder`.

    None also where the source is younger than that commit by its name: it was moved, perhaps.
    """
    said = git(folder, "--literal-pathspecs", "log", "-1", "--format=%H %ct", "--", translation)
    commit, _, time = said[1].strip().partition(" ") if said and said[0] == 0 else ("", "", "")
    if not time.isdecimal():
        return None
    options = ("--unified=0", "--no-color", "--no-ext-diff", "--no-renames", "--no-textconv")
    diff = git(folder, "--literal-pathspecs", "diff", *options, commit, "--", source)
    if diff is None or diff[0] != 0 or _NEW.search(diff[1]):
        return None
    ranges = []
    for hunk in _HUNK.finditer(diff[1]):
        first, count = int(hunk[1]), int(hunk[2] or 1)
        ranges.append((first, first + max(count, 1) - 1))
    day = datetime.fromtimestamp(int(time), UTC).date().isoformat()
    return Since(day=day, ranges=tuple(ranges))
