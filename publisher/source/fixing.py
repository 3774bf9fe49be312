"""Mend what is wrong with a file where nobody has to be asked how.

A fix is for a slip with a single way out: it changes the text of one file, and the reader's
page only as far as the slip had spoilt it. Whether it really did is proven afterwards, by
`is_faithful` and by reading everything again. Pure.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote

import yaml

from publisher.body import refs
from publisher.errors import PublisherError
from publisher.model import ContentRules
from publisher.source.addresses import addresses_in, links_in, put_in
from publisher.source.document import Document
from publisher.source.entries import at, read
from publisher.source.frontmatter import block_in, composed
from publisher.source.links import candidates, path_of, readable
from publisher.source.meta import KEYS
from publisher.source.routes import spelt
from publisher.source.writing import with_meta

_QUOTED = re.compile(r"`([^`\n]+)`")
_SUFFIX = re.compile(r"\.(md|markdown|mdx|html?)$")
_IGNORES = re.compile(r"<!--\s*(publisher-ignore(?:-file)?)\b([^<>]*?)-->")
_SEPARATORS = re.compile(r"[\s,]+")
_CURLY = "“”„«»‘’‚"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A finding, and all that its fix may look at.

    name   the file's path below the content folder, in NFC; `text` as `files.decode` gives it.
    files  every file below the content folder, as `by_near_name` sorts them.
    """

    name: str
    line: int
    what: str
    text: str
    files: Mapping[str, Sequence[str]]
    rules: ContentRules


@dataclass(frozen=True, slots=True)
class Mend:
    """A file's text without the slip; `moved`: addresses in it that changed, old → new."""

    text: str
    moved: Mapping[str, str] = field(default_factory=dict)


Fix = Callable[[Case], Mend | None]


def mend(rule: str, case: Case) -> Mend | None:
    """Return the mended text; None where there is no single, certain way."""
    fix = FIXES.get(rule)
    try:
        mended = fix(case) if fix else None
    except PublisherError:  # the frontmatter cannot be read, or not be changed with certainty
        return None
    return mended if mended and mended.text != case.text else None


def is_faithful(before: Document, after: Document, moved: Mapping[str, str]) -> bool:
    """Whether readers get the same body from both, but for the addresses that were to change.

    A file that could not be read before showed nothing, so there is nothing to keep.
    """
    if after.broken and not before.broken:
        return False
    if before.broken and not before.html:
        return True
    was = refs.rewrite(before.html, lambda url, _: moved.get(url, url))
    return was == refs.rewrite(after.html, lambda url, _: url) and _slugs(before) == _slugs(after)


def _slugs(document: Document) -> list[tuple[str, str]]:
    return [(heading.id, heading.slug) for heading in document.headings]


# Frontmatter ------------------------------------------------------------------------------


def begin_with_frontmatter(case: Case) -> Mend | None:
    """Take away what is blank above the frontmatter."""
    text = case.text.lstrip()
    return Mend(text) if text.startswith("---") else None


def plain_quotes(case: Case) -> Mend | None:
    """Take typographic quotes from around a value; those inside it are its own."""
    for name, node in (read(case.text).entries or {}).items():
        said = (node.text or "").strip()
        inner = said[1:-1].strip()
        if node.line == case.line and inner and not any(each in inner for each in _CURLY):
            aliases = case.rules.aliases
            return Mend(with_meta(case.text, {aliases.get(name, name): inner}, aliases))
    return None


def one_of_two_equal_keys(case: Case) -> Mend | None:
    """Take away a key's second line where it says what the first one says."""
    place = block_in(case.text)
    block = case.text[slice(*place)] if place else ""
    root = composed(block) if place else None
    if place is None or not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    seen: dict[str, yaml.Node] = {}
    for key, value in root.value:
        first = seen.setdefault(key.value, value) if isinstance(key, yaml.ScalarNode) else value
        if first is not value:
            line = _line_alone(block, key, value) if _says_same(first, value) else None
            return Mend(_without(case.text, place[0], line)) if line else None
    return None


def _says_same(one: yaml.Node, two: yaml.Node) -> bool:
    scalars = isinstance(one, yaml.ScalarNode) and isinstance(two, yaml.ScalarNode)
    return scalars and (one.tag, one.value) == (two.tag, two.value)


def _line_alone(block: str, key: yaml.Node, value: yaml.Node) -> tuple[int, int] | None:
    """The line that holds a key, its value and nothing else."""
    start = block.rfind("\n", 0, key.start_mark.index) + 1
    end = block.find("\n", start) + 1
    alone = (
        not block[start : key.start_mark.index] and not block[value.end_mark.index : end].strip()
    )
    return (start, end) if alone and value.end_mark.index < end else None


def _without(text: str, offset: int, line: tuple[int, int]) -> str:
    return text[: offset + line[0]] + text[offset + line[1] :]


def known_spelling(case: Case) -> Mend | None:
    """Spell a key as we do where only capitals, `-` and `_` differ."""
    entries = read(case.text).entries or {}
    for name, node in entries.items():
        if node.line != case.line or name in KEYS:
            continue
        ours = [key for key in KEYS if _folded(key) == _folded(name)]
        start = at(case.text, name).line
        if len(ours) == 1 and ours[0] not in entries and case.text.startswith(f"{name}:", start):
            return Mend(case.text[:start] + ours[0] + case.text[start + len(name) :])
    return None


def _folded(key: str) -> str:
    return key.casefold().replace("-", "_")


# Links and images -------------------------------------------------------------------------


def nearly_right_link(case: Case) -> Mend | None:
    """Lead a link to the one text that it misses by capitals, suffix or `%` codes alone."""
    return _led(case, texts=True)


def nearly_right_image(case: Case) -> Mend | None:
    """Show the one file that the address of an image misses by capitals or `%` codes alone."""
    return _led(case, texts=False)


def _led(case: Case, *, texts: bool) -> Mend | None:
    quoted = _QUOTED.search(case.what)
    target = _meant(case, quoted[1], texts=texts) if quoted else None
    if quoted is None or target is None:
        return None
    parts = read(case.text)
    there = addresses_in(parts.body, parts.first_line)
    path = posixpath.relpath(target, posixpath.dirname(case.name) or ".")
    changes = [
        (each.start, each.end, spelt(path, each.raw, angled=each.angled))
        for each in there.found
        if readable(each.url) == quoted[1]
    ]
    body = put_in(parts.body, changes)
    after = links_in(body, parts.first_line)
    if not changes or len(after) != len(there.links):
        return None
    pairs = zip(there.links, after, strict=True)
    moved = {old.url: new.url for old, new in pairs if old.url != new.url}
    return Mend(case.text[: len(case.text) - len(parts.body)] + body, moved)


def _meant(case: Case, url: str, *, texts: bool) -> str | None:
    """The one file at the first place where any file nearly has this name."""
    for place in candidates(case.name, path_of(url), case.rules.default_locale):
        near = case.files.get(_near(place), ())
        found = [file for file in near if file.lower().endswith(".md") is texts]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def by_near_name(files: Iterable[str]) -> dict[str, list[str]]:
    """Sort files by what is left of their paths without capitals, suffix and `%` codes."""
    found: dict[str, list[str]] = {}
    for file in files:
        found.setdefault(_near(file), []).append(file)
    return found


def _near(path: str) -> str:
    plain = unicodedata.normalize("NFC", unquote(path)).casefold().rstrip("/")
    return _SUFFIX.sub("", plain)


# Comments ---------------------------------------------------------------------------------


def useful_ignores(case: Case) -> Mend | None:
    """Take a rule that silences nothing out of its comment, and the comment that is left empty."""
    quoted, lines = _QUOTED.search(case.what), case.text.split("\n")
    found = list(_IGNORES.finditer(lines[case.line - 1]))
    if quoted is None or len(found) != 1:
        return None
    names = [each for each in _SEPARATORS.split(found[0][2]) if each and each != quoted[1]]
    comment = f"<!-- {found[0][1]} {', '.join(names)} -->" if names else ""
    line = lines[case.line - 1]
    line = f"{line[: found[0].start()]}{comment}{line[found[0].end() :]}"
    lines[case.line - 1 : case.line] = [line] if line.strip() else []
    return Mend("\n".join(lines))


FIXES: Mapping[str, Fix] = MappingProxyType(
    {
        "asset-missing": nearly_right_image,
        "frontmatter-duplicate-key": one_of_two_equal_keys,
        "frontmatter-late": begin_with_frontmatter,
        "frontmatter-quotes": plain_quotes,
        "frontmatter-unknown-key": known_spelling,
        "ignore-unused": useful_ignores,
        "link-unresolved": nearly_right_link,
    }
)
"""By rule, how a finding of it is mended where that is certain."""
