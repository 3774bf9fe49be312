"""An answer that says no → one sentence for a person. Pure.

The sentence says what could not be done, what Intercom said, and what to do. Status and
code stay on the error for those who decide; nothing here knows the token.

Sources: Intercom, "HTTP responses" and "Error codes" (2.17); OpenAPI examples; guide
"Create an article" (an author without permission is a 401 like a bad token).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.errors import NotFound, RemoteError, Unauthorized
from publisher.intercom.dialect import Call

LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What an error envelope says. `message` is "" when there is none to read."""

    status: int
    code: str = ""
    message: str = ""
    field: str = ""

    @property
    def said(self) -> str:
        """What Intercom said, fit to stand in brackets."""
        about = f"{self.field}: " if self.field else ""
        return f"{about}{self.message or self.code or 'no reason given'}, {self.status}"


def read(status: int, data: object) -> Refusal:
    """Read `{"type": "error.list", "errors": [{"code", "message", "field"}]}`, or what there
    is of it: the first error counts, and other codes than the listed ones may come."""
    errors = data.get("errors") if isinstance(data, Mapping) else None
    first: Any = errors[0] if isinstance(errors, list) and errors else {}
    if not isinstance(first, Mapping):
        first = {}
    named = {name: _short(first.get(name)) for name in ("code", "message", "field")}
    return Refusal(status=status, **named)


def _short(said: object) -> str:
    """Spell a part of the envelope on one line, of a length fit for a sentence."""
    return " ".join(str(said or "").split())[:LONGEST]


def explain(call: Call, refusal: Refusal, *, host: str, version: str) -> RemoteError:
    """Turn a refusal into the error to raise.

    host      whom we asked, for the sentences in which that may be the fault.
    version   the API version we asked for.

    Returns NotFound for a 404, Unauthorized for a 401, RemoteError for all else; `status`
    and `code` on it are Intercom's. A 401 on writing an article that names an author is
    told as the author's: a caller whose token was never accepted knows better.
    """
    kind: type[RemoteError] = {401: Unauthorized, 404: NotFound}.get(refusal.status, RemoteError)
    could_not = f"could not {call.what or f'{call.method} {call.path}'}: "
    sentence = could_not + _reason(call, refusal, host, version)
    return kind(sentence, status=refusal.status, code=refusal.code)


def not_json(call: Call, status: int, *, host: str) -> RemoteError:
    """Return the error for an answer that is a web page, or half an answer."""
    kind: type[RemoteError] = {401: Unauthorized, 404: NotFound}.get(status, RemoteError)
    passing = status >= 500 or status in (405, 408)
    advice = (
        "Its server is out of order or busy; try again in a few minutes."
        if passing
        else "Check that base_url and region of the target are those of your workspace."
    )
    return kind(
        f"could not {call.what}: {host} answered {status} with something that is not JSON. "
        f"{advice}",
        status=status,
    )


def redirected(call: Call, status: int, to: str, *, host: str) -> RemoteError:
    """Return the error for a redirect, which we never follow: the token stays with its host."""
    return RemoteError(
        f"could not {call.what}: {host} redirects to {to or 'another address'} ({status}), and "
        "the token is sent nowhere but to the configured host. Check base_url and region.",
        status=status,
    )


def _reason(call: Call, refusal: Refusal, host: str, version: str) -> str:
    if refusal.status == 401:
        return _unauthorized(call, refusal, host)
    return _BY_CODE.get(refusal.code, _BY_STATUS.get(refusal.status, _OTHERWISE)).format(
        said=refusal.said, host=host, version=version
    )


def _unauthorized(call: Call, refusal: Refusal, host: str) -> str:
    if refusal.code == "token_unauthorized":
        return _NO_SCOPE.format(said=refusal.said)
    author = (call.json or {}).get("author_id")
    if author is not None and call.path.startswith("/articles"):
        return (
            f"Intercom refused the author {author} ({refusal.said}). Let that teammate manage "
            "articles, or name another `author`; if every call fails, it is the token."
        )
    return (
        f"{host} does not accept the token ({refusal.said}). Check the environment variable "
        "it comes from, and that the region is that of your workspace."
    )


_NO_SCOPE = (
    "the token lacks a permission ({said}). Give it the missing one in Intercom's Developer "
    "Hub, under Authentication, and copy the token anew: it changes with its permissions."
)
_OTHERWISE = "Intercom refused it ({said})."
_BY_CODE: Mapping[str, str] = {
    "token_unauthorized": _NO_SCOPE,
    "api_plan_restricted": "your Intercom plan does not include it ({said}).",
    "intercom_version_invalid": (
        "API version {version} does not know it ({said}). Set another api_version."
    ),
}
_BY_STATUS: Mapping[int, str] = {
    400: "Intercom refused what we sent ({said}).",
    403: (
        "the token, or the teammate behind it, may not do that ({said}). Check its permissions "
        "in Intercom's Developer Hub."
    ),
    404: "Intercom does not have it, or not any more ({said}).",
    409: "Intercom has something that stands against it ({said}).",
    413: "it is too big for Intercom ({said}). Split it, or make its images links.",
    422: "Intercom refused what we sent ({said}).",
    429: "Intercom is still slowing us down ({said}), and the time allowed is used up.",
}
