"""A translation's body from its source's structure and a translator's words.

A section is what is woven as one: where a translator touched it, all of it has the structure of
its source; where nobody did, it keeps every byte. Of a touched section, too, each block whose
structure is the same stays as it is written there, but for the words that changed.

What was written is read again and compared, piece by piece, with what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from publisher.body.marks import Line, shape
from publisher.body.pieces import text_of
from publisher.body.segments import Segment, Text, Unwritable, sayable
from publisher.source.document import repeats
from publisher.source.sections import TITLE
from publisher.source.writing import edited, new_file, with_body, with_meta
from publisher.translations.exchange import alike
from publisher.translations.exchange.desk import Desk, chunk_of, dropped
from publisher.translations.exchange.pages import Page, plain

# The file ------------------------------------------------------------------------------------

_Meant = list[tuple[str, tuple[object, ...]]]
"""Kind and shape of every piece that the new body is to have."""


def woven(desk: Desk, aliases: Mapping[str, str]) -> bytes:
    """Return the bytes of the translation's file; raises Unwritable."""
    body = _proven(desk)
    meta = {piece.kind: words for piece, words in _said(desk)}
    target = desk.found.target

    def change(text: str) -> str:
        with_ours = with_body(text, body)
        title = _title_of(desk.found.source)
        if title and repeats(title, body):
            with_ours = with_meta(with_ours, {"title": title}, aliases)  # so that both change
            meta.setdefault("title", (_title_of(target) if target else "") or title)
        return with_meta(with_ours, meta, aliases)

    if target is None:
        said = {piece.kind: piece.said.words for piece in desk.found.source.meta}
        return change(new_file(said, "")).encode("utf-8")
    if _title_of(desk.found.source) and not _title_of(target):  # it was a heading, perhaps gone
        meta.setdefault("title", _heading_of(target))
    return edited(target.raw, change)


def _proven(desk: Desk) -> str:
    """Return a body that says what is meant when it is read again; raises Unwritable."""
    try:
        body, meant = _body(desk, as_is=True)
        if _says(desk, body, meant):
            return body
    except Unwritable:
        pass  # the source's own blocks have other codes, and may do
    body, meant = _body(desk, as_is=False)
    if not _says(desk, body, meant):
        raise Unwritable(_first_other(desk, body, meant))
    return body


def _title_of(page: Page) -> str:
    return next((piece.said.words for piece in page.meta if piece.kind == "title"), "")


def _heading_of(page: Page) -> str:
    """The title of a page that has it in its first heading; "" where there is none at all."""
    return next((piece.said.words for piece in page.pieces if piece.kind == "title"), "")


def _said(desk: Desk) -> Iterator[tuple[Segment, str]]:
    """Title and description, where they belong into the frontmatter."""
    target = desk.found.target
    for piece, unit in desk.found.units.items():
        other = desk.found.pieces.get(piece)
        in_heading = piece not in desk.found.source.meta and (
            target is None or (other is not None and other not in target.meta)
        )
        wanted = desk.wanted(piece)
        changed = target is None or desk.is_edited(unit)
        if unit.section == TITLE and wanted and changed and not in_heading:
            yield piece, plain(Line(wanted, unit.codes))


def _body(desk: Desk, *, as_is: bool) -> tuple[str, _Meant]:
    """Put the body together from sections.

    as_is  blocks of a touched section that say the same stay as they are written.
    """
    source, target = desk.found.source.text, desk.found.target
    if target is None:
        changes = list(_changes(desk, source.pieces))
        return source.with_said(changes), _meant(source.pieces, changes)
    chunks: list[tuple[str, bool]] = []
    meant: _Meant = []
    for text, name in _order(desk):
        section = next(each for each in text.sections if each.name == name)
        if text is source:
            chunk, said = _touched(desk, name, as_is)
        else:
            chunk = text.body[section.start : section.end]
            said = _meant(_pieces_of(text, name), ())
        chunks.append((chunk, section.end == len(text.body)))
        meant += said
    return _joined(chunks, target.text.body), meant


def _order(desk: Desk) -> list[tuple[Text, str]]:
    """The sections of the new body: those of the source, and what is kept besides."""
    assert desk.found.target is not None
    source, target = desk.found.source.text, desk.found.target.text
    order: list[tuple[Text, str]] = []
    for section in source.sections:
        other = desk.found.sections.get(section.name)
        if section.name in desk.touched:
            order.append((source, section.name))
        elif other is not None:
            order.append((target, other))
    there = {name: n for n, (text, name) in enumerate(order) if text is target}
    there |= {
        other: n
        for n, (text, name) in enumerate(order)
        if text is source and (other := desk.found.sections.get(name)) is not None
    }
    gone, after = dropped(desk), -1
    for each in target.sections:
        if each.name in there:
            after = there[each.name]
        elif each.name not in gone:
            order.insert(after + 1, (target, each.name))
            there = {name: n + (n > after) for name, n in there.items()}
            after += 1
    return order


def _pieces_of(text: Text, name: str) -> list[Segment]:
    return [piece for piece in text.pieces if chunk_of(piece.section) == name]


def _joined(chunks: Sequence[tuple[str, bool]], model: str) -> str:
    """Join stretches; True: it was the last one of its text, and has no blank line at its end."""
    pieces = []
    for number, (chunk, was_last) in enumerate(chunks):
        last = number + 1 == len(chunks)
        if was_last and not last and chunk.strip():
            chunk = chunk.rstrip("\n") + "\n\n"
        elif last and not was_last:
            chunk = chunk.rstrip("\n") + "\n" * model.endswith("\n")
        pieces.append(chunk)
    return "".join(pieces)


def _touched(desk: Desk, name: str, as_is: bool) -> tuple[str, _Meant]:
    """A section as its source has it, in the translation's words."""
    source, target = desk.found.source.text, desk.found.target
    assert target is not None
    section = next(each for each in source.sections if each.name == name)
    pieces = _pieces_of(source, name)
    theirs = _pieces_of(target.text, desk.found.sections.get(name, ""))
    if as_is and _is_alike(desk, pieces, theirs):
        there = next(s for s in target.text.sections if s.name == desk.found.sections[name])
        changes = list(_changes_there(desk, pieces))
        chunk = target.text.with_said(changes, there.start, there.end)
        return chunk, _meant(theirs, changes)
    if as_is:
        return _mixed(desk, section.start, section.end, pieces)
    changes = list(_changes(desk, pieces))
    return source.with_said(changes, section.start, section.end), _meant(pieces, changes)


def _mixed(desk: Desk, start: int, end: int, pieces: Sequence[Segment]) -> tuple[str, _Meant]:
    """Block by block: as the translation has it, if it is the same; else as the source does."""
    source, target = desk.found.source.text, desk.found.target
    assert target is not None
    written, meant, done = [], _Meant(), start
    for block in sorted({piece.block for piece in pieces}):
        ours = [piece for piece in pieces if piece.block == block]
        place = _lines(source, block)
        theirs = _block_of(desk, ours)
        written.append(source.body[done : place[0]])
        if theirs and _is_alike(desk, ours, theirs):
            changes = list(_changes_there(desk, ours))
            written.append(target.text.with_said(changes, *_lines(target.text, theirs[0].block)))
            meant += _meant(theirs, changes)
        else:
            changes = list(_changes(desk, ours))
            written.append(source.with_said(changes, *place))
            meant += _meant(ours, changes)
        done = place[1]
    return "".join([*written, source.body[done:end]]), meant


def _lines(text: Text, block: int) -> tuple[int, int]:
    """The characters of a block, without the end of its last line."""
    start, end = text.blocks[block]
    last = text.offsets[end]
    return text.offsets[start], last - text.body.endswith("\n", 0, last)


def _block_of(desk: Desk, pieces: Sequence[Segment]) -> list[Segment]:
    """The pieces of the one block of the translation that these stand for; [] for none."""
    target = desk.found.target
    there = {other.block for each in pieces if (other := desk.found.pieces.get(each))}
    if target is None or len(there) != 1:
        return []
    return [piece for piece in target.text.pieces if piece.block in there]


def _is_alike(desk: Desk, ours: Sequence[Segment], theirs: Sequence[Segment]) -> bool:
    """Whether pieces of the translation are those of the source, but for the words.

    Codes have to say the same, unless the section is known to be translated from this source.
    """
    if [desk.found.pieces.get(piece) for piece in ours] != list(theirs):
        return False
    return all(
        piece.section in desk.found.current or _codes_agree(desk, piece, other)
        for piece, other in zip(ours, theirs, strict=True)
    ) and all(_numbers(desk, piece) is not None for piece in ours if piece.is_text)


def _codes_agree(desk: Desk, piece: Segment, other: Segment) -> bool:
    assert desk.found.target is not None
    ours = sorted(alike.meaning(desk.found.source.name, code) for code in piece.said.codes)
    theirs = sorted(alike.meaning(desk.found.target.name, code) for code in other.said.codes)
    return ours == theirs


def _numbers(desk: Desk, piece: Segment) -> dict[int, int] | None:
    """The codes of a piece of the translation → those of its source."""
    target = desk.found.target
    assert target is not None
    other = desk.found.pieces[piece]
    return alike.numbers(desk.found.source, piece.said, target, other.said)


def _changes(desk: Desk, pieces: Sequence[Segment]) -> Iterator[tuple[Segment, Line]]:
    """The pieces of the source, each with the translation's words and its own codes."""
    for piece in pieces:
        if piece in desk.found.units:
            wanted = desk.wanted(piece)
            if wanted is None:
                raise Unwritable(piece)
            yield piece, Line(sayable(piece, wanted), piece.said.codes)


def _changes_there(desk: Desk, pieces: Sequence[Segment]) -> Iterator[tuple[Segment, Line]]:
    """Pieces of the translation that get other words; their codes stay as written there."""
    for piece in pieces:
        unit = desk.found.units.get(piece)
        wanted = desk.wanted(piece) if unit else None
        if unit is None or wanted is None or wanted == unit.target:
            continue
        other = desk.found.pieces[piece]
        back = {ours: theirs for theirs, ours in (_numbers(desk, piece) or {}).items()}
        said = sayable(other, alike.renumbered(Line(wanted), back))
        yield other, Line(said, other.said.codes)


# Proving ------------------------------------------------------------------------------------


def _meant(pieces: Sequence[Segment], changes: Sequence[tuple[Segment, Line]]) -> _Meant:
    said = dict(changes)
    return [(piece.kind, shape(said.get(piece, piece.said))) for piece in pieces]


def _says(desk: Desk, body: str, meant: _Meant) -> bool:
    return _back(desk, body) == [_untitled(each) for each in meant]


def _back(desk: Desk, body: str) -> _Meant:
    """What a body says when it is read again."""
    pages = [page for page in (desk.found.source, desk.found.target) if page]
    repeated = any(title and repeats(title, body) for title in map(_title_of, pages))
    pieces = text_of(body, {}, repeated=repeated).pieces
    return [(piece.kind, shape(piece.said)) for piece in pieces]


def _untitled(each: tuple[str, tuple[object, ...]]) -> tuple[str, tuple[object, ...]]:
    return ("heading-1", each[1]) if each[0] == "title" else each


def _first_other(desk: Desk, body: str, meant: _Meant) -> Segment:
    """The first unit that does not come back as it was meant."""
    back = _back(desk, body)
    place = next((n for n, each in enumerate(meant) if back[n : n + 1] != [_untitled(each)]), 0)
    units = list(desk.found.units)
    texts = [n for n, each in enumerate(desk.found.source.text.pieces) if each in desk.found.units]
    number = next((i for i, n in enumerate(texts) if n >= place), len(texts) - 1)
    meta = sum(piece in desk.found.source.meta for piece in units)
    return units[meta + number]
