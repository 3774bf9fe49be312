"""Bodies to try things on: as Intercom's editor stores them, and as authors write them.

`intercom_bodies()` yields HTML of what real bodies consist of: spacing paragraphs with their
line end, zero-width spaces after line breaks, bold that ends in a space, text full of signs.
`documents()` yields Markdown over everything we support.
"""

from __future__ import annotations

from html import escape

from hypothesis import strategies as st

SIGNS = """
* ** _ __ [ ] ( ) | ` `` < > & # + - -- --- === ~ ~~ ! !! \\ \\* { } $ $5 ^ : ::: = / " '
… 😀 é 日本 1. 2) 2024. #1 [x] [ ] [a](b) ![a](b) [a][b] [ref]: [^1] [^1]: {#id} <div> </p>
<b> <!-- &amp; &copy; &#42; http://bare.example/ https://youtu.be/VtKNw2dUD7Y a@b.org
:::callout [!NOTE] snake_case __init__ 2*3
"""
WORDS = st.sampled_from(["word", "two", "Fees", "a", "I", *SIGNS.split()])
GLUE = st.sampled_from([" ", " ", " ", "", "\u00a0"])
COLOURS = {
    "gray": ("#e8e8e880", "#73737633"),
    "blue": ("#e3e7fa80", "#334bfa33"),
    "red": ("#fed9db80", "#fd3a5733"),
    "own": ("#fff8c5", "#d4a72c"),
}
SIDES = st.sampled_from(["", "", "", "", "intercom-align-center ", "intercom-align-justify "])
EMPTY = '<p class="no-margin"></p>\n'
VIDEOS = [
    "https://www.youtube.com/embed/VtKNw2dUD7Y?rel=0",
    "https://player.vimeo.com/video/748814022",
    "https://player.vimeo.com/video/748814022?h=0a1b2c3d4e",
    "https://www.loom.com/embed/0123456789abcdef0123456789abcdef",
    "https://fast.wistia.net/embed/iframe/abc123def4",
]
URLS = st.sampled_from(
    [
        "https://help.example.org/en/articles/5572684-how-to#h_c12ce32f9f",
        "https://example.org/?a=1&b=2",
        "https://example.org/a_(b)",
        "https://example.org/a%20b",
        "https://example.org/ü?x=&copy;[1]",
        "mailto:a@b.org",
    ]
)
IMAGES = st.sampled_from(
    [
        "https://downloads.intercomcdn.com/i/o/1/2/image.png?expires=1774969200&signature=48&req=f%0A",
        "https://downloads.intercomcdn.com/i/o/1/3/A%20(b)_c.gif?expires=17",
        "https://alitu-ecd72ab0001a.intercom-attachments-1.com/i/o/4/Größe.png",
    ]
)


def joined(parts: st.SearchStrategy[str], least: int = 1, most: int = 4) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=least, max_size=most).map("".join)


# --- Intercom's HTML --------------------------------------------------------------------

_plain = joined(st.tuples(WORDS, GLUE).map("".join), 1, 5)


@st.composite
def _marked(draw: st.DrawFn) -> str:
    text = escape(draw(_plain), quote=False)
    shape = draw(
        st.sampled_from(
            [
                "<b>{}</b>",
                "<b>{} </b>",
                "<b> {}</b>",
                "<i>{}</i>",
                "<b><i>{}</i></b>",
                "<b>{}<i>x</i></b>",
                "<b>{}<br>\u200b</b>",
                "<code>{}</code>",
                "<b><code>{}</code></b>",
                '<a target="_blank" class="intercom-content-link">{}</a>',
                '<a href="#h_0000000000" target="_blank" class="intercom-content-link">{}</a>',
                '<a href="{url}" target="_blank" class="intercom-content-link">{}</a>',
                '<a href="{url}" target="_blank" class="intercom-content-link"><b>{}</b></a>',
            ]
        )
    )
    return shape.replace("{url}", escape(draw(URLS))).replace("{}", text)


_text = joined(
    st.one_of(
        _plain.map(lambda text: escape(text, quote=False)),
        _plain.map(lambda text: escape(text, quote=False)),
        _marked(),
        st.sampled_from(["<br>", "<br>\u200b", "<br>\u200b<br>\u200b"]),
    )
)
_paragraphs = st.tuples(SIDES, _text).map(lambda it: f'<p class="{it[0]}no-margin">{it[1]}</p>')
_headings = st.tuples(st.integers(1, 3), st.integers(0, 9), _text).map(
    lambda it: f'<h{it[0]} id="h_{it[1]:010}">{it[2]}</h{it[0]}>'
)
_bold_headings = _plain.map(lambda text: f"<h2><b>{escape(text, quote=False)}</b></h2>")
_images = st.tuples(
    st.sampled_from(["", " intercom-align-center"]),
    IMAGES,
    st.one_of(st.just(""), _plain),
    st.sampled_from(["", ' width="707" height="405" style="height: auto;"']),
    st.sampled_from(["{}", '<a target="_blank" href="https://intercom.com">{}</a>']),
).map(
    lambda it: '<div class="intercom-container{}">{}</div>'.format(
        it[0],
        it[4].replace("{}", f'<img src="{escape(it[1])}" alt="{escape(it[2])}"{it[3]}>'),
    )
)
_videos = st.sampled_from(VIDEOS).map(
    lambda src: (
        f'<div class="intercom-h2b-video"><iframe src="{src}" frameborder="0" '
        'webkitallowfullscreen mozallowfullscreen allowfullscreen allow="autoplay"></iframe></div>'
    )
)
_buttons = st.tuples(URLS, _plain).map(
    lambda it: (
        '<div class="intercom-container intercom-align-center"><a class="intercom-h2b-button" '
        f'target="_blank" href="{escape(it[0])}">x{escape(it[1], quote=False)}</a></div>'
    )
)
CODE = joined(
    st.sampled_from(
        ["x", "  y  ", "\n", "\n\n", "\t", "```", "`", ":::", "- a", "<b>", "&amp;", "~~~"]
    ),
    1,
    8,
)
_code = CODE.map(lambda text: f"<pre><code>x{escape(text, quote=False)}</code></pre>")
_leaves = st.one_of(
    _paragraphs,
    _paragraphs,
    _paragraphs,
    _headings,
    _bold_headings,
    _images,
    _videos,
    _buttons,
    _code,
    st.just("<hr>"),
    st.just(EMPTY),
)


@st.composite
def _tables(draw: st.DrawFn) -> str:
    """A table: mostly of text; at times coloured, of several paragraphs, with things in it."""
    width = draw(st.integers(1, 3))
    odd = draw(st.booleans())
    styles = ["", "", ' style="background-color: #fed9db80; width: 112px;"'] if odd else [""]
    inside = st.one_of(_paragraphs, joined(_leaves, 1, 3)) if odd else _text.map("<p>{}</p>".format)
    rows = [
        "".join(
            f"<td{draw(st.sampled_from(styles))}>{draw(st.one_of(inside, st.just(EMPTY)))}</td>"
            for _ in range(width)
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    rows.append("<td><p>end</p></td>" * width)
    spelt = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        '<div class="intercom-interblocks-table-container"><table role="presentation">'
        f"<tbody>{spelt}</tbody></table></div>"
    )


def _lists(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.one_of(
        _text.map('<p class="no-margin">{}</p>'.format), joined(inner, 1, 3), st.just("")
    ).map("<li>{}</li>".format)
    return st.tuples(st.sampled_from(["ul", "ol"]), joined(items)).map(
        lambda it: f'<{it[0]}><li><p class="no-margin">one</p></li>{it[1]}</{it[0]}>'
    )


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    callouts = st.tuples(st.sampled_from(list(COLOURS.values())), joined(inner)).map(
        lambda it: (
            '<div class="intercom-interblocks-callout" style="background-color: '
            f'{it[0][0]}; border-color: {it[0][1]};">{it[1]}</div>'
        )
    )
    collapsibles = st.tuples(_text, joined(inner)).map(
        lambda it: (
            f"<details><summary><h2>Q {it[0]}</h2></summary>"
            f'<div class="collapsible-section-content">{EMPTY}{it[1]}</div></details>'
        )
    )
    return st.one_of(callouts, collapsibles)


_listed = st.recursive(
    _leaves, lambda inner: st.one_of(_lists(inner), _containers(inner)), max_leaves=5
)
_blocks = st.recursive(
    st.one_of(_leaves, _tables()),
    lambda inner: st.one_of(_lists(_listed), _containers(inner)),
    max_leaves=8,
)


def intercom_bodies() -> st.SearchStrategy[str]:
    """HTML as Intercom stores it, of any blocks in any order.

    Left out is what Intercom refuses to be sent (a table in a list, an empty list), and links
    to headings that are not there: the last block is the heading that they lead to.
    """
    target = '<h1 id="h_0000000000">Last</h1><p class="no-margin">end</p>'
    return joined(_blocks, 0, 6).map(lambda body: f"{body}{target}" if body else "")


# --- Markdown ---------------------------------------------------------------------------

_md_words = st.sampled_from(
    [
        "word",
        "two",
        "*i*",
        "**b**",
        "***both***",
        "`code`",
        "_i_",
        "a\\*b",
        "AT&T",
        "&copy;",
        "😀",
        "snake_case",
        "x<br>y",
        "<https://example.org>",
        "<kbd>Ctrl</kbd>",
        "[here](#last)",
        "[a](../billing/refunds.md#fees)",
        "2 < 3",
        "[link](https://example.org/?a=1&b=2)",
        "[**bold** link](a%20b.md)",
    ]
)
_md_line = st.lists(_md_words, min_size=1, max_size=5).map(" ".join)
_md_paragraph = st.lists(_md_line, min_size=1, max_size=3).map("\\\n".join)
_md_leaf = st.one_of(
    _md_paragraph,
    _md_paragraph,
    st.tuples(st.integers(1, 6), _md_line).map(lambda it: f"{'#' * it[0]} {it[1]}"),
    st.sampled_from(
        [
            "---",
            "![Alt *text*](https://example.org/a.png)",
            "[![a](../images/b%20c.png)](https://example.org)",
            ':::button href="https://example.org" label="Go" align="center"\n:::',
            ':::video id="VtKNw2dUD7Y" provider="youtube"\n:::',
            "https://vimeo.com/748814022/0a1b2c3d4e",
            "https://www.loom.com/share/0123456789abcdef0123456789abcdef",
            '<p align="center">centred <b>text</b></p>',
            '<table><tr><td style="background-color: #fed9db80">a</td>'
            "<td><p>b</p><p>c</p></td></tr></table>",
            "| A | B |\n| --- | ---: |\n| 1 | `a\\|b` |\n| **x** | |",
            "| only |\n| :---: |\n| *one* |",
        ]
    ),
    CODE.map(lambda code: f"````` \nx{code}\n`````"),
)


def _indented(text: str, indent: str) -> str:
    return text.replace("\n", f"\n{indent}")


def _md_lists(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(st.tuples(_md_line, st.one_of(st.none(), inner)), min_size=1, max_size=3)
    return st.tuples(st.sampled_from(["- ", "1. "]), items).map(
        lambda it: "\n".join(
            it[0] + _indented(line if inner is None else f"{line}\n\n{inner}", " " * len(it[0]))
            for line, inner in it[1]
        )
    )


def _md_containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3).map("\n\n".join)
    return st.one_of(
        st.tuples(st.sampled_from(["[!NOTE]\n", "[!CAUTION]\n", ""]), several).map(
            lambda it: "> " + _indented(it[0] + it[1], "> ")
        ),
        several.map(":::callout\n{}\n:::".format),
        several.map(':::collapsible title="More"\n{}\n:::'.format),
        several.map("<details><summary>More <b>b</b></summary>\n\n{}\n\n</details>".format),
    )


def documents() -> st.SearchStrategy[str]:
    """The text of a Markdown file below its frontmatter."""
    blocks = st.recursive(
        _md_leaf,
        lambda inner: st.one_of(_md_lists(inner), _md_containers(inner)),
        max_leaves=8,
    )
    return st.lists(blocks, max_size=6).map(
        lambda found: "\n\n".join([*found, "## Last", "end"]) + "\n" if found else ""
    )
