"""Rules about external pages, the content that only Fin reads."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule

_SOURCE = "---\ntitle: Handbook\nurl: https://example.com/handbook\n---\n"
_PAGE = "# Refunds\n\nWe refund within 14 days.\n"
_GOOD = {"fin/handbook/_source.md": _SOURCE, "fin/handbook/en/refunds.md": _PAGE}

RULES: Mapping[str, Rule] = {
    "external-id-duplicate": Rule(
        "error",
        "Two pages of a source have the same external id.",
        why="Intercom knows an external page by its external id, and would hold these two for "
        "one: the second would overwrite the first, and Fin would know only one of them.",
        bad={
            "fin/handbook/_source.md": _SOURCE,
            "fin/handbook/en/refunds.md": f"---\nexternal_id: money\n---\n{_PAGE}",
            "fin/handbook/en/cards.md": "---\nexternal_id: money\n---\n# Cards\n\nAll of them.\n",
        },
        good={**_GOOD, "fin/handbook/en/cards.md": "# Cards\n\nAll of them.\n"},
    ),
    "fin-misplaced": Rule(
        "error",
        "A file below fin/ is where no external page can be.",
        why="An external page belongs to a source and is in a language, and its path says both: "
        "`fin/SOURCE/LOCALE/…`. A file that lies elsewhere below `fin/` is left out, so Fin "
        "would not know what it says.",
        bad={**_GOOD, "fin/handbook/cards.md": "# Cards\n\nAll of them.\n"},
        good={**_GOOD, "fin/handbook/en/cards.md": "# Cards\n\nAll of them.\n"},
    ),
    "source-missing": Rule(
        "error",
        "External pages have no _source.md above them.",
        why="In Intercom, external pages belong to a source with an address. Without a "
        "`_source.md` there is none, and all pages of the folder are left out.",
        bad={"fin/handbook/en/refunds.md": _PAGE},
        good=_GOOD,
    ),
    "source-url-duplicate": Rule(
        "error",
        "Two sources have the same address.",
        why="A source in Intercom has no name, only an address, so these two could not be told "
        "apart there and their pages would be mixed. Keep one, with the pages of both.",
        bad={
            **_GOOD,
            "fin/manual/_source.md": "---\ntitle: Manual\nurl: https://example.com/handbook/\n---\n",
            "fin/manual/en/cards.md": "# Cards\n\nAll of them.\n",
        },
        good={
            **_GOOD,
            "fin/manual/_source.md": "---\ntitle: Manual\nurl: https://example.com/manual/\n---\n",
            "fin/manual/en/cards.md": "# Cards\n\nAll of them.\n",
        },
    ),
    "source-without-url": Rule(
        "error",
        "A _source.md does not say `url:`.",
        why="A source in Intercom has an address, which tells where its pages come from. Without "
        "one it cannot be made, and its pages are left out.",
        bad={**_GOOD, "fin/handbook/_source.md": "---\ntitle: Handbook\n---\n"},
        good=_GOOD,
    ),
}
