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


def test_what_a_commit_excused_stays_so_through_a_minor_change_and_a_move(story):
    git(story.folder, "init", "-q", "-b", "main")
    track(story)
    commit(story, "first")
    story.edit(EN, "Write to us.", "Do write to us.")
    commit(story, "Politeness\n\nTranslations: unaffected")
    story.edit(EN, "Do write to us.", "Do write to us!")
    assert story.run("translations", "mark", "--minor", "billing/refunds").code == 0
    assert stale(story) == []
    commit(story, "Still more of it")
    story.edit(EN, "Do write to us!", "Do write!")
    commit(story, "Fewer words\n\nTranslations: unaffected")
    assert story.run("mv", "billing/refunds", "billing/money-back").code == 0
    assert stale(story) == []


def stale(story):
    found = story.run("translations", "--format", "json").json["translations"]
    return [row for row in found if row["state"] == "stale"]


def test_a_job_brings_back_what_its_source_hid_when_the_source_is_put_back(story):
    def merged(message, *arguments):
        git(story.folder, "add", "--all")
        git(story.folder, "commit", "-q", "--allow-empty", "-m", message)
        done = story.run("ci", "apply", *arguments)
        git(story.folder, "add", "--all")
        git(story.folder, "commit", "-q", "--allow-empty", "-m", "ledger")
        return done

    story.configure(top='[translations]\nfr = "unpublish"', max_removals="100%")
    track(story)
    git(story.folder, "init", "-q", "-b", "main")
    assert merged("first").code == 0
    story.edit(EN, "Write to us.", "Call us.")
    assert merged("call").code == 6
    assert french(story) == "published"
    assert merged("named", "--allow-deletes", "billing/refunds").code == 0
    assert french(story) == "draft"
    story.edit(EN, "Call us.", "Write to us.")
    assert merged("put back").code == 0
    assert french(story) == "published"


def test_what_a_colleague_wrote_into_a_source_is_pulled_whatever_translations_lack(story):
    story.configure(
        top='[translations]\nfr = "block"\n[lint]\nparity-headings = "error"', max_removals="100%"
    )
    story.edit(FR, "#fees).", "#fees).\n\n## Comment\n\nÉcrivez.")
    track(story)
    story.apply()
    article = story.article("Refunds")
    body = article["contents"]["en"]["body"].replace("Write to us.</p>", "Call us.</p><h2>No</h2>")
    story.center.edit_by_hand(article["id"], locale="en", body=body)
    assert story.run("pull").code == 0
    assert "Call us.\n\n### No" in (story.folder / "content" / EN).read_text()
    assert story.run("lint").code == 3
    story.center.edit_by_hand(article["id"], locale="fr", title="Rembourser")
    assert story.run("pull").code == 0
    assert "title: Rembourser\ntranslated_from:" in (story.folder / "content" / FR).read_text()


def test_a_move_carries_the_marks_of_a_translation_that_is_stale_and_blocked(story):
    story.configure(top='[translations]\nfr = "block"')
    track(story)
    story.edit(EN, "Write to us.", "Call us.")
    assert story.run("mv", "orders/cancel", "orders/stop").code == 0
    found = story.run("translations", "--format", "json", "billing/refunds").json["translations"]
    assert [[each["name"] for each in row["sections"]] for row in found] == [["how"]]
