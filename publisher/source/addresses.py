"""Where the addresses of a body's links and images stand in its source.

Markdown has many ways to write a link, and as many to write what only looks like one. So
places that may hold an address are found by their look, and the renderer says which do: in
each, a word is put that stands nowhere else, and those that come out as the address of a
link are addresses. What they say, decoded, is what came out in the same place before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from publisher.body.attributes import url_of
from publisher.body.findings import Findings
from publisher.body.from_markdown import Link
from publisher.body.markdown import to_html
from publisher.source.links import is_relative

_WORD = "nowhere-else-3f9a1c"
_BREAK = r"[ \t]*(?:\n[ \t>]*)?"
_LETTER = r"[^\x00-\x20\x7f()\\]|\\."
_NESTED = rf"\((?:{_LETTER}|\((?:{_LETTER})*\))*\)"
_ANGLED = r"(?:[^<>\n\\]|\\.)+"
_PLACES = re.compile(
    rf"""
      \]\({_BREAK} (?: <(?P<a1>{_ANGLED})> | (?P<b1>(?!<)(?:{_LETTER}|{_NESTED})+) )
    | ^[ \t>*+\-\d.)]* \[(?!\^)(?:[^\[\]\\]|\\.)+\]:
      {_BREAK}      (?: <(?P<a2>{_ANGLED})> | (?P<b2>(?!<)(?:(?!\[|\]\()[^\x00-\x20\x7f])+) )
    | \b(?:href|src)\s*=\s* (?: "(?P<q1>[^"]+)" | '(?P<q2>[^']+)' | (?P<q3>[^\s"'>]+) )
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
"""In a link, in a definition of references, in an attribute of HTML or of a `:::` block."""


@dataclass(frozen=True, slots=True)
class Address:
    """A relative address in a source: its place there, and what it says.

    raw     as written, without what surrounds it. angled: that is `<` and `>`.
    url     as it comes out. image: it is used as an image, and so leads to no text.
    """

    start: int
    end: int
    raw: str
    angled: bool
    url: str
    image: bool


@dataclass(frozen=True, slots=True)
class Addresses:
    """The links of a body in order, and the places of the relative ones.

    unplaced  relative links whose place could not be told.
    """

    links: tuple[Link, ...]
    found: tuple[Address, ...]
    unplaced: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    angled: bool


def addresses_in(body: str, first_line: int) -> Addresses:
    """Find every relative address of a body; lines are those of the file."""
    links = links_in(body, first_line)
    places = _places(body)
    told = _told(body, places)
    if len(told) != len(links):  # in some place, a word made a link or ended one
        places = [one for one in places if len(_told(body, [one])) == len(links)]
        told = _told(body, places)
    if len(told) != len(links):
        return Addresses(links, (), tuple(each for each in links if is_relative(each.url)))
    uses: dict[int, list[Link]] = {}
    unplaced = []
    for before, after in zip(links, told, strict=True):
        number = _number(after.url)
        if number is not None and before.url != after.url:
            uses.setdefault(number, []).append(before)
        elif is_relative(before.url):
            unplaced.append(before)
    found = tuple(_address(body, places[number], used) for number, used in sorted(uses.items()))
    return Addresses(links, found, tuple(unplaced))


def _told(body: str, places: Sequence[_Place]) -> tuple[Link, ...]:
    words = ((one.start, one.end, f"{_WORD}.{number}.") for number, one in enumerate(places))
    return links_in(put_in(body, words), 1)


def _number(url: str) -> int | None:
    word, _, rest = url.partition(".")
    return int(rest.rstrip(".")) if word == _WORD and rest[:-1].isdecimal() else None


def links_in(body: str, first_line: int) -> tuple[Link, ...]:
    """Return the links and images of a body in order; lines are those of the file.

    They are looked for in the standard HTML, before neighbours that lead to one place become
    one link, and what Intercom could not show is left out.
    """
    page = _Page(first_line)
    page.feed(to_html(body, Findings(), first_line))
    page.close()
    return tuple(page.links)


class _Page(HTMLParser):
    """Collects the addresses of an HTML page; `line` is that of the last element seen."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.line = line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(reversed(attrs))
        line = said.get("data-line") or ""
        self.line = int(line) if line.isdecimal() else self.line
        name = "src" if tag == "img" else "href"
        if tag in ("a", "img") and said.get(name):
            self.links.append(Link(url_of(said, name), self.line, tag == "img"))


def put_in(body: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """Return the body with other texts in some places of it, which do not overlap."""
    pieces, done = [], 0
    for start, end, text in sorted(changes):
        pieces += [body[done:start], text]
        done = end
    return "".join([*pieces, body[done:]])


def _address(body: str, place: _Place, used: list[Link]) -> Address:
    return Address(
        place.start,
        place.end,
        body[place.start : place.end],
        place.angled,
        used[0].url,
        all(link.image for link in used),
    )


def _places(body: str) -> list[_Place]:
    places = []
    for found in _PLACES.finditer(body):
        group = found.lastgroup or ""
        if is_relative(found[group]):
            places.append(_Place(*found.span(group), group.startswith("a")))
    return places
