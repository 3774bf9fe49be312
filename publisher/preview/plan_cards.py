"""A plan as the plan page lays it out: a card for each change, in the collection it belongs to.

What takes something away from readers stands by itself, before all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.config import Config
from publisher.model import Article, Collection, ExternalPage, Key, Ref, Site, Spot, Thing
from publisher.plan import telling, words
from publisher.plan.changes import VERBS, Change, Edit, Plan, Verb
from publisher.plan.diff import is_body
from publisher.preview.editors import editor_link
from publisher.preview.plan_bodies import Body, field_name
from publisher.workflow.previews.previewing import State
from publisher.workflow.previews.readdressing import page_of

TAKEN = ("unpublish", "delete")
FIN, LOOSE = "External pages, which only Fin reads", "In no collection"
READERS = {
    "at once": "readers see it at once",
    "draft": "a draft, readers do not see it",
    "staged": "waits as a draft",
    "scheduled": "readers see it later",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file as it is shown; `link` opens it in the editor, or is ""."""

    text: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field other than a text that changes from one value to another."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One change as it is shown.

    page     of the preview, and `live` the one readers see now; each may be "".
    locales  the languages it concerns; none: all of them.
    reach    how often readers had what is taken away, or "".
    shown    whether the filter lets it through.
    texts    None: they are left out of this page.
    """

    ref: Ref
    verb: Verb
    sign: str
    noun: str
    title: str
    page: str
    live: str
    place: Place | None
    readers: str
    why: str
    reach: str
    locales: tuple[str, ...]
    shown: bool
    fields: tuple[Field, ...]
    texts: tuple[Body, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The changes in one collection, under the titles that lead there."""

    title: str
    cards: tuple[Card, ...]

    @property
    def shown(self) -> bool:
        """Whether the filter lets any of them through."""
        return any(card.shown for card in self.cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is asked for: a verb, a locale, one thing by its ref; "" asks for all."""

    verb: str = ""
    locale: str = ""
    show: str = ""

    def lets(self, change: Change, locales: Sequence[str]) -> bool:
        """Whether a change is asked for. One that names no language concerns every one."""
        return (not self.verb or change.verb == self.verb) and (
            not self.locale or not locales or self.locale in locales
        )


Texts = Callable[[Change, Thing | None], tuple[Body, ...]]


def locales_of(change: Change, site: Site) -> tuple[str, ...]:
    """The languages a change concerns, in their order; none for a thing as a whole."""
    thing = site.things.get(change.ref)
    return (thing.locale,) if isinstance(thing, ExternalPage) else change.locales


def spoken(plan: Plan, site: Site) -> dict[str, int]:
    """How many changes concern a language, by its code; only those that are named somewhere."""
    each = [locales_of(change, site) for change in plan.changes]
    codes = sorted({code for codes in each for code in codes})
    return {code: sum(not codes or code in codes for codes in each) for code in codes}


def counted(plan: Plan) -> dict[str, int]:
    """How many changes there are of each verb that occurs."""
    found = {verb: sum(change.verb == verb for change in plan.changes) for verb in VERBS}
    return {verb: count for verb, count in found.items() if count}


def cards(
    plan: Plan, config: Config, state: State, asked: Filter, texts: Texts, most: int
) -> Iterator[Card]:
    """One for each change, or for the one that is asked for.

    most  how many may come with their texts, of those that are shown.
    """
    site = state.loaded.site
    left = most
    for change in plan.changes:
        if asked.show and asked.show != str(change.ref):
            continue
        thing, locales = site.things.get(change.ref), locales_of(change, site)
        shown = asked.lets(change, locales)
        has_text = any(is_body(edit.name) for edit in change.edits)
        room = not has_text or (shown and left > 0)
        left -= room and has_text
        yield Card(
            ref=change.ref,
            verb=change.verb,
            sign=telling.SIGNS[change.verb],
            noun=words.NOUNS[change.ref.kind][0],
            title=change.title or change.ref.key,
            page=page_of(change.ref, state, locales[0] if locales else site.default_locale) or "",
            live=_live(change, plan, config),
            place=_place(change, thing, config),
            readers=READERS[change.readers] if change.verb not in TAKEN else "",
            why=change.why,
            reach=telling.reach_line(change.reach),
            locales=locales,
            shown=shown,
            fields=tuple(_fields(change.edits)),
            texts=texts(change, thing) if room else None,
        )


def place_of(spot: Spot, config: Config) -> Place:
    """A place in a file, told from the folder of the configuration."""
    inside = spot.path.removeprefix(f"{config.root.as_posix()}/")
    return Place(text=f"{inside}:{spot.line}", link=editor_link(config, spot.path, spot.line))


def _place(change: Change, thing: Thing | None, config: Config) -> Place | None:
    """Where a change comes from; a file that is gone is named, but cannot be opened."""
    if not change.path:
        return None
    line = next((edit.lines[0] for edit in change.edits if edit.lines), 1)
    place = place_of(Spot(change.path, line), config)
    return place if thing else Place(text=place.text.rpartition(":")[0], link="")


def _live(change: Change, plan: Plan, config: Config) -> str:
    """The page readers see now; nobody need be serving those of an embedded help center."""
    target = config.targets.get(plan.origin.target)
    embedded = target is not None and target.kind == "local"
    return "" if embedded or not change.url.startswith(("https://", "http://")) else change.url


def _fields(edits: Iterable[Edit]) -> Iterator[Field]:
    for edit in edits:
        if edit.before is not None and not is_body(edit.name):
            yield Field(name=field_name(edit.name), before=edit.before, after=edit.after)


def grouped(found: Iterable[Card], site: Site) -> tuple[tuple[Card, ...], tuple[Group, ...]]:
    """Part the cards: those that take something away, and the others by collection."""
    taken: list[Card] = []
    homes: dict[tuple[int, str], list[Card]] = {}
    for card in found:
        if card.verb in TAKEN:
            taken.append(card)
        else:
            homes.setdefault(_home(card.ref, site), []).append(card)
    titles = {key: _trail(Key(key), site.things, site) for _, key in homes}
    groups = tuple(
        Group(title=titles[key] or (FIN, LOOSE)[rank == LAST], cards=tuple(homes[rank, key]))
        for rank, key in sorted(homes)
    )
    return tuple(taken), groups


SHELVES, FINS, LAST = 0, 1, 2


def _home(ref: Ref, site: Site) -> tuple[int, str]:
    """Where a change is to be found: a collection's stands at the top of that collection."""
    if ref.kind in ("source", "page"):
        return FINS, ""
    if ref.kind == "collection":
        return SHELVES, ref.key
    thing = site.things.get(ref)
    parent = thing.parent if isinstance(thing, Article) else ref.key.rpartition("/")[0]
    return (SHELVES, parent) if parent else (LAST, "")


def _trail(key: Key, things: Mapping[Ref, Thing], site: Site) -> str:
    """The titles down to a collection; of what has left the content, its key."""
    titles: list[str] = []
    at: Key | None = key or None
    while at:
        thing = things.get(Ref("collection", at))
        if not isinstance(thing, Collection):
            titles.append(at)
            break
        titles.append(thing.titles.get(site.default_locale) or at)
        at = thing.parent
    return " › ".join(reversed(titles))
