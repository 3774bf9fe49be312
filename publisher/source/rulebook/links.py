"""Rules about links."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, article, of_body

_CARDS = {"en/billing/cards.md": "# Cards\n\n## Lost cards\n\nCall us at once.\n"}

RULES: Mapping[str, Rule] = {
    "anchor-unresolved": of_body(
        "anchor-unresolved",
        "The link would open the page at its top, and the reader has to search for the passage "
        "that was promised. It happens when a heading is reworded: its anchor is made of its "
        "words. Pin the old one with `{#old-anchor}` behind the heading, or mend the link.",
        bad={**article("[Lost it?](cards.md#stolen-cards)"), **_CARDS},
        good={**article("[Lost it?](cards.md#lost-cards)"), **_CARDS},
    ),
    "attachment": of_body(
        "attachment",
        "A file that is attached in Intercom's editor cannot be attached through its API. Readers "
        "get a link to the file's address instead, so the file has to be on the web.",
        bad=':::attachment href="https://example.com/form.pdf" name="The form"\n:::',
        good="[The form](https://example.com/form.pdf)",
    ),
    "hover-text": of_body(
        "hover-text",
        "Text that shows only under the pointer does not reach readers on a phone or with a "
        "screen reader, and Intercom drops it for all of them. If it matters, say it in the text.",
        bad='[Contact us](https://example.com/contact "We answer within a day")',
        good="[Contact us](https://example.com/contact). We answer within a day.",
    ),
    "link-dead": Rule(
        "warning",
        "An address on the web is gone. Found by `publisher lint --external` alone.",
        why="Readers follow the link and meet somebody else's error page, or see no image. An "
        "address counts as gone when it answers 404 or 410, or when nobody has the name of its "
        "host. One that answers slowly, refuses us or asks us to come back later does not count: "
        "that may be about us. Addresses in private networks are never asked.",
        options={"skip": (), "days": 7},
    ),
    "link-empty": of_body(
        "link-empty",
        "A link without an address is taken off, and its words stay as plain text. Most often the "
        "address was to be filled in later.",
        bad="[Contact us]()",
        good="[Contact us](https://example.com/contact)",
    ),
    "link-moved": Rule(
        "warning",
        "An address on the web has moved for good. Found by `publisher lint --external` alone.",
        why="The link still works, because its host sends readers on to the new address. Such "
        "signposts are taken down one day, and the link dies with them. Link to the new address "
        "while it is known. Only redirects that say they are permanent count.",
    ),
    "link-outside": Rule(
        "error",
        "A link or image leads out of the content folder.",
        why="Only what lies in the content folder is published, so readers could not follow this "
        "link. Reading files elsewhere would also let a pull request publish any file of the "
        "machine that runs the pipeline.",
        bad=article("[The terms](../../../terms.md)"),
        good={**article("[The terms](terms.md)"), "en/billing/terms.md": "# Terms\n\nBe fair.\n"},
    ),
    "link-scheme": of_body(
        "link-scheme",
        "Links to web pages, mail addresses and telephones are sent. Other kinds, such as "
        "`javascript:`, `file:` or those of an app, are taken off: they are unsafe, or lead "
        "nowhere on a reader's machine. The words of the link stay.",
        bad="[The price list](file:///home/anna/prices.html)",
        good="[The price list](https://example.com/prices.html)",
    ),
    "link-to-file": Rule(
        "warning",
        "A link leads to a local file; Intercom hosts no files.",
        why="Intercom's API takes images in an article, and no other files. A PDF in the content "
        "folder is therefore on no address that a reader could open. Put it on a public one, and "
        "link there.",
        bad={**article("[The form](form.pdf)"), "en/billing/form.pdf": "%PDF-1.7\n"},
        good=article("[The form](https://example.com/form.pdf)"),
    ),
    "link-unresolved": Rule(
        "error",
        "A relative link leads to no article, collection, page or file.",
        why="Readers would meet a page that does not exist. A link to another article is written "
        "as the path to its file, from the file that it stands in; it becomes the article's "
        "address in the help center when it is published.",
        bad={**article("[Cards](card.md)"), **_CARDS},
        good={**article("[Cards](cards.md)"), **_CARDS},
    ),
}
