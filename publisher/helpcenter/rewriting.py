"""How a new release of Intercom's server may spell bodies that nobody touched.

Intercom reserves the right to add markup to what it shows, in any version, and has done so:
all images gained a size between two readings, with `updated_at` as it was. What else it may
do is unknown, so here is everything that a reader would not notice. Whoever compares bodies
has to see through each of these, and through all at once.

Source: real bodies read in April and July; Intercom, "unversioned changes".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from publisher.helpcenter.images import with_sizes

Rewrite = Callable[[str], str]

_TAG = re.compile(r"(<[^<>]*>)")
_OPENING = re.compile(r'<(?!img)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"]*")?)+)>')
_ATTRIBUTE = re.compile(r' [a-z-]+(?:="[^"]*")?')
_WRAPPER = re.compile(r"<(div|table|details|ul|ol|li|td)(?=[ >])(?![^<>]* data-release=)")
_CONTAINER = re.compile(r"intercom-container(?! intercom-box)(?=[^<>]*>)")
_LINK = re.compile(r"<a(?= )(?![^<>]* rel=)")
_COLOUR = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?\b", re.IGNORECASE)
_STYLE = re.compile(r'(<[^<>]* style=")([^"]*)(")')
_BLOCK_END = re.compile(r"(</(?:p|ul|ol|details)>|<hr>|</h[1-6]>(?!</summary>))")
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_SUMMARY = re.compile(r"(<summary.*?</summary>)", re.DOTALL)
_SPELLINGS = {'"': "&quot;", "'": "&#39;", "\u00a0": "&nbsp;", "é": "&eacute;", "–": "&#8211;"}
_GAP = '<p class="no-margin"></p>\n'
_GAPS = re.compile(r"<p[^<>]*></p>\n?")


def rewrite(kind: str) -> Rewrite:
    """Return one change of `REWRITES`, or all of them ("everything"); KeyError for others."""
    if kind != "everything":
        return REWRITES[kind]
    return lambda body: functools.reduce(lambda told, change: change(told), _ALL, body)


def _paragraphs(body: str) -> str:
    return body.replace('<p class="no-margin">', '<p class="intercom-align-left no-margin">')


def _wrappers(body: str) -> str:
    """Containers say more of themselves."""
    body = _CONTAINER.sub("intercom-container intercom-box", body)
    return _WRAPPER.sub(r'<\1 data-release="2"', body)


def _attributes(body: str) -> str:
    """Attributes come in another order."""

    def turned(tag: re.Match[str]) -> str:
        return f"<{tag[1]}{''.join(reversed(_ATTRIBUTE.findall(tag[2])))}>"

    return _OPENING.sub(turned, body)


def _links(body: str) -> str:
    return _LINK.sub('<a rel="nofollow noopener noreferrer"', body)


def _marks(body: str) -> str:
    for old, new in (("b", "strong"), ("i", "em")):
        body = body.replace(f"<{old}>", f"<{new}>").replace(f"</{old}>", f"</{new}>")
    return body


def _entities(body: str) -> str:
    """Characters in text become entities, as a stricter serializer would have them."""
    pieces = _TAG.split(body)
    pieces[::2] = ["".join(_SPELLINGS.get(sign, sign) for sign in text) for text in pieces[::2]]
    return "".join(pieces)


def _zero_width(body: str) -> str:
    """Every line break is followed by what keeps an editor's cursor on its line."""
    return body.replace("<br>\u200b", "<br>").replace("<br>", "<br>\u200b")


def _spacers(body: str) -> str:
    """The blank lines that the editor draws are written down."""
    return _BLOCK_END.sub(rf"\1{_GAP}", _GAPS.sub("", body))


def _colours(body: str) -> str:
    """Colours are told in numbers, declarations in another order."""

    def respelt(style: re.Match[str]) -> str:
        told = _COLOUR.sub(_in_numbers, style[2])
        parts = [part.strip() for part in told.split(";") if part.strip()]
        return f"{style[1]}{';'.join(reversed(parts))}{style[3]}"

    return _STYLE.sub(respelt, body)


def _in_numbers(colour: re.Match[str]) -> str:
    channels = ", ".join(str(int(part, 16)) for part in colour.groups()[:3])
    if colour[4] is None:
        return f"rgb({channels})"
    return f"rgba({channels}, {int(colour[4], 16) / 255:.3f})"


def _headings(body: str) -> str:
    """Headings rise until the shallowest is the first; the titles of collapsibles stay."""
    parts = _SUMMARY.split(body)
    levels = [int(tag[2]) for part in parts[::2] for tag in _HEADING.finditer(part)]
    rise = min(levels, default=1) - 1
    parts[::2] = [
        _HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) - rise}", part) for part in parts[::2]
    ]
    return "".join(parts)


REWRITES: Mapping[str, Rewrite] = MappingProxyType(
    {
        "image-sizes": with_sizes,
        "paragraphs": _paragraphs,
        "wrappers": _wrappers,
        "links": _links,
        "marks": _marks,
        "entities": _entities,
        "zero-width": _zero_width,
        "spacers": _spacers,
        "colours": _colours,
        "headings": _headings,
        "attributes": _attributes,
    }
)
"""Every change by its name. "image-sizes" was seen; the others are of the kind announced."""
_ALL = tuple(REWRITES.values())
