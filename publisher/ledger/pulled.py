"""What a pull learnt, kept beside the files it wrote: `.publisher/<target>.pulled.json`.

A shared ledger is one for all branches, but the files of a pull come to the main branch only
when they are merged, or never. What it learnt must travel with them: were it in the ledger at
once, an apply of the main branch would take a colleague's edit, which it has not got, for one
that was settled, and write over it. So it lies in a file that is committed with them, and
whoever reads the ledger from such a checkout reads it, too. The next apply keeps it for good.

Each item says what the ledger must still say for it to count; what was applied since, counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from publisher.errors import LedgerError
from publisher.ledger.book import WRITTEN_WITH, Ledger, Pin, from_the_future
from publisher.ledger.files import cannot, replace_file
from publisher.ledger.home import Home
from publisher.ledger.records import entry_from_row, entry_to_row
from publisher.model import Entry, Key, Ref, digest

FORMAT = "publisher-pulled/1"


@dataclass(slots=True)
class Slip:
    """Takes down what a pull learns, as a journal would. State: the ledger as it is to be.

    kept  the ledger as it is in its place.
    """

    ledger: Ledger
    kept: Ledger
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
        """Write down how the ledger is to differ; without a difference there is no file."""
        path = self.home.pulled
        items = list(_differences(self.kept, self.ledger))
        images = {d: u for d, u in self.ledger.images.items() if self.kept.images.get(d) != u}
        if items or images:
            replace_file(path, _spelt(items, images))
            return
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise LedgerError(cannot("write", path, error)) from error


def slip(kept: Ledger, home: Home) -> Slip:
    """Begin to take down what a pull learns, going on from what earlier ones did."""
    ledger = copy(kept)
    ledger.entries, ledger.images = dict(kept.entries), dict(kept.images)
    fold(ledger, home)
    return Slip(ledger, kept, home)


def _differences(kept: Ledger, now: Ledger) -> Iterator[dict[str, Any]]:
    for ref in sorted(kept.entries.keys() | now.entries.keys()):
        before, after = kept.entries.get(ref), now.entries.get(ref)
        if before != after:
            row = entry_to_row(after) if after else None
            yield {"kind": ref.kind, "key": ref.key, "before": _digest(before), "entry": row}


def _digest(entry: Entry | None) -> str:
    return digest(json.dumps(entry_to_row(entry), sort_keys=True)) if entry else ""


def _spelt(items: list[dict[str, Any]], images: Mapping[str, str]) -> bytes:
    head = f' "format": "{FORMAT}",\n "written_with": "{WRITTEN_WITH}",'
    lines = ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in items)
    held = json.dumps(images, ensure_ascii=False, sort_keys=True)
    things = f"[\n  {lines}\n ]" if items else "[]"
    return f'{{\n{head}\n "images": {held},\n "things": {things}\n}}\n'.encode()


def fold(ledger: Ledger, home: Home) -> None:
    """Take what was pulled into the ledger, as far as it goes on from what the ledger says.

    Raises LedgerError for a file that is damaged, has conflict markers or is from the future.
    """
    path = home.pulled
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise LedgerError(cannot("read", path, error)) from error
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise LedgerError(from_the_future(str(path), document, document["format"], FORMAT))
        items = [_item(row) for row in document["things"]]
        images = {str(name): str(url) for name, url in document["images"].items()}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise LedgerError(
            f"{path}: is damaged, or has conflict markers of a Git merge. Take the file away, "
            "then: publisher pull"
        ) from error
    leaving = {ref for ref, before, entry in items if entry is None}
    for ref, before, entry in items:
        if _digest(ledger.entries.get(ref)) == before and not _is_known(
            entry, ref, ledger, leaving
        ):
            ledger.remember(ref, entry)
    for name, url in images.items():
        if name not in ledger.images:
            ledger.hold(name, url)


def _item(row: Mapping[str, Any]) -> tuple[Ref, str, Entry | None]:
    entry = entry_from_row(row["entry"]) if row["entry"] else None
    ref = entry.ref if entry else Ref(row["kind"], Key(str(row["key"])))
    return ref, str(row["before"]), entry


def _is_known(entry: Entry | None, ref: Ref, ledger: Ledger, leaving: set[Ref]) -> bool:
    """Whether the thing goes by another key by now, one that does not leave with this file."""
    return entry is not None and any(
        other.kind == ref.kind and known.id == entry.id and other != ref and other not in leaving
        for other, known in ledger.entries.items()
    )
