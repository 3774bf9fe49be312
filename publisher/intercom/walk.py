"""Read a whole list, page after page, from a server that may count as it likes.

Every documented shape of the envelope is understood: `pages.next` as an address, as a
cursor object, null or absent; `total_pages` inside `pages` or beside it; no paging at
all. An address is read for its page number or cursor and never followed: the token stays
with the configured host. A page that brings nothing new ends the walk, whatever it says
about further ones, because there are servers that ignore `page`.

Lists are sorted by time of change, so rows shift while somebody writes: rows are known by
id, the newest wins, and a walk that does not add up is walked again.

Source: OpenAPI descriptions (`cursor_pages`, `pages_link`); documentation of 2.17 (25 or 20
a page, at most 250); the overrides Intercom's SDKs are made with (`offset_pages`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from publisher.intercom import shapes
from publisher.intercom.dialect import Call, Reply
from publisher.intercom.shapes import Payload
from publisher.model import RemoteId

PER_PAGE = 250
WALKS = 3
"""How often a list is read before it counts as one that never stands still."""
MAX_PAGES = 2_000
"""Half a million rows: a server that still promises more is not counting."""

Send = Callable[[Call], Reply]
Params = Mapping[str, str | int]


@dataclass(slots=True)
class _Tally:
    """What a walk has gathered.

    totals   every total_count that was named.
    endless  MAX_PAGES were read, and each brought something new and promised more.
    """

    rows: dict[RemoteId, Payload] = field(default_factory=dict)
    totals: set[int] = field(default_factory=set)
    endless: bool = False

    def take(self, payload: Payload) -> bool:
        """Gather one page; say whether it brought anything new."""
        before = len(self.rows)
        for row in shapes.rows(payload):
            id_ = shapes.identity(row)
            if id_ not in self.rows or _newer(row, self.rows[id_]):
                self.rows[id_] = row
        total = shapes.number(payload, "total_count")
        if total is not None:
            self.totals.add(total)
        return len(self.rows) > before

    @property
    def complete(self) -> bool:
        if self.endless:
            return False
        return not self.totals or (len(self.totals) == 1 and len(self.rows) >= max(self.totals))


def walk(send: Send, path: str, what: str) -> tuple[Mapping[RemoteId, Payload], bool]:
    """Read all rows under `path`.

    what    completes "could not …".

    Returns the rows by id, and whether they are all: False when no walk added
    up (rows fewer than the total, or a total that changed on the way).
    """
    gathered: dict[RemoteId, Payload] = {}
    for _ in range(WALKS):
        tally = _once(send, path, what)
        if tally.complete:
            return tally.rows, True
        gathered |= tally.rows
        if tally.endless:
            break
    return gathered, False


def _once(send: Send, path: str, what: str) -> _Tally:
    tally = _Tally()
    where: Params | None = {"page": 1}
    for page in range(1, MAX_PAGES + 1):
        params = {**where, "per_page": PER_PAGE} if where else None
        reply = send(Call(method="GET", path=path, params=params, repeatable=True, what=what))
        payload = shapes.mapping(reply.data, "the whole of it")
        brought = tally.take(payload)
        where = _following(payload, page, len(tally.rows)) if brought else None
        if where is None:
            return tally
    tally.endless = True
    return tally


def _following(payload: Payload, page: int, gathered: int) -> Params | None:
    """Return the query of the page after `page`, or None when it is the last."""
    pages = payload.get("pages")
    pages = pages if isinstance(pages, Mapping) else {}
    following = pages.get("next")
    cursor = following.get("starting_after") if isinstance(following, Mapping) else None
    if cursor:  # documented for lists that are counted in pages: whichever it is finds its own
        return {"page": page + 1, "starting_after": str(cursor)}
    if isinstance(following, str) and following:
        return _asked_by(following) or {"page": page + 1}
    last = shapes.number(pages, "total_pages") or shapes.number(payload, "total_pages")
    total = shapes.number(payload, "total_count") or 0
    more = page < last if last else gathered < total
    return {"page": page + 1} if more else None


def _asked_by(address: str) -> Params:
    query = parse_qs(address.partition("#")[0].partition("?")[2])
    for name in ("starting_after", "page"):
        if name in query:
            return {name: query[name][-1]}
    return {}


def _newer(row: Payload, than: Payload) -> bool:
    return (shapes.number(row, "updated_at") or 0) >= (shapes.number(than, "updated_at") or 0)
