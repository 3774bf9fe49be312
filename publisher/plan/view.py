"""What the planner looks at: both sides of every thing, joined by the ledger.

`look` pairs wanted things, live things and ledger entries by `Ref`, and carries renamed
entries over to their new key. `promises` then works out what will be public once the plan
is applied, so that links can be judged before their targets exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from publisher.model import (
    Article,
    Entry,
    Key,
    Kind,
    Live,
    Locale,
    Ref,
    RemoteId,
    Site,
)
from publisher.plan import promises, renames
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Plan, Policy
from publisher.plan.diff import FieldFinding, is_state, judge
from publisher.plan.wanted import home_of, wanted_fields

RemoteRef = tuple[Kind, RemoteId]
Handle = tuple[str, ...]
"""What may stand only once: a title under a parent, a page's upsert identity, a source's URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a rule of the planner may ask.

    entries    by their present key; `renamed` maps a present ref to the former one.
    live       managed things that exist; `gone` managed things that do not any more.
    strangers  live things of our help center that the ledger does not know.
    standing   the same by their handles, to find the twin of what would be created.
    arrivals   wanted things that do not exist and will be created.
    keys       of everything the ledger knows, by kind and remote id.
    findings   what `diff.judge` says of each thing that is on both sides.
    """

    site: Site
    entries: Mapping[Ref, Entry]
    renamed: Mapping[Ref, Ref]
    live: Mapping[Ref, Live]
    gone: frozenset[Ref]
    strangers: tuple[Live, ...]
    policy: Policy
    addresses: Addresses
    keys: Mapping[RemoteRef, Key]
    standing: Mapping[Handle, Live] = field(default_factory=dict)
    arrivals: frozenset[Ref] = frozenset()
    findings: Mapping[Ref, tuple[FieldFinding, ...]] = field(default_factory=dict)

    def overwrites(self, ref: Ref) -> bool:
        """Whether the user said that what is live for this thing may be replaced."""
        return ref.key in self.policy.overwrite or str(ref) in self.policy.overwrite

    def chosen(self, ref: Ref) -> bool:
        """Whether this thing is among the keys the user named (none named: all are)."""
        only = self.policy.only
        return not only or ref.key in only or str(ref) in only

    def may_replace(self, ref: Ref) -> bool:
        """Whether a live edit of this thing gives way, by command line or by policy."""
        return self.overwrites(ref) or self.policy.on_drift == "overwrite"


def is_managed(ref: Ref, globs: tuple[str, ...]) -> bool:
    """Whether a key is within the bounds; a folder's glob covers the folder's own collection."""
    return not globs or any(
        fnmatchcase(ref.key, glob) or ref.key == glob.removesuffix("/**") for glob in globs
    )


def look(
    site: Site,
    observed: Mapping[RemoteRef, Live],
    gone: frozenset[RemoteRef],
    entries: Mapping[Ref, Entry],
    policy: Policy,
) -> View:
    """Join the three sides. `observed` is keyed by (kind, remote id), as Intercom knows things."""
    here = {ref: entry for ref, entry in entries.items() if ref not in site.left_out}
    renamed = renames.find(site, here)
    former = {old: new for new, old in renamed.items()}
    present = {
        former.get(ref, ref): replace(entry, ref=former.get(ref, ref))
        for ref, entry in entries.items()
    }
    live = {
        ref: observed[ref.kind, entry.id]
        for ref, entry in present.items()
        if (ref.kind, entry.id) in observed
    }
    known = {(ref.kind, entry.id): ref.key for ref, entry in present.items()}
    view = View(
        site=site,
        entries=present,
        renamed=renamed,
        live=live,
        gone=frozenset(r for r, e in present.items() if (r.kind, e.id) in gone),
        strangers=tuple(
            thing
            for remote, thing in observed.items()
            if remote not in known and _ours(thing, policy)
        ),
        policy=policy,
        addresses=known_addresses(site.default_locale, present, live),
        keys=known,
    )
    view = replace(view, standing=_standing(view))
    view = replace(view, arrivals=_arrivals(view))
    view = replace(view, addresses=promises.promised(view))
    return replace(view, findings={ref: _judged(ref, view) for ref in site.things if ref in live})


def _judged(ref: Ref, view: View) -> tuple[FieldFinding, ...]:
    """Judged once: reading a body closely is the slow part of a plan."""
    thing, live, entry = view.site.things[ref], view.live[ref], view.entries[ref]
    return tuple(judge(wanted_fields(ref, view), thing, live, entry, view.addresses))


def _ours(live: Live, policy: Policy) -> bool:
    """A thing belongs to the help center of its root collection; pages belong to the workspace."""
    if live.thing.kind in ("source", "page"):
        return live.managed_by_api
    return policy.help_center is None or live.help_center in (None, policy.help_center)


def known_addresses(
    default_locale: Locale, entries: Mapping[Ref, Entry], live: Mapping[Ref, Live]
) -> Addresses:
    """What can be linked to right now."""
    return Addresses(
        default_locale=default_locale,
        ids={ref: entries[ref].id for ref in live},
        urls={ref: public_urls(thing) for ref, thing in live.items()},
        headings={ref: entries[ref].headings for ref in live},
    )


def still_public(urls: Mapping[Ref, Mapping[str, str]], plan: Plan) -> dict[Ref, Mapping[str, str]]:
    """Addresses without those a plan takes away: nothing it sends may lead there."""
    hidden = {
        (change.ref, edit.locale)
        for change in plan.changes
        for edit in change.edits
        if is_state(edit.name) and edit.after == "draft"
    }
    return {
        ref: {locale: url for locale, url in known.items() if (ref, locale) not in hidden}
        for ref, known in urls.items()
    }


def public_urls(live: Live) -> dict[str, str]:
    """Addresses readers can open: a draft's is not one, even where Intercom shows it."""
    if not isinstance(live.thing, Article):
        return {locale: url for locale, url in live.urls.items() if url}
    translations = live.thing.translations
    return {
        locale: url
        for locale, url in live.urls.items()
        if url and locale in translations and translations[Locale(locale)].state == "published"
    }


def _arrivals(view: View) -> frozenset[Ref]:
    """What will be created: not what has a twin, was deleted live, or would hang nowhere."""
    needed: set[Ref] = set()
    for ref, thing in view.site.things.items():
        home = home_of(thing) if view.chosen(ref) else None
        while home is not None and home not in needed and home in view.site.things:
            needed.add(home)
            home = home_of(view.site.things[home])
    comes: dict[Ref, bool] = {}

    def coming(ref: Ref) -> bool:
        if ref not in comes:
            thing = view.site.things.get(ref)
            home = home_of(thing) if thing else None
            comes[ref] = (
                thing is not None
                and (view.chosen(ref) or ref in needed)
                and (ref not in view.gone or view.overwrites(ref))
                and twin_of(ref, view) is None
                and (home is None or home in view.live or coming(home))
            )
        return comes[ref]

    return frozenset(ref for ref in view.site.things if ref not in view.live and coming(ref))


def twin_of(ref: Ref, view: View) -> Live | None:
    """The live thing that creating `ref` would double, or None."""
    fields = wanted_fields(ref, view)
    title = fields.get(f"{view.site.default_locale}.title", "")
    return view.standing.get(_handle(ref.kind, fields, title, fields.get("parent", "")))


def _standing(view: View) -> dict[Handle, Live]:
    found: dict[Handle, Live] = {}
    for live in view.strangers:
        fields = live.thing.fields()
        title = fields.get(f"{view.site.default_locale}.title", "")
        for parent in (fields.get("parent", ""), *live.parents):
            found.setdefault(_handle(live.thing.kind, fields, title, parent), live)
    return found


def _handle(kind: Kind, fields: Mapping[str, str], title: str, parent: str) -> Handle:
    if kind == "source":
        return (kind, fields["url"])
    if kind == "page":
        return (kind, fields["source"], fields["external_id"])
    return (kind, parent, title)
