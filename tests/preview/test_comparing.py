"""The Diff tab: one thing of the preview beside what a remote target shows right now."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from selectolax.lexbor import LexborHTMLParser

from publisher.config import load
from publisher.model import Key, Ref
from publisher.preview.panel import panel
from publisher.workflow.previews import previewing
from publisher.workflow.previews.comparing import NO_TARGET, Choice, compare
from tests.often import every_day
from tests.preview.test_panel import FIN, REFUNDS, words_of
from tests.world import SMALL, TOKEN, world

PRICES = Ref("page", Key("kb/prices:en"))
PNG = b"\x89PNG\r\n\x1a\n"
BODY = (
    "---\ntitle: Refunds\ndescription: Getting money back\n---\n"
    "Within 14 days. See [cancelling](../orders/cancel.md#fees).\n\n## How\n\nWrite to us.\n\n"
    "![Form](form.png)\n\n- one\n- two, [by us](#how)\n\nThe end.\n"
)


@pytest.fixture
def story(tmp_path, monkeypatch):
    """What stands live on another help center, over a socket, as our files say it."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path) as made:
        made.configure(assets_url="https://cdn.example.com/{name}")
        made.write(SMALL | FIN | {"en/billing/refunds.md": BODY, "en/billing/form.png": PNG})
        made.apply()
        made.center.calls.clear()
        yield made


@contextmanager
def previewed(story, environment=None):
    config = load(story.folder, environment=environment)
    with previewing.opened(config, port=8011) as preview:
        preview.refresh()
        yield preview


def by_hand(story, old: str, new: str) -> None:
    row = story.article("Refunds")
    body = row["contents"]["en"]["body"]
    assert old in body
    story.center.edit_by_hand(row["id"], body=body.replace(old, new))


def diff_of(preview, ref: Ref = REFUNDS, locale: str = "en", target: str = ""):
    id_ = preview.state.ids[ref]
    return LexborHTMLParser(panel(preview, ref.kind, id_, locale, tab="diff", target=target))


@pytest.mark.parametrize(
    ("ref", "locale"),
    every_day(
        2,
        [
            (REFUNDS, "en"),
            (REFUNDS, "fr"),
            (Ref("collection", Key("billing")), "fr"),
            (PRICES, "en"),
        ],
    ),
    ids=str,
)
def test_what_was_published_as_it_is_here_is_the_same(story, ref, locale):
    with previewed(story) as preview:
        found = compare(preview, ref, locale)
        said = words_of(diff_of(preview, ref, locale))
    assert found.trouble == ""
    assert found.same, [row for row in found.rows if row.change != "same"]
    assert found.markdown == ()
    assert "Readers of live see exactly this." in said


def test_an_edit_in_intercom_and_one_here_stand_side_by_side(story):
    by_hand(story, "14 days", "30 days")
    story.edit("en/billing/refunds.md", "The end.", "That is all.\n\nReally.")
    with previewed(story) as preview:
        found = compare(preview, REFUNDS, "en")
        parsed = diff_of(preview)
    assert [row.change for row in found.rows] == [
        "changed", "same", "same", "same", "same", "changed", "ours",
    ]  # fmt: skip
    signs = [str(line) for line in found.markdown if line.sign in "+-" and line.text]
    assert signs == [
        "- Within 30 days. See [cancelling](../orders/cancel.md#fees).",
        "+ Within 14 days. See [cancelling](../orders/cancel.md#fees).",
        "- The end.",
        "+ That is all.",
        "+ Really.",
    ]
    assert parsed.css_first(".is-out mark").text() == "30"
    assert "4 blocks are the same" in words_of(parsed)


def test_title_state_and_place_are_compared_beside_the_body(story):
    row = story.article("Refunds")
    story.center.edit_by_hand(row["id"], title="Money back", state="draft")
    story.edit("en/billing/refunds.md", "title: Refunds", "title: Refunds\nstate: published")
    with previewed(story) as preview:
        facts = {each.name: each for each in compare(preview, REFUNDS, "en").facts}
        said = words_of(diff_of(preview))
    assert (facts["title"].live, facts["title"].ours) == ("Money back", "Refunds")
    assert (facts["state"].live, facts["state"].ours) == ("draft", "published")
    assert facts["collection"].same
    assert facts["description"].same
    assert "titleMoney backRefunds" in said


def test_only_this_one_thing_is_read_and_nothing_is_written(story):
    with previewed(story) as preview:
        compare(preview, REFUNDS, "en")
        compare(preview, REFUNDS, "fr")
    id_ = story.article("Refunds")["id"]
    assert [tuple(call)[:2] for call in story.center.calls] == [
        ("GET", "/me"),
        ("GET", "/help_center/help_centers"),
        ("GET", f"/articles/{id_}"),
    ]


def test_what_was_never_published_there_is_told_without_asking(story):
    story.write({"en/billing/new.md": "---\ntitle: New\n---\nText.\n"})
    with previewed(story) as preview:
        found = compare(preview, Ref("article", Key("billing/new")), "en")
    assert found.trouble == (
        "The ledger of target “live” does not know it yet: an apply would create it there."
    )
    assert not list(story.center.calls)


def test_a_file_that_moved_is_compared_with_its_own_article(story):
    story.move("en/billing/refunds.md", "en/billing/money.md")
    story.move("fr/billing/refunds.md", "fr/billing/money.md")
    with previewed(story) as preview:
        found = compare(preview, Ref("article", Key("billing/money")), "fr")
    assert (found.trouble, found.same) == ("", True)


def test_an_article_that_was_deleted_in_intercom_is_told(story):
    story.center.delete_by_hand("article", story.article("Refunds")["id"])
    with previewed(story) as preview:
        found = compare(preview, REFUNDS, "en")
    assert found.trouble == "It was deleted in Intercom, from target “live”."


def test_without_a_token_it_says_in_one_sentence_how_to_get_there(story):
    with previewed(story, environment={}) as preview:
        found = compare(preview, REFUNDS, "en")
    assert found.choices == (Choice(name="live", token=False),)
    assert found.trouble == (
        "No token for target “live”: set the environment variable INTERCOM_ACCESS_TOKEN."
    )


def test_a_target_that_is_not_there_any_more_gives_way_to_the_first(story):
    with previewed(story) as preview:
        assert compare(preview, REFUNDS, "en", "gone").target == "live"
        assert compare(preview, REFUNDS, "en", "local").target == "live"


def test_without_a_target_it_says_how_to_get_there(story):
    (story.folder / "publisher.toml").write_text("")
    with previewed(story) as preview:
        assert compare(preview, REFUNDS, "en").trouble == NO_TARGET


def test_a_file_that_cannot_be_read_is_not_taken_for_an_empty_one(story):
    with previewed(story) as preview:
        story.write({"fr/billing/refunds.md": "---\ntitle: [\n---\n"})
        preview.refresh()
        found = compare(preview, REFUNDS, "fr")
        still = compare(preview, REFUNDS, "en")
    assert found.trouble.startswith("The file cannot be read now")
    assert (still.trouble, still.same) == ("", True)


def test_a_language_in_which_nobody_wrote_anything_is_said_to_be_empty(story):
    with previewed(story) as preview:
        found = compare(preview, REFUNDS, "de")
    assert found.trouble == "Neither side has anything in German."


def test_a_translation_that_only_intercom_has_is_shown(story):
    story.center.edit_by_hand(
        story.article("Refunds")["id"], locale="de", title="Geld", body="<p>Ja.</p>"
    )
    with previewed(story) as preview:
        found = compare(preview, REFUNDS, "de")
    assert [(row.change, row.live) for row in found.rows] == [("live", "<p>Ja.</p>")]
    assert [(each.live, each.ours) for each in found.facts if each.name == "title"] == [
        ("Geld", "")
    ]


def test_a_target_that_is_slow_keeps_nobody_waiting(story):
    story.center.faults.add("slow", path="/me", seconds=0.3)
    with previewed(story) as preview:
        first = compare(preview, REFUNDS, "en", patience=0.01)
        then = compare(preview, REFUNDS, "en", patience=10)
    assert first.trouble == "Target “live” has not answered so far. Press Compare to look again."
    assert (then.trouble, then.same) == ("", True)


def test_a_refusal_of_the_server_is_one_sentence_in_the_panel(story):
    story.center.token = "another"
    with previewed(story) as preview:
        said = words_of(diff_of(preview))
    assert "the token" in said.lower()
    assert TOKEN not in said


def test_what_somebody_wrote_in_intercom_cannot_run_here(story):
    by_hand(story, "The end.", 'X<script>alert(1)</script><img src="x" onerror="alert(2)">')
    with previewed(story) as preview:
        parsed = diff_of(preview)
    assert not parsed.css("script")


def test_a_colleagues_unpublished_edit_is_pointed_out(story):
    story.center.draft_by_hand(story.article("Refunds")["id"], body="<p>Later.</p>")
    with previewed(story) as preview:
        said = words_of(diff_of(preview))
    assert "A colleague’s unpublished edit waits in Intercom" in said
