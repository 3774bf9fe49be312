"""Show a video as a poster that needs no network, no script and nobody's consent.

The player is inside a closed <details>, so a browser loads nothing of it until a reader opens
it; where there is no network, the poster and the address are what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "youtube.com": "YouTube",
        "youtube-nocookie.com": "YouTube",
        "vimeo.com": "Vimeo",
        "wistia.com": "Wistia",
        "wistia.net": "Wistia",
        "loom.com": "Loom",
        "vidyard.com": "Vidyard",
        "streamio.com": "Streamio",
    }
)
"""Source: Intercom, "Supported HTML": whose players an article may embed."""


def poster(frame: LexborNode) -> str:
    """Return HTML for the place of an <iframe>; "" when it leads to no address on the web."""
    address = (frame.attributes.get("src") or "").strip()
    address = f"https:{address}" if address.startswith("//") else address
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    if not address.startswith(("https://", "http://")) or not host:
        return ""
    name = next((name for end, name in HOSTS.items() if f".{host}".endswith(f".{end}")), "")
    return _video(frame, address, name) if name else _refused(address, host)


def _video(frame: LexborNode, address: str, name: str) -> str:
    title = frame.attributes.get("title") or name
    if "srcdoc" in frame.attributes:  # would be shown instead of the address
        del frame.attrs["srcdoc"]
    allowed = frame.attributes.get("allow") or ""
    if "fullscreen" in allowed and "allowfullscreen" in frame.attributes:
        del frame.attrs["allowfullscreen"]  # it says the same, and browsers complain of both
    frame.attrs["src"] = address
    frame.attrs["loading"] = "lazy"
    frame.attrs["title"] = title
    sign = '<span class="play" aria-hidden="true"></span>'
    return (
        f'<div class="video"><details><summary>{sign}<span>{escape(title)}</span></summary>'
        f"{frame.html}</details>{_link(address)}</div>"
    )


def _refused(address: str, host: str) -> str:
    """A player of a host that Intercom does not embed: its address alone."""
    sign = '<span class="play" aria-hidden="true"></span>'
    return f'<div class="video"><p class="poster">{sign}{escape(host)}</p>{_link(address)}</div>'


def _link(address: str) -> str:
    return f'<a href="{escape(address)}" rel="noopener noreferrer" dir="ltr">{escape(address)}</a>'
