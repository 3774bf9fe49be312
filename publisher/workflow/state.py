"""The ledger by hand: look into it, rename, let go, bring it up to date, take a lock away."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from publisher.config import Config, Target
from publisher.errors import ConfigError
from publisher.ledger import lease, opening, upgrading
from publisher.ledger.book import Ledger
from publisher.ledger.home import Home
from publisher.ledger.lease import Holder
from publisher.ledger.place import LOCK
from publisher.ledger.records import Intent, entry_to_row
from publisher.ledger.upgrading import Upgrade
from publisher.model import KINDS, Entry, Key, Ref
from publisher.workflow import ledgers
from publisher.workflow.content import near


def entries(config: Config, target: Target) -> tuple[Entry, ...]:
    """Everything the ledger of a target knows, in order."""
    ledger = ledgers.read(config, target)
    return tuple(ledger.entries[ref] for ref in sorted(ledger.entries))


def entry_as_row(config: Config, target: Target, name: str) -> dict[str, Any]:
    """All the ledger knows of one thing, as plain values. Raises as `_found` does."""
    known = entries(config, target)
    ref = _found(name, [each.ref for each in known])
    return entry_to_row(next(each for each in known if each.ref == ref))


def forget(config: Config, target: Target, name: str) -> Ref:
    """Take one thing out of the ledger; it stays live, unmanaged. Raises as `_found` does.

    What an earlier run may have made of it is let go of, too, where only a person can tell.
    """
    _found(name, _known(ledgers.read(config, target)))
    with ledgers.opened(config, target, command="publisher state rm", merged=False) as journal:
        ledger = journal.ledger
        ref = _found(name, _known(ledger))
        asked = [each for each in ledger.doubts.values() if each.ref == ref and _is_asked(each)]
        for intent in asked:
            journal.failed(intent)
        journal.adopt(_certain(ref, ledger), None)
    return ref


def _is_asked(intent: Intent) -> bool:
    """Whether a person may have to say what became of it; an article carries a mark."""
    return intent.creates and intent.ref.kind != "article"


def _known(ledger: Ledger) -> list[Ref]:
    return sorted({*ledger.entries, *(intent.ref for intent in ledger.doubts.values())})


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """One entry goes by another key.

    below  things whose keys begin with the old one; they keep theirs.
    """

    was: Ref
    ref: Ref
    below: tuple[Ref, ...]


def rename(config: Config, target: Target, old: str, new: str) -> Renaming:
    """Carry an entry over to another key; nothing live changes. Raises ConfigError."""
    _renaming(old, new, ledgers.read(config, target).entries)
    with ledgers.opened(config, target, command="publisher state mv", merged=False) as journal:
        told = _renaming(old, new, journal.ledger.entries)
        for ref in (told.was, told.ref):
            _certain(ref, journal.ledger)
        journal.rename(told.ref, told.was.key)
    return told


def _renaming(old: str, new: str, known: Iterable[Ref]) -> Renaming:
    refs = list(known)
    was = _found(old, refs)
    kind, key = _parted(new)
    if kind and kind != was.kind:
        raise ConfigError(f"{was} cannot become {new}: a thing keeps its kind.")
    ref = Ref(was.kind, Key(unicodedata.normalize("NFC", key).strip("/")))
    if not ref.key:
        raise ConfigError("the new key is empty.")
    if ref in refs:
        raise ConfigError(
            f"the ledger knows {ref} already; nothing was changed. Look at both with "
            "publisher state show, and let go of one with publisher state rm."
        )
    below = tuple(each for each in sorted(refs) if each.key.startswith(f"{was.key}/"))
    return Renaming(was=was, ref=ref, below=below)


def _found(name: str, known: Iterable[Ref]) -> Ref:
    """One thing by key, or by kind:key where two kinds share it. Raises ConfigError."""
    refs = {str(ref): ref for ref in known}
    if name in refs:
        return refs[name]
    by_key = [ref for ref in refs.values() if ref.key == name]
    if len(by_key) == 1:
        return by_key[0]
    if by_key:
        choices = ", ".join(sorted(str(ref) for ref in by_key))
        raise ConfigError(f"“{name}” could be {choices}; write one of these.")
    names = {ref.key for ref in refs.values()} | set(refs)
    raise ConfigError(f"the ledger knows no “{name}”.{near(name, names)}")


def _certain(ref: Ref, ledger: Ledger) -> Ref:
    """Refuse what a call in doubt is about: its outcome would bring the old entry back."""
    if any(intent.ref == ref for intent in ledger.doubts.values()):
        raise ConfigError(
            f"a call of an earlier run about {ref} is in doubt. Run publisher apply first; it "
            "finds out what became of it."
        )
    return ref


def _parted(name: str) -> tuple[str, str]:
    """The kind, "" if it is not said, and the key."""
    kind, colon, key = name.partition(":")
    return (kind, key) if colon and kind in KINDS else ("", name)


def upgrade(config: Config, target: Target) -> Upgrade:
    """Bring the ledger to its place and into the newest format. Raises Locked, LedgerError."""
    return upgrading.upgrade(
        ledgers.home(config, target),
        command="publisher state upgrade",
        new_id=lambda: secrets.token_hex(8),
    )


def holder(home: Home) -> Holder | None:
    """Say who holds the lock of a ledger, as far as this machine can see. Raises LedgerError."""
    if home.place.shared:
        return lease.from_bytes(home.place.get(LOCK).content, home.place.where(LOCK))
    return opening.held(home)


def unlock(config: Config, target: Target, id: str) -> Holder:
    """Take a lock away whose run is dead; returns whose it was. Raises ConfigError."""
    home = ledgers.home(config, target)
    if home.place.shared:
        return lease.unlock(home.place, id)
    running = opening.held(home)
    if running is None:
        raise ConfigError(f"nothing is locked ({home.lock}).")
    raise ConfigError(
        f"the ledger of target “{target.name}” is held by a running process, {running}. End that "
        "process; the lock dies with it."
    )
