"""Keep compiled documents between runs.

A document is found again by what it was made from: its bytes, its path, the
configuration and the program. No clock and no file time is asked, so a stale hit is
impossible and a checkout that touches every file costs nothing. Everything here may
be deleted at any time, and any of it may be damaged.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import starmap
from pathlib import Path
from typing import Any

from publisher.body import canonical
from publisher.body.from_markdown import Heading, Link
from publisher.model import Availability, ContentRules, Section, digest_of_bytes
from publisher.source.document import Document
from publisher.source.files import Found
from publisher.source.ignoring import Ignore
from publisher.source.meta import Meta
from publisher.source.rules import Finding
from publisher.source.shape import Shape

FORMAT = 3
_MADE_WITH = ("publisher", "markdown-it-py", "mdit-py-plugins", "selectolax", "PyYAML")
_SPELT = ("utf-8", "surrogatepass")
"""Half a character may stand in a title: YAML has a way to spell it."""
_SPARE = 2
"""The cache may hold this many times what is in use, so that branches can alternate."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A place for compiled documents; `folder` None keeps nothing.

    fingerprint  of all that a document's compilation depends on besides the file.
    """

    folder: Path | None
    fingerprint: str

    def place(self, found: Found, raw: bytes) -> Path | None:
        """Return where the document made from these bytes would lie."""
        if self.folder is None:
            return None
        made_from = hashlib.sha256(f"{self.fingerprint}\0{found.path}\0".encode())
        made_from.update(raw)
        return self.folder / "documents" / f"{made_from.hexdigest()[:40]}.json"


def shelf(folder: Path | None, rules: ContentRules) -> Shelf:
    """Return the shelf for documents compiled by this program with these rules."""
    depends_on = [
        FORMAT,
        canonical.VERSION,
        _program(),
        [_version(name) for name in _MADE_WITH],
        sorted(rules.ignore),
        sorted(rules.aliases.items()),
        sorted((rule, sorted(options.items())) for rule, options in rules.options.items()),
    ]
    return Shelf(folder, hashlib.sha256(json.dumps(depends_on, default=str).encode()).hexdigest())


def _program() -> list[list[int]]:
    """Sizes and times of the code that compiles: while it is being changed, nothing is kept."""
    rooms = (Path(__file__).parent, Path(canonical.__file__).parent)
    sources = sorted(path for room in rooms for path in room.rglob("*.py"))
    return [[(facts := path.stat()).st_size, facts.st_mtime_ns] for path in sources]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # not installed, or frozen into one executable
        return ""


def get(place: Path | None) -> Document | None:
    """Return a document kept earlier, or None; a damaged entry counts as absent."""
    if place is None:
        return None
    try:
        return _document(read(place))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def put(place: Path | None, document: Document) -> None:
    """Keep a document, if it can be kept."""
    if place is not None:
        write(place, document)


def sweep(keeper: Shelf, used: set[Path]) -> None:
    """Remove documents that this run did not use, once they are the greater part."""
    if keeper.folder is None:
        return
    with contextlib.suppress(OSError):
        kept = set((keeper.folder / "documents").iterdir())
        if len(kept) > _SPARE * max(len(used), 50):
            for place in kept - used:
                place.unlink(missing_ok=True)


def write(place: Path, content: Any) -> None:
    """Write something as JSON, whole or not at all; a disk that refuses is no error."""
    passing = place.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        spelt = json.dumps(content, default=_plain, ensure_ascii=False).encode(*_SPELT)
        passing.write_bytes(digest_of_bytes(spelt).encode() + b"\n" + spelt)
        passing.replace(place)


def read(place: Path) -> Any:
    """Read what `write` wrote. Raises OSError or ValueError; damage of any kind is the latter."""
    digest, _, spelt = place.read_bytes().partition(b"\n")
    if digest != digest_of_bytes(spelt).encode():
        raise ValueError("damaged")
    return json.loads(spelt.decode(*_SPELT))


def _plain(value: Any) -> dict[str, Any] | list[Any]:
    """Spell what there is one of by name; of what a text has many, its fields in order."""
    if isinstance(value, Mapping):
        return dict(value)
    named = {name: getattr(value, name) for name in value.__slots__}
    return named if isinstance(value, Document | Meta | Availability) else list(named.values())


def _document(kept: dict[str, Any]) -> Document:
    meta = kept.pop("meta")
    fin = Availability(**meta.pop("fin"))
    was, tags = tuple(meta.pop("was")), tuple(meta.pop("tags"))
    return Document(
        meta=Meta(fin=fin, was=was, tags=tags, **meta),
        lines=tuple(kept.pop("lines")),
        headings=tuple(starmap(Heading, kept.pop("headings"))),
        links=tuple(starmap(Link, kept.pop("links"))),
        sections=tuple(
            Section(name=name, title=title, line=line, digest=digest)
            for name, title, line, digest in kept.pop("sections")
        ),
        findings=tuple(starmap(Finding, kept.pop("findings"))),
        shape=Shape(*(tuple(map(tuple, counted)) for counted in kept.pop("shape"))),
        ignores=tuple(starmap(Ignore, kept.pop("ignores"))),
        **kept,
    )
