"""What a writer should know about a body: collected while it is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

RULES: Mapping[str, str] = MappingProxyType(
    {
        "anchor-unresolved": "A link names a heading that its target does not have.",
        "attachment": "Intercom takes no attachments through its API; a link is sent instead.",
        "blockquote": "Intercom has no quotations; they become italic paragraphs.",
        "caption": "Intercom has no captions; they become paragraphs.",
        "collapsible-title": "A collapsible section has no title.",
        "directive-attribute": "A directive lacks something, or says something it cannot.",
        "directive-stray": "A closing `:::` closes nothing.",
        "directive-text": "Words after a directive's name are dropped; attributes say what counts.",
        "directive-unclosed": "A directive is not closed by `:::`.",
        "directive-unknown": "A `:::` block is of a kind that nobody knows.",
        "directive-unsupported": "A directive that Intercom takes only in its own Markdown.",
        "embed-unsupported": "Intercom refuses an embedded page of this kind.",
        "footnote": "Intercom has no footnotes; they become paragraphs.",
        "heading-deep": "Intercom shows three levels of headings; deeper ones join the third.",
        "hover-text": "Intercom drops what shows under the pointer; the text stays.",
        "html-dropped": "Intercom drops this HTML tag; its text stays.",
        "html-refused": "Intercom refuses this HTML tag.",
        "html-unsafe": "HTML that could run a script is never sent.",
        "image-address": "An image has no address from which Intercom could copy it.",
        "image-data-url": "An image stands in the text itself; Intercom copies public ones only.",
        "image-inline": "An image inside a line of text becomes a block of its own.",
        "image-size": "Intercom shows an image in a size of its own.",
        "image-title": "Intercom drops the title of an image; its description stays.",
        "link-empty": "A link leads nowhere; its text stays.",
        "link-scheme": "A link is of a kind that is not sent; its text stays.",
        "list-empty": "Intercom refuses a list that holds nothing.",
        "list-start": "Intercom numbers every list 1, 2, 3, from 1.",
        "nesting": "Blocks nest deeper than anybody could read.",
        "strikethrough": "Intercom has no strikethrough; the text stays.",
        "style-dropped": "Intercom keeps no colours or other styles of text.",
        "table-empty": "Intercom refuses a table that holds nothing.",
        "table-in-list": "Intercom refuses a table in a list.",
        "table-nested": "Intercom refuses a table in a table.",
        "table-ragged": "Intercom refuses a table whose rows are not equally long.",
        "table-span": "Intercom knows no cells that span others.",
        "task-list": "Intercom has no checkboxes; they become ☐ and ☑.",
    }
)
"""Every rule of this room, with one line for the documentation."""
REFUSED = frozenset(
    {
        "anchor-unresolved",
        "directive-attribute",
        "directive-unsupported",
        "embed-unsupported",
        "html-refused",
        "image-address",
        "image-data-url",
        "list-empty",
        "table-empty",
        "table-in-list",
        "table-nested",
        "table-ragged",
    }
)
"""Rules whose findings are errors: Intercom would refuse the whole article, or nothing sensible
is left to send. The findings of the others are warnings."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was not met: where, what is wrong, what to do. Lines are the file's."""

    rule: str
    severity: Literal["error", "warning"]
    line: int
    what: str
    advice: str = ""


@dataclass(slots=True)
class Findings:
    """Findings as they turn up. What recurs in every paragraph is told `once`, with a count."""

    _found: list[Finding] = field(default_factory=list)
    _once: dict[tuple[str, str], int] = field(default_factory=dict)
    _counts: dict[int, int] = field(default_factory=dict)

    def warn(self, rule: str, line: int, what: str, advice: str = "") -> None:
        """Something is lost or changed, and the rest is published."""
        self._found.append(Finding(rule, "warning", line, what, advice))

    def refuse(self, rule: str, line: int, what: str, advice: str = "") -> None:
        """Intercom would refuse the article for this, or nothing sensible can be sent."""
        self._found.append(Finding(rule, "error", line, what, advice))

    def once(self, rule: str, about: str, line: int, what: str, advice: str = "") -> None:
        """Warn of `about` (a tag, a habit) the first time; then only count."""
        place = self._once.setdefault((rule, about), len(self._found))
        self._counts[place] = self._counts.get(place, 0) + 1
        if place == len(self._found):
            self.warn(rule, line, what, advice)

    def told(self) -> tuple[Finding, ...]:
        """Return everything, in the order of the lines; what recurred says how often."""
        told = [
            replace(finding, what=f"{finding.what} ({self._counts[place]} times, here first)")
            if self._counts.get(place, 1) > 1
            else finding
            for place, finding in enumerate(self._found)
        ]
        return tuple(sorted(told, key=lambda finding: finding.line))
