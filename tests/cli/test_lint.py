"""`lint` for people: what it shows of each finding, what it looks at, and how it ends."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import strategies as st

from publisher.cli import findings
from publisher.model import Problem, Spot
from publisher.source.excerpts import Excerpt, excerpt_of, excerpts_of
from tests.cli.lints import FAULTY, MENDABLE, write
from tests.often import holds
from tests.terminal import run_in


@pytest.fixture
def faulty(tmp_path):
    return write(tmp_path, FAULTY)


def test_each_finding_is_shown_with_its_line_and_the_part_at_fault(faulty):
    ended = run_in(faulty, "lint")
    assert ended.code == 3
    assert ended.out == ""
    blocks = ended.err.split("\n\n")
    assert blocks[0].splitlines() == [
        "content/en/one.md:3: error[frontmatter-unknown-key] `titel` is no frontmatter key of ours."
        " Did you mean `title`?",
        "  |",
        "3 | titel: Uno",
        "  | ^^^^^",
    ]
    assert blocks[1].splitlines()[1:] == [
        "  |",
        "3 | [nowhere](gone.md) and",
        "  |           ^^^^^^^",
    ]
    assert blocks[2].splitlines()[1:] == ["  |", "5 | 4. four"]


def test_last_come_the_counts(faulty):
    lines = run_in(faulty, "lint").err.splitlines()
    assert lines[-2] == "1 frontmatter-unknown-key, 1 link-unresolved, 1 list-start"
    assert lines[-1] == "2 files read: 2 errors, 1 warning."
    assert run_in(write(faulty, MENDABLE), "lint").err.splitlines()[-1] == (
        "4 files read: 3 errors, 3 warnings. `--fix` can mend 2."
    )


def test_quiet_is_one_line_for_each_and_no_counts(faulty):
    lines = run_in(faulty, "lint", "-q").err.splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("content/en/two.md:5: warning[list-start] ")


def test_warnings_alone_end_well(tmp_path):
    write(tmp_path, {"en/two.md": "# Two\n\n4. four\n"})
    assert run_in(tmp_path, "lint").code == 0


def test_the_line_of_a_secret_is_shown_for_no_finding():
    spot = Spot("a.md", 2)
    secret = Problem(rule="secret", severity="error", what="A token.", spot=spot)
    beside = Problem(rule="link-unresolved", severity="error", what="`gone.md` …", spot=spot)
    shown = excerpts_of([secret, beside], {"a.md": ["# A", "[x](gone.md) sk_live_1"]})
    assert shown == {}


@pytest.mark.parametrize(
    ("what", "line", "number", "part"),
    [
        ("`gone.md` leads nowhere.", "[a](gone.md)", 2, "gone.md"),
        ("`one` must not be `two`.", "one: two", 2, "two"),
        ("`one` must not be `three`.", "one: two", 2, "one"),
        ("`größe.md` leads nowhere.", "[a](gr%C3%B6%C3%9Fe.md)", 2, "gr%C3%B6%C3%9Fe.md"),
        ("`my%20file.md` leads nowhere.", "[a](<my file.md>)", 2, "my file.md"),
        ("`a` is not there.", "banana a", 2, "a"),
        ("`a` is not there.", "banana", 2, ""),
        ("It is bad.", "  banana", 2, ""),
        ("It is bad.", "   ", 2, None),
        ("It is bad.", "banana", 1, None),
        ("`nan` is bad.", "la: nan", 1, "nan"),
        ("It is bad.", "banana", 3, None),
        ("It is bad.", "banana", 0, None),
    ],
)
def test_the_part_at_fault_is_what_the_finding_quotes(what, line, number, part):
    problem = Problem(rule="x", severity="error", what=what, spot=Spot("a.md", number))
    lines = ["# Title", line] if number != 1 else [line]
    excerpt = excerpt_of(problem, lines)
    if part is None:
        assert excerpt is None
    else:
        assert excerpt.text[excerpt.start : excerpt.end] == part


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=300)


@holds(TEXTS, st.data(), few=40, many=4000)
def test_whatever_a_line_holds_it_is_shown_on_one_line_with_the_mark_below_its_part(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    problem = Problem(rule="x", severity="error", what="It is bad.", spot=Spot("a.md", 7))
    excerpt = Excerpt(line=7, text=text, start=start, end=end)
    shown = findings.problems_as_text([problem], {problem: excerpt})
    bare = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    head, gutter, line, marks = bare.split("\n")
    assert (head, gutter) == ("a.md:7: error[x] It is bad.", "  |")
    assert len(line) <= 4 * findings.WIDTH + 10
    assert not any(unicodedata.category(each) == "Cc" for each in line)
    assert re.fullmatch(r"  \| +\^+", marks)


def test_columns_are_those_of_a_terminal():
    problem = Problem(rule="x", severity="error", what="", spot=Spot("a.md", 12))
    excerpt = Excerpt(line=12, text="日\té\x1b[31mbad end", start=8, end=11)
    *_, line, marks = findings.problems_as_text([problem], {problem: excerpt}).split("\n")
    assert line == "12 | 日    é?[31mbad end"
    assert marks.replace("\x1b[31m", "").replace("\x1b[0m", "") == "   | " + " " * 12 + "^^^"


def test_of_a_long_line_the_part_at_fault_is_shown():
    problem = Problem(rule="x", severity="error", what="", spot=Spot("a.md", 1))
    excerpt = Excerpt(line=1, text="a" * 500 + "bad" + "c" * 500, start=500, end=503)
    *_, line, marks = findings.problems_as_text([problem], {problem: excerpt}).split("\n")
    assert line == f"1 | …{'a' * 48}bad{'c' * 49}…"
    assert marks.count("^") == 3


# What it looks at ------------------------------------------------------------------------------


def test_lint_can_look_at_a_few_files_and_still_knows_the_others(faulty):
    rows = run_in(faulty, "lint", "content/en/two.md", "--format", "json").json
    assert {row["path"] for row in rows} == {"content/en/two.md"}
    assert len(run_in(faulty, "lint", "content/en", "--format", "json").json) == 3
    assert run_in(faulty, "lint", "./content/en/two.md", "--format", "json").json == rows
    assert len(run_in(faulty, "lint", str(faulty / "content"), "--format", "json").json) == 3


def test_lint_refuses_a_path_that_is_not_there(faulty):
    ended = run_in(faulty, "lint", "content/en/too.md")
    assert ended.code == 64
    assert "content/en/too.md: there is no such file" in ended.err


def test_lint_refuses_a_path_outside_the_content(faulty):
    (faulty / "README.md").write_text("# Hello\n")
    ended = run_in(faulty, "lint", "content/en/two.md", "README.md")
    assert ended.code == 64
    assert "README.md: is not in the content folder (content)" in ended.err
    assert run_in(faulty, "lint", ".").code == 3, "the content folder is in it"


def test_lint_of_a_few_files_does_not_hide_what_is_wrong_with_the_whole(tmp_path):
    assert "content-missing" in run_in(tmp_path, "lint", ".").err
    (tmp_path / "content" / "en").mkdir(parents=True)
    assert "content-empty" in run_in(tmp_path, "lint", "content/en").err
