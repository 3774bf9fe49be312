"""The same help center behind a real socket."""

import json
import socket
import threading
import time

import httpx
import pytest

from publisher.helpcenter.serve import Server, controlled, serve

pytestmark = pytest.mark.socket

HEADERS = {
    "Authorization": "Bearer x",
    "Accept": "application/json",
    "Intercom-Version": "2.15",
}
ARTICLE = {"title": "A", "author_id": 991267242}


@pytest.fixture
def server(center):
    with Server(controlled(center), 0) as running:
        yield running


@pytest.fixture
def http(server):
    with httpx.Client(base_url=server.url, headers=HEADERS) as client:
        yield client


def test_one_connection_serves_many_calls(http, capfd):
    begun = time.monotonic()
    for _ in range(50):
        assert http.post("/articles", json=ARTICLE).status_code == 200
    assert time.monotonic() - begun < 5
    following = http.get("/articles", params={"per_page": 20}).json()["pages"]["next"]
    assert len(http.get(following).json()["data"]) == 20
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("kind", "made"), [("drop-before", 0), ("drop-after", 1), ("timeout", 1)])
def test_a_dropped_call_closes_the_socket_at_once(http, center, kind, made):
    http.get("/me")
    http.post("/_control/faults", json={"kind": kind, "method": "POST", "path": "^/articles"})
    begun = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        http.post("/articles", json=ARTICLE)
    assert time.monotonic() - begun < 4
    assert len(center.rows("article")) == made
    assert http.get("/me").status_code == 200


def test_an_answer_that_breaks_off_has_announced_more_than_it_brings(http, center):
    http.post("/_control/faults", json={"kind": "drop-mid-answer", "method": "POST"})
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        http.post("/articles", json=ARTICLE)
    http.post("/_control/faults", json={"kind": "truncate", "method": "POST"})
    whole = http.post("/articles", json=ARTICLE)
    assert len(whole.content) == int(whole.headers["Content-Length"])
    with pytest.raises(json.JSONDecodeError):
        whole.json()
    assert len(center.rows("article")) == 2


def test_the_weather_is_made_and_ended_from_outside(http):
    rain = {"seed": 1, "shares": {"500": 1.0}, "path": "/me"}
    assert http.post("/_control/weather", json=rain).json() == {}
    assert [http.get(path).status_code for path in ("/me", "/articles")] == [500, 200]
    assert http.get("/_control/struck").json() == {"500": 1}
    assert http.delete("/_control/weather").json() == {"500": 1}
    assert http.get("/me").status_code == 200
    refused = http.post("/_control/weather", json={"seed": 1, "shares": {"flood": 1}})
    assert (refused.status_code, refused.text[:16]) == (400, "no fault 'flood'")
    assert http.post("/_control/weather", json={"shares": {}}).status_code == 400


def test_lists_are_made_late_from_outside(http):
    assert http.post("/_control/lag", json={"seconds": 60}).json() == {"seconds": 60.0}
    http.post("/articles", json=ARTICLE)
    assert http.get("/articles").json()["total_count"] == 0
    http.post("/_control/lag", json={"seconds": 0})
    assert http.get("/articles").json()["total_count"] == 1


def test_a_colleague_acts_once_for_every_request_from_outside(http, center):
    center.touches.on = True
    http.post("/articles", json=ARTICLE | {"body": "x"})
    deeds = [http.post("/_control/colleague", json={"seed": 5}).json() for _ in range(3)]
    tokens = [deed["token"] for deed in deeds if deed["token"]]
    assert tokens == [f"hand-5-{number:06}" for number in range(1, len(tokens) + 1)]
    assert tokens
    touches = http.get("/_control/touches").json()
    assert [touch["way"] for touch in touches] == ["write", "hand", "hand", "hand"]


def test_the_control_surface_shows_and_clears_the_calls(http):
    http.get("/me")
    assert http.get("/_control/calls").json() == [["GET", "/me", 200]]
    assert http.delete("/_control/calls").json() == []
    assert http.get("/_control/else").status_code == 404


def test_without_controls_there_is_no_control_surface(center):
    ready = threading.Event()
    running = []

    def on_ready(server):
        running.append(server)
        ready.set()

    thread = threading.Thread(target=serve, args=(center, 0), kwargs={"on_ready": on_ready})
    thread.start()
    assert ready.wait(10)
    reply = httpx.get(f"{running[0].url}/_control/calls", headers=HEADERS)
    running[0].stop()
    thread.join(10)
    assert (reply.status_code, thread.is_alive()) == (404, False)


def test_a_taken_port_is_an_error_to_catch(center, server):
    with pytest.raises(OSError, match="in use"):
        Server(center, server.port)


def test_a_stopped_server_gives_its_port_back(center):
    with Server(center, 0) as first:
        port = first.port
    with Server(center, port), socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
