"""What Intercom did not keep of a body, told so that a writer knows where to look.

Blocks meant and blocks seen are aligned by their canonical spelling; where they differ, the
words and the nouns decide what was lost. A respelling (a paragraph more, another colour on
a cell, a space that does not break) is no loss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import NamedTuple

from publisher.body import tree
from publisher.body.tree import (
    Block,
    Blocks,
    Button,
    Callout,
    Cell,
    Code,
    Collapsible,
    Embed,
    Heading,
    Image,
    Listing,
    Paragraph,
    Quote,
    Runs,
    Section,
    Table,
    text_of,
    walk,
)

Spell = Callable[[Blocks], tuple[str, ...]]
_SHOWN = 60


class Loss(NamedTuple):
    """A block of what was meant, by its index, and what is missing of it."""

    block: int
    what: str


def compare(meant: Blocks, seen: Blocks, spell: Spell) -> tuple[Loss, ...]:
    """Return what is lost from `meant` in `seen`, in the order of its blocks."""
    wanted, shown = _loosely(spell(meant)), _loosely(spell(seen))
    found: list[Loss] = []
    matcher = SequenceMatcher(None, wanted, shown, autojunk=False)
    for verb, start, end, seen_start, seen_end in matcher.get_opcodes():
        if verb in ("replace", "delete"):
            found += _lost(meant[start:end], seen[seen_start:seen_end], start)
    return tuple(found)


def _loosely(spelt: tuple[str, ...]) -> list[str]:
    """Leave out white space where it is only space: everywhere but in code."""
    return [block if "<pre" in block else "".join(block.split()) for block in spelt]


def _lost(meant: Blocks, seen: Blocks, first: int) -> list[Loss]:
    """Compare a stretch of blocks that differ with what stands in its place."""
    waiting = list(seen)
    found = []
    for place, block in enumerate(meant, start=first):
        partner = _partner(block, waiting)
        if partner is not None:
            waiting.remove(partner)
            beside: Blocks = (partner,)
        else:  # text may have gone anywhere; a thing only where nothing else claims it
            beside = seen if isinstance(block, (Paragraph, Heading)) else tuple(waiting)
        words = _missing_words((block,), seen)
        found += [Loss(place, what) for what in _lost_of(block, beside, words)]
    return found


def _partner(block: Block, waiting: Iterable[Block]) -> Block | None:
    """Return the block of the same kind that most likely is this one."""
    alike = [other for other in waiting if type(other) is type(block)]
    words = _words(text_of(block))
    return max(alike, key=lambda other: _shared(words, _words(text_of(other))), default=None)


def _shared(left: Counter[str], right: Counter[str]) -> int:
    return (left & right).total()


def _lost_of(block: Block, seen: Blocks, words: str) -> Iterable[str]:
    """Say what is lost of one block.

    seen   its partner, or all that may hold what is left of it.
    words  of it that stand nowhere, quoted.
    """
    kind = type(block)
    kept = [inner for inner in walk(seen) if type(inner) is kind]
    if not kept:
        if words:
            yield f"{_NAMES[kind]} is missing: {words}"
        elif kind is not Paragraph:
            yield f"{_NAMES[kind]} {_FATES.get(kind, 'is missing')}"
        yield from _inside((block,), seen, but=kind)
    else:
        if isinstance(block, Code):
            yield from _lost_code(block, [code for code in kept if isinstance(code, Code)])
        elif words:
            yield f"{_lost_part((block,), seen) or 'text'} is missing: {words}"
        yield from _inside((block,), seen, words=words)


def _lost_code(block: Code, kept: list[Code]) -> Iterable[str]:
    joined = "".join(block.text.split())
    if any(code.text == block.text for code in kept):
        return
    if any("".join(code.text.split()) == joined for code in kept):
        lines = max(code.text.count("\n") for code in kept)
        lost = "line breaks" if lines < block.text.count("\n") else "indentation"
        yield f"the code block lost its {lost}"
    else:
        yield f"text is missing from a code block: {_missing_words((block,), tuple(kept))}"


def _lost_part(meant: Blocks, seen: Blocks) -> str:
    """Name what a list or a table has fewer of; "" where it is a whole one that is gone."""
    for kind, part in _PARTS.items():
        if _count(seen, kind) >= _count(meant, kind) and _parts(seen, kind) < _parts(meant, kind):
            return part
    return ""


def _inside(
    meant: Blocks, seen: Blocks, but: type[Block] | None = None, words: str = ""
) -> Iterable[str]:
    """Compare, by number, the nouns that words do not show; `words` are missing anyway."""
    for count, name, found in (
        (_count(meant, Image), "an image", _count(seen, Image)),
        (_count(meant, Embed), "a video", _count(seen, Embed)),
        (_count(meant, Button), "a button", _count(seen, Button)),
    ):
        if found < count and but not in (Image, Embed, Button):
            yield f"{name} is missing"
    yield from _structure(meant, seen, but, words)
    yield from _marks(meant, seen)
    yield from _missing_descriptions(meant, seen)


def _structure(meant: Blocks, seen: Blocks, but: type[Block] | None, words: str) -> Iterable[str]:
    for kind in (Heading, Listing, Table, Callout, Collapsible, Code):
        if kind is not but and _count(seen, kind) < _count(meant, kind):
            yield _fate(kind, meant, seen, words)
    part = _lost_part(meant, seen)
    if part and not words:
        yield f"{part} no longer stands by itself"
    if _colours(meant) - _colours(seen):
        yield "a table cell lost its colour"


def _fate(kind: type[Block], meant: Blocks, seen: Blocks, words: str) -> str:
    nested = kind is Listing and _nested(seen) < _nested(meant)
    name = "a nested list" if nested else _NAMES[kind]
    if words:
        return f"{name} is missing"
    if nested and _parts(seen, Listing) >= _parts(meant, Listing):
        return f"{name} became part of the list around it"
    return f"{name} {_FATES[kind]}"


def _nested(blocks: Blocks) -> int:
    """Count the lists that are somewhere in an item of another list."""
    lists = (block for block in walk(blocks) if isinstance(block, Listing))
    return sum(_count(item, Listing) > 0 for each in lists for item in each.items)


def _parts(blocks: Blocks, kind: type[Block]) -> int:
    return sum(len(list(tree.within(block))) for block in walk(blocks) if isinstance(block, kind))


def _colours(blocks: Blocks) -> Counter[str]:
    cells: Iterable[Cell] = (
        cell
        for block in walk(blocks)
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
    )
    return Counter(cell.style for cell in cells if "background" in cell.style)


def _marks(meant: Blocks, seen: Blocks) -> Iterable[str]:
    """Say which marks lost words they were on."""
    for tag, what in (("a", "a link"), ("b", "bold"), ("i", "italics"), ("code", "inline code")):
        lost = _words_in(meant, tag) - _words_in(seen, tag)
        if lost:
            yield f"{what} was lost: {_quoted(' '.join(lost))}"


def _words_in(blocks: Blocks, tag: str) -> Counter[str]:
    words: Counter[str] = Counter()
    for block in walk(blocks):
        runs = block.title if isinstance(block, Collapsible) else getattr(block, "runs", Runs())
        for run in runs:
            if any(mark.tag == tag for mark in run.marks):
                words += _words(run.text)
    return words


def _missing_descriptions(meant: Blocks, seen: Blocks) -> Iterable[str]:
    lost = _alts(meant) - _alts(seen)
    if lost and _count(seen, Image) >= _count(meant, Image):
        yield f"an image lost its description: {_quoted(next(iter(lost)))}"


def _alts(blocks: Blocks) -> Counter[str]:
    return Counter(block.alt for block in walk(blocks) if isinstance(block, Image) and block.alt)


def _count(blocks: Blocks, kind: type[Block]) -> int:
    return sum(isinstance(block, kind) for block in walk(blocks))


def _words(text: str) -> Counter[str]:
    return Counter(text.split())


def _missing_words(meant: Blocks, seen: Blocks) -> str:
    """Return, quoted, the words of `meant` that are not in `seen`; "" when all are there."""
    wanted, shown = _all_text(meant), _all_text(seen)
    if "".join(wanted.split()) in "".join(shown.split()):
        return ""
    lost = _words(wanted) - _words(shown)
    if not lost:
        return ""
    return _quoted(" ".join(word for word in wanted.split() if word in lost))


def _all_text(blocks: Blocks) -> str:
    return " ".join(text_of(block) for block in blocks)


def _quoted(text: str) -> str:
    return f"“{text[:_SHOWN]}…”" if len(text) > _SHOWN else f"“{text}”"


_NAMES: dict[type[Block], str] = {
    Paragraph: "text",
    Heading: "a heading",
    Code: "a code block",
    Image: "an image",
    Embed: "a video",
    Button: "a button",
    tree.Rule: "a horizontal line",
    Listing: "a list",
    Table: "a table",
    Callout: "the callout",
    Collapsible: "a collapsible",
    Quote: "a quotation",
    Section: "a section",
    tree.Opaque: "a piece of HTML",
}
_PARTS: dict[type[Block], str] = {Listing: "a list item", Table: "a table cell"}
_FATES: dict[type[Block], str] = {
    Heading: "became plain text",
    Code: "became plain text",
    Listing: "became plain paragraphs",
    Table: "became plain paragraphs",
    Callout: "became plain paragraphs",
    Collapsible: "became plain paragraphs",
    Quote: "became plain paragraphs",
    Section: "became plain paragraphs",
}
