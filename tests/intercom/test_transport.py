"""A request → an answer: what is sent again, what is not, and what a person is told."""

import threading
from email.utils import formatdate

import httpx
import pytest

from publisher.errors import ConfigError, NotFound, RemoteError, Unauthorized
from publisher.intercom import transport
from publisher.intercom.dialect import Call, dialect
from publisher.intercom.limiter import seconds_to_wait
from publisher.intercom.transport import MAX_ATTEMPTS, MAX_WAIT, Transport
from tests.intercom.test_limiter import said

TOKEN = "dG9rOmFiY2RlZg=="
NOW = 1_700_000_000.0

GET = Call(method="GET", path="/articles/12", repeatable=True, what="read the article 12")
PUT = Call(
    method="PUT", path="/articles/12", json={}, repeatable=True, what="update the article 12"
)
POST = Call(
    method="POST",
    path="/articles",
    json={"title": "Refunds", "author_id": 42},
    repeatable=False,
    what="create the article “Refunds”",
)
UPSERT = Call(
    method="POST", path="/ai/external_pages", json={}, repeatable=True, what="save the page"
)
FINE = (200, {"id": "12"})
CAPTCHA = "<html><div class='captcha-container'></div></html>"


class Far:
    """The other end, at httpx's own door: a list of answers, the last one for ever."""

    def __init__(self, *answers):
        self.answers, self.requests, self.slept = list(answers), [], []
        self.time = NOW
        self.arrives = self.naps = lambda: None

    def __call__(self, request):
        self.requests.append(request)
        self.arrives()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, *headers = answer
        content = {"json": body} if isinstance(body, dict | list) else {"content": body}
        return httpx.Response(status, headers=headers[0] if headers else {}, **content)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.naps()
        self.time += seconds


@pytest.fixture
def reach():
    clients = []

    def open_(*answers, jitter=lambda: 0.0, version="2.16", share=1.0):
        far = Far(*answers)
        http = httpx.Client(
            transport=httpx.MockTransport(far), base_url="https://api.eu.intercom.io"
        )
        clients.append(http)
        line = Transport(
            http,
            token=TOKEN,
            dialect=dialect(version),
            share=share,
            sleep=far.sleep,
            now=lambda: far.time,
            jitter=jitter,
        )
        return far, line

    yield open_
    for http in clients:
        http.close()


def envelope(code="", message="", field=None):
    error = {"code": code, "message": message} | ({"field": field} if field else {})
    return {"type": "error.list", "request_id": "x", "errors": [error]}


def refusal_of(line, call):
    with pytest.raises(RemoteError) as refusal:
        line.send(call)
    assert TOKEN not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    return refusal.value


def test_every_request_says_who_we_are_what_we_speak_and_what_we_read(reach):
    far, line = reach(FINE, version="2.9")
    reply = line.send(POST)
    (request,) = far.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["intercom-version"] == "2.9"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("publisher/")
    assert str(request.url) == "https://api.eu.intercom.io/articles"
    assert request.read() == b'{"title":"Refunds","author_id":42}'
    assert (reply.status, reply.data) == (200, {"id": "12"})
    assert reply.headers["content-type"] == "application/json"


def test_a_base_url_below_a_path_keeps_its_path():
    far = Far(FINE)
    with httpx.Client(
        transport=httpx.MockTransport(far), base_url="http://127.0.0.1:4010/api/"
    ) as http:
        Transport(http, token=TOKEN, dialect=dialect("2.16")).send(GET)
    assert str(far.requests[0].url) == "http://127.0.0.1:4010/api/articles/12"


def test_requests_are_counted_by_method_with_their_repetitions(reach):
    _, line = reach((503, {}), FINE)
    line.send(GET)
    line.send(POST)
    assert line.sent == {"GET": 2, "POST": 1}


@pytest.mark.parametrize("call", [GET, PUT, POST, UPSERT], ids=lambda call: call.what)
def test_a_429_is_waited_for_and_repeated_whatever_the_call(reach, call):
    slow = (429, envelope("rate_limit_exceeded"), {"X-RateLimit-Reset": str(int(NOW) + 7)})
    far, line = reach(slow, FINE)
    assert line.send(call).data == {"id": "12"}
    assert far.slept == [7.0]


def test_429s_never_run_out_of_attempts_without_a_deadline(reach):
    far, line = reach(*[(429, envelope("rate_limit_exceeded"))] * 40, FINE)
    line.send(POST)
    assert len(far.requests) == 41
    assert far.slept[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(far.slept) == MAX_WAIT


def test_a_deadline_ends_the_waiting_before_it_begins(reach):
    slow = (429, envelope("rate_limit_exceeded"), {"X-RateLimit-Reset": str(int(NOW) + 30)})
    far, line = reach(slow)
    line.deadline = NOW + 20
    error = refusal_of(line, POST)
    assert (error.status, error.code, error.doubtful) == (429, "rate_limit_exceeded", False)
    assert "slowing us down" in str(error)
    assert far.slept == []


def standing(left, *, limit=100, seconds=7):
    """What a fine answer tells of the rate limit."""
    told = {"Limit": limit, "Remaining": left, "Reset": int(NOW) + seconds}
    return (*FINE, {f"X-RateLimit-{name}": str(value) for name, value in told.items()})


def test_a_call_waits_for_its_turn_before_it_is_sent(reach):
    far, line = reach(standing(20), share=0.8)
    line.send(GET)
    assert far.slept == []
    line.send(POST)
    assert far.slept == [7.0]
    assert line.sent == {"GET": 1, "POST": 1}


@pytest.mark.parametrize("call", [GET, PUT, POST], ids=lambda call: call.what)
def test_a_deadline_holds_for_the_rate_limit_too_and_then_nothing_is_sent(reach, call):
    far, line = reach(standing(20), share=0.8)
    line.send(GET)
    line.deadline = NOW + 6
    error = refusal_of(line, call)
    assert (error.status, error.code, error.doubtful) == (429, "rate_limit_exceeded", False)
    assert str(error) == (
        f"could not {call.what}: Intercom is still slowing us down (its rate limit has no room "
        "for us now, 429), and the time allowed is used up."
    )
    assert len(far.requests) == 1
    assert far.slept == []


def test_what_never_got_its_turn_after_a_lost_answer_stays_in_doubt(reach):
    far, line = reach(standing(1), (503, {}))
    line.send(GET)
    line.deadline = NOW + 6
    assert refusal_of(line, PUT).doubtful
    assert len(far.requests) == 2


def test_a_429_that_may_not_wait_after_a_lost_answer_leaves_that_one_in_doubt(reach):
    _, line = reach((503, {}), (429, {}, {"Retry-After": "30"}))
    line.deadline = NOW + 20
    error = refusal_of(line, PUT)
    assert (error.status, error.doubtful) == (429, True)


def test_a_refusal_after_a_lost_answer_leaves_that_one_in_doubt(reach):
    _, line = reach((503, {}), (422, envelope("data_invalid")))
    assert refusal_of(line, PUT).doubtful
    _, line = reach((503, {}), (422, envelope("data_invalid")))
    assert not refusal_of(line, GET).doubtful


def test_the_reset_of_a_429_is_of_their_clock(reach):
    slow = (
        429,
        {},
        {"X-RateLimit-Reset": str(int(NOW) - 993), "Date": formatdate(NOW - 1000, usegmt=True)},
    )
    far, line = reach(slow, FINE)
    line.send(PUT)
    assert far.slept == [7.0]


def test_a_429_that_two_threads_meet_together_is_told_once(reach):
    # Arrange: a second call is on its way when Intercom refuses the first, and is refused too.
    slow = (429, envelope("rate_limit_exceeded"), {"Retry-After": "9"})
    far, line = reach(FINE, slow, slow, FINE)
    line.send(GET)
    second = threading.Thread(target=line.send, args=(POST,))
    on_its_way, first_waits, second_waits = (threading.Event() for _ in range(3))

    def arrives():
        if threading.current_thread() is second and not on_its_way.is_set():
            on_its_way.set()
            first_waits.wait(10)

    def naps():
        if threading.current_thread() is second:
            second_waits.set()
        else:
            first_waits.set()
            second_waits.wait(10)

    far.arrives, far.naps = arrives, naps
    second.start()
    on_its_way.wait(10)

    # Act
    with said() as told:
        line.send(POST)
    second.join(10)

    # Assert: both were sent again after the wait, and one sentence said why.
    assert line.sent == {"GET": 1, "POST": 4}
    assert far.slept == [9.0, 9.0]
    [sentence] = told
    assert "slowing us down" in sentence
    assert sentence.endswith("Trying again in 9 seconds.")


def test_waits_are_spread_so_that_threads_do_not_return_together(reach):
    far, line = reach((429, {}, {"Retry-After": "3"}), FINE, jitter=lambda: 0.25)
    line.send(GET)
    assert far.slept == [3.25]


def test_how_long_to_wait_is_read_from_the_headers():
    assert seconds_to_wait({"x-ratelimit-reset": "1700000004"}, now=NOW) == 4.0
    assert seconds_to_wait({"retry-after": "2", "x-ratelimit-reset": "1700000004"}, now=NOW) == 2.0
    assert seconds_to_wait({"retry-after": "Wed, 21 Oct"}, now=NOW) is None
    assert seconds_to_wait({"x-ratelimit-reset": "1699999999"}, now=NOW) is None
    assert seconds_to_wait({}, now=NOW) is None


LOST = [
    (500, envelope("server_error", "Oh")),
    (503, "<html>down</html>"),
    (408, envelope("request_timeout")),
    (405, CAPTCHA, {"content-type": "text/html"}),
    (200, "<html>captcha</html>"),
    (200, '{"id": "12", "title": "Refu'),
    (200, ""),
    (200, [1, 2]),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
    httpx.DecodingError("half a gzip"),
    ConnectionError("the server dropped the connection"),
    ConnectionResetError("reset by peer"),
]


def named(answer):
    return str(answer)[:40]


@pytest.mark.parametrize("lost", LOST, ids=named)
@pytest.mark.parametrize("call", [GET, PUT, UPSERT], ids=lambda call: call.method)
def test_a_lost_answer_to_a_repeatable_call_is_asked_for_again(reach, call, lost):
    far, line = reach(lost, lost, FINE)
    assert line.send(call).data == {"id": "12"}
    assert far.slept == [1.0, 2.0]


@pytest.mark.parametrize("lost", LOST, ids=named)
def test_a_lost_answer_to_a_create_is_left_in_doubt_and_never_sent_twice(reach, lost):
    far, line = reach(lost, FINE)
    error = refusal_of(line, POST)
    assert error.doubtful
    assert "could not create the article “Refunds”" in str(error)
    assert "next run" in str(error)
    assert len(far.requests) == 1


@pytest.mark.parametrize(("call", "doubtful"), [(GET, False), (PUT, True)])
def test_after_five_lost_answers_we_give_up_and_say_whether_it_may_have_landed(
    reach, call, doubtful
):
    far, line = reach((502, "<html>bad gateway</html>"))
    error = refusal_of(line, call)
    assert len(far.requests) == MAX_ATTEMPTS == 5
    assert (error.status, error.doubtful) == (502, doubtful)


def test_a_busy_server_may_say_how_long_it_wants(reach):
    far, line = reach((503, {}, {"Retry-After": "9"}), FINE)
    line.send(GET)
    assert far.slept == [9.0]


def test_a_server_that_is_down_is_not_waited_for_as_if_it_throttled(reach):
    far, line = reach((503, {}, {"X-RateLimit-Reset": str(int(NOW) + 9)}), FINE)
    line.send(GET)
    assert far.slept == [1.0]


def test_what_intercom_says_is_cut_to_one_line_of_readable_length(reach):
    _, line = reach((422, envelope("x", "one\n  two " + "very " * 500)))
    error = refusal_of(line, PUT)
    assert "one two very" in str(error)
    assert len(str(error)) < 500


def test_waiting_for_the_rate_limit_uses_up_no_attempts(reach):
    answers = [(500, {}), (429, {}), (500, {}), (429, {}), (500, {}), (429, {}), (500, {}), FINE]
    far, line = reach(*answers)
    assert line.send(PUT).status == 200
    assert len(far.requests) == 8


@pytest.mark.parametrize(
    "broken",
    [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("busy")],
    ids=repr,
)
def test_a_create_that_never_left_us_is_sent_again_and_leaves_no_doubt(reach, broken):
    far, line = reach(broken, FINE)
    line.send(POST)
    assert len(far.requests) == 2
    for call in (POST, PUT):
        _, line = reach(broken)
        error = refusal_of(line, call)
        assert not error.doubtful
    assert "api.eu.intercom.io could not be reached" in str(error)


def test_a_certificate_nobody_trusts_is_told_at_once(reach):
    far, line = reach(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self signed"))
    assert "SSL_CERT_FILE" in str(refusal_of(line, GET))
    assert len(far.requests) == 1


def test_an_empty_answer_to_a_delete_is_an_answer(reach):
    _, line = reach((204, ""))
    delete = Call(method="DELETE", path="/x/1", repeatable=True, what="delete it")
    assert line.send(delete).data is None


def test_an_invalid_token_is_told_with_the_host_it_was_meant_for(reach):
    _, line = reach((401, envelope("unauthorized", "Access Token Invalid")))
    error = refusal_of(line, GET)
    assert isinstance(error, Unauthorized)
    assert (error.status, error.code) == (401, "unauthorized")
    assert "does not accept the token" in str(error)
    assert "api.eu.intercom.io" in str(error)


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_without_a_permission_is_another_matter(reach, status):
    _, line = reach((status, envelope("token_unauthorized", "Not authorized")))
    error = refusal_of(line, POST)
    assert error.code == "token_unauthorized"
    assert "lacks a permission" in str(error)
    assert "copy the token anew" in str(error)


def test_a_401_on_writing_an_article_is_about_its_author(reach):
    _, line = reach((401, envelope("unauthorized", "Not allowed")))
    error = refusal_of(line, POST)
    assert isinstance(error, Unauthorized)
    assert "refused the author 42" in str(error)
    assert "Not allowed" in str(error)
    other = Call(method="POST", path="/help_center/collections", json={}, repeatable=False)
    assert "author" not in str(refusal_of(line, other))


@pytest.mark.parametrize(
    ("status", "code", "message", "field", "says"),
    [
        (403, "api_plan_restricted", "Upgrade", None, "your Intercom plan does not include it"),
        (403, "forbidden", "Not authorized", None, "may not do that (Not authorized, 403)"),
        (400, "parameter_invalid", "Bad list", "body", "what we sent (body: Bad list, 400)"),
        (422, "data_invalid", "Bad url", "url", "what we sent (url: Bad url, 422)"),
        (409, "resource_conflict", "Exists", None, "stands against it (Exists, 409)"),
        (413, "", "", None, "too big for Intercom"),
        (418, "teapot", "", None, "Intercom refused it (teapot, 418)"),
        (400, "intercom_version_invalid", "Not there", None, "API version 2.16 does not know it"),
    ],
)
def test_a_refusal_is_one_sentence_with_what_intercom_said(
    reach, status, code, message, field, says
):
    far, line = reach((status, envelope(code, message, field)))
    error = refusal_of(line, PUT)
    assert str(error).startswith("could not update the article 12: ")
    assert says in str(error)
    assert (error.status, error.code, error.doubtful) == (status, code, False)
    assert len(far.requests) == 1


def test_a_404_is_its_own_error(reach):
    _, line = reach((404, envelope("not_found", "Resource Not Found")))
    error = refusal_of(line, GET)
    assert isinstance(error, NotFound)
    assert (error.status, error.code) == (404, "not_found")


@pytest.mark.parametrize(
    "odd",
    [{}, {"errors": []}, {"errors": "no"}, {"errors": [None]}, {"errors": [{"code": None}]}, []],
)
def test_an_envelope_that_holds_nothing_still_makes_a_sentence(reach, odd):
    _, line = reach((422, odd))
    assert "no reason given, 422" in str(refusal_of(line, PUT))


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (403, RemoteError)])
def test_a_web_page_instead_of_json_names_the_host_to_check(reach, status, kind):
    _, line = reach((status, "<html>Not here</html>", {"content-type": "text/html"}))
    error = refusal_of(line, GET)
    assert type(error) is kind
    assert "api.eu.intercom.io answered" in str(error)
    assert "base_url and region" in str(error)


@pytest.mark.parametrize("status", [405, 502, 503])
def test_a_web_page_of_a_server_in_trouble_asks_for_patience_not_for_another_address(reach, status):
    _, line = reach((status, "<html>Bad gateway</html>", {"content-type": "text/html"}))
    said = str(refusal_of(line, GET))
    assert "try again in a few minutes" in said
    assert "base_url" not in said


def test_a_broken_connection_is_told_without_numbers_of_the_operating_system(reach):
    _, line = reach(httpx.ConnectError("[Errno 111] Connection refused"))
    assert "could not be reached (Connection refused)" in str(refusal_of(line, GET))


def test_a_request_too_big_for_a_proxy_is_told_as_too_big(reach):
    _, line = reach((413, "<html>Request Entity Too Large</html>"))
    assert "too big for Intercom" in str(refusal_of(line, PUT))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_token_never_follows_a_redirect(reach, status):
    far, line = reach((status, "", {"Location": f"https://evil.example/?t={TOKEN}"}))
    error = refusal_of(line, GET)
    assert "evil.example" in str(error)
    assert [request.url.host for request in far.requests] == ["api.eu.intercom.io"]


def test_the_token_is_in_no_message_even_when_the_far_side_repeats_it(reach):
    for answer in [
        (422, envelope("x", f"Bearer {TOKEN} is bad")),
        (500, envelope("x", f"Bearer {TOKEN} is bad")),
        httpx.ReadError(f"Illegal header value b'Bearer {TOKEN}'"),
    ]:
        _, line = reach(answer)
        assert "***" in str(refusal_of(line, POST))


@pytest.mark.parametrize("token", ["", "two words", "line\n", "schlüssel"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(token):
    with httpx.Client() as http, pytest.raises(ConfigError) as refusal:
        Transport(http, token=token, dialect=dialect("2.16"))
    assert not token or token not in str(refusal.value)


def test_many_threads_share_one_transport_and_none_is_miscounted(reach):
    far, line = reach(FINE)
    threads = [
        threading.Thread(target=lambda: [line.send(GET) for _ in range(25)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert line.sent == {"GET": 200}
    assert len(far.requests) == 200


@pytest.mark.parametrize(
    ("region", "host"),
    [("us", "api.intercom.io"), ("eu", "api.eu.intercom.io"), ("au", "api.au.intercom.io")],
)
def test_a_region_is_a_host(region, host):
    with transport.client(region=region) as http:
        assert http.base_url.host == host
        assert http.timeout.connect == 10.0
        assert not http.follow_redirects


def test_a_proxy_is_used_for_intercom_and_never_for_loopback(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    with transport.client() as far, transport.client("http://127.0.0.1:4010") as near:
        assert far.trust_env
        assert not near.trust_env


@pytest.mark.parametrize(
    "address", ["api.intercom.io", "ftp://api.intercom.io", "https://ana:pw@api.intercom.io", "://"]
)
def test_a_base_url_that_is_no_address_is_refused_without_its_password(address):
    with pytest.raises(ConfigError) as refusal:
        transport.client(address)
    assert "base_url" in str(refusal.value)
    assert "ana:pw" not in str(refusal.value)


def test_an_unknown_region_is_refused():
    with pytest.raises(ConfigError, match="us, eu, au"):
        transport.client(region="moon")


def test_a_missing_certificate_file_is_told_as_such(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
        transport.client()
