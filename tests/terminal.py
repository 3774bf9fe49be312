"""The command line without a help center: in this process, or as a real one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.world import Outcome, World

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "publisher")


def run_in(folder: Path, *arguments: str) -> Outcome:
    """Run a command in this process, in a folder."""
    return World(folder=folder, center=None).run(*arguments)


def environment(**more: str) -> dict[str, str]:
    """What a command may know of this machine: no CI, no token, no settings of ours."""
    ours = ("PUBLISHER_", "INTERCOM_", "AWS_", "CI", "NO_COLOR")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | more


def process(folder: Path, *arguments: str, **more: str) -> Outcome:
    """Run a command as a process of its own, to its end."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
