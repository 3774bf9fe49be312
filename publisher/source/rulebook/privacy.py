"""Rules about what must not become public."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, article

_TOKEN = "ghp_" + "w7Kq2Zt9RmB4xVn8Lc5Hd1Pf3Gs6Jy0AeUiO"
"""Of the form of a token, and nobody's."""

RULES: Mapping[str, Rule] = {
    "email-address": Rule(
        "warning",
        "The address of a person stands in the text.",
        why="A help center is read by everyone, those who collect addresses among them, and the "
        "person may have left by the time somebody writes. Addresses of teams (`support@…`, "
        "`billing@…`) and of examples (`…@example.com`) are never found. What is meant to be "
        "public can be allowed by address, or by domain with all that is below it.",
        bad=article("Write to maria.lopez@wayfarer.travel."),
        good=article("Write to support@wayfarer.travel."),
        options={"allow": ()},
    ),
    "secret": Rule(
        "error",
        "A token or a private key stands in the text.",
        why="What is published can be read and used by anybody, and what was committed stays in "
        "the history of the repository. So revoke the secret first; taking it out of the text "
        "does not make it secret again. It is known by the form that its service documents, never "
        "by how random it looks, and stand-ins such as `<token>`, `xxxx` or "
        "`AKIAIOSFODNN7EXAMPLE` are not found. The finding does not repeat it.",
        bad=article(f"```\ncurl -H 'Authorization: Bearer {_TOKEN}' …\n```"),
        good=article("```\ncurl -H 'Authorization: Bearer <token>' …\n```"),
    ),
}
