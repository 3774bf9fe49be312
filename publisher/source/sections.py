"""The sections of a text, each with a digest of what somebody who translates it works on.

A section is a top-level heading and what follows it up to the next one. Before the first
heading there are two without one: `(title)`, which is title and description, and `(text)`.

A digest is over what readers get, in one spelling: how lines are wrapped, which sign begins a
list, comments, levels of headings and styles make no difference; words, code, images and where
links lead do. Of an image, or a link to another file of ours, only the file's name counts: a text
that moves to another folder is no other text.

`FORM` belongs to every digest that is written down. Raise it with any change of what is digested;
tests/source/test_freshness.py holds the digests of a text that has everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from publisher.body.headings import Heading
from publisher.model import Section, digest

FORM = "v1"
TITLE, TEXT = "(title)", "(text)"
MOST = 400
"""Sections of one text; what follows belongs to the last. The marks of more would fill a file."""
LONGEST_NAME = 60
DIGITS = 10

_MARK = re.compile(r"v[0-9]{1,3}-[0-9a-f]{8,16}")
_NOT_IN_NAME = re.compile(r"[^\w-]+")
_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")
_ID = re.compile(r'\sid="([^"]*)"')
_ATTRIBUTE = re.compile(r'\s(href|src|alt)="([^"]*)"')
_EMPTY = "<p></>"
_CONTAINERS = frozenset(("blockquote", "details", "div", "ol", "section", "table", "ul"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ADDRESSED = frozenset(("a", "iframe", "img"))
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def sections_of(
    title: str, description: str, html: str, lines: Sequence[int], headings: Iterable[Heading]
) -> tuple[Section, ...]:
    """Part a text.

    html, lines, headings   as `body.from_markdown` renders them; addresses as the author wrote.

    Names are unique within a text, and nothing in them means anything to YAML.
    """
    head = Section(name=TITLE, title=title, digest=_spelt(f"{title}\n{description}"))
    names, above = _Names(), lines[0] if lines else 1
    found = (_section(group, names, above) for group in _groups(html, headings))
    return (head, *(section for section in found if section))


def is_mark(value: str) -> bool:
    """Whether a value can be the digest of a section, in this form or in another."""
    return bool(_MARK.fullmatch(value))


def _section(group: _Group, names: _Names, above: int) -> Section | None:
    text = "".join(group.parts).replace(_EMPTY, "")
    if group.heading is None:
        return Section(name=TEXT, line=above, digest=_spelt(text)) if text else None
    heading = group.heading
    name = names.unique(heading.slug)
    return Section(name=name, title=heading.text, line=heading.line, digest=_spelt(text))


def _spelt(text: str) -> str:
    return f"{FORM}-{digest(text)[:DIGITS]}"


@dataclass(slots=True)
class _Group:
    """A section while it is read: its heading, and what stands in it, spelt for the digest."""

    heading: Heading | None
    parts: list[str] = field(default_factory=list)


def _groups(html: str, headings: Iterable[Heading]) -> list[_Group]:
    """Cut at the headings of the top level, in one pass: `emit` escapes < and > elsewhere."""
    known = {heading.id: heading for heading in headings}
    groups = [_Group(None)]
    depth = 0
    for place, piece in enumerate(_TAG.split(html)):
        if place % 2 == 0:
            groups[-1].parts.append(piece)
            continue
        tag = _tag(piece)
        heading = known.get(tag.id) if depth == 0 and tag.id else None
        if heading and len(groups) <= MOST:
            groups.append(_Group(heading))
        depth += tag.step
        groups[-1].parts.append(tag.spelt)
    return groups


class _Tag(NamedTuple):
    """A tag: its spelling, how it changes the depth, and the id of the heading that it opens."""

    spelt: str
    step: int
    id: str


@lru_cache(maxsize=1024)
def _tag(tag: str) -> _Tag:
    found = _NAME.match(tag)
    name = found[1] if found else ""
    closes = tag.startswith("</")
    step = (-1 if closes else 1) if name in _CONTAINERS else 0
    id_ = _ID.search(tag) if name in _HEADINGS else None
    return _Tag("</>" if closes else _opening(name, tag), step, id_[1] if id_ else "")


def _opening(name: str, tag: str) -> str:
    """Spell a tag with those of its attributes that somebody who translates has to look at."""
    if name not in _ADDRESSED:
        return "<h>" if name in _HEADINGS else f"<{name}>"
    said = dict(_ATTRIBUTE.findall(tag))
    url = unescape(said.get("href", "") or said.get("src", ""))
    return f"<{name} {address_of(url, image=name == 'img')} {said.get('alt', '')}>"


def address_of(url: str, *, image: bool) -> str:
    """Return an address as far as it counts: of a file of ours its name, of the web all of it."""
    if _SCHEME.match(url):
        return url
    *folders, name = url.partition("#")[0].partition("?")[0].rstrip("/").split("/")
    named = folders[-1] if name == "_index.md" and folders else name
    return named if image else named.removesuffix(".md")


class _Names:
    """Gives every section a name of its own. State: the names given so far."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def unique(self, slug: str) -> str:
        bare = _NOT_IN_NAME.sub("-", slug)[:LONGEST_NAME]
        name = stem = bare if any(map(str.isalnum, bare)) else "section"
        number = 1
        while name in self._given:
            number += 1
            name = f"{stem}-{number}"
        self._given.add(name)
        return name
