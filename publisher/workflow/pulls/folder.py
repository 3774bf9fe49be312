"""The content folder as it lay when a pull began, and where things in it go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.errors import PublisherError
from publisher.model import Locale, Ref
from publisher.source.files import Found, walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every file of the content folder at one moment. A pull may take minutes; authors go on.

    files  by their path below the folder; `texts` holds the bytes of the Markdown among them.
    """

    folder: Path
    files: Mapping[str, Found]
    texts: Mapping[str, bytes]

    def read(self, path: str) -> bytes:
        """The bytes of a file; of text as they were at that moment."""
        return self.texts[path] if path in self.texts else _read(self.files[path])

    def changed(self, paths: Iterable[str]) -> list[str]:
        """The files among these that are not as they were."""
        now = snapshot(self.folder)
        return sorted(path for path in paths if self._stamp(path) != now._stamp(path))

    def _stamp(self, path: str) -> tuple[object, ...]:
        found = self.files.get(path)
        return (found.size, found.mtime_ns, self.texts.get(path)) if found else ()


def snapshot(folder: Path) -> Snapshot:
    """Look at the whole folder. Raises PublisherError for a text that cannot be read."""
    tree = walk(folder)
    return Snapshot(
        folder=folder,
        files={found.name: found for found in (*tree.markdown, *tree.others)},
        texts={found.name: _read(found) for found in tree.markdown},
    )


def _read(found: Found) -> bytes:
    try:
        return found.real.read_bytes()
    except OSError as error:
        raise PublisherError(f"cannot read {found.real}: {error.strerror}.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The files, and what they are.

    stems, files_of   as `source.Loaded` has them.
    aliases   of frontmatter keys.
    """

    files: Snapshot
    stems: Mapping[Ref, str]
    files_of: Mapping[Ref, Mapping[Locale, str]]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """The bytes of a file by its path below the content folder."""
        return self.files.read(path)

    @property
    def names(self) -> frozenset[str]:
        """Of all files."""
        return frozenset(self.files.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Where things go.

    homes     what moves by itself → the collection it lies in from now on (None: in none).
    stems     path stem of every thing, as it will be.
    homeless  moved to where no file can follow yet.
    """

    homes: Mapping[Ref, Ref | None] = field(default_factory=dict)
    stems: Mapping[Ref, str] = field(default_factory=dict)
    homeless: frozenset[Ref] = frozenset()
