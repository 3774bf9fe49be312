"""What an unfinished run left on this machine is taken into the ledger, event by event.

A journal goes on from a certain state of the ledger, and its head says which. Where the ledger
is at another one by now, somebody else went on meanwhile: what counts then is told in `fold`.
Nothing here writes; the journal goes when the ledger that holds its events is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from typing import Any

from publisher.errors import LedgerError
from publisher.ledger.book import Ledger, Pin, from_the_future
from publisher.ledger.files import cannot
from publisher.ledger.home import Home
from publisher.ledger.records import intent_from_row
from publisher.model import Entry, Ref, entry_from_row, ref_in

FORMAT = "publisher-journal/1"
DAMAGED = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
EVENTS = ("run", "pin", "begin", "done", "failed", "adopt", "rename", "hold")


def fold(ledger: Ledger, home: Home) -> None:
    """Take the events of an unfinished run on this machine into the ledger.

    A journal that goes on from an older state of a shared ledger was overtaken: whoever went
    on knew its intents and found out what became of them. Beside a file, the ledger may be
    newer, or another one, because Git brought it: then it counts, and only what it does not
    know is taken in.

    Raises LedgerError for a line that is damaged, or from the future.
    """
    known, kept = frozenset(ledger.entries), frozenset(ledger.doubts)
    base = (ledger.lineage, ledger.serial)
    counts, gently = True, False
    for number, line in enumerate(_whole_lines(home), start=1):
        try:
            row = json.loads(line)
            if row.get("event") == "run":
                counts, gently = _goes_on(row, base, home)
            elif counts and gently and not _is_news(row, ledger, known):
                if row["event"] == "done":
                    ledger.doubts.pop(row["intent"], None)
            elif counts:
                _fold(ledger, row)
        except DAMAGED as error:
            raise LedgerError(
                f"{home.journal}:{number}: is damaged. Keep a copy of it and take that line "
                "out; the next plan finds out what is live."
            ) from error
    ledger.changed = ledger.changed or frozenset(ledger.doubts) != kept


def _goes_on(row: Mapping[str, Any], base: tuple[str, int], home: Home) -> tuple[bool, bool]:
    """Whether the events after this head count, and whether only as far as they are news."""
    form = row.get("format", FORMAT)
    if form != FORMAT:
        raise LedgerError(from_the_future(str(home.journal), row, form, FORMAT))
    lineage, serial = row.get("lineage") or base[0], int(row.get("serial", base[1]))
    if not base[0] or (lineage == base[0] and serial == base[1]):
        return True, False
    return not home.place.shared, lineage != base[0] or serial < base[1]


def _is_news(row: Mapping[str, Any], ledger: Ledger, known: Set[Ref]) -> bool:
    """Whether an event tells what a ledger that counts more does not know.

    known  what it knew before the journal: that is neither changed nor renamed, and no thing
           gets a second key.
    """
    event = row.get("event")
    if event == "pin":
        return not ledger.pin.workspace
    if event == "hold":
        return row["digest"] not in ledger.images
    if event == "begin":
        would = intent_from_row(row).would
        entry = ledger.entries.get(would.ref)
        return entry is None or entry.id == would.id
    if event not in ("done", "adopt", "rename"):
        return True
    ref = _ref(row)
    if event == "rename":
        return ref not in ledger.entries and _former(row) not in known
    return ref not in known and not _goes_by_another(row, ref, ledger)


def _goes_by_another(row: Mapping[str, Any], ref: Ref, ledger: Ledger) -> bool:
    id_ = (row["entry"] or {}).get("id")
    return any(
        entry.id == id_ and other.kind == ref.kind and other != ref
        for other, entry in ledger.entries.items()
    )


def _fold(ledger: Ledger, row: Mapping[str, Any]) -> None:
    event = row["event"]
    if event not in EVENTS:
        raise ValueError(f"an event that this version does not know: {event}")
    if event == "begin":
        intent = intent_from_row(row)
        ledger.doubts[intent.id] = intent
    elif event in ("done", "adopt"):
        ledger.remember(_ref(row), _entry(row))
    elif event == "rename":
        if _former(row) in ledger.entries:
            ledger.rename(_ref(row), _former(row).key)
    elif event == "pin":
        ledger.pin = Pin(workspace=str(row["workspace"]), help_center=str(row["help_center"]))
        ledger.changed = True
    elif event == "hold":
        ledger.hold(str(row["digest"]), str(row["url"]))
    if event in ("done", "failed"):
        ledger.doubts.pop(row["intent"], None)


def _ref(row: Mapping[str, Any]) -> Ref:
    """Read whom an event is about; raises ValueError for a key that no file can have."""
    ref = ref_in(row)
    ref.key.encode()
    return ref


def _former(row: Mapping[str, Any]) -> Ref:
    return _ref({**row, "key": row["was"]})


def _entry(row: Mapping[str, Any]) -> Entry | None:
    """Read what an event says of a thing; None: it is not there any more."""
    entry = entry_from_row(row["entry"]) if row["entry"] else None
    if entry is not None and entry.ref != _ref(row):
        raise ValueError(f"{entry.ref} in an event about {_ref(row)}")
    return entry


def _whole_lines(home: Home) -> list[bytes]:
    """Every event that reached the disk whole: what its line break ends.

    A torn last line never left as a call. Split by bytes: a title may hold characters that
    `str.splitlines` takes for the end of a line.
    """
    try:
        return home.journal.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(cannot("read", home.journal, error)) from error
