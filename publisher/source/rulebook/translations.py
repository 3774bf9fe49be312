"""Rules about translations."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule

_INDEXES = {
    "en/billing/_index.md": "---\ntitle: Billing\n---\n",
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
}
_REFUNDS = "# Refunds\n\nWe refund within 14 days.\n"
_FRENCH = "# Remboursements\n\nNous remboursons sous 14 jours.\n"
_FRESH = "translated_from:\n  (title): v1-186d159d88\n\n  (text): v1-950d7594e8\n"
_STALE = _FRESH.replace("950d7594e8", "0950d7594e")
_GOOD = {**_INDEXES, "en/billing/refunds.md": _REFUNDS, "fr/billing/refunds.md": _FRENCH}

RULES: Mapping[str, Rule] = {
    "translation-conflict": Rule(
        "error",
        "A translation contradicts what its source says for all locales.",
        why="An article has one author, one key and one set of tags in all its languages. When a "
        "translation says something else, one of the two is wrong, and it must not depend on the "
        "order of files which one wins. Say it in the source only.",
        bad={**_GOOD, "fr/billing/refunds.md": f"---\nprotect: true\n---\n{_FRENCH}"},
        good={**_GOOD, "en/billing/refunds.md": f"---\nprotect: true\n---\n{_REFUNDS}"},
    ),
    "translation-missing": Rule(
        "warning",
        "A published article has no translation into a language.",
        why="Readers of that language meet the article in the default language, or not at all. "
        "Many help centers leave articles untranslated on purpose, so the rule is silent until "
        "`[lint]` names it; `locales` says which languages have to be complete (none named: all "
        "of them). A source that says `state: draft` needs no translation yet.",
        bad={
            **_INDEXES,
            "en/billing/refunds.md": _REFUNDS,
            "../publisher.toml": '[lint]\ntranslation-missing = "warning"\n',
        },
        good={**_GOOD, "../publisher.toml": '[lint]\ntranslation-missing = "warning"\n'},
        options={"locales": ()},
    ),
    "translation-stale": Rule(
        "warning",
        "The source of a translation has changed since it was translated.",
        why="Readers of that language are told what does not hold any more. What was translated is "
        "known by section: `translated_from` in the translation's file says what each had been, "
        "and `publisher translations mark` writes it. A translation that was never marked is not "
        "complained about. `[translations]` in publisher.toml says what else becomes of it: "
        '`"block"` makes it an error, and `"unpublish"` keeps the translation from readers until '
        "it is up to date.",
        bad={**_GOOD, "fr/billing/refunds.md": f"---\n{_STALE}---\n{_FRENCH}"},
        good={**_GOOD, "fr/billing/refunds.md": f"---\n{_FRESH}---\n{_FRENCH}"},
    ),
    "translation-without-source": Rule(
        "error",
        "A translation has no file in the default locale.",
        why="A translation belongs to the article of the same path in the default locale, and "
        "there is none. It is left out, so readers of that language lose the text. It happens "
        "when the source was moved or removed and its translations were not.",
        bad={**_GOOD, "fr/billing/cartes.md": "# Cartes\n\nToutes.\n"},
        good={
            **_GOOD,
            "en/billing/cards.md": "# Cards\n\nAll of them.\n",
            "fr/billing/cards.md": "# Cartes\n\nToutes.\n",
        },
    ),
}
