"""What is wrong with one text, or with texts and images beside each other."""

from __future__ import annotations

import pytest

FRAME = {"en/billing/_index.md": "---\ntitle: Billing\n---\n"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def found(content, rule, **rules):
    """(path, line) of the findings of a rule."""
    loaded = content.load(advice=True, **rules)
    return [(content.path(p), p.spot.line) for p in loaded.problems if p.rule == rule]


def text(content, body, **rules):
    content.add({**FRAME, "en/billing/a.md": f"---\ntitle: A\n---\n\n{body}\n"})
    return lambda rule: [line for _, line in found(content, rule, **rules)]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("![](https://x.test/a.png)", [5]),
        ("Text\n\n- One\n\n  ![](https://x.test/a.png)", [9]),
        ("![A form](https://x.test/a.png)", []),
        ('<img src="https://x.test/a.png">', [5]),
        ('<img src="https://x.test/a.png" alt="">', []),
        ("```\n![](a.png)\n```", []),
    ],
)
def test_an_image_says_what_it_shows_or_that_it_is_decoration(content, body, lines):
    assert text(content, body)("image-alt") == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("## B\n\nx\n\n#### C\n\nx", [9]),
        ("## B\n\nx\n\n### C\n\nx\n\n## D\n\nx\n\n#### E\n\nx", [17]),
        ("#### B\n\nx\n\n## C\n\nx", []),
        ("## B\n\n```\n#### C\n```", []),
    ],
)
def test_a_heading_does_not_skip_a_level(content, body, lines):
    assert text(content, body)("heading-jump") == lines


def test_titles_of_a_collection_differ_by_more_than_capitals_and_spaces(content):
    content.add(
        {
            **FRAME,
            "en/billing/a.md": "# Get  a refund\n\nx\n",
            "en/billing/b.md": "# Get a Refund\n\nx\n",
            "en/billing/c.md": "---\ntitle: Get a refund\nstate: draft\n---\nx\n",
            "en/orders/a.md": "# Get a refund\n\nx\n",
        }
    )
    assert found(content, "title-duplicate") == [("en/billing/a.md", 1), ("en/billing/b.md", 1)]


def test_of_many_equal_titles_each_file_is_told_once(content):
    same = {f"en/billing/{name}.md": "# Refunds\n\nx\n" for name in "abcd"}
    content.add({**FRAME, **same})
    assert found(content, "title-duplicate") == [(name, 1) for name in same]


@pytest.mark.parametrize("title", ['""', "", "'  '"])
def test_a_title_that_says_nothing_is_missing(content, title):
    content.write(**{"en/a.md": f"---\ntitle: {title}\n---\nText.\n"})
    assert "title-missing" in {rule for rule, *_ in content.problems()}


def test_a_description_is_as_long_as_it_may_be(content):
    content.add({"en/b/a.md": f"---\ntitle: A\ndescription: {'x' * 40}\n---\nText.\n"})
    assert found(content, "description-long") == []
    tuned = {"description-long": {"max": 39}}
    assert found(content, "description-long", options=tuned) == [("en/b/a.md", 3)]


def test_the_limits_of_titles_and_images_can_be_set(content):
    content.add({"en/b/a.md": "# Refunds\n\n![i](i.png)\n", "en/b/i.png": b"x" * 3000})
    tuned = {"title-long": {"max": 6}, "image-large": {"max_mb": 0.001}}
    assert found(content, "title-long", options=tuned) == [("en/b/a.md", 1)]
    assert found(content, "image-large", options=tuned) == [("en/b/a.md", 3)]


def test_an_article_outside_of_collections_is_linked_from_another_or_told(content):
    content.add(
        {
            "en/alone.md": "# Alone\n\n[me](alone.md)\n",
            "en/led.md": "# Led\n\nx\n",
            "en/draft.md": "---\ntitle: Draft\nstate: draft\n---\nx\n",
            "en/b/a.md": "# A\n\n[there](../led.md#x)\n",
            "fin/s/_source.md": "---\nurl: https://x.test\n---\n",
            "fin/s/en/p.md": "# P\n\n[there](../../../en/alone.md)\n",
        }
    )
    assert found(content, "article-orphan") == [("en/alone.md", 1)]


def test_an_image_that_nobody_shows_is_told_at_its_file(content):
    content.add(
        {
            "en/b/a.md": "# A\n\n![i](shown.svg) [j](linked.png)\n",
            "en/b/shown.svg": SVG,
            "en/b/linked.png": "x",
            "en/b/left.PNG": "x",
            "en/b/notes.txt": "x",
            "en/b/meant.png": "x",
            ".publisherignore": "meant.png\n",
        }
    )
    assert found(content, "image-unused") == [("en/b/left.PNG", 1)]


def test_nothing_is_called_unused_while_a_file_cannot_be_read(content):
    content.add({"en/b/a.md": "---\ntitle: [\n---\n", "en/i.png": "x", "en/c.md": "# C\n\nx\n"})
    assert found(content, "image-unused") + found(content, "article-orphan") == []


def test_an_image_of_a_language_that_is_not_published_from_here_is_used(content):
    content.add({"en/b/a.md": "# A\n\nx\n", "fr/b/a.md": "# A\n\n![i](i.png)\n", "fr/b/i.png": "x"})
    assert found(content, "image-unused", locales=("en",)) == []
