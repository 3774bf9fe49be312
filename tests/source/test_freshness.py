"""What of a source has changed since it was translated, and what makes no difference."""

import subprocess

import pytest
from hypothesis import strategies as st

from publisher.model import ContentRules, Key, Locale, Ref, Section
from publisher.source import load
from publisher.source.document import compile_document
from publisher.source.marks import carried, differences, marks_of, renewed
from publisher.source.sections import is_mark
from publisher.source.writing import with_meta
from tests.often import holds

RULES = ContentRules()
SOURCE = """\
---
title: Refunds
description: Getting money back
---
Within *14 days*, see [cancelling](../orders/cancel.md#fees).

## Fees

- None
- at all

## How

Write to [us](https://example.com/mail).

![A form](../images/form.png)
"""


def sections(text, path="en/a.md"):
    return compile_document(path, path, text.encode(), RULES).sections


def changed(before, after):
    marks = marks_of(sections(before))
    return [(each.kind, each.name, each.line) for each in differences(marks, sections(after))]


def test_digests_are_what_they_were_in_every_version_of_this_form():
    # Marks are written into people's files. When this fails, raise FORM; do not mend the digests.
    text = SOURCE + (
        "\n## All of it\n\n1. one\n2. `two`\n\n```sh\nls  -l\n```\n\n| a | b |\n|---|---|\n"
        "| c | d |\n\n> [!NOTE]\n> Mind **this**.\n\n<details><summary>More</summary>\n\nText\n\n"
        "</details>\n\n---\n\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ\n"
    )
    assert marks_of(sections(text)) == {
        "(title)": "v1-841934fc11",
        "(text)": "v1-1da1698312",
        "fees": "v1-fcb6139fd1",
        "how": "v1-55358d2961",
        "all-of-it": "v1-d9341f3252",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Within *14 days*, see", "Within\n_14 days_,\nsee"),
        ("- None\n- at all", "* None\n* at all"),
        ("## Fees", "<!-- for us -->\n\n## Fees"),
        ("at all\n", "at all   \n"),
        ("## Fees", "### Fees"),
        ("## Fees\n", "Fees\n----\n"),
        ("../orders/cancel.md#fees", "cancel.md#costs"),
        ("../images/form.png", "form.png"),
        ("title: Refunds", "author: a@example.com\norder: 3\ntitle: 'Refunds'"),
        ("\n", "\r\n"),
    ],
)
def test_what_a_translator_does_not_work_on_makes_no_difference(old, new):
    assert old in SOURCE
    assert changed(SOURCE, SOURCE.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("title: Refunds", "title: Money", "(title)"),
        ("Getting money back", "Money", "(title)"),
        ("*14 days*", "*30 days*", "(text)"),
        ("*14 days*", "**14 days**", "(text)"),
        ("[cancelling](../orders/cancel.md#fees)", "cancelling", "(text)"),
        ("orders/cancel.md", "orders/return.md", "(text)"),
        ("- None\n- at all", "- None\n\nat all", "fees"),
        ("https://example.com/mail", "https://example.com/chat", "how"),
        ("form.png", "letter.png", "how"),
        ("A form", "A letter", "how"),
    ],
)
def test_words_links_and_images_make_their_section_another(old, new, name):
    assert [(kind, found) for kind, found, _ in changed(SOURCE, SOURCE.replace(old, new))] == [
        ("changed", name)
    ]


def test_a_difference_has_the_line_of_its_heading():
    assert changed(SOURCE, SOURCE.replace("None", "One euro")) == [("changed", "fees", 7)]


def test_a_new_section_and_one_that_is_gone_are_named_and_no_other():
    more = SOURCE.replace("## How", "## Limits\n\nFew.\n\n## How")
    assert changed(SOURCE, more) == [("added", "limits", 12)]
    assert changed(more, SOURCE) == [("removed", "limits", 0)]


def test_a_second_heading_of_that_name_before_the_first_is_the_new_one():
    twice = SOURCE.replace("## Fees", "## Fees\n\nOther ones.\n\n## Fees")
    assert changed(SOURCE, twice) == [("added", "fees", 7)]


def test_sections_in_another_order_are_translated_already():
    head, rest = SOURCE.split("## Fees")
    fees, how = rest.split("## How")
    assert changed(SOURCE, f"{head}## How{how}\n## Fees{fees}") == []


def test_a_heading_that_is_called_otherwise_is_one_changed_section():
    assert changed(SOURCE, SOURCE.replace("## Fees", "## Costs")) == [("changed", "costs", 7)]


def test_a_text_above_the_first_heading_and_none_are_told_apart():
    assert changed(SOURCE, SOURCE.replace("Within *14 days*, see [cancelling]", "")) != []
    assert changed("---\ntitle: A\n---\n## B\n\nC\n", "---\ntitle: A\n---\nD\n\n## B\n\nC\n") == [
        ("added", "(text)", 4)
    ]


def test_a_heading_inside_a_box_belongs_to_the_section_of_the_box():
    boxed = SOURCE.replace("- None", "> [!NOTE]\n> Mind:\n>\n> ## Inside\n\n- None")
    assert list(marks_of(sections(boxed))) == ["(title)", "(text)", "fees", "how"]


def test_marks_of_another_form_are_not_compared():
    marks = {name: mark.replace("v1-", "v2-") for name, mark in marks_of(sections(SOURCE)).items()}
    assert differences(marks, sections(SOURCE.replace("None", "One euro"))) == ()


# What a change leaves unaffected --------------------------------------------------------------


def test_a_minor_change_carries_what_was_current_and_nothing_else():
    first = sections(SOURCE)
    second = sections(SOURCE.replace("None", "One euro"))
    third = sections(SOURCE.replace("None", "One euro").replace("Write", "Do write"))
    marks = carried(marks_of(first), second, third)
    assert [each.name for each in differences(marks, third)] == ["fees"]


def test_what_a_minor_change_adds_removes_and_renames_is_no_difference_afterwards():
    first, second = (
        sections(SOURCE),
        sections(SOURCE.replace("## Fees", "## Costs").replace("## How", "## New\n\nX\n\n## What")),
    )
    assert differences(carried(marks_of(first), first, second), second) == ()


def test_a_minor_change_leaves_a_translation_alone_that_was_marked_after_it():
    before, after = sections(SOURCE), sections(f"{SOURCE}\n## Limits\n\nFew.\n")
    assert carried(marks_of(after), before, after) == marks_of(after)
    assert carried(marks_of(before), before, after) == marks_of(after)


# One section after the other ------------------------------------------------------------------


def test_one_section_brought_up_to_date_leaves_the_others_as_stale_as_they_were():
    first = sections(SOURCE)
    renamed = SOURCE.replace("14 days", "30 days").replace("## Fees", "## Costs")
    now = sections(f"{renamed}\n## Limits\n\nFew.\n")
    marks = renewed(marks_of(first), now, {"(text)"})
    found = [(each.kind, each.name) for each in differences(marks, now)]
    assert found == [("changed", "costs"), ("added", "limits")]


def test_of_a_renamed_section_that_is_up_to_date_the_former_name_is_forgotten():
    first, now = sections(SOURCE), sections(SOURCE.replace("## Fees", "## Costs"))
    assert renewed(marks_of(first), now, {"costs"}) == marks_of(now)


names = st.sampled_from(["a", "b", "c", "a-1", "(title)"])
texts = st.dictionaries(names, st.sampled_from(["v1-00000000aa", "v1-00000000bb"]), max_size=5).map(
    lambda found: tuple(Section(name=name, digest=one) for name, one in found.items())
)


@holds(texts, few=15, many=2000)
def test_marked_is_current(text):
    assert differences(marks_of(text), text) == ()


@holds(texts, texts, few=20, many=5000)
def test_a_minor_change_leaves_what_was_current_current(before, after):
    assert differences(carried(marks_of(before), before, after), after) == ()


@holds(texts, texts, few=20, many=5000)
def test_section_by_section_a_translation_becomes_current(before, after):
    marks = marks_of(before)
    for section in after:
        stale = {each.name for each in differences(marks, after) if each.kind != "removed"}
        marks = renewed(marks, after, {section.name})
        left = {each.name for each in differences(marks, after) if each.kind != "removed"}
        assert left == stale - {section.name}


@holds(texts, texts, few=20, many=5000)
def test_a_change_of_nothing_makes_nothing_current_that_was_stale(marked, text):
    marks = marks_of(marked)
    again = carried(marks, text, text)
    assert len(differences(again, text)) >= min(1, len(differences(marks, text)))
    assert carried(again, text, text) == again


@holds(st.lists(st.text(max_size=90), max_size=6), few=8, many=500)
def test_marks_come_back_from_a_file_as_they_were_written(headings):
    text = "# Title\n\n" + "\n\n".join(f"## {one.strip()} x" for one in headings)
    marks = marks_of(sections(text))
    written = with_meta("---\ntitle: Titre # oui\n---\nTexte.\n", {"translated_from": marks}, {})
    read = compile_document("fr/a.md", "fr/a.md", written.encode(), RULES)
    assert read.findings == ()
    assert dict(read.meta.translated_from) == marks
    assert with_meta(written, {"translated_from": None}, {}) == (
        "---\ntitle: Titre # oui\n---\nTexte.\n"
    )


@pytest.mark.parametrize(
    ("value", "line"),
    [("yes", 3), ("[a, b]", 3), ("\n  fees: 1234\n", 4), ("\n  a: v1-0123456789\n  b: {}\n", 5)],
)
def test_a_broken_mark_is_a_finding_on_its_line(value, line):
    text = f"---\ntitle: A\ntranslated_from: {value}\n---\nB\n"
    document = compile_document("fr/a.md", "fr/a.md", text.encode(), RULES)
    assert [(each.rule, each.line) for each in document.findings] == [("frontmatter-value", line)]
    assert not document.meta.translated_from
    assert is_mark("v1-0123456789")


# A folder -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """One article in two languages, the French one marked."""
    content = tmp_path / "content"
    for locale, text in (("en", SOURCE.replace("](../", "](https://x.example/")), ("fr", FRENCH)):
        place = content / locale / "billing" / "refunds.md"
        place.parent.mkdir(parents=True)
        place.write_text(text)
        (place.parent / "_index.md").write_text("---\ntitle: B\n---\n")
    mark(content)
    return content


FRENCH = "---\ntitle: Remboursements\n---\nSous 14 jours.\n"


def mark(content):
    source = (content / "en/billing/refunds.md").read_text()
    place = content / "fr/billing/refunds.md"
    marks = marks_of(sections(source))
    place.write_text(with_meta(place.read_text(), {"translated_from": marks}, {}))


def edit(content, old, new):
    place = content / "en/billing/refunds.md"
    assert old in place.read_text()
    place.write_text(place.read_text().replace(old, new))


def found(content, rules=RULES, rule="translation-stale"):
    problems = load(content, rules).problems
    return [
        (each.severity, each.spot.path.rpartition("content/")[2], each.spot.line, each.what)
        for each in problems
        if each.rule == rule
    ]


def test_a_stale_translation_is_a_warning_that_names_the_sections(folder):
    assert found(folder) == []
    edit(folder, "None", "One euro")
    [(severity, path, line, what)] = found(folder)
    assert (severity, path, line) == ("warning", "fr/billing/refunds.md", 3)
    assert "“Fees” (line 7) changed" in what


def test_a_translation_that_was_never_marked_is_not_complained_about(folder):
    (folder / "fr/billing/refunds.md").write_text(FRENCH)
    edit(folder, "None", "One euro")
    assert found(folder) == []


@pytest.mark.parametrize(
    ("stale", "severity"),
    [
        ({"fr": "block"}, "error"),
        ({"": "block"}, "error"),
        ({"": "block", "fr": "warn"}, "warning"),
        ({"": "unpublish"}, "warning"),
        ({"de": "block"}, "warning"),
    ],
)
def test_the_policy_of_the_locale_says_how_bad_it_is(folder, stale, severity):
    edit(folder, "None", "One euro")
    assert [each[0] for each in found(folder, ContentRules(stale=stale))] == [severity]


def test_a_missing_translation_is_said_only_where_the_configuration_asks(folder):
    rule = "translation-missing"
    (folder / "fr/billing/refunds.md").unlink()
    assert found(folder, rule=rule) == []
    asked = ContentRules(severities={rule: "warning"})
    assert [each[1] for each in found(folder, asked, rule)] == ["en/billing/refunds.md"]
    elsewhere = ContentRules(severities={rule: "error"}, options={rule: {"locales": ["de"]}})
    assert found(folder, elsewhere, rule) == []
    edit(folder, "title: Refunds", "state: draft\ntitle: Refunds")
    assert found(folder, asked, rule) == []


# Commits that say so --------------------------------------------------------------------------


def git(folder, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def commit(folder, message):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


@pytest.fixture
def committed(folder):
    git(folder, "init", "-q", "-b", "main", "..")
    commit(folder, "first")
    return folder


def test_a_commit_can_say_that_its_change_leaves_translations_unaffected(committed):
    edit(committed, "None", "None.")
    assert found(committed) != []
    commit(committed, "Full stops\n\nTranslations: unaffected")
    assert found(committed) == []
    edit(committed, "None.", "One euro.")
    assert found(committed) != []
    commit(committed, "Fees\n\nThe translations: unaffected they are not.")
    assert found(committed) != []


def test_of_a_row_of_such_commits_none_is_left_out(committed):
    for number in range(3):
        edit(committed, "at all", f"at all, number {number}")
        commit(committed, f"Change {number}\n\nReviewed-by: B\ntranslations: Unaffected\n")
    assert found(committed) == []


def test_what_another_commit_changed_in_between_stays_stale(committed):
    edit(committed, "None", "One euro")
    commit(committed, "Fees")
    edit(committed, "One euro", "One Euro")
    commit(committed, "Spelling\n\nTranslations: unaffected")
    edit(committed, "Write", "Please write")
    commit(committed, "Politeness\n\nTranslations: unaffected")
    [(_, _, _, what)] = found(committed)
    assert "“Fees”" in what
    assert "How" not in what


def test_a_merge_that_says_so_speaks_for_all_it_brings(committed):
    git(committed, "checkout", "-q", "-b", "branch")
    edit(committed, "None", "None.")
    commit(committed, "Work in progress")
    git(committed, "checkout", "-q", "main")
    git(committed, "merge", "-q", "--no-ff", "-m", "Merge\n\nTranslations: unaffected", "branch")
    assert found(committed) == []


def test_the_site_says_what_each_translation_lacks(folder):
    edit(folder, "None", "One euro")
    thing = load(folder, RULES).site.things[Ref("article", Key("billing/refunds"))]
    outdated = thing.translations[Locale("fr")].outdated
    assert [(each.kind, each.title) for each in outdated.sections] == [("changed", "Fees")]
    assert not thing.translations[Locale("fr")].is_withheld
    assert thing.translations[Locale("en")].outdated is None
