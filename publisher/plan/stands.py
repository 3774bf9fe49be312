"""How everything stands: settled, not and why, or in Intercom alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from publisher.model import Article, Ref
from publisher.plan import homes, promises, words
from publisher.plan.changes import Change, Stand, Standing
from publisher.plan.notices import title_of
from publisher.plan.strangers import in_order
from publisher.plan.view import View


def stands(view: View, changes: Iterable[Change]) -> Iterator[Stand]:
    """One for each locale of an article, for each other thing, and for each stranger."""
    by_ref = {change.ref: change for change in changes}
    for ref in in_order(view.site):
        thing = view.site.things[ref]
        live = view.live.get(ref)
        locales = list(thing.translations) if isinstance(thing, Article) else [""]
        for locale in locales:
            standing, why = _stand(ref, locale, view, by_ref.get(ref))
            url = (live.urls.get(locale) or "") if live else ""
            yield Stand(
                ref=ref,
                standing=standing,
                locale=locale,
                title=title_of(thing, view),
                url=url,
                why=why,
            )
        yield from _added(ref, view)
    for live in view.strangers:
        yield Stand(
            ref=Ref(live.thing.kind, live.thing.key),
            standing="unmanaged",
            title=title_of(live.thing, view),
            url=next(iter(live.urls.values()), ""),
        )


def _added(ref: Ref, view: View) -> Iterator[Stand]:
    """Translations that stand in Intercom alone."""
    for locale in promises.added_locales(ref, view):
        live = view.live[ref]
        yield Stand(
            ref=ref,
            standing="unmanaged",
            locale=locale,
            title=live.thing.fields().get(f"{locale}.title", ""),
            url=live.urls.get(locale) or "",
            why="no file here",
        )


def _stand(ref: Ref, locale: str, view: View, change: Change | None) -> tuple[Standing, str]:
    if ref in view.gone:
        return "gone", "deleted in Intercom"
    if ref not in view.live:
        return ("update", change.why) if change else ("conflict", "not created")
    judged = (homes.as_it_stands(finding, ref, view) for finding in view.findings[ref])
    found = [
        f
        for f in judged
        if f and ("." not in f.name or not locale or f.name.partition(".")[0] == locale)
    ]
    for standing in ("conflict", "drift", "update"):
        names = [f.name for f in found if f.finding == standing]
        if names and standing != "update" and locale in promises.removed_locales(ref, view):
            return standing, f"the {words.language(locale)} translation was removed in Intercom"
        if names:
            return standing, words.changed(names)
    return "settled", ""
