"""Every write is read back: what Intercom did not keep is said on its line, once."""

import hashlib
import io
import re

import pytest

from tests.often import every_day
from tests.world import TOKEN, world

pytestmark = pytest.mark.socket

HEAD = "---\ntitle: Guide\n---\n"
RED = b"\x89PNG\r\n\x1a\n red"
LOSSES = {
    "code-newlines-lost": (
        "First.\n\n```\none\ntwo\n```\n",
        6,
        "the code block lost its line breaks",
    ),
    "divs-to-paragraphs": (
        "First.\n\n> [!NOTE]\n> Look.\n",
        6,
        "the callout became plain paragraphs",
    ),
    "nested-lists-flattened": (
        "First.\n\n- a\n  - b\n  - c\n",
        6,
        "a nested list became part of the list around it",
    ),
    "details-unwrapped": (
        'First.\n\n:::collapsible title="More"\nHidden.\n:::\n',
        6,
        "a collapsible became plain paragraphs",
    ),
    "images-not-copied": (
        "First.\n\n![A card](https://pictures.example.com/a/my%20card.png?v=2)\n",
        6,
        "the image my card.png was not copied; it still shows from pictures.example.com",
    ),
}


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)


def findings(outcome):
    """(place, what) of each finding of an apply."""
    return re.findall(r"^(\S+?): error\[not-kept\]:? (.+)$", outcome.err, re.MULTILINE)


@pytest.mark.parametrize("quirk", every_day(3, LOSSES))
def test_what_was_lost_is_a_finding_on_its_line_and_is_not_sent_for_ever(tmp_path, quirk):
    text, line, what = LOSSES[quirk]
    with world(tmp_path, quirks=[quirk]) as made:
        made.write({"en/guide.md": HEAD + text})
        told = made.apply(expect=5)
        [(place, said)] = findings(told)
        assert place == f"content/en/guide.md:{line}"
        assert said.startswith("Intercom did not keep this: ")
        assert what in said
        assert (made.changes(), made.notices()) == ([], [])
        made.center.calls.clear()
        made.apply()
        assert made.writes == []
        made.edit("en/guide.md", "First.", "Second.")
        assert findings(made.apply()) == [], "it was told before"


class Dropping:
    """Stands before the help center, and loses the last item of every list that is written."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        sent = environ["wsgi.input"].read(length)
        kept = re.sub(rb"<li>(?:(?!</?li>).)*</li></ul>", b"</ul>", sent)
        environ = {
            **environ,
            "wsgi.input": io.BytesIO(kept),
            "CONTENT_LENGTH": str(len(kept)),
        }
        return self.app(environ, start_response)


def test_a_list_that_lost_an_item_is_told_with_the_words_that_are_missing(tmp_path):
    with world(tmp_path, wrap=Dropping) as made:
        made.write({"en/guide.md": HEAD + "First.\n\n- one\n- two\n- three\n"})
        told = findings(made.apply(expect=5))
        [(place, said)] = told
        assert place == "content/en/guide.md:6"
        assert "a list item is missing: “three”" in said
        assert (made.changes(), made.notices()) == ([], [])


def test_what_lint_announced_is_not_told_as_lost(tmp_path):
    text = (
        "Some ~~old~~ <u>text</u>, H<sub>2</sub>O and <mark>more</mark>.[^1]\n\n"
        "> A quotation.\n\n3. three\n4. four\n\n- [ ] to do\n\n#### Deep\n\n[^1]: A note.\n"
    )
    with world(tmp_path) as made:
        made.write({"en/guide.md": HEAD + "# One\n\n## Two\n\n### Three\n\n" + text})
        assert "warning" in made.run("lint").err
        assert findings(made.apply()) == []
        assert (made.changes(), made.notices()) == ([], [])


@pytest.fixture
def uncopied(tmp_path):
    """A help center that leaves images where they are, and a host of ours."""
    with world(tmp_path, quirks=["images-not-copied"]) as made:
        made.configure(assets_url="https://cdn.example.com/help/{name}")
        made.write({"en/card.png": RED})
        yield made


def test_an_image_of_ours_that_was_not_copied_is_named(uncopied):
    uncopied.write({"en/guide.md": HEAD + "First.\n\n- A step\n\n  ![A card](card.png)\n"})
    [(place, said)] = findings(uncopied.apply(expect=5))
    name = f"card.{hashlib.sha256(RED).hexdigest()[:8]}.png"
    assert place == "content/en/guide.md:6"
    assert f"the image {name} was not copied; it still shows from cdn.example.com" in said
    assert uncopied.changes() == []


def test_an_image_that_intercom_has_is_not_told(uncopied):
    held = "https://downloads.intercomcdn.com/i/o/1/ab/card.png"
    uncopied.write({"en/guide.md": HEAD + f"First.\n\n![A card]({held}?expires=1)\n"})
    assert findings(uncopied.apply()) == []


def test_images_of_external_pages_are_no_matter(uncopied):
    uncopied.write(
        {
            "fin/handbook/_source.md": "---\nurl: https://docs.example.com\n---\n",
            "fin/handbook/en/policy.md": HEAD + "Be kind.\n\n![A](https://a.example.com/i.png)\n",
        }
    )
    assert findings(uncopied.apply()) == []


def test_an_image_that_is_copied_is_no_finding(tmp_path):
    with world(tmp_path) as made:
        made.write({"en/guide.md": HEAD + "First.\n\n![A](https://a.example.com/i.png?v=1)\n"})
        assert findings(made.apply()) == []
        assert made.changes() == []
