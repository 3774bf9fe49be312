"""Make a plan: findings become one change per thing, everything else becomes a notice.

Knows nothing of how a change is sent, and decides everything about whether it is:
apply obeys. What a colleague changed is kept unless the policy or the command line says
otherwise; what stands live and unmanaged is never created a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from publisher.body import refs
from publisher.body.vocabulary import is_intercom_image
from publisher.model import (
    Abilities,
    Article,
    Asset,
    Digest,
    Entry,
    ExternalPage,
    Live,
    Locale,
    Problem,
    Ref,
    Thing,
)
from publisher.plan import homes, notices, publishing, refusals, renames, stages, unmanaged, words
from publisher.plan.changes import (
    BIRTHS,
    BODIES,
    COLLECTIONS,
    RELINKS,
    REMOVALS,
    Cause,
    Change,
    Edit,
    Origin,
    Plan,
    Policy,
    Readers,
    Upkeep,
    Verb,
    Wanted,
)
from publisher.plan.diff import (
    Blocks,
    FieldFinding,
    is_body,
    is_state,
    learnt,
    locale_of,
    looked_at,
    raw_digests,
    sent_digest,
    source_of,
)
from publisher.plan.lingering import held_back
from publisher.plan.missing import is_removed, is_shared, removed
from publisher.plan.notices import title_of
from publisher.plan.readable import display
from publisher.plan.removals import expected, limit_exceeded, plan_removals
from publisher.plan.stands import stands
from publisher.plan.strangers import in_order, lookalike_of, twin_of
from publisher.plan.verbs import readers_of, verb_of
from publisher.plan.view import RemoteRef, Stay, View, look
from publisher.plan.wanted import home_of, states_before, wanted_fields


def make(  # noqa: PLR0913 - the three sides of a plan and its circumstances
    wanted: Wanted,
    observed: Mapping[RemoteRef, Live],
    gone: frozenset[RemoteRef],
    entries: Mapping[Ref, Entry],
    policy: Policy,
    *,
    origin: Origin,
    abilities: Abilities,
) -> Plan:
    """Return the plan that makes what is live what is wanted. Pure: asks nobody, writes nothing."""
    sides = (wanted.site, observed, gone, entries, policy)
    view = look(*sides)
    changes, said = _planned(view, abilities)
    held: dict[Stay, Problem] = {}
    while more := held_back(changes, view).items() - held.items():
        held |= more
        view = look(*sides, stays=frozenset(held))
        changes, said = _planned(view, abilities)
    said += dict.fromkeys(held.values())
    plan = Plan(
        origin=origin,
        changes=tuple(sorted(changes, key=position)),
        notices=(
            *wanted.problems,
            *unmanaged.introduction(view),
            *notices.renderer(said),
            *notices.raised_headings(changes),
            *notices.others(said),
        ),
        upkeep=tuple(_upkeep(view)),
        assets=_assets(changes, view),
        stands=tuple(stands(view, changes)),
        stopped=limit_exceeded(changes, view),
        shielded=tuple(r.key for r in removed(view) if view.entries[r].protect),
        beside=view.beside,
    )
    plan = replace(plan, counts=tally(plan, view))
    return replace(plan, requests=stages.estimated_requests(plan))


def _planned(view: View, abilities: Abilities) -> tuple[tuple[Change, ...], list[Problem]]:
    found = [item for ref in in_order(view.site) for item in _plan_thing(ref, view, abilities)]
    found += plan_removals(view)
    found += notices.dropped_locales(view)
    found += notices.plain_links(view)
    changes = tuple(item for item in found if isinstance(item, Change))
    return _one_per_thing(changes), [item for item in found if isinstance(item, Problem)]


def _plan_thing(ref: Ref, view: View, abilities: Abilities) -> Iterator[Change | Problem]:
    if ref in view.arrivals:
        yield _creation(ref, view)
    elif not view.chosen(ref):
        return
    elif ref in view.live:
        yield from _existing(ref, view, abilities)
    elif ref in view.gone and not view.overwrites(ref):
        yield notices.gone(ref, view)
    elif twin := twin_of(ref, view):
        yield unmanaged.twin_conflict(ref, twin, view)
    elif alike := lookalike_of(ref, view):
        yield unmanaged.lookalike_conflict(ref, alike, view)
    elif home := home_of(view.site.things[ref]):
        yield notices.homeless(ref, home, view)


# What does not exist yet -------------------------------------------------------------------


def _creation(ref: Ref, view: View) -> Change:
    thing = view.site.things[ref]
    fields = _display_parents(wanted_fields(ref, view), thing)
    edits = tuple(_edit(name, None, value, ref, view) for name, value in fields.items())
    locales = [name for name in fields if name.endswith(".title")]
    why = f"new {words.NOUNS[ref.kind][0]}"
    if ref in view.gone:
        why = f"it was deleted in Intercom and --overwrite {ref.key} puts it back"
    elif len(locales) > 1:
        languages = words.listed(
            (words.language(name.rpartition(".")[0]) for name in locales), most=6
        )
        why += f" in {languages}"
    why = "; ".join([why, *_waiting(edits)])
    return Change(
        verb="create",
        ref=ref,
        title=title_of(thing, view),
        path=thing.spot.path,
        stage=COLLECTIONS
        if ref.kind in ("collection", "source")
        else BIRTHS
        if ref.kind == "article"
        else BODIES,
        readers=_readers(fields),
        why=why,
        edits=edits,
        blocks=renames.blocks_of(thing),
        relink=_waits(edits, thing, view),
        protect=thing.protect,
    )


def _display_parents(fields: dict[str, str], thing: Thing) -> dict[str, str]:
    """In a plan a parent is a key, not an id: ids of new collections do not exist yet."""
    shown = dict(fields)
    if "parent" in shown:
        shown["parent"] = getattr(thing, "parent", None) or ""
    if isinstance(thing, ExternalPage):
        shown["source"] = thing.source
    return shown


def _readers(fields: Mapping[str, str]) -> Readers:
    states = [value for name, value in fields.items() if is_state(name)]
    return "draft" if states and "published" not in states else "at once"


# What exists on both sides -----------------------------------------------------------------


def _existing(ref: Ref, view: View, abilities: Abilities) -> Iterator[Change | Problem]:
    thing, live = view.site.things[ref], view.live[ref]
    fields, held = _with_stays(ref, wanted_fields(ref, view), view)
    findings: list[FieldFinding] = []
    for finding in view.findings[ref]:
        if finding.name in held:
            continue
        refusal = refusals.of(finding, ref, fields, view, abilities)
        if refusal is None:
            findings.append(homes.following(finding, ref, view))
        elif refusal.what:
            yield refusal
    yield from notices.standing_notices(ref, findings, view)
    waiting = dict(publishing.waiting(ref, findings, fields, view))
    yield from (problem for problem in waiting.values() if problem)
    locales = {name.partition(".")[0] for name in waiting}
    writes = [
        f for f in findings if view.writes(ref, f) and f.name.partition(".")[0] not in locales
    ]
    if writes and live.pending and not view.overwrites(ref):
        yield notices.pending(ref, view)
    elif writes and thing.protect and _unpublishes(writes, fields, live):
        yield notices.protected_unpublish(ref, view)
    elif writes:
        yield _update(ref, [*writes, *_publishing(writes, live)], fields, view)


def _with_stays(
    ref: Ref, fields: dict[str, str], view: View
) -> tuple[dict[str, str], frozenset[str]]:
    """What is wanted where some languages must stay public for now, and the states of those."""
    states = (f"{locale}.state" for each, locale in view.stays if each == ref)
    held = frozenset(name for name in states if fields.get(name) == "draft")
    return {**fields, **dict.fromkeys(held, "published")}, held


def _publishing(writes: Iterable[FieldFinding], live: Live) -> Iterator[FieldFinding]:
    """Name the states where a draft waits: a text without one would join that draft, unseen.

    Source: Intercom, "Update an article": an edit goes live at once unless the article has a
    pending draft.
    """
    names = [f.name for f in writes]
    locales = {name.partition(".")[0] for name in names if "." in name} if live.pending else set()
    for name in (f"{locale}.state" for locale in sorted(locales)):
        if name not in names and name in live.thing.fields():
            yield FieldFinding(name=name, finding="update")


def _unpublishes(writes: Iterable[FieldFinding], fields: Mapping[str, str], live: Live) -> bool:
    shown = live.thing.fields()
    return any(
        is_state(f.name) and fields.get(f.name) == "draft" and shown.get(f.name) == "published"
        for f in writes
    )


def _update(ref: Ref, writes: list[FieldFinding], fields: dict[str, str], view: View) -> Change:
    thing, live = view.site.things[ref], view.live[ref]
    shown = live.thing.fields()
    states = {name: shown[name] for name in shown if is_state(name)} if live.pending else {}
    values = {**states, **states_before(ref, view), **_display_parents(fields, thing)}
    edits = tuple(_edit(f.name, shown.get(f.name), values[f.name], ref, view) for f in writes)
    verb = verb_of(edits)
    cause = _cause(writes)
    return Change(
        verb=verb,
        ref=ref,
        id=live.id,
        title=title_of(thing, view),
        url=next(iter(live.urls.values()), ""),
        path=_path(edits, thing),
        stage=_stage(ref, verb, cause, edits),
        readers=readers_of(edits, shown),
        cause=cause,
        why=_why(verb, edits, writes, view, thing),
        edits=edits,
        expects=expected(_looked_after(edits, live), live),
        blocks=_blocks(ref, writes, view),
        relink=_waits(edits, thing, view),
        protect=thing.protect,
    )


def _looked_after(edits: tuple[Edit, ...], live: Live) -> list[str]:
    """What has to be as it was seen: the fields that are written, and texts that become public."""
    wanted = {edit.name: edit.after for edit in edits}
    texts = publishing.texts_of(publishing.appearing(wanted, wanted, live))
    return list(dict.fromkeys([*wanted, *texts]))


def _stage(ref: Ref, verb: Verb, cause: Cause, edits: tuple[Edit, ...]) -> int:
    """What hides a text comes last: whatever links to it is written before.

    A change that also writes what stays public is made in two steps (see `stages`).
    """
    if ref.kind in ("collection", "source"):
        return COLLECTIONS
    if verb == "unpublish" and not stages.staying(edits):
        return REMOVALS
    return RELINKS if cause == "link" and verb == "update" else BODIES


def _blocks(ref: Ref, writes: Iterable[FieldFinding], view: View) -> dict[str, tuple[Digest, ...]]:
    """Blocks as they will have been sent: of a text that is left alone, as it was sent before."""
    thing, known = view.site.things[ref], view.entries[ref].blocks
    written = {finding.name for finding in writes}
    left = {
        locale_of(found.name, thing)
        for found in view.findings[ref]
        if found.finding in ("conflict", "rerender") and found.name not in written
    }
    return {
        locale: tuple(known.get(locale, blocks)) if locale in left else blocks
        for locale, blocks in renames.blocks_of(thing).items()
    }


def _path(edits: Iterable[Edit], thing: Thing) -> str:
    return next((edit.path for edit in edits if edit.path), thing.spot.path)


def _cause(writes: Iterable[FieldFinding]) -> Cause:
    causes = [finding.cause for finding in writes]
    order: tuple[Cause, ...] = ("content", "link", "asset", "renderer")
    return next(cause for cause in order if cause in causes)


def _why(
    verb: Verb, edits: tuple[Edit, ...], writes: list[FieldFinding], view: View, thing: Thing
) -> str:
    cause = _cause(writes)
    names = [edit.name for edit in edits]
    overwritten = [f.name for f in writes if f.finding in ("drift", "conflict")]
    if cause == "renderer":
        return "a newer version of publisher spells it differently"
    if cause == "link":
        return "a link in it leads somewhere else now"
    if cause == "asset":
        return "an image in it changed"
    why = _why_content(verb, edits, names)
    if overwritten:
        why += f"; replaces what was edited in Intercom ({words.listed(overwritten)})"
    return why


def _why_content(verb: Verb, edits: tuple[Edit, ...], names: list[str]) -> str:
    new = [e.locale for e in edits if e.name.endswith(".title") and e.before is None]
    rest = [name for name in names if name.partition(".")[0] not in new]
    said = []
    if new:
        said.append(f"new {words.listed(words.language(code) for code in new)} translation")
    for edit in edits:
        if edit.name == "parent":
            where = edit.after or "no collection"
            said.append(f"moves from {edit.before or 'no collection'} to {where}")
        elif is_state(edit.name) and edit.name in rest and not edit.withdraws:
            language = words.language(edit.locale)
            said.append(
                f"{language} becomes {edit.after}"
                if edit.before != edit.after
                else f"the {language} draft in Intercom is replaced"
            )
    plain = [name for name in rest if name != "parent" and not is_state(name)]
    if plain:
        said.append(words.changed(plain))
    return "; ".join([*said, *_waiting(edits)])


def _edit(name: str, before: str | None, after: str, ref: Ref, view: View) -> Edit:
    thing = view.site.things[ref]
    locale = locale_of(name, thing)
    path = thing.spot.path
    lines: tuple[int, ...] = ()
    if isinstance(thing, Article) and locale:
        translation = thing.translations[Locale(locale)]
        path = translation.spot.path
        lines = translation.lines if is_body(name) else ()
    elif isinstance(thing, ExternalPage) and is_body(name):
        lines = thing.lines
    return Edit(
        name=name,
        before=None if before is None else display(name, before, view.keys),
        after=after,
        source=source_of(name, thing) if is_body(name) else "",
        path=path,
        lines=lines,
        withdraws=_withdraws(name, before, after, thing),
        headings=view.kept.get(ref, {}).get(locale, {}) if is_body(name) else {},
        plain=_plain(after, locale, view) if is_body(name) else (),
    )


def _withdraws(name: str, before: str | None, after: str, thing: Thing) -> bool:
    """Whether a translation is kept from readers although its author did not ask for a draft."""
    if not isinstance(thing, Article) or not is_state(name) or before == "draft":
        return False
    text = thing.translations[Locale(name.partition(".")[0])]
    return after == "draft" and text.is_withheld and text.state != "draft"


def _waiting(edits: Iterable[Edit]) -> list[str]:
    """Say of translations that they are kept from readers."""
    languages = [words.language(edit.locale) for edit in edits if edit.withdraws]
    if not languages:
        return []
    return [
        f"{words.listed(languages)} {words.verb(len(languages), 'waits', 'wait')} as "
        f"{words.verb(len(languages), 'a draft', 'drafts')} until the translation is up to date"
    ]


def _plain(html: str, locale: str, view: View) -> tuple[str, ...]:
    leads = view.addresses.identity(locale)
    found = dict.fromkeys(refs.references(html))
    return tuple(refs.spell(each) for each in found if leads(each) is None)


def _waits(edits: Iterable[Edit], thing: Thing, view: View) -> bool:
    return any(
        view.addresses.waits(reference, locale_of(edit.name, thing))
        for edit in edits
        if is_body(edit.name)
        for reference in refs.references(edit.after)
    )


# The plan as a whole -----------------------------------------------------------------------


def _one_per_thing(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Join the unpublishing of a dropped translation with the article's other change."""
    joined: dict[Ref, Change] = {}
    for change in changes:
        other = joined.get(change.ref)
        if other is None:
            joined[change.ref] = change
            continue
        joined[change.ref] = replace(
            other,
            verb="unpublish",
            why=f"{other.why}; {change.why}",
            edits=(*other.edits, *change.edits),
            expects={**other.expects, **change.expects},
        )
    return tuple(joined.values())


def position(change: Change) -> tuple[int, int, str]:
    depth = change.ref.key.count("/")
    return (change.stage, -depth if change.stage == REMOVALS else depth, change.ref.key)


def _assets(changes: Iterable[Change], view: View) -> tuple[Asset, ...]:
    shown = {
        reference.key
        for change in changes
        for edit in change.edits
        if is_body(edit.name)
        for reference in refs.references(edit.after)
        if reference.kind == "asset"
    }
    found = (view.site.assets[token] for token in sorted(shown) if token in view.site.assets)
    return tuple(asset for asset in found if not _is_held(asset, view))


def _is_held(asset: Asset, view: View) -> bool:
    """Whether Intercom has the image already, so that nobody needs to upload it."""
    return is_intercom_image(view.addresses.asset_url(asset) or "")


def _upkeep(view: View) -> Iterator[Upkeep]:
    """Corrections of the ledger that need no call."""
    for ref, entry in sorted(view.entries.items()):
        thing = view.site.things.get(ref)
        if thing is None:
            left = ref in view.gone or (ref in view.live and is_shared(ref, view))
            if left and is_removed(ref, view):
                yield Upkeep(ref=ref, forget=True)
            continue
        was = view.renamed.get(ref)
        agreed = [f.name for f in view.findings.get(ref, ()) if f.agreed]
        if agreed or was or entry.protect != thing.protect or entry.path != thing.spot.path:
            yield _corrected(ref, was, thing, agreed, view)


def _corrected(ref: Ref, was: Ref | None, thing: Thing, agreed: list[str], view: View) -> Upkeep:
    item = Upkeep(
        ref=ref, was=was.key if was else None, path=thing.spot.path, protect=thing.protect
    )
    if not agreed:
        return item
    fields, look = wanted_fields(ref, view), looked_at(view.live[ref])
    bodies = [name for name in agreed if is_body(name)]
    locales = {locale_of(name, thing) for name in bodies}
    sent = {n: sent_digest(n, fields[n], locale_of(n, thing), view.addresses) for n in agreed}
    learns = [learnt(name, fields[name], thing, view.addresses) for name in bodies]
    return replace(
        item,
        sent=sent,
        seen={name: seen for name, seen in look.seen.items() if name in agreed},
        raw={n: raw for n, raw in raw_digests(view.live[ref]).items() if n in agreed},
        source={name: value for each in learns for name, value in each.items()},
        blocks=_of_locales(renames.blocks_of(thing), locales) if bodies else {},
        shown=_of_locales(look.shown, locales),
        headings={n: ids for n, ids in view.kept.get(ref, {}).items() if n in locales},
    )


def _of_locales(blocks: Blocks, locales: Iterable[str]) -> dict[str, tuple[Digest, ...]]:
    return {locale: tuple(blocks[locale]) for locale in sorted(locales) if locale in blocks}


def tally(plan: Plan, view: View) -> dict[str, int]:
    verbs = [change.verb for change in plan.changes]
    counts = {
        verb: verbs.count(verb)
        for verb in ("create", "update", "delete", "move", "publish", "unpublish")
    }
    for rule in ("drift", "conflict", "gone"):
        counts[rule] = plan.count(rule)
    changed = {change.ref for change in plan.changes}
    counts["unmanaged"] = len(view.strangers)
    counts["unchanged"] = sum(ref in view.live and ref not in changed for ref in view.site.things)
    return counts
