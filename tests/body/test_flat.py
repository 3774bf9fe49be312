"""Lists in lists, for help centers that refuse them."""

import pytest

from publisher.body.flat import flat_lists, has_nested_lists
from publisher.body.from_markdown import render


def test_items_below_an_item_become_marked_paragraphs_of_it():
    html = render("- a\n  - b\n    - c\n  - d\n- e\n").html
    flat = flat_lists(html)
    assert not has_nested_lists(flat)
    assert flat == (
        '<ul><li><p class="no-margin">a</p><p class="no-margin">– b</p>'
        '<p class="no-margin">– – c</p><p class="no-margin">– d</p></li>'
        '<li><p class="no-margin">e</p></li></ul>'
    )


def test_numbered_items_keep_their_numbers():
    flat = flat_lists(render("1. a\n   1. b\n   2. c\n").html)
    assert "1. b" in flat
    assert "2. c" in flat


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "# T\n\n> [!NOTE]\n> - a\n", "| a |\n|---|\n| b |\n"]
)
def test_a_body_without_nested_lists_is_left_as_it_is(text):
    html = render(text).html
    assert not has_nested_lists(html)
    assert flat_lists(html) == html
