"""A watch that fails goes on looking."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.preview.watch import Watch, Watched
from tests.preview.room import wait_until


@pytest.fixture
def content(tmp_path):
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def watching(content: Path, looks: list[int], said: list[str], **settings: object) -> Watch:
    return Watch(
        Watched(folder=content),
        lambda: looks.append(1),
        tell=said.append,
        **{"idle": 3600, **settings},
    )


def test_a_git_file_that_points_to_no_path_hides_no_change(content):
    looks, said = [], []
    (content.parent / ".git").write_bytes(b"gitdir: \0")
    with watching(content, looks, said):
        (content / "a.md").write_text("a")
        wait_until(lambda: looks)
    assert said == []


def test_a_watch_that_fails_says_so_once_and_looks_every_second_from_then_on(content):
    looks, said = [], []

    def wanted() -> bool:
        raise ZeroDivisionError("no reason")

    with watching(content, looks, said, idle=0.0, wanted=wanted):
        (content / "a.md").write_text("a")
        wait_until(lambda: said and looks)
    (sentence,) = said
    assert "ZeroDivisionError: no reason" in sentence
    assert sentence.endswith("the files are looked at every second instead.")
