"""Notice that something on disk changed, and say so once it has come to rest.

A burst is one change. How long it takes to come to rest:

    50 ms     after a save: an editor's write to a temporary file and its rename are over in a
              few milliseconds, and below 100 ms people see no delay
    200 ms    after more than a save makes: a copy or a sync pauses between files
    2 s       at most, while events go on: who formats 10,000 files wants to see something
    15 s      at most, while Git holds its index: a checkout is one change, however long

What is missed all the same (a file system that reports nothing, a folder beyond the system's
limit of watches) is found by looking every few seconds while a page is open: `idle`.
"""

from __future__ import annotations

import errno
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from watchdog import events
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

TOLD = (
    *("FileCreatedEvent", "FileModifiedEvent", "FileClosedEvent", "FileAttribEvent"),
    *("FileDeletedEvent", "FileMovedEvent"),
    *("DirCreatedEvent", "DirAttribEvent", "DirDeletedEvent", "DirMovedEvent"),
)
CHANGES: list[type[FileSystemEvent]] = [
    getattr(events, name) for name in TOLD if hasattr(events, name)
]
"""Not that a file is opened, or closed unwritten: we do so ourselves at each look. Before its
version 7, watchdog calls a change of attributes a modification."""
IGNORE = ".publisherignore"
QUIET, QUIET_IN_BURST = 0.05, 0.2
BURST = 24
"""Events. Editors save with up to a dozen."""
LONGEST, LONGEST_OF_GIT = 2.0, 15.0
CHECK = 1.0
"""Seconds after which a folder that was made anew is noticed."""
IDLE = 5.0
POLLING = 1.0
SHARE = 20
"""A look that nothing asked for may cost a twentieth of the time."""
LIMITS = {
    errno.ENOSPC: "this system allows no more watched folders (fs.inotify.max_user_watches)",
    errno.EMFILE: "this system allows no more watchers (fs.inotify.max_user_instances)",
}
INSTEAD = "the files are looked at every second instead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is watched: the content folder with all in it, and files elsewhere by name."""

    folder: Path
    files: tuple[Path, ...] = ()

    @property
    def parents(self) -> list[Path]:
        """The folders of those files."""
        return sorted({file.parent for file in self.files})

    def on_disk(self) -> Watched:
        """The same without symbolic links: the system reports what happens by real paths."""
        real = [Path(os.path.realpath(file.parent), file.name) for file in self.files]
        return Watched(folder=Path(os.path.realpath(self.folder)), files=tuple(real))

    def concerns(self, path: str) -> bool:
        """Whether what happens to a path may change what is shown."""
        if Path(path) in self.files:
            return True
        parts = os.path.relpath(path, self.folder).split(os.sep)
        if parts[0] == os.pardir:
            return False
        hidden = any(part.startswith(".") for part in parts if part != os.curdir)
        return not hidden or parts[-1] == IGNORE


class Watch:
    """A thread that calls `changed` after each change; a context manager.

    tell    hears, once, why nothing can be watched and that we look every second instead.
    wanted  whether anybody would see a change that only an idle look finds.
    idle    seconds between looks that nothing asks for, while the system watches.
    check   seconds after which a folder that was made anew is noticed.
    State: what has happened since the last call.
    """

    check: float = CHECK

    def __init__(
        self,
        watched: Watched,
        changed: Callable[[], object],
        *,
        tell: Callable[[str], object],
        wanted: Callable[[], bool] = lambda: True,
        idle: float = IDLE,
        observer: Callable[[], BaseObserver] = Observer,
    ) -> None:
        self._watched, self._real, self._changed = watched, watched.on_disk(), changed
        self._tell, self._wanted, self._idle = tell, wanted, idle
        self._new_observer = observer
        self._observer: BaseObserver | None = None
        self._standing: tuple[object, ...] = ()
        self._polls = False
        self._news = threading.Condition()
        self._events, self._last, self._ended = 0, 0.0, False
        self._looked, self._cost = time.monotonic(), 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._look_after()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._news:
            self._ended = True
            self._news.notify_all()
        self._thread.join()
        self._unwatch()

    def _happened(self, paths: Iterable[str]) -> None:
        if any(self._real.concerns(path) for path in paths):
            with self._news:
                self._events, self._last = self._events + 1, time.monotonic()
                self._news.notify_all()

    def _run(self) -> None:
        while not self._ended:
            self._wait_for_news()
            try:
                self._take_a_turn()
            except Exception as error:  # a watch that ends leaves pages that are never current
                self._give_up_watching(error)

    def _take_a_turn(self) -> None:
        idle = max(POLLING if self._polls else self._idle, SHARE * self._cost)
        overdue = time.monotonic() - self._looked > idle and (self._polls or self._wanted())
        if self._look_after() or self._came_to_rest() or overdue:
            began = self._looked = time.monotonic()
            self._changed()
            self._looked = time.monotonic()
            self._cost = self._looked - began

    def _give_up_watching(self, error: Exception) -> None:
        first, self._polls = not self._polls, True
        self._unwatch()
        with self._news:
            self._events = 0
        if first:
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            self._tell(f"the files cannot be watched ({said}); {INSTEAD}.")

    def _wait_for_news(self) -> None:
        with self._news:
            if not self._events and not self._ended:
                self._news.wait(self.check)

    def _came_to_rest(self) -> bool:
        """Wait until a burst is over, if there is one."""
        began = time.monotonic()
        with self._news:
            while self._events and not self._ended:
                now = time.monotonic()
                quiet = QUIET if self._events <= BURST else QUIET_IN_BURST
                busy = _is_git_busy(self._real.folder)
                left = self._last + quiet - now
                if busy and now - began < LONGEST_OF_GIT:
                    left = max(left, quiet)
                elif left <= 0 or now - began >= LONGEST:
                    self._events = 0
                    return True
                self._news.wait(left)
        return False

    # What is watched

    def _look_after(self) -> bool:
        """Watch what stands there now; returns whether it is another than before."""
        if self._polls:
            return False
        standing = (_number(self._watched.folder), *map(_number, self._watched.parents))
        if standing == self._standing and self._watches():
            return False
        first, self._standing = not self._standing, standing
        self._unwatch()
        try:
            self._watch()
        except OSError as error:
            self._unwatch()
            if error.errno in LIMITS:
                self._polls = True
                self._tell(f"{LIMITS[error.errno]}; {INSTEAD}.")
        return not first

    def _watch(self) -> None:
        # Watchdog warns when it meets a folder twice that was made this moment; it means nothing.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        self._real = self._watched.on_disk()
        observer, handler = self._new_observer(), _Handler(self._happened)
        self._observer = observer
        folder = self._real.folder
        if folder.is_dir():
            observer.schedule(handler, str(folder), recursive=True, event_filter=CHANGES)
        for parent in self._real.parents:
            if parent.is_dir() and parent != folder:
                observer.schedule(handler, str(parent), recursive=False, event_filter=CHANGES)
        observer.start()

    def _watches(self) -> bool:
        """Whether what is watched is still there: a folder made anew may get the same number."""
        observer = self._observer
        return observer is not None and all(each.is_alive() for each in observer.emitters)

    def _unwatch(self) -> None:
        observer, self._observer = self._observer, None
        if observer is not None and observer.is_alive():
            observer.stop()
            observer.join()


class _Handler(FileSystemEventHandler):
    """Hands the paths of an event on, in the observer's thread."""

    def __init__(self, happened: Callable[[Iterable[str]], object]) -> None:
        self._happened = happened

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Hear of something."""
        if type(event) in CHANGES:
            self._happened(os.fsdecode(path) for path in (event.src_path, event.dest_path) if path)


def _number(path: Path) -> tuple[int, int] | None:
    """What tells a folder from another that was made in its place."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _is_git_busy(folder: Path) -> bool:
    """Whether Git is changing files around here; a lock that a dead Git left does not count."""
    for above in (folder, *folder.parents):
        inside = above / ".git"
        if os.path.lexists(inside):
            try:
                age = time.time() - (_inside(inside) / "index.lock").stat().st_mtime
            except (OSError, ValueError):  # ValueError: it points to no path at all
                return False
            return age < LONGEST_OF_GIT
    return False


def _inside(git: Path) -> Path:
    """Where Git keeps its index: in `.git`, or where that file of a worktree points to."""
    if git.is_dir():
        return git
    place = git.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
    return git.parent / place
