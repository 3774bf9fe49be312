"""What a plan says of the readers of what it takes away, and of who edited what in Intercom."""

from __future__ import annotations

import pytest

from tests.world import world

pytestmark = pytest.mark.socket
PAGES = {f"en/a/{name}.md": f"# {name.title()}\n\nText of {name}.\n" for name in "bcdef"}


@pytest.fixture
def story(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", "tok_test_0123456789")
    with world(tmp_path) as made:
        made.configure(on_removed="delete", max_removals="100%")
        made.write(PAGES)
        made.apply()
        made.center.calls.clear()
        yield made


def reads(story):
    return [path for method, path, _ in story.center.calls if path.startswith("/articles/")]


def test_only_the_articles_that_are_taken_away_are_asked_about_one_by_one(story):
    story.run("plan")
    assert reads(story) == []
    for name in "bc":
        story.remove(f"en/a/{name}.md")
    story.edit("en/a/d.md", "Text", "Words")
    ids = {story.article(name)["id"] for name in "BC"}
    story.center.calls.clear()
    story.run("plan")
    assert sorted(reads(story)) == sorted(f"/articles/{id}" for id in ids)
    assert not any(path == "/admins" for _, path, _ in story.center.calls)


def test_the_readers_of_a_removed_article_are_told_in_every_format(story):
    story.center.be_read(
        story.article("B")["id"], views=1204, fin_involvements=400, fin_resolutions=312
    )
    story.remove("en/a/b.md")
    (change,) = story.plan()["changes"]
    assert change["reach"] == {"views": 1204, "involved": 400, "resolved": 312}
    said = "read 1,204 times; Fin resolved 312 conversations with it"
    assert said in story.run("plan").err
    assert said in story.run("plan", "--format", "markdown").out
    story.run("plan", "--out", "plan.json")
    assert said in story.run("show", "plan.json", "--format", "markdown").out


def test_a_version_that_does_not_tell_of_fin_tells_the_views(story):
    story.configure(api_version="2.11")
    story.center.be_read(story.article("B")["id"], views=2, fin_resolutions=9)
    story.remove("en/a/b.md")
    assert story.plan()["changes"][0]["reach"] == {"views": 2, "involved": None, "resolved": None}


def test_an_edit_in_intercom_is_told_with_who_and_when(story):
    story.center.edit_by_hand(
        story.article("B")["id"], body="<p>Theirs.</p>", updated_by=admin(story)
    )
    (notice,) = [each for each in story.plan()["notices"] if each["rule"] == "drift"]
    who = story.center.rows("admin")[1]["name"]
    assert f"Last edited there by {who} on " in notice["what"]
    assert notice["what"].endswith(" UTC.")
    asked = [path for _, path, _ in story.center.calls if path == "/admins"]
    assert len(asked) == 1


def test_a_version_that_does_not_tell_who_tells_when_and_asks_for_no_names(story):
    story.configure(api_version="2.11")
    story.center.edit_by_hand(story.article("B")["id"], body="<p>Theirs.</p>")
    (notice,) = [each for each in story.plan()["notices"] if each["rule"] == "drift"]
    assert "Last edited there on " in notice["what"]
    assert not any(path == "/admins" for _, path, _ in story.center.calls)


def admin(story):
    return int(story.center.rows("admin")[1]["id"])
