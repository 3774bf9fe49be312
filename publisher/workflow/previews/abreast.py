"""A text and its translation, section by section: what is missing, differs, or is perhaps stale.

A section is a heading and what follows it up to the next one. Headings are in two languages,
so they are paired by what does not change in translation: their order, level and id, numbers and
names, where links lead, and how many pictures, items and so on stand below. Nothing is known of
meaning: a mark asks to look, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import zip_longest
from typing import Literal, NamedTuple

from publisher.model import Ref
from publisher.plan import words
from publisher.source.history import Since
from publisher.workflow.previews import chunks
from publisher.workflow.previews.beside import Text, files_of, siblings, stretches, text_in
from publisher.workflow.previews.previewing import Preview
from publisher.workflow.previews.since import since_translated

Mark = Literal["same", "differs", "missing", "extra"]
MOST_PAIRS = 40_000
"""Beyond, sections go in pairs as they stand: so many nobody aligns by eye either."""
COUNTED: Mapping[str, str] = {
    "image": "<img ",
    "link": "<a ",
    "code block": "<pre",
    "table": "<table",
    "video": "<iframe ",
    "list item": "<li",
}
_TAGS = re.compile(r"<[^<>]*>")
_PLACES = re.compile(r'(?:href|src)="([^"#]*)')
_NUMBER = re.compile(r"\w*\d\w*")
_WORD = re.compile(r"\w+")
_ID = re.compile(r'<h[1-6] id="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what follows it; the first one has no heading, and level 0.

    html    its blocks as they stand in the body, the heading's among them.
    first   line of the file on which it begins, 0 where nobody knows; it reaches to `last`.
    counts  how many of each kind there are in it.
    signs   what translations have in common: where links lead, numbers, names in the heading.
    """

    level: int
    title: str = ""
    id: str = ""
    html: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    signs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A section in both languages. `notes` say what differs, in few words.

    stale  the source changed since the translation was marked, or (all we know of one that never
           was) last committed.
    """

    mark: Mark
    source: Section | None
    ours: Section | None
    notes: tuple[str, ...] = ()
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one translation stands. `ref` and `locale` are those of its page."""

    locale: str
    language: str
    ref: Ref
    there: bool
    missing: int = 0
    differing: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abreast:
    """A text beside its source.

    pairs   () where one of the two is not there.
    since   what changed in the source: since the translation was marked or, where it never was,
            since it was last committed, as far as Git tells.
    marked  it was; what is stale is known then, and not perhaps so. gone: sections that the
            source had then, by name.
    stale   what stands above the text changed, title and description among it.
    others  how every other translation stands, when the source itself is looked at.
    """

    source_locale: str
    locale: str
    source: Text | None
    ours: Text | None
    pairs: tuple[Pair, ...] = ()
    since: Since | None = None
    stale: bool = False
    marked: bool = False
    gone: tuple[str, ...] = ()
    others: tuple[Standing, ...] = ()


def abreast(preview: Preview, ref: Ref, locale: str) -> Abreast:
    """Put the text of a locale beside that of the default locale."""
    default = preview.state.loaded.site.default_locale
    source, ours = _text(preview, ref, default), _text(preview, ref, locale)
    if locale == default:
        others = tuple(_standings(preview, ref, source))
        return Abreast(
            source_locale=default, locale=locale, source=source, ours=ours, others=others
        )
    if source is None or ours is None:
        return Abreast(source_locale=default, locale=locale, source=source, ours=ours)
    known = since_translated(preview, ref, locale)
    head = max(source.lines[0] - 1, 1) if source.lines else 1
    return Abreast(
        source_locale=default,
        locale=locale,
        source=source,
        ours=ours,
        pairs=paired(sections(source), sections(ours), known.since),
        since=known.since,
        stale=bool(known.since and known.since.touches(1, head)),
        marked=known.marked,
        gone=known.gone,
    )


def _text(preview: Preview, ref: Ref, locale: str) -> Text | None:
    texts = (text_in(preview, each, locale) for each in (ref, *siblings(preview, ref)))
    return next(filter(None, texts), None)


def _standings(preview: Preview, ref: Ref, source: Text | None) -> Iterator[Standing]:
    site = preview.state.loaded.site
    pages = dict.fromkeys(site.locales, ref)
    for page in siblings(preview, ref):
        pages |= dict.fromkeys(preview.state.loaded.files_of.get(page, {}), page)
    for code in site.locales:
        if code == site.default_locale:
            continue
        ours = text_in(preview, pages[code], code)
        pairs = paired(sections(source), sections(ours), None) if source and ours else ()
        yield Standing(
            locale=code,
            language=words.language(code),
            ref=pages[code],
            there=ours is not None,
            missing=sum(pair.mark == "missing" for pair in pairs),
            differing=sum(pair.mark in ("differs", "extra") for pair in pairs),
            file=files_of(preview, ref).get(code, ""),
        )


# Sections ---------------------------------------------------------------------------------


def sections(text: Text) -> tuple[Section, ...]:
    """Part a text at its headings; there is always a first section, without one."""
    groups: list[list[tuple[str, int]]] = [[]]
    for stretch in stretches(text.html, text.lines):
        if chunks.level(stretch.html):
            groups.append([])
        groups[-1].append((stretch.html, stretch.line))
    firsts = [next((line for _, line in group if line), 0) for group in groups]
    lasts = [max(line - 1, 0) for line in firsts[1:]] + [10**9 if text.lines else 0]
    return tuple(
        _section([html for html, _ in group], first, last)
        for group, first, last in zip(groups, firsts, lasts, strict=True)
    )


def _section(html: Sequence[str], first: int, last: int) -> Section:
    whole = "".join(html)
    level = chunks.level(html[0]) if html else 0
    below = html[1:] if level else html
    counts = {"block": sum(map(chunks.is_shown, below))}
    counts |= {name: whole.count(tag) for name, tag in COUNTED.items()}
    id_ = _ID.match(html[0]) if level else None
    title = " ".join(unescape(_TAGS.sub("", html[0])).split()) if level else ""
    return Section(
        level=level,
        title=title,
        id=id_[1] if id_ else "",
        html=tuple(html),
        first=first,
        last=last,
        counts=counts,
        signs=frozenset(_signs(title, whole)),
    )


def _signs(title: str, html: str) -> Iterator[str]:
    yield from _PLACES.findall(html)
    yield from _NUMBER.findall(_TAGS.sub(" ", html))
    yield from _WORD.findall(title.casefold())


def paired(
    source: Sequence[Section], ours: Sequence[Section], since: Since | None
) -> tuple[Pair, ...]:
    """Pair the sections of two texts; what has no partner is missing, or extra.

    since  what changed in the source, to mark what is perhaps stale.
    """
    found = [(source[0], ours[0]), *_aligned(source[1:], ours[1:])]
    return tuple(_pair(left, right, since) for left, right in found)


def _pair(left: Section | None, right: Section | None, since: Since | None) -> Pair:
    changed = bool(left and since and left.first and since.touches(left.first, left.last))
    if left is None or right is None:
        return Pair(mark="extra" if left is None else "missing", source=left, ours=right)
    notes = tuple(_differences(left, right))
    mark: Mark = "differs" if notes else "same"
    return Pair(mark=mark, source=left, ours=right, notes=notes, stale=changed)


def _differences(left: Section, right: Section) -> Iterator[str]:
    if left.level != right.level:
        yield f"heading of level {right.level}, not {left.level}"
    for name, wanted in left.counts.items():
        there = right.counts[name]
        if there != wanted:
            yield f"{words.counted(there, name)}, not {wanted}"


# Alignment --------------------------------------------------------------------------------


class _Best(NamedTuple):
    """The best score from a place on, and the step that leads there."""

    score: float
    step: Literal["pair", "left", "right", "end"]


def _aligned(
    left: Sequence[Section], right: Sequence[Section]
) -> list[tuple[Section | None, Section | None]]:
    """Find the pairs, in order, that are most alike all together."""
    if len(left) * len(right) > MOST_PAIRS:
        return list(zip_longest(left, right))
    best = _table(left, right)
    found: list[tuple[Section | None, Section | None]] = []
    here = there = 0
    while (step := best[here][there].step) != "end":
        found.append(
            (left[here] if step != "right" else None, right[there] if step != "left" else None)
        )
        here, there = here + (step != "right"), there + (step != "left")
    return found


def _table(left: Sequence[Section], right: Sequence[Section]) -> list[list[_Best]]:
    rows, columns = len(left), len(right)
    best = [[_Best(0.0, "end")] * (columns + 1) for _ in range(rows + 1)]
    for here in range(rows, -1, -1):
        for there in range(columns, -1, -1):
            choices = []
            if here < rows and there < columns:
                alike = likeness(left[here], right[there])
                choices.append(_Best(best[here + 1][there + 1].score + alike, "pair"))
            if here < rows:
                choices.append(_Best(best[here + 1][there].score, "left"))
            if there < columns:
                choices.append(_Best(best[here][there + 1].score, "right"))
            if choices:
                best[here][there] = max(choices, key=lambda each: each.score)
    return best


def likeness(left: Section, right: Section) -> float:
    """How much speaks for two sections being the same one in two languages, from 0 to 8."""
    score = 2.0 if left.level == right.level else 0.0
    if left.id and left.id == right.id:
        score += 3.0
    every = left.signs | right.signs
    if every:
        score += 2.0 * len(left.signs & right.signs) / len(every)
    equal = sum(left.counts[name] == right.counts[name] for name in left.counts)
    return score + equal / len(left.counts)
