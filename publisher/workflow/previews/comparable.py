"""Two bodies made comparable: ours, and a live one spelt by the same names and parted alike.

What Intercom respells by itself, and where things happen to be addressed, must not look like
a difference to a writer.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal

from publisher.body import canonical, refs
from publisher.body.refs import Reference
from publisher.model import Asset, Entry, Key, Live, Locale, Ref, RemoteId
from publisher.plan.matching import Matcher
from publisher.plan.readable import Keys, display
from publisher.plan.reading import unsigned
from publisher.pull.layout import paths
from publisher.workflow.previews import chunks
from publisher.workflow.previews.previewing import Preview

Change = Literal["same", "changed", "live", "ours"]
_PLACE = re.compile(r"/(article|collection)s/(\d+)[^#]*(?:#(.*))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look at a target: the thing, what the ledger knows of it, and of all others."""

    live: Live
    entry: Entry
    keys: Keys
    images: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A field beside the body, on both sides."""

    name: str
    live: str
    ours: str

    @property
    def same(self) -> bool:
        """Whether both sides say the same."""
        return self.live == self.ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A block on both sides; "live" stands only there, "ours" only here. "" is no block.

    Both are HTML with symbolic references, as `readdressing` binds them.
    """

    change: Change
    live: str = ""
    ours: str = ""


NAMES = ("title", "description", "state", "icon", "url", "agent", "copilot", "sales")


def facts_of(preview: Preview, ref: Ref, locale: str, seen: Seen) -> Iterator[Fact]:
    """What is said beside the body; what a file leaves open is as it is live."""
    thing = preview.state.loaded.site.things.get(ref)
    if thing is None:
        return
    ours, theirs = thing.fields(), seen.live.thing.fields()
    for part in NAMES:
        name = f"{locale}.{part}" if f"{locale}.title" in {*ours, *theirs} else part
        if name in ours or name in theirs:
            live = theirs.get(name, "")
            yield Fact(name=part, live=live, ours=ours.get(name, _left_open(part, name, theirs)))
    home = theirs.get("parent")
    if home is not None and "parent" in ours:
        shown = display("parent", home, seen.keys)
        yield Fact(name="collection", live=shown, ours=ours["parent"])


def _left_open(part: str, name: str, theirs: Mapping[str, str]) -> str:
    """A title that no file gives is none; a state that none gives stays."""
    return "" if part in ("title", "description") else theirs.get(name, "")


def symbolic(preview: Preview, html: str, locale: str, seen: Seen) -> str:
    """Spell a live body's links and images by our names, as far as we know them."""
    assets = preview.state.loaded.site.assets.values()
    by_name = {asset.public_name: asset for asset in assets}
    held = {url: digest for digest, url in seen.images.items()}
    by_digest = {asset.digest: asset for asset in assets}
    mine = {theirs: our for our, theirs in seen.entry.headings.get(locale, {}).items()}

    def address(url: str, image: bool) -> str:
        if image:
            bare = url.partition("?")[0]
            asset = by_digest.get(held.get(bare, "")) or by_name.get(bare.rpartition("/")[2])
            return refs.spell(Reference("asset", asset.token)) if asset else url
        found = _PLACE.search(url)
        kind: Literal["article", "collection"] = (
            "article" if found and found[1] == "article" else "collection"
        )
        key = seen.keys.get((kind, RemoteId(found[2]))) if found else None
        if found is None or key is None:
            return unsigned(url)
        return refs.spell(Reference(kind, key, found[3] or ""))

    spelt = refs.rewrite(html, address)
    return refs.bind(spelt, refs.spell, headings=mine).html


def rows(live: str, ours: str) -> tuple[Row, ...]:
    """Put the blocks of two bodies side by side."""
    left, right = chunks.blocks(live), chunks.blocks(ours)
    found: list[Row] = []
    for tag, i, i_end, j, j_end in Matcher(_spelt(left), _spelt(right)).get_opcodes():
        for theirs, mine in zip_longest(left[i:i_end], right[j:j_end], fillvalue=""):
            change: Change = "same" if tag == "equal" else "changed"
            if change == "changed" and not (theirs and mine):
                change = "live" if theirs else "ours"
            found.append(Row(change=change, live=theirs, ours=mine))
    return tuple(found)


def _spelt(blocks: tuple[str, ...]) -> list[tuple[int, str]]:
    """One spelling for equal blocks; a heading counts with its depth below the shallowest."""
    levels = [chunks.level(block) for block in blocks]
    top = min(filter(None, levels), default=0)
    return [
        (min(level - top, 1) if level else 0, canonical.canonical(block))
        for level, block in zip(levels, blocks, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Files:
    """How references are written in the file of a text."""

    preview: Preview
    ref: Ref
    locale: str

    def address(self, url: str, image: bool) -> str:
        """The relative path to what a reference means; any other address as it is."""
        reference = refs.parse(url)
        if reference is None:
            return url
        path = self._asset(reference) if image else self._file(reference)
        return posixpath.relpath(path, self._folder) + self._mark(reference) if path else url

    @property
    def _folder(self) -> str:
        loaded = self.preview.state.loaded
        file = loaded.files_of.get(self.ref, {}).get(Locale(self.locale))
        return posixpath.dirname(file or f"{self.locale}/{loaded.stems.get(self.ref, '')}")

    def _asset(self, reference: Reference) -> str:
        asset: Asset | None = self.preview.state.loaded.site.assets.get(reference.key)
        return asset.path if asset else ""

    def _file(self, reference: Reference) -> str:
        loaded = self.preview.state.loaded
        if reference.kind == "asset":
            return self._asset(reference)
        ref = Ref(reference.kind, Key(reference.key))
        if ref.kind == "collection" and ref in loaded.stems:
            return posixpath.dirname(paths(ref, loaded.stems[ref], Locale(self.locale)))
        files = loaded.files_of.get(ref, {})
        return files.get(Locale(self.locale)) or files.get(loaded.site.default_locale) or ""

    def _mark(self, reference: Reference) -> str:
        headings = self.preview.state.loaded.site.headings
        slugs: Mapping[str, str] = headings.get((Key(reference.key), Locale(self.locale)), {})
        by_id = {id_: slug for slug, id_ in slugs.items()}
        anchor = reference.anchor
        return f"#{by_id.get(anchor, anchor)}" if anchor else ""
