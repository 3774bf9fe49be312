"""One article of a file that came back, whatever form the file has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.errors import PublisherError
from publisher.translations.exchange.handoff import Handoff, Returned

_FORM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What came back for one article into one language.

    where    in which file, and line.
    digests  of the source's sections as exported; {}: a tool has dropped them.
    """

    where: str
    key: str
    source_locale: str
    target_locale: str
    digests: Mapping[str, str]
    units: tuple[Returned, ...]

    @staticmethod
    def said(handoff: Handoff) -> dict[str, Any]:
        """What a file must still say when it comes back."""
        return {
            "publisher": _FORM,
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
        digests = {str(name): str(each) for name, each in found["sections"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PublisherError(
            f"{where}: it does not say which article it holds, so it is no file of `translations "
            "export`, or a tool took that out. Import the file itself, not one made from it."
        ) from None
    if form != _FORM:
        raise PublisherError(f"{where}: it was exported by another version of publisher ({form}).")
    for ours, theirs in zip((source, target), languages, strict=True):
        if theirs and theirs.replace("_", "-").lower() != ours.lower():
            raise PublisherError(
                f"{where}: this was exported from {source} to {target}, and says now that it is "
                f"{theirs}. Put the languages back."
            )
    return Parcel(
        where=where,
        key=key,
        source_locale=source,
        target_locale=target,
        digests=digests,
        units=units,
    )
