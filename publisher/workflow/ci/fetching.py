"""Fetch what an earlier job of a pipeline kept before it applied: the backups, for a rollback.

Only where the ledger is a file. On a branch or in a bucket they are beside it, for every job.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher import forge
from publisher.config import Config, Target
from publisher.errors import PublisherError
from publisher.ledger import backup as backups
from publisher.ledger.files import BACKUP
from publisher.model import Backup
from publisher.workflow import ledgers
from publisher.workflow.ci.proposing import asked_forge

APPLY = re.compile(r"[0-9a-f]{1,64}")
"""The id of an apply, which names a folder here."""


def fetch_backups(config: Config, target: Target, run: int, branch: str) -> tuple[str, ...]:
    """Put the backups of an earlier run beside the ledger; returns the ids of its applies.

    run     of an apply or a rollback on `branch`: see forge.backups_of.

    Empty, and nobody is asked, where the ledger is shared. Raises PublisherError where the run
    kept none of this target, ForgeError, LedgerError.
    """
    place = ledgers.home(config, target).place
    if place.shared:
        return ()
    with asked_forge(config) as asked:
        archives = asked.backups_of(run, branch)
    found = [each for archive in archives for each in _backups_in(archive, target)]
    if not found:
        raise PublisherError(
            f"run {run} keeps no backup of target “{target.name}” (any more): it wrote nothing "
            "that was there before, or it is too long ago."
        )
    for backup in found:
        backups.keep(place, backup)
    return tuple(backup.apply_id for backup in found)


def _backups_in(archive: bytes, target: Target) -> Iterator[Backup]:
    files = forge.files_in(archive, f"/{target.name}.{BACKUP}", of="the backup")
    for name, content in files.items():
        backup = backups.from_text(content, name)
        if backup.target != target.name or not APPLY.fullmatch(backup.apply_id):
            raise PublisherError(f"{name}: is no backup of target “{target.name}”.")
        yield backup
