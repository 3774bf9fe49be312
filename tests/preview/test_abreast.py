"""A translation beside its source: what is aligned, missing, different or perhaps stale."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from publisher.model import ContentRules, Key, Ref
from publisher.preview.panel import panel
from publisher.source.document import compile_document
from publisher.source.history import changed_since
from publisher.source.marks import marks_of
from publisher.source.writing import with_meta
from publisher.workflow.previews.abreast import Section, abreast, paired
from tests.preview.test_panel import FIN, REFUNDS, previewed, words_of, write
from tests.world import SMALL

SOURCE = (
    "---\ntitle: Refunds\ndescription: Money\n---\nWithin 14 days.\n\n"
    "## How\n\n1. Write\n2. Wait\n\n## Fees\n\nNone, see [this](../orders/cancel.md).\n\n"
    "## Contact\n\nCall us.\n"
)
FRENCH = (
    "---\ntitle: Remboursements\n---\nSous 14 jours.\n\n"
    "## Comment\n\n1. Écrire\n\n## Contact direct\n\nAppelez.\n"
)


def marks(found) -> list[tuple[str, str, str]]:
    return [
        (pair.mark, pair.source.title if pair.source else "", pair.ours.title if pair.ours else "")
        for pair in found.pairs
    ]


@pytest.fixture
def files():
    return SMALL | {"en/billing/refunds.md": SOURCE, "fr/billing/refunds.md": FRENCH}


def test_headings_are_aligned_by_what_does_not_change_in_translation(tmp_path, files):
    with previewed(tmp_path, files) as preview:
        found = abreast(preview, REFUNDS, "fr")
        html = panel(preview, "article", preview.state.ids[REFUNDS], "fr", tab="locales", target="")
    assert marks(found) == [
        ("same", "", ""),
        ("differs", "How", "Comment"),
        ("missing", "Fees", ""),
        ("same", "Contact", "Contact direct"),
    ]
    assert found.pairs[1].notes == ("1 list item, not 2",)
    said = words_of(LexborHTMLParser(html))
    assert "1 missing and 1 different." in said
    assert "no description" in said
    assert f"vscode://file{tmp_path}/content/en/billing/refunds.md:12" in html


def test_a_missing_picture_or_link_is_named(tmp_path, files):
    files["fr/billing/refunds.md"] = files["fr/billing/refunds.md"].replace(
        "Appelez.", "Appelez [nous](https://example.com).\n\n```\ncode\n```"
    )
    with previewed(tmp_path, files) as preview:
        found = abreast(preview, REFUNDS, "fr")
    assert found.pairs[-1].notes == ("2 blocks, not 1", "1 link, not 0", "1 code block, not 0")


def test_ids_of_headings_stay_with_the_page_beside_the_panel(tmp_path, files):
    with previewed(tmp_path, files) as preview:
        html = panel(preview, "article", preview.state.ids[REFUNDS], "fr", tab="locales", target="")
    assert ' id="h_' not in html


def test_the_source_shows_how_every_translation_stands(tmp_path, files):
    del files["fr/billing/_index.md"]
    with previewed(
        tmp_path, files | {"de/orders/cancel.md": "---\ntitle: Kündigen\n---\nX.\n"}
    ) as preview:
        found = abreast(preview, REFUNDS, "en")
        html = panel(preview, "article", preview.state.ids[REFUNDS], "en", tab="locales", target="")
    standings = [(each.locale, each.there, each.missing, each.differing) for each in found.others]
    assert standings == [("de", False, 0, 0), ("fr", True, 1, 1)]
    said = words_of(LexborHTMLParser(html))
    assert "German not translated" in said
    assert "1 missing 1 different" in said


def test_a_text_that_is_not_translated_says_so_beside_its_source(tmp_path):
    with previewed(tmp_path, SMALL) as preview:
        ref = Ref("article", Key("orders/cancel"))
        html = panel(preview, "article", preview.state.ids[ref], "fr", tab="locales", target="")
    assert "Not translated to French" in words_of(LexborHTMLParser(html))


def test_the_names_of_a_collection_stand_side_by_side(tmp_path):
    with previewed(tmp_path, SMALL) as preview:
        ref = Ref("collection", Key("billing"))
        html = panel(preview, "collection", preview.state.ids[ref], "fr", tab="locales", target="")
    said = words_of(LexborHTMLParser(html))
    assert "Billing" in said
    assert "Facturation" in said
    assert "no description" in said


def test_an_external_page_stands_beside_its_translation_which_is_a_page_of_its_own(tmp_path):
    french = {"fin/kb/fr/prices.md": "---\ntitle: Prix\n---\nDix euros.\n"}
    with previewed(tmp_path, SMALL | FIN | french) as preview:
        pages = {
            preview.state.loaded.site.things[ref].locale: ref
            for ref in preview.state.loaded.site.things
            if ref.kind == "page"
        }
        found = abreast(preview, pages["fr"], "fr")
        others = abreast(preview, pages["en"], "en").others
    assert marks(found) == [("same", "", ""), ("missing", "When", "")]
    assert [(each.locale, each.ref) for each in others] == [("fr", pages["fr"])]


# What Git tells


def git(folder, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def committed(tmp_path, files):
    """A folder in which source and translation were committed together."""
    write(tmp_path, files)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "content")
    git(tmp_path, "commit", "-q", "-m", "both")
    return tmp_path


def stale(preview) -> list[str]:
    return [pair.source.title for pair in abreast(preview, REFUNDS, "fr").pairs if pair.stale]


def test_nothing_is_stale_that_was_committed_together(committed, files):
    with previewed(committed, files) as preview:
        assert stale(preview) == []
        assert abreast(preview, REFUNDS, "fr").since is not None


def test_a_section_that_changed_in_the_source_since_is_perhaps_stale(committed, files):
    changed = SOURCE.replace("2. Wait", "2. Wait a week")
    write(committed, {"en/billing/refunds.md": changed})
    git(committed, "commit", "-aqm", "source")
    with previewed(committed, {}) as preview:
        assert stale(preview) == ["How"]
        html = panel(preview, "article", preview.state.ids[REFUNDS], "fr", tab="locales", target="")
    assert "perhaps stale" in words_of(LexborHTMLParser(html))


def test_a_change_that_is_not_committed_yet_counts_too(committed, files):
    write(committed, {"en/billing/refunds.md": SOURCE.replace("title: Refunds", "title: Money")})
    with previewed(committed, {}) as preview:
        assert stale(preview) == []
        assert abreast(preview, REFUNDS, "fr").stale


def test_of_a_translation_that_was_marked_it_is_known_what_is_stale(committed, files):
    changed = SOURCE.replace("2. Wait", "2. Wait a week").replace("title: Refunds", "title: Money")
    marks = compile_document("en/a.md", "en/a.md", SOURCE.encode(), ContentRules()).sections
    marked = with_meta(FRENCH, {"translated_from": marks_of(marks)}, {})
    write(committed, {"en/billing/refunds.md": changed, "fr/billing/refunds.md": marked})
    git(committed, "commit", "-aqm", "the source again, and the translation with its marks")
    with previewed(committed, {}) as preview:
        assert stale(preview) == ["How"]
        assert abreast(preview, REFUNDS, "fr").stale
        html = panel(preview, "article", preview.state.ids[REFUNDS], "fr", tab="locales", target="")
    said = words_of(LexborHTMLParser(html))
    assert "1 stale" in said
    assert "perhaps" not in said


def test_a_translation_committed_after_the_change_is_fresh(committed, files):
    write(committed, {"en/billing/refunds.md": SOURCE.replace("Call us", "Write us")})
    git(committed, "commit", "-aqm", "source")
    write(committed, {"fr/billing/refunds.md": FRENCH.replace("Appelez", "Écrivez")})
    git(committed, "commit", "-aqm", "translation")
    with previewed(committed, {}) as preview:
        assert stale(preview) == []


def test_without_git_or_with_files_that_it_does_not_know_nothing_is_claimed(tmp_path, files):
    write(tmp_path, files)
    folder, names = tmp_path / "content", ("en/billing/refunds.md", "fr/billing/refunds.md")
    assert changed_since(folder, *names) is None
    git(tmp_path, "init", "-q")
    assert changed_since(folder, *names) is None
    git(tmp_path, "add", "content/fr")
    git(tmp_path, "commit", "-qm", "only the translation")
    git(tmp_path, "add", "content/en")
    assert changed_since(folder, *names) is None


# The alignment

SECTIONS = st.lists(
    st.builds(
        Section,
        level=st.integers(1, 3),
        title=st.text(max_size=3),
        id=st.sampled_from(["", "h_1", "h_2"]),
        counts=st.fixed_dictionaries({"block": st.integers(0, 2), "image": st.integers(0, 1)}),
        signs=st.frozensets(st.sampled_from(["a", "b"])),
    ),
    max_size=6,
)
FIRST = Section(level=0, counts={"block": 0, "image": 0})


@given(SECTIONS, SECTIONS)
def test_every_section_stands_in_one_pair_and_in_its_order(left, right):
    found = paired([FIRST, *left], [FIRST, *right], None)
    assert [pair.source for pair in found if pair.source] == [FIRST, *left]
    assert [pair.ours for pair in found if pair.ours] == [FIRST, *right]
    assert all((pair.mark == "missing") == (pair.ours is None) for pair in found)


@given(SECTIONS)
def test_a_text_is_built_like_itself(sections):
    found = paired([FIRST, *sections], [FIRST, *sections], None)
    assert {pair.mark for pair in found} == {"same"}
