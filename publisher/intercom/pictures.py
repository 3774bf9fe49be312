"""Fetch the images that Intercom shows, from its content network; no token goes there.

An address is signed and good for about a day, so it is used while it is fresh and never kept.
An embedded help center on loopback hands out the same addresses and serves them itself.
Source: reference "How Intercom really treats article bodies", §3.6.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from publisher import __version__
from publisher.errors import RemoteError
from publisher.intercom.transport import LOOPBACK

ATTEMPTS = 3
LARGEST = 64 * 1024 * 1024
"""Bytes. Nothing a help center shows is larger; an endless answer must not fill the memory."""


class _Passing(RemoteError):
    """A failure that may have passed a moment later."""


def fetch(http: httpx.Client, url: str) -> bytes:
    """Return the bytes of an image.

    http  a client of the API; its host serves the images itself when it is on loopback.

    Raises RemoteError: which image, and why; never with the signature.
    """
    again = Retrying(
        retry=retry_if_exception_type(_Passing),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=0.5, max=5),
        reraise=True,
    )
    return again(_once, http, url)


def _once(http: httpx.Client, url: str) -> bytes:
    name = url.partition("?")[0]
    try:
        with http.stream(
            "GET",
            _address(http, url),
            headers={"User-Agent": f"publisher/{__version__}"},
            follow_redirects=http.base_url.host not in LOOPBACK,
        ) as response:
            if response.status_code >= 500 or response.status_code == 429:
                raise _Passing(f"{name} (status {response.status_code})")
            if not response.is_success:
                raise RemoteError(f"{name} (status {response.status_code})")
            return _read(response, name)
    except (httpx.RequestError, httpx.InvalidURL, OSError) as error:
        raise _Passing(f"{name} ({type(error).__name__})") from error


def _read(response: httpx.Response, name: str) -> bytes:
    held = bytearray()
    for piece in response.iter_bytes():
        held += piece
        if len(held) > LARGEST:
            raise RemoteError(f"{name} is larger than {LARGEST // 1024 // 1024} MB")
    if not held:
        raise RemoteError(f"{name} is empty")
    return bytes(held)


def _address(http: httpx.Client, url: str) -> str:
    """Where to ask. A relative address goes to the client's own host."""
    if http.base_url.host not in LOOPBACK:
        return url
    parts = urlsplit(url)
    path = parts.path.replace("%", "%25")  # the path as it stands is what the image is kept under
    return f"/cdn{path}" + (f"?{parts.query}" if parts.query else "")
