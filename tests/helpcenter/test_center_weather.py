"""Faults that fall at random: the same for the same seed, counted, and gone when it is calm."""

import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.helpcenter.faults import KINDS, Faults

EVERY = {"500": 0.2, "429": 0.1, "503-html": 0.1}
CALLS = [kind for kind in KINDS if kind != "image-unreachable"]


def drawn(faults, calls=200, method="GET", path="/articles"):
    """The kinds that struck one call after another."""
    found = [faults.of_call(method, path) for _ in range(calls)]
    return [fault.kind if fault else "" for fault in found]


def rain(seed=1, shares=EVERY, **where):
    faults = Faults()
    faults.rain(seed=seed, shares=shares, **where)
    return faults


def test_the_same_seed_strikes_the_same_calls_and_another_seed_others():
    assert drawn(rain(seed=7)) == drawn(rain(seed=7))
    assert drawn(rain(seed=7)) != drawn(rain(seed=8))
    assert set(drawn(rain(seed="7"))) == {"", *EVERY}


def test_each_kind_strikes_about_as_often_as_it_was_told_to():
    faults = rain(shares=dict.fromkeys(CALLS, 0.05))
    struck = Counter(drawn(faults, calls=8000))
    assert all(300 < struck[kind] < 500 for kind in CALLS), struck
    del struck[""]
    assert faults.struck == struck


@given(st.dictionaries(st.sampled_from(KINDS), st.floats(0, 1 / len(KINDS)), max_size=4))
def test_what_has_no_share_never_strikes(shares):
    struck = set(drawn(rain(seed=3, shares=shares), calls=40)) - {""}
    assert struck <= {kind for kind, share in shares.items() if share > 0}


def test_a_share_of_one_strikes_always_and_none_never():
    assert drawn(rain(shares={"500": 1.0}), calls=50) == ["500"] * 50
    assert drawn(rain(shares={"500": 0.0}), calls=50) == [""] * 50


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ({"flood": 0.1}, "no fault 'flood'; there are: 429, 500,"),
        ({"500": -0.1}, "between 0 and 1"),
        ({"500": 1.5}, "between 0 and 1"),
        ({"500": float("nan")}, "between 0 and 1"),
        ({"500": 0.6, "429": 0.6}, r"1\.2 together"),
    ],
)
def test_shares_that_cannot_be_are_refused_and_the_weather_stays(shares, why):
    faults = rain(shares={"429": 1.0})
    with pytest.raises(ValueError, match=why):
        faults.rain(seed=1, shares=shares)
    assert drawn(faults, calls=1) == ["429"]


def test_when_it_is_calm_nothing_strikes_but_what_was_arranged(center, api):
    center.faults.rain(seed=1, shares={"500": 1.0})
    center.faults.add("429", path="/me")
    center.faults.calm()
    assert [api.http.get("/me").status_code for _ in range(2)] == [429, 200]
    assert center.faults.struck == {"429": 1}


def test_an_arranged_fault_goes_before_the_rain_and_both_are_counted(center, api):
    center.faults.rain(seed=1, shares={"503-html": 1.0})
    center.faults.add("429", times=2)
    assert [api.http.get("/me").status_code for _ in range(4)] == [429, 429, 503, 503]
    assert center.faults.struck == {"429": 2, "503-html": 2}


def test_rain_may_fall_on_some_calls_only_and_the_others_do_not_move_the_dice():
    alone, among = (rain(method="POST", path="^/articles$") for _ in range(2))
    noise = random.Random(1)
    seen = []
    for _ in range(100):
        for _ in range(noise.randrange(3)):
            assert among.of_call("GET", "/articles") is None
            assert among.of_call("POST", "/help_center/collections") is None
        seen += drawn(among, 1, "POST")
    assert seen == drawn(alone, 100, "POST")


def test_images_have_dice_of_their_own(make_center, talk):
    centers = [make_center(), make_center()]
    shares = {"image-unreachable": 0.3, "500": 0.3}
    for center in centers:
        center.faults.rain(seed=5, shares=shares)
    bodies = ["", '<img src="https://e.com/a.png"><img src="https://e.com/b.png">']
    met = [
        [
            talk(center)
            .http.post("/articles", json={"title": "A", "author_id": 991267242, "body": body})
            .status_code
            for _ in range(40)
        ]
        for center, body in zip(centers, bodies, strict=True)
    ]
    assert [status == 500 for status in met[0]] == [status == 500 for status in met[1]]
    assert 400 in met[1]
    assert 400 not in met[0]
    assert centers[1].faults.struck["image-unreachable"] >= met[1].count(400)


def test_slow_answers_take_a_random_time_up_to_the_slowest(make_center, talk):
    slept = []
    center = make_center(sleep=slept.append)
    center.faults.rain(seed=1, shares={"slow": 1.0}, slowest=2.5)
    for _ in range(40):
        talk(center).get("/me")
    assert len(set(slept)) == 40
    assert 0 <= min(slept) < 0.5
    assert 2.0 < max(slept) <= 2.5


@pytest.mark.parametrize("kind", ["drop-mid-answer", "timeout"])
def test_an_answer_that_is_lost_on_the_way_leaves_the_change_made(make_center, talk, kind):
    slept = []
    center = make_center(sleep=slept.append)
    center.faults.add(kind, method="POST", seconds=2)
    with pytest.raises(ConnectionResetError):
        talk(center).article("A")
    assert [row["contents"]["en"]["title"] for row in center.rows("article")] == ["A"]
    assert center.calls == [("POST", "/articles", 0)]
    assert slept == ([2] if kind == "timeout" else [])


def test_eight_threads_in_the_rain_count_every_fault_once(center, talk):
    center.faults.rain(seed=2, shares={"500": 0.3, "500-after": 0.2})
    clients = [talk(center) for _ in range(8)]

    def create(number):
        body = {"title": f"T{number}", "author_id": 991267242}
        return clients[number % 8].http.post("/articles", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        met = Counter(pool.map(create, range(160)))
    assert sum(center.faults.struck.values()) == met[500]
    assert len(center.rows("article")) == met[200] + center.faults.struck["500-after"]
    assert json.loads(json.dumps(center.faults.struck)) == center.faults.struck
