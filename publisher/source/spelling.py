"""Values of the frontmatter as lines of YAML, with no more quotes than they need.

What a file needs is not guessed from YAML's grammar: a spelling is good when it reads
back, through the same reader that every run uses, to exactly the text that was meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from publisher.source.frontmatter import Node, split

MetaValue = str | bool | tuple[str, ...] | Mapping[str, bool] | Mapping[str, str]
"""What a key can be given: text in one line, a flag, texts (`was:`), flags by name (`fin:`), or
marks by section (`translated_from:`)."""

_NOT_PLAIN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_INDENT = "  "


def lines_of(name: str, value: MetaValue, indent: str = "") -> str:
    """Return a key and its value as whole lines, each with its end."""
    return f"{indent}{name}:{spelt(value, indent)}\n"


def spelt(value: MetaValue, indent: str = "") -> str:
    """Return what stands after the colon of a key, without the last line's end.

    indent  of the key; what does not fit into its line stands deeper.

    Marks have a blank line between them: Git merges changes of two lines only where a third one
    stands between them.
    """
    if isinstance(value, bool):
        return f" {_flag(value)}"
    if isinstance(value, str):
        return f" {scalar(value)}"
    below = f"\n{indent}{_INDENT}"
    if isinstance(value, tuple):
        return "".join(f"{below}- {scalar(item)}" for item in value)
    said = [
        f"{below}{name}: {_flag(one) if isinstance(one, bool) else one}"
        for name, one in value.items()
    ]
    marks = any(isinstance(one, str) for one in value.values())
    return "\n".join(said) if marks else "".join(said)


def scalar(text: str) -> str:
    """Return the plainest spelling of a text that reads back as it."""
    escaped = _escaped(text)
    if _NOT_PLAIN.search(text):
        return escaped
    doubled = text.replace("'", "''")
    for spelling in (text, f'"{text}"', f"'{doubled}'"):
        if _reads_as(spelling, text):
            return spelling
    return escaped


def is_said(value: MetaValue | None) -> bool:
    """Whether a value says anything; an empty text, or nothing at all, is not written."""
    return isinstance(value, bool) or bool(value)


def says(name: str, node: Node, value: MetaValue) -> bool:
    """Whether a file says a value already, however it spells it."""
    if isinstance(value, bool):
        return not node.null and (node.text or "").strip().lower() in _SPELLINGS[value]
    if isinstance(value, str):
        return node.text is not None and not node.null and _text_of(name, node) == value
    if isinstance(value, tuple):
        return node.items is not None and tuple(item.text for item in node.items) == value
    entries = node.entries or {}
    return entries.keys() == value.keys() and all(
        says(key, entries[key], flag) for key, flag in value.items()
    )


_SPELLINGS = {True: ("true", "yes", "on"), False: ("false", "no", "off")}


def _text_of(name: str, node: Node) -> str:
    text = node.text or ""
    text = text if node.quoted else text.strip()
    return " ".join(text.split("\n")) if name in ("title", "description") else text


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _reads_as(spelling: str, text: str) -> bool:
    found = split("", f"---\nkey: {spelling}\n---\n").entries
    node = found.get("key") if found and len(found) == 1 else None
    if node is None or node.text is None or node.null:
        return False
    return (node.text if node.quoted else node.text.strip()) == text


def _escaped(text: str) -> str:
    shown = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_NOT_PLAIN.sub(_as_code, shown)}"'


def _as_code(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
