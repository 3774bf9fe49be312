"""Addresses of the content that are not ours: collected from the texts, asked, and told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from publisher import __version__
from publisher.config import Config
from publisher.model import Article, ExternalPage, Problem, Site, Spot, Translation
from publisher.source import Loaded
from publisher.source.files import decode
from publisher.source.ignoring import heeded
from publisher.source.privacy import masked
from publisher.source.rules import Finding, option, settle
from publisher.web import Verdict, Web, check
from publisher.web.memory import Memory

DEAD, MOVED = "link-dead", "link-moved"
_ADDRESS = re.compile(r'\s(?:href|src)="(https?://[^"]+)"')
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How the addresses on the web are.

    problems  those that are dead or have moved, each where it stands.
    asked     how many addresses there are; unknown: why how many of them could not be told.
    """

    problems: tuple[Problem, ...]
    asked: int
    unknown: Mapping[str, int]


def outside(config: Config, loaded: Loaded, web: Web) -> Outside:
    """Ask every http(s) address that the texts link to or show.

    A network that fails is no error and no finding: what it hides could not be told.
    """
    skip, days = (option(config.rules, DEAD, name) for name in ("skip", "days"))
    places = addresses_of(loaded.site)
    wanted = [url for url in places if not any(fnmatchcase(url, each) for each in skip)]
    told = check(wanted, _ours(web, config), Memory(config.state_folder / "cache/web.json", days))
    found = [finding for url in wanted for finding in _findings(url, told[url], places[url])]
    unknown: dict[str, int] = {}
    for each in told.values():
        if each.state == "unknown":
            unknown[each.why] = unknown.get(each.why, 0) + 1
    problems = masked([*loaded.problems, *heeded(settle(found, config.rules), loaded.ignores)])
    return Outside(problems=problems[len(loaded.problems) :], asked=len(wanted), unknown=unknown)


def addresses_of(site: Site) -> dict[str, list[Spot]]:
    """Return every http(s) address in the bodies, with the places where it stands."""
    found: dict[str, list[Spot]] = {}
    for text in _texts(site):
        source = _lines(text.spot.path)
        first = min(text.lines, default=text.spot.line)
        for url in dict.fromkeys(map(unescape, _ADDRESS.findall(text.body))):
            spots = [Spot(text.spot.path, line) for line in _standing(url, source, first)]
            found.setdefault(url, []).extend(spots)
    return found


def _texts(site: Site) -> Iterator[Translation | ExternalPage]:
    for thing in site.things.values():
        if isinstance(thing, Article):
            yield from thing.translations.values()
        elif isinstance(thing, ExternalPage):
            yield thing


def _standing(url: str, source: list[str], first: int) -> list[int]:
    """The lines of a file, from `first`, on which an address stands; `first`, where none shows it.

    An author may have written letters that are sent as `%` codes.
    """
    spelt = "|".join(re.escape(each) for each in {url, unquote(url)})
    stands = re.compile(f"(?:{spelt})(?![\\w/?&=%#-])")
    lines = enumerate(source[first - 1 :], start=first)
    return [line for line, text in lines if stands.search(unescape(text))] or [first]


def _lines(path: str) -> list[str]:
    try:
        text = decode(path, Path(path).read_bytes())
    except OSError:
        return []
    return [] if isinstance(text, Finding) else text.split("\n")


def _findings(url: str, told: Verdict, places: list[Spot]) -> Iterator[Finding]:
    if told.state == "dead":
        rule, what = DEAD, f"`{url}` is gone: {told.why}."
        advice = "Link to where it is now, or take the link away."
    elif told.state == "moved":
        rule, what = MOVED, f"`{url}` has moved for good."
        advice = f"Link to {told.to}{_fragment(url, told.to)}."
    else:
        return
    for spot in places:
        yield Finding(rule, spot.path, what, advice, spot.line)


def _fragment(url: str, to: str) -> str:
    return "" if "#" in to or "#" not in url else url[url.index("#") :]


def _ours(web: Web, config: Config) -> Web:
    said = config.environment.get
    proxied = any(said(name) or said(name.lower()) for name in _PROXIES)
    agent = f"publisher/{__version__} (checks the links of a help center)"
    return replace(web, agent=agent, proxied=proxied and web.transport is None)
