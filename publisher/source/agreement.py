"""Whether what the files say fits together: keys on the wrong file, twice, or contradicted.

Looks at the outline only, before any link is followed. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from publisher.model import Key, Ref
from publisher.source.meta import KEYS, Meta
from publisher.source.outline import Outline
from publisher.source.place import Place, both
from publisher.source.rules import Finding

_FOR_ALL_LOCALES = ("author", "tags", "key", "was", "protect", "icon")
_HOMES = {
    "article": "an article",
    "translation": "a translation",
    "collection": "an _index.md",
    "source": "a _source.md",
    "page": "an external page",
}


def disagreements(plan: Outline) -> list[Finding]:
    """Return every finding about frontmatter that only shows beside other files."""
    judges = (
        misplaced_keys,
        keys_without_effect,
        unseen_texts,
        contradictions,
        keys_claimed_twice,
        addresses_claimed_twice,
        ids_claimed_twice,
        former_keys,
    )
    return list(chain.from_iterable(judge(plan) for judge in judges))


def misplaced_keys(plan: Outline) -> Iterator[Finding]:
    """A key where nothing would come of it; its author believes otherwise."""
    for place in plan.placed:
        for name in place.meta.lines:
            roles = KEYS[name].roles
            if place.role not in roles:
                what = f"`{name}` has no meaning in {_HOMES[place.role]}."
                belongs = " or ".join(_HOMES[role] for role in roles if role != "translation")
                advice = f"It belongs in {belongs or _HOMES['translation']}."
                yield place.finding("frontmatter-misplaced-key", what, advice, name)


def keys_without_effect(plan: Outline) -> Iterator[Finding]:
    """Warn once per key, at the first file that has it: a writer should not wait for it."""
    users: dict[str, list[Place]] = {}
    for place in plan.placed:
        for name in place.meta.lines:
            idle = name == "fin" and place.role != "page"
            if place.role in KEYS[name].roles and (idle or not KEYS[name].effect):
                users.setdefault(name, []).append(place)
    for name, places in users.items():
        more = f" ({len(places)} files say it)" if len(places) > 1 else ""
        what = f"`{name}` is understood but changes nothing in Intercom yet{more}."
        yield places[0].finding("key-without-effect", what, "", name)


def unseen_texts(plan: Outline) -> Iterator[Finding]:
    """Once for all: other tools show such text, and folders full of it are common."""
    silent = [
        place
        for place in plan.placed
        if place.role in ("collection", "source") and place.document.has_text
    ]
    if silent:
        name = silent[0].document.path.rpartition("/")[2]
        more = f" ({len(silent)} such files have text)" if len(silent) > 1 else ""
        what = f"The text below the frontmatter of {name} is shown nowhere{more}."
        advice = "Put it into an article, or one line of it into `description:`."
        yield silent[0].finding("index-body", what, advice)


def contradictions(plan: Outline) -> Iterator[Finding]:
    """What holds for all locales is said in the default one."""
    for versions in (*plan.articles.values(), *plan.collections.values()):
        source = versions.get(plan.default_locale)
        for place in versions.values():
            if place is not source and not place.document.broken:
                yield from _contradictions(place, source)


def _contradictions(place: Place, source: Place | None) -> Iterator[Finding]:
    if source and source.document.broken:
        return
    said = source.meta if source else Meta()
    for name in _FOR_ALL_LOCALES:
        if name in place.meta.lines and getattr(place.meta, name) != getattr(said, name):
            what = f"`{name}` holds for all locales, and the source says something else."
            where = source.document.path if source else "the default locale's _index.md"
            advice = f"Say it in {where} only."
            yield place.finding("translation-conflict", what, advice, name)


def keys_claimed_twice(plan: Outline) -> Iterator[Finding]:
    """Pinned keys that are somebody else's; both files are named."""
    owners: dict[Ref, Place] = {}
    for ref, place in plan.claims():
        other = owners.setdefault(ref, place)
        if other is not place:
            yield from both(other, place, ref.key)


def addresses_claimed_twice(plan: Outline) -> Iterator[Finding]:
    """Sources that Intercom would hold for one; a slash at the end makes no difference."""
    owners: dict[str, Place] = {}
    for place in plan.sources.values():
        url = plan.address_of(place)
        other = owners.setdefault(url, place)
        if other is not place:
            for one, two in ((other, place), (place, other)):
                what = f"The address {url} is also that of {two.document.path}."
                advice = "Keep one of them, with the pages of both."
                yield one.finding("source-url-duplicate", what, advice, "url")


def ids_claimed_twice(plan: Outline) -> Iterator[Finding]:
    """Pages of a source that Intercom would hold for one; their keys may differ."""
    owners: dict[tuple[Key, str], Place] = {}
    for place in plan.pages:
        if place.document.broken:
            continue
        identity = plan.source_of(place), plan.external_id_of(place)
        other = owners.setdefault(identity, place)
        if other is not place and plan.ref_of(other) != plan.ref_of(place):
            for one, two in ((other, place), (place, other)):
                what = f"The external id `{identity[1]}` is also that of {two.document.path}."
                advice = "Give one of them another `external_id:`."
                yield one.finding("external-id-duplicate", what, advice, "external_id")


def former_keys(plan: Outline) -> Iterator[Finding]:
    """A former key names one thing that is gone; else an article would change its identity."""
    owners = dict(plan.claims())
    claimed: dict[Ref, Place] = {}
    for ref, place in plan.claims():
        if ref.kind == "collection" and place.role != "collection":
            continue  # a file that only stands for its folder
        for former in place.meta.was:
            key = Key(f"{former}:{place.locale}") if ref.kind == "page" else Key(former)
            wanted = Ref(ref.kind, key)
            holder = owners.get(wanted) or claimed.setdefault(wanted, place)
            if holder is not place:
                claim = "the key" if wanted in owners else "a former key"
                what = f"`was: {former}` is also {claim} of {holder.document.path}."
                yield place.finding("was-conflict", what, "Keep it in one file only.", "was")
