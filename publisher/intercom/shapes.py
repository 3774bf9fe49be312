"""Read a JSON answer without trusting it: every function checks one type, or refuses.

Intercom may add fields at any time, so unknown ones are ignored; `null`, an empty text
and an absent field mean the same in its answers, so they read the same here. A value of
the wrong type means that we are not talking to the API we think we are: one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from publisher.errors import RemoteError
from publisher.model import RemoteId

Payload = Mapping[str, Any]
MOST = 2**53
"""Beyond it a number of JSON is no exact count any more (RFC 8259, 6)."""


def mapping(value: object, what: str) -> Payload:
    """Return `value` if it is a JSON object; `what` names it in the refusal."""
    if isinstance(value, Mapping):
        return value
    raise unexpected(what, "an object", value)


def optional_mapping(payload: Payload, name: str) -> Payload:
    """Return the object at `name`, empty when it is null or absent."""
    value = payload.get(name)
    return {} if value is None else mapping(value, f"`{name}`")


def rows(payload: Payload, name: str = "data") -> Sequence[Payload]:
    """Return the list of objects at `name`."""
    value = payload.get(name)
    if not isinstance(value, list):
        raise unexpected(f"`{name}`", "a list", value)
    return [mapping(row, f"an element of `{name}`") for row in value]


def text(payload: Payload, name: str) -> str:
    """Return the text at `name`, "" when it is null or absent."""
    value = payload.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return sound(value)
    raise unexpected(f"`{name}`", "text", value)


def sound(said: str) -> str:
    """Return a text with U+FFFD for every half of a surrogate pair.

    JSON can say half a pair (an emoji that was cut in two), and no file, terminal or digest
    can hold it.
    """
    if said.isascii():
        return said
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def flag(payload: Payload, name: str) -> bool | None:
    """Return the boolean at `name`, None when it is null or absent."""
    value = payload.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise unexpected(f"`{name}`", "true or false", value)


def number(payload: Payload, name: str) -> int | None:
    """Return the number at `name`, or None: counts and times are hints, never worth a refusal.

    JSON as Python reads it has Infinity and NaN; nothing we count is beyond MOST.
    """
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if -MOST <= value <= MOST else None


def identity(payload: Payload, name: str = "id") -> RemoteId:
    """Return the id at `name` as text; it must be there."""
    found = optional_identity(payload, name)
    if found is None:
        raise unexpected(f"`{name}`", "an id", payload.get(name))
    return found


def optional_identity(payload: Payload, name: str) -> RemoteId | None:
    """Return the id at `name` as text, None when it is null, empty or absent."""
    value = payload.get(name)
    return None if value is None or value == "" else as_id(value, f"`{name}`")


def as_id(value: object, what: str) -> RemoteId:
    """Spell an id as text: Intercom sends some as numbers."""
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        return RemoteId(sound(str(value)))
    raise unexpected(what, "an id", value)


def unexpected(what: str, wanted: str, value: object) -> RemoteError:
    """Return the refusal: which part of the answer is not what it must be."""
    seen = "missing" if value is None else f"{_kind_of(value)}"
    return RemoteError(
        f"the answer is not one of Intercom's API: {what} should be {wanted} and is {seen}. "
        "Check base_url, region and api_version of the target."
    )


def _kind_of(value: object) -> str:
    names: Mapping[type, str] = {bool: "true or false", int: "a number", float: "a number"}
    names = {**names, str: "text" if value else "empty", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)
