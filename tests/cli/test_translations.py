"""`publisher translations`: what it shows, what `mark` writes, and what it refuses."""

import pytest

FR = "fr/billing/refunds.md"
EN = "en/billing/refunds.md"


def text(story, name):
    return (story.folder / "content" / name).read_bytes()


def test_a_table_counts_every_locale_and_names_what_needs_somebody(story):
    shown = story.run("translations")
    assert shown.code == 0
    assert [line.split() for line in shown.out.splitlines()] == [
        ["locale", "current", "stale", "unmarked", "missing", "percent"],
        ["fr", "0", "0", "1", "1", "50%"],
        [],
        ["missing", "fr", "orders/cancel"],
    ]


def test_what_is_stale_is_told_by_section_in_every_format(story):
    story.run("translations", "mark", "--all", "--locale", "fr")
    story.edit(EN, "Write to us.", "Call us.")
    assert "“How” changed (line 7)" in story.run("translations").out
    markdown = story.run("translations", "-q", "--format", "markdown", "--locale", "fr").out
    assert "| French (fr) | 0 | 1 | 0 | 1 | 0% |" in markdown
    assert "| stale | fr | `billing/refunds` | “How” changed (line 7) |" in markdown
    found = story.run("translations", "list", "--format", "json", "billing/refunds").json
    assert found["locales"] == [
        {"locale": "fr", "current": 0, "stale": 1, "unmarked": 0, "missing": 0, "percent": 0}
    ]
    [row] = found["translations"]
    assert (row["key"], row["state"], row["path"]) == ("billing/refunds", "stale", f"content/{FR}")
    assert row["sections"] == [{"kind": "changed", "name": "how", "title": "How", "line": 7}]


def test_what_is_stale_comes_before_what_is_missing(story):
    story.run("translations", "mark", "--all")
    story.write({"en/a.md": "# A\n\nText.\n"})
    story.edit(EN, "Write to us.", "Call us.")
    for format in ("table", "markdown"):
        shown = story.run("translations", "--format", format).out
        assert shown.index("billing/refunds") < shown.index("orders/cancel"), shown


def test_a_locale_is_fully_covered_when_nothing_is_stale_or_missing(story):
    story.remove("en/orders/cancel.md")
    story.write({EN: "---\ntitle: Refunds\n---\nText.\n", FR: "---\ntitle: R\n---\nTexte.\n"})
    assert "100%" in story.run("translations").out


def test_a_draft_needs_no_translation_yet(story):
    story.edit("en/orders/cancel.md", "title: Cancel", "state: draft\ntitle: Cancel")
    assert "orders/cancel" not in story.run("translations").out


def test_without_another_language_there_is_nothing_to_say(story):
    story.remove("fr")
    assert story.run("translations").out == "There are no other languages here.\n"


# mark ------------------------------------------------------------------------------------------


def test_marking_changes_nothing_but_the_mark(story):
    before = (
        "\ufeff---\r\n# ours\r\nx-who: me\r\ntitle: 'Remboursements'\r\n---\r\nSous 14 jours.\r\n"
    )
    story.write({FR: before.encode()})
    done = story.run("translations", "mark", "billing/refunds")
    assert (done.code, done.out) == (0, "")
    assert f"marked content/{FR}" in done.err
    written = text(story, FR).decode()
    start, end = written.index("translated_from:\r\n  (title): v1-"), written.rindex("---\r\n")
    assert written[:start] + written[end:] == before
    assert text(story, EN).count(b"translated_from") == 0


def test_marking_again_writes_nothing(story):
    story.run("translations", "mark", "--all")
    once = text(story, FR)
    done = story.run("translations", "mark", "--all")
    assert "0 translations marked; 1 were as they are." in done.err
    assert text(story, FR) == once


def test_a_key_under_another_name_is_marked_under_that(story):
    story.configure(top='[frontmatter]\naliases = { source_digests = "translated_from" }')
    story.edit(FR, "title:", "source_digests:\n  (text): v1-0123456789\ntitle:")
    assert story.run("translations", "mark", "--all").code == 0
    assert b"source_digests:\n  (title): v1-" in text(story, FR)
    assert b"translated_from" not in text(story, FR)


def test_one_section_can_be_marked_by_its_heading_or_its_name(story):
    story.run("translations", "mark", "--all")
    story.edit(EN, "Write to us.", "Call us.")
    story.edit(EN, "Within 14 days.", "Within 30 days.")
    assert story.run("translations", "mark", "billing/refunds", "--section", "How").code == 0
    [row] = story.run("translations", "--format", "json", "billing/refunds").json["translations"]
    assert [each["name"] for each in row["sections"]] == ["(text)"]
    assert story.run("translations", "mark", "billing/refunds", "--section", "(text)").code == 0
    assert "stale" not in story.run("lint").out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 64, "name articles by their keys, or say --all"),
        (("billing/refunds", "--all"), 64, "name articles by their keys, or say --all"),
        (("--all", "--section", "How"), 64, "--section goes with one key"),
        (("--all", "--since", "main"), 64, "--since goes with --minor"),
        (("billing/refund",), 1, "Did you mean billing/refunds?"),
        (("billing/refunds", "--locale", "en"), 1, "the language that is translated from"),
        (("billing/refunds", "--locale", "it"), 1, "nothing is translated into it here"),
        (("orders/cancel",), 1, "orders/cancel has no translation that could be read"),
        (("billing/refunds", "--section", "Hows"), 1, "Did you mean How?"),
        (("--all", "--minor"), 1, "is in no repository that Git would read"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(story, arguments, code, said):
    story.run("translations", "mark", "--all")
    before = text(story, FR)
    story.edit(EN, "Write to us.", "Call us.")
    done = story.run("translations", "mark", *arguments)
    assert (done.code, said in done.err) == (code, True), str(done)
    assert text(story, FR) == before


def test_one_section_of_what_was_never_marked_says_nothing(story):
    done = story.run("translations", "mark", "billing/refunds", "--section", "How")
    assert done.code != 0
    assert "was never marked" in done.err


def test_what_is_blocked_can_be_marked_and_a_file_that_cannot_be_read_is_named(story):
    story.configure(top='[translations]\nstale = "block"')
    story.run("translations", "mark", "--all")
    story.edit(EN, "Write to us.", "Call us.")
    assert "stale" in story.run("translations").out
    assert story.run("translations", "mark", "--all").code == 0
    assert story.run("lint").code == 0
    story.edit(EN, "title: Refunds", "title: [")
    refused = story.run("translations", "mark", "billing/refunds")
    assert refused.code != 0
    assert "there is no article billing/refunds, or it cannot be read" in refused.err


def test_a_dead_link_in_a_translation_does_not_keep_it_from_being_marked(story):
    story.edit(FR, "../orders/cancel.md", "../orders/gone.md")
    assert story.run("lint").code == 3
    assert "1 translation marked" in story.run("translations", "mark", "--all").err
    assert story.run("translations", "--format", "json").json["locales"][0]["current"] == 1


def test_without_content_there_is_nothing_to_look_at(story):
    (story.folder / "content").rename(story.folder / "elsewhere")
    assert story.run("translations").code == 3


def test_help_lists_the_commands(story):
    shown = story.run("translations", "--help").out
    assert "mark" in shown
    assert "list" in shown
