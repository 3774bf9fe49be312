"""Where a story's ledger is kept, and what it means there to lose the whole disk.

file   beside the content; with the disk everything would be lost, so it never is
git    on a branch of the repository's remote; the disk is lost and cloned again
s3     in a bucket (moto's server); `.publisher/` is lost, as with any fresh checkout
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MIXED = ("file", "file", "file", "git", "s3")
"""How often each is met in a mixed run; the shared ones are slower."""
BUCKET = "ledgers"
NOBODY = {
    "GIT_AUTHOR_NAME": "Author", "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "Author", "GIT_COMMITTER_EMAIL": "author@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Ground:
    """The folder of one story. `env` is for its commands."""

    kind: str
    folder: Path
    setting: str = "file"
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def remote(self) -> Path:
        """The repository that outlives the disk."""
        return self.folder.parent / "remote.git"

    def save(self) -> None:
        """The author's edit is finished: with git, committed and pushed."""
        if self.kind == "git":
            self._git("add", "-A")
            self._git("commit", "-q", "--allow-empty", "-m", "Edit")
            self._git("push", "-q", "origin", "HEAD:main")

    def lose(self) -> bool:
        """Lose the disk, if something else remembers; says whether it was lost."""
        if self.kind == "file":
            return False
        if self.kind == "s3":
            shutil.rmtree(self.folder / ".publisher", ignore_errors=True)
            return True
        # Whoever still writes there, such as the `git` of a killed run, may go on for nothing.
        self.folder.rename(self.folder.with_name(f"lost-{time.monotonic_ns()}"))
        clone = ["git", "clone", "-q", "-b", "main", str(self.remote), str(self.folder)]
        _run(clone, self.folder.parent)
        return True

    def _git(self, *words: str) -> None:
        _run(["git", *words], self.folder)


def _run(words: list[str], folder: Path) -> None:
    subprocess.run(words, cwd=folder, env={**os.environ, **NOBODY}, check=True, timeout=60)


def ground(kind: str, folder: Path, bucket: Bucket) -> Ground:
    """Prepare a story's empty folder."""
    folder.mkdir(parents=True)
    if kind == "git":
        made = Ground(kind=kind, folder=folder, setting="git", env=NOBODY)
        _run(["git", "init", "-q", "--bare", "-b", "main", str(made.remote)], folder)
        _run(["git", "init", "-q", "-b", "main", "."], folder)
        _run(["git", "remote", "add", "origin", str(made.remote)], folder)
        (folder / ".gitignore").write_text(".publisher/\nplan.json\n")
        return made
    if kind == "s3":
        setting = f"s3://{BUCKET}/{folder.parent.name}"
        return Ground(kind=kind, folder=folder, setting=setting, env=bucket.open())
    return Ground(kind=kind, folder=folder)


@dataclass(slots=True)
class Bucket:
    """moto's server, started when the first story asks for it."""

    _server: Any = None
    _env: dict[str, str] = field(default_factory=dict)

    def open(self) -> Mapping[str, str]:
        """Return what an S3 client needs to know."""
        if self._server is None:
            self._start()
        return self._env

    def _start(self) -> None:
        import boto3
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self._env = {
            "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        known = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        url = self._env["AWS_ENDPOINT_URL_S3"]
        client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **known)
        client.create_bucket(Bucket=BUCKET)

    def close(self) -> None:
        """Stop it."""
        if self._server is not None:
            self._server.stop()
