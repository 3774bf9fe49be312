"""Open pages are told what changed: each once, none too late, and none that has gone."""

from __future__ import annotations

import threading

import pytest
from hypothesis import strategies as st

from publisher.preview.events import REMEMBERED, Events, Update, as_event, joined
from tests.often import holds
from tests.preview.room import SMALL, Listener, room, wait_until

SETS = st.frozensets(st.sampled_from(["101", "102", "103"]))
UPDATES = st.builds(
    Update,
    epoch=st.integers(1, 50),
    all=st.booleans(),
    articles=SETS,
    collections=SETS,
    pages=SETS,
    findings=st.booleans(),
)


@pytest.fixture
def shown(tmp_path):
    with room(tmp_path) as opened:
        opened.page("/en/")
        yield opened


@pytest.fixture
def listen(shown):
    opened = []

    def listening(query="", **headers):
        opened.append(Listener(shown, query, **headers))
        return opened[-1]

    yield listening
    for each in opened:
        each.close()


@holds(st.lists(UPDATES, min_size=1, max_size=5), few=50, many=2000)
def test_several_updates_told_in_one_say_all_that_each_says(updates):
    one = joined(updates)
    assert one.epoch == max(each.epoch for each in updates)
    for each in updates:
        assert each.articles <= one.articles
        assert each.collections <= one.collections
        assert each.pages <= one.pages
        assert one.all >= each.all
        assert one.findings >= each.findings


def test_an_update_is_one_event_of_its_kind():
    lines = as_event(Update(epoch=12, articles=frozenset({"102", "101"}), findings=True)).decode()
    assert lines == (
        "event: update\nid: 12\n"
        'data: {"epoch": 12, "all": false, "articles": ["101", "102"], "collections": [], '
        '"pages": [], "findings": true}\n\n'
    )


def test_a_page_that_missed_more_than_is_remembered_is_told_to_look_at_everything():
    told = Events()
    for epoch in range(1, REMEMBERED + 10):
        told.tell(Update(epoch=epoch, articles=frozenset({"101"})))
    stream = told.stream(3)
    next(stream)
    assert b'"all": true' in next(stream)
    stream.close()
    assert told.listening == 0


def test_a_page_of_an_earlier_preview_is_told_to_look_at_everything():
    told = Events()
    told.tell(Update(epoch=2, articles=frozenset({"101"})))
    for since in (99, -1):
        stream = told.stream(since)
        next(stream)
        assert b'"all": true' in next(stream)
        stream.close()


def test_a_silent_stream_beats_so_that_nobody_takes_it_for_dead():
    stream = Events(heartbeat=0.03, glance=0.01).stream(0)
    next(stream)
    assert next(stream).startswith(b":")
    stream.close()


# Over a socket ---------------------------------------------------------------------------------


def test_a_save_is_told_to_every_open_page_with_the_ids_it_concerns(shown, listen):
    pages = [listen() for _ in range(8)]
    wait_until(lambda: shown.app.events.listening == 8)
    shown.write("en/billing/refunds.md", SMALL["en/billing/refunds.md"].replace("14", "30"))
    shown.app.look()
    id = shown.at("Refunds").rpartition("/")[2]
    for page in pages:
        (update,) = page.wait_for(1)
        assert update["articles"] == [id]
        assert update["all"] is False
        assert update["findings"] is False


def test_a_request_that_finds_the_change_first_tells_the_other_pages_once(shown, listen):
    page = listen()
    wait_until(lambda: shown.app.events.listening == 1)
    shown.write("en/billing/refunds.md", "---\ntitle: Refunds\n---\nWithin 30 days.\n")
    threads = [threading.Thread(target=shown.page, args=("/en/",)) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    shown.app.look()
    page.wait_for(1)
    assert len(page.updates) == 1


def test_a_page_that_slept_is_told_at_once_what_it_missed(shown, listen):
    epoch = int(shown.page("/en/").partition('data-epoch="')[2].partition('"')[0])
    for days in (20, 30):
        shown.write("en/billing/refunds.md", f"---\ntitle: Refunds\n---\nWithin {days} days.\n")
        shown.app.look()
    (update,) = listen(f"?epoch={epoch}").wait_for(1)
    assert update["epoch"] == epoch + 2
    (again,) = listen(f"?epoch={epoch}", Last_Event_ID=str(epoch + 1)).wait_for(1)
    assert again["epoch"] == epoch + 2
    current = listen(f"?epoch={epoch + 2}")
    wait_until(lambda: shown.app.events.listening == 3)
    assert current.updates == []


def test_a_page_of_another_run_looks_at_everything(shown, listen):
    (update,) = listen("?epoch=1&run=00000000").wait_for(1)
    assert update["all"] is True


def test_nonsense_in_the_address_is_as_nothing(shown, listen):
    page = listen("?epoch=many", Last_Event_ID="x")
    assert page.answer.status == 200
    assert page.answer.getheader("Content-Type").startswith("text/event-stream")
    assert page.answer.getheader("Cache-Control") == "no-store"


def test_a_page_that_is_closed_costs_no_thread_for_long(shown, listen):
    before = threading.active_count()
    pages = [listen() for _ in range(10)]
    wait_until(lambda: shown.app.events.listening == 10)
    for page in pages:
        page.close()
    wait_until(lambda: shown.app.events.listening == 0, 5)
    wait_until(lambda: threading.active_count() <= before, 5)


def test_the_end_of_the_preview_ends_every_stream(shown, listen):
    page = listen()
    wait_until(lambda: shown.app.events.listening == 1)
    shown.app.events.close()
    assert page.ended.wait(5)


def test_what_is_said_on_every_page_reaches_the_open_ones(shown, listen):
    page = listen()
    wait_until(lambda: shown.app.events.listening == 1)
    shown.app.announce("publisher.toml cannot be read.")
    shown.app.announce("publisher.toml cannot be read.")
    (update,) = page.wait_for(1)
    assert update["all"] is True
    assert "publisher.toml cannot be read." in shown.page("/en/")
    shown.app.announce("")
    assert "publisher.toml cannot be read." not in shown.page("/en/")


def test_a_new_finding_is_told_even_where_no_page_changes(shown, listen):
    page = listen()
    wait_until(lambda: shown.app.events.listening == 1)
    shown.write("en/billing/refunds.md", "---\ntitle: [Refunds\n---\n")
    shown.app.look()
    (update,) = page.wait_for(1)
    assert update["findings"] or update["all"]
