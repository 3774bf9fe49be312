"""Decide what must change, by comparing what we want with what is there, field by field.

    wanted   what the repository says                  from source/
    live     what Intercom shows at this moment        from intercom/
    entry    what we sent last, and what Intercom
             showed us straight afterwards             from ledger/

Two questions settle a field. They are asked apart because Intercom rewrites the HTML it
stores: what we send and what we then see are never quite the same text.

                         wanted == last sent     wanted != last sent
    live == last seen    settled                 update
    live != last seen    drift                   conflict

A field that was never sent has no "last": it is settled where live already says it, an
update elsewhere. Where both sides changed to the same, they agree, and there is no conflict.
A field the author leaves open (no `state:`, no `author:`) is as it is live; only a live
*state* that moved is still shown, because readers notice it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from publisher.body import canonical, refs
from publisher.body.vocabulary import is_intercom_image
from publisher.model import (
    Article,
    Digest,
    Entry,
    ExternalPage,
    Fields,
    Live,
    Locale,
    Thing,
    digest,
)
from publisher.plan.addresses import Addresses

Finding = Literal["settled", "update", "drift", "conflict", "rerender"]
IMAGE = re.compile(r"""<img\s[^<>]*?src="([^"?]*)""")
LEADS = re.compile(r'<a\s[^<>]*?href="[^"]*?(/[^/"]*/articles/\d+)')
"""An article's address down to its id: which language a link leads to counts, too."""
SIGNATURE = re.compile(r"""( src="[^"?]*)\?[^"]*""")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFinding:
    """What the table above says of one field; `cause` is meaningful for updates.

    agreed   settled, but not by what the ledger remembers: it has to learn what stands.
    """

    name: str
    finding: Finding
    agreed: bool = False
    cause: Literal["content", "link", "asset", "renderer"] = "content"


def is_body(name: str) -> bool:
    """Tell whether a field holds HTML."""
    return name == "body" or name.endswith(".body")


def is_state(name: str) -> bool:
    """Tell whether a field says draft or published."""
    return name.endswith(".state")


def locale_of(name: str, thing: Thing) -> str:
    """The locale a field speaks, or "" for the thing as a whole."""
    if "." in name:
        return name.partition(".")[0]
    return thing.locale if isinstance(thing, ExternalPage) else ""


def sent_digest(name: str, value: str, locale: str, addresses: Addresses) -> Digest:
    """Digest of a wanted value over identities: what `Entry.sent` keeps once it is sent."""
    if is_body(name):
        return digest(refs.bind(value, addresses.identity(locale)).html)
    return digest(value)


def references_digest(html: str, locale: str, addresses: Addresses) -> Digest:
    """Digest of where a body's references lead, to tell a moved link from a new renderer."""
    look_up = addresses.identity(locale)
    return digest("\n".join(str(look_up(reference)) for reference in refs.references(html)))


def seen_digest(name: str, value: str) -> Digest:
    """Digest of a live value in the one spelling that does not change by itself."""
    return canonical.digest_of(value) if is_body(name) else digest(value)


def raw_digest(html: str) -> Digest:
    """Digest of a live body as it stands, but for the signatures that differ at every reading."""
    return digest(SIGNATURE.sub(r"\1", html))


def raw_digests(live: Live) -> dict[str, Digest]:
    """What `Entry.raw` keeps of a live thing: every body."""
    fields = live.thing.fields().items()
    return {name: raw_digest(value) for name, value in fields if is_body(name)}


class Look(NamedTuple):
    """What `Entry.seen` and `Entry.shown` keep of a live thing."""

    seen: dict[str, Digest]
    shown: dict[str, tuple[Digest, ...]]


def looked_at(live: Live) -> Look:
    """Both at once: reading a body closely is the slow part."""
    look = Look({}, {})
    for name, value in live.thing.fields().items():
        if not is_body(name):
            look.seen[name] = digest(value)
            continue
        blocks = canonical.blocks(value)
        look.seen[name] = digest("".join(blocks))
        look.shown[locale_of(name, live.thing)] = tuple(digest(block) for block in blocks)
    return look


def judge(
    wanted: Fields,
    thing: Thing,
    live: Live,
    entry: Entry,
    addresses: Addresses,
) -> list[FieldFinding]:
    """Answer the two questions for every field of a thing that exists on both sides.

    wanted   the thing's fields with `parent` and `source` as remote ids ("new:KEY" for one
             that does not exist yet) and `author` as an id.
    """
    shown = live.thing.fields()
    findings = []
    for name, value in wanted.items():
        ours = _our_side(name, value, thing, entry, addresses)
        theirs = moved_live(name, shown.get(name), entry, live)
        found = _finding(name, ours, theirs, value == shown.get(name))
        if found.finding == "conflict" and is_body(name):
            said = _bound(value, locale_of(name, thing), addresses)
            if _says_the_same(said, shown.get(name, "")):
                found = FieldFinding(name=name, finding="settled", agreed=True)
        moved = found.cause == "link" and found.finding == "update"
        if moved and _leads_there(name, value, shown.get(name, ""), thing, addresses):
            found = FieldFinding(name=name, finding="settled", agreed=True)
        findings.append(found)
    for name in entry.seen:
        if is_state(name) and name not in wanted and _locale_wanted(name, wanted):
            moved = moved_live(name, shown.get(name), entry, live)
            findings.append(FieldFinding(name=name, finding="drift" if moved else "settled"))
    return findings


def _says_the_same(said: str, shown: str) -> bool:
    """Whether two bodies are equal, and show the same bytes where Intercom holds the image.

    Its name does not tell: what was uploaded in the editor as `card.png` is called that.
    """
    held = {url for url in IMAGE.findall(said) if is_intercom_image(url)}
    return held <= set(IMAGE.findall(shown)) and canonical.same(said, shown)


def _leads_there(name: str, html: str, shown: str, thing: Thing, addresses: Addresses) -> bool:
    """Whether the links of a body lead where they are to lead already.

    So it is once a rollback has made again what they lead to, and mended them.
    """
    locale = locale_of(name, thing)
    if any(addresses.waits(reference, locale) for reference in refs.references(html)):
        return False
    said = _bound(html, locale, addresses)
    return LEADS.findall(said) == LEADS.findall(shown) and _says_the_same(said, shown)


def _bound(html: str, locale: str, addresses: Addresses) -> str:
    """A body as it would stand live; of an image's address only the file name counts."""
    named = addresses.with_assets(lambda asset: addresses.asset_url(asset) or asset.public_name)
    return refs.bind(html, named.url(locale)).html


def learnt(name: str, value: str, thing: Thing, addresses: Addresses) -> dict[str, Digest]:
    """What `Entry.source` keeps of a body that was sent, or agreed upon."""
    locale = locale_of(name, thing)
    return {
        name: Digest(source_of(name, thing)),
        f"{name}#refs": references_digest(value, locale, addresses),
        f"{name}#links": links_digest(value, locale, addresses),
    }


def _locale_wanted(name: str, wanted: Fields) -> bool:
    return f"{name.partition('.')[0]}.title" in wanted


def _our_side(
    name: str, value: str, thing: Thing, entry: Entry, addresses: Addresses
) -> str | None:
    """Why the wanted value is not what was last sent: a cause, "new", or None."""
    if name not in entry.sent:
        return "new"
    locale = locale_of(name, thing)
    if sent_digest(name, value, locale, addresses) == entry.sent[name]:
        return None
    if not is_body(name):
        return "content"
    return _cause_of_body(name, value, locale, thing, entry, addresses)


def source_of(name: str, thing: Thing) -> str:
    """Digest of the author's text behind a body field, or ""."""
    if isinstance(thing, ExternalPage):
        return thing.text
    if isinstance(thing, Article):
        translation = thing.translations.get(Locale(locale_of(name, thing)))
        return translation.source if translation else ""
    return ""


def _cause_of_body(
    name: str, value: str, locale: str, thing: Thing, entry: Entry, addresses: Addresses
) -> str:
    if not source_of(name, thing) or source_of(name, thing) != entry.source.get(name):
        return "content"
    if references_digest(value, locale, addresses) == entry.source.get(f"{name}#refs"):
        return "renderer"
    return "asset" if _only_assets_moved(value, locale, entry, name, addresses) else "link"


def _only_assets_moved(
    html: str, locale: str, entry: Entry, name: str, addresses: Addresses
) -> bool:
    return links_digest(html, locale, addresses) == entry.source.get(f"{name}#links")


def links_digest(html: str, locale: str, addresses: Addresses) -> Digest:
    """Like `references_digest`, without the images."""
    look_up = addresses.identity(locale)
    places = (look_up(found) for found in refs.references(html) if found.kind != "asset")
    return digest("\n".join(str(place) for place in places))


def moved_live(name: str, shown: str | None, entry: Entry, live: Live) -> bool:
    """Whether live moved since we last looked: what stands where nothing stood was added.

    An entry that never looked cannot tell; what it sent is all that is known of it.
    Where the canonical form has another version now, what was seen cannot be compared; then
    a thing whose time of change stands still counts as unmoved.
    """
    if name not in entry.seen:
        return bool(entry.seen and shown)
    if shown is None:
        return True
    if is_body(name):
        if entry.raw.get(name) == raw_digest(shown):
            return False
        if entry.form != canonical.VERSION and live.changed_at == entry.changed_at:
            return False
    return seen_digest(name, shown) != entry.seen[name]


def _finding(name: str, ours: str | None, theirs: bool, equal: bool) -> FieldFinding:
    if equal and not is_body(name):
        return FieldFinding(name=name, finding="settled", agreed=theirs or ours is not None)
    if ours is None:
        return FieldFinding(name=name, finding="drift" if theirs else "settled")
    if ours == "renderer":
        return FieldFinding(name=name, finding="drift" if theirs else "rerender", cause="renderer")
    cause: Literal["content", "link", "asset"] = (
        "link" if ours == "link" else "asset" if ours == "asset" else "content"
    )
    return FieldFinding(name=name, finding="conflict" if theirs else "update", cause=cause)


def our_headings(bodies: Fields) -> dict[str, tuple[str, ...]]:
    """Our heading ids by locale, for each translated body among the fields ("fr.body")."""
    return {
        name.partition(".")[0]: canonical.heading_ids(html)
        for name, html in bodies.items()
        if name.endswith(".body")
    }


def heading_ids(ours: Mapping[str, Sequence[str]], live: Live) -> dict[str, dict[str, str]]:
    """Our heading ids → Intercom's, where they differ, for each locale of `our_headings`.

    Where it shows more or fewer headings than we sent, nobody can tell which is which.
    """
    shown = live.thing.fields()
    found = {}
    for locale, mine in ours.items():
        theirs = canonical.heading_ids(shown.get(f"{locale}.body", ""))
        if len(mine) == len(theirs):
            pairs = zip(mine, theirs, strict=True)
            found[locale] = {m: t for m, t in pairs if m and t and t != m}
    return found


Blocks = Mapping[str, Sequence[Digest]]


def similarity(ours: Blocks, theirs: Blocks) -> float:
    """Share of blocks two articles have in common, over all their locales, from 0 to 1."""
    left = {(locale, block) for locale, blocks in ours.items() for block in blocks}
    right = {(locale, block) for locale, blocks in theirs.items() for block in blocks}
    return len(left & right) / max(len(left | right), 1)
