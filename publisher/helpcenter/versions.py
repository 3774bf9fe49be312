"""What differs between the versions of Intercom's API: one table of facts.

Stated here a second time on purpose (the client has a table of its own): a test partner
that shares code with what it tests proves nothing. `tests/contract/` is the third witness.

What Intercom never put behind a version (page numbers, a help center's `url`, the sales
flag of external pages) is the same in all of them and therefore not here.

Source: Intercom's OpenAPI files 2.7 to 2.16 and Preview, and the reference pages of 2.17.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

NUMBERED = tuple(f"2.{minor}" for minor in range(7, 18))
VERSIONS = (*NUMBERED, "Preview", "Unstable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The facts of one version.

    sections          the second level is `/help_center/sections`, not a nested collection.
    collection_type   collections say `"type": "collection"`.
    search            `GET /articles/search` is there.
    ai                `/ai/content_import_sources` and `/ai/external_pages` are there.
    tags              articles carry their tags.
    parent_id         article replies name `parent_id` and `parent_type` beside `parent_ids`.
    rich              Markdown bodies, availability flags, schedules, pending drafts.
    folders           articles carry a `folder_id`.
    source_audiences  content import sources carry `audience_ids`.
    page_flags        PUT on an external page reads the `ai_*` flags, not `fin_availability`.
    page_locales      external pages in any language of the workspace, not only English.
    page_url_needed   PUT on an external page without `url` is refused; later it wipes the url.
    center_filter     `help_center_id` filters the list of collections, and is checked on PUT.
    priority, away_reason, role   parts of an admin.
    """

    name: str
    sections: bool = False
    collection_type: bool = False
    search: bool = True
    ai: bool = True
    tags: bool = True
    parent_id: bool = False
    rich: bool = True
    folders: bool = False
    source_audiences: bool = True
    page_flags: bool = False
    page_locales: bool = False
    page_url_needed: bool = True
    center_filter: bool = False
    priority: bool = True
    away_reason: bool = True
    role: bool = True


def _numbered(name: str) -> Version:
    minor = int(name.partition(".")[2])
    return Version(
        name=name,
        sections=minor <= 9,
        collection_type=minor <= 9,
        search=minor >= 10,
        ai=minor >= 12,
        tags=minor >= 13,
        parent_id=minor <= 15,
        rich=minor >= 16,
        source_audiences=minor >= 15,
        page_flags=minor >= 17,
        page_locales=minor >= 17,
        page_url_needed=minor <= 16,
        center_filter=minor >= 17,
        priority=minor >= 8,
        away_reason=minor >= 14,
        role=minor >= 16,
    )


_PREVIEW = replace(_numbered("2.16"), name="Preview", page_flags=True, folders=True)
_TABLE = {name: _numbered(name) for name in NUMBERED} | {"Preview": _PREVIEW, "Unstable": _PREVIEW}


def version(header: str) -> Version | None:
    """Return the facts for an `Intercom-Version` header, or None for one we do not know."""
    return _TABLE.get(header.strip())
