"""Whether a translation still says what its source says, by what it was marked with.

A mark is `translated_from` in a translation's frontmatter: by name of a section of the source,
the digest that the section had. Digests and no commits, so that squashes, rebases and shallow
clones change nothing. Nothing here depends on the order of the marks: two pull requests may
each have written some of them. Pure.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from publisher.model import (
    Article,
    ContentRules,
    Difference,
    Outdated,
    Ref,
    Section,
    Severity,
    Site,
    Stale,
)
from publisher.model import Translation as Text
from publisher.source.rules import Finding
from publisher.source.sections import FORM, TEXT, TITLE

Marks = Mapping[str, str]
"""By name of a section: form and digest, "v1-0123456789"."""
Steps = Callable[[Text], Sequence[tuple[Sequence[Section], Sequence[Section]]]]
"""A source → its sections before and after each change that was declared to leave translations
unaffected, the oldest first."""

_NAMED = 4
"""A message names as many sections and counts the others."""


def marks_of(sections: Iterable[Section]) -> dict[str, str]:
    """Return what a translation of these sections, as they are, is marked with."""
    return {each.name: each.digest for each in sections}


def is_marked(marks: Marks) -> bool:
    """Whether anything can be told by these marks: one of a form that this program can compare."""
    return any(_is_ours(value) for value in marks.values())


def differences(marks: Marks, sections: Sequence[Section]) -> tuple[Difference, ...]:
    """Return what changed in a source since a translation of it was marked; () when nothing did.

    A section that was renamed or moved and says the same is no difference.
    """
    found = []
    for name, section in _paired(marks, sections):
        if section is None:
            found.append(Difference(kind="removed", name=name or ""))
        elif name is None:
            found.append(_difference("added", section))
        elif not _agree(marks[name], section):
            found.append(_difference("changed", section))
    return tuple(found)


def _difference(kind: str, section: Section) -> Difference:
    return Difference(
        kind="added" if kind == "added" else "changed",
        name=section.name,
        title=section.title,
        line=section.line,
    )


def carried(marks: Marks, before: Sequence[Section], after: Sequence[Section]) -> dict[str, str]:
    """Return the marks of a translation that a change of its source leaves unaffected.

    Only a section that was current before the change is current after it.
    """
    pairs = list(_paired(marks_of(before), after))
    became = {old: new for old, new in pairs if old is not None and new}
    found = {new.name: new.digest for old, new in pairs if old is None and new}
    stale = {}
    for name, section in _paired(marks, before):
        if name is None:
            continue
        if section is None or not _agree(marks[name], section):
            stale[name] = marks[name]
        elif section.name in became:
            new = became[section.name]
            found[new.name] = new.digest
    for name, mark in stale.items():
        found[_free(name, found, after)] = mark
    return in_order(found, after)


def _free(name: str, marks: Marks, sections: Iterable[Section]) -> str:
    """A name for a stale mark whose own belongs to a section that is current."""
    taken = {*marks, *(section.name for section in sections)} if name in marks else ()
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}-was-{number}"
    return free


def in_order(marks: Marks, sections: Sequence[Section]) -> dict[str, str]:
    """Return marks in the order of the sections; those of sections that are gone come last."""
    order = {section.name: place for place, section in enumerate(sections)}
    return dict(sorted(marks.items(), key=lambda item: order.get(item[0], len(order))))


# Pairing ----------------------------------------------------------------------------------


def _is_ours(value: str) -> bool:
    return value.startswith(f"{FORM}-")


def _agree(value: str, section: Section) -> bool:
    """A mark of another form cannot be compared, and so does not say that anything changed."""
    return value == section.digest or not _is_ours(value)


def _paired(
    marks: Marks, sections: Sequence[Section]
) -> Iterator[tuple[str | None, Section | None]]:
    """Pair marks and sections: by what they say, then by name, then by their neighbours.

    What a heading says may change, and a second of that name gets the first one's.
    """
    found: dict[str, Section] = {}
    by_name = {section.name: (section,) for section in sections}

    def named(name: str) -> Sequence[Section]:
        return by_name.get(name, ())

    ways: tuple[Callable[[str], Sequence[Section]], ...] = (
        lambda name: [each for each in named(name) if _agree(marks[name], each)],
        lambda name: [each for each in sections if each.digest == marks[name]],
        named,
        lambda name: _beside(name, marks, sections, found),
    )
    for way in ways:
        _take(way, marks, found)
    taken = {section.name for section in found.values()}
    yield from ((name, found.get(name)) for name in marks)
    yield from ((None, section) for section in sections if section.name not in taken)


def _take(way: Callable[[str], Sequence[Section]], marks: Marks, found: dict[str, Section]) -> None:
    """Give every mark that has none yet the first free section that a way leads to."""
    taken = {section.name for section in found.values()}
    for name in marks:
        free = [] if name in found else [each for each in way(name) if each.name not in taken]
        if free:
            found[name] = free[0]
            taken.add(free[0].name)


def _beside(
    name: str, marks: Marks, sections: Sequence[Section], found: Mapping[str, Section]
) -> list[Section]:
    """The section after the one that the mark before belongs to."""
    names = list(marks)
    place = names.index(name)
    before = found.get(names[place - 1]) if place else None
    follows = sections.index(before) + 1 if before else 0
    one = sections[follows : follows + 1]
    return [each for each in one if {each.name, name}.isdisjoint((TITLE, TEXT))]


# A site -----------------------------------------------------------------------------------


def judged(site: Site, rules: ContentRules, steps: Steps) -> Site:
    """Return the site with what is outdated in each translation that was ever marked."""
    things = {
        ref: _judged(thing, site, rules, steps) if isinstance(thing, Article) else thing
        for ref, thing in site.things.items()
    }
    return replace(site, things=things)


def _judged(article: Article, site: Site, rules: ContentRules, steps: Steps) -> Article:
    source = article.translations.get(site.default_locale)
    if source is None:
        return article
    changed = {}
    for locale, text in article.translations.items():
        if text is not source and is_marked(text.translated_from):
            found = _outdated(text.translated_from, source, steps)
            if found:
                policy = policy_of(locale, rules)
                changed[locale] = replace(text, outdated=Outdated(sections=found, policy=policy))
    if not changed:
        return article
    return replace(article, translations={**article.translations, **changed})


def policy_of(locale: str, rules: ContentRules) -> Stale:
    """Return what becomes of a stale translation in a locale."""
    return rules.stale.get(locale) or rules.stale.get("") or "warn"


def _outdated(marks: Marks, source: Text, steps: Steps) -> tuple[Difference, ...]:
    """What changed, but for what was declared to leave translations unaffected."""
    found = differences(marks, source.sections)
    for before, after in steps(source) if found else ():
        marks = carried(marks, before, after)
        still = differences(marks, source.sections)
        found = tuple(each for each in found if each in still)
    return found


# Findings ---------------------------------------------------------------------------------


def stale_translations(site: Site) -> Iterator[Finding]:
    """Translations whose source has changed since they were marked."""
    for ref, article, locale, text in _translations(site):
        if text.outdated is None:
            continue
        source = article.translations[site.default_locale]
        what = f"{source.spot.path} has changed since this was translated: {said(text.outdated)}."
        if text.outdated.policy == "unpublish":
            what += " Readers do not get this translation until it is up to date."
        advice = (
            "Bring the translation up to date, then say so: "
            f"`publisher translations mark {shlex.quote(ref.key)} --locale {locale}`."
        )
        severity: Severity | None = "error" if text.outdated.policy == "block" else None
        spot = text.spot
        yield Finding("translation-stale", spot.path, what, advice, text.marked_at, severity)


def missing_translations(site: Site, rules: ContentRules) -> Iterator[Finding]:
    """Published articles that a language lacks; only where the configuration asks for it."""
    if "translation-missing" not in rules.severities and (
        "translation-missing" not in rules.options
    ):
        return
    wanted = rules.options.get("translation-missing", {}).get("locales") or site.locales
    for article in site.things.values():
        source = _source(article, site)
        if not isinstance(article, Article) or source is None or source.state == "draft":
            continue
        lacking = [each for each in site.locales if each in wanted]
        lacking = [each for each in lacking if each not in article.translations]
        if lacking:
            what = f"There is no translation into {', '.join(lacking)}."
            advice = f"Write {lacking[0]}/… beside it, or take the locale out of the rule's list."
            yield Finding("translation-missing", source.spot.path, what, advice)


def said(outdated: Outdated) -> str:
    """What changed, in a few words: `“Fees” (line 7) changed, “Limits” (line 12) is new`."""
    words = [_said(each) for each in outdated.sections]
    more = [f"{len(words) - _NAMED} more"] if len(words) > _NAMED else []
    return ", ".join([*words[:_NAMED], *more])


def _said(difference: Difference) -> str:
    names = {TITLE: "title or description", TEXT: "the text above the first heading"}
    name = names.get(difference.name) or f"“{difference.title or difference.name}”"
    if difference.kind == "removed":
        return f"{name} is gone"
    verb = "is new" if difference.kind == "added" else "changed"
    return f"{name} (line {difference.line}) {verb}"


def _source(thing: object, site: Site) -> Text | None:
    return thing.translations.get(site.default_locale) if isinstance(thing, Article) else None


def _translations(site: Site) -> Iterator[tuple[Ref, Article, str, Text]]:
    for ref, article in site.things.items():
        if isinstance(article, Article) and site.default_locale in article.translations:
            for locale, text in article.translations.items():
                if locale != site.default_locale:
                    yield ref, article, locale, text
