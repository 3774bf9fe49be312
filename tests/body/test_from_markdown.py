"""What a rendered body tells the other rooms: lines, title, headings, links."""

from __future__ import annotations

import time

import pytest

from publisher.body import canonical
from publisher.body.from_markdown import Link, render

TEXT = """\
# The title

First *paragraph*
with two lines and a [link](a.md).

## Fees

- item
- ![image](b.png)

<p>raw</p>
<table>
<tr><td><img src="c.png"></td></tr>
</table>
"""


def test_blocks_links_and_headings_know_their_lines():
    rendered = render(TEXT, first_line=11)

    assert rendered.lines == (11, 13, 16, 18, 21, 22)
    assert len(canonical.blocks(rendered.html)) == 6
    assert rendered.links == (
        Link("a.md", 14, False),
        Link("b.png", 19, True),
        Link("c.png", 23, True),
    )
    assert [(h.slug, h.level, h.text, h.line) for h in rendered.headings] == [
        ("the-title", 1, "The title", 11),
        ("fees", 2, "Fees", 16),
    ]


def test_the_title_is_taken_out_only_when_asked():
    kept, taken = render(TEXT), render(TEXT, take_title=True)

    assert kept.title is None
    assert taken.title == "The title"
    assert [heading.slug for heading in taken.headings] == ["fees"]
    assert taken.headings[0].level == 1
    assert "The title" not in taken.html


def test_a_file_without_a_first_level_heading_has_no_title():
    assert render("## Two\n\ntext", take_title=True).title is None


def test_the_title_counts_among_equal_headings():
    rendered = render("# Fees\n\n## Fees\n\n[x](#fees-1)", take_title=True)

    assert [heading.slug for heading in rendered.headings] == ["fees-1"]
    assert not rendered.findings


def test_heading_ids_depend_on_the_article_and_never_on_the_run():
    one, again, other = (render("# Fees", heading_seed=seed) for seed in ("a", "a", "b"))

    assert one.headings == again.headings
    assert one.headings[0].id != other.headings[0].id
    assert canonical.heading_ids(one.html) == (one.headings[0].id,)


def test_how_lines_end_does_not_matter():
    unix = render(TEXT)

    assert render(TEXT.replace("\n", "\r\n")) == unix
    assert render("\ufeff" + TEXT) == unix


def test_findings_come_in_the_order_of_lines_and_recurring_ones_are_counted():
    rendered = render("~~a~~\n\n~~b~~\n\n<u>c</u>\n\n[d](ftp://x)\n", first_line=3)

    assert [(found.line, found.rule) for found in rendered.findings] == [
        (3, "strikethrough"),
        (7, "html-dropped"),
        (9, "link-scheme"),
    ]
    assert "2 times" in rendered.findings[0].what


def test_an_empty_text_is_an_empty_body():
    assert render("") == render("\n\n<!-- nothing -->\n")
    assert render("").html == ""


@pytest.mark.slow
def test_time_grows_with_the_text_and_no_faster():
    text = (
        "## Fees\n\nHello *world*, [x](y.md) and `code`.\n\n- a\n  - b\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    )

    def seconds(times: int) -> float:
        begun = time.perf_counter()
        render(text * times)
        return time.perf_counter() - begun

    seconds(100)
    assert seconds(4000) < 8 * seconds(1000)
