"""Which browser is used: one that was named, Playwright's own, or the system's.

`python -m tests.browser.chromium` prints where it is; it exits with 1 where there is none.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable(playwright: Playwright) -> str:
    """Where a browser is, or ""; one that was named is not looked for elsewhere."""
    named = os.environ.get("PUBLISHER_BROWSER", "")
    if named:
        return named
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    return next(filter(None, map(shutil.which, SYSTEM)), "")


def launched(playwright: Playwright, *flags: str) -> Browser | None:
    """Start it without a window; None where there is none."""
    path = executable(playwright)
    if not path:
        return None
    return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])


if __name__ == "__main__":
    with sync_playwright() as asked:
        found = executable(asked)
    print(found or "no browser")  # noqa: T201
    sys.exit(0 if found else 1)
