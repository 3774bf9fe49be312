"""The public site: what readers of a help center see, as one WSGI app.

It reads the help center through a narrow door (`reader.library.Door`) and writes nothing.
What shows in which language is decided in `reader.shelf`, how a body is shown in
`reader.body`; here an address becomes a page, or a redirect to its right spelling.

    /                                    to the default language
    /<locale>/                           home: search, collections as cards
    /<locale>/collections/<id>-<slug>    sections and articles of a collection
    /<locale>/articles/<id>-<slug>       an article
    /<locale>/search?q=                  search
    /cdn/<path>                          images the help center has copied
    /fin/, /fin/<id>                     pages that only Fin reads
    /static/<name>                       stylesheet, script, icons

Redirects are temporary: a browser keeps permanent ones, and a title may change back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from publisher.helpcenter.reader import body, looks, replies, words
from publisher.helpcenter.reader.arranging import Order, arranged, arranged_inside, beside
from publisher.helpcenter.reader.languages import Language, everywhere, gap, languages_of
from publisher.helpcenter.reader.library import Door, Library
from publisher.helpcenter.reader.tables import Row
from publisher.helpcenter.reader.window import Shown, Window

LONGEST_QUERY = 200
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

ADDRESSES = Map(
    [
        Rule("/", endpoint="front"),
        Rule("/fin/", endpoint="fin"),
        Rule("/fin/<id_>", endpoint="fin_page"),
        Rule("/cdn/<path:path>", endpoint="image"),
        Rule("/static/<name>", endpoint="static"),
        Rule("/<locale>/", endpoint="home"),
        Rule("/<locale>/search", endpoint="search"),
        Rule("/<locale>/articles/<spelt>", endpoint="article"),
        Rule("/<locale>/collections/<spelt>", endpoint="collection"),
    ]
)

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def site(helpcenter: Door, *, window: Window | None = None) -> WsgiApp:
    """Return the public site of a help center; several threads may call it at once.

    window   what stands around pages for somebody who writes; None: the site as readers see it.
    """
    return _Site(helpcenter, window)


class _Site:
    """The addresses as methods `show_…`, around what is kept between requests."""

    def __init__(self, helpcenter: Door, window: Window | None) -> None:
        self._library = Library(helpcenter, drafts=window.drafts if window else False)
        self._window = window
        self._files = looks.files()
        self._templates = looks.templates(looks.version_of(self._files))

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = Request(environ)
        try:
            response = self._reply(request)
        except NotFound:
            response = self._lost(request)
        except HTTPException as error:
            response = Response.force_type(error.get_response(environ), environ)
        return response(environ, start_response)

    def _reply(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(["GET", "HEAD"])
        endpoint, values = ADDRESSES.bind_to_environ(request.environ).match(method="GET")
        typed = values.get("locale")
        if typed and typed not in self._library.locales:
            return self._respell(request, typed)
        show: Callable[..., Response] = getattr(self, f"show_{endpoint}")
        return show(request, **values)

    def _respell(self, request: Request, typed: str) -> Response:
        for locale in self._library.locales:
            if locale.lower() == typed.lower():
                path = request.full_path.rstrip("?")
                return redirect(path.replace(typed, locale, 1))
        raise NotFound

    # The site

    def show_front(self, request: Request) -> Response:
        return redirect(f"/{self._library.default_locale}/")

    def show_home(self, request: Request, locale: str) -> Response:
        roots = arranged(self._library.shelf(locale).roots, self._order)
        return self._page(request, Shown(kind="home", locale=locale), collections=roots)

    def show_collection(self, request: Request, locale: str, spelt: str) -> Response:
        id_ = spelt.partition("-")[0]
        shelves = self._library.shelves(self._library.spoken(locale))
        found = {code: shelf.collections.get(id_) for code, shelf in shelves.items()}
        here = found[locale]
        languages = languages_of(found, f"collections/{id_}")
        if here is None:
            return self._untranslated(request, "collection", id_, locale, languages)
        if here.path != request.path:
            return self._to(request, here.path)
        return self._page(
            request,
            Shown(kind="collection", locale=locale, id=id_),
            languages=languages,
            collection=arranged_inside(here, self._order),
            trail=shelves[locale].trail(here)[:-1],
        )

    def show_article(self, request: Request, locale: str, spelt: str) -> Response:
        id_ = spelt.partition("-")[0]
        shelves = self._library.shelves(self._library.spoken(locale))
        found = {code: shelf.articles.get(id_) for code, shelf in shelves.items()}
        here = found[locale]
        languages = languages_of(found, f"articles/{id_}")
        if here is None:
            return self._untranslated(request, "article", id_, locale, languages)
        if here.path != request.path:
            return self._to(request, here.path)
        home = shelves[locale].collections.get(here.shelf)
        return self._page(
            request,
            Shown(kind="article", locale=locale, id=id_),
            languages=languages,
            article=here,
            body=self._library.body(here.body),
            trail=shelves[locale].trail(home) if home else (),
            neighbours=beside(here, arranged(shelves[locale].row(here), self._order)),
        )

    def show_search(self, request: Request, locale: str) -> Response:
        query = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
        shelf = self._library.shelf(locale)
        hits = self._library.search(locale, query)
        tail = f"search?q={quote(query)}" if query else "search"
        return self._page(
            request,
            Shown(kind="search", locale=locale),
            languages=everywhere(self._library.spoken(locale), tail),
            query=query,
            hits=[(hit, shelf.trail(shelf.collections[hit.article.shelf])) for hit in hits],
            collections=arranged(shelf.roots, self._order),
        )

    def show_fin(self, request: Request) -> Response:
        sources = {str(row["id"]): row for row in self._library.rows("source")}
        groups: dict[str, list[Row]] = {id_: [] for id_ in sources}
        for page in self._library.rows("page"):
            groups.setdefault(str(page.get("source_id")), []).append(page)
        named = [(sources.get(id_), pages) for id_, pages in groups.items()]
        shown = Shown(kind="fin", locale=self._library.default_locale)
        return self._page(request, shown, groups=named)

    def show_fin_page(self, request: Request, id_: str) -> Response:
        page = self._library.row("page", id_)
        if page is None:
            raise NotFound
        source = self._library.row("source", str(page.get("source_id")))
        text = body.lines(page.get("html") or "")
        shown = Shown(kind="fin_page", locale=self._library.default_locale, id=id_)
        return self._page(request, shown, page=page, source=source, text=text)

    # Files

    def show_image(self, request: Request, path: str) -> Response:
        found = self._library.door.image(f"/{path}")
        if isinstance(found, str) and found.startswith(("https://", "http://")):
            return redirect(found)
        if not isinstance(found, tuple):
            raise NotFound
        return replies.file(*found, request)

    def show_static(self, request: Request, name: str) -> Response:
        if name not in self._files:
            raise NotFound
        return replies.file(self._files[name], MEDIA_TYPES[Path(name).suffix], request)

    # What is not there

    def _untranslated(
        self,
        request: Request,
        kind: Literal["article", "collection"],
        id_: str,
        locale: str,
        languages: tuple[Language, ...],
    ) -> Response:
        if all(language.missing for language in languages):
            raise NotFound
        row = self._library.row(kind, id_) if self._window else None
        groups = {str(each["id"]): each for each in self._library.rows("collection")} if row else {}
        return self._page(
            request,
            Shown(kind="untranslated", locale=locale, id=id_),
            status=404,
            languages=languages,
            thing=kind,
            gap=gap(kind, row, groups, locale) if row else None,
        )

    def _lost(self, request: Request) -> Response:
        first = request.path.split("/")[1]
        locale = first if first in self._library.locales else self._library.default_locale
        return self._page(request, Shown(kind="lost", locale=locale), status=404)

    # A page

    def _page(
        self, request: Request, shown: Shown, *, status: int = 200, **values: Any
    ) -> Response:
        """Return the page of that kind; every kind has its template."""
        said = words.words_of(shown.locale)
        frame: dict[str, Any] = {
            "site_name": self._library.name,
            "locale": shown.locale,
            "dir": words.direction(shown.locale),
            "say": said,
            "count": partial(_count, said),
            "date": partial(words.date, shown.locale),
            "query": "",
            "languages": everywhere(self._library.spoken(shown.locale), ""),
            "writing": self._window is not None,
        }
        around = self._around(shown)
        html = self._templates.get_template(f"{shown.kind}.html").render(frame | around | values)
        return replies.page(html, request, status=status)

    def _around(self, shown: Shown) -> dict[str, str]:
        """Return what the window puts around a page: HTML that is safe as it is."""
        if self._window is None:
            return {"head": "", "above": "", "beside": ""}
        return {
            "head": self._window.head(shown),
            "above": self._window.above(shown),
            "beside": self._window.beside(shown),
        }

    @property
    def _order(self) -> Order | None:
        return self._window.order if self._window else None

    def _to(self, request: Request, path: str) -> Response:
        """Lead to the right spelling of an address, with the question it came with."""
        query = request.query_string.decode()
        return redirect(f"{path}?{query}" if query else path)


def _count(said: Mapping[str, str], one: str, many: str, number: int, **values: str) -> str:
    return said[one if number == 1 else many].format(n=number, **values)
