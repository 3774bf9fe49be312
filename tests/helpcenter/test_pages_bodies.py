"""What a page makes of a stored body: links to nowhere, videos, what the keyboard reaches."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from publisher.helpcenter.reader.body import prepare

NOWHERE = "https://nowhere.invalid/?..%2Frefunds.md%23when%22"


def shown(html):
    return LexborHTMLParser(prepare(html, "https://help.acme.test").html)


# Links that lead nowhere


@pytest.mark.parametrize(
    "around",
    [
        "<p>See {} now.</p>",
        '<p class="intercom-align-left">{}</p>',
        '<h2 id="h_1">See {}</h2>',
        "<ul><li><p>{}</p></li></ul>",
        "<table><tbody><tr><td><p>{}</p></td></tr></tbody></table>",
        "<details><summary>{}</summary><div><p>x</p></div></details>",
        '<div class="intercom-interblocks-callout"><p>{}</p></div>',
    ],
)
def test_a_link_that_leads_nowhere_is_marked_wherever_it_stands_and_is_no_link(around):
    link = f'<a href="{NOWHERE}" class="intercom-h2b-button" target="_blank">the <b>rules</b></a>'
    tree = shown(around.format(link))
    mark = tree.css_first("span.nowhere")
    assert not tree.css("a")
    assert mark.text() == "the rules (broken link)"
    assert mark.css_first("b").text() == "rules"
    assert mark.css_first(".unseen").text() == " (broken link)"
    assert mark.attributes["title"] == '../refunds.md#when" leads nowhere'


def test_every_one_of_several_is_marked_and_the_good_ones_stay_links():
    bad, good = f'<a href="{NOWHERE}">x</a>', '<a href="https://example.com/">y</a>'
    tree = shown(f"<p>{bad} {good} {bad}</p>")
    assert len(tree.css(".nowhere")) == 2
    assert [a.attributes["href"] for a in tree.css("a")] == ["https://example.com/"]


def test_what_a_broken_link_meant_cannot_bring_html_into_the_page():
    tree = shown('<a href="https://nowhere.invalid/?%22%3E%3Cscript%3Ex">&lt;b&gt;</a>')
    assert not tree.css("script, b")
    assert tree.css_first(".nowhere").attributes["title"] == '"><script>x leads nowhere'


def test_a_picture_in_a_broken_link_stays():
    tree = shown(f'<a href="{NOWHERE}"><img src="https://example.com/a.png"></a>')
    assert tree.css_first(".nowhere img").attributes["loading"] == "lazy"


# Videos


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.youtube.com/embed/x?a=1&amp;b=2", "YouTube"),
        ("https://player.vimeo.com/video/1", "Vimeo"),
        ("https://fast.wistia.net/embed/iframe/1", "Wistia"),
        ("//www.loom.com/embed/1", "Loom"),
    ],
)
def test_a_video_is_a_closed_poster_with_its_player_inside_and_its_address_below(address, name):
    tree = shown(f'<div class="intercom-h2b-video"><iframe src="{address}" allowfullscreen>')
    poster = tree.css_first(".video details")
    assert "open" not in poster.attributes
    assert poster.css_first("summary").text() == name
    player = poster.css_first("iframe")
    assert player.attributes["loading"] == "lazy"
    assert player.attributes["title"] == name
    assert "allowfullscreen" in player.attributes
    link = tree.css_first(".video > a")
    assert link.attributes["href"] == link.text() == player.attributes["src"]
    assert link.text().startswith("https://")


def test_a_player_says_its_own_title():
    html = '<iframe src="https://www.loom.com/embed/1" title="A &lt;tour&gt;" srcdoc="x"></iframe>'
    tree = shown(html)
    assert tree.css_first("summary").text() == "A <tour>"
    assert "srcdoc" not in tree.css_first("iframe").attributes


@pytest.mark.parametrize("host", ["evil.test", "notyoutube.com", "youtube.com.evil.test"])
def test_a_player_the_page_may_not_show_is_its_address_alone(host):
    tree = shown(f'<iframe src="https://{host}/embed/x"></iframe>')
    assert not tree.css("iframe, details")
    assert tree.css_first(".video .poster").text() == host
    assert tree.css_first(".video a").attributes["href"] == f"https://{host}/embed/x"


@pytest.mark.parametrize("src", ["javascript:alert(1)", "", "data:text/html,x", "https://[", "x"])
def test_a_frame_that_leads_to_no_address_is_shown_as_text(src):
    tree = shown(f'<iframe src="{src}"></iframe>')
    assert not tree.css("iframe, a")
    assert tree.body.text().startswith("<iframe")


# The keyboard


def test_what_scrolls_can_be_scrolled_by_keyboard():
    cells = "<tbody><tr><td>x</td></tr></tbody>"
    wide = f'<div class="intercom-interblocks-table-container"><table>{cells}</table></div>'
    tree = shown(f"{wide}<table>{cells}</table><pre><code>long</code></pre>")
    reached = [node.tag for node in tree.css("[tabindex='0']")]
    assert reached == ["div", "table", "pre"]
