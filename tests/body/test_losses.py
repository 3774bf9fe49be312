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
        [(0, "text is missing: “b”"), (0, "a list lost an item")],
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
            "<table><tr><td>a</td></tr></table>",
            '<table><tr><td style="width: 9px">a</td></tr></table>',
        ),
    ],
)
def test_what_only_looks_different_is_no_loss(meant, seen):
    assert canonical.losses(meant, seen) == ()
