"""A translation is built like its source: what a reader of both could count."""

from __future__ import annotations

import pytest

FRAME = {
    "en/b/_index.md": "---\ntitle: B\n---\n",
    "fr/b/_index.md": "---\ntitle: B\n---\n",
    "en/b/cards.md": "# Cards\n\n## Fees\n\nx\n",
    "fr/b/cards.md": "# Cartes\n\n## Frais\n\nx\n",
    "en/b/cash.md": "# Cash\n\nx\n",
}


def told(content, english, french, meta=""):
    """(rule, path, line) of what parity says."""
    content.add(
        {
            **FRAME,
            "en/b/a.md": f"# A\n\n{english}\n",
            "fr/b/a.md": f"---\ntitle: A\n{meta}---\n\n{french}\n",
        }
    )
    found = content.load(advice=True).problems
    return [
        (p.rule.removeprefix("parity-"), content.path(p), p.spot.line)
        for p in found
        if p.rule.startswith("parity-")
    ]


@pytest.mark.parametrize(
    ("english", "french", "rule", "line"),
    [
        ("## B\n\nx\n\n## C\n\ny", "## B\n\nx", "headings", 5),
        ("## B\n\nx\n\n### C\n\ny", "## B\n\nx\n\n## C\n\ny", "headings", 9),
        ("1. a\n2. b\n3. c", "Texte.\n\n1. a\n2. b", "steps", 7),
        ("1. a\n2. b", "1. a\n\ntexte\n\n1. b", "steps", 5),
        ("![i](https://x.test/a.png)", "x", "images", 1),
        ("See [cards](cards.md).", "Voir les cartes.", "links", 1),
        ("See [cards](cards.md).", "Voir [x](cash.md).", "links", 5),
        ("See [x](https://x.test/a).", "Voir [x](https://y.test/a).", "links", 5),
        ("```\nrefund --all\n```", "```\nrefund --tout\n```", "code", 5),
        ("```\nmax_size: 3\n```", "```\nmax_size: 3\nmin_size: 1\n```", "code", 5),
        ("```\na\n```\n\n```\nb\n```", "```\na\n```", "code", 5),
        ("Hello {name}.", "Bonjour {nom}.", "placeholders", 5),
        ("Hello {{ name }}, {{name}}.", "Bonjour {{name}}.", "placeholders", 1),
        ("`%s` of `%1$s`", "`%s`", "placeholders", 1),
        ("`<YOUR_TOKEN>`", "`<VOTRE_JETON>`", "placeholders", 5),
    ],
)
def test_a_translation_that_is_built_otherwise_is_told_where_it_differs(
    content, english, french, rule, line
):
    assert told(content, english, french) == [(rule, "fr/b/a.md", line)]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("#### B\n\nx\n\n##### C\n\ny", "## B\n\nx\n\n### C\n\ny"),
        ("- a\n- b", "- a\n- b\n- c"),
        ("![i](https://x.test/en.png)", "![i](https://x.test/fr.png)"),
        ("[fees](cards.md#fees)", "[frais](cards.md#frais)"),
        ("[x](cards.md)", "[x](../../en/b/cards.md), encore [x](cards.md)"),
        ("[x](https://x.test/en/help#a)", "[x](https://x.test/fr/help#b)"),
        ("[x](https://en.wiki.test/Cat)", "[x](https://fr.wiki.test/Chat)"),
        ("[x](https://x.test/a)", "[x](http://www.x.test/a/)"),
        ("```sh\nrun --all # now\n```", "```sh\nrun --all # maintenant\n```"),
        ('```\nprint("hi there")\n```', '```\nprint("bonjour_a tous")\n```'),
        ("```yaml\ntitle: Refunds\n```", "```yaml\ntitle: Remboursements\n```"),
        ("```\nlogin <your_name>\n```", "```\nlogin <votre_nom>\n```"),
        ("Hello {{name}}, 100 %.", "Bonjour {{ name }}, 100 % des cas."),
        ("[x](nowhere.md)", "x"),
    ],
)
def test_what_rightly_differs_between_languages_is_silent(content, english, french):
    assert told(content, english, french) == []


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("See [cards](gone.md).", "Voir [cartes](cards.md)."),
        ("See [cards](cards.md).", "Voir [cartes](gone.md)."),
    ],
)
def test_what_a_link_means_that_leads_nowhere_is_not_guessed(content, english, french):
    assert told(content, english, french) == []


def test_a_draft_and_an_empty_text_are_not_compared(content):
    assert told(content, "## B\n\nx", "x", meta="state: draft\n") == []
    assert told(content, "## B\n\nx", "") == []
