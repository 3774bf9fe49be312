"""What Intercom does to the HTML of a body when it is written.

A body never comes back as it was sent. It is parsed the HTML5 way and told again in the
few forms Intercom's editor knows; what it has no form for loses its tags and keeps its
text; a handful of things make it refuse the whole request. `QUIRKS` flip what the sources
leave open. One walk over the tree, so the time is linear in the length.

Text after other blocks is followed by an empty paragraph, every empty paragraph by a line
break; headings gain ids, links attributes, images a signature: whoever compares what they
sent with what they read will see differences, as with the real one.

Source: 128 real bodies, three notes of what a save changes, Intercom's guide "supported
HTML"; where guide and bodies disagree, the bodies win unless a quirk says otherwise.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby

from selectolax.lexbor import LexborHTMLParser, LexborNode

from publisher.helpcenter.answers import invalid
from publisher.helpcenter.blocks import (
    GAP,
    HEADINGS,
    MAX_DEPTH,
    Block,
    Piece,
    Where,
    alignment,
    attribute,
    button,
    children,
    classes,
    declarations,
    escape,
    host_of,
    is_ragged,
    joined,
    line_break,
    parts,
    rows,
    scheme_of,
    settled,
    style,
    wrapped,
)

HEADING_ID = re.compile(r"h_[0-9a-f]{10}")
_INLINE = {"b": "b", "strong": "b", "i": "i", "em": "i", "code": "code"}
_REMOVED_NAMES = (
    "script style form input textarea select template noscript head title meta link object "
    "embed svg math canvas colgroup"
)
_REMOVED = frozenset(_REMOVED_NAMES.split())
_TRANSPARENT_NAMES = (
    "div section article aside header footer main nav blockquote figure figcaption center "
    "address fieldset hgroup li dt dd caption summary thead tbody tfoot tr td th"
)
_TRANSPARENT = frozenset(_TRANSPARENT_NAMES.split())
_SPACE = re.compile(r"[ \t\n\r\f]+")
_PLAYERS = ("youtube.com", "youtube-nocookie.com", "wistia.com", "wistia.net", "vimeo.com",
            "loom.com", "vidyard.com", "streamio.com")  # fmt: skip
_PLAYER = (
    ' frameborder="0" webkitallowfullscreen mozallowfullscreen allowfullscreen '
    'allow="autoplay; fullscreen; picture-in-picture; encrypted-media"'
)
_NESTING = re.compile(
    r"<(/)?(?!(?:p|li|td|th|tr|dt|dd|br|hr|img|input|source|col|wbr|tbody|option)[\s/>])[a-zA-Z]"
)
_GRAY = {"background-color": "#e8e8e880", "border-color": "#73737633"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How to tidy one body.

    seed    makes the ids of its new headings; new for every write, as Intercom's are.
    host    fetches an image and returns its new address.
    known   heading ids the body had before this write.
    """

    seed: str
    host: Callable[[str], str]
    known: frozenset[str] = frozenset()
    quirks: frozenset[str] = frozenset()


def tidy(html: str, habits: Habits) -> str:
    """Return what is kept of `html`; raises Refusal (400) for what fails the whole request."""
    _refuse_depth(html)
    tree = LexborHTMLParser(f"<!doctype html><body>{html}")
    if tree.body is None:
        return ""
    blocks = list(settled(Tidier(habits, _top_level(tree)).flow(tree.body, Where())))
    if len(blocks) > 1 and blocks[-1].html.startswith("<p ") and not blocks[-1].gap:
        blocks.append(GAP)
    return "".join(block.html for block in blocks)


def _refuse_depth(html: str) -> None:
    """Stop before the parser, whose time grows with the square of the depth."""
    depth = 0
    for tag in _NESTING.finditer(html):
        depth += -1 if tag[1] else 1
        if depth > 10 * MAX_DEPTH:
            raise invalid("body is nested too deeply", "body")


def heading_ids(body: str) -> frozenset[str]:
    """Return the ids of the headings in a kept body."""
    return frozenset(re.findall(r'<h[1-6] id="(h_[0-9a-f]{10})"', body))


def _top_level(tree: LexborHTMLParser) -> int:
    within = {node.mem_id for node in tree.css(", ".join(f"summary {tag}" for tag in HEADINGS))}
    found = (node for node in tree.css(", ".join(HEADINGS)) if node.mem_id not in within)
    return min((int(str(node.tag)[1]) for node in found), default=1)


@dataclass(slots=True)
class Tidier:
    """One walk over one body."""

    habits: Habits
    top: int
    _ids: set[str] = field(default_factory=set)
    _headings: int = 0

    def flow(self, node: LexborNode, where: Where) -> list[Block]:
        """Return the children of `node` as blocks; loose text becomes paragraphs.

        White space between two blocks becomes an empty paragraph, as does white space
        after the last; before the first it is nothing.
        """
        where = where.deeper()
        blocks: list[Block] = []
        run: list[Piece] = []
        for child in children(node):
            if child.is_comment_node:
                continue
            if self._is_block(child):
                blocks += self._loose(run, bool(blocks))
                run = []
                blocks += self.block(child, where)
            else:
                run += self.inline(child, where)
        return blocks + self._loose(run, bool(blocks))

    def _is_block(self, node: LexborNode) -> bool:
        return node.tag in _TRANSPARENT or node.tag in _BLOCKS

    def _loose(self, run: list[Piece], after_a_block: bool) -> list[Block]:
        if not run:
            return []
        if all(isinstance(piece, str) and not piece.strip(" ") for piece in run):
            return [GAP] if after_a_block and any(run) else []
        return self._paragraphs(run, "")

    def _paragraphs(self, pieces: list[Piece], align: str) -> list[Block]:
        blocks: list[Block] = []
        for is_text, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
            if not is_text:
                blocks.extend(piece for piece in group if isinstance(piece, Block))
                continue
            text = "".join(str(piece) for piece in group).strip(" ")
            if text:
                blocks.append(Block(f'<p class="{align}no-margin">{text}</p>'))
        return blocks or [GAP]

    def block(self, node: LexborNode, where: Where) -> list[Block]:
        """Return one block element in its kept form, or in several."""
        tell = _BLOCKS.get(str(node.tag))
        return tell(self, node, where) if tell else self.flow(node, where)

    def inline(self, node: LexborNode, where: Where) -> list[Piece]:
        """Return text and inline elements; images and blocks come out as Blocks."""
        if node.is_text_node:
            return [escape(_SPACE.sub(" ", node.text(deep=False)))]
        tag = str(node.tag)
        if node.is_comment_node or tag in _REMOVED:
            return []
        if tag == "br":
            return [line_break(node)]
        if tag == "img":
            return [self._image(node, where)]
        if self._is_block(node):
            return list(self.block(node, where.deeper()))
        if tag == "a":
            return self._link(node, where)
        pieces = self._within(node, where)
        kept = _INLINE.get(tag)
        return wrapped(pieces, f"<{kept}>", f"</{kept}>") if kept else pieces

    def _within(self, node: LexborNode, where: Where) -> list[Piece]:
        where = where.deeper()
        return [piece for child in children(node) for piece in self.inline(child, where)]

    def _link(self, node: LexborNode, where: Where) -> list[Piece]:
        address = (node.attributes.get("href") or "").strip()
        if scheme_of(address) in ("javascript", "vbscript", "data"):
            address = ""
        href = f'href="{attribute(address)}" ' if address else ""
        pieces = self._within(node, where._replace(link=address))
        if "intercom-h2b-button" in classes(node):
            return [button(pieces, address, where.align)]
        return wrapped(pieces, f'<a {href}target="_blank" class="intercom-content-link">', "</a>")

    def _image(self, node: LexborNode, where: Where) -> Block:
        given = node.attributes
        source = given.get("src") or ""
        if not host_of(source):
            raise invalid(f"Image source must be an absolute URL: {source[:80]}", "body")
        image = f'<img src="{attribute(self.habits.host(source))}"'
        if given.get("alt"):
            image += f' alt="{attribute(str(given["alt"]))}"'
        image += ">"  # neither size nor title: they are the server's own, if any
        if where.link:
            image = f'<a target="_blank" href="{attribute(where.link)}">{image}</a>'
        return Block(f'<div class="intercom-container{where.align}">{image}</div>')

    def _paragraph(self, node: LexborNode, where: Where) -> list[Block]:
        align = alignment(node).strip()
        return self._paragraphs(self._within(node, where), f"{align} " if align else "")

    def _heading(self, node: LexborNode, where: Where) -> list[Block]:
        pieces = self._within(node, where)
        out = [piece for piece in pieces if isinstance(piece, Block)]
        text = "".join(piece for piece in pieces if isinstance(piece, str)).strip(" ")
        if not text:
            return out or [GAP]
        lowest = 2 if "h3-flattened" in self.habits.quirks else 3
        level = min(int(str(node.tag)[1]) - self.top + 1, lowest)
        align = alignment(node).strip()
        styled = f' class="{align}"' if align else ""
        id = self._heading_id(node, text)
        return [Block(f'<h{max(level, 1)} id="{id}"{styled}>{text}</h{max(level, 1)}>'), *out]

    def _heading_id(self, node: LexborNode, text: str) -> str:
        given = node.attributes.get("id") or ""
        replaced = "heading-ids-replaced" in self.habits.quirks and given not in self.habits.known
        if not HEADING_ID.fullmatch(given) or given in self._ids or replaced:
            given = ""
        while not given or given in self._ids:
            self._headings += 1
            given = "h_" + _hex(f"{self.habits.seed} {self._headings} {text}")
        self._ids.add(given)
        return given

    def _list(self, node: LexborNode, where: Where) -> list[Block]:
        if where.in_list and "nested-lists-refused" in self.habits.quirks:
            raise invalid("Lists cannot be nested", "body")
        inside = where.deeper()._replace(in_list=True, align="", link=None)
        items: list[str] = []
        for child in children(node):
            if child.is_comment_node or (child.is_text_node and not child.text().strip()):
                continue
            self._item(child, inside, items)
        if not any(item != GAP.html for item in items):
            raise invalid("Lists must have at least one item that is not empty", "body")
        if where.in_list and "nested-lists-flattened" in self.habits.quirks:
            return [Block("", items=tuple(items))]
        content = "".join(f"<li>{item}</li>" for item in items)
        return [Block(f"<{node.tag}>{content}</{node.tag}>")]

    def _item(self, node: LexborNode, where: Where, items: list[str]) -> None:
        """Add an item; a list that stands directly in a list belongs to the item before it."""
        if node.tag == "li":
            blocks = self.flow(node, where)
        elif self._is_block(node):
            blocks = self.block(node, where)
        else:
            blocks = self._paragraphs(self.inline(node, where), "")
        own = joined(block for block in blocks if not block.items)
        if node.tag in ("ul", "ol") and items:
            items[-1] += own
        elif own or node.tag == "li":
            items.append(own or GAP.html)
        items.extend(item for block in blocks for item in block.items)

    def _code(self, node: LexborNode, where: Where) -> list[Block]:
        text = self._verbatim(node, where)
        if "code-newlines-lost" in self.habits.quirks:
            text = text.replace("\n", "")
        return [Block(f"<pre><code>{text}</code></pre>")]

    def _verbatim(self, node: LexborNode, where: Where) -> str:
        where = where.deeper()
        text = ""
        for child in children(node):
            if child.is_text_node:
                text += escape(child.text(deep=False))
            elif child.tag == "br":
                text += "<br>"
            elif not child.is_comment_node and child.tag not in _REMOVED:
                text += self._verbatim(child, where)
        return text

    def _table(self, node: LexborNode, where: Where) -> list[Block]:
        if where.in_table or where.in_list:
            raise invalid("Tables cannot be placed in a table or a list item", "body")
        inside = where.deeper()._replace(in_table=True, align="", link=None)
        before = [block for part in parts(node, "caption") for block in self.flow(part, where)]
        cells = "".join(f"<tr>{self._cells(row, inside)}</tr>" for row in rows(node))
        if "<td" not in cells:
            raise invalid("Tables must have at least one row and one cell", "body")
        if is_ragged(node):
            raise invalid("Rows of a table must have equally many cells", "body")
        styled = _style_attribute(node, where)
        table = f'<table role="presentation"{styled}><tbody>{cells}</tbody></table>'
        boxed = f'<div class="intercom-interblocks-table-container">{table}</div>'
        return [*before, Block(boxed)]

    def _cells(self, row: LexborNode, where: Where) -> str:
        cells = []
        for cell in row.iter():
            if cell.tag in ("td", "th"):
                styled = _style_attribute(cell, where)
                cells.append(f"<td{styled}>{joined(self.flow(cell, where) or [GAP])}</td>")
        return "".join(cells)

    def _division(self, node: LexborNode, where: Where) -> list[Block]:
        names = classes(node)
        if "intercom-interblocks-callout" in names:
            return self._callout(node, where)
        if "intercom-interblocks-table-container" in names:
            return self.flow(node, where._replace(boxed_table=True))
        if "intercom-container" in names:
            return self.flow(node, where._replace(align=alignment(node)))
        return self.flow(node, where)

    def _callout(self, node: LexborNode, where: Where) -> list[Block]:
        blocks = self.flow(node, where)
        if "divs-to-paragraphs" in self.habits.quirks:
            return blocks
        colours = {name: declarations(node).get(name, gray) for name, gray in _GRAY.items()}
        opening = f'<div class="intercom-interblocks-callout" style="{style(colours)}">'
        return [Block(f"{opening}{joined(blocks or [GAP])}</div>")]

    def _details(self, node: LexborNode, where: Where) -> list[Block]:
        summary = next(parts(node, "summary"), None)
        if summary is not None and "details-unwrapped" not in self.habits.quirks:
            title = self._summary(summary, where)
            summary.decompose()
            content = joined(self.flow(_collapsed(node), where) or [GAP])
            inside = f'<div class="collapsible-section-content">{content}</div>'
            return [Block(f"<details><summary>{title}</summary>{inside}</details>")]
        return self.flow(node, where)

    def _summary(self, node: LexborNode, where: Where) -> str:
        """A summary is always a heading, has no id, and keeps its level."""
        tag = next((str(child.tag) for child in node.iter() if child.tag in HEADINGS), "h2")
        holder = next((child for child in node.iter() if child.tag in HEADINGS), node)
        pieces = self._within(holder, where)
        text = "".join(piece for piece in pieces if isinstance(piece, str)).strip(" ")
        return f"<{tag}>{text}</{tag}>"

    def _frame(self, node: LexborNode, where: Where) -> list[Block]:
        address = (node.attributes.get("src") or "").strip()
        host = host_of(address)
        if not any(host == name or host.endswith(f".{name}") for name in _PLAYERS):
            raise invalid(f"iframe source is not supported: {address[:200]}", "body")
        frame = f'<iframe src="{attribute(address)}"{_PLAYER}></iframe>'
        return [Block(f'<div class="intercom-h2b-video">{frame}</div>')]

    def _rule(self, node: LexborNode, where: Where) -> list[Block]:
        return [Block("<hr>")]

    def _refused(self, node: LexborNode, where: Where) -> list[Block]:
        raise invalid(f"<{node.tag}> is not supported", "body")


_BLOCKS: dict[str, Callable[[Tidier, LexborNode, Where], list[Block]]] = {
    **dict.fromkeys(HEADINGS, Tidier._heading),
    "p": Tidier._paragraph,
    "ul": Tidier._list,
    "ol": Tidier._list,
    "pre": Tidier._code,
    "table": Tidier._table,
    "div": Tidier._division,
    "details": Tidier._details,
    "iframe": Tidier._frame,
    "hr": Tidier._rule,
    "dl": Tidier._refused,
}


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _style_attribute(node: LexborNode, where: Where) -> str:
    """Styles of a table and its cells survive only where it stood in its container."""
    declared = style(declarations(node)) if where.boxed_table else ""
    return f' style="{declared}"' if declared else ""


def _collapsed(node: LexborNode) -> LexborNode:
    """Return what holds the content of a collapsible part: its box, when all is inside."""
    inside = [child for child in children(node) if not child.is_empty_text_node]
    boxed = len(inside) == 1 and "collapsible-section-content" in classes(inside[0])
    return inside[0] if boxed else node
