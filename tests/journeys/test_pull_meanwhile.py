"""While a pull is under way people go on writing, and what they find live may be odd."""

import pytest

from tests.journeys.pulls import assert_settled, edit_body, pulled
from tests.world import TOKEN, world


class Author:
    """Stands before the help center and, once armed, writes while an answer is on its way."""

    def __init__(self, app):
        self.app, self.write = app, None

    def __call__(self, environ, start_response):
        if self.write and environ["PATH_INFO"] == "/articles":
            write, self.write = self.write, None
            write()
        return self.app(environ, start_response)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    with world(tmp_path, wrap=Author, token=TOKEN) as story:
        story.write({"en/a.md": "---\ntitle: A\n---\n\nOne.\n\nTwo.\n"})
        story.apply()
        yield story


@pytest.mark.socket
def test_a_file_saved_while_the_help_center_is_read_is_not_overwritten(desk):
    edit_body(desk, "A", "One", "Uno")
    desk.recorder.write = lambda: desk.edit("en/a.md", "Two", "Deux")
    told = pulled(desk, expect=4)
    assert "content/en/a.md changed while the pull was under way; nothing was written" in told.err
    assert "One.\n\nDeux." in (desk.folder / "content/en/a.md").read_text()
    pulled(desk)
    assert "Uno.\n\nDeux." in (desk.folder / "content/en/a.md").read_text()


@pytest.mark.socket
def test_a_file_made_while_the_help_center_is_read_is_not_overwritten(desk):
    desk.center.create_by_hand(title="B", body="<p>live</p>")
    desk.recorder.write = lambda: desk.write({"en/b.md": "---\ntitle: Mine\n---\n\nMine.\n"})
    pulled(desk, "--all", expect=4)
    assert "Mine" in (desk.folder / "content/en/b.md").read_text()


@pytest.mark.socket
def test_a_line_break_in_a_live_title_is_a_space_in_the_file(desk):
    desk.center.edit_by_hand(desk.article("A")["id"], title="A\nnew title", description="x\n\ny")
    pulled(desk)
    head = (desk.folder / "content/en/a.md").read_text()
    assert "title: A new title\ndescription: x y\n" in head
    assert_settled(desk)


@pytest.mark.socket
def test_frontmatter_that_cannot_be_changed_holds_back_only_its_own_file(desk):
    desk.write({"en/odd.md": "---\ntitle: &t Odd\ndescription: *t\n---\n\nText.\n"})
    desk.apply()
    desk.center.rename_by_hand(desk.article("Odd")["id"], "Odder")
    edit_body(desk, "A", "One", "Uno")
    told = pulled(desk, expect=4)
    assert "content/en/odd.md:1: `title` changed in Intercom, but cannot be changed" in told.err
    assert "Uno" in (desk.folder / "content/en/a.md").read_text()


@pytest.mark.socket
def test_a_text_that_lint_refuses_in_one_language_does_not_keep_the_others_back(desk):
    made = desk.center.create_by_hand(title="Video", body="<p>fine</p>")
    frame = '<iframe src="https://odd.example.com/embed"></iframe>'
    desk.center.edit_by_hand(made, "fr", title="Film", body=f"<p>ici</p>{frame}", state="published")
    told = pulled(desk, "--all")
    assert "the French text of “Video”" in told.err
    assert (desk.folder / "content/en/video.md").exists()
    assert not (desk.folder / "content/fr/video.md").exists()
    assert desk.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.socket
def test_a_translation_removed_in_intercom_goes_here_when_it_is_named(desk):
    desk.write({"fr/a.md": "---\ntitle: Ah\n---\n\nUn.\n"})
    desk.apply()
    row = desk.center.store.get("article", int(desk.article("A")["id"]))
    del row["contents"]["fr"]
    with desk.center.store.writing():
        desk.center.store.put("article", row)
    assert "its file stays" in pulled(desk).err
    pulled(desk, "a")
    assert not (desk.folder / "content/fr/a.md").exists()
    assert_settled(desk)
