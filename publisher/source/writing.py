"""Write the files of a content folder: a new one, or one change in an old one.

A file belongs to its author: whatever is not asked to change keeps every byte, its
comments, the order of its keys, its quotes, its line ends. Texts have `\\n` as their only
line end here, as `files.decode` gives them; `edited` brings back what the file had.
Pure, but for `store`, which has its own file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher

from publisher.errors import PublisherError
from publisher.source import files
from publisher.source.document import repeats
from publisher.source.entries import added, at, read, removed, replaced
from publisher.source.frontmatter import Node, split
from publisher.source.headings import retitled, untitled
from publisher.source.meta import KEYS
from publisher.source.rules import Finding
from publisher.source.spelling import MetaValue, is_said, lines_of, says
from publisher.source.storing import store

__all__ = ["MetaValue", "body_of", "edited", "new_file", "store", "with_body", "with_meta"]

_BLANK_LINES = re.compile(r"([ \t]*\n)*")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_BOM = b"\xef\xbb\xbf"
_ORDER = tuple(KEYS)


def new_file(meta: Mapping[str, MetaValue | None], body: str) -> str:
    """Return the text of a file: frontmatter in the order given, then the body.

    What says nothing (None, an empty text) is left out.
    """
    said = {name: value for name, value in meta.items() if value is not None and is_said(value)}
    keys = "".join(lines_of(name, value) for name, value in said.items())
    return with_body(f"---\n{keys}---\n" if keys else "", body)


# Bodies -----------------------------------------------------------------------------------


def body_of(text: str) -> tuple[str, int]:
    """Return the body, without blank lines above it, and the file's line on which it begins.

    Raises PublisherError when the frontmatter cannot be read.
    """
    head, body = _parted(text)
    return body, head.count("\n") + 1


def with_body(text: str, body: str) -> str:
    """Return a file's text with another body; what stands above it keeps every byte."""
    head, old = _parted(text)
    body = body[_blank(body) :]
    if body == old:
        return text
    if not body.strip():
        return head.rstrip("\n") + "\n" if head.strip() else ""
    if not head.strip() and split("", body).body != body:
        head = "---\n---\n"  # a ruled line at the top would be read as frontmatter
    if head.strip() and not old.strip():
        head = head.rstrip("\n") + "\n\n"
    if old.strip() and not old.endswith("\n"):
        return head + body.removesuffix("\n")  # as its author ended it
    return head + (body if body.endswith("\n") else f"{body}\n")


def _parted(text: str) -> tuple[str, str]:
    body = read(text).body
    start = len(text) - len(body) + _blank(body)
    return text[:start], text[start:]


def _blank(body: str) -> int:
    found = _BLANK_LINES.match(body)
    return found.end() if found else 0


# Frontmatter ------------------------------------------------------------------------------


def with_meta(
    text: str, changes: Mapping[str, MetaValue | None], aliases: Mapping[str, str]
) -> str:
    """Return a file's text with other values of frontmatter keys; None removes a key.

    changes  by our names; a key that stands under one of the `aliases` (theirs → ours) is
             changed under that. A value that is said already is not spelt anew.

    A title that is, or is repeated by, the first `# heading` changes there.

    Raises PublisherError when the frontmatter cannot be read, or is written in a way that
    does not let the change be made with certainty.
    """
    for name in sorted(changes, key=_rank):
        value = changes[name]
        text = _changed(text, name, value if is_said(value) else None, aliases)
    return text


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _changed(text: str, name: str, value: MetaValue | None, aliases: Mapping[str, str]) -> str:
    entries = read(text).entries or {}
    there = next((each for each in entries if aliases.get(each, each) == name), None)
    if value is None:
        return _proven(removed(text, there), text, there, None) if there else text
    if there is None:
        if name == "title" and isinstance(value, str):
            return _titled(text, value)
        return _added(text, name, value, aliases)
    if says(name, entries[there], value):
        return text
    changed = _proven(replaced(text, there, value), text, there, value)
    if name == "title" and isinstance(value, str):
        return _repeating(changed, at(text, there).said, value)
    return changed


def _added(text: str, name: str, value: MetaValue, aliases: Mapping[str, str]) -> str:
    names = read(text).entries or {}
    ranks = {each: _rank(aliases.get(each, each)) for each in names}
    above = [each for each in names if ranks[each] < _rank(name)]
    after = max(above, key=lambda each: ranks[each], default=None)
    return _proven(added(text, name, value, after), text, name, value)


def _titled(text: str, title: str) -> str:
    """Change the heading that is the title; where it cannot say it, the frontmatter does."""
    body, _ = body_of(text)
    found = retitled(body, title)
    if found is not None:
        return with_body(text, found)
    return _added(with_body(text, untitled(body)), "title", title, {})


def _repeating(text: str, old: str, title: str) -> str:
    """Let a heading that repeated the old title repeat the new one, or go."""
    body, _ = body_of(text)
    if not repeats(old, body):
        return text
    found = retitled(body, title, plainly=True) if title.isprintable() else None
    return with_body(text, found if found and repeats(title, found) else untitled(body))


def _proven(text: str, before: str, name: str, value: MetaValue | None) -> str:
    """Return `text`, if it differs from the text before in this one value and nothing else."""
    then, now = read(before), split("", text)
    said = dict(now.entries or {})
    node = said.pop(name, None)
    right = node is None if value is None else node is not None and says(name, node, value)
    others = {key: each for key, each in (then.entries or {}).items() if key != name}
    same_body = now.body.lstrip("\n") == then.body.lstrip("\n")
    if right and same_body and _plain(said) == _plain(others):
        return text
    line = (then.entries or {})[name].line if name in (then.entries or {}) else 1
    raise PublisherError(
        f"line {line}: `{name}` cannot be changed in the way this frontmatter is written. "
        "Write one `key: value` per line, without & and *."
    )


def _plain(entries: Mapping[str, Node]) -> dict[str, object]:
    """What nodes say, without their lines."""
    return {
        key: (
            node.text,
            node.null,
            _plain(node.entries or {}),
            _plain({str(place): item for place, item in enumerate(node.items or ())}),
        )
        for key, node in entries.items()
    }


# Bytes ------------------------------------------------------------------------------------


def edited(raw: bytes, change: Callable[[str], str]) -> bytes:
    """Change the text of a file; its byte order mark and how its lines end stay.

    Raises PublisherError for bytes that are not UTF-8 text.
    """
    before = files.decode("", raw)
    if isinstance(before, Finding):
        raise PublisherError(f"{before.what} {before.advice}")
    after = change(before)
    if after == before:
        return raw
    bom = _BOM if raw.startswith(_BOM) else b""
    return bom + _with_ends(after, raw.removeprefix(bom).decode("utf-8")).encode("utf-8")


def _with_ends(text: str, model: str) -> str:
    """End the lines of `text` as `model` does; where it is of two minds, line by line."""
    lines = [(found[1], found[2]) for found in _LINE.finditer(model) if found[0]]
    ends = Counter(end for _, end in lines if end)
    usual = ends.most_common(1)[0][0] if ends else "\n"
    if len(ends) < 2:
        return text.replace("\n", usual)
    wanted = text.split("\n")
    chosen = [usual] * len(wanted)
    matcher = SequenceMatcher(None, [line for line, _ in lines], wanted, autojunk=False)
    for start, new, size in matcher.get_matching_blocks():
        chosen[new : new + size] = [end or usual for _, end in lines[start : start + size]]
    return "".join(line + end for line, end in zip(wanted[:-1], chosen, strict=False)) + wanted[-1]
