"""What exists on both sides: which of the findings are written, and the change they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from publisher.model import Abilities, Digest, Live, Problem, Ref, Thing
from publisher.plan import homes, notices, publishing, refusals, renames, stages
from publisher.plan.changes import BODIES, COLLECTIONS, RELINKS, REMOVALS, Cause, Change, Edit, Verb
from publisher.plan.diff import FieldFinding, is_state, locale_of
from publisher.plan.edits import edit_of, waits, with_parents
from publisher.plan.notices import title_of
from publisher.plan.removals import expected
from publisher.plan.verbs import readers_of, verb_of
from publisher.plan.view import View
from publisher.plan.wanted import states_before, wanted_fields
from publisher.plan.whys import cause_of, why_of


def existing(ref: Ref, view: View, abilities: Abilities) -> Iterator[Change | Problem]:
    """Yield the change that a thing needs, if any, and what is left alone with its reason."""
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
    values = {**states, **states_before(ref, view), **with_parents(fields, thing)}
    edits = tuple(edit_of(f.name, shown.get(f.name), values[f.name], ref, view) for f in writes)
    verb = verb_of(edits)
    cause = cause_of(writes)
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
        why=why_of(verb, edits, writes),
        edits=edits,
        expects=expected(_looked_after(edits, live), live),
        blocks=_blocks(ref, writes, view),
        relink=waits(edits, thing, view),
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
