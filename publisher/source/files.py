"""Walk the content folder and read its files: the only disk access to content.

A file is found under two spellings: `path`, as it lies on disk, for messages, and
`name`, the same in Unicode NFC, for keys and links (macOS hands out accents
decomposed). Nothing outside the content folder is ever read: a symbolic link that
leads out of it is refused, because a pull request could otherwise publish any file
of the machine that builds it.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pathspec import GitIgnoreSpec

from publisher.model import NOTHING
from publisher.source.rules import Finding

LARGEST = 8 * 1024 * 1024
"""Bytes. The longest real page we know has 1.8 MB; nothing a person reads has 8."""
DEEPEST = 100
"""Folders in each other. Collections have three levels, and what opens folders is not endless."""
IGNORE = ".publisherignore"
LOOKALIKES = (".markdown", ".mdown", ".mdx", ".mkd")
_SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the content folder: where it is, and what tells whether it changed.

    content   of a draft: the bytes that it would have; nothing at `real` is looked at then.
    ctime_ns  when anything about it was changed last, its name and times included.
    """

    path: str
    name: str
    real: Path
    size: int
    mtime_ns: int
    content: bytes | None = None
    ctime_ns: int = 0

    @property
    def stamp(self) -> tuple[int, ...]:
        """What is another whenever the file has been written to."""
        return (self.size, self.mtime_ns, self.ctime_ns)

    @property
    def is_markdown(self) -> bool:
        """Whether it is ours to read as text."""
        return self.path.lower().endswith(_SUFFIX)


@dataclass(frozen=True, slots=True)
class Tree:
    """All files of the content folder in order of their names; `others` may be assets."""

    markdown: tuple[Found, ...] = ()
    others: tuple[Found, ...] = ()
    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()

    def ignores(self, name: str) -> bool:
        """Whether a file of this name would be left out, be it there or not."""
        parts = name.split("/")
        above = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts))]
        return any(one.matches(path) for path in (*above, name) for one in self.ignored)


@dataclass(frozen=True, slots=True)
class _Root:
    real: Path
    ignored: tuple[Ignored, ...]

    def ignores(self, path: str) -> bool:
        return any(one.matches(path) for one in self.ignored)


@dataclass(frozen=True, slots=True)
class Ignored:
    """One .publisherignore; `above`: how its folder calls the content folder, if it is not that."""

    patterns: GitIgnoreSpec
    above: str = ""

    def matches(self, path: str) -> bool:
        """Whether a pattern names the path, from either folder, and none takes it back."""
        spellings = {path, f"{self.above}/{path}"} if self.above else {path}
        said = {self.patterns.check_file(each).include for each in spellings}
        return True in said and False not in said


def walk(folder: Path, drafts: Mapping[str, bytes | None] = NOTHING) -> Tree:
    """List the content folder, without what `.publisherignore` names and what begins with a dot.

    There may be such a file in the content folder, and one in the folder above it.

    drafts  files as they would be, by name; None: as if the file were not there. They are
            left out where a file of that name would be. A folder that does not exist yet
            is one that holds just them.

    Raises nothing: a folder that is missing or cannot be read is a finding.
    """
    would_be = not os.path.lexists(folder) and any(each is not None for each in drafts.values())
    if not os.path.isdir(folder) and not would_be:
        what = "is not a folder" if os.path.lexists(folder) else "does not exist"
        advice = "Make it, or set `content` in publisher.toml; `publisher init` makes a sample."
        return Tree(
            findings=(Finding("content-missing", "", f"The content folder {what}.", advice),)
        )
    here, findings = _ignored(folder / IGNORE, IGNORE, drafts.get(IGNORE))
    above, faults = _ignored(folder.parent / IGNORE, f"../{IGNORE}") if folder.name else ([], [])
    findings += faults
    ignored = (*(Ignored(one) for one in here), *(Ignored(one, folder.name) for one in above))
    root = _Root(Path(os.path.realpath(folder)), ignored)
    found: list[Found] = []
    above_all = frozenset({str(root.real)})
    for each in () if would_be else _entries(root, folder, "", above_all):
        if isinstance(each, Found):
            found.append(each)
        else:
            findings.append(each)
    found = _with_drafts(found, drafts, folder, root)
    found.sort(key=lambda file: (file.name, file.path))
    findings += [_lookalike(file) for file in found if file.path.lower().endswith(LOOKALIKES)]
    return Tree(
        tuple(file for file in found if file.is_markdown),
        tuple(file for file in found if not file.is_markdown),
        tuple(findings),
        ignored,
    )


def _with_drafts(
    found: list[Found], drafts: Mapping[str, bytes | None], folder: Path, root: _Root
) -> list[Found]:
    """Put drafts in the place of the files that they would replace."""
    if not drafts:
        return found
    wanted = {unicodedata.normalize("NFC", name): content for name, content in drafts.items()}
    on_disk = {each.name: each for each in found if each.name in wanted}
    kept = [each for each in found if each.name not in wanted]
    for name, content in wanted.items():
        parts = name.split("/")
        above = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts))]
        hidden = any(part.startswith(".") for part in parts)
        if content is None or hidden or any(map(root.ignores, [*above, name])):
            continue
        size = len(content)
        draft = on_disk.get(name) or Found(name, name, folder / name, size, 0)
        kept.append(replace(draft, size=size, mtime_ns=0, content=content))
    return kept


def read(found: Found) -> bytes | Finding:
    """Return the bytes of a file, or why they cannot be had."""
    if found.size > LARGEST:
        size = f"{found.size / 1024 / 1024:.1f} MB"
        return Finding(
            "too-large",
            found.path,
            f"The file has {size}; an article may have {LARGEST // 1024 // 1024} MB.",
            "Split it into several articles.",
        )
    if found.content is not None:
        return found.content
    try:
        return found.real.read_bytes()
    except OSError as error:
        return _unreadable(found.path, error)


def decode(path: str, raw: bytes) -> str | Finding:
    """Return the text with `\\n` as its only line end and without a byte order mark."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Finding("encoding", path, "The file is UTF-16.", "Save it as UTF-8.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _lines(raw[: error.start]) + 1
        what = f"Line {line} holds a byte that is not UTF-8 (0x{raw[error.start]:02x})."
        return Finding("encoding", path, what, "Save the file as UTF-8.", line)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        what = f"Line {line} holds a zero byte, so this is no text."
        return Finding("encoding", path, what, "Restore the file, or name it without .md.", line)
    return text


def _lines(raw: bytes) -> int:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")


def _ignored(
    file: Path, name: str, draft: bytes | None = None
) -> tuple[list[GitIgnoreSpec], list[Finding]]:
    """Read what a file says to ignore; `name` is the file's path for findings."""
    try:
        raw = file.read_bytes() if draft is None else draft
        text = raw.decode("utf-8-sig", "replace")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [_unreadable(name, error)]
    try:
        return [GitIgnoreSpec.from_lines(text.splitlines())], []
    except ValueError:
        what = f"A line of {IGNORE} cannot be understood, so nothing in it is ignored."
        return [], [Finding("ignore-invalid", name, what, "See `man gitignore`.")]


def _entries(
    root: _Root, folder: Path, below: str, above: frozenset[str]
) -> Iterator[Found | Finding]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(below, error)
        return
    for entry in entries:
        if not entry.name.startswith("."):
            yield from _entry(root, entry, f"{below}/{entry.name}" if below else entry.name, above)


def _entry(
    root: _Root, entry: os.DirEntry[str], path: str, above: frozenset[str]
) -> Iterator[Found | Finding]:
    try:
        facts = entry.stat()
    except FileNotFoundError:
        if entry.is_symlink() and not root.ignores(path):
            yield _refused_link(path, "nowhere")
        return
    except OSError as error:
        yield _unreadable(path, error)
        return
    folder = stat.S_ISDIR(facts.st_mode)
    if root.ignores(path + "/" if folder else path):
        return
    if not _is_printable(entry.name):
        yield _unreadable_name(path)
        return
    real = os.path.realpath(entry.path) if entry.is_symlink() else ""
    if real and not Path(real).is_relative_to(root.real):
        yield _refused_link(path, "out of the content folder")
    elif folder:
        yield from _folder(root, entry, path, above)
    else:
        yield from _file(entry, path, facts)


def _file(entry: os.DirEntry[str], path: str, facts: os.stat_result) -> Iterator[Found | Finding]:
    if stat.S_ISREG(facts.st_mode):
        name = unicodedata.normalize("NFC", path)
        yield Found(
            path,
            name,
            Path(entry.path),
            facts.st_size,
            facts.st_mtime_ns,
            ctime_ns=facts.st_ctime_ns,
        )
    elif path.lower().endswith(_SUFFIX):
        yield _no_file(path, "a pipe, a socket or a device")


def _folder(
    root: _Root, entry: os.DirEntry[str], path: str, above: frozenset[str]
) -> Iterator[Found | Finding]:
    if path.lower().endswith(_SUFFIX):
        yield _no_file(path, "a folder")
    if len(above) > DEEPEST:
        what = f"More than {DEEPEST} folders lie in each other here; what is below is not read."
        yield Finding("unreadable", path, what, "Move it up.")
        return
    real = os.path.realpath(entry.path)
    if real in above:
        what = "This symbolic link leads to a folder that it lies in."
        yield Finding("symlink-loop", path, what, "Remove it.")
        return
    yield from _entries(root, Path(entry.path), path, above | {real})


def _is_printable(name: str) -> bool:
    return not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)


def _unreadable_name(path: str) -> Finding:
    shown = "".join(letter if _is_printable(letter) else "?" for letter in path)
    what = "The name holds characters that cannot be shown."
    return Finding("name-unreadable", shown, what, "Rename it.")


def _refused_link(path: str, where: str) -> Finding:
    advice = "Put the file itself there, or name the link in .publisherignore."
    return Finding("symlink-outside", path, f"This symbolic link leads {where}.", advice)


def _unreadable(path: str, error: OSError) -> Finding:
    reason = error.strerror or type(error).__name__
    return Finding("unreadable", path, f"It cannot be read: {reason}.", "Check its permissions.")


def _no_file(path: str, instead: str) -> Finding:
    what = f"It is called like an article, but it is {instead}."
    return Finding("unreadable", path, what, "Put the file there, or rename it.")


def _lookalike(found: Found) -> Finding:
    suffix = found.path[found.path.rindex(".") :]
    what = f"Files that end in {suffix} are not read as articles."
    return Finding("suffix-unknown", found.path, what, "Rename it to end in .md.")
