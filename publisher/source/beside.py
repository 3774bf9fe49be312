"""Rules over things beside each other: what a reader cannot find, or not tell apart. Pure.

Unlike the rules of `lint`, these have to be asked again when a text changes, for what it links
to and what it is called concerns others. The spots of things are complete paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import unquote

from publisher.model import Article, Key, Locale, Site, Spot, Translation
from publisher.source import links
from publisher.source.document import Document
from publisher.source.files import Found
from publisher.source.links import Linked, candidates, is_relative, path_of
from publisher.source.rules import Finding, full_path

IMAGES = (*links.IMAGES, ".webp", ".avif", ".bmp", ".ico", ".tif", ".tiff", ".heic")
Uses = Mapping[str, frozenset[str]]
"""File → what it leads to and shows: `article:KEY`, and `file:PATH`."""


@dataclass(frozen=True, slots=True)
class Around:
    """All that the texts lead to, the files that are no texts, and the texts themselves.

    folder  the content folder as the user gave it.
    """

    uses: Uses
    others: tuple[Found, ...]
    documents: Iterable[Document]
    folder: str


def uses_of(linked: Linked, own: Key) -> frozenset[str]:
    """Return what a text of the article `own` shows, and which others it leads to."""
    shown = {f"file:{asset.path}" for asset in linked.assets}
    led = {_article(target) for target in linked.targets if target} - {"", own}
    return frozenset(shown | {f"article:{key}" for key in led})


def shown_by(document: Document, default: Locale) -> frozenset[str]:
    """Return the files that a text may show which is not published from here."""
    paths = [path_of(each.url) for each in document.links if is_relative(each.url)]
    places = (candidates(document.name, path, default) for path in paths if path)
    return frozenset(f"file:{place}" for place in chain.from_iterable(places))


def _article(target: str) -> str:
    kind, _, rest = target.partition(":")
    return unquote(rest.partition("#")[0]) if kind == "article" else ""


def lint_beside(site: Site, around: Around) -> list[Finding]:
    """Return what is wrong with things beside each other.

    A file that cannot be read may lead anywhere, so then nothing is called unused.
    """
    found: list[Iterable[Finding]] = [same_titles(site)]
    if not any(one.broken for one in around.documents):
        used = frozenset(chain.from_iterable(around.uses.values()))
        found += [orphans(site, around.uses), unused_images(around, used)]
    return list(chain.from_iterable(found))


def same_titles(site: Site) -> Iterator[Finding]:
    """Articles that a reader of their collection cannot tell apart; of drafts there is none."""
    seen: dict[tuple[Key | None, Locale, str], list[tuple[Key, Translation]]] = {}
    for article in _articles(site):
        for locale, text in article.translations.items():
            if text.state != "draft":
                name = (article.parent, locale, " ".join(text.title.split()).casefold())
                seen.setdefault(name, []).append((article.key, text))
    for same in seen.values():
        for place, (_, text) in enumerate(same if len(same) > 1 else ()):
            other, _ = same[place == 0]
            yield _same_title(text.spot, text.title, other)


def _same_title(spot: Spot, title: str, other: Key) -> Finding:
    what = f"`{other}` in the same collection is called “{title}”, too."
    return Finding("title-duplicate", spot.path, what, "Say in the titles how they differ.")


def orphans(site: Site, uses: Uses) -> Iterator[Finding]:
    """Articles that are listed nowhere.

    Source: Intercom, help article 56988: outside of collections an article can be reached by its
    address alone.
    """
    homeless = [each for each in _articles(site) if each.parent is None and not _is_draft(each)]
    if not homeless:
        return
    led = {  # what Fin reads is no page of a reader's
        Key(use.removeprefix("article:"))
        for name, mine in uses.items()
        for use in mine
        if not name.startswith("fin/") and use.startswith("article:")
    }
    for article in homeless:
        if article.key not in led:
            what = "It is in no collection and nothing links to it, so readers cannot find it."
            advice = "Move it into a folder, or link to it."
            yield Finding("article-orphan", article.spot.path, what, advice)


def unused_images(around: Around, used: frozenset[str]) -> Iterator[Finding]:
    """Files that an author forgot to show, or to remove."""
    for file in around.others:
        if not file.name.lower().endswith(IMAGES):
            continue
        if not {f"file:{file.path}", f"file:{file.name}"} & used:
            what = "No text shows this image or links to it."
            advice = "Show it, remove it, or name it in .publisherignore."
            yield Finding("image-unused", full_path(around.folder, file.path), what, advice)


def _articles(site: Site) -> Iterator[Article]:
    return (thing for thing in site.things.values() if isinstance(thing, Article))


def _is_draft(article: Article) -> bool:
    return all(text.state == "draft" for text in article.translations.values())
