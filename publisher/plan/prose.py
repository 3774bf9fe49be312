"""What changes in a body, as a diff of its prose: never of its HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff

from publisher.body.to_markdown import to_markdown

CONTEXT = 2
IMAGE_DIGEST = re.compile(r"\.[0-9a-f]{8}(\.(?:png|jpe?g|gif|svg|webp))")


def body_diff(before: str, after: str) -> Iterator[str]:
    """Yield a diff's lines, which begin with "+", "-" or a blank; none when the prose is equal."""
    rows = list(unified_diff(_prose(before), _prose(after), n=CONTEXT, lineterm=""))[3:]
    for row in rows:  # the first three name files and place, which says nothing here
        yield "    …" if row.startswith("@@") else f"{row[0]} {row[1:]}".rstrip()


def _prose(html: str) -> list[str]:
    return IMAGE_DIGEST.sub(r"\1", to_markdown(html)).splitlines()
