"""Things that go wrong on request: what the client meets, and whether the change was made."""

import json

import pytest


@pytest.fixture
def titles(center):
    return lambda: [row["contents"]["en"]["title"] for row in center.rows("article")]


@pytest.mark.parametrize(
    ("kind", "status", "made"),
    [
        ("429", 429, False),
        ("500", 500, False),
        ("500-after", 500, True),
        ("503-html", 503, False),
        ("405-captcha", 405, False),
        ("not-json", 200, True),
        ("truncate", 200, True),
    ],
)
def test_a_fault_hits_one_call_and_the_change_is_made_or_not(
    center, api, titles, kind, status, made
):
    center.faults.add(kind, method="POST", path="^/articles$")
    body = {"title": "A", "author_id": 991267242}
    reply = api.http.post("/articles", json=body)
    assert reply.status_code == status
    assert titles() == (["A"] if made else [])
    assert center.calls[-1] == ("POST", "/articles", status)
    if kind in ("503-html", "405-captcha", "not-json", "truncate"):
        with pytest.raises(json.JSONDecodeError):
            reply.json()
    api.article("B")
    assert titles()[-1] == "B"


def test_a_429_says_when_to_come_back(center, api, clock):
    center.faults.add("429")
    reply = api.http.get("/me")
    assert reply.json()["errors"][0]["code"] == "rate_limit_exceeded"
    assert clock.now < int(reply.headers["X-RateLimit-Reset"]) <= clock.now + 10


@pytest.mark.parametrize(("kind", "made"), [("drop-before", []), ("drop-after", ["A"])])
def test_a_broken_connection_before_or_after_the_change(center, api, titles, kind, made):
    center.faults.add(kind, method="POST")
    with pytest.raises(ConnectionResetError):
        api.article("A")
    assert titles() == made
    assert center.calls == [("POST", "/articles", 0)]


def test_faults_may_wait_and_may_repeat(center, api):
    center.faults.add("500", path="/me", after=1, times=2)
    center.faults.add("503-html", method="DELETE", times=None)
    api.get("/articles")
    assert [api.http.get("/me").status_code for _ in range(4)] == [200, 500, 500, 200]
    assert [api.http.delete("/articles/1").status_code for _ in range(3)] == [503] * 3
    center.faults.clear()
    api.delete("/articles/1", 404)


def test_an_unreachable_image_fails_the_whole_request(center, api, titles):
    center.faults.add("image-unreachable", path=r"bad\.png")
    api.article("good", body='<img src="https://e.com/good.png">')
    bad = {"title": "A", "author_id": 991267242, "body": '<img src="https://e.com/bad.png">'}
    error = api.error("POST", "/articles", 400, json=bad)
    assert "bad.png" in error["message"]
    assert titles() == ["good"]
    api.article("again", body='<img src="https://e.com/bad.png">')


def test_a_slow_answer_takes_its_time_and_is_right(make_center, talk):
    slept = []
    center = make_center(sleep=slept.append)
    center.faults.add("slow", seconds=3.5)
    assert talk(center).article()["id"] == "101"
    assert slept == [3.5]


def test_a_fault_nobody_knows_is_refused(center):
    with pytest.raises(ValueError, match="no fault 'flood'"):
        center.faults.add("flood")
