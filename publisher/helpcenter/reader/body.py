"""Make a stored body fit to be shown on this site, without changing what it says.

Bodies are stored as Intercom would store them and are written for its public site. Here
they are shown somewhere else, so a few attributes are adapted, always on a parsed tree:

    links      own absolute addresses become paths, so that any port works; only links that
               leave the site open a new tab; those that lead nowhere are marked, and no links
    images     Intercom's CDN is reached through /cdn/
    videos     become a poster with the address below it, which is all there is to see without
               a network; opening the poster shows the player, of the hosts Intercom embeds
    headings   moved down below the page's own h1, without gaps, ids kept
    colours    an inline background is repeated as a custom property, from which the
               stylesheet mixes a readable one for dark mode

Bodies are untrusted. Scripts are stopped by the Content-Security-Policy, and elements that
would act on the whole page are not dropped but shown as the text they are, so that a
writer sees what Intercom would not keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from publisher.helpcenter.reader import videos

CDN = "https://downloads.intercomcdn.com/"
"""Where Intercom keeps images it has copied. Source: stored bodies of a public help center."""

NOWHERE = "https://nowhere.invalid/?"
"""Where a host lets links lead that lead nowhere; what the author wrote comes after it, quoted."""

ACTS_ON_THE_PAGE = "script, style, meta, base, link, object, embed, form, frame, frameset"
HEADINGS = "h1, h2, h3, h4, h5, h6"
SCROLLS = ".intercom-interblocks-table-container, pre, body > table"
TINTED = '[style*="background-color"]'

BREAK = "\x1e"  # a control character no text contains; a newline may stand inside a block
ON_THIS_MACHINE = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?:/|$)")
OWN_ON_ANY_PORT = re.compile(
    ON_THIS_MACHINE.pattern.removesuffix("(?:/|$)") + r"(/[A-Za-z-]+/(?:articles|collections)/.*)"
)
BLOCK_ENDS = re.compile(r"</(?:p|h[1-6]|li|td|th|tr|pre|summary|div|details)>|<br ?/?>|<hr ?/?>")
DECLARATION = re.compile(r"(?:^|;)\s*(background-color|border-color)\s*:\s*([^;]+)")
PROPERTIES = {"background-color": "--tint", "border-color": "--edge"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the table of contents; `depth` is 0 for the outermost heading."""

    id: str
    text: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body ready to stand inside an article page, and its table of contents."""

    html: str
    entries: tuple[Entry, ...]


def prepare(html: str, public_url: str) -> Body:
    """Return `html` as it is shown; `public_url` is the address of the site the links mean."""
    tree = _parse(html)
    if tree is None:
        return Body(html="", entries=())
    for node in tree.css(ACTS_ON_THE_PAGE):
        node.replace_with(node.html or "")
    for link in tree.css("a[href]"):
        if (link.attributes["href"] or "").startswith(NOWHERE):
            _mark(link)
        else:
            _link(link, public_url)
    for image in tree.css("img"):
        _image(image)
    for frame in tree.css("iframe"):
        poster = videos.poster(frame)
        frame.replace_with(_parsed(poster, ".video") if poster else frame.html or "")
    for node in tree.css(TINTED):
        _tint(node)
    for wide in tree.css(SCROLLS):
        wide.attrs["tabindex"] = "0"  # so that the keyboard can, too
    entries = tuple(_headings(tree))
    return Body(html=tree.inner_html or "", entries=entries)


def lines(html: str) -> str:
    """Return the words of a body, one line per block."""
    tree = _parse(BLOCK_ENDS.sub(rf"{BREAK}\g<0>", html))
    parts = tree.text().replace("\u200b", "").split(BREAK) if tree else []
    return "\n".join(line for part in parts if (line := " ".join(part.split())))


def plain(html: str) -> str:
    """Return the words of a body in one line, for search and excerpts."""
    return lines(html).replace("\n", " ")


def _parse(html: str) -> LexborNode | None:
    """Return the body element; the opening tag keeps a leading `<meta>` out of the head."""
    return LexborHTMLParser(f"<!doctype html><body>{html}").body


def _link(link: LexborNode, public_url: str) -> None:
    href = link.attributes.get("href") or ""
    own = _own_path(href, public_url)
    if own is not None:
        link.attrs["href"] = own
    if own is None and not href.startswith(("#", "/")):
        link.attrs["rel"] = "noopener noreferrer"
    elif "target" in link.attributes:
        del link.attrs["target"]


def _mark(link: LexborNode) -> None:
    """Put a mark in the place of a link that leads nowhere, with the words it had."""
    meant = unquote((link.attributes["href"] or "").removeprefix(NOWHERE))
    inside = "".join(child.html or "" for child in link.iter(include_text=True))
    mark = (
        f'<span class="nowhere" title="{escape(meant)} leads nowhere">{inside}'
        '<span class="unseen" lang="en"> (broken link)</span></span>'
    )
    link.replace_with(_parsed(mark, ".nowhere"))


def _own_path(href: str, public_url: str) -> str | None:
    """The path of a link to this very site, or None.

    A help center on this machine may be served on another port today than when the link was
    stored, so there every article's and collection's address on loopback counts as its own.
    """
    if ON_THIS_MACHINE.match(public_url) and (moved := OWN_ON_ANY_PORT.match(href)):
        return moved[1]
    base = public_url.rstrip("/")
    rest = href.removeprefix(base)
    if not base or rest == href or rest[:1] not in ("", "/", "?", "#"):
        return None
    return rest if rest.startswith("/") else f"/{rest}"


def _image(image: LexborNode) -> None:
    src = image.attributes.get("src") or ""
    if src.startswith(CDN):
        # The query is a signature that expires; the path has to arrive just as it is spelt.
        image.attrs["src"] = "/cdn" + urlsplit(src).path.replace("%", "%25")
    image.attrs["loading"] = "lazy"
    if image.attributes.get("alt") is None:
        image.attrs["alt"] = ""


def _tint(node: LexborNode) -> None:
    style = node.attributes.get("style") or ""
    found = DECLARATION.findall(style)
    extra = [f"{PROPERTIES[name]}: {value.strip()};" for name, value in found]
    node.attrs["style"] = " ".join([style.rstrip().rstrip(";") + ";", *extra])


def _headings(tree: LexborNode) -> Iterator[Entry]:
    """Move the headings below the page's h1 and yield those that have an address.

    A heading may be at most one deeper than the one before it: a screen reader's outline
    has no holes, whatever levels the writer or Intercom chose.
    """
    headings = tree.css(HEADINGS)
    chosen = sorted({int((node.tag or "h1")[1]) for node in headings})
    before = 1
    for node in headings:
        wanted = 2 + chosen.index(int((node.tag or "h1")[1]))
        level = min(wanted, before + 1, 6)
        before = level
        id_, text = node.attributes.get("id"), " ".join(node.text().split())
        inside = node.parent is not None and node.parent.tag == "summary"
        if id_ and text and not inside:
            yield Entry(id=id_, text=text, depth=level - 2)
        _rename(node, f"h{level}")


def _rename(node: LexborNode, tag: str) -> None:
    """Give an element another name; the parser's tree can only replace it."""
    if node.tag == tag:
        return
    html = node.html or ""
    opening = re.sub(r"^<h[1-6]", f"<{tag}", html)
    node.replace_with(_parsed(re.sub(r"</h[1-6]>$", f"</{tag}>", opening), tag))


def _parsed(html: str, selector: str) -> LexborNode:
    """Return the element that `html` is; `selector` finds it."""
    node = LexborHTMLParser(html).css_first(selector)
    assert node is not None
    return node
