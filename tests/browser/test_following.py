"""What a writer sees of a save: the open page changes where it differs, and stays where it is."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.texts import BROKEN, FILLER

REFUNDS = "en/billing/refunds.md"
NOT_FOUND = "Failed to load resource: the server responded with a status of 404"
SERVER_GONE = "Failed to load resource: net::ERR_"


def reading(page: Page, title: str = "Ask for a refund") -> Page:
    """Open an article, and mark its window with what a reload would lose."""
    page.goto(f"/en/search?q={title}")
    page.locator(".hits a", has_text=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.evaluate("window.marked = true")
    return page


def is_the_same(page: Page) -> bool:
    """Whether no reload happened since `reading`."""
    return page.evaluate("window.marked === true")


def top_of(page: Page, text: str) -> float:
    """Where in the window something stands."""
    box = page.get_by_text(text).bounding_box()
    assert box
    return box["y"]


def test_a_saved_text_is_on_the_open_page_without_a_reload(edited, at):
    page = reading(at(edited).open())
    edited.edit(REFUNDS, "You have 14 days.", "You have 30 days.")
    expect(page.locator(".body p").first).to_contain_text("You have 30 days.")
    expect(page.locator(".writer-bar-when")).to_have_text("Updated just now")
    expect(page.locator(".body h2")).to_have_count(3)
    assert is_the_same(page)


def test_what_is_read_stays_where_it_is_while_the_text_above_it_grows(edited, at):
    page = reading(at(edited).open())
    fold = page.locator(".body details", has_text="And on weekends?")
    fold.locator("summary").click()
    page.get_by_text("Paragraph 20 says").scroll_into_view_if_needed()
    before, scrolled = top_of(page, "Paragraph 20 says"), page.evaluate("window.scrollY")
    assert scrolled > 500

    grown = "".join(f"New paragraph {number} about the fees.\n\n" for number in range(12))
    edited.edit(REFUNDS, FILLER, grown + FILLER.replace("day 21,", "day twenty-one,"))

    expect(page.locator(".body")).to_contain_text("day twenty-one,")
    assert abs(top_of(page, "Paragraph 20 says") - before) <= 2
    assert page.evaluate("window.scrollY") > scrolled + 200
    expect(fold.get_by_text("Banks rest on weekends")).to_be_visible()
    assert is_the_same(page)


def test_a_broken_file_says_so_over_its_last_good_page_until_it_is_mended(edited, at):
    page = reading(at(edited).open())
    good = edited.path(REFUNDS).read_text(encoding="utf-8")
    edited.write({REFUNDS: BROKEN})
    banner = page.locator(".writer-banner")
    expect(banner).to_contain_text("This file cannot be shown as it is; this is its last good page")
    link = banner.get_by_role("link", name=f"content/{REFUNDS}:")
    expect(link).to_have_attribute("href", re.compile(rf"^vscode://file/.*/{REFUNDS}:\d+"))
    expect(page.locator(".writer-bar-badge")).to_have_text("last good page")
    expect(page.locator(".body")).to_contain_text("You have 14 days.")
    expect(page.locator(".body")).not_to_contain_text("Nobody can read this.")

    edited.write({"en/billing/invoices.md": "---\ntitle: Find an invoice\n---\n\nEvery week.\n"})
    beside = reading(page.context.new_page(), "Find an invoice")
    expect(beside.locator(".body")).to_have_text("Every week.")

    edited.write({REFUNDS: good.replace("14 days", "15 days")})
    expect(banner).to_have_count(0)
    expect(page.locator(".body")).to_contain_text("You have 15 days.")
    assert is_the_same(page)


def test_home_says_how_many_files_are_broken(edited, at):
    page = at(edited).open()
    edited.write({REFUNDS: BROKEN})
    expect(page.locator(".writer-banner")).to_contain_text("1 file cannot be shown as it is.")


def test_a_renamed_file_is_still_the_open_page(edited, at):
    page = reading(at(edited).open())
    expect(page.locator(".writer-bar-file")).to_have_text(REFUNDS)
    address = page.url
    for locale in ("en", "fr", "ar"):
        old = edited.path(f"{locale}/billing/refunds.md")
        old.rename(old.with_name("money-back.md"))
    expect(page.locator(".writer-bar-file")).to_have_text("en/billing/money-back.md")
    expect(page.locator(".body")).to_contain_text("You have 14 days.")
    assert page.url == address
    assert is_the_same(page)


def test_a_page_whose_address_changes_follows_it(edited, at):
    page = reading(at(edited).open())
    edited.edit(REFUNDS, "title: Ask for a refund", "title: Get your money back")
    expect(page).to_have_url(re.compile("-get-your-money-back$"))
    expect(page).to_have_title(re.compile("^Get your money back"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Get your money back")
    expect(page.locator(".trail [aria-current]")).to_have_text("Get your money back")
    assert is_the_same(page)


def test_an_article_in_another_folder_moves_to_another_collection(edited, at):
    page = reading(at(edited).open())
    for locale in ("en", "fr", "ar"):
        new = edited.path(f"{locale}/orders/refunds.md")
        new.parent.mkdir(exist_ok=True)
        edited.path(f"{locale}/billing/refunds.md").rename(new)
    expect(page.locator(".trail")).to_contain_text("Orders")
    assert is_the_same(page)


def test_a_deleted_file_is_gone_from_its_page_and_from_home(edited, at):
    browsing = at(edited)
    browsing.fine = (NOT_FOUND,)
    home, page = browsing.open(), reading(browsing.open(), "Find an invoice")
    card = home.locator(".card", has_text="Billing")
    expect(card).to_contain_text("2 articles")
    for locale in ("en", "fr"):
        edited.path(f"{locale}/billing/invoices.md").unlink()
    expect(card).to_contain_text("1 article")
    expect(page.locator("#page-main")).not_to_contain_text("Every month.")
    expect(page.locator("#writer-bar")).to_be_visible()
    assert is_the_same(page)


def test_a_new_article_appears_on_home_and_in_its_collection(edited, at):
    browsing = at(edited)
    home, collection = browsing.open(), browsing.open()
    collection.get_by_role("link", name="Orders").click()
    expect(collection.get_by_role("heading", level=1)).to_have_text("Orders")
    edited.write({"en/orders/gift.md": "---\ntitle: Send it as a gift\n---\n\nWith a card.\n"})
    expect(home.locator(".card", has_text="Orders")).to_contain_text("3 articles")
    collection.get_by_role("link", name="Send it as a gift").click()
    expect(collection.locator(".body")).to_have_text("With a card.")


def test_every_open_page_is_told(edited, at):
    browsing = at(edited)
    pages = [reading(browsing.open()) for _ in range(2)]
    pages.append(browsing.open("/fr/"))
    edited.edit(REFUNDS, "You have 14 days.", "You have 21 days.")
    edited.edit("fr/billing/_index.md", "title: Facturation", "title: Factures")
    for page in pages[:2]:
        expect(page.locator(".body")).to_contain_text("You have 21 days.")
        assert is_the_same(page)
    expect(pages[2].locator(".card h2").first).to_have_text("Factures")


def test_a_broken_link_is_marked_where_it_stands(edited, at):
    page = reading(at(edited).open())
    edited.edit(REFUNDS, "[invoices](invoices.md)", "[invoices](nowhere.md)")
    expect(page.locator(".writer-bar-count")).to_have_text("1 finding")
    mark = page.locator(".body .nowhere")
    expect(mark).to_contain_text("invoices")
    expect(mark).to_have_attribute("title", "nowhere.md leads nowhere")


def test_a_new_setting_opens_the_preview_anew_and_the_page_comes_back(edited, at):
    browsing = at(edited)
    browsing.fine = (SERVER_GONE,)
    page = reading(browsing.open())
    toml = edited.folder / "publisher.toml"
    toml.write_text(toml.read_text().replace('"vscode"', '"zed"'))
    expect(page.locator(".writer-bar-file")).to_have_attribute("href", re.compile("^zed:"))
    assert is_the_same(page)


def test_an_ended_preview_says_so_and_the_page_comes_back_with_the_next(edited, at):
    browsing = at(edited)
    browsing.fine = (SERVER_GONE,)
    page = reading(browsing.open())
    edited.stop()
    said = page.locator(".writer-bar-when")
    expect(said).to_contain_text("The preview has ended.")
    edited.edit(REFUNDS, "You have 14 days.", "You have 60 days.")
    edited.start()
    expect(page.locator(".body")).to_contain_text("You have 60 days.")
    expect(page.locator("#writer-bar")).not_to_have_class(re.compile("is-gone"))
    assert is_the_same(page)


def test_the_very_first_reload_after_a_save_is_right(edited, at):
    page = reading(at(edited).open())
    for days in (20, 40, 60):
        edited.edit(REFUNDS, "You have ", f"{days}: You have ")
        page.reload()
        assert f"{days}: You have" in page.locator(".body").inner_text()
