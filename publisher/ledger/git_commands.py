"""The few Git commands behind the place on a branch, and what they mean when they fail.

Only plumbing, a fetch and a push: work tree, index, HEAD, branches and tags are never touched.
What is fetched is held by one ref of our own, so that the next fetch brings only what is new.

Git inherits our environment, with its credentials and proxies. It runs in a session of its own,
without a terminal, so neither it nor ssh can stop and ask for a password; nor may it take for
ever. Its words are shown without what stands before the @ of an address.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

BRANCH = "publisher-ledger"
OURS = "refs/publisher/ledger"
"""Where the branch is kept in this clone."""
PATIENCE = 60.0
"""Seconds for one command; a lease of the ledger outlasts several."""
MANNERS = {
    "core.hooksPath": os.devnull,  # a hook of the user's is not about this branch
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fetch.writeCommitGraph": "false",
}
NOBODY = {"user.name": "publisher", "user.email": "publisher@localhost"}
FETCH = ("--no-tags", "--no-write-fetch-head", "--refmap=", "--no-recurse-submodules")
PUSH = ("--porcelain", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no")
Fate = Literal["landed", "moved", "lost"]

_BUSY = re.compile(r"cannot lock ref|update local ref|shallow file has changed|\.lock\b")
_MOVED = re.compile(
    r"^\[rejected\]|fetch first|non-fast-forward|stale info|cannot lock ref|failed to (update|lock)"
    r"|already exists|but expected|incorrect old value"
)
_DENIED = re.compile(r"permission denied|read-only", re.IGNORECASE)
_WARNING = re.compile(r"^(warning|hint):.*\n?", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_USERINFO = re.compile(r"(?<=://)[^/\s]*@")


class Refused(Exception):
    """Git did not do it.

    words     what it said, fit to be shown.
    here      it failed in this clone; the remote was not asked.
    doubtful  what was to be written may be there all the same.
    """

    def __init__(self, words: str, *, here: bool = False, doubtful: bool = False) -> None:
        super().__init__(words)
        self.words, self.here, self.doubtful = words, here, doubtful


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered; `code` is None when it did not within its time."""

    code: int | None
    out: bytes
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry of a tree."""

    mode: bytes
    type: bytes
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A clone, and the remote whose branch holds ledgers. Every method raises Refused.

    identity  settings that say who commits, when Git does not know.
    """

    folder: Path
    remote: str = ""
    shallow: bool = False
    identity: Mapping[str, str] | None = None
    patience: float = PATIENCE

    def ask(self, *arguments: str, given: bytes = b"") -> Said:
        """Run a command and return its answer, whatever it is. Refused: there is no Git."""
        settings = {**MANNERS, **(self.identity or {})}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return _run(["git", *options, "-C", str(self.folder), *arguments], given, self.patience)

    def tell(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run a command that has to succeed, and return what it printed."""
        said = self.ask(*arguments, given=given)
        if said.code != 0:
            raise Refused(said.words, here=True)
        return said.out

    def name(self, *arguments: str, given: bytes = b"") -> str:
        """Run a command that prints the id of an object."""
        return self.tell(*arguments, given=given).decode("ascii", "replace").strip()

    def head(self) -> str:
        """Ask the remote for the commit of the branch; "" where there is none."""
        branch = f"refs/heads/{BRANCH}"
        said = self.ask("ls-remote", self.remote, branch)
        if said.code != 0:
            raise Refused(said.words)
        lines = (line.split("\t") for line in _text(said.out).splitlines())
        return next((line[0] for line in lines if line[1:] == [branch]), "")

    def bring(self, commit: str) -> bool:
        """Make sure that a commit of the branch is here.

        False: another run in this clone is fetching just now, or the branch has moved on.
        A full clone must not become a shallow one by it.
        """
        if self._has(commit):
            return True
        depth = ("--depth=1",) if self.shallow else ()
        said = self.ask("fetch", *FETCH, *depth, self.remote, f"+refs/heads/{BRANCH}:{OURS}")
        if said.code != 0 and not (said.code is not None and _BUSY.search(said.words)):
            raise Refused(said.words)
        return self._has(commit)

    def _has(self, commit: str) -> bool:
        """Whether a commit is here with every file: a fetch that was killed leaves it without."""
        return self.ask("rev-list", "--quiet", "--objects", "--no-walk", commit).code == 0

    def push(self, commit: str) -> tuple[Fate, str]:
        """Push a commit unless the branch has moved; say what became of it, and Git's words.

        Only a status line for the branch is an answer: "lost" means that it may have landed.
        Git does not translate these lines. As after any push, refs/remotes/… knows the branch.
        """
        branch = f"refs/heads/{BRANCH}"
        said = self.ask("push", *PUSH, self.remote, f"{commit}:{branch}")
        lines = (line.split("\t", 2) for line in _text(said.out).splitlines())
        status = next((line for line in lines if line[1:2] == [f"{commit}:{branch}"]), None)
        if status is None:
            return "lost", said.words
        flag, summary = status[0], status[2]
        if flag == "=":  # another's commit, the very same by chance
            return "moved", summary
        if flag != "!":
            return "landed", summary
        words = f"{said.words}\n{summary}"
        if not _MOVED.search(summary) or _DENIED.search(words):
            raise Refused(words)
        return "moved", words

    def rows(self, tree: str, path: str = "") -> dict[bytes, Row]:
        """The entries of a tree by name; with `path`, of a folder below it (none if it is none)."""
        only = ("--", path) if path else ()
        out = self.tell("--literal-pathspecs", "ls-tree", "-z", "--full-tree", tree, *only)
        return dict(_row(line) for line in out.split(b"\0") if line)

    def store(self, content: bytes) -> str:
        """Keep bytes as an object, and return its id."""
        return self.name("hash-object", "-w", "--no-filters", "--stdin", given=content)

    def read(self, blob: str) -> bytes:
        """Return the bytes of an object."""
        return self.tell("cat-file", "blob", blob)

    def with_file(self, tree: str, parts: tuple[bytes, ...], blob: str) -> str:
        """Make a tree like this one but for one file, and return its id; "" when it is empty.

        tree  "" for an empty one.    blob  "" takes the file away.
        """
        rows = self.rows(tree) if tree else {}
        old = rows.pop(parts[0], None)
        new = Row(mode=b"100644", type=b"blob", id=blob)
        if parts[1:]:
            if old and old.type != b"tree":
                name = _text(parts[0])
                raise Refused(f"{name} is a file there and no folder; take it away", here=True)
            below = self.with_file(old.id if old else "", parts[1:], blob)
            new = Row(mode=b"040000", type=b"tree", id=below)
        if new.id:
            rows[parts[0]] = new
        return self._tree(rows) if rows else ""

    def commit(self, parent: str, path: str, blob: str, message: str) -> str:
        """Make a commit that changes one file, and return its id. `parent` "": the first one."""
        parts = tuple(os.fsencode(part) for part in path.split("/"))
        tree = self.with_file(parent, parts, blob) or self._tree({})
        before = ("-p", parent) if parent else ()
        given = message.encode("utf-8", "replace")
        return self.name("commit-tree", "--no-gpg-sign", tree, *before, given=given)

    def _tree(self, rows: Mapping[bytes, Row]) -> str:
        lines = (
            b"%b %b %b\t%b\0" % (row.mode, row.type, row.id.encode(), name)
            for name, row in rows.items()
        )
        return self.name("mktree", "-z", "--missing", given=b"".join(lines))


def _row(line: bytes) -> tuple[bytes, Row]:
    head, _, name = line.partition(b"\t")
    mode, type, id = head.split(b" ")
    return name, Row(mode=mode, type=type, id=id.decode())


def _text(said: bytes) -> str:
    plain = _COLOUR.sub("", said.decode("utf-8", "replace"))
    return _USERINFO.sub("", plain).replace("\r", "\n")


def _run(command: list[str], given: bytes, patience: float) -> Said:
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise Refused(f"Git cannot be run: {error.strerror}", here=True) from error
    with process:
        try:
            out, err = process.communicate(given, timeout=patience)
        except subprocess.TimeoutExpired:
            _end(process)
            return Said(None, b"", f"there was no answer within {patience:g} seconds")
        except BaseException:
            _end(process)
            raise
    return Said(process.returncode, out, _WARNING.sub("", _text(err)))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Git and the connection it started: kindly first, since it then leaves no lock behind."""
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        try:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            process.wait(2)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            continue
