"""Where each key of a frontmatter stands in the text, and the text with one of them changed.

YAML is composed for its marks alone. A change is made on the author's own text, between
two places of it, so everything around stays as it is. That the result says what was
wanted is for the caller to prove.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from publisher.errors import PublisherError
from publisher.source.frontmatter import Split, block_in, composed, split
from publisher.source.spelling import MetaValue, lines_of, spelt


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, by places in the file's text.

    line      where its first line begins; `end`: where the line after its last begins.
    colon     after the colon. value: the value's own two places; None where it is empty,
              stands over several lines or elsewhere (`*name`).
    said      the value, if it is text.
    """

    line: int
    indent: str
    colon: int
    value: tuple[int, int] | None
    empty: bool
    end: int
    said: str


def read(text: str) -> Split:
    """Part a file's text; raises PublisherError when the frontmatter cannot be read."""
    parts = split("", text)
    if parts.entries is None:
        fault = parts.findings[0]
        raise PublisherError(f"line {fault.line}: {fault.what} {fault.advice}".strip())
    return parts


def at(text: str, name: str) -> Entry:
    """Return where a key stands that is known to stand there."""
    return _entries(text)[name]


def removed(text: str, name: str) -> str:
    """Take out a key with all lines of its value."""
    entry = at(text, name)
    return text[: entry.line] + text[entry.end :]


def replaced(text: str, name: str, value: MetaValue) -> str:
    """Give a key another value; in one line, a comment behind the old one stays."""
    entry = at(text, name)
    spelling = spelt(value, entry.indent)
    if "\n" not in spelling and entry.value:
        start, end = entry.value
        return text[:start] + spelling.strip(" ") + text[end:]
    if "\n" not in spelling and entry.empty:
        return text[: entry.colon] + spelling + text[entry.colon :]
    return text[: entry.colon] + spelling + text[entry.end - 1 :]


def added(text: str, name: str, value: MetaValue, after: str | None) -> str:
    """Write a new key below another one, or above all; make a frontmatter if there is none."""
    block = block_in(text)
    if block is None:
        gap = "" if not text or text.startswith("\n") else "\n"
        return f"---\n{lines_of(name, value)}---\n{gap}{text}"
    entries = _entries(text)
    if not entries:
        return text[: block[1]] + lines_of(name, value) + text[block[1] :]
    first = min(entries.values(), key=lambda entry: entry.line)
    place = entries[after].end if after else first.line
    return text[:place] + lines_of(name, value, first.indent) + text[place:]


def _entries(text: str) -> dict[str, Entry]:
    block = block_in(text)
    if block is None:
        return {}
    root = composed(text[slice(*block)])
    if not isinstance(root, yaml.MappingNode):
        return {}
    return {key.value: _entry(text, block[0], key, value) for key, value in root.value}


def _entry(text: str, start: int, key: yaml.ScalarNode, value: yaml.Node) -> Entry:
    begins = start + key.start_mark.index
    line = text.rfind("\n", 0, begins) + 1
    colon = text.index(":", start + key.end_mark.index) + 1
    first, last = start + value.start_mark.index, start + value.end_mark.index
    empty = first == last
    in_place = first >= colon and not empty and not _is_block(value)
    end = max(colon, _end(text, start, value, begins - line))
    return Entry(
        line=line,
        indent=text[line:begins],
        colon=colon,
        value=(first, last) if in_place else None,
        empty=empty,
        end=_next_line(text, end),
        said=value.value if isinstance(value, yaml.ScalarNode) else "",
    )


def _is_block(node: yaml.Node) -> bool:
    if isinstance(node, yaml.ScalarNode):
        return node.style in ("|", ">")
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _end(text: str, start: int, node: yaml.Node, column: int) -> int:
    """Return where the last line of a value has ended, or something in it."""
    if not _is_block(node):
        return (
            start + int(node.end_mark.index) if node.end_mark.index > node.start_mark.index else 0
        )
    if isinstance(node, yaml.ScalarNode):
        return _end_of_lines(text, _next_line(text, start + node.start_mark.index), column)
    pairs = [node.value] if isinstance(node, yaml.SequenceNode) else node.value
    return max(_end(text, start, each, column) for pair in pairs for each in pair)


def _end_of_lines(text: str, place: int, column: int) -> int:
    """Return the end of the lines from `place` on that are set deeper than `column`."""
    end = place - 1
    while place < len(text):
        after = _next_line(text, place)
        line = text[place:after].rstrip("\n")
        if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
            break
        end = after - 1 if line.strip() else end
        place = after
    return end


def _next_line(text: str, place: int) -> int:
    found = text.find("\n", place)
    return found + 1 if found >= 0 else len(text)
