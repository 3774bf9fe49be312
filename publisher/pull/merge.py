"""Bring their edit of a body into the author's Markdown, and change nothing else.

Four sequences of block digests, in two spellings (ours has symbolic references):

    ours ◄── what the author changed ── base  ~  shown ── what they changed ──► theirs
    the file now                        as last sent, and        Intercom now
                                        as shown straight after

They are cut together where all four correspond. A piece that only they changed is theirs, one
that only the author changed is the author's; one that both changed is a clash, unless both
came to the same. So is a piece that one side changed right beside blocks the other put in:
nobody could say in which order they belong.

Digests of `base` and `shown` differ wherever there is a link or an image, so these two
correspond by their places; only when Intercom split, joined or dropped blocks in storing
them, equal digests show where they meet again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from publisher.model import Digest
from publisher.plan.cuts import Cut, cuts, joined, side_by_side
from publisher.pull import units as lay
from publisher.pull.notes import Wording, indented
from publisher.pull.sliding import corresponding, slid
from publisher.pull.units import Range, Unit

Write = Callable[[int, int], str]
Digests = Sequence[Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Blocks [start, end) that they changed: as last sent, in the file before, and live."""

    base: Range
    ours: Range
    theirs: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The body with their changes in it.

    edits_left  the author's own changes since the last apply are still in it.
    """

    body: str
    hunks: tuple[Hunk, ...]
    edits_left: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Blocks that both sides changed.

    lines   [start, end) of the body, from 0; empty where the author took the blocks out.
    ours, base, theirs   the blocks, as in `Hunk`.
    """

    lines: Range
    base: Range
    ours: Range
    theirs: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A stretch of all four sequences, and who changed it."""

    start: Cut  # places in ours, base, shown, theirs
    end: Cut
    mine: bool
    yours: bool

    def range(self, side: int) -> Range:
        return self.start[side], self.end[side]

    @property
    def puts_in(self) -> bool:
        """Whether it has blocks of one side in a place where the other has none."""
        ours, base, shown = (self.start[side] == self.end[side] for side in range(3))
        return (self.mine and base) or (self.yours and (shown or ours))


def merge(  # noqa: PLR0913 - a body, the four sides, and how to write them
    body: str,
    ours: Digests,
    lines: Sequence[int],
    base: Digests | None,
    shown: Digests | None,
    theirs: Digests,
    write: Write,
    write_ours: Write | None = None,
) -> Merged | tuple[Clash, ...]:
    """Return the body with their changes in it, or all places where both sides changed it.

    body        the Markdown in the file, without frontmatter.
    ours        digests of the canonical blocks it renders to; `lines` has the line of each.
    base        `Entry.blocks`: what was last sent, spelt as ours.
    shown       `Entry.shown`: what Intercom showed straight after, spelt as theirs.
    theirs      digests of the blocks it shows now.
    write       Markdown of the live blocks theirs[start:end], without a line end.
    write_ours  Markdown our writer would make of ours[start:end]. With it, a block is
                changed word by word, and what reads the same in both is left alone.

    Without base or shown (ledgers of earlier versions) the file counts as unedited. The text
    is made with care, but only rendering it again proves that it shows what it should.
    """
    if base is None or shown is None:
        base, shown, aligned = ours, ours, side_by_side(len(ours))
    else:
        aligned = side_by_side(len(base)) if len(base) == len(shown) else cuts(base, shown)
    found = lay.units(body, lines)
    borders = {0, len(ours), *(unit.blocks[0] for unit in found)}
    mine = joined(slid(corresponding(ours, base), (ours, base), borders), aligned)
    shown_borders = {cut[2] for cut in mine if cut[0] in borders}
    chain = joined(mine, slid(corresponding(shown, theirs), (shown, theirs), shown_borders))
    sides = (ours, base, shown, theirs)
    pieces = [
        piece
        for piece in _pieces([cut for cut in chain if cut[0] in borders], sides)
        if not _came_to_the_same(piece, sides, write, write_ours)
    ]
    clashes = tuple(_clash(piece, found) for piece in pieces if piece.mine and piece.yours)
    if clashes:
        return clashes
    taken = [piece for piece in pieces if piece.yours]
    return Merged(
        body=_with(body, found, taken, write, write_ours),
        hunks=tuple(
            Hunk(base=piece.range(1), ours=piece.range(0), theirs=piece.range(3)) for piece in taken
        ),
        edits_left=any(piece.mine for piece in pieces),
    )


def rebased(base: Digests, merged: Merged, before: Digests, after: Digests) -> tuple[Digest, ...]:
    """Return what is to be remembered as last sent, once the merged body is written.

    base           as it was remembered so far.
    before, after  digests of the file's blocks before the merge, and now.

    It is as if only their changes had been made to `base`, so that what the author changed
    is still seen as changed.
    """
    if not merged.edits_left:
        return tuple(after)
    remembered: list[Digest] = []
    for start, end in pairwise(joined(cuts(base, before), cuts(before, after))):
        (b, o, n), (b_end, o_end, n_end) = start, end
        kept = list(before[o:o_end]) == list(after[n:n_end])
        remembered += base[b:b_end] if kept else after[n:n_end]
    return tuple(remembered)


# --- who changed what -------------------------------------------------------------------


def _pieces(chain: Sequence[Cut], sides: Sequence[Digests]) -> list[_Piece]:
    """Return the pieces that somebody changed; those that are too close to part, as one."""
    pieces: list[_Piece] = []
    for start, end in pairwise(chain):
        piece = _piece(start, end, sides)
        if not (piece.mine or piece.yours):
            continue
        while pieces and _entangled(pieces[-1], piece):
            piece = _piece(pieces.pop().start, piece.end, sides)
        pieces.append(piece)
    return pieces


def _piece(start: Cut, end: Cut, sides: Sequence[Digests]) -> _Piece:
    ours, base, shown, theirs = (side[i:j] for side, i, j in zip(sides, start, end, strict=True))
    return _Piece(
        start=start, end=end, mine=list(ours) != list(base), yours=list(shown) != list(theirs)
    )


def _entangled(left: _Piece, right: _Piece) -> bool:
    """Say whether one side put something in right where the other changed something."""
    if left.end != right.start or (left.mine == right.mine and left.yours == right.yours):
        return False
    return left.puts_in or right.puts_in


def _came_to_the_same(
    piece: _Piece, sides: Sequence[Digests], write: Write, write_ours: Write | None
) -> bool:
    (o, o_end), (t, t_end) = piece.range(0), piece.range(3)
    if not piece.yours:
        return False
    if list(sides[0][o:o_end]) == list(sides[3][t:t_end]):
        return True
    if write_ours is None or o == o_end or t == t_end:
        return False
    return write_ours(o, o_end) == write(t, t_end)


def _clash(piece: _Piece, found: Sequence[Unit]) -> Clash:
    inside = _units_of(piece, found)
    place = _place_after(piece.start[0], found)
    lines = [line for unit in inside for line in unit.lines] or [place]
    return Clash(
        lines=(min(lines), max(lines)),
        base=piece.range(1),
        ours=piece.range(0),
        theirs=piece.range(3),
    )


# --- their changes into the lines -------------------------------------------------------


def _with(
    body: str,
    found: Sequence[Unit],
    taken: Sequence[_Piece],
    write: Write,
    write_ours: Write | None,
) -> str:
    """Change the units of each piece, the last first, so that lines above keep their place."""
    text, line_end = lay.lines_of(body), "\r\n" if "\r\n" in body else "\n"
    ended = not body or body[-1] in "\r\n"
    if not ended:
        text[-1] += line_end
    wording = Wording(body, found, write_ours)
    edits = [edit for piece in taken for edit in _edits(piece, found, text, wording, write)]
    for (start, end), new in sorted(edits, key=lambda edit: edit[0][0])[::-1]:
        lines = [line + line_end for line in new.split("\n")]
        if not new:
            lay.remove(text, (start, end), line_end)
        elif start < end:
            lay.replace(text, (start, end), lines, line_end)
        else:
            lay.insert(text, start, lines, line_end)
    merged = "".join(text)
    return merged if ended else merged.rstrip("\r\n")


def _edits(
    piece: _Piece, found: Sequence[Unit], text: Sequence[str], wording: Wording, write: Write
) -> Iterator[tuple[Range, str]]:
    """Yield lines [start, end) and what is to stand there; "" takes them out."""
    inside = _units_of(piece, found)
    new = write(*piece.range(3)) if piece.start[3] < piece.end[3] else ""
    if new and inside:
        author = "".join("".join(text[slice(*unit.lines)]) for unit in inside)
        yield inside[0].lines, wording.of(inside, _plain(author), new)
    elif new:
        place = _place_after(piece.start[0], found) if found else len(text)
        above = [unit for unit in found if unit.blocks[1] <= piece.start[0]]
        in_note = above and above[-1].note  # only a note can be followed by something else there
        yield (place, place), indented(new) if in_note else new
    for unit in inside[1:] if new else inside:
        yield unit.lines, ""


def _units_of(piece: _Piece, found: Sequence[Unit]) -> list[Unit]:
    start, end = piece.range(0)
    return [unit for unit in found if start <= unit.blocks[0] < end]


def _place_after(block: int, found: Sequence[Unit]) -> int:
    """Return the line after the unit that ends before `block`; before the first, where it is."""
    before = [unit.lines[1] for unit in found if unit.blocks[1] <= block]
    return before[-1] if before else found[0].lines[0] if found else 0


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip("\n")
