"""Ask many addresses: a few hosts at once, and of each host one thing after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from publisher.web.asking import Tired, Verdict, Web, ask
from publisher.web.memory import Memory

TIRED = Verdict(state="unknown", why="429")
_NO_HOST = "there is no host"


def check(urls: Iterable[str], web: Web, memory: Memory) -> dict[str, Verdict]:
    """Return a verdict on each address; what `memory` knows is not asked again.

    Addresses are asked without their fragment. Where no host at all could be reached, there
    is no network here, and a name that is not found says nothing about the name.
    """
    plain = {url: url.partition("#")[0] for url in urls}
    now = web.now()
    known = memory.known(set(plain.values()), now)
    fresh: dict[str, Verdict] = {}
    try:
        _ask_all(sorted(set(plain.values()) - known.keys()), web, fresh)
    except BaseException:  # an interrupt; what was told until then need not be asked again
        memory.keep({url: each for url, each in list(fresh.items()) if _was_reached(each)}, now)
        raise
    if not any(_was_reached(each) for each in (*known.values(), *fresh.values())):
        offline = Verdict(state="unknown", why="no network")
        fresh = {url: offline if _has_no_host(each) else each for url, each in fresh.items()}
    memory.keep(fresh, now)
    told = {**known, **fresh}
    return {url: told[without] for url, without in plain.items()}


def _ask_all(urls: list[str], web: Web, told: dict[str, Verdict]) -> None:
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(_host(url), []).append(url)
    if not hosts:
        return
    stop = threading.Event()
    pool = ThreadPoolExecutor(max_workers=web.lanes)
    try:
        answers = [pool.submit(_one_by_one, each, web, stop, told) for each in hosts.values()]
        for answer in answers:
            answer.result()
    finally:
        stop.set()  # an interrupt waits for the requests under way, and for no more
        pool.shutdown(cancel_futures=True)


def _one_by_one(urls: list[str], web: Web, stop: threading.Event, told: dict[str, Verdict]) -> None:
    """Ask addresses of one host, with a pause after each; none any more once it has had enough."""
    with web.client() as client:
        for number, url in enumerate(urls):
            if stop.is_set():
                break
            if number:
                web.sleep(web.pause)
            try:
                told[url] = ask(url, client, web.allows)
            except Tired:
                told.update({each: TIRED for each in urls if each not in told})
                return


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.casefold()
    except ValueError:
        return ""


def _has_no_host(told: Verdict) -> bool:
    return told.state == "dead" and told.why.startswith(_NO_HOST)


def _was_reached(told: Verdict) -> bool:
    return told.state in ("fine", "moved") or told.why.isdecimal()
