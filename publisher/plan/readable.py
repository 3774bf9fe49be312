"""Live values in a spelling a person can compare with what is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from publisher.body import refs
from publisher.body.refs import Reference
from publisher.model import Key, Kind, RemoteId
from publisher.plan.changes import Edit
from publisher.plan.diff import is_body
from publisher.plan.reading import unsigned

ARTICLE_ID = re.compile(r"/articles/(\d+)[^#]*(?:#(.*))?$")
Keys = Mapping[tuple[Kind, RemoteId], Key]


def display(name: str, value: str, keys: Keys) -> str:
    """Spell parents and our own links by key, and leave signatures out.

    keys  of everything the ledger knows, by kind and remote id.
    """
    if name in ("parent", "source"):
        kind: Kind = "collection" if name == "parent" else "source"
        return keys.get((kind, RemoteId(value)), f"#{value}" if value else "")
    return _unbound(value, keys) if is_body(name) else value


def body_after(edit: Edit) -> str:
    """A wanted body as readers will see it: links that lead nowhere yet are plain text."""

    def kept(url: str, image: bool) -> str | None:
        return None if not image and url in edit.plain else url

    return refs.rewrite(edit.after, kept) if edit.plain else edit.after


def _unbound(html: str, keys: Keys) -> str:
    def shown(url: str, image: bool) -> str:
        if image:
            return url.partition("?")[0]
        found = ARTICLE_ID.search(url)
        key = keys.get(("article", RemoteId(found[1]))) if found else None
        if found is None or key is None:
            return unsigned(url)
        return refs.spell(Reference("article", key, found[2] or ""))

    return refs.rewrite(html, shown)
