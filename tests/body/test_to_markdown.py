"""Live HTML as Markdown a writer would have written, block by block."""

from __future__ import annotations

import pytest

from publisher.body import canonical
from publisher.body.from_markdown import render
from publisher.body.proof import written

READABLE = {
    "text": "Some **bold**, *italic* and `code`, a [link](https://a.org/b?c=1&d=2).\n",
    "headings": "# One\n\n## Two\n",
    "nested lists": "- a\n  - b\n    1. c\n    2. d\n- e\n",
    "a step with an image": "1. Press\n\n   ![The key](key.png)\n\n2. Done\n",
    "two lists": "- a\n\n* b\n",
    "a table": "| A | B |\n| --- | ---: |\n| 1 | a\\|b |\n",
    "an alert": "> [!WARNING]\n> Mind the gap\n>\n> - a\n",
    "a callout": ':::callout backgroundColor="#111111" borderColor="#222222"\nText\n:::\n',
    "a collapsible": ':::collapsible title="More"\nText\n:::\n',
    "a button": ':::button href="https://a.org" label="Go" align="center"\n:::\n',
    "a video": ':::video id="VtKNw2dUD7Y" provider="youtube"\n:::\n',
    "code": "```\na\n\n  b ``\n```\n",
    "a hard break": "one\\\ntwo\n",
    "a rule": "a\n\n---\n\nb\n",
    "a linked image": "[![a](b.png)](https://c.org)\n",
    "signs that mean nothing": "\\# no heading, 1 * 2, a_b, \\_a\\_, [b] < c and \\<c\n",
    "a number that begins no list": "2024\\. was long\n",
}


@pytest.mark.parametrize("markdown", READABLE.values(), ids=READABLE)
def test_markdown_comes_back_as_it_was_written(markdown):
    assert written(render(markdown).html).markdown == markdown


@pytest.mark.parametrize(
    "html",
    [
        "<p><b>abusing</b>word</p>",
        "<p>a<b>(b)</b>c</p>",
        "<p><b>a</b><i>b</i></p>",
        "<p><br>We only</p>",
        '<p class="intercom-align-center no-margin">c <b>d</b></p>',
        '<table><tr><td style="width: 9px">a<ul><li>b</li></ul></td></tr></table>',
        "<table><tr><td><pre><code>a\n\nb</code></pre></td></tr></table>",
        "<table><tr><td>plain</td><td></td></tr></table>",
        '<details><summary>A <b>b</b> "c"</summary><p>x</p></details>',
        '<div class="intercom-container intercom-align-center"><img src="a.png" alt="A"></div>',
        "<p>https://youtu.be/VtKNw2dUD7Y</p>",
        '<p><a href="https://youtu.be/VtKNw2dUD7Y">https://youtu.be/VtKNw2dUD7Y</a></p>',
        "<h1>A {#not-an-id}</h1>",
        '<p><a href="a (b).md">x</a></p>',
        "<ul><li><hr></li></ul>",
        "<p>:::callout</p><p>+ a</p><p>&gt; b</p><p>| c |</p>",
    ],
)
def test_what_markdown_cannot_say_is_not_lost(html):
    again = render(written(html).markdown).html

    assert canonical.canonical(again) == canonical.canonical(html)


def test_html_we_do_not_know_stays_html():
    html = '<div class="intercom-interblocks-new"><p>a</p></div>'

    assert written(html).markdown == f"{html}\n"


def test_an_empty_body_is_an_empty_file():
    assert written('<p class="no-margin"></p>\n').markdown == ""
