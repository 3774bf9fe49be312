"""Split a file into frontmatter and body, and read the frontmatter with the line of every key.

python-frontmatter knows where the block ends; its way of loading it forgets lines,
keeps the last of two equal keys and turns `title: yes` into True. So the YAML is only
*composed*, never constructed: every scalar stays the text its author typed, every key
keeps its line, and no tag can make an object. Lines are counted here, once, as lines
of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import yaml
from frontmatter.default_handlers import YAMLHandler

from publisher.source.rules import Finding

LONGEST = 100_000
MOST_NODES = 10_000
"""Beyond these, in characters and values, it is a file of data, or anchors that explode."""

_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
"""The handler's own boundary swallows the blank lines that follow, which would shift our lines."""
_HANDLER = YAMLHandler(fm_boundary=_BOUNDARY)
_OPENS_LATE = re.compile(r"\A\s+(?=---[ \t]*$)", re.MULTILINE)
_KEY_LINE = re.compile(r"\s*[\w][\w .:-]*:(\s|$)")
_NO_SPACE = re.compile(r"[A-Za-z_]\w*:[^\s/]")
_CURLY_OPENS, _CURLY_CLOSES = "“”„«‘‚", "“”»’‘"
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Node:
    """A value as its author typed it: text, items or entries; the other two are None."""

    line: int
    text: str | None = None
    items: tuple[Node, ...] | None = None
    entries: Mapping[str, Node] | None = None
    null: bool = False
    """Nothing, `~` or `null` without quotes; `text` has it as typed."""
    quoted: bool = False
    """Between quotes, so that spaces at its ends are meant."""


@dataclass(frozen=True, slots=True)
class Split:
    """A file in two: `first_line` is the line of the file on which `body` begins.

    entries  None when the frontmatter could not be read; then a finding says why.
    """

    entries: Mapping[str, Node] | None
    body: str
    first_line: int = 1
    findings: tuple[Finding, ...] = ()


class _Refused(Exception):
    def __init__(self, what: str, advice: str = "", line: int = 1, rule: str = "") -> None:
        self.what, self.advice, self.line = what, advice, line
        self.rule = rule or "frontmatter-invalid"


def split(path: str, text: str) -> Split:
    """Part frontmatter and body of a file; a file without frontmatter is all body.

    path  for the findings. text: with `\\n` as its only line end, without a BOM.
    """
    late = _OPENS_LATE.match(text)
    start = late.end() if late else 0
    if not _HANDLER.detect(text[start:]):
        return _without(path, text)
    above = text.count("\n", 0, start)
    if late and not _reads_as_keys(text[start:]):
        return _without(path, text)
    try:
        block, body = _parted(text[start:], above)
        entries, findings = _entries(path, block, above)
    except _Refused as error:
        refusal = Finding(error.rule, path, error.what, error.advice, error.line)
        return Split(None, "", 1, (refusal,))
    if late:
        findings.append(_late(path, above))
    return Split(entries, body, above + block.count("\n") + 2, tuple(findings))


def block_in(text: str) -> tuple[int, int] | None:
    """Return where the frontmatter of a file begins and ends: after `---`, before the other.

    None for a text that `split` finds to have none.
    """
    late = _OPENS_LATE.match(text)
    start = late.end() if late else 0
    if not _HANDLER.detect(text[start:]) or (late and not _reads_as_keys(text[start:])):
        return None
    first = _BOUNDARY.search(text, start)
    last = _BOUNDARY.search(text, first.end()) if first else None
    return (first.end(), last.start()) if first and last else None


def _without(path: str, text: str) -> Split:
    if text.startswith("+++\n"):
        what, advice = (
            "Frontmatter between `+++` is TOML.",
            "Write YAML between two lines of `---`.",
        )
        return Split(None, "", 1, (Finding("frontmatter-invalid", path, what, advice),))
    return Split(MappingProxyType({}), text)


def _reads_as_keys(text: str) -> bool:
    """Whether a late block is frontmatter, and not what stands between two ruled lines."""
    parts = _BOUNDARY.split(text, 2)
    return len(parts) == 3 and any(map(_KEY_LINE.match, parts[1].split("\n")))


def _late(path: str, above: int) -> Finding:
    what = "Something blank stands before the frontmatter; other tools would not see it."
    advice = "Begin the file with `---`."
    return Finding("frontmatter-late", path, what, advice, above + 1)


def _parted(text: str, above: int) -> tuple[str, str]:
    try:
        block, body = _HANDLER.split(text)
    except ValueError:
        raise _Refused(
            "The frontmatter has no end.",
            "Close it with a line of `---`; for a ruled line at the top write `***`.",
            above + 1,
        ) from None
    if len(block) > LONGEST:
        raise _Refused(f"The frontmatter is longer than {LONGEST:,} characters.", "", above + 1)
    return block, body.removeprefix("\n")


def _entries(path: str, block: str, above: int) -> tuple[Mapping[str, Node], list[Finding]]:
    root = composed(block, above)
    if root is None:
        return MappingProxyType({}), []
    reader = _Reader(path, block, above)
    line = reader.line(root)
    if not isinstance(root, yaml.MappingNode):
        form = "a list" if isinstance(root, yaml.SequenceNode) else "plain text"
        advice = "Write one `key: value` per line, such as `title: Refunds`."
        raise _Refused(f"The frontmatter is {form}, not keys and values.", advice, line)
    entries = reader.read(root, ()).entries
    return entries or MappingProxyType({}), reader.findings


def composed(block: str, above: int = 0) -> yaml.Node | None:
    """Parse without constructing anything; the lines of `block` begin at `above` + 1."""
    loader = None
    try:
        loader = yaml.SafeLoader(block)
        return loader.get_single_node()
    except yaml.reader.ReaderError as error:
        line = block.count("\n", 0, error.position) + above + 1
        raise _Refused("The frontmatter holds a control character.", "Remove it.", line) from None
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, block, above) from None
    except yaml.YAMLError as error:
        raise _Refused(f"The frontmatter cannot be read: {error}.", "", above + 1) from None
    except RecursionError:
        raise _Refused("The frontmatter nests too deeply.", "", above + 1) from None
    except (ValueError, OverflowError):  # PyYAML lets chr() judge what follows \U
        what = "An escape (`\\U…`) in the frontmatter stands for no character."
        raise _Refused(what, "Type the character itself.", above + 1) from None
    finally:
        if loader is not None:
            loader.dispose()


def _syntax(error: yaml.MarkedYAMLError, block: str, above: int) -> _Refused:
    key_without_end = "simple key" in (error.context or "")
    mark = error.context_mark if key_without_end else error.problem_mark
    index = mark.index if mark else 0
    line = block.count("\n", 0, min(index, len(block))) + 1
    text = block.split("\n")[line - 1]
    return _Refused(*_explained(text, error.problem or "it is not YAML"), line + above)


def _explained(text: str, problem: str) -> tuple[str, str]:
    """Say in a writer's words what is wrong with a line of YAML, and what to do."""
    if "\t" in text:
        return "There is a tab in the frontmatter.", "Write spaces instead; YAML allows no tabs."
    if _NO_SPACE.match(text):
        return "There is no space after the colon.", "Write `key: value`."
    if "mapping values are not allowed" in problem:
        return "The value holds a colon.", 'Put it in quotes: `title: "Refunds: how they work"`.'
    advice = "Write one `key: value` per line; put a value with special characters in quotes."
    return f"The frontmatter cannot be read here ({problem}).", advice


def _check_characters(text: str, line: int) -> None:
    """Refuse half a surrogate pair, which only an escape can write and no file can hold."""
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        what = "An escape (`\\u…`) in the frontmatter stands for half a character."
        raise _Refused(what, "Type the character itself.", line)


class _Reader:
    """Turns composed YAML into Nodes, counting them: aliases may share, our copies do not."""

    def __init__(self, path: str, block: str, above: int) -> None:
        self.path, self.block, self.above = path, block, above
        self.findings: list[Finding] = []
        self.count = 0

    def line(self, node: yaml.Node) -> int:
        # Not mark.line: YAML counts U+2028 and its like as line ends, editors do not.
        return self.block.count("\n", 0, node.start_mark.index) + self.above + 1

    def read(self, node: yaml.Node, above: tuple[int, ...]) -> Node:
        self.count += 1
        line = self.line(node)
        if id(node) in above:
            raise _Refused("A `*name` in the frontmatter stands inside its own `&name`.", "", line)
        if self.count > MOST_NODES or len(above) > 50:
            raise _Refused("The frontmatter holds too many or too deeply nested values.", "", line)
        below = (*above, id(node))
        if isinstance(node, yaml.MappingNode):
            return Node(line, entries=self._mapping(node, below))
        if isinstance(node, yaml.SequenceNode):
            return Node(line, items=tuple(self.read(item, below) for item in node.value))
        _check_characters(node.value, line)
        self._look_for_quotes(node.value, line)
        quoted = isinstance(node, yaml.ScalarNode) and node.style in ("'", '"')
        return Node(line, text=node.value, null=node.tag == _NULL, quoted=quoted)

    def _mapping(self, node: yaml.MappingNode, below: tuple[int, ...]) -> Mapping[str, Node]:
        entries: dict[str, Node] = {}
        for key, value in node.value:
            line = self.line(key)
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused("A key is a list or has keys itself.", "Write `key: value`.", line)
            _check_characters(key.value, line)
            if key.value in entries:
                what = f"`{key.value}` stands in line {entries[key.value].line} and in line {line}."
                raise _Refused(what, "Keep one of them.", line, "frontmatter-duplicate-key")
            entries[key.value] = replace(self.read(value, below), line=line)
        return MappingProxyType(entries)

    def _look_for_quotes(self, text: str, line: int) -> None:
        value = text.strip()
        if len(value) > 1 and value[0] in _CURLY_OPENS and value[-1] in _CURLY_CLOSES:
            what = f"The typographic quotes around {value[:40]} become part of the value."
            advice = 'Write straight quotes (") or none.'
            self.findings.append(Finding("frontmatter-quotes", self.path, what, advice, line))
