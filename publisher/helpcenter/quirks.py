"""What Intercom's documents leave open, as switches: each flips one thing.

Without any quirk the help center does what the documents and real answers make most
likely. Where they are silent, or contradict each other, a client must live with either,
so the other reading has a name here. "Unknown" below means: nobody has told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

QUIRKS: Mapping[str, str] = MappingProxyType(
    {
        # articles
        "default-locale-listed": "translated_content also holds the default locale; the docs of "
        "2.6 and Intercom-OpenAPI#315 show only the others",
        "single-language": "one language only: translated_content is stored but never shown "
        "(Intercom-OpenAPI#315)",
        "parent-ids-empty": "up to 2.15 parent_ids is always [] (every example in the OpenAPI "
        "files); without the quirk it agrees with parent_id",
        "parent-id-stale": "up to 2.15 parent_id stays what it was at creation (OpenAPI commit "
        "d47a4b1: it is frequently out of sync)",
        "null-parent-unparents": "up to 2.15 a PUT with parent_id null takes the article out of "
        "its collection; unknown, without the quirk it is ignored",
        "loose-ids": "ids may be sent as number or as text; without the quirk only as the "
        "OpenAPI file of the version says",
        "author-restamped": "a PUT without author_id makes the token's teammate the author (seen "
        "once through Intercom's connector)",
        "new-locale-published": "a new translation without a state is published; unknown, "
        "without the quirk it is a draft, as a new article is",
        "translated-default-wins": "a title sent both at the top and under the default locale is "
        "taken from the latter; unknown",
        "null-locale-deletes": "null for a locale removes that translation; unknown, without the "
        "quirk it is ignored",
        "ids-as-integers": "ids that the documents call text arrive as numbers",
        "null-descriptions": "an unset description is null everywhere; the examples show both "
        "null and an empty text",
        # bodies
        "code-newlines-lost": "line breaks in code blocks are lost (reported for 2.11, and seen "
        "in 86 of 86 blocks of one help center); unknown",
        "heading-ids-replaced": "an id that the article did not have yet is replaced by one of "
        "Intercom's; unknown, one real body suggests it is kept",
        "h3-flattened": "the third heading level becomes the second (the guide knows only h1 and "
        "h2); newer texts let h3 be",
        "nested-lists-flattened": "items of a list in a list move up to the outer one (reported)",
        "nested-lists-refused": "a list in a list is refused with 400 (the guide says so; real "
        "bodies have some)",
        "divs-to-paragraphs": "callouts lose their box (the guide turns div into p; real writes "
        "kept them)",
        "details-unwrapped": "collapsible parts become a heading and its text; writing them "
        "through the API is unverified",
        "image-sizes-late": "images gain width, height and style on every read after the answer "
        "to the write (seen on 359 of 403 images, updated_at unchanged)",
        "image-cache-by-name": "an image whose file name was fetched before is not fetched "
        "again, whatever its address (reported)",
        "images-not-copied": "images stay where they are and keep the address they were sent "
        "with; the guide says that each is fetched and copied",
        # collections
        "collection-type-absent": "up to 2.9 collections do not say their type",
        "collection-type-present": "from 2.10 on collections say their type (newest Preview docs)",
        "collection-parent-reset": "a PUT without parent_id moves the collection to the top; "
        "unknown, without the quirk it stays",
        "collection-delete-cascades": "deleting a collection deletes the articles in it; unknown, "
        "without the quirk they stay, outside any collection",
        "collection-delete-refused": "deleting a collection that is not empty is refused; unknown",
        "icon-ignored": "up to 2.16 a requested icon is ignored, as no request schema has it; "
        "without the quirk it is honoured as 2.17 documents",
        "section-parent-integers": "up to 2.9 a section's parent_id is always a number",
        "section-parent-strings": "up to 2.9 a section's parent_id is always text",
        "section-ids-apart": "up to 2.9 sections are numbered apart from collections; the "
        "examples suggest one sequence",
        # lists
        "next-cursor-object": "pages.next is an object {per_page, starting_after}, as the OpenAPI "
        "files have it; without the quirk a URL (2.17)",
        "next-null": "pages.next is null on the last page instead of absent",
        # Fin
        "page-locale-en-only": "external pages are English only in 2.17 too (its own page says "
        "otherwise)",
        "page-locales-everywhere": "the languages of 2.17 are accepted in every version (it "
        "describes server code that may be unversioned)",
        "page-flags-default-false": "a new external page without availability flags gets false "
        "(the schema); the recorded example got true",
        "page-flags-reset": "a PUT on an external page without flags sets them to true (the "
        "schema's default); unknown, without the quirk they stay",
        "pages-deleted-softly": "a deleted external page stays in lists with html '' and comes "
        "back by an upsert; unknown",
        "source-status-reset": "a PUT on a source without status activates it (the schema's "
        "default); unknown",
    }
)


def checked(names: Collection[str]) -> frozenset[str]:
    """Return `names` as a set; raises ValueError that lists what we know for one we do not."""
    unknown = sorted(set(names) - set(QUIRKS))
    if unknown:
        raise ValueError(
            f"the help center has no quirk {', '.join(map(repr, unknown))}. "
            f"It has: {', '.join(QUIRKS)}"
        )
    return frozenset(names)
