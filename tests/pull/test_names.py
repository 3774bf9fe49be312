"""File names for titles: as a writer would choose them, legal everywhere, never the same twice."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.pull.names import folded, free, slug
from publisher.source.meta import fault_of_key

ANY = st.text(max_size=40) | st.text("aAßİée\u0301Σ'’-_. \u200d\ufe0f❤ก\u0e33con1", max_size=120)
DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Request a refund", "request-a-refund"),
        ("Don’t panic, it's fine!", "dont-panic-its-fine"),
        ("Größe & Maße", "größe-maße"),
        ("返金ポリシー", "返金ポリシー"),
        ("हिन्दी में सहायता", "हिन्दी-में-सहायता"),
        ("  C++ / C#: what's new in 2.17? ", "c-c-whats-new-in-2-17"),
        ("snake_case.md", "snake-case-md"),
        ("_index", "index"),
        ("Soft\u00adhyphen and zero\u200bwidth", "softhyphen-and-zerowidth"),
        ("Cafe\u0301", "café"),
        ("Step 1\ufe0f\u20e3 ❤️ done", "step-1-done"),
        ("CON", "con-file"),
        ("com1", "com1-file"),
        ("🎉🎉", ""),
        ("\u3164", ""),
        ("...", ""),
    ],
)
def test_a_title_becomes_the_name_a_writer_would_choose(title, name):
    assert slug(title) == name


def test_a_long_title_is_cut_between_words():
    name = slug("How to " + "very " * 30 + "carefully read")
    assert len(name) <= 80
    assert name.endswith("-very")


def test_a_long_word_is_cut_where_it_must_be():
    assert slug("a " + "x" * 100) == "a-" + "x" * 78
    assert slug("返" * 100) == "返" * 66


@settings(deadline=None)
@given(ANY)
@example("\u0345a")
@example("İ" * 80)
@example("ﬃ" * 80)
@example("\U00011935\U00011930" * 60)
@example("कि" * 100)
def test_a_name_is_legal_on_every_computer_and_in_a_key(title):
    name = slug(title)
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\s._]', name)
    assert not name.startswith("-")
    assert not name.endswith("-")
    assert not DEVICE.fullmatch(name)
    assert len(name) <= 80
    assert len(name.encode()) <= 200
    assert not name or not fault_of_key(name)


@settings(deadline=None)
@given(ANY)
def test_a_name_is_composed_and_its_own_name(title):
    name = slug(title)
    assert unicodedata.normalize("NFC", name) == name
    assert slug(name) == name


@settings(deadline=None)
@given(st.lists(ANY, max_size=12))
def test_no_two_names_are_one_to_windows_or_macos(titles):
    taken: set[str] = set()
    for number, title in enumerate(titles):
        name = free(slug(title), "article", str(number), taken)
        for spelt in (name.upper().lower(), name.casefold(), unicodedata.normalize("NFD", name)):
            assert folded(spelt) not in taken
        taken.add(folded(name))


def test_a_name_that_is_taken_gets_the_id():
    assert free("refunds", "article", "12", set()) == "refunds"
    assert free("refunds", "article", "12", {"refunds"}) == "refunds-12"
    assert free("refunds", "article", "12", {"refunds", "refunds-12"}) == "refunds-12-2"


def test_a_name_is_taken_however_it_is_spelt():
    assert free("café", "article", "12", {folded("CAFE\u0301")}) == "café-12"


def test_what_has_no_name_is_named_by_its_kind_and_id():
    assert free("", "collection", "12", set()) == "collection-12"
    assert free("", "article", "", {"article"}) == "article-2"
