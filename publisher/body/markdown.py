"""Markdown → standard HTML in which blocks, links and images know their line.

CommonMark with GFM tables, strikethrough, footnotes, GitHub's alerts, task lists, and the
`:::` blocks of `directives`. The author's raw HTML stays in place: what it means is decided
once, by the HTML5 parse in `reader`. Strikethrough and footnotes are read only to be
degraded knowingly; left unread, their markup would be published as text.

Lines are planted as `data-line` attributes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from publisher.body import vocabulary
from publisher.body.directives import directives_plugin
from publisher.body.findings import Findings

MAX_NESTING = 40
"""Quotes and lists nested deeper are published as the text in them."""

_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*([^\n]*)(?:\n|\Z)", re.I)
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_BARE = re.compile(r"<?(https?://[^\s<>]+)>?\Z")
_HEADING_ID = re.compile(r"[ \t]*(?<!\\)\{#([^\s{}]+)\}[ \t]*\Z")
_TAG = re.compile(
    r"^([ \t]*<(?!(?:b|i|em|strong|code|tt|u|s|strike|big|small|font|nobr)[\s>/])[a-z][^\s/>]*)",
    re.IGNORECASE,
)
"""Not the formatting elements: HTML5 reopens unclosed ones in every later paragraph, at most
three that are alike, and a line would make each unlike the others."""


def to_html(text: str, findings: Findings, first_line: int) -> str:
    """Return HTML, in lines; `first_line` is the file's line where `text` begins."""
    return str(parser().render(text, {"findings": findings, "first_line": first_line}))


@cache
def parser() -> MarkdownIt:
    """Return the one parser of our Markdown."""
    made = MarkdownIt("commonmark", {"html": True, "maxNesting": MAX_NESTING + 60})
    made.enable(["table", "strikethrough"])
    made.use(footnote_plugin, inline=False, move_to_end=True)
    made.use(directives_plugin)
    made.block.ruler.before("table", "too_deep", _too_deep)
    made.core.ruler.after("block", "videos", _videos)
    made.core.ruler.after("block", "alerts", _alerts)
    made.core.ruler.after("block", "heading_ids", _heading_ids)
    made.core.ruler.after("inline", "tasks", _tasks)
    made.core.ruler.push("footnotes", _footnotes)
    made.core.ruler.push("lines", _lines)
    # Which schemes may leave is decided by `degrade`, which can say so with a line.
    made.validateLink = lambda url: True  # type: ignore[method-assign]
    made.add_render_rule("fence", _render_code)
    made.add_render_rule("code_block", _render_code)
    made.add_render_rule("footnote_ref", _render_footnote_ref)
    for name in ("block_open", "block_close", "open", "close", "anchor"):
        made.add_render_rule(f"footnote_{name}", _render_nothing)
    return made


# --- blocks -----------------------------------------------------------------------------


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Publish what is nested too deep as one paragraph, where markdown-it would drop it."""
    if silent or state.level < MAX_NESTING:
        return False
    last = start + 1
    while last < end and (state.isEmpty(last) or state.sCount[last] >= state.blkIndent):
        last += 1
    state.line = last
    token = state.push("paragraph_open", "p", 1)
    token.map = [start, last]
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(start, last, state.blkIndent, False).strip()
    inline.map, inline.children = [start, last], []
    state.push("paragraph_close", "p", -1)
    state.env["findings"].once(
        "nesting",
        "markdown",
        start + state.env["first_line"],
        f"this is nested more than {MAX_NESTING} levels deep and becomes one paragraph.",
    )
    return True


def _html_block(content: str, line: int, level: int) -> Token:
    return Token("html_block", "", 0, map=[line, line], content=content, block=True, level=level)


def _videos(state: StateCore) -> None:
    """Turn every line of a paragraph that is nothing but a video's address into the video."""
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type == "inline" and tokens and tokens[-1].type == "paragraph_open":
            tokens += _around_videos(token, tokens[-1])
        else:
            tokens.append(token)
    state.tokens = tokens


def _around_videos(inline: Token, opened: Token) -> list[Token]:
    lines = inline.content.split("\n")
    found = [_video_in(line) for line in lines]
    if not any(found):
        return [inline]
    tokens: list[Token] = []
    first = (inline.map or [0])[0]
    for number, (line, video) in enumerate(zip(lines, found, strict=True), start=first):
        if video:
            closing = Token("paragraph_close", "p", -1, hidden=opened.hidden, block=True)
            src = escape(video.address)
            iframe = _html_block(f'<iframe src="{src}"></iframe>', number, 0)
            again = Token(
                "paragraph_open", "p", 1, map=[number + 1, number + 1], hidden=opened.hidden
            )
            tokens += [closing, iframe, again]
        elif tokens and tokens[-1].type == "inline":
            tokens[-1].content += f"\n{line}"
        else:
            tokens.append(
                Token("inline", "", 0, content=line, map=[number, number + 1], children=[])
            )
    return tokens


def _video_in(line: str) -> vocabulary.Video | None:
    bare = _BARE.match(line.strip())
    return vocabulary.video(bare[1]) if bare else None


def _alerts(state: StateCore) -> None:
    """Turn quotes that begin with `[!NOTE]` and the like into callouts.

    A title after the marker (Obsidian's and Hugo's way) becomes a bold first paragraph.
    """
    tokens: list[Token] = []
    quotes: list[bool] = []
    skip = 0
    for place, token in enumerate(state.tokens):
        if skip:
            skip -= 1
            continue
        tokens.append(token)
        if token.type == "blockquote_open":
            alert = _alert_at(state.tokens, place)
            quotes.append(alert is not None)
            if alert:
                title, skip = _begin_alert(token, alert, state.tokens[place + 2])
                tokens += title
        elif token.type == "blockquote_close" and quotes.pop():
            token.tag = "div"
    state.tokens = tokens


def _alert_at(tokens: list[Token], place: int) -> re.Match[str] | None:
    if place + 2 < len(tokens) and tokens[place + 1].type == "paragraph_open":
        return _ALERT.match(tokens[place + 2].content)
    return None


def _begin_alert(quote: Token, alert: re.Match[str], inline: Token) -> tuple[list[Token], int]:
    """Make `quote` a callout; return its title, and how many tokens to skip after it."""
    background, border = vocabulary.CALLOUTS[vocabulary.ALERTS[alert[1].upper()]]
    quote.tag = "div"
    quote.attrSet("class", "intercom-interblocks-callout")
    quote.attrSet("style", f"background-color: {background}; border-color: {border};")
    line = (inline.map or [0])[0]
    inline.content = inline.content[alert.end() :]
    inline.map = [line + 1, line + 1]
    title: list[Token] = []
    if alert[2].strip():
        text = Token("inline", "", 0, content=alert[2].strip(), map=[line, line], children=[])
        title = [_html_block("<p><b>", line, 0), text, _html_block("</b></p>", line, 0)]
    return title, 0 if inline.content.strip() else 3


def _heading_ids(state: StateCore) -> None:
    """Read `## Title {#id}`."""
    for opened, inline in pairwise(state.tokens):
        if opened.type == "heading_open" and (found := _HEADING_ID.search(inline.content)):
            inline.content = inline.content[: found.start()]
            opened.attrSet("id", found[1])


# --- inside a line ----------------------------------------------------------------------


def _tasks(state: StateCore) -> None:
    """Show the boxes of a task list as characters; Intercom has no task lists."""
    for place, token in enumerate(state.tokens):
        if token.type != "inline" or place < 2 or not token.children:
            continue
        box = _TASK.match(token.children[0].content)
        if box and state.tokens[place - 2].type == "list_item_open":
            text = token.children[0]
            text.content = f"{'☐' if box[1] == ' ' else '☑'} {text.content[box.end() :]}"
            state.env["findings"].once(
                "task-list",
                "",
                (token.map or [0])[0] + state.env["first_line"],
                "Intercom has no task lists; the boxes become ☐ and ☑.",
            )


def _footnotes(state: StateCore) -> None:
    """Begin each note with its number in brackets; the reference reads the same."""
    number = ""
    for token in state.tokens:
        if token.type == "footnote_open":
            number = f"[{token.meta['id'] + 1}] "
        elif token.type == "inline" and number and token.children is not None:
            token.children.insert(0, Token("text", "", 0, content=number))
            number = ""
            state.env["findings"].once(
                "footnote",
                "",
                (token.map or [0])[0] + state.env["first_line"],
                "Intercom has no footnotes; the notes become paragraphs at the end.",
            )


def _lines(state: StateCore) -> None:
    """Plant the line of every block, link and image."""
    first: int = state.env["first_line"]
    for token in state.tokens:
        if token.map is None:
            continue
        line = token.map[0] + first
        if token.type == "html_block":
            token.content = _planted_block(token.content, line)
        elif token.type == "inline":
            _plant_inline(token.children or [], line)
        elif token.nesting >= 0:
            token.attrSet("data-line", str(line))


def _planted_block(html: str, line: int) -> str:
    lines = html.split("\n")
    return "\n".join(
        _TAG.sub(rf'\1 data-line="{number}"', text, count=1)
        for number, text in enumerate(lines, start=line)
    )


def _plant_inline(children: list[Token], line: int) -> None:
    for token in children:
        if token.type in ("softbreak", "hardbreak"):
            line += 1
        elif token.type in ("link_open", "image", "s_open"):
            token.attrSet("data-line", str(line))
        elif token.type == "html_inline":
            at = line
            line += token.content.count("\n")
            token.content = _TAG.sub(rf'\1 data-line="{at}"', token.content)
        elif token.type == "code_inline":
            line += token.content.count("\n")


# --- rendering --------------------------------------------------------------------------


def _render_code(
    renderer: object, tokens: Sequence[Token], place: int, options: object, env: object
) -> str:
    token = tokens[place]
    line = token.attrGet("data-line") or "0"
    return f'<pre data-line="{line}"><code>{escape(token.content, quote=False)}</code></pre>\n'


def _render_footnote_ref(
    renderer: object, tokens: Sequence[Token], place: int, options: object, env: object
) -> str:
    return f"[{tokens[place].meta['id'] + 1}]"


def _render_nothing(
    renderer: object, tokens: Sequence[Token], place: int, options: object, env: object
) -> str:
    return ""
