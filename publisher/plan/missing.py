"""What has left the repository, and what only seems to have.

A file that is there and cannot be read has not been removed; which article it held nobody can
tell, as it may have been renamed. So nothing counts as removed beside it. What
`.publisherignore` names may be there or not: nobody looks, and it is not removed either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from publisher.model import ExternalPage, Problem, Ref
from publisher.plan import promises, words
from publisher.plan.view import View, is_managed


def removed(view: View) -> list[Ref]:
    """Managed, live, and no longer wanted; in a stable order. None where keys were named."""
    return [] if view.site.unread else [ref for ref in _missing(view) if not _ignored(ref, view)]


def is_removed(ref: Ref, view: View) -> bool:
    """Whether a thing has left the repository, as far as this run may judge; be it live or not."""
    return not view.site.unread and _is_missing(ref, view) and not _ignored(ref, view)


def _is_missing(ref: Ref, view: View) -> bool:
    return (
        not view.policy.only
        and ref not in view.site.things
        and is_managed(ref, view.policy.manage)
        and ref not in view.site.left_out
        and not in_unlisted_locale(ref, view)
    )


def _missing(view: View) -> list[Ref]:
    return sorted(ref for ref in view.live if _is_missing(ref, view) and not is_shared(ref, view))


def _ignored(ref: Ref, view: View) -> bool:
    return view.site.ignores(view.entries[ref].path, None)


def in_unlisted_locale(ref: Ref, view: View) -> bool:
    """Whether this is a page in a language that `locales` does not name (any more)."""
    if ref.kind != "page" or not view.site.closed:
        return False
    live = view.live.get(ref)
    page = live.thing if live else None
    locale = page.locale if isinstance(page, ExternalPage) else ref.key.rpartition(":")[2]
    return locale not in view.site.locales


def is_shared(ref: Ref, view: View) -> bool:
    """Whether another file holds this very thing: then nothing of it may go with this one."""
    return any(
        other != ref and other.kind == ref.kind and live.id == view.live[ref].id
        for other, live in view.live.items()
        if other in view.site.things
    )


def unjudged(view: View) -> Iterator[Problem]:
    """Say once of what has no file here, and is not removed since it may have one after all."""
    missing = _missing(view)
    texts = [
        (ref, each) for ref in sorted(view.live) for each in promises.missing_locales(ref, view)
    ]
    if view.site.unread and (missing or texts):
        yield _unread(view.site.unread)
        return
    names: list[str] = [ref.key for ref in missing if _ignored(ref, view)]
    dropped = {ref: promises.dropped_locales(ref, view) for ref, _ in texts}
    names += [f"{r.key} ({words.language(each)})" for r, each in texts if each not in dropped[r]]
    if names:
        yield _ignored_things(names)


def _unread(paths: Sequence[str]) -> Problem:
    return Problem(
        rule="removed",
        severity="warning",
        what=f"nothing is removed while {words.counted(len(paths), 'file')} could not be read: "
        f"{words.listed(paths)}.",
        advice="What is no longer elsewhere may stand there. Mend or rename them; what is none of "
        "this belongs into .publisherignore.",
    )


def _ignored_things(names: Sequence[str]) -> Problem:
    return Problem(
        rule="removed",
        severity="warning",
        what=f".publisherignore names the files of {words.listed(names)}; "
        f"{words.verb(len(names), 'it stays as it is', 'they stay as they are')}.",
        advice="What is ignored is not removed. To let go of one: publisher state rm KEY",
    )
