"""The `:::` blocks of Intercom's own Markdown dialect, as a rule for markdown-it.

    :::callout backgroundColor="#feedaf80" borderColor="#fbc91633"
    Any Markdown.
    :::

`callout` and `collapsible` hold Markdown and nest; `button`, `video` and `attachment` say
it all in their first line. Each is closed by a bare `:::`, and attributes stand without
braces, which is why no stock container plug-in reads them.
Source: reference "How Intercom really treats article bodies", §6.

The rule makes standard HTML (a callout is its div) which `reader` then reads like an
author's own, so there is one place that knows what these blocks mean.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from publisher.body.findings import Findings
from publisher.body.vocabulary import ALIGNMENTS, CALLOUTS, PROVIDERS, Video, declarations

CONTAINERS = ("callout", "collapsible", "attachments")
LEAVES = ("button", "video", "attachment", "intercom-block")

_OPEN = re.compile(r":{3,}[ \t]*([A-Za-z][\w-]*)[ \t]*\{?(.*)\Z", re.DOTALL)
_CLOSE = re.compile(r":{3,}[ \t]*\Z")
_FENCE = re.compile(r"(`{3,}(?=[^`]*\Z)|~{3,})")
_BULLETS = re.compile(r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+(?=:::|```|~~~)")
_ATTRIBUTE = re.compile(r"""([A-Za-z_][\w-]*)[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s"'}]+))""")


def directives_plugin(parser: MarkdownIt) -> None:
    """Teach a parser the `:::` blocks; findings go to `env["findings"]`."""
    parser.block.ruler.before(
        "fence", "directive", _directive, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    text = _line(state, start)
    opened, closed = _OPEN.match(text), _CLOSE.match(text)
    if silent or not (opened or closed):
        return bool(opened or closed)
    if not opened:
        line = start + state.env["first_line"]
        state.env["findings"].warn("directive-stray", line, "this ::: closes nothing.")
        state.line = start + 1
        return True
    name = opened[1].lower()
    attributes = {
        found[1].lower(): found[2] or found[3] or found[4] or ""
        for found in _ATTRIBUTE.finditer(opened[2])
    }
    if words := _ATTRIBUTE.sub("", opened[2]).strip(" \t{}").split():
        _dropped(name, " ".join(words), start + state.env["first_line"], state.env["findings"])
    if name in LEAVES:
        _leaf(state, start, end, name, attributes)
    else:
        _container(state, start, end, name, attributes)
    return True


def _dropped(name: str, words: str, line: int, findings: Findings) -> None:
    """Warn of what stands after a directive's name and is no attribute."""
    how = _SAID.get(name)
    findings.warn(
        "directive-text",
        line,
        f"“{words}” after :::{name} is dropped: only attributes count there.",
        f'Write it as {how}="…".' if how else "Put it on a line of its own below.",
    )


_SAID = {
    "attachment": "name",
    "button": "label",
    "collapsible": "title",
    "video": "id",
}
"""Directive → the attribute that is probably meant by bare words."""


# --- leaves -----------------------------------------------------------------------------


def _leaf(state: StateBlock, start: int, end: int, name: str, attributes: dict[str, str]) -> None:
    state.line = _after_leaf(state, start + 1, end)
    findings: Findings = state.env["findings"]
    line = start + state.env["first_line"]
    token = state.push("html_block", "", 0)
    token.map, token.block = [start, state.line], True
    token.content = _LEAVES[name](attributes, line, findings)


def _after_leaf(state: StateBlock, line: int, end: int) -> int:
    """Return the line after the `:::` that closes a leaf; it may be left out."""
    ahead = line
    while ahead < end and state.isEmpty(ahead):
        ahead += 1
    return ahead + 1 if ahead < end and _CLOSE.match(_line(state, ahead)) else line


def _button(attributes: dict[str, str], line: int, findings: Findings) -> str:
    href, label = attributes.get("href", ""), attributes.get("label", "")
    if not (href and label):
        findings.refuse(
            "directive-attribute",
            line,
            "the button has no address or no label.",
            'Write :::button href="https://…" label="…".',
        )
        return ""
    side = attributes.get("align", "").lower()
    side = f" intercom-align-{side}" if side in ALIGNMENTS else ""
    return (
        f'<div class="intercom-container{side}">'
        f'<a class="intercom-h2b-button" href="{escape(href)}">{escape(label)}</a></div>'
    )


def _video(attributes: dict[str, str], line: int, findings: Findings) -> str:
    provider, id_ = attributes.get("provider", "").lower(), attributes.get("id", "")
    if provider not in PROVIDERS or not re.fullmatch(r"[\w./?=&-]+", id_):
        findings.refuse(
            "embed-unsupported",
            line,
            f"Intercom plays no video {id_!r} of {provider!r}.",
            f'Write :::video id="…" provider="…", with one of {", ".join(PROVIDERS)}.',
        )
        return ""
    src = Video(provider, id_).address
    return f'<iframe src="{escape(src)}"></iframe>'


def _attachment(attributes: dict[str, str], line: int, findings: Findings) -> str:
    href = attributes.get("href", "")
    name = attributes.get("name") or attributes.get("text") or href
    findings.warn(
        "attachment",
        line,
        f"Intercom's API takes no attachments; “{name}” becomes a link.",
    )
    return f'<p><a href="{escape(href)}">{escape(name)}</a></p>'


def _carrier(attributes: dict[str, str], line: int, findings: Findings) -> str:
    findings.refuse(
        "directive-unsupported",
        line,
        ":::intercom-block holds a block only Intercom's own sync can read.",
        "Write the block in Markdown or HTML, or remove it.",
    )
    return ""


_LEAVES = {
    "button": _button,
    "video": _video,
    "attachment": _attachment,
    "intercom-block": _carrier,
}


# --- containers -------------------------------------------------------------------------


def _container(
    state: StateBlock, start: int, end: int, name: str, attributes: dict[str, str]
) -> None:
    findings: Findings = state.env["findings"]
    line = start + state.env["first_line"]
    last = _end_of(state, start, end)
    if last == end or not _CLOSE.match(_line(state, last)):
        findings.warn("directive-unclosed", line, f":::{name} is never closed by a line of :::.")
    before, after = _around(name, attributes, line, findings)
    _html(state, before, start)
    outer, limit = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", last
    state.level += 1
    state.md.block.tokenize(state, start + 1, last)
    state.level -= 1
    state.parentType, state.lineMax = outer, limit
    _html(state, after, start)
    closed = last < end and bool(_CLOSE.match(_line(state, last)))
    state.line = last + 1 if closed else last


def _html(state: StateBlock, content: str, line: int) -> None:
    token = state.push("html_block", "", 0)
    token.map, token.block, token.content = [line, line], True, content


def _end_of(state: StateBlock, start: int, end: int) -> int:
    """Return the line of the `:::` that closes the container, or where it ends without one."""
    depth, fence = 1, ""
    for number in range(start + 1, end):
        text = _line(state, number)
        if text and state.sCount[number] < state.blkIndent:
            return number
        if fence:
            fence = "" if text.startswith(fence) and not text.strip(fence[0]) else fence
            continue
        if _BULLETS.match(text) and not _CLOSE.search(text):
            text = _BULLETS.sub("", text)  # a list item may begin with a block
        if opened := _FENCE.match(text):
            fence = opened[1]
        elif _CLOSE.match(text):
            depth -= 1
            if not depth:
                return number
        elif found := _OPEN.match(text):
            leaf = found[1].lower() in LEAVES
            depth += not leaf or _after_leaf(state, number + 1, end) > number + 1
    return end


def _around(
    name: str, attributes: dict[str, str], line: int, findings: Findings
) -> tuple[str, str]:
    """Return the HTML before and after the content of a container."""
    if name == "callout":
        background, border = CALLOUTS["gray"]
        style = declarations(
            f"background-color: {attributes.get('backgroundcolor') or background};"
            f"border-color: {attributes.get('bordercolor') or border}"
        )
        spelt = "; ".join(f"{name}: {value}" for name, value in style.items())
        opened = f'<div class="intercom-interblocks-callout" style="{escape(spelt)}"'
        return f"{opened}>", "</div>"
    if name == "collapsible":
        title = escape(attributes.get("title", ""), quote=False)
        return f"<details><summary>{title}</summary>", "</details>"
    if name != "attachments":
        meant = get_close_matches(name, (*CONTAINERS, *LEAVES), 1)
        findings.warn(
            "directive-unknown",
            line,
            f"Intercom has no :::{name}; what it holds becomes plain paragraphs.",
            f"Did you mean :::{meant[0]}?" if meant else "",
        )
    return "", ""
