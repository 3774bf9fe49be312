"""Take the content of an untrusted revision as data: plain files in the content folder, no more.

A job that holds a token never checks out what somebody proposes. Another job, which holds nothing,
packs the content folder of that revision as a tar (`git archive HEAD content`), and this one puts
its files in place of those that are checked out. Names are checked and files are written by us, so
no feature of the format matters: no link is followed or made, no mode or owner is taken over.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from publisher.config import FILE, Config
from publisher.errors import ConfigError, PublisherError

LARGEST, MOST = 500 * 1024 * 1024, 100_000
"""Bytes in all, and files; help centers are far smaller."""


class Suspicious(PublisherError):
    """The archive holds what is no content; nothing was replaced."""


def replace_content(config: Config, archive: Path) -> int:
    """Replace the content folder by the one in a tar; returns the number of files.

    Raises Suspicious for links, devices, and names that lead out of the content folder, and for an
    archive without a file; ConfigError where configuration would be taken along.
    """
    folder = config.content_folder
    _check_apart(config)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".content-", dir=folder.parent) as scratch:
            fresh = Path(scratch) / "content"
            fresh.mkdir()
            count = _unpack(archive, PurePosixPath(config.content), fresh)
            if folder.is_symlink() or folder.is_file():
                raise Suspicious(f"{folder} is no folder.")
            if folder.exists():
                folder.rename(Path(scratch) / "former")
            fresh.rename(folder)
    except tarfile.TarError as error:
        raise Suspicious(f"{archive}: is no tar archive ({error}).") from error
    except OSError as error:
        raise PublisherError(f"cannot unpack {archive}: {error.strerror or error}.") from error
    return count


def _check_apart(config: Config) -> None:
    """The folder that is replaced must not hold what decides about it, nor the whole checkout."""
    folder, root = (Path(os.path.realpath(each)) for each in (config.content_folder, config.root))
    if root.is_relative_to(folder):
        raise ConfigError(
            f"content = {config.content!r}: the content folder holds {FILE}, so whoever proposes "
            "content would bring settings and policy along. Nothing was replaced. Move the content "
            f"into a folder of its own beside {FILE}."
        )


def _unpack(archive: Path, below: PurePosixPath, fresh: Path) -> int:
    total, count = 0, 0
    with tarfile.open(archive, "r:") as tar:
        for member in _members(tar, archive, below):
            total, count = total + member.size, count + 1
            if total > LARGEST or count > MOST:
                raise Suspicious(f"{archive}: is larger than any help center.")
            place = fresh.joinpath(*PurePosixPath(member.name).relative_to(below).parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            content = tar.extractfile(member)
            assert content is not None
            _write(content, place, archive, member.name)
    if not count:
        raise Suspicious(
            f"{archive}: holds no file of {below}. A pull request that takes all content away is "
            "not planned; was the archive made in the folder of publisher.toml?"
        )
    return count


def _write(content: IO[bytes], place: Path, archive: Path, name: str) -> None:
    try:
        with place.open("xb") as file:
            shutil.copyfileobj(content, file)
    except FileExistsError as error:
        raise Suspicious(f"{archive}: holds {name!r} twice.") from error


def _members(
    tar: tarfile.TarFile, archive: Path, below: PurePosixPath
) -> Iterator[tarfile.TarInfo]:
    """The files of the archive, each checked; folders are made for the files that are in them."""
    for member in tar:
        path = PurePosixPath(member.name)
        parts = path.parts
        outside = path.is_absolute() or ".." in parts or not path.is_relative_to(below)
        if member.isdir() and not path.is_absolute() and ".." not in parts:
            continue
        if outside or path == below or {"\\", "\0"} & set(member.name) or ".git" in parts:
            raise Suspicious(f"{archive}: {member.name!r} is not in the content folder.")
        if not member.isreg():
            raise Suspicious(
                f"{archive}: {member.name!r} is a link or a device; content is made of plain files."
                " Replace it by a copy of the file."
            )
        yield member
