"""Who may ask: a browser of this machine, for a page of ours, and nobody through it.

A site anywhere can point a name of its own at 127.0.0.1 and then read what answers there as
if it were its own (DNS rebinding); the Host header tells, since it still holds that name. What
a page of another origin asks for is refused as well, except that a link may lead here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
ANY_ADDRESS = frozenset({"0.0.0.0", "[::]"})
NOTHING_ALLOWED = "default-src 'none'; frame-ancestors 'none'"
OWN = ("same-origin", "none")
"""Sec-Fetch-Site of our own pages, and of an address that was typed."""

StartResponse = Callable[..., Any]


def refusal(environ: Mapping[str, Any], hosts: frozenset[str]) -> Response | None:
    """Return the answer to a request that is none of ours; None: it may pass.

    hosts  names that are good besides those of loopback, IPv6 in brackets. An address that
           stands for all of the machine's lets every number pass: only names can be rebound.
    """
    host = str(environ.get("HTTP_HOST", ""))
    if not _is_ours(host, str(environ.get("SERVER_PORT", "")), hosts):
        return _refused(421, "This preview answers only to its own address on this machine.")
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and origin.lower() != f"{_scheme(environ)}://{host}".lower():
        return _refused(403, "This preview answers only to its own pages.")
    if not _is_own_request(environ):
        return _refused(403, "This preview can be linked to, but not be used by other sites.")
    return None


def _is_ours(host: str, port: str, hosts: frozenset[str]) -> bool:
    name, asked = _parted(host.lower())
    if (asked or "80") != port:
        return False
    if name in LOOPBACK or name in hosts:
        return True
    return bool(hosts & ANY_ADDRESS) and _is_number(name)


def _parted(host: str) -> tuple[str, str]:
    """Part a Host header into name and port; an IPv6 address keeps its brackets."""
    name, bracket, rest = host.partition("]") if host.startswith("[") else ("", "", host)
    before, colon, port = rest.partition(":")
    if colon and not port:
        return "", ""
    return name + bracket + before, port


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _scheme(environ: Mapping[str, Any]) -> str:
    return str(environ.get("wsgi.url_scheme", "http"))


def _is_own_request(environ: Mapping[str, Any]) -> bool:
    """Whether one of our pages asks, or somebody opens a page; old browsers do not say."""
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if site is None or site in OWN:
        return True
    opened = (environ.get("HTTP_SEC_FETCH_MODE"), environ.get("HTTP_SEC_FETCH_DEST"))
    return opened == ("navigate", "document")


def _refused(status: int, sentence: str) -> Response:
    return Response(f"{sentence}\n", status=status, mimetype="text/plain")


def sealed(start_response: StartResponse) -> StartResponse:
    """Put on every answer what keeps it here; a stricter or fitting policy of its own stays."""

    def started(
        status: str, headers: Iterable[tuple[str, str]], *rest: Any
    ) -> Callable[[bytes], Any]:
        kept = Headers(list(headers))
        kept.setdefault("Content-Security-Policy", NOTHING_ALLOWED)
        kept.setdefault("Cache-Control", "no-store")
        kept.setdefault("Referrer-Policy", "same-origin")
        kept["X-Content-Type-Options"] = "nosniff"
        kept["Cross-Origin-Resource-Policy"] = "same-origin"
        kept["Cross-Origin-Opener-Policy"] = "same-origin"
        write: Callable[[bytes], Any] = start_response(status, kept.to_wsgi_list(), *rest)
        return write

    return started
