"""Machines that share a ledger: a place in memory, a clock that tests own, runs that die."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.ledger import opening
from publisher.ledger.home import Home
from publisher.ledger.place import Held, Overtaken

VERSIONS = itertools.count(1)


@dataclass
class MemoryPlace:
    """The smallest place there can be. Machines that have the same `files` see the same."""

    files: dict[str, Held] = field(default_factory=dict)
    puts: list[tuple[str, str]] = field(default_factory=list)
    shared: bool = True

    def where(self, name):
        return f"memory/{name}.json"

    def get(self, name):
        return self.files.get(name, Held(None, ""))

    def put(self, name, content, *, version, why):
        if self.get(name).version != version:
            raise Overtaken
        self.puts.append((name, why))
        if content is None:
            self.files.pop(name, None)
            return ""
        self.files[name] = Held(content, str(next(VERSIONS)))
        return self.files[name].version

    def names(self, prefix):
        return tuple(sorted(name for name in self.files if name.startswith(prefix)))


@dataclass
class Clock:
    """Seconds since the epoch; who sleeps lets them pass."""

    seconds: float = 1_800_000_000.0
    meanwhile: Callable[[], None] = lambda: None
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        self.meanwhile()


@dataclass
class Machines:
    """Several machines, each with a disk of its own, and one place.

    open_place  a machine's own way to the place, by its folder.
    """

    root: Path
    open_place: Callable[[Path], object]
    clock: Clock = field(default_factory=Clock)
    ids: itertools.count = field(default_factory=lambda: itertools.count(1))
    started: list[object] = field(default_factory=list)

    def machine(self, name: str) -> Home:
        folder = self.root / name
        folder.mkdir(exist_ok=True)
        place = self.open_place(folder)
        return Home(folder=folder / ".publisher", target="live", place=place)

    def run(self, home: Home, *, patience: float = 0.0, command: str = "publisher apply"):
        return opening.opened(
            home,
            command=command,
            new_id=lambda: f"{next(self.ids):016x}",
            patience=patience,
            now=self.clock.now,
            sleep=self.clock.sleep,
        )

    def start(self, home: Home, **options: object):
        """Begin a run that is not ended by itself."""
        run = self.run(home, **options)
        self.started.append(run)
        return run.__enter__()

    def end(self) -> None:
        """End the latest run that was started."""
        self.started.pop().__exit__(None, None, None)

    def killed(self, home: Home) -> Home:
        """The machine as the run that is under way leaves it if it is killed now."""
        rest = home.folder.with_name(f"after-kill-{next(self.ids)}")
        shutil.copytree(home.folder, rest)
        return replace(home, folder=rest)

    def bury(self) -> None:
        """Whatever runs are left write what they like now; nobody looks any more."""
        while self.started:
            with suppress(Exception):
                self.end()
