"""Open a ledger: to read, by anybody at any time; to write, by one run alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from filelock import FileLock, Timeout

from publisher.errors import LedgerError, Locked
from publisher.ledger import lease as leases
from publisher.ledger import pulled
from publisher.ledger.book import Ledger, from_text
from publisher.ledger.files import cannot
from publisher.ledger.folding import fold
from publisher.ledger.home import Home
from publisher.ledger.journal import Journal
from publisher.ledger.lease import Holder, Lease, holder_here
from publisher.ledger.place import LEDGER
from publisher.ledger.pulled import Slip

log = logging.getLogger(__name__)


def read(home: Home) -> Ledger:
    """Read a target's ledger and unfinished journal without changing either.

    Raises LedgerError for a file from the future, with conflict markers, or damaged.
    """
    return _read(home)[0]


def _read(home: Home, *, merged: bool = True) -> tuple[Ledger, str]:
    held = home.place.get(LEDGER)
    if held.content is None and home.place.shared:
        _check_moved(home)
    ledger = from_text(held.content, home.target, home.place.where(LEDGER))
    kept = set(ledger.doubts)
    fold(ledger, home)
    ledger.resumed = ledger.changed or set(ledger.doubts) != kept
    if home.place.shared and merged:
        pulled.fold(ledger, home)
    return ledger, held.version


def _check_moved(home: Home) -> None:
    """A ledger that was a file until now must not look as if there were none."""
    former = home.file
    if former.get(LEDGER).content is not None:
        raise LedgerError(
            f"the ledger of target “{home.target}” is now kept elsewhere "
            f"({home.place.where(LEDGER)}), and is not there yet, but {former.where(LEDGER)} is. "
            f"To move it there: publisher state upgrade --target {home.target}"
        )


@contextmanager
def opened(  # noqa: PLR0913 - whose ledger, for what, and the clock
    home: Home,
    *,
    command: str,
    new_id: Callable[[], str],
    patience: float = 0.0,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    merged: bool = True,
    durable: bool = True,
) -> Iterator[Journal]:
    """Hold the lock and hand out the journal; folds it into the ledger at the end.

    new_id    makes the id of a lock, and the lineage of a new ledger (16 hex digits).
    patience  seconds to wait for another run to end.
    merged    keep for good what was pulled on the branch that is checked out.
    durable   see `Journal`.

    Raises Locked, with who, where and since when, if another run holds it.
    """
    with locked(home, command, new_id(), patience, now=now, sleep=sleep) as lease:
        ledger, version = _read(home, merged=merged)
        if not ledger.lineage:
            ledger.lineage = new_id()
        journal = Journal(ledger, home, version=version, lease=lease, durable=durable)
        try:
            yield journal
        finally:
            journal.close()


@contextmanager
def pulling(
    home: Home, *, command: str, new_id: Callable[[], str], patience: float = 0.0
) -> Iterator[Journal | Slip]:
    """Open the ledger for a pull: what it learns of a shared one travels with its files."""
    if not home.place.shared:
        with opened(home, command=command, new_id=new_id, patience=patience) as journal:
            yield journal
        return
    with _locked_here(home, command, new_id(), patience):
        held = home.place.get(LEDGER)
        if held.content is None:
            _check_moved(home)
        kept = from_text(held.content, home.target, home.place.where(LEDGER))
        fold(kept, home)
        slip = pulled.slip(kept, home)
        yield slip
        slip.close()


@contextmanager
def locked(
    home: Home,
    command: str,
    id: str,
    patience: float,
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Lease | None]:
    """Hold the lock of a ledger: the operating system's, and for a shared one its lease."""
    give_up = now() + patience
    with _locked_here(home, command, id, patience, now) as here:
        if not home.place.shared:
            yield None
            return
        lease = leases.acquire(
            home.place,
            here.holder,
            former=here.former.id if here.former else "",
            patience=max(give_up - now(), 0),
            now=now,
            sleep=sleep,
        )
        here.former = None
        try:
            yield lease
        finally:
            lease.release()


@dataclass(slots=True)
class _Here:
    """A run on this machine. State: one that died here, while its lease may still stand."""

    holder: Holder
    former: Holder | None


@contextmanager
def _locked_here(
    home: Home, command: str, id: str, patience: float, now: Callable[[], float] = time.time
) -> Iterator[_Here]:
    """Hold the operating system's lock; gives this run, and one that died here."""
    home.make_folder()
    lock = FileLock(home.lock)
    try:
        _wait_for(lock, home, patience)
    except Timeout:
        raise Locked(_held_by(home)) from None
    except OSError as error:
        raise LedgerError(cannot("lock", home.lock, error)) from error
    try:
        here = _Here(holder_here(id, command, now()), _owner(home))
        _sign(home, here.holder)
        try:
            yield here
        finally:
            _sign_off(home, here)
    finally:
        lock.release()


def _sign_off(home: Home, here: _Here) -> None:
    """Take our name away; what stands there only explains a refusal, or names a dead lease."""
    with suppress(OSError, LedgerError):
        if home.place.shared and here.former is not None:
            _sign(home, here.former)
        else:
            home.owner.unlink()


def _wait_for(lock: FileLock, home: Home, patience: float) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if patience <= 0:
            raise
        log.info("waiting for the ledger, which is locked by %s", _owner(home) or "another run")
        lock.acquire(timeout=patience)


def held(home: Home) -> Holder | None:
    """Say who holds the lock on this machine right now, None when nobody does."""
    if not home.lock.exists():
        return None
    lock = FileLock(home.lock, timeout=0)
    try:
        with lock:
            return None
    except (Timeout, OSError):
        return _owner(home)


def _owner(home: Home) -> Holder | None:
    try:
        return leases.from_bytes(home.owner.read_bytes(), str(home.owner))
    except (OSError, LedgerError):
        return None


def _sign(home: Home, holder: Holder) -> None:
    try:
        home.owner.write_bytes(leases.to_bytes(holder))
    except OSError as error:
        raise LedgerError(cannot("write", home.owner, error)) from error


def _held_by(home: Home) -> str:
    who = _owner(home) or "another run"
    return (
        f"the ledger of target “{home.target}” is locked by {who}. Wait for it to end, then "
        "retry; --lock-timeout 10m waits for you."
    )
