"""Seeing what is there: whole lists, however they are counted, and nothing called gone lightly."""

from math import ceil

import pytest

from publisher.errors import NotFound, RemoteError
from publisher.intercom import observe as looking
from publisher.intercom.dialect import Reply, dialect
from publisher.intercom.walk import walk

COLLECTIONS = "/help_center/collections"
SECTIONS = "/help_center/sections"
ARTICLES = "/articles"
SOURCES = "/ai/content_import_sources"
PAGES = "/ai/external_pages"


def article(id_, **more):
    return {"id": str(id_), "title": f"Article {id_}", "body": "<p>x</p>", "updated_at": 1, **more}


def collection(id_, **more):
    return {"id": str(id_), "name": f"Collection {id_}", "updated_at": 1, **more}


def by_number(rows, params, total=None):
    """The envelope that is documented: pages counted from 1, `next` an address or absent."""
    page, per_page = int(params.get("page", 1)), int(params["per_page"])
    last = max(1, ceil(len(rows) / per_page))
    pages = {"type": "pages", "page": page, "per_page": per_page, "total_pages": last}
    if page < last:
        pages["next"] = f"https://elsewhere.example/list?per_page={per_page}&page={page + 1}"
    return {
        "type": "list",
        "pages": pages,
        "total_count": len(rows) if total is None else total,
        "data": rows[(page - 1) * per_page : page * per_page],
    }


class Far:
    """A far side made of lists by path; answers `send` and remembers what was asked."""

    def __init__(self, lists=None, single=None, envelope=by_number):
        self.lists, self.single, self.envelope = lists or {}, single or {}, envelope
        self.calls = []

    def __call__(self, call):
        assert call.method == "GET"
        assert call.repeatable
        assert call.what
        self.calls.append(call)
        if call.path in self.lists:
            return Reply(status=200, data=self.envelope(self.lists[call.path], call.params))
        if call.path in self.single:
            return Reply(status=200, data=self.single[call.path])
        raise NotFound("not there", status=404)

    @property
    def paths(self):
        return [call.path for call in self.calls]


def seen(far, version="2.16", *, known=None, fin=False):
    return looking.observe(far, dialect(version), known=known or {}, default_locale="en", fin=fin)


def walked(far):
    rows, complete = walk(far, ARTICLES, "list")
    return sorted(map(int, rows)), complete


@pytest.mark.parametrize("count", [0, 1, 249, 250, 251, 1000])
@pytest.mark.parametrize("locales", [(), ("fr", "de", "ja")])
def test_a_help_center_costs_one_request_per_250_things_in_however_many_languages(count, locales):
    words = {locale: {"title": "T", "name": "N", "body": "b"} for locale in locales}
    far = Far(
        {
            COLLECTIONS: [collection(n, translated_content=words) for n in range(7)],
            ARTICLES: [article(n, translated_content=words) for n in range(count)],
            SOURCES: [{"id": 1, "sync_behavior": "api", "url": "https://a.example"}],
            PAGES: [{"id": str(n), "html": "x", "source_id": 1} for n in range(count)],
        }
    )
    known = {("article", str(n)): f"a{n}" for n in range(count)}
    result = seen(far, known=known, fin=True)
    assert result.complete
    assert result.gone == frozenset()
    assert len(result.things) == 7 + count + 1 + count
    assert len(far.calls) == 1 + max(1, ceil(count / 250)) * 2 + 1
    assert {call.params["per_page"] for call in far.calls} == {250}


def test_what_we_know_and_the_list_lacks_costs_one_request_each_and_only_a_404_is_gone():
    far = Far(
        {COLLECTIONS: [], ARTICLES: [article(1)]},
        single={f"{ARTICLES}/2": article(2), f"{COLLECTIONS}/8": collection(8)},
    )
    known = {
        ("article", "1"): "one",
        ("article", "2"): "two",
        ("article", "3"): "three",
        ("collection", "8"): "eight",
        ("page", "4"): "not looked for without Fin",
    }
    result = seen(far, known=known)
    assert result.gone == {("article", "3")}
    assert set(result.things) == {("article", "1"), ("article", "2"), ("collection", "8")}
    assert result.things["article", "2"].thing.key == "two"
    assert sorted(far.paths) == sorted(
        [ARTICLES, COLLECTIONS, f"{ARTICLES}/2", f"{ARTICLES}/3", f"{COLLECTIONS}/8"]
    )


def test_an_error_other_than_404_is_never_taken_for_gone():
    class Broken(Far):
        def __call__(self, call):
            if call.path == f"{ARTICLES}/3":
                raise RemoteError("no", status=403)
            return super().__call__(call)

    with pytest.raises(RemoteError, match="no"):
        seen(Broken({COLLECTIONS: [], ARTICLES: []}), known={("article", "3"): "three"})


@pytest.mark.parametrize(
    ("version", "fin", "paths"),
    [
        ("2.9", True, {COLLECTIONS, SECTIONS, ARTICLES}),
        ("2.11", True, {COLLECTIONS, ARTICLES}),
        ("2.12", True, {COLLECTIONS, ARTICLES, SOURCES, PAGES}),
        ("2.12", False, {COLLECTIONS, ARTICLES}),
    ],
)
def test_only_what_the_version_has_and_we_need_is_read(version, fin, paths):
    far = Far({path: [] for path in paths})
    seen(far, version, fin=fin)
    assert set(far.paths) == paths
    assert len(far.calls) == len(paths)


def test_sections_are_collections_below_their_collection_even_unmarked():
    far = Far(
        {
            COLLECTIONS: [collection(5, help_center_id=81)],
            SECTIONS: [{"id": "5", "name": "S", "parent_id": 5}],
            ARTICLES: [article(1, parent_id=5, parent_type="section")],
        },
        single={f"{SECTIONS}/6": {"id": "6", "name": "S", "parent_id": 5}},
    )
    result = seen(far, "2.9", known={("collection", "section-6"): "b/c"})
    assert result.things["collection", "section-5"].thing.parent == "5"
    assert result.things["collection", "section-6"].thing.key == "b/c"
    assert result.things["article", "1"].thing.parent == "section-5"
    assert {live.help_center for live in result.things.values()} == {"81"}


def test_everything_belongs_to_the_help_center_of_its_root():
    far = Far(
        {
            COLLECTIONS: [
                collection(3, parent_id="2"),
                collection(1, help_center_id=81),
                collection(2, parent_id="1", help_center_id=None),
                collection(9, help_center_id=82),
                collection(20, parent_id="21"),
                collection(21, parent_id="20"),
            ],
            ARTICLES: [
                article(10, parent_ids=[3]),
                article(11, parent_ids=[9]),
                article(12, parent_ids=[]),
                article(13, parent_ids=[404]),
                article(14, parent_ids=[20]),
            ],
        }
    )
    things = seen(far).things
    homes = {id_: live.help_center for (_, id_), live in things.items()}
    assert homes == {
        "1": "81",
        "2": "81",
        "3": "81",
        "9": "82",
        "10": "81",
        "11": "82",
        "12": None,
        "13": None,
        "14": None,
        "20": None,
        "21": None,
    }


def test_the_default_language_is_the_one_named_most_often():
    rows = [article(1, default_locale="fr"), article(2, default_locale="fr"), article(3)]
    assert seen(Far({COLLECTIONS: [], ARTICLES: rows})).default_locale == "fr"
    assert seen(Far({COLLECTIONS: [], ARTICLES: [article(3)]})).default_locale is None


def test_what_is_left_of_a_deleted_page_is_gone():
    page = {"id": "7", "source_id": 1, "title": "T", "html": ""}
    far = Far(
        {COLLECTIONS: [], ARTICLES: [], SOURCES: [], PAGES: [page, {**page, "id": "8"}]},
        single={f"{PAGES}/9": {**page, "id": "9"}},
    )
    result = seen(far, fin=True, known={("page", "7"): "seven", ("page", "9"): "nine"})
    assert result.gone == {("page", "7"), ("page", "9")}
    assert result.things == {}


def cursor(rows, params):
    start = int(params.get("starting_after", 0))
    following = start + 40
    pages = {"type": "pages"}
    if following < len(rows):
        pages["next"] = {"per_page": 40, "starting_after": str(following)}
    return {"pages": pages, "total_count": len(rows), "data": rows[start:following]}


def cursor_beside_pages(rows, params):
    """Documented as a cursor, counted in pages: only `page` is heeded."""
    envelope = own_size(rows, params)
    pages = envelope["pages"]
    if pages["page"] < pages["total_pages"]:
        pages = {**pages, "next": {"per_page": 20, "starting_after": "WzE3MDB9"}}
    return {**envelope, "pages": pages}


def flat(rows, params):
    page = int(params["page"])
    return {
        "data": rows[(page - 1) * 50 : page * 50],
        "total_count": len(rows),
        "page": page,
        "per_page": 50,
        "total_pages": ceil(len(rows) / 50),
    }


def own_size(rows, params):
    """A server that ignores `per_page` and sends its 20 a page."""
    return by_number(rows, {**params, "per_page": 20})


def null_next(rows, params):
    envelope = own_size(rows, params)
    return {**envelope, "pages": {**envelope["pages"], "next": None}}


def cursor_address(rows, params):
    start = int(params.get("starting_after", 0))
    more = start + 40 < len(rows)
    address = f"https://elsewhere.example/list?starting_after={start + 40}" if more else None
    return {"pages": {"next": address}, "data": rows[start : start + 40]}


def only_total(rows, params):
    page = int(params["page"])
    return {"data": rows[(page - 1) * 30 : page * 30], "total_count": len(rows)}


def unpaginated(rows, _):
    return {"type": "list", "data": rows}


@pytest.mark.parametrize(
    "envelope",
    [
        by_number,
        own_size,
        null_next,
        cursor,
        cursor_beside_pages,
        cursor_address,
        flat,
        only_total,
        unpaginated,
    ],
)
@pytest.mark.parametrize("count", [0, 20, 90, 100])
def test_every_shape_of_pages_is_read_to_its_end_and_not_beyond(envelope, count):
    far = Far({ARTICLES: [article(n) for n in range(count)]}, envelope=envelope)
    assert walked(far) == (list(range(count)), True)
    assert set(far.paths) == {ARTICLES}
    asked = [tuple(sorted(call.params.items())) for call in far.calls]
    assert len(set(asked)) == len(asked)


def test_a_server_that_ignores_page_is_not_asked_for_ever():
    def sticky(rows, params):
        return {"pages": {"next": "https://elsewhere.example/?page=2"}, "data": rows}

    far = Far({ARTICLES: [article(n) for n in range(3)]}, envelope=sticky)
    assert walked(far) == ([0, 1, 2], True)
    assert len(far.calls) == 2


def test_a_server_that_never_ends_is_left_in_the_end():
    def endless(_, params):
        page = int(params["page"])
        return {"pages": {"total_pages": 10**9}, "data": [article(page)]}

    far = Far({ARTICLES: []}, envelope=endless)
    walked(far)
    assert len(far.calls) == 2000


def test_a_row_that_shifts_onto_the_next_page_is_there_once_in_its_newest_form():
    def shifting(rows, params):
        pages = {1: [article(2, updated_at=9), article(1)], 2: [article(2), article(3)]}
        page = int(params["page"])
        return {"data": pages[page], "total_count": 3, "pages": {"total_pages": 2}}

    rows, complete = walk(Far({ARTICLES: []}, envelope=shifting), ARTICLES, "list")
    assert complete
    assert sorted(rows) == ["1", "2", "3"]
    assert rows["2"]["updated_at"] == 9


def test_a_list_that_changes_while_it_is_read_is_read_once_more():
    answers = [
        {"data": [article(1)], "total_count": 2, "pages": {"total_pages": 2}},
        {"data": [article(2)], "total_count": 3, "pages": {"total_pages": 2}},
        {"data": [article(3), article(1)], "total_count": 3, "pages": {"total_pages": 2}},
        {"data": [article(2)], "total_count": 3, "pages": {"total_pages": 2}},
    ]
    far = Far({ARTICLES: answers}, envelope=lambda rows, _: rows.pop(0))
    assert walked(far) == ([1, 2, 3], True)
    assert answers == []


def test_a_total_that_changes_on_the_way_is_reason_enough_to_read_again():
    answers = [
        {"data": [article(1), article(2)], "total_count": 2, "pages": {"total_pages": 2}},
        {"data": [article(3)], "total_count": 3, "pages": {"total_pages": 2}},
        {"data": [article(1), article(3), article(4)], "total_count": 3},
    ]
    far = Far({ARTICLES: answers}, envelope=lambda rows, _: rows.pop(0))
    assert walked(far) == ([1, 3, 4], True)


def test_a_list_that_never_adds_up_is_incomplete_and_loses_nothing():
    def short(rows, params):
        return by_number(rows, params, total=len(rows) + 1)

    far = Far({ARTICLES: [article(1)], COLLECTIONS: []}, envelope=short)
    result = seen(far, known={("article", "1"): "one"})
    assert not result.complete
    assert ("article", "1") in result.things
    assert result.gone == frozenset()


def test_short_readings_are_put_together():
    answers = [
        {"data": [article(1)], "total_count": 3},
        {"data": [], "total_count": 3},
        {"data": [article(2)], "total_count": 3},
        {"data": [], "total_count": 3},
        {"data": [article(1)], "total_count": 3},
        {"data": [], "total_count": 3},
    ]
    far = Far({ARTICLES: answers}, envelope=lambda rows, _: rows.pop(0))
    assert walked(far) == ([1, 2], False)


def test_a_list_that_stands_still_at_the_third_reading_counts():
    answers = [
        {"data": [article(1)], "total_count": 2},
        {"data": [], "total_count": 2},
        {"data": [article(2)], "total_count": 2},
        {"data": [], "total_count": 2},
        {"data": [article(1), article(2)], "total_count": 2},
        {"data": [], "total_count": 2},
    ]
    far = Far({ARTICLES: answers}, envelope=lambda rows, _: rows.pop(0))
    assert walked(far) == ([1, 2], True)


@pytest.mark.parametrize("data", [None, {}, {"data": None}, {"data": "x"}, {"data": [1]}])
def test_a_list_that_is_none_is_refused_in_a_sentence(data):
    with pytest.raises(RemoteError, match="Check base_url"):
        walk(lambda call: Reply(status=200, data=data), ARTICLES, "list")


def test_who_the_token_belongs_to():
    me = {
        "type": "admin",
        "id": "42",
        "email": "ana@acme.example",
        "app": {"type": "app", "id_code": "acme1", "name": "Acme", "region": "EU"},
    }
    assert looking.account(Far(single={"/me": me})) == looking.Account(
        workspace="acme1", name="Acme", admin_id="42", email="ana@acme.example", region="eu"
    )
    with pytest.raises(RemoteError, match="`app` should be an object and is missing"):
        looking.account(Far(single={"/me": {"id": "42", "app": None}}))


HELP_CENTER = {"id": "81", "identifier": "acme-help", "display_name": "Acme Help"}


@pytest.mark.parametrize("envelope", [unpaginated, by_number])
def test_help_centers_are_read_paginated_or_not(envelope):
    rows = [
        {**HELP_CENTER, "default": True, "locales": ["en", "fr"], "url": "https://help.acme"},
        {**HELP_CENTER, "id": 82, "identifier": "acme-dev", "display_name": None},
    ]
    far = Far({looking.HELP_CENTERS: rows}, envelope=envelope)
    first, second = looking.help_centers(far, dialect("2.16"))
    assert (first.id, first.identifier, first.name) == ("81", "acme-help", "Acme Help")
    assert (first.default, first.locales, first.url) == (True, ("en", "fr"), "https://help.acme")
    assert (second.id, second.name, second.default, second.locales) == ("82", "", False, ())
    assert len(far.calls) == 1


def test_the_only_help_center_is_the_default_one():
    far = Far({looking.HELP_CENTERS: [HELP_CENTER]}, envelope=unpaginated)
    (only,) = looking.help_centers(far, dialect("2.9"))
    assert only.default


def test_teammates_are_listed_with_their_mail():
    answer = {"type": "admin.list", "admins": [{"id": "1", "name": "Ana", "email": "a@b.example"}]}
    assert looking.admins(Far(single={"/admins": answer})) == (
        looking.Admin(id="1", name="Ana", email="a@b.example"),
    )


def test_looking_at_one_thing_finds_it_or_nothing():
    far = Far(single={f"{ARTICLES}/2": article(2), f"{SECTIONS}/6": {"id": "6", "name": "S"}})

    def look(kind, id_):
        known = {("article", "2"): "two"}
        return looking.look(far, dialect("2.9"), kind, id_, known=known, default_locale="en")

    assert look("article", "2").thing.key == "two"
    assert look("article", "3") is None
    assert look("collection", "section-6").id == "section-6"
