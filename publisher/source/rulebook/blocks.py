"""Rules about text: what Intercom has no block or style for."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, article, of_body

RULES: Mapping[str, Rule] = {
    "blockquote": of_body(
        "blockquote",
        "No article of Intercom holds a quotation. The words are published as italic paragraphs, "
        "which readers may take for emphasis. For a remark, a callout such as `> [!NOTE]` is the "
        "better form.",
        bad="> We refund within 14 days.",
        good="> [!NOTE]\n> We refund within 14 days.",
    ),
    "footnote": of_body(
        "footnote",
        "The note becomes a paragraph at the end, and its number in the text leads nowhere. In a "
        "long article readers will not find it; say it where it matters.",
        bad="We refund within 14 days.[^1]\n\n[^1]: Except for gift cards.",
        good="We refund within 14 days, except for gift cards.",
    ),
    "heading-deep": of_body(
        "heading-deep",
        "Readers cannot tell a heading of the fourth level from one of the third, so the order of "
        "the page is lost on them. Use fewer levels, or part the article.",
        bad="## Cards\n\n### Europe\n\n#### France\n\n##### Paris\n\nAt the town hall.",
        good="## Cards\n\n### Europe\n\n#### France\n\nIn Paris, at the town hall.",
    ),
    "heading-jump": Rule(
        "warning",
        "A heading is more than one level below the one before it.",
        why="A level between them is missing, so people with a screen reader, who move from "
        "heading to heading, look for a section that is not there. Intercom shows the next level "
        "that is in use, whatever was meant.",
        bad=article("## Cards\n\n#### France\n\nIn Paris.\n\n### Cash\n\nNowhere."),
        good=article("## Cards\n\n### France\n\nIn Paris.\n\n### Cash\n\nNowhere."),
    ),
    "html-dropped": of_body(
        "html-dropped",
        "Intercom keeps few tags; this one is taken off and its words stay. It is often no tag at "
        "all, but a placeholder such as `<name>` that should have been written as code.",
        bad="Write to us as <customer>Anna</customer>.",
        good="Write to us as Anna.",
    ),
    "html-refused": of_body(
        "html-refused",
        "Intercom answers this tag by refusing the whole article, not just the part. Write the "
        "terms in bold, each before its explanation, or make a table.",
        bad="<dl>\n<dt>Refund</dt>\n<dd>Money back.</dd>\n</dl>",
        good="**Refund**: money back.",
    ),
    "html-unsafe": of_body(
        "html-unsafe",
        "A script in an article could act on its readers in your name, and a style could change "
        "the page around it. Intercom removes scripts; neither is ever sent from here. What they "
        "hold is left out with them.",
        bad="Refunds take 14 days.\n\n<script>track()</script>",
        good="Refunds take 14 days.",
    ),
    "list-empty": of_body(
        "list-empty",
        "Intercom does not skip a list without any item: it refuses the whole article for it, and "
        "nothing of it reaches readers. Write an item, or take the list out.",
        bad="Bring with you:\n\n-",
        good="Bring with you:\n\n- your card",
    ),
    "list-start": of_body(
        "list-start",
        "Intercom drops the number that a list starts with, so “see step 4” leads readers to the "
        "wrong step. A list breaks in two when something stands between its items; indent that, "
        "and it becomes part of the item before.",
        bad="1. Open the app.\n\nYou see your cards.\n\n2. Choose a card.",
        good="1. Open the app.\n\n   You see your cards.\n\n2. Choose a card.",
    ),
    "nesting": of_body(
        "nesting",
        "Nobody could read it on a phone, and a text that is nested so deep is nearly always a "
        "copy that went wrong. What lies too deep is published as plain text.",
        bad="- " * 120 + "deep",
        good="- not\n  - deep",
    ),
    "strikethrough": of_body(
        "strikethrough",
        "The line through the words is lost, so readers take for valid what you struck out. Take "
        "the words out instead.",
        bad="We refund within ~~14~~ 30 days.",
        good="We refund within 30 days.",
    ),
    "style-dropped": of_body(
        "style-dropped",
        "Colours, sizes and other styles do not reach readers; their words do. If the colour says "
        "something, say it in words, or use bold, italics or a callout.",
        bad='<p style="color: red">Refunds take 14 days.</p>',
        good="> [!WARNING]\n> Refunds take 14 days.",
    ),
    "task-list": of_body(
        "task-list",
        "Readers see ☐ or ☑ in front of the item, which they cannot tick. For steps, a numbered "
        "list says more.",
        bad="- [ ] Open the app.\n- [ ] Choose a card.",
        good="1. Open the app.\n2. Choose a card.",
    ),
}
