"""Every address of the API: whom it belongs to, what a token needs, which versions have it.

Source: the OpenAPI files; scopes as Intercom's docs name them (that of reading `/ai` and
`/admins` is not told: either of the obvious names will do).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from werkzeug.routing import Map, Rule

from publisher.helpcenter import articles, fin, groups, workspace
from publisher.helpcenter.answers import Answer

READ = ("read_articles_scope", "read_write_articles_scope")
WRITE = ("read_write_articles_scope",)
READ_AI = ("read_ai_content", "read_write_ai_content")
WRITE_AI = ("read_write_ai_content",)
ADMINS = ("read_admins",)

_CENTERS = "/help_center/help_centers"
_COLLECTIONS = "/help_center/collections"
_SECTIONS = "/help_center/sections"
_SOURCES = "/ai/content_import_sources"
_PAGES = "/ai/external_pages"


class Route(NamedTuple):
    """One address. `scopes`: any of them will do; none: any token. `ability`: of the version."""

    method: str
    path: str
    tell: Callable[..., Answer]
    scopes: tuple[str, ...]
    ability: str = ""


def _of_section(tell: Callable[..., Answer]) -> Callable[..., Answer]:
    return partial(tell, section=True)


ROUTES = (
    Route("GET", "/me", workspace.me, ()),
    Route("GET", "/admins", workspace.list_admins, ADMINS),
    Route("GET", "/admins/<id>", workspace.retrieve_admin, ADMINS),
    Route("GET", _CENTERS, workspace.list_help_centers, READ),
    Route("GET", f"{_CENTERS}/<id>", workspace.retrieve_help_center, READ),
    Route("GET", "/articles", articles.list_articles, READ),
    Route("POST", "/articles", articles.create, WRITE),
    Route("GET", "/articles/search", articles.search, READ, "search"),
    Route("GET", "/articles/<id>", articles.retrieve, READ),
    Route("GET", "/articles/<id>/draft", articles.retrieve_draft, READ, "rich"),
    Route("PUT", "/articles/<id>", articles.update, WRITE),
    Route("DELETE", "/articles/<id>", articles.delete, WRITE),
    Route("GET", _COLLECTIONS, groups.list_groups, READ),
    Route("POST", _COLLECTIONS, groups.create, WRITE),
    Route("GET", f"{_COLLECTIONS}/<id>", groups.retrieve, READ),
    Route("PUT", f"{_COLLECTIONS}/<id>", groups.update, WRITE),
    Route("DELETE", f"{_COLLECTIONS}/<id>", groups.delete, WRITE),
    Route("GET", _SECTIONS, _of_section(groups.list_groups), READ, "sections"),
    Route("POST", _SECTIONS, _of_section(groups.create), WRITE, "sections"),
    Route("GET", f"{_SECTIONS}/<id>", _of_section(groups.retrieve), READ, "sections"),
    Route("PUT", f"{_SECTIONS}/<id>", _of_section(groups.update), WRITE, "sections"),
    Route("DELETE", f"{_SECTIONS}/<id>", _of_section(groups.delete), WRITE, "sections"),
    Route("GET", _SOURCES, fin.list_sources, READ_AI, "ai"),
    Route("POST", _SOURCES, fin.create_source, WRITE_AI, "ai"),
    Route("GET", f"{_SOURCES}/<id>", fin.retrieve_source, READ_AI, "ai"),
    Route("PUT", f"{_SOURCES}/<id>", fin.update_source, WRITE_AI, "ai"),
    Route("DELETE", f"{_SOURCES}/<id>", fin.delete_source, WRITE_AI, "ai"),
    Route("GET", _PAGES, fin.list_pages, READ_AI, "ai"),
    Route("POST", _PAGES, fin.upsert_page, WRITE_AI, "ai"),
    Route("GET", f"{_PAGES}/<id>", fin.retrieve_page, READ_AI, "ai"),
    Route("PUT", f"{_PAGES}/<id>", fin.update_page, WRITE_AI, "ai"),
    Route("DELETE", f"{_PAGES}/<id>", fin.delete_page, WRITE_AI, "ai"),
)

ROOTS = frozenset(route.path.split("/")[1] for route in ROUTES)
"""First parts of the API's paths; everything else is a public page."""

MAP = Map(
    [Rule(route.path, methods=[route.method], endpoint=route) for route in ROUTES],
    strict_slashes=False,
)
