"""An apply is taken back: all as it was, nobody's work lost, and the old content still agrees."""

import json
import random
import shutil

import pytest

from publisher.body import canonical
from tests.often import every_day
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket
FIN = {
    "fin/handbook/_source.md": "---\nurl: https://example.com/handbook\n---\n",
    "fin/handbook/en/hours.md": "---\ntitle: Hours\n---\nNine to five.\n",
}
FEES = {"en/billing/fees.md": "---\ntitle: Fees\n---\nAsk us about [refunds](refunds.md).\n"}


def shown(story):
    """Everything live but ids and times: bodies canonical, links by the title they lead to."""
    rows = {kind: story.center.rows(kind) for kind in ("collection", "article", "source", "page")}
    titles = {row["id"]: row["contents"]["en"]["title"] for row in rows["article"]}
    names = {row["id"]: row["names"]["en"] for row in rows["collection"]}

    def read(body):
        spelt = canonical.canonical(body)
        for id_, title in titles.items():
            spelt = spelt.replace(f"/articles/{id_}", f"/articles/«{title}»")
        return spelt

    return {
        **{("collection", names[r["id"]]): _collection(r, names) for r in rows["collection"]},
        **{("article", titles[r["id"]]): _article(r, names, read) for r in rows["article"]},
        **{("source", r["url"]): r["status"] for r in rows["source"]},
        **{("page", r["external_id"]): _page(r) for r in rows["page"]},
    }


def _collection(row, names):
    return (names.get(row["parent_id"]), row["names"], row["descriptions"], row["icon"])


def _article(row, names, read):
    texts = {
        locale: (text["title"], text["description"], read(text["body"]), text["state"])
        for locale, text in row["contents"].items()
    }
    return ([names[each] for each in row["parent_ids"]], row["author_id"], texts)


def _page(row):
    return (row["title"], row["html"], row["ai_agent_availability"], row["ai_copilot_availability"])


def backups(story):
    return story.run("rollback", "--list", "--format", "json").json


def latest(story):
    return backups(story)[0]["apply_id"]


def undo(story, *arguments, id=None, expect=0):
    outcome = story.run("rollback", id or latest(story), "--yes", *arguments)
    assert outcome.code == expect, str(outcome)
    return outcome


def kept_files(story, name="before"):
    shutil.copytree(story.folder / "content", story.folder / name)


def revert_files(story, name="before"):
    shutil.rmtree(story.folder / "content")
    shutil.copytree(story.folder / name, story.folder / "content")


def applied_and_undone(story, change):
    """Apply a change of the files and take it back; everything is as before, and agrees."""
    story.apply()
    before = shown(story)
    kept_files(story)
    change(story)
    wanted = story.changes()
    story.apply("--allow-deletes", "9")
    after = shown(story)
    assert after != before
    undo(story, "--allow-deletes", "9")
    assert shown(story) == before
    return wanted, after


def settled_by_the_old_files(story):
    """Whether the content of then finds nothing to do."""
    revert_files(story)
    return story.changes() == []


# What an apply can do, taken back ----------------------------------------------------------


def edit_a_body(story):
    story.edit("en/billing/refunds.md", "14 days", "30 days")


def edit_everything(story):
    story.edit("en/billing/refunds.md", "title: Refunds", "title: Money back")
    story.edit("en/billing/refunds.md", "Getting money back", "Getting it back")
    story.edit("fr/billing/refunds.md", "14 jours", "30 jours")
    story.edit("en/billing/_index.md", "title: Billing", "title: Payments")
    story.edit("en/orders/cancel.md", "Fees", "Costs")
    story.edit("en/billing/refunds.md", "#fees", "#costs")
    story.edit("fr/billing/refunds.md", "#fees", "#costs")


def move(story):
    story.move("en/billing/refunds.md", "en/orders/refunds.md")
    story.move("fr/billing/refunds.md", "fr/orders/refunds.md")
    story.edit("en/orders/cancel.md", "../billing/refunds.md", "refunds.md")
    story.edit("en/orders/refunds.md", "../orders/cancel.md", "cancel.md")
    story.edit("fr/orders/refunds.md", "../orders/cancel.md", "cancel.md")
    story.edit("en/billing/fees.md", "(refunds.md)", "(../orders/refunds.md)")


def unpublish(story):
    story.edit("en/orders/cancel.md", "title:", "state: draft\ntitle:")


def drop_a_language(story):
    story.remove("fr/billing/refunds.md")


def a_new_folder_for_an_article(story):
    story.write({"en/money/_index.md": "---\ntitle: Money\n---\n"})
    story.move("en/billing/fees.md", "en/money/fees.md")
    story.edit("en/money/fees.md", "(refunds.md)", "(../billing/refunds.md)")


@pytest.mark.parametrize(
    "change",
    every_day(
        2,
        [
            edit_everything,
            unpublish,
            move,
            edit_a_body,
            drop_a_language,
            a_new_folder_for_an_article,
        ],
    ),
)
@pytest.mark.parametrize(
    "version", ["2.16", *(pytest.param(old, marks=pytest.mark.slow) for old in ("2.7", "2.11"))]
)
def test_what_was_changed_is_put_back_and_the_old_files_agree(story, change, version):
    story.configure(api_version=version, on_removed="delete", max_removals="90%")
    if change is drop_a_language:
        story.configure(on_removed="draft")
    story.write(FEES)
    wanted, after = applied_and_undone(story, change)
    if change is not move:  # a renamed file keeps its new key until the old one is back
        assert story.changes() == wanted
    assert settled_by_the_old_files(story)
    change(story)
    story.apply("--allow-deletes", "9")
    assert shown(story) == after


def test_the_plan_without_a_revert_wants_what_was_put_back_again(story):
    wanted, after = applied_and_undone(story, edit_everything)
    assert story.changes() == wanted
    story.apply()
    assert shown(story) == after


def test_an_article_that_was_published_is_a_draft_again(story):
    story.write({"en/billing/fees.md": "---\ntitle: Fees\nstate: draft\n---\nSoon.\n"})

    def publish(story):
        story.edit("en/billing/fees.md", "state: draft\n", "state: published\n")

    wanted, _ = applied_and_undone(story, publish)
    assert wanted == [("publish", "article", "billing/fees")]
    assert story.changes() == wanted
    assert settled_by_the_old_files(story)


def test_a_deleted_article_comes_back_with_its_links_both_ways(story):
    story.configure(on_removed="delete")
    story.write(FEES)
    story.edit("en/orders/cancel.md", "None.", "See [fees](../billing/fees.md).")
    story.apply()
    former = story.article("Fees")["id"]

    def delete(story):
        story.remove("en/billing/fees.md")
        story.edit("en/orders/cancel.md", "[fees](../billing/fees.md)", "fees")

    applied_and_undone(story, delete)
    fees = story.article("Fees")
    assert fees["id"] != former
    assert fees["contents"]["en"]["state"] == "published"
    assert f"/articles/{fees['id']}-" in story.body("Cancel an order")
    assert f"/articles/{former}-" not in story.body("Cancel an order")
    revert_files(story)
    assert story.changes() == []


@pytest.mark.slow
def test_a_whole_folder_comes_back_with_what_was_in_it(story):
    story.configure(on_removed="delete", max_removals="90%")
    story.write({"en/billing/cards/_index.md": "---\ntitle: Cards\n---\n"})
    story.write({"en/billing/cards/lost.md": "---\ntitle: A lost card\n---\nCall us.\n"})
    applied_and_undone(story, lambda story: story.remove("en/billing/cards"))
    assert settled_by_the_old_files(story)


@pytest.mark.parametrize(
    "version",
    ["2.16", *(pytest.param(other, marks=pytest.mark.slow) for other in ("2.12", "2.17"))],
)
def test_pages_and_sources_come_back(story, version):
    story.configure(api_version=version, on_removed="delete", max_removals="90%")
    story.write(FIN)

    def change(story):
        story.edit("fin/handbook/_source.md", "handbook\n", "handbook\nstatus: deactivated\n")
        story.edit("fin/handbook/en/hours.md", "Nine", "Ten")

    applied_and_undone(story, change)
    assert settled_by_the_old_files(story)
    story.remove("fin/handbook/en/hours.md")
    before = shown(story)
    story.apply("--allow-deletes", "1")
    undo(story)
    assert shown(story) == before
    assert len(story.center.rows("page")) == 1
    revert_files(story)
    assert story.changes() == []


def test_a_deleted_source_comes_back_with_its_pages(story):
    story.configure(on_removed="delete", max_removals="90%")
    story.write(FIN)
    story.apply()
    before = shown(story)
    kept_files(story)
    story.remove("fin")
    story.apply("--allow-deletes", "source:handbook", "--allow-deletes", "9")
    assert not story.center.rows("source")
    undo(story)
    assert shown(story) == before
    assert settled_by_the_old_files(story)


# What an apply created ---------------------------------------------------------------------


def test_what_was_created_is_deleted_where_the_target_deletes(story):
    story.configure(on_removed="delete", max_removals="90%")

    def create(story):
        story.write({"en/money/_index.md": "---\ntitle: Money\n---\n"})
        story.write({"en/money/tax.md": "---\ntitle: Tax\n---\nSome.\n"})
        story.write(FIN)

    story.apply()
    before = shown(story)
    create(story)
    wanted = story.changes()
    story.apply()
    undo(story, "--allow-deletes", "source:handbook", "--allow-deletes", "9")
    assert shown(story) == before
    assert story.changes() == wanted
    story.remove("en/money")
    story.remove("fin")
    assert story.changes() == []


@pytest.mark.parametrize("policy", every_day(1, ["report", "draft"]))
def test_what_was_created_is_hidden_where_the_target_does_not_delete(story, policy):
    story.configure(on_removed=policy, max_removals="90%")
    story.write(FIN)
    story.apply()
    kept_files(story)
    story.write(FEES)
    story.write({"en/tax/_index.md": "---\ntitle: Tax\n---\n"})
    story.write({"fin/handbook/en/more.md": "---\ntitle: More\n---\nMore.\n"})
    story.apply()
    told = undo(story)
    assert "collection tax was new and stays" in told.err
    assert story.article("Fees")["contents"]["en"]["state"] == "draft"
    (more,) = [row for row in story.center.rows("page") if row["title"] == "More"]
    assert not more["ai_agent_availability"]
    files = story.folder / "content"
    shutil.copytree(files, story.folder / "after")
    assert settled_by_the_old_files(story)
    revert_files(story, "after")
    assert sorted(story.changes()) == [
        ("publish", "article", "billing/fees"),
        ("update", "page", "handbook/more:en"),
    ]
    story.apply()
    assert story.article("Fees")["contents"]["en"]["state"] == "published"


def test_a_language_that_was_added_is_unpublished(story):
    story.configure(max_removals="90%")
    story.apply()
    kept_files(story)
    story.write({"fr/orders/cancel.md": "---\ntitle: Annuler\n---\n## Fees\n\nVoir.\n"})
    wanted = story.changes()
    story.apply()
    undo(story)
    states = {n: each["state"] for n, each in story.article("Annuler")["contents"].items()}
    assert states == {"en": "published", "fr": "draft"}
    assert ("publish", "article", "orders/cancel") in story.changes()
    assert {change[2] for change in story.changes()} == {change[2] for change in wanted}
    assert settled_by_the_old_files(story)


def test_an_article_that_a_colleague_put_into_a_new_collection_keeps_it(story):
    story.configure(on_removed="delete")
    story.apply()
    story.write({"en/tax/_index.md": "---\ntitle: Tax\n---\n"})
    story.apply()
    (tax,) = [row for row in story.center.rows("collection") if row["names"]["en"] == "Tax"]
    story.center.create_by_hand("article", title="Theirs", parent=tax["id"], body="<p>x</p>")
    told = undo(story)
    assert "1 thing in it would lose their place" in told.err
    assert ("collection", "Tax") in shown(story)


# Colleagues --------------------------------------------------------------------------------


def test_what_a_colleague_edited_since_stays_and_the_rest_is_put_back(story):
    story.apply()
    edit_everything(story)
    story.apply()
    story.center.edit_by_hand(story.article("Money back")["id"], body="<p>Theirs.</p>")
    told = undo(story, expect=4)
    assert "conflict: content/en/billing/refunds.md" in told.err
    assert f"publisher rollback {backups(story)[1]['apply_id']} --overwrite" in told.err
    refunds = story.article("Refunds")
    assert "Theirs" in refunds["contents"]["en"]["body"]
    assert "14 jours" in refunds["contents"]["fr"]["body"]
    undo(story, "--overwrite", "billing/refunds", id=backups(story)[1]["apply_id"])
    assert "14 days" in story.body("Refunds")


def test_a_new_article_that_a_colleague_edited_stays(story):
    story.configure(on_removed="delete")
    story.apply()
    story.write(FEES)
    story.apply()
    created = latest(story)
    story.center.edit_by_hand(story.article("Fees")["id"], title="Fees, explained")
    undo(story, id=created, expect=4)
    assert story.article("Fees, explained")["contents"]["en"]["state"] == "published"
    undo(story, "--overwrite", "billing/fees", id=created)
    assert ("article", "Fees, explained") not in shown(story)


def test_what_a_colleague_deleted_since_is_not_made_again_unless_told(story):
    story.apply()
    before = shown(story)
    edit_a_body(story)
    story.apply()
    changed = latest(story)
    story.center.delete_by_hand("article", story.article("Refunds")["id"])
    undo(story, id=changed, expect=4)
    assert ("article", "Refunds") not in shown(story)
    undo(story, "--overwrite", "billing/refunds", id=changed)
    assert shown(story)["article", "Refunds"][2]["en"] == before["article", "Refunds"][2]["en"]


def test_a_draft_that_a_colleague_has_open_is_not_published_along(story):
    story.apply()
    edit_a_body(story)
    story.apply()
    changed = latest(story)
    story.center.draft_by_hand(story.article("Refunds")["id"], body="<p>Soon.</p>")
    told = undo(story, id=changed, expect=4)
    assert "unpublished draft" in told.err
    assert "30 days" in story.body("Refunds")
    undo(story, "--overwrite", "billing/refunds", id=changed)
    assert "14 days" in story.body("Refunds")
    (bundle,) = (story.folder / ".publisher" / "backup" / latest(story)).iterdir()
    (saved,) = json.loads(bundle.read_text())["things"]
    assert saved["draft"] == {"en.body": "<p>Soon.</p>"}


def test_a_twin_that_stands_there_now_is_not_doubled(story):
    story.configure(on_removed="delete")
    story.write(FEES)
    story.apply()
    story.remove("en/billing/fees.md")
    story.apply("--allow-deletes", "1")
    deleted = latest(story)
    (billing,) = [row for row in story.center.rows("collection") if row["names"]["en"] == "Billing"]
    story.center.create_by_hand("article", title="Fees", parent=billing["id"], body="<p>x</p>")
    told = undo(story, id=deleted, expect=4)
    assert "a second one is not created" in told.err
    assert len(story.center.rows("article")) == 3


def test_what_had_drifted_before_drifts_again(story):
    story.apply()
    story.center.edit_by_hand(story.article("Refunds")["id"], body="<p>Within 60 days.</p>")
    edit_a_body(story)
    kept_files(story)
    story.apply("--overwrite", "billing/refunds")
    undo(story)
    assert "60 days" in story.body("Refunds")
    assert "conflict" in story.notices()
    assert story.changes() == []


# Twice, half, and later --------------------------------------------------------------------


def test_a_rollback_can_be_rolled_back(story):
    _, after = applied_and_undone(story, edit_everything)
    undo(story)
    assert shown(story) == after
    assert story.changes() == []


@pytest.mark.slow
def test_a_deletion_and_its_rollback_can_be_rolled_back_again_and_again(story):
    story.configure(on_removed="delete")
    story.write(FEES)
    _, after = applied_and_undone(story, lambda story: story.remove("en/billing/fees.md"))
    undo(story, "--allow-deletes", "1")
    assert shown(story) == after
    assert story.changes() == []
    undo(story)
    assert ("article", "Fees") in shown(story)
    assert story.changes() == [("delete", "article", "billing/fees")]


class Refusing:
    """Refuses to update articles, as Intercom refuses what it does not like."""

    def __init__(self, center):
        self.center, self.refused = center, ""

    def __call__(self, environ, start_response):
        place = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        if not self.refused or not place.startswith(self.refused):
            return self.center(environ, start_response)
        error = {"code": "parameter_invalid", "message": "not today"}
        answer = json.dumps({"type": "error.list", "errors": [error]}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
        start_response("422 Unprocessable Entity", headers)
        return [answer]


@pytest.fixture
def fussy(tmp_path, monkeypatch):
    """A story whose help center refuses what `fussy.recorder.refused` begins."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    with world(tmp_path, wrap=Refusing) as made:
        made.configure(on_removed="delete", max_removals="90%")
        yield made.write(SMALL)


def test_an_apply_that_was_only_half_done_is_taken_back_as_far_as_it_went(fussy):
    fussy.apply()
    before = shown(fussy)
    edit_everything(fussy)
    fussy.write(FEES)
    fussy.recorder.refused = f"PUT /articles/{fussy.article('Refunds')['id']}"
    fussy.apply(expect=5)
    fussy.recorder.refused = ""
    undo(fussy)
    assert shown(fussy) == before


def test_a_rollback_that_was_only_half_done_goes_on_where_it_stopped(fussy):
    fussy.write(FEES)
    fussy.edit("en/orders/cancel.md", "None.", "See [fees](../billing/fees.md).")
    fussy.apply()
    before = shown(fussy)
    kept_files(fussy)
    fussy.remove("en/billing/fees.md")
    fussy.edit("en/orders/cancel.md", "[fees](../billing/fees.md)", "fees")
    fussy.apply("--allow-deletes", "1")
    deleted = latest(fussy)
    fussy.recorder.refused = "PUT /articles"
    undo(fussy, id=deleted, expect=5)
    fussy.recorder.refused = ""
    undo(fussy, id=deleted)
    assert shown(fussy) == before
    assert len(fussy.center.rows("article")) == 3
    assert json.loads(planned(fussy, deleted))["changes"] == []
    revert_files(fussy)
    fussy.apply()
    assert shown(fussy) == before
    assert fussy.changes() == []


def planned(story, id):
    outcome = story.run("rollback", id, "--format", "json")
    assert outcome.code == 0, str(outcome)
    return outcome.out


def test_a_newer_apply_to_the_same_thing_is_named(story):
    story.apply()
    edit_a_body(story)
    story.apply()
    older = latest(story)
    story.edit("en/billing/refunds.md", "30 days", "90 days")
    story.apply()
    newer = latest(story)
    notices = json.loads(planned(story, older))["notices"]
    assert [notice["rule"] for notice in notices] == ["later-apply"]
    assert newer in notices[0]["what"]
    assert json.loads(planned(story, newer))["notices"] == []


# The plan ----------------------------------------------------------------------------------


def test_a_rollback_only_shows_until_it_is_told_to_do_it(story):
    story.apply()
    edit_a_body(story)
    told = story.apply()
    id_ = latest(story)
    assert f"To undo it: publisher rollback {id_}" in told.err
    story.center.calls.clear()
    outcome = story.run("rollback", id_)
    assert outcome.code == 0
    assert f"To do it: publisher rollback {id_} --yes" in outcome.err
    assert story.writes == []
    assert "30 days" in story.body("Refunds")


def test_a_kept_rollback_is_applied_like_any_plan_and_only_once(story):
    story.apply()
    before = shown(story)
    edit_a_body(story)
    story.apply()
    assert story.run("rollback", latest(story), "--out", "undo.json").code == 0
    assert story.run("apply", "undo.json").code == 0
    assert shown(story) == before
    again = story.run("apply", "undo.json")
    assert again.code == 4
    assert "moved on" in again.err


def test_a_kept_rollback_does_not_write_over_what_changed_meanwhile(story):
    story.apply()
    edit_a_body(story)
    story.apply()
    story.run("rollback", latest(story), "--out", "undo.json")
    story.center.edit_by_hand(story.article("Refunds")["id"], body="<p>Theirs.</p>")
    assert story.run("apply", "undo.json").code == 4
    assert "Theirs" in story.body("Refunds")


def test_a_rollback_that_takes_too_much_away_stops_and_says_how_to_go_on(story):
    story.configure(on_removed="delete")
    story.apply()
    told = undo(story, expect=6)
    assert f"publisher rollback {latest(story)} --allow-deletes 5" in told.err
    assert len(story.center.rows("article")) == 2
    undo(story, "--allow-deletes", "5")
    assert shown(story) == {}


def test_what_is_protected_is_not_taken_away(story):
    story.configure(on_removed="delete")
    story.apply()
    story.write(FEES)
    story.edit("en/billing/fees.md", "title:", "protect: true\ntitle:")
    story.apply()
    told = undo(story)
    assert "billing/fees is protected" in told.err
    assert ("article", "Fees") in shown(story)


def test_an_id_that_nobody_knows_is_refused_with_the_nearest(story):
    nothing = story.run("rollback", "0123456789abcdef")
    assert nothing.code == 64
    assert "no backup is kept of any apply" in nothing.err
    story.apply()
    id_ = latest(story)
    mistyped = story.run("rollback", id_[:-1] + ("0" if id_[-1] != "0" else "1"))
    assert mistyped.code == 64
    assert f"Did you mean {id_}?" in mistyped.err
    assert story.run("rollback", "../../live").code == 64
    assert story.run("rollback", id_, "--overwrite", "billing/refund").code == 64


@pytest.mark.parametrize("what", ["target", "workspace", "help_center"])
def test_another_help_centers_backup_is_refused_by_name(story, what):
    story.apply()
    id_ = latest(story)
    (bundle,) = (story.folder / ".publisher" / "backup" / id_).iterdir()
    kept = json.loads(bundle.read_text())
    bundle.write_text(json.dumps({**kept, what: "other"}))
    told = story.run("rollback", id_)
    assert told.code == 4
    name = what.replace("_", " ")
    assert f"was to {name} other, but this is {kept[what]}" in told.err


def test_nothing_is_taken_back_where_the_environment_says_read_only(story, monkeypatch):
    story.apply()
    story.center.calls.clear()
    monkeypatch.setenv("PUBLISHER_READ_ONLY", "1")
    told = story.run("rollback", latest(story), "--yes")
    assert told.code == 6
    assert "PUBLISHER_READ_ONLY" in told.err
    assert story.writes == []


def test_nothing_is_written_when_the_backup_cannot_be_kept(story):
    story.apply()
    edit_a_body(story)
    shutil.rmtree(story.folder / ".publisher" / "backup")
    (story.folder / ".publisher" / "backup").write_text("in the way")
    story.center.calls.clear()
    told = story.run("apply", "--yes")
    assert told.code == 1
    assert "Nothing was sent to the help center" in told.err
    assert story.writes == []


@pytest.mark.parametrize("wish", [["--yes"], ["--out", "p.json"]])
def test_without_the_id_of_an_apply_nothing_counts_as_taken_back(story, wish):
    """A script whose variable is empty must not end well."""
    refused = story.run("rollback", *wish)
    assert refused.code == 64
    assert "publisher rollback --list" in refused.err


def test_the_list_says_what_each_apply_did(story):
    assert "No backup is kept" in story.run("rollback").err
    story.configure(on_removed="delete")
    story.write(FEES)
    story.apply()
    story.remove("en/billing/fees.md")
    edit_a_body(story)
    story.apply("--allow-deletes", "1")
    undo(story)
    lines = story.run("rollback", "--list").err.splitlines()
    assert [line.split("  ")[2] for line in lines[:3]] == [
        f"1 changed, 1 created, took back {backups(story)[1]['apply_id']}",
        "1 changed, 1 deleted",
        "5 created",
    ]


def test_pictures_come_back_and_no_signature_is_kept(story):
    story.edit("en/billing/refunds.md", "Write to us.", "![A](https://example.com/a.png)\n\nBye.")
    story.apply()
    before, body = shown(story), story.body("Refunds")
    assert "example.com" not in body
    story.edit("en/billing/refunds.md", "![A](https://example.com/a.png)", "No picture.")
    story.apply()
    (bundle,) = (story.folder / ".publisher" / "backup" / latest(story)).iterdir()
    assert "a.png" in bundle.read_text()
    assert "signature=" not in bundle.read_text()
    undo(story)
    assert shown(story) == before


def test_a_plan_is_either_kept_or_carried_out(story):
    story.apply()
    assert story.run("rollback", latest(story), "--out", "undo.json", "--yes").code == 64
    assert not (story.folder / "undo.json").exists()


def test_a_read_only_run_takes_nothing_back(story, monkeypatch):
    story.apply()
    monkeypatch.setenv("PUBLISHER_READ_ONLY", "1")
    assert undo(story, expect=6)
    assert story.run("rollback", latest(story)).code == 0


# The law -----------------------------------------------------------------------------------


def random_change(story, dice):
    """A few edits of a content tree that stays fit to be applied."""
    for number in range(dice.randint(1, 5)):
        articles = sorted(p for p in content(story, "en") if p.stem != "_index")
        dice.choice(DEEDS)(story, dice.choice(articles), number, dice)


def content(story, locale="*"):
    return (story.folder / "content").glob(f"{locale}/**/*.md")


def reword(story, path, number, dice):
    path.write_text(path.read_text() + f"\nAnd {dice.randint(1, 99)} more.\n")


def retitle(story, path, number, dice):
    path.write_text(path.read_text().replace("title: ", f"title: {number} ", 1))


def hide(story, path, number, dice):
    if "state:" not in path.read_text():
        path.write_text(path.read_text().replace("title:", "state: draft\ntitle:", 1))


def add(story, path, number, dice):
    name = f"en/{dice.choice('ab')}/new{number}.md"
    story.write({name: f"---\ntitle: New {number}\n---\n## More\n\nSee [it](../a/hub.md).\n"})


def delete(story, path, number, dice):
    if path.stem == "hub":
        return
    for each in content(story):
        lines = [line for line in each.read_text().splitlines() if f"/{path.name}" not in line]
        each.write_text("\n".join(lines) + "\n")
    twin = story.folder / "content" / "fr" / path.relative_to(story.folder / "content" / "en")
    for each in (path, twin):
        each.unlink(missing_ok=True)


def link(story, path, number, dice):
    there = dice.choice([p for p in content(story, "en") if p.stem != "_index"])
    url = f"../{there.parent.name}/{there.name}"
    path.write_text(path.read_text() + f"\nSee [{number}]({url}).\n\nOr [more]({url}#more).\n")


def translate(story, path, number, dice):
    name = path.relative_to(story.folder / "content" / "en")
    text = f"---\ntitle: F {path.stem}\n---\n## More\n\n{number} [ici](../a/hub.md).\n"
    story.write({f"fr/{name}": text})


def untranslate(story, path, number, dice):
    found = sorted(content(story, "fr"))
    if found:
        dice.choice(found).unlink()


def rename_a_folder(story, path, number, dice):
    index = story.folder / "content" / "en" / dice.choice("ab") / "_index.md"
    index.write_text(f"---\ntitle: {index.parent.name} {number}\n---\n")


DEEDS = [
    reword, retitle, hide, add, delete, link, translate, untranslate, rename_a_folder
]  # fmt: skip


@pytest.mark.parametrize(
    "seed",
    every_day(
        1, [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 10))]
    ),
)
def test_whatever_an_apply_did_a_rollback_puts_back(story, seed):
    dice = random.Random(seed)
    shutil.rmtree(story.folder / "content")
    story.configure(on_removed="delete", max_removals="100%")
    for folder, names in (("a", ["x", "hub"]), ("b", ["y", "z"])):
        story.write({f"en/{folder}/_index.md": f"---\ntitle: {folder}\n---\n"})
        for name in names:
            text = f"---\ntitle: {folder}{name}\n---\nText of {name}.\n\n## More\n\nSee.\n"
            story.write({f"en/{folder}/{name}.md": text})
    for _ in range(2):
        random_change(story, dice)
    story.apply("--allow-deletes", "99")
    before = shown(story)
    kept_files(story)
    random_change(story, dice)
    if not story.changes():
        return
    story.apply("--allow-deletes", "99")
    after = shown(story)
    undo(story, "--allow-deletes", "99")
    assert without_drafts(shown(story), before) == before
    story.apply("--allow-deletes", "99")
    assert shown(story) == after
    undo(story, "--allow-deletes", "99")
    assert without_drafts(shown(story), before) == before
    revert_files(story)
    assert story.changes() == []


def without_drafts(now, before):
    """Leave out what cannot be deleted: a translation that was added, unpublished by now."""
    kept = {}
    for name, value in now.items():
        if name[0] != "article" or name not in before:
            kept[name] = value
            continue
        parents, author, texts = value
        old = before[name][2]
        texts = {loc: t for loc, t in texts.items() if loc in old or t[3] != "draft"}
        kept[name] = (parents, author, texts)
    return kept


def test_another_version_of_the_interface_can_take_it_back(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    with world(tmp_path) as story:
        story.write(SMALL)
        story.write({"en/billing/cards/_index.md": "---\ntitle: Cards\n---\n"})
        story.write({"en/billing/cards/lost.md": "---\ntitle: A lost card\n---\nCall us.\n"})
        story.configure(api_version="2.9")
        story.apply()
        before = texts(story)
        story.edit("en/billing/cards/lost.md", "Call us.", "Write to us.")
        story.edit("en/billing/cards/_index.md", "title: Cards", "title: Your cards")
        story.apply()
        story.configure(api_version="2.16")
        undo(story)
        assert texts(story) == before


def texts(story):
    """What readers read, and where; a section's icon is not the interface's of then."""
    return {n: (v[:2] if n[0] == "collection" else v) for n, v in shown(story).items()}
