"""What pulls learnt, kept beside the files they wrote: `.publisher/<target>.pulled/`.

A shared ledger is one for all branches, but the files of a pull come to the main branch only
when they are merged, or never. What it learnt must travel with them: were it in the ledger at
once, an apply of the main branch would take a colleague's edit, which it has not got, for one
that was settled, and write over it. So it lies in a file that is committed with them, and
whoever reads the ledger from such a checkout reads it, too. The next apply keeps it for good.

Each pull writes a file of its own, named by its content and never changed again: two branches
do not conflict in it, and those that learnt the same wrote the same. Each item says what the
ledger must still say for it to count; what was applied since, counts. The ledger remembers which
files it has taken in (`taken`), and none is taken in twice: what was removed stays removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from typing import Any

from publisher.errors import LedgerError
from publisher.ledger.book import WRITTEN_WITH, Ledger, Pin, from_the_future
from publisher.ledger.files import cannot, replace_file
from publisher.ledger.home import Home
from publisher.ledger.records import entry_from_row, entry_to_row
from publisher.model import Entry, Key, Ref, a_text, digest, digest_of_bytes

FORMAT = "publisher-pulled/1"


@dataclass(frozen=True, slots=True)
class Item:
    """What one pull learnt of one thing.

    before  digest of the entry it goes on from; "" for none.
    entry   None: the thing is no longer there.
    """

    ref: Ref
    before: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The file of one pull.

    lineage  of the ledger it goes on from; "" where there was none.
    number   one more than those it goes on from, so that they are read in their order.
    """

    name: str
    lineage: str
    number: int
    items: tuple[Item, ...]
    images: Mapping[str, str]


@dataclass(slots=True)
class Slip:
    """Takes down what a pull learns, as a journal would. State: the ledger as it is to be.

    kept    the ledger as it is in its place.
    before  the same, with what earlier pulls learnt.
    """

    ledger: Ledger
    kept: Ledger
    before: Ledger
    home: Home

    def adopt(self, ref: Ref, entry: Entry | None) -> None:
        """Learn of an entry; None: the thing is no longer there."""
        self.ledger.remember(ref, entry)

    def rename(self, ref: Ref, was: Key) -> None:
        """Carry an entry over to its new key."""
        self.ledger.rename(ref, was)

    def hold(self, digest: str, url: str) -> None:
        """Learn under which address Intercom has an image."""
        self.ledger.hold(digest, url)

    def pin(self, pin: Pin) -> None:
        """Whom a ledger is for is said by the first apply."""

    def close(self) -> None:
        """Write down what was learnt, if anything was; take away what an apply has kept."""
        images = self.ledger.images.items() - self.before.images.items()
        items = list(_differences(self.before, self.ledger))
        if items or images:
            _write(self.home, _spelt(items, dict(images), self._head()))
        _tidy(self.home, self.kept)

    def _head(self) -> dict[str, Any]:
        """The serial tells apart two pulls that learn the same before and after an apply."""
        number = max((sheet.number for sheet in _news(self.kept, self.home)), default=0) + 1
        return {"lineage": self.kept.lineage, "serial": self.kept.serial, "number": number}


def slip(kept: Ledger, home: Home) -> Slip:
    """Begin to take down what a pull learns, going on from what earlier ones did."""
    before = _copied(kept)
    fold(before, home)
    return Slip(_copied(before), kept, before, home)


def fold(ledger: Ledger, home: Home) -> None:
    """Take what was pulled into the ledger, as far as it goes on from what the ledger says.

    Raises LedgerError for a file that is damaged or from the future.
    """
    for sheet in _news(ledger, home):
        ledger.take(sheet.name)
        if sheet.lineage in ("", ledger.lineage):  # of another ledger, it knows other things
            _take_in(ledger, sheet)


def _take_in(ledger: Ledger, sheet: Sheet) -> None:
    counting = [i for i in sheet.items if _digest(ledger.entries.get(i.ref)) == i.before]
    leaving = {item.ref for item in counting if item.entry is None}
    for item in counting:
        if not _is_known(item, ledger, leaving):
            ledger.remember(item.ref, item.entry)
    for name, url in sheet.images.items():
        if name not in ledger.images:
            ledger.hold(name, url)


def _is_known(item: Item, ledger: Ledger, leaving: set[Ref]) -> bool:
    """Whether the thing goes by another key by now, one that does not leave with this file."""
    return item.entry is not None and any(
        ref.kind == item.ref.kind
        and entry.id == item.entry.id
        and ref != item.ref
        and ref not in leaving
        for ref, entry in ledger.entries.items()
    )


def _news(ledger: Ledger, home: Home) -> list[Sheet]:
    """What no apply has kept yet, in the order in which it was learnt."""
    taken = set(ledger.taken)
    sheets = [_read(home, name) for name in _names(home) if name not in taken]
    return sorted(sheets, key=lambda sheet: (sheet.number, sheet.name))


def _names(home: Home) -> list[str]:
    try:
        found = os.listdir(home.pulled)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(cannot("read", home.pulled, error)) from error
    return sorted(name.removesuffix(".json") for name in found if name.endswith(".json"))


def _read(home: Home, name: str) -> Sheet:
    path = home.pulled / f"{name}.json"
    try:
        document = json.loads(path.read_bytes())
        if document["format"] != FORMAT:
            raise LedgerError(from_the_future(str(path), document, document["format"], FORMAT))
        return Sheet(
            name=name,
            lineage=a_text(document["lineage"]),
            number=int(document["number"]),
            items=tuple(_item(row) for row in document["things"]),
            images={str(name): str(url) for name, url in document["images"].items()},
        )
    except OSError as error:
        raise LedgerError(cannot("read", path, error)) from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise LedgerError(
            f"{path}: is damaged. Bring it back from Git (git checkout -- {path}). If it is not "
            "there, take the file away; what it alone knew is linked again by: "
            "publisher pull --adopt"
        ) from error


def _item(row: Mapping[str, Any]) -> Item:
    entry = entry_from_row(row["entry"]) if row["entry"] else None
    ref = entry.ref if entry else Ref(row["kind"], Key(str(row["key"])))
    return Item(ref, str(row["before"]), entry)


def _write(home: Home, content: bytes) -> None:
    path = home.pulled / f"{digest_of_bytes(content)}.json"
    try:
        home.pulled.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(cannot("write", home.pulled, error)) from error
    replace_file(path, content)


def _tidy(home: Home, kept: Ledger) -> None:
    """What is taken in says nothing any more; that it cannot be taken away does no harm."""
    with suppress(OSError):
        for name in set(_names(home)) & set(kept.taken):
            (home.pulled / f"{name}.json").unlink()
        home.pulled.rmdir()  # which only works for an empty folder


def _copied(ledger: Ledger) -> Ledger:
    made = copy(ledger)
    made.entries, made.images = dict(ledger.entries), dict(ledger.images)
    made.taken = list(ledger.taken)
    return made


def _differences(before: Ledger, now: Ledger) -> Iterator[dict[str, Any]]:
    for ref in sorted(before.entries.keys() | now.entries.keys()):
        old, new = before.entries.get(ref), now.entries.get(ref)
        if old != new:
            row = entry_to_row(new) if new else None
            yield {"kind": ref.kind, "key": ref.key, "before": _digest(old), "entry": row}


def _digest(entry: Entry | None) -> str:
    return digest(json.dumps(entry_to_row(entry), sort_keys=True)) if entry else ""


def _spelt(
    items: list[dict[str, Any]], images: Mapping[str, str], head: Mapping[str, Any]
) -> bytes:
    top = json.dumps({"format": FORMAT, "written_with": WRITTEN_WITH, **head}, indent=1)[:-2]
    lines = ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in items)
    held = json.dumps(images, ensure_ascii=False, sort_keys=True)
    things = f"[\n  {lines}\n ]" if items else "[]"
    return f'{top},\n "images": {held},\n "things": {things}\n}}\n'.encode(
        errors="backslashreplace"
    )
