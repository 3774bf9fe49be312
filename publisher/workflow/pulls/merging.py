"""Take a live body into its file: only the blocks that changed there, three ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.body import canonical, refs
from publisher.body.from_markdown import render
from publisher.body.proof import Piece, Written, written
from publisher.model import Article, Digest, ExternalPage, Locale, Ref, Thing, Translation, digest
from publisher.plan.diff import FieldFinding, locale_of
from publisher.pull.merge import Hunk, Merged, merge
from publisher.pull.pins import kept_slugs, pinned
from publisher.pull.report import Text
from publisher.source.writing import body_of, with_body
from publisher.workflow.pulls.shelf import Taking

_TAG = re.compile(r"<[^<>]*>|\s+")
TOO_OLD = " (the ledger is too old to tell in which blocks)"
INSEPARABLE = ", in a way that cannot be told apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bodies:
    """One body on both sides: the file's as it renders, and Intercom's as Markdown.

    first_line  the file's line on which `text` begins; `lines` count from 0 within it.
    blocks      the file's, as they render; `ours` are their digests.
    """

    text: str
    first_line: int
    blocks: tuple[str, ...]
    ours: tuple[Digest, ...]
    lines: tuple[int, ...]
    theirs: tuple[Digest, ...]
    said: Written
    own: Written
    title: str | None

    def markdown(self, start: int, end: int) -> str:
        """Some of Intercom's blocks as Markdown."""
        return "\n\n".join(piece.markdown for piece in self.said.pieces[start:end])

    def own_markdown(self, start: int, end: int) -> str:
        """Some of the file's blocks as they would be written, to see where its author differs."""
        return "\n\n".join(piece.markdown for piece in self.own.pieces[start:end])

    def says(self, merged: Merged) -> bool:
        """Whether a merged body can be read to say the author's blocks and the live hunks.

        With edits of both sides in it, it equals nothing that it could be compared with.
        """
        rendered = render(merged.body, take_title=self.title is not None)
        wanted = "".join(self._expected(merged.hunks))
        return _letters(wanted) == _letters("".join(canonical.blocks(rendered.html)))

    def _expected(self, hunks: Sequence[Hunk]) -> Iterator[str]:
        place = 0
        for hunk in hunks:
            yield from self.blocks[place : hunk.ours[0]]
            yield render(self.markdown(*hunk.theirs)).html
            place = hunk.ours[1]
        yield from self.blocks[place:]

    def whole(self) -> str:
        """All of them, below what the file begins with."""
        blank = self.text[: len(self.text) - len(self.text.lstrip("\n"))]
        title = f"# {self.title}\n\n" if self.title is not None else ""
        return f"{blank}{title}{self.said.markdown}"


def _letters(html: str) -> str:
    return _TAG.sub("", html)


def text_in(thing: Thing, locale: str) -> Translation | ExternalPage | None:
    """What of a thing has a title and a body in a locale."""
    if isinstance(thing, Article):
        return thing.translations.get(Locale(locale))
    return thing if isinstance(thing, ExternalPage) else None


def take_body(ref: Ref, finding: FieldFinding, taking: Taking) -> None:
    """Write the blocks that changed in Intercom into the file, or tell of the clash."""
    locale = locale_of(finding.name, taking.view.site.things[ref])
    path = taking.file(ref, locale)
    both = _bodies(ref, finding.name, path, taking)
    if (ref, locale) in taking.whole and finding.finding == "drift":
        _write(ref, finding.name, path, both.whole(), both.said.pieces, taking)
        return
    base, shown = _before(ref, locale, finding, both, taking)
    if finding.finding == "conflict" and base is None:
        taking.clash(ref, finding.name, TOO_OLD)
        return
    own = both.own_markdown if len(both.own.pieces) == len(both.ours) else None
    merged = merge(both.text, both.ours, both.lines, base, shown, both.theirs, both.markdown, own)
    if not isinstance(merged, Merged):
        first = min(clash.lines[0] for clash in merged)
        taking.clash(ref, finding.name, ", in the same place", both.first_line + first)
        return
    if merged.edits_left and not both.says(merged):
        taking.clash(ref, finding.name, INSEPARABLE, both.first_line)
        return
    if merged.edits_left:
        taking.taken.merges[ref, locale] = merged
    touched = [piece for hunk in merged.hunks for piece in both.said.pieces[slice(*hunk.theirs)]]
    _write(ref, finding.name, path, merged.body, tuple(touched), taking)


def _before(
    ref: Ref, locale: str, finding: FieldFinding, both: _Bodies, taking: Taking
) -> tuple[tuple[Digest, ...] | None, tuple[Digest, ...] | None]:
    """The blocks as last sent, and as Intercom showed them then; None: not remembered."""
    entry = taking.view.entries[ref]
    base, shown = entry.blocks.get(locale), entry.shown.get(locale)
    if shown is None or base is None:
        return _guessed(ref, locale, finding, both, taking)
    if finding.finding == "drift" and len(base) == len(both.ours):
        base = both.ours  # the text is as it was sent; at most a newer renderer spells it anew
    return tuple(base), tuple(shown)


def _guessed(
    ref: Ref, locale: str, finding: FieldFinding, both: _Bodies, taking: Taking
) -> tuple[tuple[Digest, ...] | None, tuple[Digest, ...] | None]:
    """What an older ledger does not tell: an unedited file as it should have been shown."""
    if finding.finding == "conflict":
        return None, None
    ours = text_in(taking.view.site.things[ref], locale)
    assert ours is not None
    headings = taking.view.entries[ref].headings.get(locale, {})
    bound = refs.bind(ours.body, taking.desk.outward.addresses.url(locale), headings).html
    shown = tuple(digest(block) for block in canonical.blocks(bound))
    return (both.ours, shown) if len(shown) == len(both.ours) else (None, None)


def _write(
    ref: Ref, name: str, path: str, body: str, pieces: tuple[Piece, ...], taking: Taking
) -> None:
    taking.change(path, lambda text: with_body(text, body))
    taking.note(ref, name)
    taking.taken.texts.append(Text(path=path, ref=ref, how="changed", pieces=pieces))


def _bodies(ref: Ref, name: str, path: str, taking: Taking) -> _Bodies:
    thing, live = taking.view.site.things[ref], taking.view.live[ref]
    locale = locale_of(name, thing)
    ours = text_in(thing, locale)
    assert ours is not None, f"{ref} has no {name}"
    html = live.thing.fields().get(name, "")
    body, first = body_of(taking.text(path))
    rendered = render(body)
    if len(rendered.headings) > len(canonical.heading_ids(ours.body)):
        rendered = render(body, take_title=True)
    address = taking.desk.outward.written_in(path, Locale(locale))
    said = written(html, address, title=ours.title, levels=rendered.levels)
    blocks = canonical.blocks(ours.body)
    return _Bodies(
        text=body,
        first_line=first,
        blocks=blocks,
        ours=tuple(digest(block) for block in blocks),
        lines=tuple(line - first for line in ours.lines),
        theirs=tuple(digest(block) for block in canonical.blocks(html)),
        said=pinned(said, html, kept_slugs(ref, locale, taking.view)),
        own=written(rendered.html, title=ours.title, levels=rendered.levels),
        title=rendered.title,
    )
