"""Search without a server: a page that lists everything, and a script that filters it.

Titles, descriptions and places stand in the page, so it is of use without the script as well.
What else is in an article is in a file beside it, in the same order; it is a script and no
JSON because browsers load nothing else from `file://`.
"""

from __future__ import annotations

import json
import posixpath
import re

from markupsafe import Markup

from publisher.helpcenter.reader.words import words_of
from publisher.preview.crawl import Crawl, articles
from publisher.preview.rendering import STATIC, render

SCRIPT = "static/preview/search.js"
LETTERS = 2_000_000
"""About how much text all articles of one language have in the index together."""
SHORTEST, LONGEST = 300, 20_000
"""Letters of one article in the index, when there are many articles, and when there are few."""


def write_search(crawl: Crawl) -> None:
    """Make every language's search page work in the browser."""
    crawl.folder.write(SCRIPT, (STATIC / "search.js").read_bytes())
    for name in sorted(crawl.pages):
        locale, _, last = name.partition("/")
        if last == "search.html":
            _write(crawl, locale, name)


def _write(crawl: Crawl, locale: str, name: str) -> None:
    found = list(articles(crawl, locale))
    length = min(max(LETTERS // max(len(found), 1), SHORTEST), LONGEST)
    index = f"static/preview/search-{locale}.js"
    texts = json.dumps([(page.text or "")[:length] for _, page in found], ensure_ascii=False)
    crawl.folder.write(index, f"const publisherTexts = {texts};\n".encode())
    rows = [(posixpath.basename(path), page) for path, page in found]
    listed = render("everything.html", rows=rows, say=words_of(locale))
    page = crawl.folder.read(name).decode()
    page = _before("</head>", page, _script(index) + _script(SCRIPT))
    crawl.folder.write(name, _before("</main>", page, listed).encode())


def _script(name: str) -> Markup:
    return Markup('<script src="{}" defer></script>').format(f"../{name}")


def _before(end: str, page: str, more: str) -> str:
    return re.sub(re.escape(end), lambda found: str(more) + found[0], page, count=1)
