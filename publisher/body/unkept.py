"""What an author's HTML says that no block of ours carries on: hover texts, styles, captions.

The reader passes over all this, because a reader of the article misses no words by it. Its
author may still wonder where it went. Intercom's own HTML says none of it; styles of tables,
cells and callouts are kept.
Source: reference "How Intercom really treats article bodies", §1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from publisher.body import vocabulary
from publisher.body.attributes import Attributes, classes_of, style_of
from publisher.body.findings import Findings

_WORTH_A_LOOK = re.compile(
    r"<(?:fig)?caption\b|<[a-z][^<>]*\s(?:title|style|type|reversed|value)\b", re.IGNORECASE
)
_TOLD_ELSEWHERE = vocabulary.names("img iframe video audio embed object table input")
_CELLS = ("td", "th")


def tell(html: str, findings: Findings, line: int) -> None:
    """Warn of what is in Markdown's HTML and gets lost; `line` is that of its beginning."""
    if not _WORTH_A_LOOK.search(html):
        return
    for node in _elements(LexborHTMLParser("<!---->" + html, is_fragment=True).root):
        attributes = node.attributes
        planted = attributes.get("data-line") or ""
        line = int(planted[:9]) if planted.isdigit() else line
        _tell_of(node, attributes, findings, line)


def _elements(root: LexborNode | None) -> Iterator[LexborNode]:
    """Go through all elements in order, but not into what is left out as a whole."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        waiting.append(node.next)
        if (node.tag or "-")[:1] in "-!":
            continue
        yield node
        if node.tag not in vocabulary.OPAQUE:
            waiting.append(node.child)


def _tell_of(node: LexborNode, attributes: Attributes, findings: Findings, line: int) -> None:
    tag = node.tag or ""
    if tag in ("caption", "figcaption"):
        what = "Intercom has no captions; they become paragraphs of their own."
        findings.once("caption", "", line, what)
    if tag in _TOLD_ELSEWHERE or not attributes:
        return
    if (attributes.get("title") or "").strip():
        of = "a link" if tag == "a" else f"<{tag}>"
        what = f"Intercom drops the title of {of}, which shows under the pointer."
        findings.once("hover-text", of, line, what, "Say it in the text.")
    if _is_numbered_otherwise(node, attributes):
        what = "Intercom numbers every list 1, 2, 3; other numbers and letters are dropped."
        findings.once("list-start", "", line, what, "Write them into the text, without a list.")
    for name in _lost_styles(tag, attributes):
        what = f"Intercom drops the style {name!r}; the text stays."
        findings.once("style-dropped", name, line, what, "Use bold, italics or a callout.")


def _is_numbered_otherwise(node: LexborNode, attributes: Attributes) -> bool:
    if node.tag == "ol":
        return "reversed" in attributes or attributes.get("type") not in (None, "", "1")
    above = node.parent
    return node.tag == "li" and "value" in attributes and above is not None and above.tag == "ol"


def _lost_styles(tag: str, attributes: Attributes) -> Iterator[str]:
    if any(name.startswith("intercom-") for name in classes_of(attributes)):
        return
    kept = vocabulary.CELL_STYLES if tag in _CELLS else frozenset[str]()
    yield from (name for name in style_of(attributes) if name not in kept | {"text-align"})
