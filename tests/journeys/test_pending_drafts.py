"""A colleague's edit waits in Intercom's editor: what was approved is that draft, no later one."""

import pytest

from publisher import config as configs
from publisher.model import digest
from publisher.plan.changes import PENDING
from publisher.workflow import planning
from publisher.workflow.drafts import drafts_of
from publisher.workflow.session import opened
from publisher.workflow.sides import Asked

pytestmark = pytest.mark.socket
KEY = "orders/cancel"


@pytest.fixture
def waiting(story):
    """An article with a change of ours to send, and a draft of a colleague's."""
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    stage(story, "Staged.")
    return story


def stage(story, text, **more):
    id_ = story.article("Cancel an order")["id"]
    story.center.draft_by_hand(id_, body=f"<p>{text}</p>", **more)


def named_in(session, plan):
    return drafts_of(plan, session.transport.send, session.dialect, default_locale="en")


def meant(story):
    """What a plan that is to write over the draft expects of it, as it stands now."""
    config = configs.load(story.folder)
    target = config.targets["live"]
    plan = planning.plan(config, target, Asked(overwrite=frozenset({KEY}))).plan
    with opened(config, target, writes=False) as session:
        named = named_in(session, plan)
    [change] = named.changes
    assert change.expects.keys() == plan.changes[0].expects.keys()
    return change.expects[PENDING]


def test_a_plan_names_the_words_of_the_draft_that_it_writes_over(waiting):
    first = meant(waiting)
    assert first != digest("yes")
    assert meant(waiting) == first
    stage(waiting, "Staged again.")
    assert meant(waiting) not in (first, digest("yes"))
    stage(waiting, "Staged.")
    assert meant(waiting) == first, "the same words are the same draft, whenever they were saved"


def test_a_title_that_waits_is_part_of_the_draft(waiting):
    first = meant(waiting)
    stage(waiting, "Staged.", title="Another title")
    assert meant(waiting) != first


def test_a_change_without_a_draft_costs_no_further_request(story):
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    config = configs.load(story.folder)
    target = config.targets["live"]
    plan = planning.plan(config, target, Asked()).plan
    with opened(config, target, writes=False) as session:
        before = dict(session.transport.sent)
        assert named_in(session, plan) == plan
        assert session.transport.sent == before


def test_a_draft_that_was_approved_is_written_over(waiting):
    assert waiting.run("plan", "--overwrite", KEY, "--out", "plan.json").code == 0
    applied = waiting.run("apply", "plan.json")
    assert applied.code == 0, str(applied)
    assert "One euro" in waiting.body("Cancel an order")


def test_a_draft_that_nobody_approved_is_not_written_over(waiting):
    assert waiting.run("plan", "--overwrite", KEY, "--out", "plan.json").code == 0
    stage(waiting, "Staged after the plan.")
    refused = waiting.run("apply", "plan.json")
    assert refused.code == 4, str(refused)
    assert "a draft" in refused.err
    article = waiting.article("Cancel an order")
    assert "Staged after the plan" in article["contents"]["en"]["draft"]["body"]
    assert "One euro" not in waiting.body("Cancel an order")


@pytest.mark.parametrize(("version", "seen"), [("2.15", False), ("2.16", True)])
def test_the_doctor_says_once_that_an_older_version_shows_no_drafts(story, version, seen):
    story.configure(api_version=version)
    told = story.run("doctor")
    line = (
        f"~ drafts: drafts that wait in Intercom's editor cannot be seen with API version {version}"
    )
    assert told.err.count(line) == (0 if seen else 1)


def test_a_draft_that_was_published_meanwhile_is_none_to_be_named(waiting):
    """The apply finds another text than the plan meant, and leaves it alone."""
    config = configs.load(waiting.folder)
    target = config.targets["live"]
    plan = planning.plan(config, target, Asked(overwrite=frozenset({KEY}))).plan
    waiting.center.publish_by_hand(waiting.article("Cancel an order")["id"])
    with opened(config, target, writes=False) as session:
        assert named_in(session, plan) == plan
