"""What has a file that is only not read gets no second one by a pull."""

import pytest

from tests.often import every_day

pytestmark = pytest.mark.socket
PLAIN = {f"en/{name}.md": f"---\ntitle: {name.upper()}\n---\nText of {name}.\n" for name in "xyz"}


@pytest.fixture
def live(story):
    """Three more articles, live; one has no file any more, and one only seems to have none."""
    story.write(PLAIN)
    story.apply()
    story.remove("en/y.md")
    return story


def files(story):
    folder = story.folder / "content"
    return {path.relative_to(folder).as_posix() for path in folder.glob("en/*.m*")}


def test_beside_a_file_that_was_not_read_nothing_counts_as_missing(live):
    live.move("en/x.md", "en/x.markdown")
    told = live.run("pull")
    assert "pull-missing" not in told.err
    assert "Nothing to pull" not in str(told)
    assert "nothing is removed while 1 file could not be read" in told.err
    pulled = live.run("pull", "--all")
    assert pulled.code == 0, str(pulled)
    assert files(live) == {"en/x.markdown", "en/z.md"}


@pytest.mark.parametrize("key", every_day(1, ["x", "article:x", "y"]))
def test_whoever_asks_for_what_may_stand_in_such_a_file_is_told_which(live, key):
    live.move("en/x.md", "en/x.markdown")
    refused = live.run("pull", key)
    assert refused.code == 64, str(refused)
    assert "en/x.markdown could not be read" in refused.err
    assert files(live) == {"en/x.markdown", "en/z.md"}


def test_what_is_ignored_is_not_missing_and_what_is_gone_beside_it_comes_back(live):
    live.write({".publisherignore": "x.md\n"})
    told = live.run("pull")
    assert "article:y" in told.err
    assert "article:x" not in told.err
    assert live.run("pull", "--all").code == 0
    assert files(live) == {"en/x.md", "en/y.md", "en/z.md"}


def test_whoever_asks_for_what_is_ignored_is_told_so(live):
    live.write({".publisherignore": "x.md\n"})
    before = (live.folder / "content/en/x.md").read_bytes()
    refused = live.run("pull", "x")
    assert refused.code == 64, str(refused)
    assert ".publisherignore names its file" in refused.err
    assert (live.folder / "content/en/x.md").read_bytes() == before
    assert live.run("pull", "y").code == 0, "others are pulled as before"
    assert "en/y.md" in files(live)
