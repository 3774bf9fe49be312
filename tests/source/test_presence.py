"""What was seen in the folder and not read, and what nobody looks at, is told to the planner."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from publisher.source.rules import RULES

TEXT = "---\ntitle: X\n---\nHi.\n"
OFF = dict.fromkeys(RULES, "off")
"""The worst configuration: nothing that is wrong is an error."""


def unread(content, **rules):
    site = content.load(severities=OFF, **rules).site
    return [Path(path).relative_to(content.folder).as_posix() for path in site.unread]


@pytest.mark.parametrize(
    "text",
    [b"", b"\xff\xfe\xff", "---\ntitle: [\n---\nHi.\n", "---\ntitle: X\nHi.\n", "Hi.\n"],
    ids=["empty", "no UTF-8", "no YAML", "no end", "no title"],
)
def test_a_file_that_cannot_be_read_is_told_however_its_rule_is_graded(content, text):
    content.add({"en/x.md": text, "en/y.md": TEXT})
    assert unread(content) == ["en/x.md"]


@pytest.mark.parametrize("name", ["en/x.markdown", "fr/deep/x.mdx", "fin/hand/en/x.mkd"])
def test_a_file_with_nearly_the_suffix_of_ours_is_told_by_default(content, name):
    content.add({name: TEXT, "en/y.md": TEXT})
    site = content.load().site
    assert [Path(path).name for path in site.unread] == [Path(name).name]


def test_a_folder_and_a_pipe_that_are_called_like_articles_are_errors_and_told(content):
    content.add({"en/x.md/inner.txt": "no", "en/y.md": TEXT})
    os.mkfifo(content.folder / "en" / "z.md")
    found = [(rule, path) for rule, path, _ in content.problems()]
    assert found == [("unreadable", "en/x.md"), ("unreadable", "en/z.md")]
    assert unread(content) == ["en/x.md", "en/z.md"]


def test_a_link_that_leads_nowhere_is_told(content):
    content.add({"en/y.md": TEXT})
    (content.folder / "en" / "x.md").symlink_to("away.md")
    assert unread(content) == ["en/x.md"]


def test_a_translation_without_its_source_is_told(content):
    content.add({"en/y.md": TEXT, "fr/x.md": TEXT})
    assert unread(content) == ["fr/x.md"]


def test_what_is_not_published_from_here_is_not_told(content):
    content.add({"README.md": "", "notes.mdx": "", "de/x.md": "", "de/y.mdx": "", "en/y.md": TEXT})
    assert unread(content, locales=("en",)) == []


def test_a_path_is_ignored_whether_there_is_a_file_or_not(content):
    content.add(
        {"en/y.md": TEXT, ".publisherignore": "old/\n*.tmp.md\n!keep.tmp.md\n/fr/gone.md\n"}
    )
    ignores, folder = content.load().site.ignores, content.folder.as_posix()
    assert ignores(f"{folder}/en/old/x.md", None)
    assert ignores(f"{folder}/en/x.tmp.md", None)
    assert not ignores(f"{folder}/en/keep.tmp.md", None)
    assert not ignores(f"{folder}/en/y.md", None)
    assert ignores(f"{folder}/en/gone.md", "fr")
    assert not ignores(f"{folder}/en/gone.md", None)


def test_a_path_of_another_machine_is_understood_and_one_of_elsewhere_is_not(content):
    content.add({"en/y.md": TEXT, ".publisherignore": "old/\n"})
    ignores, name = content.load().site.ignores, content.folder.name
    assert ignores(f"/home/ci/{name}/build/{name}/en/old/x.md", None)
    assert not ignores("elsewhere/en/old/x.md", None)
    assert not ignores("", None)
