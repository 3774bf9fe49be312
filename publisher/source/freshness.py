"""Whether the translations of a site still say what their sources say, and what comes of it.

What a translation was made from its marks say (`marks`). Commits may have declared that what they
changed leaves translations unaffected (`unaffected`). Pure.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
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
from publisher.source.marks import Marks, carried, differences, is_marked
from publisher.source.rules import Finding
from publisher.source.sections import TEXT, TITLE

Steps = Callable[[Text], Sequence[tuple[Sequence[Section], Sequence[Section]]]]
"""A source → its sections before and after each change that was declared to leave translations
unaffected, the oldest first."""

_NAMED = 4
"""A message names as many sections and counts the others."""


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
            found = undeclared(text.translated_from, source, steps)
            if found:
                policy = policy_of(locale, rules)
                changed[locale] = replace(text, outdated=Outdated(sections=found, policy=policy))
    if not changed:
        return article
    return replace(article, translations={**article.translations, **changed})


def policy_of(locale: str, rules: ContentRules) -> Stale:
    """Return what becomes of a stale translation in a locale."""
    return rules.stale.get(locale) or rules.stale.get("") or "warn"


def undeclared(marks: Marks, source: Text, steps: Steps) -> tuple[Difference, ...]:
    """Return what changed in a source since it was translated, but for what was declared to leave
    translations unaffected."""
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
