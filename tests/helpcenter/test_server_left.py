"""A client that is killed in the middle of a request is no news, and nobody else notices."""

import socket
import struct
import threading

import httpx
import pytest

from publisher.helpcenter.serve import Server
from tests.often import every_day

pytestmark = pytest.mark.socket

HEADERS = {
    "Authorization": "Bearer x",
    "Accept": "application/json",
    "Intercom-Version": "2.15",
}
LINES = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "x", **HEADERS}.items())
CREATE = f"POST /articles HTTP/1.1\r\n{LINES}"
BEGUN = {
    "the request line": "POST /arti",
    "a header": "POST /articles HTTP/1.1\r\nHost",
    "a body of a known length": f'{CREATE}Content-Length: 500\r\n\r\n{{"title": "A',
    "a chunk": f'{CREATE}Transfer-Encoding: chunked\r\n\r\n50\r\n{{"title": "A',
    "a body for a page": "POST /en/ HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc",
    "the answer": f"GET /articles HTTP/1.1\r\n{LINES}\r\n",
}
RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def server(center):
    center.create_by_hand(title="Long", body=f"<p>{'word ' * 200_000}</p>")
    with Server(center, 0) as running:
        yield running


def ended(own):
    """Wait until every connection that was made is done with."""
    for thread in set(threading.enumerate()) - own:
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize("killed", every_day(1, [False, True]), ids=["closed", "reset"])
@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_who_leaves_half_way_leaves_no_traceback_and_a_server_that_answers(
    server, center, capfd, caplog, begun, killed
):
    own = set(threading.enumerate())

    # Act
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(begun.encode())
        if killed:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    answer = httpx.get(f"{server.url}/me", headers=HEADERS)
    ended(own)

    # Assert: werkzeug logs what it cannot make sense of, which ends on stderr.
    assert answer.status_code == 200
    assert [record.getMessage() for record in caplog.records if record.name != "httpx"] == []
    assert capfd.readouterr() == ("", "")
    assert [row["contents"]["en"]["title"] for row in center.rows("article")] == ["Long"]


def test_a_body_in_chunks_that_came_whole_is_read(server, center):
    article = [b'{"title": "In chunks", ', b'"author_id": 991267242}']
    made = httpx.post(f"{server.url}/articles", headers=HEADERS, content=iter(article))
    assert made.status_code == 200, made.text
    assert len(center.rows("article")) == 2


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("http://[::1", b"400"),
        ("http://[x]/", b"400"),
        ("//[::1", b"404"),  # a path, if a strange one
        ("http://[::1]:x/", b"404"),  # its port is none of our business
    ],
)
def test_an_address_nobody_can_read_is_answered_and_leaves_no_traceback(
    server, capfd, caplog, address, status
):
    own = set(threading.enumerate())

    # Act
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(f"GET {address} HTTP/1.1\r\n{LINES}\r\n".encode())
        answer = client.makefile("rb").readline()
    ended(own)

    # Assert
    assert answer.split()[1] == status
    assert [record.getMessage() for record in caplog.records] == []
    assert capfd.readouterr() == ("", "")
