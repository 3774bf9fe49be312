"""What a person sees of a changed body: words, images by name, and never HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.plan.prose import body_diff
from publisher.plan.reading import lines_of

LONG = "".join(
    f"<p>Step {number} of the way is told in a sentence of its own.</p>" for number in range(9)
)
RED = "background-color: #fed9db80; border-color: #fd3a5733;"
BLUE = "background-color: #e3e7fa80; border-color: #334bfa33;"


def shown(before, after):
    return [str(line) for line in body_diff(before, after)]


def changed(before, after):
    """The words that changed, by sign."""
    return [
        (line.sign, [segment.text for segment in line.segments if segment.changed and segment.text])
        for line in body_diff(before, after)
        if line.sign in "-+"
    ]


# words -----------------------------------------------------------------------------------------


def test_a_changed_word_is_a_pair_of_lines_that_names_the_word():
    before, after = "<p>Within 14 days of payment.</p>", "<p>Within 30 days of payment.</p>"
    assert shown(before, after) == [
        "- Within 14 days of payment.",
        "+ Within 30 days of payment.",
    ]
    assert changed(before, after) == [("-", ["14"]), ("+", ["30"])]


def test_a_paragraph_with_other_words_is_another_paragraph():
    before, after = "<p>Within 14 days of payment.</p>", "<p>Ask our partners in Lyon.</p>"
    assert changed(before, after) == [("-", []), ("+", [])]


def test_words_that_were_only_added_leave_a_mark_where_the_other_line_lacks_them():
    [gone, come] = body_diff("<p>Within 14 days.</p>", "<p>Within 14 working days.</p>")
    assert [segment.text for segment in gone.segments if segment.changed] == [""]
    assert "working" in "".join(segment.text for segment in come.segments if segment.changed)


def test_a_language_without_spaces_is_compared_letter_by_letter():
    assert changed("<p>返金は14日以内です。</p>", "<p>返金は30日以内です。</p>") == [
        ("-", ["14"]),
        ("+", ["30"]),
    ]


def test_a_changed_line_stands_below_the_one_it_replaces_among_others():
    before = "<p>One apple a day.</p><p>Two pears a week.</p>"
    after = "<p>Quite new.</p><p>One apple an hour.</p><p>Two pears a month.</p>"
    assert shown(before, after) == [
        "+ Quite new.",
        "- One apple a day.",
        "+ One apple an hour.",
        "- Two pears a week.",
        "+ Two pears a month.",
    ]


def test_only_what_changed_is_shown_with_a_line_around_it():
    after = LONG.replace("Step 1 ", "Stage 1 ").replace("Step 7 ", "Stage 7 ")
    said = shown(LONG, after)
    assert len(said) == 9
    assert said[4] == "    …"
    assert said[0].startswith("  Step 0")


def test_a_passage_that_was_rewritten_at_length_is_compared_in_no_time():
    before = "".join(f"<p>Old sentence number {n} about money.</p>" for n in range(300))
    after = "".join(f"<p>New sentence number {n} about money.</p>" for n in range(300))
    assert changed(before, after)[:2] == [("-", ["Old"]), ("+", ["New"])]


# what is no prose ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<h1>A</h1><h1>B</h1>", "<h1>A</h1><h2>B</h2>", "heading levels"),
        ("<p>A</p>", '<p class="intercom-align-center">A</p>', "alignment"),
        (
            f'<div class="intercom-interblocks-callout" style="{RED}"><p>A</p></div>',
            f'<div class="intercom-interblocks-callout" style="{BLUE}"><p>A</p></div>',
            "callout colours",
        ),
        (
            '<table><tr><td style="background-color: #fed9db80">A</td></tr></table>',
            "<table><tr><td>A</td></tr></table>",
            "table style",
        ),
        (
            '<table><tr><td style="width: 10px">A</td></tr></table>',
            '<table><tr><td style="width: 20px">A</td></tr></table>',
            "column widths",
        ),
        (
            '<table><tr><td colspan="2">A</td></tr></table>',
            "<table><tr><td>A</td></tr></table>",
            "merged cells",
        ),
        (
            '<p><a href="https://h.example/articles/1-a#h_0123456789">A</a></p>',
            '<p><a href="https://h.example/articles/1-a#h_abcdef0123">A</a></p>',
            "the heading a link leads to",
        ),
        (
            '<h1 id="h_0123456789">A</h1>',
            '<h1 id="h_abcdef0123">A</h1>',
            "heading anchors",
        ),
        ("<ul><li>A</li></ul><ul><li>B</li></ul>", "<ul><li>A</li><li>B</li></ul>", "layout"),
    ],
)
def test_what_changes_beside_the_words_is_named_in_one_line(before, after, said):
    assert shown(before, after) == [f"  (only the structure changed: {said})"]


def test_structure_is_said_below_the_words_where_both_change():
    said = shown(
        "<h1>A</h1><h1>B</h1><p>One day.</p>", "<h1>A</h1><h2>B</h2><p>Two days.</p><h2>C</h2>"
    )
    assert said[-1] == "  (the structure changed too: heading levels)"
    assert "+ ## C" in said


def test_a_new_heading_is_no_change_of_the_others():
    said = shown("<h1>A</h1>", "<h1>A</h1><h2>B</h2>")
    assert said == ["  ## A", "+ ## B"]


def test_one_of_two_equal_headings_that_goes_is_no_change_of_the_other():
    assert shown("<h1>A</h1><p>x</p><h1>A</h1>", "<h1>A</h1><p>x</p>") == ["  x", "- ## A"]


def test_an_image_goes_by_its_file_name_and_says_when_its_bytes_are_others():
    live = (
        '<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/1/2/'
        'steps.0a1b2c3d.png?expires=1&amp;signature=2" alt="Steps"></div>'
    )
    same = '<img src="asset:0a1b2c3d4e5f/steps.png" alt="Steps">'
    other = '<img src="asset:99999999aaaa/steps.png" alt="Steps">'
    assert shown(live, same) == []
    assert shown(live, other) == ["  (image replaced: steps.png)"]
    assert shown(live, same.replace("steps.png", "way.png")) == [
        "- ![Steps](steps.png)",
        "+ ![Steps](way.png)",
    ]


def test_a_coloured_table_is_its_rows():
    table = (
        '<table><tr><td style="background-color: #fed9db80"><h2>Limit</h2></td>'
        "<td><p>One</p><ul><li>a</li><li>b</li></ul></td></tr></table>"
    )
    assert shown(table, table.replace("One", "Two"))[1:] == [
        "- | ## Limit | One / - a / - b |",
        "+ | ## Limit | Two / - a / - b |",
    ]
    assert lines_of(table)[0] == "(coloured table)"


def test_a_signature_is_never_shown():
    link = '<p>See <a href="https://h.intercom-attachments-1.com/i/a.pdf?expires=9&amp;signature={}">it</a>{}</p>'
    assert shown(link.format("aaaa", ""), link.format("bbbb", "")) == []
    said = "\n".join(shown(link.format("aaaa", " now."), link.format("bbbb", " then.")))
    assert "it](https://h.intercom-attachments-1.com/i/a.pdf)" in said
    assert "aaaa" not in said


BODIES = (
    (
        '<p class="no-margin">Press <b>Save</b>.<br>\u200b</p><p class="no-margin"></p>\n'
        '<h1 id="h_606084c9ac">Fees</h1><ul><li><p class="no-margin">one</p></li></ul>',
        "<p>Press <b>Save</b>.</p><h2>Fees</h2><ul><li>one</li></ul>",
    ),
    (
        '<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/1/2/'
        'a.png?expires=1&amp;signature=2&amp;req=3%0A" alt="Zoom" width="7" height="4" '
        'style="height: auto;"></div>',
        '<img src="https://downloads.intercomcdn.eu/i/o/w/9/8/a.png?expires=5" alt="Zoom">',
    ),
    (
        '<p><a href="https://h.example/en/articles/5-how-to" target="_blank" '
        'class="intercom-content-link">Merge</a></p>',
        '<p><a href="https://h.example/en/articles/5-how-to-merge">Merge</a></p>',
    ),
    (
        '<div class="intercom-h2b-video"><iframe src="https://www.youtube.com/embed/VtKNw2dUD7Y'
        '?rel=0" frameborder="0" allowfullscreen allow="autoplay"></iframe></div>',
        '<iframe src="https://youtu.be/VtKNw2dUD7Y"></iframe>',
    ),
    (
        f'<div class="intercom-interblocks-callout" style="{RED}"><p class="no-margin">A</p></div>',
        '<div class="intercom-interblocks-callout" style="background-color:rgba(254,217,219,0.5);'
        'border-color:#FD3A5733"><p>A</p></div>',
    ),
    (
        "<details><summary><h2>May I?</h2></summary><div class='collapsible-section-content'>"
        '<p class="no-margin"></p>\n<p class="no-margin">Yes.</p></div></details>',
        "<details><summary>May I?</summary><p>Yes.</p></details>",
    ),
    (
        '<div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr>'
        '<td style="width: 12px;"><p class="no-margin">Euro</p></td></tr></tbody></table></div>',
        '<table><tr><td style="width:12px">Euro</td></tr></table>',
    ),
    (
        '<div class="intercom-container intercom-align-center"><a class="intercom-h2b-button" '
        'target="_blank" href="https://example.com">Book</a></div>',
        '<p class="intercom-align-center"><a class="intercom-h2b-button" '
        'href="https://example.com">Book</a></p>',
    ),
)


@pytest.mark.parametrize(("live", "respelt"), BODIES)
def test_what_intercom_respells_by_itself_is_no_change(live, respelt):
    said = shown(live, respelt)
    assert said in ([], ["  (only the structure changed: heading anchors)"])


PIECES = st.sampled_from([body for pair in BODIES for body in pair] + [LONG, "<hr>", "<u>x</u>y"])
WHOLE = st.lists(PIECES, max_size=4).map("".join)


@given(WHOLE)
def test_a_body_does_not_differ_from_itself(html):
    assert body_diff(html, html) == ()


@given(WHOLE, WHOLE)
def test_a_diff_holds_no_html_and_says_what_either_side_says(before, after):
    said = [line for line in body_diff(before, after) if line.sign in "-+"]
    assert not any("<p" in line.text or "style=" in line.text for line in said)
    gone, come = ({line.text for line in said if line.sign == sign} for sign in "-+")
    assert gone <= set(lines_of(before))
    assert come <= set(lines_of(after))
