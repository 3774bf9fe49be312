"""Options of the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--renew`, which rewrites the expected half of the golden files."""
    parser.addoption("--renew", action="store_true", help="rewrite tests/golden/*.md")
