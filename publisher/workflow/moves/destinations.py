"""What `publisher mv OLD NEW` means: which thing moves, and where its files lie afterwards.

Both may be keys, or paths of files and folders. A NEW that ends in a slash, or is the path of a
folder that is there, is moved into. Nothing is looked at but names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.config import Config
from publisher.errors import ConfigError
from publisher.model import LOCALES, Key, Kind, Ref
from publisher.pull.names import folded
from publisher.source import Loaded
from publisher.source.meta import fault_of_key
from publisher.source.outline import DEEPEST
from publisher.source.place import FIN
from publisher.workflow.content import near

_HOLDS: Mapping[Kind, tuple[Kind, ...]] = {
    "collection": ("article", "collection"),
    "source": ("page",),
    "article": (),
    "page": (),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A thing that moves, in all its languages.

    old, new  its path below the locale folder, without suffix; below fin/ with its source.
    """

    kind: Kind
    old: str
    new: str

    def stem(self, kind: Kind, stem: str) -> str:
        """Return such a path of anything as it is afterwards."""
        if (kind, stem) == (self.kind, self.old):
            return self.new
        below = kind in _HOLDS[self.kind] and stem.startswith(f"{self.old}/")
        return self.new + stem[len(self.old) :] if below else stem

    def files(self, names: Iterable[str]) -> dict[str, str]:
        """Return where files lie afterwards, those that move, of all `names`."""
        return {name: new for name in names if (new := self._place(name))}

    def _place(self, name: str) -> str:
        base = self._base(name)
        old, new = self.old, self.new
        if self.kind == "page":
            old, new = (each.partition("/")[2] for each in (old, new))
        rest = name[len(base) :]
        inside = rest.startswith(f"{old}/") if _HOLDS[self.kind] else rest[:-3] == old
        fits = inside and (_HOLDS[self.kind] or rest.lower().endswith(".md"))
        return f"{base}{new}{rest[len(old) :]}" if base and fits else ""

    def _base(self, name: str) -> str:
        """The part of a path that stays as it is; empty where none of it moves."""
        parts = name.split("/")
        if self.kind == "source":
            return f"{FIN}/" if parts[0] == FIN else ""
        if self.kind == "page":
            ours = parts[:2] == [FIN, self.old.partition("/")[0]] and len(parts) > 3
            return "/".join([*parts[:3], ""]) if ours else ""
        return f"{parts[0]}/" if parts[0] in LOCALES else ""


def way(old: str, new: str, loaded: Loaded, config: Config) -> Way:
    """Read the two words of the command line.

    Raises ConfigError for what is not there, may mean several things, or cannot lie there.
    """
    content = _Content(loaded.stems, config.content_folder)
    kind, stem = content.thing(old)
    goal = content.goal(new, kind, stem)
    _check(kind, stem, goal)
    return Way(kind, stem, goal)


def check_free(found: Way, moves: Mapping[str, str], names: Iterable[str]) -> None:
    """Raise ConfigError where something lies already, whether spelt with capitals or not.

    And where collections would nest deeper than Intercom's do.
    """
    texts = [new for new in moves.values() if new.lower().endswith(".md")]
    if (
        found.kind in ("article", "collection")
        and max(new.count("/") - 1 for new in texts) > DEEPEST
    ):
        raise ConfigError(f"{found.new} is too deep: Intercom nests collections {DEEPEST} deep.")
    staying = {folded(name): name for name in names if name not in moves}
    tops = {found.files([name])[name] for name in moves}
    if _HOLDS[found.kind]:
        tops = {new[: new.index(f"{found.new}/") + len(found.new) + 1] for new in tops}
    for top in sorted(tops):
        for place, name in staying.items():
            if place == folded(top) or (top.endswith("/") and place.startswith(folded(top))):
                raise ConfigError(f"{found.new} is taken: {name} lies there. Choose another place.")


def _check(kind: Kind, old: str, new: str) -> None:
    fault = fault_of_key(new)
    if fault:
        raise ConfigError(f"“{new}” cannot be a key: it {fault}.")
    if any(part.startswith(".") for part in new.split("/")):
        raise ConfigError(f"“{new}”: names that begin with a dot are ignored.")
    if new.rpartition("/")[2] in ("_index", "_source"):
        raise ConfigError(f"“{new}”: _index.md and _source.md are no articles.")
    if old == new:
        raise ConfigError(f"{old} is there already.")
    if _HOLDS[kind] and new.startswith(f"{old}/"):
        raise ConfigError(f"{old} cannot be moved into itself.")
    if kind == "source" and "/" in new:
        raise ConfigError("a source lies directly below fin/, so its new name has no slash.")
    if kind == "page" and new.partition("/")[0] != old.partition("/")[0]:
        raise ConfigError(
            "an external page cannot go to another source: Intercom would hold it for another "
            "page. Copy it there, and remove it here."
        )


@dataclass(frozen=True, slots=True)
class _Content:
    """What there is. `stems`: as `source.Loaded` has them."""

    stems: Mapping[Ref, str]
    folder: Path

    def thing(self, word: str) -> tuple[Kind, str]:
        """The kind and path stem of what is to move."""
        path = self._path(word)
        if path is not None:
            kind, stem = path
            if any((ref.kind, each) == path for ref, each in self.stems.items()):
                return kind, stem
            raise ConfigError(f"{word} is no article, collection, page or source.")
        things, word = self.stems.items(), word.rstrip("/")
        found = sorted({(ref.kind, stem) for ref, stem in things if _is(ref, word)})
        found = found or sorted({(ref.kind, stem) for ref, stem in things if stem == _nfc(word)})
        if not found:
            known = {ref.key for ref in self.stems} | {str(ref) for ref in self.stems}
            raise ConfigError(f"there is no “{word}” in the content.{near(word, sorted(known))}")
        if len(found) > 1:
            choices = " or ".join(f"{kind}:{word}" for kind, _ in found)
            raise ConfigError(f"“{word}” may be {choices}; say which.")
        return found[0]

    def goal(self, word: str, kind: Kind, stem: str) -> str:
        """The path stem that it is to have."""
        if not word.strip():
            raise ConfigError("NEW is empty; say where to, or / for the top.")
        path = self._path(word)
        if path is not None:
            goal, into = path[1], path[0] in ("collection", "source") and path[0] != kind
        else:
            goal = _nfc(word.removeprefix(f"{kind}:")).strip("/")
            goal = "" if goal == "." else goal
            into = word.endswith("/")
            goal = self.stems.get(Ref("collection", Key(goal)), goal) if into else goal
        if kind == "collection":
            into = (into or path is not None) and self._is_there(kind, goal)
        if kind == "article" and not into and self._is_there("collection", goal) and not path:
            raise ConfigError(f"{goal} is a collection. To move into it, write {goal}/.")
        into = into or not goal
        return "/".join(filter(None, (goal, stem.rpartition("/")[2]))) if into else goal

    def _is_there(self, kind: Kind, stem: str) -> bool:
        return any((ref.kind, each) == (kind, stem) for ref, each in self.stems.items())

    def _path(self, word: str) -> tuple[Kind, str] | None:
        """What a path below the content folder names; None for a word that is none."""
        try:
            below = Path(word).resolve().relative_to(self.folder.resolve())
        except (ValueError, OSError):
            return None
        top, *parts = _nfc(below.as_posix()).split("/")
        if top != FIN and top not in LOCALES:
            return None
        is_file = word.lower().endswith(".md")
        if is_file:
            parts[-1] = parts[-1][:-3]
        if top == FIN:
            return _path_for_fin(parts, is_file=is_file)
        if is_file and parts[-1] == "_index":
            return "collection", "/".join(parts[:-1])
        is_folder = word.endswith("/") or (not is_file and (self.folder / below).is_dir())
        return "collection" if is_folder else "article", "/".join(parts)


def _path_for_fin(parts: list[str], *, is_file: bool) -> tuple[Kind, str]:
    if len(parts) < 2 or (is_file and parts[1:] == ["_source"]):
        return "source", parts[0] if parts else ""
    return "page", "/".join([parts[0], *parts[2:]])


def _is(ref: Ref, word: str) -> bool:
    key = ref.key.rpartition(":")[0] if ref.kind == "page" else ref.key
    return _nfc(word) in (ref.key, str(ref), key, f"{ref.kind}:{key}")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
