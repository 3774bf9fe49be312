"""The fidelity report: what was proven, and what a person should look at, worst first.

Every block of every text was converted, rendered back and compared. What came out the same
is only counted; the rest is named with its file and line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from publisher.body.proof import Piece
from publisher.model import Problem, Ref, Spot

How = Literal["new", "changed", "moved", "removed", "relinked"]

RISKS = (
    "pull-changed",
    "pull-clash",
    "pull-differs",
    "pull-left",
    "pull-refused",
    "pull-image",
    "pull-untitled",
    "pull-locale",
    "pull-missing",
    "pull-gone",
    "pull-signed",
    "pull-island",
)
"""The rules of what to look at, the most dangerous first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One file that was written, or would be.

    path    below the content folder; `first_line` is where its body begins.
    how     "relinked": only its links follow a file that moved.
    pieces  one for each block of the body.
    same    the file, read and rendered again, says what is live.
    """

    path: str
    ref: Ref
    how: How
    first_line: int = 1
    pieces: tuple[Piece, ...] = ()
    same: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """How many images there are, and what became of them; `missing` could not be fetched."""

    fetched: int = 0
    known: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a pull did, or with `dry_run` would do.

    folder    the content folder, as the user calls it.
    adopted   files that were linked to what says the same.
    settled   things whose files already say what is live; only the ledger learnt it.
    links     addresses that became relative; `kept` lead to our help center, but stay absolute.
    problems  what to look at, worst first.
    """

    heading: str = ""
    folder: str = ""
    dry_run: bool = False
    texts: tuple[Text, ...] = ()
    adopted: tuple[Ref, ...] = ()
    settled: tuple[Ref, ...] = ()
    images: Images = Images()
    links: int = 0
    kept: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def proven(self) -> int:
        """Files proven to say what is live, without anything to look at."""
        noted = {each.spot.path for each in self.problems if each.spot}
        written = (text for text in self.texts if text.how != "removed")
        return sum(text.same and not _is_named(text.path, noted) for text in written)

    @property
    def removed(self) -> int:
        """Files that went, because what they said was deleted in Intercom."""
        return sum(text.how == "removed" for text in self.texts)

    @property
    def blocks(self) -> int:
        """How many blocks were converted."""
        return sum(len(text.pieces) for text in self.texts)

    @property
    def islands(self) -> Mapping[str, int]:
        """Blocks that hold HTML, by why they had to, the most frequent first."""
        causes = Counter(
            cause
            for text in self.texts
            for piece in text.pieces
            if piece.how == "island"
            for cause in piece.causes[:1]
        )
        return dict(sorted(causes.items(), key=lambda item: (-item[1], item[0])))

    def looks(self) -> tuple[Problem, ...]:
        """What to look at, worst first."""
        return tuple(sorted(self.problems, key=_rank))


def _is_named(path: str, noted: Iterable[str]) -> bool:
    return any(name == path or name.endswith(f"/{path}") for name in noted)


def _rank(problem: Problem) -> tuple[int, str, int]:
    place = RISKS.index(problem.rule) if problem.rule in RISKS else len(RISKS)
    return (place, problem.spot.path, problem.spot.line) if problem.spot else (place, "", 0)


def look_at(text: Text, folder: str) -> tuple[Problem, ...]:
    """Name the blocks of a text that a person should see; `folder`: the content folder."""
    found = []
    line = text.first_line
    for piece in text.pieces:
        spot = Spot(f"{folder}/{text.path}", line)
        line += piece.markdown.count("\n") + 2
        shown = f" (“{piece.text}”)" if piece.text else ""
        why = " and ".join(piece.causes) or "something Markdown cannot say"
        if piece.how == "markdown" and piece.causes:
            found.append(
                Problem(
                    rule="pull-signed",
                    severity="warning",
                    spot=spot,
                    what=f"this block{shown} holds {why}.",
                    advice="Signed addresses expire within days, so the file has the bare one; "
                    "put the file on a public address if readers need it.",
                )
            )
        elif piece.how == "island":
            found.append(
                Problem(
                    rule="pull-island",
                    severity="warning",
                    spot=spot,
                    what=f"this block stays HTML{shown}: it holds {why}.",
                    advice="It will be sent as it is; simplify it if you want Markdown.",
                )
            )
        elif piece.how == "unproven":
            found.append(
                Problem(
                    rule="pull-changed",
                    severity="warning",
                    spot=spot,
                    what=f"this block cannot be kept as it is live{shown}: it holds {why}.",
                    advice="It stays as it is in Intercom until you change this file and apply "
                    "it; look at it before that.",
                )
            )
    return tuple(found)
