"""Intercom's JSON → nouns."""

import pytest

from publisher.errors import RemoteError
from publisher.intercom.answers import decode, is_deleted_page
from publisher.intercom.dialect import dialect
from publisher.model import Article, Availability, Collection, ExternalPage, Source, Translation


def read(version, kind, payload, *, known=None, default_locale="en"):
    return decode(dialect(version), kind, payload, known=known or {}, default_locale=default_locale)


def test_an_article_of_one_language_is_read_from_the_top_level():
    live = read(
        "2.12",
        "article",
        {
            "type": "article",
            "id": "12",
            "title": "Refunds",
            "description": None,
            "body": "<p>x</p>",
            "author_id": 42,
            "state": "published",
            "url": "https://help.acme.example/articles/12-refunds",
            "parent_id": 7,
            "parent_type": "collection",
            "parent_ids": [],
            "updated_at": 1700000000,
            "a_field_of_next_year": {"x": 1},
        },
    )
    assert live.thing == Article(
        key="#12",
        parent="7",
        author="42",
        translations={"en": Translation(title="Refunds", state="published", body="<p>x</p>")},
    )
    assert live.urls == {"en": "https://help.acme.example/articles/12-refunds"}
    assert (live.id, live.parents, live.changed_at, live.pending) == (
        "12",
        ("7",),
        1700000000,
        False,
    )


def test_what_the_ledger_knows_has_the_ledgers_key():
    known = {("article", "12"): "billing/refunds", ("collection", "12"): "other"}
    assert read("2.16", "article", {"id": 12}, known=known).thing.key == "billing/refunds"


@pytest.mark.parametrize("missing", [{}, {"description": None}, {"description": ""}])
def test_null_empty_and_absent_are_the_same(missing):
    live = read("2.16", "article", {"id": "1", "title": "T", **missing})
    assert live.thing.translations["en"].description == ""
    assert live.thing.parent is None
    assert live.thing.author is None


@pytest.mark.parametrize(
    "repeated",
    [{}, {"en": {"type": "article_content", "title": "Old", "body": "<p>old</p>"}}, {"en": None}],
)
def test_the_top_level_speaks_for_the_default_language_repeated_or_not(repeated):
    live = read(
        "2.12",
        "article",
        {
            "id": "1",
            "default_locale": "en",
            "title": "Refunds",
            "body": "<p>new</p>",
            "translated_content": {
                "type": "article_translated_content",
                **repeated,
                "id": {"type": "article_content", "title": "Pengembalian", "updated_at": 9},
                "de": None,
                "fr": {"type": "article_content", "title": None, "body": ""},
            },
        },
        default_locale="sv",
    )
    translations = live.thing.translations
    assert set(translations) == {"en", "id"}
    assert translations["en"] == Translation(title="Refunds", body="<p>new</p>")
    assert translations["id"].title == "Pengembalian"
    assert live.changed_at == 9


def test_a_top_level_left_empty_is_filled_from_the_default_languages_translation():
    payload = {"id": "1", "title": None, "translated_content": {"en": {"title": "Refunds"}}}
    assert read("2.16", "article", payload).thing.translations["en"].title == "Refunds"


def test_each_language_has_its_own_address_and_state():
    live = read(
        "2.16",
        "article",
        {
            "id": "1",
            "title": "A",
            "state": "published",
            "url": "https://h/en/articles/1-a",
            "has_unpublished_changes": False,
            "translated_content": {
                "fr": {"title": "B", "state": "draft", "url": None, "has_unpublished_changes": True}
            },
        },
    )
    assert live.urls == {"en": "https://h/en/articles/1-a"}
    assert live.thing.translations["fr"].state == "draft"
    assert live.pending


@pytest.mark.parametrize(
    ("version", "payload", "parents"),
    [
        ("2.12", {"parent_id": 7, "parent_ids": []}, ("7",)),
        ("2.12", {"parent_id": 7, "parent_ids": [8, "9"]}, ("8", "9")),
        ("2.12", {"parent_id": None}, ()),
        ("2.16", {"parent_ids": [8]}, ("8",)),
        ("2.16", {"parent_id": 7, "parent_ids": []}, ()),
        ("2.16", {"parent_id": 7}, ()),
        ("2.9", {"parent_id": 7, "parent_type": "section"}, ("section-7",)),
        ("2.9", {"parent_id": 7, "parent_ids": [7], "parent_type": "section"}, ("section-7",)),
        ("2.9", {"parent_id": 7, "parent_type": "collection"}, ("7",)),
        ("2.10", {"parent_id": 7, "parent_type": "section"}, ("7",)),
    ],
)
def test_the_parents_of_an_article_are_where_the_version_puts_them(version, payload, parents):
    live = read(version, "article", {"id": "1", **payload})
    assert live.parents == parents
    assert live.thing.parent == (parents[0] if parents else None)


def test_a_collection_is_read_with_its_translations_place_and_help_center():
    live = read(
        "2.16",
        "collection",
        {
            "id": "8",
            "name": "Billing",
            "description": "",
            "icon": "book",
            "parent_id": None,
            "help_center_id": 81,
            "url": "https://h/en/collections/8-billing",
            "translated_content": {"fr": {"name": "Facturation", "description": None}},
        },
    )
    assert live.thing == Collection(
        key="#8",
        icon="book",
        titles={"en": "Billing", "fr": "Facturation"},
        descriptions={"en": "", "fr": ""},
    )
    assert live.help_center == "81"
    assert live.urls == {"": "https://h/en/collections/8-billing"}
    nested = read("2.16", "collection", {"id": "9", "name": "B", "parent_id": "8"})
    assert (nested.thing.parent, nested.parents, nested.help_center) == ("8", ("8",), None)


def test_a_section_is_a_collection_with_an_id_of_its_own():
    live = read("2.9", "collection", {"type": "section", "id": "5", "name": "R", "parent_id": 8})
    assert (live.id, live.thing.parent) == ("section-5", "8")
    known = {("collection", "section-5"): "billing/refunds"}
    again = read("2.9", "collection", {"id": "5", "name": "R", "parent_id": "8"}, known=known)
    assert again.thing.key == "billing/refunds"


def test_a_source_says_whether_it_is_ours_to_touch():
    payload = {"id": 4, "url": "https://a.example", "sync_behavior": "api", "status": "active"}
    live = read("2.12", "source", payload)
    assert live.thing == Source(key="#4", url="https://a.example", active=True)
    assert live.managed_by_api
    crawled = read(
        "2.12", "source", {**payload, "sync_behavior": "automatic", "status": "deactivated"}
    )
    assert not crawled.managed_by_api
    assert not crawled.thing.active


@pytest.mark.parametrize(("version", "sales"), [("2.16", None), ("2.17", True), ("Preview", True)])
def test_the_sales_flag_is_seen_only_where_it_can_be_written(version, sales):
    """Else a page taken away from Fin would be asked for ever to switch it off."""
    page = {"id": "5", "source_id": 1, "title": "T", "html": "<p>x</p>", "locale": "en"}
    live = read(version, "page", {**page, "ai_sales_agent_availability": True})
    assert live.thing.fin.sales is sales


def test_a_page_is_read_with_where_fin_may_use_it():
    live = read(
        "2.12",
        "page",
        {
            "id": "77",
            "title": "Refunds",
            "html": "<p>x</p>",
            "url": None,
            "locale": "en",
            "source_id": 9,
            "external_id": "refunds:en",
            "ai_agent_availability": True,
            "ai_copilot_availability": False,
        },
    )
    assert live.thing == ExternalPage(
        key="#77",
        source="9",
        locale="en",
        external_id="refunds:en",
        title="Refunds",
        body="<p>x</p>",
        fin=Availability(agent=True, copilot=False),
    )
    assert not is_deleted_page(live)
    assert is_deleted_page(read("2.12", "page", {"id": "77", "html": "", "source_id": 9}))


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        ({"title": "T"}, "`id` should be an id and is missing"),
        ({"id": True}, "`id` should be an id and is true or false"),
        ({"id": ""}, "`id` should be an id and is empty"),
        ({"id": [1]}, "`id` should be an id and is a list"),
        ({"id": "1", "title": 3}, "article 1: .*`title` should be text and is a number"),
        ({"id": "1", "translated_content": []}, "`translated_content` should be an object"),
        ({"id": "1", "translated_content": {"fr": "x"}}, "`translated_content.fr` should be"),
        ({"id": "1", "parent_ids": 7}, "`parent_ids` should be a list and is a number"),
        ({"id": "1", "parent_ids": [None]}, "an element of `parent_ids` should be an id"),
        ({"id": "1", "author_id": {}}, "`author_id` should be an id and is an object"),
    ],
)
def test_an_answer_that_is_not_what_it_must_be_is_refused_in_a_sentence(payload, complaint):
    with pytest.raises(RemoteError, match=complaint) as refusal:
        read("2.16", "article", payload)
    assert "\n" not in str(refusal.value)
