"""How a text changes, for the plan page: a diff of its words, and both sides as readers see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape, unescape
from urllib.parse import unquote

from markupsafe import Markup

from publisher.helpcenter.reader import body
from publisher.helpcenter.reader.words import direction
from publisher.model import ExternalPage, Thing
from publisher.plan import telling, words
from publisher.plan.changes import Change, Edit
from publisher.plan.diff import is_body
from publisher.plan.prose import Diff, body_diff
from publisher.plan.readable import body_after
from publisher.workflow.previews.readdressing import NOWHERE

LONGEST_DIFF = 60
"""Lines of a diff that are shown at once."""
REMEMBERED = 1000
_ID = re.compile(r'(<(?:h[1-6]|a|div|p|section|details)\b[^>]*?) id="[^"]*"')
_LINK = re.compile(r'(<a\b[^>]*?) href="#[^"]*"')
_IMAGE = re.compile(rf'<img [^>]*?src="{re.escape(NOWHERE)}([^"]*)"[^>]*>')


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One text that changes. `before` is None for a new one.

    said   instead of a diff, where no words change; "" where there is one, or nothing before.
    diff, rest   the lines that are shown at once, and those that are too many.
    """

    name: str
    locale: str
    dir: str
    said: str
    diff: Diff
    rest: Diff
    before: Markup | None
    after: Markup


def locale_of(edit: Edit, thing: Thing | None) -> str:
    """The language of a body; a page's own, whose fields do not name it."""
    return edit.locale or (thing.locale if isinstance(thing, ExternalPage) else "")


def bodies(
    change: Change, thing: Thing | None, seen: Callable[[str, str], str], site: str
) -> tuple[Body, ...]:
    """Return the texts of a change.

    seen  gives a body, of a locale, the addresses of the preview; `site` is where that is.
    """
    same = telling.ELSEWHERE if change.cause == "link" else telling.SAME

    def one(edit: Edit) -> Body:
        locale = locale_of(edit, thing)
        diff = () if edit.before is None else _diff(edit.before, body_after(edit))
        notes = [line.text for line in diff if line.sign == "i"]
        silent = edit.before is not None and len(notes) == len(diff)
        return Body(
            name=field_name(edit.name),
            locale=locale,
            dir=direction(locale) if locale else "auto",
            said=(" ".join(notes) or same) if silent else "",
            diff=() if silent else diff[:LONGEST_DIFF],
            rest=() if silent else diff[LONGEST_DIFF:],
            before=None if edit.before is None else _rendered(seen(edit.before, locale), site),
            after=_rendered(seen(body_after(edit), locale), site),
        )

    return tuple(one(edit) for edit in change.edits if is_body(edit.name))


@cache
def field_name(name: str) -> str:
    """A field at the beginning of a line: "French body"."""
    said = words.field(name).removeprefix("the ")
    return said[:1].upper() + said[1:]


@lru_cache(maxsize=REMEMBERED)
def _diff(before: str, after: str) -> Diff:
    return body_diff(before, after)


@lru_cache(maxsize=REMEMBERED)
def _rendered(html: str, site: str) -> Markup:
    """The text as the site shows it, but for lost images, and for ids and the links to them.

    Both sides have the same ids, and none of them would be what a link on this page means.
    """
    shown = _LINK.sub(r"\1", _ID.sub(r"\1", body.prepare(html, site).html))
    return Markup(_IMAGE.sub(lambda found: _named(unquote(unescape(found[1]))), shown))


def _named(image: str) -> str:
    return f'<mark class="absent">image {escape(image)}</mark>'
