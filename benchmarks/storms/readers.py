"""What readers see, at every moment.

Two of them. `Watch` looks through the public shelves after each write, so that no moment is
missed: nothing changes without one. `Poller` is a reader in a browser, who opens pages
over HTTP as they come, and goes where the links lead.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.colleague import BORN
from publisher.helpcenter.reader.library import Library
from publisher.helpcenter.reader.shelf import Article
from storms.colleague import Office
from storms.sites import PAGE, Site

HREF = re.compile(r'href="([^"]*)"')
TO_ARTICLE = re.compile(r"/([a-zA-Z-]+)/articles/(\d+)[^/]*$")
SYMBOLIC = ("article:", "collection:", "page:", "asset:")
PAUSE = 0.05


def faults_of(article: Article) -> Iterator[str]:
    """What is wrong with a published text by itself."""
    if BORN in article.body:
        yield "says that publisher is writing it"
    if PAGE.search(article.title) and not re.search(r"\btk\d+", article.body):
        yield "is empty"
    for href in HREF.findall(article.body):
        if href.startswith(SYMBOLIC):
            yield f"has an unresolved link {href}"


def _targets(html: str) -> Iterator[tuple[str, str]]:
    """The articles that a text links to: locale and id."""
    for href in HREF.findall(html):
        if to := TO_ARTICLE.search(href):
            yield to[1], to[2]


@dataclass(slots=True)
class Watch:
    """Looks at everything that is public after each write; `found` is what was wrong.

    excused  (article, target) of dead links that are not ours to mend: a colleague holds
             the text, or it is itself about to leave, or its file is gone and it stays.
    """

    center: HelpCenter
    office: Office
    site: Site
    found: list[str] = field(default_factory=list)
    excused: set[tuple[str, str]] = field(default_factory=set)
    _library: Library = field(init=False)
    _before: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._library = Library(self.center)

    def look(self, when: str) -> None:
        """Find what is wrong now and was not before."""
        with self._lock:
            now = dict(self._faults())
            for what in now.keys() - self._before:
                if now[what]:
                    self.found.append(f"public {what} ({when})")
            self._before = set(now)

    def _faults(self) -> Iterator[tuple[str, bool]]:
        with self.center.store.reading():
            shelves = {code: self._library.shelf(code) for code in self._library.locales}
        for shelf in shelves.values():
            for article in shelf.articles.values():
                for fault in faults_of(article):
                    yield f"{article.path} {fault}", True
                for locale, id in _targets(article.body):
                    known = id in self.office.hidden or locale not in shelves
                    if not known and id not in shelves[locale].articles:
                        yield from self._broken(article, id)

    def _broken(self, article: Article, id: str) -> Iterator[tuple[str, bool]]:
        held = any(each.deed.id == article.id for each in self.office.standing)
        excused = held or self._leaves(article)
        if excused:
            self.excused.add((article.id, id))
        yield f"{article.path} links to article {id}, which is not there", not excused

    def _leaves(self, article: Article) -> bool:
        """Whether its author does not want it to be public any more."""
        found = PAGE.search(article.title)
        page = self.site.pages.get(int(found[1])) if found else None
        text = page.texts.get(article.path.split("/")[1]) if page else None
        return text is None or text.draft

    def excuses(self, page: str, id: str) -> bool:
        """Whether a reader may find that the link of a page to an article leads nowhere."""
        here = TO_ARTICLE.search(page)
        return id in self.office.hidden or (here is not None and (here[2], id) in self.excused)


class Poller:
    """A reader who keeps opening pages; a context manager.

    found  what no page may show; `lost` pages and articles their links did not lead to.
    """

    def __init__(self, port: int) -> None:
        self.pages = 0
        self.found: dict[str, None] = {}
        self.lost: dict[tuple[str, str], None] = {}
        self._port = port
        self._home_time = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Poller:
        self._thread.start()
        return self

    def __exit__(self, *ended: object) -> None:
        self._home_time.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._home_time.is_set():
            self._walk()
            time.sleep(PAUSE)

    def _walk(self) -> None:
        for front in ("/en/", "/fr/"):
            to_visit, seen = [front], {front}
            while to_visit and not self._home_time.is_set():
                page = to_visit.pop()
                status, html = self._get(page)
                if status != 200:
                    continue
                self._check(page, html)
                links = [link for link in _links(html) if link not in seen]
                seen.update(links)
                to_visit += links

    def _check(self, page: str, html: str) -> None:
        _, _, rest = html.partition('<div class="body">')
        body = rest.partition('<fieldset class="answered"')[0]
        if BORN in html:
            self.found[f"a reader saw {page} before its text"] = None
        if PAGE.search(html.partition("</title>")[0]) and "/articles/" in page and "tk" not in body:
            self.found[f"a reader saw {page} without its text"] = None
        for link in HREF.findall(body):
            if link.startswith(SYMBOLIC):
                self.found[f"a reader saw {link} in {page}"] = None
            elif to := TO_ARTICLE.search(link):
                self._follow(page, to[0], to[2])

    def _follow(self, page: str, link: str, id: str) -> None:
        """A link leads nowhere only if the page still has it when its target is gone."""
        if self._get(link)[0] == 200:
            return
        status, html = self._get(page)
        if status == 200 and link in html and self._get(link)[0] == 404:
            self.lost[page, id] = None

    def _get(self, path: str) -> tuple[int, str]:
        """Open a page as a browser does, with its redirects."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            for _ in range(4):
                connection.request("GET", path)
                reply = connection.getresponse()
                text = reply.read().decode()
                self.pages += 1
                if reply.status not in (301, 302, 307, 308):
                    return reply.status, text
                path = str(reply.headers["Location"])
            return 508, ""
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()


def _links(html: str) -> list[str]:
    return [
        link for link in HREF.findall(html) if re.match(r"/[a-z-]+/(articles|collections)/", link)
    ]
