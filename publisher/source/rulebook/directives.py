"""Rules about the `:::` blocks: callouts, collapsible sections, buttons, videos."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, of_body

RULES: Mapping[str, Rule] = {
    "collapsible-title": of_body(
        "collapsible-title",
        "The title is all that readers see of a section before they open it. Without one they see "
        "“…” and have no reason to.",
        bad=":::collapsible\nWithin 14 days.\n:::",
        good=':::collapsible title="When do I get it?"\nWithin 14 days.\n:::',
    ),
    "directive-attribute": of_body(
        "directive-attribute",
        "The block lacks what makes it one: a button without an address leads nowhere, and one "
        "without a label cannot be seen. So nothing sensible could be sent for it.",
        bad='Within 14 days.\n\n:::button label="Ask for a refund"\n:::',
        good='Within 14 days.\n\n:::button label="Ask for a refund" href="https://example.com/refund"\n:::',
    ),
    "directive-stray": of_body(
        "directive-stray",
        "There is nothing open that this line could close. Either it is left over, or the block "
        "that it belonged to ends earlier than you think, and its last part stands outside.",
        bad="Within 14 days.\n\n:::",
        good=":::callout\nWithin 14 days.\n:::",
    ),
    "directive-text": of_body(
        "directive-text",
        'Only attributes of the form `name="value"` count behind a directive\'s name; other words '
        "in that line are dropped, and readers never see them.",
        bad=":::callout Please note\nWithin 14 days.\n:::",
        good=":::callout\nPlease note: within 14 days.\n:::",
    ),
    "directive-unclosed": of_body(
        "directive-unclosed",
        "Everything up to the end of the page becomes part of the block, so half of the article "
        "may stand in a coloured box. Close it with a line of `:::`.",
        bad=":::callout\nWithin 14 days.\n\nAsk us for more.",
        good=":::callout\nWithin 14 days.\n:::\n\nAsk us for more.",
    ),
    "directive-unknown": of_body(
        "directive-unknown",
        "What it holds is published as plain paragraphs, without the box or fold you meant. The "
        "blocks that Intercom knows are callout, collapsible, button, video and attachment.",
        bad=":::colapsible\nWithin 14 days.\n:::",
        good=':::collapsible title="When?"\nWithin 14 days.\n:::',
    ),
    "directive-unsupported": of_body(
        "directive-unsupported",
        "Such a block comes from an export of Intercom's own Markdown, where it carries something "
        "that only Intercom's own sync can read. Nothing readable could be sent for it. Write the "
        "block in Markdown or HTML, or remove it.",
        bad='Within 14 days.\n\n:::intercom-block data="eyJ0eXBlIjoicG9sbCJ9"\n:::',
        good="Within 14 days.",
    ),
}
