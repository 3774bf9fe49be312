"""For everybody: axe-core finds nothing serious on any kind of page, in either colour scheme."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.texts import BROKEN

SERIOUS = ("serious", "critical")
AXE = Axe()
NOT_FOUND = "Failed to load resource: the server responded with a status of 404"


def found(page: Page) -> list[str]:
    """What axe-core holds for serious in the light and in the dark, and where."""
    wrong = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wrong += [f"{scheme}: {each}" for each in _found(page)]
    return wrong


def _found(page: Page) -> list[str]:
    violations = AXE.run(page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['html'][:160]} | {node['failureSummary'][:300]}"
        for each in violations
        if each["impact"] in SERIOUS
        for node in each["nodes"][:4]
    ]


def reading(page: Page, title: str = "Ask for a refund", locale: str = "en") -> None:
    page.goto(f"/{locale}/search?q={title}")
    page.locator(".hits a", has_text=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def home(page: Page) -> None:
    expect(page.locator(".card").first).to_be_visible()


def collection(page: Page) -> None:
    page.get_by_role("link", name="Orders").click()
    expect(page.locator(".section")).to_be_visible()


def article(page: Page) -> None:
    reading(page)


def article_from_the_right(page: Page) -> None:
    reading(page, "طلب استرداد", "ar")


def draft(page: Page) -> None:
    reading(page, "Where is my parcel")


def search(page: Page) -> None:
    page.goto("/en/search?q=refund")
    expect(page.locator(".hits mark").first).to_be_visible()


def search_in_vain(page: Page) -> None:
    page.goto("/en/search?q=unicorn")
    expect(page.locator(".card").first).to_be_visible()


def untranslated(page: Page) -> None:
    reading(page, "Find an invoice")
    page.locator(".switch summary").click()
    page.locator(".switch a[hreflang=ar]").click()
    expect(page.locator(".gap")).to_be_visible()


def lost(page: Page) -> None:
    page.goto("/en/articles/999")
    expect(page.locator("#page-main h1")).to_be_visible()


def language_menu(page: Page) -> None:
    page.locator(".switch summary").click()
    expect(page.locator(".switch a").first).to_be_visible()


def plan(page: Page) -> None:
    page.goto("/-/plan")
    expect(page.locator(".change").first).to_be_visible()
    page.locator(".change summary").first.click()


def fin(page: Page) -> None:
    page.goto("/fin/")
    expect(page.get_by_role("link", name="Facts for Fin")).to_be_visible()


def framed(page: Page) -> None:
    page.goto("/-/frame?width=390&to=/en/")
    expect(page.frame_locator(".writer-frame").locator(".card").first).to_be_visible()


PAGES = (
    *(home, collection, article, article_from_the_right, draft, search, search_in_vain),
    *(untranslated, lost, language_menu, plan, fin, framed),
)


@pytest.mark.parametrize("go", PAGES, ids=lambda go: go.__name__)
def test_a_page_is_for_everybody(shown, at, go):
    browsing = at(shown)
    browsing.fine = (NOT_FOUND,)
    page = browsing.open()
    go(page)
    assert found(page) == []


@pytest.mark.parametrize("tab", ["findings", "diff", "locales", "fin", "source"])
def test_an_open_panel_is_for_everybody(shown, at, tab):
    page = at(shown).open()
    reading(page, "Demander un remboursement", "fr")
    page.goto(f"{page.url}?panel={tab}")
    expect(page.locator(f"#writer-panel section[data-tab={tab}]")).to_be_visible()
    assert found(page) == []


def test_the_pages_of_work_in_progress_are_for_everybody(edited, at):
    edited.run("apply", "--yes")
    edited.edit("en/orders/_index.md", "Before and after.", "Before, and after.")
    edited.edit("en/billing/invoices.md", "Every month.", "Every week.")
    edited.path("en/orders/tracking/where.md").unlink()
    edited.write({"en/orders/gift.md": "---\ntitle: A gift\n---\n\nWith a card.\n"})
    page = at(edited).open("/-/plan")
    expect(page.locator(".change")).to_have_count(4)
    for summary in page.locator(".change summary").all():
        summary.click()
    assert found(page) == []

    edited.edit("en/billing/invoices.md", "Every week.", "See [it](nowhere.md).")
    expect(page.locator("#plan")).to_contain_text("nowhere.md")
    assert found(page) == []
    reading(page, "Find an invoice")
    page.goto(f"{page.url}?panel=findings")
    expect(page.locator(".writer-finding").first).to_be_visible()
    assert found(page) == []

    edited.write({"en/billing/refunds.md": BROKEN})
    page.goto("/en/")
    expect(page.locator(".writer-banner")).to_be_visible()
    assert found(page) == []
