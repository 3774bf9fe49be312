"""Options of the whole suite, and what every test of it would otherwise pay for."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import certifi
import pytest
from hypothesis import settings

# A busy machine is no finding, hence no deadline. What a change has to pass says the same twice, so
# its examples are the same ones; `make search` looks for others (decision 0037).
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("house")

ROOT = Path(__file__).parents[1]
MEMORY = Path("/dev/shm")  # Linux: files that no disk keeps
ROOM = 2 << 30  # bytes; a whole run of everything has needed a tenth of it


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--renew`, which rewrites the expected half of the golden files."""
    parser.addoption("--renew", action="store_true", help="rewrite tests/golden/*.md")


def pytest_configure() -> None:
    """Ask once what is installed: a process of ours asks once, and this one is a thousand of them.

    Before any test imports the program, which takes the function by its name. 3 ms a package.
    """
    metadata.version = functools.cache(metadata.version)
    if "TMPDIR" not in os.environ and _is_roomy(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)  # a disk takes 6 ms for every file we ask it to keep
        tempfile.tempdir = None


def _is_roomy(folder: Path) -> bool:
    """Whether a folder takes all that the tests write, programs among it."""
    try:
        mounted = os.statvfs(folder)
    except (OSError, AttributeError):  # another system
        return False
    runs = os.access(folder, os.W_OK) and not mounted.f_flag & os.ST_NOEXEC
    return runs and shutil.disk_usage(folder).free > ROOM


def pytest_collection(session: pytest.Session) -> None:
    """Let each process of a run begin to read at another test: what one prepared others find.

    pytest rewrites every assertion it reads, 7 s for all, and keeps the outcome in `__pycache__`.
    Processes that begin at the same file at the same time would each do all of it.
    """
    worker = getattr(session.config, "workerinput", None)
    if worker is None:
        return
    files = sorted({file for told in session.config.args for file in _tests_of(told)})
    begin = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    wished, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    for file in files[begin:] + files[:begin]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # told when it is collected
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    sys.dont_write_bytecode = wished


def _tests_of(told: str) -> list[Path]:
    """Return the files of tests that an argument of pytest's means, of this suite."""
    place = (ROOT / told.partition("::")[0]).resolve()
    files = [place] if place.is_file() else list(place.rglob("test_*.py"))
    return [file for file in files if file.is_relative_to(ROOT / "tests")]


@pytest.fixture(scope="session", autouse=True)
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """httpx reads certifi's whole list for every client, 20 ms; we speak HTTP on loopback."""
    end = "-----END CERTIFICATE-----\n"
    first = Path(certifi.where()).read_text(encoding="utf-8").partition(end)[0] + end
    shorter = tmp_path_factory.mktemp("certificates") / "one.pem"
    shorter.write_text(first, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certifi, "where", lambda: str(shorter))
        yield
