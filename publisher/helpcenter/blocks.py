"""The pieces kept bodies are made of, and how a node of the tree is asked.

A block is one element at the top of a body, a callout, a list item or a table cell; a
piece is a block, or a run of inline HTML that will be put into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from publisher.helpcenter.answers import invalid

MAX_DEPTH = 80
"""Elements inside each other; far beyond any real body, well within Python's stack."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ALIGNED = ("intercom-align-center", "intercom-align-right", "intercom-align-justify")


class Block(NamedTuple):
    """One block as it is kept. `items`: of a list that is about to be flattened."""

    html: str
    gap: bool = False
    items: tuple[str, ...] = ()


Piece = str | Block
GAP = Block('<p class="no-margin"></p>\n', gap=True)


class Where(NamedTuple):
    """What surrounds a node."""

    depth: int = 0
    in_list: bool = False
    in_table: bool = False
    boxed_table: bool = False
    align: str = ""
    link: str | None = None

    def deeper(self) -> Where:
        """One element further in; raises Refusal beyond what Intercom could show."""
        if self.depth >= MAX_DEPTH:
            raise invalid("body is nested too deeply", "body")
        return self._replace(depth=self.depth + 1)


def escape(text: str) -> str:
    """Escape what a kept body escapes: only & < and >."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(value: str) -> str:
    """Escape an attribute's value."""
    return value.replace("&", "&amp;").replace('"', "&quot;")


def settled(blocks: Iterable[Block]) -> Iterator[Block]:
    """Runs of empty paragraphs collapse to one."""
    for gap, group in groupby(blocks, key=lambda block: block.gap):
        if gap:
            yield GAP
        else:
            yield from group


def joined(blocks: Iterable[Block]) -> str:
    """Return blocks as HTML, runs of empty paragraphs collapsed."""
    return "".join(block.html for block in settled(blocks))


def children(node: LexborNode) -> Iterator[LexborNode]:
    """Yield elements, text and comments."""
    return node.iter(include_text=True)


def classes(node: LexborNode) -> list[str]:
    """Return the class names."""
    return (node.attributes.get("class") or "").split()


def alignment(node: LexborNode) -> str:
    """Return " intercom-align-…" when the node has such a class, else ""."""
    return next((f" {name}" for name in classes(node) if name in _ALIGNED), "")


def declarations(node: LexborNode) -> dict[str, str]:
    """Read a style attribute."""
    pairs = (part.partition(":") for part in (node.attributes.get("style") or "").split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if value.strip()}


def style(declarations: dict[str, str]) -> str:
    """Spell a style attribute."""
    return " ".join(f"{name}: {attribute(value)};" for name, value in declarations.items())


def scheme_of(address: str) -> str:
    """Return the scheme of an address, as browsers find it, or ""."""
    scheme, colon, _ = "".join(address.split()).lower().partition(":")
    return scheme if colon and scheme.isalpha() else ""


def host_of(address: str) -> str:
    """Return the host of an address, or "" when it names none that can be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def wrapped(pieces: Iterable[Piece], before: str, after: str) -> list[Piece]:
    """Put tags round each run of text; blocks among it are let out."""
    result: list[Piece] = []
    for is_text, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if not is_text:
            result.extend(group)
            continue
        text = "".join(str(piece) for piece in group)
        result.append(f"{before}{text}{after}" if text.strip() else text)
    return result


def line_break(node: LexborNode) -> str:
    """A zero-width space follows a break at the end of its line, and between two breaks."""
    following = node.next
    return "<br>\u200b" if following is None or following.tag == "br" else "<br>"


def button(pieces: Iterable[Piece], address: str, align: str) -> Block:
    """Return a link that looks like a button; it is a block of its own."""
    label = "".join(piece for piece in pieces if isinstance(piece, str)).strip(" ")
    link = f'<a class="intercom-h2b-button" target="_blank" href="{attribute(address)}">'
    return Block(f'<div class="intercom-container{align}">{link}{label}</a></div>')


def parts(node: LexborNode, tag: str) -> Iterator[LexborNode]:
    """Yield the children with that tag."""
    return (child for child in node.iter() if child.tag == tag)


def rows(table: LexborNode) -> Iterator[LexborNode]:
    """Yield the rows of a table."""
    for part in table.iter():
        if part.tag in ("thead", "tbody", "tfoot"):
            yield from parts(part, "tr")


def is_ragged(table: LexborNode) -> bool:
    """Say whether rows have unequally many cells; with cells that span others nobody can tell."""
    cells = [[cell for cell in row.iter() if cell.tag in ("td", "th")] for row in rows(table)]
    if any({"colspan", "rowspan"} & cell.attributes.keys() for row in cells for cell in row):
        return False
    return len({len(row) for row in cells}) > 1
