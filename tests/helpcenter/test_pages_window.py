"""The public site for somebody who writes: drafts, an order, and what a host puts around pages."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from publisher.helpcenter.pages import site
from publisher.helpcenter.reader.window import Shown
from tests.helpcenter.test_pages import NOVEMBER_20_2026, Shelves, content, page, titles


class Window:
    """A host that puts its marks around pages and remembers for which ones."""

    drafts = True

    def __init__(self):
        self.asked = []
        self.places = {}

    def order(self, kind, id):
        return self.places.get((kind, id))

    def head(self, shown):
        self.asked.append(shown)
        return '<link rel="host" href="/x">'

    def above(self, shown):
        return f"<aside class=banner>{shown.kind}</aside>"

    def beside(self, shown):
        return f"<aside class=panel>{shown.id}</aside>"


@pytest.fixture
def shelves():
    shelves = Shelves()
    shelves.collection("1", {"en": "Billing", "fr": "Facturation"})
    shelves.collection("2", {"en": "Refunds", "fr": "Remboursements"}, parent="1")
    shelves.collection("3", {"en": "Later", "fr": "Plus tard"})
    shelves.article("10", {"en": content("Get a refund"), "fr": content("Obtenir")}, ["2"])
    shelves.article("11", {"en": content("Refund policy")}, ["2"])
    shelves.article("12", {"en": content("Secret plans", state="draft")}, ["2"])
    shelves.article("13", {"en": content("Plans of plans", state="draft")}, ["3"])
    return shelves


@pytest.fixture
def window():
    return Window()


@pytest.fixture
def writer(shelves, window):
    return Client(site(shelves, window=window))


def badges(tree, selector):
    return [
        (node.text().strip(), [badge.text() for badge in line.css(".badge")])
        for line in tree.css(selector)
        for node in line.css("b, h2")[:1]
    ]


# Drafts


def test_a_draft_stands_in_its_list_with_a_badge(writer):
    tree = page(writer, "/en/collections/2-refunds")
    assert badges(tree, ".list li") == [
        ("Get a refund", []),
        ("Refund policy", []),
        ("Secret plans", ["Draft"]),
    ]


def test_a_collection_that_holds_only_drafts_shows_with_a_badge(writer):
    assert badges(page(writer, "/en/"), ".card") == [("Billing", []), ("Later", ["Draft"])]
    assert page(writer, "/en/collections/3-later").css_first(".heading .badge-draft")
    assert not page(writer, "/en/collections/1-billing").css(".heading .badge")


def test_a_section_of_drafts_alone_has_a_badge(shelves, writer):
    shelves.tables["collection"][2]["parent_id"] = "1"
    (later, refunds) = page(writer, "/en/collections/1-billing").css(".section > h2")
    assert not refunds.css(".badge")
    assert later.css_first(".badge-draft").text() == "Draft"


def test_a_draft_is_found_with_a_badge(writer):
    tree = page(writer, "/en/search?q=plans")
    assert badges(tree, ".hits li") == [
        ("Plans of plans", ["Draft"]),
        ("Secret plans", ["Draft"]),
    ]


def test_the_page_of_a_draft_says_that_readers_do_not_see_it(writer):
    told = page(writer, "/en/articles/12-secret-plans").css_first(".standing")
    assert told.css_first(".badge.badge-draft").text() == "Draft"
    assert "Readers do not see this yet." in told.text()
    assert not page(writer, "/en/articles/10-get-a-refund").css(".standing")


def test_the_language_switch_says_which_language_is_a_draft(shelves, writer):
    shelves.article("14", {"en": content("Both"), "fr": content("Deux", state="draft")}, ["2"])
    switch = page(writer, "/en/articles/14-both").css(".switch a")
    found = {line.attributes["hreflang"]: line.css(".badge-draft") for line in switch}
    assert found["fr"]
    assert not found["en"]


def test_a_language_of_drafts_alone_is_offered(shelves, writer):
    shelves.article("14", {"ar": content("مسودة", state="draft")}, ["2"])
    switch = page(writer, "/en/").css(".switch a")
    assert [line.attributes["hreflang"] for line in switch] == ["en", "fr", "ar"]


def test_a_draft_without_a_word_is_nothing_yet(shelves, writer):
    shelves.article("14", {"en": content("", "", state="draft"), "fr": content("Deux")}, ["2"])
    shelves.article("15", {"en": content(" ", "<p>Words.</p>", state="draft")}, ["2"])
    page(writer, "/en/articles/14", 404)
    assert writer.get("/fr/articles/14-deux").status_code == 200


def test_a_schedule_shows_as_a_badge_with_its_day_in_the_language_it_is_for(shelves, writer):
    contents = {"en": content("On Monday", state="draft"), "fr": content("Lundi", state="draft")}
    shelves.article("14", contents, ["2"])
    day = {"default_locale": "en", "schedule": {"publish": NOVEMBER_20_2026}}
    shelves.tables["article"][-1] |= day
    told = page(writer, "/en/articles/14-on-monday").css_first(".standing")
    assert told.css_first(".badge.badge-scheduled").text() == "Scheduled"
    assert "November 20, 2026" in told.text()
    assert page(writer, "/fr/articles/14-lundi").css_first(".standing .badge").text() == "Draft"
    listed = page(writer, "/en/collections/2-refunds").css(".list .badge")
    assert [badge.text() for badge in listed] == ["Scheduled", "Draft"]


def test_readers_see_no_badge_whatever_a_row_says(shelves):
    shelves.tables["article"][0] |= {"default_locale": "en", "schedule": {"unpublish": 9}}
    reader = Client(site(shelves))
    for path in ("/en/", "/en/collections/1-billing", "/en/articles/10-get-a-refund"):
        assert not page(reader, path).css(".badge")


def test_a_window_that_wants_no_drafts_gets_none(shelves, window):
    window.drafts = False
    page(Client(site(shelves, window=window)), "/en/articles/12-secret-plans", 404)


# Order


def test_siblings_stand_as_the_window_says_and_the_others_behind_them(shelves, window, writer):
    shelves.article("14", {"en": content("Third")}, ["3"])
    window.places = {("article", "12"): 1, ("article", "11"): 2, ("collection", "3"): 5}
    assert titles(page(writer, "/en/"), ".card h2") == ["Later", "Billing"]
    listed = titles(page(writer, "/en/collections/1-billing"), ".section .list b")
    assert listed == ["Secret plans", "Refund policy", "Get a refund"]


def test_an_order_shows_at_once_though_nothing_was_written(window, writer):
    assert titles(page(writer, "/en/"), ".card h2") == ["Billing", "Later"]
    window.places = {("collection", "3"): 0}
    assert titles(page(writer, "/en/"), ".card h2") == ["Later", "Billing"]


def test_neighbours_follow_the_order_of_the_list(window, writer):
    window.places = {("article", "12"): -1}
    tree = page(writer, "/en/articles/10-get-a-refund")
    assert tree.css_first("a[rel=prev] b").text() == "Secret plans"
    assert tree.css_first("a[rel=next] b").text() == "Refund policy"


def test_sections_stand_as_the_window_says(shelves, window, writer):
    shelves.tables["collection"][2]["parent_id"] = "1"
    window.places = {("collection", "3"): 1, ("collection", "2"): 2}
    tree = page(writer, "/en/collections/1-billing")
    assert titles(tree, ".section > h2 > a") == ["Later", "Refunds"]


# Around the page


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/en/", Shown(kind="home", locale="en")),
        ("/fr/collections/2-remboursements", Shown(kind="collection", locale="fr", id="2")),
        ("/en/articles/11-refund-policy", Shown(kind="article", locale="en", id="11")),
        ("/fr/articles/11", Shown(kind="untranslated", locale="fr", id="11")),
        ("/ar/collections/2", Shown(kind="untranslated", locale="ar", id="2")),
        ("/en/search?q=x", Shown(kind="search", locale="en")),
        ("/fin/", Shown(kind="fin", locale="en")),
        ("/fin/5", Shown(kind="fin_page", locale="en", id="5")),
        ("/fr/nowhere", Shown(kind="lost", locale="fr")),
    ],
)
def test_every_page_asks_the_window_and_shows_what_it_says_as_it_is(
    shelves, window, writer, path, shown
):
    fin = {"id": "5", "title": "T", "html": "", "url": None, "locale": "en", "source_id": 3}
    shelves.tables["page"].append(fin)
    html = writer.get(path).text
    assert window.asked == [shown]
    head, _, rest = html.partition("</head>")
    assert head.rstrip().endswith('<link rel="host" href="/x">')
    above = f"<aside class=banner>{shown.kind}</aside>"
    assert rest.index("</header>") < rest.index(above) < rest.index('<main id="page-main"')
    assert rest.partition("</body>")[0].rstrip().endswith(f"<aside class=panel>{shown.id}</aside>")


def test_a_page_that_moved_keeps_the_question_it_was_asked_with(writer):
    reply = writer.get("/en/articles/10-its-old-title?panel=findings&tab=%2F")
    assert reply.headers["Location"] == "/en/articles/10-get-a-refund?panel=findings&tab=%2F"


def test_writers_find_what_only_fin_reads(shelves, writer):
    assert page(writer, "/en/").css_first("footer a[href='/fin/']")
    assert not page(Client(site(shelves)), "/en/").css("footer a[href='/fin/']")


# What is missing


def gap(reader, path):
    told = page(reader, path, 404).css_first(".gap")
    return " ".join(told.text().split()) if told else None


def test_a_missing_translation_says_what_is_missing_and_what_readers_get(writer):
    told = gap(writer, "/fr/articles/11")
    assert told.startswith("“Refund policy” has no text in Français (fr).")
    assert "Readers find this article neither in lists nor in search" in told
    assert "if the help center is set up so" in told


@pytest.mark.parametrize("path", ["/fr/articles/10", "/fr/collections/2"])
@pytest.mark.parametrize(("nameless", "name"), [(0, "Billing"), (1, "Refunds")])
def test_a_collection_without_a_name_is_told_as_the_reason(shelves, writer, path, nameless, name):
    shelves.tables["collection"][nameless]["names"].pop("fr")
    told = gap(writer, path)
    assert told.startswith(f"The collection “{name}” has no name in Français (fr). It hides there")


def test_the_reason_is_found_behind_collections_that_contain_each_other(shelves, writer):
    shelves.tables["collection"][0]["parent_id"] = "2"
    shelves.tables["collection"][2]["names"].pop("fr")
    shelves.tables["article"][0]["parent_ids"] = ["2", "3"]
    assert gap(writer, "/fr/articles/10").startswith("The collection “Later” has no name")


def test_readers_are_told_only_where_to_read_on(shelves):
    assert gap(Client(site(shelves)), "/fr/articles/11") is None
