"""HTML → blocks: one HTML5 parse, one walk.

Serves an author's HTML (Markdown rendered, raw HTML between) and Intercom's alike. The
parser is the browsers' own algorithm, so `<details>` around Markdown, an unclosed `<b>` or
a `<td>` out of place mean here what they mean to a reader.

Text collects into the paragraph that is open. A block, wherever it stands (a list in bold,
an image in a link), ends that paragraph, and the marks that were open go on after it.
Our Markdown plants `data-line` attributes; between two of them the last one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from selectolax.lexbor import LexborHTMLParser, LexborNode

from publisher.body.attributes import (
    Attributes,
    alignment_of,
    classes_of,
    legible,
    size_of,
    span_of,
    style_of,
    url_of,
)
from publisher.body.flow import Flow, Page
from publisher.body.inline import has_text, tidy
from publisher.body.tree import (
    Blocks,
    Button,
    Callout,
    Cell,
    Code,
    Collapsible,
    Embed,
    Heading,
    Image,
    Listing,
    Mark,
    Opaque,
    Quote,
    Rule,
    Run,
    Runs,
    Section,
    Table,
)
from publisher.body.vocabulary import (
    ALIGNMENTS,
    BREAKS,
    CALLOUTS,
    KNOWN,
    MARKS,
    OPAQUE,
    SECTIONS,
    SILENT,
    declarations,
)

MAX_DEPTH = 64
"""Elements nested deeper are read as the text in them; keeps us off Python's stack limit."""

TOO_DEEP = "too-deep"
"""Tag of the mark on text that was nested too deep to read as blocks."""


def read(html: str, *, zero_width: bool = False, line: int = 0) -> Blocks:
    """Return the blocks of an HTML fragment; empty paragraphs are no blocks.

    zero_width  keep zero-width spaces: an author may mean them, Intercom sprinkles them.
    line        of what stands before the first `data-line`.
    """
    # Of a fragment's first node, selectolax takes the siblings for its content (1.0.2): it is
    # given a comment to be confused about.
    root = LexborHTMLParser("<!---->" + legible(html), is_fragment=True).root
    flow = Flow(Page(zero_width=zero_width, line=line))
    _siblings(root, flow)
    return flow.finished()


def _siblings(node: LexborNode | None, flow: Flow) -> None:
    while node is not None:
        tag = node.tag or "-"
        if tag == "-text":
            flow.add(node.text_content or "")
        elif tag[:1] not in "-!":
            _element(node, tag, flow)
        node = node.next


def _element(node: LexborNode, tag: str, flow: Flow) -> None:
    """Read an element into `flow`; of one that is nested too deep, only its text."""
    page, attributes = flow.page, node.attributes
    if attributes:
        _note_line(attributes, flow)
    if page.depth >= MAX_DEPTH:
        with flow.wearing(Mark(TOO_DEEP, line=page.line)):
            flow.add(node.text(deep=True))
        return
    page.depth += 1
    _understood(node, tag, attributes, flow)
    page.depth -= 1


def _understood(node: LexborNode, tag: str, attributes: Attributes, flow: Flow) -> None:
    line, read_one = flow.page.line, _READERS.get(tag)
    if read_one:
        read_one(node, attributes, flow)
    elif tag in SILENT:
        _inside(node, flow)
    elif tag in SECTIONS:
        flow.block(Section(tag=tag, blocks=_content(node, flow), line=line))
    elif tag in OPAQUE:
        flow.aside(Opaque(tag=tag, html=legible(node.html or ""), line=line))
    elif tag in KNOWN or node.child is not None:
        with flow.wearing(Mark(tag, line=line)):
            _inside(node, flow)
    else:  # `<token>` at the end of a line: nothing wears it, and yet somebody meant it
        flow.aside(Section(tag=tag, blocks=(), line=line))


def _note_line(attributes: Attributes, flow: Flow) -> None:
    planted = attributes.get("data-line")
    if planted and planted.isdigit():
        flow.page.line = int(planted[:9])


def _inside(node: LexborNode, flow: Flow) -> None:
    _siblings(node.child, flow)


def _content(node: LexborNode, flow: Flow) -> Blocks:
    """Read what a node holds as blocks of its own."""
    inner = flow.nested()
    _inside(node, inner)
    return inner.finished()


def _runs(node: LexborNode, flow: Flow) -> tuple[Runs, Blocks]:
    """Read a node that holds one line of text; what is no text comes second."""
    found: list[Run] = []
    others = []
    for block in _content(node, flow):
        runs = getattr(block, "runs", None)
        if runs:
            found += [Run(" "), *runs] if found else runs
        else:
            others.append(block)
    return tidy(found), tuple(others)


# --- text -------------------------------------------------------------------------------


def _mark(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    with flow.wearing(Mark(MARKS[node.tag or ""])):
        _inside(node, flow)


def _break(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    flow.end_line()


def _link(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line, href = flow.page.line, url_of(attributes, "href")
    if "intercom-h2b-button" in classes_of(attributes):
        label = " ".join(legible(node.text(deep=True)).split())
        flow.block(Button(href=href, label=label, align=flow.align, line=line))
        return
    if "href" not in attributes:
        _inside(node, flow)
        return
    with flow.wearing(Mark("a", href, line)):
        _inside(node, flow)


def _paragraph(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    with flow.paragraph(alignment_of(attributes)):
        _inside(node, flow)


def _heading(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line = flow.page.line
    runs, others = _runs(node, flow)
    heading = Heading(
        level=int((node.tag or "h1")[1]),
        runs=runs,
        id=attributes.get("id") or "",
        align=alignment_of(attributes) or flow.align,
        line=line,
    )
    flow.blocks_of_heading(heading, others)


def _code(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line, text = flow.page.line, _preformatted(node).replace("\r\n", "\n").replace("\r", "\n")
    text = flow.seen(text).rstrip("\n")
    if has_text((Run(text),)) and text.strip():
        flow.block(Code(text=text, line=line))
    else:
        flow.boundary()


def _preformatted(node: LexborNode) -> str:
    """Return text with its line breaks, `<br>` among them."""
    return "".join(
        "\n" if inner.tag == "br" else (inner.text_content or "") if inner.tag == "-text" else ""
        for inner in node.traverse(include_text=True)
    )


# --- blocks -----------------------------------------------------------------------------


def _image(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    flow.image(
        Image(
            src=url_of(attributes, "src"),
            alt=" ".join(legible(attributes.get("alt") or "").split()),
            href=flow.address(),
            align=alignment_of(attributes) or flow.align,
            width=size_of(attributes, "width"),
            height=size_of(attributes, "height"),
            title=(attributes.get("title") or "").strip(),
            line=flow.page.line,
        )
    )


def _embed(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line, src = flow.page.line, url_of(attributes, "src") or url_of(attributes, "data")
    if not src:
        sources = (url_of(inner.attributes, "src") for inner in node.css("source"))
        src = next(filter(None, sources), "")
    flow.block(Embed(src=src, tag=node.tag or "iframe", line=line))


def _rule(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    flow.block(Rule(line=flow.page.line))


def _opaque(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    """Read back what the canonical form carries as text."""
    flow.block(Opaque(tag="x-opaque", html=legible(node.text(deep=True)), line=flow.page.line))


def _quote(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line = flow.page.line
    flow.block(Quote(blocks=_content(node, flow), line=line))


def _division(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line, classes = flow.page.line, classes_of(attributes)
    if "intercom-interblocks-callout" in classes:
        style = declarations(attributes.get("style") or "")
        background, border = CALLOUTS["gray"]
        background = style.get("background-color", background)
        border = style.get("border-color", border)
        blocks = _content(node, flow)
        flow.block(Callout(background=background, border=border, blocks=blocks, line=line))
        return
    unknown = [name for name in classes if name.startswith("intercom-") and name not in _SIDES]
    if unknown and not _WRAPPERS.intersection(unknown):  # beside one, another is only new markup
        blocks = _content(node, flow)
        flow.block(Section(tag="div", name=unknown[0], blocks=blocks, line=line))
        return
    with flow.paragraph(alignment_of(attributes)):
        _inside(node, flow)


_SIDES = frozenset(f"intercom-align-{side}" for side in (*ALIGNMENTS, "left"))
_WRAPPERS = frozenset(
    {"intercom-container", "intercom-h2b-video", "intercom-interblocks-table-container"}
)


def _collapsible(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line, title = flow.page.line, Runs()
    inner = flow.nested()
    child = node.child
    others: Blocks = ()
    while child is not None:
        tag = child.tag or "-"
        if tag == "summary" and not title:
            title, others = _runs(child, flow)
        elif tag == "-text":
            inner.add(child.text_content or "")
        elif tag[:1] not in "-!":
            _element(child, tag, inner)
        child = child.next
    flow.block(Collapsible(title=title, blocks=(*others, *inner.finished()), line=line))


def _listing(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line, start = flow.page.line, 1
    with suppress(ValueError):
        start = int(attributes.get("start") or 1)
    items: list[Blocks] = []
    child = node.child
    while child is not None:
        tag = child.tag or "-"
        if tag == "li":
            _note_line(child.attributes, flow)
            items.append(_content(child, flow))
        elif (tag == "-text" and _shows(child)) or tag[:1] not in "-!":
            stray = _stray(child, tag, flow)
            items[-1:] = [(*items[-1], *stray)] if items else [stray] if stray else []
        child = child.next
    flow.block(Listing(ordered=node.tag == "ol", items=tuple(items), start=start, line=line))


def _shows(text: LexborNode) -> bool:
    """Whether it is more than the space between two items."""
    return bool((text.text_content or "").strip(" \t\n\r"))


def _stray(node: LexborNode, tag: str, flow: Flow) -> Blocks:
    """Read what stands in a list without an item; it belongs to the item before."""
    inner = flow.nested()
    if tag == "-text":
        inner.add(node.text_content or "")
    else:
        _element(node, tag, inner)
    return inner.finished()


def _table(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    line = flow.page.line
    caption = next((child for child in _children(node) if child.tag == "caption"), None)
    if caption is not None:
        with flow.paragraph(""):
            _inside(caption, flow)
    rows = [_row(row, flow) for row in _rows(node)]
    style = "; ".join(f"{name}: {value}" for name, value in style_of(attributes).items())
    flow.block(Table(rows=tuple(filter(None, rows)), style=style, line=line))


def _row(node: LexborNode, flow: Flow) -> tuple[Cell, ...]:
    _note_line(node.attributes, flow)
    return tuple(_cell(cell, flow) for cell in _children(node) if cell.tag in ("td", "th"))


def _rows(table: LexborNode) -> list[LexborNode]:
    rows = []
    for child in _children(table):
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows += [row for row in _children(child) if row.tag == "tr"]
    return rows


def _cell(node: LexborNode, flow: Flow) -> Cell:
    attributes: Attributes = node.attributes
    _note_line(attributes, flow)
    inner = flow.nested(alignment_of(attributes))
    _inside(node, inner)
    return Cell(
        blocks=inner.finished(),
        header=node.tag == "th",
        style="; ".join(
            f"{name}: {value}"
            for name, value in style_of(attributes).items()
            if name != "text-align"
        ),
        columns=span_of(attributes, "colspan"),
        rows=span_of(attributes, "rowspan"),
    )


def _checkbox(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    if (attributes.get("type") or "").lower() == "checkbox":
        with flow.wearing(Mark("input", line=flow.page.line)):
            flow.add("☑ " if "checked" in attributes else "☐ ")


def _nothing(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    """Void elements with nothing to see."""


def _apart(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    side = "center" if node.tag == "center" else ""
    with flow.paragraph(alignment_of(attributes) or side):
        _inside(node, flow)


def _term(node: LexborNode, attributes: Attributes, flow: Flow) -> None:
    with flow.paragraph(""), flow.wearing(Mark("b")):
        _inside(node, flow)


def _children(node: LexborNode) -> list[LexborNode]:
    children = []
    child = node.child
    while child is not None:
        children.append(child)
        child = child.next
    return children


_READERS: Mapping[str, Callable[[LexborNode, Attributes, Flow], None]] = {
    **dict.fromkeys(MARKS, _mark),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), _listing),
    **dict.fromkeys(("iframe", "video", "audio", "embed", "object"), _embed),
    **dict.fromkeys(("pre", "listing"), _code),
    **dict.fromkeys(
        ("area", "base", "link", "meta", "param", "source", "track", "col", "colgroup", "basefont"),
        _nothing,
    ),
    **dict.fromkeys(BREAKS, _apart),
    "a": _link,
    "blockquote": _quote,
    "br": _break,
    "details": _collapsible,
    "div": _division,
    "dt": _term,
    "hr": _rule,
    "img": _image,
    "input": _checkbox,
    "p": _paragraph,
    "table": _table,
    "x-opaque": _opaque,
}
