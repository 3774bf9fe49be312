"""The help center behind a socket of this machine, for browsers and for any HTTP client.

Speaks HTTP/1.1 (answers of unknown length come in chunks), but Werkzeug closes the connection
after each. Binds to loopback unless told otherwise; says nothing on the terminal.

With `controls`, tests of a real process can reach in; see `control.py`.
"""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request

from publisher.helpcenter.control import controlled

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from publisher.helpcenter.center import HelpCenter


class _Quiet(WSGIRequestHandler):
    """Logs nothing, and really closes what an application breaks."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        """Refuse an address that nobody can read (`http://[::1`), on which werkzeug would fail."""
        if not super().parse_request():
            return False
        try:
            urlsplit(self.path)
        except ValueError:
            self.send_error(400)
            return False
        return True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the terminal belongs to whoever started us."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing, and do not take the address apart for it: it may not be one."""

    def connection_dropped(
        self, error: BaseException, environ: WSGIEnvironment | None = None
    ) -> None:
        """Close the socket; without this a client would wait for an answer."""
        self.close_connection = True


def _heard_out(app: WSGIApplication) -> WSGIApplication:
    """Ask an application only what came whole: who leaves in the middle has asked nothing."""

    def asked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            content = Request(environ).get_data()
        except (ClientDisconnected, OSError) as error:  # OSError: a chunk that is cut off
            raise ConnectionAbortedError("the client left in the middle of its request") from error
        environ["wsgi.input"] = io.BytesIO(content)
        return app(environ, start_response)

    return asked


class Server:
    """A running server; a context manager that stops it.

    Raises OSError when the port is taken. Port 0 takes a free one; see `port`.
    """

    def __init__(self, app: WSGIApplication, port: int, *, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(128)
            self.host, self.port = host, int(listener.getsockname()[1])
            self._server: BaseWSGIServer = make_server(
                host,
                self.port,
                _heard_out(app),
                threaded=True,
                request_handler=_Quiet,
                fd=listener.fileno(),
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}"

    def wait(self) -> None:
        """Wait until somebody stops it."""
        self._thread.join()

    def stop(self) -> None:
        """Stop answering and release the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve(
    helpcenter: HelpCenter,
    port: int,
    *,
    host: str = "127.0.0.1",
    on_ready: Callable[[Server], None] = lambda server: None,
    controls: bool = False,
) -> None:
    """Serve until Ctrl-C, or until the server that `on_ready` was given is stopped.

    Raises OSError when the port is taken.
    """
    app: WSGIApplication = controlled(helpcenter) if controls else helpcenter
    server = Server(app, port, host=host)
    on_ready(server)
    try:
        server.wait()
    except KeyboardInterrupt:
        server.stop()
