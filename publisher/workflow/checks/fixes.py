"""Mend findings that have one certain way out, and keep only what proves itself.

What is kept has to be worth it: its findings are gone, no new ones came, and readers get
the body they would have got. Where all fixes together do not pass, those go that spoil something.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.model import NOTHING, ContentRules, Problem, Spot
from publisher.source import Loaded, load
from publisher.source.document import compile_document
from publisher.source.excerpts import CONFIDENTIAL
from publisher.source.files import decode, walk
from publisher.source.fixing import FIXES, Case, by_near_name, is_faithful, mend
from publisher.source.rules import Finding
from publisher.source.writing import edited

OPENING = ("frontmatter-duplicate-key", "frontmatter-unknown-key")
"""With one of these, not all of a file is looked at; what shows once it is mended is not new."""
MOST_HALVINGS = 4
"""How often fixes that spoil something elsewhere are parted to find the one that does."""
_LINE = re.compile(r"\bline \d+")
Identity = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Whole lines of a file, and what stands there once a finding is mended.

    first, last  counted from 1, both inclusive. text: the new lines without the last end;
                 None: the lines go.
    """

    first: int
    last: int
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """What can be mended, and the files as they then are.

    patches  what each finding would change by itself.
    drafts   by path below the content folder, for `source.store`; `before`: the same files now.
    """

    patches: Mapping[Problem, Patch] = field(default_factory=dict)
    drafts: Mapping[str, bytes | None] = field(default_factory=dict)
    before: Mapping[str, bytes] = field(default_factory=dict)


def fixes_for(
    config: Config,
    loaded: Loaded,
    problems: Iterable[Problem],
    base: Mapping[str, bytes | None] = NOTHING,
) -> Fixes:
    """Find out which of these findings can be mended. Nothing is written.

    loaded  the content as it stands, to which the problems belong. base: with these drafts.

    A file that holds a secret is left alone: a diff of it would show what no log may show.
    """
    closed = {each.spot.path for each in loaded.problems if each.rule in CONFIDENTIAL and each.spot}
    wanted = [
        each
        for each in problems
        if each.rule in FIXES and each.spot and each.spot.path not in closed
    ]
    if not wanted:
        return Fixes()
    bench = _bench(config, loaded, wanted, base)
    single = {each: patch for each in wanted if (patch := bench.patch(each))}
    # From the last line up, so that a fix does not move the lines of the next one.
    ordered = sorted(single, key=lambda each: each.spot.line if each.spot else 0, reverse=True)
    kept = bench.accepted((), ordered) if ordered else ()
    drafts = bench.drafts(kept)
    return Fixes(
        patches={each: single[each] for each in kept},
        drafts=drafts,
        before={name: bench.files[name] for name in drafts},
    )


def diff_of(fixes: Fixes, folder: str) -> str:
    """Return what the fixes change as a unified diff; `folder` stands before each path."""
    parts = []
    for name, after in sorted(fixes.drafts.items()):
        path = f"{folder}/{name}"
        old, new = (_lines(raw) for raw in (fixes.before[name], after or b""))
        parts += [_ended(line) for line in difflib.unified_diff(old, new, path, path)]
    return "".join(parts)


def _lines(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return [line for line in re.split(r"(?<=\n)", text) if line]  # a form feed ends no line


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


# Trying -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """The content as it stands, and a place to try drafts of it.

    files   the bytes of the files with findings; `names`: every file there is, by near name.
    before  how often each finding stands there now. base: drafts that are taken for granted.
    """

    folder: Path
    rules: ContentRules
    cache: Path
    files: Mapping[str, bytes]
    names: Mapping[str, Sequence[str]]
    before: Counter[Identity]
    base: Mapping[str, bytes | None]

    def accepted(
        self, kept: tuple[Problem, ...], tried: Sequence[Problem], halvings: int = MOST_HALVINGS
    ) -> tuple[Problem, ...]:
        """Add as many of `tried` to what is kept already as pass together.

        Each try reads everything, so what is at fault is looked for where it shows.
        """
        amiss = self._amiss((*kept, *tried))
        if not amiss:
            return (*kept, *tried)
        if len(tried) == 1:
            return kept
        guilty = _guilty(tried, amiss)
        others = [each for each in tried if each not in guilty]
        if guilty and others:
            return self.accepted(self.accepted(kept, others, halvings), guilty, halvings)
        proven = _at_fault(tried, amiss)
        if proven:
            left = [each for each in tried if each not in proven]
            return self.accepted(kept, left, halvings) if left else kept
        if not halvings:
            return kept
        middle = len(tried) // 2
        first = self.accepted(kept, tried[:middle], halvings - 1)
        return self.accepted(first, tried[middle:], halvings - 1)

    def drafts(self, problems: Iterable[Problem]) -> dict[str, bytes | None]:
        """Return the files in which these findings are mended, one after the other."""
        drafts: dict[str, bytes | None] = {}
        for problem in problems:
            name = self.name(problem)
            raw = drafts.get(name) or self.files[name]
            mended = self._mended(problem, raw)
            if mended is not None:
                drafts[name] = mended
        return drafts

    def patch(self, problem: Problem) -> Patch | None:
        """Return the lines that a fix changes by itself, or None where there is no fix."""
        raw = self.files.get(self.name(problem))
        after = None if raw is None else self._mended(problem, raw)
        return None if raw is None or after is None else _patch(_text(raw), _text(after))

    def name(self, problem: Problem) -> str:
        """The finding's file, by its path below the content folder in NFC."""
        return _name(problem, self.folder)

    def _mended(self, problem: Problem, raw: bytes) -> bytes | None:
        name, line = self.name(problem), problem.spot.line if problem.spot else 1
        case = Case(
            name=name,
            line=line,
            what=problem.what,
            text=_text(raw),
            files=self.names,
            rules=self.rules,
        )
        found = mend(problem.rule, case)
        if found is None:
            return None
        after = edited(raw, lambda _: found.text)
        was, becomes = (compile_document(name, name, each, self.rules) for each in (raw, after))
        return after if is_faithful(was, becomes, found.moved) else None

    def _amiss(self, problems: Collection[Problem]) -> set[Spot]:
        """Where these fixes, together, leave a finding or bring a new one; nowhere: they pass."""
        drafts = {**self.base, **self.drafts(problems)}
        now = load(self.folder, self.rules, cache=self.cache, drafts=drafts)
        after = Counter(_identity(each) for each in now.problems)
        left = [e for e in problems if after[_identity(e)] >= self.before[_identity(e)]]
        opened = {each.spot.path for each in problems if each.spot and each.rule in OPENING}
        new = [
            each
            for each in now.problems
            if after[_identity(each)] > self.before[_identity(each)] and not _may_show(each, opened)
        ]
        return {each.spot or Spot("", 1) for each in (*left, *new)}


def _guilty(tried: Iterable[Problem], amiss: Collection[Spot]) -> list[Problem]:
    """Those of the fixes in whose files something is amiss."""
    paths = {each.path for each in amiss}
    return [each for each in tried if each.spot and each.spot.path in paths]


def _at_fault(tried: Iterable[Problem], amiss: Collection[Spot]) -> list[Problem]:
    """Those on whose line something is amiss that no other of the fixes touches."""
    lines = Counter(each.spot for each in tried)
    return [each for each in tried if each.spot in amiss and lines[each.spot] == 1]


def _may_show(problem: Problem, opened: Collection[str]) -> bool:
    """Whether a finding may come up because files are read in full now, or beside each other.

    What was wrong in a source hid how its translations differ from it.
    """
    path = problem.spot.path if problem.spot else ""
    is_warning = problem.severity == "warning"
    compared = problem.rule.startswith("parity-") or problem.rule == "translation-stale"
    return path in opened or (is_warning and (bool(opened) or compared))


def _bench(
    config: Config,
    loaded: Loaded,
    problems: Iterable[Problem],
    base: Mapping[str, bytes | None],
) -> _Bench:
    folder = config.content_folder
    tree = walk(folder)
    wanted = {_name(each, folder) for each in problems}
    return _Bench(
        folder=folder,
        rules=config.rules,
        cache=config.state_folder / "cache",
        files={
            each.name: raw
            for each in tree.markdown
            if each.name in wanted
            and (raw := base[each.name] if each.name in base else _bytes(each.real)) is not None
        },
        names=by_near_name(each.name for each in (*tree.markdown, *tree.others)),
        before=Counter(_identity(each) for each in loaded.problems),
        base=base,
    )


def _name(problem: Problem, folder: Path) -> str:
    path = problem.spot.path if problem.spot else ""
    return unicodedata.normalize("NFC", path.removeprefix(f"{folder.as_posix()}/"))


def _identity(problem: Problem) -> Identity:
    """What a finding is, wherever in its file it moves to."""
    path = problem.spot.path if problem.spot else ""
    return path, problem.rule, _LINE.sub("line", problem.what)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _text(raw: bytes) -> str:
    text = decode("", raw)
    if isinstance(text, Finding):
        raise PublisherError(f"{text.what} {text.advice}")
    return text


def _patch(before: str, after: str) -> Patch:
    old, new = before.split("\n"), after.split("\n")
    first = next(
        (n for n, (one, two) in enumerate(zip(old, new, strict=False)) if one != two),
        min(len(old), len(new)) - 1,
    )
    same_end = 0
    while same_end < min(len(old), len(new)) - first and old[-1 - same_end] == new[-1 - same_end]:
        same_end += 1
    lines = new[first : len(new) - same_end]
    return Patch(
        first=first + 1,
        last=len(old) - same_end,
        text="\n".join(lines) if lines else None,
    )
