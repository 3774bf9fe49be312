"""The addresses of what was taken away and has come back, under a number of its own.

A branch that is switched away and back, or changes that are stashed and taken out again, make
everything anew; a page that was open all the while shall not be lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote

from publisher.model import Kind, Ref, RemoteId
from publisher.workflow.previews.previewing import State

REMEMBERED = 2000
KINDS: Mapping[str, Kind] = {"articles": "article", "collections": "collection", "fin": "page"}
_PAGE = re.compile(r"(/[^/]+/(?P<group>articles|collections)/|/(?P<fin>fin)/)(?P<id>\d+)(-[^/]*)?")


@dataclass(slots=True)
class Former:
    """What stood under which id before it was taken away. State: the last ids of that kind."""

    _refs: dict[tuple[Kind, RemoteId], Ref] = field(default_factory=dict)

    def learn(self, before: State, state: State) -> None:
        """Remember what no longer stands."""
        if state.refs is before.refs:
            return
        gone = {thing: ref for thing, ref in before.refs.items() if thing not in state.refs}
        self._refs.update(gone)
        for thing in list(self._refs)[: max(len(self._refs) - REMEMBERED, 0)]:
            del self._refs[thing]

    def present(self, state: State, kind: str, id: str) -> str:
        """The id that a thing has now: this one, unless it stands again under another."""
        thing = (cast(Kind, kind), RemoteId(id))
        if thing in state.refs or thing not in self._refs:
            return id
        return state.ids.get(self._refs[thing], id)

    def address(self, state: State, path: str) -> str | None:
        """The address that a page has now; None where this one is right, or leads nowhere."""
        page = _PAGE.fullmatch(path)
        if page is None or not self._refs:
            return None
        id = self.present(state, KINDS[page["group"] or page["fin"]], page["id"])
        return quote(f"{page[1]}{id}") if id != page["id"] else None
