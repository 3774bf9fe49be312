"""What came back from a translator, judged: may it come home, and what is up to date then.

Nothing of the source's language is ever let through: a text without a translation refuses the
article, unless the translation lacked its whole section before and still does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.body.marks import Parts, fault_of
from publisher.body.segments import Segment, Unwritable
from publisher.source.sections import TITLE
from publisher.translations.exchange.desk import Desk, built, chunk_of, dropped
from publisher.translations.exchange.handoff import Match, Returned, Unit
from publisher.translations.exchange.weaving import woven


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why an article cannot come home: in which unit, where that stands, what to do."""

    unit: str
    where: str
    what: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What became of an article's translation.

    raw      the file's bytes; None: nothing was translated, or there are faults.
    words    how many units have another translation now, or one that is good.
    fresh    names of the sections that are now translated from the source as it is.
    changed  names of the sections whose source is not what it was at the export.
    missing  names of the sections that the translation still lacks.
    unsure   units of the sections that came home that are not called finished.
    dropped  names of the translation's sections that the source does not have any more.
    """

    raw: bytes | None = None
    words: int = 0
    fresh: frozenset[str] = frozenset()
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Times:
    """Digests of the source's sections by name: now, and at the export ({}: it does not say)."""

    now: Mapping[str, str]
    then: Mapping[str, str]

    @property
    def changed(self) -> tuple[str, ...]:
        """Sections that are not what they were."""
        if not self.then:
            return ()
        return tuple(name for name, each in self.now.items() if self.then.get(name) != each)


_CHANGED = "Export it again; a translation memory fills in what stayed."
_SPACE = (" ", "\t")
_RESTORE = "Put the marks back as they are in the source text."


def bring_home(
    found: Match,
    returned: Sequence[Returned],
    digests: Mapping[str, str],
    exported: Mapping[str, str],
    aliases: Mapping[str, str],
) -> Home:
    """Make the translation's file from what came back.

    digests, exported  of the source's sections by name: now, and when the units were taken.
    aliases            of frontmatter keys.
    """
    times = _Times(digests, exported)
    units = {unit.id: unit for unit in found.units.values()}
    back = [_as_translated(each, units[each.id]) for each in returned if each.id in units]
    desk = Desk(found, {each.id: each for each in back})
    faults = [*_strangers(returned, units, times), *_broken(returned, units)]
    if not faults and desk.touched:
        faults = [*_copied(back, units)] or [*_lacking(desk, times)]
    if faults or not desk.touched:
        return Home(faults=tuple(faults), changed=times.changed)
    try:
        return _home(desk, woven(desk, aliases), times)
    except Unwritable as error:
        return Home(faults=(_unwritable(desk, error.segment),))


def _as_translated(back: Returned, unit: Unit) -> Returned:
    """Take away what nobody meant: the source's own words, and space that it does not have.

    Tools put the source where a translation will be, and leave spaces at its ends.
    """
    if back.target == unit.source and not back.ready:
        return replace(back, target=None)
    return replace(back, target=_trimmed(back.target, unit.source)) if back.target else back


def _trimmed(target: Parts, source: Parts) -> Parts:
    first, last = (part if isinstance(part, str) else "" for part in (source[0], source[-1]))
    said = list(target)
    if isinstance(said[0], str) and not first.startswith(_SPACE):
        said[0] = said[0].lstrip("".join(_SPACE))
    if isinstance(said[-1], str) and not last.endswith(_SPACE):
        said[-1] = said[-1].rstrip("".join(_SPACE))
    return tuple(part for part in said if part)


def _copied(back: Sequence[Returned], units: Mapping[str, Unit]) -> Iterator[Fault]:
    """A file that some tool has filled with its own source, and calls finished."""
    told = [each for each in back if each.target]
    if len(told) > 1 and all(each.target == units[each.id].source for each in told):
        what = "every text in it is word for word its source, so nobody has translated it"
        yield Fault(unit="", where=told[0].where, what=what, advice="Ask for the translated file.")


def _home(desk: Desk, raw: bytes, times: _Times) -> Home:
    done = [unit for unit in desk.found.units.values() if desk.is_edited(unit)]
    unsure = [
        unit
        for piece, unit in desk.found.units.items()
        if desk.home_of(piece) in desk.touched
        and not ((back := desk.targets.get(unit.id)) and back.ready)
    ]
    sections = [section.name for section in desk.found.source.text.sections]
    return Home(
        raw=raw,
        words=len(done),
        fresh=frozenset(name for name in times.now if _is_fresh(desk, name, times)),
        changed=times.changed,
        missing=tuple(name for name in sections if name not in built(desk)),
        unsure=tuple(unit.id for unit in unsure),
        dropped=tuple(dropped(desk)),
    )


def _strangers(
    returned: Sequence[Returned], units: Mapping[str, Unit], times: _Times
) -> Iterator[Fault]:
    """Units that the source does not have, though it did not change; and those that stand twice."""
    seen: set[str] = set()
    for each in returned:
        section = each.id.rsplit(".", 2)[0]
        if not each.id:
            advice = "Ask for a file in which every text has the id that the exported one has."
            yield Fault(unit="", where=each.where, what="a text has no id", advice=advice)
            return
        if each.id in seen:
            what = "it stands twice in this file"
            yield Fault(unit=each.id, where=each.where, what=what, advice="Keep one of them.")
        seen.add(each.id)
        gone = section in times.then and section not in times.now
        if each.id not in units and not gone and section not in times.changed:
            advice = "Import the file that was exported; ids must stay as they are."
            what = "the source has no such text"
            advice = advice if times.then else _CHANGED
            yield Fault(unit=each.id, where=each.where, what=what, advice=advice)


def _broken(returned: Sequence[Returned], units: Mapping[str, Unit]) -> Iterator[Fault]:
    for each in returned:
        unit = units.get(each.id)
        fault = each.fault
        if unit is not None and each.target and not fault:
            fault = fault_of(each.target, unit.codes)
        if fault:
            yield Fault(unit=each.id, where=each.where, what=fault, advice=_RESTORE)


def _lacking(desk: Desk, times: _Times) -> Iterator[Fault]:
    """Texts without a translation in what has to be whole."""
    for piece, unit in desk.found.units.items():
        home = desk.home_of(piece)
        whole = desk.found.target is None or (home in desk.touched and home != TITLE)
        if not whole or desk.wanted(piece) is not None:
            continue
        back = desk.targets.get(unit.id)
        changed = back is None and unit.section in times.changed
        yield Fault(
            unit=unit.id,
            where=back.where if back else f"{desk.found.source.name}:{unit.line}",
            what="its source changed after the export" if changed else "it is not translated",
            advice=_CHANGED if changed else "Translate it, and import the file again.",
        )


def _unwritable(desk: Desk, piece: Segment) -> Fault:
    unit = desk.found.units[piece]
    back = desk.targets.get(unit.id)
    return Fault(
        unit=unit.id,
        where=back.where if back else f"{desk.found.source.name}:{unit.line}",
        what="these words and marks cannot be written as Markdown in this place",
        advice="Put a space or another word beside the mark, or change the file itself.",
    )


def _is_fresh(desk: Desk, name: str, times: _Times) -> bool:
    """Whether every text of a section came back finished, for the source as it is."""
    if not times.then or name in times.changed:
        return False
    pieces = [piece for piece in desk.found.units if piece.section == name]
    back = [desk.targets.get(desk.found.units[piece].id) for piece in pieces]
    if not all(each and each.target and each.ready for each in back):
        return False
    if desk.found.target is None or name in desk.found.current:
        return True
    homes = {desk.home_of(piece) for piece in pieces}
    return bool(homes) and homes <= desk.touched and chunk_of(name) in built(desk)
