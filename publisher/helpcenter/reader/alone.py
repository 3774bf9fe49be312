"""Make a page of this site stand by itself: in a folder, on any host, without a server.

Always on a parsed tree. What the server says in headers moves into the page, and icons move
from their file into the page, because browsers refuse a drawing of another file where there
is no server (`file://`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from publisher.helpcenter.reader import body
from publisher.helpcenter.reader.replies import PAGE_POLICY

ADDRESSES = ("href", "src", "action", "poster")
"""Attributes that hold one address."""
NOT_IN_A_PAGE = re.compile(r"\s*frame-ancestors [^;]*;?")
"""The one directive of ours that a browser does not take from a page, and complains about."""
SYMBOL = re.compile(r'<symbol id="([^"]+)"(.*?</symbol>)', re.DOTALL)
SYMBOL_STYLE = re.compile(r"symbol\s*\{([^}]*)\}")
CHARSET = re.compile(r'<meta charset="[^"]+">')
"""Has to stand within the first 1024 bytes of a page, so ours follow it."""
BODY_END = "</body>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """A page that needs no server, and the words that it is found by.

    text   of its body; None where it has none, being no article.
    trail  names of what it stands in, outermost first.
    """

    html: str
    title: str
    description: str
    text: str | None
    trail: tuple[str, ...]


def stand_alone(html: str, lead: Callable[[str], str], icons: Mapping[str, str]) -> Alone:
    """Return a page whose addresses are what `lead` says of them.

    lead   takes an address as the page spells it, such as "/en/articles/12-refunds#fees".
    icons  of `symbols`.
    """
    tree = LexborHTMLParser(html)
    drawn = _own_icons(tree, icons)
    for name in ADDRESSES:
        for node in tree.css(f"[{name}]"):
            node.attrs[name] = lead(node.attributes.get(name) or "")
    told = tree.css_first(".body")
    links = tree.css("nav.trail a")
    return Alone(
        html=_framed(tree.html or "", drawn),
        title=_words(tree.css_first("h1")),
        description=_words(tree.css_first("p.lead")),
        text=body.plain(told.inner_html or "") if told else None,
        trail=tuple(_words(link) for link in links[1:]),
    )


def symbols(svg: str) -> dict[str, str]:
    """Return the drawings of an icon file by name, each with the style that is for all of them."""
    found = SYMBOL_STYLE.search(svg)
    style = found[1].strip() if found else ""
    return {
        name: f'<symbol id="icon-{name}" style="{style}"{rest}'
        for name, rest in SYMBOL.findall(svg)
    }


def _own_icons(tree: LexborHTMLParser, icons: Mapping[str, str]) -> list[str]:
    """Let the page draw from itself; returns the drawings it needs."""
    drawn = set()
    for use in tree.css("use[href]"):
        name = (use.attributes.get("href") or "").partition("#")[2]
        if name in icons:
            use.attrs["href"] = f"#icon-{name}"
            drawn.add(name)
    return [icons[name] for name in sorted(drawn)]


def _framed(html: str, drawn: list[str]) -> str:
    policy = NOT_IN_A_PAGE.sub("", PAGE_POLICY).strip().rstrip(";")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    meta += '<meta name="referrer" content="same-origin"><meta name="robots" content="noindex">'
    html = CHARSET.sub(lambda found: found[0] + meta, html, count=1)
    if drawn:
        sprite = f'<svg style="display:none" aria-hidden="true">{"".join(drawn)}</svg>'
        before, end, after = html.rpartition(BODY_END)
        html = before + sprite + end + after
    return html + "\n"


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text().split()) if node else ""
