"""The top-level blocks of a body as text: each a stretch of the very HTML, nothing respelt.

For what has to be shown as it is, beside a line number or beside another version of it. A
scan, no parser: exact for what our emitter writes and for what a server serialized; of any
other HTML the stretches may be longer than a block, and together they are still all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.body import canonical
from publisher.body.vocabulary import names

_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*+)((?:\"[^\"]*+\"|'[^']*+'|[^\"'<>])*+)>")
_HEADING = re.compile(r"\s*<h([1-6])[\s>]")
_VOID = names("area br col embed hr img input link meta source track wbr")


def chunks(html: str) -> tuple[str, ...]:
    """Part a body into its top-level elements and the text between; joined, they are the body."""
    return tuple(filter(None, _parted(html)))


def _parted(html: str) -> Iterator[str]:
    start = depth = 0
    for tag in _TAG.finditer(html):
        if depth == 0 and html[start : tag.start()].strip():
            yield html[start : tag.start()]
            start = tag.start()
        closes, name = bool(tag[1]), tag[2].lower()
        if not closes and name not in _VOID and not tag[3].endswith("/"):
            depth += 1
        elif closes:
            depth = max(depth - 1, 0)
        if depth == 0:
            yield html[start : tag.end()]
            start = tag.end()
    yield html[start:]


def is_shown(chunk: str) -> bool:
    """Whether a reader sees anything of it: an empty paragraph is only a gap."""
    return bool(canonical.canonical(chunk))


def blocks(html: str) -> tuple[str, ...]:
    """The chunks that show anything, as `Translation.lines` counts them."""
    return tuple(chunk for chunk in chunks(html) if is_shown(chunk))


def level(chunk: str) -> int:
    """The level of a heading; 0 for anything else."""
    found = _HEADING.match(chunk)
    return int(found[1]) if found else 0
