"""One headless browser for all tests here; where there is none at all, they are skipped.

No page may complain in its console, nor ask anything of another machine: every test looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.browser.chromium import launched
from tests.browser.shop import Shop, shop

HERE = Path(__file__).parent
OWN_NAMES = ("127.0.0.1", "rebound.example")
REBOUND = "--host-resolver-rules=MAP rebound.example 127.0.0.1"
"""What a hostile name server would say."""
WIDE = {"width": 1280, "height": 800}
PATIENCE = 20_000
"""Milliseconds a page may take on a machine that is busy with much else."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder need a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = launched(playwright, REBOUND)
        if opened is None:
            pytest.skip(
                "no browser: install Chromium or Chrome, or run `playwright install chromium`, "
                "or name one in PUBLISHER_BROWSER"
            )
        yield opened
        opened.close()


@dataclass(kw_only=True)
class Browsing:
    """The open windows of a test, and all they complained about.

    complaints  errors and warnings of the console (a violated Content-Security-Policy is one),
                exceptions of scripts, and requests that would have left this machine.
    fine        beginnings of complaints that the test expects.
    """

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    fine: tuple[str, ...] = ()
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str = "/en/", **options: Any) -> Page:
        """Open a page in a window of its own, with a memory of its own."""
        context = self.browser.new_context(
            base_url=self.url, **{"viewport": WIDE, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._see)
        page = context.new_page()
        page.goto(path)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _see(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.hostname not in OWN_NAMES:
            self.complaints.append(f"asked elsewhere: {request.url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    @property
    def unexpected(self) -> list[str]:
        return [each for each in self.complaints if not each.startswith(self.fine or ("\0",))]


@pytest.fixture(scope="session")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A preview for all tests that only read."""
    with shop(tmp_path_factory.mktemp("shown")) as opened:
        yield opened


@pytest.fixture
def edited(browser: Browser, tmp_path: Path) -> Iterator[Shop]:
    """A preview of one's own."""
    with shop(tmp_path) as opened:
        yield opened


@pytest.fixture
def at(browser: Browser) -> Iterator[Callable[[Shop | str], Browsing]]:
    """Browse a shop, or files at an address; in the end, no page may have complained."""
    made: list[Browsing] = []

    def browsing(place: Shop | str) -> Browsing:
        url = place if isinstance(place, str) else place.url
        made.append(Browsing(browser=browser, url=url))
        return made[-1]

    yield browsing
    for each in made:
        each.close()
    assert [each.unexpected for each in made if each.unexpected] == []
