"""What readers do: they come, look around, search, change the language, on any screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def opened(page: Page, title: str) -> Page:
    """Follow a link of the page itself; wait for its page."""
    page.locator("#page-main").get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page


def address_of(page: Page, title: str, locale: str = "en") -> str:
    """The address of an article, found by searching for it."""
    page.goto(f"/{locale}/search?q={title}")
    return page.locator(".hits a", has_text=title).first.get_attribute("href") or ""


def brightness(page: Page, selector: str, what: str) -> float:
    """How bright a computed colour is, from 0 to 255."""
    return page.locator(selector).first.evaluate(
        """(node, what) => {
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.fillStyle = getComputedStyle(node)[what];
          canvas.fillRect(0, 0, 1, 1);
          const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
          return (red * 299 + green * 587 + blue * 114) / 1000;
        }""",
        what,
    )


def left_of(page: Page, selector: str) -> float:
    """Where in the window something begins."""
    return page.locator(selector).evaluate("node => node.getBoundingClientRect().left")


def test_from_home_to_a_collection_to_an_article_and_back(shown, at):
    page = at(shown).open("/")
    expect(page).to_have_url(re.compile("/en/$"))
    expect(page.locator(".card", has_text="Billing")).to_contain_text("2 articles")
    opened(page, "Billing")
    opened(page, "Ask for a refund")
    expect(page.locator(".contents")).to_contain_text("How long it takes")
    page.get_by_role("navigation", name="You are here").get_by_role("link", name="Billing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing")
    page.go_back()
    page.locator(".body").get_by_role("link", name="the fees").click()
    expect(page).to_have_url(re.compile("cancel-an-order#"))
    expect(page.get_by_role("heading", name="Fees")).to_be_in_viewport()


def test_search_finds_words_of_the_text_and_says_when_there_are_none(shown, at):
    page = at(shown).open()
    page.keyboard.press("/")
    page.keyboard.type("zebra")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 result for “zebra”")
    expect(page.locator(".hits mark")).to_have_text("zebra")
    expect(page.locator(".hits")).to_contain_text("Draft")
    field = page.get_by_role("searchbox")
    field.fill("unicorn")
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("unicorn")
    expect(page.locator(".hits")).to_have_count(0)
    expect(page.locator(".card").first).to_be_visible()


def test_another_language_stays_on_the_article(shown, at):
    page = at(shown).open()
    opened(opened(page, "Billing"), "Ask for a refund")
    page.locator(".switch summary").click()
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demander un remboursement")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_a_missing_translation_says_so_and_leads_to_those_that_are_there(shown, at):
    browsing = at(shown)
    browsing.fine = ("Failed to load resource: the server responded with a status of 404",)
    page = browsing.open()
    page.goto(address_of(page, "Find an invoice"))
    page.locator(".switch summary").click()
    switch = page.locator(".switch a[hreflang=ar]")
    expect(switch).to_have_class("missing")
    switch.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".gap")).to_contain_text("“Find an invoice” has no text in")
    page.locator("#page-main .list").get_by_role("link", name="Find an invoice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Find an invoice")


@pytest.mark.parametrize("address", ["/en/", "/ar/", "/en/search?q=refund", "/-/plan"])
def test_a_phone_shows_a_page_without_scrolling_sideways(shown, at, address):
    page = at(shown).open(address, **PHONE)
    expect(page.locator("#page-main")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("locale", "title"), [("en", "Ask for a refund"), ("ar", "طلب استرداد")])
def test_a_wide_table_scrolls_within_itself_on_a_phone(shown, at, locale, title):
    page = at(shown).open(**PHONE)
    page.goto(address_of(page, title, locale))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    frame = page.locator(".body table").first.locator("..")
    assert frame.evaluate("node => node.scrollWidth > node.clientWidth + 100")
    last = page.locator(".body td", has_text="Limit")
    expect(last).not_to_be_in_viewport()
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    assert page.evaluate("window.scrollX") == 0
    block = page.locator(".body pre")
    if block.count():
        assert block.evaluate("node => node.scrollWidth > node.clientWidth")


def test_a_page_can_be_looked_at_in_the_width_of_a_phone(shown, at):
    page = at(shown).open()
    page.get_by_role("link", name="Phone").click()
    frame = page.frame_locator(".writer-frame")
    expect(frame.locator(".card").first).to_be_visible()
    assert frame.locator("html").evaluate("node => node.clientWidth") == 390
    expect(frame.locator("#writer-bar")).to_be_hidden()
    frame.locator(".card a", has_text="Billing").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Billing")
    page.get_by_role("link", name="Desktop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing")


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_colours_follow_the_system(shown, at, scheme, dark):
    page = at(shown).open(color_scheme=scheme)
    page.goto(address_of(page, "Ask for a refund"))
    for selector in ("body", "#writer-bar"):
        assert (brightness(page, selector, "backgroundColor") < 80) is dark
    for selector in ("h1", ".body p", ".body td", ".writer-bar-file"):
        assert (brightness(page, selector, "color") > 140) is dark
    page.goto("/-/plan")
    assert (brightness(page, "body", "backgroundColor") < 80) is dark


def test_a_language_from_the_right_mirrors_the_page_but_not_the_writer_s_bar(shown, at):
    page = at(shown).open()
    page.goto(address_of(page, "طلب استرداد", "ar"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    middle = 1280 / 2
    assert left_of(page, ".switch") < middle < left_of(page, ".brand")
    assert left_of(page, "aside.contents") < left_of(page, ".body")
    item = page.locator(".body li").first
    assert item.evaluate("node => getComputedStyle(node.parentElement).paddingRight") != "0px"
    expect(page.locator("#writer-bar")).to_have_css("direction", "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_a_fold_and_a_video_open_only_when_somebody_wants_them(shown, at):
    page = at(shown).open()
    page.goto(address_of(page, "Ask for a refund"))
    fold = page.locator(".body details", has_text="And on weekends?")
    expect(fold.get_by_text("Banks rest")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.get_by_text("Banks rest")).to_be_visible()
    expect(page.locator(".body iframe")).to_be_hidden()


def test_everything_can_be_reached_without_a_mouse(shown, at):
    page = at(shown).open()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#page-main")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing")


def test_what_is_only_for_fin_has_its_own_pages(shown, at):
    page = at(shown).open()
    page.get_by_role("link", name="Content for Fin").click()
    page.get_by_role("link", name="Facts for Fin").click()
    expect(page.locator("#page-main")).to_contain_text("We have 40 colleagues.")


def test_a_name_that_somebody_else_pointed_here_is_refused(shown, at):
    browsing = at(shown)
    browsing.fine = (
        "Failed to load resource: the server responded with a status of 421",
        "The Cross-Origin-Opener-Policy header has been ignored",
    )
    page = browsing.open()
    answer = page.goto(f"http://rebound.example:{shown.port}/en/")
    assert answer
    assert answer.status == 421
    expect(page.locator("body")).not_to_contain_text("Billing")
    expect(page.locator("body")).to_contain_text("answers only to its own address")
