"""Collections, and what versions up to 2.9 call sections: the collections inside others.

A PUT keeps what it does not name, but for the icon, which falls back to `folder`. Three
levels are the most. A collection has no body, so nothing here is rewritten.

Source: the OpenAPI examples (POST answers with the root of the help center as url, PUT
without an icon answers `folder`, a nested collection has no help_center_id), the 2.17
pages (icon, help_center_id). Chosen here, because nobody tells: deleting a collection
deletes those inside and leaves their articles without a collection (two quirks flip it);
a fourth level is 400, a parent that does not exist 404.
"""

from __future__ import annotations

from typing import Any

from publisher.helpcenter import shown
from publisher.helpcenter.answers import JSON, Answer, invalid, missing, not_found
from publisher.helpcenter.asks import Ask, by_locale, id_as_text, nullable_text, text, whole
from publisher.helpcenter.store import Row

PER_PAGE, MOST, DEPTH = 20, 250, 3
FIRST_SECTION = 901
NEW_ICON, NO_ICON = "book-bookmark", "folder"


def list_groups(ask: Ask, *, section: bool = False) -> Answer:
    """GET /help_center/collections or /help_center/sections."""
    page, size = ask.window(size=PER_PAGE, highest=MOST)
    every = ask.center.store.listed("collection", order="id")
    rows = [row for row in every if _listed(ask, row, section)]
    part = rows[(page - 1) * size : page * size]
    return ask.page([_reply(ask, row) for row in part], page=page, size=size, total=len(rows))


def _listed(ask: Ask, row: Row, section: bool) -> bool:
    if ask.version.sections and (row["parent_id"] is not None) is not section:
        return False
    center = ask.query.get("help_center_id") if ask.version.center_filter else None
    return center is None or center == str(row["help_center_id"])


def retrieve(ask: Ask, id: str, *, section: bool = False) -> Answer:
    """GET one."""
    return Answer(_reply(ask, _found(ask, id, section)))


def create(ask: Ask, *, section: bool = False) -> Answer:
    """POST; 200, not 201."""
    wanted = _wanted(ask, section)
    default = wanted.get(ask.center.default_locale) or {}
    if not default.get("name"):
        raise missing("Name is a required parameter.")
    if section and ask.body.get("parent_id") is None:
        raise missing("Parent is a required parameter.", "parent_id")
    parent = _parent(ask, section=section)
    center = _center_of_new(ask, parent)
    store = ask.center.store
    row: Row = {
        "id": store.next_number("collection"),
        "section_number": store.next_number("section", first=FIRST_SECTION),
        "parent_id": parent["id"] if parent else None,
        "help_center_id": center,
        "icon": _icon(ask, NEW_ICON),
        "order": len(_siblings(ask, parent)) + 1,
        "created_at": ask.now,
        "names": {},
        "descriptions": {},
    }
    reply = _reply(ask, _write(ask, row, wanted), written=True)
    return Answer(reply | {"url": f"{ask.center.center_row(center)['url']}/"})


def update(ask: Ask, id: str, *, section: bool = False) -> Answer:
    """PUT."""
    row = _found(ask, id, section)
    _check_center(ask, row)
    wanted = _wanted(ask, section)
    if ask.body.get("parent_id") is not None:
        _move(ask, row, _parent(ask, section=section))
    elif not section and ("parent_id" in ask.body or ask.quirk("collection-parent-reset")):
        row["parent_id"] = None
    row["icon"] = _icon(ask, NO_ICON)
    return Answer(_reply(ask, _write(ask, row, wanted), written=True))


def delete(ask: Ask, id: str, *, section: bool = False) -> Answer:
    """DELETE; what becomes of the articles inside, see the module."""
    row = _found(ask, id, section)
    if ask.quirk("collection-delete-refused") and _inside(ask, row["id"]):
        raise invalid("Collection is not empty")
    remove(ask.center.store, row["id"], cascade=ask.quirk("collection-delete-cascades"))
    kind = "section" if section else "collection"
    return Answer({"id": ask.id(int(id)), "object": kind, "deleted": True})


def remove(store: Any, id: int, *, cascade: bool) -> None:
    """Delete a collection with those inside; `cascade` deletes their articles as well."""
    for child in store.children("collection", id):
        remove(store, child["id"], cascade=cascade)
    for article in store.children("article", id):
        article["parent_ids"].remove(id)
        if cascade and not article["parent_ids"]:
            store.delete("article", article["id"])
        else:
            store.put("article", article)
    store.delete("collection", id)


def _inside(ask: Ask, id: int) -> bool:
    store = ask.center.store
    return bool(store.children("collection", id) or store.children("article", id))


def _found(ask: Ask, id: str, section: bool) -> Row:
    if not (id.isascii() and id.isdigit()):
        raise not_found()
    return ask.center.group(ask.version, int(id), section=section)


def _wanted(ask: Ask, section: bool) -> dict[str, JSON]:
    """Return name and description per locale; the top level speaks for the default locale."""
    names = ("name",) if section else ("name", "description")
    sent = by_locale(ask, "group")
    locale = ask.center.default_locale
    top = {name: ask.body[name] for name in names if name in ask.body}
    inner = sent.pop(locale, None) or {}
    first, second = (top, inner) if ask.quirk("translated-default-wins") else (inner, top)
    wanted = {locale: first | second}
    for name, content in sent.items():
        if content is not None:
            wanted[name] = content
        elif ask.quirk("null-locale-deletes"):
            wanted[name] = {"removed": True}
    return {name: _checked(given, names) for name, given in wanted.items()}


def _checked(given: JSON, names: tuple[str, ...]) -> JSON:
    checked: JSON = {"removed": True} if "removed" in given else {}
    if "name" in given:
        checked["name"] = text(given, "name")
        if not checked["name"].strip():
            raise missing("Name is a required parameter.")
    if "description" in given and "description" in names:
        checked["description"] = nullable_text(given, "description")
    return checked


def _parent(ask: Ask, *, section: bool) -> Row | None:
    """Return the collection `parent_id` names, or None; up to 2.9 collections have none."""
    if ask.body.get("parent_id") is None or (ask.version.sections and not section):
        return None
    read, loose = (whole if section else id_as_text), ask.quirk("loose-ids")
    parent = ask.center.group(ask.version, read(ask.body, "parent_id", loose=loose))
    if len(ask.center.ancestors(parent)) + 1 >= DEPTH:
        raise invalid(f"Collections cannot be nested deeper than {DEPTH} levels", "parent_id")
    return parent


def _move(ask: Ask, row: Row, parent: Row | None) -> None:
    if parent is None:
        return
    line = [parent, *ask.center.ancestors(parent)]
    if row["id"] in [above["id"] for above in line]:
        raise invalid("A collection cannot be placed inside itself", "parent_id")
    if len(line) + _height(ask, row["id"]) > DEPTH:
        raise invalid(f"Collections cannot be nested deeper than {DEPTH} levels", "parent_id")
    if parent["help_center_id"] != row["help_center_id"]:
        raise invalid("A collection cannot move to another help center", "parent_id")
    row["parent_id"] = parent["id"]


def _height(ask: Ask, id: int) -> int:
    children = ask.center.store.children("collection", id)
    return 1 + max((_height(ask, child["id"]) for child in children), default=0)


def _siblings(ask: Ask, parent: Row | None) -> list[Row]:
    if parent:
        return ask.center.store.children("collection", parent["id"])
    return [row for row in ask.center.store.all("collection") if row["parent_id"] is None]


def _center_of_new(ask: Ask, parent: Row | None) -> int:
    if parent:
        return int(parent["help_center_id"])
    if ask.body.get("help_center_id") is None:
        return int(ask.center.help_center_of([])["id"])
    id = whole(ask.body, "help_center_id", loose=ask.quirk("loose-ids"))
    return int(ask.center.center_row(id)["id"])


def _check_center(ask: Ask, row: Row) -> None:
    """From 2.17 on a help_center_id is checked, though never applied."""
    if not ask.version.center_filter or ask.body.get("help_center_id") is None:
        return
    given = whole(ask.body, "help_center_id", loose=ask.quirk("loose-ids"))
    if given != row["help_center_id"] or not _inside(ask, row["id"]):
        raise invalid("help_center_id does not match the collection's", "help_center_id")


def _icon(ask: Ask, otherwise: str) -> str:
    if ask.quirk("icon-ignored") and not ask.version.center_filter:
        return otherwise
    given = nullable_text(ask.body, "icon") if "icon" in ask.body else ""
    return given or otherwise


def _write(ask: Ask, row: Row, wanted: dict[str, JSON]) -> Row:
    for locale, given in wanted.items():
        if given.get("removed"):
            row["names"].pop(locale, None)
            row["descriptions"].pop(locale, None)
        elif "name" in given or locale in row["names"]:
            row["names"] |= {locale: given.get("name", row["names"].get(locale))}
            if "description" in given:
                row["descriptions"][locale] = given["description"]
        elif given:
            raise missing(f"name is a required parameter of translated_content.{locale}", "name")
    row["updated_at"] = ask.now
    ask.center.store.put("collection", row)
    return row


def _reply(ask: Ask, row: Row, *, written: bool = False) -> JSON:
    """Return a collection, or in the versions that have them a section.

    written   the answer to a POST or PUT, where sections name their parent as text.
    """
    center, locale = ask.center, ask.center.default_locale
    section = ask.version.sections and row["parent_id"] is not None
    name = row["names"][locale]
    base = center.center_row(row["help_center_id"])["url"]
    reply: JSON = {
        "id": ask.id(center.group_id(row, section=section)),
        "workspace_id": center.workspace_id,
        "name": name,
        "url": shown.address(base, locale, "collections", row["id"], name),
        "order": row["order"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "icon": row["icon"],
    }
    if section:
        reply |= {"type": "section", "parent_id": _parent_of_section(ask, row, written)}
    else:
        reply |= _collection_only(ask, row)
    if center.is_multilingual:
        reply |= {"default_locale": locale, "translated_content": _translations(ask, row, section)}
    return reply


def _collection_only(ask: Ask, row: Row) -> JSON:
    nested = row["parent_id"] is not None
    reply: JSON = {
        "description": _description(ask, row, ask.center.default_locale),
        "help_center_id": None if nested else row["help_center_id"],
    }
    if not ask.version.sections:
        reply["parent_id"] = ask.id(row["parent_id"])
    told = ask.version.collection_type and not ask.quirk("collection-type-absent")
    if told or ask.quirk("collection-type-present"):
        reply["type"] = "collection"
    return reply


def _parent_of_section(ask: Ask, row: Row, written: bool) -> Any:
    above = ask.center.ancestors(row)
    number = row["parent_id"]  # of a list that lags behind the parent may be gone already
    if above:
        number = ask.center.group_id(above[0], section=above[0]["parent_id"] is not None)
    as_text = written or ask.quirk("section-parent-strings")
    return str(number) if as_text and not ask.quirk("section-parent-integers") else number


def _description(ask: Ask, row: Row, locale: str) -> str | None:
    given: str | None = row["descriptions"].get(locale)
    unset = None if row["parent_id"] is not None or ask.quirk("null-descriptions") else ""
    return given or unset


def _translations(ask: Ask, row: Row, section: bool) -> JSON:
    reply: JSON = {"type": "group_translated_content"}
    for locale, name in row["names"].items():
        if locale != ask.center.default_locale or ask.quirk("default-locale-listed"):
            reply[locale] = {"type": "group_content", "name": name}
            if not section:
                reply[locale]["description"] = _description(ask, row, locale)
    return reply
