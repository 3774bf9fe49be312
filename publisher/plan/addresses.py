"""Where our references lead: to stable identities when comparing, to URLs when sending.

The same symbolic body is bound twice. For comparing, a link counts as (id, locale,
heading id) and an image as its content digest, so a new slug, domain or `assets_url`
changes nothing. For sending, both become URLs.

A link leads to the reader's locale where that translation is public, else to the
default locale; what is not public has no address, and the link stays plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace

from publisher.body.refs import Reference
from publisher.model import Asset, Key, Locale, Ref, RemoteId

LookUp = Callable[[Reference], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What is known of every thing's place. Apply lets the mappings grow as replies arrive.

    ids       of all managed things.
    urls      per thing and locale, public ones only ("" for a collection's single address).
    headings  per article and locale: our heading id → Intercom's, where they differ.
    promised  (thing, locale) that will be public once the plan is applied, but is not yet;
              `withdrawn` is public now and will not be.
    asset_url gives the public URL of an asset, or None when the target has no place for it.
    """

    default_locale: Locale
    ids: MutableMapping[Ref, RemoteId]
    urls: MutableMapping[Ref, Mapping[str, str]]
    headings: MutableMapping[Ref, Mapping[str, Mapping[str, str]]]
    promised: frozenset[tuple[Ref, str]] = frozenset()
    withdrawn: frozenset[tuple[Ref, str]] = frozenset()
    asset_url: Callable[[Asset], str | None] = lambda asset: None

    def identity(self, locale: str) -> LookUp:
        """Return the look-up for comparing a body in `locale`."""

        def look_up(reference: Reference) -> str | None:
            if reference.kind == "asset":
                return f"asset:{reference.key.partition('/')[0]}"
            ref = Ref(reference.kind, Key(reference.key))
            found = self._locale_of(ref, locale)
            if found is None:
                return None
            address = self.ids.get(ref, f"new:{ref.key}")
            return f"{ref.kind}:{address}:{found}{self._anchor(ref, found, reference)}"

        return look_up

    def url(self, locale: str) -> LookUp:
        """Return the look-up for sending a body in `locale`."""

        def look_up(reference: Reference) -> str | None:
            if reference.kind == "asset":
                return self.asset_url(Asset(token=reference.key, path=""))
            ref = Ref(reference.kind, Key(reference.key))
            found = self._locale_of(ref, locale, now=True)
            if found is None:
                return None
            return self.urls[ref][found] + self._anchor(ref, found, reference)

        return look_up

    def with_assets(self, url: Callable[[Asset], str | None]) -> Addresses:
        """The same, with a place for images."""
        return replace(self, asset_url=url)

    def waits(self, reference: Reference, locale: str) -> bool:
        """Tell whether a link will lead elsewhere once the plan is applied than it can now."""
        if reference.kind == "asset":
            return False
        ref = Ref(reference.kind, Key(reference.key))
        return self._locale_of(ref, locale) != self._locale_of(ref, locale, now=True)

    def _locale_of(self, ref: Ref, locale: str, *, now: bool = False) -> str | None:
        """The locale a link from `locale` leads to, or None when the target is not public."""
        public = self.urls.get(ref, {})
        for candidate in (locale, self.default_locale, ""):
            if (ref, candidate) in self.withdrawn and not now:
                continue
            if candidate in public or (not now and (ref, candidate) in self.promised):
                return candidate
        return None

    def _anchor(self, ref: Ref, locale: str, reference: Reference) -> str:
        if not reference.anchor:
            return ""
        spelt = self.headings.get(ref, {}).get(locale, {})
        return "#" + spelt.get(reference.anchor, reference.anchor)
