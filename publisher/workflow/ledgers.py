"""Open the ledger of a target, wherever the configuration says it is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from publisher.config import Config, Target
from publisher.ledger import opening
from publisher.ledger.book import Ledger
from publisher.ledger.files import FilePlace
from publisher.ledger.home import Home
from publisher.ledger.journal import Journal
from publisher.ledger.place import Place
from publisher.ledger.pulled import Slip
from publisher.source.revision import folder_in_repository


def home(config: Config, target: Target) -> Home:
    """Where the ledger of a target is. Raises ConfigError when the place cannot be reached at all.

    The embedded help center's is always a file beside it.
    """
    return Home(folder=config.state_folder, target=target.name, place=_place(config, target))


def _place(config: Config, target: Target) -> Place:
    if target.kind == "local" or target.ledger == "file":
        return FilePlace(config.state_folder, target.name)
    if target.ledger == "git":
        from publisher.ledger.git import open_git

        return open_git(config.root, target.name)
    from publisher.ledger.s3 import open_s3

    return open_s3(target.ledger, folder_in_repository(config.root), target.name)


def read(config: Config, target: Target) -> Ledger:
    """Read a target's ledger, changing nothing. Raises LedgerError."""
    return opening.read(home(config, target))


@contextmanager
def pulling(
    config: Config, target: Target, *, command: str, patience: float = 0.0
) -> Iterator[Journal | Slip]:
    """The same for a pull, which writes nothing to a ledger that all branches share."""
    with opening.pulling(
        home(config, target),
        command=command,
        new_id=lambda: secrets.token_hex(8),
        patience=patience,
    ) as journal:
        yield journal


@contextmanager
def opened(
    config: Config,
    target: Target,
    *,
    command: str,
    patience: float = 0.0,
    merged: bool = True,
    durable: bool = True,
) -> Iterator[Journal]:
    """Hold the lock and hand out the journal. Raises Locked, LedgerError.

    patience  seconds to wait for another run to end.
    merged    keep for good what was pulled on the branch that is checked out.
    durable   wait for the disk before each call.
    """
    with opening.opened(
        home(config, target),
        command=command,
        new_id=lambda: secrets.token_hex(8),
        patience=patience,
        merged=merged,
        durable=durable,
    ) as journal:
        yield journal
