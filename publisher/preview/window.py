"""What stands around the site's pages for somebody who writes: banners, the bar, the panel.

The site asks for it while it makes a page, and knows no request; which one it is for stands in
`ASKED`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import cast
from urllib.parse import quote, urlencode

from markupsafe import Markup
from werkzeug.wrappers import Request

from publisher.helpcenter.reader.window import Shown
from publisher.model import Article, Kind, Locale, Problem, Ref, RemoteId
from publisher.preview.editors import editor_link
from publisher.preview.rendering import render
from publisher.workflow.previews.beside import errors_in, is_gone
from publisher.workflow.previews.previewing import Preview, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The request that is being answered, and how new its answer is at least."""

    request: Request
    epoch: int = 0


ASKED: ContextVar[Asked] = ContextVar("ASKED")
MOST_LISTED = 12
KINDS: dict[str, Kind] = {"article": "article", "collection": "collection", "fin_page": "page"}
ABOUT_ALL = ("content-missing", "content-empty")
"""Findings that leave nothing to show."""
GONE = "Its file is gone; the page stays until everything can be read again."
WIDTHS = {"Phone": 390, "Messenger": 400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A finding in a banner. `place` is file and line, and `href` opens it in the editor."""

    place: str
    href: str
    what: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What a page says on top. `more`: how many lines are not listed."""

    title: str
    lines: tuple[Line, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """The thing a page shows. `file` below the content folder, "" where there is none."""

    ref: Ref
    id: RemoteId
    locale: Locale
    file: str


@dataclass(slots=True, kw_only=True)
class WriterWindow:
    """A `Window` of the site.

    live     somebody may ask for more; False: the pages become files.
    version  changes with the files in static/.
    run      tells this preview from one that ran before it.
    notice   what is to be said on every page, or "".
    """

    preview: Preview
    live: bool
    version: str
    run: str
    notice: Callable[[], str]

    @property
    def drafts(self) -> bool:
        """A writer sees what is not public yet."""
        return True

    def order(self, kind: str, id: str, /) -> float | None:
        """Where a file says it stands among its neighbours."""
        return self.preview.state.orders.get((cast(Kind, kind), RemoteId(id)))

    def head(self, shown: Shown, /) -> str:
        """Style and scripts, with a version so that no browser shows an old one."""
        return render("head.html", live=self.live, version=self.version)

    def above(self, shown: Shown, /) -> str:
        """Banners: what is wrong with this page, and what is wrong with all."""
        banners = tuple(self._banners(shown))
        return render("banner.html", banners=banners)

    def beside(self, shown: Shown, /) -> str:
        """The bar, and the panel, filled where the address asks for it."""
        asked, state = ASKED.get(), self.preview.state
        request = asked.request
        thing = self._thing(shown, state)
        return render(
            "bar.html",
            live=self.live,
            run=self.run,
            epoch=asked.epoch,
            framed=request.headers.get("Sec-Fetch-Dest") == "iframe",
            thing=thing,
            kind=thing.ref.kind if thing else "",
            locale=shown.locale,
            place=self._place(thing.file) if thing and thing.file else None,
            badge=self._badge(thing, state),
            findings=self._findings(thing, state),
            reading=state.reading,
            target=_named(request, "target"),
            tab=_named(request, "panel"),
            panel=self._panel(thing, request),
            widths={
                name: f"/-/frame?{urlencode({'width': width, 'to': _bare(request)})}"
                for name, width in WIDTHS.items()
            },
        )

    # What a page shows

    def _thing(self, shown: Shown, state: State) -> Thing | None:
        kind = KINDS.get(shown.kind)
        if shown.kind == "untranslated":
            kind = "collection" if "/collections/" in ASKED.get().request.path else "article"
        ref = state.refs.get((kind, RemoteId(shown.id))) if kind and shown.id else None
        if ref is None:
            return None
        files = state.loaded.files_of.get(ref, {})
        locale = Locale(shown.locale)
        if ref.kind == "page" and locale not in files and files:
            locale = next(iter(files))
        return Thing(ref=ref, id=RemoteId(shown.id), locale=locale, file=files.get(locale, ""))

    def _panel(self, thing: Thing | None, request: Request) -> Markup | None:
        tab = _named(request, "panel")
        if not (self.live and thing and tab):
            return None
        from publisher.preview.panel import panel

        target = _named(request, "target")
        kind, locale = thing.ref.kind, thing.locale
        return panel(self.preview, kind, thing.id, locale, tab=tab, target=target)

    def _badge(self, thing: Thing | None, state: State) -> str:
        if thing is None:
            return ""
        if thing.file and self._full(thing.file) in state.loaded.site.unread:
            return "last good page"
        if is_gone(state, thing.ref):
            return "last good page"
        found = state.loaded.site.things.get(thing.ref)
        if not isinstance(found, Article) or thing.locale not in found.translations:
            return ""
        return found.translations[thing.locale].state or state.loaded.site.default_state

    def _findings(self, thing: Thing | None, state: State) -> int:
        """How many there are: of this page's files, or of all on a page that shows no file."""
        if thing is None:
            return len(state.loaded.problems)
        if is_gone(state, thing.ref):
            return len(_keeping(state))
        files = state.loaded.files_of.get(thing.ref, {}).values()
        paths = {self._full(file) for file in files}
        return sum(1 for each in state.loaded.problems if each.spot and each.spot.path in paths)

    # Banners

    def _banners(self, shown: Shown) -> Iterator[Banner]:
        state = self.preview.state
        if notice := self.notice():
            yield Banner(title=notice)
        if state.trouble:
            line = Line(place="", href="", what=state.trouble)
            yield Banner(title="The preview could not follow the files.", lines=(line,))
        thing = self._thing(shown, state)
        if thing:
            yield from self._of_thing(shown, thing, state)
        elif shown.kind in ("home", "lost", "fin"):
            yield from self._of_all(state)

    def _of_thing(self, shown: Shown, thing: Thing, state: State) -> Iterator[Banner]:
        if is_gone(state, thing.ref):
            yield self._listing(GONE, _keeping(state))
            return
        files = state.loaded.files_of.get(thing.ref, {}).values()
        paths = [self._full(file) for file in ([thing.file] if thing.file else files)]
        unread = [path for path in paths if path in state.loaded.site.unread]
        if not unread:
            return
        lines = tuple(self._line(error) for path in unread for error in errors_in(state, path))
        said = (
            "this is its last good page" if shown.kind != "untranslated" else "it has no page yet"
        )
        yield Banner(title=f"This file cannot be shown as it is; {said}.", lines=lines)

    def _of_all(self, state: State) -> Iterator[Banner]:
        for problem in state.loaded.problems:
            if problem.rule in ABOUT_ALL:
                yield Banner(title="There is nothing to show.", lines=(self._line(problem),))
        wrong = [error for error in _keeping(state) if error.rule not in ABOUT_ALL]
        if wrong:
            count = len({error.spot.path for error in wrong if error.spot})
            title = "1 file cannot be shown as it is."
            if count > 1:
                title = f"{count} files cannot be shown as they are."
            yield self._listing(title, wrong)

    def _listing(self, title: str, wrong: Sequence[Problem]) -> Banner:
        lines = tuple(map(self._line, wrong[:MOST_LISTED]))
        return Banner(title=title, lines=lines, more=len(wrong) - len(lines))

    def _line(self, problem: Problem) -> Line:
        spot, place, href = problem.spot, "", ""
        if spot and spot.path:
            path, root = PurePath(spot.path), self.preview.config.root
            below = path.relative_to(root) if path.is_relative_to(root) else path
            place = f"{below.as_posix()}:{spot.line}"
            href = self._editor(spot.path, spot.line) if self.live else ""
        return Line(place=place, href=href, what=problem.what, advice=problem.advice)

    def _place(self, file: str) -> Line:
        href = self._editor(self._full(file), 1) if self.live else ""
        return Line(place=file, href=href, what="")

    def _editor(self, path: str, line: int) -> str:
        return editor_link(self.preview.config, path, line)

    def _full(self, file: str) -> str:
        """Spell a path below the content folder as findings do."""
        return (PurePosixPath(self.preview.config.content_folder.as_posix()) / file).as_posix()


def _keeping(state: State) -> list[Problem]:
    """The errors for which files are unread; while there are any, nothing is taken away."""
    unread = state.loaded.site.unread
    return [error for path in unread for error in errors_in(state, path)]


def _named(request: Request, name: str) -> str:
    return request.args.get(name, "")


def _bare(request: Request) -> str:
    """The address of a page without what is for writers."""
    kept = [(key, value) for key, value in request.args.items(multi=True)]
    query = urlencode([pair for pair in kept if pair[0] not in ("panel", "target")])
    path = quote(request.path, safe="/")
    return f"{path}?{query}" if query else path
