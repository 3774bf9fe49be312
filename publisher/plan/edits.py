"""One field of a change: what stands there, what is wanted, and where an author wrote it."""

from __future__ import annotations

from collections.abc import Iterable

from publisher.body import refs
from publisher.model import Article, ExternalPage, Locale, Ref, Thing
from publisher.plan import words
from publisher.plan.changes import Edit
from publisher.plan.diff import is_body, is_state, locale_of, source_of
from publisher.plan.readable import display
from publisher.plan.view import View


def edit_of(name: str, before: str | None, after: str, ref: Ref, view: View) -> Edit:
    """Return the edit of a field; `before` is None where nothing stands yet."""
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


def _plain(html: str, locale: str, view: View) -> tuple[str, ...]:
    leads = view.addresses.identity(locale)
    found = dict.fromkeys(refs.references(html))
    return tuple(refs.spell(each) for each in found if leads(each) is None)


def waiting_words(edits: Iterable[Edit]) -> list[str]:
    """Say of translations that they are kept from readers."""
    languages = [words.language(edit.locale) for edit in edits if edit.withdraws]
    if not languages:
        return []
    return [
        f"{words.listed(languages)} {words.verb(len(languages), 'waits', 'wait')} as "
        f"{words.verb(len(languages), 'a draft', 'drafts')} until the translation is up to date"
    ]


def waits(edits: Iterable[Edit], thing: Thing, view: View) -> bool:
    """Whether a body links to what has no address yet, so that it is sent once more."""
    return any(
        view.addresses.waits(reference, locale_of(edit.name, thing))
        for edit in edits
        if is_body(edit.name)
        for reference in refs.references(edit.after)
    )


def with_parents(fields: dict[str, str], thing: Thing) -> dict[str, str]:
    """In a plan a parent is a key, not an id: ids of new collections do not exist yet."""
    shown = dict(fields)
    if "parent" in shown:
        shown["parent"] = getattr(thing, "parent", None) or ""
    if isinstance(thing, ExternalPage):
        shown["source"] = thing.source
    return shown
