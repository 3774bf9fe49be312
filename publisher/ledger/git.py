"""The place on a branch of its own, `publisher-ledger`, on the repository's remote.

    <folder>/<target>/ledger.json
                      lock.json
                      backup/<apply-id>.json

It works from any machine that can push, and needs no other service. The version of a file is the
id of its blob; a push that is not forced is refused when the branch has moved, which makes it a
compare-and-swap. The branch is shared by all targets, so a refused push is built anew on the new
head as long as our own file is still the one that was read.
"""

from __future__ import annotations

import os
import random
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.errors import ConfigError, LedgerError
from publisher.ledger.git_commands import BRANCH, NOBODY, PATIENCE, Refused, Repository
from publisher.ledger.git_words import explained, is_final, is_passing
from publisher.ledger.place import BACKUPS, LEDGER, LOCK, Held, Overtaken

FRESH = 1.0
"""Seconds for which several reads need only one fetch."""
TURNS = 12
"""How often a write is built anew because the branch moved. Each time somebody else got on."""
LOST = 3
"""How often a push may end without an answer."""
PAUSE, LONGEST_PAUSE = 0.1, 3.0


@dataclass(slots=True, kw_only=True)
class GitPlace:
    """The files of one target below `folder` on the branch.

    chance  a number from 0 to 1, so that those who wait do not wait alike.

    State: the head of the branch as it was last seen, and when (None: never).
    """

    repository: Repository
    folder: str
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    _head: str = ""
    _seen: float | None = None

    @property
    def shared(self) -> bool:
        """Every clone sees it."""
        return True

    def where(self, name: str) -> str:
        """The path of a file, with branch and remote."""
        return f"{self._path(name)} on branch {BRANCH} of {self.repository.remote}"

    def get(self, name: str) -> Held:
        """Read a file."""
        with self._saying("read", name):
            blob = self._blob(self._fresh(), name)
            return Held(self.repository.read(blob), blob) if blob else Held(None, "")

    def put(self, name: str, content: bytes | None, *, version: str, why: str) -> str:
        """Write a file, whole or not at all."""
        with self._saying("write", name):
            blob = "" if content is None else self.repository.store(content)
            return self._swap(name, blob, version, f"{' '.join(why.split())} [skip ci]\n")

    def names(self, prefix: str) -> tuple[str, ...]:
        """List files by the beginning of their names; only backups are ever listed."""
        if not prefix.startswith(BACKUPS):
            return ()
        with self._saying("list", prefix + "*"):
            head = self._fresh()
            rows = self.repository.rows(head, f"{self.folder}/{BACKUPS}") if head else {}
        paths = (os.fsdecode(path) for path, row in rows.items() if row.type == b"blob")
        names = {path.removeprefix(f"{self.folder}/").removesuffix(".json") for path in paths}
        # a target named “backup”, one folder further down, keeps files of these names there
        names -= {BACKUPS + LEDGER, BACKUPS + LOCK}
        return tuple(sorted(name for name in names if name.startswith(prefix)))

    def _swap(self, name: str, blob: str, version: str, message: str) -> str:
        """Push until it is there, or until somebody else has written the file.

        The first push builds on the head we know; were it an old one, it would be refused.
        """
        lost, words = 0, ""
        head = self._known(name, blob, version)
        for turn in range(TURNS):
            if turn:
                self._wait(turn)
                head = self._fetch(doubtful=lost > 0)
            there = self._blob(head, name)
            if blob == there and (lost or blob == version):
                return blob
            if there != version:
                raise Overtaken
            if lost == LOST:
                break
            commit = self.repository.commit(head, self._path(name), blob, message)
            fate, words = self.repository.push(commit)
            if fate == "landed":
                self._head, self._seen = commit, self.now()
                return blob
            if fate == "lost" and is_final(words):
                break
            lost += fate == "lost"
        raise Refused(words, doubtful=lost > 0)

    def _known(self, name: str, blob: str, version: str) -> str:
        """The head to build on: the one we know, if it may be right and a push will tell."""
        if self._seen is None or blob == version or self._blob(self._head, name) != version:
            return self._fetch()
        return self._head

    def _fresh(self) -> str:
        if self._seen is None or self.now() - self._seen >= FRESH:
            return self._fetch()
        return self._head

    def _fetch(self, *, doubtful: bool = False) -> str:
        """Ask the remote for the head; waits for other runs in this clone, and for the network."""
        words = "other runs in this clone keep fetching"
        for turn in range(TURNS):
            try:
                head = self.repository.head()
                if not head or self.repository.bring(head):
                    self._head, self._seen = head, self.now()
                    return head
            except Refused as refused:
                if turn + 1 >= LOST or not is_passing(refused.words):
                    raise Refused(refused.words, here=refused.here, doubtful=doubtful) from refused
            self._wait(turn + 3)
        raise Refused(words, here=True, doubtful=doubtful)

    def _wait(self, turn: int) -> None:
        longest: float = min(PAUSE * 2**turn, LONGEST_PAUSE)
        self.sleep(longest * (0.25 + 0.75 * self.chance()))

    def _blob(self, head: str, name: str) -> str:
        path = self._path(name)
        rows = self.repository.rows(head, path) if head else {}
        row = rows.get(os.fsencode(path))
        if row and (row.type != b"blob" or row.mode == b"120000"):
            raise Refused("it is no file there; take it away", here=True)
        return row.id if row else ""

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}.json"

    @contextmanager
    def _saying(self, verb: str, name: str) -> Iterator[None]:
        try:
            yield
        except Refused as refused:
            reason = explained(refused.words, here=refused.here)
            doubt = " It is not known whether it was written." if refused.doubtful else ""
            raise LedgerError(f"cannot {verb} {self.where(name)}: {reason}{doubt}") from refused


def open_git(folder: Path, target: str, *, patience: float = PATIENCE) -> GitPlace:
    """Open the place of a target, whose publisher.toml is in `folder`, calling no remote yet.

    patience  seconds that one Git command may take.

    Raises ConfigError when there is no Git, no repository around the folder, or no remote.
    """
    clone = Repository(folder=folder, patience=patience)
    try:
        said = clone.ask("rev-parse", "--show-prefix")
        if said.code != 0:
            raise ConfigError(_no_repository(folder, said.words))
        shallow = clone.name("rev-parse", "--is-shallow-repository") == "true"
        remote = _remote(clone)
        known = clone.ask("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT").code == 0
    except Refused as refused:
        reason = explained(refused.words, here=True)
        raise ConfigError(f'ledger = "git" needs Git. {reason}') from refused
    inside = unicodedata.normalize("NFC", os.fsdecode(said.out).rstrip("\n")).strip("/")
    return GitPlace(
        repository=replace(clone, remote=remote, shallow=shallow, identity={} if known else NOBODY),
        folder=f"{inside}/{target}".lstrip("/"),
    )


def _no_repository(folder: Path, words: str) -> str:
    if "safe.directory" in words:
        return (
            f"Git does not trust {folder}, which belongs to another user. Run: "
            f"git config --global --add safe.directory {folder}"
        )
    return (
        f'ledger = "git", but {folder} is in no Git work tree. Clone the repository, or set '
        'ledger = "file".'
    )


def _remote(clone: Repository) -> str:
    """The remote of the current branch, else the only one, else origin."""
    remotes = os.fsdecode(clone.tell("remote")).split()
    branch = os.fsdecode(clone.ask("symbolic-ref", "--quiet", "--short", "HEAD").out).strip()
    mine = os.fsdecode(clone.ask("config", "--get", f"branch.{branch}.remote").out).strip()
    if mine in remotes:
        return mine
    if len(remotes) == 1:
        return remotes[0]
    if "origin" in remotes:
        return "origin"
    if not remotes:
        raise ConfigError(
            'ledger = "git", but the repository has no remote to keep it on. Add one (git remote '
            'add origin ADDRESS), or set ledger = "file".'
        )
    raise ConfigError(
        f'ledger = "git", but the repository has several remotes ({", ".join(remotes)}) and none '
        "is named origin. Give the branch one: git branch --set-upstream-to REMOTE/BRANCH"
    )
