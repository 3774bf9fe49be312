"""One request to the API, and how its parts are read: strictly, as the documents have them.

A value of another type than documented is refused instead of guessed at: whether the real
server would bend is unknown, so a client must not rely on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from publisher.helpcenter.answers import JSON, Answer, invalid, not_found, number
from publisher.helpcenter.store import Row
from publisher.helpcenter.versions import Version

if TYPE_CHECKING:
    from publisher.helpcenter.center import HelpCenter

_CODES = (
    "ar bg bs ca cs da de el en es et fi fr he hr hu id it ja ko lt lv mn nb nl pl pt pt-BR "
    "ro ru sl sr sv tr vi zh-CN zh-TW"
)
LOCALES = tuple(_CODES.split())
"""The keys of translated_content, the same in every version; `id` is Indonesian."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request that passed the door.

    admin   the row of the teammate whose token it is.
    url     address of the request without its query; pages of a list link to it.
    """

    center: HelpCenter
    version: Version
    method: str
    query: Mapping[str, str]
    body: JSON
    admin: Row
    url: str

    @property
    def now(self) -> int:
        """The second it is."""
        return int(self.center.now())

    def quirk(self, name: str) -> bool:
        """Say whether that quirk is on."""
        return name in self.center.quirks

    def find(self, kind: str, id: str) -> Row:
        """Return a thing by the id in the path; raises Refusal (404)."""
        row = self.center.store.get(kind, int(id)) if id.isascii() and id.isdigit() else None
        if row is None:
            raise not_found()
        return row

    def id(self, number: int | None) -> Any:
        """Spell an id that the documents call text."""
        return number if number is None or self.quirk("ids-as-integers") else str(number)

    def page(self, rows: Sequence[JSON], *, page: int, size: int, total: int) -> Answer:
        """Answer with one page of a list, in the envelope all paginated lists share."""
        pages = self.pages(page=page, size=size, total=total)
        return Answer(
            {"type": "list", "pages": pages, "total_count": total, "data": list(rows)},
        )

    def pages(self, *, page: int, size: int, total: int) -> JSON:
        """Return the `pages` object; `next` is a URL, and absent on the last page."""
        last = max(1, -(-total // size))
        pages: JSON = {"type": "pages", "page": page, "per_page": size, "total_pages": last}
        if page < last and self.quirk("next-cursor-object"):
            pages["next"] = {"per_page": size, "starting_after": f"cursor-{page + 1}"}
        elif page < last:
            query = dict(self.query) | {"per_page": str(size), "page": str(page + 1)}
            pages["next"] = f"{self.url}?{urlencode(query)}"
        elif self.quirk("next-null"):
            pages["next"] = None
        return pages

    def window(self, *, size: int, highest: int) -> tuple[int, int]:
        """Return (page, size) as asked for; raises Refusal outside 1…highest."""
        return number(self.query, "page", 1, 1_000_000), number(
            self.query, "per_page", size, highest
        )


def text(given: JSON, name: str) -> str:
    """Read a text; raises Refusal for anything else."""
    value = given[name]
    if not isinstance(value, str):
        raise invalid(f"{name} must be a string", name)
    return value


def nullable_text(given: JSON, name: str) -> str:
    """Read a text or null, which counts as empty."""
    return "" if given[name] is None else text(given, name)


def flag(given: JSON, name: str) -> bool:
    """Read true or false; raises Refusal for anything else."""
    value = given[name]
    if not isinstance(value, bool):
        raise invalid(f"{name} must be a boolean", name)
    return value


def one_of(given: JSON, name: str, choices: Sequence[str]) -> str:
    """Read one of some words; raises Refusal for anything else."""
    value = given[name]
    if value not in choices:
        raise invalid(f"{name} must be one of: {', '.join(choices)}", name)
    return str(value)


def whole(given: JSON, name: str, *, loose: bool = False) -> int:
    """Read a number; `loose` also takes one written as text."""
    value = given[name]
    if loose and isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(f"{name} must be an integer", name)
    return value


def id_as_text(given: JSON, name: str, *, loose: bool = False) -> int:
    """Read an id that the documents call text; `loose` also takes a number."""
    value = given[name]
    if loose and isinstance(value, int) and not isinstance(value, bool):
        return value
    if not (isinstance(value, str) and value.isascii() and value.isdigit()):
        raise invalid(f"{name} must be an id as a string", name)
    return int(value)


def by_locale(ask: Ask, kind: str) -> dict[str, JSON | None]:
    """Read `translated_content`: locale → content, None for one that was sent as null.

    kind   what the `type` inside has to be, where it is sent: "article" or "group".

    Raises Refusal for a code that is not one of Intercom's, or a language that the help
    center does not have.
    """
    given = ask.body.get("translated_content")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise invalid("translated_content must be an object", "translated_content")
    _check_type(given, f"{kind}_translated_content")
    return {name: _content(ask, given, name, kind) for name in given if name != "type"}


def _content(ask: Ask, given: JSON, name: str, kind: str) -> JSON | None:
    if name not in LOCALES:
        raise invalid(f"Unknown locale {name}", "translated_content")
    if name not in ask.center.locales:
        raise invalid(f"Locale {name} is not supported by this help center", "translated_content")
    content = given[name]
    if content is None:
        return None
    if not isinstance(content, dict):
        raise invalid(f"translated_content.{name} must be an object", "translated_content")
    _check_type(content, f"{kind}_content")
    return content


def _check_type(given: JSON, expected: str) -> None:
    if given.get("type") not in (None, expected):
        raise invalid(f"type must be {expected}", "type")
