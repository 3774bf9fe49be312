"""A translation cannot rot unseen: it is said, stops an apply, or is kept from readers."""

import subprocess

import pytest

pytestmark = pytest.mark.socket
FR = "fr/billing/refunds.md"
EN = "en/billing/refunds.md"


def track(story):
    assert story.run("translations", "mark", "--all").code == 0


def french(story):
    return story.article("Refunds")["contents"]["fr"]["state"]


def changes_of_refunds(story):
    return [
        change for change in story.plan()["changes"] if change["key"] == "billing/refunds"
    ]  # fmt: skip


def test_a_stale_translation_is_blocked_and_then_marked(story):
    story.configure(top='[translations]\nfr = "block"')
    track(story)
    story.apply()
    story.edit(EN, "Write to us.", "Call us.")
    lint = story.run("lint")
    assert lint.code == 3
    assert "“How” (line 7) changed" in lint.out + lint.err
    assert story.run("plan").code == 3
    story.apply(expect=3)
    assert "Call us" not in story.body("Refunds")
    story.edit(FR, "Sous 14 jours.", "Sous 14 jours, par téléphone.")
    assert story.run("translations", "mark", "billing/refunds", "--locale", "fr").code == 0
    assert story.run("lint").code == 0
    story.apply()
    assert "Call us" in story.body("Refunds")


def test_a_stale_translation_is_kept_from_readers_and_comes_back_once_it_is_marked(story):
    story.configure(top='[translations]\nfr = "unpublish"', max_removals="100%")
    track(story)
    story.apply()
    assert french(story) == "published"
    story.edit(EN, "Write to us.", "Call us.")
    [change] = changes_of_refunds(story)
    assert change["verb"] == "unpublish"
    assert "French waits as a draft until the translation is up to date" in change["why"]
    story.apply()
    assert french(story) == "draft"
    assert "Call us" in story.body("Refunds")
    assert story.changes() == []
    story.edit(FR, "Sous 14 jours.", "Sous 14 jours, par téléphone.")
    story.apply()
    assert french(story) == "draft"
    assert story.run("translations", "mark", "billing/refunds").code == 0
    assert ("publish", "article", "billing/refunds") in story.changes()
    story.apply()
    assert french(story) == "published"
    assert "téléphone" in story.body("Refunds", "fr")
    assert story.changes() == []


def test_a_new_translation_that_is_stale_is_born_hidden_and_published_when_it_is_current(story):
    story.configure(top='[translations]\nstale = "unpublish"')
    track(story)
    story.edit(EN, "Write to us.", "Call us.")
    [change] = changes_of_refunds(story)
    assert "French waits" in change["why"]
    story.apply()
    assert french(story) == "draft"
    assert story.changes() == []
    track(story)
    story.apply()
    assert french(story) == "published"


def test_what_a_colleague_unpublished_stays_unpublished_whatever_becomes_of_its_source(story):
    story.configure(top='[translations]\nfr = "unpublish"', max_removals="100%")
    track(story)
    story.apply()
    story.center.unpublish_by_hand(story.article("Refunds")["id"], locale="fr")
    story.edit(EN, "Write to us.", "Call us.")
    story.apply()
    assert french(story) == "draft"
    track(story)
    story.apply()
    assert french(story) == "draft"


@pytest.mark.slow
def test_what_a_colleague_publishes_while_it_is_stale_stays_public_and_is_said(story):
    story.configure(top='[translations]\nfr = "unpublish"', max_removals="100%")
    track(story)
    story.apply()
    story.edit(EN, "Write to us.", "Call us.")
    story.apply()
    story.center.publish_by_hand(story.article("Refunds")["id"], locale="fr")
    assert story.changes() == []
    assert "drift" in story.notices()


@pytest.mark.slow
def test_a_draft_that_its_author_publishes_waits_while_it_is_stale(story):
    story.configure(top='[translations]\nfr = "unpublish"', max_removals="100%")
    story.edit(FR, "title: Remb", "state: draft\ntitle: Remb")
    track(story)
    story.apply()
    story.edit(EN, "Write to us.", "Call us.")
    story.edit(FR, "state: draft", "state: published")
    story.apply()
    assert french(story) == "draft"
    track(story)
    story.apply()
    assert french(story) == "published"


@pytest.mark.slow
def test_a_protected_article_is_not_hidden_in_any_language(story):
    story.configure(top='[translations]\nfr = "unpublish"', max_removals="100%")
    story.edit(EN, "title: Refunds", "protect: true\ntitle: Refunds")
    track(story)
    story.apply()
    story.edit(EN, "Write to us.", "Call us.")
    story.apply()
    assert french(story) == "published"


@pytest.mark.slow
def test_a_policy_that_is_taken_back_publishes_what_it_hid(story):
    story.configure(top='[translations]\nfr = "unpublish"', max_removals="100%")
    track(story)
    story.apply()
    story.edit(EN, "Write to us.", "Call us.")
    story.apply()
    story.configure(top='[translations]\nfr = "warn"')
    story.apply()
    assert french(story) == "published"


def git(folder, *arguments, expect=0):
    done = subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
        cwd=folder, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == expect, done.stdout + done.stderr


def commit(story, message):
    git(story.folder, "add", "content")
    git(story.folder, "commit", "-q", "-m", message)


def test_two_pull_requests_mark_sections_side_by_side_and_merge(story):
    parts = "".join(f"\n## Part {n}\n\nThis is what is said in part {n}.\n" for n in range(4))
    story.write({EN: f"---\ntitle: Refunds\n---\nText.\n{parts}"})
    track(story)
    git(story.folder, "init", "-q", "-b", "main")
    commit(story, "first")
    for number in (1, 2):
        git(story.folder, "checkout", "-q", "-b", f"part-{number}", "main")
        story.edit(EN, f"said in part {number}", f"said now in part {number}")
        assert story.run("translations", "mark", "billing/refunds").code == 0
        commit(story, f"part {number}")
    git(story.folder, "checkout", "-q", "main")
    for number in (1, 2):
        git(story.folder, "merge", "-q", "--no-edit", f"part-{number}")
    assert "stale" not in story.run("lint").out
    found = story.run("translations", "--format", "json", "billing/refunds").json
    assert [row["state"] for row in found["translations"]] == ["current"]


def test_a_minor_change_is_declared_before_it_is_committed(story):
    git(story.folder, "init", "-q", "-b", "main")
    story.write({"de/billing/refunds.md": "---\ntitle: Erstattung\n---\nText.\n"})
    story.write({"de/billing/_index.md": "---\ntitle: Rechnung\n---\n"})
    track(story)
    commit(story, "first")
    story.edit(EN, "Within 14 days.", "Within 30 days.")
    assert story.run("translations", "mark", "billing/refunds", "--locale", "fr").code == 0
    commit(story, "Thirty days; only the French is up to date")
    story.edit(EN, "Write to us.", "Write to us!")
    done = story.run("translations", "mark", "--minor", "billing/refunds")
    assert done.code == 0, str(done)
    states = {
        row["locale"]: (row["state"], [each["name"] for each in row["sections"]])
        for row in story.run("translations", "--format", "json", "billing/refunds").json[
            "translations"
        ]
    }
    assert states == {"fr": ("current", []), "de": ("stale", ["(text)"])}
