"""The door of the REST API: who are you, what do you speak, what do you want.

In this order: a fault (`faults.py`), the token, the `Accept` header, the version, the
rate limit, the path, the token's scope, the body. Then one transaction for the request.

Source: "Authentication", "HTTP responses", "Error codes", "Rate limiting" of Intercom's
docs: 406 without `application/json` in Accept, 404 for a method an address does not have,
10-second windows. Chosen here, because nobody tells: a token without the scope gets 401
with the code support names (`token_unauthorized`); an unknown version is refused as an
endpoint of another version is.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import threading
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from publisher.helpcenter import touches
from publisher.helpcenter.answers import (
    JSON,
    Answer,
    Refusal,
    invalid,
    not_found,
    not_in_this_version,
    unauthorized,
)
from publisher.helpcenter.asks import Ask
from publisher.helpcenter.routes import MAP, ROOTS, Route
from publisher.helpcenter.versions import Version, version

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from publisher.helpcenter.center import HelpCenter
    from publisher.helpcenter.faults import Fault

WINDOW = 10
"""Seconds of the rate limit."""

_TOUCHED = {
    "/articles": "article",
    "/articles/<id>": "article",
    "/help_center/collections": "collection",
    "/help_center/collections/<id>": "collection",
}
"""Addresses whose calls the log of touches keeps; the answers of lists have no id."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_CAPTCHA = '<html><body><div id="captcha-container">Are you human?</div></body></html>'
_UNAVAILABLE = "<html><body><h1>503 Service Unavailable</h1></body></html>"
_NOT_JSON = "<html><body>It works.</body></html>"
_BROKEN = "the help center broke the connection, as arranged"


def is_meant(environ: WSGIEnvironment) -> bool:
    """Say whether a request is for the API: by its path, or because it brings a token."""
    root = str(environ.get("PATH_INFO", "")).split("/", 2)[1:2]
    return bool(ROOTS.intersection(root)) or "HTTP_AUTHORIZATION" in environ


@dataclass(slots=True)
class Window:
    """Counts the calls of the current ten seconds."""

    limit: int
    _start: int = 0
    _used: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, now: float, *, others: float = 0.0) -> dict[str, str]:
        """Count one call and return the headers that tell; remaining "-1" means refused.

        others   calls per second that other users of the same quota make.
        """
        with self._lock:
            start = int(now) // WINDOW * WINDOW
            if start != self._start:
                self._start, self._used = start, 0
            self._used += 1
            left = self.limit - self._used - int((now - start) * others)
        return self.headers(left, start)

    def headers(self, left: int, start: int) -> dict[str, str]:
        """Return the three headers; the reset is a second since the epoch."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(left, -1)),
            "X-RateLimit-Reset": str(start + WINDOW),
        }


class Door:
    """The WSGI application of the API."""

    def __init__(self, center: HelpCenter) -> None:
        self.center = center
        self._window = Window(center.rate_limit) if center.rate_limit else None
        self._answered: Iterator[int] = itertools.count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        content = request.get_data()  # always: what stays unread would spoil a kept connection
        fault = self.center.faults.of_call(request.method, request.path)
        response = self._before(fault, request) or self._answer(request, content)
        response = self._after(fault, request, response)
        broken = fault is not None and fault.kind == "drop-mid-answer"
        status = 0 if broken else response.status_code
        self.center.calls.note(request.method, request.path, status)
        return response(environ, start_response)

    def _before(self, fault: Fault | None, request: Request) -> Response | None:
        """Do what a fault does before anything is carried out."""
        kind = fault.kind if fault else ""
        if fault and kind == "slow":
            self.center.sleep(fault.seconds)
        if kind == "drop-before":
            raise self._broken(request)
        if kind == "503-html":
            return Response(_UNAVAILABLE, 503, content_type="text/html")
        if kind == "405-captcha":
            return Response(_CAPTCHA, 405, content_type="text/html")
        if kind == "500":
            return self._refused(Refusal(500, "server_error", "Internal Server Error"), {})
        if kind == "429":
            window = self._window or Window(1667)
            now = int(self.center.now())
            return self._limited(window, window.headers(0, now // WINDOW * WINDOW))
        return None

    def _after(self, fault: Fault | None, request: Request, response: Response) -> Response:
        """Do what a fault does to an answer that is ready."""
        kind = fault.kind if fault else ""
        if fault and kind == "timeout":
            self.center.sleep(fault.seconds)
        if kind in ("drop-after", "timeout"):
            raise self._broken(request)
        if kind == "500-after":
            return self._refused(Refusal(500, "server_error", "Internal Server Error"), {})
        if kind == "not-json":
            return Response(_NOT_JSON, 200, content_type="text/html")
        if kind == "truncate":
            content = response.get_data()
            response.set_data(content[: len(content) // 2])
        return _cut_off(response) if kind == "drop-mid-answer" else response

    def _broken(self, request: Request) -> ConnectionResetError:
        self.center.calls.note(request.method, request.path, 0)
        return ConnectionResetError(_BROKEN)

    def _answer(self, request: Request, content: bytes) -> Response:
        headers: dict[str, str] = {}
        try:
            scopes = self._scopes(request)
            if self._window:
                others = self.center.other_traffic
                headers = self._window.enter(self.center.now(), others=others)
                if headers["X-RateLimit-Remaining"] == "-1":
                    return self._limited(self._window, headers)
            answer = self._carried_out(request, content, scopes)
        except Refusal as refusal:
            return self._refused(refusal, headers)
        return _response(answer, headers)

    def _scopes(self, request: Request) -> Collection[str] | None:
        """Return what the token may do (None: everything); raises Refusal (401)."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        known = self.center.token
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthorized()
        if isinstance(known, Mapping):
            if token not in known:
                raise unauthorized()
            return known[token]
        if known is not None and token != known:
            raise unauthorized()
        return self.center.scopes

    def _carried_out(
        self, request: Request, content: bytes, scopes: Collection[str] | None
    ) -> Answer:
        if "application/json" not in request.headers.get("Accept", ""):
            raise Refusal(406, "client_error", "The Accept header should send application/json")
        asked = self._version(request)
        route, given = _route(request)
        if route.ability and not getattr(asked, route.ability):
            raise not_in_this_version()
        if scopes is not None and route.scopes and not set(route.scopes) & set(scopes):
            raise Refusal(401, "token_unauthorized", "Not authorized to access resource")
        reading = request.method in ("GET", "HEAD")
        body = _parsed(content) if request.method in ("POST", "PUT") else {}
        store = self.center.store
        with store.reading() if reading else store.writing():
            ask = self._ask(request, asked, body)
            answer = route.tell(ask, **given)
            self._note_touch(ask, route, answer)
        return answer

    def _note_touch(self, ask: Ask, route: Route, answer: Answer) -> None:
        """Log what was done to one article or collection, inside its transaction."""
        kind = _TOUCHED.get(route.path)
        shown = answer.body or {}
        if not self.center.touches.on or kind is None or "id" not in shown:
            return
        way = touches.LOOK if ask.method == "GET" else touches.WRITE
        fields = touches.fields_of(ask.body, self.center.default_locale)
        if ask.method == "DELETE":
            fields = ("deleted",)
        self.center.touches.note(way, kind, shown["id"], fields, at=self.center.now())

    def _version(self, request: Request) -> Version:
        header = request.headers.get("Intercom-Version") or self.center.api_version
        asked = version(header) if header else None
        if asked is None:
            raise not_in_this_version()
        return asked

    def _ask(self, request: Request, asked: Version, body: JSON) -> Ask:
        return Ask(
            center=self.center,
            version=asked,
            method=request.method,
            query=request.args.to_dict(),
            body=body,
            admin=self.center.store.all("admin", limit=1)[0],
            url=request.base_url,
        )

    def _limited(self, window: Window, headers: Mapping[str, str]) -> Response:
        message = f"Exceeded rate limit of {window.limit} in 10_seconds"
        told = dict(headers) | {"X-RateLimit-Remaining": "0"}
        return self._refused(Refusal(429, "rate_limit_exceeded", message), told)

    def _refused(self, refusal: Refusal, headers: Mapping[str, str]) -> Response:
        number = next(self._answered)
        scrambled = hashlib.sha256(f"{self.center.seed} {number}".encode()).digest()
        id = uuid.UUID(bytes=scrambled[:16], version=4)
        return _response(refusal.answer(str(id)), headers)


def _cut_off(response: Response) -> Response:
    """Announce the whole answer, send half of it and break the connection."""
    content = response.get_data()
    response.headers["Content-Length"] = str(len(content))
    response.response = _half(content)
    return response


def _half(content: bytes) -> Iterator[bytes]:
    yield content[: len(content) // 2]
    raise ConnectionResetError(_BROKEN)


def _route(request: Request) -> tuple[Route, dict[str, Any]]:
    try:
        route, given = MAP.bind_to_environ(request.environ).match()
    except HTTPException:
        raise not_found() from None
    return route, dict(given)


def _parsed(content: bytes) -> JSON:
    try:
        body = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        raise invalid("The request body is not valid JSON") from None
    if b"\\ud" in content.lower() and _SURROGATE.search(json.dumps(body, ensure_ascii=False)):
        raise invalid("The request body is not valid Unicode")
    if not isinstance(body, dict):
        raise invalid("The request body must be a JSON object")
    return body


def _response(answer: Answer, headers: Mapping[str, str]) -> Response:
    if answer.body is None:
        return Response(status=answer.status, headers=headers)
    content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    kind = "application/json; charset=utf-8"
    return Response(content.encode(), answer.status, headers, content_type=kind)
