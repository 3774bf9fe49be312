"""Nouns → requests."""

import pytest

from publisher.errors import ConfigError
from publisher.intercom import wire
from publisher.intercom.dialect import VERSIONS, dialect

PAGE = {
    "source": "9",
    "locale": "en",
    "external_id": "refunds:en",
    "url": "https://acme.example/refunds",
    "title": "Refunds",
    "body": "<p>Within 14 days.</p>",
    "agent": "yes",
    "copilot": "no",
    "sales": "no",
}


def created(version, kind, values, *, default_locale="en", help_center=None):
    return wire.create(
        dialect(version), kind, values, default_locale=default_locale, help_center=help_center
    )


def updated(version, kind, id_, values, **more):
    return wire.update(dialect(version), kind, id_, values, default_locale="en", **more)


def test_an_article_speaks_its_default_language_at_the_top_and_others_below():
    call = created(
        "2.12",
        "article",
        {
            "parent": "7",
            "author": "42",
            "fr.title": "Remboursements",
            "fr.state": "draft",
            "en.title": "Refunds",
            "en.description": "",
            "en.body": "<p>x</p>",
            "en.state": "draft",
        },
    )
    assert (call.method, call.path) == ("POST", "/articles")
    assert call.json == {
        "title": "Refunds",
        "description": "",
        "body": "<p>x</p>",
        "state": "draft",
        "author_id": 42,
        "parent_id": 7,
        "parent_type": "collection",
        "translated_content": {
            "type": "article_translated_content",
            "fr": {"type": "article_content", "title": "Remboursements", "state": "draft"},
        },
    }


def test_indonesian_is_a_language_like_any_other():
    call = updated("2.12", "article", "3", {"id.title": "Pengembalian", "author": "1"})
    assert call.json["translated_content"]["id"]["title"] == "Pengembalian"
    assert "title" not in call.json


def test_the_default_language_is_the_configured_one():
    call = created("2.12", "article", {"fr.title": "F", "en.title": "E"}, default_locale="fr")
    assert call.json["title"] == "F"
    assert set(call.json["translated_content"]) == {"type", "en"}


def test_an_update_of_an_article_names_its_author_and_only_what_changes():
    call = updated("2.16", "article", "12", {"author": "42", "fr.body": "<p>y</p>"})
    assert (call.method, call.path) == ("PUT", "/articles/12")
    assert call.json == {
        "author_id": 42,
        "translated_content": {
            "type": "article_translated_content",
            "fr": {"type": "article_content", "body": "<p>y</p>"},
        },
    }


def test_an_articles_parent_is_a_number_when_born_and_text_when_moved():
    assert created("2.16", "article", {"parent": "7"}).json["parent_id"] == 7
    assert updated("2.16", "article", "1", {"parent": "7"}).json == {
        "parent_id": "7",
        "parent_type": "collection",
    }


def test_an_article_in_a_section_says_so():
    assert created("2.9", "article", {"parent": "section-5"}).json == {
        "parent_id": 5,
        "parent_type": "section",
    }
    moved = updated("2.9", "article", "1", {"parent": "section-5"})
    assert moved.json == {"parent_id": "5", "parent_type": "section"}


def test_an_article_born_without_a_parent_says_nothing_of_one():
    assert created("2.9", "article", {"parent": "", "en.title": "T"}).json == {"title": "T"}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_article_leaves_its_collection_only_where_the_version_has_words_for_it(version):
    if dialect(version).abilities.unparent:
        assert updated(version, "article", "1", {"parent": ""}).json == {"parent_ids": []}
    else:
        with pytest.raises(ConfigError, match=r"Set api_version to 2\.16"):
            updated(version, "article", "1", {"parent": ""})


def test_a_moved_article_keeps_its_place_in_other_help_centers():
    moved = updated("2.16", "article", "1", {"parent": "7"}, other_parents=("30",))
    assert moved.json == {"parent_ids": [7, 30]}
    left = updated("2.16", "article", "1", {"parent": ""}, other_parents=("30",))
    assert left.json == {"parent_ids": [30]}
    older = updated("2.15", "article", "1", {"parent": "7"}, other_parents=("30",))
    assert older.json == {"parent_id": "7", "parent_type": "collection"}


def test_a_first_level_collection_names_its_help_center_when_it_is_made():
    values = {"parent": "", "en.title": "Billing", "en.description": "Money", "de.title": "Geld"}
    call = created("2.16", "collection", values, help_center="81")
    assert (call.method, call.path) == ("POST", "/help_center/collections")
    assert call.json == {
        "name": "Billing",
        "description": "Money",
        "help_center_id": 81,
        "translated_content": {
            "type": "group_translated_content",
            "de": {"type": "group_content", "name": "Geld"},
        },
    }


def test_a_collection_below_another_follows_its_parent():
    call = created("2.10", "collection", {"parent": "7", "en.title": "B"}, help_center="81")
    assert call.json == {"name": "B", "parent_id": "7"}


def test_a_collection_is_updated_with_its_place_and_icon():
    nested = updated("2.16", "collection", "8", {"parent": "7", "icon": "book", "en.title": "B"})
    assert nested.json == {"name": "B", "icon": "book", "parent_id": "7"}
    root = updated("2.16", "collection", "8", {"parent": "", "en.title": "B"})
    assert root.json == {"name": "B", "parent_id": None}
    assert updated("2.9", "collection", "8", {"parent": "", "en.title": "B"}).json == {"name": "B"}


def test_up_to_2_9_the_second_level_is_a_section_without_icon_or_description():
    values = {
        "parent": "7",
        "icon": "book",
        "en.title": "Refunds",
        "en.description": "d",
        "fr.title": "R",
        "fr.description": "d",
    }
    expected = {
        "name": "Refunds",
        "parent_id": 7,
        "translated_content": {
            "type": "group_translated_content",
            "fr": {"type": "group_content", "name": "R"},
        },
    }
    made = created("2.9", "collection", values, help_center="81")
    assert (made.method, made.path, made.json) == ("POST", "/help_center/sections", expected)
    changed = updated("2.9", "collection", "section-5", values)
    assert (changed.method, changed.path, changed.json) == (
        "PUT",
        "/help_center/sections/5",
        expected,
    )
    assert wire.delete(dialect("2.9"), "collection", "section-5").path == "/help_center/sections/5"
    assert wire.read(dialect("2.9"), "collection", "section-5").path == "/help_center/sections/5"


@pytest.mark.parametrize(("id_", "parent"), [("8", "7"), ("section-8", "")])
def test_up_to_2_9_a_collection_never_becomes_a_section_or_back(id_, parent):
    with pytest.raises(ConfigError, match=r"2\.10 or later"):
        updated("2.9", "collection", id_, {"parent": parent, "en.title": "B"})


@pytest.mark.parametrize(("active", "status"), [("yes", "active"), ("no", "deactivated")])
def test_a_source_always_says_its_status(active, status):
    values = {"url": "https://acme.example", "active": active}
    expected = {"sync_behavior": "api", "url": "https://acme.example", "status": status}
    assert created("2.12", "source", values).json == expected
    call = updated("2.12", "source", "4", values)
    assert (call.method, call.path) == ("PUT", "/ai/content_import_sources/4")
    assert call.json == expected


def test_a_page_is_saved_by_the_same_upsert_whether_it_is_new_or_not():
    made, changed = created("2.12", "page", PAGE), updated("2.12", "page", "77", PAGE)
    assert made == changed
    assert (made.method, made.path, made.repeatable) == ("POST", "/ai/external_pages", True)
    assert made.json == {
        "title": "Refunds",
        "html": "<p>Within 14 days.</p>",
        "locale": "en",
        "source_id": 9,
        "external_id": "refunds:en",
        "url": "https://acme.example/refunds",
        "ai_agent_availability": True,
        "ai_copilot_availability": False,
    }


def test_the_sales_agents_flag_is_sent_where_it_is_documented():
    sends = {v for v in VERSIONS if "ai_sales_agent_availability" in created(v, "page", PAGE).json}
    assert sends == {"2.17", "Preview"}


def test_a_new_page_always_says_where_fin_may_use_it_and_a_known_one_what_it_is_told():
    bare = {name: PAGE[name] for name in ("source", "locale", "external_id", "title", "body")}
    new = created("2.12", "page", bare).json
    assert (new["ai_agent_availability"], new["ai_copilot_availability"]) == (True, True)
    assert "url" not in new
    known = updated("2.12", "page", "77", bare).json
    assert "ai_agent_availability" not in known


@pytest.mark.parametrize("kind", ["collection", "article", "source", "page"])
def test_only_making_something_new_cannot_be_repeated(kind):
    values = {**PAGE, "active": "yes", "en.title": "T", "parent": "", "author": "1"}
    if kind == "article":
        del values["parent"]
    made = created("2.16", kind, values)
    assert made.repeatable == (kind == "page")
    assert updated("2.16", kind, "1", values).repeatable
    assert wire.read(dialect("2.16"), kind, "1").repeatable
    assert wire.delete(dialect("2.16"), kind, "1").repeatable


def test_an_id_that_is_no_number_is_sent_as_it_stands_and_quoted_in_the_path():
    values = {"parent": "abc", "author": "ana", "en.title": "T"}
    assert created("2.16", "article", values).json["parent_id"] == "abc"
    assert created("2.16", "article", values).json["author_id"] == "ana"
    assert wire.read(dialect("2.16"), "article", "a/b?c").path == "/articles/a%2Fb%3Fc"
    assert created("2.16", "article", {"author": "²"}).json["author_id"] == "²"


def test_a_call_says_in_words_what_it_does():
    assert created("2.16", "article", {"en.title": "Refunds"}).what == (
        "create the article “Refunds”"
    )
    assert updated("2.16", "article", "12", {"author": "1"}).what == "update the article 12"
    assert created("2.16", "page", PAGE).what == "save the page for Fin “Refunds”"
    assert created("2.16", "source", {"url": "https://a.example"}).what == (
        "create the content source “https://a.example”"
    )
    assert wire.delete(dialect("2.16"), "collection", "3").what == "delete the collection 3"
