"""Where what is live goes in the content folder: a path for each thing, and so its key.

    en/billing/refunds.md          an article, by its title in the default locale
    en/billing/_index.md           a collection
    fin/help-example-com/_source.md, fin/help-example-com/en/refunds.md
    images/billing/refunds/box.png

Names follow from titles and, where two want the same, from Intercom's ids: never from the
order in which things were listed, so that two people who pull get the same folder. What
cannot be a file is `Left`, with the reason, and so is all that hangs below it.
"""

from __future__ import annotations

import itertools
import re
import sys
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from publisher.model import (
    LOCALES,
    Article,
    Collection,
    ExternalPage,
    Key,
    Kind,
    Live,
    Locale,
    Ref,
    RemoteId,
    Source,
)
from publisher.plan.view import RemoteRef
from publisher.pull.names import folded, free, slug

_ORDER: tuple[Kind, ...] = ("collection", "article", "source", "page")
_ANY_LOCALE = Locale("*")
_SUFFIX = re.compile(r"(?!md|mk)[a-z0-9]{1,5}")
"""Of an image; never one that would be read as Markdown, or taken for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is not pulled. `why`: one sentence for a writer, without the name of the thing."""

    live: Live
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Where new things go; what was known already is not repeated.

    stems  path below the locale folder (of sources and pages: below `fin/`), without suffix.
    """

    refs: Mapping[RemoteRef, Ref]
    stems: Mapping[Ref, str]
    left: tuple[Left, ...]


def arrange(
    fresh: Iterable[Live],
    known: Mapping[RemoteRef, Ref],
    stems: Mapping[Ref, str],
    taken: Iterable[str],
    default_locale: Locale,
    depth: int = 3,
) -> Arrangement:
    """Find a place for everything that nobody manages yet.

    fresh  what shall become files; parents and sources of the things are remote ids.
    known  what has files already; `stems` says where.
    taken  every file below the content folder.
    depth  levels of collections that the content folder may have.

    The result does not depend on the order of `fresh` or `taken`.
    """
    new = {(each.thing.kind, each.id): each for each in fresh}
    desk = _Desk(new, known, stems, default_locale, depth)
    desk.occupied.update(_occupied(taken))
    for ref in {*known.values(), *stems}:
        own = ref.key.rpartition(":")[0] if ref.kind == "page" else ref.key
        desk.occupy(ref, stems.get(ref, own))
    for remote in sorted(new.keys() - known.keys(), key=desk.turn):
        desk.arrange(new[remote])
    return Arrangement(refs=desk.refs, stems=desk.new_stems, left=tuple(desk.left))


def paths(ref: Ref, stem: str, locale: Locale) -> str:
    """Return the file of a thing in a locale, below the content folder."""
    if ref.kind == "source":
        return f"fin/{stem}/_source.md"
    if ref.kind == "page":
        source, _, rest = stem.partition("/")
        return f"fin/{source}/{locale}/{rest}.md"
    return f"{locale}/{stem}/_index.md" if ref.kind == "collection" else f"{locale}/{stem}.md"


def image_path(stem: str, url: str, taken: Container[str], digest: str) -> str:
    """Return where a downloaded image goes, below the content folder.

    stem    of the article or page that shows it.
    taken   paths that hold other bytes, as `names.folded` spells them.
    digest  hex SHA-256 of its bytes, or the first 8 digits at least.

    Where the path is taken, a number is appended. An address without a suffix gets `.png`:
    a file without one would not be read as an image.
    """
    name, suffix = unquote(re.split(r"[?#]", url)[0].rstrip("/").rpartition("/")[2]), "png"
    before, dot, after = name.rpartition(".")
    if dot and _SUFFIX.fullmatch(after.lower()):
        name, suffix = before, after.lower()
    name = name.removesuffix(f".{digest[:8]}")  # ours: `Asset.public_name` put it there
    start = f"images/{stem}/{slug(name) or 'image'}"
    numbered = (f"{start}-{number}.{suffix}" for number in itertools.count(2))
    candidates = itertools.chain([f"{start}.{suffix}"], numbered)
    return next(path for path in candidates if path not in taken and folded(path) not in taken)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One arranging. `occupied` holds places and keys, folded; the rest is the result."""

    new: Mapping[RemoteRef, Live]
    known: Mapping[RemoteRef, Ref]
    stems: Mapping[Ref, str]
    default: Locale
    depth: int
    occupied: set[str] = field(default_factory=set)
    refs: dict[RemoteRef, Ref] = field(default_factory=dict)
    new_stems: dict[Ref, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)

    def turn(self, remote: RemoteRef) -> tuple[int, int, int, str]:
        """By kind, then parents before what hangs below them, then by Intercom's id."""
        kind, id_ = remote
        above = set()
        while kind == "collection" and remote in self.new and remote not in above:
            above.add(remote)
            remote = ("collection", RemoteId(getattr(self.new[remote].thing, "parent", "") or ""))
        digits = id_.rpartition("-")[2]
        number = int(digits) if digits.isdecimal() else sys.maxsize
        return _ORDER.index(kind), len(above), number, id_

    def arrange(self, live: Live) -> None:
        thing = live.thing
        if isinstance(thing, Collection):
            self._collection(live, thing)
        elif isinstance(thing, Article):
            self._article(live, thing)
        elif isinstance(thing, Source):
            self._source(live, thing)
        else:
            self._page(live, thing)

    def occupy(self, ref: Ref, stem: str) -> None:
        locale = Locale(ref.key.rpartition(":")[2])
        self.occupied.update((folded(_place(ref.kind, stem, locale)), folded(str(ref))))

    def _collection(self, live: Live, thing: Collection) -> None:
        title = thing.titles.get(self.default, "").strip()
        folder = self._folder((thing.parent,))
        if not title:
            self._leave(live, f"It has no title in {self.default}; {_GIVE_ONE}")
        elif folder is None:
            self._leave(live, self._homeless(thing.parent))
        elif folder and folder.count("/") + 2 > self.depth:
            self._leave(live, f"It lies deeper than {self.depth} levels of collections.")
        else:
            self._keep(live, folder, slug(title))

    def _article(self, live: Live, thing: Article) -> None:
        text = thing.translations.get(self.default)
        title = text.title.strip() if text else ""
        folder = self._folder((thing.parent, *live.parents))
        if not title:
            self._leave(live, self._untitled(has_text=bool(text and text.body.strip())))
        elif folder is None:
            self._leave(live, self._homeless(thing.parent or live.parents[0]))
        else:
            self._keep(live, folder, slug(title))

    def _source(self, live: Live, thing: Source) -> None:
        address = re.sub(r"^[a-z]+://", "", thing.url.strip(), flags=re.IGNORECASE)
        if not live.managed_by_api:
            self._leave(live, "Intercom keeps this source up to date by itself.")
        elif not address:
            self._leave(live, "It has no address, which a source must have.")
        else:
            self._keep(live, "", slug(unquote(re.split(r"[?#]", address)[0])))

    def _page(self, live: Live, thing: ExternalPage) -> None:
        source = self._stem("source", thing.source)
        if source is None:
            self._leave(live, "Its source is not pulled.")
        elif thing.locale not in LOCALES:
            self._leave(live, f"Its locale {thing.locale} is none of Intercom's help centers.")
        else:
            own = _name_in(thing.external_id, source, thing.locale)
            name = own or slug(thing.title) or slug(thing.external_id)
            self._keep(live, source, name, thing.locale)

    def _stem(self, kind: Kind, id_: str) -> str | None:
        remote = (kind, RemoteId(id_))
        if remote in self.refs:
            return self.new_stems[self.refs[remote]]
        ref = self.known.get(remote)
        return self.stems.get(ref, ref.key) if ref else None

    def _folder(self, parents: Iterable[str | None]) -> str | None:
        """Where a thing goes: "" at the top, None when it has parents and none has a place."""
        above = [self._stem("collection", each) for each in parents if each]
        return next((stem for stem in above if stem is not None), None if above else "")

    def _keep(self, live: Live, folder: str, wanted: str, locale: Locale = _ANY_LOCALE) -> None:
        kind = live.thing.kind
        name = free(wanted, kind, live.id, _Names(self.occupied, kind, folder, locale))
        stem = f"{folder}/{name}" if folder else name
        ref = Ref(kind, _key(kind, stem, locale))
        self.refs[kind, live.id] = ref
        self.new_stems[ref] = stem
        self.occupy(ref, stem)

    def _leave(self, live: Live, why: str) -> None:
        self.left.append(Left(live=live, why=why))

    def _untitled(self, *, has_text: bool) -> str:
        if has_text:
            return f"It has a text in {self.default} but no title; {_GIVE_ONE}"
        return f"It has no text in {self.default}, of which all others are translations."

    def _homeless(self, parent: str | None) -> str:
        live = self.new.get(("collection", RemoteId(parent or "")))
        titles = live.thing.titles if live and isinstance(live.thing, Collection) else {}
        name = titles.get(self.default) or next(filter(None, titles.values()), "")
        return f"It lies in a collection that is not pulled ({name or parent})."


_GIVE_ONE = "give it one in Intercom and pull again."


@dataclass(frozen=True, slots=True)
class _Names:
    """The names in a folder that a thing of a kind cannot have; asked with folded ones."""

    occupied: set[str]
    kind: Kind
    folder: str
    locale: Locale

    def __contains__(self, name: object) -> bool:
        stem = f"{self.folder}/{name}" if self.folder else str(name)
        ref = Ref(self.kind, _key(self.kind, stem, self.locale))
        place = _place(self.kind, stem, self.locale)
        return not self.occupied.isdisjoint((folded(place), folded(str(ref))))


def _key(kind: Kind, stem: str, locale: Locale) -> Key:
    return Key(f"{stem}:{locale}" if kind == "page" else stem)


def _place(kind: Kind, stem: str, locale: Locale) -> str:
    """Return what a thing claims: articles and collections, in all locale folders at once."""
    path = paths(Ref(kind, Key(stem)), stem, locale if kind == "page" else _ANY_LOCALE)
    return path.removesuffix("/_index.md").removesuffix("/_source.md")


def _occupied(files: Iterable[str]) -> Iterator[str]:
    """Every file and folder that is there, folded, as `_place` spells them."""
    for file in files:
        top, slash, rest = unicodedata.normalize("NFC", file).partition("/")
        path = f"{_ANY_LOCALE if top in LOCALES else top}{slash}{rest}"
        while path:
            yield folded(path)
            path = path.rpartition("/")[0]


def _name_in(external_id: str, source: str, locale: Locale) -> str:
    """Read `handbook/refunds:en` as we write it, where its author says nothing; else ""."""
    stem, _, said = external_id.rpartition(":")
    name = stem.removeprefix(f"{source}/")
    is_ours = said == locale and name != stem and all(p and slug(p) == p for p in name.split("/"))
    return name if is_ours else ""
