"""`--max-duration`: an apply that has no more time ends in good order, and the next goes on."""

import pytest

from tests.journeys.test_crashes import MANY, assert_whole

pytestmark = pytest.mark.socket


def test_when_time_is_up_nothing_new_is_begun_and_the_next_run_goes_on(story):
    story.write(MANY)
    story.configure(concurrency=1)
    story.center.faults.add("slow", method="POST", path="/articles$", times=None, seconds=0.3)
    cut = story.run("apply", "--yes", "--max-duration", "1")
    assert cut.code == 5, str(cut)
    assert "Time is up" in cut.err
    assert 0 < len(story.center.rows("article")) < 18
    story.center.faults.clear()
    story.apply("--max-duration", "5m")
    assert_whole(story)


def test_a_rate_limit_that_does_not_open_again_in_time_ends_the_run(story):
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    story.center.faults.add("429", method="PUT", times=None)
    cut = story.run("apply", "--yes", "--max-duration", "1")
    assert cut.code in (1, 5), str(cut)
    assert "None." in story.body("Cancel an order")
    story.center.faults.clear()
    story.apply()
    assert_whole(story)


@pytest.mark.parametrize("spelt", ["soon", "-5", "10x", "0"])
def test_a_time_that_is_none_is_refused(story, spelt):
    refused = story.run("apply", "--yes", "--max-duration", spelt)
    assert refused.code == 64, str(refused)
    assert story.center.calls == []
