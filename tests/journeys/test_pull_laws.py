"""The laws of a pull, for any text: nothing is lost on the way, and nothing is left to do.

Many texts share one help center, so that many are soon tried. PULLED_TEXTS says how
many there are to be, for whoever wants to wait; without it there are a few everyday, and of the
tests marked slow many times as many.
"""

from __future__ import annotations

import os
import random
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from publisher.body import canonical, refs
from publisher.body.from_markdown import render
from publisher.helpcenter.rewriting import REWRITES
from publisher.model import Article, ContentRules
from publisher.source import load
from tests.body.bodies import documents, intercom_bodies
from tests.journeys.pulls import (
    PNG,
    assert_settled,
    assert_unsigned,
    content,
    edit_body,
    everything,
    pulled,
    repository,
    start_over,
)
from tests.journeys.test_matrix import RICH
from tests.world import SMALL, TOKEN, world

pytestmark = [pytest.mark.socket, pytest.mark.hypothesis]
SLOW = (pytest.mark.slow, pytest.mark.timeout(1200))
AT_ONCE = 20
A_FEW = 5
"""Texts, for every day; of the thousands that the slow tests try, `AT_ONCE` at a time."""
AROUND = {
    "en/billing/refunds.md": "---\ntitle: Refunds\n---\n\n## Fees\n\nNone.\n",
    "en/docs/a b.md": "---\ntitle: a b\n---\n\nText.\n",
    "en/images/b c.png": PNG,
}
"""What generated documents, in `en/docs/`, lead to."""
IMAGE = re.compile(r'(<img src=")[^"]*')
"""Whose address it is that an image has counts for nothing here: Intercom has its own copy."""
IMAGES = "https://cdn.example.com/{name}"


@pytest.fixture
def fresh(tmp_path_factory, monkeypatch):
    """Opens worlds."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    return lambda: world(tmp_path_factory.mktemp("law"), asset_lookup=_bytes)


def _bytes(url: str) -> bytes | None:
    return PNG if url.startswith("https://cdn.example.com/") else None


def tried(texts: st.SearchStrategy[str], law, size: int) -> None:
    """Try a law on `size` texts, some at a time; name the one text that breaks it."""
    size = int(os.environ.get("PULLED_TEXTS", size))
    found = drawn(texts, size)
    assert len(found) >= size
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        try:
            law(some, random.Random(start))
        except Exception:
            for text in some:
                law([text], random.Random(start))
            raise


def drawn(texts: st.SearchStrategy[str], size: int) -> list[str]:
    """Texts one by one: a world of its own for each would be slow, many in one draw slower."""
    found: list[str] = []

    @settings(
        deadline=None,
        max_examples=size,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(texts)
    def note(text: str) -> None:
        found.append(text)

    note()
    return found


def sound_documents() -> st.SearchStrategy[str]:
    """Documents that lint lets pass: Intercom takes no table in a list."""
    return documents().filter(
        lambda text: all(each.severity != "error" for each in render(text).findings)
    )


def said(made) -> dict[str, tuple[str, ...]]:
    """What the files of articles say, by title: canonical, wherever they lie."""
    loaded = load(made.folder / "content", ContentRules())
    assert not [each for each in loaded.problems if each.severity == "error"], loaded.problems
    return {
        text.title: canonical.blocks(IMAGE.sub(r"\1", refs.bind(text.body, _placeless).html))
        for thing in loaded.site.things.values()
        if isinstance(thing, Article)
        for text in thing.translations.values()
    }


def _placeless(reference: refs.Reference) -> str:
    """An address that does not depend on the name of a file."""
    name = reference.key.replace(" ", "-")
    return f"https://help.example.com/{reference.kind}/{name}#{reference.anchor}"


def write_documents(made, texts: list[str]) -> None:
    made.configure(assets_url=IMAGES)
    made.write(AROUND)
    for number, text in enumerate(texts):
        made.write({f"en/docs/text-{number}.md": f"---\ntitle: Text {number}\n---\n\n{text}"})


def assert_quiet(made) -> None:
    planned = made.run("plan", "--detailed-exitcode")
    assert planned.code == 0, str(planned)


@pytest.mark.parametrize("size", [A_FEW, pytest.param(2000, marks=SLOW)])
def test_what_was_published_comes_back_as_it_was(size, fresh):
    def law(texts, _chance):
        with fresh() as made:
            write_documents(made, texts)
            made.apply()
            meant = said(made)
            start_over(made)
            report = pulled(made, "--format", "json").json
            assert [row for row in report["files"] if not row["identical"]] == []
            assert said(made) == meant
            assert_quiet(made)
            assert_unsigned(made)

    tried(sound_documents(), law, size)


@pytest.mark.parametrize("size", [A_FEW, pytest.param(1000, marks=SLOW)])
def test_what_was_written_in_intercom_comes_without_losing_a_word(size, fresh):
    def law(bodies, _chance):
        with fresh() as made:
            for number, body in enumerate(bodies):
                made.center.create_by_hand(title=f"Text {number}", body=body)
            report = pulled(made, "--format", "json").json
            refused = [row["what"] for row in report["look"] if row["rule"] == "pull-refused"]
            assert not refused, "nobody would find these in the files"
            loaded = load(made.folder / "content", ContentRules())
            texts = {
                thing.translations["en"].title: thing.translations["en"].body
                for thing in loaded.site.things.values()
            }
            for number, body in enumerate(bodies):
                assert words(texts[f"Text {number}"]) == words(body)
            assert_quiet(made)
            assert_unsigned(made)
            before = everything(made)
            pulled(made, "--all")
            assert everything(made) == before

    tried(intercom_bodies(), law, size)


def words(html: str) -> str:
    """What one can read in a body, without the room between the words."""
    parsed = LexborHTMLParser(f"<body>{html}").body
    text = parsed.text() if parsed else ""
    return re.sub(r"[\s\u200b]", "", text)


@pytest.mark.parametrize("size", [A_FEW, pytest.param(1000, marks=SLOW)])
def test_whatever_people_edit_is_pulled_into_published_texts(size, fresh):
    def law(texts, chance):
        with fresh() as made:
            write_documents(made, texts)
            made.apply()
            for number in range(len(texts)):
                article = made.article(f"Text {number}")
                body = edited(article["contents"]["en"]["body"], chance)
                made.center.edit_by_hand(article["id"], body=body)
            pulled(made)
            assert_settled(made)

    tried(sound_documents(), law, size)


def edited(body: str, chance: random.Random) -> str:
    """A body after somebody's morning in the editor; the last heading, where links lead, stays."""
    blocks = top_blocks(body)
    first, kept = blocks[:-3], blocks[-3:]
    for _ in range(chance.randint(1, 3)):
        at = chance.randint(0, len(first))
        what = chance.choice(["put in", "take out", "swap", "reword", "reword"])
        if what == "put in":
            first.insert(at, f'<p class="no-margin">New {chance.randint(0, 9)} * word.</p>')
        elif what == "take out":
            del first[at : at + 1]
        elif what == "swap" and at + 1 < len(first):
            first[at], first[at + 1] = first[at + 1], first[at]
        elif at < len(first):
            first[at] = first[at].replace("word", "other words").replace("two", "a <b>pair</b>")
    return "".join([*first, *kept])


def top_blocks(body: str) -> list[str]:
    parsed = LexborHTMLParser(f"<body>{body}").body
    return [node.html or "" for node in parsed.iter(include_text=False)] if parsed else []


# The server --------------------------------------------------------------------------------


def test_a_server_that_respells_all_bodies_gives_nothing_to_do_and_hides_nothing(fresh):
    with fresh() as made:
        made.write({**SMALL, **RICH, "en/billing/box.png": PNG})
        made.write({"en/billing/boxes.md": "---\ntitle: Boxes\n---\n\n![A box](box.png)\n"})
        made.configure(assets_url=IMAGES)
        made.apply()
        git = repository(made)
        told = {row["id"]: row["updated_at"] for row in made.center.rows("article")}
        for kind in (*REWRITES, "everything"):
            made.center.rewrite_everything(kind)
            assert_quiet(made)
        rows = made.run("status", "--format", "json").json
        assert {row["standing"] for row in rows} == {"settled"}
        before = everything(made)
        assert "Nothing to pull" in pulled(made, "--all").err
        assert everything(made) == before
        assert {row["id"]: row["updated_at"] for row in made.center.rows("article")} == told

        made.edit("en/billing/refunds.md", "14 days", "30 days")
        assert made.changes() == [("update", "article", "billing/refunds")]
        made.apply()
        git.keep()
        edit_body(made, "Cancel an order", "None.", "One euro.")
        pulled(made)
        assert git.diff() == ["-None.", "+One euro."]
        assert_settled(made)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*REWRITES, "everything"])
def test_any_texts_respelt_by_the_server_are_settled(kind, fresh):
    def law(texts, _chance):
        with fresh() as made:
            write_documents(made, texts)
            made.apply()
            before = everything(made)
            made.center.rewrite_everything(kind)
            assert_settled(made)
            assert "Nothing to pull" in pulled(made, "--all").err
            assert everything(made) == before

    tried(sound_documents(), law, 60)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*REWRITES, "everything"])
def test_what_was_pulled_and_then_respelt_by_the_server_is_settled(kind, fresh):
    def law(bodies, _chance):
        with fresh() as made:
            for number, body in enumerate(bodies):
                made.center.create_by_hand(title=f"Text {number}", body=body)
            pulled(made)
            before = content(made)
            made.center.rewrite_everything(kind)
            assert_quiet(made)
            pulled(made, "--all")
            assert content(made) == before

    tried(intercom_bodies(), law, 60)
