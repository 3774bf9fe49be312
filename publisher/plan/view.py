"""What the planner looks at: both sides of every thing, joined by the ledger.

`look` pairs wanted things, live things and ledger entries by `Ref`, and carries renamed
entries over to their new key. `promises` then works out what will be public once the plan
is applied, so that links can be judged before their targets exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from publisher.model import Article, Entry, Key, Kind, Live, Locale, Ref, RemoteId, Site
from publisher.plan import anchors, promises, renames
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Plan, Policy, Twin
from publisher.plan.diff import FieldFinding, heading_ids, is_state, judge, our_headings
from publisher.plan.strangers import (
    Handle,
    Shelves,
    lookalike_of,
    shelved,
    standing,
    twin_of,
    twins,
)
from publisher.plan.wanted import home_of, wanted_fields

RemoteRef = tuple[Kind, RemoteId]
Headings = Mapping[str, Mapping[str, str]]
"""By locale: our id of a heading → Intercom's."""
Stay = tuple[Ref, str]
"""An article and a language; "" where all of it would be deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a rule of the planner may ask.

    entries    by their present key; `renamed` maps a present ref to the former one.
    live       managed things that exist; `gone` managed things that do not any more.
    strangers  live things of our help center that the ledger does not know.
    standing   the same by their handles, to find the twin of what would be created.
    shelves    the articles among them, to find lookalikes.
    beside     such twins, by what they are twins of: links lead to them already.
    arrivals   wanted things that do not exist and will be created.
    keys       of what the ledger knows, unless it is gone, and of twins; by kind and remote id.
    findings   what `diff.judge` says of each thing that is on both sides.
    stays      what is not to be hidden although it is wanted: something links to it still.
    kept       per article and locale that will be written, or agrees with what is live: our
               id of a renamed heading → the one it keeps.
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
    shelves: Shelves = field(default_factory=Shelves)
    beside: Mapping[Ref, Twin] = field(default_factory=dict)
    arrivals: frozenset[Ref] = frozenset()
    stays: frozenset[Stay] = frozenset()
    findings: Mapping[Ref, tuple[FieldFinding, ...]] = field(default_factory=dict)
    kept: Mapping[Ref, Headings] = field(default_factory=dict)

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

    def may_remove(self, ref: Ref) -> bool:
        """Whether the user named this thing among what may be removed."""
        return bool({ref.key, str(ref)} & self.policy.allow_deletes)

    def writes(self, ref: Ref, finding: FieldFinding) -> bool:
        """Whether a field is to be written, by what was found of it."""
        if finding.finding == "rerender":
            return self.policy.rerender
        if finding.finding in ("drift", "conflict"):
            return self.may_replace(ref)
        return finding.finding == "update"


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
    *,
    stays: frozenset[Stay] = frozenset(),
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
        stays=stays,
        addresses=known_addresses(site.default_locale, present, live).with_assets(policy.asset_url),
        keys={remote: key for remote, key in known.items() if remote not in gone},
    )
    view = replace(
        view,
        standing=standing(view.strangers, site.default_locale),
        shelves=shelved(view.strangers),
    )
    view = _with_twins(view, observed)
    view = replace(view, arrivals=_arrivals(view))
    view = replace(view, addresses=promises.promised(view))
    kept = _kept_headings(view)
    headings = merged_headings(view.addresses.headings, kept)
    view = replace(view, kept=kept, addresses=replace(view.addresses, headings=headings))
    return replace(view, findings={ref: _judged(ref, view) for ref in site.things if ref in live})


def _with_twins(view: View, observed: Mapping[RemoteRef, Live]) -> View:
    found = twins(view)
    return replace(
        view,
        beside=found,
        addresses=with_twins(view.addresses, found, observed),
        keys={**{(ref.kind, twin.id): ref.key for ref, twin in found.items()}, **view.keys},
    )


def _judged(ref: Ref, view: View) -> tuple[FieldFinding, ...]:
    """Judged once: reading a body closely is the slow part of a plan."""
    thing, live, entry = view.site.things[ref], view.live[ref], view.entries[ref]
    return tuple(judge(wanted_fields(ref, view), thing, live, entry, view.addresses))


def _kept_headings(view: View) -> dict[Ref, Headings]:
    """Ids that renamed headings keep, where their text is about to be written or live already."""
    kept = {ref: dict(_kept_of(ref, view)) for ref in view.site.things if ref in view.live}
    return {ref: found for ref, found in kept.items() if found}


def _kept_of(ref: Ref, view: View) -> Iterator[tuple[str, Mapping[str, str]]]:
    thing, live, entry = view.site.things[ref], view.live[ref], view.entries[ref]
    held_back = not view.chosen(ref) or (live.pending and not view.overwrites(ref))
    if held_back or not isinstance(thing, Article) or not isinstance(live.thing, Article):
        return
    for locale, translation in thing.translations.items():
        shown = live.thing.translations.get(locale)
        if shown is None or not shown.body:
            continue
        known = entry.headings.get(locale, {})
        pinned = anchors.pinned_ids(view.site.headings.get((ref.key, locale), {}))
        kept = anchors.kept_ids(translation.body, shown.body, known, pinned)
        if kept:
            body = {f"{locale}.body": translation.body}
            found = judge(body, thing, live, entry, view.addresses)
            if any(finding.agreed for finding in found):
                yield locale, heading_ids(our_headings(body), live).get(locale, {})
            elif any(view.writes(ref, finding) for finding in found):
                yield locale, kept


def merged_headings(
    known: Mapping[Ref, Headings], kept: Mapping[Ref, Headings]
) -> dict[Ref, Headings]:
    """The heading ids of the ledger with those that a plan keeps."""
    more = {ref: merged_by_locale(known.get(ref, {}), ids) for ref, ids in kept.items()}
    return {**known, **more}


def merged_by_locale(known: Headings, kept: Headings) -> Headings:
    """The same for one article."""
    return {**known, **{locale: {**known.get(locale, {}), **ids} for locale, ids in kept.items()}}


def kept_headings(plan: Plan) -> dict[Ref, Headings]:
    """The ids that renamed headings keep by a plan."""
    kept: dict[Ref, Headings] = {item.ref: item.headings for item in plan.upkeep if item.headings}
    for change in plan.changes:
        found = {edit.locale: edit.headings for edit in change.edits if edit.headings}
        if found:
            kept[change.ref] = {**kept.get(change.ref, {}), **found}
    return kept


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


def with_twins(
    known: Addresses, beside: Mapping[Ref, Twin], observed: Mapping[RemoteRef, Live]
) -> Addresses:
    """The same, with where twins stand that are not adopted yet, as far as they still do."""
    live = {ref: observed.get((ref.kind, twin.id)) for ref, twin in beside.items()}
    found = {ref: each for ref, each in live.items() if each}
    return replace(
        known,
        ids={**known.ids, **{ref: each.id for ref, each in found.items()}},
        urls={**known.urls, **{ref: public_urls(each) for ref, each in found.items()}},
        headings={**known.headings, **{ref: beside[ref].headings for ref in found}},
    )


def still_public(urls: Mapping[Ref, Mapping[str, str]], plan: Plan) -> dict[Ref, Mapping[str, str]]:
    """Addresses without those a plan takes away: nothing it sends may lead there."""
    hidden = hidden_by(plan)
    return {
        ref: {locale: url for locale, url in known.items() if (ref, locale) not in hidden}
        for ref, known in urls.items()
    }


def hidden_by(plan: Plan) -> frozenset[tuple[Ref, str]]:
    """The languages of articles that are drafts when a plan is carried out."""
    return frozenset(
        (change.ref, edit.locale)
        for change in plan.changes
        for edit in change.edits
        if is_state(edit.name) and edit.after == "draft"
    )


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
    """What will be created: not what has its like, was deleted live, or would hang nowhere."""
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
                and lookalike_of(ref, view) is None
            )
        return comes[ref]

    return frozenset(ref for ref in view.site.things if ref not in view.live and coming(ref))
