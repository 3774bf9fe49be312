"""The public site over the embedded help center: what the API is told, readers see."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser
from werkzeug.test import Client

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.reader.body import prepare

PNG = b"\x89PNG\r\n"
PUBLIC = "http://127.0.0.1:8010"


@pytest.fixture
def helpcenter():
    known = {"https://cdn.test/a b.png": PNG}
    helpcenter = HelpCenter(asset_lookup=known.get, public_url=PUBLIC)
    yield helpcenter
    helpcenter.close()


@pytest.fixture
def browser(helpcenter):
    return Client(helpcenter)


@pytest.fixture
def api(browser):
    headers = {
        "Authorization": "Bearer any",
        "Accept": "application/json",
        "Intercom-Version": "2.12",
    }

    def send(method, path, **body):
        reply = browser.open(path, method=method, json=body, headers=headers)
        assert reply.status_code == 200, reply.text
        return reply.json

    return send


@pytest.fixture
def refunds(api, helpcenter):
    shelf = api("POST", "/help_center/collections", name="Billing")
    return api(
        "POST",
        "/articles",
        title="Refunds über alles",
        body=f'<h2>When</h2><p><a href="{PUBLIC}/en/articles/9">x</a></p>'
        '<img src="https://cdn.test/a b.png" alt="A screen">'
        '<div class="intercom-interblocks-callout"'
        ' style="background-color: #e3e7fa80; border-color: #334bfa33;"><p>Note</p></div>',
        author_id=int(helpcenter.rows("admin")[0]["id"]),
        state="published",
        parent_id=int(shelf["id"]),
        parent_type="collection",
    )


def path_of(article):
    return article["url"].removeprefix(PUBLIC)


def page(browser, path, status=200):
    reply = browser.get(path)
    assert reply.status_code == status, reply.status
    return LexborHTMLParser(reply.text)


def test_the_address_the_api_tells_is_where_the_article_is(browser, refunds):
    tree = page(browser, path_of(refunds))
    assert tree.css_first("h1").text() == "Refunds über alles"
    assert tree.css_first(".byline").text().split()[:4] == ["AW", "Written", "by", "Ada"]
    assert tree.css_first("nav.trail").text().split()[2] == "Billing"


def test_an_article_looks_the_same_with_its_kept_body(browser, refunds):
    body = page(browser, path_of(refunds)).css_first(".body")
    assert body.css_first("h2").text() == "When"
    assert body.css_first("a").attributes["href"] == "/en/articles/9"
    callout = body.css_first(".intercom-interblocks-callout")
    assert "--tint: #e3e7fa80" in callout.attributes["style"]


def test_an_image_that_was_copied_is_served_from_the_help_center(browser, refunds):
    image = page(browser, path_of(refunds)).css_first(".body img")
    reply = browser.get(image.attributes["src"])
    assert (reply.data, reply.mimetype) == (PNG, "image/png")


def test_what_the_api_changes_readers_see_at_once(browser, api, refunds):
    old = path_of(refunds)
    page(browser, old)
    api("PUT", f"/articles/{refunds['id']}", title="Money back")
    assert browser.get(old).headers["Location"].endswith("-money-back")
    api("PUT", f"/articles/{refunds['id']}", state="draft")
    page(browser, old, 404)
    assert not page(browser, "/en/").css(".card")


def test_a_translation_shows_once_its_collection_has_a_name_there(browser, api, refunds):
    french = {"title": "Remboursements", "body": "<p>Oui</p>", "state": "published"}
    api("PUT", f"/articles/{refunds['id']}", translated_content={"fr": french})
    page(browser, f"/fr/articles/{refunds['id']}", 404)
    shelf = api("GET", "/help_center/collections")["data"][0]["id"]
    name = {"fr": {"name": "Facturation"}}
    api("PUT", f"/help_center/collections/{shelf}", name="Billing", translated_content=name)
    assert "Oui" in page(browser, f"/fr/articles/{refunds['id']}-remboursements").text()


def test_external_pages_are_shown_as_what_fin_reads(browser, helpcenter):
    source = helpcenter.create_by_hand("source", url="https://wiki.acme.test")
    id_ = helpcenter.create_by_hand(
        "page", title="Limits", html="<p>100 EUR</p>", source=source, external_id="limits"
    )
    assert "https://wiki.acme.test" in page(browser, "/fin/").css_first("main").text()
    assert page(browser, f"/fin/{id_}").css_first(".plain").text() == "100 EUR"


def test_links_between_articles_lead_on_whatever_port_the_site_is_served_today():
    stored = '<p><a href="http://127.0.0.1:8010/en/articles/7-refunds#h_1">Refunds</a></p>'
    shown = prepare(stored, "http://127.0.0.1:9000").html
    assert 'href="/en/articles/7-refunds#h_1"' in shown
    elsewhere = prepare(stored, "https://help.example.com").html
    assert 'href="http://127.0.0.1:8010/en/articles/7-refunds#h_1"' in elsewhere
