"""What goes wrong on a bad day: one sentence, the documented exit code, nothing written."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from publisher import errors
from publisher.ledger import opening
from publisher.ledger.home import beside
from tests.terminal import process
from tests.world import SMALL, TOKEN, World, world

pytestmark = pytest.mark.socket


def refused(outcome, code, *named):
    """Exactly one error, one sentence long or a few, without traceback or token."""
    assert outcome.code == code, str(outcome)
    errors_said = [line for line in outcome.err.splitlines() if line.startswith("error: ")]
    assert len(errors_said) == 1, str(outcome)
    said = errors_said[0]
    for part in named:
        assert part in said, said
    for forbidden in ("Traceback", TOKEN, "httpx", "Errno"):
        assert forbidden not in outcome.out + outcome.err
    return said


def test_a_wrong_token_is_named_by_its_host_and_variable(tmp_path):
    with world(tmp_path, token="another") as story:
        story.write(SMALL)
        said = refused(story.run("plan"), errors.FAILED, "does not accept the token", "127.0.0.1")
        assert "environment variable" in said
        refused(story.run("apply", "--yes"), errors.FAILED)
        assert story.center.rows("article") == []


def test_a_token_without_the_scope_is_told_which_permission_and_where(tmp_path):
    scopes = ("read_articles_scope", "read_admins")
    with world(tmp_path, token=TOKEN, scopes=scopes) as story:
        story.write(SMALL)
        assert story.run("plan").code == 0
        ended = story.run("apply", "--yes")
        assert ended.code == errors.FAILED, str(ended)
        assert "lacks a permission" in ended.err
        assert "Developer Hub" in ended.err
        assert "Nothing was written." in ended.err
        assert "Traceback" not in ended.err
        assert story.center.rows("collection") == []


def test_a_token_that_may_not_read_is_told_at_once(tmp_path):
    with world(tmp_path, token=TOKEN, scopes=("read_admins",)) as story:
        story.write(SMALL)
        refused(story.run("plan"), errors.FAILED, "lacks a permission")


def test_an_author_who_may_not_write_is_not_mistaken_for_a_wrong_token(tmp_path):
    with world(tmp_path) as story:
        story.write(SMALL)
        story.configure(author="cleo@example.com")
        ended = story.run("apply", "--yes")
        assert "refused the author 991267251" in ended.err, str(ended)
        assert "name another `author`" in ended.err
        assert "does not accept the token" not in ended.err
        assert "Traceback" not in ended.err
        # The collections could be written, so the apply is partial and says how to go on.
        assert ended.code == errors.PARTLY_APPLIED
        story.configure(author="docs@example.com")
        story.apply()
        assert len(story.center.rows("article")) == 2


def test_an_author_nobody_knows_is_refused_before_anything_is_written(story):
    story.configure(author="nobody@example.com")
    refused(story.run("apply", "--yes"), errors.TYPED_WRONGLY, "nobody@example.com")
    assert story.writes == []


@pytest.mark.slow
def test_a_host_that_does_not_answer_is_asked_patiently_and_then_named(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    story = World(folder=tmp_path, center=None, url=f"http://127.0.0.1:{port}")
    story.write(SMALL).configure()
    ended = process(tmp_path, "plan", INTERCOM_ACCESS_TOKEN=TOKEN)
    said = ended.err.splitlines()[-1]
    assert ended.code == errors.FAILED
    assert said.startswith("error: could not ")
    assert "127.0.0.1 could not be reached" in said
    assert "base_url and region" in said
    assert "Traceback" not in ended.err


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def webserver():
    """A web server that is no API: every address is a page of HTML."""

    def app(environ, start_response):
        start_response("404 Not Found", [("Content-Type", "text/html")])
        return [b"<!doctype html><title>Not here</title><h1>Not here</h1>"]

    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_html_where_json_was_promised_leads_to_base_url_and_region(tmp_path, webserver):
    story = World(folder=tmp_path, center=None, url=webserver)
    story.write(SMALL).configure()
    refused(story.run("plan"), errors.FAILED, "not JSON", "404", "base_url and region")


@pytest.mark.slow
def test_a_login_page_that_says_200_is_no_answer_either(story):
    for _ in range(5):
        story.center.faults.add("not-json", path="/me")
    refused(story.run("plan"), errors.FAILED, "not JSON", "200")


def test_a_state_folder_that_cannot_be_made_stops_before_anything_is_written(story):
    (story.folder / ".publisher").write_text("in the way")
    refused(story.run("apply", "--yes"), errors.FAILED, ".publisher")
    assert story.writes == []


def test_a_plan_needs_no_place_to_write(story):
    (story.folder / ".publisher").mkdir()
    (story.folder / ".publisher" / "cache").write_text("in the way")
    assert story.run("plan").code == 0
    assert [path.name for path in (story.folder / ".publisher").iterdir()] == ["cache"]


def test_a_journal_that_cannot_be_written_stops_before_anything_is_written(story):
    (story.folder / ".publisher" / "live.journal").mkdir(parents=True)
    refused(story.run("apply", "--yes"), errors.FAILED, "live.journal")
    assert story.writes == []


def test_an_embedded_help_center_that_cannot_be_kept_is_a_sentence(story):
    (story.folder / ".publisher").write_text("in the way")
    refused(story.run("plan", "--target", "local"), errors.FAILED, ".publisher")


def test_a_plan_that_cannot_be_kept_is_a_sentence(story):
    refused(story.run("plan", "--out", "nowhere/plan.json"), errors.FAILED, "nowhere/plan.json")


def test_a_report_that_cannot_be_kept_does_not_hide_what_was_applied(story):
    ended = story.run("apply", "--yes", "--report", "nowhere/report.json")
    refused(ended, errors.FAILED, "nowhere/report.json")
    assert "Applied: " in ended.err


def test_a_locked_ledger_names_who_holds_it(story):
    home = beside(story.folder / ".publisher", "live")
    held = opening.opened(home, command="publisher apply", new_id=lambda: "1", now=lambda: 0.0)
    with held:
        ended = process(story.folder, "apply", "--yes", INTERCOM_ACCESS_TOKEN=TOKEN)
    said = refused(ended, errors.LOCKED, "locked by", "publisher apply", "1970-01-01")
    assert "Wait for it" in said
    assert story.writes == []
    story.apply()


def test_a_plan_does_not_wait_for_a_lock(story):
    home = beside(story.folder / ".publisher", "live")
    held = opening.opened(home, command="publisher apply", new_id=lambda: "1", now=lambda: 0.0)
    with held:
        assert story.run("plan").code == 0


def test_a_ledger_with_merge_conflicts_says_how_to_mend_it(story):
    story.apply()
    path = story.folder / ".publisher" / "live.json"
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}=======\n>>>>>>> main\n")
    refused(story.run("plan"), errors.FAILED, "live.json", "conflict markers")


def test_a_missing_token_names_the_variable(story, monkeypatch):
    monkeypatch.delenv("INTERCOM_ACCESS_TOKEN")
    refused(story.run("plan"), errors.TYPED_WRONGLY, "INTERCOM_ACCESS_TOKEN", "live")


def test_an_api_version_nobody_knows_is_refused(story):
    story.configure(api_version="2.61")
    refused(story.run("plan"), errors.TYPED_WRONGLY, "2.61", "2.7 to 2.17")


def test_nothing_is_written_where_the_environment_says_read_only(story, monkeypatch):
    monkeypatch.setenv("PUBLISHER_READ_ONLY", "1")
    refused(story.run("apply", "--yes"), errors.SAFETY_STOP, "PUBLISHER_READ_ONLY")
    assert story.writes == []
    assert story.run("plan").code == 0


def test_refused_content_is_listed_and_nothing_is_asked_of_the_help_center(story):
    story.write({"en/billing/refunds.md": "---\ntitle: Refunds\nauthr: me\n---\nText.\n"})
    ended = story.run("plan")
    refused(ended, errors.CONTENT_REFUSED, "1 error")
    assert "content/en/billing/refunds.md:3: error[frontmatter-unknown-key]" in ended.err
    assert story.center.calls == []


def test_a_broken_pipe_is_no_failure(story):
    with subprocess.Popen(
        [sys.executable, "-m", "publisher", "schema", "plan"],
        cwd=story.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == errors.FINE
