"""Rules about redirects: addresses that died, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule

_HERE = {
    "en/billing/refunds.md": "# Refunds\n\nWe refund within 14 days.\n",
    "en/billing/cards.md": "# Cards\n\nWe take all of them.\n",
    "../publisher.toml": '[lint]\nkey-without-effect = "off"\n',
}


def _with(*redirects: tuple[str, str]) -> dict[str, str]:
    rows = "".join(f"- from: {start}\n  to: {to}\n" for start, to in redirects)
    return {"redirects.yml": rows, **_HERE}


_GOOD = _with(("billing/money-back", "billing/refunds"))

RULES: Mapping[str, Rule] = {
    "redirect-chain": Rule(
        "warning",
        "A redirect leads to an address that leads on itself.",
        why="A reader would be sent from one address to the next, and each step is one that can "
        "break: take the second redirect away some day, and the first leads nowhere. Let each "
        "lead to where readers arrive in the end.",
        bad=_with(
            ("billing/money", "billing/money-back"), ("billing/money-back", "billing/refunds")
        ),
        good=_with(("billing/money", "billing/refunds"), ("billing/money-back", "billing/refunds")),
    ),
    "redirect-duplicate": Rule(
        "error",
        "Two redirects lead away from one address.",
        why="Readers can be sent to one place only, and it must not depend on the order of lines "
        "which of the two that is. Intercom refuses a second redirect from the same address.",
        bad=_with(
            ("billing/money-back", "billing/refunds"), ("billing/money-back", "billing/cards")
        ),
        good=_GOOD,
    ),
    "redirect-invalid": Rule(
        "error",
        "A redirect is not of the form `from: …`, `to: …`.",
        why="What cannot be understood would be left out, and an address that somebody wanted to "
        "keep alive would be dead without a word. A redirect says `from` and `to`, and may say "
        "`locale` and `target`.",
        bad={**_GOOD, "redirects.yml": "- from: billing/money-back\n  too: billing/refunds\n"},
        good=_GOOD,
    ),
    "redirect-loop": Rule(
        "error",
        "Redirects lead in a circle.",
        why="A browser that follows them gives up with an error, and readers see no page at all. "
        "It happens when something is renamed and renamed back, with a redirect written each time.",
        bad=_with(("billing/money", "billing/money-back"), ("billing/money-back", "billing/money")),
        good=_with(("billing/money", "billing/refunds"), ("billing/money-back", "billing/refunds")),
    ),
    "redirect-required": Rule(
        "error",
        "Something public is gone, and no redirect says where readers go now.",
        why="Bookmarks, search engines and years of support conversations hold its address. Asked "
        "with `--changed-since`, when a pull request takes away or unpublishes an article, a "
        "translation or a collection. What only moves keeps its address in Intercom and needs "
        "none: a file that was renamed with its text is recognised, and `was:` says it for sure.",
    ),
    "redirect-shadowed": Rule(
        "warning",
        "A redirect leads away from something that is there.",
        why="An address that readers still reach needs no redirect, and one may hide the article "
        "from them. It is left over when an article comes back, or is meant for one language only.",
        bad=_with(("billing/cards", "billing/refunds")),
        good=_GOOD,
    ),
    "redirect-target-missing": Rule(
        "error",
        "A redirect leads to nothing that readers can reach.",
        why="Who follows the old address would meet another page that does not exist. `to` names "
        "an article or a collection by the key that it has now.",
        bad=_with(("billing/money-back", "billing/refund")),
        good=_GOOD,
    ),
}
