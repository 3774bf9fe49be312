"""The public site, through its door: rows in, pages out."""

from __future__ import annotations

import itertools
import re
from copy import deepcopy

import pytest
from selectolax.lexbor import LexborHTMLParser
from werkzeug.test import Client

from publisher.helpcenter.pages import site
from publisher.helpcenter.reader import words

PUBLIC_URL = "https://help.acme.test"
NOVEMBER_20_2026 = 1795132800


class Shelves:
    """A help center small enough to see through: what the site may ask for, and nothing else."""

    def __init__(self):
        self.settings = {
            "name": "Acme Help",
            "identifier": "acme",
            "default_locale": "en",
            "locales": ["en", "fr", "ar", "pt-BR"],
            "public_url": PUBLIC_URL,
            "workspace_id": "w1",
        }
        self.epoch = 1
        self.asked = []
        self.images = {}
        admins = [{"id": "7", "name": "Ana Ruiz", "email": "ana@acme.test"}]
        self.tables = {kind: [] for kind in ("collection", "article", "page", "source")}
        self.tables["admin"] = admins

    def rows(self, kind):
        self.asked.append(kind)
        return deepcopy(self.tables[kind])

    def row(self, kind, id):
        self.asked.append(kind)
        return next((deepcopy(row) for row in self.tables[kind] if row["id"] == id), None)

    def changed(self, kind, since):
        return {str(row["id"]): row for row in self.rows(kind)}

    def image(self, path):
        return self.images.get(path)

    def collection(self, id, names, parent=None, **rest):
        row = {"id": id, "parent_id": parent, "icon": "book", "order": 0, "names": names}
        row |= {"descriptions": {}, "help_center_id": 1} | rest
        self.tables["collection"].append(row)
        self.epoch += 1

    def article(self, id, contents, parents=()):
        row = {"id": id, "parent_ids": list(parents), "author_id": "7", "contents": contents}
        self.tables["article"].append(row)
        self.epoch += 1


def content(title, body="<p>Words.</p>", state="published", description=""):
    return {
        "title": title,
        "description": description,
        "body": body,
        "state": state,
        "author_id": "7",
        "created_at": NOVEMBER_20_2026,
        "updated_at": NOVEMBER_20_2026,
    }


@pytest.fixture
def shelves():
    shelves = Shelves()
    shelves.collection("1", {"en": "Billing", "fr": "Facturation"})
    shelves.collection("2", {"en": "Refunds", "fr": "Remboursements"}, parent="1")
    shelves.collection("3", {"en": "Nothing here yet"})
    shelves.article("10", {"en": content("Get a refund"), "fr": content("Obtenir")}, ["2"])
    shelves.article("11", {"en": content("Refund policy")}, ["2"])
    shelves.article("12", {"en": content("Secret plans", state="draft")}, ["2"])
    shelves.article("13", {"en": content("A loose leaf")})
    return shelves


@pytest.fixture
def reader(shelves):
    return Client(site(shelves))


def page(reader, path, status=200):
    reply = reader.get(path)
    assert reply.status_code == status, (path, reply.status, reply.headers.get("Location"))
    return LexborHTMLParser(reply.text)


def body_of(reader, shelves, html):
    shelves.article("50", {"en": content("Sample", html)}, ["2"])
    return page(reader, "/en/articles/50-sample").css_first(".body")


def titles(tree, selector):
    return [node.text().strip() for node in tree.css(selector)]


# Addresses


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("/", "/en/"),
        ("/en", "/en/"),
        ("/pt-br/search?q=x", "/pt-BR/search?q=x"),
        ("/en/articles/10", "/en/articles/10-get-a-refund"),
        ("/en/articles/10-its-old-title", "/en/articles/10-get-a-refund"),
        ("/fr/articles/10-get-a-refund", "/fr/articles/10-obtenir"),
        ("/en/collections/2-returns", "/en/collections/2-refunds"),
    ],
)
def test_an_old_or_short_address_leads_to_the_right_one(reader, typed, right):
    reply = reader.get(typed)
    assert reply.status_code in (302, 308)
    assert reply.headers["Location"].removeprefix("http://localhost") == right
    assert reader.get(right).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/xx/", "/en/articles/99", "/en/articles/x", "/en/collections/99", "/en/nowhere", "/fin/9"],
)
def test_an_unknown_address_is_a_page_that_says_so(reader, path):
    assert page(reader, path, 404).css_first("h1").text() == "This page is not here"


def test_the_404_page_speaks_the_language_of_its_address(reader):
    assert "introuvable" in page(reader, "/fr/articles/99", 404).css_first("h1").text()


def test_the_site_can_only_be_read(reader):
    assert reader.post("/en/").status_code == 405


# What shows, and where


def test_home_shows_collections_as_cards_with_count_and_people(reader):
    (card,) = page(reader, "/en/").css(".card")
    assert card.css_first("h2").text() == "Billing"
    assert "2 articles" in card.text()
    assert "Ana Ruiz" in card.text()


def test_an_empty_collection_is_not_on_the_home_page(reader):
    assert "Nothing here yet" not in page(reader, "/en/").text()


def test_a_collection_lists_its_sections_with_their_articles(reader):
    tree = page(reader, "/en/collections/1-billing")
    assert titles(tree, ".section h2") == ["Refunds"]
    assert titles(tree, ".section .list b") == ["Get a refund", "Refund policy"]


@pytest.mark.parametrize("path", ["/en/", "/en/collections/1-billing", "/en/search?q=secret"])
def test_a_draft_is_listed_nowhere(reader, path):
    assert "Secret plans" not in page(reader, path).css_first("main").text()


def test_a_draft_has_no_address(reader):
    assert "Secret" not in page(reader, "/en/articles/12-secret-plans", 404).html


def test_a_published_article_without_a_collection_is_reachable_but_unlisted(reader):
    tree = page(reader, "/en/articles/13-a-loose-leaf")
    assert tree.css_first("meta[name=robots]").attributes["content"] == "noindex"
    assert "loose" not in page(reader, "/en/").text()
    assert not page(reader, "/en/search?q=loose").css(".hits li")


def test_a_collection_without_a_name_hides_with_all_its_articles(shelves, reader):
    shelves.tables["collection"][1]["names"].pop("fr")
    shelves.epoch += 1
    assert not page(reader, "/fr/").css(".card")
    page(reader, "/fr/collections/2", 404)
    page(reader, "/fr/articles/10", 404)
    assert reader.get("/en/articles/10-get-a-refund").status_code == 200


def test_a_section_hides_with_the_collection_above_it(shelves, reader):
    shelves.tables["collection"][0]["names"].pop("fr")
    shelves.epoch += 1
    page(reader, "/fr/collections/2", 404)
    page(reader, "/fr/articles/10", 404)


def test_collections_that_contain_each_other_do_not_hang_the_site(shelves, reader):
    shelves.tables["collection"][0]["parent_id"] = "2"
    shelves.epoch += 1
    assert not page(reader, "/en/").css(".card")


def test_collections_stand_in_their_order(shelves, reader):
    shelves.collection("4", {"en": "Later"}, order=2)
    shelves.collection("5", {"en": "Sooner"}, order=1)
    shelves.article("14", {"en": content("One")}, ["4"])
    shelves.article("15", {"en": content("Two")}, ["5"])
    assert titles(page(reader, "/en/"), ".card h2") == ["Billing", "Sooner", "Later"]


# An article


def test_an_article_says_where_it_stands_who_wrote_it_and_when(reader):
    tree = page(reader, "/en/articles/10-get-a-refund")
    trail = titles(tree, ".trail li")
    assert trail == ["All collections", "Billing", "Refunds", "Get a refund"]
    assert "Written by Ana Ruiz" in tree.css_first(".byline").text()
    assert tree.css_first("time").text() == "Updated November 20, 2026"
    assert tree.css_first("time").attributes["datetime"] == "2026-11-20"


def test_an_article_leads_to_its_neighbours(reader):
    first = page(reader, "/en/articles/10-get-a-refund")
    last = page(reader, "/en/articles/11-refund-policy")
    assert not first.css("a[rel=prev]")
    assert first.css_first("a[rel=next]").attributes["href"] == "/en/articles/11-refund-policy"
    assert last.css_first("a[rel=prev]").attributes["href"] == "/en/articles/10-get-a-refund"
    assert not last.css("a[rel=next]")


def test_the_question_below_an_article_cannot_be_answered_here(reader):
    form = page(reader, "/en/articles/10-get-a-refund").css_first(".answered")
    assert "disabled" in form.attributes


def test_headings_go_below_the_title_without_gaps_and_keep_their_ids(shelves, reader):
    html = '<h1 id="h_1">A</h1><h4 id="h_2">B</h4><h1 id="h_3">C</h1><h3 id="h_4">D <b>e</b></h3>'
    body = body_of(reader, shelves, html)
    found = [(node.tag, node.attributes["id"]) for node in body.css("h1, h2, h3, h4, h5, h6")]
    assert found == [("h2", "h_1"), ("h3", "h_2"), ("h2", "h_3"), ("h3", "h_4")]


def test_the_table_of_contents_names_headings_but_not_folded_titles(shelves, reader):
    fold = '<details><summary><h2 id="h_9">Fold</h2></summary><div>x</div></details>'
    body_of(reader, shelves, f'<h1 id="h_1">A &amp; B</h1>{fold}<h2 id="h_2">C</h2>')
    links = page(reader, "/en/articles/50-sample").css("aside.contents a")
    assert [(a.text(), a.attributes["href"]) for a in links] == [("A & B", "#h_1"), ("C", "#h_2")]


def test_an_article_with_one_heading_has_no_table_of_contents(shelves, reader):
    body_of(reader, shelves, '<h1 id="h_1">A</h1>')
    assert not page(reader, "/en/articles/50-sample").css(".contents")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (f"{PUBLIC_URL}/en/articles/10-get-a-refund#h_1", "/en/articles/10-get-a-refund#h_1"),
        (PUBLIC_URL, "/"),
        (f"{PUBLIC_URL}#top", "/#top"),
        (f"{PUBLIC_URL}.evil.test/", f"{PUBLIC_URL}.evil.test/"),
        ("https://example.com/a?b=1&amp;c=2", "https://example.com/a?b=1&c=2"),
        ("#h_1", "#h_1"),
    ],
)
def test_own_links_become_paths_and_others_stay(shelves, reader, stored, shown):
    link = body_of(reader, shelves, f'<p><a href="{stored}" target="_blank">x</a></p>')
    a = link.css_first("a")
    assert a.attributes["href"] == shown
    assert ("target" in a.attributes) is shown.startswith("https:")


def test_an_image_on_the_cdn_is_shown_through_our_own_address(shelves, reader):
    src = "https://downloads.intercomcdn.com/i/o/1/a%20b.png?expires=1&amp;signature=x"
    image = body_of(reader, shelves, f'<div><img src="{src}"></div>').css_first("img")
    assert image.attributes["src"] == "/cdn/i/o/1/a%2520b.png"
    assert image.attributes["alt"] == ""
    shelves.images["/i/o/1/a%20b.png"] = (b"png", "image/png")
    assert reader.get(image.attributes["src"]).data == b"png"


def test_a_callout_keeps_its_colours_and_repeats_them_for_the_dark(shelves, reader):
    style = "background-color: #e3e7fa80; border-color: #334bfa33;"
    html = f'<div class="intercom-interblocks-callout" style="{style}"><p>Hi</p></div>'
    callout = body_of(reader, shelves, html).css_first(".intercom-interblocks-callout")
    assert callout.attributes["style"] == f"{style} --tint: #e3e7fa80; --edge: #334bfa33;"


@pytest.mark.parametrize(
    "foreign",
    [
        "<script>alert(1)</script>",
        '<meta http-equiv="refresh" content="0; url=https://evil.test">',
        "<style>body { display: none }</style>",
        '<base href="https://evil.test">',
        '<form action="https://evil.test"><input name="password"></form>',
    ],
)
def test_what_would_act_on_the_page_is_shown_as_text_instead(shelves, reader, foreign):
    body = body_of(reader, shelves, f"{foreign}<p>after</p>")
    tag = re.match(r"<(\w+)", foreign)[1]
    assert not body.css(tag)
    assert f"<{tag}" in body.text()


def test_unbalanced_html_cannot_leave_the_body(shelves, reader):
    body_of(reader, shelves, "</div></div></article></main><b>x")
    tree = page(reader, "/en/articles/50-sample")
    assert tree.css_first("main article .body b").text() == "x"
    assert not tree.css("footer b")


def test_titles_and_names_are_escaped(shelves, reader):
    shelves.settings["name"] = "<i>Acme</i>"
    shelves.article("51", {"en": content("<b>Bold</b>", description="<u>d</u>")}, ["2"])
    for path in ("/en/articles/51-b-bold-b", "/en/collections/2-refunds", "/en/search?q=bold"):
        html = reader.get(path).text
        assert "<b>Bold" not in html
        assert "<i>Acme" not in html
        assert "<u>d" not in html


# Languages


def test_the_language_switch_stays_on_the_article_and_says_what_is_missing(reader):
    switch = page(reader, "/en/articles/10-get-a-refund").css(".switch a")
    found = {a.attributes["hreflang"]: (a.attributes["href"], a.text()) for a in switch}
    assert found["fr"][0] == "/fr/articles/10-obtenir"
    assert "not available" not in found["fr"][1]
    switch = page(reader, "/en/articles/11-refund-policy").css(".switch a")
    found = {a.attributes["hreflang"]: (a.attributes["href"], a.text()) for a in switch}
    assert found["fr"][0] == "/fr/articles/11"
    assert "not available" in found["fr"][1]


def test_languages_without_anything_published_are_not_offered(shelves, reader):
    def offered(path):
        return [a.attributes["hreflang"] for a in page(reader, path).css(".switch a")]

    shelves.article("40", {"pt-BR": content("Rascunho", state="draft")}, ["2"])
    assert offered("/en/") == ["en", "fr"]
    assert offered("/ar/") == ["en", "fr", "ar"]


def test_a_missing_translation_offers_the_languages_there_are(reader):
    tree = page(reader, "/fr/articles/11", 404)
    assert tree.css_first("h1").text() == "Pas encore disponible en français"
    (offer,) = tree.css(".list a")
    assert offer.attributes["href"] == "/en/articles/11-refund-policy"


def test_a_missing_collection_offers_the_languages_there_are(reader):
    (offer,) = page(reader, "/fr/collections/3", 404).css(".list a")
    assert offer.attributes["href"] == "/en/collections/3-nothing-here-yet"


def test_a_search_stays_the_same_search_in_another_language(reader):
    switch = page(reader, "/en/search?q=a%26b").css(".switch a")
    assert "/fr/search?q=a%26b" in [a.attributes["href"] for a in switch]


def test_arabic_is_laid_out_from_the_right(reader):
    html = page(reader, "/ar/").css_first("html").attributes
    assert (html["lang"], html["dir"]) == ("ar", "rtl")
    assert page(reader, "/fr/").css_first("html").attributes["dir"] == "ltr"


def test_the_site_has_the_same_words_in_every_language_it_speaks():
    english = words.words_of("en")
    for locale in ("fr", "de", "es", "pt-BR", "ja", "ar", "he"):
        spoken = words.words_of(locale)
        assert spoken is not english
        assert spoken.keys() == english.keys()
        for name, text in spoken.items():
            fields = set(re.findall(r"{\w+}", text))
            assert fields == set(re.findall(r"{\w+}", english[name])) - {"{language}"}, name
        assert len(spoken["months"].split()) == 12


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", "November 20, 2026"),
        ("de", "20. November 2026"),
        ("pt", "20 de novembro de 2026"),
        ("ja", "2026年11月20日"),
        ("ar", "20 نوفمبر 2026"),
        ("he", "20 בנובמבר 2026"),
        ("ko", "November 20, 2026"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(locale, written):
    assert words.date(locale, NOVEMBER_20_2026) == written


# Search


def found(reader, query, locale="en"):
    return titles(page(reader, f"/{locale}/search?q={query}"), ".hits h2")


def test_a_title_counts_more_than_a_body(shelves, reader):
    shelves.article("20", {"en": content("Zebras", "<p>policy policy policy policy</p>")}, ["2"])
    assert found(reader, "policy") == ["Refund policy", "Zebras"]


def test_all_words_must_occur_unless_no_article_has_them_all(reader):
    assert found(reader, "refund+policy") == ["Refund policy"]
    assert found(reader, "policy+unicorn") == ["Refund policy"]
    assert found(reader, "unicorn") == []


def test_search_ignores_case_and_accents_and_marks_the_text_as_it_is_written(shelves, reader):
    shelves.article("21", {"en": content("Notes", "<p>Your RÉSUMÉ &amp; more</p>")}, ["2"])
    tree = page(reader, "/en/search?q=resume")
    assert titles(tree, ".hits h2") == ["Notes"]
    assert titles(tree, ".hits mark") == ["RÉSUMÉ"]


def test_search_finds_words_in_a_language_without_spaces(shelves, reader):
    shelves.article("22", {"en": content("返金をリクエストする方法")}, ["2"])
    assert found(reader, "リクエスト") == ["返金をリクエストする方法"]


def test_an_excerpt_shows_the_place_of_the_word(shelves, reader):
    body = f"<p>{'before ' * 100}needle{' after' * 100}</p>"
    shelves.article("23", {"en": content("Haystack", body)}, ["2"])
    excerpt = page(reader, "/en/search?q=needle").css_first(".hits p").text()
    assert excerpt.startswith("… before")
    assert "before needle after" in excerpt
    assert excerpt.endswith("after …")
    assert len(excerpt) < 220


def test_words_of_neighbouring_blocks_do_not_run_together(shelves, reader):
    shelves.article("24", {"en": content("Cells", "<td>one</td><td>two</td>")}, ["2"])
    assert found(reader, "onetwo") == []


def test_a_query_cannot_bring_html_into_the_page(reader):
    html = reader.get("/en/search?q=<script>alert(1)</script>").text
    assert "<script>alert" not in html


@pytest.mark.parametrize("query", ["", "+", "%2E%2A%5B", "%00", "x" * 3000])
def test_no_query_is_too_strange_to_answer(reader, query):
    assert found(reader, query) == []


# Images, Fin, headers


def test_an_image_is_served_with_its_type_and_can_run_nothing(shelves, reader):
    shelves.images["/i/o/1/a.svg"] = (b"<svg/>", "image/svg+xml")
    reply = reader.get("/cdn/i/o/1/a.svg")
    assert (reply.data, reply.mimetype) == (b"<svg/>", "image/svg+xml")
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_what_is_no_image_is_offered_for_download(shelves, reader):
    shelves.images["/i/o/1/a.html"] = (b"<script>", "text/html")
    assert reader.get("/cdn/i/o/1/a.html").headers["Content-Disposition"] == "attachment"


def test_an_image_without_bytes_leads_to_where_it_came_from(shelves, reader):
    shelves.images["/i/o/1/a.png"] = "https://example.com/a.png"
    assert reader.get("/cdn/i/o/1/a.png").headers["Location"] == "https://example.com/a.png"
    shelves.images["/i/o/1/b.png"] = "javascript:alert(1)"
    assert reader.get("/cdn/i/o/1/b.png").status_code == 404
    assert reader.get("/cdn/i/o/1/c.png").status_code == 404


def test_pages_for_fin_are_listed_as_such_and_shown_as_plain_text(shelves, reader):
    html = "<html><body><h1>Policy</h1><p>Up to <b>100</b> EUR.</p></body></html>"
    row = {"id": "5", "title": "Limits", "html": html, "url": None, "locale": "fr", "source_id": 3}
    shelves.tables["source"].append({"id": 3, "url": "https://wiki.acme.test", "status": "active"})
    shelves.tables["page"].append(row)
    listing = page(reader, "/fin/").css_first("main").text()
    for told in ("Only Fin reads these", "https://wiki.acme.test", "Limits", "Français"):
        assert told in listing
    assert page(reader, "/fin/5").css_first(".plain").text() == "Policy\nUp to 100 EUR."
    assert "Limits" not in page(reader, "/fr/search?q=limits").css_first("main").text()


@pytest.mark.parametrize("path", ["/en/", "/en/articles/10-get-a-refund", "/en/nowhere", "/fin/"])
def test_a_page_allows_no_script_but_our_own(reader, path):
    reply = reader.get(path)
    policy = dict(
        rule.split(None, 1) for rule in reply.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert "player.vimeo.com" in policy["frame-src"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script(?! src=\"/static/)|<style| on\w+=", reply.text)


@pytest.mark.parametrize("name", ["site.css", "site.js", "icons.svg", "icon.svg"])
def test_the_site_brings_what_it_needs_and_asks_nobody_else(reader, name):
    reply = reader.get(f"/static/{name}")
    assert reply.status_code == 200
    outside = set(re.findall(r"https?://[^\"'\s)]+", reply.text))
    assert outside <= {"http://www.w3.org/2000/svg"}


def test_every_icon_a_page_names_is_drawn(reader):
    drawn = set(re.findall(r'symbol id="(\w+)"', reader.get("/static/icons.svg").text))
    paths = ("/en/", "/en/collections/1-billing", "/en/articles/10-get-a-refund", "/fin/")
    named = {
        name for path in paths for name in re.findall(r"icons\.svg#(\w+)", reader.get(path).text)
    }
    assert named
    assert named <= drawn


def test_a_file_outside_the_static_folder_cannot_be_reached(reader):
    assert reader.get("/static/..%2Fpages.py").status_code == 404


# People who do not see, or use no mouse


@pytest.mark.parametrize(
    "path",
    ["/en/", "/en/collections/1-billing", "/en/articles/10-get-a-refund", "/en/search?q=refund"],
)
def test_a_page_has_landmarks_one_title_and_headings_in_order(reader, path):
    tree = page(reader, path)
    for landmark in ("header", "main", "footer", "form[role=search]", "a.skip[href='#page-main']"):
        assert tree.css(landmark), landmark
    levels = [int(node.tag[1]) for node in tree.css("h1, h2, h3, h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


# Speed


def test_a_page_is_built_from_what_is_kept_until_something_changes(shelves, reader):
    page(reader, "/en/articles/10-get-a-refund")
    shelves.asked.clear()
    page(reader, "/en/articles/10-get-a-refund")
    page(reader, "/en/")
    assert shelves.asked == []
    shelves.tables["article"][0]["contents"]["en"]["title"] = "Get your money back"
    shelves.epoch += 1
    assert reader.get("/en/articles/10").headers["Location"].endswith("10-get-your-money-back")


def test_a_browser_is_told_when_nothing_changed(shelves, reader):
    etag = reader.get("/en/").headers["ETag"]
    assert reader.get("/en/", headers={"If-None-Match": etag}).status_code == 304
    shelves.collection("6", {"en": "New"})
    shelves.article("30", {"en": content("In it")}, ["6"])
    assert reader.get("/en/", headers={"If-None-Match": etag}).status_code == 200
