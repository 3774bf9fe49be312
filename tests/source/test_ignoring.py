"""`<!-- publisher-ignore RULE -->` silences what follows it, and nothing else."""

from __future__ import annotations

import pytest

from publisher.pull.units import units
from publisher.source.ignoring import ignores_in

QUOTE = "> Said."
IMG = "![](https://x.test/a.png)"


def told(content, body, **rules):
    content.add({"en/b/a.md": f"---\ntitle: A\n---\n\n{body}\n"})
    found = content.load(advice=True, **rules).problems
    return [(p.rule, p.spot.line) for p in found]


@pytest.mark.parametrize(
    "body",
    [
        f"<!-- publisher-ignore image-alt -->\n{IMG}",
        f"<!-- publisher-ignore image-alt -->\n\n{IMG}",
        f"<!--publisher-ignore   blockquote,image-alt-->\n\n{QUOTE}\n>\n> {IMG}",
        f"<!-- publisher-ignore blockquote image-alt -->\n\n{QUOTE}\n>\n> {IMG}",
        f"<!-- publisher-ignore image-alt -->\n<!-- a note -->\n\n- One\n\n  {IMG}",
        f"- One\n\n  <!-- publisher-ignore image-alt -->\n\n  {IMG}\n\n- Two",
        f"<!-- publisher-ignore image-alt -->\n\n:::callout\n\nx\n\n{IMG}\n\n:::",
        f"x\n\n{IMG} <!-- publisher-ignore image-alt -->",
        f"{IMG}\n\nText.\n\n{IMG}\n\n<!-- publisher-ignore-file image-alt -->",
    ],
)
def test_a_comment_silences_its_rules_in_the_block_that_follows_or_around_it(content, body):
    assert told(content, body) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            f"<!-- publisher-ignore image-alt -->\n\n{IMG}\n\n{IMG}",
            [("image-alt", 9)],
        ),
        (
            f"```\n<!-- publisher-ignore image-alt -->\n```\n\n{IMG}",
            [("image-alt", 9)],
        ),
        (
            f"`<!-- publisher-ignore image-alt -->`\n\n{IMG}",
            [("image-alt", 7)],
        ),
        (
            f"<!-- publisher-ignore blockquote -->\n\n{IMG}",
            [("ignore-unused", 5), ("image-alt", 7)],
        ),
        (
            f"<!-- publisher-ignore image-alts -->\n\n{IMG}",
            [("ignore-unknown", 5), ("image-alt", 7)],
        ),
        ("<!-- publisher-ignore-file redirect-required -->\n\nText.", []),
    ],
)
def test_nothing_else_is_silenced_and_what_silences_nothing_is_told(content, body, found):
    assert told(content, body) == found


def test_a_misspelt_rule_is_answered_with_the_right_one(content):
    told(content, "<!-- publisher-ignore image-alts -->\n\nText.")
    assert "`image-alt`" in content.the("ignore-unknown").advice


def test_an_ignore_of_a_rule_that_is_off_is_not_called_useless(content):
    body = "<!-- publisher-ignore image-alt -->\n\nText."
    assert told(content, body, severities={"image-alt": "off"}) == []


def test_what_only_shows_beside_other_files_can_be_ignored(content):
    content.add({"en/alone.md": "# A\n\nx\n\n<!-- publisher-ignore-file article-orphan -->\n"})
    assert content.load(advice=True).problems == ()


def test_an_error_that_is_ignored_keeps_nothing_from_being_published(content):
    told(content, "[x](nowhere.md)\n\n<!-- publisher-ignore-file link-unresolved -->")
    loaded = content.load(advice=True)
    assert loaded.problems == ()
    assert "nowhere" not in content.body("b/a")


def test_a_comment_is_not_published_and_changes_nothing_else(content):
    told(content, f"One.\n\n{QUOTE}\n\n- a\n- b")
    plain = content.body("b/a")
    told(content, f"One.\n\n<!-- publisher-ignore blockquote -->\n\n{QUOTE}\n\n- a\n- b")
    assert content.body("b/a") == plain


def test_a_pull_that_exchanges_the_block_leaves_the_comment(content):
    body = "One.\n\n<!-- publisher-ignore image-alt -->\n\nTwo.\n"
    assert [unit.lines for unit in units(body, (0, 4))] == [(0, 1), (4, 5)]


def test_a_text_without_the_word_is_not_parsed_for_it():
    assert ignores_in("# A\n\n<!-- a comment -->\n", 1) == ()
