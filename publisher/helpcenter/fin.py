"""Fin's content: import sources and external pages (from 2.12 on).

Creating a page is an upsert on (source, external id). A PUT replaces: up to 2.16 it needs
every field, later an omitted url is wiped. HTML is kept as it came: the recorded answers
echo it, `<html>` and all.

Source: the OpenAPI files and examples; the 2.17 pages for url, locale and hosts. Chosen
here, because nobody tells: a source that does not exist is 404, a page of a source that
Intercom syncs itself 400, another source_id on PUT 400, another external_id is ignored.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from publisher.helpcenter.answers import JSON, Answer, invalid, missing, not_found
from publisher.helpcenter.asks import Ask, flag, one_of, text, whole
from publisher.helpcenter.store import Row

PER_PAGE, MOST = 50, 250
STATUSES = ("active", "deactivated")
SYNCED = {"api": "api", "automated": "automatic", "manual": "manual"}
"""What an update calls the behaviours, and what answers call them."""

FLAGS = {
    "ai_agent_availability": "agent",
    "ai_copilot_availability": "copilot",
    "ai_sales_agent_availability": "sales",
}
_PAGE_FIELDS = ("title", "html", "locale", "source_id", "external_id")


def list_sources(ask: Ask) -> Answer:
    """GET /ai/content_import_sources: oldest first."""
    return _list(ask, "source", "id")


def list_pages(ask: Ask) -> Answer:
    """GET /ai/external_pages: newest first."""
    return _list(ask, "page", "-id")


def _list(ask: Ask, kind: str, order: str) -> Answer:
    page, size = ask.window(size=PER_PAGE, highest=MOST)
    rows = ask.center.store.listed(kind, order=order, limit=size, offset=(page - 1) * size)
    show = source if kind == "source" else page_reply
    replies = [show(ask, row) for row in rows]
    return ask.page(replies, page=page, size=size, total=ask.center.store.listed_count(kind))


def retrieve_source(ask: Ask, id: str) -> Answer:
    """GET one source."""
    return Answer(source(ask, ask.find("source", id)))


def retrieve_page(ask: Ask, id: str) -> Answer:
    """GET one page."""
    return Answer(page_reply(ask, ask.find("page", id)))


def create_source(ask: Ask) -> Answer:
    """POST /ai/content_import_sources; only behaviour `api`."""
    _need(ask.body, "sync_behavior", "url")
    one_of(ask.body, "sync_behavior", ("api",))
    _no_audiences(ask)
    row = {
        "id": ask.center.store.next_number("source"),
        "url": _public_url(ask.body, "url"),
        "sync_behavior": "api",
        "status": one_of(ask.body, "status", STATUSES) if "status" in ask.body else "active",
        "created_at": ask.now,
    }
    return Answer(source(ask, _kept_source(ask, row)))


def update_source(ask: Ask, id: str) -> Answer:
    """PUT; the behaviour may not become, or cease to be, `api`."""
    row = ask.find("source", id)
    _need(ask.body, "sync_behavior", "url")
    _no_audiences(ask)
    behaviour = SYNCED[one_of(ask.body, "sync_behavior", tuple(SYNCED))]
    if (behaviour == "api") is not (row["sync_behavior"] == "api"):
        raise invalid("sync_behavior cannot be changed to or from api", "sync_behavior")
    url = _public_url(ask.body, "url")
    if behaviour != "api" and url != row["url"]:
        raise invalid("url can only be changed when sync_behavior is api", "url")
    row |= {"sync_behavior": behaviour, "url": url}
    if "status" in ask.body:
        row["status"] = one_of(ask.body, "status", STATUSES)
    elif ask.quirk("source-status-reset"):
        row["status"] = "active"
    return Answer(source(ask, _kept_source(ask, row)))


def delete_source(ask: Ask, id: str) -> Answer:
    """DELETE; 204, and its pages go with it."""
    row = ask.find("source", id)
    store = ask.center.store
    for page in store.children("page", row["id"]):
        store.delete("page", page["id"])
    store.delete("source", row["id"])
    return Answer(None, 204)


def upsert_page(ask: Ask) -> Answer:
    """POST /ai/external_pages; 200 whether it was there or not."""
    _need(ask.body, *_PAGE_FIELDS)
    fields = _page_fields(ask)
    external_id = text(ask.body, "external_id")
    if not external_id:
        raise invalid("external_id cannot be blank", "external_id")
    store = ask.center.store
    key = f"{fields['source_id']} {external_id}"
    row = store.find("page", key)
    if row is None:
        opened = not ask.quirk("page-flags-default-false")
        row = {
            "id": store.next_number("page"),
            "natural_key": key,
            "external_id": external_id,
            "url": None,
            "created_at": ask.now,
            "flags": dict.fromkeys(FLAGS.values(), opened),
        }
    if "url" in ask.body:
        row["url"] = _page_url(ask)
    row["flags"] |= _flags(ask, sales=ask.version.page_flags)
    return Answer(page_reply(ask, _kept_page(ask, row | fields)))


def update_page(ask: Ask, id: str) -> Answer:
    """PUT one page of a source that the API feeds."""
    row = ask.find("page", id)
    needed = ("title", "html", "locale", "source_id")
    _need(ask.body, *needed, *(("url",) if ask.version.page_url_needed else ()))
    fields = _page_fields(ask)
    if fields["source_id"] != row["source_id"]:
        raise invalid("source_id cannot be changed", "source_id")
    row["url"] = _page_url(ask) if "url" in ask.body else None
    if ask.quirk("page-flags-reset"):
        row["flags"] = dict.fromkeys(FLAGS.values(), True)
    if ask.version.page_flags:
        row["flags"] |= _flags(ask, sales=True)
    elif "fin_availability" in ask.body:
        row["flags"] = dict.fromkeys(FLAGS.values(), flag(ask.body, "fin_availability"))
    return Answer(page_reply(ask, _kept_page(ask, row | fields)))


def delete_page(ask: Ask, id: str) -> Answer:
    """DELETE; answers with the page, emptied."""
    row = ask.find("page", id) | {"html": ""}
    if ask.quirk("pages-deleted-softly"):
        ask.center.store.put("page", row)
    else:
        ask.center.store.delete("page", row["id"])
    return Answer(page_reply(ask, row))


def _need(given: JSON, *names: str) -> None:
    for name in names:
        if given.get(name) is None:
            raise missing(f"{name} is a required parameter.", name)


def _no_audiences(ask: Ask) -> None:
    """There is no way to make an audience here, so any that is named is unknown."""
    if ask.version.source_audiences and ask.body.get("audience_ids") not in (None, []):
        raise not_found(f"audience_ids contains unknown audience IDs: {ask.body['audience_ids']}")


def _public_url(given: JSON, name: str) -> str:
    url = text(given, name)
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or _is_address(host):
        raise invalid(f"{name} must be an http(s) URL with a public domain name", name)
    return url


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _page_url(ask: Ask) -> str | None:
    url = text(ask.body, "url")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise invalid("url must be an http(s) URL", "url")
    return url or None


def _page_fields(ask: Ask) -> JSON:
    title = text(ask.body, "title")
    if not title.strip():
        raise invalid("title cannot be blank", "title")
    id = whole(ask.body, "source_id", loose=ask.quirk("loose-ids"))
    parent = ask.find("source", str(id))
    if parent["sync_behavior"] != "api":
        raise invalid("Pages can only be written to a source whose sync_behavior is api")
    locale = one_of(ask.body, "locale", _page_locales(ask))
    return {"title": title, "html": text(ask.body, "html"), "locale": locale, "source_id": id}


def _page_locales(ask: Ask) -> tuple[str, ...]:
    many = ask.version.page_locales and not ask.quirk("page-locale-en-only")
    return tuple(ask.center.locales) if many or ask.quirk("page-locales-everywhere") else ("en",)


def _flags(ask: Ask, *, sales: bool) -> dict[str, bool]:
    known = {name: short for name, short in FLAGS.items() if sales or short != "sales"}
    return {short: flag(ask.body, name) for name, short in known.items() if name in ask.body}


def _kept_source(ask: Ask, row: Row) -> Row:
    row |= {"updated_at": ask.now, "last_synced_at": ask.now}
    ask.center.store.put("source", row)
    return row


def _kept_page(ask: Ask, row: Row) -> Row:
    row |= {"updated_at": ask.now, "last_ingested_at": ask.now, "parent_ids": [row["source_id"]]}
    ask.center.store.put("page", row)
    return row


def source(ask: Ask, row: Row) -> JSON:
    """Return a content import source; its id is a number."""
    names = ("url", "sync_behavior", "status", "last_synced_at", "created_at", "updated_at")
    reply: JSON = {"id": row["id"], "type": "content_import_source"}
    reply |= {name: row[name] for name in names}
    return reply | ({"audience_ids": []} if ask.version.source_audiences else {})


def page_reply(ask: Ask, row: Row) -> JSON:
    """Return an external page; its id is text, that of its source a number."""
    names = ("title", "html", "locale", "source_id", "external_id")
    reply: dict[str, Any] = {"id": ask.id(row["id"]), "type": "external_page"}
    reply |= {name: row[name] for name in names}
    if row["url"]:
        reply["url"] = row["url"]
    reply |= {name: row["flags"][short] for name, short in FLAGS.items()}
    reply["fin_availability"] = row["flags"]["agent"]
    times = ("created_at", "updated_at", "last_ingested_at")
    return reply | {name: row[name] for name in times}
