"""A question → an answer, over HTTP, politely.

    a limit (429, or GitHub's 403)    asked again after the wait it names: it refused to act
    no connection                     asked again
    5xx, a timeout                    asked again only where doing it twice is doing it once
    a redirect                        not followed: the token belongs to one address. `download`
                                      follows one, and leaves the token behind

The token goes into a header and into no message.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from publisher.errors import PublisherError
from publisher.forge.answer import Answer

ATTEMPTS = 4
LONGEST_WAIT = 90.0
"""Seconds we wait at the forge's request; for more, the job had better be run again."""
PAGE = 100
MOST_PAGES = 100
LARGEST = 64 * 2**20
"""Bytes of an answer that we take: a plan of thousands of articles has a few millions."""
REPEATABLE = ("GET", "PUT", "PATCH", "DELETE")
NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class ForgeError(PublisherError):
    """GitHub or GitLab did not do what we asked. `status`: of its answer, 0 without one."""

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class _Again(ForgeError):
    """A failure after which we may ask again. `wait`: seconds it asks for, or None."""

    wait: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks one forge, with one token.

    headers  that hold the token.
    name     of the forge, for messages.
    needs    what the token must be allowed, for messages.
    """

    http: httpx.Client
    headers: Mapping[str, str] = field(repr=False)
    name: str
    needs: str
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def ask(self, method: str, path: str, what: str, **more: Any) -> Any:
        """Ask, and return the JSON of the answer (None where it has none). Raises ForgeError.

        what  finishes “cannot …”: "read the comments of pull request 7".
        more  for httpx; and `reads=True` for a POST that changes nothing.
        """
        return self._json(self._sent(method, path, what, **more), what)

    def row(self, method: str, path: str, what: str, **more: Any) -> dict[str, Any]:
        """Ask for one JSON object. Raises ForgeError."""
        found = self.ask(method, path, what, **more)
        if not isinstance(found, dict):
            raise self.nonsense(what)
        return found

    def rows(
        self, path: str, what: str, params: Mapping[str, Any] | None = None, *, below: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page as the `Link` of each leads on. Raises ForgeError.

        below  the key under which the list stands, where the answer is no list itself.
        """
        address = path
        more: dict[str, Any] = {"params": {**(params or {}), "per_page": PAGE}}
        for _ in range(MOST_PAGES):
            answer = self._sent("GET", address, what, **more)
            found = self._json(answer, what)
            if below and isinstance(found, dict):
                found = found.get(below)
            if not isinstance(found, list):
                raise self.nonsense(what)
            yield from (row for row in found if isinstance(row, dict))
            following = NEXT.search(answer.headers.get("link", ""))
            if not following:
                return
            address, more = following[1], {}
            if not self._is_here(address):
                raise self.nonsense(what)

    def forget(self, path: str, what: str) -> None:
        """Delete something; that it is gone already is fine. Raises ForgeError."""
        try:
            self._sent("DELETE", path, what)
        except ForgeError as error:
            if error.status != 404:
                raise

    def download(self, path: str, what: str) -> bytes:
        """Fetch a file, also from where the forge sends us for it. Raises ForgeError."""
        answer = self._sent("GET", path, what, file=True)
        if answer.elsewhere:
            answer = self._sent("GET", answer.elsewhere, what, token=False)
        return answer.content

    def nonsense(self, what: str) -> ForgeError:
        """What to raise for an answer that no GitHub or GitLab gives."""
        return ForgeError(
            f"{self.name}: cannot {what}: what {self._host()} answers is not of its API. "
            "Is the address right?"
        )

    def _sent(
        self, method: str, path: str, what: str, *, token: bool = True, **more: Any
    ) -> Answer:
        retrying = Retrying(
            retry=retry_if_exception_type(_Again),
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait,
            sleep=self.sleep,
            reraise=True,
        )
        headers = self.headers if token else {}
        file, again = more.pop("file", False), more.pop("reads", method in REPEATABLE)
        return retrying(self._once, (method, path), what, file, again, headers=headers, **more)

    def _once(
        self, where: tuple[str, str], what: str, file: bool, repeatable: bool, **more: Any
    ) -> Answer:
        """Ask once. `file`: a redirect is an answer. Raises _Again where asking again may help."""
        try:
            with self.http.stream(*where, **more) as stream:
                answer = Answer(
                    status=stream.status_code,
                    headers=stream.headers,
                    content=self._taken(stream, what),
                )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            reason = str(error) or type(error).__name__
            message = f"{self.name}: cannot {what}: no answer from {self._host()} ({reason})."
            again = isinstance(error, NEVER_LEFT) or repeatable
            raise (_Again if again else ForgeError)(message) from error
        if answer.fine or (file and answer.elsewhere):
            return answer
        raise self._refusal(answer, what, repeatable=repeatable)

    def _taken(self, stream: httpx.Response, what: str) -> bytes:
        """Read the answer, but no more of it than anything of ours can be long."""
        taken = bytearray()
        for part in stream.iter_bytes():
            taken += part
            if len(taken) > LARGEST:
                raise ForgeError(f"{self.name}: cannot {what}: it is larger than we take.")
        return bytes(taken)

    def _refusal(self, answer: Answer, what: str, *, repeatable: bool) -> ForgeError:
        status = answer.status
        message = f"{self.name}: cannot {what}: {self._because(answer)}"
        wait = answer.wait(self.now())
        if wait is not None and wait > LONGEST_WAIT:
            minutes = int(wait // 60) + 1
            message = f"{message} It asks us to wait for {minutes} minutes; run the job again then."
            return ForgeError(message, status=status)
        if wait is None and (status < 500 or not repeatable):
            return ForgeError(message, status=status)
        again = _Again(message, status=status)
        again.wait = wait
        return again

    def _because(self, answer: Answer) -> str:
        status = answer.status
        if status == 401:
            return "the token is not valid (any more)."
        if status == 403:
            return f"the token may not ({answer.said()}). It needs: {self.needs}."
        if status == 404:
            return f"not found. Either it is not there, or the token may not see it ({self.needs})."
        if answer.elsewhere:
            return "the repository has moved; tell the job its present name."
        return f"{answer.said()} (HTTP {status})."

    def _json(self, answer: Answer, what: str) -> Any:
        try:
            return answer.json()
        except (ValueError, RecursionError) as error:
            raise self.nonsense(what) from error

    def _is_here(self, address: str) -> bool:
        """Whether the token may go to an address that an answer names."""
        try:
            here, there = self.http.base_url, self.http.build_request("GET", address).url
        except httpx.InvalidURL:
            return False
        return (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)

    def _host(self) -> str:
        return self.http.base_url.host


def _wait(state: RetryCallState) -> float:
    """Wait as long as was asked for, or twice as long after every attempt."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, _Again) else None
    return 2.0 ** (state.attempt_number - 1) if asked is None else asked
