"""A random help center as an author wants it, its random edits, and its files.

Everything can be recognised wherever it turns up: a title holds `p7q` (an article) or `c3q`
(a collection), a body holds `tk7en2x`: article 7, English, second wording. So the judges
need no ledger to know what stands where.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

WORDS = ("Refunds", "Orders", "Invoices", "Passwords", "Teams", "Exports", "Limits", "Returns")
PAGE, SHELF = re.compile(r"\bp(\d+)q\b"), re.compile(r"\bc(\d+)q\b")


@dataclass(slots=True)
class Text:
    """One language of an article. `links` are numbers of articles."""

    title: str
    wording: int
    links: list[int] = field(default_factory=list)
    draft: bool = False


@dataclass(slots=True)
class Page:
    """An article; `home` is a collection's number, `was` its former keys."""

    number: int
    home: int
    stem: str
    texts: dict[str, Text]
    was: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Shelf:
    """A collection; `above` is the number of the one it is in."""

    number: int
    above: int | None
    name: str
    titles: dict[str, str]


@dataclass(slots=True)
class Site:
    """What the author wants; `removed` are numbers of articles whose files are gone."""

    locales: tuple[str, ...]
    pages: dict[int, Page] = field(default_factory=dict)
    shelves: dict[int, Shelf] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    removed_shelves: set[int] = field(default_factory=set)
    fin: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def next(self) -> int:
        """A number nobody has."""
        self.count += 1
        return self.count

    def folder(self, number: int | None) -> str:
        """The path of a collection below the locale."""
        if number is None:
            return ""
        shelf = self.shelves[number]
        return posixpath.join(self.folder(shelf.above), shelf.name)

    def key(self, page: Page) -> str:
        """The key of an article."""
        return f"{self.folder(page.home)}/{page.stem}"


def token(number: int, locale: str, wording: int) -> str:
    """The word that one wording of one text is known by."""
    return f"tk{number}{locale}{wording}x"


def titled(chance: Random, mark: str, number: int) -> str:
    return f"{chance.choice(WORDS)} {chance.randrange(100)} {mark}{number}q"


def random_site(chance: Random, *, deepest: int, fin: bool) -> Site:
    """Make 2–5 collections, at most `deepest` levels, and 4–12 articles that link in circles."""
    site = Site(locales=("en", "fr") if chance.random() < 0.4 else ("en",))
    for _ in range(chance.randint(2, 5)):
        add_shelf(site, chance, deepest=deepest)
    for _ in range(chance.randint(4, 12)):
        add_page(site, chance)
    numbers = list(site.pages)
    for here, there in zip(numbers, numbers[1:] + numbers[:1], strict=True):
        for text in site.pages[here].texts.values():
            text.links = sorted({there, *chance.sample(numbers, 2)} - {here})
    if fin:
        site.fin = {f"page{n}": 1 for n in range(chance.randint(1, 3))}
    return site


def add_shelf(site: Site, chance: Random, *, deepest: int) -> None:
    """Add a collection, perhaps inside another."""
    room = [n for n in site.shelves if site.folder(n).count("/") + 2 <= deepest]
    above = chance.choice(room) if room and chance.random() < 0.5 else None
    number = site.next()
    titles = {locale: titled(chance, "c", number) for locale in site.locales}
    site.shelves[number] = Shelf(number, above, f"shelf{number}", titles)


def add_page(site: Site, chance: Random) -> None:
    """Add an article."""
    number = site.next()
    locales = [loc for loc in site.locales if loc == "en" or chance.random() < 0.6]
    texts = {loc: Text(titled(chance, "p", number), wording=1) for loc in locales}
    for text in texts.values():
        text.draft = chance.random() < 0.1
        text.links = sorted(chance.sample(sorted(site.pages), min(2, len(site.pages))))
    site.pages[number] = Page(number, chance.choice(sorted(site.shelves)), f"a{number}", texts)


# Edits ---------------------------------------------------------------------------------------


def edit(site: Site, chance: Random) -> str:
    """Change one thing as an author would; returns what was done."""
    page = site.pages[chance.choice(sorted(site.pages))]
    text = page.texts[chance.choice(sorted(page.texts))]
    choices: list[tuple[int, Callable[[], str]]] = [
        (8, lambda: _reword(page, text)),
        (3, lambda: _retitle(page, text, chance)),
        (3, lambda: _add(site, chance)),
        (3, lambda: _delete(site, page)),
        (3, lambda: _move(site, page, chance)),
        (2, lambda: _switch(page, text)),
        (2, lambda: _link(site, page, text, chance)),
        (2, lambda: _translate(site, page, chance)),
        (2, lambda: _retitle_shelf(site, chance)),
        (1, lambda: _reword_fin(site, chance)),
    ]
    weights, makers = zip(*choices, strict=True)
    return chance.choices(makers, weights)[0]()


def _reword(page: Page, text: Text) -> str:
    text.wording += 1
    return f"reword p{page.number}"


def _retitle(page: Page, text: Text, chance: Random) -> str:
    text.title = titled(chance, "p", page.number)
    return f"retitle p{page.number} “{text.title}”"


def _add(site: Site, chance: Random) -> str:
    add_page(site, chance)
    return f"add p{site.count}"


def _delete(site: Site, page: Page) -> str:
    if len(site.pages) < 4:
        return _reword(page, page.texts["en"])
    del site.pages[page.number]
    site.removed.add(page.number)
    for other in site.pages.values():
        for text in other.texts.values():
            if page.number in text.links:
                text.links.remove(page.number)
    return f"delete p{page.number}"


def _move(site: Site, page: Page, chance: Random) -> str:
    page.was.append(site.key(page))
    if chance.random() < 0.5:
        page.stem = f"a{page.number}r{len(page.was)}"
    else:
        page.home = chance.choice(sorted(site.shelves))
    page.was = [key for key in page.was if key != site.key(page)]
    return f"move p{page.number} to {site.key(page)}"


def _switch(page: Page, text: Text) -> str:
    text.draft = not text.draft
    return f"{'unpublish' if text.draft else 'publish'} p{page.number} “{text.title}”"


def _link(site: Site, page: Page, text: Text, chance: Random) -> str:
    others = sorted(set(site.pages) - {page.number})
    text.links = sorted(chance.sample(others, min(3, len(others))))
    return f"link p{page.number} to {text.links}"


def _translate(site: Site, page: Page, chance: Random) -> str:
    if "fr" not in site.locales or "fr" in page.texts:
        return _reword(page, page.texts["en"])
    page.texts["fr"] = Text(titled(chance, "p", page.number), wording=1)
    return f"translate p{page.number}"


def _retitle_shelf(site: Site, chance: Random) -> str:
    shelf = site.shelves[chance.choice(sorted(site.shelves))]
    shelf.titles["en"] = titled(chance, "c", shelf.number)
    return f"retitle c{shelf.number} “{shelf.titles['en']}”"


def _reword_fin(site: Site, chance: Random) -> str:
    if not site.fin:
        return _retitle_shelf(site, chance)
    name = chance.choice(sorted(site.fin))
    site.fin[name] += 1
    return f"reword fin {name}"


# Files ---------------------------------------------------------------------------------------


def files(site: Site) -> dict[str, str]:
    """Return the content folder: path → text."""
    written = {}
    for shelf in site.shelves.values():
        for locale, title in shelf.titles.items():
            path = f"{locale}/{site.folder(shelf.number)}/_index.md"
            written[path] = f"---\ntitle: {title}\n---\n"
    for page in site.pages.values():
        for locale, text in page.texts.items():
            written[f"{locale}/{site.key(page)}.md"] = _article(site, page, locale, text)
    if site.fin:
        written["fin/book/_source.md"] = "---\nurl: https://docs.example.com\n---\n"
    for name, wording in site.fin.items():
        written[f"fin/book/en/{name}.md"] = f"---\ntitle: Fin {name}\n---\nfin{name}{wording}x\n"
    return written


def _article(site: Site, page: Page, locale: str, text: Text) -> str:
    head = [f"title: {text.title}", f"state: {'draft' if text.draft else 'published'}"]
    if page.was and locale == "en":
        head.append(f"was: [{', '.join(page.was)}]")
    here = posixpath.dirname(f"{locale}/{site.key(page)}")
    links = [_linked(site, here, locale, number) for number in text.links]
    lines = [
        f"Text {token(page.number, locale, text.wording)} of this article.",
        "## Questions",
        "- one\n- two",
        f"See {', '.join(links) or 'nothing else'}.",
    ]
    return "\n".join(["---", *head, "---", ""]) + "\n\n".join(lines) + "\n"


def _linked(site: Site, here: str, locale: str, number: int) -> str:
    other = site.pages[number]
    there = locale if locale in other.texts else "en"
    return f"[article p{number}q]({posixpath.relpath(f'{there}/{site.key(other)}.md', here)})"
