"""The content folder as it lies on real disks."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from publisher.model import ContentRules, Key, Ref
from publisher.source import load
from publisher.source.document import compile_document
from publisher.source.files import read, walk


def test_a_missing_content_folder_is_one_problem(tmp_path):
    loaded = load(tmp_path / "nowhere", ContentRules())
    assert [problem.rule for problem in loaded.problems] == ["content-missing"]
    assert not loaded.site.things


def test_a_file_in_place_of_the_content_folder_is_one_problem(tmp_path):
    (tmp_path / "content").write_text("")
    loaded = load(tmp_path / "content", ContentRules())
    assert "is not a folder" in loaded.problems[0].what


def test_spots_are_spelt_as_the_folder_was_given(tmp_path, monkeypatch):
    (tmp_path / "docs" / "en").mkdir(parents=True)
    (tmp_path / "docs" / "en" / "a.md").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    folder = (tmp_path / "docs").relative_to(tmp_path)
    assert [str(each.spot) for each in load(folder, ContentRules()).problems] == ["docs/en/a.md:1"]
    monkeypatch.chdir(tmp_path / "docs")
    here = load(folder.parent, ContentRules())
    assert [str(each.spot) for each in here.problems] == ["en/a.md:1"]


def test_windows_files_are_read_as_if_clean(content):
    content.write(**{"en/a.md": b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\n\r\n## B\r\n\r\nText.\r\n"})
    loaded = content.load()
    assert not loaded.problems
    article = loaded.site.things[Ref("article", Key("a"))]
    assert article.translations["en"].lines == (5, 7)


def test_how_lines_end_does_not_change_the_digest(content):
    content.write(**{"en/a.md": "# A\n\nText.\n"})
    unix = content.load().digest
    content.write(**{"en/a.md": "\ufeff# A\r\n\r\nText.\r\n"})
    assert content.load().digest == unix
    content.write(**{"en/a.md": "# A\n\nText!\n"})
    assert content.load().digest != unix


def test_a_byte_that_is_not_utf_8_names_its_line(content):
    content.write(**{"en/a.md": b"# A\r\n\r\ncaf\xe9\r\n", "en/b.md": "# B\n\nText.\n"})
    assert content.problems() == [("encoding", "en/a.md", 3)]
    assert [ref.key for ref in content.load().site.things] == ["b"]


@pytest.mark.parametrize("raw", ["# A".encode("utf-16"), b"# A\n\0\n"])
def test_what_is_no_text_is_refused(content, raw):
    content.write(**{"en/a.md": raw})
    assert [rule for rule, _, _ in content.problems()] == ["encoding"]


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff"])
def test_an_empty_file_is_refused(content, text):
    content.write(**{"en/a.md": text})
    assert content.problems() == [("file-empty", "en/a.md", 1)]


def test_a_file_too_large_for_an_article_is_refused_unread(content):
    content.write(**{"en/a.md": "# A\n"})
    with (content.folder / "en/a.md").open("r+b") as file:
        file.truncate(9 * 1024 * 1024)
    assert content.problems() == [("too-large", "en/a.md", 1)]


def test_a_name_is_one_key_however_its_accents_are_spelt(content):
    decomposed = unicodedata.normalize("NFD", "café menu")
    content.add(
        {f"en/{decomposed}.md": "# A\n\n[b](caf%C3%A9.md)\n", "en/café.md": "# B\n\nText.\n"}
    )
    loaded = content.load()
    assert not loaded.problems
    assert {ref.key for ref in loaded.site.things} == {"café menu", "café"}


def test_the_same_name_in_both_spellings_is_claimed_twice(content):
    names = [unicodedata.normalize(form, "café") for form in ("NFC", "NFD")]
    content.add({f"en/{name}.md": "# A\n\nText.\n" for name in names})
    assert {rule for rule, _, _ in content.problems()} == {"key-duplicate"}
    assert len(content.problems()) == 2


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"a\nb.md"])
def test_a_name_that_cannot_be_shown_is_refused(content, name):
    folder = content.folder / "en"
    folder.mkdir()
    with open(os.path.join(os.fsencode(folder), name), "wb") as file:
        file.write(b"# A\n")
    (problem,) = content.load().problems[:1]
    assert problem.rule == "name-unreadable"
    str(problem).encode()


def test_hidden_and_ignored_files_are_not_read(content):
    content.add(
        {
            ".publisherignore": "# ours\ndrafts/\n*.draft.md\n!en/kept.draft.md\n",
            "en/a.md": "# A\n\nText.\n",
            "en/.hidden.md": "",
            ".git/x.md": "",
            "en/drafts/b.md": "",
            "en/c.draft.md": "",
            "en/kept.draft.md": "# K\n\nText.\n",
        }
    )
    loaded = content.load()
    assert not loaded.problems
    assert {ref.key for ref in loaded.site.things} == {"a", "kept.draft"}


@pytest.mark.parametrize("pattern", ["content/drafts/", "drafts/", "/drafts/", "content/drafts/*"])
def test_publisherignore_may_lie_beside_the_configuration(content, pattern):
    (content.folder.parent / ".publisherignore").write_text(f"{pattern}\n")
    content.add({"en/a.md": "# A\n\nText.\n", "drafts/b.md": "", "bin/c.md": ""})
    assert content.problems() == [("file-empty", "bin/c.md", 1), ("locale-unknown", "bin/c.md", 1)]


def test_both_files_of_ignored_names_count_and_each_can_take_its_own_back(content):
    above = content.folder.parent / ".publisherignore"
    above.write_text("*.bak.md\n!content/en/kept.bak.md\n")
    text = "# A\n\nText.\n"
    names = ("en/a.md", "en/b.md", "en/c.bak.md", "en/kept.bak.md")
    content.add({".publisherignore": "b.md\n", **dict.fromkeys(names, text)})
    assert {ref.key for ref in content.load().site.things} == {"a", "kept.bak"}


def test_a_fault_in_the_publisherignore_above_is_named_by_its_own_path(content):
    above = content.folder.parent / ".publisherignore"
    above.write_text("a\n!\n")
    content.add({"en/a.md": "# A\n\nText.\n"})
    assert content.the("ignore-invalid").spot.path == above.as_posix()


def test_a_line_of_publisherignore_that_means_nothing_is_a_problem(content):
    content.add({".publisherignore": "a\n!\n", "en/a.md": "# A\n\nText.\n"})
    assert [rule for rule, _, _ in content.problems()] == ["ignore-invalid"]


def test_a_symbolic_link_inside_the_folder_is_followed(content):
    content.add({"en/a.md": "# A\n\nText.\n"})
    (content.folder / "en/b.md").symlink_to("a.md")
    (content.folder / "fr").symlink_to("en")
    loaded = content.load()
    assert not loaded.problems
    assert set(loaded.site.things[Ref("article", Key("b"))].translations) == {"en", "fr"}


def test_a_symbolic_link_out_of_the_folder_is_refused(content, tmp_path):
    (tmp_path / "secret.md").write_text("# Secret\n")
    content.add({"en/a.md": "# A\n\nText.\n"})
    (content.folder / "en/b.md").symlink_to(tmp_path / "secret.md")
    (content.folder / "en/all").symlink_to(tmp_path)
    (content.folder / "en/gone.md").symlink_to("nobody.md")
    assert content.problems() == [
        ("symlink-outside", "en/all", 1),
        ("symlink-outside", "en/b.md", 1),
        ("symlink-outside", "en/gone.md", 1),
    ]
    assert "Secret" not in str(content.load().site)


def test_a_symbolic_link_that_leads_in_a_circle_ends(content):
    content.add({"en/guides/a.md": "# A\n\nText.\n"})
    (content.folder / "en/guides/again").symlink_to("..")
    assert content.problems() == [("symlink-loop", "en/guides/again", 1)]


def test_a_file_that_cannot_be_read_is_a_problem_and_the_others_go_on(content):
    content.add({"en/a.md": "# A\n\nText.\n", "en/b.md": "# B\n\nText.\n"})
    tree = walk(content.folder)
    (content.folder / "en/a.md").unlink()
    first, second = (read(found) for found in tree.markdown)
    assert (first.rule, first.path) == ("unreadable", "en/a.md")
    assert second == b"# B\n\nText.\n"


def test_other_spellings_of_markdown_are_pointed_out(content):
    content.add({"en/a.md": "# A\n\nText.\n", "en/b.mdx": "# B\n", "en/C.MD": "# C\n\nText.\n"})
    assert content.problems() == [("suffix-unknown", "en/b.mdx", 1)]
    assert {ref.key for ref in content.load().site.things} == {"a", "C"}


def test_a_folder_without_markdown_is_a_warning(content):
    content.add({"img/a.png": b"x"})
    loaded = content.load()
    assert [(each.rule, each.severity) for each in loaded.problems] == [
        ("content-empty", "warning")
    ]


def test_emoji_and_right_to_left_text_survive(content):
    content.add({"en/ملف 🎉.md": "# مرحبا 🎉\n\nنص.\n"})
    loaded = content.load()
    assert not loaded.problems
    assert loaded.site.things[Ref("article", Key("ملف 🎉"))].translations["en"].title == "مرحبا 🎉"


@settings(
    max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    st.one_of(
        st.binary(),
        st.text().map(str.encode),
        st.text().map(lambda t: f"---\n{t}\n---\n# A".encode("utf-8", "replace")),
    )
)
@example(b"---\n? \n---\n")
@example(b"---\n%YAML 9.9\n---\n")
@example(b"---\n!<\n---\n")
def test_no_file_can_raise(raw):
    document = compile_document("en/a.md", "en/a.md", raw, ContentRules())
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    assert document.broken == (not document.title)
    assert not document.broken or document.findings
    assert all(1 <= found.line <= lines for found in document.findings)
