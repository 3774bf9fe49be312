"""Put drafts on the disk: each file whole or not at all, and none outside the content folder.

New contents are first written beside the places they are for; only when all of them are on
the disk are they put in place, images before the texts that show them, and old files removed.
A disk that is full leaves the content as it was; a crash, at worst, both names of a moved file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path, PureWindowsPath

from publisher.errors import PublisherError
from publisher.model import digest

_PASSING = ".publisher-new"
"""Ends the name of a file that waits beside its place; the walk leaves out names with a dot."""
_REFUSED = frozenset('<>:"|?*\\')
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)


def store(folder: Path, drafts: Mapping[str, bytes | None]) -> tuple[str, ...]:
    """Write drafts into the content folder, or remove what they say is gone (None).

    drafts  by path below the folder, in NFC; a file that lies there under another spelling
            of its accents is the one meant.

    Returns, sorted, the names that really changed. Folders that became empty go.

    Raises PublisherError for a name that leads out of the folder or that some system could
    not hold, before anything is written; and for what the disk refuses.
    """
    _sweep(folder)
    places = {name: _place(folder, name) for name in sorted(drafts)}
    changed = {name: place for name, place in places.items() if _differs(place, drafts[name])}
    waiting: dict[Path, Path] = {}
    try:
        for name, place in changed.items():
            content = drafts[name]
            if content is not None:
                target = Path(os.path.realpath(place))
                waiting[target] = _written(target, content)
        _put([place for name, place in changed.items() if drafts[name] is None], waiting)
    except OSError as error:
        where = error.filename2 or error.filename or folder
        what = f"cannot write {where}: {error.strerror or error}."
        raise PublisherError(f"{what} See what is in the way, and try again.") from error
    finally:
        for passing in waiting.values():
            passing.unlink(missing_ok=True)
    for name, place in changed.items():
        if drafts[name] is None:
            _remove_empty(place.parent, folder)
    return tuple(changed)


def _sweep(folder: Path) -> None:
    """Remove what a store that was killed left waiting; whoever stores holds the ledger's lock."""
    for stale in folder.rglob(f".*{_PASSING}"):
        with contextlib.suppress(OSError):
            stale.unlink()


def _put(gone: list[Path], waiting: Mapping[Path, Path]) -> None:
    """Put what waits in place, then remove what is gone."""
    same = _same_but_for_case(gone, waiting)
    for place in same:  # on some systems the new name is the old file
        place.unlink()
    for target in sorted(waiting, key=_is_text):
        waiting[target].replace(target)
    for place in gone:
        if place not in same:
            place.unlink()


def _is_text(place: Path) -> bool:
    return place.suffix.lower() == ".md"


def _same_but_for_case(gone: Iterable[Path], targets: Iterable[Path]) -> list[Path]:
    new = {str(target).casefold() for target in targets}
    return [place for place in gone if os.path.realpath(place).casefold() in new]


def _place(folder: Path, name: str) -> Path:
    """Return where a file lies or would lie; refuse what is not ours to write."""
    fault = _fault_of(name)
    if fault:
        raise PublisherError(f"`{name}` {fault}, so it cannot be a file of the content folder.")
    place = folder
    for part in name.split("/"):
        place = _child(place, part)
        if not os.path.lexists(place) and _is_refused(part):
            what = f"`{name}` cannot be written: Windows has no files called `{part}`."
            raise PublisherError(f"{what} Choose another name.")
    if not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder)):
        what = f"{place} is, or lies behind, a symbolic link out of the content folder."
        raise PublisherError(f"{what} Remove the link; nothing was written.")
    return place


def _fault_of(name: str) -> str:
    parts = name.split("/")
    if name.startswith(("/", "\\")) or PureWindowsPath(name).drive:
        return "is an absolute path"
    if "" in parts or "." in parts or ".." in name.replace("\\", "/").split("/"):
        return "has an empty part, `.` or `..`"
    return "begins with a dot, which is ignored" if any(p.startswith(".") for p in parts) else ""


def _is_refused(part: str) -> bool:
    odd = any(each in _REFUSED or unicodedata.category(each) in ("Cc", "Cs") for each in part)
    stem = part.partition(".")[0].rstrip(" ").lower()
    return odd or part.endswith((".", " ")) or stem in _DEVICES


def _child(folder: Path, part: str) -> Path:
    """Return an entry of a folder by its name, however its accents are composed there."""
    exact = folder / part
    if part.isascii() or os.path.lexists(exact):
        return exact
    with contextlib.suppress(OSError):
        wanted = unicodedata.normalize("NFC", part)
        for name in os.listdir(folder):
            if unicodedata.normalize("NFC", name) == wanted:
                return folder / name
    return exact


def _differs(place: Path, content: bytes | None) -> bool:
    if content is None:
        return os.path.lexists(place)
    try:
        return place.read_bytes() != content
    except OSError:
        return True


def _written(target: Path, content: bytes) -> Path:
    """Write a new file beside `target`, down to the disk; return where it waits."""
    target.parent.mkdir(parents=True, exist_ok=True)
    passing = target.with_name(f".{digest(target.name)}{_PASSING}")
    try:
        with passing.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, passing)
    except OSError:
        passing.unlink(missing_ok=True)
        raise
    return passing


def _remove_empty(folder: Path, top: Path) -> None:
    with contextlib.suppress(OSError):
        while folder != top:
            folder.rmdir()  # refuses, and so ends this, where something is left
            folder = folder.parent
