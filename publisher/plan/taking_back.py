"""What a rollback does to what the apply created: it goes, or readers do not see it any more."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.model import Problem, Ref, Spot
from publisher.plan import words
from publisher.plan.changes import REMOVALS, Change
from publisher.plan.diff import is_state, moved_live
from publisher.plan.removals import expected, inhabitants, unpublishing
from publisher.plan.restoring import Match
from publisher.plan.reverting import edited_since, pending, protected
from publisher.plan.view import View, is_managed

FLAGS = ("agent", "copilot", "sales")


def taken_back(found: Match, view: View) -> Iterator[Change | Problem]:
    """Yield what becomes of everything that the apply created.

    view   its site holds all that the rollback leaves, as it will stand.
    """
    made = [ref for ref in sorted(set(found.backup.created)) if ref in view.live]
    made = [ref for ref in made if is_managed(ref, view.policy.manage)]
    kept = {ref: why for ref in made if (why := _kept(ref, found, view))}
    leaving = set(made) - set(kept) if view.policy.on_removed == "delete" else set()
    for ref in made:
        yield kept.get(ref) or _gone(ref, found, view, leaving)


def _kept(ref: Ref, found: Match, view: View) -> Problem | None:
    """Why it stays as it is, or None."""
    live, entry = view.live[ref], view.entries[ref]
    if entry.protect:
        return protected(ref, entry)
    if view.overwrites(ref):
        return None
    if live.pending and not view.may_remove(ref):
        return pending(ref, found)
    shown = live.thing.fields()
    names = dict.fromkeys((*entry.seen, *shown))
    moved = [n for n in names if moved_live(n, shown.get(n), entry, live)]
    added = [n for n in shown if n not in entry.seen]
    return edited_since(ref, moved + added, found) if moved or added else None


def _gone(ref: Ref, found: Match, view: View, leaving: set[Ref]) -> Change | Problem:
    why = f"apply {found.backup.apply_id} created it"
    if ref.kind == "collection":
        return _collection(ref, view, leaving, why)
    if ref in leaving and (ref.kind != "source" or view.may_remove(ref)):
        return _deletion(ref, view, why)
    return _hidden(ref, view, why)


def _collection(ref: Ref, view: View, leaving: set[Ref], why: str) -> Change | Problem:
    if ref not in leaving:
        return _stays(ref, view, 'a collection is only deleted with on_removed = "delete".')
    inside = sum(1 for _ in inhabitants(ref, view, leaving))
    if inside:
        return _stays(ref, view, f"{words.counted(inside, 'thing')} in it would lose their place.")
    return _deletion(ref, view, why)


def _deletion(ref: Ref, view: View, why: str) -> Change:
    live, entry = view.live[ref], view.entries[ref]
    return Change(
        verb="delete",
        ref=ref,
        id=live.id,
        title=entry.title,
        url=next(iter(live.urls.values()), ""),
        path=entry.path,
        stage=REMOVALS,
        why=why,
        expects=expected(live.thing.fields(), live),
    )


def _hidden(ref: Ref, view: View, why: str) -> Change | Problem:
    """Unpublish every language of an article, switch a page or a source off."""
    live, entry = view.live[ref], view.entries[ref]
    shown = live.thing.fields()
    if ref.kind == "article":
        off = {n: "draft" for n, each in shown.items() if is_state(n) and each == "published"}
    else:
        off = {n: "no" for n in (*FLAGS, "active") if shown.get(n) == "yes"}
    if not off:
        return _stays(ref, view, "readers do not see it.")
    return unpublishing(ref, live, entry, off, why=why)


def _stays(ref: Ref, view: View, why: str) -> Problem:
    path = view.entries[ref].path
    return Problem(
        rule="removed",
        severity="warning",
        spot=Spot(path) if path else None,
        what=f"{words.NOUNS[ref.kind][0]} {ref.key} was new and stays: {why}",
    )
