"""Files and live things that are not tied yet, or no longer: linked once they say the same.

A pull that was cut off, a lost ledger and a colleague's copy are one case: nothing is
doubled, and nothing that differs is overwritten.
"""

from __future__ import annotations

import json
import shutil

import pytest

from tests.journeys.pulls import (
    Recorder,
    assert_settled,
    content,
    edit_body,
    everything,
    pulled,
    repository,
    show_image,
    text,
)
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket
FIN = {
    "fin/handbook/_source.md": "---\nurl: https://example.com/handbook\n---\n",
    "fin/handbook/en/hours.md": "---\ntitle: Hours\n---\n\nNine to five.\n",
}


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty folder and an empty help center that counts the images it hands out."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path, wrap=Recorder) as made:
        yield made


def lose_the_ledger(story) -> None:
    shutil.rmtree(story.folder / ".publisher")


def test_a_lost_ledger_is_rebuilt_from_files_that_say_what_is_live(story):
    story.write(FIN)
    story.apply()
    before = content(story)
    writes = len(story.writes)
    lose_the_ledger(story)
    told = pulled(story, "--adopt")
    assert "6 things linked to what is live" in told.err
    assert content(story) == before
    assert_settled(story, again=True)
    assert len(story.writes) == writes


def test_a_rebuilt_ledger_knows_the_next_hand_edit_block_by_block(story):
    story.apply()
    lose_the_ledger(story)
    pulled(story, "--adopt")
    git = repository(story)
    edit_body(story, "Refunds", "Write to us", "Call us")
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    pulled(story)
    assert "30 days" in text(story, "en/billing/refunds.md")
    assert "+Call us." in git.diff()
    story.apply()
    assert_settled(story)


def test_a_pull_without_a_ledger_links_what_says_the_same_and_fetches_the_rest(story):
    story.apply()
    story.center.create_by_hand(title="New", body='<p class="no-margin">x</p>')
    before = content(story)
    lose_the_ledger(story)
    told = pulled(story)
    assert "linked article:billing/refunds" in told.err
    assert content(story) == before | {"en/new.md": b"---\ntitle: New\n---\n\nx\n"}
    assert_settled(story)


def test_a_key_that_is_not_linked_yet_is_linked_when_it_says_the_same(story):
    story.apply()
    lose_the_ledger(story)
    pulled(story, "billing/refunds")
    kept = json.loads((story.folder / ".publisher" / "live.json").read_text())
    assert [thing["key"] for thing in kept["things"]] == ["billing/refunds"]


def test_a_key_that_is_not_linked_yet_and_differs_is_left_alone_on_both_sides(story):
    story.apply()
    lose_the_ledger(story)
    story.edit("en/billing/refunds.md", "14 days", "30 days")
    before = content(story)
    told = pulled(story, "billing/refunds", expect=4)
    assert "content/en/billing/refunds.md" in told.err
    assert "differs in the English body; the two are not linked" in told.err
    assert "publisher pull --adopt billing/refunds" in told.err
    assert content(story) == before


def test_adopting_cannot_be_mixed_with_fetching(story):
    for other in ("--all", "--collection=Billing"):
        assert story.run("pull", "--adopt", other).code == 64
    assert story.run("pull", "--all", "billing").code == 64


def test_a_dry_run_of_adopting_links_nothing(story):
    story.apply()
    lose_the_ledger(story)
    told = pulled(story, "--adopt", "--dry-run")
    assert "linked to what is live" in told.err
    assert not (story.folder / ".publisher" / "live.json").exists()
    assert "conflict" in story.notices()


# Cut off ---------------------------------------------------------------------------------


def fill(story) -> None:
    box = show_image(story, "box.png")
    shown = f'<p class="no-margin">See.</p><div class="intercom-container"><img src="{box}"></div>'
    money = story.center.create_by_hand("collection", title="Money")
    story.center.create_by_hand(title="Boxes", parent=money, body=shown)
    story.center.create_by_hand(title="Alone", body='<p class="no-margin">x</p>')


def test_a_first_pull_cut_off_before_its_ledger_is_simply_run_again(empty):
    fill(empty)
    pulled(empty)
    before = content(empty)
    lose_the_ledger(empty)
    told = pulled(empty)
    assert "linked article:money/boxes" in told.err
    assert content(empty) == before
    assert_settled(empty, again=True)


def test_a_first_pull_cut_off_among_its_files_is_simply_run_again(empty):
    fill(empty)
    pulled(empty)
    before = content(empty)
    lose_the_ledger(empty)
    empty.remove("en/money/boxes.md")
    pulled(empty)
    assert content(empty) == before
    assert_settled(empty)


def test_a_pull_of_drift_cut_off_before_its_ledger_is_simply_run_again(story):
    story.apply()
    kept = story.folder / "kept"
    shutil.copytree(story.folder / ".publisher", kept)
    edit_body(story, "Refunds", "Write to us", "Call us")
    story.center.edit_by_hand(story.article("Refunds")["id"], title="Money back")
    pulled(story)
    before = content(story)
    lose_the_ledger(story)
    kept.rename(story.folder / ".publisher")
    told = pulled(story)
    assert content(story) == before
    assert "Nothing to pull" in told.err
    assert_settled(story)


def test_a_pull_of_a_move_cut_off_before_its_ledger_is_simply_run_again(story):
    story.apply()
    kept = story.folder / "kept"
    shutil.copytree(story.folder / ".publisher", kept)
    [orders] = [row for row in story.center.rows("collection") if row["names"]["en"] == "Orders"]
    story.center.move_by_hand(story.article("Refunds")["id"], str(orders["id"]))
    pulled(story)
    before = content(story)
    lose_the_ledger(story)
    kept.rename(story.folder / ".publisher")
    pulled(story)
    assert content(story) == before
    assert_settled(story)


# What stands in the way --------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["500", "drop-before", "not-json", "truncate"])
def test_a_help_center_that_cannot_be_read_is_one_sentence_and_nothing_is_written(fault, empty):
    fill(empty)
    empty.center.faults.add(fault, method="GET", path="/articles", times=None)
    outcome = empty.run("pull")
    assert outcome.code == 1, str(outcome)
    assert outcome.err.splitlines()[-1].startswith("error: could not list every article: ")
    assert "Traceback" not in outcome.err
    assert everything(empty) == {}


def test_a_token_that_is_refused_is_one_sentence_and_nothing_is_written(empty, monkeypatch):
    fill(empty)
    empty.center.token = "another"
    outcome = empty.run("pull")
    assert outcome.code != 0
    assert "Traceback" not in outcome.err
    assert everything(empty) == {}


def test_an_apply_in_doubt_is_settled_before_anything_is_pulled(story):
    story.leave_in_doubt("orders/cancel", "Cancel an order")
    before = content(story)
    outcome = story.run("pull")
    assert outcome.code != 0
    assert "Run `publisher apply` first" in outcome.err
    assert content(story) == before


def test_a_ledger_that_another_run_holds_is_left_alone(empty):
    from publisher.ledger import opening
    from publisher.ledger.home import beside

    fill(empty)
    home = beside(empty.folder / ".publisher", "live")
    with opening.opened(home, command="publisher apply", new_id=lambda: "a"):
        outcome = empty.run("pull")
        dry = empty.run("pull", "--dry-run")
    assert outcome.code == 7, str(outcome)
    assert "publisher apply" in outcome.err
    assert content(empty) == {}
    assert dry.code == 0, "looking needs no lock"


def test_a_file_where_a_folder_has_to_be_is_one_sentence(empty):
    fill(empty)
    (empty.folder / "content").write_text("in the way")
    outcome = empty.run("pull")
    assert outcome.code in (1, 3), str(outcome)
    assert "content" in outcome.err
    assert "Traceback" not in outcome.err
    assert (empty.folder / "content").read_text() == "in the way"


def test_a_folder_where_a_file_has_to_be_is_stepped_around(empty):
    fill(empty)
    (empty.folder / "content" / "en" / "alone.md").mkdir(parents=True)
    outcome = empty.run("pull")
    assert "Traceback" not in outcome.err
    if outcome.code == 0:
        assert empty.run("plan", "--detailed-exitcode").code == 0
    else:
        assert outcome.err.count("error: ") == 1
        assert [name for name in content(empty) if name.endswith(".md")] == []


def test_a_content_folder_that_is_a_link_out_of_the_repository_is_written_to(empty, tmp_path):
    fill(empty)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "content").symlink_to(tmp_path / "elsewhere")
    pulled(empty)
    assert (tmp_path / "elsewhere" / "en" / "alone.md").exists()
    assert_settled(empty)


def test_a_repository_of_our_own_is_not_touched_beside_its_content(story):
    story.apply()
    (story.folder / "README.md").write_text("Ours.\n")
    pulled(story, "--all")
    top = {path.name for path in story.folder.iterdir()}
    assert top == {"README.md", "publisher.toml", "content", ".publisher"}
    assert set(content(story)) == set(SMALL)
