"""`publisher preview`: one line for the address, one for what is found, and a clean end."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import urllib.request
from contextlib import contextmanager

import pytest

from publisher.preview.running import names_of
from tests.preview.room import SMALL, wait_until
from tests.terminal import PROGRAM, environment, run_in

BROKEN = "---\ntitle: [Refunds\n---\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def folder(tmp_path):
    for name, text in SMALL.items():
        path = tmp_path / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


class Running:
    """A preview in a process of its own, and the lines it has said."""

    def __init__(self, process, port):
        self.process, self.port = process, port
        self.lines = []
        self.url = f"http://127.0.0.1:{port}"
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip())

    def heard(self, words):
        wait_until(lambda: any(words in line for line in list(self.lines)), 30)
        return next(line for line in list(self.lines) if words in line)

    def page(self, path="/en/"):
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return answer.read().decode()

    def answers(self):
        return bool(self.told())

    def told(self):
        """The front page, or "" while nobody answers."""
        try:
            return self.page()
        except OSError:
            return ""

    def end(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=20)
        self.reader.join(5)
        return code


@contextmanager
def running(folder, *arguments):
    port = free_port()
    with subprocess.Popen(
        [*PROGRAM, "preview", "--port", str(port), *arguments],
        cwd=folder,
        env=environment(PYTHONUNBUFFERED="1"),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Running(process, port)
        finally:
            process.kill()


def test_it_says_where_it_is_what_it_finds_and_what_is_mended_and_ends_cleanly(folder):
    refunds = folder / "content" / "en" / "billing" / "refunds.md"
    good = refunds.read_text()
    with running(folder) as preview:
        assert preview.url in preview.heard("The preview is at")
        assert "Billing" in preview.page()
        refunds.write_text(BROKEN)
        line = preview.heard("! content/en/billing/refunds.md:")
        assert "frontmatter" in line
        refunds.write_text(good)
        preview.heard("^ mended: content/en/billing/refunds.md:")
        assert preview.end() == 0
        assert not any("Traceback" in line for line in preview.lines)


def test_quiet_says_nothing(folder):
    with running(folder, "-q") as preview:
        wait_until(preview.answers, 30)
        (folder / "content" / "en" / "billing" / "refunds.md").write_text(BROKEN)
        assert "cannot be shown" in preview.page()
        assert preview.end() == 0
        assert preview.lines == []


def test_a_changed_configuration_opens_it_anew_and_a_broken_one_is_told(folder):
    with running(folder) as preview:
        wait_until(preview.answers, 30)
        (folder / "publisher.toml").write_text('editor = "vscode"\n')
        preview.heard("publisher.toml was changed; the preview is opened anew.")
        wait_until(preview.answers, 30)
        (folder / "publisher.toml").write_text("editor = [\n")
        preview.heard("this preview goes on as it was")
        wait_until(lambda: "goes on as it was" in preview.told(), 30)
        (folder / "publisher.toml").write_text('requires = ">99"\n')
        preview.heard("this repository requires publisher >99")
        wait_until(lambda: "requires publisher" in preview.told(), 30)
        (folder / "publisher.toml").write_text('editor = "zed"\n')
        wait_until(lambda: "goes on as it was" not in (preview.told() or "goes on as it was"), 30)
        assert preview.end() == 0


@pytest.mark.slow
def test_a_second_preview_of_the_same_folder_is_refused(folder):
    with running(folder) as preview:
        wait_until(preview.answers, 30)
        ended = run_in(folder, "preview", "--port", str(free_port()))
        assert ended.code == 7
        assert ended.err.startswith("error: another preview of this folder is open already.")
        assert preview.end() == 0


def test_a_port_that_is_taken_is_a_sentence(folder):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        ended = run_in(folder, "preview", "--port", str(held.getsockname()[1]))
    assert ended.code == 1
    assert "cannot listen on port" in ended.err
    assert "--port" in ended.err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "::", "desk.local"])
def test_the_network_gets_nothing_unless_that_is_said_twice(folder, host):
    ended = run_in(folder, "preview", "--host", host)
    assert ended.code == 64
    assert "--yes-expose-to-network" in ended.err
    assert not (folder / ".publisher").exists()


def test_the_names_of_an_exposed_preview_are_spelt_as_browsers_do():
    assert names_of("::", ("Desk",)) == {"[::]", "desk"}
    assert names_of("192.168.0.7", ("localhost",)) == {"192.168.0.7"}
