"""What a translation was made from, section by section, and what has changed since then.

A mark is `translated_from` in a translation's frontmatter: by name of a section of the source,
the digest that the section had. Digests and no commits, so that squashes, rebases and shallow
clones change nothing. A mark finds its section in whatever order the marks stand: two pull
requests may each have written some of them. Only a section of which neither name nor text is
left is looked for beside its neighbour. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from publisher.model import Difference, Section
from publisher.source.sections import FORM, TEXT, TITLE

Marks = Mapping[str, str]
"""By name of a section: form and digest, "v1-0123456789"."""


def marks_of(sections: Iterable[Section]) -> dict[str, str]:
    """Return what a translation of these sections, as they are, is marked with."""
    return {each.name: each.digest for each in sections}


def is_marked(marks: Marks) -> bool:
    """Whether anything can be told by these marks: one of a form that this program can compare."""
    return any(_is_ours(value) for value in marks.values())


def differences(marks: Marks, sections: Sequence[Section]) -> tuple[Difference, ...]:
    """Return what changed in a source since a translation of it was marked; () when nothing did.

    A section that was renamed or moved and says the same is no difference.
    """
    found = []
    for name, section in _paired(marks, sections):
        if section is None:
            found.append(Difference(kind="removed", name=name or ""))
        elif name is None:
            found.append(_difference("added", section))
        elif not _agree(marks[name], section):
            found.append(_difference("changed", section))
    return tuple(found)


def _difference(kind: str, section: Section) -> Difference:
    return Difference(
        kind="added" if kind == "added" else "changed",
        name=section.name,
        title=section.title,
        line=section.line,
    )


def carried(marks: Marks, before: Sequence[Section], after: Sequence[Section]) -> dict[str, str]:
    """Return the marks of a translation that a change of its source leaves unaffected.

    Only a section that was current before the change is current after it, or one that was
    translated from what it says after it.
    """
    pairs = list(_paired(marks_of(before), after))
    became = {old: new for old, new in pairs if old is not None and new}
    now = {
        name: one
        for name, one in _paired(marks, after)
        if name and one and marks[name] == one.digest
    }
    gone = set()
    for name, section in _paired(marks, before):
        if name and section and name not in now and _agree(marks[name], section):
            if section.name in became:
                now[name] = became[section.name]
            else:
                gone.add(name)
    current = {*(section.name for section in now.values())}
    added = (new for old, new in pairs if old is None and new and new.name not in current)
    kept = {name: mark for name, mark in marks.items() if name not in gone}
    return _respelt(kept, now, [*added], after)


def renewed(marks: Marks, sections: Sequence[Section], names: Collection[str]) -> dict[str, str]:
    """Return the marks of a translation that was brought up to date in some sections.

    names  of those sections. What was marked before under a former name of them is gone.
    """
    pairs = list(_paired(marks, sections))
    now = {
        name: one
        for name, one in pairs
        if name and one and (one.name in names or marks[name] == one.digest)
    }
    added = [one for name, one in pairs if name is None and one and one.name in names]
    return _respelt(marks, now, added, sections)


def vouched(
    marks: Marks, sections: Sequence[Section], left: Iterable[Difference]
) -> dict[str, str]:
    """Return marks with what commits declared to leave the translation unaffected.

    left  of the differences between marks and sections, those that nothing was declared about.
    """
    gone = {each.name for each in left if each.kind == "removed"}
    stale = {each.name for each in left if each.kind != "removed"}
    paired = (name for name, section in _paired(marks, sections) if section or name in gone)
    kept = {name: marks[name] for name in paired if name}
    return renewed(kept, sections, {one.name for one in sections} - stale)


def _respelt(
    marks: Marks,
    now: Mapping[str, Section],
    added: Sequence[Section],
    sections: Sequence[Section],
) -> dict[str, str]:
    """Write marks again: of sections that are current, of those that are new, and the others.

    now  the mark's name → its section, of those that are current.
    """
    current = marks_of([*now.values(), *added])
    found: dict[str, str] = {}
    for name, mark in marks.items():
        if section := now.get(name):
            found[section.name] = section.digest
        else:
            found[_free(name, {**current, **found}, sections)] = mark
    return _in_order({**found, **marks_of(added)}, sections)


def _free(name: str, marks: Marks, sections: Iterable[Section]) -> str:
    """A name for a stale mark whose own belongs to a section that is current."""
    taken = {*marks, *(section.name for section in sections)} if name in marks else ()
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}-was-{number}"
    return free


def _in_order(marks: Marks, sections: Sequence[Section]) -> dict[str, str]:
    """Return marks in the order of the sections; one of no section stays after its neighbour.

    So a section that is called otherwise is found again, whatever is written meanwhile.
    """
    order = {section.name: place for place, section in enumerate(sections)}
    places: dict[str, int] = {}
    place = -1
    for name in marks:
        place = order.get(name, place)
        places[name] = place
    return dict(sorted(marks.items(), key=lambda item: places[item[0]]))


# Pairing ----------------------------------------------------------------------------------


def _is_ours(value: str) -> bool:
    return value.startswith(f"{FORM}-")


def _agree(value: str, section: Section) -> bool:
    """A mark of another form cannot be compared, and so does not say that anything changed."""
    return value == section.digest or not _is_ours(value)


def _paired(
    marks: Marks, sections: Sequence[Section]
) -> Iterator[tuple[str | None, Section | None]]:
    """Pair marks and sections: by what they say, then by name, then by their neighbours.

    What a heading says may change, and a second of that name gets the first one's.
    """
    found: dict[str, Section] = {}
    by_name = {section.name: (section,) for section in sections}

    def named(name: str) -> Sequence[Section]:
        return by_name.get(name, ())

    ways: tuple[Callable[[str], Sequence[Section]], ...] = (
        lambda name: [each for each in named(name) if _agree(marks[name], each)],
        lambda name: [each for each in sections if each.digest == marks[name]],
        named,
        lambda name: _beside(name, marks, sections, found),
    )
    for way in ways:
        _take(way, marks, found)
    taken = {section.name for section in found.values()}
    yield from ((name, found.get(name)) for name in marks)
    yield from ((None, section) for section in sections if section.name not in taken)


def _take(way: Callable[[str], Sequence[Section]], marks: Marks, found: dict[str, Section]) -> None:
    """Give every mark that has none yet the first free section that a way leads to."""
    taken = {section.name for section in found.values()}
    for name in marks:
        free = [] if name in found else [each for each in way(name) if each.name not in taken]
        if free:
            found[name] = free[0]
            taken.add(free[0].name)


def _beside(
    name: str, marks: Marks, sections: Sequence[Section], found: Mapping[str, Section]
) -> list[Section]:
    """The section after the one that the mark before belongs to."""
    names = list(marks)
    place = names.index(name)
    before = found.get(names[place - 1]) if place else None
    follows = sections.index(before) + 1 if before else 0
    one = sections[follows : follows + 1]
    return [each for each in one if {each.name, name}.isdisjoint((TITLE, TEXT))]
