"""Keep requests out of private networks, whatever a name says and whenever it says it.

A pull request may name any address, and the machine that checks it may stand beside things
that no outsider should reach: metadata of a cloud, a router, a database. So each name is
looked up here, all its addresses have to be public, and the request goes to the very address
that was looked at: a name that answers otherwise a moment later (DNS rebinding) wins nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence

import httpx

LookUp = Callable[[str], Sequence[str]]
"""A host's name → its IP addresses. Raises NoSuchHost, or OSError where it cannot be told."""
_NOWHERE = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
_INSIDE = frozenset({"localhost", "local", "internal", "lan", "home", "corp", "intranet"})
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAsked(Exception):
    """The address is in a private network, or of a kind that is not asked."""


class NoSuchHost(Exception):
    """Nobody has this name."""


def look_up(host: str) -> Sequence[str]:
    """Ask the system for a host's IP addresses."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in _NOWHERE:
            raise NoSuchHost(host) from error
        raise
    except UnicodeError as error:  # a label of a name is empty or too long
        raise NoSuchHost(host) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast


def is_inside(host: str) -> bool:
    """Whether a host is named as only a private network names one, or by a number in disguise.

    Such a name is not even looked up, nor handed to a proxy. Sources: RFC 6761 and 6762
    (localhost, local), ICANN's reservation of internal; WHATWG URL, "ends in a number".
    """
    labels = host.casefold().rstrip(".").split(".")
    if is_address(host):
        return False
    return len(labels) < 2 or labels[-1] in _INSIDE or bool(_NUMBER.fullmatch(labels[-1]))


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class PublicOnly(httpx.BaseTransport):
    """Sends a request to an address of its host that was found to be public."""

    def __init__(
        self, inner: httpx.BaseTransport, look_up: LookUp, allows: Callable[[str], bool]
    ) -> None:
        self.inner, self.look_up, self.allows = inner, look_up, allows

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Look the host up, and pin the request to what was found. Raises NotAsked, NoSuchHost."""
        host = request.url.host
        found = [host] if is_address(host) else self.look_up(host)
        if not found or not all(map(self.allows, found)):
            raise NotAsked(f"{host} is in a private network")
        # Older addresses first: not every machine that has IPv6 can use it.
        address = sorted(found, key=lambda each: ":" in each)[0]
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=f"[{address}]" if ":" in address else address)
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()
