"""Files are written as their authors would, and changed only where they are asked to."""

from __future__ import annotations

import os

import pytest
from hypothesis import strategies as st

from publisher.errors import PublisherError
from publisher.model import ContentRules
from publisher.source.document import compile_document
from publisher.source.frontmatter import split
from publisher.source.meta import KEYS, read_meta
from publisher.source.writing import body_of, edited, new_file, store, with_body, with_meta
from tests.often import holds

LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=60)
TRICKY = st.sampled_from(
    ["# a", "a #b", "a: b", "- x", "[x]", "{x", "yes", "~", "null", "---", "'a'", '"', "\\", "|",
     "> a", "&a", "*a", "!a", "@a", "%a", "`a", "?", "a'b\"c", " a ", "a\tb", "\u2028", "😀", "=",
     "word " * 900, "\x85", "\ufeff", "...", "<<", "2024", "\x00", "a:", ":a", "é\u0301"]
)  # fmt: skip
TITLES = (LINE | TRICKY | st.tuples(TRICKY, LINE).map("".join)).filter(str.strip)


def title_in(text: str) -> str:
    entries = split("x.md", text).entries
    assert entries is not None
    return read_meta("x.md", entries, ContentRules())[0].title


def compiled(text: str):
    return compile_document("en/x.md", "en/x.md", text.encode(), ContentRules())


def changed(text: str, aliases: dict[str, str] | None = None, **changes: object) -> str:
    return with_meta(text, changes, aliases or {})


# --- a new file -------------------------------------------------------------------------


def test_a_new_file_looks_as_an_author_would_write_it():
    meta = {"title": "Refunds: how they work", "description": "", "state": "draft", "author": None}
    fin = {"agent": True, "copilot": False}
    text = new_file(meta | {"protect": True, "was": ("a", "b/c"), "fin": fin}, "Some text.")
    assert text == (
        '---\ntitle: "Refunds: how they work"\nstate: draft\nprotect: true\nwas:\n  - a\n  - b/c\n'
        "fin:\n  agent: true\n  copilot: false\n---\n\nSome text.\n"
    )


@holds(TITLES, few=30, many=100)
def test_every_title_reads_back_as_it_was(title):
    text = new_file({"title": title, "description": title, "state": "draft"}, "Text.\n")
    assert title_in(text) == title
    assert body_of(text) == ("Text.\n", 7)


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Refunds", "Refunds"),
        ("yes", "yes"),
        ("What's new?", "What's new?"),
        ("C# and F#", "C# and F#"),
        ("null", '"null"'),
        ("a #b", '"a #b"'),
        ('"Hi": she said', "'\"Hi\": she said'"),
        (" both ends ", '" both ends "'),
    ],
)
def test_quotes_stand_only_where_they_are_needed(title, typed):
    assert new_file({"title": title}, "") == f"---\ntitle: {typed}\n---\n"


def test_a_body_that_begins_with_a_ruled_line_stays_a_body():
    text = new_file({}, "---\n\na: b\n\n---\n")
    assert body_of(text)[0] == "---\n\na: b\n\n---\n"


# --- frontmatter ------------------------------------------------------------------------

FILE = """---
# for the help center
title:   'Refunds'   # the name

x-team: [a, b]
summary: >
  One line
  or two.

# below, for Fin
fin:
  agent: yes
  copilot: no
was:
- a
- b
# end
---

Text with `title: x`.
"""


@pytest.mark.parametrize(
    ("name", "value", "before", "after"),
    [
        ("title", "Fees", "'Refunds'", "Fees"),
        ("title", "Refunds", "", ""),
        ("description", "One line or two.", "", ""),
        ("description", "a: b", "summary: >\n  One line\n  or two.", 'summary: "a: b"'),
        ("description", None, "summary: >\n  One line\n  or two.\n", ""),
        ("fin", {"agent": True, "copilot": False}, "", ""),
        ("fin", {"agent": False}, "  agent: yes\n  copilot: no\n", "  agent: false\n"),
        ("fin", None, "fin:\n  agent: yes\n  copilot: no\n", ""),
        ("was", ("c",), "- a\n- b", "  - c"),
        ("was", None, "was:\n- a\n- b\n", ""),
        ("state", "draft", "or two.\n", "or two.\nstate: draft\n"),
        ("state", None, "", ""),
        ("protect", True, "- a\n- b\n", "- a\n- b\nprotect: true\n"),
    ],
)
def test_only_what_is_asked_for_changes(name, value, before, after):
    result = with_meta(FILE, {name: value}, {"summary": "description"})
    assert result == (FILE.replace(before, after, 1) if before else FILE)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("---\ntitle: A\nstate:\n---\nx\n", "---\ntitle: A\nstate: draft\n---\nx\n"),
        ("---\ntitle: A\nstate: # why\n---\nx\n", "---\ntitle: A\nstate: draft # why\n---\nx\n"),
        ("---\n  title: A\n---\nx\n", "---\n  title: A\n  state: draft\n---\nx\n"),
        ("---\norder: 1\n---\nx\n", "---\nstate: draft\norder: 1\n---\nx\n"),
        ("---\n# nothing\n---\nx\n", "---\n# nothing\nstate: draft\n---\nx\n"),
        ("---\n---\nx\n", "---\nstate: draft\n---\nx\n"),
        ("\n---\ntitle: A\n---\nx\n", "\n---\ntitle: A\nstate: draft\n---\nx\n"),
        ("# A\n\nx\n", "---\nstate: draft\n---\n\n# A\n\nx\n"),
        ("---\nstate:\n  published\n---\nx\n", "---\nstate:\n  draft\n---\nx\n"),
        ("---\ntitle: &a B\nstate: *a\n---\n", "---\ntitle: &a B\nstate: draft\n---\n"),
    ],
)  # fmt: skip
def test_a_key_finds_its_place(text, result):
    assert changed(text, state="draft") == result


@holds(TITLES, TITLES, few=30, many=100)
def test_a_value_that_was_set_is_read_back_and_everything_else_stays(title, description):
    result = with_meta(
        FILE, {"description": description, "title": title}, {"summary": "description"}
    )
    entries = split("x.md", result).entries
    meta, _ = read_meta("x.md", entries, ContentRules(aliases={"summary": "description"}))
    assert (meta.title, meta.description) == (title, description)
    assert result.startswith("---\n# for the help center\ntitle:   ")
    assert result.endswith(FILE[FILE.index("\n# below, for Fin") :])


@holds(
    st.dictionaries(st.sampled_from(["title", "description", "icon", "url"]), TITLES),
    few=30,
    many=100,
)
def test_values_put_in_and_taken_out_leave_the_file_as_it_was(values):
    text = "---\n# c\nx-a: 1\n---\n\nText.\n"
    there = with_meta(text, values, {})
    assert with_meta(there, dict.fromkeys(values), {}) == text
    names = [name for name in KEYS if name in values]
    assert list(split("", there).entries) == [*names, "x-a"]


def test_frontmatter_that_lets_nothing_be_changed_is_refused_with_its_line():
    with pytest.raises(PublisherError, match=r"line 2: `title` cannot be changed"):
        changed("---\ntitle: &t A\nicon: *t\n---\n", title="B")
    with pytest.raises(PublisherError, match=r"line 3: There is a tab"):
        changed("---\ntitle: A\n\t- x\n---\n", title="B")


# --- titles -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("# Old\n\nText.\n", "# New & 1\n\nText.\n"),
        ("Old\n===\n\nText.\n", "New & 1\n===\n\nText.\n"),
        ("```\n# Old\n```\n\n# Old {#x} ##\n", "```\n# Old\n```\n\n# New & 1 {#x} ##\n"),
        ("---\ntitle: Old\n---\n# Old\n\nA.\n", "---\ntitle: New & 1\n---\n# New & 1\n\nA.\n"),
        ("---\ntitle: Old\n---\n\nOld\n---\n", "---\ntitle: New & 1\n---\n\nOld\n---\n"),
        ("---\ntitle: Old\n---\n# Older\n", "---\ntitle: New & 1\n---\n# Older\n"),
        ("---\nstate: draft\n---\n# Old\n", "---\nstate: draft\n---\n# New & 1\n"),
    ],
)  # fmt: skip
def test_a_title_changes_where_it_stands(text, result):
    assert changed(text, title="New & 1") == result


@holds(
    TITLES.filter(lambda title: "\0" not in title),
    st.sampled_from(["# Old\n", "Old\n===\n", "---\ntitle: Old\n---\n\n# Old\n"]),
    few=30,
    many=100,
)
def test_a_title_in_a_heading_reads_back_and_the_text_stays(title, top):
    result = changed(f"{top}\nText *so*.\n\n## More\n\n[up](#more)\n", title=title)
    before = compiled(f"{top}\nText *so*.\n\n## More\n\n[up](#more)\n")
    after = compiled(result)
    assert after.title == title
    assert len(after.headings) == len(before.headings)
    assert "<i>so</i>" in after.html


# --- bodies -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [FILE, "# A\n\nText.", "---\na: b\n---\nText", "\n\nText\n", "", "---\na: b\n---\n"]
)
def test_a_body_put_back_changes_nothing(text):
    body, line = body_of(text)
    assert with_body(text, body) == text
    assert text.split("\n")[line - 1 :] == body.split("\n")


def test_another_body_leaves_the_frontmatter_alone():
    assert with_body(FILE, "New.\n") == FILE[: FILE.index("Text with")] + "New.\n"
    assert with_body("---\na: b\n---", "New.") == "---\na: b\n---\n\nNew.\n"
    assert with_body("---\na: b\n---\n\nText.\n", "") == "---\na: b\n---\n"


# --- bytes ------------------------------------------------------------------------------


@holds(
    st.lists(LINE.map(lambda line: line.replace("\r", "").replace("\0", ""))),
    st.booleans(),
    few=30,
    many=100,
)
def test_a_mark_and_line_ends_survive_a_change(lines, marked):
    raw = "\r\n".join(["", *lines, "end"]).encode()
    raw = b"\xef\xbb\xbf" + raw if marked else raw
    assert edited(raw, lambda text: text) == raw
    assert edited(raw, lambda text: f"{text}\nmore") == raw + b"\r\nmore"


def test_line_ends_of_two_kinds_stay_where_they_are():
    raw = b"a\r\nb\nc\rd\n"
    assert edited(raw, lambda text: text.replace("c\n", "c\nnew\n")) == b"a\r\nb\nc\rnew\nd\n"


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(PublisherError, match="Line 2 holds a byte that is not UTF-8"):
        edited(b"a\n\xff", str)


# --- the disk ---------------------------------------------------------------------------


def test_drafts_are_written_and_removed_and_only_changes_are_told(tmp_path):
    store(tmp_path, {"en/a.md": b"a", "en/old/deep/b.md": b"b"})
    told = store(
        tmp_path, {"en/a.md": b"a", "en/c.md": b"c", "en/old/deep/b.md": None, "x.md": None}
    )
    assert told == ("en/c.md", "en/old/deep/b.md")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.md", "c.md", "en"]


def test_a_file_keeps_its_mode_and_a_link_within_the_folder_stays_a_link(tmp_path):
    store(tmp_path, {"a.md": b"a"})
    (tmp_path / "a.md").chmod(0o640)
    (tmp_path / "b.md").symlink_to("a.md")
    assert store(tmp_path, {"b.md": b"new"}) == ("b.md",)
    assert (tmp_path / "b.md").is_symlink()
    assert (tmp_path / "a.md").read_bytes() == b"new"
    assert (tmp_path / "a.md").stat().st_mode & 0o777 == 0o640


def test_accents_that_lie_decomposed_on_the_disk_are_found(tmp_path):
    (tmp_path / "e\u0301.md").write_bytes(b"old")
    store(tmp_path, {"é.md": b"new"})
    assert os.listdir(tmp_path) == ["e\u0301.md"]
    assert store(tmp_path, {"é.md": None}) == ("é.md",)


@pytest.mark.parametrize(
    "name",
    ["/etc/x.md", "../x.md", "en/../../x.md", "en//x.md", "C:/x.md", "..\\x.md", "en/con.md",
     "en/a?.md", "en/a.", "en/LPT1", "en/a\n.md", ".git/x", "out/x.md", "", "\\\\host\\x"],
)  # fmt: skip
def test_nothing_is_written_outside_the_folder_or_where_a_system_could_not(name, tmp_path):
    folder, outside = tmp_path / "content", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "out").symlink_to(outside)
    with pytest.raises(PublisherError, match=r"cannot be|Remove the link"):
        store(folder, {"a.md": b"fine", name: b"x"})
    assert [each.name for each in folder.iterdir()] == ["out"]
    assert not list(outside.iterdir())


def test_a_disk_that_refuses_leaves_everything_as_it_was(tmp_path):
    store(tmp_path, {"a.md": b"a", "b.md": b"b"})
    with pytest.raises(PublisherError, match="cannot write"):
        store(tmp_path, {"a.md": None, "b.md": b"new", "b.md/c.md": b"c"})
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"a", b"b"]
