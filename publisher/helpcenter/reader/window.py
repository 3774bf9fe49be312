"""What a host may put around a page, for somebody who writes instead of reading.

The site asks its window, if it has one, and knows nothing of what it answers: HTML that is
safe as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

PageKind = Literal[
    "home", "collection", "article", "untranslated", "search", "fin", "fin_page", "lost"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page that is about to be shown. `id` of the thing it shows, "" where it shows none."""

    kind: PageKind
    locale: str
    id: str = ""


class Window(Protocol):
    """What stands around pages.

    drafts     whether what is not published shows as well, marked as such.
    order      where a thing stands among its neighbours (kind, id); None: as Intercom has it.
    head       for the end of <head>.
    above      between the band and the main part: banners.
    beside     at the end of <body>: what is not part of the page.
    """

    @property
    def drafts(self) -> bool: ...
    def order(self, kind: str, id: str, /) -> float | None: ...
    def head(self, shown: Shown, /) -> str: ...
    def above(self, shown: Shown, /) -> str: ...
    def beside(self, shown: Shown, /) -> str: ...
