"""What can be wrong with content, how bad it is, and how a finding becomes a Problem.

Every rule of this room stands in one table, with the severity it has unless
`[lint]` in publisher.toml says otherwise. Findings are collected, never raised: a
writer wants all of them at once, in the order of the files.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType

from publisher.body.findings import REFUSED
from publisher.body.findings import RULES as BODY_RULES
from publisher.model import ContentRules, Problem, Severity, Spot

SHORTEST_BEGINNING = 3
"""Letters from which the beginning of a word stands for the word."""


Option = int | float | str | bool | tuple[str, ...]
"""What a rule can be tuned with; the default says which of these it takes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Its severity unless the configuration changes it, and what its page says about it.

    about    one line: what is wrong.
    why      what comes of it, and for whom.
    bad      files that it fires on, by their path below the content folder; `good`: mended.
    options  what it can be tuned with in `[lint]`, and the values they have otherwise.
    """

    severity: Severity
    about: str
    why: str = ""
    bad: Mapping[str, str] = field(default_factory=dict)
    good: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in one line of one file.

    path      below the content folder, `/`-separated, as it is spelt on disk.
    severity  None: as the table says; rules of other rooms bring their own.
    """

    rule: str
    path: str
    what: str
    advice: str = ""
    line: int = 1
    severity: Severity | None = None


def _table(**groups: Mapping[str, str]) -> Mapping[str, Rule]:
    table: dict[str, Rule] = {}
    for group, abouts in groups.items():
        severity: Severity = "error" if group == "error" else "warning"
        table |= {name: Rule(severity, about) for name, about in abouts.items()}
    return MappingProxyType(dict(sorted(table.items())))


OWN: Mapping[str, Rule] = _table(
    error={
        "anchor-unresolved": "A link names a heading that its target does not have.",
        "asset-missing": "An image is not where the text says it is.",
        "content-missing": "The content folder does not exist or cannot be read.",
        "encoding": "A file is not UTF-8 text.",
        "external-id-duplicate": "Two pages of a source have the same external id.",
        "file-empty": "A Markdown file holds nothing.",
        "fin-misplaced": "A file below fin/ is where no external page can be.",
        "frontmatter-duplicate-key": "A frontmatter key stands twice.",
        "frontmatter-invalid": "The frontmatter is not YAML of the form `key: value`.",
        "frontmatter-misplaced-key": "A frontmatter key has no meaning in a file of this kind.",
        "frontmatter-unknown-key": "A frontmatter key is not ours, ignored, or an `x-` key.",
        "frontmatter-value": "A frontmatter key has a value that it cannot have.",
        "ignore-invalid": "A line of .publisherignore is not gitignore syntax.",
        "image-large": "An image file is larger than can be an image of an article.",
        "key-case": "Two keys of a kind differ only in case.",
        "key-duplicate": "Two files claim the same key.",
        "key-invalid": "A key is spelt as no key can be.",
        "link-outside": "A link or image leads out of the content folder.",
        "link-unresolved": "A relative link leads to no article, collection, page or file.",
        "locale-unknown": "A folder with Markdown is named after no locale of Intercom.",
        "merge-conflict": "A merge was not finished: Git's marks stand in the file.",
        "name-unreadable": "A file name holds control characters or is not Unicode.",
        "source-missing": "External pages have no _source.md above them.",
        "source-url-duplicate": "Two sources have the same address.",
        "source-without-url": "A _source.md does not say `url:`.",
        "symlink-loop": "A symbolic link leads to a folder it lies in.",
        "symlink-outside": "A symbolic link leads out of the content folder, or nowhere.",
        "title-missing": "Neither the frontmatter nor a first heading gives a title.",
        "too-deep": "Folders nest deeper than Intercom's collections can.",
        "too-large": "A Markdown file is larger than can be an article.",
        "translation-conflict": "A translation contradicts what its source says for all locales.",
        "translation-without-source": "A translation has no file in the default locale.",
        "unreadable": "A file or folder cannot be read.",
        "was-conflict": "A former key is claimed twice, or belongs to something that still exists.",
    },
    warning={
        "asset-type": "An image is of a type that Intercom does not document.",
        "body-empty": "An article has a title but no text.",
        "collection-without-title": "A collection has articles in a locale, but no name.",
        "content-empty": "The content folder holds no Markdown.",
        "frontmatter-late": "Blank lines or spaces stand before the frontmatter.",
        "frontmatter-quotes": "Typographic quotes around a value; they become part of it.",
        "index-at-top": "An _index.md lies directly in a locale folder, which is no collection.",
        "index-body": "Text below the frontmatter of an _index.md, which Intercom cannot show.",
        "key-without-effect": "A frontmatter key that changes nothing in Intercom yet.",
        "link-to-file": "A link leads to a local file; Intercom hosts no files.",
        "locale-not-listed": "A locale folder is not among the configured locales.",
        "outside-locale": "A Markdown file lies in no locale folder.",
        "suffix-unknown": "A file that looks like Markdown but does not end in .md.",
        "title-long": "A title longer than 255 characters.",
    },
)
RULES: Mapping[str, Rule] = MappingProxyType(
    dict(
        sorted(
            {
                **{
                    name: Rule("error" if name in REFUSED else "warning", about)
                    for name, about in BODY_RULES.items()
                },
                **OWN,
            }.items()
        )
    )
)
"""Every rule that can be named in `[lint]`: of this room, and of bodies."""


def severity_of(found: Finding, rules: ContentRules) -> Severity | None:
    """Return how bad it is here, or None when the configuration switched the rule off."""
    wanted = rules.severities.get(found.rule)
    if wanted == "off":
        return None
    if wanted in ("error", "warning"):
        return "error" if wanted == "error" else "warning"
    if found.severity is not None:
        return found.severity
    return RULES[found.rule].severity


def settle(
    findings: Iterable[Finding], rules: ContentRules, folder: str = ""
) -> tuple[Problem, ...]:
    """Turn findings into Problems as the configuration grades them, without repetitions.

    folder  the content folder as the user gave it; it is put before each path. Empty when
            the paths are complete already.
    """
    problems = {
        Problem(
            rule=found.rule,
            severity=severity,
            what=found.what,
            advice=found.advice,
            spot=Spot(full_path(folder, found.path), found.line),
        ): None
        for found in findings
        if (severity := severity_of(found, rules)) is not None
    }
    return tuple(problems)


def full_path(folder: str, path: str) -> str:
    """Spell a path of the content folder, or of the one above (`../`), as a user would type it."""
    if path.startswith("../"):
        return (PurePosixPath(folder).parent / path[3:]).as_posix()
    return (PurePosixPath(folder) / path).as_posix() if folder else path


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return "Did you mean `x`?" for the nearest of `words`, or nothing."""
    near = nearest(word, words)
    return f"Did you mean `{near}`?" if near else ""


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the one of `words` that is spelt most like `word`, or that it begins, or nothing."""
    spellings = {each.casefold().replace("_", "-"): each for each in words}
    typed = word.casefold().replace("_", "-")
    close = difflib.get_close_matches(typed, spellings, n=1)
    if not close and len(typed) >= SHORTEST_BEGINNING:
        close = [each for each in spellings if each.startswith(typed)]
    return spellings[close[0]] if close else ""
