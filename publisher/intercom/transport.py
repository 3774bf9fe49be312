"""A request → an answer. The only code that touches the network.

What is sent again, and what is not:

    429                         always, after the wait Intercom asks for: it refused before
                                acting. Bounded by `deadline` alone.
    no connection could be      always, up to MAX_ATTEMPTS: nothing has left us.
    made
    5xx, 408, a broken          only a repeatable call, up to MAX_ATTEMPTS. Any other may
    connection, half an         have been carried out: the error says so (`doubtful`), and
    answer, a captcha page      the next run looks.

The token goes into one header of requests to one host. No redirect is followed, and no
message holds it.

Sources: Intercom, "Rate limiting" (X-RateLimit-Reset is an epoch second; windows of ten
seconds); `Accept` without application/json is a 406 ("HTTP responses").
"""

from __future__ import annotations

import logging
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

from publisher import __version__
from publisher.errors import ConfigError, RemoteError
from publisher.intercom import refusals
from publisher.intercom.dialect import Call, Dialect, Reply

HOSTS: Mapping[str, str] = {
    "us": "https://api.intercom.io",
    "eu": "https://api.eu.intercom.io",
    "au": "https://api.au.intercom.io",
}
MAX_ATTEMPTS = 5
MAX_WAIT = 60.0
BACKOFF = wait_exponential(multiplier=1, max=MAX_WAIT)
TIMEOUTS = httpx.Timeout(60.0, connect=10.0)
LOOPBACK = ("localhost", "127.0.0.1", "::1")

ERRNO = re.compile(r"\[Errno -?\d+\] ")
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
LOG = logging.getLogger("publisher.intercom")


class _Again(RemoteError):
    """A failure after which the call may be sent again. `wait`: seconds asked for, or None."""

    wait: float | None = None


class _Throttled(_Again):
    """A 429."""


class _Lost(_Again):
    """No answer we can use."""


def client(base_url: str | None = None, *, region: str = "us") -> httpx.Client:
    """Open a client for an API; the caller closes it (it is a context manager).

    base_url   another address that speaks the same API; None means Intercom's own host.
    region     of the workspace: us, eu or au.

    Proxies and certificates come from the environment (HTTPS_PROXY, NO_PROXY,
    SSL_CERT_FILE), as httpx reads them; never for loopback. Raises ConfigError.
    """
    try:
        address = httpx.URL(base_url or HOSTS[region])
        if address.scheme not in ("http", "https") or not address.host or address.userinfo:
            raise ConfigError(
                f"base_url {address.copy_with(userinfo=b'')!s} is not an address of an API. "
                "Write it like https://api.intercom.io, without name or password."
            )
        return httpx.Client(
            base_url=address, timeout=TIMEOUTS, trust_env=address.host not in LOOPBACK
        )
    except KeyError as error:
        raise ConfigError(f"region {region!r} is not one of {', '.join(HOSTS)}.") from error
    except (httpx.InvalidURL, ValueError, OSError) as error:
        raise ConfigError(
            f"cannot prepare the connection to the help center: {error}. "
            "Check base_url, HTTPS_PROXY and SSL_CERT_FILE."
        ) from error


class Transport:
    """Send calls to one API, from as many threads as you like.

    http      knows the host and the time-outs (`client`, or one over an in-process app).
    sleep, now, jitter   seconds; now is since the epoch. Parameters, so that tests own them.

    `sent` counts requests by method, repetitions included. `deadline` (epoch seconds, None
    for none) is when to stop waiting for Intercom to let us go on.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        token: str,
        dialect: Dialect,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._http, self._token, self._version = http, _checked(token), dialect.version
        self._now, self._jitter = now, jitter
        self.deadline: float | None = None
        self.sent: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._while_throttled = Retrying(
            retry=retry_if_exception_type(_Throttled),
            wait=self._pause,
            stop=self._too_late,
            sleep=sleep,
            before_sleep=_tell,
            reraise=True,
        )
        self._while_lost = Retrying(
            retry=retry_if_exception_type(_Lost),
            wait=self._pause,
            stop=lambda state: state.attempt_number >= MAX_ATTEMPTS or self._too_late(state),
            sleep=sleep,
            before_sleep=_tell,
            reraise=True,
        )

    @property
    def host(self) -> str:
        """Whom we talk to."""
        return self._http.base_url.host

    def send(self, call: Call) -> Reply:
        """Send a call, as often as it may be and must be, and return the answer.

        Raises NotFound, Unauthorized or RemoteError with a sentence for a person; it is
        `doubtful` when a call that writes may have been carried out.
        """
        try:
            reply: Reply = self._while_lost(self._while_throttled, self._once, call)
        except _Again as failure:
            raise RemoteError(
                str(failure),
                status=failure.status,
                code=failure.code,
                # Any of the attempts may have arrived; reading leaves nothing to doubt.
                doubtful=isinstance(failure, _Lost) and call.repeatable and call.method != "GET",
            ) from failure
        return reply

    def _once(self, call: Call) -> Reply:
        with self._counting:
            self.sent[call.method] += 1
        try:
            response = self._http.request(
                call.method,
                call.path,
                json=call.json,
                params=call.params,
                headers=self._headers(),
                follow_redirects=False,
            )
        except (httpx.RequestError, OSError) as error:  # OSError: an in-process app broke off
            raise self._broken(call, error) from error
        return self._reply(call, response)

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._token}",
            "Intercom-Version": self._version,
            "Accept": "application/json",
            "User-Agent": f"publisher/{__version__}",
        }

    def _reply(self, call: Call, response: httpx.Response) -> Reply:
        status, host = response.status_code, self.host
        if 300 <= status < 400:
            to = self._clean(response.headers.get("location", ""))
            raise refusals.redirected(call, status, to, host=host)
        readable, data = _json(response)
        if response.is_success:
            return self._accepted(call, response, readable, data)
        raise self._refused(call, response, readable, data)

    def _accepted(self, call: Call, response: httpx.Response, readable: bool, data: Any) -> Reply:
        answered = isinstance(data, Mapping) or (data is None and call.method == "DELETE")
        if not readable or not answered:
            lost = refusals.not_json(call, response.status_code, host=self.host)
            raise self._lost(call, str(lost), status=response.status_code)
        return Reply(status=response.status_code, data=data, headers=_lower(response))

    def _refused(
        self, call: Call, response: httpx.Response, readable: bool, data: Any
    ) -> RemoteError:
        status = response.status_code
        refusal = refusals.read(status, data)
        error = (
            refusals.explain(call, refusal, host=self.host, version=self._version)
            if readable or status in (413, 429)
            else refusals.not_json(call, status, host=self.host)
        )
        sentence = self._clean(str(error))
        if status == 429:
            throttled = _Throttled(sentence, status=status, code=refusal.code)
            throttled.wait = seconds_to_wait(_lower(response), now=self._now())
            return throttled
        if status >= 500 or status == 408 or (status == 405 and not readable):
            lost = self._lost(call, sentence, status=status, code=refusal.code)
            return _after(lost, response)
        return type(error)(sentence, status=status, code=refusal.code)

    def _broken(self, call: Call, error: Exception) -> RemoteError:
        reason = ERRNO.sub("", self._clean(str(error))) or type(error).__name__
        sentence = f"could not {call.what}: {self.host} could not be reached ({reason}). "
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            return RemoteError(sentence + "Name your own authority's file in SSL_CERT_FILE.")
        if isinstance(error, HOPELESS):
            return RemoteError(sentence + "Check base_url.")
        sentence += "Check the network, and base_url and region of the target."
        if isinstance(error, NEVER_LEFT):
            return _Lost(sentence)
        return self._lost(call, sentence)

    def _lost(self, call: Call, sentence: str, *, status: int = 0, code: str = "") -> RemoteError:
        """Return what to raise when the answer is missing: try again, or leave it in doubt."""
        if call.repeatable:
            return _Lost(sentence, status=status, code=code)
        doubt = f"{sentence} It may have been carried out all the same; the next run finds out."
        return RemoteError(doubt, status=status, code=code, doubtful=True)

    def _pause(self, state: RetryCallState) -> float:
        """Wait as long as asked, else ever longer; never all threads for the same time."""
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.wait if isinstance(failure, _Again) else None
        return min(BACKOFF(state) if asked is None else asked, MAX_WAIT) + self._jitter()

    def _too_late(self, state: RetryCallState) -> bool:
        return self.deadline is not None and self._now() + state.upcoming_sleep > self.deadline

    def _clean(self, text: str) -> str:
        return text.replace(self._token, "***")


def _tell(state: RetryCallState) -> None:
    """Say why nothing happens for a while; a second or less is not worth a word."""
    failure = state.outcome.exception() if state.outcome else None
    if state.upcoming_sleep > 1:
        LOG.info("%s Trying again in %.0f seconds.", failure, state.upcoming_sleep)


def seconds_to_wait(headers: Mapping[str, str], *, now: float) -> float | None:
    """Say how long an answer asks us to wait, None when it does not.

    headers   names in lower case. `Retry-After` in seconds counts before Intercom's own
              `X-RateLimit-Reset`, an epoch second.

    A time that is past or unreadable counts as not asked: asking again at once, within the
    same window, would only be refused again.
    """
    for name, since in (("retry-after", 0.0), ("x-ratelimit-reset", now)):
        try:
            wait = float(headers[name]) - since
        except (KeyError, ValueError):
            continue
        if wait > 0:
            return wait
    return None


def _after(error: RemoteError, response: httpx.Response) -> RemoteError:
    """Heed `Retry-After` alone: every answer tells when the rate limit's window ends, and
    that is no matter of a server that is down."""
    if isinstance(error, _Again):
        asked = {"retry-after": response.headers.get("retry-after", "")}
        error.wait = seconds_to_wait(asked, now=0.0)
    return error


def _checked(token: str) -> str:
    if token and token.isascii() and token.isprintable() and " " not in token:
        return token
    raise ConfigError(
        "the token is empty or holds characters that no token has. "
        "Copy it again, whole, into its environment variable."
    )


def _json(response: httpx.Response) -> tuple[bool, Any]:
    """Return whether the body is JSON or empty, and what it says."""
    if not response.content.strip():
        return True, None
    try:
        return True, response.json()
    except ValueError:  # UnicodeDecodeError is one
        return False, None


def _lower(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
