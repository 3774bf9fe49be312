"""The folder of a build: nothing in it that another put there is ever touched."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from publisher.errors import ConfigError, PublisherError
from publisher.preview import folder


def everything(out: Path) -> dict[str, bytes]:
    paths = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def publish(out: Path, text: bytes, *names: str) -> None:
    with folder.opened(out) as place:
        for name in ("index.html", *names):
            place.write(name, text)
        place.publish()


def give_up(out: Path, text: bytes) -> None:
    with folder.opened(out) as place:
        place.write("index.html", text)
        raise KeyboardInterrupt


def test_a_file_that_no_build_wrote_is_never_replaced(tmp_path):
    out = tmp_path / "out"
    publish(out, b"one")
    (out / "plan.html").write_text("mine")
    before = everything(out)
    with pytest.raises(ConfigError, match=r"plan\.html is in the way"):
        publish(out, b"two", "plan.html")
    assert everything(out) == before


def test_no_link_leads_a_build_out_of_its_folder(tmp_path):
    out, away = tmp_path / "out", tmp_path / "away"
    publish(out, b"one", "en/a.html")
    (out / "en").rename(away)
    (out / "en").symlink_to(away)
    with pytest.raises(ConfigError, match="in the way"):
        publish(out, b"two", "en/a.html")
    publish(out, b"two")
    assert everything(away) == {"a.html": b"one"}


@pytest.mark.parametrize("name", ["../mine", "/mine", "a/../../mine", "C:/mine", "..\\mine"])
def test_a_marker_that_names_files_elsewhere_is_not_believed(tmp_path, name):
    (tmp_path / "out").mkdir()
    (tmp_path / "mine").write_text("mine")
    told = json.dumps({"finished": True, "files": [name]})
    (tmp_path / "out" / folder.MARKER).write_text(told)
    with pytest.raises(ConfigError, match="cannot be read"), folder.opened(tmp_path / "out"):
        pytest.fail("opened")
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_build_that_is_interrupted_before_its_end_changes_nothing(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        give_up(out, b"one")
    assert not out.exists()
    publish(out, b"one")
    before = everything(out)
    with pytest.raises(KeyboardInterrupt):
        give_up(out, b"two")
    assert everything(out) == before


def overtaken(out: Path, goes_on) -> None:
    with folder.opened(out) as first:
        first.write("index.html", b"one")
        publish(out, b"two", "plan.html")
        goes_on(first)


@pytest.mark.parametrize(
    "goes_on", [lambda place: place.write("en/a.html", b"one"), lambda place: place.publish()]
)
@pytest.mark.parametrize("before", [(), ("en/old.html",)])
def test_of_two_builds_at_once_the_first_stops_and_says_why(tmp_path, goes_on, before):
    out = tmp_path / "out"
    if before:
        publish(out, b"zero", *before)

    with pytest.raises(PublisherError, match="another build into"):
        overtaken(out, goes_on)

    assert set(everything(out)) == {"index.html", "plan.html", folder.MARKER}
    assert (out / "index.html").read_bytes() == b"two"


def test_a_build_that_another_one_overtook_replaces_nothing(tmp_path):
    out = tmp_path / "out"
    with folder.opened(out) as second:
        second.write("index.html", b"two")
        marker = (out / folder.MARKER).read_text()
        (out / folder.MARKER).write_text(marker.replace("[]", '["index.html"]'))
        with pytest.raises(PublisherError, match="another build into"):
            second.publish()


MANY = [f"en/{number}.html" for number in range(300)]
FOREVER = """
import sys
from pathlib import Path
from tests.preview.test_folder import MANY, publish
print("begins", flush=True)
while True:
    publish(Path(sys.argv[1]), b"new", *MANY)
    publish(Path(sys.argv[1]), b"old", *MANY)
"""


@pytest.mark.parametrize(
    "delay",
    [0.02, 0.1, *(pytest.param(each, marks=pytest.mark.slow) for each in (0.0, 0.06, 0.15, 0.21))],
)
def test_whenever_a_build_is_killed_a_whole_one_stands_or_the_front_page_says_so(tmp_path, delay):
    out = tmp_path / "out"
    publish(out, b"old", *MANY)
    command = [sys.executable, "-c", FOREVER, str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as builds:
        assert builds.stdout.readline() == b"begins\n"
        time.sleep(delay)
        builds.kill()
    front = (out / "index.html").read_bytes()
    others = {path.read_bytes() for path in (out / "en").iterdir()}
    assert front == folder.UNFINISHED or others == {front}
    publish(out, b"after", *MANY)
    assert set(everything(out)) == {"index.html", folder.MARKER, *MANY}
    assert (out / "index.html").read_bytes() == b"after"
