"""Images: fetched when an article is written, kept on a content network, signed when read.

Intercom has no upload. It fetches what an `<img src>` names and from then on shows its
own copy, under an address whose query differs at every read. A path of that network that
comes back in a body is recognised, with or without its query, and signed again.

Bytes are kept for the addresses the look-up knows; any other absolute http(s) address
counts as fetched, so that nothing here ever leaves the machine.

Source: real bodies (paths, query, later sizes), Intercom's guide (absolute, fetchable).
"""

from __future__ import annotations

import hashlib
import itertools
import mimetypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from publisher.helpcenter.answers import invalid
from publisher.helpcenter.store import Store

CDN = "https://downloads.intercomcdn.com"
LIFETIME = 27 * 3600
"""Seconds a signature is good for; one real sample was 27 hours ahead."""

_HOSTS = re.compile(
    r"(downloads|uploads)(\.(eu|au))?\.intercomcdn\.(com|eu)|uploads\.intercomusercontent\.com"
    r"|([a-z0-9-]+\.)?(au\.)?intercom-attachments(-\d)?\.(com|eu)"
)
_STORED = re.compile(rf'<img src="({re.escape(CDN)}/[^"?]+)"([^>]*)>')
_IN_MARKDOWN = re.compile(rf"\]\(({re.escape(CDN)}/[^)?]+)\)")
_SIZED = re.compile(r'(<img src="[^"]+"(?: alt="[^"]*")?)>')


def is_hosted(url: str) -> bool:
    """Say whether `url` is on Intercom's own image network."""
    return bool(_HOSTS.fullmatch(urlsplit(url).netloc))


@dataclass(slots=True, kw_only=True)
class Images:
    """Fetches, keeps and signs.

    unreachable   says whether fetching that address is to fail.
    look_up       bytes of an address, or None when it is not known here.
    by_name       the cache knows images by file name instead of by address.
    copied        whether what was fetched is kept here at all.
    """

    store: Store
    workspace: str
    seed: str
    now: Callable[[], float]
    unreachable: Callable[[str], bool]
    look_up: Callable[[str], bytes | None] | None = None
    by_name: bool = False
    copied: bool = True
    _reads: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def host(self, url: str) -> str:
        """Fetch `url` and return its address on the network, without a query.

        Where nothing is copied, that is the address it came with.

        Raises Refusal when it is not absolute http(s), or cannot be fetched: the guide
        says that then the whole request fails with 400.
        """
        parts = urlsplit(url.strip())
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise invalid(f"Image source must be an absolute URL: {url[:80]}", "body")
        if is_hosted(url):
            return self._adopt(url)
        if self.unreachable(url):
            raise invalid(f"Image could not be downloaded: {url[:200]}", "body")
        if not self.copied:
            return url
        name = unquote(parts.path.rpartition("/")[2]) or "image"
        known_as = name if self.by_name else url
        path = self.store.image_path(known_as) or self._fetch(url, name, known_as)
        return CDN + path

    def _adopt(self, url: str) -> str:
        path = urlsplit(url).path
        name = path.rpartition("/")[2]
        self.store.keep_image(path, origin=url, name=path, content=None, type=media_type(name))
        return CDN + path

    def _fetch(self, url: str, name: str, known_as: str) -> str:
        content = self.look_up(url) if self.look_up else None
        number = self.store.next_number("image", first=857217366)
        scramble = hashlib.sha256(f"{self.seed} {number}".encode()).hexdigest()[:24]
        path = f"/i/o/{self.workspace}/{number}/{scramble}/{quote(name)}"
        self.store.keep_image(
            path, origin=url, name=known_as, content=content, type=media_type(name)
        )
        return path

    def sign(self, body: str, *, sized: bool = False) -> str:
        """Return `body` with a fresh signature on every image; `sized` adds the sizes."""
        if sized:
            body = with_sizes(body)
        return _STORED.sub(self._signed, body)

    def _signed(self, found: re.Match[str]) -> str:
        query = self._query(found[1]).replace("&", "&amp;")
        return f'<img src="{found[1]}?{query}"{found[2]}>'

    def sign_markdown(self, text: str) -> str:
        """Return `text` with a fresh signature on every image."""
        return _IN_MARKDOWN.sub(lambda found: f"]({found[1]}?{self._query(found[1])})", text)

    def _query(self, address: str) -> str:
        read = next(self._reads)
        expires = int(self.now()) + LIFETIME
        token = hashlib.sha256(f"{self.seed} {address} {expires} {read}".encode()).hexdigest()
        return f"expires={expires}&signature={token}&req={token[:20]}%2F{read}%0A"

    def content(self, path: str) -> tuple[bytes, str] | str | None:
        """Return (bytes, media type), or the original address, or None for an unknown path."""
        found = self.store.image(urlsplit(path).path)
        if found is None:
            return None
        origin, content, type = found
        return (content, type) if content is not None else origin


def media_type(name: str) -> str:
    """Guess from a file name."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def with_sizes(body: str) -> str:
    """Add width, height and style to images that have none, as Intercom's server came to do."""
    return _SIZED.sub(r'\1 width="707" height="405" style="height: auto;">', body)
