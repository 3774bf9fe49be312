"""What Intercom did not keep is named so that a writer finds it."""

from __future__ import annotations

import pytest

from publisher.body import canonical

CALLOUT = '<div class="intercom-interblocks-callout"><p>Mind the gap</p></div>'
VIDEO = '<iframe src="https://www.youtube.com/embed/VtKNw2dUD7Y"></iframe>'
LOST = {
    "code in one line": (
        "<p>a</p><pre><code>one\n  two</code></pre>",
        "<p>a</p><pre><code>one  two</code></pre>",
        [(1, "the code block lost its line breaks")],
    ),
    "code without indentation": (
        "<pre><code>one\n  two</code></pre>",
        "<pre><code>one\ntwo</code></pre>",
        [(0, "the code block lost its indentation")],
    ),
    "a callout": (
        f"<p>a</p>{CALLOUT}<p>b</p>",
        "<p>a</p><p>Mind the gap</p><p>b</p>",
        [(1, "the callout became plain paragraphs")],
    ),
    "an image": (
        '<p>a</p><img src="a.png" alt="A"><p>b</p>',
        "<p>a</p><p>b</p>",
        [(1, "an image is missing")],
    ),
    "an image in a list": (
        '<ul><li>a<img src="a.png"></li></ul>',
        "<ul><li>a</li></ul>",
        [(0, "an image is missing")],
    ),
    "a description": (
        '<img src="a.png" alt="The diagram">',
        '<img src="a.png">',
        [(0, "an image lost its description: “The diagram”")],
    ),
    "an item": (
        "<ul><li>a</li><li>b</li></ul>",
        "<ul><li>a</li></ul>",
        [(0, "a list item is missing: “b”")],
    ),
    "an item that another took in": (
        "<ul><li>a</li><li>b</li></ul>",
        "<ul><li>a b</li></ul>",
        [(0, "a list item no longer stands by itself")],
    ),
    "an item of a nested list": (
        "<ul><li>a<ul><li>b</li><li>c</li></ul></li></ul>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        [(0, "a list item is missing: “c”")],
    ),
    "a nested list in the one around it": (
        "<ul><li>a<ul><li>b</li><li>c</li></ul></li></ul>",
        "<ul><li>a</li><li>b</li><li>c</li></ul>",
        [(0, "a nested list became part of the list around it")],
    ),
    "a nested list as text": (
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<ul><li>a<p>b</p></li></ul>",
        [(0, "a nested list became plain paragraphs")],
    ),
    "a list in a box": (
        f"{CALLOUT[:-6]}<ul><li>c</li></ul></div>",
        f"{CALLOUT[:-6]}<p>c</p></div>",
        [(0, "a list became plain paragraphs")],
    ),
    "a table in an item": (
        "<ul><li>a<table><tr><td>b</td></tr></table></li></ul>",
        "<ul><li>a</li></ul>",
        [(0, "text is missing: “b”"), (0, "a table is missing")],
    ),
    "a cell": (
        "<table><tr><td>a</td><td>b</td></tr></table>",
        "<table><tr><td>a</td></tr></table>",
        [(0, "a table cell is missing: “b”")],
    ),
    "a paragraph": ("<p>a</p><p>b c</p>", "<p>a</p>", [(1, "text is missing: “b c”")]),
    "words": ("<p>one two three</p>", "<p>one three</p>", [(0, "text is missing: “two”")]),
    "a link": (
        '<p>see <a href="u">the fees</a></p>',
        "<p>see the fees</p>",
        [(0, "a link was lost: “the fees”")],
    ),
    "bold": ("<p>a <b>b</b></p>", "<p>a b</p>", [(0, "bold was lost: “b”")]),
    "a video": (f"<p>a</p>{VIDEO}", "<p>a</p>", [(1, "a video is missing")]),
    "a table": (
        "<table><tr><td>a</td><td>b</td></tr></table>",
        "<p>a</p><p>b</p>",
        [(0, "a table became plain paragraphs")],
    ),
    "a heading": ("<h1>A</h1><p>b</p>", "<p>A</p><p>b</p>", [(0, "a heading became plain text")]),
    "a line": ("<p>a</p><hr><p>b</p>", "<p>a</p><p>b</p>", [(1, "a horizontal line is missing")]),
    "everything": ("<p>a</p>", "", [(0, "text is missing: “a”")]),
}


@pytest.mark.parametrize(("meant", "seen", "told"), LOST.values(), ids=LOST)
def test_what_is_lost_is_named(meant, seen, told):
    assert [tuple(loss) for loss in canonical.losses(meant, seen)] == told


@pytest.mark.parametrize(
    ("meant", "seen"),
    [
        ("<p>a\u00a0b</p>", "<p>a b</p>"),
        ("<p>a</p>", "<p>a</p><p>more</p>"),
        ("<p>a</p><p>b</p>", "<p>a<br>b</p>"),
        ('<img src="a.png" alt="A">', '<img src="image.png" alt="A">'),
        (
            '<h1 id="h_0123456789">A</h1><img src="a.png">',
            '<h1 id="h_9876543210">A</h1><img src="a.png" width="7" style="height: auto;">',
        ),
        ('<a href="https://a.org/articles/1-x">t</a>', '<a href="https://a.org/articles/1">t</a>'),
        ("<p>a</p><unknown></unknown>", "<p>a</p>"),
        (
            "<table><tr><td>a</td></tr></table>",
            '<table><tr><td style="width: 9px">a</td></tr></table>',
        ),
    ],
)
def test_what_only_looks_different_is_no_loss(meant, seen):
    assert canonical.losses(meant, seen) == ()
