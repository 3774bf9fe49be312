"""What looks like a removal and is none takes nothing away from readers."""

import os

import pytest

from tests.often import every_day

pytestmark = pytest.mark.socket
PLAIN = {f"en/{name}.md": f"---\ntitle: {name.upper()}\n---\nText of {name}.\n" for name in "xyz"}


@pytest.fixture
def live(story):
    """Three more articles, live; whatever is removed is deleted at once."""
    story.configure(on_removed="delete", max_removals="100%")
    story.write(PLAIN)
    story.apply()
    return story


def warn(story, *rules):
    lines = "\n".join(f'{rule} = "warning"' for rule in rules)
    story.configure(top=f"[lint]\n{lines}\n")


def said(story):
    return [each["what"] for each in story.plan()["notices"] if each["rule"] == "removed"]


@pytest.mark.parametrize(
    ("text", "rule"),
    every_day(
        1,
        [
            ("---\ntitle: [X\n---\nHi.\n", "frontmatter-invalid"),
            (b"---\ntitle: X\n---\n\xff\n", "encoding"),
            ("", "file-empty"),
        ],
    ),
)
def test_an_article_whose_file_was_spoilt_stays_and_so_does_what_is_really_gone(live, text, rule):
    warn(live, rule)
    live.write({"en/x.md": text})
    live.remove("en/y.md")
    assert live.changes() == []
    [notice] = said(live)
    assert "nothing is removed" in notice
    assert "en/x.md" in notice
    live.write(PLAIN)
    live.remove("en/y.md")
    assert live.changes() == [("delete", "article", "y")]


@pytest.mark.parametrize("suffix", every_day(1, ["markdown", "mdx"]))
def test_an_article_whose_file_got_another_suffix_stays(live, suffix):
    live.move("en/x.md", f"en/x.{suffix}")
    live.apply()
    assert live.article("X")["contents"]["en"]["state"] == "published"
    assert f"en/x.{suffix}" in said(live)[0]


@pytest.mark.parametrize("make", every_day(1, [os.mkdir, os.mkfifo]))
def test_an_article_whose_file_became_something_else_stays(live, make):
    live.remove("en/x.md")
    make(live.folder / "content" / "en" / "x.md")
    assert live.run("plan").code == 3
    warn(live, "unreadable")
    assert live.changes() == []


def test_a_translation_whose_file_was_spoilt_stays(live):
    warn(live, "frontmatter-invalid")
    live.write({"fr/billing/refunds.md": "---\ntitle: [x\n---\nTexte.\n"})
    assert live.changes() == []
    assert "fr/billing/refunds.md" in said(live)[0]


@pytest.mark.parametrize("above", every_day(1, ["content/", ""]))
def test_what_is_ignored_stays_and_is_named(live, above):
    (live.folder / f"{above}.publisherignore").write_text("x.md\n**/fr/**/refunds.md\n")
    live.remove("en/y.md")
    assert live.changes() == [("delete", "article", "y")]
    assert any("the files of x and billing/refunds (French)" in each for each in said(live))
    live.apply()
    assert live.article("X")
    assert live.article("Refunds")["contents"]["fr"]["state"] == "published"


@pytest.mark.parametrize("arguments", every_day(1, [[], ["y"]]))
def test_what_a_colleague_deleted_is_not_created_by_a_later_run_that_sees_more(live, arguments):
    live.center.delete_by_hand("article", live.article("X")["id"])
    if arguments:
        live.move("en/x.md", "../x.md")
    else:
        live.configure(manage=["billing/**"])
    live.apply(*arguments)
    if arguments:
        live.move("../x.md", "en/x.md")
    live.settings.pop("manage", None)
    live.configure()
    assert live.changes() == []
    assert "gone" in live.notices()


def test_a_ledger_that_was_left_behind_does_not_double_an_article_with_a_new_title(story):
    body = "".join(f"Step {number} of getting your money back.\n\n" for number in range(4))
    story.apply()
    before = (story.folder / ".publisher" / "live.json").read_text()
    story.write({"en/billing/back.md": f"---\ntitle: Money back\n---\n{body}"})
    story.apply()
    (story.folder / ".publisher" / "live.json").write_text(before)
    story.edit("en/billing/back.md", "Money back", "Your money back")
    refused = story.apply(expect=4)
    assert "as “Money back”" in refused.err
    assert len(story.center.rows("article")) == 3
