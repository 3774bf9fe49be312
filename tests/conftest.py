"""Options of the whole suite, and what every test of it would otherwise pay for."""

from __future__ import annotations

import functools
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--renew`, which rewrites the expected half of the golden files."""
    parser.addoption("--renew", action="store_true", help="rewrite tests/golden/*.md")


def pytest_configure() -> None:
    """Ask once what is installed: a process of ours asks once, and this one is a thousand of them.

    Before any test imports the program, which takes the function by its name. 3 ms a package.
    """
    metadata.version = functools.cache(metadata.version)


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
