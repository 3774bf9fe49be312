"""The ledger as text and back. Text in, text out; opens no file.

A head, then one line per thing and per image in a fixed order, so that a committed ledger
can be reviewed and merged like any other file. What is in doubt after a run stands in it,
too: a machine whose disk is gone takes nothing with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from publisher import __version__
from publisher.errors import LedgerError
from publisher.ledger.records import (
    Intent,
    entry_from_row,
    entry_to_row,
    intent_from_row,
    intent_to_row,
    sort_key,
)
from publisher.model import Entry, Key, Ref, a_list, a_text

FORMAT = "publisher-ledger/2"
READABLE = ("publisher-ledger/1", FORMAT)
WRITTEN_WITH = f"publisher {__version__}"
REMEMBERED = 1000
"""How many files of pulls are known to be taken in; older ones have long been tidied away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What a ledger is for; set at first use and checked ever after."""

    workspace: str = ""
    help_center: str = ""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The ledger as read, with the journal of an unfinished apply folded in.

    images   digest of an image's bytes → Intercom's own address of it, without its query.
    doubts   intents whose outcome is not known.
    complete the commit of the last apply that left nothing undone, or of a later rollback, or "";
             `commit` may be one that stopped half-way.
    taken    names of the files of pulls that are in it, oldest first.
    run      the lock under which it was written, where the ledger is shared.
    form     the format it was read in; "" for one that is not written yet.
    changed  whether it differs from what is kept.
    resumed  whether a run on this machine was cut off, whose journal is folded in.
    """

    target: str
    lineage: str = ""
    serial: int = 0
    pin: Pin = Pin()
    commit: str = ""
    committed_at: int = 0
    complete: str = ""
    entries: dict[Ref, Entry] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, Intent] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    run: str = ""
    form: str = ""
    changed: bool = False
    resumed: bool = False

    def rename(self, ref: Ref, was: Key) -> None:
        """Carry an entry over to its new key."""
        entry = self.entries.pop(Ref(ref.kind, was))
        self.entries[ref] = replace(entry, ref=ref)
        self.changed = True

    def hold(self, digest: str, url: str) -> None:
        """Note under which address Intercom has an image; its signature is not kept."""
        self.images[digest] = url.partition("?")[0]
        self.changed = True

    def take(self, name: str) -> None:
        """Note that what a pull learnt is in it: it is never taken in again."""
        self.taken = [*self.taken, name][-REMEMBERED:]
        self.changed = True

    def remember(self, ref: Ref, entry: Entry | None) -> None:
        """Keep what is known of a thing now; None: nothing any more."""
        if entry is None:
            self.entries.pop(ref, None)
        else:
            self.entries[ref] = entry
        self.changed = True


def to_text(ledger: Ledger) -> str:
    """Spell the ledger: a head, then one line per thing, image and doubt in a fixed order."""
    head = {
        "format": FORMAT,
        "written_with": WRITTEN_WITH,
        "lineage": ledger.lineage,
        "serial": ledger.serial,
        **({"run": ledger.run} if ledger.run else {}),
        **({"taken": ledger.taken} if ledger.taken else {}),
        "workspace": ledger.pin.workspace,
        "help_center": ledger.pin.help_center,
        "commit": ledger.commit,
        "committed_at": ledger.committed_at,
        **({"complete": ledger.complete} if ledger.complete != ledger.commit else {}),
    }
    entries = [entry_to_row(entry) for entry in sorted(ledger.entries.values(), key=sort_key)]
    spelt = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    things = f',\n "things": {_rows(entries)}'
    return f"{spelt}{things}{_images(ledger.images)}{_doubts(ledger.doubts)}\n}}\n"


def _rows(rows: list[dict[str, Any]]) -> str:
    lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n  {lines}\n ]" if rows else "[]"


def _images(images: Mapping[str, str]) -> str:
    if not images:
        return ""
    held = json.dumps(images, ensure_ascii=False, indent=2, sort_keys=True)
    return f',\n "images": {held[:-1]} }}'


def _doubts(doubts: Mapping[str, Intent]) -> str:
    rows = [intent_to_row(intent) for intent in doubts.values()]
    return f',\n "doubts": {_rows(rows)}' if rows else ""


def from_text(content: bytes | None, target: str, where: str) -> Ledger:
    """Read a ledger; without content it is an empty one.

    where   for messages: the file it comes from.

    Raises LedgerError for a file from the future, with conflict markers, or damaged.
    """
    if content is None:
        return Ledger(target=target)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LedgerError(_damaged(where, error)) from error
    if any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in text.splitlines()):
        raise LedgerError(
            f"{where}: has conflict markers of a Git merge. Keep the version of the branch that "
            "was applied last (git checkout --theirs or --ours), then run plan."
        )
    try:
        document = json.loads(text)
        form = document["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LedgerError(_damaged(where, error)) from error
    if form not in READABLE:
        raise LedgerError(from_the_future(where, document, form, FORMAT))
    return _ledger(document, target, where)


def from_the_future(where: str, document: Mapping[str, Any], form: object, readable: str) -> str:
    """A sentence about a file in a format that this version does not know."""
    writer = document.get("written_with") or "another version of publisher"
    return (
        f"{where}: was written by {writer} in format {form}; this is {WRITTEN_WITH} and reads up "
        f"to {readable}. Use {writer}, or a newer one."
    )


def _ledger(document: Mapping[str, Any], target: str, where: str) -> Ledger:
    try:
        entries = [entry_from_row(row) for row in document["things"]]
        doubts = [intent_from_row(row) for row in document.get("doubts", ())]
        return Ledger(
            target=target,
            lineage=str(document["lineage"]),
            serial=int(document["serial"]),
            pin=Pin(workspace=str(document["workspace"]), help_center=str(document["help_center"])),
            commit=str(document.get("commit", "")),
            committed_at=int(document.get("committed_at", 0)),
            complete=a_text(document.get("complete", document.get("commit", ""))),
            entries={entry.ref: entry for entry in entries},
            images={str(name): str(url) for name, url in document.get("images", {}).items()},
            doubts={intent.id: intent for intent in doubts},
            taken=[a_text(name) for name in a_list(document.get("taken", []))],
            form=document["format"],
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise LedgerError(_damaged(where, error)) from error


def _damaged(where: str, error: Exception) -> str:
    place = f" from line {error.lineno} on" if isinstance(error, json.JSONDecodeError) else ""
    return f"{where}: is damaged{place}: no ledger of publisher. Restore it from Git."
