"""Live addresses → what an author would write in a file: relative paths.

The opposite of `source.links` and `plan.addresses` together, and held to them: a link
becomes relative only when our own reference, bound again, gives the very address that
stands live (but for an article's slug, which follows its title). So a French text that
leads to an English page keeps its address, unless our link would lead there, too.

Signatures of what Intercom keeps never reach a file: they expire within days.
Source: reference "How Intercom really treats article bodies", §1 (links, images), §2.2.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from publisher.body.refs import Reference
from publisher.body.vocabulary import is_intercom_image, unsigned
from publisher.model import Locale, Ref
from publisher.plan.addresses import Addresses
from publisher.plan.view import RemoteRef

_SLUG = re.compile(r"(/articles/\d+)-[^/?#]*")
_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f%?#\\()<>\"&:`|\[\]]")
"""In a relative path: what a URL or Markdown would take for something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """What links and images of live texts are written as.

    refs       Intercom's ids of articles and collections → ours.
    files      files below the content folder, in NFC, that exist or will; of a collection its
               `_index.md`, or whatever would lie in its place.
    addresses  where our references lead now; asked once for each locale.
    anchors    (article, locale) → Intercom's heading id → slug of the heading in our file.
    images     live address of an image, without its query → asset below the content folder.
    """

    default_locale: Locale
    refs: Mapping[RemoteRef, Ref]
    files: Mapping[tuple[Ref, Locale], str]
    addresses: Addresses
    anchors: Mapping[tuple[Ref, Locale], Mapping[str, str]]
    images: Mapping[str, str]
    _targets: dict[Locale, Mapping[str, Ref]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def written_in(self, file: str, locale: Locale) -> Callable[[str, bool], str]:
        """Return what makes of (live address, is it an image's) the one to write in a file.

        file    below the content folder; its folder need not exist yet.
        locale  of the text.

        What it does not know stays as it is, links within the page included.
        """
        folder = posixpath.dirname(file)

        def write(url: str, is_image: bool) -> str:
            if is_image:
                return self._image(url, folder)
            return unsigned(self._link(url, folder, locale))

        return write

    def _image(self, url: str, folder: str) -> str:
        bare = re.split(r"[?#]", url)[0]
        path = self.images.get(url) or self.images.get(bare)
        if path:
            return _spelt(posixpath.relpath(path, folder))
        return bare if is_intercom_image(url) else url

    def _link(self, url: str, folder: str, locale: Locale) -> str:
        address, mark, heading = url.partition("#")
        ref = self._targets_from(locale).get(_without_slug(address))
        where = self._locale_of(ref, locale) if ref else None
        if ref is None or where is None:
            return url
        path = self._path(ref, where, folder)
        if not mark:
            return path
        slug = self._slug(ref, where, locale, heading)
        return f"{path}#{_spelt(slug)}" if slug else url

    def _targets_from(self, locale: Locale) -> Mapping[str, Ref]:
        """The things our links from a locale lead to, by address."""
        if locale not in self._targets:
            addresses = ((ref, self._address(ref, locale)) for ref in self.refs.values())
            self._targets[locale] = {
                _without_slug(address): ref for ref, address in addresses if address
            }
        return self._targets[locale]

    def _address(self, ref: Ref, locale: Locale) -> str | None:
        if ref.kind not in ("article", "collection"):
            return None
        return self.addresses.url(locale)(Reference(ref.kind, ref.key))

    def _locale_of(self, ref: Ref, locale: Locale) -> Locale | None:
        """The locale of the file to link to: the reader's where there is one."""
        candidates = (locale, self.default_locale)
        return next((each for each in candidates if (ref, each) in self.files), None)

    def _path(self, ref: Ref, where: Locale, folder: str) -> str:
        file = self.files[ref, where]
        if ref.kind == "collection":
            return _spelt(posixpath.relpath(posixpath.dirname(file), folder)) + "/"
        return _spelt(posixpath.relpath(file, folder))

    def _slug(self, ref: Ref, where: Locale, locale: Locale, heading: str) -> str:
        """The slug of a heading in the file linked to, or "".

        A draft's headings are of no use, because the link leads to another locale's text.
        """
        if self.addresses.urls.get(ref, {}).get(where) != self._address(ref, locale):
            return ""
        return self.anchors.get((ref, where), {}).get(heading, "")


def _without_slug(address: str) -> str:
    return _SLUG.sub(r"\1", address)


def _spelt(path: str) -> str:
    return _UNSAFE.sub(lambda letter: quote(letter[0], safe=""), path)
