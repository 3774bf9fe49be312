"""redirects.yml: which addresses that died lead elsewhere, and what is wrong with that.

    - from: billing/old-refunds          # a former key, or a path in the help center
      to: billing/refunds                # the key of an article or a collection
      locale: fr                         # optional: in this language alone
      target: production                 # optional: on this target alone

YAML is composed for its marks alone, so that every fault has a line and a value can be
exchanged where it stands. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import yaml

from publisher.model import LOCALES, Locale
from publisher.source.meta import fault_of_key
from publisher.source.rules import Finding, did_you_mean

FILE = "redirects.yml"
LONGEST = 1_000_000
"""Characters. Some ten thousand redirects; more would be data that nobody looks through."""
_KEYS = ("from", "to", "locale", "target")
_KIND = re.compile(r"(article|collection):(.+)")
_PLAIN = re.compile(r"[\w][\w./-]*(:[\w./-]+)?")
_EXAMPLE = "Write `- { from: old/key, to: new/key }`."


@dataclass(frozen=True, slots=True)
class Row:
    """One redirect as it is written.

    to      by its place in the text, from its first letter on to behind its last.
    """

    line: int
    start: str
    to: str
    place: tuple[int, int]
    locale: Locale | None = None
    target: str | None = None

    def meets(self, other: Row) -> bool:
        """Whether both hold in some language of some target."""
        same_locale = self.locale is None or other.locale in (None, self.locale)
        return same_locale and (self.target is None or other.target in (None, self.target))


def rows_in(path: str, text: str) -> tuple[list[Row], list[Finding]]:
    """Read the file; rows that cannot be understood are findings.

    text  with `\\n` as its only line end, and without a byte order mark.
    """
    try:
        root = _composed(text)
    except _Refused as error:
        return [], [error.at(path)]
    if root is None:
        return [], []
    rows: list[Row] = []
    findings: list[Finding] = []
    for node in root:
        try:
            rows.append(_row(text, node))
        except _Refused as error:
            findings.append(error.at(path))
    return rows, findings


def row(start: str, to: str, locale: str | None = None) -> str:
    """Spell a redirect in one line."""
    said = {"from": start, "to": to} | ({"locale": locale} if locale else {})
    return f"- {{ {', '.join(f'{name}: {_spelt(value)}' for name, value in said.items())} }}"


def retargeted(text: str, renamed: Mapping[str, str]) -> str:
    """Return the text with other keys after `to:`; every other character stays.

    renamed  old key, spelt as it may stand there → new key.
    """
    rows, _ = rows_in("", text)
    for each in sorted(rows, key=lambda each: each.place, reverse=True):
        if each.to in renamed:
            begin, end = each.place
            text = text[:begin] + _spelt(renamed[each.to]) + text[end:]
    return text


def without_rows(text: str, starts: Collection[str]) -> str:
    """Return the text without redirects from these; only such go as stand in one line."""
    lines = text.split("\n")
    rows, _ = rows_in("", text)
    gone = {
        each.line - 1
        for each in rows
        if each.start in starts and lines[each.line - 1].rstrip().endswith("}")
    }
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def _spelt(value: str) -> str:
    plain = _PLAIN.fullmatch(value) and value.lower() != "null"
    return value if plain else json.dumps(value, ensure_ascii=False)


# Form -------------------------------------------------------------------------------------


class _Refused(Exception):
    def __init__(self, line: int, what: str, advice: str = "") -> None:
        self.line, self.what, self.advice = line, what, advice

    def at(self, path: str) -> Finding:
        return Finding("redirect-invalid", path, self.what, self.advice, self.line)


def _composed(text: str) -> list[yaml.Node] | None:
    if len(text) > LONGEST:
        raise _Refused(1, f"The file is longer than {LONGEST:,} characters.", "Drop what is old.")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = text.count("\n", 0, mark.index) + 1 if mark else 1
        what = f"This is not YAML ({error.problem or 'it cannot be read'})."
        raise _Refused(min(line, text.count("\n") + 1), what, _EXAMPLE) from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):
        raise _Refused(1, "The file cannot be read as YAML.", _EXAMPLE) from None
    if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
        return None
    if not isinstance(root, yaml.SequenceNode):
        raise _Refused(_line(text, root), "The file is not a list of redirects.", _EXAMPLE)
    return list(root.value)


def _line(text: str, node: yaml.Node) -> int:
    return text.count("\n", 0, node.start_mark.index) + 1


def _row(text: str, node: yaml.Node) -> Row:
    line = _line(text, node)
    if not isinstance(node, yaml.MappingNode):
        raise _Refused(line, "This is no redirect.", _EXAMPLE)
    values: dict[str, yaml.ScalarNode] = {}
    for key, value in node.value:
        name = _name(text, key, values)
        if not isinstance(value, yaml.ScalarNode):
            raise _Refused(_line(text, value), f"`{name}` is not one text.", _EXAMPLE)
        if value.tag != "tag:yaml.org,2002:null":
            values[name] = value
    for name in ("from", "to"):
        if name not in values or not values[name].value:
            raise _Refused(line, f"This redirect does not say `{name}:`.", _EXAMPLE)
    to = values["to"]
    target = values.get("target")
    return Row(
        line=line,
        start=_start(text, values["from"]),
        to=_to(text, to),
        place=(to.start_mark.index, to.end_mark.index),
        locale=_locale(text, values.get("locale")),
        target=target.value if target else None,
    )


def _name(text: str, key: yaml.Node, values: Mapping[str, yaml.Node]) -> str:
    name = key.value if isinstance(key, yaml.ScalarNode) else ""
    line = _line(text, key)
    if name not in _KEYS:
        advice = did_you_mean(name, _KEYS) or "A redirect has from, to, locale and target."
        raise _Refused(line, f"`{name}` is no key of a redirect.", advice)
    if name in values:
        raise _Refused(line, f"`{name}` stands twice in one redirect.", "Keep one of them.")
    return str(name)


def _start(text: str, node: yaml.ScalarNode) -> str:
    value = str(node.value)
    line = _line(text, node)
    if "://" in value:
        path = re.sub(r"^[^/]*://[^/]*", "", value) or "/"
        advice = f"Write the path alone: `from: {path}`."
        raise _Refused(line, "`from` is a whole address.", advice)
    if value.startswith("/"):
        if re.search(r"[\s#]", value) or value.startswith("//"):
            what = f"`{value}` cannot be a path that a help center is asked for."
            raise _Refused(line, what, "Leave out spaces, `#` and what follows it.")
        return value.rstrip("/") or "/"
    return _key(value, "from", line)


def _to(text: str, node: yaml.ScalarNode) -> str:
    value, line = str(node.value), _line(text, node)
    if value.startswith("/") or "://" in value:
        what = "`to` is an address; redirects lead to what is published from here."
        raise _Refused(line, what, "Write the key of an article or a collection.")
    return _key(value, "to", line)


def _key(value: str, name: str, line: int) -> str:
    said = _KIND.fullmatch(value)
    fault = fault_of_key(said[2] if said else value)
    if fault == "ends in .md":
        advice = "Write the path below the locale folder, without .md."
    else:
        advice = "Write it as `lint` and `plan` do: `folder/file`."
    if fault:
        raise _Refused(line, f"`{name}: {value}` cannot be a key: it {fault}.", advice)
    return value


def _locale(text: str, node: yaml.ScalarNode | None) -> Locale | None:
    if node is None:
        return None
    if node.value not in LOCALES:
        what = f"`{node.value}` is no locale of Intercom."
        raise _Refused(_line(text, node), what, did_you_mean(node.value, LOCALES))
    return Locale(node.value)
