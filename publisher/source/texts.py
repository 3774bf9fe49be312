"""Rules over one text as its author wrote it. Pure; lines are those of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.body import tree
from publisher.body.tree import Blocks, Heading, Image
from publisher.model import ContentRules
from publisher.source.meta import Meta
from publisher.source.rules import Finding, option

_DECORATION = re.compile(r"""<img\b[^<>]*\salt\s*=\s*(""|'')""", re.IGNORECASE)
_TAG_LINES = 6
"""Lines that an `<img>` hardly has more of."""


def lint_blocks(path: str, blocks: Blocks, body: str, first_line: int) -> Iterator[Finding]:
    """Yield what is wrong with the blocks that a body holds; `first_line`: where it begins."""
    above = 0
    for block in tree.walk(blocks):
        if isinstance(block, Heading):
            if above and block.level > above + 1:
                yield _jump(path, block, above)
            above = block.level
        elif isinstance(block, Image) and not block.alt and block.src[:5].lower() != "data:":
            yield from _without_alt(path, block, body, first_line)


def _jump(path: str, heading: Heading, above: int) -> Finding:
    what = f"After a heading of level {above} comes one of level {heading.level}."
    advice = f"Write `{'#' * (above + 1)}`, or put a heading of that level between them."
    return Finding("heading-jump", path, what, advice, heading.line)


def _is_decoration(body: str, line: int) -> bool:
    """Whether the author says, with `alt=""`, that there is nothing to tell of an image."""
    return bool(_DECORATION.search("\n".join(body.split("\n")[line : line + _TAG_LINES])))


def _without_alt(path: str, image: Image, body: str, first_line: int) -> Iterator[Finding]:
    if _is_decoration(body, image.line - first_line):
        return
    name = image.src.partition("?")[0].rstrip("/").rpartition("/")[2][:60]
    what = f"The image {name} has no text for those who cannot see it."
    advice = "Say between the brackets of `![…](…)` what it shows."
    yield Finding("image-alt", path, what, advice, image.line)


def long_description(path: str, meta: Meta, rules: ContentRules) -> Iterator[Finding]:
    """Descriptions that are cut off where they are shown."""
    longest = option(rules, "description-long", "max")
    if len(meta.description) > longest:
        what = f"The description has {len(meta.description)} characters; {longest} are plenty."
        line = meta.lines.get("description", 1)
        yield Finding("description-long", path, what, "Say it in one sentence.", line)
