"""The nouns: what a help center consists of, on our side and on Intercom's alike.

Both sides are the same frozen dataclasses, flattened to text by `fields()`, so the
diff, the plan file and the ledger know nothing of kinds. Data is validated at the
doors (frontmatter, Intercom's JSON, our own files) and trusted from there on.

In a body our own links are still symbolic: `article:KEY#ANCHOR`, `collection:KEY`,
`page:KEY` and `asset:DIGEST/NAME`, each part percent-encoded; `body.refs` binds them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NewType

Key = NewType("Key", str)
"""Path without locale folder and suffix, `/`-separated, NFC, unless frontmatter pins it."""
Locale = NewType("Locale", str)
"""One of Intercom's 37 codes, spelt as Intercom spells it: "en", "pt-BR"."""
RemoteId = NewType("RemoteId", str)
"""Always text, though Intercom sends some ids as numbers."""
Digest = NewType("Digest", str)
"""16 hex digits of a SHA-256."""

Fields = Mapping[str, str]
State = Literal["draft", "published"]
Severity = Literal["error", "warning"]
Kind = Literal["collection", "article", "source", "page"]
KINDS: tuple[Kind, ...] = ("collection", "article", "source", "page")

LOCALES: tuple[Locale, ...] = tuple(map(Locale, (
    "ar", "bg", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "mn", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sl",
    "sr", "sv", "tr", "vi", "zh-CN", "zh-TW",
)))  # fmt: skip
"""The same 37 in every version of Intercom's OpenAPI; `id` is Indonesian."""

NOTHING: Mapping[Any, Any] = MappingProxyType({})


def digest(text: str) -> Digest:
    """Return 16 hex digits that stand for `text`."""
    return Digest(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16])


def digest_of_bytes(content: bytes) -> Digest:
    """Return 16 hex digits that stand for a file's bytes."""
    return Digest(hashlib.sha256(content).hexdigest()[:16])


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The identity of a thing on our side; `(kind, RemoteId)` is the one on theirs."""

    kind: Kind
    key: Key

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file. `path` is as a user would type it, `/`-separated; lines count from 1."""

    path: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding: which rule, how bad, where, what is wrong, what to do.

    `what` and `advice` are sentences without the place, which is printed before them.
    A problem of the target or the plan has no `spot`.
    """

    rule: str
    severity: Severity
    what: str
    advice: str = ""
    spot: Spot | None = None

    def __str__(self) -> str:
        place = f"{self.spot}: " if self.spot else ""
        return f"{place}{self.what}" + (f" {self.advice}" if self.advice else "")


NOWHERE = Spot("")


Stale = Literal["warn", "block", "unpublish"]
"""What becomes of a translation whose source has changed since: a warning, an error, or nobody
reads it until somebody has looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a text as somebody translates it: a heading and what follows it.

    digest  of what a translator works on, with the form it has: "v1-0123456789".
    """

    name: str
    title: str = ""
    line: int = 1
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What became of a section of a source since it was translated; `line` 0: it is gone."""

    kind: Literal["changed", "added", "removed"]
    name: str
    title: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """What a translation lacks of its source by now, and what is to become of it."""

    sections: tuple[Difference, ...]
    policy: Stale = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One article in one locale.

    state   None: as it is live; for something new, the configured default.
    lines   for each top-level block of `body`, the line of the file it came from.
    source  digest of the Markdown the body was rendered from ("": not from Markdown).
    sections         of the text, to tell later what changed in it.
    translated_from  by section of its source, the digest that it had; empty: never marked.
    marked_at        the line where that stands.
    outdated         what changed in its source since; None: nothing, or nobody knows.
    """

    title: str
    description: str = ""
    state: State | None = None
    body: str = ""
    source: str = field(default="", compare=False)
    lines: tuple[int, ...] = field(default=(), compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    sections: tuple[Section, ...] = field(default=(), compare=False)
    translated_from: Mapping[str, str] = field(default_factory=dict, compare=False)
    marked_at: int = field(default=1, compare=False)
    outdated: Outdated | None = None

    @property
    def is_withheld(self) -> bool:
        """Whether readers are not to get it until it says what its source says."""
        return self.outdated is not None and self.outdated.policy == "unpublish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection, or (with a parent) what Intercom called a section up to 2.9."""

    key: Key
    parent: Key | None = None
    titles: Mapping[Locale, str] = field(default_factory=dict)
    descriptions: Mapping[Locale, str] = field(default_factory=dict)
    icon: str | None = None
    protect: bool = False
    was: tuple[Key, ...] = ()
    order: float | None = field(default=None, compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    kind: Kind = field(default="collection", init=False)

    def fields(self) -> dict[str, str]:
        """Flatten to text; an icon that nobody named is left out (it is kept as it is live)."""
        flat = {"parent": self.parent or ""}
        if self.icon is not None:
            flat["icon"] = self.icon
        for locale, title in self.titles.items():
            flat[f"{locale}.title"] = title
            flat[f"{locale}.description"] = self.descriptions.get(locale, "")
        return flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article with all its translations."""

    key: Key
    parent: Key | None = None
    author: str | None = None
    translations: Mapping[Locale, Translation] = field(default_factory=dict)
    protect: bool = False
    was: tuple[Key, ...] = ()
    order: float | None = field(default=None, compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    kind: Kind = field(default="article", init=False)

    def fields(self) -> dict[str, str]:
        """Flatten to text; an author or state that nobody named is left out."""
        flat = {"parent": self.parent or ""}
        if self.author is not None:
            flat["author"] = self.author
        for locale, translation in self.translations.items():
            flat[f"{locale}.title"] = translation.title
            flat[f"{locale}.description"] = translation.description
            flat[f"{locale}.body"] = translation.body
            if translation.state is not None:
                flat[f"{locale}.state"] = translation.state
        return flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A content import source: the root under which Fin's external pages hang."""

    key: Key
    url: str
    active: bool = True
    protect: bool = False
    was: tuple[Key, ...] = ()
    order: float | None = field(default=None, compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    kind: Kind = field(default="source", init=False)

    def fields(self) -> dict[str, str]:
        """Flatten to text."""
        return {"url": self.url, "active": "yes" if self.active else "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Where Fin may use a page. None: not stated; as it is live, for a new page `True`."""

    agent: bool | None = None
    copilot: bool | None = None
    sales: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPage:
    """A page only Fin reads, in one locale. Intercom upserts on (source, external_id).

    text    digest of the Markdown the body was rendered from.
    """

    key: Key
    source: Key
    locale: Locale
    external_id: str
    url: str = ""
    title: str
    body: str = ""
    fin: Availability = Availability()
    protect: bool = False
    was: tuple[Key, ...] = ()
    lines: tuple[int, ...] = field(default=(), compare=False)
    text: str = field(default="", compare=False)
    order: float | None = field(default=None, compare=False)
    spot: Spot = field(default=NOWHERE, compare=False)
    kind: Kind = field(default="page", init=False)

    def fields(self) -> dict[str, str]:
        """Flatten to text; an availability that nobody named is left out."""
        flat = {
            "source": self.source,
            "locale": self.locale,
            "external_id": self.external_id,
            "url": self.url,
            "title": self.title,
            "body": self.body,
        }
        for name in ("agent", "copilot", "sales"):
            allowed = getattr(self.fin, name)
            if allowed is not None:
                flat[name] = "yes" if allowed else "no"
        return flat


Thing = Collection | Article | Source | ExternalPage


def from_fields(ref: Ref, flat: Fields) -> Thing:
    """Rebuild the thing that `fields()` flattened; its exact inverse but for spots and flags."""
    build: Mapping[Kind, Callable[[Key, Fields], Thing]] = {
        "collection": _collection,
        "article": _article,
        "source": _source,
        "page": _page,
    }
    return build[ref.kind](ref.key, flat)


def _locales_in(flat: Fields) -> list[Locale]:
    return [Locale(name[: -len(".title")]) for name in flat if name.endswith(".title")]


def _collection(key: Key, flat: Fields) -> Collection:
    locales = _locales_in(flat)
    return Collection(
        key=key,
        parent=Key(flat["parent"]) if flat.get("parent") else None,
        icon=flat.get("icon"),
        titles={locale: flat[f"{locale}.title"] for locale in locales},
        descriptions={locale: flat.get(f"{locale}.description", "") for locale in locales},
    )


def _state(text: str | None) -> State | None:
    return text if text in ("draft", "published") else None  # type: ignore[return-value]


def _article(key: Key, flat: Fields) -> Article:
    return Article(
        key=key,
        parent=Key(flat["parent"]) if flat.get("parent") else None,
        author=flat.get("author"),
        translations={
            locale: Translation(
                title=flat[f"{locale}.title"],
                description=flat.get(f"{locale}.description", ""),
                state=_state(flat.get(f"{locale}.state")),
                body=flat.get(f"{locale}.body", ""),
            )
            for locale in _locales_in(flat)
        },
    )


def _source(key: Key, flat: Fields) -> Source:
    return Source(key=key, url=flat["url"], active=flat.get("active") != "no")


def _page(key: Key, flat: Fields) -> ExternalPage:
    def allowed(name: str) -> bool | None:
        return flat[name] == "yes" if name in flat else None

    return ExternalPage(
        key=key,
        source=Key(flat["source"]),
        locale=Locale(flat["locale"]),
        external_id=flat["external_id"],
        url=flat.get("url", ""),
        title=flat["title"],
        body=flat.get("body", ""),
        fin=Availability(
            agent=allowed("agent"), copilot=allowed("copilot"), sales=allowed("sales")
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A local file that a body shows. `path` is below the content folder; `size` in bytes.

    `token` ("DIGEST/NAME") is how bodies refer to it; the digest is over the file's bytes.
    """

    token: str
    path: str
    size: int = 0

    @property
    def digest(self) -> str:
        """The first half of the token: 16 hex digits."""
        return self.token.partition("/")[0]

    @property
    def public_name(self) -> str:
        """`diagram.1a2b3c4d.png`: Intercom caches by file name, so the bytes are in it."""
        digest_, _, name = self.token.partition("/")
        stem, dot, suffix = name.rpartition(".")
        return f"{stem}.{digest_[:8]}.{suffix}" if dot else f"{name}.{digest_[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """An address of the help center that leads to something of ours from now on.

    start   a path in the help center (it begins with `/`), or the former key of an article or
            a collection; `article:` and `collection:` before it tell them apart.
    locale  None: in every one. target: by its name in the configuration; None: every one.
    """

    start: str
    to: Ref
    locale: Locale | None = None
    target: str | None = None
    spot: Spot = field(default=NOWHERE, compare=False)

    def leaves(self, ref: Ref, locale: Locale) -> bool:
        """Whether it leads away from what has, or had, this key in a language."""
        named = self.start in (ref.key, str(ref)) and ref.kind in ("article", "collection")
        return named and self.locale in (None, locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRules:
    """How the content folder is to be read: publisher.toml without its targets.

    locales     empty: every folder whose name is a locale code.
    ignore      frontmatter keys of other tools; `aliases` renames theirs to ours.
    severities  rule → "error", "warning" or "off".
    options     rule → what it is tuned with, as the configuration says it.
    stale       what a stale translation does: by locale, "" for every other one.
    """

    default_locale: Locale = Locale("en")
    locales: tuple[Locale, ...] = ()
    default_state: State = "published"
    ignore: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stale: Mapping[str, Stale] = field(default_factory=dict)


def ignores_nothing(path: str, locale: Locale | None = None) -> bool:
    """Stand for a folder in which every file counts."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All we want, in every locale.

    headings  serves anchors: our id of each heading by slug.
    closed    `locales` was configured: files of other languages were left out, not removed.
    left_out  things that are in the repository, but not for this target; they stay as they are.
    unread    files that were seen and say nothing here, since they could not be read.
    redirects  those of redirects.yml that can be followed.
    ignores   whether a file is none of ours: by its path, and the locale it is translated to.
    """

    default_locale: Locale
    locales: tuple[Locale, ...]
    things: Mapping[Ref, Thing]
    assets: Mapping[str, Asset] = field(default_factory=dict)
    headings: Mapping[tuple[Key, Locale], Mapping[str, str]] = field(default_factory=dict)
    default_state: State = "published"
    closed: bool = False
    left_out: frozenset[Ref] = frozenset()
    unread: tuple[str, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    ignores: Callable[[str, Locale | None], bool] = field(
        default=ignores_nothing, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One thing as Intercom showed it.

    thing       keyed by the ledger's key, or `#ID` when the ledger does not know it; its
                `parent`, `source` and `author` are remote ids.
    urls        public address by locale ("" for things that have one for all); drafts have none.
    parents     ids of all its parents; an article may have one in each help center.
    help_center of the root collection, or None when it has no collection.
    pending     a colleague's unpublished edit waits in Intercom's editor (2.16+).
    managed_by_api  False for a content import source that Intercom syncs itself.
    edited      by locale ("" for things that have one for all): when, in seconds since the epoch,
                and the id of the teammate, "" where the version does not tell.
    """

    id: RemoteId
    thing: Thing
    urls: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[RemoteId, ...] = ()
    help_center: RemoteId | None = None
    changed_at: int = 0
    pending: bool = False
    managed_by_api: bool = True
    edited: Mapping[Locale | Literal[""], tuple[int, str]] = field(
        default_factory=dict, compare=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many readers a published article has had, in all languages. None: Intercom does not say.

    views        how often it was read.
    involved     conversations that Fin used it in; `resolved`: those that it settled with it.
    """

    views: int | None = None
    involved: int | None = None
    resolved: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCenterInfo:
    """A help center of the workspace; `locales` is empty where the version does not tell."""

    id: RemoteId
    identifier: str
    name: str = ""
    url: str = ""
    default: bool = False
    locales: tuple[Locale, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a target can do; of its API version, `intercom.dialect` has the facts.

    nested_lists  set in the configuration: documentation and live bodies disagree.
    """

    api_version: str
    depth: int = 3
    pages: bool = True
    page_locales: bool = False
    icons: bool = False
    unparent: bool = False
    sales: bool = False
    nested_lists: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger remembers of one thing.

    source    per field: digest of the author's text it was made from.
    sent      per field: digest of what we asked for, links as (id, locale, anchor).
    seen      per field: digest of the canonical form Intercom showed straight after.
    raw       per body: digest of the very text we saw, signatures left out; while it is the
              same, nobody needs to look closer.
    form      version of the canonical form that `seen` was made with.
    blocks    per locale: digests of the author's blocks as last sent, to recognise a renamed
              file, and to tell which blocks were edited since.
    shown     per locale: digests of the blocks Intercom showed straight after.
    headings  per locale: our heading id → Intercom's, only where they differ.
    lost      per field: digest of what Intercom did not keep.
    withdrawn per field: what readers had before its file went, or its source changed, to be
              put back with the file, or once it is up to date.
    """

    ref: Ref
    id: RemoteId
    title: str = ""
    parent: str = ""
    path: str = ""
    changed_at: int = 0
    protect: bool = False
    source: Mapping[str, Digest] = field(default_factory=dict)
    sent: Mapping[str, Digest] = field(default_factory=dict)
    seen: Mapping[str, Digest] = field(default_factory=dict)
    raw: Mapping[str, Digest] = field(default_factory=dict)
    form: int = 1
    blocks: Mapping[str, Sequence[Digest]] = field(default_factory=dict)
    shown: Mapping[str, Sequence[Digest]] = field(default_factory=dict)
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lost: Mapping[str, Digest] = field(default_factory=dict)
    withdrawn: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One thing as it stood before an apply changed or deleted it.

    verb     what the apply was about to do to it: a `Verb` of `plan.changes`.
    fields   all of it as Intercom showed it, in all languages; no signatures in addresses.
    written  the fields that the apply was about to write; all of them where it deleted.
    urls     public address by locale ("" for things that have one for all).
    draft    what a colleague had staged, per field; only where a draft waited.
    entry    what the ledger said of it, or None.
    """

    ref: Ref
    id: RemoteId
    verb: str
    title: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[RemoteId, ...] = ()
    written: tuple[str, ...] = ()
    fields: Fields = field(default_factory=dict)
    draft: Fields = field(default_factory=dict)
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What stood before an apply, for one target.

    apply_id  the id of the plan that was applied.
    made_at   in UTC, "2026-11-20T10:00:00.123456Z", so that they sort; `commit` is the content's.
    things    what existed; `created` is what did not.
    undoes    the apply that this one took back, or "".
    """

    apply_id: str
    target: str
    workspace: str = ""
    help_center: str = ""
    api_version: str = ""
    made_at: str = ""
    commit: str = ""
    things: tuple[Saved, ...] = ()
    created: tuple[Ref, ...] = ()
    undoes: str = ""


# Entries as plain JSON values: sparse and in a fixed order, so that they can be reviewed ------

MAPPINGS = ("source", "sent", "seen", "raw", "blocks", "shown", "headings", "lost", "withdrawn")


def entry_to_row(entry: Entry) -> dict[str, Any]:
    """Spell an entry; empty parts are left out."""
    row: dict[str, Any] = {"kind": entry.ref.kind, "key": entry.ref.key, "id": entry.id}
    for name in ("title", "parent", "path", "changed_at"):
        if value := getattr(entry, name):
            row[name] = value
    if entry.protect:
        row["protect"] = True
    if entry.form != 1:
        row["form"] = entry.form
    for name in MAPPINGS:
        if value := getattr(entry, name):
            row[name] = _plain(value)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in sorted(value.items())}
    return list(value) if isinstance(value, tuple) else value


def entry_from_row(row: Mapping[str, Any]) -> Entry:
    """Read an entry; raises KeyError, TypeError or ValueError when the row is none."""
    return Entry(
        ref=ref_in(row),
        id=RemoteId(str(row["id"])),
        title=a_text(row.get("title", "")),
        parent=a_text(row.get("parent", "")),
        path=a_text(row.get("path", "")),
        changed_at=int(row.get("changed_at", 0)),
        protect=bool(row.get("protect", False)),
        source=digests_in(row.get("source", {})),
        sent=digests_in(row.get("sent", {})),
        seen=digests_in(row.get("seen", {})),
        raw=digests_in(row.get("raw", {})),
        form=int(row.get("form", 1)),
        blocks=_blocks_in(row.get("blocks", {})),
        shown=_blocks_in(row.get("shown", {})),
        headings={locale: texts_in(ids) for locale, ids in row.get("headings", {}).items()},
        lost=digests_in(row.get("lost", {})),
        withdrawn=texts_in(row.get("withdrawn", {})),
    )


def ref_in(row: Mapping[str, Any]) -> Ref:
    """Read the identity of a thing; raises as `entry_from_row` does."""
    if row["kind"] not in KINDS:
        raise ValueError(row["kind"])
    return Ref(row["kind"], Key(a_text(row["key"])))


def a_text(value: Any) -> str:
    """Take a value that must be text; raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def texts_in(row: Mapping[str, Any]) -> dict[str, str]:
    """Take a mapping of texts; raises as `entry_from_row` does."""
    return {name: a_text(value) for name, value in row.items()}


def _blocks_in(row: Mapping[str, Any]) -> dict[str, tuple[Digest, ...]]:
    return {
        locale: tuple(Digest(a_text(block)) for block in a_list(blocks))
        for locale, blocks in row.items()
    }


def a_list(value: Any) -> list[Any]:
    """Take a value that must be a list; raises TypeError."""
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def digests_in(row: Mapping[str, Any]) -> dict[str, Digest]:
    """Take a mapping of digests; raises as `entry_from_row` does."""
    return {name: Digest(a_text(value)) for name, value in row.items()}
