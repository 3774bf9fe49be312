"""The heading of a body that is its title: find it, change it, take it out.

Which `# line` is the title is for the renderer to say, since a line in a code block looks
the same. So it is asked: a word that stands nowhere else is put into each such line, until
it comes out as the title.
"""

from __future__ import annotations

import re

from publisher.body.from_markdown import Rendered, render

_ATX = re.compile(r"^( {0,3}#[ \t]+)(.*?)((?:[ \t]*\{#[^\s{}]+\})?(?:[ \t]+#+)?[ \t]*)$", re.M)
_SETEXT = re.compile(r"^( {0,3})(\S.*(?:\n(?![ \t]*$).+)*?)(\n {0,3}=+[ \t]*)$", re.M)
_SPECIAL = re.compile(r"([\\`*_\[\]<>&~#])")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_IDS = re.compile(r' (?:id|href)="#?h_[^"]*"')


def retitled(body: str, title: str, *, plainly: bool = False) -> str | None:
    """Return the body with another title in its heading; None where that cannot say it.

    plainly  the title must stand there as it is, without escapes.
    """
    found = _title_in(body)
    if found is None:
        return None
    spellings = (title, _SPECIAL.sub(r"\\\1", title), _PUNCTUATION.sub(r"\\\1", title))
    before = render(body, take_title=True)
    for spelling in spellings[:1] if plainly else spellings:
        changed = body[: found.start(2)] + spelling + body[found.end(2) :]
        after = render(changed, take_title=True)
        said = after.title if plainly else _in_one_line(after)
        if said is not None and (plainly or said == title) and _shown(after) == _shown(before):
            return changed
    return None


def untitled(body: str) -> str:
    """Return the body without the heading that is its title, or as it is."""
    found = _title_in(body)
    if found is None:
        return body
    return body[: found.start()] + body[found.end() :].lstrip("\n")


def _title_in(body: str) -> re.Match[str] | None:
    marker = "publisher"
    while marker in body:
        marker += "x"
    candidates = [*_ATX.finditer(body), *_SETEXT.finditer(body)]
    for found in sorted(candidates, key=lambda each: each.start()):
        marked = body[: found.start(2)] + marker + body[found.end(2) :]
        if render(marked, take_title=True).title == marker:
            return found
    return None


def _in_one_line(rendered: Rendered) -> str:
    return " ".join((rendered.title or "").split())


def _shown(rendered: Rendered) -> str:
    """The HTML without our heading ids, which follow from the words of all headings."""
    return _IDS.sub("", rendered.html)
