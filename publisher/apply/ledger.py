"""The ledger: which file is which article, what we sent last and what we then saw.

    <target>.json      sorted, one line per thing; reviewable, committed for Intercom targets
    <target>.journal   one JSON line per event while an apply runs; folded in at its end
    <target>.lock      an operating-system lock, which dies with its process
    <target>.owner.lock  who holds it, so that the refusal is a sentence

The journal line is on the disk before the call leaves, so after a crash a `begin` without
`done` is *in doubt*: see `recovery`. This is the only writer of these files, and there is
no way to write without the lock.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from publisher.apply.records import (
    Intent,
    entry_from_row,
    entry_to_row,
    intent_from_row,
    intent_to_row,
    sort_key,
)
from publisher.errors import LedgerError, Locked
from publisher.model import Entry, Key, Ref

FORMAT = "publisher-ledger/1"


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
    changed  whether it differs from the file.
    """

    target: str
    lineage: str = ""
    serial: int = 0
    pin: Pin = Pin()
    commit: str = ""
    committed_at: int = 0
    entries: dict[Ref, Entry] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, Intent] = field(default_factory=dict)
    changed: bool = False

    def rename(self, ref: Ref, was: Key) -> None:
        """Carry an entry over to its new key."""
        entry = self.entries.pop(Ref(ref.kind, was))
        self.entries[ref] = replace(entry, ref=ref)
        self.changed = True

    def hold(self, digest: str, url: str) -> None:
        """Note under which address Intercom has an image; its signature is not kept."""
        self.images[digest] = url.partition("?")[0]
        self.changed = True


class Journal:
    """The open ledger of a running apply: writes each event down before and after its call.

    An intent is on the disk before its call leaves. Its end is only handed to the operating
    system: it survives this process, and what a power cut takes away is in doubt, not lost.
    """

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger = ledger
        self._folder = folder
        self._file: IO[str] | None = None

    def begin(self, intents: list[Intent]) -> None:
        """Write down what is about to be done; returns when the disk has it."""
        for intent in intents:
            self.ledger.doubts[intent.id] = intent
        self._write([intent_to_row(intent) for intent in intents], sync=True)

    def done(self, intent: Intent, entry: Entry | None) -> None:
        """Remember how it ended; None: the thing is no longer there."""
        row = {"event": "done", "intent": intent.id, "kind": intent.ref.kind, "key": intent.ref.key}
        self._write([{**row, "entry": entry_to_row(entry) if entry else None}])
        _remember(self.ledger, intent.ref, entry)
        self.ledger.doubts.pop(intent.id, None)

    def failed(self, intent: Intent) -> None:
        """Remember that the call was certainly not carried out."""
        self._write([{"event": "failed", "intent": intent.id}])
        self.ledger.doubts.pop(intent.id, None)

    def adopt(self, ref: Ref, entry: Entry | None) -> None:
        """Change an entry without a call: recovered, renamed, protected or forgotten."""
        row = {"event": "adopt", "kind": ref.kind, "key": ref.key}
        self._write([{**row, "entry": entry_to_row(entry) if entry else None}])
        _remember(self.ledger, ref, entry)

    def rename(self, ref: Ref, was: Key) -> None:
        """Carry an entry over to its new key."""
        self._write([{"event": "rename", "kind": ref.kind, "key": ref.key, "was": was}])
        self.ledger.rename(ref, was)

    def hold(self, digest: str, url: str) -> None:
        """Remember that Intercom has the image of these bytes, and under which address."""
        self.ledger.hold(digest, url)
        self._write([{"event": "hold", "digest": digest, "url": self.ledger.images[digest]}])

    def _write(self, rows: list[dict[str, Any]], *, sync: bool = False) -> None:
        path = self._folder / f"{self.ledger.target}.journal"
        try:
            if self._file is None:
                _end_last_line(path)
                self._file = path.open("a", encoding="utf-8", newline="\n")
            for row in rows:
                self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._file.flush()
            if sync:
                os.fsync(self._file.fileno())
        except OSError as error:
            raise LedgerError(_cannot("write", path, error)) from error

    def prove_writable(self) -> None:
        """Make sure the journal can be written, before the first call to the help center."""
        self._write([{"event": "run"}], sync=True)

    def close(self) -> None:
        """Fold the journal into the ledger; what is in doubt stays in a journal of its own."""
        if self._file is not None:
            self._file.close()
            self._file = None
        save(self.ledger, self._folder)
        path = self._folder / f"{self.ledger.target}.journal"
        doubts = [intent_to_row(intent) for intent in self.ledger.doubts.values()]
        if doubts:
            _replace(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in doubts))
        else:
            path.unlink(missing_ok=True)


def read(folder: Path, target: str) -> Ledger:
    """Read a target's ledger and unfinished journal without changing either.

    Raises LedgerError for a file from the future, with conflict markers, or damaged.
    """
    ledger = _read_file(folder / f"{target}.json", target)
    path = folder / f"{target}.journal"
    for number, line in enumerate(_whole_lines(path), start=1):
        try:
            _fold(ledger, json.loads(line))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerError(
                f"{path}:{number}: is damaged. Keep a copy of it and take that line "
                "out; the next plan finds out what is live."
            ) from error
    return ledger


@contextmanager
def opened(
    folder: Path, target: str, *, command: str, new_lineage: str, now: float
) -> Iterator[Journal]:
    """Hold the lock and hand out the journal; folds it into the ledger at the end.

    Raises Locked, with who, where and since when, if another run holds it.
    """
    _make_folder(folder)
    lock = FileLock(folder / f"{target}.lock", timeout=0)
    owner = folder / f"{target}.owner.lock"
    try:
        lock.acquire()
    except Timeout:
        raise Locked(_held_by(owner, target)) from None
    except OSError as error:
        raise LedgerError(_cannot("lock", folder / f"{target}.lock", error)) from error
    try:
        _sign(owner, command, now)
        ledger = read(folder, target)
        if not ledger.lineage:
            ledger.lineage = new_lineage
        journal = Journal(ledger, folder)
        try:
            yield journal
        finally:
            journal.close()
    finally:
        with suppress(OSError):  # it only explains a refusal; the lock is what counts
            owner.unlink()
        lock.release()


def save(ledger: Ledger, folder: Path) -> None:
    """Write the ledger if it changed: whole or not at all."""
    if not ledger.changed:
        return
    ledger.serial += 1
    _replace(folder / f"{ledger.target}.json", to_text(ledger))
    ledger.changed = False


def to_text(ledger: Ledger) -> str:
    """Spell the ledger: a head, then one line per thing and per image in a fixed order."""
    head = {
        "format": FORMAT,
        "lineage": ledger.lineage,
        "serial": ledger.serial,
        "workspace": ledger.pin.workspace,
        "help_center": ledger.pin.help_center,
        "commit": ledger.commit,
        "committed_at": ledger.committed_at,
    }
    lines = [
        json.dumps(entry_to_row(entry), ensure_ascii=False)
        for entry in sorted(ledger.entries.values(), key=sort_key)
    ]
    things = ",\n  ".join(lines)
    body = f"[\n  {things}\n ]" if lines else "[]"
    spelt = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    return f'{spelt},\n "things": {body}{_images(ledger.images)}\n}}\n'


def _images(images: Mapping[str, str]) -> str:
    if not images:
        return ""
    held = json.dumps(images, ensure_ascii=False, indent=2, sort_keys=True)
    return f',\n "images": {held[:-1]} }}'


def _read_file(path: Path, target: str) -> Ledger:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Ledger(target=target)
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(_cannot("read", path, error)) from error
    if any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in text.splitlines()):
        raise LedgerError(
            f"{path}: has conflict markers of a Git merge. Keep the version of the branch that "
            "was applied last (git checkout --theirs or --ours), then run plan."
        )
    try:
        document = json.loads(text)
        form = document["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError(_damaged(path, error)) from error
    if form != FORMAT:
        raise LedgerError(
            f"{path}: was written in format {form}; this version reads {FORMAT}. "
            "Use the version of publisher that wrote it, or a newer one."
        )
    return _ledger(document, target, path)


def _ledger(document: Mapping[str, Any], target: str, path: Path) -> Ledger:
    try:
        entries = [entry_from_row(row) for row in document["things"]]
        return Ledger(
            target=target,
            lineage=document["lineage"],
            serial=int(document["serial"]),
            pin=Pin(workspace=document["workspace"], help_center=document["help_center"]),
            commit=document.get("commit", ""),
            committed_at=int(document.get("committed_at", 0)),
            entries={entry.ref: entry for entry in entries},
            images={str(name): str(url) for name, url in document.get("images", {}).items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LedgerError(_damaged(path, error)) from error


def _whole_lines(path: Path) -> list[bytes]:
    """Every event that reached the disk whole: what its line break ends.

    A torn last line never left as a call. Split by bytes: a title may hold characters that
    `str.splitlines` takes for the end of a line.
    """
    try:
        return path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(_cannot("read", path, error)) from error


def _end_last_line(path: Path) -> None:
    """Take a torn last line away, so that the next event does not continue it."""
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        return
    whole = written.rfind(b"\n") + 1
    if whole < len(written):
        os.truncate(path, whole)


def _fold(ledger: Ledger, row: Mapping[str, Any]) -> None:
    event = row.get("event")
    if event == "begin":
        intent = intent_from_row(row)
        ledger.doubts[intent.id] = intent
    elif event in ("done", "adopt"):
        entry = entry_from_row(row["entry"]) if row["entry"] else None
        _remember(ledger, Ref(row["kind"], Key(row["key"])), entry)
    elif event == "rename":
        ref = Ref(row["kind"], Key(row["key"]))
        if Ref(ref.kind, Key(row["was"])) in ledger.entries:
            ledger.rename(ref, Key(row["was"]))
    elif event == "hold":
        ledger.hold(row["digest"], row["url"])
    if event in ("done", "failed"):
        ledger.doubts.pop(row["intent"], None)


def _remember(ledger: Ledger, ref: Ref, entry: Entry | None) -> None:
    if entry is None:
        ledger.entries.pop(ref, None)
    else:
        ledger.entries[ref] = entry
    ledger.changed = True


def _replace(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old or the new one, never half of it."""
    draft = path.with_name(path.name + ".new")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise LedgerError(_cannot("write", path, error)) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(_cannot("write", folder, error)) from error


def _sign(owner: Path, command: str, now: float) -> None:
    since = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
    row = {"who": f"{_user()}@{socket.gethostname()}", "command": command, "since": since}
    try:
        owner.write_text(json.dumps({**row, "process": os.getpid()}), encoding="utf-8")
    except OSError as error:
        raise LedgerError(_cannot("write", owner, error)) from error


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "someone"


def _held_by(owner: Path, target: str) -> str:
    try:
        row = json.loads(owner.read_text(encoding="utf-8"))
        held = f"{row['who']} since {row['since']} (`{row['command']}`, process {row['process']})"
    except (OSError, ValueError, KeyError):
        held = "another run"
    return f"the ledger of target “{target}” is locked by {held}. Wait for it to end, then retry."


def _damaged(path: Path, error: Exception) -> str:
    place = f" from line {error.lineno} on" if isinstance(error, json.JSONDecodeError) else ""
    return f"{path}: is damaged{place}: no ledger of publisher. Restore it from Git."


def _cannot(verb: str, path: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return f"cannot {verb} {path}: {reason}. Nothing was sent to the help center after that."
