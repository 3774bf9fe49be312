"""`lint --external`: from the texts of a site to findings on its lines."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from publisher.config import load
from publisher.errors import ConfigError
from publisher.web import Web
from publisher.workflow import content
from publisher.workflow.checks import linting, outside
from tests.cli.lints import write
from tests.terminal import run_in

INDEX = {"en/m/_index.md": "---\ntitle: M\n---\n"}
TEXT = """\
---
title: Links
---

A [good one](https://a.example/good) and
a [bad one](https://a.example/bad?x=1&y=2#here).

- ![Gone](https://a.example/bad.png)
- [moved](https://a.example/moved#part)
- [slow](https://a.example/slow)

<https://b.example/>
"""
ANSWERS = {"/bad": 404, "/bad.png": 410, "/moved": 301, "/slow": 503}


class Net(httpx.BaseTransport):
    """A web in which some addresses are gone."""

    def __init__(self):
        self.asked = []

    def handle_request(self, request):
        self.asked.append(str(request.url.path))
        headers = {"location": "/there"} if request.url.path == "/moved" else {}
        return httpx.Response(ANSWERS.get(request.url.path, 200), headers=headers)


def web(net):
    return Web(transport=net, look_up=lambda host: ["93.184.215.14"], sleep=lambda _: None)


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(write(tmp_path, INDEX | {"en/m/a.md": TEXT}))
    return tmp_path


def found(site, net):
    asked = linting.Asked(external=True, web=web(net))
    return linting.check(load(site), asked)


def test_what_is_gone_or_has_moved_is_told_on_its_line(site):
    net = Net()
    linted = found(site, net)
    told = [(each.rule, each.spot.line, each.what) for each in linted.problems]
    assert ("link-dead", 6, "`https://a.example/bad?x=1&y=2#here` is gone: 404.") in told
    assert ("link-dead", 8, "`https://a.example/bad.png` is gone: 410.") in told
    assert ("link-moved", 9, "`https://a.example/moved#part` has moved for good.") in told
    (moved,) = (each for each in linted.problems if each.rule == "link-moved")
    assert moved.advice == "Link to https://a.example/there#part."
    assert moved.severity == "warning"
    assert len([rule for rule, *_ in told if rule.startswith("link-")]) == 3
    assert (linted.outside.asked, dict(linted.outside.unknown)) == (6, {"503": 1})


def test_a_second_run_asks_only_what_could_not_be_told(site):
    first, net = found(site, Net()), Net()
    again = found(site, net)
    assert again.problems == first.problems
    assert set(net.asked) == {"/slow"}


def test_the_configuration_grades_skips_and_switches_off(site):
    (site / "publisher.toml").write_text(
        '[lint]\nlink-moved = "off"\n'
        'link-dead = { severity = "error", skip = ["https://a.example/*.png"], days = 1 }\n'
    )
    net = Net()
    linted = found(site, net)
    assert [(each.rule, each.severity, each.spot.line) for each in linted.problems] == [
        ("link-dead", "error", 6)
    ]
    assert "/bad.png" not in net.asked


def test_a_comment_silences_it(site):
    text = TEXT.replace("A [good", "<!-- publisher-ignore link-dead -->\n\nA [good")
    write(site, {"en/m/a.md": text})
    lines = [each.spot.line for each in found(site, Net()).problems if each.rule == "link-dead"]
    assert lines == [10]


@pytest.mark.parametrize("options", ['skip = "a"', "skip = [1]", "days = -1", 'days = "7"'])
def test_options_that_make_no_sense_are_refused(options, site):
    (site / "publisher.toml").write_text(f"[lint]\nlink-dead = {{ {options} }}\n")
    with pytest.raises(ConfigError):
        found(site, Net())


def test_the_command_line_counts_what_it_may_not_ask(tmp_path):
    site = write(tmp_path, INDEX | {"en/m/a.md": "# A\n\n[here](http://127.0.0.1:9/admin)\n"})
    ended = run_in(site, "lint", "--external")
    assert ended.code == 0
    said = "1 address on the web looked at; 1 could not be told (127.0.0.1 is not asked: 1)."
    assert said in ended.err


class Page(BaseHTTPRequestHandler):
    """A host that knows one page, and refuses HEAD."""

    def do_HEAD(self):
        self.send_error(405)

    def do_GET(self):
        self.server.agents.append(self.headers["user-agent"])
        self.send_response(200 if self.path == "/there" else 404)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *words):
        """Say nothing."""


@pytest.mark.socket
def test_a_real_server_is_asked_through_the_real_client(tmp_path, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.agents = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://docs.example:{server.server_port}"
    text = f"# A\n\n[a]({at}/there)\n\n[b]({at}/gone)\n"
    monkeypatch.chdir(write(tmp_path, INDEX | {"en/m/a.md": text}))
    config = load(tmp_path)
    here = Web(look_up=lambda host: ["127.0.0.1"], allows=lambda address: True, pause=0.0)
    try:
        told = outside.outside(config, content.lint(config), here)
    finally:
        server.shutdown()
        server.server_close()
    assert [(each.rule, each.spot.line) for each in told.problems] == [("link-dead", 5)]
    assert told.unknown == {}
    assert all(agent.startswith("publisher/") for agent in server.agents)
