"""Rules about translations that are built otherwise than their sources."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule

_FRAME = {
    "en/billing/_index.md": "---\ntitle: Billing\n---\n",
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
    "en/billing/cards.md": "# Cards\n\nAll of them.\n",
    "fr/billing/cards.md": "# Cartes\n\nToutes.\n",
}


def _pair(english: str, french: str) -> dict[str, str]:
    return {
        **_FRAME,
        "en/billing/refunds.md": f"# Refunds\n\n{english}\n",
        "fr/billing/refunds.md": f"# Remboursements\n\n{french}\n",
    }


_STEPS = "1. Open Billing.\n2. Press Refund.\n3. Confirm."
_IMAGE = "https://example.com/form.png"

RULES: Mapping[str, Rule] = {
    "parity-code": Rule(
        "warning",
        "A translation's code blocks are not those of its source.",
        why="Code is the same in every language, so a difference is a command that was mended in "
        "one of them only, or a name that was translated and does not work any more. Compared are "
        "keys, options, variables and versions; comments, quoted text and plain words may differ.",
        bad=_pair("```\nrefund --all  # at once\n```", "```\nrefund --tout\n```"),
        good=_pair("```\nrefund --all  # at once\n```", "```\nrefund --all  # d'un coup\n```"),
    ),
    "parity-headings": Rule(
        "warning",
        "A translation's headings are not those of its source.",
        why="A section that one language has and the other has not was forgotten, or was added "
        "after the translation was made. Number and levels are compared, never the words.",
        bad=_pair("## Cards\n\n14 days.\n\n## Cash\n\nAt once.", "## Cartes\n\n14 jours."),
        good=_pair(
            "## Cards\n\n14 days.\n\n## Cash\n\nAt once.",
            "## Cartes\n\n14 jours.\n\n## Espèces\n\nTout de suite.",
        ),
    ),
    "parity-images": Rule(
        "warning",
        "A translation shows more or fewer images than its source.",
        why="Readers of one language miss a picture that the others get. Which images they are "
        "makes no difference, since screenshots are often made for each language.",
        bad=_pair(f"![The form]({_IMAGE})", "Le formulaire."),
        good=_pair(f"![The form]({_IMAGE})", f"![Le formulaire]({_IMAGE})"),
    ),
    "parity-links": Rule(
        "warning",
        "A translation does not link to what its source links to.",
        why="A link that is missing, or that still leads where the source led before, sends "
        "readers of that language astray. Links to articles are compared by what they mean, and "
        "addresses on the web without what tells languages apart (`/fr/`, `fr.`).",
        bad=_pair("See [cards](cards.md).", "Voir les cartes."),
        good=_pair("See [cards](cards.md).", "Voir les [cartes](cards.md)."),
    ),
    "parity-placeholders": Rule(
        "warning",
        "A translation's placeholders are not those of its source.",
        why="A placeholder such as `{name}`, `{{ name }}`, `%s`, `${NAME}` or `<NAME>` is filled "
        "in by a program or by the reader, who know it by its name. Translated or left out it is "
        "never filled in.",
        bad=_pair("Open `/refunds/{id}`.", "Ouvrez `/refunds/{numero}`."),
        good=_pair("Open `/refunds/{id}`.", "Ouvrez `/refunds/{id}`."),
    ),
    "parity-steps": Rule(
        "warning",
        "A translation's numbered steps are not as many as its source's.",
        why="Readers follow the steps one by one, so one that is missing leaves them stuck. It "
        "also happens that a paragraph between two steps is not indented and parts the list.",
        bad=_pair(_STEPS, "1. Ouvrez Facturation.\n2. Confirmez."),
        good=_pair(_STEPS, "1. Ouvrez Facturation.\n2. Cliquez.\n3. Confirmez."),
    ),
}
