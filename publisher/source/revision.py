"""Ask Git which revision the content folder is at, so that an old checkout cannot win.

Git is a convenience here: where it is missing, broken, or knows nothing of the folder,
the answer is None and never an error.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_PATIENCE = 10.0
"""Seconds; a Git that asks a question on the terminal would wait for ever."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, and when it was made in seconds since the epoch."""

    commit: str
    time: int


def head(folder: Path) -> Revision | None:
    """Return the commit that is checked out around `folder`, or None."""
    said = git(folder, "log", "-1", "--format=%H %ct")
    if said is None or said[0] != 0:
        return None
    commit, _, time = said[1].strip().partition(" ")
    return Revision(commit, int(time)) if time.isdecimal() else None


def is_older(folder: Path, than: str) -> bool | None:
    """Say whether the checkout is an ancestor of the commit `than`, and not that commit itself.

    None: it cannot be told, because Git is not there or does not know the commit (a shallow
    clone, a rewritten history). Branches that went apart are not older.
    """
    here = head(folder)
    if here is None or not _COMMIT.fullmatch(than):
        return None
    if here.commit.startswith(than):
        return False
    said = git(folder, "merge-base", "--is-ancestor", here.commit, than)
    return {0: True, 1: False}.get(said[0]) if said else None


def folder_in_repository(folder: Path) -> str:
    """Return where `folder` is in its repository ("" for the root, or where there is none)."""
    said = git(folder, "rev-parse", "--show-prefix")
    return said[1].strip().strip("/") if said and said[0] == 0 else ""


def has_remote(folder: Path) -> bool:
    """Say whether the repository around `folder` can push somewhere."""
    said = git(folder, "remote")
    return bool(said and said[0] == 0 and said[1].strip())


def git(folder: Path, *arguments: str) -> tuple[int, str] | None:
    """Run Git in a folder: its exit code and what it printed, or None where there is no Git."""
    said = git_bytes(folder, *arguments)
    return said and (said[0], said[1].decode("utf-8", "replace"))


def git_bytes(folder: Path, *arguments: str, given: bytes = b"") -> tuple[int, bytes] | None:
    """Like `git`, for what need not be text; `given` stands on its standard input."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            check=False,
            input=given,
            timeout=_PATIENCE,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.returncode, done.stdout
