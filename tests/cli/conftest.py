"""Every story has a world of its own, and no settings of the machine it runs on."""

import os

import pytest

from tests.world import SMALL, TOKEN, world


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No CI, no colours wished away, no settings but the token."""
    for name in list(os.environ):
        if name.startswith(("PUBLISHER_", "INTERCOM_")) or name in ("CI", "NO_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)


@pytest.fixture
def story(tmp_path):
    """A small site (two articles that link to each other, one of them in French), not applied."""
    with world(tmp_path) as made:
        made.write(SMALL)
        yield made
