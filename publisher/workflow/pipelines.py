"""The pipeline that `publisher init` writes: for which forge, where, and fitted to the repository.

The sample holds its files with marks: @PUBLISHER@ as pip finds this program, @BRANCH@ that is
published, and @FOLDER@, @PREFIX@ and @CONTENT@, which say where publisher.toml and the content are.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publisher import config as configs
from publisher.errors import ConfigError
from publisher.source.revision import folder_in_repository, git
from publisher.workflow.origin import requirement

Forge = Literal["github", "gitlab", "none", ""]
FILES = {"dot-github/": "github", "dot-gitlab-ci.yml": "gitlab"}
"""How the names of a pipeline's files begin in the sample, and for which forge they are."""
PLAIN = re.compile(r"[\w./ -]*")
"""What may stand in a quoted text of YAML, and between the quotes of a shell, as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Where a pipeline goes.

    folder  of publisher.toml; inside  the same, below the repository, "" for its root.
    """

    folder: Path
    forge: Forge = "none"
    inside: str = ""
    branch: str = "main"
    content: str = "content"

    @classmethod
    def of(cls, folder: Path, forge: Forge = "") -> Pipeline:
        """Look at the repository around a folder; without one, it is going to be this folder."""
        made = cls(
            folder=folder,
            forge=forge or _forge_of(folder),
            inside=folder_in_repository(folder),
            branch=_branch(folder),
            content=_content(folder),
        )
        for text in (made.inside, made.branch, made.content):
            if made.forge != "none" and not PLAIN.fullmatch(text):
                raise ConfigError(
                    f"{text!r} cannot be written into a pipeline as it is. Leave the pipeline out "
                    "with --ci none, and write your own."
                )
        return made

    def wants(self, name: str) -> bool:
        """Whether a file of the sample belongs to it; what is no pipeline's belongs to all."""
        return forge_of(name) in ("", self.forge)

    def place(self, name: str) -> Path:
        """Where a file of the sample goes: a pipeline to the root of the repository."""
        up = len(Path(self.inside).parts) if forge_of(name) else 0
        return Path(os.path.normpath(self.folder.joinpath(*[".."] * up, name.replace("dot-", "."))))

    def fitted(self, content: bytes) -> bytes:
        """Put in what the marks stand for."""
        marks = {
            "@PUBLISHER@": requirement(),
            "@BRANCH@": self.branch,
            "@FOLDER@": self.inside or ".",
            "@PREFIX@": f"{self.inside}/" if self.inside else "",
            "@CONTENT@": self.content,
        }
        text = content.decode()
        for mark, value in marks.items():
            text = text.replace(mark, value)
        return text.encode()


def forge_of(name: str) -> str:
    """For which forge a file of the sample is; "" for one that is no pipeline's."""
    return next((forge for start, forge in FILES.items() if name.startswith(start)), "")


def _content(folder: Path) -> str:
    """The content folder, as far as a publisher.toml that is there can be read."""
    try:
        return configs.load(folder, environment={}).content
    except ConfigError:
        return configs.Config(root=folder).content


def _forge_of(folder: Path) -> Forge:
    """GitHub, unless a remote or a file speaks of GitLab."""
    said = git(folder, "remote", "--verbose")
    remotes = said[1].lower() if said and said[0] == 0 else ""
    there = (folder / ".gitlab-ci.yml").exists()
    return "gitlab" if "gitlab" in remotes or there else "github"


def _branch(folder: Path) -> str:
    """The branch that is published: the remote's own, else the one that is checked out."""
    for asked in (
        ("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"),
        ("symbolic-ref", "--quiet", "--short", "HEAD"),
    ):
        said = git(folder, *asked)
        if said and said[0] == 0 and said[1].strip():
            return said[1].strip().removeprefix("origin/")
    return "main"
