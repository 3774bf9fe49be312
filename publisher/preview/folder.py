"""The folder that a build writes into: only what an earlier build wrote is ever replaced.

    .publisher-build.json   what is ours in this folder, and whether the last build was finished
    .publisher-build.*      a build under way; left behind by one that was killed

A build is written beside the old one, into a folder of its own inside. Until all of it is
there, the old one stays as it is. Then every file is moved to its place; meanwhile, the front
page says that this is not finished.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from publisher.errors import ConfigError, PublisherError

MARKER = ".publisher-build.json"
STAGING = ".publisher-build."
FRONT = "index.html"
UNFINISHED = (
    b'<!doctype html><meta charset="utf-8"><title>Not finished</title>'
    b"<p>This build was interrupted. Run <code>publisher build</code> again.</p>\n"
)


@dataclass(slots=True, kw_only=True)
class Folder:
    """A build under way. `ours`: what earlier builds wrote; `written`: what this one did.

    Names are relative, with slashes.
    """

    out: Path
    staging: Path
    ours: frozenset[str]
    written: set[str]
    published: bool = False

    def write(self, name: str, content: bytes) -> None:
        """Write a file, or write it again."""
        path = self.staging / _safe(name)
        if not self.staging.is_dir():
            raise _another(self.out)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.written.add(name)

    def read(self, name: str) -> bytes:
        """Return what was written."""
        return (self.staging / _safe(name)).read_bytes()

    def publish(self) -> None:
        """Put this build in the place of the old one. Raises ConfigError before it changes any."""
        self._refuse_another()
        for name in sorted(self.written):
            self._refuse_foreign(name)
        _mark(self.out, self.written | self.ours, finished=False)
        self._say_unfinished()
        for name in sorted(self.written - {FRONT}):
            path = self.out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            (self.staging / name).replace(path)
        for name in sorted(self.ours - self.written):
            _remove(self.out, name)
        (self.staging / FRONT).replace(self.out / FRONT)
        _mark(self.out, self.written, finished=True)
        self.published = True

    def _say_unfinished(self) -> None:
        """In one step: whoever is killed here leaves a whole front page, the old one or this."""
        front = self.staging / f"{MARKER}.front"
        front.write_bytes(UNFINISHED)
        front.replace(self.out / FRONT)

    def _refuse_another(self) -> None:
        """Whoever begins takes away what was under way, and whoever ends says what is theirs."""
        whole = all((self.staging / name).is_file() for name in self.written)
        if not whole or _read(self.out) != self.ours:
            raise _another(self.out)

    def _refuse_foreign(self, name: str) -> None:
        path = self.out
        *above, last = PurePosixPath(name).parts
        for part in above:
            path /= part
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                raise _foreign(path)
        path /= last
        if path.is_dir() or (name not in self.ours and (path.is_symlink() or path.exists())):
            raise _foreign(path)


@contextmanager
def opened(out: Path) -> Iterator[Folder]:
    """Open the folder for a build, which ends with `publish`; without, nothing has changed.

    Raises ConfigError when the folder is somebody else's, PublisherError when it cannot be
    written to, or when another build begins there meanwhile.
    """
    fresh = not out.exists()
    try:
        ours = _claimed(out)
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=out))
        folder = Folder(out=out, staging=staging, ours=ours or frozenset(), written=set())
        try:
            yield folder
        except FileNotFoundError as error:
            if staging.is_dir():
                raise
            raise _another(out) from error
        finally:
            alone = staging.is_dir()
            shutil.rmtree(staging, ignore_errors=not alone)
            if alone and not folder.published and ours is None:
                _disclaim(out, fresh)
    except OSError as error:
        place = error.filename or out
        raise PublisherError(f"cannot write {place}: {error.strerror or error}.") from error


def _claimed(out: Path) -> frozenset[str] | None:
    """Make the folder ours, and return what is; None where no build was before."""
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file; name a folder for the pages.")
    out.mkdir(parents=True, exist_ok=True)
    ours = _read(out)
    if ours is None and any(not path.name.startswith(STAGING) for path in out.iterdir()):
        raise ConfigError(
            f"{out} is not empty, and no earlier build wrote it; nothing was changed. "
            "Name a new folder, or empty this one yourself."
        )
    if ours is None:
        _mark(out, frozenset(), finished=False)
    for left in out.glob(f"{STAGING}*/"):
        if not left.is_symlink() and left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    return ours


def _disclaim(out: Path, fresh: bool) -> None:
    """Leave the folder as it was before the first build that did not come to its end."""
    front = out / FRONT
    if front.exists():
        return
    (out / MARKER).unlink(missing_ok=True)
    if fresh and not any(out.iterdir()):
        out.rmdir()


def _read(out: Path) -> frozenset[str] | None:
    try:
        told: Any = json.loads((out / MARKER).read_text(encoding="utf-8"))
        return frozenset(_safe(name) for name in told["files"])
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ConfigError(
            f"{out / MARKER} cannot be read, so nobody knows what in {out} is of an earlier "
            "build; nothing was changed. Empty the folder yourself, or name a new one."
        ) from None


def _mark(out: Path, names: frozenset[str] | set[str], *, finished: bool) -> None:
    text = json.dumps({"finished": finished, "files": sorted(names)}, indent=1)
    new = out / f"{MARKER}.new"
    new.write_text(text + "\n", encoding="utf-8", newline="\n")
    new.replace(out / MARKER)


def _remove(out: Path, name: str) -> None:
    """Remove a file of an earlier build, and folders that are empty then."""
    path = out / name
    if not path.parent.resolve().is_relative_to(out.resolve()) or path.is_symlink():
        return
    if path.is_file():
        path.unlink()
    for above in path.relative_to(out).parents:
        folder = out / above
        if folder == out or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()


def _safe(name: str) -> str:
    """Return a name that stays inside the folder; raises ValueError for any other."""
    path = PurePosixPath(name)
    inside = name == path.as_posix() and not path.is_absolute() and ".." not in path.parts
    if not inside or name in ("", ".") or "\\" in name or ":" in name or "\0" in name:
        raise ValueError(f"not a file of a build: {name!r}")
    return name


def _another(out: Path) -> PublisherError:
    return PublisherError(
        f"another build into {out} is under way, so this one has stopped. Wait until that has "
        "ended, or name another folder."
    )


def _foreign(path: Path) -> ConfigError:
    return ConfigError(
        f"{path} is in the way: no build wrote it, so none replaces it; nothing was changed. "
        "Move it elsewhere."
    )
