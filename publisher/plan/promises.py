"""What will be public once a plan is applied: links are judged by where they will lead.

Only what the plan will really do counts. A state that a colleague changed and that stays as
it is, an article that is not created because its twin stands there, a translation that was
not chosen: a link to any of them is judged by what readers can open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.model import Article, Collection, Live, Locale, Ref, digest
from publisher.plan.addresses import Addresses
from publisher.plan.diff import is_body, moved_live
from publisher.plan.wanted import states_before, wanted_fields

if TYPE_CHECKING:
    from publisher.plan.view import View


def promised(view: View) -> Addresses:
    """Return the view's addresses with what will become public, and what will cease to be."""
    coming: set[tuple[Ref, str]] = set()
    going: set[tuple[Ref, str]] = set()
    for ref in view.site.things:
        if ref not in view.live and ref not in view.arrivals:
            continue
        public = view.addresses.urls.get(ref, {})
        for locale, is_public, becomes in _publicity(ref, view):
            if becomes and not is_public:
                coming.add((ref, locale))
            elif not becomes and locale in public:
                going.add((ref, locale))
    return replace(view.addresses, promised=frozenset(coming), withdrawn=frozenset(going))


def _publicity(ref: Ref, view: View) -> Iterator[tuple[str, bool, bool]]:
    """Per locale: whether it is public now, and whether it will be."""
    thing, live = view.site.things[ref], view.live.get(ref)
    if isinstance(thing, Collection):
        yield "", live is not None, True
    if not isinstance(thing, Article):
        return
    fields = wanted_fields(ref, view)
    for locale in thing.translations:
        shown = _shown(live, locale)
        after = _after(ref, fields.get(f"{locale}.state"), shown, locale, view)
        yield locale, shown == "published", after == "published"
    for dropped in dropped_locales(ref, view):
        shown = _shown(live, dropped)
        stays = view.policy.on_removed == "report" or not may_hide(ref, view)
        stays = stays or (ref, dropped) in view.stays
        yield dropped, shown == "published", stays and shown == "published"


def may_hide(ref: Ref, view: View) -> bool:
    """Whether a part of an article may be unpublished: nobody protects it or is writing in it."""
    return not is_protected(ref, view) and (view.may_remove(ref) or not view.live[ref].pending)


def is_protected(ref: Ref, view: View) -> bool:
    """Whether `protect` was said when it was sent last, or is said now."""
    return view.entries[ref].protect or view.site.things[ref].protect


def dropped_locales(ref: Ref, view: View) -> list[Locale]:
    """Languages that were removed from an article; none where that cannot be known."""
    if view.site.unread or ref not in view.site.things:
        return []
    path, ignores = view.site.things[ref].spot.path, view.site.ignores
    return [each for each in missing_locales(ref, view) if not ignores(path, each)]


def missing_locales(ref: Ref, view: View) -> list[Locale]:
    """Listed languages that have no file any more while the article has; none for named keys."""
    thing, entry = view.site.things.get(ref), view.entries.get(ref)
    if not isinstance(thing, Article) or entry is None or ref not in view.live or view.policy.only:
        return []
    sent = {Locale(name.partition(".")[0]) for name in entry.sent if is_body(name)}
    return sorted(sent & set(view.site.locales) - set(thing.translations))


def added_locales(ref: Ref, view: View) -> list[Locale]:
    """Languages that a colleague wrote in Intercom and that no file here ever had."""
    thing, live = view.site.things.get(ref), view.live.get(ref)
    if not isinstance(thing, Article) or live is None or not isinstance(live.thing, Article):
        return []
    site, sent = view.site, view.entries[ref].sent
    return [
        locale
        for locale, text in live.thing.translations.items()
        if locale not in thing.translations
        and f"{locale}.body" not in sent
        and (text.body or text.title)
        and (not site.closed or locale in (*site.locales, site.default_locale))
    ]


def removed_locales(ref: Ref, view: View) -> list[Locale]:
    """Languages that have a file and were seen in Intercom, and that it shows no more."""
    thing, live = view.site.things.get(ref), view.live.get(ref)
    if not isinstance(thing, Article) or live is None or not isinstance(live.thing, Article):
        return []
    seen, shown = view.entries[ref].seen, live.thing.translations
    return [each for each in thing.translations if each not in shown and f"{each}.title" in seen]


def _shown(live: Live | None, locale: Locale) -> str:
    """What is live: "draft", "published", or "" for nothing."""
    if live is None or not isinstance(live.thing, Article):
        return ""
    translation = live.thing.translations.get(locale)
    return (translation.state or "") if translation else ""


def _after(ref: Ref, wanted: str | None, shown: str, locale: Locale, view: View) -> str:
    """The state a translation will have: the wanted one, unless it will not be sent."""
    live = view.live.get(ref)
    if live is None:
        return wanted or ""
    name = f"{locale}.state"
    if wanted is None:
        wanted = states_before(ref, view).get(name, shown) if view.may_replace(ref) else shown
    seen = view.entries[ref].seen.get(name)
    kept = seen is not None and seen != digest(shown) and not view.may_replace(ref)
    held = view.site.things[ref].protect or (ref, locale) in view.stays
    guarded = held and wanted == "draft"
    pending = live.pending and not view.overwrites(ref)
    waits = wanted == "published" != shown and _was_edited(ref, locale, view)
    return shown if kept or guarded or pending or waits or not view.chosen(ref) else wanted


def _was_edited(ref: Ref, locale: Locale, view: View) -> bool:
    """Whether a draft holds a colleague's words: then it is not published (see `publishing`)."""
    live, entry = view.live[ref], view.entries[ref]
    shown, wanted = live.thing.fields(), view.site.things[ref].fields()
    texts = [f"{locale}.{part}" for part in ("title", "description", "body")]
    edited = (n for n in texts if n in shown and shown[n] != wanted.get(n))
    return not view.may_replace(ref) and any(
        moved_live(name, shown[name], entry, live) for name in edited
    )
