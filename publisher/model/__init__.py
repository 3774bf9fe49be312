"""The nouns: what a help center consists of, on our side and on Intercom's alike.

Both sides are the same frozen dataclasses, flattened to text by `fields()`, so the
diff, the plan file and the ledger know nothing of kinds. Data is validated at the
doors (frontmatter, Intercom's JSON, our own files) and trusted from there on.

In a body our own links are still symbolic: `article:KEY#ANCHOR`, `collection:KEY`,
`page:KEY` and `asset:DIGEST/NAME`, each part percent-encoded; `body.refs` binds them.
"""

from __future__ import annotations

from publisher.model.entries import (
    MAPPINGS,
    Backup,
    Entry,
    Saved,
    a_list,
    a_text,
    digests_in,
    entry_from_row,
    entry_to_row,
    ref_in,
    texts_in,
)
from publisher.model.live import Abilities, HelpCenterInfo, Live, Reach
from publisher.model.names import (
    KINDS,
    LOCALES,
    NOTHING,
    NOWHERE,
    Digest,
    Fields,
    Key,
    Kind,
    Locale,
    Problem,
    Ref,
    RemoteId,
    Severity,
    Spot,
    Stale,
    State,
    digest,
    digest_of_bytes,
)
from publisher.model.site import Asset, ContentRules, Redirect, Site, ignores_nothing
from publisher.model.things import (
    Article,
    Availability,
    Collection,
    Difference,
    ExternalPage,
    Outdated,
    Section,
    Source,
    Thing,
    Translation,
    from_fields,
)

__all__ = [
    "KINDS",
    "LOCALES",
    "MAPPINGS",
    "NOTHING",
    "NOWHERE",
    "Abilities",
    "Article",
    "Asset",
    "Availability",
    "Backup",
    "Collection",
    "ContentRules",
    "Difference",
    "Digest",
    "Entry",
    "ExternalPage",
    "Fields",
    "HelpCenterInfo",
    "Key",
    "Kind",
    "Live",
    "Locale",
    "Outdated",
    "Problem",
    "Reach",
    "Redirect",
    "Ref",
    "RemoteId",
    "Saved",
    "Section",
    "Severity",
    "Site",
    "Source",
    "Spot",
    "Stale",
    "State",
    "Thing",
    "Translation",
    "a_list",
    "a_text",
    "digest",
    "digest_of_bytes",
    "digests_in",
    "entry_from_row",
    "entry_to_row",
    "from_fields",
    "ignores_nothing",
    "ref_in",
    "texts_in",
]
