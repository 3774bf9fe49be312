"""Rules about what a file is: its key, its title, the collection that it lies in."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, article

_REFUNDS = "# Refunds\n\nWe refund within 14 days.\n"
_GOOD = {"en/billing/refunds.md": _REFUNDS}

RULES: Mapping[str, Rule] = {
    "article-orphan": Rule(
        "warning",
        "An article is in no collection, and nothing links to it.",
        why="Intercom lists no article that is outside of all collections, not in its search "
        "either. Who knows its address can still read it; nobody else does. Move it into a "
        "folder, or link to it from an article that readers do find.",
        bad={**_GOOD, "en/cards.md": "# Cards\n\nAll of them.\n"},
        good={**_GOOD, "en/billing/cards.md": "# Cards\n\nAll of them.\n"},
    ),
    "body-empty": Rule(
        "warning",
        "An article has a title but no text.",
        why="Readers who find the title in a search would open an empty page. Call it a draft "
        "with `state: draft` until it is written; then nobody meets it.",
        bad={"en/billing/refunds.md": "---\ntitle: Refunds\n---\n"},
        good={"en/billing/refunds.md": "---\ntitle: Refunds\nstate: draft\n---\n"},
    ),
    "collection-without-title": Rule(
        "warning",
        "A collection has articles in a locale, but no name.",
        why="Readers in that language find the translated article in a collection whose name is "
        "in another language. The name of a collection is the `title:` of its `_index.md`, which "
        "each locale's folder has for itself.",
        bad={
            "en/billing/_index.md": "---\ntitle: Billing\n---\n",
            "en/billing/refunds.md": _REFUNDS,
            "fr/billing/refunds.md": "# Remboursements\n\nSous 14 jours.\n",
        },
        good={
            "en/billing/_index.md": "---\ntitle: Billing\n---\n",
            "en/billing/refunds.md": _REFUNDS,
            "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
            "fr/billing/refunds.md": "# Remboursements\n\nSous 14 jours.\n",
        },
    ),
    "description-long": Rule(
        "warning",
        "A description is longer than readers are shown.",
        why="A description stands below the title in lists and in the results of a search engine, "
        "which cuts it off after some 160 characters; what comes later is hardly ever read. The "
        "limit is ours: Intercom documents none.",
        bad={
            "en/billing/refunds.md": f"---\ntitle: Refunds\ndescription: {'When and how. ' * 30}\n"
            "---\nWe refund within 14 days.\n"
        },
        good={
            "en/billing/refunds.md": "---\ntitle: Refunds\ndescription: When and how.\n---\n"
            "We refund within 14 days.\n"
        },
        options={"max": 255},
    ),
    "index-at-top": Rule(
        "warning",
        "An _index.md lies directly in a locale folder, which is no collection.",
        why="An `_index.md` names the collection that its folder is. The folder of a language is "
        "no collection: it is the help center itself in that language. So nothing that the file "
        "says is used.",
        bad={**_GOOD, "en/_index.md": "---\ntitle: Help center\n---\n"},
        good={**_GOOD, "en/billing/_index.md": "---\ntitle: Billing\n---\n"},
    ),
    "index-body": Rule(
        "warning",
        "Text below the frontmatter of an _index.md, which Intercom cannot show.",
        why="A collection in Intercom has a name, a description and an icon, and no text. What "
        "stands below the frontmatter would be seen by nobody. It is told once, with a count.",
        bad={
            **_GOOD,
            "en/billing/_index.md": "---\ntitle: Billing\n---\n\nAll about your bills.\n",
        },
        good={
            **_GOOD,
            "en/billing/_index.md": "---\ntitle: Billing\n"
            "description: All about your bills.\n---\n",
        },
    ),
    "key-case": Rule(
        "error",
        "Two keys of a kind differ only in case.",
        why="On the disks of most Macs and Windows machines these two files are one, and a "
        "colleague who checks the repository out gets only one of them. The other article would "
        "look removed.",
        bad={
            **_GOOD,
            "en/billing/cards.md": "---\nkey: billing/Refunds\n---\n# Cards\n\nAll of them.\n",
        },
        good={**_GOOD, "en/billing/cards.md": "# Cards\n\nAll of them.\n"},
    ),
    "key-duplicate": Rule(
        "error",
        "Two files claim the same key.",
        why="The key is how an article in Intercom is found again. With two files for one key, "
        "each apply would overwrite one text with the other. It happens when a file is copied "
        "together with its `key:`.",
        bad={
            **_GOOD,
            "en/billing/cards.md": "---\nkey: billing/refunds\n---\n# Cards\n\nAll of them.\n",
        },
        good={**_GOOD, "en/billing/cards.md": "# Cards\n\nAll of them.\n"},
    ),
    "key-invalid": Rule(
        "error",
        "A key is spelt as no key can be.",
        why="The path of a file makes its key, which is typed in commands and written in the "
        "ledger. There, `#` stands before the ids of what is not in the repository, `article:` "
        "tells kinds apart, and `.md` means a file; a key that looks like one of these would be "
        "taken for it. Rename the file, or pin a key with `key:`.",
        bad={**_GOOD, "en/billing/cards.md.md": "# Cards\n\nAll of them.\n"},
        good={**_GOOD, "en/billing/cards.md": "# Cards\n\nAll of them.\n"},
    ),
    "title-duplicate": Rule(
        "warning",
        "Two articles of a collection have the same title in a language.",
        why="Readers of the collection see the same line twice and cannot tell which of the two "
        "answers them, and neither can Fin. Capitals and spaces make no difference; drafts do not "
        "count.",
        bad={**_GOOD, "en/billing/cards.md": "# Refunds\n\nTo cards, too.\n"},
        good={**_GOOD, "en/billing/cards.md": "# Refunds to cards\n\nTo cards, too.\n"},
    ),
    "title-long": Rule(
        "warning",
        "A title is longer than a list of articles can show.",
        why="A title is shown in lists, in search results and in the browser's tab, none of which "
        "has room for a paragraph. The limit is ours: 255 is what Intercom documents for the "
        "titles of snippets, and it documents none for articles.",
        bad=article("We refund within 14 days.", title="Refunds, and more of them" * 11),
        good=article("We refund within 14 days."),
        options={"max": 255},
    ),
    "title-missing": Rule(
        "error",
        "Neither the frontmatter nor a first heading gives a title.",
        why="Intercom takes no article without a title. Write `title:` into the frontmatter, or "
        "begin the text with a heading of the first level.",
        bad={"en/billing/refunds.md": "We refund within 14 days.\n"},
        good=_GOOD,
    ),
    "too-deep": Rule(
        "error",
        "Folders nest deeper than Intercom's collections can.",
        why="Every folder becomes a collection, and Intercom nests collections three deep. What "
        "lies below that has no collection it could be in, and is left out until it moves up.",
        bad={"en/billing/cards/europe/france/refunds.md": _REFUNDS},
        good={"en/billing/cards/europe/refunds.md": _REFUNDS},
    ),
    "was-conflict": Rule(
        "error",
        "A former key is claimed twice, or belongs to something that still exists.",
        why="`was:` says which published article a moved file continues, so that it keeps its id, "
        "its address and its statistics. One article cannot become two, and one whose file is "
        "still there did not move.",
        bad={
            **_GOOD,
            "en/billing/money-back.md": "---\nwas: billing/refunds\n---\n# Money back\n\nYes.\n",
        },
        good={
            "en/billing/money-back.md": "---\nwas: billing/refunds\n---\n# Money back\n\nYes.\n",
        },
    ),
}
