"""Every address a page may hold gets a spelling that needs no server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.pages import site
from publisher.preview import folder
from publisher.preview.crawl import Crawl

BASE = "http://127.0.0.1:1"
HERE = "en/articles/101-refunds.html"
LETTERS = st.sampled_from([*"/\\.:%?#ae1 -\0\t\n[]@é", "en", "articles", "101", "..", "%2f", "cdn"])
PATHS = st.lists(LETTERS, max_size=12).map("".join)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory):
    center = HelpCenter(public_url=BASE, locales=("en", "fr"))
    with folder.opened(tmp_path_factory.mktemp("built") / "out") as place:
        crawl = Crawl(
            app=site(center), folder=place, base=BASE, is_ours=lambda kind, id: id == "101"
        )
        crawl.walk(["/en/", "/fr/"])
        yield crawl
    center.close()


@given(PATHS | st.text(max_size=20))
@example("/en/articles/101/../../../../etc/passwd")
@example("/en/articles/101-a:b")
@example("/%65n/")
@example("//[")
@example("%2f.")
@example("%2f]%2f")
def test_whatever_a_page_links_to_below_the_site_leads_to_a_file_that_was_written(crawl, rest):
    for start in ("/", BASE + "/", "/en/", "/cdn/"):
        address = start + rest
        if _as_browsers_read(address).startswith(("//", "/\\")):
            continue  # another host
        spelt = crawl.link(HERE, address)
        assert not spelt.startswith(("/", "\\", BASE)), address
        there = (Path(HERE).parent / unquote(urlsplit(spelt).path)).as_posix()
        assert crawl.folder.read(_inside(there)), address


def _as_browsers_read(address: str) -> str:
    """Without tabs and line breaks. Source: WHATWG, URL Standard, "URL parsing"."""
    return address.translate(dict.fromkeys(map(ord, "\t\n\r")))


ELSEWHERE = [
    "",
    "#fees",
    "?panel=diff",
    "https://example.com/a",
    "//example.com/a",
    "/\\example.com",
    "mailto:help@example.com",
    "tel:1",
    "a.html",
    "http://127.0.0.1:1234/a",
    "//[",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_an_address_elsewhere_stays_as_it_is(crawl, address):
    assert crawl.link(HERE, address) == address


@pytest.mark.parametrize("address", ["/en/", "http://127.0.0.1:1/en/", " /en/", "\t/e\nn/", "/EN/"])
def test_an_address_of_the_site_is_known_in_every_spelling(crawl, address):
    assert crawl.link(HERE, address) == "../index.html"


def test_an_anchor_stays_and_so_does_what_tells_the_version_of_a_file(crawl):
    assert crawl.link(HERE, "/fr/#plans") == "../../fr/index.html#plans"
    assert crawl.link(HERE, "/static/site.css?v=1") == "../../static/site.css?v=1"
    assert crawl.link(HERE, "/en/?panel=diff") == "../index.html"


def test_what_nobody_knows_leads_to_a_page_that_says_so_in_the_same_language(crawl):
    assert crawl.link(HERE, "/fr/articles/999-gone") == "../../fr/404.html"
    assert crawl.link(HERE, "/nowhere/at/all") == "../../404.html"


def _inside(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)
