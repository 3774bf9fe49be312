"""A renamed heading is still the same heading, and keeps the id that deep links know."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.body import canonical
from publisher.model import digest
from publisher.plan.anchors import kept_ids, pinned_ids


def id_of(text):
    return f"h_{digest(text.lower().replace(' ', '-'))[:10]}"


def page(*headings):
    """A text with these headings; "Text = h_…" gives one another id than ours."""
    html = ""
    for heading in headings:
        text, _, id_ = heading.partition(" = ")
        html += f'<h2 id="{id_ or id_of(text)}">{text}</h2><p class="no-margin">Text.</p>'
    return html


def renamed(ours, theirs, known=None):
    """New heading → the heading live whose id it keeps."""
    kept = kept_ids(page(*ours), page(*theirs), known or {})
    ids, live = {id_of(text): text for text in ours}, {id_of(text): text for text in theirs}
    return {ids[mine]: live.get(other, other) for mine, other in kept.items()}


def test_a_text_whose_headings_are_all_live_keeps_nothing_beyond_what_is_known():
    assert kept_ids(page("Fees", "How"), page("Fees", "How"), {}) == {}
    assert (
        kept_ids(page("Fees"), page("Fees = h_0123456789"), {id_of("Fees"): "h_0123456789"}) == {}
    )


def test_a_renamed_heading_keeps_its_id():
    assert renamed(["Cancellation fees"], ["Cancelation fee"]) == {
        "Cancellation fees": "Cancelation fee"
    }


def test_a_heading_that_says_something_else_gets_a_new_id():
    assert renamed(["Opening hours"], ["Cancellation fees"]) == {}
    assert renamed(["Fees", "Xyz", "Notes"], ["Fees", "Why", "Notes"]) == {}


def test_one_that_is_alone_between_two_that_stayed_needs_less_in_common():
    ours, theirs = "How it works here", "How"
    assert renamed(["Fees", "How it is", "Notes"], ["Fees", "How", "Notes"]) == {"How it is": "How"}
    assert renamed(["Fees", ours, "Notes"], ["Fees", theirs, "Notes"]) == {}
    two = (["Fees", "How it is", "And"], ["Fees", "How", "Notes"])
    assert renamed(*two) == {}, "with two that could be it, more has to be the same"


def test_a_pair_never_crosses_headings_that_stayed():
    assert renamed(["Cancellation fees", "How"], ["How", "Cancelation fee"]) == {}


def test_swapped_headings_keep_theirs():
    assert renamed(["How", "Fees"], ["Fees", "How"]) == {}
    assert renamed(["How", "Late fees now", "Fees"], ["Fees", "Late fees", "How"]) == {
        "Late fees now": "Late fees"
    }


def test_several_in_a_row_are_paired_in_order_by_what_they_have_in_common():
    ours = ["Paying by card", "Something new", "Paying by bank transfer"]
    assert renamed(ours, ["Pay by card", "Pay by bank transfer"]) == {
        "Paying by card": "Pay by card",
        "Paying by bank transfer": "Pay by bank transfer",
    }


def test_a_heading_renamed_twice_still_has_its_first_id():
    kept = kept_ids(page("Late fee"), page("Late fees = h_00000000aa"), {id_of("Late fees"): "h_0"})
    assert kept == {id_of("Late fee"): "h_00000000aa"}


def test_a_new_heading_does_not_take_the_id_that_a_renamed_one_kept():
    known = {id_of("Late fees"): id_of("Fees")}
    live = page(f"Late fees = {id_of('Fees')}")
    kept = kept_ids(page("Fees", "Late fees"), live, known)
    assert set(kept) == {id_of("Fees")}
    assert kept[id_of("Fees")] not in (id_of("Fees"), id_of("Late fees"))
    after = page(f"Fees = {kept[id_of('Fees')]}", f"Late fees = {id_of('Fees')}")
    assert kept_ids(page("Fees", "Late fees"), after, {**known, **kept}) == {}


def test_an_id_that_the_author_wrote_down_is_meant():
    pinned = pinned_ids({"fees": "h_00000000aa", "how": id_of("how")})
    assert pinned == {"h_00000000aa"}
    assert kept_ids(page("Fees = h_00000000aa"), page("Fees = h_00000000bb"), {}, pinned) == {}


def test_a_heading_without_an_id_is_nobodys():
    assert kept_ids(page("Fees"), "<h2>Fees</h2>", {}) == {}


def test_hundreds_of_new_headings_are_a_new_text():
    ours = page(*(f"Part {number}" for number in range(200)))
    theirs = page(*(f"Section {number}" for number in range(200)))
    assert kept_ids(ours, theirs, {}) == {}


words = st.sampled_from(["Fees", "Fee", "Late fees", "How", "How to pay", "Notes", "Note"])
headings = st.lists(words, max_size=6, unique=True)


@settings(deadline=None)
@given(headings, headings, st.dictionaries(words.map(id_of), words.map(id_of), max_size=3))
def test_no_two_headings_are_sent_with_the_same_live_id(ours, theirs, known):
    wanted = page(*ours)
    kept = kept_ids(wanted, page(*theirs), known)
    live = canonical.heading_ids(page(*theirs))
    spelt = {**known, **kept}
    sent = [spelt.get(id_, id_) for id_ in canonical.heading_ids(wanted)]
    untouched = [id_ for id_ in sent if id_ in live]
    assert len(untouched) == len(set(untouched))


@pytest.mark.parametrize("text", ["Fees", "Über uns", "返金"])
def test_our_ids_are_those_of_the_renderer(text):
    from publisher.body.from_markdown import render

    rendered = render(f"## {text}\n")
    assert pinned_ids({heading.slug: heading.id for heading in rendered.headings}) == frozenset()
