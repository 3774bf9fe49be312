"""The place beside the content: `.publisher/<target>.json`, committed like any other file.

Only this machine sees it, so an operating-system lock is all it needs; other machines get it
through Git. Backups lie in `.publisher/backup/<apply-id>/`, which a pipeline may keep.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import LedgerError
from publisher.ledger.place import BACKUPS, LEDGER, Held, Overtaken
from publisher.model import digest_of_bytes

BACKUP = "backup.json"


@dataclass(frozen=True, slots=True)
class FilePlace:
    """The files of one target in a folder, `.publisher` as a rule."""

    folder: Path
    target: str

    @property
    def shared(self) -> bool:
        """No other machine sees it while a run goes on."""
        return False

    def where(self, name: str) -> str:
        """The path of a file."""
        return str(self._path(name))

    def get(self, name: str) -> Held:
        """Read a file."""
        try:
            content = self._path(name).read_bytes()
        except FileNotFoundError:
            return Held(None, "")
        except OSError as error:
            raise LedgerError(cannot("read", self._path(name), error)) from error
        return Held(content, digest_of_bytes(content))

    def put(self, name: str, content: bytes | None, *, version: str, why: str) -> str:
        """Write a file, whole or not at all."""
        if self.get(name).version != version:
            raise Overtaken
        path = self._path(name)
        try:
            if content is None:
                path.unlink(missing_ok=True)
                return ""
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(cannot("write", path, error)) from error
        replace_file(path, content)
        return digest_of_bytes(content)

    def names(self, prefix: str) -> tuple[str, ...]:
        """List files by the beginning of their names; only backups are ever listed."""
        if not prefix.startswith(BACKUPS):
            return ()
        folder = self.folder / BACKUPS.rstrip("/")
        found = (f"{BACKUPS}{path.parent.name}" for path in folder.glob(f"*/{self._backup}"))
        return tuple(sorted(name for name in found if name.startswith(prefix)))

    @property
    def _backup(self) -> str:
        """Backups of all targets lie side by side; the name tells whose it is."""
        return f"{self.target}.{BACKUP}"

    def _path(self, name: str) -> Path:
        if name.startswith(BACKUPS):
            return self.folder / name / self._backup
        return self.folder / (f"{self.target}.json" if name == LEDGER else f"{self.target}.{name}")


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a crash leaves the old or the new one, never half of it."""
    draft = path.with_name(path.name + ".new")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise LedgerError(cannot("write", path, error)) from error


def cannot(verb: str, path: Path, error: Exception) -> str:
    """A sentence about a file that the disk refuses."""
    reason = getattr(error, "strerror", None) or str(error)
    return f"cannot {verb} {path}: {reason}. Nothing was sent to the help center after that."
