"""Where the ledger of one target is: its place, and what only this machine needs beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publisher.errors import LedgerError
from publisher.ledger.files import FilePlace, cannot
from publisher.ledger.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One target's ledger.

    folder   of this machine: journal, lock and the name of the lock's owner.
    """

    folder: Path
    target: str
    place: Place

    @property
    def journal(self) -> Path:
        """Events of a run that has not ended."""
        return self.folder / f"{self.target}.journal"

    @property
    def pulled(self) -> Path:
        """The folder of what pulls learnt and no apply has kept yet, where the ledger is shared."""
        return self.folder / f"{self.target}.pulled"

    @property
    def lock(self) -> Path:
        """The operating system's lock, which dies with its process."""
        return self.folder / f"{self.target}.lock"

    @property
    def owner(self) -> Path:
        """Who holds it, so that the refusal is a sentence."""
        return self.folder / f"{self.target}.owner.lock"

    @property
    def file(self) -> FilePlace:
        """Where it is, or was, kept as a file."""
        return FilePlace(self.folder, self.target)

    def make_folder(self) -> None:
        """Make the folder if need be; raises LedgerError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(cannot("write", self.folder, error)) from error


def beside(folder: Path, target: str) -> Home:
    """The home of a ledger that is a file in `folder`."""
    return Home(folder=folder, target=target, place=FilePlace(folder, target))
