"""What becomes of a body: the recorded pairs, the rules around them, and what is refused."""

import re
import time

import pytest

from publisher.helpcenter.answers import Refusal
from publisher.helpcenter.bodies import Habits, tidy
from tests.often import few_and_many

CDN = "https://downloads.intercomcdn.com"
IMAGE = f'<div class="intercom-container"><img src="{CDN}/i/a.png" alt="b"></div>'
EMPTY = '<p class="no-margin"></p>\n'
CALLOUT = (
    '<div class="intercom-interblocks-callout" style="background-color: #fed9db80; '
    'border-color: #fd3a5733;"><p class="no-margin">a</p><ul><li><p class="no-margin">b</p>'
    "</li></ul></div>"
)
DETAILS = (
    '<details><summary><h2>Can I?</h2></summary><div class="collapsible-section-content">'
    f'{EMPTY}<p class="no-margin">Yes.</p></div></details>'
)
BUTTON = (
    '<div class="intercom-container intercom-align-center"><a class="intercom-h2b-button" '
    'target="_blank" href="https://e.com">Book</a></div>'
)
VIDEO = (
    '<div class="intercom-h2b-video"><iframe src="https://player.vimeo.com/video/7" '
    'frameborder="0" webkitallowfullscreen mozallowfullscreen allowfullscreen '
    'allow="autoplay; fullscreen; picture-in-picture; encrypted-media"></iframe></div>'
)
TABLE = (
    '<div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr>'
    '<td style="background-color: #e3e7fa80; width: 139px;"><p class="no-margin">a</p></td>'
    "</tr></tbody></table></div>"
)


def kept(html, *quirks, known=()):
    habits = Habits(
        seed="s",
        host=lambda url: f"{CDN}/i/{url.rpartition('/')[2]}",
        known=frozenset(known),
        quirks=frozenset(quirks),
    )
    return tidy(html, habits)


def anonymous(html):
    return re.sub(r'"h_[0-9a-f]{10}"', '"h_…"', html)


@pytest.mark.parametrize(
    ("sent", "back"),
    [
        ("<p>x</p>", '<p class="no-margin">x</p>'),
        ("x", '<p class="no-margin">x</p>'),
        ("<h2>A</h2><h3>B</h3>", '<h1 id="h_…">A</h1><h2 id="h_…">B</h2>'),
        (f"{EMPTY}{EMPTY}<h1>A</h1>", f'{EMPTY}<h1 id="h_…">A</h1>'),
        (
            '<h1>A</h1><p class="no-margin">text</p>\n',
            f'<h1 id="h_…">A</h1><p class="no-margin">text</p>{EMPTY}',
        ),
        (
            '<a href="u">t</a>',
            '<p class="no-margin"><a href="u" target="_blank" class="intercom-content-link">'
            "t</a></p>",
        ),
        ('<ol start="2"><li>a</li></ol>', '<ol><li><p class="no-margin">a</p></li></ol>'),
        (
            '<ul><li>text<p><img src="https://e.com/a.png" alt="b" title="c"></p></li></ul>',
            f'<ul><li><p class="no-margin">text</p>{IMAGE}</li></ul>',
        ),
        (
            "<table><tr><th>a</th></tr></table>",
            '<div class="intercom-interblocks-table-container"><table role="presentation"><tbody>'
            '<tr><td><p class="no-margin">a</p></td></tr></tbody></table></div>',
        ),
    ],
)
def test_the_recorded_pairs_hold(sent, back):
    assert anonymous(kept(sent)) == back


@pytest.mark.parametrize(
    "body", ['<h1 id="h_606084c9ac">A</h1>', CALLOUT, DETAILS, BUTTON, VIDEO, TABLE, "<hr>"]
)
def test_the_exact_forms_survive(body):
    assert kept(body) == body


@pytest.mark.parametrize(
    "body",
    [
        "a<br>b<br><br>c<br>",
        "<p>a</p>\n\n<p>b</p>",
        "<blockquote><p>a</p></blockquote><pre><code>x\n y</code></pre>",
        "<h3>a</h3>text<h5>b</h5>",
        "<ul>\n<li>a\n<ul><li>b</li></ul>\n</li><li></li></ul>",
        '<p>a <b>b<img src="https://e.com/a.png" alt="b">c</b></p>',
        CALLOUT + DETAILS + BUTTON + VIDEO + TABLE,
    ],
)
def test_what_is_kept_once_is_kept_the_same_again(body):
    once = kept(body)
    assert kept(once) == once


def test_white_space_between_blocks_becomes_an_empty_paragraph():
    assert kept("<p>a</p> <hr>") == f'<p class="no-margin">a</p>{EMPTY}<hr>'
    assert kept("\n<hr>\n\n<hr>\n") == f"<hr>{EMPTY}<hr>{EMPTY}"
    assert kept("<ul>\n<li>a</li>\n</ul>") == '<ul><li><p class="no-margin">a</p></li></ul>'


def test_text_after_other_blocks_is_followed_by_an_empty_paragraph():
    assert kept("<hr><p>a</p>") == f'<hr><p class="no-margin">a</p>{EMPTY}'


def test_marks_are_respelt_and_unknown_ones_lose_their_tags():
    sent = "<p><strong>a</strong><em>b</em><u>c</u><del>d</del><span class=x>e</span></p>"
    assert kept(sent) == '<p class="no-margin"><b>a</b><i>b</i>cde</p>'
    assert kept("<section><div>a</div></section>") == '<p class="no-margin">a</p>'
    assert kept("<b><p>a</p></b>") == '<p class="no-margin">a</p>'


def test_scripts_forms_and_comments_vanish_with_what_is_in_them():
    sent = "<script>1</script><form>a<input></form><textarea>b</textarea><!-- c -->d"
    assert kept(sent) == '<p class="no-margin">d</p>'


def test_line_breaks_gain_an_invisible_space_at_the_end_and_between_each_other():
    assert kept("a<br>b<br><br>c<br>") == (
        '<p class="no-margin">a<br>b<br>\u200b<br>c<br>\u200b</p>'
    )


def test_only_three_characters_are_escaped():
    sent = '<p>&quot;&apos;&eacute;&nbsp;&amp;&lt;&gt;</p><p><a href="u?a=1&amp;b=%22">x</a></p>'
    back = kept(sent)
    assert back.startswith('<p class="no-margin">"\'é\xa0&amp;&lt;&gt;</p>')
    assert 'href="u?a=1&amp;b=%22"' in back


def test_links_lose_what_runs_code_and_keep_having_no_address():
    plain = '<p class="no-margin"><a target="_blank" class="intercom-content-link">x</a></p>'
    assert kept('<a href="javascript:x()">x</a>') == plain
    assert kept("<a name=x>x</a>") == plain


def test_headings_rise_until_the_shallowest_is_the_first():
    levels = re.findall(r"<h(\d) ", kept("<h3>a</h3><h4>b</h4><h6>c</h6>"))
    assert levels == ["1", "2", "3"]
    assert re.findall(r"<h(\d) ", kept("<h1>a</h1><h3>b</h3><h4>c</h4>")) == ["1", "3", "3"]
    inside = kept(DETAILS + "<h2>b</h2>")
    assert re.findall(r"<h(\d)", inside) == ["2", "1"]


def test_heading_ids_are_kept_when_they_are_intercoms_and_unique():
    back = kept('<h1 id="h_0123456789">a</h1><h1 id="h_0123456789">b</h1><h1 id="mine">c</h1>')
    ids = re.findall(r'id="(h_[0-9a-f]{10})"', back)
    assert ids[0] == "h_0123456789"
    assert len(set(ids)) == 3


def test_an_image_in_the_middle_of_text_stands_alone():
    sent = '<p>a <b>b<img src="https://e.com/a.png" alt="b">c</b></p>'
    first, second = '<p class="no-margin">a <b>b</b></p>', '<p class="no-margin"><b>c</b></p>'
    assert kept(sent) == f"{first}{IMAGE}{second}{EMPTY}"
    linked = kept('<a href="u"><img src="https://e.com/a.png" width="7" style="x"></a>')
    assert linked == (
        f'<div class="intercom-container"><a target="_blank" href="u"><img src="{CDN}/i/a.png">'
        "</a></div>"
    )


def test_alignment_survives_on_blocks_and_images():
    assert kept('<p class="x intercom-align-center">a</p>') == (
        '<p class="intercom-align-center no-margin">a</p>'
    )
    centred = IMAGE.replace("container", "container intercom-align-center")
    assert kept(centred) == centred


def test_code_keeps_its_lines_and_loses_its_language():
    sent = '<pre><code class="language-py">a\n  b &lt; c\n</code></pre>'
    assert kept(sent) == "<pre><code>a\n  b &lt; c\n</code></pre>"


def test_colours_of_cells_survive_only_in_the_container():
    bare = TABLE.removeprefix('<div class="intercom-interblocks-table-container">')
    assert "style=" not in kept(bare.removesuffix("</div>"))


def test_a_list_directly_in_a_list_joins_the_item_before():
    assert kept("<ul><li>a</li><ul><li>b</li></ul></ul>") == (
        '<ul><li><p class="no-margin">a</p><ul><li><p class="no-margin">b</p></li></ul></li></ul>'
    )


@pytest.mark.parametrize(
    "body",
    [
        "<ul></ul>",
        "<ol><li> </li><li></li></ol>",
        "<table></table>",
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        "<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>",
        "<ul><li><table><tr><td>a</td></tr></table></li></ul>",
        "<dl><dt>a</dt></dl>",
        '<iframe src="https://evil.example/youtube.com"></iframe>',
        '<iframe src="https://[youtube.com/embed/a"></iframe>',
        "<div>" * 500 + "a",
        "<b>" * 5000 + "a",
        "<ul><li>a" * 60,
    ],
)
def test_what_intercom_refuses_fails_the_whole_body(body):
    with pytest.raises(Refusal) as refused:
        kept(f"<p>before</p>{body}")
    assert (refused.value.status, refused.value.field) == (400, "body")


@pytest.mark.parametrize(
    "src",
    [
        "a.png",
        "/a.png",
        "",
        "data:image/png;base64,AAAA",
        "//e.com/a.png",
        "https://[e.com/a.png",
        "ftp://e.com/a.png",
    ],
)
def test_an_image_without_an_absolute_address_fails_the_request(center, api, src):
    error = api.error(
        "POST",
        "/articles",
        400,
        json={"title": "x", "author_id": 991267242, "body": f'<img src="{src}">'},
    )
    assert error["field"] == "body"
    assert center.rows("article") == []


def test_an_image_loses_its_size_and_its_title():
    sent = '<img src="https://e.com/a.png" alt="b" title="c" width="7" height="8" style="x: y">'
    assert kept(sent) == IMAGE


def test_cells_that_span_others_are_left_to_themselves():
    sent = "<table><tr><td colspan=2>a</td></tr><tr><td>b</td><td>c</td></tr></table>"
    assert kept(sent).count("<td>") == 3


def test_an_address_that_is_none_is_kept_as_text():
    assert 'href="http://["' in kept('<a href="http://[">x</a>')
    assert "href" not in kept('<a href="java\nscript:x()">x</a>')


@few_and_many("sections", 5_000, 25_000)
def test_two_megabytes_are_no_trouble(sections):
    section = "<h2>h</h2><p>a <b>b</b> <a href='https://e.com'>c</a></p>\n<ul><li>d</li></ul>"
    begun = time.monotonic()
    assert len(kept(section * sections)) > 80 * sections
    assert time.monotonic() - begun < 20


def pictures(body):
    return re.findall(r'src="([^"]+)"', body)


def test_images_are_hosted_here_and_signed_anew_at_every_read(make_center, talk):
    center = make_center(asset_lookup={"https://e.com/a.png": b"bytes"}.get)
    api = talk(center)
    body = '<img src="https://e.com/a.png"><img src="https://other.com/b.svg">'
    first = pictures(api.article(body=body)["body"])
    second = pictures(api.get("/articles/101")["body"])
    paths = [url.partition("?")[0] for url in first]
    assert [url.partition("?")[0] for url in second] == paths
    assert not set(first) & set(second)
    assert all(url.startswith(f"{CDN}/i/o/local0001/") for url in first)
    assert re.search(r"\?expires=\d+&amp;signature=[0-9a-f]{64}&amp;req=", first[0])
    assert center.image(paths[0]) == (b"bytes", "image/png")
    assert center.image(first[1].removeprefix(CDN)) == "https://other.com/b.svg"
    assert center.image("/i/o/none") is None


def test_an_image_of_ours_is_recognised_with_and_without_its_query(center, api):
    sent = '<p>a</p><img src="https://e.com/a.png">'
    signed = pictures(api.article(body=sent)["body"])[0].replace("&amp;", "&")
    path = signed.partition("?")[0]
    for again in (signed, path, "https://downloads.intercomcdn.com/i/o/9/f/else.png"):
        back = pictures(api.put("/articles/101", body=f'<img src="{again}">')["body"])[0]
        assert back.partition("?")[0] == again.partition("?")[0]
        assert "signature=" in back


def test_new_bytes_at_an_old_address_are_never_fetched(make_center, talk):
    shown = {"https://e.com/a.png": b"old"}
    center = make_center(asset_lookup=shown.get)
    api = talk(center)
    path = pictures(api.article(body='<img src="https://e.com/a.png">')["body"])[0]
    shown["https://e.com/a.png"] = b"new"
    api.put("/articles/101", body='<p>x</p><img src="https://e.com/a.png">')
    assert center.image(path) == (b"old", "image/png")
