"""One article beside what came back for it: which words it is to have, which sections it will.

A section comes home as one, and title and the text above the first heading are one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.body.marks import Parts
from publisher.body.segments import Segment
from publisher.source.sections import TEXT, TITLE
from publisher.translations.exchange.handoff import Match, Returned, Unit


@dataclass(frozen=True, slots=True)
class Desk:
    """One article on its way home.

    targets  by unit id what came back for units that the source still has.
    """

    found: Match
    targets: Mapping[str, Returned]

    def wanted(self, piece: Segment) -> Parts | None:
        """The words that a piece is to have: the translator's, else those it has."""
        unit = self.found.units[piece]
        back = self.targets.get(unit.id)
        return back.target if back and back.target else unit.target

    def is_edited(self, unit: Unit) -> bool:
        """Whether a translator did something: other words, or a word that these are good."""
        back = self.targets.get(unit.id)
        if back is None or not back.target:
            return False
        return back.target != unit.target or (back.ready and unit.state == "unsure")

    def home_of(self, piece: Segment) -> str:
        """The section that a piece of the source comes home with."""
        return TITLE if piece in self.found.source.meta else chunk_of(piece.section)

    @property
    def touched(self) -> frozenset[str]:
        """Sections in which a translator did something."""
        units = self.found.units.items()
        return frozenset(self.home_of(piece) for piece, unit in units if self.is_edited(unit))


def chunk_of(section: str) -> str:
    """Title and the text above the first heading come home as one."""
    return TEXT if section == TITLE else section


def built(desk: Desk) -> frozenset[str]:
    """Sections that the translation will have."""
    names = {section.name for section in desk.found.source.text.sections}
    if desk.found.target is None:
        return frozenset(names)
    return frozenset(names & (desk.touched | set(desk.found.sections)))


def dropped(desk: Desk) -> list[str]:
    """Sections of the translation that its source has no more: gone once it has all the others."""
    target = desk.found.target
    names = {section.name for section in desk.found.source.text.sections}
    if target is None or built(desk) != names:
        return []
    kept = set(desk.found.sections.values())
    return [each.name for each in target.text.sections if each.name not in kept]
