"""One article of a file that came back, whatever form the file has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from publisher.body.marks import Parts, Tag
from publisher.errors import PublisherError
from publisher.model import LOCALES
from publisher.translations.exchange.handoff import Handoff, Returned

_FORM = 1
_LINE_END = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What came back for one article into one language.

    where    in which file, and line. kind: of the thing; all files from before are of articles.
    digests  of the source's sections as exported; {}: a tool has dropped them.
    """

    where: str
    key: str
    kind: str = "article"
    source_locale: str
    target_locale: str
    digests: Mapping[str, str]
    units: tuple[Returned, ...]

    @staticmethod
    def said(handoff: Handoff) -> dict[str, Any]:
        """What a file must still say when it comes back."""
        return {
            "publisher": _FORM,
            "kind": handoff.kind,
            "key": handoff.key,
            "source": handoff.source_locale,
            "target": handoff.target_locale,
            "sections": dict(handoff.digests),
        }


def parcel_of(
    where: str, said: str, languages: tuple[str, str], units: tuple[Returned, ...]
) -> Parcel:
    """Make a parcel of what a file says, as `Parcel.said` had it.

    languages  that the file itself names, source and target; "" where it names none.

    Raises PublisherError for a file that is none of ours, or whose language was changed.
    """
    try:
        found = json.loads(said)
        form = found["publisher"]
        key, source, target = (str(found[name]) for name in ("key", "source", "target"))
        kind = str(found.get("kind", "article"))
        digests = {str(name): str(each) for name, each in found["sections"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PublisherError(
            f"{where}: it does not say which article it holds, so it is no file of `translations "
            "export`, or a tool took that out. Import the file itself, not one made from it."
        ) from None
    if form != _FORM:
        raise PublisherError(f"{where}: it was exported by another version of publisher ({form}).")
    for ours, theirs in zip((source, target), languages, strict=True):
        if theirs and not _is_language(theirs.replace("_", "-").lower(), ours.lower()):
            raise PublisherError(
                f"{where}: this was exported from {source} to {target}, and says now that it is "
                f"{theirs}. Put the languages back."
            )
    return Parcel(
        where=where,
        key=key,
        kind=kind,
        source_locale=source,
        target_locale=target,
        digests=digests,
        units=units,
    )


def joined(parcels: Iterable[Parcel]) -> list[Parcel]:
    """Put together what was shared out among translators: files of one thing, of other texts.

    Where two translate the same text, both are returned: nobody can tell which one is meant.
    """
    found: dict[tuple[str, str, str], Parcel] = {}
    others = []
    for each in parcels:
        name = (each.kind, each.key, each.target_locale)
        first = found.setdefault(name, each)
        if first is each:
            continue
        if first.digests == each.digests and not _told(first) & _told(each):
            found[name] = replace(first, units=_together(first, each))
        else:
            others.append(each)
    return [*found.values(), *others]


def _told(parcel: Parcel) -> set[str]:
    return {unit.id for unit in parcel.units if unit.target}


def _together(one: Parcel, other: Parcel) -> tuple[Returned, ...]:
    ids, told = {unit.id for unit in one.units}, _told(other)
    kept = (unit for unit in one.units if unit.target or unit.id not in told)
    return (*kept, *(unit for unit in other.units if unit.target or unit.id not in ids))


def _is_language(theirs: str, ours: str) -> bool:
    """Whether a tool means ours: many add the country that they work for, `fr-FR`."""
    known = any(theirs == locale.lower() for locale in LOCALES)
    return theirs == ours or (theirs.startswith(f"{ours}-") and not known)


def on_one_line(parts: Sequence[str | Tag]) -> Parts:
    """Return words and marks as they stood before a tool broke or indented their lines."""
    said: list[str | Tag] = []
    last = len(parts) - 1
    for place, part in enumerate(parts):
        if not isinstance(part, str):
            said.append(part)
            continue
        words = _LINE_END.sub("\n", part)
        words = words.removeprefix("\n") if place == 0 else words
        words = words.removesuffix("\n") if place == last else words
        said += [words.replace("\n", " ")] if words else []
    return tuple(said)
