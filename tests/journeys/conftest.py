"""Every story has a world of its own."""

import pytest

from tests.world import SMALL, TOKEN, world


@pytest.fixture
def story(tmp_path, monkeypatch):
    """A small site (two articles that link to each other, one of them in French), not applied."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path) as made:
        made.write(SMALL)
        yield made
