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

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from publisher.helpcenter.reader import body, icons, replies, words
from publisher.helpcenter.reader.library import Door, Library
from publisher.helpcenter.reader.shelf import Article, Collection

HERE = Path(__file__).parent
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
Found = Mapping[str, Article | None] | Mapping[str, Collection | None]
"""The same thing in every locale of the help center; None where it does not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A line of the language switch. `path` is the same page there, also when it is missing."""

    code: str
    name: str
    path: str
    title: str
    missing: bool


def site(helpcenter: Door) -> WsgiApp:
    """Return the public site of a help center; several threads may call it at once."""
    return _Site(helpcenter)


class _Site:
    """The addresses as methods `show_…`, around what is kept between requests."""

    def __init__(self, helpcenter: Door) -> None:
        self._library = Library(helpcenter)
        self._files = {path.name: path.read_bytes() for path in (HERE / "static").iterdir()}
        self._templates = _templates(_version(self._files))

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
        roots = self._library.shelf(locale).roots
        return self._page(request, "home.html", locale, collections=roots)

    def show_collection(self, request: Request, locale: str, spelt: str) -> Response:
        id_ = spelt.partition("-")[0]
        shelves = {code: self._library.shelf(code) for code in self._library.spoken(locale)}
        found = {code: shelf.collections.get(id_) for code, shelf in shelves.items()}
        here = found[locale]
        languages = _languages(found, f"collections/{id_}")
        if here is None:
            return self._untranslated(request, locale, languages)
        if here.path != request.path:
            return redirect(here.path)
        trail = shelves[locale].trail(here)[:-1]
        return self._page(
            request, "collection.html", locale, languages=languages, collection=here, trail=trail
        )

    def show_article(self, request: Request, locale: str, spelt: str) -> Response:
        id_ = spelt.partition("-")[0]
        shelves = {code: self._library.shelf(code) for code in self._library.spoken(locale)}
        found = {code: shelf.articles.get(id_) for code, shelf in shelves.items()}
        here = found[locale]
        languages = _languages(found, f"articles/{id_}")
        if here is None:
            return self._untranslated(request, locale, languages)
        if here.path != request.path:
            return redirect(here.path)
        home = shelves[locale].collections.get(here.shelf)
        return self._page(
            request,
            "article.html",
            locale,
            languages=languages,
            article=here,
            body=self._library.body(here.body),
            trail=shelves[locale].trail(home) if home else (),
            neighbours=shelves[locale].neighbours(here),
        )

    def show_search(self, request: Request, locale: str) -> Response:
        query = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
        shelf = self._library.shelf(locale)
        hits = self._library.search(locale, query)
        tail = f"search?q={quote(query)}" if query else "search"
        return self._page(
            request,
            "search.html",
            locale,
            languages=self._same_page(locale, tail),
            query=query,
            hits=[(hit, shelf.trail(shelf.collections[hit.article.shelf])) for hit in hits],
            collections=shelf.roots,
        )

    def show_fin(self, request: Request) -> Response:
        sources = {str(row["id"]): row for row in self._library.rows("source")}
        groups: dict[str, list[dict[str, Any]]] = {id_: [] for id_ in sources}
        for page in self._library.rows("page"):
            groups.setdefault(str(page.get("source_id")), []).append(page)
        named = [(sources.get(id_), pages) for id_, pages in groups.items()]
        return self._page(request, "fin.html", self._library.default_locale, groups=named)

    def show_fin_page(self, request: Request, id_: str) -> Response:
        pages = self._library.rows("page")
        page = next((row for row in pages if str(row["id"]) == id_), None)
        if page is None:
            raise NotFound
        sources = self._library.rows("source")
        wanted = str(page.get("source_id"))
        source = next((row for row in sources if str(row["id"]) == wanted), None)
        text = body.lines(page.get("html") or "")
        locale = self._library.default_locale
        return self._page(request, "fin_page.html", locale, page=page, source=source, text=text)

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
        self, request: Request, locale: str, languages: tuple[Language, ...]
    ) -> Response:
        if all(language.missing for language in languages):
            raise NotFound
        return self._page(request, "untranslated.html", locale, languages=languages, status=404)

    def _lost(self, request: Request) -> Response:
        first = request.path.split("/")[1]
        locale = first if first in self._library.locales else self._library.default_locale
        return self._page(request, "lost.html", locale, status=404)

    # A page

    def _page(
        self, request: Request, template: str, locale: str, *, status: int = 200, **values: Any
    ) -> Response:
        said = words.words_of(locale)
        frame = {
            "site_name": self._library.name,
            "locale": locale,
            "dir": words.direction(locale),
            "say": said,
            "count": partial(_count, said),
            "date": partial(words.date, locale),
            "query": "",
            "languages": self._same_page(locale, ""),
        }
        html = self._templates.get_template(template).render({**frame, **values})
        return replies.page(html, request, status=status)

    def _same_page(self, locale: str, tail: str) -> tuple[Language, ...]:
        """Return the language switch of a page that exists in every language."""
        return tuple(
            _language(code, f"/{code}/{tail}", title="", missing=False)
            for code in self._library.spoken(locale)
        )


def _languages(found: Found, tail: str) -> tuple[Language, ...]:
    languages = []
    for code, thing in found.items():
        title = thing.title if isinstance(thing, Article) else thing.name if thing else ""
        path = thing.path if thing else f"/{code}/{tail}"
        languages.append(_language(code, path, title=title, missing=thing is None))
    return tuple(languages)


def _language(code: str, path: str, *, title: str, missing: bool) -> Language:
    return Language(code=code, name=words.language(code), path=path, title=title, missing=missing)


def _count(said: Mapping[str, str], one: str, many: str, number: int, **values: str) -> str:
    return said[one if number == 1 else many].format(n=number, **values)


def _templates(version: str) -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(
        version=version,
        icon_of=icons.icon_of,
        direction=words.direction,
        language=words.language,
        iso=words.iso,
    )
    return templates


def _version(files: Mapping[str, bytes]) -> str:
    """Return a few digits that change with the stylesheet, so that no browser shows an old one."""
    return hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:8]
