"""Symbolic references in bodies, and the only code that turns them into addresses.

A body from `from_markdown` holds the author's URLs. The source room exchanges those of our
own files for symbolic references, and they stay symbolic (in digests, plans, the ledger)
until just before sending:

    href="article:KEY#ANCHOR"   href="collection:KEY"   href="page:KEY"
    src="asset:DIGEST/NAME"     each part percent-encoded

Bodies are read here by a scan for `<[^<>]*>`, not by a parser. That is exact for what our
emitter writes: it escapes `<` and `>` everywhere outside of tags, attributes included, and
puts every attribute in double quotes, so neither a tag nor an attribute can be mistaken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

from publisher.model import NOTHING

ReferenceKind = Literal["article", "collection", "page", "asset"]
Replace = Callable[[str, bool], str | None]

_SYMBOLIC = re.compile(r"(article|collection|page|asset):([^#]+)(?:#(.*))?\Z", re.DOTALL)
_TAG = re.compile(r"(<[^<>]*>)")
_ADDRESS = re.compile(r'(<(?:a|img)\s(?:[^<>]*?\s)?(?:href|src)=")([^"]*)(")')
_HEADING_ID = re.compile(r'(<h[1-6]\s(?:[^<>]*?\s)?id=")([^"]*)(")')
_CONTAINER = '<div class="intercom-container'
_EMPTY = '<p class="no-margin"></p>'


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or image of ours. `key` of an asset is its token, DIGEST/NAME; parts are decoded."""

    kind: ReferenceKind
    key: str
    anchor: str = ""


class Bound(NamedTuple):
    """A body ready to send, and the references that had no address (their text stays)."""

    html: str
    missing: tuple[Reference, ...]


def parse(url: str) -> Reference | None:
    """Read a symbolic reference; None for any other URL."""
    found = _SYMBOLIC.match(url)
    if not found:
        return None
    kind, key, anchor = found.groups(default="")
    return Reference(kind, unquote(key), unquote(anchor))  # type: ignore[arg-type]


def spell(reference: Reference) -> str:
    """Write a reference as the URL that `parse` reads back."""
    anchor = f"#{quote(reference.anchor, safe='')}" if reference.anchor else ""
    return f"{reference.kind}:{quote(reference.key, safe='/')}{anchor}"


def references(html: str) -> tuple[Reference, ...]:
    """Return every symbolic reference of a body, in order, repeated ones repeated."""
    found = (parse(unescape(address[2])) for address in _ADDRESS.finditer(html))
    return tuple(reference for reference in found if reference)


def rewrite(html: str, replace: Replace) -> str:
    """Pass the address of every link and image through `replace(url, is_image)`.

    Where it returns None, a link goes and what it wrapped stays (a button becomes a
    paragraph), and an image goes with its container and the link around it.
    """
    pieces = _TAG.split(html)
    for place in range(1, len(pieces), 2):
        piece = pieces[place]
        found = _ADDRESS.match(piece) if piece.startswith(("<a", "<img")) else None
        if not found:
            continue
        image = piece.startswith("<img")
        new = replace(unescape(found[2]), image)
        if new is not None:
            pieces[place] = f"{found[1]}{escape(new)}{found[3]}{piece[found.end() :]}"
        elif image:
            _remove_image(pieces, place)
        else:
            _remove_link(pieces, place)
    return "".join(pieces)


def bind(
    html: str,
    look_up: Callable[[Reference], str | None],
    headings: Mapping[str, str] = NOTHING,
) -> Bound:
    """Replace every reference by the address that `look_up` knows.

    headings  our id → the id Intercom gave the heading, for the headings of this very body;
              applied to the headings and to links within the page.

    Other URLs are left as they are. A reference without an address is reported in `missing`
    and its link or image is taken out.
    """
    missing: list[Reference] = []

    def address(url: str, image: bool) -> str | None:
        if url.startswith("#"):
            return f"#{headings.get(url[1:], url[1:])}"
        reference = parse(url)
        if reference is None:
            return url
        found = look_up(reference)
        if found is None:
            missing.append(reference)
        return found

    bound = rewrite(html, address)
    if headings:
        bound = _HEADING_ID.sub(
            lambda id_: f"{id_[1]}{headings.get(id_[2], id_[2])}{id_[3]}", bound
        )
    return Bound(bound, tuple(missing))


def _remove_link(pieces: list[str], place: int) -> None:
    """Take out `<a>` and the `</a>` that ends it; links never nest."""
    end = place + 2
    while end < len(pieces) and pieces[end] != "</a>":
        end += 2
    pieces[place] = ""
    if end >= len(pieces):
        return
    pieces[end] = ""
    is_button = end == place + 2 and place > 1 and pieces[place - 2].startswith(_CONTAINER)
    if is_button:
        pieces[place - 2], pieces[end + 2] = '<p class="no-margin">', "</p>"


def _remove_image(pieces: list[str], place: int) -> None:
    """Take out an image, then what would be left around nothing: its link, its container."""
    pieces[place] = ""
    before, after = place - 2, place + 2
    while before > 0 and after < len(pieces):
        opened, closed = pieces[before], pieces[after]
        if opened.startswith(("<a ", _CONTAINER)) or opened == closed == "":
            pieces[before] = pieces[after] = ""
        elif opened.startswith(("<li", "<td")) and closed in ("</li>", "</td>"):
            pieces[place] = _EMPTY  # Intercom refuses an empty item
            return
        else:
            return
        before, after = before - 2, after + 2
