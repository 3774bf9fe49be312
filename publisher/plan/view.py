"""What the planner looks at: both sides of every thing, joined by the ledger.

`look` pairs wanted things, live things and ledger entries by `Ref`, carries renamed
entries over to their new key, and works out what will be public once the plan is
applied, so that links can be judged before their targets exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from publisher.model import (
    Article,
    Collection,
    Entry,
    ExternalPage,
    Key,
    Kind,
    Live,
    Locale,
    Ref,
    RemoteId,
    Site,
    Thing,
)
from publisher.plan import renames
from publisher.plan.addresses import Addresses
from publisher.plan.changes import Policy
from publisher.plan.diff import FieldFinding, judge

RemoteRef = tuple[Kind, RemoteId]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a rule of the planner may ask.

    entries    by their present key; `renamed` maps a present ref to the former one.
    live       managed things that exist; `gone` managed things that do not any more.
    strangers  live things of our help center that the ledger does not know.
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
    findings: Mapping[Ref, tuple[FieldFinding, ...]] = field(default_factory=dict)

    def overwrites(self, ref: Ref) -> bool:
        """Whether the user said that what is live for this thing may be replaced."""
        return ref.key in self.policy.overwrite or str(ref) in self.policy.overwrite

    def chosen(self, ref: Ref) -> bool:
        """Whether this thing is among the keys the user named (none named: all are)."""
        only = self.policy.only
        return not only or ref.key in only or str(ref) in only


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
    renamed = renames.find(site, entries)
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
    view = replace(view, addresses=_promises(view))
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


def wanted_fields(ref: Ref, view: View) -> dict[str, str]:
    """The thing's fields as they can be compared with live ones.

    Parents and sources become remote ids ("new:KEY" while there is none), and a new
    article or translation gets the state the author left open.
    """
    thing = view.site.things[ref]
    fields = thing.fields()
    if fields.get("parent"):
        fields["parent"] = _id_of(Ref("collection", fields["parent"]), view)  # type: ignore[arg-type]
    if isinstance(thing, ExternalPage):
        fields["source"] = _id_of(Ref("source", thing.source), view)
        for name in ("agent", "copilot") if ref not in view.live else ():
            fields.setdefault(name, "yes")
    if isinstance(thing, Article):
        _fill_states(ref, thing, fields, view)
        if ref not in view.live and view.policy.author:
            fields.setdefault("author", view.policy.author)
    return fields


def _id_of(ref: Ref, view: View) -> str:
    return view.entries[ref].id if ref in view.live else f"new:{ref.key}"


def _fill_states(ref: Ref, thing: Article, fields: dict[str, str], view: View) -> None:
    """`state:` absent: the default for a new article, the source's state for a translation."""
    default = view.site.default_locale
    for locale in sorted(thing.translations, key=lambda code: code != default):
        name = f"{locale}.state"
        if name in fields or not is_new(ref, locale, view):
            continue
        shown = view.live[ref].thing.fields() if ref in view.live else {}
        inherited = fields.get(f"{default}.state") or shown.get(f"{default}.state")
        fields[name] = view.policy.default_state if locale == default else inherited or "draft"


def is_new(ref: Ref, locale: str, view: View) -> bool:
    """Whether this translation's text never reached Intercom (a birth alone does not count)."""
    return ref not in view.live or f"{locale}.body" not in view.entries[ref].sent


def _promises(view: View) -> Addresses:
    """Foresee what will be public after the plan: links are judged by where they will lead."""
    promised: set[tuple[Ref, str]] = set()
    withdrawn: set[tuple[Ref, str]] = set()
    for ref, thing in view.site.things.items():
        if ref in view.gone and not view.overwrites(ref):
            continue
        public = view.addresses.urls.get(ref, {})
        for locale, is_public in _publicity(ref, thing, view).items():
            if is_public and locale not in public:
                promised.add((ref, locale))
            elif not is_public and locale in public:
                withdrawn.add((ref, locale))
    return replace(view.addresses, promised=frozenset(promised), withdrawn=frozenset(withdrawn))


def _publicity(ref: Ref, thing: Thing, view: View) -> dict[str, bool]:
    if isinstance(thing, Collection):
        return {"": True}
    if not isinstance(thing, Article):
        return {}
    fields = wanted_fields(ref, view)
    states = {
        locale: fields[f"{locale}.state"]
        for locale in thing.translations
        if f"{locale}.state" in fields
    }
    return {locale: state == "published" for locale, state in states.items()}
