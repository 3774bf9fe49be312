"""Keep a preview open until it is interrupted: its server, its watch, and what the terminal hears.

A changed publisher.toml opens the preview anew, at the same address; the open pages come back by
themselves. One that cannot be read changes nothing: the pages say so until it is mended.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from publisher.config import Config
from publisher.errors import Locked, PublisherError
from publisher.helpcenter.serve import Server
from publisher.helpcenter.store import StoreError
from publisher.model import Problem
from publisher.preview.app import App, app
from publisher.preview.guard import ANY_ADDRESS, LOOPBACK
from publisher.preview.watch import IGNORE, Watch, Watched
from publisher.workflow.previews.previewing import Preview, opened

UNREAD: tuple[int, ...] = (-1,)
"""The stamp of a publisher.toml that nobody has read since it may have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What the terminal is told: the address once, and what is found and mended as it happens."""

    address: str = ""
    found: tuple[Problem, ...] = ()
    mended: tuple[Problem, ...] = ()
    sentence: str = ""


Tell = Callable[[News], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it answers. `names` besides loopback's by which it may be reached."""

    port: int
    host: str = "127.0.0.1"
    names: frozenset[str] = frozenset()


def run(
    config: Config, place: Place, *, file: Path, reread: Callable[[], Config], tell: Tell
) -> NoReturn:
    """Show the preview until interrupted.

    file    publisher.toml, be it there or not; reread: reads it again, as the command line did.

    Raises Locked when another preview of the folder runs, PublisherError when the port is taken.
    """
    with _unheard():
        _run(config, place, _News(tell), file=file, reread=reread)


def _run(
    config: Config, place: Place, news: _News, *, file: Path, reread: Callable[[], Config]
) -> NoReturn:
    before: Config | None = None
    notice = ""
    stamp = UNREAD
    while True:
        try:
            with _shown(config, place, news) as room:
                desk = _Desk(
                    room=room, config=config, file=file, reread=reread, news=news, stamp=stamp
                )
                room.announce(notice)
                with Watch(desk.watched(), desk.look, tell=news.say, wanted=desk.is_watched):
                    desk.look()
                    desk.ended.wait()
        except PublisherError as error:
            if before is None:
                raise
            notice = f"{error} Until that is mended, this preview goes on as it was."
            news.say(notice)
            config, before = before, None
        else:
            config, before, notice, stamp = desk.config, config, "", desk.stamp


@contextmanager
def _shown(config: Config, place: Place, news: _News) -> Iterator[App]:
    with _held(config, place.port) as preview:
        preview.begin()
        room = app(preview, hosts=place.names)
        room.fault = news.say
        try:
            server = Server(room, place.port, host=place.host)
        except OSError as error:
            raise PublisherError(
                f"cannot listen on port {place.port}: {error.strerror or error}. Try --port."
            ) from error
        with server:
            news.show(*_addresses(server, place))
            try:
                yield room
            finally:
                room.events.close()


@contextmanager
def _held(config: Config, port: int) -> Iterator[Preview]:
    with ExitStack() as stack:
        try:
            preview = stack.enter_context(opened(config, port=port))
        except Locked as error:
            raise Locked(
                "another preview of this folder is open already. Look at that one, or end it first."
            ) from error
        yield preview


@dataclass(slots=True)
class _News:
    """What the terminal hears, each thing once. State: where it is shown, what was found so far."""

    tell: Tell
    _address: str = ""
    _known: tuple[Problem, ...] = ()
    _wrong: str = ""

    def show(self, address: str, elsewhere: str = "") -> None:
        """Say where the preview is, here and from other machines, unless that was said."""
        if address != self._address:
            self._address = address
            self.tell(News(address=address))
            if elsewhere:
                self.say(f"From other machines, it is at {elsewhere}.")

    def say(self, sentence: str) -> None:
        """Say a sentence."""
        self.tell(News(sentence=sentence))

    def complain(self, sentence: str) -> None:
        """Say what goes wrong, once for as long as it does; "": it no longer does."""
        if sentence and sentence != self._wrong:
            self.say(sentence)
        self._wrong = sentence

    def hear(self, problems: tuple[Problem, ...]) -> None:
        """Say which findings are new, and which are gone."""
        found, mended = _without(problems, self._known), _without(self._known, problems)
        self._known = problems
        if found or mended:
            self.tell(News(found=found, mended=mended))


@dataclass(slots=True, kw_only=True)
class _Desk:
    """Looks whenever something changed, one thread at a time. State: how publisher.toml is.

    stamp  of publisher.toml when it was read last.
    ended  set when the preview has to be opened anew, with `config`.
    """

    room: App
    config: Config
    file: Path
    reread: Callable[[], Config]
    news: _News
    stamp: tuple[int, ...]
    ended: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def watched(self) -> Watched:
        """What is watched: the content, and the two files that say what of it counts."""
        folder = self.config.content_folder.absolute()
        return Watched(folder=folder, files=(self.file.absolute(), folder.parent / IGNORE))

    def is_watched(self) -> bool:
        """Whether a page is open somewhere."""
        return self.room.events.listening > 0

    def look(self) -> None:
        """Bring everything up to date; what goes wrong is said, and tried again next time."""
        try:
            with self._turn:
                self._read_settings()
                if not self.ended.is_set():
                    self.news.hear(self.room.look().loaded.problems)
            self.news.complain("")
        except (PublisherError, StoreError) as error:
            self.news.complain(str(error))
        except Exception as error:  # the watch goes on, whatever a file makes of us
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            self.news.complain(f"the preview could not look at the files ({said})")

    def _read_settings(self) -> None:
        stamp = _stamp(self.file)
        if stamp == self.stamp:
            return
        self.stamp = stamp
        try:
            config = self.reread()
        except PublisherError as error:
            said = f"{error} Until that is mended, this preview goes on as it was."
            self.news.say(said)
            self.room.announce(said)
            return
        self.room.announce("")
        if config != self.config:
            self.news.say(f"{self.file.name} was changed; the preview is opened anew.")
            self.config = config
            self.ended.set()


def _without(some: Iterable[Problem], others: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return those that are not among the others; a finding that only moved its line is one."""
    left = Counter(map(_meaning, others))
    kept = []
    for each in some:
        meaning = _meaning(each)
        if left[meaning]:
            left[meaning] -= 1
        else:
            kept.append(each)
    return tuple(kept)


def _meaning(problem: Problem) -> tuple[str, str, str]:
    return problem.rule, problem.spot.path if problem.spot else "", problem.what


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        facts = file.stat()
    except OSError:
        return ()
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def _addresses(server: Server, place: Place) -> tuple[str, str]:
    """Where it is from here and from elsewhere ("": nowhere, or at the same address).

    An address that stands for all of a machine's is none that a browser can open.
    """
    port, anywhere = f":{server.port}", place.names & ANY_ADDRESS
    if not anywhere:
        return server.url, ""
    here = "http://[::1]" if "[::]" in anywhere else "http://127.0.0.1"
    named = sorted(place.names - ANY_ADDRESS)
    return here + port, f"http://{named[0]}{port}" if named else ""


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep from the terminal what the pages tell themselves: that Intercom is asked again."""
    log = logging.getLogger("publisher.intercom")
    log.addFilter(_is_grave)
    try:
        yield
    finally:
        log.removeFilter(_is_grave)


def _is_grave(record: logging.LogRecord) -> bool:
    return record.levelno > logging.INFO


def names_of(host: str, own: Iterable[str]) -> frozenset[str]:
    """Spell what a browser calls a host that is not loopback; `own`: names of this machine."""
    spelt = f"[{host}]" if ":" in host else host
    return frozenset(name.lower() for name in (spelt, *own) if name) - LOOPBACK
