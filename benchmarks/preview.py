"""How long until a writer sees what they saved? Beside `hugo server` and `mkdocs serve`.

    apt-get install hugo
    python -m venv /tmp/mkdocs && /tmp/mkdocs/bin/pip install mkdocs
    pip install playwright                                        (for the browser; with chromium)
    python benchmarks/preview.py --mkdocs /tmp/mkdocs/bin/mkdocs
    python benchmarks/preview.py --only publisher --articles 10000 --locales en,fr,de

All of them get the same generated articles and are measured in one run, one after another, each
with its own defaults; hugo gets three small templates, since it has no theme of its own.

    first page     from starting the process until its home page names the last collection;
                   "warm" is a second start, which finds what the first one left
    HTML           from saving a file until its page, asked again and again, has the new text
    pixels         from saving until the second frame after an open page has it, by its own means
    memory         resident, of the process and its children, after all saves

What is missing here is left out with a sentence. The times of saves are medians; between two
saves we wait a different time, so that nobody's polling falls in with ours.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import click

SHELVES = 20
PATIENCE = 300.0
"""Seconds until we give up on a page."""
POLL = 0.002
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
BODY = "\n\n".join(
    f"## Question {number}\n\nAn answer of *some* words, with a [link](https://example.com) "
    "and a list:\n\n- one\n- two\n- three"
    for number in range(6)
)
HUGO = {
    "_default/baseof.html": "<!doctype html><html><head><title>{{ .Title }}</title></head><body>"
    '{{ block "main" . }}{{ end }}</body></html>',
    "_default/list.html": '{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Pages }}'
    '<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}',
    "_default/single.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .TableOfContents }}'
    "{{ .Content }}{{ end }}",
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is generated."""

    articles: int
    locales: tuple[str, ...]

    def write(self, folder: Path, head: Callable[[str], str], index: str) -> None:
        """Write every article and every collection, as one tool spells their titles."""
        for locale in self.locales:
            for shelf in range(SHELVES):
                inside = folder / locale / f"c{shelf}"
                inside.mkdir(parents=True)
                (inside / index).write_text(head(f"Collection {shelf}") + "\n")
            for number in range(self.articles):
                path = folder / locale / f"c{number % SHELVES}" / f"a{number}.md"
                path.write_text(head(f"Article {number}") + f"\nstamp-0\n\n{BODY}\n")


@dataclass(kw_only=True)
class Tool:
    """One server for writers.

    command  how it is started; {port} is filled in.
    edited   the file that is saved; page: finds its address, asked for the text of an address.
    """

    name: str
    folder: Path
    command: list[str]
    edited: Path
    page: Callable[[Callable[[str], str]], str]
    measured: dict[str, float] = field(default_factory=dict)


def ours(site: Site, folder: Path) -> Tool:
    """Publisher's own preview."""
    title = "---\ntitle: {}\n---\n"
    site.write(folder / "content", title.format, "_index.md")
    (folder / "publisher.toml").write_text(f"locales = {list(site.locales)!r}\n")
    locale = site.locales[0]

    def page(get: Callable[[str], str]) -> str:
        for shelf in re.findall(rf'href="(/{locale}/collections/[^"]+)"', get(f"/{locale}/")):
            found = re.search(rf'href="(/{locale}/articles/\d+-article-0)"', get(shelf))
            if found:
                return found[1]
        raise click.ClickException("publisher's preview does not show the first article")

    return Tool(
        name="publisher",
        folder=folder,
        command=[sys.executable, "-m", "publisher", "preview", "--port", "{port}"],
        edited=folder / "content" / locale / "c0" / "a0.md",
        page=page,
    )


def hugo(site: Site, folder: Path, program: str) -> Tool:
    """Hugo's server, as it comes."""
    site.write(folder / "content", "---\ntitle: {}\n---\n".format, "_index.md")
    for name, text in HUGO.items():
        path = folder / "layouts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    index = HUGO["_default/list.html"].replace(".Pages", ".Site.Pages")
    (folder / "layouts" / "index.html").write_text(index)
    (folder / "config.toml").write_text('baseURL = "http://localhost/"\ntitle = "Help"\n')
    locale = site.locales[0]
    return Tool(
        name="hugo",
        folder=folder,
        command=[program, "server", "--bind", "127.0.0.1", "--port", "{port}"],
        edited=folder / "content" / locale / "c0" / "a0.md",
        page=lambda get: f"/{locale}/c0/a0/",
    )


def mkdocs(site: Site, folder: Path, program: str) -> Tool:
    """MkDocs' server, as it comes."""
    site.write(folder / "docs", "# {}\n".format, "index.md")
    (folder / "docs" / "index.md").write_text("# Help\n\nCollection 0\n")
    (folder / "mkdocs.yml").write_text("site_name: Help\n")
    locale = site.locales[0]
    return Tool(
        name="mkdocs",
        folder=folder,
        command=[program, "serve", "--dev-addr", "127.0.0.1:{port}"],
        edited=folder / "docs" / locale / "c0" / "a0.md",
        page=lambda get: f"/{locale}/c0/a0/",
    )


@contextmanager
def running(tool: Tool) -> Iterator[tuple[str, int, float]]:
    """Start a tool; hands out its address, its process and the seconds until its first page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [word.replace("{port}", str(port)) for word in tool.command]
    log = tool.folder.parent / f"{tool.name}.log"
    with log.open("wb") as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=tool.folder, stdout=said, stderr=said, start_new_session=True
        )
        try:
            url = f"http://127.0.0.1:{port}"
            try:
                wait_for(url + "/", "Collection 0", lambda: process.poll() is None)
            except click.ClickException as error:
                raise click.ClickException(f"{error.message}\n{log.read_text()[-2000:]}") from None
            yield url, process.pid, time.perf_counter() - start
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def wait_for(address: str, text: str, alive: Callable[[], bool] = lambda: True) -> None:
    """Ask for a page again and again until it has a text."""
    wanted, end = text.encode(), time.perf_counter() + PATIENCE
    while time.perf_counter() < end and alive():
        try:
            with urllib.request.urlopen(address) as answer:
                if wanted in answer.read():
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(POLL)
    raise click.ClickException(f"{address} never showed “{text}”.")


def get(url: str, path: str) -> str:
    with urllib.request.urlopen(url + path) as answer:
        return str(answer.read().decode())


class Saves:
    """Saves a file again and again, each time with another text."""

    def __init__(self, path: Path) -> None:
        self.path, self.number = path, 0

    def save(self) -> str:
        """Save it; returns the text that is new."""
        time.sleep(random.uniform(0.7, 1.7))
        old, self.number = f"stamp-{self.number}", self.number + 1
        new = f"stamp-{self.number}"
        self.path.write_text(self.path.read_text().replace(old, new))
        return new


def measure(tool: Tool, saves: int, browser: object | None) -> None:
    """Take all measurements of one tool."""
    with running(tool) as (_, _, cold):
        tool.measured["first page, s"] = cold
    with running(tool) as (url, process, warm):
        tool.measured["first page again (warm), s"] = warm
        page = url + tool.page(lambda path: get(url, path))
        wait_for(page, "stamp-0")
        saver = Saves(tool.edited)
        times = []
        for _ in range(saves):
            new = saver.save()
            start = time.perf_counter()
            wait_for(page, new)
            times.append(time.perf_counter() - start)
        tool.measured["save to HTML, ms"] = statistics.median(times) * 1000
        if browser is not None:
            tool.measured["save to pixels, ms"] = in_browser(browser, page, saver, saves) * 1000
        tool.measured["memory, MB"] = resident(process) / 1e6


def in_browser(browser: object, page: str, saver: Saves, saves: int) -> float:
    """Seconds from a save until an open page has painted it; the median."""
    context = browser.new_context(bypass_csp=True)  # type: ignore[attr-defined]
    tab = context.new_page()
    tab.goto(page)
    tab.wait_for_timeout(1000)
    times = []
    for _ in range(saves):
        new = saver.save()
        start = time.perf_counter()
        tab.wait_for_function(
            "text => document.body && document.body.textContent.includes(text)",
            arg=new,
            polling="raf",
            timeout=PATIENCE * 1000,
        )
        tab.evaluate("() => new Promise(done => requestAnimationFrame("
                     "() => requestAnimationFrame(done)))")  # fmt: skip
        times.append(time.perf_counter() - start)
    context.close()
    return statistics.median(times)


def resident(process: int) -> int:
    """Bytes of memory that a process and all below it hold, as Linux tells."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        parents[int(status.parent.name)] = int(after_name[1])
    family = {process}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    pages = (Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in family)
    return sum(map(int, pages)) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def a_browser() -> Iterator[object | None]:
    """Open headless Chromium through Playwright; None, with a sentence, where that is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        click.echo("pixels: left out, Playwright is not installed (pip install playwright).")
        yield None
        return
    program = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


def found(site: Site, scratch: Path, only: tuple[str, ...], mkdocs_program: str) -> list[Tool]:
    """Write the site for every tool that is here and wanted."""
    tools = []
    for name, program in (("publisher", ""), ("hugo", "hugo"), ("mkdocs", mkdocs_program)):
        if only and name not in only:
            continue
        path = shutil.which(program) if program else ""
        if path is None:
            click.echo(f"{name}: left out, there is no “{program}” here (see the top of the file).")
            continue
        folder = scratch / name
        folder.mkdir()
        make = {"publisher": ours, "hugo": hugo, "mkdocs": mkdocs}[name]
        tools.append(make(site, folder, path) if program else make(site, folder))
    return tools


def table(tools: list[Tool]) -> None:
    """Print what was measured, and how ours compares with the others."""
    first, *others = tools
    ratios = "".join(f"{'to ' + tool.name:>12}" for tool in others if first.name == "publisher")
    click.echo(f"\n{'':28}" + "".join(f"{tool.name:>12}" for tool in tools) + ratios)
    for what, value in first.measured.items():
        line = f"{what:28}" + "".join(f"{tool.measured[what]:12.2f}" for tool in tools)
        if ratios:
            line += "".join(f"{value / tool.measured[what]:12.3f}" for tool in others)
        click.echo(line)


@click.command()
@click.option("--articles", default=1000, show_default=True, help="Of each language.")
@click.option("--locales", default="en", show_default=True, help="With commas.")
@click.option("--saves", default=9, show_default=True)
@click.option("--only", multiple=True, type=click.Choice(["publisher", "hugo", "mkdocs"]))
@click.option("--mkdocs", "mkdocs_program", default="mkdocs", help="Where mkdocs is installed.")
def main(
    articles: int, locales: str, saves: int, only: tuple[str, ...], mkdocs_program: str
) -> None:
    """Measure the servers one after another."""
    site = Site(articles=articles, locales=tuple(locales.split(",")))
    with TemporaryDirectory() as scratch, a_browser() as browser:
        tools = found(site, Path(scratch), only, mkdocs_program)
        for tool in tools:
            click.echo(f"{tool.name}: {articles} articles in {len(site.locales)} language(s) …")
            measure(tool, saves, browser)
        table(tools)


if __name__ == "__main__":
    main()
