"""Bring a ledger to the place, and into the form, in which it is kept from now on.

The way from a file to a shared place has three steps, and any of them may be the last one that
is carried out: what the file and an unfinished journal say is written to the place, it is read
back, and only then the file is taken away. The next upgrade goes on where the last one ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from publisher.errors import LedgerError
from publisher.ledger.book import FORMAT, Ledger, from_text, to_text
from publisher.ledger.files import FilePlace, cannot
from publisher.ledger.folding import fold
from publisher.ledger.home import Home, beside
from publisher.ledger.opening import locked, opened, read
from publisher.ledger.place import BACKUPS, LEDGER, Overtaken, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What an upgrade did.

    where    the ledger is kept; "" when there is none yet.
    former   the format it was in, if that was an older one.
    left     the file it was kept in until now, if it was moved.
    things   how many it knows.
    """

    where: str = ""
    former: str = ""
    left: str = ""
    things: int = 0


def upgrade(
    home: Home,
    *,
    command: str,
    new_id: Callable[[], str],
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Upgrade:
    """Move a ledger that was a file to its shared place, and write it in the newest form.

    Raises Locked, and LedgerError when two different ledgers stand in the two places.
    """
    former, left = "", ""
    if home.place.shared and home.file.get(LEDGER).content is not None:
        with locked(home, command, new_id(), 0.0, now=now, sleep=sleep):
            former, left = _moved(home), home.file.where(LEDGER)
    if not read(home).form:
        return Upgrade()
    with opened(home, command=command, new_id=new_id, now=now, sleep=sleep) as journal:
        form = former or journal.ledger.form
        if journal.ledger.form != FORMAT:
            journal.ledger.changed = True
        things = len(journal.ledger.entries)
    return Upgrade(
        where=home.place.where(LEDGER),
        former=form if form != FORMAT else "",
        left=left,
        things=things,
    )


def _moved(home: Home) -> str:
    """Move the ledger, a run's unfinished journal and the backups; returns the former format."""
    place, file = home.place, home.file
    old, held = file.get(LEDGER), place.get(LEDGER)
    ledger = from_text(old.content, home.target, file.where(LEDGER))
    if held.content is None:
        fold(ledger, beside(home.folder, home.target))
        _write(ledger, place, file)
    else:
        _check_descent(ledger, from_text(held.content, home.target, place.where(LEDGER)), home)
    _copy_backups(file, place)
    try:
        home.journal.unlink(missing_ok=True)
    except OSError as error:
        raise LedgerError(cannot("write", home.journal, error)) from error
    file.put(LEDGER, None, version=old.version, why="moved")
    return ledger.form


def _write(ledger: Ledger, place: Place, file: FilePlace) -> None:
    ledger.serial += 1
    content = to_text(ledger).encode(errors="backslashreplace")
    try:
        place.put(LEDGER, content, version=place.get(LEDGER).version, why=f"{ledger.target}: moved")
    except Overtaken:
        raise LedgerError(
            f"{place.where(LEDGER)} was written by another run meanwhile; {file.where(LEDGER)} "
            "stays. Run the same command again."
        ) from None
    if place.get(LEDGER).content != content:
        raise LedgerError(
            f"{place.where(LEDGER)} does not say what was written to it; {file.where(LEDGER)} "
            "stays. Run publisher doctor."
        )


def _check_descent(former: Ledger, kept: Ledger, home: Home) -> None:
    """A file beside a ledger that went on from it is what an earlier upgrade left."""
    if former.lineage == kept.lineage and former.serial <= kept.serial:
        return
    place, file = home.place.where(LEDGER), home.file.where(LEDGER)
    raise LedgerError(
        f"there are two ledgers of target “{home.target}”, and neither goes on from the other:\n"
        f"  {place} (serial {kept.serial})\n  {file} (serial {former.serial})\n"
        "The first is the one in use. Take the file away if you do not need it; what it alone "
        "knows can be linked again with: publisher pull --adopt"
    )


def _copy_backups(file: FilePlace, place: Place) -> None:
    """So that `publisher rollback` finds them; the files stay where they are."""
    for name in file.names(BACKUPS):
        if place.get(name).version:
            continue
        try:
            place.put(name, file.get(name).content, version="", why="moved")
        except Overtaken:
            continue
