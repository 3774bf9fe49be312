"""What a translator is given of one article: its pieces, and what there is of their translation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from publisher.body.marks import Code, Line, Parts, fault_of
from publisher.body.segments import Segment
from publisher.model import digest
from publisher.source.sections import address_of
from publisher.translations.exchange import alike
from publisher.translations.exchange.pages import Page

State = Literal["new", "unsure", "done"]
"""Without a translation; with one of a source that was perhaps another; with one of this source."""
_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One piece for a translator.

    id      section, number in it and digest of the source's words and codes: another text has
            another id, whatever stands around it.
    target  the translation, its tags counted as those of the source; None: there is none.
    note    what it is, and under which headings; line: of the source's file.
    """

    id: str
    section: str
    source: Parts
    codes: tuple[Code, ...]
    target: Parts | None
    state: State
    note: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A unit of a file that came back.

    target  None: there is no translation. ready: the translator calls it finished.
    fault   what is wrong with its marks, found while reading; where: "fr.xlf:12".
    """

    id: str
    target: Parts | None
    ready: bool
    where: str
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """An article, or what there is to say of a collection, on its way.

    file      of the source, as a user calls it.
    digests   of the source's sections by name, as the units were taken from them.
    """

    key: str
    kind: str = "article"
    source_locale: str
    target_locale: str
    file: str
    digests: Mapping[str, str]
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A source, its translation if there is one, and what in one stands for what in the other.

    sections, pieces  of the source → of the translation.
    current  names of the sections whose translation was made from the source as it is.
    units    by the piece of the source that each is for.
    """

    source: Page
    target: Page | None
    sections: Mapping[str, str]
    pieces: Mapping[Segment, Segment]
    current: frozenset[str]
    units: Mapping[Segment, Unit]


def match(
    source: Page, target: Page | None, current: Collection[str], known: Sequence[str] = ()
) -> Match:
    """Lay a source and its translation side by side.

    known  names of the sections that the translation was made from, in order; () if unknown.
    """
    sections = alike.sections(source, target, known) if target else {}
    pieces = alike.pieces(source, target, sections) if target else {}
    whole = {name for name in current if _is_whole(source, target, name, sections)}
    found = Match(
        source=source,
        target=target,
        sections=sections,
        pieces=pieces,
        current=frozenset(whole),
        units={},
    )
    return _with_units(found)


def _is_whole(source: Page, target: Page | None, name: str, sections: Mapping[str, str]) -> bool:
    """Whether a section of the translation has all pieces of its source, and no other."""
    if target is None or name not in sections:
        return False
    ours = [each.kind for each in source.pieces if each.section == name]
    return ours == [each.kind for each in target.pieces if each.section == sections[name]]


def _with_units(found: Match) -> Match:
    counts: dict[str, int] = {}
    units = {}
    trail: list[tuple[int, str]] = []
    for piece in found.source.pieces:
        level = int(piece.kind[-1]) if piece.kind.startswith("heading") else 0
        if level:
            trail = [each for each in trail if each[0] < level]
        if piece.is_text:
            counts[piece.section] = counts.get(piece.section, 0) + 1
            units[piece] = _unit(found, piece, counts[piece.section], [word for _, word in trail])
        if level:
            trail.append((level, piece.said.words.strip()))
    return Match(
        source=found.source,
        target=found.target,
        sections=found.sections,
        pieces=found.pieces,
        current=found.current,
        units=units,
    )


def _unit(found: Match, piece: Segment, number: int, trail: Sequence[str]) -> Unit:
    target = translated(found, piece)
    unsure: State = "done" if piece.section in found.current else "unsure"
    kind, _, level = piece.kind.partition("-")
    what = f"{kind} {level}".strip()
    return Unit(
        id=f"{piece.section}.{number}.{_digest(piece.said)}",
        section=piece.section,
        source=piece.said.parts,
        codes=piece.said.codes,
        target=target,
        state="new" if target is None else unsure,
        note=" · ".join([what, *trail]),
        line=found.source.line_of(piece),
    )


def translated(found: Match, piece: Segment) -> Parts | None:
    """What there is of a translation, tags counted as in the source; None where they differ."""
    other = found.pieces.get(piece)
    if other is None or found.target is None or not other.said.translatable:
        return None
    by = alike.numbers(found.source, piece.said, found.target, other.said)
    if by is None:
        return None
    parts = alike.renumbered(other.said, by)
    return None if fault_of(parts, piece.said.codes) else parts


def _digest(said: Line) -> str:
    """Of words and codes; how they are spelt and wrapped makes no difference.

    Nor does what none makes to the section's digest, or a text could be lost in a section of which
    nobody can say that it changed: in which folder a file lies that a link leads to.
    """
    spelt = [part if isinstance(part, str) else f"{part.edge} {part.code}" for part in said.parts]
    codes = [f"{code.name} {_counted(code)}" for code in said.codes]
    return digest("\x1f".join([*spelt, "\x1e", *codes]))[:_DIGITS]


def _counted(code: Code) -> str:
    if code.name not in ("link", "image"):
        return code.detail
    return address_of(code.detail.partition(" “")[0], image=code.name == "image")
