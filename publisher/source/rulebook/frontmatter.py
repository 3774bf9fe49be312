"""Rules about frontmatter."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule

_REFUNDS = "We refund within 14 days.\n"


def _with(*lines: str) -> dict[str, str]:
    return {"en/billing/refunds.md": "\n".join(["---", *lines, "---", "", _REFUNDS])}


_GOOD = _with("title: Refunds")

RULES: Mapping[str, Rule] = {
    "frontmatter-duplicate-key": Rule(
        "error",
        "A frontmatter key stands twice.",
        why="Most programs would silently take the last of the two. Which one was meant can only "
        "be decided by somebody who knows; it is often left over from a merge.",
        bad=_with("title: Refunds", "title: Money back"),
        good=_GOOD,
    ),
    "frontmatter-invalid": Rule(
        "error",
        "The frontmatter is not YAML of the form `key: value`.",
        why="Nothing in it can be used as long as it cannot be read, so the article would have no "
        "title, no state and no key. A colon inside a value is the usual reason: put such a value "
        "between quotes.",
        bad=_with("title: Refunds: how they work"),
        good=_with('title: "Refunds: how they work"'),
    ),
    "frontmatter-late": Rule(
        "warning",
        "Blank lines or spaces stand before the frontmatter.",
        why="We read the frontmatter all the same. Other tools that read these files, such as "
        "site generators and editors, expect it in the first line and would show it as text.",
        bad={name: f"\n{text}" for name, text in _GOOD.items()},
        good=_GOOD,
    ),
    "frontmatter-misplaced-key": Rule(
        "error",
        "A frontmatter key has no meaning in a file of this kind.",
        why="The key is right, but nothing comes of it here, while its author believes otherwise. "
        "The finding says in which kind of file it belongs.",
        bad=_with("title: Refunds", "icon: book"),
        good={**_GOOD, "en/billing/_index.md": "---\ntitle: Billing\nicon: book\n---\n"},
    ),
    "frontmatter-quotes": Rule(
        "warning",
        "Typographic quotes around a value; they become part of it.",
        why="YAML knows only straight quotes. Curly ones, which word processors write, are part of "
        "the value, so readers would see the title between quotation marks.",
        bad=_with("title: “Refunds”"),
        good=_with('title: "Refunds"'),
    ),
    "frontmatter-unknown-key": Rule(
        "error",
        "A frontmatter key is not ours, ignored, or an `x-` key.",
        why="A misspelt key would have no effect, and nobody would notice: `sate: draft` "
        "publishes. Keys of other tools are named once in `ignore` of `[frontmatter]`, and any "
        "key may begin with `x-`.",
        bad=_with("title: Refunds", "sate: draft"),
        good=_with("title: Refunds", "state: draft"),
    ),
    "frontmatter-value": Rule(
        "error",
        "A frontmatter key has a value that it cannot have.",
        why="Guessing what was meant could publish what should stay a draft, or the other way "
        "round. The finding says what the key takes.",
        bad=_with("title: Refunds", "state: hidden"),
        good=_with("title: Refunds", "state: draft"),
    ),
    "key-without-effect": Rule(
        "warning",
        "A frontmatter key that changes nothing in Intercom yet.",
        why="The key is understood and kept, but nothing is sent for it. Whoever wrote it should "
        "not wait for it to happen; what it asks for has to be done in Intercom by hand. It is "
        "told once for each key.",
        bad=_with("title: Refunds", "tags: [money]"),
        good=_GOOD,
    ),
}
