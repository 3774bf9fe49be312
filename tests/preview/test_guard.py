"""Only a browser of this machine gets an answer, and only for a page of ours."""

from __future__ import annotations

import pytest

from publisher.preview import guard
from tests.preview.room import room

OWN_PAGES = ("/en/", "/-/plan", "/-/events", "/-/static/preview.js", "/-/frame?width=390&to=/en/")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    with room(tmp_path_factory.mktemp("guard")) as opened:
        opened.page("/en/")
        yield opened


def asked(host, port="8020", hosts=frozenset(), **headers):
    """The status of the refusal, or None."""
    environ = {"SERVER_PORT": port, "wsgi.url_scheme": "http", **headers}
    if host is not None:
        environ["HTTP_HOST"] = host
    refused = guard.refusal(environ, hosts)
    return refused.status_code if refused else None


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8020", "localhost:8020", "LocalHost:8020", "[::1]:8020"]
)
def test_the_names_of_loopback_pass(host):
    assert asked(host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8020",
        "127.0.0.1.evil.example:8020",
        "localhost.evil.example:8020",
        "127.0.0.1:8021",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:8020:8020",
        "127.0.0.1:8020,evil.example",
        "evil.example@127.0.0.1:8020",
        "localhost.:8020",
        "[::1]evil.example:8020",
        "[::1",
        "0.0.0.0:8020",
        "192.168.0.7:8020",
        "127.1:8020",
        "",
        None,
    ],
)
def test_any_other_name_is_told_that_this_is_not_it(host):
    assert asked(host) == 421


def test_a_port_that_browsers_do_not_write_counts_as_80():
    assert asked("localhost", port="80") is None


def test_a_name_that_was_allowed_passes():
    assert asked("desk.local:8020", hosts=frozenset({"desk.local"})) is None
    assert asked("other.local:8020", hosts=frozenset({"desk.local"})) == 421


def test_where_every_address_of_the_machine_listens_a_number_passes_and_a_name_does_not():
    everywhere = frozenset({"0.0.0.0"})
    assert asked("192.168.0.7:8020", hosts=everywhere) is None
    assert asked("[fe80::1]:8020", hosts=everywhere) is None
    assert asked("evil.example:8020", hosts=everywhere) == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://localhost:8020", "http://localhost:3000", ""]
)
def test_a_page_of_another_origin_is_refused(origin):
    assert asked("localhost:8020", HTTP_ORIGIN=origin) == 403


def test_our_own_origin_passes():
    assert asked("localhost:8020", HTTP_ORIGIN="http://localhost:8020") is None


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_what_another_site_fetches_is_refused_but_a_link_may_lead_here(site):
    assert asked("localhost:8020", HTTP_SEC_FETCH_SITE=site) == 403
    opened = {"HTTP_SEC_FETCH_MODE": "navigate", "HTTP_SEC_FETCH_DEST": "document"}
    assert asked("localhost:8020", HTTP_SEC_FETCH_SITE=site, **opened) is None
    framed = {**opened, "HTTP_SEC_FETCH_DEST": "iframe"}
    assert asked("localhost:8020", HTTP_SEC_FETCH_SITE=site, **framed) == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_our_own_pages_fetch_passes(site):
    assert asked("localhost:8020", HTTP_SEC_FETCH_SITE=site) is None


# Over a socket ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", OWN_PAGES)
def test_a_rebound_name_reads_nothing_at_all(shown, path):
    answer = shown.get(path, Host=f"evil.example:{shown.server.port}")
    assert answer.status == 421
    assert "Refunds" not in answer.text
    assert len(answer.text.splitlines()) == 1


def test_tricks_with_the_host_are_seen_through(shown):
    own = f"127.0.0.1:{shown.server.port}".encode()
    tricks = [
        b"GET /en/ HTTP/1.1\r\nHost: " + own + b"\r\nHost: evil.example\r\n\r\n",
        b"GET /en/ HTTP/1.1\r\nHost: evil.example\r\nHost: " + own + b"\r\n\r\n",
        b"GET http://evil.example/en/ HTTP/1.1\r\nHost: " + own + b"\r\n\r\n",
        b"GET /en/ HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: " + own + b"\r\n\r\n",
        b"GET /en/ HTTP/1.0\r\n\r\n",
        b"GET /en/ HTTP/1.1\r\nHost:\r\n\r\n",
    ]
    for trick in tricks:
        assert shown.raw(trick).split()[1] in (b"400", b"421"), trick
    honest = b"GET /en/ HTTP/1.1\r\nHost: " + own + b"\r\n\r\n"
    assert shown.raw(honest).split()[1] == b"200"


@pytest.mark.parametrize(
    "path", [*OWN_PAGES, "/", "/nowhere", "/-/nothing", "/static/site.css", "/-/panel/article/9"]
)
def test_every_answer_says_what_a_browser_may_do_with_it(shown, path):
    answer = shown.get(path, method="HEAD" if path == "/-/events" else "GET")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    scripts = [each for each in policy.split(";") if each.strip().startswith("script-src")]
    assert "unsafe-inline" not in "".join(scripts)
    assert "unsafe-eval" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_a_refusal_carries_the_same_headers(shown):
    answer = shown.get("/en/", Origin="http://evil.example")
    assert answer.status == 403
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/en/", "/-/plan", "/articles"])
def test_nothing_can_be_written_through_it(shown, method, path):
    answer = shown.get(path, method=method)
    assert answer.status == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "path", ["/articles", "/me", "/help_center/help_centers", "/admins", "/ai/external_pages"]
)
def test_the_api_of_the_help_center_is_not_there(shown, path):
    answer = shown.followed(path)
    assert answer.status == 404
    assert "json" not in answer.headers["content-type"]


@pytest.mark.parametrize(
    "path",
    [
        "/-/static/../app.py",
        "/-/static/..%2fapp.py",
        "/-/static/%2e%2e/app.py",
        "/-/static//etc/passwd",
        "/-/static/",
        "/static/..%2f..%2fpages.py",
        "/cdn/../../publisher.toml",
        "/cdn/..%2f..%2fpublisher.toml",
        "/publisher.toml",
        "/content/en/billing/refunds.md",
        "/.publisher/preview.db",
    ],
)
def test_no_file_of_the_disk_is_served(shown, path):
    answer = shown.followed(path)
    assert answer.status == 404
    assert "Within 14 days" not in answer.text


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example/",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "/-/plan",
        "",
    ],
)
def test_a_frame_shows_pages_of_the_site_only(shown, to):
    from urllib.parse import quote

    assert shown.get(f"/-/frame?width=390&to={quote(to, safe='')}").status == 404


@pytest.mark.parametrize("width", ["", "9999", "-1", "390px", "1"])
def test_a_frame_has_the_widths_that_are_offered_only(shown, width):
    assert shown.get(f"/-/frame?width={width}&to=/en/").status == 404


def test_what_an_address_says_is_escaped(shown):
    evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    for path in (
        f"/-/frame?width=390&to=/en/{evil}",
        f"/en/?panel={evil}&target={evil}",
        f"/en/search?q={evil}&panel={evil}",
        f"/-/{evil}",
        f"{shown.at('Refunds')}-refunds?panel={evil}&target={evil}",
        f"/-/panel/article/{evil}?tab={evil}&locale={evil}",
    ):
        assert "<script>alert" not in shown.get(path).text, path
