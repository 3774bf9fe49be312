"""Photograph the preview of our own content, in a browser without a window.

    python docs/pictures/make.py

The plan is against a help center on this machine that stands for production: what is published
there is our content as it is, and a colleague has edited an article since. Then a day of work
happens in a copy of the content. Run it again when the pages look different.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT)]

from publisher.helpcenter import HelpCenter  # noqa: E402 - the program beside this file is shown
from publisher.helpcenter.serve import Server  # noqa: E402
from tests.browser.chromium import launched  # noqa: E402
from tests.browser.shop import Shop, free_port, opened  # noqa: E402

SETTINGS = """\
locales = ["en", "fr"]
default_target = "production"
editor = "vscode"

[targets.production]
kind = "intercom"
base_url = "{url}"
listing_lag = 0
on_removed = "draft"
assets_url = "https://assets.example.com/{name}"
"""
TOKEN = {"INTERCOM_ACCESS_TOKEN": "tok_of_a_picture"}
NEW_SECTION = """\
## Is it worth it?

Colleagues and readers remember where things are. Move what is hard to find, and leave the rest.

"""
DESKTOP = {"width": 1200, "height": 800}
PHONE = {"width": 390, "height": 844}
CALLOUTS = "Callouts, buttons and collapsible sections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page to photograph. `address` may be the title of an article instead.

    panel   a tab of the panel, wide enough to read two texts in it.
    card    the only part of the page to show, with its last fold open.
    """

    name: str
    address: str
    locale: str = "en"
    dark: bool = False
    panel: str = ""
    card: str = ""
    size: Mapping[str, int]


PICTURES = (
    Picture(name="home", address="/en/", size=DESKTOP),
    Picture(name="article", address=CALLOUTS, size={"width": 1200, "height": 1000}),
    Picture(name="article-dark", address=CALLOUTS, size={"width": 1200, "height": 1000}, dark=True),
    Picture(name="article-phone", address=CALLOUTS, size=PHONE),
    Picture(
        name="locales",
        address="Renommer et déplacer",
        locale="fr",
        panel="locales",
        size={"width": 1200, "height": 900},
    ),
    Picture(name="plan", address="/-/plan", size={"width": 1200, "height": 1300}),
    Picture(
        name="plan-change",
        address="/-/plan?verb=update&locale=en",
        card='[data-ref="article:writing/renames-and-moves"]',
        size={"width": 1200, "height": 700},
    ),
)


def a_day_of_work(content: Path) -> None:
    """Change, add, move and remove something."""

    def edit(name: str, old: str, new: str) -> None:
        path = content / name
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise SystemExit(f"{name} no longer says {old!r}: say something else here")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    edit("en/writing/renames-and-moves.md", "## What it does", NEW_SECTION + "## What it does")
    edit("fr/start/first-run.md", "title: ", "title: Votre ")
    edit("en/help/glossary.md", "description: ", "description: In short words. ")
    edit("en/engineers/_index.md", "title: For engineers", "title: For developers")
    (content / "en/help/office-hours.md").write_text(
        "---\ntitle: Office hours\ndescription: When somebody answers.\n---\n\n"
        "Ask us on weekdays **between 9 and 17 h**.\n\n"
        "> [!TIP]\n> Before noon it is quiet.\n",
        encoding="utf-8",
    )
    (content / "fr/help/office-hours.md").write_text(
        "---\ntitle: Heures d’ouverture\n---\n\nEn semaine, de 9 à 17 h.\n", encoding="utf-8"
    )
    for locale in ("en", "fr"):  # nothing links there
        (content / locale / "help/faq.md").unlink()


def an_edit_in_intercom(center: HelpCenter) -> None:
    """A colleague mends a word there."""
    row = next(row for row in center.rows("article") if _says(row, "Take an apply back"))
    body = row["contents"]["en"]["body"]
    center.edit_by_hand(
        row["id"], "en", body=body.replace("</p>", " Ask a colleague first.</p>", 1)
    )


def _says(row: Mapping[str, object], title: str) -> bool:
    contents = row["contents"]
    return isinstance(contents, dict) and title in contents.get("en", {}).get("title", "")


def photograph(browser: Browser, url: str, picture: Picture) -> None:
    """Take one picture."""
    context = browser.new_context(
        base_url=url,
        viewport=dict(picture.size),
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address(page, picture))
    if picture.panel:
        page.evaluate(
            "tab => localStorage.setItem('publisher.preview', "
            "JSON.stringify({ open: true, width: 660, tab }))",
            picture.panel,
        )
        page.reload()
        page.locator(f"#writer-panel section[data-tab={picture.panel}]").wait_for()
    if page.locator("#plan").count():
        page.locator(".change:visible").first.wait_for()
    page.screenshot(path=HERE / f"{picture.name}.png", **part(page, picture))
    context.close()


def part(page: Page, picture: Picture) -> dict[str, Any]:
    """What of the page to show: the window, or a card from its top as far as a window is tall."""
    if not picture.card:
        return {}
    card = page.locator(f".change{picture.card}")
    card.locator("summary").last.click()
    box = card.bounding_box()
    assert box
    box["y"] += page.evaluate("window.scrollY")
    box["height"] = min(box["height"], picture.size["height"])
    return {"full_page": True, "clip": box}


def address(page: Page, picture: Picture) -> str:
    """Where the page is; an article is looked for by its title."""
    if picture.address.startswith("/"):
        return picture.address
    page.goto(f"/{picture.locale}/search?q={picture.address}")
    return page.locator(".hits a").first.get_attribute("href") or ""


def main() -> None:
    """Publish, work, and photograph."""
    center = HelpCenter(locales=("en", "fr"))
    with TemporaryDirectory() as scratch, Server(center, 0) as server:
        shop = Shop(folder=Path(scratch), port=free_port(), environment=TOKEN)
        shutil.copytree(ROOT / "content", shop.folder / "content")
        (shop.folder / "publisher.toml").write_text(SETTINGS.replace("{url}", server.url))
        shop.run("apply", "--yes")
        an_edit_in_intercom(center)
        a_day_of_work(shop.folder / "content")
        with opened(shop), sync_playwright() as playwright:
            browser = launched(playwright)
            if browser is None:
                raise SystemExit("no browser: install Chromium, or name one in PUBLISHER_BROWSER")
            for picture in PICTURES:
                photograph(browser, shop.url, picture)
            browser.close()
    center.close()


if __name__ == "__main__":
    main()
