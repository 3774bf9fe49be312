"""`publisher serve` with faults, late lists and a colleague: what is typed, and what is seen."""

import json
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import pytest

from publisher.errors import ConfigError
from publisher.workflow.serving import Weather, shares
from tests.terminal import PROGRAM, environment, run_in


def test_a_share_is_typed_as_a_percentage_or_as_a_fraction():
    assert shares(("429=5%", "drop-after=0.25", "slow=0")) == {
        "429": 0.05,
        "drop-after": 0.25,
        "slow": 0.0,
    }
    assert shares(()) == {}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (("flood=5%",), "there are: 429, 500, 500-after"),
        (("429",), "--fault 429: write KIND=SHARE, such as 429=5%"),
        (("429=much",), "--fault 429=much: write KIND=SHARE"),
        (("429=200%",), "between 0 and 1"),
        (("429=nan",), "between 0 and 1"),
        (("429=60%", "500=60%"), "together"),
    ],
)
def test_a_mistyped_fault_is_a_sentence_that_says_how_it_is_typed(typed, why):
    with pytest.raises(ConfigError) as refusal:
        shares(typed)
    assert why in str(refusal.value)


def test_the_weather_says_what_to_expect():
    weather = Weather(faults={"429": 0.05}, seed=1, listing_lag=20, colleague=2.5)
    assert str(weather) == "429 at 5%, lists 20 seconds late, a colleague every 2.5 seconds"
    assert str(Weather(faults={}, seed=1, listing_lag=0, colleague=0)) == ""


def test_a_kind_nobody_knows_ends_the_command_with_64_and_the_list(tmp_path):
    ended = run_in(tmp_path, "serve", "--fault", "flood=5%")
    assert ended.code == 64
    assert "drop-mid-answer" in ended.err


@pytest.mark.socket
def test_a_help_center_in_bad_weather_fails_as_told_and_tells_each_deed(tmp_path):
    run_in(tmp_path, "init")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    line = ["--fault", "500=100%", "--listing-lag", "20", "--colleague", "0.05", "--seed", "9"]
    with subprocess.Popen(
        [*PROGRAM, "serve", "--port", str(port), *line],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert f"http://127.0.0.1:{port}" in running.stderr.readline()
            told = running.stderr.readline()
            assert told.startswith("Seed 9: 500 at 100%, lists 20 seconds late, a colleague")
            assert running.stderr.readline().startswith("a colleague created article 101 (en)")
            with pytest.raises(urllib.error.HTTPError) as failed:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/articles", timeout=20)
            answer = json.loads(failed.value.read())
            assert (failed.value.code, answer["errors"][0]["code"]) == (500, "server_error")
            running.send_signal(signal.SIGINT)
            running.wait(timeout=20)
        finally:
            running.kill()
        assert running.returncode == 0
        assert "Traceback" not in running.stderr.read()
