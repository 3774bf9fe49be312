"""What a rollback does to a thing that still exists: each field the apply wrote, as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from publisher.body import refs
from publisher.model import Abilities, Entry, Live, Problem, Ref, RemoteId, Saved, Spot
from publisher.plan import refusals, words
from publisher.plan.changes import BODIES, COLLECTIONS, REMOVALS, Change, Edit
from publisher.plan.diff import is_body, moved_live, seen_digest
from publisher.plan.notices import ways
from publisher.plan.readable import display
from publisher.plan.removals import expected
from publisher.plan.restoring import (
    PLACES,
    Match,
    former,
    former_blocks,
    is_there,
    leads_to_ours,
    nowhere,
    overwriting,
    title_of,
    value,
)
from publisher.plan.verbs import readers_of, verb_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A thing as it stands, and as it was saved."""

    ref: Ref
    saved: Saved
    live: Live
    entry: Entry
    found: Match

    @property
    def shown(self) -> Mapping[str, str]:
        """Its fields as they are live."""
        return self.live.thing.fields()

    @property
    def replaced(self) -> bool:
        """Whether the user said that what is live may be replaced."""
        return self.found.view.overwrites(self.ref)


def reverted(
    ref: Ref, saved: Saved, found: Match, abilities: Abilities
) -> Iterator[Change | Problem]:
    """Yield what becomes of one thing, and what stays as it is and why."""
    view = found.view
    pair = Pair(ref=ref, saved=saved, live=view.live[ref], entry=view.entries[ref], found=found)
    edits = tuple(_edits(pair))
    moved = [edit.name for edit in edits if _is_edited_since(edit, pair)]
    if moved and not pair.replaced:
        yield edited_since(ref, moved, found)
        edits = tuple(edit for edit in edits if edit.name not in moved)
    if stays := _unmovable(edits, pair, abilities):
        yield stays
        edits = tuple(edit for edit in edits if edit.name not in PLACES)
    if not edits:
        return
    if pair.live.pending and not pair.replaced:
        yield pending(ref, found)
    elif pair.entry.protect and verb_of(edits) == "unpublish":
        yield protected(ref, pair.entry)
    else:
        yield _change((*edits, *_publishing(edits, pair)), pair)


# Which fields ------------------------------------------------------------------------------


def _edits(pair: Pair) -> Iterator[Edit]:
    saved, shown = pair.saved, pair.shown
    names = _names(pair)
    for name in saved.fields:
        if name in names and _differs(name, pair):
            before = shown.get(name)
            yield Edit(
                name=name,
                before=None if before is None else display(name, before, pair.found.view.keys),
                after=value(name, saved, pair.found),
            )
    if "icon" in names and "icon" not in saved.fields and shown.get("icon"):
        yield Edit(name="icon", before=shown["icon"], after="")
    for locale in _added(pair):
        if shown.get(f"{locale}.state") == "published":
            yield Edit(name=f"{locale}.state", before="published", after="draft", withdraws=True)


def _names(pair: Pair) -> set[str]:
    """What the apply wrote; of a translation that is not there any more, all of it."""
    written = set(pair.saved.written)
    locales = {name.partition(".")[0] for name in written if "." in name}
    absent = tuple(f"{each}." for each in locales if f"{each}.title" not in pair.shown)
    return written | {name for name in pair.saved.fields if name.startswith(absent)}


def _added(pair: Pair) -> list[str]:
    """Languages of an article that it did not have before the apply."""
    if pair.ref.kind != "article":
        return []
    locales = dict.fromkeys(name.partition(".")[0] for name in pair.saved.written if "." in name)
    return [each for each in locales if f"{each}.title" not in pair.saved.fields]


def _differs(name: str, pair: Pair) -> bool:
    view, shown = pair.found.view, pair.shown.get(name, "")
    after = value(name, pair.saved, pair.found)
    if name in PLACES:
        return after != display(name, shown, view.keys)
    if name not in pair.shown:
        return True
    return _reads_otherwise(name, after, pair) if is_body(name) else after != shown


def _reads_otherwise(name: str, after: str, pair: Pair) -> bool:
    """Whether a body is another than it was, if only in the language that a link leads to.

    That is no difference to the canonical form; but the ledger knows that another was sent.
    """
    locale = name.partition(".")[0] if "." in name else pair.saved.fields.get("locale", "")
    html, missing = refs.bind(after, pair.found.view.addresses.url(locale))
    if {each.key for each in missing} & {each.ref.key for each in pair.found.moved.values()}:
        return True  # what it leads to comes back with this rollback
    shown = pair.shown[name]
    if seen_digest(name, html) != seen_digest(name, shown):
        return True
    formerly = pair.saved.entry.sent.get(name) if pair.saved.entry else None
    sent_since = pair.entry.sent.get(name) != formerly
    return sent_since and not moved_live(name, shown, pair.entry, pair.live)


def _is_edited_since(edit: Edit, pair: Pair) -> bool:
    """Whether it is not as the ledger saw it last; of what is to be hidden, any of its text."""
    names = [edit.name]
    if edit.withdraws:
        names = [name for name in pair.saved.written if name.startswith(f"{edit.locale}.")]
    return any(moved_live(n, pair.shown.get(n), pair.entry, pair.live) for n in names)


def _unmovable(edits: Iterable[Edit], pair: Pair, abilities: Abilities) -> Problem | None:
    """Why it cannot go back to where it was."""
    edit = next((edit for edit in edits if edit.name in PLACES), None)
    if edit is None:
        return None
    id_ = RemoteId(pair.saved.fields[edit.name])
    if not is_there(PLACES[edit.name], id_, pair.found):
        return nowhere(pair.ref, pair.entry.path, edit.name)
    return refusals.unmovable(pair.ref, id_, pair.found.view, abilities)


def _publishing(edits: Iterable[Edit], pair: Pair) -> Iterator[Edit]:
    """Name the states where a draft waits, so that the text does not join that draft, unseen."""
    names = {edit.name for edit in edits}
    locales = dict.fromkeys(edit.locale for edit in edits if edit.locale and pair.live.pending)
    for name in (f"{locale}.state" for locale in locales):
        if name not in names and name in pair.shown:
            yield Edit(name=name, before=pair.shown[name], after=pair.shown[name])


# The change --------------------------------------------------------------------------------


def _change(edits: tuple[Edit, ...], pair: Pair) -> Change:
    ref, saved, live = pair.ref, pair.saved, pair.live
    names = [edit.name for edit in edits]
    stage = COLLECTIONS if ref.kind in ("collection", "source") else BODIES
    return Change(
        verb=verb_of(edits),
        ref=ref,
        id=live.id,
        title=title_of(saved, pair.found.view),
        url=next(iter(live.urls.values()), ""),
        path=pair.entry.path,
        stage=REMOVALS if all(edit.withdraws for edit in edits) else stage,
        readers=readers_of(edits, pair.shown),
        why=f"apply {pair.found.backup.apply_id} changed "
        f"{words.listed(words.field(name) for name in names)}",
        edits=edits,
        expects=expected(names, live),
        blocks=former_blocks(names, saved),
        relink=leads_to_ours(edits),
        protect=pair.entry.protect,
        former=former(ref, saved, pair.found),
    )


# What stays as it is -----------------------------------------------------------------------


def edited_since(ref: Ref, names: Iterable[str], found: Match) -> Problem:
    """Somebody changed it since: that is kept."""
    view = found.view
    url = next(iter(view.live[ref].urls.values()), "")
    what = words.listed(words.field(name) for name in names)
    return _kept(
        "conflict",
        view.entries[ref],
        f"{ref.key}: {what} changed in Intercom since the last apply; it is kept, not put back.",
        ways(("look at it", url), ("replace it", overwriting(ref, found))),
    )


def pending(ref: Ref, found: Match) -> Problem:
    """A colleague's draft waits: nothing may be published along with it."""
    return _kept(
        "conflict",
        found.view.entries[ref],
        f"{ref.key}: a colleague has an unpublished draft of it open in Intercom; nothing is sent.",
        f"Publish or discard it there, or: {overwriting(ref, found)}",
    )


def protected(ref: Ref, entry: Entry) -> Problem:
    """It is not taken away from readers."""
    return Problem(
        rule="protected",
        severity="warning",
        spot=Spot(entry.path) if entry.path else None,
        what=f"{ref.key} is protected; it is not taken away from readers.",
        advice="Take `protect: true` out of its file and apply that first.",
    )


def _kept(rule: str, entry: Entry, what: str, advice: str) -> Problem:
    spot = Spot(entry.path) if entry.path else None
    return Problem(rule=rule, severity="error", spot=spot, what=what, advice=advice)
