"""A hand-off as a gettext PO file, for teams whose tools speak that.

    #. paragraph · Fees · ‹1› link refunds.md
    #: en/billing/refunds.md:12
    #, fuzzy
    msgctxt "fees.2.1f2e3d4c"
    msgid "See <1>refunds</1>."
    msgstr "Voir <1>remboursements</1>."

A pair of marks is `<1>…</1>`, what stands alone `<2/>`; the comment says what they stand for. A
text that itself says `<1>` has a backslash before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from translate.storage import base
from translate.storage.pypo import pofile, pounit

from publisher.body.marks import Code, Parts, Tag
from publisher.errors import PublisherError
from publisher.translations.exchange.handoff import Handoff, Returned, Unit
from publisher.translations.exchange.parcel import Parcel, on_one_line, parcel_of

SUFFIX = ".po"
_HEADER = "X-Publisher"
_LOOKS_LIKE_TAG = re.compile(r"(\\*)(</?\d+/?>)")
_TAG = re.compile(r"(\\*)<(/?)(\d{1,5})(/?)>")
_SLASHES = re.compile(r"\\+\Z")
_SHORT = 60


def written(handoff: Handoff) -> bytes:
    """Spell a hand-off."""
    store: Any = pofile()
    store.updateheader(
        add=True,
        Project_Id_Version=handoff.key,
        POT_Creation_Date="YEAR-MO-DA HO:MI+ZONE",
        Language=handoff.target_locale.replace("-", "_"),
        MIME_Version="1.0",
        Content_Type="text/plain; charset=UTF-8",
        Content_Transfer_Encoding="8bit",
        X_Publisher=json.dumps(Parcel.said(handoff)),
    )
    for unit in handoff.units:
        store.addunit(_unit(unit, handoff.file))
    out = BytesIO()
    store.serialize(out)
    return out.getvalue()


def _unit(unit: Unit, file: str) -> Any:
    made: Any = pounit(spelt(unit.source))
    made.setcontext(unit.id)
    if unit.target is not None:
        made.target = spelt(unit.target)
        made.markfuzzy(unit.state == "unsure")
    made.addlocation(f"{file.replace(' ', '%20')}:{unit.line}")
    marks = [_explained(number, code) for number, code in enumerate(unit.codes, start=1)]
    made.addnote(" · ".join([unit.note, *marks]), origin="developer")
    return made


def _explained(number: int, code: Code) -> str:
    shown = " ".join((code.detail or code.opens).split())
    cut = shown if len(shown) <= _SHORT else shown[: _SHORT - 1] + "…"
    return f"‹{number}› {code.name} {cut}".strip()


def spelt(parts: Parts) -> str:
    """Write words and marks as one text."""
    said: list[str] = []
    for part in parts:
        if isinstance(part, str):
            said.append(_LOOKS_LIKE_TAG.sub(r"\1\1\\\2", part))
            continue
        if said and (slashes := _SLASHES.search(said[-1])):
            said.append(slashes[0])
        before, after = ("/" * (part.edge == "close"), "/" * (part.edge == "alone"))
        said.append(f"<{before}{part.code}{after}>")
    return "".join(said)


def parsed(text: str) -> Parts:
    """Read what `spelt` wrote."""
    parts: list[str | Tag] = []
    place, words = 0, ""
    for found in _TAG.finditer(text):
        slashes, closes, number, alone = found.groups()
        words += text[place : found.start()] + "\\" * (len(slashes) // 2)
        place = found.end()
        if len(slashes) % 2:
            words += found[0][len(slashes) :]
            continue
        parts += [words] if words else []
        words = ""
        edge = "close" if closes else "alone" if alone else "open"
        parts.append(Tag(edge, int(number)))  # type: ignore[arg-type]
    words += text[place:]
    return (*parts, words) if words else tuple(parts)


# Reading ------------------------------------------------------------------------------------


def read(name: str, raw: bytes) -> Iterator[Parcel]:
    """Read what came back; raises PublisherError for what is no PO file of ours."""
    store: Any = pofile()
    try:
        store.parse(raw)
    except (base.ParseError, ValueError, UnicodeError) as error:
        what = " ".join(str(error).split())[:200]
        raise PublisherError(
            f"{name}: this is no PO file that can be read ({what}). Ask for it again."
        ) from error
    headers = {key.lower(): value for key, value in store.parseheader().items()}
    units = tuple(_returned(unit, name) for unit in store.units if _is_text(unit))
    language = str(headers.get("language", ""))
    yield parcel_of(name, str(headers.get(_HEADER.lower(), "")), ("", language), units)


def _is_text(unit: Any) -> bool:
    """Whether it is neither the header, nor what a tool left of a former text, nor a remark."""
    said = unit.source or unit.target or unit.getcontext()
    return bool(said) and not unit.isheader() and not unit.isobsolete()


def _returned(unit: Any, name: str) -> Returned:
    target = on_one_line(parsed(str(unit.target or "")))
    has = any(isinstance(part, str) and part.strip() for part in target)
    line = getattr(unit, "line_number", None)
    return Returned(
        id=str(unit.getcontext()),
        target=target if has else None,
        ready=not unit.isfuzzy(),
        where=f"{name}:{line}" if line else name,
    )
