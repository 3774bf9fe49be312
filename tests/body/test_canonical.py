"""What Intercom may respell without anything having changed, and what is a change."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from publisher.body import canonical
from publisher.body.from_markdown import render
from publisher.helpcenter.rewriting import REWRITES, rewrite
from tests.body.bodies import documents, intercom_bodies
from tests.often import holds

CALLOUT = '<div class="intercom-interblocks-callout" style="background-color: {}"><p>x</p></div>'
CDN = "https://downloads.intercomcdn.com/i/o/857217366/303baa95a60fa96a226c6a81/image.png"

RESPELT = {
    "a paragraph gains its class": ("<p>x</p>", '<p class="no-margin">x</p>'),
    "bare text becomes a paragraph": ("x", '<p class="no-margin">x</p>'),
    "headings are promoted": (
        "<h2>A</h2><h3>B</h3>",
        '<h1 id="h_0123456789">A</h1><h2 id="h_1123456789">B</h2>',
    ),
    "the third level joins the second": (
        "<h1>A</h1><h2>B</h2><h3>C</h3>",
        "<h1>A</h1><h2>B</h2><h2>C</h2>",
    ),
    "empty paragraphs collapse": (
        '<p class="no-margin"></p>\n<p class="no-margin"></p>\n<h1>A</h1>',
        '<p class="no-margin"></p>\n<h1>A</h1>',
    ),
    "an empty paragraph is added at the end": (
        '<p class="no-margin">x</p>',
        '<p class="no-margin">x</p>\n<p class="no-margin"></p>',
    ),
    "spacers of other tools": ("<p>a</p><p>&nbsp;</p><p>b</p>", "<p>a</p><p>b</p>"),
    "a link gains target and class": (
        '<p><a href="u">t</a></p>',
        '<p class="no-margin"><a href="u" target="_blank" class="intercom-content-link">t</a></p>',
    ),
    "a list forgets where it starts": (
        '<ol start="2"><li>x</li></ol>',
        '<ol><li><p class="no-margin">x</p></li></ol>',
    ),
    "an image leaves its paragraph": (
        '<li>text<p><img src="a.png" alt="A"></p></li>',
        '<p class="no-margin">text</p>'
        '<div class="intercom-container"><img src="a.png" alt="A"></div>',
    ),
    "an image is signed again and gains its size": (
        f'<div class="intercom-container"><img src="{CDN}"></div>',
        f'<div class="intercom-container"><img src="{CDN}?expires=1774969200&amp;'
        'signature=4853&amp;req=fC%0A" width="707" height="405" style="height: auto;"></div>',
    ),
    "an image is copied": (
        '<img src="https://cdn.example.org/help/diagram.1a2b3c4d.png" alt="D">',
        '<div class="intercom-container"><img alt="D" '
        'src="https://downloads.intercomcdn.com/i/o/1/2/diagram.1a2b3c4d.png?req=x"></div>',
    ),
    "a table gains its container": (
        "<table><tr><th>a</th><td>b</td></tr></table>",
        '<div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr>'
        '<td><p class="no-margin">a</p></td><td><p class="no-margin">b</p></td></tr>'
        "</tbody></table></div>",
    ),
    "strong and em": ("<p><strong>a</strong> <em>b</em></p>", "<p><b>a</b> <i>b</i></p>"),
    "the order of marks": ("<p><b><i>a</i></b></p>", "<p><i><b>a</b></i></p>"),
    "spaces at the edge of bold": ("<p><b>now </b>here</p>", "<p><b>now</b> here</p>"),
    "zero-width spaces after a break": ("<p>a<br>\u200b</p>", "<p>a</p>"),
    "colours": (
        '<div class="intercom-interblocks-callout" style="border-color:#1BB15733;background-color:'
        'rgba(215, 239, 220, 0.5)"><p>x</p></div>',
        '<div class="intercom-interblocks-callout" style="background-color: #d7efdc80; '
        'border-color: #1bb15733;"><p class="no-margin">x</p></div>',
    ),
    "a video's frame": (
        '<iframe src="https://www.youtube.com/embed/VtKNw2dUD7Y"></iframe>',
        '<div class="intercom-h2b-video"><iframe src="https://www.youtube-nocookie.com/embed/'
        'VtKNw2dUD7Y?rel=0" frameborder="0" allow="autoplay"></iframe></div>',
    ),
    "an id in a summary": (
        "<details><summary>T</summary><p>x</p></details>",
        '<details><summary><h2 id="h_0123456789">T</h2></summary>'
        '<div class="collapsible-section-content"><p></p>\n<p>x</p></div></details>',
    ),
    "a button's attributes": (
        '<div class="intercom-container"><a href="u" class="intercom-h2b-button">L</a></div>',
        '<div class="intercom-container intercom-align-left">'
        '<a class="intercom-h2b-button" target="_blank" href="u">L</a></div>',
    ),
    "the slug of an article": (
        '<p><a href="https://help.a.org/en/articles/557-old-name#h_0123456789">x</a></p>',
        '<p><a href="https://help.a.org/en/articles/557-new-name#h_0123456789">x</a></p>',
    ),
    "entities": ("<p>&eacute; &quot;&amp;</p>", '<p>é "&amp;</p>'),
    "the locale of an article": (
        '<p><a href="https://help.a.org/en/articles/557-name">x</a></p>',
        '<p><a href="https://help.a.org/pt-BR/articles/557-nom">x</a></p>',
    ),
    "an article's address without locale and slug": (
        '<p><a href="https://help.a.org/en/articles/557-name?x=1">x</a></p>',
        '<p><a href="https://help.a.org/articles/557?x=1">x</a></p>',
    ),
    "letters in an address": (
        '<p><a href="https://a.org/caf%c3%a9">x</a></p>',
        '<p><a href="https://a.org/café">x</a></p>',
    ),
    "a link without an address": (
        '<p><a href="">t</a></p>',
        '<p class="no-margin"><a target="_blank" class="intercom-content-link">t</a></p>',
    ),
    "attributes of a link": (
        '<p><a href="u" rel="nofollow noopener" title="T" target="_self">t</a></p>',
        '<p><a class="x" href="u">t</a></p>',
    ),
    "colours told in per cent": (
        CALLOUT.format("#d7efdc80"),
        CALLOUT.format("rgb(215 239 220 / 50%)"),
    ),
    "a colour that hides nothing": (CALLOUT.format("#D7EFDC"), CALLOUT.format("#d7efdcff")),
    "declarations nobody can choose": (
        '<table style="border: 1px solid #c6c9c0"><tr><td style="width: 9px">a</td></tr></table>',
        '<table style="table-layout: fixed; border:1px solid #C6C9C0;"><tr>'
        '<td style="vertical-align: top; width:9px;">a</td></tr></table>',
    ),
    "a second class on a container": (
        '<div class="intercom-container"><img src="a.png"></div>',
        '<div class="intercom-container intercom-new" data-x="1"><img src="a.png"></div>',
    ),
    "an item that ends in an empty paragraph": (
        "<ul><li>a</li></ul>",
        '<ul><li><p class="no-margin">a</p><p class="no-margin"></p>\n</li></ul>',
    ),
    "zero-width spaces in code": (
        "<pre><code>a<br>\u200bb</code></pre>",
        "<pre><code>a\nb</code></pre>",
    ),
    "line ends in code": ("<pre><code>a&#13;\nb</code></pre>", "<pre><code>a\nb</code></pre>"),
    "the language of code": (
        '<pre><code class="language-py">a</code></pre>',
        "<pre><code>a</code></pre>",
    ),
    "a space that does not break, as an entity": ("<p>a&nbsp;b</p>", "<p>a\u00a0b</p>"),
    "alignment to the left": ("<p>a</p>", '<p class="intercom-align-left no-margin">a</p>'),
    "an open collapsible": (
        "<details open><summary>T</summary><p>x</p></details>",
        "<details><summary><h3>T</h3></summary><p>x</p></details>",
    ),
    "blank lines at the end of code": (
        "<pre><code>a\n\n</code></pre>",
        "<pre><code>a</code></pre>",
    ),
}
CHANGED = {
    "a word": ("<p>a</p>", "<p>b</p>"),
    "a line break in code": ("<pre><code>a\nb</code></pre>", "<pre><code>a b</code></pre>"),
    "indentation in code": ("<pre><code>a\n  b</code></pre>", "<pre><code>a\nb</code></pre>"),
    "bold": ("<p><b>a</b></p>", "<p>a</p>"),
    "where a link leads": ('<p><a href="a">x</a></p>', '<p><a href="b">x</a></p>'),
    "another article": (
        '<p><a href="https://a.org/articles/1-a">x</a></p>',
        '<p><a href="https://a.org/articles/2-a">x</a></p>',
    ),
    "a description": ('<img src="a.png" alt="a">', '<img src="a.png" alt="b">'),
    "the key of an unlisted video": (
        '<iframe src="https://player.vimeo.com/video/748814022?h=ab12cd"></iframe>',
        '<iframe src="https://player.vimeo.com/video/748814022"></iframe>',
    ),
    "the colour of a cell": (
        '<table><tr><td style="background-color: #fed9db80">a</td></tr></table>',
        "<table><tr><td>a</td></tr></table>",
    ),
    "a space that does not break": ("<p>14&nbsp;days</p>", "<p>14 days</p>"),
    "a line break at the beginning": ("<p><br>a</p>", "<p>a</p>"),
    "two lists for one": (
        "<ul><li>a</li></ul><ul><li>b</li></ul>",
        "<ul><li>a</li><li>b</li></ul>",
    ),
    "an aligned block of a kind we do not know": (
        '<p class="intercom-align-center">a</p>',
        '<div class="intercom-interblocks-new intercom-align-center"><p>a</p></div>',
    ),
    "another image": ('<img src="a.png">', '<img src="b.png">'),
    "bullets for numbers": ("<ul><li>a</li></ul>", "<ol><li>a</li></ol>"),
    "a callout's colour": (
        CALLOUT.format("#d7efdc80"),
        CALLOUT.format("#fed9db80"),
    ),
    "a heading's level": ("<h1>A</h1><h1>B</h1>", "<h1>A</h1><h2>B</h2>"),
    "two paragraphs for one": ("<p>a b</p>", "<p>a</p><p>b</p>"),
    "alignment": ("<p>a</p>", '<p class="intercom-align-center no-margin">a</p>'),
    "a block of a kind we do not know": (
        "<p>a</p>",
        '<div class="intercom-interblocks-new"><p>a</p></div>',
    ),
}


@pytest.mark.parametrize(("left", "right"), RESPELT.values(), ids=RESPELT)
def test_respelling_is_no_change(left, right):
    assert canonical.canonical(left) == canonical.canonical(right)
    assert canonical.same(left, right)
    assert canonical.digest_of(left) == canonical.digest_of(right)
    assert canonical.losses(left, right) == ()


@pytest.mark.parametrize(("left", "right"), CHANGED.values(), ids=CHANGED)
def test_a_change_is_seen(left, right):
    assert not canonical.same(left, right)
    assert canonical.digest_of(left) != canonical.digest_of(right)


SIGNABLE = {
    "a link": '<p><a href="{}">x</a></p>',
    "a linked image": '<a href="{}"><img src="https://a.org/i.png"></a>',
    "a button": '<a class="intercom-h2b-button" href="{}">Get it</a>',
    "a video": '<video src="{}"></video>',
    "a table cell": '<table><tr><td style="width: 9px"><a href="{}">x</a></td></tr></table>',
    "an unknown block": '<div class="intercom-interblocks-new"><a href="{}">x</a></div>',
    "what is no prose": '<svg><a href="{}">x</a></svg>',
}


@pytest.mark.parametrize("html", SIGNABLE.values(), ids=SIGNABLE)
def test_a_signature_of_intercom_is_no_part_of_a_body(html):
    bare = canonical.canonical(html.format(CDN))
    for signed in ("expires=1&amp;signature=2&amp;req=3%0A", "EXPIRES=7&Signature=8"):
        assert canonical.canonical(html.format(f"{CDN}?{signed}")) == bare
    assert canonical.canonical(html.format(f"{CDN}?page=2&amp;expires=1")) != bare
    assert canonical.canonical(html.format("https://a.org/?expires=1")) != canonical.canonical(
        html.format("https://a.org/")
    )


CONTROLS = ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\x9f", "\uffff"]


@pytest.mark.parametrize("sign", CONTROLS, ids=ascii)
@pytest.mark.parametrize("html", ["<p>a{}b</p>", "<pre><code>a{}b</code></pre>", "<svg>a{}b</svg>"])
def test_a_control_character_parts_words_as_a_space_does(html, sign):
    assert canonical.same(html.format(sign), html.format(" "))
    assert canonical.same(render(f"a{sign}b").html, "<p>a b</p>")


@pytest.mark.parametrize("sign", ["&#1;", "&#11;", "&#12;", "&#x7f;"])
def test_it_does_so_when_it_is_spelt_as_a_number(sign):
    for html in ("<p>a{}b</p>", "<pre><code>a{}b</code></pre>", '<img alt="a{}b">'):
        assert canonical.same(html.format(sign), html.format(" "))
    button = '<a class="intercom-h2b-button" href="u">a{}b</a>'
    assert canonical.same(button.format(sign), button.format(" "))


def test_blocks_leave_spacers_out():
    assert canonical.blocks("<p>a</p><p></p>\n<hr><p>b</p>") == ("<p>a</p>", "<hr>", "<p>b</p>")


def test_heading_ids_come_in_order_without_those_of_summaries():
    html = (
        '<h1 id="h_1">A</h1><details><summary><h2 id="h_2">B</h2></summary></details>'
        '<h2>C</h2><h2 class="intercom-align-center" id="h_4">D</h2>'
    )

    assert canonical.heading_ids(html) == ("h_1", "", "h_4")


KINDS = st.sampled_from([*REWRITES, "everything"])
STORED = st.one_of(intercom_bodies(), documents().map(lambda text: render(text).html))


@holds(KINDS, STORED, few=25, many=300)
def test_no_release_of_intercoms_server_changes_a_body(kind, html):
    rewritten = rewrite(kind)(html)

    assert canonical.canonical(rewritten) == canonical.canonical(html)
    assert canonical.losses(html, rewritten) == ()


@holds(intercom_bodies(), few=10, many=25)
def test_the_canonical_form_is_its_own(html):
    spelt = canonical.canonical(html)

    assert canonical.canonical(spelt) == spelt


def test_what_shows_nothing_beside_a_paragraph_makes_no_other_item_of_it():
    once = canonical.canonical("<OL>0<R>")
    assert once == canonical.canonical(once) == "<ol><li>0</li></ol>"
