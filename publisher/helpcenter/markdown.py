"""`body_markdown` (from 2.16 on): kept bodies told as Markdown, and Markdown turned into a body.

GitHub's dialect with heading ids as `{#h_…}`, and rich blocks as directives closed by a
bare `:::`. The HTML stays the truth: Markdown is made from it at every read, and loses
what real answers lose (sizes and alignment of images).

Source: Preview's changelog (the dialect, "lossless"), Intercom's own vocabulary of
directives, one recorded answer (heading ids, hard breaks, the trailing line break).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

_DIRECTIVE = re.compile(r":::(\w+)(.*)")
_PAIR = re.compile(r'(\w+)="([^"]*)"')
_BETWEEN_BLOCKS = re.compile(
    r"\n+(?=</?(?:p|h\d|ul|ol|li|pre|table|thead|tbody|tr|th|td|blockquote|hr|div|details)\b)"
)
_HEADING = re.compile(r"<h(\d)>(.*?)\s*\{#(h_[0-9a-f]{10})\}</h\d>")
_SPECIAL = re.compile(r"([\\`*_\[\]|<])")
_PLAYERS = {
    "youtube": "https://www.youtube.com/embed/{}",
    "vimeo": "https://player.vimeo.com/video/{}",
    "loom": "https://www.loom.com/embed/{}",
}


def to_html(text: str) -> str:
    """Return HTML for `text`; directives we do not know keep what is inside them."""
    return _lines_to_html(iter(text.splitlines()))


def _lines_to_html(lines: Iterator[str]) -> str:
    """Consume lines up to the bare `:::` that closes the directive we are in."""
    parts: list[str] = []
    plain: list[str] = []
    for line in lines:
        if line.strip() == ":::":
            break
        opening = _DIRECTIVE.fullmatch(line.strip())
        if opening:
            parts += [_plain_to_html(plain), _directive(opening, _lines_to_html(lines))]
            plain = []
        else:
            plain.append(line)
    return "".join([*parts, _plain_to_html(plain)])


def _plain_to_html(lines: list[str]) -> str:
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render("\n".join(lines))
    html = _BETWEEN_BLOCKS.sub("", html).rstrip("\n")
    return _HEADING.sub(r'<h\1 id="\3">\2</h\1>', html)


def _directive(opening: re.Match[str], inside: str) -> str:
    given = dict(_PAIR.findall(opening[2]))
    value = {name: escape(text) for name, text in given.items()}
    if opening[1] == "callout":
        style = "; ".join(
            f"{css}: {value[name]}"
            for name, css in (
                ("backgroundColor", "background-color"),
                ("borderColor", "border-color"),
            )
            if name in value
        )
        return f'<div class="intercom-interblocks-callout" style="{style}">{inside}</div>'
    if opening[1] == "collapsible":
        title = value.get("title", "")
        return f"<details><summary><h2>{title}</h2></summary>{inside}</details>"
    if opening[1] == "button":
        link = f'<a class="intercom-h2b-button" href="{value.get("href", "")}">'
        return f'<div class="intercom-container">{link}{value.get("label", "")}</a></div>'
    if opening[1] == "video" and given.get("provider") in _PLAYERS:
        source = _PLAYERS[given["provider"]].format(value.get("id", ""))
        return f'<iframe src="{source}"></iframe>'
    return inside


def from_html(body: str) -> str:
    """Return a kept body as Markdown, ending in one line break; "" for an empty one."""
    root = LexborHTMLParser(f"<!doctype html><body>{body}").body
    text = "\n\n".join(_blocks(root)) if root is not None else ""
    return f"{text}\n" if text else ""


def _blocks(node: LexborNode) -> list[str]:
    told = (_block(child) for child in node.iter())
    return [text for text in told if text]


def _block(node: LexborNode) -> str:
    tag = str(node.tag)
    tell = _TELL.get(tag)
    if tell:
        return tell(node)
    if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
        id = node.attributes.get("id")
        return f"{'#' * int(tag[1])} {_inline(node)}" + (f" {{#{id}}}" if id else "")
    return _inline(node)


def _inline(node: LexborNode) -> str:
    return "".join(_piece(child) for child in node.iter(include_text=True)).strip()


def _piece(node: LexborNode) -> str:
    if node.is_text_node:
        return _SPECIAL.sub(r"\\\1", node.text(deep=False))
    tag = str(node.tag)
    if tag == "br":
        return "  \n"
    if tag == "img":
        return f"![{node.attributes.get('alt') or ''}]({node.attributes.get('src')})"
    if tag == "code":
        return f"`{node.text()}`"
    text = "".join(_piece(child) for child in node.iter(include_text=True))
    if tag == "a" and node.attributes.get("href"):
        return f"[{text}]({node.attributes['href']})"
    mark = {"b": "**", "i": "_"}.get(tag, "")
    bare = text.strip()
    return text.replace(bare, f"{mark}{bare}{mark}", 1) if mark and bare else text


def _list(node: LexborNode) -> str:
    lines = []
    for number, item in enumerate(node.iter(), start=1):
        mark = "- " if node.tag == "ul" else f"{number}. "
        text = "\n\n".join(_blocks(item)).replace("\n", "\n" + " " * len(mark))
        lines.append(mark + re.sub(r"[ ]+$", "", text, flags=re.MULTILINE))
    return "\n".join(lines)


def _fence(node: LexborNode) -> str:
    text = node.text().rstrip("\n")
    return f"```\n{text}\n```"


def _table(node: LexborNode) -> str:
    rows = [[" ".join(_blocks(cell)) for cell in row.iter()] for row in node.css("tr")]
    rows.insert(1, ["---"] * len(rows[0]))
    lines = ("| " + " | ".join(cells) + " |" for cells in rows)
    return "\n".join(line.replace("  \n", " ").replace("\n", " ") for line in lines)


def _division(node: LexborNode) -> str:
    names = (node.attributes.get("class") or "").split()
    button = node.css_first("a.intercom-h2b-button")
    frame = node.css_first("iframe")
    if "intercom-interblocks-callout" in names:
        return _callout(node)
    if "intercom-h2b-video" in names and frame is not None:
        return _video(frame.attributes.get("src") or "")
    if "intercom-container" in names and button is not None:
        return f':::button href="{button.attributes.get("href")}" label="{button.text()}"\n:::'
    if "intercom-container" in names:
        return _inline(node)
    return "\n\n".join(_blocks(node))


def _callout(node: LexborNode) -> str:
    style = dict(re.findall(r"([a-z-]+):\s*([^;]+)", node.attributes.get("style") or ""))
    background, border = style.get("background-color", ""), style.get("border-color", "")
    opening = f':::callout backgroundColor="{background}" borderColor="{border}"'
    return "\n".join([opening, "\n\n".join(_blocks(node)), ":::"])


def _video(source: str) -> str:
    for provider, pattern in _PLAYERS.items():
        start = pattern.format("")
        if source.startswith(start):
            return f':::video id="{source[len(start) :]}" provider="{provider}"\n:::'
    return source


def _details(node: LexborNode) -> str:
    summary = node.css_first("summary")
    title = summary.text() if summary is not None else ""
    content = node.css_first("div.collapsible-section-content")
    inside = "\n\n".join(_blocks(content)) if content is not None else ""
    return f':::collapsible title="{title}"\n{inside}\n:::'


_TELL: dict[str, Callable[[LexborNode], str]] = {
    "ul": _list,
    "ol": _list,
    "pre": _fence,
    "table": _table,
    "div": _division,
    "details": _details,
    "hr": lambda node: "---",
}
