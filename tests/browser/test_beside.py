"""What stands beside the page for its writer: the panel, and the plan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

REFUNDS = "en/billing/refunds.md"
TABS = {
    "findings": "All is well",
    "diff": "",
    "locales": "is the source",
    "fin": "You have 14 days.",
    "source": "<p",
}


def reading(page: Page, title: str = "Ask for a refund", locale: str = "en") -> Page:
    page.goto(f"/{locale}/search?q={title}")
    page.locator(".hits a", has_text=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page


def test_a_key_opens_the_panel_which_is_remembered_and_closes_with_escape(shown, at):
    page = reading(at(shown).open())
    panel, toggle = page.locator("#writer-panel"), page.locator("#writer-toggle")
    expect(panel).to_be_hidden()
    page.keyboard.press("p")
    expect(panel).to_contain_text("All is well")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    page.reload()
    expect(panel).to_contain_text("All is well")
    panel.get_by_role("link", name="Fin", exact=True).focus()
    page.keyboard.press("Enter")
    expect(panel.locator("section[data-tab=fin]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(toggle).to_be_focused()
    page.reload()
    expect(page.locator("#writer-bar")).to_be_visible()
    expect(panel).to_be_hidden()
    toggle.focus()
    page.keyboard.press("Space")
    expect(panel.locator("section[data-tab=fin]")).to_be_visible()


def test_a_letter_that_is_typed_into_the_search_field_opens_nothing(shown, at):
    page = reading(at(shown).open())
    page.get_by_role("searchbox").press_sequentially("pp")
    expect(page.get_by_role("searchbox")).to_have_value("pp")
    expect(page.locator("#writer-panel")).to_be_hidden()


@pytest.mark.parametrize("script", [True, False])
def test_every_tab_opens_with_and_without_scripts(shown, at, script):
    browsing = at(shown)
    page = browsing.open(java_script_enabled=script)
    if not script:  # then a browser loads even what it should load lazily: the player
        browsing.fine = ("asked elsewhere: https://www.youtube.com/",)
    reading(page)
    page.locator("#writer-toggle").click()
    for tab, said in TABS.items():
        page.locator(f"#writer-panel [data-panel-tab={tab}]").click()
        section = page.locator(f"#writer-panel section[data-tab={tab}]")
        expect(section).to_contain_text(said)
        expect(section.locator("[aria-current]")).to_have_attribute("data-panel-tab", tab)


def test_a_translation_stands_beside_its_source(shown, at):
    page = reading(at(shown).open(), "Demander un remboursement", "fr")
    page.goto(f"{page.url}?panel=locales")
    section = page.locator("#writer-panel section[data-tab=locales]")
    expect(section).to_contain_text("Before you begin")
    expect(section).to_contain_text("Avant de commencer")
    expect(section.get_by_text("missing", exact=True).first).to_be_visible()


def test_the_panel_s_width_is_changed_with_keys_and_remembered(shown, at):
    page = reading(at(shown).open())
    page.keyboard.press("p")
    panel, edge = page.locator("#writer-panel"), page.locator("#writer-edge")
    expect(panel).to_contain_text("All is well")
    before = panel.evaluate("node => node.offsetWidth")
    edge.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(edge).to_have_attribute("aria-valuenow", str(before + 72))
    page.reload()
    expect(panel).to_be_visible()
    assert panel.evaluate("node => node.offsetWidth") == before + 72
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_a_page_beside_an_open_panel_is_laid_out_for_the_width_it_has(shown, at):
    page = reading(at(shown).open())
    beside, above = page.locator("aside.contents"), page.locator(".contents-small")
    expect(beside).to_be_visible()
    expect(above).to_be_hidden()
    page.keyboard.press("p")
    expect(beside).to_be_hidden()
    expect(above).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.keyboard.press("p")
    expect(beside).to_be_visible()


def test_an_open_panel_hears_of_findings_and_leads_to_their_line(edited, at):
    page = reading(at(edited).open())
    page.keyboard.press("p")
    panel = page.locator("#writer-panel")
    expect(panel).to_contain_text("All is well")
    edited.edit(REFUNDS, "[invoices](invoices.md)", "[invoices](nowhere.md)")
    finding = panel.locator(".writer-finding")
    expect(finding).to_contain_text("nowhere.md")
    link = finding.get_by_role("link").first
    expect(link).to_have_attribute("href", re.compile(rf"^vscode://file/.*/{REFUNDS}:\d+"))
    edited.edit(REFUNDS, "[invoices](nowhere.md)", "[invoices](invoices.md)")
    expect(finding).to_have_count(0)
    expect(panel).to_contain_text("All is well")


def test_the_plan_is_filtered_at_once_and_the_address_says_how(edited, at):
    edited.run("apply", "--yes")
    edited.edit(REFUNDS, "You have 14 days.", "You have 30 days.")
    edited.edit("fr/billing/refunds.md", "Vous avez 14 jours.", "Vous avez 30 jours.")
    edited.edit("fr/billing/invoices.md", "Chaque mois.", "Chaque semaine.")
    edited.write({"en/orders/gift.md": "---\ntitle: Send it as a gift\n---\n\nWith a card.\n"})

    page = at(edited).open()
    page.locator("#writer-bar").get_by_role("link", name="Plan").click()
    cards = page.locator(".change:visible")
    expect(cards).to_have_count(3)
    page.evaluate("window.marked = true")
    page.locator("#verb-update").click()
    expect(cards).to_have_count(2)
    expect(page.locator("#showing")).to_contain_text("2 of 3 changes")
    expect(page).to_have_url(re.compile("verb=update"))
    page.locator("#locale-en").click()
    expect(cards).to_have_count(1)
    expect(cards.first).to_contain_text("Ask for a refund")
    expect(cards.first).to_contain_text("14")
    assert page.evaluate("window.marked") is True

    page.reload()
    expect(cards).to_have_count(1)
    page.locator("#verb-create").click()
    expect(cards.first).to_contain_text("Send it as a gift")
    page.locator("#verb-all").click()
    page.locator("#locale-all").click()
    expect(cards).to_have_count(3)


def test_an_open_plan_follows_the_files(edited, at):
    edited.run("apply", "--yes")
    page = at(edited).open("/-/plan")
    expect(page.locator("#plan")).to_contain_text("Nothing here would be sent.")
    edited.edit(REFUNDS, "You have 14 days.", "You have 45 days.")
    expect(page.locator(".change")).to_have_count(1)
    expect(page.locator(".change")).to_contain_text("45")
