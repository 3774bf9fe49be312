"""Where a ledger is kept: a few small files by name, each changed by compare-and-swap.

    ledger              what we know (`book`)
    lock                who holds the ledger of a shared place, and until when (`lease`)
    backup/<apply-id>   what stood before an apply (`backup`)

Three places keep this one promise: `files` (beside the content), `git` (a branch of its own
on the repository's remote) and `s3` (a bucket). Whatever is above knows only this interface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

LEDGER, LOCK, BACKUPS = "ledger", "lock", "backup/"
"""The names a place is asked for."""


class Overtaken(Exception):
    """Somebody else wrote this file since it was read. Never reaches a user as it is."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file as it was read. `content` is None, and `version` "", where there is none."""

    content: bytes | None
    version: str


class Place(Protocol):
    """Small files by name, for one target of one folder.

    shared  other machines see it: then intents are stored here before their calls leave, and
            the lock is a lease.
    """

    @property
    def shared(self) -> bool:
        """Whether other machines see it."""

    def where(self, name: str) -> str:
        """Say where a file is, for a sentence: "ledger.json on branch publisher-ledger"."""

    def get(self, name: str) -> Held:
        """Read a file. Raises LedgerError when it cannot be known whether there is one."""

    def put(self, name: str, content: bytes | None, *, version: str, why: str) -> str:
        """Write a file (None: take it away), whole or not at all, and return its new version.

        version  as it was read; "" when there was none.
        why      one line for people who look at the place's history.

        Raises Overtaken when the file is another by now, LedgerError when it cannot be written.
        """

    def names(self, prefix: str) -> tuple[str, ...]:
        """List the files whose names begin with `prefix`, sorted. Raises LedgerError."""
