"""Frontmatter's values: which keys there are, what they may say, and on which file.

One table. What a key may say is judged here, file by file; whether it belongs on a
file of that kind is judged in `site`, where the kind is known.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from publisher.model import Availability, ContentRules, State
from publisher.source.frontmatter import Node
from publisher.source.rules import Finding, did_you_mean
from publisher.source.sections import is_mark

Role = Literal["article", "translation", "collection", "source", "page"]
"""What a file is. A translated `_index.md` is a "collection" too."""

_YES, _NO = ("true", "yes", "on"), ("false", "no", "off")
_AUTHOR = re.compile(r"\d+|[^@\s]+@[^@\s]+")
_KINDS = re.compile(r"(collection|article|source|page):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """Frontmatter after validation. None, or an empty text, means: the author does not say.

    lines  of every key of ours that stands there, by our name of it.
    """

    title: str = ""
    description: str = ""
    state: State | None = None
    author: str | None = None
    key: str | None = None
    was: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    icon: str | None = None
    order: float | None = None
    protect: bool | None = None
    url: str = ""
    external_id: str = ""
    active: bool | None = None
    fin: Availability = field(default_factory=Availability)
    translated_from: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


class _Wrong(Exception):
    def __init__(self, line: int, what: str, advice: str = "") -> None:
        self.line, self.what, self.advice = line, what, advice


def _text(node: Node) -> str:
    if node.text is None:
        raise _Wrong(node.line, "must be text", "Put it in quotes if it begins with [ or {.")
    return node.text.strip()


def _one_line(node: Node) -> str:
    """Spaces at the ends stay where quotes say that they are meant."""
    text = _text(node)
    return " ".join((node.text or "" if node.quoted and text else text).split("\n"))


def _choice(*choices: str) -> Callable[[Node], str]:
    def read(node: Node) -> str:
        said = _text(node)
        if said in choices:
            return said
        advice = did_you_mean(said, choices) or "Nothing else is known."
        raise _Wrong(node.line, f"must be {' or '.join(choices)}, not `{said}`", advice)

    return read


def _flag(node: Node) -> bool:
    said = _text(node).lower()
    if said in _YES or said in _NO:
        return said in _YES
    raise _Wrong(node.line, f"must be true or false, not `{_text(node)}`")


def _number(node: Node) -> float:
    try:
        number = float(_text(node))
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    raise _Wrong(node.line, f"must be a number, not `{_text(node)}`")


def _texts(node: Node) -> tuple[str, ...]:
    items = (node,) if node.items is None else node.items
    return tuple(_text(item) for item in items)


def _key(node: Node) -> str:
    return _as_key(_text(node), node.line)


def _keys(node: Node) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_as_key(text, node.line) for text in _texts(node)))


def _as_key(text: str, line: int) -> str:
    key = unicodedata.normalize("NFC", text)
    fault = fault_of_key(key)
    if fault:
        advice = "A key is a path such as `billing/refunds`: no suffix, no locale folder."
        raise _Wrong(line, f"is no key: `{key}` {fault}", advice)
    return key


def fault_of_key(key: str) -> str:
    """Say why a text cannot be a key, or nothing.

    `#` begins the keys of things we do not know (`#1234`), and `article:` and its like
    tell kinds apart on the command line.
    """
    parts = key.split("/")
    if "" in parts or "." in parts or ".." in parts:
        return "has an empty part, `.` or `..`"
    if key.startswith("#"):
        return "begins with `#`"
    if _KINDS.match(key):
        return "begins with the name of a kind"
    if any(unicodedata.category(letter) == "Cc" for letter in key):
        return "holds a control character"
    if key.endswith(".md"):
        return "ends in .md"
    return ""


def _address(node: Node) -> str:
    said = _text(node)
    if re.match(r"https?://[^\s/]", said) and not re.search(r"\s", said):
        return said
    raise _Wrong(node.line, f"must be a public address (https://…), not `{said}`")


def _author(node: Node) -> str:
    said = _text(node)
    if _AUTHOR.fullmatch(said):
        return said
    what = f"must be the e-mail address or id of a teammate, not `{said}`"
    raise _Wrong(node.line, what, "Or name it in `ignore` of [frontmatter] in publisher.toml.")


def _moment(node: Node) -> str:
    said = _text(node)
    try:
        datetime.fromisoformat(said)
    except ValueError:
        advice = "Write it like 2026-11-20T10:00:00Z."
        raise _Wrong(node.line, f"must be a date or a time, not `{said}`", advice) from None
    return said


def _availability(node: Node) -> Availability:
    flags = {"agent": _flag, "copilot": _flag, "sales": _flag}
    known: Mapping[str, Callable[[Node], Any]] = flags | {"page": _choice("source")}
    if node.entries is None:
        raise _Wrong(node.line, "must have keys of its own", "Such as `agent: true` below it.")
    said: dict[str, Any] = {}
    for name, inner in node.entries.items():
        if name not in known:
            raise _Wrong(inner.line, f"has no `{name}`", did_you_mean(name, known))
        said[name] = _judged(known[name], inner, f"`{name}` ")
    return Availability(**{name: said[name] for name in said if name in flags})


def _judged(reader: Callable[[Node], Any], node: Node, name: str) -> Any:
    try:
        return reader(node)
    except _Wrong as wrong:
        raise _Wrong(wrong.line, name + wrong.what, wrong.advice) from None


def _marks(node: Node) -> Mapping[str, str]:
    """By section of the source, the digest that it had."""
    advice = "`publisher translations mark` writes it; take it out, and mark the translation again."
    if node.entries is None:
        raise _Wrong(node.line, "is no list of sections and digests", advice)
    for name, inner in node.entries.items():
        if inner.text is None or not is_mark(inner.text):
            raise _Wrong(inner.line, f"has no digest at `{name}`", advice)
    return {name: inner.text or "" for name, inner in node.entries.items()}


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A frontmatter key: on which files it may stand, what reads it, what it means.

    effect  False while nothing in Intercom changes with it.
    """

    roles: tuple[Role, ...]
    read: Callable[[Node], Any]
    about: str
    effect: bool = True


_ALL: tuple[Role, ...] = ("article", "translation", "collection", "source", "page")
_TEXT: tuple[Role, ...] = ("article", "translation")

KEYS: Mapping[str, KnownKey] = MappingProxyType(
    {
        "title": KnownKey(_ALL, _one_line, "Name; without it, the first heading."),
        "description": KnownKey(_ALL, _one_line, "One line under the title."),
        "state": KnownKey(_TEXT, _choice("published", "draft"), "published or draft."),
        "author": KnownKey(_TEXT, _author, "E-mail address or id of a teammate."),
        "key": KnownKey(_ALL, _key, "Identity, when the path is not."),
        "was": KnownKey(_ALL, _keys, "Former keys."),
        "icon": KnownKey(("collection",), _text, "Icon of a first-level collection."),
        "order": KnownKey((*_TEXT, "collection"), _number, "Order in the local preview."),
        "protect": KnownKey(_ALL, _flag, "Never deleted or unpublished by the tool."),
        "url": KnownKey(("source", "page"), _address, "Where Fin links to."),
        "external_id": KnownKey(("page",), _text, "Identity of an external page."),
        "status": KnownKey(("source",), _choice("active", "deactivated"), "Of a source."),
        "fin": KnownKey((*_TEXT, "page"), _availability, "Where Fin may use it."),
        "tags": KnownKey(_TEXT, _texts, "Tags of the article.", effect=False),
        "audiences": KnownKey((*_TEXT, "source"), _texts, "Who may see it.", effect=False),
        "publish_at": KnownKey(_TEXT, _moment, "When to publish.", effect=False),
        "unpublish_at": KnownKey(_TEXT, _moment, "When to unpublish.", effect=False),
        "release": KnownKey(_TEXT, _text, "Release that it belongs to.", effect=False),
        "translated_from": KnownKey(
            ("translation",), _marks, "What it was translated from; `translations mark` writes it."
        ),
    }
)
"""Every key of ours; the contract's table of frontmatter keys."""


def read_meta(
    path: str, entries: Mapping[str, Node], rules: ContentRules
) -> tuple[Meta, list[Finding]]:
    """Validate one file's frontmatter; a key that is wrong is left out and a finding says why."""
    ours, findings = _renamed(path, entries, rules)
    values: dict[str, Any] = {}
    for name, node in ours.items():
        if node.null and (name not in ("title", "description") or not node.text):
            continue
        try:
            values[name] = KEYS[name].read(node)
        except _Wrong as wrong:
            what = f"`{name}` {wrong.what}."
            findings.append(Finding("frontmatter-value", path, what, wrong.advice, wrong.line))
    lines = {name: node.line for name, node in ours.items()}
    return _meta(values, lines), findings


def _meta(values: Mapping[str, Any], lines: Mapping[str, int]) -> Meta:
    kept = {name: values[name] for name in values if name in Meta.__dataclass_fields__}
    if "status" in values:
        kept["active"] = values["status"] == "active"
    return Meta(**kept, lines=lines)


def _renamed(
    path: str, entries: Mapping[str, Node], rules: ContentRules
) -> tuple[dict[str, Node], list[Finding]]:
    ours: dict[str, Node] = {}
    findings: list[Finding] = []
    for name, node in entries.items():
        if name in rules.ignore or name.startswith("x-"):
            continue
        known = rules.aliases.get(name, name)
        if known not in KEYS:
            findings.append(_unknown(path, name, node.line))
        elif known in ours:
            what = f"`{known}` is said in line {ours[known].line} and, as `{name}`, in {node.line}."
            found = Finding("frontmatter-duplicate-key", path, what, "Keep one.", node.line)
            findings.append(found)
        else:
            ours[known] = node
    return ours, findings


_MISTYPED = 0.75
"""Between `titel` or `oder`, which are ours mistyped, and `date` or `linkTitle` of other tools."""


def _unknown(path: str, name: str, line: int) -> Finding:
    advice = did_you_mean(name, KEYS, _MISTYPED) or (
        "If another tool reads it, name it in `ignore` of [frontmatter] in publisher.toml."
    )
    what = f"`{name}` is no frontmatter key of ours."
    return Finding("frontmatter-unknown-key", path, what, advice, line)
