"""The open ledger of a running apply: each event is written down before and after its call.

    <target>.journal   on this machine: one JSON line per event since the ledger was last kept

An intent is on the disk before its call leaves. Where the ledger is shared, it is stored there
as well, all those of a stage in one write, so that a machine that dies with its disk takes
nothing with it. The end of a call is only handed to the operating system: it survives this
process, and what a power cut takes away is in doubt, not lost.

Every run begins with a line that tells which state of the ledger it goes on from; what the next
run makes of it is told in `folding.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any

from publisher.errors import LedgerError
from publisher.ledger.book import WRITTEN_WITH, Ledger, Pin, to_text
from publisher.ledger.files import cannot
from publisher.ledger.folding import FORMAT
from publisher.ledger.home import Home
from publisher.ledger.lease import Lease
from publisher.ledger.place import LEDGER, Overtaken, Place
from publisher.ledger.records import Intent, entry_to_row, intent_to_row
from publisher.model import Entry, Key, Ref

ESCAPED = "backslashreplace"
"""Half a pair of UTF-16 has no bytes in UTF-8; spelt like this it is JSON that reads the same."""


class Journal:
    """Writes the events of one run. State: the open file, and the version of what is kept.

    lease    of a shared place; None where the operating system's lock is enough.
    durable  whether to wait for the disk; not for what may be made again at any time.
    """

    def __init__(
        self,
        ledger: Ledger,
        home: Home,
        *,
        version: str,
        lease: Lease | None,
        durable: bool = True,
    ) -> None:
        self.ledger = ledger
        self._home, self._version, self._lease = home, version, lease
        self._durable = durable
        self._file: IO[str] | None = None
        self._doubted = frozenset(ledger.doubts)
        if lease is not None:  # so that no two runs ever write the same bytes
            ledger.run = lease.holder.id

    @property
    def shared(self) -> bool:
        """Whether the intents of a whole stage are to be stored before its first call."""
        return self._home.place.shared

    @property
    def place(self) -> Place:
        """Where the ledger is kept, and backups with it."""
        return self._home.place

    def begin(self, intents: list[Intent]) -> None:
        """Write down what is about to be done; returns when the disk has it."""
        for intent in intents:
            self.ledger.doubts[intent.id] = intent
        self._write([intent_to_row(intent) for intent in intents], sync=True)

    def store(self, intents: Iterable[Intent]) -> None:
        """Keep all that is known, and a stage's intents, where other machines see it."""
        self.check()
        for intent in intents:
            self.ledger.doubts[intent.id] = intent
        self._keep("before a stage")
        self.check()  # a place may answer from what it saw a moment ago; having written, it knows
        self._start_afresh()

    def done(self, intent: Intent, entry: Entry | None) -> None:
        """Remember how it ended; None: the thing is no longer there."""
        row = {"event": "done", "intent": intent.id, "kind": intent.ref.kind, "key": intent.ref.key}
        self._write([{**row, "entry": entry_to_row(entry) if entry else None}])
        self.ledger.remember(intent.ref, entry)
        self.ledger.doubts.pop(intent.id, None)

    def failed(self, intent: Intent) -> None:
        """Remember that the call was certainly not carried out."""
        self._write([{"event": "failed", "intent": intent.id}])
        self.ledger.doubts.pop(intent.id, None)

    def adopt(self, ref: Ref, entry: Entry | None) -> None:
        """Change an entry without a call: recovered, renamed, protected or forgotten."""
        row = {"event": "adopt", "kind": ref.kind, "key": ref.key}
        self._write([{**row, "entry": entry_to_row(entry) if entry else None}])
        self.ledger.remember(ref, entry)

    def rename(self, ref: Ref, was: Key) -> None:
        """Carry an entry over to its new key."""
        self._write([{"event": "rename", "kind": ref.kind, "key": ref.key, "was": was}])
        self.ledger.rename(ref, was)

    def pin(self, pin: Pin) -> None:
        """Remember for whom the ledger is, before the first call: no other may go on with it."""
        if self.ledger.pin != pin:
            self.ledger.pin = pin
            self.ledger.changed = True
            row = {"workspace": pin.workspace, "help_center": pin.help_center}
            self._write([{"event": "pin", **row}])

    def hold(self, digest: str, url: str) -> None:
        """Remember that Intercom has the image of these bytes, and under which address."""
        self.ledger.hold(digest, url)
        self._write([{"event": "hold", "digest": digest, "url": self.ledger.images[digest]}])

    def prove_writable(self) -> None:
        """Make sure that all can be written down, before the first call to the help center."""
        self._write([], sync=True)
        if self.shared:
            self.check()
            self._keep("before the first call")
            self._start_afresh()

    def beat(self) -> None:
        """Say that the run is alive; raises Locked when somebody else has taken its place."""
        if self._lease is not None:
            self._lease.keep()

    def check(self) -> None:
        """Look whether the lock is still this run's; raises Locked when it was taken away.

        `store` does so before each stage. A file's lock cannot be taken away.
        """
        if self._lease is not None:
            self._lease.check()

    def recheck(self) -> None:
        """See to it, right before a write and from any thread, that the lock is this run's.

        Looks again only when some time has passed since somebody looked; raises Locked when it
        was taken away, LedgerError when it ended and nobody can tell.
        """
        if self._lease is not None:
            self._lease.recheck()

    def close(self) -> None:
        """Fold the journal into the ledger, what is still in doubt with it."""
        self._let_go()
        if self._lease is not None and self._lease.lost:
            return  # whoever has the lock now knows every intent, and finds out what is live
        if self.ledger.changed or frozenset(self.ledger.doubts) != self._doubted:
            self._keep("after a run")
        self._take_away()

    def _keep(self, when: str) -> None:
        self.beat()  # planning may take longer than a lease: whoever took it is not disturbed
        place, ledger = self._home.place, self.ledger
        ledger.serial += 1
        content = to_text(ledger).encode(errors=ESCAPED)
        try:
            if not place.shared:  # this run's lock holds here: whatever Git did, it knows best
                self._version = place.get(LEDGER).version
            why = f"{ledger.target}: {len(ledger.entries)} things, {when}"
            self._version = place.put(LEDGER, content, version=self._version, why=why)
        except Overtaken:
            ledger.serial -= 1
            raise LedgerError(
                f"{place.where(LEDGER)} was written by another run meanwhile; this one stops. What "
                "it did is in its journal. Run the same command again; it finds out what is live."
            ) from None
        except LedgerError:
            ledger.serial -= 1
            raise
        ledger.changed = False
        self._doubted = frozenset(ledger.doubts)

    def _start_afresh(self) -> None:
        """Begin an empty journal: what the old one held is kept now."""
        self._let_go()
        self._take_away()
        self._write([], sync=True)

    def _take_away(self) -> None:
        try:
            self._home.journal.unlink(missing_ok=True)
        except OSError as error:
            raise LedgerError(cannot("write", self._home.journal, error)) from error

    def _write(self, rows: list[dict[str, Any]], *, sync: bool = False) -> None:
        path = self._home.journal
        try:
            if self._file is None:
                _end_last_line(self._home)
                self._file = path.open("a", encoding="utf-8", errors=ESCAPED, newline="\n")
                rows = [self._head(), *rows]
            for row in rows:
                self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._file.flush()
            if sync and self._durable:
                os.fsync(self._file.fileno())
        except OSError as error:
            self._let_go()
            raise LedgerError(cannot("write", path, error)) from error

    def _let_go(self) -> None:
        """Close the file; a line that did not fit is torn, and ended by the next event."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # said already, when that line was written
                file.close()

    def _head(self) -> dict[str, Any]:
        return {
            "event": "run",
            "format": FORMAT,
            "written_with": WRITTEN_WITH,
            "lineage": self.ledger.lineage,
            "serial": self.ledger.serial,
        }


def _end_last_line(home: Home) -> None:
    """Take a torn last line away, so that the next event does not continue it."""
    try:
        written = home.journal.read_bytes()
    except FileNotFoundError:
        return
    whole = written.rfind(b"\n") + 1
    if whole < len(written):
        os.truncate(home.journal, whole)
