"""Images of Intercom's network: fetched while their signature is fresh, and without our token."""

from __future__ import annotations

import httpx
import pytest

from publisher.errors import RemoteError
from publisher.helpcenter import HelpCenter
from publisher.intercom import pictures

URL = "https://downloads.intercomcdn.com/i/o/1/2/a%20box.png?expires=17&signature=secret&req=f%0A"
PNG = b"\x89PNG\r\n\x1a\n"


class Network:
    """The other end: a list of answers, the last one for ever."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer) if isinstance(answer, int) else answer


def client(network, host="https://api.intercom.io"):
    return httpx.Client(transport=httpx.MockTransport(network), base_url=host)


@pytest.fixture
def quick(monkeypatch):
    """No waiting between attempts."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)


def fine():
    return httpx.Response(200, content=PNG)


def test_an_image_is_asked_for_where_it_lies_with_its_signature():
    network = Network(fine())
    assert pictures.fetch(client(network), URL) == PNG
    [request] = network.asked
    assert str(request.url) == URL


def test_a_redirect_is_followed():
    moved = httpx.Response(302, headers={"Location": "https://other.example.com/a.png"})
    network = Network(moved, fine())
    assert pictures.fetch(client(network), URL) == PNG
    assert network.asked[1].url.host == "other.example.com"


def test_a_passing_failure_is_tried_again(quick):
    network = Network(503, httpx.ConnectError("no"), fine())
    assert pictures.fetch(client(network), URL) == PNG
    assert len(network.asked) == 3


@pytest.mark.parametrize("answer", [500, 429, httpx.ReadTimeout("slow")])
def test_what_keeps_failing_is_given_up_and_told_without_the_signature(answer, quick):
    network = Network(answer)
    with pytest.raises(RemoteError, match=r"a%20box\.png") as refused:
        pictures.fetch(client(network), URL)
    assert len(network.asked) == pictures.ATTEMPTS
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_not_there_is_asked_for_once(status):
    network = Network(status)
    with pytest.raises(RemoteError, match=f"status {status}"):
        pictures.fetch(client(network), URL)
    assert len(network.asked) == 1


def test_an_empty_answer_is_no_image():
    with pytest.raises(RemoteError, match="is empty"):
        pictures.fetch(client(Network(httpx.Response(200, content=b""))), URL)


def test_an_image_that_would_fill_the_memory_is_refused():
    endless = httpx.Response(200, content=bytes(pictures.LARGEST + 1))
    with pytest.raises(RemoteError, match="is larger than 64 MB"):
        pictures.fetch(client(Network(endless)), URL)


@pytest.mark.parametrize("url", ["", "/i/o/1/x.png", "http://[", "data:image/png;base64,AA"])
def test_an_address_that_is_none_is_a_refusal_and_no_crash(url, quick):
    network = Network(httpx.UnsupportedProtocol("no"))
    with pytest.raises(RemoteError):
        pictures.fetch(client(network), url)


def test_an_embedded_help_center_serves_its_images_itself_and_never_redirects():
    center = HelpCenter(locales=("en",))
    try:
        with center.store.writing():
            center.store.keep_image(
                "/i/o/1/2/box.png", origin="x", name="x", content=PNG, type="image/png"
            )
        transport = httpx.WSGITransport(app=center)
        with httpx.Client(transport=transport, base_url="http://127.0.0.1:8010") as http:
            url = "https://downloads.intercomcdn.com/i/o/1/2/box.png?expires=1&signature=2"
            assert pictures.fetch(http, url) == PNG
            with pytest.raises(RemoteError, match="status 404"):
                pictures.fetch(http, url.replace("box", "other"))
    finally:
        center.close()


def test_on_loopback_a_redirect_is_not_followed():
    moved = httpx.Response(302, headers={"Location": "https://example.com/a.png"})
    network = Network(moved)
    with pytest.raises(RemoteError, match="status 302"):
        pictures.fetch(client(network, "http://127.0.0.1:8010"), URL)
    assert network.asked[0].url.path.startswith("/cdn/i/o/")
