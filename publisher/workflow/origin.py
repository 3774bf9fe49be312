"""Where this program came from, so that pipelines install the same one.

Jobs hold tokens, and an index may have a stranger's package of our name. So a bare version is
written only by a program that came from an index itself.
"""

from __future__ import annotations

import functools
import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from publisher import __version__
from publisher.source.revision import folder_in_repository, git

NAME = "publisher"
UNKNOWN = f"{NAME} @ git+https://{NAME}.invalid/{NAME}.git@COMMIT"
"""Stands where nobody can tell. `.invalid` is never resolved (RFC 2606), so that a job stops."""
PLAIN = re.compile(r"https://[\w.-]+(:\d+)?/[\w./~%+-]+")
"""An address that may stand in a quoted text of YAML, and between the quotes of a shell."""
COMMIT = re.compile(r"[0-9a-f]{40,64}")


@functools.cache
def requirement() -> str:
    """Return what to give to pip, for this very program; UNKNOWN where that cannot be told."""
    return requirement_of(_told_by_pip(), Path(__file__).parents[2])


def requirement_of(told: str | None, sources: Path) -> str:
    """Return what to give to pip.

    told     direct_url.json of the installation (PEP 610); None: there is none, as for what came
             from an index.
    sources  where the program's files are, should it not have been installed at all.
    """
    if told is None:
        return _of_checkout(sources) if (sources / "pyproject.toml").exists() else _of_index()
    try:
        row = json.loads(told)
        address = urlsplit(row["url"])
        if "vcs_info" in row:
            return _of_git(row["url"], row["vcs_info"]["commit_id"], row.get("subdirectory", ""))
        if "archive_info" in row:
            return _of_archive(row["url"], row["archive_info"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return UNKNOWN
    return _of_checkout(Path(unquote(address.path))) if address.scheme == "file" else UNKNOWN


def _told_by_pip() -> str | None:
    try:
        return metadata.distribution(NAME).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None


def _of_index() -> str:
    return f"{NAME}=={__version__}"


def _of_git(address: str, commit: str, inside: str) -> str:
    """`inside`: folder of the program in its repository, "" for the root."""
    public = _public(address)
    if not public or not COMMIT.fullmatch(commit) or not re.fullmatch(r"[\w./-]*", inside):
        return UNKNOWN
    below = f"#subdirectory={inside}" if inside else ""
    return f"{NAME} @ git+{public}@{commit}{below}"


def _of_archive(address: str, told: dict[str, Any]) -> str:
    digest, public = told.get("hashes", {}).get("sha256", ""), _public(address)
    if not public or not re.fullmatch(r"[0-9a-f]{64}", digest):
        return UNKNOWN
    return f"{NAME} @ {public}#sha256={digest}"


def _of_checkout(folder: Path) -> str:
    """As its remote has it. A commit that was not pushed is one that a job does not find."""
    origin = git(folder, "remote", "get-url", "origin")
    head = git(folder, "rev-parse", "HEAD")
    if not origin or not head or origin[0] or head[0]:
        return UNKNOWN
    return _of_git(origin[1].strip(), head[1].strip(), folder_in_repository(folder))


def _public(address: str) -> str:
    """The address without whoever may use it; "" for one that no job can reach or read."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
    return urlunsplit(bare) if PLAIN.fullmatch(urlunsplit(bare)) else ""
