"""How the web is asked: what counts as gone, how politely, and what is remembered."""

from __future__ import annotations

import json
import threading
from collections import Counter
from urllib.parse import urlsplit

import httpx
import pytest

from publisher.web import Web, check
from publisher.web.guard import NoSuchHost
from publisher.web.memory import DAY, Memory

NOTHING_KEPT = Memory(None)


class Servers(httpx.BaseTransport):
    """Hosts with answers: (method, host/path) → what to do. Counts how many are asked at once."""

    def __init__(self, answers):
        self.answers, self.calls, self.busy, self.most = answers, [], Counter(), Counter()
        self.lock = threading.Lock()

    def handle_request(self, request):
        host = request.headers["host"]
        place = f"{host}{request.url.path}"
        with self.lock:
            self.calls.append((request.method, place))
            self.busy[host] += 1
            self.most[host] = max(self.most[host], self.busy[host])
        try:
            answer = self.answers.get((request.method, place), self.answers.get(place, 200))
            return answer(request) if callable(answer) else httpx.Response(answer)
        finally:
            with self.lock:
                self.busy[host] -= 1


def to(status, location):
    return lambda request: httpx.Response(status, headers={"location": location})


def times_out(request):
    raise httpx.ReadTimeout("slow", request=request)


def breaks(request):
    raise httpx.ConnectError("reset", request=request)


def cookie(request):
    assert "cookie" not in request.headers
    return httpx.Response(200, headers={"set-cookie": "session=1"})


def world(answers, **more):
    servers, slept = Servers(answers), []
    defaults = {"look_up": lambda host: ["93.184.215.14"], "sleep": slept.append}
    return Web(transport=servers, **{**defaults, **more}), servers, slept


@pytest.mark.parametrize(
    ("answers", "state", "why"),
    [
        ({}, "fine", ""),
        ({"a.example/x": 404}, "dead", "404"),
        ({"a.example/x": 410}, "dead", "410"),
        ({("HEAD", "a.example/x"): 405}, "fine", ""),
        ({("HEAD", "a.example/x"): 404}, "fine", ""),
        ({"a.example/x": 403}, "unknown", "403"),
        ({"a.example/x": 429}, "unknown", "429"),
        ({"a.example/x": 500}, "unknown", "500"),
        ({"a.example/x": 503}, "unknown", "503"),
        ({"a.example/x": times_out}, "unknown", "no answer in time"),
        ({"a.example/x": breaks}, "unknown", "no connection"),
        ({"a.example/x": to(302, "/y")}, "fine", ""),
        ({"a.example/x": to(302, "/y"), "a.example/y": 404}, "dead", "404"),
        ({"a.example/x": to(302, "itms://store")}, "fine", ""),
        ({"a.example/x": to(302, "/x")}, "unknown", "more than 10 redirects"),
        ({"a.example/x": to(302, "http://[")}, "unknown", "no connection"),
    ],
)
def test_only_what_says_that_it_is_gone_is_dead(answers, state, why):
    web, *_ = world(answers)
    (told,) = check(["https://a.example/x"], web, NOTHING_KEPT).values()
    assert (told.state, told.why) == (state, why)


@pytest.mark.parametrize(
    ("answers", "moved"),
    [
        ({"a.example/x": to(301, "/y")}, "https://a.example/y"),
        ({"a.example/x": to(308, "https://b.example/z")}, "https://b.example/z"),
        ({"a.example/x": to(301, "/y"), "a.example/y": to(302, "/login")}, "https://a.example/y"),
        ({"a.example/x": to(302, "/y"), "a.example/y": to(301, "/z")}, ""),
        ({"a.example/x": to(301, "/x#top")}, ""),
    ],
)
def test_only_a_permanent_redirect_has_moved_an_address(answers, moved):
    web, *_ = world(answers)
    (told,) = check(["https://a.example/x"], web, NOTHING_KEPT).values()
    assert told.to == moved


def test_a_host_is_asked_one_thing_at_a_time_with_a_pause_and_others_beside_it():
    web, servers, slept = world({})
    urls = [f"https://{host}.example/{n}" for host in "abc" for n in range(4)]
    assert {each.state for each in check(urls, web, NOTHING_KEPT).values()} == {"fine"}
    assert max(servers.most.values()) == 1
    assert slept == [web.pause] * 9
    assert {method for method, _ in servers.calls} == {"HEAD"}


def test_a_host_that_has_had_enough_is_left_alone():
    web, servers, _ = world({"a.example/1": 429})
    told = check([f"https://a.example/{n}" for n in range(4)], web, NOTHING_KEPT)
    assert [told[f"https://a.example/{n}"].state for n in range(4)] == ["fine", *["unknown"] * 3]
    assert [place for _, place in servers.calls] == ["a.example/0", "a.example/1"]


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "https://", "http://a.example:x/"])
def test_what_is_no_address_cannot_be_told(url):
    web, servers, _ = world({})
    assert check([url], web, NOTHING_KEPT)[url].state == "unknown"
    assert servers.calls == []


def test_an_address_is_asked_once_for_all_its_fragments():
    web, servers, _ = world({"a.example/x": 404})
    told = check(["https://a.example/x#a", "https://a.example/x#b"], web, NOTHING_KEPT)
    assert [each.state for each in told.values()] == ["dead", "dead"]
    assert [method for method, _ in servers.calls] == ["HEAD", "GET"]


def test_we_say_who_we_are_and_keep_no_cookies():
    seen = []

    def look(request):
        seen.append(request.headers)
        return cookie(request)

    web, *_ = world({"a.example/1": look, "a.example/2": look}, agent="publisher/9 (links)")
    check(["https://a.example/1", "https://a.example/2"], web, NOTHING_KEPT)
    assert [headers["user-agent"] for headers in seen] == ["publisher/9 (links)"] * 2
    assert not any({"authorization", "cookie"} & set(headers) for headers in seen)


def only(*known):
    def look_up(host):
        if host not in known:
            raise NoSuchHost(host)
        return ["93.184.215.14"]

    return look_up


def test_without_a_network_nothing_is_dead():
    urls = ["https://a.example/", "https://b.example/"]
    web, *_ = world({}, look_up=only())
    assert {each.why for each in check(urls, web, NOTHING_KEPT).values()} == {"no network"}
    web, *_ = world({}, look_up=only("a.example"))
    assert [each.state for each in check(urls, web, NOTHING_KEPT).values()] == ["fine", "dead"]


def test_what_is_well_is_believed_for_days_and_what_is_dead_for_an_hour(tmp_path):
    urls = ["https://a.example/well", "https://a.example/dead", "https://a.example/busy"]
    answers = {"a.example/dead": 404, "a.example/busy": 503}
    memory, clock = Memory(tmp_path / "cache" / "web.json", days=2), [1000.0]

    def asked():
        web, servers, _ = world(answers, now=lambda: clock[0])
        states = [each.state for each in check(urls, web, memory).values()]
        assert states == ["fine", "dead", "unknown"]
        return sorted({urlsplit(f"//{place}").path for _, place in servers.calls})

    assert asked() == ["/busy", "/dead", "/well"]
    assert asked() == ["/busy"]
    clock[0] += 3601
    assert asked() == ["/busy", "/dead"]
    clock[0] += 2 * DAY
    assert asked() == ["/busy", "/dead", "/well"]


@pytest.mark.parametrize("text", ["", "[]", '{"https://a.example/x": 1}', "{", '{"x": {}}'])
def test_a_damaged_memory_is_an_empty_one(text, tmp_path):
    place = tmp_path / "web.json"
    place.write_text(text)
    web, servers, _ = world({})
    check(["https://a.example/x"], web, Memory(place))
    assert len(servers.calls) == 1
    assert list(json.loads(place.read_text())) == ["https://a.example/x"]


def test_what_was_told_before_an_interrupt_is_not_asked_again(tmp_path):
    def interrupted(request):
        raise KeyboardInterrupt

    memory = Memory(tmp_path / "web.json")
    urls = ["https://a.example/1", "https://a.example/2"]
    web, *_ = world({"a.example/2": interrupted}, lanes=1)
    with pytest.raises(KeyboardInterrupt):
        check(urls, web, memory)
    web, servers, _ = world({})
    check(urls, web, memory)
    assert servers.calls == [("HEAD", "a.example/2")]
