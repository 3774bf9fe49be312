"""How an article looks in an answer, in each version.

Source: the OpenAPI files and their examples, field by field; where a schema and the
examples beside it disagree (statistics say `conversations`), the examples are what the
server sent.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from publisher.helpcenter.answers import JSON
from publisher.helpcenter.asks import Ask
from publisher.helpcenter.store import Row

FLAGS = ("ai_chatbot_availability", "ai_copilot_availability", "ai_sales_agent_availability")
_COUNTS = ("views", "conversations", "reactions")
_SHARES = tuple(f"{mood}_reaction_percentage" for mood in ("happy", "neutral", "sad"))
_FIN = ("fin_involvements", "fin_resolutions", "fin_resolution_rate")


def slug(title: str) -> str:
    """Return the part of an address that follows a title; "" when nothing of it can be said."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def address(base: str, locale: str, kind: str, id: int, title: str) -> str:
    """Return the public address of an article or collection ("articles", "collections")."""
    tail = slug(title)
    return f"{base}/{locale}/{kind}/{id}-{tail}" if tail else f"{base}/{locale}/{kind}/{id}"


def due(row: Row, now: int) -> Row:
    """Return the article as its schedule has it at `now`; the stored row stays as it is."""
    schedule = row.get("schedule") or {}
    for name, state in (("publish", "published"), ("unpublish", "draft")):
        if name in schedule and schedule[name] <= now:
            content = row["contents"][row["default_locale"]]
            content.update(state=state, shown=True)
            row["schedule"] = {}
    return row


def pending(content: Row) -> Row | None:
    """Return the edit that waits beside what is published, or None; a draft has none."""
    waiting: Row | None = content["draft"] if content["state"] == "published" else None
    return waiting


def article(ask: Ask, row: Row, *, single: bool, fresh: bool = False, drafts: bool = False) -> JSON:
    """Return an article.

    single   adds statistics.
    fresh    answers the write itself.
    drafts   shows the texts that wait instead of those that are live.
    """
    row = due(row, ask.now)
    reply = {"id": ask.id(row["id"]), "type": "article", "workspace_id": ask.center.workspace_id}
    reply |= _placement(ask, row)
    if single:
        reply["statistics"] = _statistics(ask, row)
    if ask.version.tags:
        reply["tags"] = {"type": "tag.list", "tags": []}
    reply |= _content(ask, row, row["default_locale"], fresh=fresh, drafts=drafts)
    if ask.version.rich:
        reply |= _rich(ask, row)
    if ask.version.folders:
        reply["folder_id"] = None
    if ask.center.is_multilingual:
        reply["default_locale"] = row["default_locale"]
        reply["translated_content"] = _translations(ask, row, fresh=fresh, drafts=drafts)
    return reply


def _placement(ask: Ask, row: Row) -> JSON:
    parents: list[int] = row["parent_ids"]
    if not ask.version.parent_id:
        return {"parent_ids": parents}
    first = parents[0] if parents else None
    if ask.quirk("parent-id-stale"):
        first = row["first_parent"]
    places = [_place(ask, id) for id in parents]
    number, kind = (None, None) if first is None else _place(ask, first)
    listed = [] if ask.quirk("parent-ids-empty") else [number for number, _ in places]
    return {"parent_id": number, "parent_type": kind, "parent_ids": listed}


def _place(ask: Ask, id: int) -> tuple[int, str]:
    """Return the number and kind a parent goes by: up to 2.9 a nested one is a section."""
    shelf = ask.center.store.get("collection", id)
    if shelf is None:
        return id, "collection"
    section = ask.version.sections and shelf["parent_id"] is not None
    return ask.center.group_id(shelf, section=section), "section" if section else "collection"


def _statistics(ask: Ask, row: Row) -> JSON:
    names = (*_COUNTS, *_SHARES, *(_FIN if ask.version.rich else ()))
    counted = row.get("statistics", {})
    return {"type": "article_statistics", **{name: counted.get(name, 0) for name in names}}


def _content(ask: Ask, row: Row, locale: str, *, fresh: bool, drafts: bool) -> JSON:
    content = row["contents"][locale]
    waiting = pending(content)
    texts = waiting if waiting and drafts else content
    images = ask.center.images
    body = images.sign(texts["body"], sized=ask.quirk("image-sizes-late") and not fresh)
    base = ask.center.base_url(row["parent_ids"])
    public = address(base, locale, "articles", row["id"], content["title"])
    reply: dict[str, Any] = {
        "title": texts["title"],
        "description": texts["description"] or (None if ask.quirk("null-descriptions") else ""),
        "body": body,
        "author_id": content["author_id"],
        "state": content["state"],
        "created_at": content["created_at"],
        "updated_at": content["updated_at"],
        "url": public if content["shown"] else None,
    }
    if ask.version.rich:
        reply["body_markdown"] = images.sign_markdown(ask.center.as_markdown(texts["body"]))
        reply["has_unpublished_changes"] = waiting is not None
        reply["draft_updated_at"] = waiting["updated_at"] if waiting else None
        reply |= content["flags"]
        reply["created_by_id"] = content["created_by"]
        reply["updated_by_id"] = content["updated_by"]
    return reply


def _rich(ask: Ask, row: Row) -> JSON:
    schedule = row.get("schedule") or {}
    reply: JSON = {
        "exclude_from_article_suggestions": False,
        "help_center_audience": "everyone",
        "scheduled_publish_at": schedule.get("publish"),
        "scheduled_unpublish_at": schedule.get("unpublish"),
    }
    if not ask.center.is_multilingual:
        reply["audience_ids"] = []
    return reply


def _translations(ask: Ask, row: Row, *, fresh: bool, drafts: bool) -> JSON:
    reply: JSON = {"type": "article_translated_content"}
    for locale in row["contents"]:
        if locale == row["default_locale"] and not ask.quirk("default-locale-listed"):
            continue
        content = _content(ask, row, locale, fresh=fresh, drafts=drafts)
        reply[locale] = {"type": "article_content"} | content
        if ask.version.rich:
            reply[locale]["audience_ids"] = []
    return reply
