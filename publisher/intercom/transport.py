"""A request → an answer. The only code that touches the network.

What is sent again, and what is not:

    429                         always, after the wait Intercom asks for: it refused before
                                acting. Bounded by `deadline` alone. All threads wait.
    no connection could be      always, up to MAX_ATTEMPTS: nothing has left us.
    made
    5xx, 408, a broken          only a repeatable call, up to MAX_ATTEMPTS. Any other may
    connection, half an         have been carried out: the error says so (`doubtful`), and
    answer, a captcha page      the next run looks.

What is sent at all waits for its turn (`limiter`), and not past the `deadline` either.

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
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

from publisher import __version__
from publisher.errors import ConfigError, RemoteError
from publisher.intercom import refusals
from publisher.intercom.dialect import Call, Dialect, Reply
from publisher.intercom.limiter import Limiter, seconds_to_wait
from publisher.intercom.refusals import Refusal

HOSTS: Mapping[str, str] = {
    "us": "https://api.intercom.io",
    "eu": "https://api.eu.intercom.io",
    "au": "https://api.au.intercom.io",
}
MAX_ATTEMPTS = 5
MAX_WAIT = 60.0
BACKOFF = wait_exponential(multiplier=1, max=MAX_WAIT)
TIMEOUTS = httpx.Timeout(60.0, connect=10.0)
AT_ONCE = 1.0
"""Seconds a write may wait for its turn before what was looked at counts as old."""
AGAIN = "%s Trying again in %.0f seconds."
USED_UP = "its rate limit has no room for us now"
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


class _NeverLeft(_Lost):
    """Nobody was reached, so nothing can have been carried out."""


class LookAgain(RemoteError):
    """The call may be made again, by somebody who looks first.

    doubtful   this attempt may have been carried out.
    counts     it is one of the attempts that are made before giving up.
    held_back  the rate limit had no room for it; nothing was sent.
    """

    counts = False
    held_back = False


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
            base_url=address,
            timeout=TIMEOUTS,
            trust_env=address.host not in LOOPBACK,
            # An API has no use for cookies, and one that is no text would spoil every request.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
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
    share     of the workspace's rate limit that is ours, above 0 and up to 1.
    sleep, now, jitter   seconds; now is since the epoch. Parameters, so that tests own them.

    `sent` counts requests by method, repetitions included. `deadline` (epoch seconds, None
    for none) is when to stop waiting for Intercom to let us go on. `before_write` is called
    after every wait, right before a call that changes something leaves; what it raises ends it.
    """

    def __init__(  # noqa: PLR0913 - the clock's three make it one too many
        self,
        http: httpx.Client,
        *,
        token: str,
        dialect: Dialect,
        share: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._http, self._token, self._version = http, _checked(token), dialect.version
        self._now, self._jitter, self._sleep = now, jitter, sleep
        self.deadline: float | None = None
        self.before_write: Callable[[], None] = _nothing
        self.sent: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._limiter = Limiter(share, sleep=sleep, now=now, jitter=jitter)
        self._while_throttled = Retrying(
            retry=retry_if_exception_type(_Throttled),
            wait=self._pause,
            stop=self._too_late,
            sleep=self._limiter.refused,
            before_sleep=self._tell_once,
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
        lost: list[_Lost] = []
        try:
            reply: Reply = self._while_lost(self._while_throttled, self._noting, call, lost)
        except RemoteError as failure:
            # Any of the attempts may have arrived; reading leaves nothing to doubt.
            doubtful = bool(lost) and call.repeatable and call.method != "GET"
            if not isinstance(failure, _Again):
                failure.doubtful = failure.doubtful or doubtful
                raise
            raise RemoteError(
                str(failure), status=failure.status, code=failure.code, doubtful=doubtful
            ) from failure
        return reply

    def attempt(self, call: Call, number: int, *, at_once: bool = True) -> Reply:
        """Send a call once and at once, for somebody who looks again before each further time.

        number    1 for the first attempt; those that a rate limit kept from being made count not.
        at_once   False: wait for room in the rate limit, however old the look gets by that.

        Whatever makes us wait is waited for here, and then raised as `LookAgain`: what was looked
        at before may be another thing by now. Raises RemoteError as `send` does after the last.
        """
        try:
            return self._once(call, patience=AT_ONCE if at_once else None)
        except _Throttled as failure:
            self._wait_for(failure, failure.wait, number)
            raise LookAgain(str(failure), status=failure.status) from failure
        except _Lost as failure:
            doubtful = not isinstance(failure, _NeverLeft)
            if number >= MAX_ATTEMPTS:
                raise _final(failure, doubtful=doubtful) from failure
            self._wait_for(failure, failure.wait, number)
            again = LookAgain(str(failure), status=failure.status, doubtful=doubtful)
            again.counts = True
            raise again from failure

    def _wait_for(self, failure: _Again, asked: float | None, number: int) -> None:
        seconds = min(2.0 ** (number - 1) if asked is None else asked, MAX_WAIT) + self._jitter()
        if self.deadline is not None and self._now() + seconds > self.deadline:
            doubtful = isinstance(failure, _Lost) and not isinstance(failure, _NeverLeft)
            raise _final(failure, doubtful=doubtful) from failure
        if isinstance(failure, _Throttled):
            if seconds > self._limiter.closed_for() + 1:
                LOG.info(AGAIN, failure, seconds)
            self._limiter.refused(seconds)
        else:
            LOG.info(AGAIN, failure, seconds) if seconds > 1 else None
            self._sleep(seconds)

    def _noting(self, call: Call, lost: list[_Lost]) -> Reply:
        try:
            return self._once(call)
        except _Lost as failure:
            if not isinstance(failure, _NeverLeft):
                lost.append(failure)
            raise

    def _once(self, call: Call, patience: float | None = None) -> Reply:
        if self.deadline is not None and self._now() >= self.deadline:
            raise RemoteError(f"could not {call.what}: the run was to end before.", status=429)
        until = self.deadline
        if patience is not None:
            soon = self._now() + patience
            until = soon if until is None else min(until, soon)
        if not self._limiter.enter(until=until):
            held_back = self._held_back(call)
            if patience is None or until == self.deadline:
                raise held_back
            again = LookAgain(str(held_back), status=held_back.status)
            again.held_back = True
            raise again
        headers: dict[str, str] = {}
        try:
            if call.method != "GET":
                self.before_write()
            with self._counting:
                self.sent[call.method] += 1
            response = self._request(call)
            headers = _lower(response)
        finally:
            self._limiter.learn(headers)
        return self._reply(call, response)

    def _request(self, call: Call) -> httpx.Response:
        try:
            return self._http.request(
                call.method,
                call.path,
                json=call.json,
                params=call.params,
                headers=self._headers(),
                follow_redirects=False,
            )
        except (httpx.RequestError, OSError) as error:  # OSError: an in-process app broke off
            raise self._broken(call, error) from error

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
            throttled.wait = seconds_to_wait(_lower(response), now=self._limiter.their_time())
            return throttled
        if status >= 500 or status == 408 or (status == 405 and not readable):
            lost = self._lost(call, sentence, status=status, code=refusal.code)
            return _after(lost, response)
        return type(error)(sentence, status=status, code=refusal.code)

    def _held_back(self, call: Call) -> RemoteError:
        """Return the error for a call that was not sent: the rate limit has no room in time."""
        used_up = Refusal(status=429, code="rate_limit_exceeded", message=USED_UP)
        return refusals.explain(call, used_up, host=self.host, version=self._version)

    def _broken(self, call: Call, error: Exception) -> RemoteError:
        reason = ERRNO.sub("", self._clean(str(error))) or type(error).__name__
        sentence = f"could not {call.what}: {self.host} could not be reached ({reason}). "
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            return RemoteError(sentence + "Name your own authority's file in SSL_CERT_FILE.")
        if isinstance(error, HOPELESS):
            return RemoteError(sentence + "Check base_url.")
        sentence += "Check the network, and base_url and region of the target."
        if isinstance(error, NEVER_LEFT):
            return _NeverLeft(sentence)
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

    def _tell_once(self, state: RetryCallState) -> None:
        """Say it for one of the threads that were refused together."""
        if state.upcoming_sleep > self._limiter.closed_for() + 1:
            _tell(state)

    def _clean(self, text: str) -> str:
        return text.replace(self._token, "***")


def _nothing() -> None:
    """What is asked before a write where nobody has to be asked."""


def _final(failure: _Again, *, doubtful: bool) -> RemoteError:
    return RemoteError(str(failure), status=failure.status, code=failure.code, doubtful=doubtful)


def _tell(state: RetryCallState) -> None:
    """Say why nothing happens for a while; a second or less is not worth a word."""
    failure = state.outcome.exception() if state.outcome else None
    if state.upcoming_sleep > 1:
        LOG.info(AGAIN, failure, state.upcoming_sleep)


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
    except (ValueError, RecursionError):  # UnicodeDecodeError is one of the former
        return False, None


def _lower(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
