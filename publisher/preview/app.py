"""The preview as one WSGI app: the site with a writer's window around it, and `/-/`.

    /-/events                 what changed, as server-sent events
    /-/static/<name>          style and scripts of this room
    /-/panel/<kind>/<id>      the panel of a thing, as a fragment
    /-/plan                   what an apply would do
    /-/frame                  a page in the width of a phone
    everything else           the public site; of the REST API nothing is here

A request for a page first brings the preview up to date, so what it shows is what the files say.
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from publisher.errors import PublisherError
from publisher.helpcenter.pages import WsgiApp, site
from publisher.helpcenter.reader import replies
from publisher.helpcenter.store import StoreError
from publisher.model import KINDS, Kind
from publisher.preview import guard
from publisher.preview.events import Events, Update
from publisher.preview.former import Former
from publisher.preview.rendering import STATIC, render, version
from publisher.preview.window import ASKED, WIDTHS, Asked, WriterWindow
from publisher.workflow.previews.previewing import Preview, State

WRITER = "/-/"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = ("/static/", "/cdn/")
"""What is no page: nothing is read for it that the page around it has not read already."""
PATIENCE = 1.5
"""Seconds that the first request waits for the first pages; a large site takes longer."""
SENTENCES = {
    404: "There is no such page in the preview.",
    405: "The preview only shows: it answers to GET and HEAD.",
}
FRAME_POLICY = replies.PAGE_POLICY.replace("frame-src ", "frame-src 'self' ")

StartResponse = Callable[..., Any]


def app(preview: Preview, *, live: bool = True, hosts: frozenset[str] | None = None) -> App:
    """Return the preview's pages.

    live   False: the pages become files. Nothing in them asks a server for more.
    hosts  names it may be reached by besides loopback's.
    """
    return App(preview, live=live, hosts=hosts or frozenset())


class App:
    """The app, and what is to be told to the pages that it has open.

    events   what changed; `close` them when the server stops.
    notice   a sentence for the top of every page, or "".
    fault    hears of what should not happen, in one sentence.
    """

    def __init__(self, preview: Preview, *, live: bool, hosts: frozenset[str]) -> None:
        self.events = Events()
        self.notice = ""
        self.fault: Callable[[str], object] = lambda sentence: None
        self._preview, self._live, self._hosts = preview, live, hosts
        self._files = {path.name: path for path in sorted(STATIC.iterdir()) if path.is_file()}
        self._run = secrets.token_hex(4) if live else ""
        self._turn = threading.Lock()
        self._shown: State | None = None
        self._former = Former()
        self._epoch = 0
        window = WriterWindow(
            preview=preview,
            live=live,
            version=version(),
            run=self._run,
            notice=lambda: self.notice,
        )
        self._site = site(preview.center, window=window)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; whatever happens, in one sentence at least."""
        start = guard.sealed(start_response)
        refused = guard.refusal(environ, self._hosts)
        if refused is not None:
            return refused(environ, start)
        request = Request(environ)
        asked = ASKED.set(Asked(request=request, epoch=self._epoch))
        try:
            return self._answer(request)(environ, start)
        except HTTPException as error:
            said = error.get_response(environ)
            return _said(_told(error), error.code or 500, said)(environ, start)
        except PublisherError as error:
            return _said(str(error), 500)(environ, start)
        except StoreError as error:
            return _said(f"{error} The next request tries again.", 500)(environ, start)
        except Exception as error:  # whatever it is, the next request tries again
            return _said(self._sentence(error), 500)(environ, start)
        finally:
            ASKED.reset(asked)

    def look(self) -> State:
        """Bring the preview up to date, and tell the open pages what changed."""
        with self._turn:
            state, before = self._preview.refresh(), self._shown
            if before is None or state.epoch != before.epoch:
                self._epoch, self._shown = self._epoch + 1, state
                if before is not None:
                    self._former.learn(before, state)
                self.events.tell(_update(before, state, self._epoch))
            return state

    def announce(self, notice: str) -> None:
        """Say something on top of every page, or ("") no longer."""
        with self._turn:
            if notice == self.notice:
                return
            self.notice, self._epoch = notice, self._epoch + 1
            self.events.tell(Update(epoch=self._epoch, all=True))

    def _sentence(self, error: Exception) -> str:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        self.fault(f"a page of the preview could not be made ({said})")
        return f"This page could not be made ({said}); the next request tries again."

    def _answer(self, request: Request) -> WsgiApp:
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(["GET", "HEAD"])
        if not request.path.startswith(WRITER):
            if request.path.startswith(FILES):
                return self._site
            if self._live and self._shown is None and self._is_busy():
                return self._wait()
            return self._moved(request, self._follow(request)) or self._site
        first, _, rest = request.path.removeprefix(WRITER).partition("/")
        routes = {"static": self._static, "plan": self._plan}
        if self._live:
            routes |= {"events": self._events, "panel": self._panel, "frame": self._frame}
        if first not in routes:
            raise NotFound
        return routes[first](request, rest)

    def _follow(self, request: Request) -> State:
        """Bring up to date what is about to be shown; it is at least as new as its epoch says."""
        state = self.look()
        ASKED.set(Asked(request=request, epoch=self._epoch))
        return state

    def _moved(self, request: Request, state: State) -> Response | None:
        """Lead from the number that a thing had before it was taken away to its present one."""
        path = self._former.address(state, request.path)
        query = request.query_string.decode("latin-1")
        return None if path is None else redirect(f"{path}?{query}" if query else path)

    def _is_busy(self) -> bool:
        """Whether somebody makes the first pages, and takes longer than a reader likes to wait."""
        free = self._turn.acquire(timeout=PATIENCE)
        if free:
            self._turn.release()
        return not free

    def _wait(self) -> Response:
        done, steps = self._preview.progress
        html = render("waiting.html", done=done, steps=steps)
        answer = Response(html, status=503, mimetype="text/html")
        answer.headers["Content-Security-Policy"] = replies.PAGE_POLICY
        answer.headers["Retry-After"] = "1"
        return answer

    # Below /-/

    def _static(self, request: Request, name: str) -> Response:
        path = self._files.get(name)
        if path is None or path.suffix not in MEDIA_TYPES:
            raise NotFound
        return replies.file(path.read_bytes(), MEDIA_TYPES[path.suffix], request)

    def _plan(self, request: Request, rest: str) -> Response:
        from publisher.preview.plan_page import plan_page

        if rest:
            raise NotFound
        self._follow(request)
        asked = {name: request.args.get(name, "") for name in ("target", "verb", "locale", "show")}
        since = (ASKED.get().epoch, self._run)
        page = plan_page(self._preview, **asked, live=self._live, since=since)
        return replies.page(page, request)

    def _panel(self, request: Request, rest: str) -> Response:
        from publisher.preview.panel import panel

        state = self._follow(request)
        kind, _, id = rest.partition("/")
        id = self._former.present(state, kind, id)
        locale, tab = request.args.get("locale", ""), request.args.get("tab", "findings")
        target = request.args.get("target", "")
        fragment = panel(self._preview, kind, id, locale, tab=tab, target=target)
        if fragment is None:
            raise NotFound("There is no such thing any more.")
        response = Response(fragment, mimetype="text/html")
        response.headers["Content-Security-Policy"] = replies.PAGE_POLICY
        return response

    def _frame(self, request: Request, rest: str) -> Response:
        to, width = request.args.get("to", "/"), request.args.get("width", type=int)
        if rest or not _is_page(to) or width not in WIDTHS.values():
            raise NotFound
        html = render("frame.html", to=to, width=width, widths=WIDTHS)
        response = replies.page(html, request)
        response.headers["Content-Security-Policy"] = FRAME_POLICY
        return response

    def _events(self, request: Request, rest: str) -> Response:
        if rest:
            raise NotFound
        stream = self.events.stream(self._since(request), _is_gone(request))
        response = Response(stream, mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        if request.method == "HEAD":
            response.response = ()
        return response

    def _since(self, request: Request) -> int:
        """How far a page has come; -1 where it comes from a preview that is over."""
        if request.args.get("run", self._run) != self._run:
            return -1
        last = request.headers.get("Last-Event-ID", type=int)
        epoch = request.args.get("epoch", type=int)
        return max(-1 if last is None else last, self._epoch if epoch is None else epoch)


def _update(before: State | None, state: State, epoch: int) -> Update:
    """What a page may have to show anew."""
    if before is None or state.epoch != before.epoch + 1 or state.trouble != before.trouble:
        return Update(epoch=epoch, all=True, findings=True)
    of: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
    for ref in state.changed:
        id = state.ids.get(ref) or before.ids.get(ref)
        of[ref.kind] |= {id} if id else set()
    return Update(
        epoch=epoch,
        all=not state.changed or bool(of["source"]),
        articles=frozenset(of["article"]),
        collections=frozenset(of["collection"]),
        pages=frozenset(of["page"]),
        findings=state.loaded.problems != before.loaded.problems,
    )


def _told(error: HTTPException) -> str:
    """What an error says itself, and else a sentence of ours."""
    own = error.description if error.description != type(error).description else ""
    return own or SENTENCES.get(error.code or 500, "The preview cannot answer that.")


def _said(sentence: str, status: int, response: Response | None = None) -> Response:
    html = render("said.html", sentence=sentence)
    answer = Response(html, status=status, mimetype="text/html")
    if response is not None and "Allow" in response.headers:
        answer.headers["Allow"] = response.headers["Allow"]
    answer.headers["Content-Security-Policy"] = replies.PAGE_POLICY
    return answer


def _is_page(to: str) -> bool:
    """Whether an address is a page of the site: a path, and nothing else to any browser."""
    own = to.startswith("/") and not to.startswith(("//", WRITER))
    return own and "\\" not in to and to.isprintable()


def _is_gone(request: Request) -> Callable[[], bool]:
    """Whether the browser has closed the connection: there is an end to be read from it."""
    connection = request.environ.get("werkzeug.socket")

    def gone() -> bool:
        if not isinstance(connection, socket.socket):
            return False
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    return gone
