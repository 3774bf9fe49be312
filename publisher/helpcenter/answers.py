"""What the API says back: JSON answers, pages of a list, and the envelope of its errors.

A `Refusal` may be raised anywhere below the API; the transaction around it is rolled
back, so that a refused request leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the JSON of the answer; None: no content at all."""

    body: JSON | None
    status: int = 200


class Refusal(Exception):
    """The request is not carried out. `field` names the parameter at fault, where one is."""

    def __init__(self, status: int, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field

    def answer(self, request_id: str) -> Answer:
        """Return the error envelope, which is the same in all versions."""
        error = {"code": self.code, "message": self.message}
        if self.field:
            error["field"] = self.field
        body = {"type": "error.list", "request_id": request_id, "errors": [error]}
        return Answer(body, self.status)


def invalid(message: str, field: str | None = None) -> Refusal:
    """400: a parameter that cannot be used."""
    return Refusal(400, "parameter_invalid", message, field=field)


def missing(message: str, field: str | None = None) -> Refusal:
    """400: a parameter that has to be there."""
    return Refusal(400, "parameter_not_found", message, field=field)


def not_found(message: str = "Resource Not Found", code: str = "not_found") -> Refusal:
    """404."""
    return Refusal(404, code, message)


def unauthorized() -> Refusal:
    """401, for a bad token and for an author who may not write alike (the guide says so)."""
    return Refusal(401, "unauthorized", "Access Token Invalid")


def not_in_this_version() -> Refusal:
    """400: the endpoint is of another version."""
    return Refusal(
        400,
        "intercom_version_invalid",
        "Requested resource is not available in current API version.",
    )


def number(query: Mapping[str, str], name: str, default: int, highest: int) -> int:
    """Read a page number or size from the query; raises Refusal for anything but 1…highest."""
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= highest):
        raise invalid(f"{name} must be a number between 1 and {highest}", name)
    return int(text)
