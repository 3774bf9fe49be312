"""What in a translation stands for what in its source: sections, pieces, codes.

Words cannot tell, but structure can: a translation has the headings, paragraphs and links of
its source in the same order, until the source changed. Where it cannot be told for certain,
nothing is paired; a translator then sees a text without a translation, never with another's.
"""

from __future__ import annotations

import posixpath
from collections.abc import Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from publisher.body.marks import Code, Line, Tag
from publisher.body.segments import Section, Segment
from publisher.source.links import is_relative, path_of
from publisher.source.sections import TEXT, TITLE
from publisher.translations.exchange.pages import Page

Signs = Mapping[str, tuple[Hashable, ...]]
"""Name of a section → what stands in it, whatever the language."""
Pairs = Mapping[str, str]
"""Name of a section of the source → of the translation."""


def sections(source: Page, target: Page, known: Sequence[str] = ()) -> dict[str, str]:
    """Pair sections.

    known  the names of the source's sections that the translation was made from, in order:
           with as many headings as these, nothing needs to be guessed.
    """
    ours, theirs = source.text.sections[1:], target.text.sections[1:]
    paired = {TITLE: TITLE, TEXT: TEXT}
    past = [each for each in known if each not in (TITLE, TEXT)]
    names = [each.name for each in ours]
    ordered = [name for name in past if name in names] == [name for name in names if name in past]
    if past and ordered and len(past) == len(theirs):
        there = {old: each.name for old, each in zip(past, theirs, strict=True)}
        return paired | _renamed(names, past, there)
    if [each.level for each in ours] == [each.level for each in theirs]:
        return paired | {a.name: b.name for a, b in zip(ours, theirs, strict=True)}
    signs = _signs(source), _signs(target)
    matcher = SequenceMatcher(None, names, [each.name for each in theirs], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        paired |= dict(_between(ours[a:b], theirs[c:d], signs, same=tag == "equal"))
    return paired


def _between(
    ours: Sequence[Section],
    theirs: Sequence[Section],
    signs: tuple[Signs, Signs],
    *,
    same: bool,
) -> Iterator[tuple[str, str]]:
    """Pair sections that stand between the same two: all, or those of a structure of their own."""
    if same or [each.level for each in ours] == [each.level for each in theirs]:
        yield from ((a.name, b.name) for a, b in zip(ours, theirs, strict=True))
        return
    left: list[Hashable] = [(each.level, signs[0][each.name]) for each in ours]
    right: list[Hashable] = [(each.level, signs[1][each.name]) for each in theirs]
    sure = {sign for sign in left if left.count(sign) == right.count(sign)}
    for one, other in _equal(left, right):
        if left[one] in sure:
            yield ours[one].name, theirs[other].name


def _renamed(now: Sequence[str], past: Sequence[str], there: Mapping[str, str]) -> dict[str, str]:
    """Follow names; as many new ones as old ones between two that stayed are renamed headings."""
    paired: dict[str, str] = {}
    for tag, a, b, c, d in SequenceMatcher(None, past, now, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and b - a == d - c):
            paired |= {new: there[old] for old, new in zip(past[a:b], now[c:d], strict=True)}
    moved = {name: there[name] for name in now if name in there and name not in paired}
    return paired | {name: each for name, each in moved.items() if each not in paired.values()}


def _signs(page: Page) -> Signs:
    found: dict[str, list[Hashable]] = {name: [] for name in page.sections}
    for piece in page.text.pieces:
        found[piece.section].append(_sign(page, piece))
    return {name: tuple(each) for name, each in found.items()}


def _sign(page: Page, piece: Segment) -> Hashable:
    names = sorted(meaning(page.name, code) for code in piece.said.codes)
    return (piece.kind, tuple(names))


def _equal(left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for one, other, size in matcher.get_matching_blocks():
        yield from ((one + step, other + step) for step in range(size))


def pieces(source: Page, target: Page, paired: Pairs) -> dict[Segment, Segment]:
    """Pair the pieces of paired sections: one by one where the kinds agree, else by structure."""
    found: dict[Segment, Segment] = {}
    theirs: dict[str, list[Segment]] = {name: [] for name in target.sections}
    for piece in target.pieces:
        theirs[piece.section].append(piece)
    ours: dict[str, list[Segment]] = {name: [] for name in source.sections}
    for piece in source.pieces:
        ours[piece.section].append(piece)
    for name, other in paired.items():
        left, right = ours[name], theirs.get(other, [])
        found |= _paired(source, target, left, right)
    return found


def _paired(
    source: Page, target: Page, left: Sequence[Segment], right: Sequence[Segment]
) -> dict[Segment, Segment]:
    if [each.kind for each in left] == [each.kind for each in right]:
        return dict(zip(left, right, strict=True))
    if left and left[0].section == TITLE:
        there = {each.kind: each for each in right}
        return {each: there[each.kind] for each in left if each.kind in there}
    signs = [_sign(source, each) for each in left], [_sign(target, each) for each in right]
    found = {left[one]: right[other] for one, other in _equal(*signs)}
    if left and right and left[0].kind[:7] == right[0].kind[:7] == "heading":
        found.setdefault(left[0], right[0])
    return found


def meaning(name: str, code: Code) -> tuple[str, str]:
    """What a code says, whatever the language of the file `name` that it stands in.

    A relative address is the place that it leads to, without its locale and its anchor.
    """
    url, title, rest = code.detail.partition(" “")
    if code.name not in ("link", "image") or not is_relative(url):
        own = code.name == "link" and url.startswith("#")
        return (code.name, "#" if own else code.detail)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), path_of(url)))
    if path_of(url).startswith("/"):
        path = path_of(url)
    return (code.name, path.partition("/")[2] + title * bool(rest))


def numbers(source: Page, ours: Line, target: Page, theirs: Line) -> dict[int, int] | None:
    """Pair the codes of two lines: theirs → ours; None when not each has its own."""
    left = {n: meaning(source.name, code) for n, code in enumerate(ours.codes, start=1)}
    right = {n: meaning(target.name, code) for n, code in enumerate(theirs.codes, start=1)}
    found: dict[int, int] = {}
    for length in (2, 1):  # those that say the same; then those that are of one kind, in order
        for number, said in right.items():
            free = [
                n for n in left if n not in found.values() and left[n][:length] == said[:length]
            ]
            if number not in found and free:
                found[number] = free[0]
    return found if len(found) == len(left) == len(right) else None


def renumbered(line: Line, by: Mapping[int, int]) -> tuple[str | Tag, ...]:
    """Count the tags of a line as another one does."""
    return tuple(
        part if isinstance(part, str) else Tag(part.edge, by[part.code]) for part in line.parts
    )
