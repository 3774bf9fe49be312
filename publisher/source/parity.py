"""Whether a translation is built like its source: what a reader of both could count. Pure.

Words differ between languages; headings, steps, images, code, placeholders and the places that
links lead to do not. Each article is judged by itself, and each difference told once, since a
translation that is behind differs in many places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from publisher.model import LOCALES
from publisher.source.links import NOWHERE, Linked, is_relative
from publisher.source.outline import Outline
from publisher.source.place import Place
from publisher.source.rules import Finding

MOST = 3
"""Differences of a kind that are named; the others are counted."""
_LANGUAGES = frozenset(
    {each.casefold() for each in LOCALES} | {each.casefold().partition("-")[0] for each in LOCALES}
)
_REGIONAL = re.compile(r"([a-z]{2,3})[-_][a-z]{2,4}\Z")


def disparities(plan: Outline, linked: Mapping[str, Linked]) -> Iterator[Finding]:
    """Yield how translations differ from their sources; drafts and empty ones are not judged.

    linked  of every file of these articles, by its name.
    """
    for versions in plan.articles.values():
        source = versions[plan.default_locale]
        for place in versions.values() if _is_judged(source) else ():
            if place is not source and _is_judged(place) and place.meta.state != "draft":
                yield from _of_shape(source, place)
                yield from _of_links(source, place, linked)


def _is_judged(place: Place) -> bool:
    return bool(place.document.html) and not place.document.broken


def _of_shape(source: Place, place: Place) -> Iterator[Finding]:
    theirs, mine = source.document, place.document
    yield from _headings(source, place)
    if theirs.shape != mine.shape:
        yield from _steps(source, place)
        yield from _code(source, place)
        yield from _placeholders(source, place)
    shown = [sum(each.image for each in one.links) for one in (theirs, mine)]
    if shown[0] != shown[1]:
        what = f"It shows {_counted(shown[1], 'image')}; its source shows {shown[0]}."
        line = next((each.line for each in mine.links if each.image), 1)
        yield _finding("parity-images", place, source, what, line)


def _headings(source: Place, place: Place) -> Iterator[Finding]:
    theirs, mine = source.document.headings, place.document.headings
    levels, wanted = [one.level for one in mine], [one.level for one in theirs]
    if levels == wanted:
        return
    first = _first_difference(levels, wanted)
    if len(mine) != len(theirs):
        what = f"It has {_counted(len(mine), 'heading')}; its source has {len(theirs)}."
    else:
        what = f"“{mine[first].text[:60]}” is of another level than in the source."
    line = mine[min(first, len(mine) - 1)].line if mine else 1
    yield _finding("parity-headings", place, source, what, line)


def _steps(source: Place, place: Place) -> Iterator[Finding]:
    theirs, mine = source.document.shape.steps, place.document.shape.steps
    counts, wanted = [count for count, _ in mine], [count for count, _ in theirs]
    if counts == wanted:
        return
    first = _first_difference(counts, wanted)
    if len(mine) != len(theirs):
        what = f"It has {_counted(len(mine), 'numbered list')}; its source has {len(theirs)}."
    else:
        what = f"This list has {_counted(counts[first], 'step')}; the source's has {wanted[first]}."
    line = mine[min(first, len(mine) - 1)][1] if mine else 1
    yield _finding("parity-steps", place, source, what, line)


def _code(source: Place, place: Place) -> Iterator[Finding]:
    theirs, mine = source.document.shape.code, place.document.shape.code
    texts, wanted = [text for text, _ in mine], [text for text, _ in theirs]
    if texts == wanted:
        return
    first = _first_difference(texts, wanted)
    if len(mine) != len(theirs):
        what = f"It has {_counted(len(mine), 'code block')}; its source has {len(theirs)}."
    else:
        what = "This code has other keys, options or variables than that of its source."
    line = mine[min(first, len(mine) - 1)][1] if mine else 1
    yield _finding("parity-code", place, source, what, line)


def _placeholders(source: Place, place: Place) -> Iterator[Finding]:
    theirs, mine = source.document.shape.placeholders, place.document.shape.placeholders
    wanted, found = Counter(text for text, _ in theirs), Counter(text for text, _ in mine)
    lacking, more = wanted - found, found - wanted
    if lacking or more:
        line = next((line for text, line in mine if text in more), 1)
        what = _difference("the placeholder", lacking, more)
        yield _finding("parity-placeholders", place, source, what, line)


def _of_links(source: Place, place: Place, linked: Mapping[str, Linked]) -> Iterator[Finding]:
    theirs, mine = _targets(source, linked), _targets(place, linked)
    if theirs.keys() == mine.keys():
        return  # as in most; what of an address differs by language need not be asked
    theirs, mine = _in_any_language(theirs), _in_any_language(mine)
    if theirs.keys() == mine.keys():
        return
    lacking = [each for each in theirs if each not in mine and not _may_mean(place, each, linked)]
    more = [each for each in mine if each not in theirs and not _may_mean(source, each, linked)]
    sites = {_site(each) for each in more} & {_site(each) for each in lacking}
    lacking = [each for each in lacking if _site(each) not in sites or _is_ours(each)]
    more = [each for each in more if _site(each) not in sites or _is_ours(each)]
    if lacking or more:
        what = _difference("a link to", lacking, more)
        yield _finding("parity-links", place, source, what, mine[more[0]] if more else 1)


def _may_mean(place: Place, target: str, linked: Mapping[str, Linked]) -> bool:
    """Whether a link that leads nowhere, which is a finding of its own, may mean this target."""
    targets = linked[place.document.name].targets
    pairs = zip(place.document.links, targets, strict=False)
    return _is_ours(target) and any(
        not link.image and is_relative(link.url) and (not led or led.startswith(NOWHERE))
        for link, led in pairs
    )


def _targets(place: Place, linked: Mapping[str, Linked]) -> dict[str, int]:
    """Where a text's links lead, each with the line of its first link."""
    found: dict[str, int] = {}
    targets = linked[place.document.name].targets
    for link, target in zip(place.document.links, targets, strict=False):
        if target and not link.image:
            found.setdefault(target, link.line)
    return found


def _in_any_language(targets: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for target, line in targets.items():
        wanted = _anywhere(target)
        if wanted:
            found.setdefault(wanted, line)
    return found


@lru_cache(maxsize=4096)
def _anywhere(url: str) -> str:
    """Return an address without what may differ by language; "" where nothing can be said."""
    kind, _, rest = url.partition(":")
    if kind in ("article", "collection"):
        return url.partition("#")[0]
    if kind == "page":
        return f"page:{rest.partition('#')[0].rpartition(':')[0] or rest}"
    if kind not in ("http", "https"):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = parts.netloc.casefold().rpartition("@")[2].removeprefix("www.")
    host = ".".join(_without_language(host.split(".")))
    return host + "/".join(_without_language(parts.path.rstrip("/").split("/")))


def _without_language(names: Iterable[str]) -> list[str]:
    return [each for each in names if not _is_language(each.casefold())]


def _is_language(name: str) -> bool:
    regional = _REGIONAL.match(name)
    return name in _LANGUAGES or bool(regional and regional[1] in _LANGUAGES)


def _site(target: str) -> str:
    return target.partition("/")[0]


def _is_ours(target: str) -> bool:
    return target.startswith(("article:", "collection:", "page:"))


def _difference(what: str, lacking: Iterable[str], more: Iterable[str]) -> str:
    said = []
    if lacking := list(lacking):
        said.append(f"It lacks {what} {_listed(lacking)}.")
    if more := list(more):
        said.append(f"It has {what} {_listed(more)} that its source has not.")
    return " ".join(said)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{each.removeprefix('article:')}`" for each in names[:MOST])
    return shown + (f" and {len(names) - MOST} more" if len(names) > MOST else "")


def _first_difference(mine: Sequence[object], theirs: Sequence[object]) -> int:
    pairs = enumerate(zip(mine, theirs, strict=False))
    return next((place for place, (one, two) in pairs if one != two), min(len(mine), len(theirs)))


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _finding(rule: str, place: Place, source: Place, what: str, line: int) -> Finding:
    return Finding(
        rule, place.document.path, what, f"Compare it with {source.document.path}.", line
    )
