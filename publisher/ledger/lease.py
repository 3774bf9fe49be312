"""The lock of a shared ledger: a file that says who, where, since when, and until when.

No operating system can tell whether a process on another machine is alive, so the lock is a
lease: its holder renews it while it works, and a holder that died loses it when the lease ends
(or at once, with `publisher unlock ID`). The file is written by compare-and-swap, so two that
want it at the same moment do not both get it.
"""

from __future__ import annotations

import getpass
import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NoReturn

from publisher.errors import ConfigError, LedgerError, Locked
from publisher.ledger.book import WRITTEN_WITH, from_the_future
from publisher.ledger.place import LOCK, Held, Overtaken, Place

log = logging.getLogger(__name__)
FORMAT = "publisher-lock/1"
LEASE = 300
"""Seconds a lock holds unless it is renewed, which happens three times as often."""
SKEW = 30
"""Seconds by which the clocks of two machines may differ."""
POLL = 5.0
SURE = 20.0
"""Seconds for which nobody looks again whether the lock is still this run's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lock. `expires`: seconds since the epoch."""

    id: str
    who: str
    command: str
    since: str
    expires: float = 0.0
    process: int = 0

    def __str__(self) -> str:
        return f"{self.who} since {self.since} (`{self.command}`, process {self.process})"


def holder_here(id: str, command: str, now: float) -> Holder:
    """Describe the run that asks."""
    return Holder(
        id=id,
        who=f"{_user()}@{socket.gethostname()}",
        command=command,
        since=datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        expires=now + LEASE,
        process=os.getpid(),
    )


def to_bytes(holder: Holder) -> bytes:
    """Spell a holder as the JSON of a lock file."""
    row = {name: getattr(holder, name) for name in Holder.__slots__}
    head = {"format": FORMAT, "written_with": WRITTEN_WITH}
    return (json.dumps({**head, **row}, indent=1) + "\n").encode()


def from_bytes(content: bytes | None, where: str) -> Holder | None:
    """Read a lock file; None when nobody holds it. Raises LedgerError for what is none."""
    if not content:
        return None
    try:
        row: dict[str, Any] = json.loads(content)
        if row["format"] != FORMAT:
            raise LedgerError(from_the_future(where, row, row["format"], FORMAT))
        texts = {name: str(row[name]) for name in ("id", "who", "command", "since")}
        return Holder(**texts, expires=float(row["expires"]), process=int(row["process"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise LedgerError(
            f"{where}: is no lock of publisher. Take the file away if no run is under way."
        ) from error


@dataclass(slots=True, kw_only=True)
class Lease:
    """A lock that this run holds, to be asked from any thread, one at a time.

    State: its version in the place, when it ends, when it was last seen there, if it is lost.
    """

    place: Place
    holder: Holder
    now: Callable[[], float]
    version: str
    lost: bool = False
    _ends: float = field(init=False)
    _seen: float = field(init=False)
    _turn: threading.RLock = field(init=False, default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._ends = self.holder.expires
        self._seen = self.now()

    def keep(self) -> None:
        """Renew it when a third of its time has passed; raises Locked when it is lost.

        One that ended by our clock is ours again only if nobody took it meanwhile.
        """
        with self._turn:
            if self._ends - self.now() <= LEASE * 2 / 3:
                self._renew()

    def _renew(self) -> None:
        ends = self.now() + LEASE
        renewed = to_bytes(_until(self.holder, ends))
        try:
            why = f"lock renewed by {self.holder.who}"
            self.version = self.place.put(LOCK, renewed, version=self.version, why=why)
        except Overtaken:
            self._lose(self._standing())
        self._ends, self._seen = ends, self.now()

    def check(self) -> None:
        """Look whether it is ours still, and renew it; raises Locked when it is lost."""
        with self._turn:
            standing = self._standing()
            if standing is None or standing.id != self.holder.id:
                self._lose(standing)
            self._seen = self.now()
            self.keep()

    def recheck(self) -> None:
        """Look again, unless it was seen to be ours a moment ago; raises Locked when it is lost.

        Where nobody can look (LedgerError), it is ours as long as it runs by our clock: whoever
        wants it waits until it has ended.
        """
        with self._turn:
            if self.lost:
                self._lose(None)
            if 0 <= self.now() - self._seen < SURE:
                return
            try:
                self.check()
            except LedgerError:
                if self.now() >= self._ends:
                    raise

    def _standing(self) -> Holder | None:
        return from_bytes(self.place.get(LOCK).content, self.place.where(LOCK))

    def _lose(self, other: Holder | None) -> NoReturn:
        self.lost = True
        raise Locked(
            f"this run lost its lock to {other or 'another run'}; it stops. What it did is "
            "written down. Run the same command again once the other has ended."
        ) from None

    def release(self) -> None:
        """Give it back; that somebody has taken it is none of our business any more."""
        with suppress(Overtaken, LedgerError):
            self.place.put(LOCK, None, version=self.version, why=f"unlocked by {self.holder.who}")


def _until(holder: Holder, ends: float) -> Holder:
    return replace(holder, expires=ends)


def acquire(
    place: Place,
    holder: Holder,
    *,
    former: str,
    patience: float,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> Lease:
    """Take the lock, waiting up to `patience` seconds for whoever holds it.

    former  id of the lock that a run on this machine left behind: it is dead, as we hold the
            operating system's lock.

    Raises Locked, with who, where and since when; LedgerError when the place cannot be written.
    """
    give_up = now() + patience
    waiting_for = ""
    while True:
        held = place.get(LOCK)
        other = from_bytes(held.content, place.where(LOCK))
        if other is None or other.id == former or other.expires + SKEW < now():
            lease = _taken(place, holder, held, now)
            if lease is not None:
                return lease
            other = from_bytes(place.get(LOCK).content, place.where(LOCK)) or holder
        if now() >= give_up:
            raise Locked(_refusal(other, place))
        if other.id != waiting_for:
            waiting_for = other.id
            log.info("waiting for the ledger, which is locked by %s", other)
        sleep(min(POLL, max(give_up - now(), 0.05)))


def _taken(place: Place, holder: Holder, held: Held, now: Callable[[], float]) -> Lease | None:
    fresh = _until(holder, now() + LEASE)
    try:
        why = f"locked by {holder.who}"
        version = place.put(LOCK, to_bytes(fresh), version=held.version, why=why)
    except Overtaken:
        return None
    return Lease(place=place, holder=fresh, now=now, version=version)


def _refusal(other: Holder, place: Place) -> str:
    ends = datetime.fromtimestamp(other.expires, UTC).strftime("%H:%M:%S UTC")
    return (
        f"the ledger ({place.where(LOCK)}) is locked by {other}. Wait for it to end "
        f"(--lock-timeout 10m waits for you).\nIf that run is dead, its lock ends by itself soon "
        f"after {ends}, or at once with: publisher unlock {other.id}"
    )


def unlock(place: Place, id: str) -> Holder:
    """Take a lock away whose run is dead. Raises ConfigError when it is another's, or nobody's."""
    held = place.get(LOCK)
    other = from_bytes(held.content, place.where(LOCK))
    if other is None:
        raise ConfigError(f"nothing is locked ({place.where(LOCK)}).")
    if other.id != id:
        raise ConfigError(f"the lock is {other.id}, held by {other}; {id} is not it.")
    try:
        place.put(LOCK, None, version=held.version, why=f"lock {id} taken away by hand")
    except Overtaken:
        raise ConfigError("the lock was renewed just now: its run is alive.") from None
    return other


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "someone"
