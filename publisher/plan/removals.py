"""What is no longer in the repository: reported, unpublished or deleted, within limits.

A missing file is weak evidence, so the default only reports. `protect` is remembered by
the ledger after the file is gone. A collection goes only when nothing of anyone's is left
in it, a content source only when it is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import ceil

from publisher.model import Article, Digest, Entry, ExternalPage, Live, Problem, Ref, digest
from publisher.plan import words
from publisher.plan.changes import PENDING, REMOVALS, Change, Edit
from publisher.plan.diff import is_state, moved_live, seen_digest
from publisher.plan.missing import removed, unjudged
from publisher.plan.view import View

FREE = 3
"""Removals that are always let through, however small the help center."""


def plan_removals(view: View) -> Iterator[Change | Problem]:
    """Yield what happens to everything that left the repository."""
    yield from unjudged(view)
    leaving = {ref for ref in removed(view) if (ref, "") not in view.stays}
    staying = {ref for ref, _ in view.stays}
    for ref in sorted(leaving):
        if view.entries[ref].protect:
            yield _shielded(ref, view)
        elif ref not in staying or _off(ref, view):
            yield _removal(ref, view, leaving)


def _shielded(ref: Ref, view: View) -> Problem:
    return Problem(
        rule="protected",
        severity="warning",
        what=f"{ref.key} is no longer in the repository, but protected; it stays as it is.",
        advice=f"To let go of it: publisher state rm {ref}",
    )


def _removal(ref: Ref, view: View, leaving: set[Ref]) -> Change | Problem:
    policy = view.policy.on_removed
    named = view.may_remove(ref)
    if policy == "report":
        return _reported(ref, "stays live (on_removed = report).")
    if policy == "draft" and ref.kind != "collection" and not _off(ref, view):
        return _reported(ref, "is hidden from readers already.")
    if why := _worked_on(ref, view):
        again = f"To remove it all the same: publisher apply --allow-deletes {ref}"
        return _reported(ref, f"stays: {why}.", again)
    if ref.kind == "collection":
        return (
            _collection(ref, view, leaving)
            if policy == "delete"
            else _reported(ref, "stays: a collection cannot be unpublished.")
        )
    if ref.kind == "source" and policy == "delete" and not named:
        return _reported(
            ref,
            "stays: deleting a content source deletes all its pages.",
            f"To delete it: publisher apply --allow-deletes {ref}",
        )
    if policy == "delete":
        return _deletion(ref, view)
    return _withdrawal(ref, view)


def _worked_on(ref: Ref, view: View) -> str:
    """Why it is a person's by now, so that it goes only when it is named; "" when it is not."""
    live, entry = view.live[ref], view.entries[ref]
    if view.may_remove(ref):
        return ""
    if live.pending:
        return "a colleague has an unpublished draft of it open in Intercom"
    if view.policy.on_drift == "overwrite":
        return ""
    shown = live.thing.fields()
    edited = [n for n in entry.seen if _is_written(n) and moved_live(n, shown.get(n), entry, live)]
    if not edited:
        return ""
    return (
        f"{words.listed(words.field(n) for n in edited)} changed in Intercom since the last apply"
    )


def _is_written(name: str) -> bool:
    """Whether people write this field; an author may be stamped anew by a mere look."""
    return name.rpartition(".")[2] in ("title", "description", "body", "state", "parent")


def _reported(ref: Ref, outcome: str, advice: str = "") -> Problem:
    noun = words.NOUNS[ref.kind][0]
    return Problem(
        rule="removed",
        severity="warning",
        what=f"{noun} {ref.key} is no longer in the repository; it {outcome}",
        advice=advice,
    )


def _collection(ref: Ref, view: View, leaving: set[Ref]) -> Change | Problem:
    inside = sum(1 for _ in inhabitants(ref, view, leaving))
    if inside:
        held = words.counted(inside, "thing")
        return _reported(ref, f"stays: {held} in it would lose their place.")
    return _deletion(ref, view)


def inhabitants(ref: Ref, view: View, leaving: set[Ref]) -> Iterable[Live]:
    """Whatever will still stand in this collection when the plan has been applied."""
    remote = view.entries[ref].id
    for other, live in view.live.items():
        if _parent_after(other, live, view) == remote and not _goes_too(other, view, leaving):
            yield live
    for live in view.strangers:
        if remote in (*live.parents, getattr(live.thing, "parent", None)):
            yield live


def _parent_after(ref: Ref, live: Live, view: View) -> str | None:
    thing = view.site.things.get(ref)
    if thing is None or not _moves(ref, live, view):
        return getattr(live.thing, "parent", None)
    parent = getattr(thing, "parent", None)
    entry = view.entries.get(Ref("collection", parent)) if parent else None
    return entry.id if entry else None


def _moves(ref: Ref, live: Live, view: View) -> bool:
    """Whether its parent will be the one that is wanted; a draft or a colleague may keep it."""
    if live.pending and not view.overwrites(ref):
        return False
    found = (each for each in view.findings.get(ref, ()) if each.name == "parent")
    return all(each.finding == "settled" or view.writes(ref, each) for each in found)


def _goes_too(ref: Ref, view: View, leaving: set[Ref]) -> bool:
    if ref not in leaving or view.entries[ref].protect or _worked_on(ref, view):
        return False
    if ref.kind == "collection":
        return not any(True for _ in inhabitants(ref, view, leaving))
    return True


def _deletion(ref: Ref, view: View) -> Change:
    live, entry = view.live[ref], view.entries[ref]
    return Change(
        verb="delete",
        ref=ref,
        id=live.id,
        title=entry.title,
        url=next(iter(live.urls.values()), ""),
        path=entry.path,
        stage=REMOVALS,
        why="its file is gone from the repository",
        expects=expected(live.thing.fields(), live),
    )


def expected(names: Iterable[str], live: Live) -> dict[str, Digest]:
    """What apply must find before it writes these fields; `PENDING` where a draft waits."""
    shown = live.thing.fields()
    found = {name: seen_digest(name, shown.get(name, "")) for name in names}
    return {**found, PENDING: digest("yes")} if live.pending else found


def _withdrawal(ref: Ref, view: View) -> Change:
    """Hide from readers: unpublish every locale, switch a page's availability or a source off."""
    live, entry = view.live[ref], view.entries[ref]
    off = _off(ref, view)
    return unpublishing(ref, live, entry, off, why="its file is gone from the repository")


def _off(ref: Ref, view: View) -> dict[str, str]:
    """What hides it from readers: fields and their values; nothing where it is hidden already."""
    shown = view.live[ref].thing.fields()
    if ref.kind == "article":
        public = (n for n, value in shown.items() if is_state(n) and value == "published")
        return {n: "draft" for n in public if (ref, n.partition(".")[0]) not in view.stays}
    if ref.kind == "page":
        return {n: "no" for n in ("agent", "copilot", "sales") if shown.get(n) == "yes"}
    return {"active": "no"} if shown["active"] == "yes" else {}


def unpublishing(ref: Ref, live: Live, entry: Entry, off: dict[str, str], *, why: str) -> Change:
    """A change that hides all or part of a thing; `off` names the fields and their values."""
    shown = live.thing.fields()
    return Change(
        verb="unpublish",
        ref=ref,
        id=live.id,
        title=entry.title,
        url=next(iter(live.urls.values()), ""),
        path=entry.path,
        stage=REMOVALS,
        why=why,
        edits=tuple(
            Edit(name=n, before=shown[n], after=value, withdraws=True) for n, value in off.items()
        ),
        expects=expected(off, live),
    )


def taken_away(change: Change, view: View) -> Counter[str]:
    """How many public pages a change takes away, by locale; "" for what has none."""
    live = view.live.get(change.ref)
    if change.verb == "delete":
        return _public(live) if live else Counter([""])
    hidden = [
        edit.locale if is_state(edit.name) else _locale_of(live)
        for edit in change.edits
        if edit.after in ("draft", "no") and edit.before in ("published", "yes")
    ]
    states = [locale for locale in hidden if locale]
    return Counter(states if change.ref.kind == "article" else hidden[:1])


def _public(live: Live) -> Counter[str]:
    """The pages that readers would lose with a thing; one at least, even of a draft."""
    if not isinstance(live.thing, Article):
        return Counter([_locale_of(live)])
    translations = live.thing.translations
    published = [str(loc) for loc, each in translations.items() if each.state == "published"]
    return Counter(published or [""])


def _locale_of(live: Live | None) -> str:
    return live.thing.locale if live and isinstance(live.thing, ExternalPage) else ""


def limit_exceeded(changes: Iterable[Change], view: View) -> str:
    """Why the plan must stop before anything is removed, or "".

    Everything together counts, and each language by itself: one that is to vanish as a whole
    may be a small part of the help center.
    """
    counted = [taken_away(c, view) for c in changes if not view.may_remove(c.ref)]
    taken = sum(counted, Counter[str]())
    managed = sum((_public(live) for live in view.live.values()), Counter[str]())
    total = taken.total()
    if total > _allowance(view, managed.total()):
        return _too_many(total, total, "", _allowance(view, managed.total()), view)
    if view.policy.allow_count is not None:
        return ""
    for locale in sorted(set(taken) - {""}):
        allowed = _allowance(view, managed[locale])
        if taken[locale] > allowed:
            return _too_many(total, taken[locale], words.language(locale), allowed, view)
    return ""


def _too_many(total: int, taken: int, language: str, allowed: int, view: View) -> str:
    pages = words.counted(taken, f"{language} page".strip())
    return (
        f"the plan takes {pages} away from readers, more than the {allowed} that "
        f"max_removals = {view.policy.max_removals} allows; nothing was written. "
        f"If that is what you want: publisher apply --allow-deletes {total}"
    )


def _allowance(view: View, managed: int) -> int:
    if view.policy.allow_count is not None:
        return view.policy.allow_count
    text = view.policy.max_removals.strip()
    share = text.endswith("%")
    number = float(text.rstrip("%"))
    free = FREE if view.site.things else 0  # an empty folder is a mishap more often than a wish
    return max(free, ceil(managed * number / 100) if share else int(number))
