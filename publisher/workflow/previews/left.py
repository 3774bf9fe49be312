"""What one preview leaves to the next: by what it may know that its pages are still right.

They are when the same program, with the same rules, finds the same files with the same times.
Then nothing has to be read before the first page.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from publisher import __version__
from publisher.config import Config
from publisher.model import Digest, Kind, RemoteId, Site, digest
from publisher.source import Loaded, cache
from publisher.source.stamps import Stamps
from publisher.source.standing import Where

Orders = Mapping[tuple[Kind, RemoteId], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """`known` is the digest of `known_by`; `orders` as in a preview's state."""

    known: Digest
    orders: Orders = field(default_factory=dict)


def known_by(seen: Stamps, where: Where, workspace: str, lineage: str) -> Digest:
    """Return the digest of everything that pages depend on."""
    program = f"{__version__}\0{cache.shelf(None, where.rules).fingerprint}"
    files = "\n".join(f"{path}\0{stamp}" for path, stamp in sorted(seen.items()))
    return digest(f"{program}\0{workspace}\0{lineage}\0{where.rules}\0{files}")


def keep(place: Path, left: Left) -> None:
    """Write it down; a disk that refuses is no error."""
    orders = [[*thing, order] for thing, order in left.orders.items()]
    cache.write(place, {"known": left.known, "orders": orders})


def recall(place: Path) -> Left | None:
    """Read what was left, and take it away: whoever is cut off leaves nothing to trust."""
    left = None
    with suppress(OSError, ValueError, KeyError, TypeError):
        row = cache.read(place)
        orders = {(kind, RemoteId(id_)): float(order) for kind, id_, order in row["orders"]}
        left = Left(known=Digest(row["known"]), orders=orders)
    with suppress(OSError):
        place.unlink()
    return left


def nothing(config: Config) -> Loaded:
    """What is known before anything was read."""
    rules = config.rules
    site = Site(default_locale=rules.default_locale, locales=rules.locales, things={})
    return Loaded(site=site, problems=(), digest=digest(""), files=0, parsed=0)
