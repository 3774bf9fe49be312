"""The memory: one file, kept whole whatever happens, shared by threads and processes."""

import resource
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from publisher.helpcenter import HelpCenter, StoreError

WRITER = """
import sys
from publisher.helpcenter import HelpCenter
import httpx

center = HelpCenter(sys.argv[1])
http = httpx.Client(transport=httpx.WSGITransport(app=center), base_url="http://here.test")
http.headers = {"Authorization": "Bearer x", "Accept": "application/json",
                "Intercom-Version": "2.15"}
http.post("/help_center/collections", json={"name": "A"})
body = {"title": "T", "author_id": 991267242, "body": "<p>x</p>" * 200,
        "parent_id": 101, "parent_type": "collection"}
for count in range(100_000):
    assert http.post("/articles", json=body).status_code == 200
    print(count, flush=True)
"""


def test_what_was_written_is_there_after_reopening(make_center, talk, tmp_path):
    path = tmp_path / "help.db"
    first = make_center(path=path, asset_lookup=lambda url: b"bytes")
    talk(first).article("Refunds", body='<img src="https://a.com/i.png">')
    first.close()
    second = make_center(path=path)
    assert second.born == first.born
    assert second.epoch > 1
    assert talk(second).article()["id"] == "102"
    body = second.row("article", "101")["contents"]["en"]["body"]
    assert second.image(body.partition('src="')[2].partition('"')[0]) == (b"bytes", "image/png")


def test_a_writer_killed_in_the_middle_leaves_only_whole_changes(talk, make_center, tmp_path):
    path = tmp_path / "help.db"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        seen = [int(writer.stdout.readline()) for _ in range(20)][-1]
        writer.send_signal(signal.SIGKILL)
    center = make_center(path=path)
    articles = center.rows("article")
    assert len(articles) >= seen + 1
    assert all(article["contents"]["en"]["body"].count("x</p>") == 200 for article in articles)
    assert talk(center).article()["id"] == str(101 + len(articles))
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    file.close()


def test_eight_threads_write_without_losing_anything(center, talk):
    clients = [talk(center) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda n: clients[n % 8].article(f"T{n}")["id"], range(80))
    assert sorted(made) == sorted(str(101 + n) for n in range(80))


def test_two_help_centers_share_one_file(make_center, talk, tmp_path):
    serving, applying = (make_center(path=tmp_path / "help.db") for _ in range(2))
    epoch = serving.epoch
    talk(applying).article("From outside")
    assert serving.epoch == epoch + 1
    assert serving.rows("article")[0]["contents"]["en"]["title"] == "From outside"
    assert talk(serving).article()["id"] == "102"


def test_a_file_that_is_something_else_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("These are my notes, not a help center.\n" * 50)
    with pytest.raises(StoreError, match=r"notes\.txt cannot be used as a help center"):
        HelpCenter(path)
    with pytest.raises(StoreError, match="cannot be used"):
        HelpCenter(tmp_path / "no" / "such" / "folder.db")


def test_a_file_of_another_release_is_refused_with_the_way_out(tmp_path):
    path = tmp_path / "help.db"
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(StoreError, match="Delete the file"):
        HelpCenter(path)


@contextmanager
def room_for(size):
    """Let no file grow beyond so many bytes, as a disk that is nearly full does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_from_the_beginning_is_a_sentence(tmp_path):
    for size in (1_000, 30_000, 60_000):
        with room_for(size), pytest.raises(StoreError, match="the disk"):
            HelpCenter(tmp_path / f"{size}.db")


def test_a_disk_that_runs_full_undoes_the_change_and_once_there_is_room_all_goes_on(
    make_center, talk, tmp_path
):
    center = make_center(path=tmp_path / "help.db")
    talk(center).article("Before")
    with room_for(60_000):
        with pytest.raises(StoreError, match="the disk"):
            talk(center).article("Too long", body="<p>x</p>" * 20_000)
        assert [row["contents"]["en"]["title"] for row in center.rows("article")] == ["Before"]
    talk(center).article("After")
    titles = [row["contents"]["en"]["title"] for row in center.rows("article")]
    assert titles == ["Before", "After"]
