"""A server may keep what it does not repeat: nothing counts as lost before we looked."""

import json

import pytest

from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket


class Forgetful:
    """Stands before the help center; answers to writes of articles lack their translations."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        held = []
        answer = b"".join(self.app(environ, lambda *line: held.append(line)))
        if environ["REQUEST_METHOD"] == "PUT" and environ["PATH_INFO"].startswith("/articles/"):
            answer = json.dumps({**json.loads(answer), "translated_content": None}).encode()
        status, headers = held[0][:2]
        headers = [(n, v) for n, v in headers if n.lower() != "content-length"]
        start_response(status, [*headers, ("Content-Length", str(len(answer)))])
        return [answer]


def test_a_reply_without_translations_is_no_loss_while_the_article_has_them(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path, wrap=Forgetful) as made:
        made.write(SMALL)
        made.apply()
        assert made.changes() == []
        made.edit("fr/billing/refunds.md", "14 jours", "30 jours")
        made.apply()
        assert made.changes() == []
        assert made.notices() == []
