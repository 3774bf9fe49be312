"""A plan in a tab that nobody sees: it takes no connection away from the others."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.test_following import REFUNDS

OVERTAKEN = """
window.streams = 0;
const Heard = window.EventSource;
window.EventSource = class extends Heard {
  constructor(...asked) { super(...asked); window.streams += 1; }
  close() { super.close(); window.streams -= 1; }
};
Object.defineProperty(document, "visibilityState", { get: () => window.seen ?? "visible" });
"""


def turn(page: Page, seen: str) -> int:
    """Hide the tab or show it; returns how many streams it has open then."""
    page.evaluate(
        "seen => { window.seen = seen; document.dispatchEvent(new Event('visibilitychange')); }",
        seen,
    )
    return page.evaluate("window.streams")


def test_a_hidden_plan_hears_nothing_and_misses_nothing(edited, at):
    edited.run("apply", "--yes")
    page = at(edited).open("/en/")
    page.add_init_script(OVERTAKEN)
    page.goto("/-/plan")
    expect(page.locator("#plan")).to_contain_text("Nothing here would be sent.")
    assert page.evaluate("window.streams") == 1

    assert turn(page, "hidden") == 0
    edited.edit(REFUNDS, "You have 14 days.", "You have 30 days.")
    assert turn(page, "visible") == 1

    expect(page.locator(".change")).to_have_count(1)
