"""A live body becomes Markdown that means the same, whatever is in it."""

from __future__ import annotations

import pytest

from publisher.body import canonical
from publisher.body.from_markdown import render
from publisher.body.proof import anchors, written
from publisher.body.proving import Draft, settled
from publisher.body.reader import read
from publisher.body.to_markdown import pieces
from publisher.body.tree import Paragraph, Run, text_of
from tests.body.bodies import documents, intercom_bodies
from tests.body.test_any_input import TEXTS
from tests.often import holds

RED = (
    '<div class="intercom-interblocks-callout" '
    'style="background-color: #fed9db80; border-color: #fd3a5733;">'
)
TABLE = (
    '<div class="intercom-interblocks-table-container">'
    '<table role="presentation"><tbody>{}</tbody></table></div>'
)


def readable(html: str) -> str:
    return " ".join(" ".join(map(text_of, read(html))).split())


# --- laws -------------------------------------------------------------------------------


@holds(intercom_bodies(), few=8, many=60)
def test_a_live_body_comes_back_from_its_markdown(html):
    result = written(html)

    assert [piece for piece in result.pieces if piece.how == "unproven"] == []
    assert result.sound
    assert len(result.pieces) == len(canonical.blocks(html))
    assert readable(render(result.markdown).html) == readable(html)


@holds(documents(), few=8, many=60)
def test_what_an_author_wrote_comes_back_after_a_pull(text):
    html = render(text).html
    result = written(html)

    assert result.sound
    assert canonical.canonical(render(result.markdown).html) == canonical.canonical(html)


@holds(TEXTS, few=8, many=60)
def test_any_html_is_written_and_what_is_lost_is_told(html):
    result = written(html)

    assert len(result.pieces) == len(canonical.blocks(html))
    assert result.sound or any(piece.how == "unproven" for piece in result.pieces)


# --- how it reads -----------------------------------------------------------------------

READS = {
    "bold with edge spaces": ("<p>Press <b>Silence </b>in</p>", "Press **Silence** in\n"),
    "bold in a word": ("<p>a<b>bus</b>ing <b>(b)</b></p>", "a**bus**ing **(b)**\n"),
    "bold where asterisks fail": ("<p>a<b>(b)</b>c</p>", "a<b>(b)</b>c\n"),
    "bold and italic": ("<p><b><i>both</i></b> x</p>", "***both*** x\n"),
    "italic in bold": ("<p><b>a <i>b</i></b></p>", "**a _b_**\n"),
    "a wholly bold heading": ('<h2 id="h_0123456789"><b>Merge</b></h2>', "## **Merge**\n"),
    "signs between words": (
        "<p>snake_case, 2 * 3, [1], a|b, -5, #1, $5, ~5, C:\\dir, a &lt; b, AT&amp;T, {#id}</p>",
        "snake_case, 2 * 3, [1], a|b, -5, #1, $5, ~5, C:\\dir, a < b, AT&T, {#id}\n",
    ),
    "signs that would mean something": (
        "<p>*a* [x](y) ~~b~~ &lt;div&gt; &amp;amp; wow!<a href='https://a.org'>z</a></p>",
        "\\*a\\* [x\\](y) \\~\\~b\\~\\~ \\<div> \\&amp; wow\\![z](https://a.org)\n",
    ),
    "the start of a line": (
        "<p>1. a</p><p>+ b</p><p>[^1]: c</p><p>[d]: e</p><p>---</p><p>a<br>===</p>",
        "1\\. a\n\n\\+ b\n\n\\[^1]: c\n\n\\[d]: e\n\n\\---\n\na\\\n\\===\n",
    ),
    "a task that is none": ("<ul><li>[x] a</li></ul>", "- \\[x] a\n"),
    "a line break and its zero-width space": ("<p>a<br>\u200b</p><p><br>b</p>", "a\n\n\\\nb\n"),
    "a link without an address": ('<p><a target="_blank">M</a></p>', "M\n"),
    "an address Markdown would respell": (
        '<p><a href="https://a.org/ü">x</a></p>',
        '<a href="https://a.org/ü">x</a>\n',
    ),
    "an unlisted video": (
        '<iframe src="https://player.vimeo.com/video/748814022?h=0a1b"></iframe>',
        ':::video id="748814022?h=0a1b" provider="vimeo"\n:::\n',
    ),
    "a button that quotes": (
        '<a class="intercom-h2b-button" href="https://a.org">Say "hi"</a>',
        ':::button href="https://a.org" label=\'Say "hi"\'\n:::\n',
    ),
    "an alert that begins with a list": (
        f"{RED}<ul><li>a</li></ul></div>",
        "> [!CAUTION]\n>\n> - a\n",
    ),
    "a table without a header": (
        TABLE.format("<tr><td><p>a</p></td><td><p></p></td></tr>"),
        "|  |  |\n| --- | --- |\n| a |  |\n",
    ),
}


@pytest.mark.parametrize(("html", "markdown"), READS.values(), ids=READS)
def test_it_reads_as_a_writer_would_write_it(html, markdown):
    result = written(html)

    assert (result.markdown, result.sound) == (markdown, True)
    assert {piece.how for piece in result.pieces} == {"markdown"}


# --- islands ----------------------------------------------------------------------------

ISLANDS = {
    "an aligned paragraph": (
        '<p class="intercom-align-center no-margin">a <b>b</b></p>',
        '<p align="center">a <b>b</b></p>\n',
        ("alignment",),
    ),
    "an aligned image": (
        '<div class="intercom-container intercom-align-center">'
        '<img src="https://a.org/b.png?c=1" width="9" height="9"></div>',
        '<p align="center"><img src="https://a.org/b.png?c=1"></p>\n',
        ("alignment",),
    ),
    "a coloured table in a callout": (
        f"{RED}<p>a</p>"
        + TABLE.format('<tr><td style="background-color: #fed9db80;"><p>b</p></td></tr>')
        + "</div>",
        "> [!CAUTION]\n> a\n>\n> <table>\n>   <tr>\n"
        '>     <td style="background-color: #fed9db80">b</td>\n>   </tr>\n> </table>\n',
        ("a coloured table cell",),
    ),
    "paragraphs and a list in a cell": (
        TABLE.format("<tr><td><p>a</p><p>b</p><ul><li>c</li></ul></td></tr>"),
        "<table>\n  <tr>\n    <td>\n      <p>a</p>\n      <p>b</p>\n      <ul>\n"
        "        <li>c</li>\n      </ul>\n    </td>\n  </tr>\n</table>\n",
        ("a list in a table cell", "several paragraphs in a table cell"),
    ),
    "quotation marks of both kinds": (
        '<a class="intercom-h2b-button" href="https://a.org">Say "it\'s"</a>',
        '<p><a class="intercom-h2b-button" href="https://a.org">Say "it\'s"</a></p>\n',
        ("quotation marks in a button",),
    ),
}


@pytest.mark.parametrize(("html", "markdown", "causes"), ISLANDS.values(), ids=ISLANDS)
def test_what_markdown_cannot_say_is_an_island_of_html(html, markdown, causes):
    result = written(html)

    assert (result.markdown, result.sound) == (markdown, True)
    assert [(piece.how, piece.causes) for piece in result.pieces] == [("island", causes)]


def test_an_empty_line_in_the_code_of_a_cell_does_not_end_the_island():
    html = TABLE.format("<tr><td><pre><code>a\n\n\t:::\n```</code></pre></td></tr>")

    assert written(f"{RED}{html}</div>").sound


@pytest.mark.parametrize(
    ("html", "cause"),
    [
        ('<p>see <a href="#h_0000000000">x</a></p>', "a link to a heading that is not there"),
        ('<p><a href="chrome://flags">x</a></p>', "a link that cannot be published (chrome:)"),
        ('<div class="intercom-interblocks-new"><p>x</p></div>', "HTML of an unknown kind"),
        ("<ul><li><table><tr><td>x</td></tr></table></li></ul>", "a table in a list"),
        ("<table><tr><td colspan=2>x</td></tr><tr><td>y</td><td>z</td></tr></table>",
         "table rows of different lengths"),
        ("<p>a <u>x</u></p>", "text in <u>"),
        ('<iframe src="https://forms.example.org/1"></iframe>', "an embedded page"),
        ("<details><summary></summary><p>x</p></details>", "a collapsible without a title"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_told_and_its_neighbours_are_proven(html, cause):
    result = written(f"<p>before</p>{html}<p>after</p>")
    before, piece, after = result.pieces

    assert not result.sound
    assert (before.how, piece.how, after.how) == ("markdown", "unproven", "markdown")
    assert cause in piece.causes


def test_a_piece_says_what_can_be_read_in_it():
    pieces = written('<p>a <b>b</b></p><img src="https://a.org/c.png" alt="The key">').pieces

    assert [piece.text for piece in pieces] == ["a b", "The key"]


# --- addresses --------------------------------------------------------------------------


def as_author(url: str, image: bool) -> str:
    if image:
        return "../../images/a b.png"
    return {
        "https://help.org/en/articles/1-refunds#h_1": "../billing/gebühren.md#fees",
        "https://help.org/en/articles/2-me#h_0123456789": "#h_0123456789",
    }.get(url, url)


def test_addresses_are_an_authors():
    html = (
        '<p><a href="https://help.org/en/articles/1-refunds#h_1">x</a></p>'
        '<img src="https://downloads.intercomcdn.com/i/o/1/a%20b.png?expires=1">'
    )

    result = written(html, as_author)

    assert result.sound
    assert result.markdown == "[x](../billing/gebühren.md#fees)\n\n![](../../images/a%20b.png)\n"


FILE = "https://downloads.intercomcdn.com/i/o/1/f/doc.pdf"
SIGNED = "a signed link to a file in Intercom, which is sent without its signature"


@pytest.mark.parametrize(
    ("html", "how"),
    [
        ('<p><a href="{}">doc</a></p>', "markdown"),
        ('<ul><li><a href="{}">doc</a></li></ul>', "markdown"),
        ('<a href="{}"><img src="https://a.org/i.png"></a>', "markdown"),
        ('<a class="intercom-h2b-button" href="{}">doc</a>', "markdown"),
        ('<p style="text-align: center"><a href="{}">doc</a></p>', "island"),
        (TABLE.format('<tr><td style="width: 9px"><a href="{}">doc</a></td></tr>'), "island"),
        ('<video src="{}"></video>', "unproven"),
        ('<div class="intercom-interblocks-attachments"><a href="{}">doc</a></div>', "unproven"),
        ('<svg><a href="{}">doc</a></svg>', "unproven"),
    ],
)
def test_a_signed_link_is_written_without_its_signature_and_told(html, how):
    signed = written(html.format(f"{FILE}?expires=1&amp;signature=2&amp;req=3"))
    bare = written(html.format(FILE))

    (piece,) = signed.pieces
    assert (piece.how, piece.causes[-1]) == (how, SIGNED)
    assert (signed.markdown, signed.sound) == (bare.markdown, bare.sound)
    assert FILE in signed.markdown
    assert SIGNED not in bare.pieces[0].causes


def test_that_an_image_is_signed_is_nothing_to_tell_for_intercom_copies_it_again():
    result = written(f'<img src="{FILE}?expires=1&amp;signature=2">')

    assert (result.markdown, result.pieces[0].causes) == (f"![]({FILE})\n", ())


def test_a_link_within_the_page_names_the_slug():
    html = (
        '<p><a href="#h_0123456789">x</a> <a href="#h_9123456789">y</a> '
        '<a href="https://help.org/en/articles/2-me#h_0123456789">z</a></p>'
        '<h2 id="h_0123456789">Fees &amp; co</h2><h2 id="h_9123456789">Fees &amp; co</h2>'
        "<h2>Last</h2>"
    )

    result = written(html, as_author)

    assert result.sound
    assert result.markdown.startswith("[x](#fees--co) [y](#fees--co-1) [z](#fees--co)\n")
    assert anchors(html) == {"h_0123456789": "fees--co", "h_9123456789": "fees--co-1"}


# --- headings ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "markdown"),
    [
        ((), "## A\n\n### B\n\n#### C\n"),
        ((2, 3, 4), "## A\n\n### B\n\n#### C\n"),
        ((1, 3), "# A\n\n### B\n\n#### C\n"),
        ((6,), "##### A\n\n###### B\n\n###### C\n"),
    ],
)
def test_headings_get_the_levels_their_author_uses(levels, markdown):
    result = written("<h2>A</h2><h3>B</h3><h4>C</h4>", levels=levels)

    assert (result.markdown, result.sound) == (markdown, True)


def test_a_first_heading_that_repeats_the_title_is_not_taken_for_it():
    html = "<h1>Refunds</h1><h1>Fees</h1><h2>a</h2>"

    assert written(html, title="Refunds").markdown == "## Refunds\n\n## Fees\n\n### a\n"
    assert written(html, title="Other").markdown == "# Refunds\n\n# Fees\n\n## a\n"
    assert written(html, title="Refunds").sound


# --- neighbours -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>",
        "<ol><li>a</li></ol><p>b</p><ol><li>c</li></ol>",
        "<ul><li>a</li><li></li><li><p>b</p><h2>c</h2><p>d</p></li></ul>",
        "<ul><li><pre><code>\ta\n\n```\n</code></pre><p>x</p></li><li><hr></li></ul>",
        "<p>a</p><hr><p>b</p><hr>",
        f"{RED}<details><summary>Q <b>b</b></summary>{RED}<p>:::</p></div></details></div>",
    ],
)
def test_neighbours_stay_apart(html):
    result = written(html)

    assert result.sound
    assert {piece.how for piece in result.pieces} == {"markdown"}


def test_a_list_deeper_than_markdown_reads_is_an_island_only_where_it_is_too_deep():
    result = written("<ul><li>a" * 22 + "</li></ul>" * 22)

    assert result.sound
    assert result.markdown.startswith("- a\n  - a\n\n    <ul>\n")
    assert result.pieces[0].causes == ("text that Markdown would read differently",)


def test_a_block_that_is_misread_beside_others_becomes_an_island():
    texts = [Paragraph(runs=(Run(letter),)) for letter in "abc"]
    drafts = [Draft(meant=text, block=text) for text in texts]
    drafts[1] = Draft(meant=texts[1], block=texts[2])

    mended = settled(drafts)

    assert [pieces((draft.block,))[0] for draft in mended] == ["a", "<p>b</p>", "c"]


def test_an_empty_body_is_an_empty_file():
    assert (written("").markdown, written("").pieces, written("").sound) == ("", (), True)
