"""Intercom's JSON → nouns. Pure.

What Intercom calls differently from version to version arrives here and leaves as the
same noun: a section is a collection with a parent, a parent is an id, no parent is None,
an empty description is "". The top level of an answer speaks for the default locale;
`translated_content` may or may not repeat it, so the top level wins.

In `translated_content` the key `id` is Indonesian and the key `type` is no language.
Ids of sections live in a space of their own, so inside our program they are spelt
`section-<id>`; nothing outside this room knows more about them than that.

Source: Intercom's OpenAPI descriptions, 2.7 to 2.16 and Preview.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from publisher.errors import RemoteError
from publisher.intercom import shapes
from publisher.intercom.dialect import Dialect
from publisher.intercom.shapes import Payload
from publisher.model import (
    LOCALES,
    Article,
    Availability,
    Collection,
    ExternalPage,
    Key,
    Kind,
    Live,
    Locale,
    Reach,
    RemoteId,
    Source,
    State,
    Translation,
)

SECTION = "section-"
"""Prefix of the remote id of a section (up to 2.9)."""

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""How languages are spelt, also those that Intercom has not learnt yet (RFC 5646, 2.1)."""

Known = Mapping[tuple[Kind, RemoteId], Key]


def decode(
    dialect: Dialect, kind: Kind, payload: Payload, *, known: Known, default_locale: Locale
) -> Live:
    """Read one thing from an answer.

    payload         the JSON object of one collection, section, article, source or page.
    known           the ledger's keys; what it lacks is keyed `#<id>`.
    default_locale  the configured one, for answers that do not name theirs.

    Returns a Live whose `help_center` is only what the answer itself says (null below the
    first level). Raises RemoteError, in one sentence, for an answer that is not what it
    must be; unknown fields are ignored.
    """
    read: Mapping[Kind, Callable[[Dialect, Payload, Known, Locale], Live]] = {
        "collection": _collection,
        "article": _article,
        "source": _source,
        "page": _page,
    }
    try:
        return read[kind](dialect, payload, known, default_locale)
    except RemoteError as error:
        raise RemoteError(f"{kind} {_name_of(payload)}: {error}") from error


def is_deleted_page(live: Live) -> bool:
    """Say whether this is what remains of a deleted external page.

    Intercom answers a delete with the page and an empty `html`, and does not say whether
    it keeps listing it; an API page without a body cannot be made otherwise.
    """
    return isinstance(live.thing, ExternalPage) and not live.thing.body


def _name_of(payload: Payload) -> str:
    found = payload.get("id") if isinstance(payload, Mapping) else None
    return str(found) if isinstance(found, str | int) else "without an id"


def _key(known: Known, kind: Kind, id_: RemoteId) -> Key:
    return known.get((kind, id_), Key(f"#{id_}"))


def _default_locale(payload: Payload, configured: Locale) -> Locale:
    return Locale(shapes.text(payload, "default_locale")) or configured


def _variants(payload: Payload, default: Locale) -> dict[Locale, Payload]:
    """Return the content of each locale, the default one first and read from the top level."""
    translated = shapes.optional_mapping(payload, "translated_content")
    top = {name: value for name, value in payload.items() if value not in (None, "")}
    repeated = shapes.optional_mapping(translated, default)
    variants: dict[Locale, Payload] = {default: {**repeated, **top}}
    for locale, content in translated.items():
        if locale != default and _speaks(locale, content):
            variants[Locale(locale)] = content
    return variants


def _speaks(locale: str, content: object) -> bool:
    """Say whether this is a translation: Intercom may list enabled languages without one."""
    if isinstance(content, Mapping):
        return LANGUAGE.fullmatch(locale) is not None and any(
            content.get(name) for name in ("title", "name", "description", "body")
        )
    if content is not None and locale in LOCALES:
        raise shapes.unexpected(f"`translated_content.{locale}`", "an object", content)
    return False


def _collection(dialect: Dialect, payload: Payload, known: Known, configured: Locale) -> Live:
    parent = shapes.optional_identity(payload, "parent_id")
    section = dialect.sections and (parent is not None or payload.get("type") == "section")
    id_ = RemoteId((SECTION if section else "") + shapes.identity(payload))
    variants = _variants(payload, _default_locale(payload, configured))
    url = shapes.text(payload, "url")
    return Live(
        id=id_,
        thing=Collection(
            key=_key(known, "collection", id_),
            parent=Key(parent) if parent else None,
            titles={locale: shapes.text(each, "name") for locale, each in variants.items()},
            descriptions={
                locale: shapes.text(each, "description") for locale, each in variants.items()
            },
            icon=shapes.text(payload, "icon") or None,
        ),
        urls={"": url} if url else {},
        parents=(parent,) if parent else (),
        help_center=shapes.optional_identity(payload, "help_center_id"),
        changed_at=shapes.number(payload, "updated_at") or 0,
        edited={"": _edited(payload)},
    )


def _article(dialect: Dialect, payload: Payload, known: Known, configured: Locale) -> Live:
    id_ = shapes.identity(payload)
    parents = _parents(dialect, payload)
    variants = _variants(payload, _default_locale(payload, configured))
    urls = {locale: shapes.text(each, "url") for locale, each in variants.items()}
    return Live(
        id=id_,
        thing=Article(
            key=_key(known, "article", id_),
            parent=Key(parents[0]) if parents else None,
            author=shapes.optional_identity(payload, "author_id"),
            translations={locale: _translation(each) for locale, each in variants.items()},
        ),
        urls={locale: url for locale, url in urls.items() if url},
        parents=parents,
        # The top level's time speaks for the default locale alone.
        changed_at=max(shapes.number(each, "updated_at") or 0 for each in variants.values()),
        pending=any(shapes.flag(each, "has_unpublished_changes") for each in variants.values()),
        edited={locale: _edited(each) for locale, each in variants.items()},
    )


def _edited(content: Payload) -> tuple[int, str]:
    """When, and by whom; hints, never worth a refusal. From 2.16 on it is told by whom."""
    by = content.get("updated_by_id")
    told = isinstance(by, str | int) and not isinstance(by, bool)
    return shapes.number(content, "updated_at") or 0, shapes.sound(str(by)) if told else ""


def reach(payload: Payload) -> Reach | None:
    """Read how many readers an article has had; None where the answer does not say.

    Only the answer about a single article says it; from 2.16 on with what Fin made of it.
    """
    found = payload.get("statistics")
    if not isinstance(found, Mapping):
        return None
    return Reach(
        views=shapes.number(found, "views"),
        involved=shapes.number(found, "fin_involvements"),
        resolved=shapes.number(found, "fin_resolutions"),
    )


def _translation(content: Payload) -> Translation:
    return Translation(
        title=shapes.text(content, "title"),
        description=shapes.text(content, "description"),
        state=_state(shapes.text(content, "state")),
        body=shapes.text(content, "body"),
    )


def _state(spelt: str) -> State | None:
    if spelt == "published":
        return "published"
    return "draft" if spelt == "draft" else None


def _parents(dialect: Dialect, payload: Payload) -> tuple[RemoteId, ...]:
    """Return the ids of all parents, sections spelt as such.

    Up to 2.15 `parent_id` and `parent_ids` are "frequently out of sync": Intercom says to
    use the latter, whose examples are empty all the same, so an empty one says nothing.
    """
    listed = payload.get("parent_ids")
    if listed is not None and not isinstance(listed, list):
        raise shapes.unexpected("`parent_ids`", "a list", listed)
    found = tuple(shapes.as_id(each, "an element of `parent_ids`") for each in listed or ())
    if not found and dialect.article_parent_in_reply:
        only = shapes.optional_identity(payload, "parent_id")
        found = (only,) if only else ()
    if dialect.sections and shapes.text(payload, "parent_type") == "section":
        return tuple(RemoteId(SECTION + each) for each in found)
    return found


def _source(_: Dialect, payload: Payload, known: Known, __: Locale) -> Live:
    id_ = shapes.identity(payload)
    return Live(
        id=id_,
        thing=Source(
            key=_key(known, "source", id_),
            url=shapes.text(payload, "url"),
            active=shapes.text(payload, "status") != "deactivated",
        ),
        changed_at=shapes.number(payload, "updated_at") or 0,
        managed_by_api=shapes.text(payload, "sync_behavior") == "api",
    )


def _page(dialect: Dialect, payload: Payload, known: Known, configured: Locale) -> Live:
    """Every version shows the sales flag; where it cannot be written it is not ours to see."""
    id_ = shapes.identity(payload)
    url = shapes.text(payload, "url")
    sales = shapes.flag(payload, "ai_sales_agent_availability")
    return Live(
        id=id_,
        thing=ExternalPage(
            key=_key(known, "page", id_),
            source=Key(shapes.optional_identity(payload, "source_id") or ""),
            locale=Locale(shapes.text(payload, "locale")) or configured,
            external_id=shapes.optional_identity(payload, "external_id") or "",
            url=url,
            title=shapes.text(payload, "title"),
            body=shapes.text(payload, "html"),
            fin=Availability(
                agent=shapes.flag(payload, "ai_agent_availability"),
                copilot=shapes.flag(payload, "ai_copilot_availability"),
                sales=sales if dialect.sales_flag else None,
            ),
        ),
        urls={"": url} if url else {},
        changed_at=shapes.number(payload, "updated_at") or 0,
    )
