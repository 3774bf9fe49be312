"""Rules over the finished Site: a tuple of small functions, each Site → findings. Pure.

What a single file or a link can break is found where it is read; here stands what
only shows when everything is together. The spots of things are complete paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from itertools import chain
from urllib.parse import quote

from publisher.body import canonical, refs
from publisher.model import (
    Article,
    Asset,
    Collection,
    ContentRules,
    ExternalPage,
    Key,
    Kind,
    Locale,
    Ref,
    Site,
    Spot,
    Thing,
    Translation,
)
from publisher.source.freshness import stale_translations
from publisher.source.rules import Finding, option

MEGABYTE = 1024 * 1024


def lint_texts(site: Site, rules: ContentRules) -> list[Finding]:
    """Return what is wrong with each text by itself; paths are as in its spots."""
    return [
        *long_titles(site, option(rules, "title-long", "max")),
        *large_images(site, option(rules, "image-large", "max_mb")),
        *_by((empty_bodies, stale_translations), site),
    ]


def lint_whole(site: Site) -> list[Finding]:
    """Return what only shows when everything is together; paths are as in its spots."""
    return _by((keys_that_differ_in_case, unnamed_collections), site)


def _by(rules: Iterable[Callable[[Site], Iterable[Finding]]], site: Site) -> list[Finding]:
    return list(chain.from_iterable(rule(site) for rule in rules))


def keys_that_differ_in_case(site: Site) -> Iterator[Finding]:
    """Two such files are one on many disks, and two in every ledger."""
    seen: dict[tuple[Kind, str], Thing] = {}
    for thing in site.things.values():
        other = seen.setdefault((thing.kind, thing.key.casefold()), thing)
        if other is not thing:
            for one, two in ((other, thing), (thing, other)):
                what = f"`{one.key}` and `{two.key}` differ only in case."
                yield _at(one.spot, "key-case", what, "Rename one of them.")


def long_titles(site: Site, longest: int) -> Iterator[Finding]:
    """Titles that a list of articles could not show."""
    for title, _, spot in _texts(site):
        if len(title) > longest:
            what = f"The title has {len(title)} characters; {longest} are plenty."
            yield _at(spot, "title-long", what, "Shorten it.")


def empty_bodies(site: Site) -> Iterator[Finding]:
    """Readers would meet an empty page; what the author calls a draft they do not meet."""
    drafts = {
        text.spot
        for thing in site.things.values()
        if isinstance(thing, Article)
        for text in thing.translations.values()
        if text.state == "draft"
    }
    for _, body, spot in _texts(site):
        if not body and spot not in drafts:
            what = "There is a title but no text; readers would meet an empty page."
            yield _at(spot, "body-empty", what, "Write it, or say `state: draft`.")


def large_images(site: Site, largest: float) -> Iterator[Finding]:
    """Files of more megabytes than Intercom would fetch, on the line where they are shown."""
    assets = site.assets.items()
    large = {token: each for token, each in assets if each.size > largest * MEGABYTE}
    articles = (thing for thing in site.things.values() if isinstance(thing, Article))
    for text in (text for article in articles for text in article.translations.values()):
        for asset in _shown(text, large):
            what = f"{asset.path} has {_megabytes(asset.size / MEGABYTE)}."
            advice = f"Make it smaller; {_megabytes(largest)} are plenty for an image."
            spot = Spot(text.spot.path, _line_of(asset, text))
            yield _at(spot, "image-large", what, advice)


def _megabytes(size: float) -> str:
    return f"{size:.0f} MB" if size >= 10 or size == int(size) else f"{size:.1f} MB"


def _shown(text: Translation, assets: Mapping[str, Asset]) -> list[Asset]:
    """Return those of `assets` that a text shows; a link to a file shows nothing."""
    shown = dict.fromkeys(refs.references(text.body)) if assets else {}
    found = [assets[each.key] for each in shown if each.kind == "asset" and each.key in assets]
    return [asset for asset in found if f'src="{_address(asset)}"' in text.body]


def _line_of(asset: Asset, text: Translation) -> int:
    src = f'src="{quote(asset.token.rpartition("/")[2], safe="")}"'
    lines = zip(text.lines, canonical.blocks(text.body), strict=False)
    return next((line for line, block in lines if src in block), text.spot.line)


def _address(asset: Asset) -> str:
    return escape(refs.spell(refs.Reference("asset", asset.token)))


def unnamed_collections(site: Site) -> Iterator[Finding]:
    """Where a locale has articles in collections that it has no name for; one finding for all."""
    missing: dict[Key, list[Locale]] = {}
    spots: dict[Key, Spot] = {}
    for locale in site.locales:
        for home in _homes(site, locale):
            if locale not in home.titles:
                missing.setdefault(home.key, []).append(locale)
                spots[home.key] = home.spot
    if missing:
        names = [f"`{key}` ({', '.join(locales)})" for key, locales in sorted(missing.items())]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        what = (
            f"Collections hold articles in locales without a title: {', '.join(names[:3])}{more}."
        )
        advice = "Write an _index.md with a `title:` into the locale's folder."
        yield _at(spots[min(missing)], "collection-without-title", what, advice)


def _homes(site: Site, locale: Locale) -> list[Collection]:
    homes: dict[Key, Collection] = {}
    for thing in site.things.values():
        parent = thing.parent if isinstance(thing, Article) else None
        if isinstance(thing, Article) and locale in thing.translations:
            while parent is not None and parent not in homes:
                home = site.things.get(Ref("collection", parent))
                if not isinstance(home, Collection):
                    break
                homes[parent] = home
                parent = home.parent
    return list(homes.values())


def _texts(site: Site) -> Iterator[tuple[str, str, Spot]]:
    for thing in site.things.values():
        if isinstance(thing, Article):
            for text in thing.translations.values():
                yield text.title, text.body, text.spot
        elif isinstance(thing, ExternalPage):
            yield thing.title, thing.body, thing.spot
        elif isinstance(thing, Collection):
            for title in thing.titles.values():
                yield title, " ", thing.spot


def _at(spot: Spot, rule: str, what: str, advice: str) -> Finding:
    return Finding(rule, spot.path, what, advice, spot.line)
