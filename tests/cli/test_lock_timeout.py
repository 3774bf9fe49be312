"""`--lock-timeout`: a run waits its turn, says for whom, and gives up in time."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest

from publisher.ledger import opening
from publisher.ledger.home import beside
from tests.often import every_day

pytestmark = pytest.mark.socket

COMMANDS = (["apply", "--yes"], ["pull"])


@contextmanager
def held(story, seconds):
    """Another run holds the lock for a while. A lock is per open file, so a thread will do."""
    home, begun = beside(story.folder / ".publisher", "live"), threading.Event()

    def run():
        with opening.opened(home, command="publisher apply", new_id=lambda: "l"):
            begun.set()
            ended.wait(seconds)

    ended = threading.Event()
    thread = threading.Thread(target=run)
    thread.start()
    begun.wait(10)
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize("command", COMMANDS)
def test_without_patience_a_second_run_is_refused_at_once(story, command):
    with held(story, 30):
        begun = time.monotonic()
        refused = story.run(*command)
        assert refused.code == 7, str(refused)
        assert time.monotonic() - begun < 10
    assert "is locked by" in refused.err
    assert "--lock-timeout 10m" in refused.err
    assert "waiting for" not in refused.err
    assert story.writes == []


@pytest.mark.parametrize("command", every_day(1, COMMANDS))
def test_with_patience_a_run_gets_its_turn_and_says_once_for_whom_it_waits(story, command):
    story.apply()
    with held(story, 0.5):
        waited = story.run(*command, "--lock-timeout", "1m")
    assert waited.code == 0, str(waited)
    assert waited.err.count("waiting for the ledger, which is locked by") == 1
    assert "`publisher apply`" in waited.err


@pytest.mark.parametrize("command", every_day(1, COMMANDS))
def test_patience_ends_with_the_refusal(story, command):
    with held(story, 30):
        begun = time.monotonic()
        refused = story.run(*command, "--lock-timeout", "1")
        assert refused.code == 7
        assert 1 <= time.monotonic() - begun < 15
    assert story.writes == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("typed", every_day(2, ["soon", "10 minutes", "-1", "1.5h"]))
def test_what_is_no_length_of_time_is_refused_with_an_example(story, command, typed):
    refused = story.run(*command, "--lock-timeout", typed)
    assert refused.code == 64
    assert "is no length of time. Write it like 10m" in " ".join(refused.err.split())


def test_the_environment_may_say_it_for_every_run(story, monkeypatch):
    monkeypatch.setenv("PUBLISHER_APPLY_LOCK_TIMEOUT", "1m")
    with held(story, 0.3):
        story.apply()
