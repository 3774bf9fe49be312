"""Find the marks that Git leaves in a file when two branches changed the same lines. Pure.

Source: git-merge(1), "How conflicts are presented": seven `<`, `=` or `>` at the beginning of
a line; the first and the last are followed by a space and the name of a side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.source.rules import Finding

_IN_LIST = r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"
_FENCE = re.compile(rf"[ \t>]*{_IN_LIST}(`{{3,}}(?=[^`]*\Z)|~{{3,}})(.*)")
_OPENS, _PARTS, _CLOSES = "<<<<<<< ", "=======", ">>>>>>> "


def findings(path: str, text: str) -> tuple[Finding, ...]:
    """Return one finding for each unfinished merge; what a code block shows is none.

    text  the whole file, with `\\n` as its only line end.
    """
    if _OPENS not in text and _CLOSES not in text:
        return ()
    what = "A merge of two branches was not finished here."
    advice = f"Keep what is right, and take out the lines of `{_OPENS[:-1]}`, `{_PARTS}` and "
    advice += f"`{_CLOSES[:-1]}`."
    return tuple(Finding("merge-conflict", path, what, advice, line) for line in _begun(text))


def _begun(text: str) -> Iterator[int]:
    """Yield the line of each first mark; a last one without a first is one as well."""
    is_open = False
    for number, line in _outside_code(text):
        if line.startswith(_OPENS) and not is_open:
            is_open = True
            yield number
        elif line.startswith(_CLOSES):
            if not is_open:
                yield number
            is_open = False


def _outside_code(text: str) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        found = _FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not found[2].strip():
            fence = ""
        elif not fence:
            yield number, line
