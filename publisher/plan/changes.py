"""The nouns of a plan: plain data, so it can be shown, saved, reviewed and applied as shown.

A plan has one `Change` per thing, whatever number of calls it takes; `stages.steps`
derives the calls. Values are symbolic where an address may not exist yet: a parent is
a collection's key, a body holds `article:KEY` and `asset:DIGEST/NAME` references.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from publisher.model import (
    Asset,
    Digest,
    Entry,
    Key,
    Locale,
    Problem,
    Reach,
    Ref,
    RemoteId,
    Site,
    State,
)

Verb = Literal["create", "update", "move", "publish", "unpublish", "delete"]
VERBS: tuple[Verb, ...] = ("create", "update", "move", "publish", "unpublish", "delete")
Cause = Literal["content", "link", "asset", "config", "renderer"]
Readers = Literal["at once", "draft", "staged", "scheduled"]
Standing = Literal["settled", "update", "drift", "conflict", "gone", "unmanaged"]

COLLECTIONS, BIRTHS, BODIES, RELINKS, REMOVALS = 1, 2, 3, 4, 5
"""The stages of an apply. The text of a plan shows changes in this order."""
PENDING = "pending"
"""In `Change.expects`: a colleague's unpublished draft stood when the plan was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One field of one thing.

    before   what is live, in readable spelling; None when there is nothing yet.
    after    what is wanted; symbolic for `parent`, `source` and bodies.
    source   digest of the author's text it comes from, to be remembered.
    path, lines   the file, and for a body the line of each of its blocks.
    withdraws     it hides something because its file is gone, or because the source of a
                  translation changed; what it was is remembered.
    headings      of a body: our id of a renamed heading → the one it keeps.
    plain         of a body: references that lead nowhere yet, so that their text stays plain.
    """

    name: str
    before: str | None
    after: str
    source: str = ""
    path: str = ""
    lines: tuple[int, ...] = ()
    withdraws: bool = False
    headings: Mapping[str, str] = field(default_factory=dict)
    plain: tuple[str, ...] = ()

    @property
    def locale(self) -> str:
        """The locale of a translated field, or ""."""
        return self.name.partition(".")[0] if "." in self.name else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Everything that happens to one thing.

    id       None for something new.
    stage    where its main step belongs.
    relink   its body links to something that gets its address only in this plan.
    expects  per field to be written: digest of what is live now; apply refuses if it moved.
    blocks   per locale: digests of the author's blocks as they will have been sent.
    former   what the ledger is to remember again of what a rollback writes; None: an apply.
    reach    of what is taken away: the readers it had, where Intercom tells. Of no weight.
    """

    verb: Verb
    ref: Ref
    id: RemoteId | None = None
    title: str = ""
    url: str = ""
    path: str = ""
    stage: int = BODIES
    readers: Readers = "at once"
    cause: Cause = "content"
    why: str = ""
    edits: tuple[Edit, ...] = ()
    expects: Mapping[str, Digest] = field(default_factory=dict)
    blocks: Mapping[str, tuple[Digest, ...]] = field(default_factory=dict)
    relink: bool = False
    protect: bool = False
    former: Entry | None = None
    reach: Reach | None = field(default=None, compare=False)

    @property
    def takes_away(self) -> bool:
        """Whether readers lose something: a deletion, or something unpublished."""
        return self.verb in ("unpublish", "delete") or self.stage == REMOVALS

    @property
    def locales(self) -> tuple[Locale, ...]:
        """The locales it touches, in the order of its edits."""
        return tuple(dict.fromkeys(Locale(edit.locale) for edit in self.edits if edit.locale))

    def after(self, name: str) -> str | None:
        """What field `name` is to become, or None when it is not changed."""
        return next((edit.after for edit in self.edits if edit.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """A correction of the ledger that needs no call: a renamed file, a protection, a forgotten id.

    was     the key the entry has now, when the file was renamed.
    forget  the thing is neither in the repository nor in Intercom any more.
    sent, seen, raw, source, blocks, shown, headings
            what the entry learns where both sides agree without our doing.
    """

    ref: Ref
    was: Key | None = None
    path: str = ""
    protect: bool = False
    forget: bool = False
    sent: Mapping[str, Digest] = field(default_factory=dict)
    seen: Mapping[str, Digest] = field(default_factory=dict)
    raw: Mapping[str, Digest] = field(default_factory=dict)
    source: Mapping[str, Digest] = field(default_factory=dict)
    blocks: Mapping[str, tuple[Digest, ...]] = field(default_factory=dict)
    shown: Mapping[str, tuple[Digest, ...]] = field(default_factory=dict)
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How one thing, or one locale of it, stands."""

    ref: Ref
    standing: Standing
    locale: str = ""
    title: str = ""
    url: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """What stands live, unmanaged, where a thing of ours would be created.

    headings  by locale: our id of a heading → Intercom's, where something links to one.
    """

    id: RemoteId
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a plan was made from and for; a saved plan is refused anywhere else.

    undoes  the apply that a rollback takes back, or "".
    """

    target: str
    workspace: str = ""
    help_center: str = ""
    api_version: str = ""
    lineage: str = ""
    serial: int = 0
    made_at: str = ""
    made_with: str = ""
    commit: str = ""
    committed_at: int = 0
    content_digest: str = ""
    undoes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an apply will do, in the order it will happen, and what it will leave alone.

    stopped   why nothing of this plan may be applied (too many removals), or "".
    shielded  keys that would be removed but for `protect`.
    requests  estimate of the calls an apply makes.
    beside    twins that are not adopted yet: links lead to them, and nothing else touches them.
    """

    origin: Origin
    id: str = ""
    changes: tuple[Change, ...] = ()
    notices: tuple[Problem, ...] = ()
    upkeep: tuple[Upkeep, ...] = ()
    assets: tuple[Asset, ...] = ()
    stands: tuple[Stand, ...] = ()
    stopped: str = ""
    shielded: tuple[Key, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    requests: int = 0
    beside: Mapping[Ref, Twin] = field(default_factory=dict)

    def count(self, rule: str) -> int:
        """How many notices of a rule there are."""
        return sum(notice.rule == rule for notice in self.notices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the target and the command line allow.

    overwrite       keys whose live edits may be replaced.
    allow_deletes   keys that may be removed; `allow_count` how many at the most.
    only            limit the plan to these keys; empty: everything.
    manage          globs over keys; nothing outside is planned. Empty: no bounds.
    author          remote id of the author of new articles.
    asset_url       gives the public URL of an image, or None when there is no place for it.
    """

    on_removed: Literal["report", "draft", "delete"] = "report"
    on_drift: Literal["keep", "overwrite", "fail"] = "keep"
    max_removals: str = "20%"
    overwrite: frozenset[str] = frozenset()
    allow_deletes: frozenset[str] = frozenset()
    allow_count: int | None = None
    only: frozenset[str] = frozenset()
    rerender: bool = False
    manage: tuple[str, ...] = ()
    author: str = ""
    help_center: RemoteId | None = None
    default_state: State = "published"
    asset_url: Callable[[Asset], str | None] = lambda asset: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A site fitted to a target; `problems` says once what the target cannot do."""

    site: Site
    problems: tuple[Problem, ...] = field(default=())
