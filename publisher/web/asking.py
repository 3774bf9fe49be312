"""Ask one address whether it leads somewhere: HEAD, and GET where that is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

from publisher.web.guard import (
    LookUp,
    NoSuchHost,
    NotAsked,
    PublicOnly,
    is_address,
    is_inside,
    is_public,
    look_up,
)

State = Literal["fine", "moved", "dead", "unknown"]
MOST_REDIRECTS = 10
PATIENCE = httpx.Timeout(10.0, connect=5.0)
"""Seconds. A page that takes longer is slow, and not gone."""
GONE = (404, 410)
_ONE_USE = httpx.Limits(max_keepalive_connections=0)
_REDIRECTS, _PERMANENT = (301, 302, 303, 307, 308), (301, 308)
_TOO_MANY = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How an address is; `to`: where it has moved for good.

    why  for what is dead or unknown: in a few words, such as "404".
    """

    state: State
    why: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The way to the web, and how much of it is used; tests own theirs.

    agent      who we say we are. proxied: a proxy stands between, which looks names up itself.
    pause      seconds between two requests to one host. lanes: hosts that are asked at once.
    transport  what carries the requests; None: connections of our own.
    """

    agent: str = "publisher (checks links of a help center)"
    proxied: bool = False
    pause: float = 0.5
    lanes: int = 8
    transport: httpx.BaseTransport | None = None
    look_up: LookUp = look_up
    allows: Callable[[str], bool] = is_public
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def client(self) -> httpx.Client:
        """Open a client without cookies, passwords or memory; redirects are for us to follow."""
        transport = None if self.proxied else self._guarded()
        headers = {"User-Agent": self.agent, "Accept": "*/*"}
        return httpx.Client(transport=transport, headers=headers, timeout=PATIENCE)

    def _guarded(self) -> httpx.BaseTransport:
        # A connection is not kept: two hosts may share an address, but not a certificate.
        direct = self.transport or httpx.HTTPTransport(limits=_ONE_USE)
        return PublicOnly(direct, self.look_up, self.allows)


class Tired(Exception):
    """The host says that we ask too much; nothing more is asked of it in this run."""


def ask(url: str, client: httpx.Client, allows: Callable[[str], bool]) -> Verdict:
    """Follow an address to its end.

    Only what says that it is gone (404, 410, a name that nobody has) is dead. Whatever else
    goes wrong may be about us, and cannot be told.

    Raises Tired for a 429. Source: RFC 9110, 15.4.2, 15.4.9, 15.5.5, 15.5.11.
    """
    try:
        return _followed(url, client, allows)
    except NoSuchHost as error:
        return Verdict(state="dead", why=f"there is no host {error}")
    except NotAsked as error:
        return Verdict(state="unknown", why=str(error))
    except httpx.TimeoutException:
        return Verdict(state="unknown", why="no answer in time")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        return Verdict(state="unknown", why="no connection")


def _followed(url: str, client: httpx.Client, allows: Callable[[str], bool]) -> Verdict:
    here, moved, permanent = url, "", True
    for _ in range(MOST_REDIRECTS):
        if urlsplit(here).scheme not in ("http", "https"):
            return Verdict(state="fine")  # handed over to an app
        status, location = _sent(here, client, allows)
        if status not in _REDIRECTS or not location:
            return _judged(status, moved if moved != url else "")
        here = urldefrag(urljoin(here, location))[0]
        permanent = permanent and status in _PERMANENT
        moved = here if permanent else moved
    return Verdict(state="unknown", why=f"more than {MOST_REDIRECTS} redirects")


def _sent(url: str, client: httpx.Client, allows: Callable[[str], bool]) -> tuple[int, str]:
    """Return the status, and where a redirect leads. Only what a HEAD refuses is asked again."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    private = is_inside(host) or (is_address(host) and not allows(host))
    if "@" in parts.netloc or not host or private:
        raise NotAsked(f"{host or url} is not asked")
    for method in ("HEAD", "GET"):
        with client.stream(method, url) as answer:
            client.cookies.clear()
            status, location = answer.status_code, answer.headers.get("location", "")
        if status == _TOO_MANY:
            raise Tired(host)
        if status < 400:
            break
    return status, location


def _judged(status: int, moved: str) -> Verdict:
    if status in GONE:
        return Verdict(state="dead", why=str(status))
    if 200 <= status < 300:
        return Verdict(state="moved", to=moved) if moved else Verdict(state="fine")
    return Verdict(state="unknown", why=str(status))
