"""Their edit comes into the author's file, and nothing else in it changes."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import ndiff

import pytest
from hypothesis import strategies as st

from publisher.body import canonical
from publisher.body.from_markdown import render
from publisher.body.proof import written
from publisher.model import Digest, digest
from publisher.pull.merge import Clash, Merged, merge, rebased
from tests.body.test_any_input import TEXTS
from tests.often import holds

FILE = """\
<!-- Owner: billing team -->
## Refunds

We pay back within
*14 days*, see the
[terms][t].

[t]: https://a.org/terms
* Ask us.
* Wait for
  the mail.


<!-- keep in step with the app -->
Then it is done.
"""


def blocks_of(markdown: str) -> tuple[str, ...]:
    return canonical.blocks(render(markdown, first_line=0).html)


def digests(blocks: Sequence[str]) -> tuple[Digest, ...]:
    return tuple(digest(block) for block in blocks)


def writer(blocks: Sequence[str]):
    """Write blocks as our writer does; heading levels as most authors begin them."""

    def write(start: int, end: int) -> str:
        html = "".join(blocks[start:end]).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
        return written(html).markdown.rstrip("\n")

    return write


def merged(body: str, live: str, *, before: str | None = None, words: bool = True):
    """Merge the live article (as Markdown) into a body; both were `before` at the last apply."""
    rendered = render(body, first_line=0)
    ours, theirs = canonical.blocks(rendered.html), blocks_of(live)
    base = digests(blocks_of(body if before is None else before))
    return merge(
        body,
        digests(ours),
        rendered.lines,
        base,
        base,
        digests(theirs),
        writer(theirs),
        writer(ours) if words else None,
    )


def changed(before: str, after: str) -> list[str]:
    """Return the lines that went and came, as `git diff` shows them."""
    lines = ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "-+"]


# --- their change alone -----------------------------------------------------------------


def test_a_body_nobody_edited_stays_as_it_is():
    result = merged(FILE, FILE)

    assert result == Merged(body=FILE, hunks=(), edits_left=False)


def test_a_changed_word_changes_its_line_only():
    result = merged(FILE, FILE.replace("14 days", "30 days"))

    assert changed(FILE, result.body) == ["- *14 days*, see the", "+ *30 days*, see the"]


def test_a_new_item_comes_with_the_authors_bullet():
    result = merged(FILE, FILE.replace("* Wait", "* Sign.\n* Wait"))

    assert changed(FILE, result.body) == ["+ * Sign."]


def test_an_item_that_went_takes_its_lines_along():
    result = merged(FILE, FILE.replace("* Ask us.\n", ""))

    assert changed(FILE, result.body) == ["- * Ask us."]


def test_without_our_own_writing_to_compare_the_whole_block_is_written_anew():
    result = merged(FILE, FILE.replace("Ask us.", "Ask them."), words=False)

    assert result.body == FILE.replace(
        "* Ask us.\n* Wait for\n  the mail.\n", "\n- Ask them.\n- Wait for the mail.\n"
    )


def test_a_new_block_comes_after_the_one_it_follows_and_before_the_comment():
    result = merged(FILE, FILE.replace("\n\n\n<!-- keep", "\n\nNew.\n\n<!-- keep"))

    assert result.body == FILE.replace("the mail.\n", "the mail.\n\nNew.\n")


def test_a_block_that_went_takes_its_blank_line_and_leaves_comments_and_definitions():
    live = FILE.replace("* Ask us.\n* Wait for\n  the mail.\n", "")

    result = merged(FILE, live)

    assert result.body == live.replace("terms\n\n\n<!--", "terms\n\n\n<!--")
    assert "[t]: https://a.org/terms" in result.body


@pytest.mark.parametrize(
    ("body", "live", "expected"),
    [
        ("A\n\nB\n", "X\n\nA\n\nB\n", "X\n\nA\n\nB\n"),
        ("A\n\nB\n", "A\n\nB\n\nX\n", "A\n\nB\n\nX\n"),
        ("A\n\nB", "A\n\nB\n\nX", "A\n\nB\n\nX"),
        ("A\n\nB\n\n\n", "A\n", "A\n\n\n"),
        ("A\n\n\nB\n", "B\n", "B\n"),
        ("\nA\n", "", "\n"),
        ("", "A\n", "A\n"),
        ("<!-- a -->\n", "A\n", "<!-- a -->\n\nA\n"),
        ("A\r\n\r\nB\r\n", "A\n\n- X\n- Y\n\nB\n", "A\r\n\r\n- X\r\n- Y\r\n\r\nB\r\n"),
        ("A\n- b\n- c\n\nD\n", "A\n\nD\n", "A\n\nD\n"),
        ("A\n- b\n\nD\n", "A\n\nB\n\nD\n", "A\n\nB\n\nD\n"),
        ("## A\nB\n", "## A\n\nC\n", "## A\nC\n"),
        ("## A\nB\n", "A\n\nB\n", "A\n\nB\n"),
        ("A\n===\nB\n", "A\n\nB\n", "A\n\nB\n"),
        ("A\n> b\n\n## C\nD\n", "A\n\n## C\n\nD\n", "A\n\n## C\nD\n"),
        ("A\n***\n## B\n", "A\n\n## B\n", "A\n\n## B\n"),
    ],
)
def test_blank_lines_stay_right(body, live, expected):
    result = merged(body, live)

    assert result.body == expected
    assert blocks_of(result.body) == blocks_of(live)


def test_blocks_of_one_paragraph_are_exchanged_together():
    body = "A ![x](x.png) b\n\nC\n"

    result = merged(body, "A\n\n![x](x.png)\n\nnew\n\nC\n")

    assert blocks_of(result.body) == blocks_of("A\n\n![x](x.png)\n\nnew\n\nC\n")
    assert result.body.endswith("\n\nC\n")
    assert [(hunk.ours, hunk.theirs) for hunk in result.hunks] == [((0, 3), (0, 3))]


def test_a_collapsible_is_exchanged_to_its_last_line():
    body = "<details>\n<summary>T</summary>\n\nA\n\n</details>\n\n<!-- c -->\n\nB\n"

    result = merged(body, "B\n")

    assert result.body == "<!-- c -->\n\nB\n"


def test_notes_that_are_shown_last_do_not_bring_the_order_into_disorder():
    body = "A[^1]\n\n[^1]: Note\n\nB\n\nC\n"

    result = merged(body, "X[1]\n\nB\n\nC\n\n[1] Note\n")

    assert result.body == body.replace("A", "X")
    assert [(hunk.ours, hunk.theirs) for hunk in result.hunks] == [((0, 1), (0, 1))]


# --- in the author's words --------------------------------------------------------------

WRAPPED = "We pay back *within* 14\ndays of the day on which\nyou asked us for [it][it].\n"
NUMBERED = "1. Do _this_\n   first\n1. Then\n   - a\n   - b\n1. Last\n"
TABLE = "| A    | B |\n|------|--:|\n| one  | 2 |\n| two  | 3 |\n"


@pytest.mark.parametrize(
    ("body", "word", "instead", "lines"),
    [
        (
            WRAPPED,
            "asked us",
            "asked",
            ["- you asked us for [it][it].", "+ you asked for [it][it]."],
        ),
        (
            WRAPPED,
            "days of the day",
            "weeks of the day",
            ["- days of the day on which", "+ weeks of the day on which"],
        ),
        (
            WRAPPED,
            "\ndays of the",
            "\nthe",
            ["- days of the day on which", "+ the day on which"],
        ),
        (NUMBERED, "   - b\n", "   - c\n   - b\n", ["+    - c"]),
        (NUMBERED, "1. Then", "1. Now\n1. Then", ["+ 1. Now"]),
        ("1. a\n2. b\n", "2. b", "2. x\n3. b", ["- 2. b", "+ 2. x", "+ 3. b"]),
        (NUMBERED, "1. Last\n", "", ["- 1. Last"]),
        (" * a\n * b\n", "b", "c", ["-  * b", "+  * c"]),
        ("* a\n\n* b\n", "* b", "* x\n* b", ["+ * x"]),
        (TABLE, "two", "too", ["- | two  | 3 |", "+ | too  | 3 |"]),
        ("> [!NOTE]\n> Mind\n> this.\n", "this", "that", ["- > this.", "+ > that."]),
        ("```py\na  = 1\nb = 2\n```\n", "b = 2", "b = 3", ["- b = 2", "+ b = 3"]),
        (
            ":::collapsible title='T'\n* a\n* b\n:::\n",
            "* b",
            "* c",
            ["- * b", "+ * c"],
        ),
    ],
)
def test_only_the_lines_of_the_changed_words_change(body, word, instead, lines):
    body += "\n[it]: https://a.org\n"

    result = merged(body, body.replace(word, instead))

    assert changed(body, result.body) == lines


def test_a_mixture_that_would_mean_something_else_gives_way_to_our_own_writing():
    body = "one two\nthree four\n"

    result = merged(body, "one two\n\\- three four\n")

    assert blocks_of(result.body) == blocks_of("one two \\- three four\n")


def test_a_change_of_white_space_in_code_is_a_change():
    result = merged("```\na b\n```\n", "```\na  b\n```\n")

    assert result.body == "```\na  b\n```\n"


def test_other_spellings_of_a_line_break_are_left_alone():
    body = "one  \ntwo\\\nthree<br>four\n"

    result = merged(body, body.replace("two", "two new"))

    assert changed(body, result.body) == ["- two\\", "+ two new\\"]


# --- HTML around Markdown, footnotes ------------------------------------------------------

DIV = "<div class='x'>\n<p>raw p</p>\n\nmd *inside*\n\n</div>\n\nEnd.\n"


@pytest.mark.parametrize(
    ("word", "instead", "lines"),
    [
        ("raw p", "raw new p", ["- <p>raw p</p>", "+ <p>raw new p</p>"]),
        ("raw p", "raw p new", ["- <p>raw p</p>", "+ <p>raw p new</p>"]),
        ("raw p", "new raw p", ["- <p>raw p</p>", "+ <p>new raw p</p>"]),
        ("inside", "within", ["- md *inside*", "+ md *within*"]),
        ("raw p</p>", "raw p</p>\n<p>new</p>", ["+ ", "+ new"]),
        ("End", "Over", ["- End.", "+ Over."]),
    ],
)
def test_html_around_markdown_keeps_both_of_its_tags(word, instead, lines):
    result = merged(DIV, DIV.replace(word, instead))

    assert changed(DIV, result.body) == lines


@pytest.mark.parametrize("gone", ["<p>raw p</p>\n", "md *inside*\n"])
def test_html_that_loses_some_of_its_blocks_is_written_anew_as_a_whole(gone):
    live = DIV.replace(gone, "")

    result = merged(DIV, live)

    assert blocks_of(result.body) == blocks_of(live)
    assert result.body.count("<div") == result.body.count("</div>")
    assert result.body.count("<p>") == result.body.count("</p>")


@pytest.mark.parametrize(
    "body",
    [
        DIV.replace("</p>", ""),
        "<ul>\n<li>one\n<li>\n\nraw p *x*\n\n</li>\n</ul>\n\nEnd.\n",
        "<https://a.org/x> first\n\n<div>\n<p>raw p</p>\n\nmd\n\n</div>\n\nEnd.\n",
        "<div>\n<img src='a.png'>\n\n<br/>raw p\n\n</div>\n\nEnd.\n",
    ],
)
def test_tags_that_are_never_closed_do_not_hide_where_an_element_ends(body):
    result = merged(body, body.replace("raw p", "raw new p"))

    assert result.body == body.replace("raw p", "raw new p")


def framed(words: str) -> str:
    """Return Markdown whose last block reads the same in all of its kind."""
    return f"<div class='a'>\n<p>{words}</p>\n\nText\n\n</div>"


@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize(
    ("before", "live"),
    [
        (["## Head", framed("1"), framed("2")], [framed("1")]),
        ([framed("1"), framed("2")], ["New.", framed("1")]),
        (["## Head", framed("1")], [framed("0"), framed("1")]),
    ],
)
def test_blocks_that_read_the_same_do_not_cost_their_neighbours_the_html_around_them(
    before, live, words
):
    body = "\n\n".join(before) + "\n"

    result = merged(body, "\n\n".join(live), words=words)

    assert blocks_of(result.body) == blocks_of("\n\n".join(live))
    assert all(piece in result.body for piece in before if piece in live)


def test_a_block_that_stands_once_is_found_again_among_others_that_read_the_same():
    body = "\n\n".join([framed("0"), "Kept\n*so*.", framed("2"), "End."]) + "\n"
    live = "\n\n".join(["Kept *so*.", "New.", framed("2 else"), "New, too.", "End."])

    result = merged(body, live, words=False)

    assert blocks_of(result.body) == blocks_of(live)
    assert result.body.startswith("Kept\n*so*.\n\nNew.")


def test_blocks_that_read_the_same_do_not_make_edits_clash_that_are_apart():
    before = [framed(str(n)) for n in range(7)]
    ours = [*before[:2], before[2], "Ours.", *before[3:]]
    theirs = [*before[1:4], *before[5:]]

    result = merged("\n\n".join(ours), "\n\n".join(theirs), before="\n\n".join(before))

    assert isinstance(result, Merged)
    assert result.body == "\n\n".join([*ours[1:5], *ours[6:]])


NOTES = (
    "Text[^a] more\nin _two_ lines.\n\n[^a]: Note,\n    wrapped __here__.\n\nEnd[^b].\n\n[^b]: B.\n"
)


@pytest.mark.parametrize(
    ("word", "instead", "lines"),
    [
        ("wrapped", "split", ["-     wrapped __here__.", "+     split __here__."]),
        ("more", "still more", ["- Text[^a] more", "+ Text[^a] still more"]),
        ("Text[^a]", "Texts [^a]", ["- Text[^a] more", "+ Texts [^a] more"]),
        (": B.", ": B. And C.", ["- [^b]: B.", "+ [^b]: B. And C."]),
        (
            ": B.",
            ": B.\n\n    And C.",
            ["+ ", "+     And C."],
        ),
    ],
)
def test_footnotes_and_what_refers_to_them_keep_their_labels(word, instead, lines):
    result = merged(NOTES, NOTES.replace(word, instead))

    assert changed(NOTES, result.body) == lines


def test_what_follows_the_notes_becomes_part_of_the_last_one():
    live = (
        "Text[1] more\nin _two_ lines.\n\nEnd[2].\n\n[1] Note, wrapped __here__.\n\n[2] B.\n\nC.\n"
    )

    result = merged(NOTES, live)

    assert result.body == f"{NOTES}\n    C.\n"
    assert blocks_of(result.body) == blocks_of(live)


def test_a_footnote_that_went_with_its_mark_takes_its_lines_along():
    result = merged(NOTES, NOTES.replace("[^b].\n\n[^b]: B.", "."))

    assert result.body == NOTES.replace("[^b].\n\n[^b]: B.", ".")


def test_a_footnote_and_a_text_may_be_edited_on_both_sides():
    result = merged(NOTES.replace("End", "Last"), NOTES.replace("wrapped", "split"), before=NOTES)

    assert result.body == NOTES.replace("End", "Last").replace("wrapped", "split")
    assert result.edits_left


# --- what was remembered ----------------------------------------------------------------


def merged_spelt(body: str, base: str, shown: str, live: str):
    """Merge where Intercom shows blocks in another spelling than ours, but for short ones."""
    rendered = render(body, first_line=0)
    letters = blocks_of(live)
    return merge(
        body,
        digests(canonical.blocks(rendered.html)),
        rendered.lines,
        digests(blocks_of(base)),
        digests(blocks_of(shown)),
        digests(letters),
        writer(letters),
    )


def test_links_that_intercom_spells_otherwise_are_no_change():
    body = "A [x](a.md)\n\nB [y](b.md)\n\nC\n"
    shown = "A [x](https://h/1)\n\nB [y](https://h/2)\n\nC\n"

    result = merged_spelt(body, body, shown, shown.replace("C", "D"))

    assert result.body == body.replace("C", "D")


def test_a_block_that_intercom_dropped_is_not_asked_back():
    body = "A\n\nB\n\nC\n"

    result = merged_spelt(body, body, "A\n\nC\n", "A\n\nD\n")

    assert result.body == "A\n\nB\n\nD\n"


def test_what_intercom_split_is_exchanged_as_one():
    body = "A\n\nB B\n\nC\n"

    result = merged_spelt(body, body, "A\n\nB\n\nB\n\nC\n", "A\n\nB\n\nX\n\nC\n")

    assert result.body == "A\n\nB\n\nX\n\nC\n"


@pytest.mark.parametrize(("base", "shown"), [(None, None), ("known", None), (None, "known")])
def test_without_a_memory_the_file_counts_as_unedited(base, shown):
    body, live = FILE, blocks_of(FILE.replace("done", "over"))
    rendered = render(body, first_line=0)
    known = digests(blocks_of("something\n\nelse"))
    memory = [known if side else None for side in (base, shown)]

    result = merge(
        body,
        digests(canonical.blocks(rendered.html)),
        rendered.lines,
        *memory,
        digests(live),
        writer(live),
    )

    assert result.body == body.replace("done", "over")
    assert not result.edits_left


def test_without_a_memory_a_block_that_reads_the_same_is_left_alone():
    body = "A\n[x][x]\n\n[x]: a.md\n\nB\n"
    rendered = render(body, first_line=0)
    ours, live = canonical.blocks(rendered.html), blocks_of("A [x](https://h/1)\n\nC\n")

    def with_files(start, end):
        return writer(live)(start, end).replace("https://h/1", "a.md")

    result = merge(
        body,
        digests(ours),
        rendered.lines,
        None,
        None,
        digests(live),
        with_files,
        writer(ours),
    )

    assert result.body == body.replace("B", "C")


# --- both sides -------------------------------------------------------------------------


def test_both_edits_are_kept_when_they_are_apart():
    before = "A\n\nB\n\nC\n"

    result = merged("A2\n\nB\n\nC\n", "A\n\nB\n\nC2\n", before=before)

    assert result.body == "A2\n\nB\n\nC2\n"
    assert result.edits_left


def test_neighbours_may_be_edited_on_both_sides():
    result = merged("A2\n\nB\n", "A\n\nB2\n", before="A\n\nB\n")

    assert result.body == "A2\n\nB2\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "lines"),
    [
        ("A\n\nB2\n\nC\n", "A\n\nB3\n\nC\n", (2, 3)),
        ("A\n\nC\n", "A\n\nB3\n\nC\n", (1, 1)),
        ("A\n\nB2\n\nC\n", "A\n\nC\n", (2, 3)),
        ("A\n\nX\n\nB\n\nC\n", "A\n\nY\n\nB\n\nC\n", (2, 3)),
        ("A\n\nB\n\nX\n\nC\n", "A\n\nB2\n\nC\n", (2, 5)),
        ("A\n\nB2\n\nC\n", "A\n\nB\n\nX\n\nC\n", (2, 3)),
    ],
)
def test_edits_of_the_same_place_clash(ours, theirs, lines):
    (clash,) = merged(ours, theirs, before="A\n\nB\n\nC\n")

    assert isinstance(clash, Clash)
    assert clash.lines == lines


def test_blocks_of_one_paragraph_clash_together():
    before = "A ![x](x.png) b\n"

    (clash,) = merged("A2 ![x](x.png) b\n", "A\n\n![x](x.png)\n\nc\n", before=before)

    assert (clash.lines, clash.ours, clash.theirs) == ((0, 1), (0, 3), (0, 3))


def test_every_clash_is_told():
    clashes = merged("A2\n\nB\n\nC2\n", "A3\n\nB\n\nC3\n", before="A\n\nB\n\nC\n")

    assert [clash.lines for clash in clashes] == [(0, 1), (4, 5)]


@pytest.mark.parametrize("same", ["A\n\nB2\n\nC\n", "A\n\nC\n", "A\n\nB\n\nX\n\nC\n"])
def test_the_same_edit_on_both_sides_is_none(same):
    result = merged(same, same, before="A\n\nB\n\nC\n")

    assert result == Merged(body=same, hunks=(), edits_left=False)


def test_what_is_remembered_keeps_the_authors_edits_visible():
    before, ours, live = "A\n\nB\n\nC\n", "A2\n\nB\n\nC\n", "A\n\nB\n\nC2\n"
    result = merged(ours, live, before=before)

    remembered = rebased(
        digests(blocks_of(before)),
        result,
        digests(blocks_of(ours)),
        digests(blocks_of(result.body)),
    )

    assert remembered == digests(blocks_of(live))


def test_what_is_remembered_is_the_file_when_the_author_changed_nothing():
    result = merged("A\n\nB\n", "A\n\nX\n")

    remembered = rebased(
        digests(blocks_of("A\n\nB\n")),
        result,
        digests(blocks_of("A\n\nB\n")),
        digests(blocks_of(result.body)),
    )

    assert remembered == digests(blocks_of(result.body))


# --- laws -------------------------------------------------------------------------------

PIECES = (
    "## Heading {n}",
    "Text {n}",
    "Wrapped text {n}\nin two *lines*",
    "![alt {n}](a{n}.png)",
    "Text {n} ![alt](b{n}.png) after {n}",
    "<div>\n\nInside {n}\n\n</div>",
    "```\ncode {n}\n\nmore\n```",
    ":::callout\nSaid {n}\n\n* item\n:::",
    "| a | b |\n|---|---|\n| {n} | 2 |",
    "<details>\n<summary>S {n}</summary>\n\nText\n\n</details>",
    "<div class='a'>\n<p>raw {n}</p>\n\nText\n\n</div>",
    "broken {n}  \nlines<br>here",
)
SILENT = ("", "\n", "<!-- note -->\n\n", "[r{n}]: ../r.md\n\n", "\n<!-- a\nb -->\n")


@st.composite
def documents(draw):
    """Blocks as Markdown, each with silent lines before it; no two of them alike."""
    kinds = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7))
    silent = draw(st.lists(st.sampled_from(SILENT), min_size=len(kinds), max_size=len(kinds)))
    pieces = [kind.replace("{n}", str(n)) for n, kind in enumerate(kinds)]
    return pieces, [lines.replace("{n}", str(n)) for n, lines in enumerate(silent)]


EDITS = st.lists(
    st.sampled_from(["keep", "keep", "drop", "word", "replace", "precede", "follow"]),
    min_size=7,
    max_size=7,
)


def file_of(pieces: Sequence[str], silent: Sequence[str]) -> str:
    return "\n\n".join(lines + piece for piece, lines in zip(pieces, silent, strict=True)) + "\n"


def edited(pieces: Sequence[str], edits: Sequence[str], word: str) -> list[str]:
    """Return the pieces after an edit; "" where one was taken out."""
    ways = {
        "keep": "{0}",
        "drop": "",
        "replace": "{1} instead of {2}",
        "precede": "{1} before {2}\n\n{0}",
        "follow": "{0}\n\n{1} after {2}",
    }
    return [
        piece.replace(str(place), f"{word}{place}")
        if edit == "word"
        else ways[edit].format(piece, word, place)
        for place, (piece, edit) in enumerate(zip(pieces, edits, strict=False))
    ]


def live_of(pieces: Sequence[str]) -> str:
    return "\n\n".join(filter(None, pieces))


@holds(documents(), EDITS, st.booleans(), few=40, many=150)
def test_their_edit_is_all_that_changes(document, edits, words):
    pieces, silent = document
    body, live = file_of(pieces, silent), live_of(edited(pieces, edits, "Theirs"))

    result = merged(body, live, words=words)

    assert blocks_of(result.body) == blocks_of(live)
    assert not result.edits_left
    for piece, lines, edit in zip(pieces, silent, edits, strict=False):
        if edit in ("keep", "precede", "follow"):
            assert piece in result.body
        assert lines.strip() in result.body


@holds(documents(), EDITS, st.booleans(), few=40, many=150)
def test_both_edits_are_in_the_result_when_a_block_lies_between(document, edits, theirs_first):
    pieces, silent = document
    # Every second piece is nobody's; the others take turns.
    taking = [
        edit if n % 4 == (0 if theirs_first else 2) else "keep" for n, edit in enumerate(edits)
    ]
    mine = [edit if n % 4 == (2 if theirs_first else 0) else "keep" for n, edit in enumerate(edits)]
    ours = edited(pieces, mine, "Ours")
    body = live_of(lines + piece for piece, lines in zip(ours, silent, strict=True)) + "\n"
    live = live_of(edited(pieces, taking, "Theirs"))

    result = merged(body, live, before=file_of(pieces, silent))

    both = edited(ours, taking, "Theirs")
    assert blocks_of(result.body) == blocks_of(live_of(both))
    assert result.edits_left == any(edit != "keep" for edit in mine[: len(pieces)])
    remembered = rebased(
        digests(blocks_of(file_of(pieces, silent))),
        result,
        digests(blocks_of(body)),
        digests(blocks_of(result.body)),
    )
    if result.edits_left:
        assert remembered == digests(blocks_of(live))


@holds(documents(), st.data(), few=40, many=150)
def test_an_edit_of_the_same_block_is_a_clash_and_nothing_else(document, data):
    pieces, silent = document
    place = data.draw(st.integers(0, len(pieces) - 1))
    ways = st.sampled_from(["drop", "word", "replace", "precede", "follow"])
    first, second = data.draw(
        st.tuples(ways, ways).filter(
            lambda two: two != ("drop", "drop") and {*two} != {"precede", "follow"}
        )
    )
    at = ["keep"] * len(pieces)
    ours = edited(pieces, [*at[:place], first, *at[place + 1 :]], "Ours")
    theirs = edited(pieces, [*at[:place], second, *at[place + 1 :]], "Theirs")
    body = live_of(lines + piece for piece, lines in zip(ours, silent, strict=True)) + "\n"

    result = merged(body, live_of(theirs), before=file_of(pieces, silent))

    assert [type(found) for found in result] == [Clash]


@holds(TEXTS, TEXTS, few=40, many=150)
def test_any_text_stays_as_it_is_when_only_the_author_changed_it(text, before):
    assert merged(text, before, before=before) == Merged(
        body=text, hunks=(), edits_left=blocks_of(text) != blocks_of(before)
    )


@holds(TEXTS, TEXTS, TEXTS, few=40, many=150)
def test_any_three_texts_merge_or_clash(text, live, before):
    result = merged(text, live, before=before)

    assert isinstance(result, Merged) or all(isinstance(clash, Clash) for clash in result)
