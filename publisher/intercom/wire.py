"""Nouns → requests. Pure: builds calls, never sends one.

Values are flat `Fields` whose `parent`, `author` and `source` are remote ids already and
whose bodies are final HTML. What is named is sent, and only that:

    article       only the fields that change; Intercom merges per locale and field
    everything    the whole thing; there an omitted field is reset, or it is not
    else          documented that it is not

Fields of the default locale go to the top level and those of any other locale under
`translated_content`, never both: what happens when the two disagree is not documented.

Sources: OpenAPI descriptions 2.7–2.16 and Preview; documentation of 2.17 ("Update a
collection": an icon left out is reset); guide "Localize your Help Center" (merging).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from publisher.errors import ConfigError
from publisher.intercom.answers import SECTION, decode
from publisher.intercom.dialect import Call, Dialect, Method
from publisher.model import Fields, Kind, Locale, RemoteId

__all__ = ["SECTION", "Call", "create", "decode", "delete", "draft", "listing", "read", "update"]

ARTICLES = "/articles"
COLLECTIONS = "/help_center/collections"
SECTIONS = "/help_center/sections"
SOURCES = "/ai/content_import_sources"
PAGES = "/ai/external_pages"

WORDS: Mapping[Kind, str] = {
    "collection": "collection",
    "article": "article",
    "source": "content source",
    "page": "page for Fin",
}
FLAGS = {
    "agent": "ai_agent_availability",
    "copilot": "ai_copilot_availability",
    "sales": "ai_sales_agent_availability",
}


def create(
    dialect: Dialect,
    kind: Kind,
    values: Fields,
    *,
    default_locale: Locale,
    help_center: RemoteId | None,
) -> Call:
    """Build the call that makes a new thing.

    help_center   where a first-level collection goes; None is the workspace's default one.
                  Everything else follows its parent.

    Where Fin may use a new page is "yes" unless the values say otherwise. Not repeatable,
    save for a page: Intercom upserts those on (source, external_id).
    """
    path = _path(dialect, kind, section=kind == "collection" and bool(values.get("parent")))
    if kind == "page":  # Intercom's schema says unset is no, its examples say yes: always state it
        values = {**dict.fromkeys(FLAGS, "yes"), **values}
    body = _body(dialect, kind, values, default_locale)
    if kind == "collection" and not values.get("parent") and help_center:
        body["help_center_id"] = _number(help_center)
    if kind == "article" and values.get("parent"):
        body |= _parent(values["parent"], as_number=True)
    return _call("POST", path, kind, values, body)


def update(
    dialect: Dialect,
    kind: Kind,
    id: RemoteId,
    values: Fields,
    *,
    default_locale: Locale,
    other_parents: Sequence[RemoteId] = (),
) -> Call:
    """Build the call that changes a thing.

    values         of an article the fields that change, and always its author, whom
                   Intercom would otherwise replace by the owner of the token; of anything
                   else the whole thing. An article's parent "" takes it out of its collection.
    other_parents  an article's parents in other help centers, to be kept when it moves;
                   sent where the version can say it.

    Raises ConfigError for what the version has no words for.

    A page is sent as the upsert that creates it, not as a PUT: there an omitted field is
    documented to stay as it is, while the PUT of 2.12–2.16 knows nothing of where Fin may
    use the page and 2.17's removes an omitted address.
    """
    if kind == "page":
        return _call("POST", PAGES, kind, values, _body(dialect, kind, values, default_locale))
    body = _body(dialect, kind, values, default_locale)
    if kind == "collection":
        body |= _collection_parent(dialect, id, values)
    if kind == "article" and "parent" in values:
        body |= _new_parent(dialect, values["parent"], other_parents)
    return _call("PUT", _address(dialect, kind, id), kind, values, body, id)


def delete(dialect: Dialect, kind: Kind, id: RemoteId) -> Call:
    """Build the call that deletes a thing; Intercom restores nothing."""
    return _call("DELETE", _address(dialect, kind, id), kind, {}, None, id)


def read(dialect: Dialect, kind: Kind, id: RemoteId) -> Call:
    """Build the call that reads one thing."""
    return _call("GET", _address(dialect, kind, id), kind, {}, None, id)


def draft(dialect: Dialect, id: RemoteId) -> Call:
    """Build the call that reads what waits in Intercom's editor for an article (2.16+)."""
    path = f"{_address(dialect, 'article', id)}/draft"
    return Call(method="GET", path=path, repeatable=True, what=f"read the draft of article {id}")


def listing(dialect: Dialect, kind: Kind) -> tuple[str, ...]:
    """Return the paths under which all things of a kind are listed, none where it has none."""
    if kind == "collection" and dialect.sections:
        return (COLLECTIONS, SECTIONS)
    if kind in ("source", "page") and not dialect.pages:
        return ()
    return (_path(dialect, kind),)


def _path(dialect: Dialect, kind: Kind, *, section: bool = False) -> str:
    if section and dialect.sections:
        return SECTIONS
    paths: Mapping[Kind, str] = {
        "collection": COLLECTIONS,
        "article": ARTICLES,
        "source": SOURCES,
        "page": PAGES,
    }
    return paths[kind]


def _address(dialect: Dialect, kind: Kind, id_: RemoteId) -> str:
    path = _path(dialect, kind, section=id_.startswith(SECTION))
    return f"{path}/{quote(_bare(id_), safe='')}"


def _call(
    method: Method,
    path: str,
    kind: Kind,
    values: Fields,
    body: dict[str, Any] | None,
    id_: str = "",
) -> Call:
    verb = {"GET": "read", "POST": "create", "PUT": "update", "DELETE": "delete"}[method]
    title = next((values[name] for name in values if name.endswith("title")), "")
    name = f"“{title}”" if title else id_ or f"“{values.get('url', '')}”"
    return Call(
        method=method,
        path=path,
        json=body,
        repeatable=method != "POST" or kind == "page",
        what=f"{verb if path != PAGES or method != 'POST' else 'save'} the {WORDS[kind]} {name}",
    )


def _body(dialect: Dialect, kind: Kind, values: Fields, default: Locale) -> dict[str, Any]:
    if kind == "article":
        return _article(values, default)
    if kind == "collection":
        return _collection(dialect, values, default)
    return _source(values) if kind == "source" else _page(dialect, values)


def _article(values: Fields, default: Locale) -> dict[str, Any]:
    top, translated = _by_locale(values, default)
    body: dict[str, Any] = dict(top)
    if values.get("author"):
        body["author_id"] = _number(values["author"])
    if translated:
        body["translated_content"] = _translated("article", translated)
    return body


def _collection(dialect: Dialect, values: Fields, default: Locale) -> dict[str, Any]:
    """Everything but the place.

    A PUT without `icon` resets it in every version (their examples show it), so one that
    is named is always sent, though only 2.17 documents it; a section has neither icon nor
    description to write.
    """
    section = dialect.sections and bool(values.get("parent"))
    top, translated = _by_locale(values, default)
    body: dict[str, Any] = _group(top, section)
    if values.get("icon") and not section:
        body["icon"] = values["icon"]
    if values.get("parent"):
        bare = _bare(values["parent"])
        body["parent_id"] = _number(bare) if section else bare
    if translated:
        groups = {locale: _group(each, section) for locale, each in translated.items()}
        body["translated_content"] = _translated("group", groups)
    return body


def _group(content: Fields, section: bool) -> dict[str, Any]:
    names = {"title": "name"} if section else {"title": "name", "description": "description"}
    return {names[field]: text for field, text in content.items() if field in names}


def _source(values: Fields) -> dict[str, Any]:
    """Status is always said: what leaving it out means on an update is not documented."""
    active = values.get("active") != "no"
    return {
        "sync_behavior": "api",
        "url": values["url"],
        "status": "active" if active else "deactivated",
    }


def _page(dialect: Dialect, values: Fields) -> dict[str, Any]:
    body: dict[str, Any] = {
        "title": values["title"],
        "html": values.get("body", ""),
        "locale": values["locale"],
        "source_id": _number(values["source"]),
        "external_id": values["external_id"],
    }
    if values.get("url"):
        body["url"] = values["url"]
    for name, spelt in FLAGS.items():
        if name in values and (name != "sales" or dialect.sales_flag):
            body[spelt] = values[name] == "yes"
    return body


def _by_locale(values: Fields, default: Locale) -> tuple[dict[str, str], dict[str, Any]]:
    """Sort "fr.title" and the like: the default locale's fields, and the others' by locale."""
    top: dict[str, str] = {}
    translated: dict[str, Any] = {}
    for name, value in values.items():
        locale, dot, field = name.partition(".")
        if dot:
            content = top if locale == default else translated.setdefault(locale, {})
            content[field] = value
    return top, translated


def _translated(noun: str, contents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    tagged = {locale: {"type": f"{noun}_content", **each} for locale, each in contents.items()}
    return {"type": f"{noun}_translated_content", **tagged}


def _parent(parent: str, *, as_number: bool) -> dict[str, Any]:
    """Name an article's parent: a number where one is created, text where one is updated."""
    bare = _bare(parent)
    return {
        "parent_id": _number(bare) if as_number else bare,
        "parent_type": "section" if parent.startswith(SECTION) else "collection",
    }


def _new_parent(dialect: Dialect, parent: str, others: Sequence[str]) -> dict[str, Any]:
    if parent and not (others and dialect.article_parents):
        return _parent(parent, as_number=False)
    if not dialect.article_parents:
        raise ConfigError(
            f"API version {dialect.version} has no way to take an article out of its collection. "
            "Set api_version to 2.16 or later, or take it out in Intercom."
        )
    return {"parent_ids": [_number(each) for each in (parent, *others) if each]}


def _collection_parent(dialect: Dialect, id_: str, values: Fields) -> dict[str, Any]:
    """Say where an existing collection stands; what leaving it out means is not documented."""
    nested = bool(values.get("parent"))
    if dialect.sections and nested != id_.startswith(SECTION):
        raise ConfigError(
            f"API version {dialect.version} cannot turn a collection into a section or back. "
            "Set api_version to 2.10 or later, or move it in Intercom."
        )
    return {} if nested or dialect.sections else {"parent_id": None}


def _bare(id_: str) -> str:
    return id_.removeprefix(SECTION)


def _number(id_: str) -> int | str:
    """Spell an id as the number the API asks for; one that is none is sent as it stands."""
    bare = _bare(id_)
    return int(bare) if bare.isascii() and bare.isdigit() else bare
