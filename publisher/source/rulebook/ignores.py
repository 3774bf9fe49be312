"""Rules about `<!-- publisher-ignore … -->`."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, article

_QUOTE = "> We refund within 14 days."

RULES: Mapping[str, Rule] = {
    "ignore-unknown": Rule(
        "warning",
        "A `publisher-ignore` names a rule that does not exist.",
        why="Whoever wrote the comment believes that something is silenced, and nothing is. It is "
        "a slip, or the rule has another name by now.",
        bad=article("<!-- publisher-ignore blokquote -->\n\nWe refund within 14 days."),
        good=article(f"<!-- publisher-ignore blockquote -->\n\n{_QUOTE}"),
    ),
    "ignore-unused": Rule(
        "warning",
        "A `publisher-ignore` silences nothing.",
        why="What it was written for has been mended, or stands elsewhere: a comment by itself "
        "speaks of the block that follows it, and `publisher-ignore-file` of the whole file. Left "
        "behind, it would hide the next fault of its kind.",
        bad=article("<!-- publisher-ignore blockquote -->\n\nWe refund within 14 days."),
        good=article(f"<!-- publisher-ignore blockquote -->\n\n{_QUOTE}"),
    ),
}
