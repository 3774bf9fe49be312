"""The torture itself: a few of its stories hold, and its judges can tell right from wrong."""

import json
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.serve import Server
from tests.world import TOKEN

pytestmark = pytest.mark.socket
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TEXT = '<p class="no-margin">tk1en1x</p>'


@pytest.fixture
def storms(monkeypatch):
    """The torture's own modules, which stand beside the benchmarks."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    from storms import colleague, gate, readers, sites

    return colleague, gate, readers, sites


@dataclass
class Desk:
    """A colleague at a help center that holds one article of ours, and who watches over it."""

    office: object
    ours: str
    url: str
    watch: object

    def call(self, method, **fields):
        """Speak to the API as a client does."""
        request = urllib.request.Request(
            self.url,
            method=method,
            data=json.dumps(fields).encode() if fields else None,
            headers={
                "Authorization": f"Bearer {TOKEN}",
                "Intercom-Version": "2.16",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)


@pytest.fixture
def desk(storms):
    """One, with the judge behind the gate."""
    colleague, gates, readers, sites = storms
    gate = gates.Gate()
    with Server(gate, 0) as server:
        center = HelpCenter(log_touches=True, public_url=server.url)
        gate.center = center
        office = colleague.Office(
            center=center, chance=Random(1), seed=1, weights={"edit": 1.0}, tell=lambda text: None
        )
        ours = center.create_by_hand(title="Refunds p1q", body=TEXT)
        site = sites.Site(locales=("en",))
        text = sites.Text("Refunds p1q", wording=1)
        site.pages[1] = sites.Page(1, 0, "refunds", {"en": text})
        gate.after = office.check
        yield Desk(
            office, ours, f"{server.url}/articles/{ours}", readers.Watch(center, office, site)
        )
        center.close()


def torture(*options):
    command = [sys.executable, str(BENCHMARKS / "torture.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def test_who_writes_over_an_edit_that_was_there_to_be_seen_is_blamed(desk):
    desk.office.act()
    desk.call("GET")
    desk.call("PUT", title="Ours", body=TEXT)
    assert len(desk.office.lost) == 1
    assert "it was seen" in desk.office.lost[0]


def test_who_writes_without_a_look_is_blamed(desk):
    desk.office.act()
    desk.call("PUT", title="Ours", body=TEXT)
    assert "never looked at" in desk.office.lost[0]


def test_who_writes_twice_after_one_look_is_blamed(desk):
    desk.call("GET")
    desk.call("PUT", body=TEXT + TEXT)
    desk.office.act()
    desk.call("PUT", title="Ours", body=TEXT)
    assert "we wrote twice and looked once" in desk.office.lost[0]


def test_an_edit_between_the_last_look_and_the_write_is_nobodys_fault(desk):
    desk.call("GET")
    desk.office.act()
    desk.call("PUT", title="Ours", body=TEXT)
    assert not desk.office.lost
    assert desk.office.counts["unwinnable"] == 1


def test_a_write_that_leaves_the_edit_alone_is_fine(desk):
    desk.office.act()
    desk.call("PUT", description="Ours")
    assert not desk.office.lost
    assert len(desk.office.standing) == 1


def test_a_write_to_what_was_never_ours_is_a_violation(desk):
    desk.office.foreign.add(("article", desk.ours))
    desk.call("PUT", description="Ours")
    assert "is not ours" in desk.office.lost[0]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p>publisher is writing this article</p>", "publisher is writing"),
        ("<p></p>", "is empty"),
        (TEXT + '<p><a href="article:billing/refunds">there</a></p>', "unresolved link"),
        (TEXT + '<p><a href="https://help.test/en/articles/999-x">a</a></p>', "links to article"),
    ],
)
def test_the_watch_sees_what_no_reader_may_see(desk, body, complaint):
    desk.watch.look("at first")
    assert not desk.watch.found
    desk.office.center.edit_by_hand(desk.ours, body=body)
    desk.watch.look("then")
    assert any(complaint in found for found in desk.watch.found)


@pytest.mark.slow
def test_stories_of_fixed_seeds_hold():
    told = torture("--runs", "1", "--seed", "20")
    assert told.returncode == 0, told.stdout[-8000:] + told.stderr[-2000:]
    assert "1 stor" in told.stdout


@pytest.mark.slow
@pytest.mark.parametrize("ledger", ["file", "git", "s3"])
def test_more_stories_hold_wherever_the_ledger_is_kept(ledger):
    told = torture("--runs", "2", "--seed", "7", "--ledger", ledger)
    assert told.returncode == 0, told.stdout[-8000:] + told.stderr[-2000:]
