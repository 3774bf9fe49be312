"""When files move: what an address has to say so that it leads where it led.

Paths alone are looked at. What leads to which file is found in the order in which
`links` looks, and an author's way of writing is kept: with or without `.md`, from the top
(`/`) or from the file's folder, a folder or its `_index.md`, and in a translation as if
what is not translated were.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from publisher.model import Locale
from publisher.source.links import candidates, is_relative, locale_folder, path_of

_TAIL = re.compile(r"(?<!&)[?#].*", re.DOTALL)
_NOT_ASCII_CODED = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_UNSAFE = re.compile(r"""[\x00-\x20\x7f"'%#?&<>()\\`|:\[\]{}]""")


@dataclass(frozen=True, slots=True)
class Names:
    """What there is, before or after. `folders`: those of collections, in every locale."""

    markdown: frozenset[str]
    others: frozenset[str]
    folders: frozenset[str]
    default: Locale


@dataclass(frozen=True, slots=True)
class _Hit:
    """What a path leads to: the candidate that was something, which one it was, and what."""

    candidate: str
    place: int
    target: str
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Routes:
    """The ways of old addresses to where things lie afterwards; `moves` is by file."""

    before: Names
    after: Names
    moves: Mapping[str, str]
    folders: dict[str, str | None] = field(default_factory=dict)

    def path(self, name: str, new: str, url: str, image: bool) -> str | None:
        """Return the path that a link has to have afterwards; None: its own is right.

        name, new  of the file in which it stands. url: as it comes out of the renderer.
        """
        path = path_of(url) if is_relative(url) else ""
        hit = _hit(self.before, name, path, image) if path else None
        if hit is None:
            return None
        target = self._target(hit)
        there = _hit(self.after, new, path, image)
        if target is None or (there and (there.target, there.is_folder) == (target, hit.is_folder)):
            return None
        return self._written(path, new, _spelt_like(hit, target), hit.place)

    def folder(self, folder: str) -> str | None:
        """Return where a collection's folder (below the locale) lies afterwards.

        It goes with its `_index.md`; without one it stays while anything is in it, and goes
        where all of it went. None when that is more than one place.
        """
        if folder not in self.folders:
            self.folders[folder] = self._moved_folder(folder)
        return self.folders[folder]

    def _target(self, hit: _Hit) -> str | None:
        if not hit.is_folder:
            return self.moves.get(hit.target, hit.target)
        top, _, folder = hit.target.partition("/")
        moved = self.folder(folder)
        return None if moved is None else f"{top}/{moved}"

    def _moved_folder(self, folder: str) -> str | None:
        top = f"{self.before.default}/"
        inside = f"{top}{folder}/"
        index = f"{inside}_index.md"
        if index in self.before.markdown:
            return posixpath.dirname(self.moves.get(index, index)).removeprefix(top)
        if f"{top}{folder}" in self.after.folders:
            return folder
        went = set()
        for old in self.before.markdown:
            if old.startswith(inside):
                new, below = self.moves.get(old, old), old[len(inside) - 1 :]
                went.add(new.removesuffix(below) if new.endswith(below) else "")
        only = went.pop() if len(went) == 1 else ""
        return only.removeprefix(top) if only.startswith(top) else None

    def _written(self, path: str, new: str, lies: str, place: int) -> str:
        """Spell the way to `lies` as `path` was spelt, from the top or from the file's folder."""
        rooted = path.startswith("/")
        own, default = new.partition("/")[0], self.before.default
        if place >= (2 if rooted else 1) and own not in (default, "fin"):
            lies = own + lies[len(default) :]  # as if it were translated
        if rooted:
            top = f"{locale_folder(new)}/"
            below_locale = place != 1 and lies.startswith(top)
            return f"/{lies.removeprefix(top) if below_locale else lies}"
        slash = "/" if lies.endswith("/") else ""
        way = posixpath.relpath(lies.rstrip("/"), posixpath.dirname(new) or ".")
        dot = "./" if path.startswith("./") and not way.startswith(".") else ""
        return f"{dot}{way}{slash}"


def routes(files: Iterable[str], moves: Mapping[str, str], default: Locale) -> Routes:
    """Return the ways from where files lie to where they will.

    files  names of all; moves: old name → new name; all in NFC.
    """
    files = list(files)
    after = [moves.get(name, name) for name in files]
    return Routes(_names(files, default), _names(after, default), moves)


def spelt(path: str, raw: str, *, angled: bool) -> str:
    """Write a path as an address in the place of `raw`, whose query and anchor stay.

    angled  it stands between `<` and `>`, where spaces may stay.
    """
    coded = _UNSAFE.sub(lambda found: quote(found[0], safe=""), path)
    if angled and "%20" not in raw:
        coded = coded.replace("%20", " ")
    if _NOT_ASCII_CODED.search(raw):
        coded = "".join(each if each.isascii() else quote(each) for each in coded)
    tail = _TAIL.search(raw)
    return coded + (tail[0] if tail else "")


def _names(files: Iterable[str], default: Locale) -> Names:
    files = frozenset(files)
    markdown = frozenset(name for name in files if name.lower().endswith(".md"))
    locales = {name.partition("/")[0] for name in markdown if "/" in name} - {"fin"}
    folders: set[str] = set()
    for name in markdown:
        top, _, folder = posixpath.dirname(name).partition("/")
        while folder and top == default and folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    everywhere = frozenset(f"{locale}/{folder}" for locale in locales for folder in folders)
    return Names(markdown, files - markdown, everywhere, default)


def _hit(names: Names, here: str, path: str, image: bool) -> _Hit | None:
    for place, candidate in enumerate(candidates(here, path, names.default)):
        if image:
            found = _Hit(candidate, place, candidate) if candidate in names.others else None
        else:
            found = _text(names, candidate, place)
        if found or candidate.split("/")[0] == "..":
            return found
    return None


def _text(names: Names, candidate: str, place: int) -> _Hit | None:
    stem = candidate.rstrip("/")
    folder = stem.removesuffix("/_index.md").removesuffix("/_index")
    if candidate.endswith("/") and stem in names.folders:
        return _Hit(candidate, place, stem, is_folder=True)
    if folder in names.folders and folder != stem:
        return _Hit(candidate, place, folder, is_folder=True)
    for file in (stem, f"{stem}.md"):
        if file in names.markdown:
            return _Hit(candidate, place, file)
    if folder in names.folders:
        return _Hit(candidate, place, folder, is_folder=True)
    return _Hit(candidate, place, candidate) if candidate in names.others else None


def _spelt_like(hit: _Hit, target: str) -> str:
    """Name what a hit led to by its new place: with its suffix, slash and `_index`, or without."""
    if hit.is_folder:
        return target + hit.candidate[len(hit.target) :]
    stem = hit.candidate.rstrip("/")
    bare = stem != hit.target and target.endswith(".md")
    return (target[: -len(".md")] if bare else target) + hit.candidate[len(stem) :]
