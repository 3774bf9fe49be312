"""Loading does no work that shows nowhere, and what it saves changes nothing that it says."""

from __future__ import annotations

import gc
from pathlib import PurePosixPath

import pytest

from publisher.source.rules import full_path

TEXT = "# Article {0}\n\nSome *words*.\n\n- one\n- two\n\n[Elsewhere](https://example.com)\n"


def collections_of(content):
    """How often the garbage collector goes to work while a folder is read."""
    begun = []

    def note(phase, facts):
        if phase == "start":
            begun.append(facts["generation"])

    before = gc.get_threshold()
    gc.collect()
    gc.set_threshold(50)
    gc.callbacks.append(note)
    try:
        loaded = content.load()
    finally:
        gc.callbacks.remove(note)
        gc.set_threshold(*before)
    return loaded.parsed, len(begun)


def test_however_much_is_read_the_collector_looks_at_it_no_more_often(content):
    content.add({"en/a.md": TEXT.format("")})
    _, of_one = collections_of(content)
    content.add({f"en/a{number}.md": TEXT.format(number) for number in range(40)})
    assert collections_of(content) == (40, of_one)
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off(content):
    content.add({"en/a.md": TEXT.format(1)})
    gc.disable()
    try:
        content.load()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_half_a_character_in_a_title_is_kept_like_any_other(content):
    content.add({"en/a.md": '---\ntitle: "a\\ud83d b"\n---\n\nÉté, 日本, 🎈.\n'})
    first, second = content.load(), content.load()
    assert (first.parsed, second.parsed) == (1, 0)
    assert (second.site, second.problems) == (first.site, first.problems)


@pytest.mark.parametrize("path", ["en/a.md", "en/b c/ü.md", "", "../redirects.yml"])
@pytest.mark.parametrize(
    "folder", ["content", "./content", "a//b/", "../docs", "/srv/content", "/", ".", ".."]
)
def test_a_path_is_spelt_as_pathlib_would_spell_it(folder, path):
    whole = PurePosixPath(folder)
    wanted = whole.parent / path[3:] if path.startswith("../") else whole / path
    assert full_path(folder, path) == wanted.as_posix()
