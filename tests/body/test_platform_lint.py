"""What Intercom refuses is an error before anything is sent; what it drops is a warning."""

from __future__ import annotations

import re
from typing import NamedTuple

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.body import refs
from publisher.body.findings import REFUSED, RULES
from publisher.body.from_markdown import render
from publisher.helpcenter import HelpCenter
from publisher.model import ContentRules
from publisher.source import load
from publisher.source.lint import MEGABYTE
from tests.body.bodies import documents
from tests.body.test_any_input import TEXTS

AUTHOR = 991267242
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TABLE = "<table><tr><td>3</td></tr></table>"


class Case(NamedTuple):
    """What an author wrote on line 3, what is told of it, and the same thing sent as it stands."""

    rule: str
    markdown: str
    remedy: str
    raw: str
    gone: str = ""


REFUSALS = {
    "a table in a list": Case(
        "table-in-list",
        "- Tea\n\n  | a |\n  |---|\n  | 3 |",
        "below the list",
        f"<ul><li>Tea{TABLE}</li></ul>",
    ),
    "a table in a table": Case(
        "table-nested",
        f"<table><tr><td>{TABLE}</td></tr></table>",
        "below the table",
        f"<table><tr><td>{TABLE}</td></tr></table>",
    ),
    "a table of nothing": Case("table-empty", "| |\n|---|\n| |", "Fill a cell", "<table></table>"),
    "a table with rows of different lengths": Case(
        "table-ragged",
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        "as many cells",
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
    ),
    "a list of nothing": Case("list-empty", "<ul></ul>", "Write an item", "<ul></ul>"),
    "a list of empty items": Case(
        "list-empty", "-\n-\n", "Write an item", "<ul><li></li><li> </li></ul>"
    ),
    "a page of someone else": Case(
        "embed-unsupported",
        '<iframe src="https://a.org/film"></iframe>',
        "Link to the page",
        '<iframe src="https://a.org/film"></iframe>',
    ),
    "a player of someone else": Case(
        "embed-unsupported",
        ':::video id="1" provider="tiktok"\n:::',
        "youtube",
        '<iframe src="https://www.tiktok.com/embed/1"></iframe>',
    ),
    "a frame around nothing": Case(
        "embed-unsupported", "<iframe></iframe>", "Link to the page", "<iframe></iframe>"
    ),
    "a list of terms": Case(
        "html-refused",
        "<dl><dt>Tea</dt><dd>Hot</dd></dl>",
        "in bold",
        "<dl><dt>Tea</dt><dd>Hot</dd></dl>",
    ),
    "an image written into the page": Case(
        "image-data-url",
        "![](data:image/png;base64,AAAA)",
        "Save it as a file",
        '<img src="data:image/png;base64,AAAA">',
    ),
    "an image on a disk": Case(
        "image-address", "![](file:///tmp/pot.png)", "https://", '<img src="file:///tmp/pot.png">'
    ),
    "an image without a scheme": Case(
        "image-address", "![](//a.org/pot.png)", "https://", '<img src="//a.org/pot.png">'
    ),
    "an image without an address": Case("image-address", "![]()", "https://", "<img>"),
    "an image on no host": Case(
        "image-address", "![](https:///pot.png)", "https://", '<img src="https:///pot.png">'
    ),
}
DROPS = {
    "where a list starts": Case(
        "list-start", "3. Tea", "list before", '<ol start="3"><li>Tea</li></ol>', "start"
    ),
    "the width of an image": Case(
        "image-size",
        '<img src="https://a.org/pot.png" width="300">',
        "file itself",
        '<img src="https://a.org/pot.png" width="300">',
        'width="300"',
    ),
    "the style of an image": Case(
        "image-size",
        '<img src="https://a.org/pot.png" style="height: 20em">',
        "file itself",
        '<img src="https://a.org/pot.png" style="height: 20em">',
        "20em",
    ),
    "the title of an image": Case(
        "image-title",
        '![](https://a.org/pot.png "Hot")',
        "in the text",
        '<img src="https://a.org/pot.png" title="Hot">',
        "Hot",
    ),
    "the title of a link": Case(
        "hover-text",
        '[Tea](https://a.org "Hot")',
        "in the text",
        '<p><a href="https://a.org" title="Hot">Tea</a></p>',
        "Hot",
    ),
    "what an abbreviation stands for": Case(
        "hover-text",
        '<abbr title="Hot">Tea</abbr>',
        "in the text",
        '<p><abbr title="Hot">Tea</abbr></p>',
        "Hot",
    ),
    "the colour of words": Case(
        "style-dropped",
        '<span style="color: red">Tea</span>',
        "callout",
        '<p><span style="color: red">Tea</span></p>',
        "red",
    ),
    "the colour of a paragraph": Case(
        "style-dropped",
        '<p style="color: red">Tea</p>',
        "callout",
        '<p style="color: red">Tea</p>',
        "red",
    ),
    "letters before items": Case(
        "list-start",
        '<ol type="a"><li>Tea</li></ol>',
        "into the text",
        '<ol type="a"><li>Tea</li></ol>',
        "type",
    ),
    "numbers from the last": Case(
        "list-start",
        "<ol reversed><li>Tea</li></ol>",
        "into the text",
        "<ol reversed><li>Tea</li></ol>",
        "reversed",
    ),
    "a number of its own": Case(
        "list-start",
        '<ol><li value="4">Tea</li></ol>',
        "into the text",
        '<ol><li value="4">Tea</li></ol>',
        "value",
    ),
    "the caption of a table": Case(
        "caption",
        "<table><caption>Tea</caption><tr><td>3</td></tr></table>",
        "",
        "<table><caption>Tea</caption><tr><td>3</td></tr></table>",
        "caption",
    ),
    "the caption of a picture": Case(
        "caption",
        '<figure><img src="https://a.org/pot.png"><figcaption>Tea</figcaption></figure>',
        "",
        '<figure><img src="https://a.org/pot.png"><figcaption>Tea</figcaption></figure>',
        "caption",
    ),
    "an unknown tag": Case(
        "html-dropped", "Tea <your-name>", "&lt;your-name&gt;", "<p><your-name>Tea</p>", "<your"
    ),
    "underlining": Case("html-dropped", "<u>Tea</u>", "", "<p><u>Tea</u></p>", "<u>"),
    "raised text": Case("html-dropped", "<sup>up</sup>", "", "<p><sup>up</sup></p>", "<sup>"),
    "what is struck through": Case(
        "strikethrough", "~~Tea~~", "", "<p><del>Tea</del></p>", "<del>"
    ),
    "a script": Case("html-unsafe", "<script>x()</script>", "", "<script>x()</script>", "x()"),
    "a text field": Case(
        "html-dropped", "<textarea>x</textarea>", "", "<textarea>x</textarea>", "x</"
    ),
    "a section": Case("html-dropped", "<aside>Tea</aside>", "", "<aside>Tea</aside>", "aside"),
    "a film in a file": Case(
        "html-dropped",
        '<video src="https://a.org/film.mp4"></video>',
        "one of these",
        '<video src="https://a.org/film.mp4">film</video>',
        "video",
    ),
    "a quotation": Case(
        "blockquote", "> Tea", "", "<blockquote><p>Tea</p></blockquote>", "blockquote"
    ),
    "a box to tick": Case(
        "task-list", "- [x] Tea", "", "<ul><li><input type=checkbox>Tea</li></ul>", "input"
    ),
    "an image inside a line": Case(
        "image-inline",
        "Fill ![](https://a.org/pot.png) it",
        "line of its own",
        '<p>Fill <img src="https://a.org/pot.png"> it</p>',
        "Fill <",
    ),
    "a cell over two columns": Case(
        "table-span",
        '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></table>',
        "two tables",
        '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></table>',
        "colspan",
    ),
    "a link that runs a script": Case(
        "link-scheme", "[a](javascript:x)", "", '<a href="javascript:x">a</a>', "javascript"
    ),
}


@pytest.fixture(scope="module")
def http():
    center = HelpCenter()
    told = {"Authorization": "Bearer t", "Accept": "application/json", "Intercom-Version": "2.15"}
    app = httpx.WSGITransport(app=center)
    with httpx.Client(transport=app, base_url="http://api.test", headers=told) as client:
        yield client
    center.close()


def sent(http, body: str) -> httpx.Response:
    return http.post("/articles", json={"title": "T", "author_id": AUTHOR, "body": body})


def found(case: Case, severity: str) -> None:
    """Look at the one finding that a case is about, on the line where the author wrote it."""
    findings = render(f"Before.\n\n{case.markdown}\n").findings
    told = [each for each in findings if each.rule == case.rule]

    assert [each.severity for each in told] == [severity]
    assert told[0].line in range(3, 3 + len(case.markdown.split("\n")))
    assert case.remedy in told[0].advice
    assert told[0].what


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_what_intercom_refuses_is_an_error_with_a_line_and_a_remedy(case):
    found(case, "error")
    assert case.rule in REFUSED


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_intercom_refuses_it_with_all_that_is_around(case, http):
    reply = sent(http, f"<p>Before.</p>{case.raw}<p>After.</p>")

    assert reply.status_code == 400
    assert reply.json()["errors"][0]["field"] == "body"


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_whoever_calls_a_refusal_a_warning_sends_something_nearby(case, http):
    assert sent(http, render(f"Before.\n\n{case.markdown}\n").html).status_code == 200


@pytest.mark.parametrize("case", DROPS.values(), ids=DROPS)
def test_what_intercom_drops_is_a_warning_with_a_line_and_a_remedy(case):
    found(case, "warning")
    assert case.rule in RULES.keys() - REFUSED


@pytest.mark.parametrize("case", DROPS.values(), ids=DROPS)
def test_intercom_drops_it_and_takes_the_rest(case, http):
    reply = sent(http, f"<p>Before.</p>{case.raw}")

    assert reply.status_code == 200
    assert case.gone not in reply.json()["body"]


@pytest.mark.parametrize(
    ("first_line", "words", "remedy"),
    [
        (":::callout Title words", "Title words", "a line of its own"),
        (':::callout Mind backgroundColor="#fff" this', "Mind this", "a line of its own"),
        (":::collapsible More", "More", 'title="…"'),
        (':::button href="https://a.org" label="Go" now', "now", 'label="…"'),
        (':::video id="VtKNw2dUD7Y" provider="youtube" please', "please", 'id="…"'),
        (":::note Mind this", "Mind this", "a line of its own"),
        (':::collapsible title="never closed', 'title="never closed', 'title="…"'),
    ],
)
def test_words_after_the_name_of_a_directive_are_told(first_line, words, remedy):
    found = render(f"Text.\n\n{first_line}\nInside.\n:::\n").findings
    (told,) = [each for each in found if each.rule == "directive-text"]
    assert (told.severity, told.line) == ("warning", 3)
    assert f"“{words}”" in told.what
    assert remedy in told.advice


@pytest.mark.parametrize(
    "first_line",
    [
        ":::callout",
        ':::callout {backgroundColor="#fff" borderColor=#eee}',
        "::: collapsible title='A {b} \"c\"'",
        ":::collapsible title=Unquoted",
    ],
)
def test_attributes_are_no_words(first_line):
    found = render(f"{first_line}\nInside.\n:::\n").findings
    assert [each.rule for each in found] == []


def test_a_fourth_level_of_headings_is_told_once():
    findings = render("# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n").findings

    assert [(each.rule, each.severity, each.line) for each in findings] == [
        ("heading-deep", "warning", 7)
    ]
    assert "2 times" in findings[0].what
    assert render("## a\n\n#### b\n\n###### c\n").findings == ()


def test_a_list_in_a_list_is_no_finding_because_it_can_be_laid_out_flat():
    assert render("- a\n  - b\n").findings == ()


@pytest.mark.parametrize(
    "markdown",
    [
        '<table style="border: 1px solid red"><tr><td style="background-color: #fff; width: 9px; '
        'text-align: right">3</td></tr></table>',
        '<div class="intercom-interblocks-callout" style="background-color: #e8e8e880">Tea</div>',
        '<p style="text-align: center">Tea</p>',
        "| a |\n|:-:|\n| 3 |",
        '`<span style="color: red" title="Hot">`',
        '<ol type="1"><li>Tea</li></ol>',
        '<ul><li value="4">Tea</li></ul>',
        "<center>Tea</center>",
    ],
)
def test_what_intercom_shows_is_no_finding(markdown):
    assert render(markdown).findings == ()


def test_every_style_is_told_once_with_its_count_and_first_line():
    text = '<p style="color: red">a</p>\n\nb\n\n<p style="color: blue; margin: 0">c</p>\n'

    found = [(each.line, each.what) for each in render(text).findings]

    assert found == [
        (1, "Intercom drops the style 'color'; the text stays. (2 times, here first)"),
        (5, "Intercom drops the style 'margin'; the text stays."),
    ]


def test_centred_html_stays_centred():
    assert render("<center>\n<p>Tea</p>\n</center>").html.count("intercom-align-center") == 1


@pytest.mark.parametrize("tag", ["iframe", "embed"])
def test_an_address_of_a_video_host_that_names_no_video_is_told_so(tag):
    (found,) = render(f'<{tag} src="https://www.youtube.com/embed/abc"></{tag}>').findings

    assert found.what.startswith("https://www.youtube.com/embed/abc names no video of youtube")
    assert "opy the address of the video itself." in found.advice
    assert "nothing but" not in found.what


def test_every_table_in_a_list_is_an_error_of_its_own_line():
    text = "- a\n\n  | a |\n  |---|\n  | b |\n\n  c\n\n  | a |\n  |---|\n  | b |\n"

    assert [(each.rule, each.line) for each in render(text).findings] == [
        ("table-in-list", 3),
        ("table-in-list", 9),
    ]


@MANY
@given(text=st.one_of(TEXTS, documents()))
def test_whatever_is_rendered_is_accepted(text, http):
    rendered = render(text)
    html = refs.rewrite(rendered.html, with_files)

    reply = sent(http, html)
    assert reply.status_code == 200, (reply.text, html)


def problems(folder, text: str) -> list[tuple[str, str, int, str]]:
    """Lint a content folder that holds this article and a picture that is far too large."""
    (folder / "en").mkdir()
    (folder / "en" / "tea.md").write_text(f"---\ntitle: Tea\n---\n{text}\n", "utf-8")
    with (folder / "en" / "large pot.png").open("wb") as file:
        file.truncate(20 * MEGABYTE + 1)
    advice = dict.fromkeys(("article-orphan", "image-alt", "image-unused"), "off")
    found = load(folder, ContentRules(severities=advice)).problems
    return [(each.rule, each.severity, each.spot.line, each.advice) for each in found]


def test_a_relative_image_is_a_file_of_ours_or_an_error(tmp_path):
    (problem,) = problems(tmp_path, "Hot.\n\n![](pot.png)")

    assert problem[:3] == ("asset-missing", "error", 6)
    assert "add the file" in problem[3]


def test_an_oversized_image_is_an_error_where_it_is_shown(tmp_path):
    (problem,) = problems(tmp_path, "Hot.\n\n- Tea\n\n  ![](<large pot.png>)")

    assert problem[:3] == ("image-large", "error", 6)
    assert "smaller" in problem[3]


def test_an_oversized_file_that_is_only_linked_is_no_image(tmp_path):
    found = problems(tmp_path, "[it](<large pot.png>)")

    assert [rule for rule, *_ in found] == ["link-to-file"]


def with_files(url: str, image: bool) -> str:
    """Give relative images the address that their files will have."""
    if image and not re.match(r"https?:", url, re.IGNORECASE):
        return "https://files.a.org/pot.png"
    return url
