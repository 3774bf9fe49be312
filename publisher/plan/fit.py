"""Fit a site to what a target can do: what it cannot is left out and said once.

Each limit is one warning that names the version without it, not one per file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from publisher.body import refs
from publisher.body.flat import flat_lists, has_nested_lists
from publisher.body.refs import Reference
from publisher.model import (
    Abilities,
    Article,
    Collection,
    ExternalPage,
    Key,
    Locale,
    Problem,
    Ref,
    Site,
    Thing,
)
from publisher.plan import words
from publisher.plan.changes import Wanted


def fit(site: Site, abilities: Abilities, fin_locales: tuple[Locale, ...]) -> Wanted:
    """Leave out what the target's API version cannot hold, with one warning for each limit."""
    things = dict(site.things)
    problems: list[Problem] = []
    _levels(things, abilities, problems)
    _pages(things, abilities, fin_locales, problems)
    _icons(things, abilities, problems)
    _section_descriptions(things, abilities, problems)
    _sales(things, abilities, problems)
    _order(things, problems)
    _nested_lists(things, abilities, problems)
    _page_links(things)
    left_out = frozenset(set(site.things) - set(things))
    fitted = replace(site, things=things, left_out=left_out)
    return Wanted(site=fitted, problems=tuple(problems))


def _warn(rule: str, what: str, advice: str = "") -> Problem:
    return Problem(rule=rule, severity="warning", what=what, advice=advice)


def _levels(things: dict[Ref, Thing], abilities: Abilities, problems: list[Problem]) -> None:
    """Articles of a level too many go into the level above (Intercom ≤ 2.9 has two)."""
    depth = {ref: _depth(ref, things) for ref in things if ref.kind == "collection"}
    too_deep = {ref for ref, level in depth.items() if level > abilities.depth}
    if not too_deep:
        return
    above = {ref.key: _kept_parent(ref, too_deep, things) for ref in too_deep}
    for ref in too_deep:
        del things[ref]
    for ref, thing in list(things.items()):
        if isinstance(thing, Article) and thing.parent in above:
            things[ref] = replace(thing, parent=above[thing.parent])
    problems.append(
        _warn(
            "target-levels",
            f"API version {abilities.api_version} has {abilities.depth} levels of collections; "
            f"the articles of {words.counted(len(too_deep), 'deeper collection')} go into the "
            "section above.",
            "Use api_version 2.10 or newer for three levels.",
        )
    )


def _depth(ref: Ref, things: Mapping[Ref, Thing]) -> int:
    thing = things.get(ref)
    if not isinstance(thing, Collection) or thing.parent is None:
        return 1
    return 1 + _depth(Ref("collection", thing.parent), things)


def _kept_parent(ref: Ref, too_deep: set[Ref], things: Mapping[Ref, Thing]) -> Key | None:
    while ref in too_deep:
        thing = things[ref]
        if not isinstance(thing, Collection) or thing.parent is None:
            return None
        ref = Ref("collection", thing.parent)
    return ref.key


def _pages(
    things: dict[Ref, Thing],
    abilities: Abilities,
    fin_locales: tuple[Locale, ...],
    problems: list[Problem],
) -> None:
    fin = [ref for ref in things if ref.kind in ("source", "page")]
    if fin and not abilities.pages:
        for ref in fin:
            del things[ref]
        problems.append(
            _warn(
                "target-pages",
                f"API version {abilities.api_version} has no external pages; "
                f"{words.kinds_counted([ref.kind for ref in fin])} "
                f"{words.verb(len(fin), 'is', 'are')} left out.",
                "Use api_version 2.12 or newer.",
            )
        )
        return
    _page_locales(things, abilities, fin_locales, problems)


def _page_locales(
    things: dict[Ref, Thing],
    abilities: Abilities,
    fin_locales: tuple[Locale, ...],
    problems: list[Problem],
) -> None:
    allowed = fin_locales or (None if abilities.page_locales else (Locale("en"),))
    left_out = [
        ref
        for ref, thing in things.items()
        if isinstance(thing, ExternalPage) and allowed is not None and thing.locale not in allowed
    ]
    for ref in left_out:
        del things[ref]
    if left_out and not fin_locales:
        problems.append(
            _warn(
                "target-page-locales",
                f"API version {abilities.api_version} documents external pages in English only; "
                f"{words.counted(len(left_out), 'page')} in other languages "
                f"{words.verb(len(left_out), 'is', 'are')} left out.",
                "Use api_version 2.17, or name the languages in fin_locales to send them anyway.",
            )
        )


def _icons(things: dict[Ref, Thing], abilities: Abilities, problems: list[Problem]) -> None:
    named = [
        (ref, thing)
        for ref, thing in things.items()
        if isinstance(thing, Collection) and thing.icon is not None
    ]
    if abilities.icons or not named:
        return
    for ref, thing in named:
        things[ref] = replace(thing, icon=None)
    problems.append(
        _warn(
            "target-icons",
            f"API version {abilities.api_version} cannot set icons; "
            f"those of {words.counted(len(named), 'collection')} stay as they are live.",
            "Use api_version 2.17 or newer, or set them in Intercom.",
        )
    )


def _section_descriptions(
    things: dict[Ref, Thing], abilities: Abilities, problems: list[Problem]
) -> None:
    if abilities.depth > 2:
        return
    described = [
        (ref, thing)
        for ref, thing in things.items()
        if isinstance(thing, Collection) and thing.parent and any(thing.descriptions.values())
    ]
    for ref, thing in described:
        things[ref] = replace(thing, descriptions={})
    if described:
        problems.append(
            _warn(
                "target-section-descriptions",
                f"in API version {abilities.api_version} a section has no description; those of "
                f"{words.counted(len(described), 'section')} stay out.",
                "Use api_version 2.10 or newer.",
            )
        )


def _sales(things: dict[Ref, Thing], abilities: Abilities, problems: list[Problem]) -> None:
    stated = [
        (ref, thing)
        for ref, thing in things.items()
        if isinstance(thing, ExternalPage) and thing.fin.sales is not None
    ]
    if abilities.sales or not stated:
        return
    for ref, thing in stated:
        things[ref] = replace(thing, fin=replace(thing.fin, sales=None))
    problems.append(
        _warn(
            "target-sales",
            f"API version {abilities.api_version} cannot set sales availability; that of "
            f"{words.counted(len(stated), 'page')} is kept as it is live.",
            "Use api_version 2.17 or newer, or set it in Intercom.",
        )
    )


def _order(things: Mapping[Ref, Thing], problems: list[Problem]) -> None:
    if any(thing.order is not None for thing in things.values()):
        problems.append(
            _warn(
                "target-order",
                "Intercom has no way to set the order of articles and collections.",
                "Drag them in Intercom once; `order:` is kept for the local preview.",
            )
        )


def _nested_lists(things: dict[Ref, Thing], abilities: Abilities, problems: list[Problem]) -> None:
    if abilities.nested_lists:
        return
    flattened = 0
    for ref, thing in list(things.items()):
        new = _with_bodies(thing, lambda html: flat_lists(html) if has_nested_lists(html) else html)
        flattened += new != thing
        things[ref] = new
    if flattened:
        problems.append(
            _warn(
                "target-nested-lists",
                f'nested_lists = "flat": lists inside lists become marked paragraphs in '
                f"{words.counted(flattened, 'thing')}.",
            )
        )


def _with_bodies(thing: Thing, change: Callable[[str], str]) -> Thing:
    if isinstance(thing, ExternalPage):
        return replace(thing, body=change(thing.body))
    if not isinstance(thing, Article):
        return thing
    translations = {
        locale: replace(translation, body=change(translation.body))
        for locale, translation in thing.translations.items()
    }
    return replace(thing, translations=translations)


def _page_links(things: dict[Ref, Thing]) -> None:
    """A link to an external page is a link to its `url:`; without one there is nothing to link."""
    urls = {ref.key: t.url for ref, t in things.items() if isinstance(t, ExternalPage)}

    def address(reference: Reference) -> str | None:
        if reference.kind == "page":
            return urls.get(Key(reference.key)) or None
        return refs.spell(reference)

    def bound(html: str) -> str:
        return refs.bind(html, address).html if '"page:' in html else html

    for ref, thing in list(things.items()):
        things[ref] = _with_bodies(thing, bound)
