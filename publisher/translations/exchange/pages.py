"""An article's file as a translator sees it: title, description, and a body in pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from publisher.body.marks import Line, Tag
from publisher.body.pieces import text_of
from publisher.body.segments import Segment, Text
from publisher.errors import PublisherError
from publisher.model import Section
from publisher.source import files
from publisher.source.document import repeats
from publisher.source.entries import read
from publisher.source.rules import Finding
from publisher.source.sections import TEXT, TITLE
from publisher.source.writing import body_of

_KEYS = ("title", "description")
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A file, read for translating.

    name    its path below the content folder.
    source  all of it, with `\\n` as its only line end; `raw` is the file's own bytes.
    meta    title and description, where the frontmatter says them: no place in the body.
    first   the file's line on which the body begins.
    """

    name: str
    raw: bytes
    source: str
    meta: tuple[Segment, ...]
    text: Text
    first: int

    @property
    def pieces(self) -> tuple[Segment, ...]:
        """All of it in the order of readers."""
        return (*self.meta, *self.text.pieces)

    @property
    def sections(self) -> tuple[str, ...]:
        """Names in order, that of title and description first."""
        return (TITLE, *(section.name for section in self.text.sections))

    def line_of(self, piece: Segment) -> int:
        """The line of the file on which a piece begins."""
        return piece.line if piece in self.meta else self.first + piece.line


def page_of(name: str, raw: bytes, aliases: Mapping[str, str], sections: Sequence[Section]) -> Page:
    """Read a file.

    aliases   of frontmatter keys. sections: of the text, as they are digested.

    Raises PublisherError for what cannot be read.
    """
    source = files.decode(name, raw)
    if isinstance(source, Finding):
        raise PublisherError(f"{name}: {source.what} {source.advice}")
    body, first = body_of(source)
    said = {}
    for key, node in (read(source).entries or {}).items():
        ours = aliases.get(key, key)
        if ours in _KEYS and node.text and not node.null:
            said[ours] = _of_key(ours, _spaced(node.text), node.line)
    repeated = "title" in said and repeats(said["title"].said.words, body)
    names = {section.line - first: section.name for section in sections if section.line >= first}
    names = {line: each for line, each in names.items() if not each.startswith("(")}
    return Page(
        name=name,
        raw=raw,
        source=source,
        meta=tuple(said[key] for key in _KEYS if key in said),
        text=text_of(body, names, (TITLE, TEXT), titled="title" not in said, repeated=repeated),
        first=first,
    )


def page_of_meta(name: str, said: Mapping[str, str], lines: Mapping[str, int]) -> Page:
    """Return a page of nothing but title and description: all that readers see of a collection.

    said, lines  by key of the frontmatter: what it says, and where, if it stands in a file.
    """
    meta = (_of_key(key, _spaced(said[key]), lines.get(key, 1)) for key in _KEYS if said.get(key))
    text = text_of("", {}, (TITLE, TEXT))
    return Page(name=name, raw=b"", source="", meta=tuple(meta), text=text, first=1)


def _of_key(key: str, words: str, line: int) -> Segment:
    return Segment(kind=key, place=(0, 0), line=line, section=TITLE, said=Line((words,)))


def plain(line: Line) -> str:
    """What a line says where there are no codes: in the frontmatter."""
    said = []
    for part in line.parts:
        if isinstance(part, str):
            said.append(part)
        elif isinstance(part, Tag) and part.edge == "alone":
            code = line.codes[part.code - 1]
            said.append(code.detail if code.name == "code" else " ")
    return _spaced("".join(said))


def _spaced(words: str) -> str:
    """One space where there is any; one that does not break a line is a letter of its language."""
    return _SPACES.sub(" ", words).strip(" ")
