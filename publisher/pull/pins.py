"""Renamed headings keep the slug by which the content links to them.

A link of ours names a heading by its slug, and so does our id of it. When somebody renames the
heading in Intercom its id stays, so deep links still lead there; in the file the old slug is
pinned (`## Costs {#fees}`), and every link that names it leads there as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

from publisher.body import refs
from publisher.body.addressed import slugs_of
from publisher.body.from_markdown import render
from publisher.body.headings import slug_of
from publisher.body.proof import Piece, Written, anchors
from publisher.body.reader import read
from publisher.body.to_markdown import joined
from publisher.body.tree import Heading, plain, walk
from publisher.model import Article, Locale, Ref
from publisher.plan.diff import is_body
from publisher.plan.view import View

_HEADING = re.compile(r"[ \t>*+\-]*(?:\d+[.)][ \t]+)?#{1,6}[ \t]")
_NUMBERED = re.compile(r"-\d+\Z")


def kept_slugs(ref: Ref, locale: str, view: View) -> dict[str, str]:
    """Return Intercom's heading id → the slug to pin, for the live headings that need one.

    Those are headings with another slug than in our file that something here links to.
    """
    thing, live = view.site.things[ref], view.live[ref].thing
    if not isinstance(thing, Article) or not isinstance(live, Article):
        return {}
    ours, theirs = (each.translations.get(Locale(locale)) for each in (thing, live))
    if ours is None or theirs is None:
        return {}
    former = _former(ref, Locale(locale), view)
    before, after = _named(ours.body), _named(theirs.body)
    taken: set[str] = set()
    kept: dict[str, str] = {}
    for id_, slug in zip(_ids(theirs.body), slugs_of(read(theirs.body)), strict=True):
        old, our_id = former.get(id_, (slug, ""))
        renamed = slug_of(after.get(id_, "")) != slug_of(before.get(our_id, ""))
        if old not in {slug, *taken} and (renamed or _pinned(old, before.get(our_id, ""))):
            kept[id_] = old
        taken.add(kept.get(id_, slug))
    linked = _linked({former[id_][1] for id_ in kept}, ref, locale, view) if kept else set()
    return {id_: slug for id_, slug in kept.items() if former[id_][1] in linked}


def _former(ref: Ref, locale: Locale, view: View) -> dict[str, tuple[str, str]]:
    """Intercom's heading id → slug in the file, and our id."""
    spelt = view.entries[ref].headings.get(locale, {})
    slugs = view.site.headings.get((ref.key, locale), {})
    return {spelt.get(id_, id_): (slug, id_) for slug, id_ in slugs.items()}


def _ids(html: str) -> list[str]:
    return [heading.id for heading in _headings(html)]


def _named(html: str) -> dict[str, str]:
    return {heading.id: " ".join(plain(heading.runs).split()) for heading in _headings(html)}


def _headings(html: str) -> Iterator[Heading]:
    return (block for block in walk(read(html)) if isinstance(block, Heading))


def _pinned(slug: str, text: str) -> bool:
    """Whether a slug is its author's own choice, and does not follow from the heading's text."""
    return slug_of(text) not in (slug, _NUMBERED.sub("", slug))


def _linked(ids: set[str], ref: Ref, locale: str, view: View) -> set[str]:
    """Which of our heading ids of a text something links to, in this text or any other."""
    found: set[str] = set()
    for other, thing in view.site.things.items():
        for name, html in thing.fields().items():
            if not is_body(name):
                continue
            found |= {each.anchor for each in refs.references(html) if each.key == ref.key}
            if (other, name) == (ref, f"{locale}.body"):
                found |= {id_ for id_ in ids if f'href="#{id_}"' in html}
    return ids & found


def pinned(body: Written, html: str, slugs: Mapping[str, str]) -> Written:
    """Return a live body, as it was written, with slugs pinned and links within it mended.

    slugs  live heading id → slug, as of `kept_slugs`.

    Where it is unclear which line is which heading, nothing is pinned.
    """
    if not slugs:
        return body
    ids = [heading.id for heading in _headings(html) if plain(heading.runs).strip()]
    counts = [len(render(piece.markdown).headings) for piece in body.pieces]
    if sum(counts) != len(ids):
        return body
    named = anchors(html)
    moved = {named[id_]: slug for id_, slug in slugs.items() if id_ in named}
    pieces: list[Piece] = []
    for piece, count in zip(body.pieces, counts, strict=True):
        wanted, ids = [slugs.get(id_, "") for id_ in ids[:count]], ids[count:]
        markdown = _mended(_with_pins(piece.markdown, wanted), moved)
        pieces.append(replace(piece, markdown=markdown))
    return replace(body, pieces=tuple(pieces), markdown=joined(piece.markdown for piece in pieces))


def _with_pins(markdown: str, wanted: list[str]) -> str:
    """Put slugs behind the headings of a piece, in their order; "" for none."""
    if not any(wanted):
        return markdown
    lines = markdown.split("\n")
    for heading, slug in zip(render(markdown, first_line=0).headings, wanted, strict=True):
        if slug and _HEADING.match(lines[heading.line]):
            lines[heading.line] += f" {{#{slug}}}"
    return "\n".join(lines)


def _mended(markdown: str, moved: Mapping[str, str]) -> str:
    """Let links within the page name the slugs that are pinned."""
    for former, slug in moved.items():
        for spelt in dict.fromkeys((former, quote(former))):
            link = re.compile(rf"\]\(#{re.escape(spelt)}(?=[\s)])")
            markdown = link.sub(f"](#{slug}".replace("\\", r"\\"), markdown)
    return markdown
