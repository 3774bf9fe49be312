"""What somebody changed in Intercom since our last write: the paragraphs, not the article.

Titles and descriptions are compared with what was shown straight after that write.

The ledger keeps a digest of every block we sent and of every block Intercom showed straight
after. What is live and was not shown then was edited by hand; the blocks we sent in its place
lead to the file's own words. So neither what Intercom respells nor what the file changed
meanwhile takes part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from publisher.body import canonical
from publisher.model import Digest, Entry, Live, Thing, digest
from publisher.plan import words
from publisher.plan.cuts import cuts
from publisher.plan.cuts import joined as joined_cuts
from publisher.plan.diff import is_body, locale_of
from publisher.plan.prose import Diff, DiffLine, body_diff, joined, note
from publisher.plan.readable import Keys, display

Changed = tuple[slice, slice]
"""A passage of the file's blocks, and what Intercom shows instead of it."""


def hand_edits(thing: Thing, live: Live, entry: Entry, locale: str, keys: Keys) -> Diff:
    """Compare the file's text in `locale` ("-") with what Intercom shows for it ("+").

    locale  "" for a thing that has one body, or none.
    keys    of everything the ledger knows, to spell links; as `readable.display` takes them.

    Titles and descriptions come first, a note for each. Returns () where nothing of this was
    edited, and the whole difference of a body where the ledger is too old to tell whose it is.
    """
    return (
        *_lines_edited(thing, live, entry, locale),
        *_body_edited(thing, live, entry, locale, keys),
    )


def _lines_edited(thing: Thing, live: Live, entry: Entry, locale: str) -> Iterator[DiffLine]:
    ours, theirs = thing.fields(), live.thing.fields()
    for name in ours:
        spoken, _, field = name.rpartition(".")
        if field not in ("title", "description") or (locale and spoken != locale):
            continue
        shown = theirs.get(name, ours[name])
        if name in entry.seen and digest(shown) != entry.seen[name] and shown != ours[name]:
            said = field if locale or not spoken else f"{words.language(spoken)} {field}"
            yield note(f"{said}: “{ours[name]}” → “{shown}”")


def _body_edited(thing: Thing, live: Live, entry: Entry, locale: str, keys: Keys) -> Diff:
    name = f"{locale}.body" if locale else "body"
    ours, theirs = thing.fields().get(name), live.thing.fields().get(name)
    if ours is None or theirs is None or not is_body(name):
        return ()
    spelt = display(name, theirs, keys)
    spoken = locale_of(name, thing)
    sent, shown = entry.blocks.get(spoken, ()), entry.shown.get(spoken, ())
    if not shown or len(sent) != len(shown):
        return body_diff(ours, spelt)
    left, right = canonical.blocks(ours), canonical.blocks(spelt)
    passages = _passages(_digests(left), sent, shown, _digests(canonical.blocks(theirs)))
    pieces = [body_diff("".join(left[here]), "".join(right[there])) for here, there in passages]
    return joined(pieces) or (_notes(ours, spelt) if pieces else ())


def _notes(ours: str, theirs: str) -> Diff:
    """What only shows in the whole body: the level of one heading among others."""
    return tuple(line for line in body_diff(ours, theirs) if line.sign == "i")


def _digests(blocks: Sequence[str]) -> list[Digest]:
    return [digest(block) for block in blocks]


def _passages(
    ours: Sequence[Digest], sent: Sequence[Digest], shown: Sequence[Digest], live: Sequence[Digest]
) -> list[Changed]:
    """Find what is live and was not shown; by what we sent in its place, find it in the file.

    Blocks go in pairs as far as they can be told apart, so that what the author changed right
    beside an edit is no part of it. Passages that touch on both sides are one.
    """
    found: list[Changed] = []
    chain = joined_cuts(cuts(ours, sent), cuts(shown, live))
    for start, end in pairwise(chain):
        (our, before, their), (our_end, before_end, their_end) = start, end
        if tuple(shown[before:before_end]) == tuple(live[their:their_end]):
            continue
        if found and (found[-1][0].stop, found[-1][1].stop) == (our, their):
            our, their = found[-1][0].start, found.pop()[1].start
        found.append((slice(our, our_end), slice(their, their_end)))
    return found
