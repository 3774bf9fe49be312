"""Deep links (`#h_…`) that readers keep lead where they led, whatever a heading is called now."""

import re

import pytest

from tests.often import every_day
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket

TEXT = (
    "---\ntitle: Cancel an order\n---\nSee below.\n\n"
    "## Fees\n\nNone.\n\n## How to cancel\n\nWrite.\n"
)

IDS = {"ids kept": [], "ids replaced": ["heading-ids-replaced"]}
"""What the help center does with ids of ours. Every day the first, both where that is said."""


@pytest.fixture(params=every_day(1, IDS.values()), ids=IDS)
def story(request, tmp_path, monkeypatch):
    """A small site on a help center that keeps our ids, or on one that has its own."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path, quirks=request.param) as made:
        made.write({**SMALL, "en/orders/cancel.md": TEXT})
        made.apply()
        yield made


def headings(story, title="Cancel an order"):
    """Text of each heading → its id, as readers have it."""
    found = re.findall(r'<h\d id="(h_[0-9a-f]{10})"[^>]*>(.*?)</h\d>', story.body(title))
    return {text: id_ for id_, text in found}


def settled(story):
    assert (story.changes(), story.notices()) == ([], [])


@pytest.mark.parametrize("story", IDS.values(), ids=IDS, indirect=True)
def test_a_deep_link_leads_to_the_heading_after_it_was_renamed(story):
    before = headings(story)
    story.edit("en/orders/cancel.md", "## How to cancel", "## How to cancel it")
    story.apply()
    assert headings(story) == {
        "Fees": before["Fees"],
        "How to cancel it": before["How to cancel"],
    }
    settled(story)


def test_a_heading_renamed_again_still_has_its_first_id(story):
    before = headings(story)
    for old, new in (
        ("Fees", "Our fees"),
        ("Our fees", "Our late fees"),
        ("Our late fees", "Fees"),
    ):
        story.edit("en/orders/cancel.md", f"## {old}\n", f"## {new}\n")
        story.write({f"{locale}/billing/refunds.md": linking(new) for locale in ("en", "fr")})
        story.apply()
        assert headings(story)[new] == before["Fees"]
        settled(story)


def linking(heading):
    slug = heading.lower().replace(" ", "-")
    return f"---\ntitle: Refunds\n---\nSee [fees](../orders/cancel.md#{slug}).\n"


def test_a_heading_that_says_something_else_gets_a_new_id(story):
    before = headings(story)
    story.edit("en/orders/cancel.md", "## How to cancel", "## Opening times")
    story.apply()
    assert headings(story)["Opening times"] not in before.values()
    assert headings(story)["Fees"] == before["Fees"]
    settled(story)


def test_swapped_headings_keep_their_ids(story):
    before = headings(story)
    swapped = TEXT.replace("## Fees", "## ?").replace("## How to cancel", "## Fees")
    story.write({"en/orders/cancel.md": swapped.replace("## ?", "## How to cancel")})
    story.apply()
    assert headings(story) == before
    settled(story)


def test_headings_that_nobody_touched_keep_their_ids_in_every_other_edit(story):
    before = headings(story)
    story.edit("en/orders/cancel.md", "None.", "One euro.\n\n## Late fees\n\nTwo euros.")
    story.apply()
    after = headings(story)
    assert {text: after[text] for text in before} == before
    settled(story)


def test_links_by_the_new_name_lead_to_the_kept_id_without_another_plan(story):
    before = headings(story)["Fees"]
    assert f"#{before}" in story.body("Refunds")
    story.edit("en/orders/cancel.md", "## Fees", "## Our fees")
    for locale in ("en", "fr"):
        story.edit(f"{locale}/billing/refunds.md", "#fees", "#our-fees")
    assert story.changes() == [("update", "article", "orders/cancel")], "the link is what it was"
    story.apply()
    assert f"#{before}" in story.body("Refunds")
    settled(story)


def test_a_new_link_written_in_the_same_apply_leads_to_the_kept_id(story):
    before = headings(story)["How to cancel"]
    story.edit("en/orders/cancel.md", "## How to cancel", "## How to cancel it")
    story.edit(
        "en/billing/refunds.md", "Write to us.", "[How](../orders/cancel.md#how-to-cancel-it)."
    )
    story.apply()
    assert f"#{before}" in story.body("Refunds")
    settled(story)


def test_a_link_within_the_page_leads_to_the_kept_id(story):
    before = headings(story)["How to cancel"]
    story.edit("en/orders/cancel.md", "## How to cancel", "## How to cancel it")
    story.edit("en/orders/cancel.md", "See below.", "See [how](#how-to-cancel-it).")
    story.apply()
    assert f'href="#{before}"' in story.body("Cancel an order")
    settled(story)


def test_a_new_heading_by_the_old_name_is_another_heading(story):
    before = headings(story)["Fees"]
    story.edit("en/orders/cancel.md", "## Fees", "## Our fees")
    for locale in ("en", "fr"):
        story.edit(f"{locale}/billing/refunds.md", "#fees", "#our-fees")
    story.apply()
    story.edit("en/orders/cancel.md", "## Our fees", "## Fees\n\nNew.\n\n## Our fees")
    story.apply()
    after = headings(story)
    assert after["Our fees"] == before
    assert after["Fees"] != before
    settled(story)


def test_a_saved_plan_carries_the_kept_ids(story):
    before = headings(story)["How to cancel"]
    story.edit("en/orders/cancel.md", "## How to cancel", "## How to cancel it")
    assert story.run("plan", "--out", "plan.json").code == 0
    assert story.run("apply", "plan.json").code == 0
    assert headings(story)["How to cancel it"] == before
    settled(story)


def test_a_text_that_is_held_back_leaves_links_to_it_alone(story):
    """Nobody writes the renamed heading while a colleague's edit stands there."""
    story.center.edit_by_hand(
        story.article("Cancel an order")["id"],
        body=story.body("Cancel an order").replace("None.", "Hers."),
    )
    story.edit("en/orders/cancel.md", "## Fees", "## Our fees")
    for locale in ("en", "fr"):
        story.edit(f"{locale}/billing/refunds.md", "#fees", "#our-fees")
    story.apply(expect=4)
    story.apply("--overwrite", "orders/cancel")
    kept = headings(story)["Our fees"]
    assert f"#{kept}" in story.body("Refunds")
    settled(story)


@pytest.mark.parametrize("story", IDS.values(), ids=IDS, indirect=True)
def test_an_id_that_the_author_pins_is_the_one_that_counts(story):
    story.edit("en/orders/cancel.md", "## Fees", "## Fees {#h_00000000aa}")
    story.apply()
    if "heading-ids-replaced" not in story.center.quirks:
        assert headings(story)["Fees"] == "h_00000000aa"
    settled(story)


def test_a_moved_file_keeps_the_ids_of_its_headings(story):
    before = headings(story)
    story.move("en/orders/cancel.md", "en/billing/cancel.md")
    for locale in ("en", "fr"):
        story.edit(f"{locale}/billing/refunds.md", "../orders/cancel.md", "cancel.md")
    story.edit("en/billing/cancel.md", "## How to cancel", "## How to cancel it")
    story.apply()
    assert headings(story)["How to cancel it"] == before["How to cancel"]
    assert story.changes() == []


def test_when_a_colleague_wrote_the_same_first_links_lead_to_the_ids_of_theirs(story):
    """Both sides say the same, so nothing is written; their new heading has an id of Intercom's."""
    theirs = f'{story.body("Cancel an order")}<h1 id="h_00000000cc">More</h1><p>Text.</p>'
    story.center.edit_by_hand(story.article("Cancel an order")["id"], body=theirs)
    story.edit("en/orders/cancel.md", "Write.", "Write.\n\n## More\n\nText.")
    story.edit("en/billing/refunds.md", "Write to us.", "[More](../orders/cancel.md#more).")
    assert story.changes() == [("update", "article", "billing/refunds")]
    story.apply()
    assert "#h_00000000cc" in story.body("Refunds")
    settled(story)
