"""A story's scene: its folder, its help center, its people, and its commands.

A command is a real process. How it ends is judged at once; whatever else is wrong is
collected as a sentence, and the story goes on, because one fault often explains the next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from random import Random

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.serve import Server
from storms import sites, verdict
from storms.colleague import Office
from storms.commands import Command, Launcher
from storms.gate import Gate, Passed
from storms.grounds import Bucket, Ground
from storms.readers import Poller, Watch

FORESEEN = frozenset({0, 1, 4, 5, 6, 7})
"""How an apply may end in bad weather. 3: the content; 64, 70: nobody foresaw it."""
UNLOCK = re.compile(r"publisher unlock (\S+)")
APPLY = ("apply", "--yes", "--allow-deletes", "50")


@dataclass(frozen=True, slots=True)
class Shop:
    """What a worker process keeps between stories."""

    gate: Gate
    server: Server
    launcher: Launcher
    bucket: Bucket


@contextmanager
def opened() -> Iterator[Shop]:
    """Open a worker's help-center server and its zygote."""
    gate = Gate()
    with Server(gate, 0) as server, Launcher() as launcher, closing(Bucket()) as bucket:
        yield Shop(gate, server, launcher, bucket)


@dataclass(slots=True, kw_only=True)
class Result:
    """How a story ended. `steps` say what happened, `counts` are for the sum."""

    seed: int
    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    steps: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Scene:
    """Where a story takes place."""

    shop: Shop
    chance: Random
    ground: Ground
    site: sites.Site
    center: HelpCenter
    office: Office
    watch: Watch
    result: Result
    on_removed: str

    def tell(self, text: str) -> None:
        """Write a line into the story's diary."""
        self.result.steps.append(text)

    def wrong(self, what: str) -> None:
        """A violation."""
        self.tell(f"  !!! {what}")
        self.result.violations.append(what)

    # Files

    def write(self) -> None:
        """Put the site's files on the disk, and take away those that are gone."""
        content = self.ground.folder / "content"
        wanted = sites.files(self.site)
        for path in content.rglob("*.md") if content.exists() else ():
            if path.relative_to(content).as_posix() not in wanted:
                path.unlink()
        for name, text in wanted.items():
            path = content / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
        self.ground.save()
        self.office.forget_agreed(
            lambda deed, row: verdict.agrees(self.site, self.center, deed, row)
        )

    def edit(self) -> None:
        """Some edits of the author, then their files."""
        for _ in range(self.chance.randint(1, 5)):
            self.tell(f"  author: {sites.edit(self.site, self.chance)}")
        self.write()

    def lose_disk(self) -> None:
        """Lose the disk, where the ledger is kept elsewhere."""
        if self.ground.lose():
            self.tell("    the disk is lost")
            self.result.counts["disks lost"] += 1

    # Commands

    def start(self, *argv: str, plain: bool = False) -> Command:
        """Start a command."""
        launcher = self.shop.launcher
        command = launcher.start(self.ground.folder, *argv, env=self.ground.env, plain=plain)
        self.result.counts["commands"] += 1
        self.tell(f"    {command.number}: publisher {' '.join(argv)}")
        return command

    def end(self, command: Command, foreseen: frozenset[int] = FORESEEN) -> int:
        """Wait for its end and judge how it ended."""
        if not self.shop.launcher.wait(command):
            self.shop.launcher.kill(command)
            self.shop.launcher.wait(command)
            self.wrong(f"command {command.number} hangs")
        code = command.code if command.code is not None else 70
        self.tell(f"    {command.number}: exit {code}")
        if code == -9 and command.killed:
            self.result.counts["kills"] += 1
        elif code not in foreseen or "Traceback" in command.said:
            self.wrong(f"command {command.number} ends with {code}:\n{command.said[-1500:]}")
        return code

    def run(self, *argv: str, foreseen: frozenset[int] = FORESEEN) -> Command:
        """Start a command and wait for it."""
        command = self.start(*argv)
        self.end(command, foreseen)
        return command

    def unlock(self, refused: Command) -> None:
        """Take away the lock of a run that died with its disk, as the refusal says."""
        if found := UNLOCK.search(refused.said):
            self.run("unlock", found[1], foreseen=frozenset({0}))

    # Judging

    def look(self, passed: Passed) -> None:
        """After each request: what became of the colleague's deeds, and what do readers see?"""
        if passed.writes:
            self.office.check(passed)
            self.watch.look(f"after request {passed.number}: {passed.method} {passed.path}")

    def heard(self, reader: Poller) -> None:
        """What the reader in the browser met."""
        self.result.counts["pages read"] += reader.pages
        for what in reader.found:
            self.wrong(what)
        for page, id in reader.lost:
            if not self.watch.excuses(page, id):
                self.wrong(f"a reader of {page} followed a link to article {id}, to nowhere")

    def judge(self) -> None:
        """What was found so far becomes violations."""
        for found in (self.office.lost, self.watch.found):
            while found:
                self.wrong(found.pop(0))

    def touched(self) -> int:
        """The number of the last touch of anything."""
        touches = list(self.center.touches)
        return touches[-1].number if touches else 0
