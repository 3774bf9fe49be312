"""Kept bodies told as Markdown, and Markdown turned into bodies."""

import pytest

from publisher.helpcenter import markdown
from publisher.helpcenter.bodies import Habits, tidy

CDN = "https://downloads.intercomcdn.com/i/a.png"
TEXTS = {
    "headings": "# A {#h_0123456789}\n\n### B {#h_abcdef0123}\n",
    "marks": "some **bold** and _italic_ `code` [link](https://e.com)\n",
    "lists": "- a\n- b\n\n  - c\n\n1. d\n2. e\n",
    "code": "```\na\n  b < c\n```\n",
    "table": "| a | b |\n| --- | --- |\n| c | d |\n",
    "rule": "a\n\n---\n\nb\n",
    "image": f"![alt]({CDN})\n",
    "callout": ':::callout backgroundColor="#feedaf80" borderColor="#fbc91633"\na\n\nb\n:::\n',
    "button": ':::button href="https://e.com" label="Go"\n:::\n',
    "collapsible": ':::collapsible title="Can I?"\nYes.\n:::\n',
    "video": ':::video id="VtKNw2dUD7Y" provider="youtube"\n:::\n',
    "nested": ':::collapsible title="A"\na\n\n:::button href="u" label="B"\n:::\n:::\n',
    "escapes": "2 \\* 3 \\_ \\[x\\]\n",
    "nothing": "",
}


def kept(text):
    return tidy(markdown.to_html(text), Habits(seed="s", host=lambda url: url))


@pytest.mark.parametrize("name", TEXTS)
def test_markdown_comes_back_as_it_was_sent(name):
    assert markdown.from_html(kept(TEXTS[name])) == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_a_body_told_and_made_again_is_the_same_body(name):
    body = kept(TEXTS[name])
    assert kept(markdown.from_html(body)) == body


def test_a_directive_nobody_knows_keeps_what_is_inside():
    assert kept(":::shout loud\na\n:::\nb") == (
        '<p class="no-margin">a</p><p class="no-margin">b</p><p class="no-margin"></p>\n'
    )


def test_a_player_nobody_knows_stays_an_address():
    frame = '<div class="intercom-h2b-video"><iframe src="https://wistia.com/7"></iframe></div>'
    assert markdown.from_html(frame) == "https://wistia.com/7\n"
