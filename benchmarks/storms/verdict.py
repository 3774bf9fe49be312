"""Is what stands in the help center exactly what the author wants, once?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.colleague import BORN, Deed
from storms.readers import HREF, SYMBOLIC, TO_ARTICLE
from storms.sites import PAGE, SHELF, Page, Site, Text, token

Row = dict[str, Any]
TAG = re.compile(r"<[^>]*>")


def number_of(row: Row) -> int | None:
    """The number of the author's thing that a row is, by its titles; None for others."""
    pattern = SHELF if "names" in row else PAGE
    titles = row.get("names") or {loc: c["title"] for loc, c in row["contents"].items()}
    found = next((m for title in titles.values() if (m := pattern.search(title))), None)
    return int(found[1]) if found else None


def standing(center: HelpCenter, kind: str) -> Mapping[int, list[Row]]:
    """All live rows of a kind by the author's number."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in center.rows(kind):
        if (number := number_of(row)) is not None:
            found[number].append(row)
    return found


def doubles(center: HelpCenter) -> Iterator[str]:
    """What stands more than once."""
    for kind in ("collection", "article"):
        for number, rows in standing(center, kind).items():
            if len(rows) > 1:
                yield f"{kind} {number} stands {len(rows)} times: {[r['id'] for r in rows]}"
    addresses = Counter(row["url"] for row in center.rows("source"))
    pages = Counter(row["external_id"] for row in center.rows("page"))
    for what, count in (addresses + pages).items():
        if count > 1:
            yield f"source or page {what} stands {count} times"


def agrees(site: Site, center: HelpCenter, deed: Deed, row: Row) -> bool:
    """Whether the author's files say what the colleague did."""
    page = site.pages.get(number_of(row) or 0)
    if page is None:
        return False
    if deed.kind == "move":
        above = center.row("collection", deed.parent) if deed.parent else None
        return above is not None and number_of(above) == page.home
    text = page.texts.get(deed.locale)
    return text is not None and text.draft == (deed.kind == "unpublish")


def differences(site: Site, center: HelpCenter, on_removed: str) -> Iterator[str]:
    """What is not as the author wants it, thing by thing."""
    shelves, articles = standing(center, "collection"), standing(center, "article")
    ids = {number: rows[0]["id"] for number, rows in shelves.items()}
    for number, shelf in site.shelves.items():
        row = shelves.get(number, [None])[0]
        if row is None:
            yield f"collection c{number} is missing"
        elif row["names"] != shelf.titles:
            yield f"collection c{number} is called {row['names']}, not {shelf.titles}"
        elif row["parent_id"] != (ids.get(shelf.above) if shelf.above else None):
            yield f"collection c{number} is in {row['parent_id']}"
    for number, page in site.pages.items():
        row = articles.get(number, [None])[0]
        if row is None:
            yield f"article p{number} is missing"
            continue
        yield from (f"article p{number} {what}" for what in _article(page, row, ids))
        yield from _links(page, row, articles)
    for number in site.removed & articles.keys():
        yield from _removed(number, articles[number][0], on_removed)


def _article(page: Page, row: Row, ids: Mapping[int, str]) -> Iterator[str]:
    if row["parent_ids"] != [ids.get(page.home)]:
        yield f"is in {row['parent_ids']}, not in {ids.get(page.home)}"
    for locale, text in page.texts.items():
        content = row["contents"].get(locale)
        if content is None:
            yield f"has no {locale}"
        else:
            yield from (f"({locale}) {what}" for what in _text(page.number, locale, text, content))


def _text(number: int, locale: str, text: Text, content: Row) -> Iterator[str]:
    if content["title"] != text.title:
        yield f"is called “{content['title']}”, not “{text.title}”"
    if content["state"] != ("draft" if text.draft else "published"):
        yield f"is {content['state']}"
    said = TAG.sub(" ", content["body"])  # an address may hold a title that was edited by hand
    found = set(re.findall(r"\b(?:tk\w+x|hand-[\d-]+)", said))
    if found != {token(number, locale, text.wording)}:
        yield f"says {sorted(found)}, not {token(number, locale, text.wording)}"
    if BORN in content["body"]:
        yield "says that publisher is writing it"


def _links(page: Page, row: Row, articles: Mapping[int, list[Row]]) -> Iterator[str]:
    """Each link leads to the article it means, and nowhere while that is not public."""
    numbers = {rows[0]["id"]: number for number, rows in articles.items()}
    for locale, text in page.texts.items():
        hrefs = HREF.findall(row["contents"].get(locale, {}).get("body", ""))
        if any(href.startswith(SYMBOLIC) for href in hrefs):
            yield f"article p{page.number} ({locale}) has an unresolved link"
        led = {numbers.get(to[2]) for href in hrefs if (to := TO_ARTICLE.search(href))}
        public = {n for n in text.links if n in articles and _is_public(articles[n][0], locale)}
        if text.draft:
            continue
        if led != public:
            yield f"article p{page.number} ({locale}) links to {led}, not to {public}"


def _is_public(row: Row, locale: str) -> bool:
    """In this language, or else in the default one: then a link leads there."""
    contents = [row["contents"].get(each) for each in (locale, "en")]
    return any(content and content["state"] == "published" for content in contents)


def _removed(number: int, row: Row, on_removed: str) -> Iterator[str]:
    states = {content["state"] for content in row["contents"].values()}
    if on_removed == "delete":
        yield f"article p{number} was deleted by its author and still stands"
    if on_removed == "draft" and "published" in states:
        yield f"article p{number} was removed by its author and is still public"
