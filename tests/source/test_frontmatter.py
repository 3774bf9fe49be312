"""Frontmatter as writers really type it: every value as typed, every fault on its line."""

from __future__ import annotations

import pytest

from publisher.model import ContentRules
from publisher.source.frontmatter import split
from publisher.source.meta import KEYS, read_meta


def meta_of(text: str, **rules):
    parts = split("x.md", text)
    assert parts.entries is not None, parts.findings
    return read_meta("x.md", parts.entries, ContentRules(**rules))


def refusal_of(text: str):
    parts = split("x.md", text)
    assert parts.entries is None
    (found,) = parts.findings
    return found


def block(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "", "Text.", ""])


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("yes", "yes"),
        ("2024", "2024"),
        ("2024-01-31", "2024-01-31"),
        ("1_000", "1_000"),
        ("null", "null"),
        ("'true'", "true"),
        ("1.10", "1.10"),
        ("0o17", "0o17"),
        ('"Refunds: how"', "Refunds: how"),
        ("!!int 3", "3"),
    ],
)
def test_a_title_is_the_text_its_author_typed(typed, title):
    assert meta_of(block(f"title: {typed}"))[0].title == title


def test_a_block_scalar_title_loses_its_line_end():
    assert (
        meta_of(block("title: >", "  Trace-Based", "  Testing"))[0].title == "Trace-Based Testing"
    )


def test_the_body_begins_on_the_line_of_the_file_where_it_stands():
    text = "---\ntitle: A\n\n\n---\n\n\nText.\n"
    parts = split("x.md", text)
    assert text.split("\n")[parts.first_line - 1 :] == parts.body.split("\n")


def test_a_ruled_line_in_the_body_does_not_end_it():
    assert split("x.md", block("title: A") + "---\nmore\n").body.endswith("---\nmore\n")


def test_an_empty_block_is_frontmatter_without_keys():
    parts = split("x.md", "---\n---\n# Title\n")
    assert not parts.entries
    assert (parts.body, parts.first_line) == ("# Title\n", 3)


def test_a_key_that_stands_twice_is_refused_and_both_lines_are_named():
    found = refusal_of(block("title: A", "state: draft", "title: B"))
    assert (found.rule, found.line) == ("frontmatter-duplicate-key", 4)
    assert "line 2 and in line 4" in found.what


@pytest.mark.parametrize(
    ("lines", "line", "word"),
    [
        (["title: A", "\t- x"], 3, "tab"),
        (["title: A", "tags:", "\t- x"], 4, "tab"),
        (["title: A", "description:Text", "state: draft"], 3, "space after the colon"),
        (["title: A: B"], 2, "holds a colon"),
        (["- a", "- b"], 2, "a list"),
        (["just words"], 2, "plain text"),
        (["title: A", "x: [1"], 4, "cannot be read"),
        (["title: A\x07"], 2, "control character"),
        (["title: *nobody"], 2, "cannot be read"),
        (["x: &x [*x]"], 2, "inside its own"),
        (["[a, b]: c"], 2, "A key is a list"),
    ],
)
def test_yaml_that_cannot_be_read_is_refused_on_its_line(lines, line, word):
    found = refusal_of(block(*lines))
    assert (found.rule, found.line) == ("frontmatter-invalid", line)
    assert word in found.what


def test_lines_are_counted_as_editors_count_them():
    # YAML itself takes U+2028 for a line end.
    found = refusal_of(block('title: "A\u2028B"', "x: 1", "x: 2"))
    assert found.line == 4


def test_a_block_without_an_end_is_refused():
    found = refusal_of("---\ntitle: A\n\nText.\n")
    assert found.rule == "frontmatter-invalid"
    assert "no end" in found.what


def test_toml_is_refused_with_the_way_out():
    assert "YAML" in refusal_of('+++\ntitle = "A"\n+++\n').advice


def test_anchors_that_explode_are_refused_quickly():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "too many" in refusal_of(block(*lines)).what


@pytest.mark.parametrize(
    "opening", ["- ", *(pytest.param(sign, marks=pytest.mark.slow) for sign in ("[", "? "))]
)
def test_deep_nesting_is_refused(opening):
    assert refusal_of(block("x: " + "[" * 5000, opening)).rule == "frontmatter-invalid"


@pytest.mark.parametrize("blank", ["\n", "  ", "\n\n \n"])
def test_something_blank_before_the_frontmatter_is_a_warning(blank):
    text = blank + block("title: A", "state: x")
    parts = split("x.md", text)
    assert [found.rule for found in parts.findings] == ["frontmatter-late"]
    assert parts.entries["state"].line == text.split("\n").index("state: x") + 1
    assert text.split("\n")[parts.first_line - 1 :] == parts.body.split("\n")


@pytest.mark.parametrize("text", ["\n---\n\nProse.\n\n---\n", "\n---\nProse.\n", "\n\n---"])
def test_a_ruled_line_after_blank_lines_is_body(text):
    parts = split("x.md", text)
    assert (parts.body, parts.entries, parts.findings) == (text, {}, ())


@pytest.mark.parametrize("value", ["“Refunds”", "„Erstattung“", "«Retours»"])
def test_typographic_quotes_around_a_value_are_a_warning(value):
    parts = split("x.md", block("x-more:", "  - title: a", f"    by: {value}"))
    assert [(found.rule, found.line) for found in parts.findings] == [("frontmatter-quotes", 4)]


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_key():
    _, (found,) = meta_of(block("title: A", "descripton: B"))
    assert (found.rule, found.line) == ("frontmatter-unknown-key", 3)
    assert found.advice == "Did you mean `description`?"


def test_ignored_renamed_and_private_keys_are_no_findings():
    text = block("title: A", "weight: 3", "summary: B", "x-team: docs", "author: '[A](b)'")
    ignored = frozenset({"weight", "author"})
    meta, findings = meta_of(text, ignore=ignored, aliases={"summary": "description"})
    assert (findings, meta.description, meta.author) == ([], "B", None)


def test_a_key_of_another_tool_is_not_taken_for_one_of_ours_mistyped():
    for theirs in ("date", "more", "linkTitle"):
        _, (found,) = meta_of(block("title: A", f"{theirs}: x"))
        assert "another tool" in found.advice


def test_a_renamed_key_beside_ours_is_a_duplicate():
    text = block("title: A", "description: B", "summary: C")
    _, (found,) = meta_of(text, aliases={"summary": "description"})
    assert (found.rule, found.line) == ("frontmatter-duplicate-key", 4)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("state: publish", "Did you mean `published`?"),
        ("order: first", "must be a number"),
        ("order: .nan", "must be a number"),
        ("protect: maybe", "true or false"),
        ("author: Ana", "e-mail"),
        ("url: /docs", "https://"),
        ("url: javascript:alert(1)", "https://"),
        ("status: on", "active or deactivated"),
        ("description: [a]", "must be text"),
        ("was: {a: b}", "must be text"),
        ("key: ../a", "is no key"),
        ("key: '#12'", "is no key"),
        ("key: article:a", "is no key"),
        ("key: a.md", "is no key"),
        ("fin: yes", "must have keys"),
        ("fin: {agnet: no}", "Did you mean `agent`?"),
        ("fin: {agent: maybe}", "`agent` must be true or false"),
        ("publish_at: soon", "must be a date"),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused_on_its_line(line, word):
    _, (found,) = meta_of(block("title: A", line))
    assert (found.rule, found.line) == ("frontmatter-value", 3)
    assert word in f"{found.what} {found.advice}"


def test_values_are_read():
    text = block(
        "was: [old/a, old/b]",
        "order: 1.5",
        "protect: yes",
        "author: ana@example.com",
        "fin: {agent: no, copilot: on, page: source}",
        "status: deactivated",
        "publish_at: 2026-11-20T10:00:00Z",
        "key: cafe\u0301/menu",
        "tags:",
    )
    meta, findings = meta_of(text)
    assert findings == []
    assert meta.was == ("old/a", "old/b")
    assert (meta.order, meta.protect, meta.active) == (1.5, True, False)
    assert (meta.fin.agent, meta.fin.copilot, meta.fin.sales) == (False, True, None)
    assert meta.key == "café/menu"


def test_every_key_has_a_line_of_documentation():
    assert all(known.about.endswith(".") and known.roles for known in KEYS.values())


def test_the_beginning_of_a_value_is_enough_to_suggest_it(content):
    content.add({"en/a.md": "---\ntitle: A\nstate: pub\n---\nText.\n"})
    assert content.the("frontmatter-value").advice == "Did you mean `published`?"


def test_a_mistyped_title_is_not_a_missing_one_as_well(content):
    content.add({"en/a.md": "---\ntitel: A\n---\nText.\n"})
    assert content.problems() == [("frontmatter-unknown-key", "en/a.md", 2)]


def test_a_mistyped_title_that_nobody_minds_is_a_missing_one(content):
    content.add({"en/a.md": "---\ntitel: A\n---\nText.\n"})
    for rules in ({"severities": {"frontmatter-unknown-key": "off"}}, {"ignore": {"titel"}}):
        assert content.problems(**rules) == [("title-missing", "en/a.md", 1)]


def test_another_unknown_key_does_not_excuse_a_missing_title(content):
    content.add({"en/a.md": "---\nweight: 1\n---\nText.\n"})
    rules = {rule for rule, _, _ in content.problems()}
    assert rules == {"frontmatter-unknown-key", "title-missing"}
