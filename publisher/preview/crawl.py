"""Walk through a site as a reader would, and write down every page and file that is met.

The site is a WSGI application, asked in this process. Every address gets a file of its own,
and every link names its file in full, `../articles/101-refunds.html`: an address that ends
with a slash needs a server that knows index.html, and there is none behind `file://`, behind
some artifact viewers and behind a plain bucket.

    /                               index.html, which leads to the default language
    /fr/                            fr/index.html
    /fr/articles/101-refunds        fr/articles/101-refunds.html
    /fr/articles/102                fr/articles/102.html: not in this language
    /-/plan?target=live             plan.html
    /-/static/preview.css           static/preview/preview.css
    /cdn/i/o/…/refund.png           images/<digest>.png
    what nobody knows               fr/404.html, and 404.html
"""

from __future__ import annotations

import hashlib
import html
import posixpath
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urldefrag, urlsplit

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from publisher.errors import PublisherError
from publisher.helpcenter.reader.alone import Alone, stand_alone, symbols
from publisher.helpcenter.reader.body import plain
from publisher.preview.folder import Folder

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ICONS = "/static/icons.svg"
PLAN = "/-/plan"
WRITER = "/-/"
IMAGES = "/cdn/"
WITH_QUERY = (PLAN, "/static/", "/-/static/")
"""Where a query means something without a server: to a script, and to a browser's cache."""
LOST = "404.html"
LONGEST_NAME = 100
"""Letters of a file name; the id in front tells two of them apart, however they go on."""
REDIRECTS = (301, 302, 303, 307, 308)
SUFFIXES = {
    "image/apng": ".apng",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "image/x-icon": ".ico",
}
THING = re.compile(r"/([A-Za-z-]+)/(articles|collections)/(\d+)(-[^/]*)?")
NOT_SEEN = re.compile(r"[\t\n\r]|^[\0- ]+|[\0- ]+$")
"""What browsers take out of an address. Source: WHATWG, URL Standard, basic URL parser."""
FORWARD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="robots" content="noindex"><meta http-equiv="refresh" content="0; url={to}">'
    '<link rel="icon" href="static/icon.svg"><title>{to}</title></head>'
    '<body><a href="{to}">{to}</a></body></html>\n'
)


@dataclass(slots=True, kw_only=True)
class Crawl:
    """A site, and the files that it becomes.

    base    the address the site believes to have, without a slash at the end.
    is_ours whether there is such a thing ("articles", "101"), so that a page that says it is
            missing in a language is worth writing.
    plan    the query that the plan page is asked with, or "".
    """

    app: WSGIApplication
    folder: Folder
    base: str
    is_ours: Callable[[str, str], bool]
    plan: str = ""
    pages: dict[str, Alone] = field(default_factory=dict)
    """Of every page that was found, without its HTML: file name → the words it is found by."""
    _leads: dict[str, str] = field(default_factory=dict)
    _waiting: deque[str] = field(default_factory=deque)
    _icons: dict[str, str] = field(default_factory=dict)

    def walk(self, starts: Iterable[str]) -> None:
        """Write everything that can be reached from these addresses."""
        self._icons = symbols(self._ask(ICONS).get_data(as_text=True))
        self._forward()
        for start in ("/not-found/", *starts):
            self.file_of(start)
        while self._waiting:
            self._rewrite(self._waiting.popleft())

    def file_of(self, path: str) -> str:
        """Return the file of an address, or an address elsewhere; asks the site the first time.

        path   without its query, and as text: nothing in it is escaped.
        """
        path = "/" + path.lstrip("/")  # two slashes would begin with a host
        if path not in self._leads:
            self._leads[path] = LOST  # where it leads should the site send it in circles
            self._leads[path] = self._fetched(path)
        return self._leads[path]

    def link(self, here: str, address: str) -> str:
        """Spell an address as the file `here` has to."""
        own = self._own(address)
        if not own:
            return address
        bare, fragment = urldefrag(own)
        path, _, query = bare.partition("?")
        lead = self.file_of(unquote(path))
        if lead.startswith(("https:", "http:")):
            return lead
        spelt = quote(posixpath.relpath(lead, posixpath.dirname(here) or "."))
        kept = f"?{query}" if query and path.startswith(WITH_QUERY) else ""
        return spelt + kept + (f"#{fragment}" if fragment else "")

    def _own(self, address: str) -> str:
        """Return what stands after the host in an address of this site; "" for one elsewhere."""
        seen = NOT_SEEN.sub("", address)
        if found := self._base.match(seen):
            return "/" + seen[found.end() :].lstrip("/\\")
        return seen if seen.startswith("/") and seen[1:2] not in ("/", "\\") else ""

    @property
    def _base(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.base) + r"(?!\d)")

    def _fetched(self, path: str) -> str:
        answer = self._ask(path)
        if answer.status_code in REDIRECTS:
            location = answer.headers["Location"]
            own = self._own(location)
            return self.file_of(unquote(urlsplit(own).path)) if own else location
        content, kind = answer.get_data(), answer.mimetype or ""
        if answer.status_code >= 500:
            raise PublisherError(f"{path}: {plain(content.decode())}")
        if kind == "text/html" and not path.startswith(IMAGES):
            return self._page(path, content, answer.status_code)
        if answer.status_code != 200:
            return LOST
        name = _file_name(path, content, kind)
        self.folder.write(name, content)
        return name

    def _page(self, path: str, content: bytes, status: int) -> str:
        name = _page_name(path) if status == 200 else self._missing_name(path)
        if name in self.folder.written:
            return name
        self.folder.write(name, content)
        self._waiting.append(name)
        return name

    def _missing_name(self, path: str) -> str:
        thing = THING.fullmatch(path)
        if thing and self.is_ours(thing[2], thing[3]):
            return f"{thing[1]}/{thing[2]}/{thing[3]}.html"
        return self._lost_name(path)

    def _rewrite(self, name: str) -> None:
        page = self.folder.read(name).decode()
        alone = stand_alone(page, lambda address: self.link(name, address), self._icons)
        self.folder.write(name, self._base.sub("", alone.html).encode())
        self.pages[name] = replace(alone, html="")

    def _lost_name(self, path: str) -> str:
        """The page that says so in the language of an address, where it has one."""
        locale = path.split("/")[1]
        home = self._leads.get(f"/{locale}/", LOST)
        return LOST if home.endswith(LOST) else f"{locale}/{LOST}"

    def _forward(self) -> None:
        to = html.escape(self.link("index.html", "/"))
        self.folder.write("index.html", FORWARD.format(to=to).encode())

    def _ask(self, path: str) -> Response:
        query = self.plan if path == PLAN else ""
        builder = EnvironBuilder(path=quote(path), query_string=query, base_url=self.base)
        environ = builder.get_environ()
        return Response.from_app(self.app, environ, buffered=True)


def articles(crawl: Crawl, locale: str) -> Iterator[tuple[str, Alone]]:
    """Yield the articles of a language that were found, in the order of their files."""
    for name in sorted(crawl.pages):
        page = crawl.pages[name]
        if name.startswith(f"{locale}/articles/") and page.text is not None:
            yield name, page


def _page_name(path: str) -> str:
    if path == PLAN:
        return "plan.html"
    if path.endswith("/"):
        return f"{path.strip('/')}/index.html"
    above, _, last = path.strip("/").rpartition("/")
    last = last[:LONGEST_NAME].rstrip("-")
    return f"{above}/{last}.html" if above else f"{last}.html"


def _file_name(path: str, content: bytes, kind: str) -> str:
    if path.startswith(IMAGES):
        return f"images/{hashlib.sha256(content).hexdigest()[:16]}{SUFFIXES.get(kind, '')}"
    if path.startswith(WRITER):
        return "static/preview/" + path.rpartition("/")[2]
    return path.strip("/")
