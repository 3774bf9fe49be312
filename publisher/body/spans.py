"""Where the blocks of a Markdown text stand: line ranges, as our own parser draws them.

Lines are counted from 0 and end at `\\n`, `\\r\\n` or `\\r`, as Markdown counts them. The tokens
cannot tell: those of a `:::` block know only its first line, and what an HTML block ends with
is not in them. So the parser's rules are called one block at a time, and we look how far each
one read. A definition of a reference makes nothing and has no span; an HTML comment has one.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from publisher.body.findings import Findings
from publisher.body.markdown import parser

_LINE_END = re.compile(r"\r\n?")


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return the lines [start, end) of each top-level block, without the blank lines after it."""
    reading = parser()
    environment = {"findings": Findings(), "first_line": 0}
    state = StateBlock(_LINE_END.sub("\n", text), reading, environment, [])
    rules = reading.block.ruler.getRules("")
    found: list[tuple[int, int]] = []
    line = state.skipEmptyLines(0)
    while line < state.lineMax:
        made = len(state.tokens)
        state.line = line
        any(rule(state, line, state.lineMax, False) for rule in rules)  # the first that fits
        if len(state.tokens) > made:
            found.append((line, _last_but_blank(state, line)))
        line = state.skipEmptyLines(state.line)
    return tuple(found)


def _last_but_blank(state: StateBlock, start: int) -> int:
    end = min(state.line, state.lineMax)
    while end > start + 1 and state.isEmpty(end - 1):
        end -= 1
    return end
