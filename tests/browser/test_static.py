"""The site as files: it reads like the preview, without any server."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.shop import Shop
from tests.browser.test_access import found
from tests.browser.texts import FILES, SETTINGS


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *said: object) -> None:
        """Leave the terminal alone."""


@pytest.fixture(scope="module")
def built(browser, tmp_path_factory) -> Path:
    """A folder made by `publisher build`."""
    made = Shop(folder=tmp_path_factory.mktemp("built"), port=0)
    made.write(FILES)
    (made.folder / "publisher.toml").write_text(SETTINGS, encoding="utf-8")
    made.run("build", "out")
    return made.folder / "out"


@pytest.fixture(scope="module")
def hosted(built) -> Iterator[str]:
    """The files below a path of any web host."""
    handler = partial(Quiet, directory=str(built.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/out/"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["a web host", "a folder"])
def place(request, built, hosted) -> str:
    return hosted if request.param == "a web host" else f"{built.as_uri()}/"


def test_files_are_read_like_the_preview(place, at):
    page = at(place).open(f"{place}index.html")
    page.get_by_role("link", name="Billing").click()
    page.get_by_role("link", name="Ask for a refund").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask for a refund")
    page.locator(".switch summary").click()
    page.locator(".switch a[hreflang=fr]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demander un remboursement")
    expect(page.locator("#writer-toggle")).to_have_count(0)
    page.get_by_role("link", name="Plan").click()
    expect(page.locator(".change").first).to_be_visible()
    page.locator("#locale-fr").click()
    expect(page.locator("#showing")).to_contain_text(" of ")


def test_files_are_searched_without_a_server(place, at):
    page = at(place).open(f"{place}index.html")
    field = page.get_by_role("searchbox")
    field.fill("zebra")
    field.press("Enter")
    expect(page.locator(".hits li")).to_have_count(1)
    expect(page.locator(".hits mark").first).to_have_text("zebra")


def test_files_are_for_everybody(hosted, at):
    page = at(hosted).open(f"{hosted}index.html")
    expect(page.locator(".card").first).to_be_visible()
    assert found(page) == []
    page.get_by_role("link", name="Billing").click()
    page.get_by_role("link", name="Ask for a refund").first.click()
    expect(page.locator(".body")).to_be_visible()
    assert found(page) == []
