"""Part a line of Markdown into words and codes.

Where each mark stands is not in markdown-it's tokens. So its own rules are run, each watched
for where it began and how far it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from publisher.body import markdown
from publisher.body.findings import Findings
from publisher.body.marks import Code, Edge, Line, Tag


@dataclass(frozen=True, slots=True)
class _Mark:
    """What one rule read: from where to where, and how many tokens there were afterwards."""

    state: StateInline
    rule: str
    start: int
    end: int
    tokens: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A code or a decoded letter in the text, by places."""

    start: int
    end: int
    edge: Edge | None
    name: str
    detail: str = ""
    text: str = ""


_HTML = re.compile(r"<(?P<slash>/?)(?P<name>[a-zA-Z][\w-]*)(?=[\s/>])[^>]*?(?P<itself>/?)>\Z", re.S)
_TWINS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
}
_VOID = frozenset(["br", "hr", "img", "input", "wbr"])
_EMPHASIS = {"em": "italic", "strong": "bold", "s": "strike"}
_BREAK = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)


def environment() -> dict[str, Any]:
    """Return what a parse of blocks fills, and the lines of the same text are read with."""
    return {"findings": Findings(), "first_line": 0, "marks": []}


@cache
def watched() -> MarkdownIt:
    """Return a parser like everyone's, whose rules within a line leave marks."""
    made = markdown.parser.__wrapped__()
    names = made.inline.ruler.get_active_rules()
    for name, rule in zip(names, made.inline.ruler.getRules(""), strict=True):
        made.inline.ruler.at(name, _watching(name, rule))
    return made


def _watching(
    name: str, rule: Callable[[StateInline, bool], bool]
) -> Callable[[StateInline, bool], bool]:
    def watching(state: StateInline, silent: bool) -> bool:
        start = state.pos
        done = rule(state, silent)
        if done and not silent:
            mark = _Mark(state, name, start, state.pos, len(state.tokens))
            state.env["marks"].append(mark)
        return done

    return watching


def read(text: str, env: dict[str, Any]) -> Line | None:
    """Part a line (its own line ends still in it) into words and codes.

    env  of `environment`, after the blocks of the whole text were parsed with it.

    None where marks overlap, so that no tree of tags could say it.
    """
    found = sorted(_found(text, env), key=lambda each: (each.start, each.end))
    return _line(text, found)


def _found(text: str, env: dict[str, Any], offset: int = 0) -> Iterator[_Found]:
    made = watched()
    state = StateInline(text, made, env, [])
    env["marks"].clear()
    made.inline.tokenize(state)
    marks = [mark for mark in env["marks"] if mark.state is state]
    env["marks"].clear()
    for rule in made.inline.ruler2.getRules("")[:-1]:  # the last joins texts, and so loses places
        rule(state)
    for mark in marks:
        for each in _of_mark(mark, state, env):
            yield _moved(each, offset)


def _moved(found: _Found, by: int) -> _Found:
    start, end = found.start + by, found.end + by
    return _Found(start, end, found.edge, found.name, found.detail, found.text)


def _of_mark(mark: _Mark, state: StateInline, env: dict[str, Any]) -> Iterator[_Found]:
    if mark.rule in ("link", "image"):
        yield from _link(mark, state, env)
    elif mark.rule in ("emphasis", "strikethrough"):
        yield from _emphasis(mark, state)
    elif mark.rule in ("escape", "entity", "newline"):
        yield from _sign(mark, state)
    elif mark.rule != "text":
        yield _alone(mark, state)


def _sign(mark: _Mark, state: StateInline) -> Iterator[_Found]:
    """What stands for one letter, or for the end of a line."""
    written = state.src[mark.start : mark.end]
    if "\n" in written:
        if written.startswith("\\"):
            yield _Found(mark.start, mark.end, "alone", "break")
            return
        start = len(state.src[: mark.start].rstrip(" "))
        if mark.start - start > 1:
            yield _Found(start, mark.end, "alone", "break")
        else:
            yield _Found(start, mark.end, None, "", text=" ")
        return
    token = state.tokens[mark.tokens - 1]
    yield _Found(mark.start, mark.end, None, "", text=token.content)


def _alone(mark: _Mark, state: StateInline) -> _Found:
    written = state.src[mark.start : mark.end]
    if mark.rule == "backticks":
        token = state.tokens[mark.tokens - 1]
        if token.type != "code_inline":
            return _Found(mark.start, mark.end, None, "", text=written)
        return _Found(mark.start, mark.end, "alone", "code", token.content)
    names = {"html_inline": "html", "autolink": "address", "footnote_ref": "note"}
    if _BREAK.match(written):
        return _Found(mark.start, mark.end, "alone", "break")
    return _Found(mark.start, mark.end, "alone", names.get(mark.rule, mark.rule), written)


def _link(mark: _Mark, state: StateInline, env: dict[str, Any]) -> Iterator[_Found]:
    image = mark.rule == "image"
    words = mark.start + (2 if image else 1)
    state.pos, state.posMax = mark.start, len(state.src)
    end = state.md.helpers.parseLinkLabel(state, words - 1, not image)
    token = _opener(mark, state)
    detail = str(token.attrGet("src" if image else "href") or "")
    if title := token.attrGet("title"):
        detail += f" “{title}”"
    name = "image" if image else "link"
    if not state.src[words:end].strip():
        yield _Found(mark.start, mark.end, "alone", name, detail)
        return
    yield _Found(mark.start, words, "open", name, detail)
    yield _Found(end, mark.end, "close", name, detail)
    if image:
        yield from _found(state.src[words:end], {**env, "marks": []}, words)


def _opener(mark: _Mark, state: StateInline) -> Token:
    """The token that an image is, or that opened a link: the last of its level before its end."""
    last = state.tokens[mark.tokens - 1]
    if last.type == "image":
        return last
    return next(
        token
        for token in reversed(state.tokens[: mark.tokens])
        if token.type == "link_open" and token.level == last.level
    )


def _emphasis(mark: _Mark, state: StateInline) -> Iterator[_Found]:
    """A run of marks has a token for each: for every `*`, for every two `~`."""
    width = 1 if mark.rule == "emphasis" else 2
    place, index = mark.end, mark.tokens
    while place - width >= mark.start:
        place, index = place - width, index - 1
        token = state.tokens[index]
        name, _, edge = token.type.rpartition("_")
        if edge not in ("open", "close") or name not in _EMPHASIS:
            continue
        start, end = place, place + width
        if name == "strong":
            start, end = (start - 1, end) if edge == "open" else (start, end + 1)
        yield _Found(start, end, "open" if edge == "open" else "close", _EMPHASIS[name])


def _line(text: str, found: Sequence[_Found]) -> Line | None:
    pairs = _pairs(text, found)
    if pairs is None:
        return None
    parts: list[str | Tag] = []
    codes: list[Code] = []
    numbers: dict[int, int] = {}
    openers = {closer: opener for opener, closer in pairs.items()}
    place = 0
    for index, each in enumerate(found):
        if each.start < place:
            return None
        _say(parts, text[place : each.start])
        place = each.end
        if each.edge is None:
            _say(parts, each.text)
        elif index in openers:
            parts.append(Tag("close", numbers[openers[index]]))
        else:
            closer = found[pairs[index]] if index in pairs else None
            codes.append(_code(text, each, closer))
            numbers[index] = len(codes)
            parts.append(Tag("open" if closer else "alone", len(codes)))
    _say(parts, text[place:])
    return Line(tuple(parts), tuple(codes))


def _say(parts: list[str | Tag], words: str) -> None:
    if words and parts and isinstance(parts[-1], str):
        parts[-1] += words
    elif words:
        parts.append(words)


def _code(text: str, opener: _Found, closer: _Found | None) -> Code:
    opens = " ".join(text[opener.start : opener.end].split("\n"))
    closes = " ".join(text[closer.start : closer.end].split("\n")) if closer else ""
    if opener.name == "break":
        opens = text[opener.start : opener.end]
    html = _HTML.match(opens) if opener.name == "html" else None
    if html and closer and html["name"].lower() in _TWINS:
        return Code(_TWINS[html["name"].lower()], opens, closes)
    return Code(opener.name, opens, closes, opener.detail)


def _pairs(text: str, found: Sequence[_Found]) -> dict[int, int] | None:
    """Return opener → closer, HTML tags among them; None when marks overlap."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for index, each in enumerate(found):
        html = _HTML.match(each.detail) if each.name == "html" else None
        if each.edge == "open" or (html and _opens(html)):
            waiting.append(index)
        elif each.edge == "close":
            opener = _closed(waiting, found, each.name)
            if opener is None:
                return None
            pairs[opener] = index
        elif html and html["slash"]:
            opener = _html_closed(waiting, found, html["name"].lower())
            if opener is not None:
                pairs[opener] = index
    return pairs


def _opens(html: re.Match[str]) -> bool:
    return not (html["slash"] or html["itself"]) and html["name"].lower() not in _VOID


def _closed(waiting: list[int], found: Sequence[_Found], name: str) -> int | None:
    """The mark that is closed; HTML tags that were left open inside it stand alone."""
    while waiting:
        opener = waiting.pop()
        if found[opener].edge == "open":
            return opener if found[opener].name == name else None
    return None


def _html_closed(waiting: list[int], found: Sequence[_Found], name: str) -> int | None:
    """The tag that is closed, if no mark was opened since."""
    for place in range(len(waiting) - 1, -1, -1):
        html = _HTML.match(found[waiting[place]].detail)
        if found[waiting[place]].edge == "open" or html is None:
            return None
        if html["name"].lower() == name:
            opener = waiting[place]
            del waiting[place:]
            return opener
    return None
