"""Answers are lost, processes die: the next apply goes on, and nothing ever stands twice."""

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.often import every_day
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket
ROOT = Path(__file__).parents[2]
PAGES = {
    "fin/handbook/_source.md": "---\nurl: https://docs.example.com\n---\n",
    "fin/handbook/en/policy.md": "---\ntitle: Policy\n---\nBe kind.\n",
}
MANY = {
    f"en/part{n % 4}/deep{n % 2}/a{n}.md": (
        f"---\ntitle: Article {n}\n---\nText {n}. See [next](../../part{(n + 1) % 4}/"
        f"deep{(n + 1) % 2}/a{n + 1}.md).\n"
    )
    for n in range(15)
} | {"en/part3/deep1/a15.md": "---\ntitle: Article 15\n---\nThe end.\n"}


FAULTS = ("drop-before", "drop-after", "500-after")
CREATED = ("/collections$", "/articles$", "/content_import_sources$")
LOST = [
    pytest.param(
        path,
        fault,
        marks=() if "articles" in path or fault == "drop-after" else pytest.mark.slow,
    )
    for path in CREATED
    for fault in FAULTS
]
"""An article in every way, the others in the worst: what was sent was done. The rest is slow."""


class Between:
    """Stands before the help center: refuses lists, or lets a colleague act, once a create is lost.

    lists_until_lost   from the first lost create on, lists are refused at once (401).
    after_loss         is called once, with the name of what was created.
    """

    def __init__(self, app):
        self.app = app
        self.lists_until_lost = False
        self.after_loss = None
        self.lost = False

    def __call__(self, environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(content)
        listing = method == "GET" and path.rpartition("/")[2] in LISTS
        if listing and self.lost and self.lists_until_lost:
            start_response("401 Unauthorized", [("Content-Type", "application/json")])
            return [b'{"type": "error.list", "errors": [{"code": "unauthorized"}]}']
        statuses = []
        try:
            return self.app(
                environ, lambda *line: (statuses.append(line[0]), start_response(*line))
            )
        finally:
            if method == "POST" and (not statuses or not statuses[0].startswith("200")):
                self._lose(json.loads(content))

    def _lose(self, body):
        self.lost = True
        if self.after_loss:
            self.after_loss(body["name"])
            self.after_loss = None


LISTS = ("articles", "collections", "content_import_sources", "external_pages")


@contextmanager
def told_apart(folder, monkeypatch, **settings):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(folder, wrap=Between, **settings) as made:
        made.write(SMALL)
        yield made


def standing(story):
    """How often each title stands in the help center."""
    titles = [row["contents"]["en"]["title"] for row in story.center.rows("article")]
    names = [(row["parent_id"], row["names"]["en"]) for row in story.center.rows("collection")]
    sources = [row["url"] for row in story.center.rows("source")]
    pages = [row["external_id"] for row in story.center.rows("page")]
    return Counter([*titles, *names, *sources, *pages])


def assert_whole(story):
    assert set(standing(story).values()) == {1}
    for row in story.center.rows("article"):
        for content in row["contents"].values():
            assert content["state"] == "published"
            assert "publisher is writing" not in content["body"]
    assert (story.changes(), story.notices()) == ([], [])
    assert not (story.folder / ".publisher" / "live.journal").exists()


@pytest.mark.parametrize(("path", "fault"), LOST)
def test_a_creation_whose_answer_is_lost_is_found_again_before_the_run_goes_on(story, path, fault):
    story.write(PAGES)
    story.center.faults.add(fault, method="POST", path=path)
    story.apply()
    assert_whole(story)


@pytest.mark.parametrize(("path", "fault"), LOST)
def test_a_creation_that_a_run_left_in_doubt_is_found_by_the_next(
    tmp_path, monkeypatch, path, fault
):
    """The lists that would tell what became of it are refused: the run ends in doubt."""
    with told_apart(tmp_path, monkeypatch) as story:
        story.write(PAGES)
        story.center.faults.add(fault, method="POST", path=path)
        story.recorder.lists_until_lost = True
        first = story.run("apply", "--yes")
        assert first.code == 5, str(first)
        assert "Run publisher apply again" in first.err
        story.recorder.lists_until_lost = False
        story.apply()
        assert_whole(story)


def test_a_plan_says_what_an_earlier_run_may_have_created(story):
    story.apply()
    story.write({"en/orders/track.md": "# Track an order\n\nText.\n"})
    story.leave_in_doubt("orders/track", "Track an order")
    assert story.notices() == ["in-doubt"]
    story.apply()
    assert (story.changes(), story.notices()) == ([], [])


def test_when_nothing_at_all_was_written_the_code_says_failed(story):
    story.center.faults.add("500", method="POST", path="/collections$", times=None)
    failed = story.run("apply", "--yes")
    assert failed.code == 1
    story.center.faults.clear()
    story.apply()
    assert_whole(story)


def test_an_update_whose_answer_is_lost_is_simply_sent_again(story):
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "One euro.")
    story.center.faults.add("drop-after", method="PUT")
    story.apply()
    assert_whole(story)


def test_two_that_could_be_ours_are_asked_about_and_not_made_a_third_time(tmp_path, monkeypatch):
    with told_apart(tmp_path, monkeypatch) as story:
        story.center.faults.add("drop-after", method="POST", path="/collections$")
        made = []
        story.recorder.after_loss = lambda name: made.append(
            story.center.create_by_hand("collection", title=name)
        )
        first = story.run("apply", "--yes")
        assert first.code == 5, str(first)
        asked = story.run("apply", "--yes")
        assert asked.code == 4, str(asked)
        assert "2 things could be it" in asked.err
        assert made[0] in asked.err
        assert len(story.center.rows("collection")) == 3
        story.center.delete_by_hand("collection", made[0])
        story.apply()
        assert_whole(story)


def test_a_lost_collection_that_was_renamed_is_asked_about_until_it_has_its_name_again(
    tmp_path, monkeypatch
):
    with told_apart(tmp_path, monkeypatch) as story:
        story.center.faults.add("drop-after", method="POST", path="/collections$")
        story.recorder.lists_until_lost = True

        def rename(name):
            row = next(r for r in story.center.rows("collection") if r["names"]["en"] == name)
            story.center.rename_by_hand(row["id"], "Hers", kind="collection")
            renamed.append((row["id"], name))

        renamed = []
        story.recorder.after_loss = rename
        assert story.run("apply", "--yes").code == 5
        story.recorder.lists_until_lost = False
        asked = story.run("apply", "--yes")
        [(lost, name)] = renamed
        key = name.lower()
        assert asked.code == 4, str(asked)
        assert f"/{key}" in asked.err.partition(": an earlier run was cut off")[0]
        assert f"collection {lost} (“Hers”)" in asked.err
        assert f"publisher state rm collection:{key}" in asked.err
        assert len(story.center.rows("collection")) == 2
        story.center.rename_by_hand(lost, name, kind="collection")
        story.apply()
        assert_whole(story)


def test_a_collection_that_somebody_else_made_is_let_go_of_by_a_command(tmp_path, monkeypatch):
    """What was lost was never made: nobody but a person can tell the other one from it."""
    with told_apart(tmp_path, monkeypatch) as story:
        story.center.faults.add("drop-before", method="POST", path="/collections$")
        story.recorder.after_loss = lambda name: story.center.create_by_hand(
            "collection", title="Hers"
        )
        assert story.run("apply", "--yes").code == 5
        [doubt] = json.loads((story.folder / ".publisher/live.json").read_text())["doubts"]
        name = f"collection:{doubt['would']['key']}"
        assert f"publisher state rm {name}" in story.run("apply", "--yes").err
        assert story.run("state", "rm", name).code == 0
        story.apply()
        assert len(story.center.rows("collection")) == 3
        assert [notice["rule"] for notice in story.plan()["notices"]] == ["unmanaged"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_namesake_in_another_help_center_is_never_taken_for_what_was_lost(
    tmp_path, monkeypatch, at_once
):
    centers = [{"identifier": "acme", "name": "Acme"}, {"identifier": "beta", "name": "Beta"}]
    with told_apart(tmp_path, monkeypatch, help_centers=centers) as story:
        story.configure(help_center="beta")
        story.center.faults.add("drop-before", method="POST", path="/collections$")
        story.recorder.lists_until_lost = not at_once
        theirs = []

        def make(name):
            theirs.append(story.center.create_by_hand("collection", title=name))
            theirs.append(
                story.center.create_by_hand("collection", title="In it", parent=theirs[0])
            )

        story.recorder.after_loss = make
        first = story.run("apply", "--yes")
        assert first.code == (0 if at_once else 5), str(first)
        story.recorder.lists_until_lost = False
        if not at_once:
            assert story.notices() == ["in-doubt"]
            story.apply()
        beta = str(story.center.centers[1]["id"])
        rows = [row for row in story.center.rows("collection") if row["id"] not in theirs]
        assert [row["help_center_id"] for row in rows] == [beta, beta]
        assert {row["parent_ids"][0] for row in story.center.rows("article")} == {
            row["id"] for row in rows
        }
        assert (story.changes(), story.notices()) == ([], [])


def test_a_rollback_makes_no_second_one_beside_what_may_be_the_first(tmp_path, monkeypatch):
    with told_apart(tmp_path, monkeypatch) as story:
        story.configure(on_removed="delete", max_removals="100%")
        story.write({"en/more/_index.md": "---\ntitle: More\n---\n"})
        story.apply()
        story.remove("en/more")
        applied = story.apply()
        back = ("rollback", applied.err.rpartition("publisher rollback ")[2].split()[0], "--yes")
        story.center.faults.add("drop-after", method="POST", path="/collections$")

        def rename(name):
            row = next(r for r in story.center.rows("collection") if r["names"]["en"] == name)
            renamed.append(row["id"])
            story.center.rename_by_hand(row["id"], "Hers", kind="collection")

        renamed = []
        story.recorder.after_loss = rename
        assert story.run(*back).code in (1, 5)
        asked = story.run(*back)
        assert asked.code == 4, str(asked)
        assert "publisher state rm collection:more" in asked.err
        assert len(story.center.rows("collection")) == 3
        story.center.rename_by_hand(renamed[0], "More", kind="collection")
        assert story.run(*back).code == 0
        assert len(story.center.rows("collection")) == 3
        assert "doubts" not in json.loads((story.folder / ".publisher/live.json").read_text())


def test_what_a_person_is_asked_about_does_not_count_as_removed(tmp_path, monkeypatch):
    """Deleted in Intercom, put back with --overwrite, in doubt: its entry and its articles stay."""
    with told_apart(tmp_path, monkeypatch) as story:
        story.configure(on_removed="delete", max_removals="100%")
        story.apply()
        row = next(r for r in story.center.rows("collection") if r["names"]["en"] == "Orders")
        story.center.delete_by_hand("collection", row["id"])
        story.center.faults.add("drop-before", method="POST", path="/collections$")
        story.recorder.after_loss = lambda name: story.center.create_by_hand(
            "collection", title="Hers"
        )
        story.run("apply", "--yes", "--overwrite", "collection:orders")
        articles = len(story.center.rows("article"))
        asked = story.run("apply", "--yes")
        assert asked.code == 4, str(asked)
        assert "collection:orders" in {
            f"{each['kind']}:{each['key']}"
            for each in story.run("state", "list", "--format", "json").json
        }
        assert len(story.center.rows("article")) == articles


# A real process ------------------------------------------------------------------------------


def started(story):
    """`python -m publisher apply --yes` as a pipeline runs it."""
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "INTERCOM_ACCESS_TOKEN": TOKEN,
        "HOME": str(story.folder),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "publisher", "apply", "--yes"],
        cwd=story.folder,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def after_writes(story, process, count):
    """Wait until the server has answered so many writes, or the process has ended."""
    deadline = time.monotonic() + 30
    while len(story.center.writes) < count and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.0005)


def killed(story, moments):
    """Start an apply and kill it at each of these moments, then let one run to its end."""
    for count in moments:
        story.center.calls.clear()
        with started(story) as process:
            after_writes(story, process, count)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        assert max(standing(story).values(), default=1) == 1
    with started(story) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said


@pytest.mark.parametrize("moments", every_day(1, [[3], [2, 3]]), ids=str)
def test_a_killed_apply_is_simply_run_again(story, moments):
    story.write(PAGES)
    killed(story, moments)
    assert_whole(story)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_however_often_an_apply_is_killed_everything_stands_once(story, seed):
    story.write({**MANY, **PAGES})
    chance = random.Random(seed)
    killed(story, [chance.randrange(1, 12) for _ in range(8)])
    assert_whole(story)


def test_ctrl_c_finishes_what_is_in_flight_records_it_and_the_next_apply_goes_on(story):
    story.write(MANY)
    story.configure(concurrency=2)
    story.center.faults.add("slow", method="POST", path="/articles$", times=None, seconds=0.05)
    with started(story) as process:
        after_writes(story, process, 13)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert "Go on: publisher apply" in said
    assert 0 < len(story.center.rows("article")) < 18
    assert not (story.folder / ".publisher" / "live.journal").exists(), "nothing is in doubt"
    story.center.faults.clear()
    story.apply()
    assert_whole(story)


@pytest.mark.slow
def test_a_second_apply_beside_a_running_one_is_refused_by_name(story):
    story.center.faults.add("slow", method="POST", path="/collections$", seconds=1.0)
    with started(story) as process:
        deadline = time.monotonic() + 20
        while not story.center.calls and time.monotonic() < deadline:
            time.sleep(0.005)
        refused = story.run("apply", "--yes")
        process.communicate(timeout=60)
    assert refused.code == 7
    assert f"process {process.pid}" in refused.err
    assert process.returncode == 0
    assert_whole(story)


def test_ctrl_c_ends_an_apply_that_waits_for_the_rate_limit(story):
    story.apply()
    story.edit("en/orders/cancel.md", "None.", "Some.")
    story.center.faults.add("429", method="PUT", times=None)
    with started(story) as process:
        deadline = time.monotonic() + 30
        while not any(call[2] == 429 for call in list(story.center.calls)):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=8)
    assert process.returncode == 130, said
    story.center.faults.clear()
    story.apply()
    assert_whole(story)


def test_what_another_machine_made_since_is_not_replaced_by_what_was_left_half_done(story):
    """A ledger that Git brought beside the journal of a killed run: the newer one counts."""
    story.apply()
    story.write({"en/orders/track.md": "# Track an order\n\nText.\n"})
    mark = "publisher is writing this article (intent " + "0" * 32 + ")."
    parent = next(
        row["id"] for row in story.center.rows("collection") if row["names"]["en"] == "Orders"
    )
    story.center.create_by_hand(
        title="Track an order", body=f"<p>{mark}</p>", parent=parent, state="draft"
    )
    half = story.center.rows("article")[-1]["id"]
    story.edit("en/orders/track.md", "# Track an order", "# Track your order")
    story.apply()
    known = story.article("Track your order")["id"]
    story.leave_in_doubt("orders/track", "Track an order")
    story.apply()
    assert story.article("Track your order")["id"] == known != half
    assert story.body("Track an order") == f"<p>{mark}</p>", "left alone, a draft"
