"""Ask Git what the content was at another revision, and which files have changed since.

Here the user named a revision, so what Git cannot tell is an error and not a shrug: a check
that compares with nothing would pass for the wrong reason.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from publisher.errors import PublisherError
from publisher.source.revision import folder_in_repository, git, git_bytes

_FILES = ("100644", "100755")
"""Modes of `git ls-tree`; links and submodules have others."""


def base_of(root: Path, revision: str) -> str:
    """Return the commit where HEAD and `revision` went apart: what a pull request began from.

    Raises PublisherError when there is no repository, no such revision or no common commit.
    """
    known = git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if known is None or known[0] != 0:
        _check_repository(root)
        raise PublisherError(
            f"Git knows no revision “{revision}” here. Fetch it first (`git fetch origin`), or "
            "name another one."
        )
    said = git(root, "merge-base", known[1].strip(), "HEAD")
    if said is None or said[0] != 0 or not said[1].strip():
        raise PublisherError(
            f"Git knows no commit that {revision} and this checkout have in common. A shallow "
            "clone lacks it: fetch the whole history (`git fetch --unshallow`)."
        )
    return said[1].strip()


def _check_repository(root: Path) -> None:
    said = git(root, "rev-parse", "--is-inside-work-tree")
    if said is None:
        raise PublisherError("Git cannot be run here, and without it nothing can be compared.")
    if said[0] != 0:
        raise PublisherError(
            f"{root.absolute()} is in no repository that Git would read, so nothing can be "
            "compared. `git status` there says why."
        )


def changed_files(root: Path, commit: str) -> frozenset[str]:
    """Return the files below `root` that differ from `commit`, gone and untracked ones too.

    Paths are relative to `root`, and in NFC.
    """
    diff = _asked(root, "diff", "--name-only", "--no-renames", "-z", "--relative", commit, "--")
    new = _asked(root, "ls-files", "--others", "--exclude-standard", "-z")
    names = (*diff.split(b"\0"), *new.split(b"\0"))
    return frozenset(_name(name) for name in names if name)


def touched_files(root: Path, commit: str) -> frozenset[str]:
    """Return the files below `root` that a commit after `commit` touched, also to put them back.

    Of a merge counts what it brought to the branch, not what happened on the way to it. Paths are
    relative to `root`, and in NFC.
    """
    since = (f"{commit}..HEAD", "--")
    log = ("log", "--format=", "--name-only", "--no-renames", "-z", "-m", "--first-parent")
    said = _asked(root, *log, "--no-show-signature", "--relative", *since)
    names = said.split(b"\0")
    return frozenset(_name(name) for name in names if name)


def files_at(root: Path, below: str, commit: str) -> dict[str, bytes]:
    """Return every file of a folder as it was at `commit`, by its path below that folder in NFC.

    below  the folder, relative to `root`. Empty when it did not exist then.

    What Git keeps as a link is left out.
    """
    above = folder_in_repository(root)
    tree = "/".join(part for part in (above, below) if part not in ("", "."))
    listed = git_bytes(root, "ls-tree", "-r", "-z", "--full-tree", f"{commit}:{tree}")
    if listed is None or listed[0] != 0:
        _asked(root, "cat-file", "-e", commit)  # the commit must be there; the folder need not
        return {}
    blobs = dict(_blob(row) for row in listed[1].split(b"\0") if row.startswith(_MODES))
    wanted = "\n".join(blobs.values()).encode() + b"\n"
    packed = _asked(root, "cat-file", "--batch", given=wanted) if blobs else b""
    return dict(zip(blobs, _unpacked(packed), strict=True))


_MODES = tuple(mode.encode() for mode in _FILES)


def _blob(row: bytes) -> tuple[str, str]:
    """`MODE blob ID\tNAME`."""
    about, _, name = row.partition(b"\t")
    return _name(name), about.split()[2].decode()


def _unpacked(packed: bytes) -> list[bytes]:
    """`ID blob SIZE\n`, the bytes, and a line's end, again and again."""
    found, place = [], 0
    while place < len(packed):
        head = packed.index(b"\n", place)
        size = int(packed[place:head].split()[2])
        found.append(packed[head + 1 : head + 1 + size])
        place = head + size + 2
    return found


def _name(raw: bytes) -> str:
    return unicodedata.normalize("NFC", raw.decode("utf-8", "surrogateescape"))


def _asked(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    said = git_bytes(root, *arguments, given=given)
    if said is None or said[0] != 0:
        raise PublisherError(f"Git could not answer `git {' '.join(arguments[:2])}` in {root}.")
    return said[1]
