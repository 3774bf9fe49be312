"""What a request says about an article, and how that is merged into what is there.

Three steps, so that nothing is changed before everything is understood: `wanted()` reads
the contents per locale, `parents()` the collections, `write()` merges.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from publisher.helpcenter import bodies, markdown, shown
from publisher.helpcenter.answers import JSON, Refusal, invalid, missing, not_found, unauthorized
from publisher.helpcenter.asks import (
    Ask,
    by_locale,
    flag,
    id_as_text,
    nullable_text,
    one_of,
    text,
    whole,
)
from publisher.helpcenter.store import Row

STATES = ("published", "draft")
_FIELDS = ("title", "description", "body", "author_id", "state")
_TEXTS = ("title", "description", "body")


def wanted(ask: Ask) -> dict[str, JSON]:
    """Return what the request says per locale; the top level speaks for the default locale."""
    names = (*_FIELDS, *(("body_markdown", *shown.FLAGS) if ask.version.rich else ()))
    _no_audiences(ask, ask.body)
    sent = by_locale(ask, "article")
    locale = ask.center.default_locale
    top = {name: ask.body[name] for name in names if name in ask.body}
    inner = sent.pop(locale, None) or {}
    first, second = (top, inner) if ask.quirk("translated-default-wins") else (inner, top)
    said = {name: first | second for name in (locale,) if first or second}
    for name, content in sent.items():
        if content is not None:
            said[name] = content
        elif ask.quirk("null-locale-deletes"):
            said[name] = {"removed": True}
    return {name: _checked(ask, given, names) for name, given in said.items()}


def _checked(ask: Ask, given: JSON, names: tuple[str, ...]) -> JSON:
    if "body_markdown" in names and "body_markdown" in given and "body" in given:
        raise Refusal(422, "parameter_invalid", "Send either body or body_markdown, not both")
    _no_audiences(ask, given)
    checked = {name: _read(ask, given, name) for name in names if name in given}
    if "title" in checked and not checked["title"].strip():
        raise invalid("title cannot be blank", "title")
    return checked | ({"removed": True} if "removed" in given else {})


def _no_audiences(ask: Ask, given: JSON) -> None:
    """There is no way to make an audience here, so any that is named is unknown."""
    if ask.version.rich and given.get("audience_ids"):
        raise not_found(f"audience_ids contains unknown audience IDs: {given['audience_ids']}")


def _read(ask: Ask, given: JSON, name: str) -> Any:
    if name == "title":
        return text(given, name)
    if name == "state":
        return one_of(given, name, STATES)
    if name == "author_id":
        return _author(ask, given)
    if name in shown.FLAGS:
        return flag(given, name)
    return nullable_text(given, name)


def _author(ask: Ask, given: JSON) -> int:
    id = whole(given, "author_id", loose=ask.quirk("loose-ids"))
    author = ask.center.store.get("admin", id)
    if author is None:
        raise not_found("Admin not found", "admin_not_found")
    if not author["may_write"]:
        raise unauthorized()
    return id


def parents(ask: Ask, *, creating: bool) -> list[int] | None:
    """Return the collections the request names, or None when it says nothing about them."""
    if not ask.version.parent_id and "parent_ids" in ask.body:
        return _several(ask, ask.body["parent_ids"])
    if "parent_id" not in ask.body:
        return None
    if ask.body["parent_id"] is None:
        return [] if creating or ask.quirk("null-parent-unparents") else None
    read, loose = (whole if creating else id_as_text), ask.quirk("loose-ids")
    if "parent_type" not in ask.body:
        raise missing("parent_type is required with parent_id", "parent_type")
    kinds = ("collection", "section") if ask.version.sections else ("collection",)
    section = one_of(ask.body, "parent_type", kinds) == "section"
    id = read(ask.body, "parent_id", loose=loose)
    return [ask.center.group(ask.version, id, section=section)["id"]]


def _several(ask: Ask, given: Any) -> list[int]:
    if not isinstance(given, list):
        raise invalid("parent_ids must be an array of integers", "parent_ids")
    ids = [whole({"parent_ids": id}, "parent_ids") for id in given]
    return [ask.center.group(ask.version, id)["id"] for id in dict.fromkeys(ids)]


def write(ask: Ask, row: Row, said: dict[str, JSON]) -> None:
    """Merge what `wanted()` returned into the article."""
    _schedule(ask, row, said)
    for locale, given in said.items():
        content = row["contents"].get(locale)
        if given.pop("removed", False):
            row["contents"].pop(locale, None)
        elif content is None:
            row["contents"][locale] = _new(ask, row, locale, given)
        elif given:
            _merge(ask, row, locale, given)


def _new(ask: Ask, row: Row, locale: str, given: JSON) -> JSON:
    """Return a content that was not there; a translation takes the article's author."""
    if not given.get("title"):
        raise missing(f"title is a required parameter of translated_content.{locale}", "title")
    first = locale == row["default_locale"]
    opened = "published" if ask.quirk("new-locale-published") and not first else "draft"
    state = given.get("state", opened)
    default = row["contents"].get(row["default_locale"], given)
    return {
        "title": given["title"],
        "description": given.get("description", ""),
        "body": _body(ask, row, given, before="") or "",
        "state": state,
        "author_id": given.get("author_id", default["author_id"]),
        "created_at": ask.now,
        "updated_at": ask.now,
        "shown": state == "published",
        "draft": None,
        "flags": {name: given.get(name, True) for name in shown.FLAGS},
        "created_by": ask.admin["id"],
        "updated_by": ask.admin["id"],
    }


def _merge(ask: Ask, row: Row, locale: str, given: JSON) -> None:
    content = row["contents"][locale]
    body = _body(ask, row, given, before=content["body"])
    texts: JSON = {name: given[name] for name in ("title", "description") if name in given}
    if body is not None:
        texts["body"] = body
    waiting = content["draft"] is not None and content["state"] == "published"
    if waiting and given.get("state") is None:
        content["draft"] |= texts | {"updated_at": ask.now}
    else:
        if given.get("state") == "published" and content["draft"]:
            texts = {name: content["draft"][name] for name in _TEXTS} | texts
            content["draft"] = None
        content |= texts
    content["author_id"] = given.get("author_id", content["author_id"])
    content["flags"] |= {name: given[name] for name in shown.FLAGS if name in given}
    content["state"] = given.get("state", content["state"])
    content["shown"] = content["shown"] or content["state"] == "published"
    content |= {"updated_at": ask.now, "updated_by": ask.admin["id"]}


def _body(ask: Ask, row: Row, given: JSON, *, before: str) -> str | None:
    """Return the body as it will be kept, or None when the request has none."""
    sent = given.get("body")
    if "body_markdown" in given:
        sent = markdown.to_html(given["body_markdown"])
    if sent is None:
        return None
    return ask.center.tidied(row["id"], sent, known=bodies.heading_ids(before))


def _schedule(ask: Ask, row: Row, said: dict[str, JSON]) -> None:
    if not ask.version.rich:
        return
    asked = {
        name: _moment(ask, f"scheduled_{name}_at")
        for name in ("publish", "unpublish")
        if f"scheduled_{name}_at" in ask.body
    }
    if len([moment for moment in asked.values() if moment]) > 1:
        raise invalid(
            "Cannot set scheduled_publish_at and scheduled_unpublish_at in the same request",
            "scheduled_unpublish_at",
        )
    default = said.get(ask.center.default_locale, {})
    if asked.get("publish") and default.get("state") == "draft":
        raise invalid(
            "Cannot schedule a publish while setting state to draft", "scheduled_publish_at"
        )
    before = row["contents"].get(row["default_locale"], {})
    published = before.get("shown") or default.get("state") == "published"
    if asked.get("unpublish") and not published:
        raise invalid("Cannot schedule unpublish for an article that has never been published")
    kept = row["schedule"] | asked
    row["schedule"] = {name: moment for name, moment in kept.items() if moment}


def _moment(ask: Ask, name: str) -> int | None:
    if ask.body[name] is None:
        return None
    try:
        moment = datetime.fromisoformat(text(ask.body, name))
    except ValueError:
        raise invalid(f"{name} must be an ISO 8601 time", name) from None
    seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    if seconds <= ask.now:
        raise invalid(f"{name} must be in the future", name)
    return seconds
