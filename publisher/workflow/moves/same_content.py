"""Whether content is the same under other keys: what a move promises. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from publisher.body import refs
from publisher.model import (
    Article,
    Collection,
    ExternalPage,
    Key,
    Ref,
    Site,
    Source,
    Thing,
    Translation,
)


def differing(before: Site, after: Site, renamed: Mapping[Ref, Ref]) -> list[Ref]:
    """Return what is not the same afterwards, but for keys and for what lies where.

    renamed  what everything is called afterwards. What is not in it, or is new, is not compared.
    """
    names = {str(old): new for old, new in renamed.items()}
    return [
        old
        for old, new in renamed.items()
        if old in before.things or new in after.things
        if _bare(before.things.get(old), names) != _bare(after.things.get(new), {})
    ]


def _bare(thing: Thing | None, names: Mapping[str, Ref]) -> Thing | None:
    """A thing without key and place, whose links lead to what has other names."""
    nameless = Key("")
    if isinstance(thing, Article):
        texts = {locale: _renamed(text, names) for locale, text in thing.translations.items()}
        return replace(thing, key=nameless, parent=None, was=(), translations=texts)
    if isinstance(thing, Collection):
        return replace(thing, key=nameless, parent=None, was=())
    if isinstance(thing, ExternalPage):
        body = _body(thing.body, names)
        return replace(thing, key=nameless, source=nameless, was=(), body=body)
    return replace(thing, key=nameless, was=()) if isinstance(thing, Source) else None


def _renamed(text: Translation, names: Mapping[str, Ref]) -> Translation:
    """Without what a finding says of it: that names lines, which may be others."""
    return replace(text, body=_body(text.body, names), outdated=None)


def _body(html: str, names: Mapping[str, Ref]) -> str:
    def address(url: str, _image: bool) -> str:
        found = refs.parse(url)
        new = names.get(f"{found.kind}:{found.key}") if found else None
        return refs.spell(replace(found, key=new.key)) if found and new else url

    return refs.rewrite(html, address)
