"""What leaves us: the exact HTML that is sent, and the plain text that is left of it for Fin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from publisher.body import refs
from publisher.body.refs import Bound, Reference
from publisher.intercom import observe
from publisher.model import Article, Entry, ExternalPage, Key, Kind, Live, Locale, Ref, Thing
from publisher.plan import words
from publisher.plan.fit import fit
from publisher.plan.reading import lines_of
from publisher.plan.view import known_addresses
from publisher.workflow.previews import chunks
from publisher.workflow.previews.beside import LINKED, Stretch, Text, stretches, text_in, unmarked
from publisher.workflow.previews.previewing import Preview
from publisher.workflow.session import Session, asset_url, entered

BODIED: tuple[Kind, ...] = ("article", "page")
UNSPACED = frozenset({"ja", "zh-CN", "zh-TW"})
"""Languages that put no spaces between words, so that nobody counts words by them."""
_MARKS = re.compile(r"</?[bi]>")
_CODE = re.compile(r"(?<!<pre>)<code>([^<]*)</code>")
_ADDRESS = re.compile(r"(?<=\]\()([^()\s]+)(?=\))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A body as it would be sent: the stretches, joined, are exactly the HTML.

    missing  links that have no address yet; their text stays.
    """

    html: str
    stretches: tuple[Stretch, ...]
    path: str
    file: Path
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FinLine:
    """A line of plain text; `parts` say which stretches of it are addresses."""

    parts: tuple[tuple[str, bool], ...]
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FinText:
    """What is left of a text without its layout.

    words  None for a language that puts no spaces between them.
    notes  what Fin may not do with it, and what is no text in it: sentences.
    """

    title: str
    lines: tuple[FinLine, ...]
    words: int | None
    characters: int
    notes: tuple[str, ...] = ()


# The HTML that is sent --------------------------------------------------------------------


def sending(preview: Preview, ref: Ref, locale: str) -> Sending | None:
    """Return the body that an apply would send, bound to the preview's own addresses."""
    text = text_in(preview, ref, locale)
    if text is None or ref.kind not in BODIED:
        return None
    bound = _bound(preview, ref, locale, text)
    return Sending(
        html=bound.html,
        stretches=stretches(bound.html, text.lines),
        path=f"{preview.config.content}/{text.file}",
        file=preview.config.content_folder / text.file,
        missing=tuple(dict.fromkeys(f"{each.kind} {each.key}" for each in bound.missing)),
    )


def _bound(preview: Preview, ref: Ref, locale: str, text: Text) -> Bound:
    """Go the way of an apply: fit to the target, then ask where everything can be read."""
    site = preview.state.loaded.site
    used = refs.references(text.html)
    pages = (Ref("page", Key(each.key)) for each in used if each.kind == "page")
    things = {each: site.things[each] for each in (ref, *pages) if each in site.things}
    with entered(preview.center, preview.target) as session:
        target = preview.target
        able = replace(session.dialect.abilities, nested_lists=target.nested_lists == "keep")
        fitted = fit(replace(site, things=things), able, target.fin_locales).site
        live = _looked_up(preview, session, used)
    ids = preview.state.ids
    entries = {each: Entry(ref=each, id=ids[each]) for each in live}
    known = known_addresses(site.default_locale, entries, live).with_assets(asset_url(target))
    body = _body(fitted.things.get(ref), locale) or text.html
    return refs.bind(unmarked(body), known.url(locale))


def _looked_up(preview: Preview, session: Session, used: tuple[Reference, ...]) -> dict[Ref, Live]:
    wanted = (Ref(each.kind, Key(each.key)) for each in used if each.kind != "asset")
    found = {}
    for ref in dict.fromkeys(wanted):
        if ref.kind in LINKED and ref in preview.state.ids:
            found[ref] = observe.look(
                session.transport.send,
                session.dialect,
                ref.kind,
                preview.state.ids[ref],
                known={},
                default_locale=preview.config.rules.default_locale,
            )
    return {ref: live for ref, live in found.items() if live}


def _body(thing: Thing | None, locale: str) -> str:
    if isinstance(thing, Article) and locale in thing.translations:
        return thing.translations[Locale(locale)].body
    return thing.body if isinstance(thing, ExternalPage) else ""


# Fin --------------------------------------------------------------------------------------


def fin_text(preview: Preview, ref: Ref, locale: str) -> FinText | None:
    """Return a text without its layout: its words, with headings and links still to be seen.

    Links name what they lead to by its key. Intercom does not document how Fin's text is taken
    from the HTML, nor a largest size.
    """
    from publisher.helpcenter.reader import body

    text = text_in(preview, ref, locale)
    if text is None or ref.kind not in BODIED:
        return None
    plain = body.lines(text.html)
    return FinText(
        title=text.title,
        lines=tuple(_fin_lines(text.html)),
        words=None if locale in UNSPACED else len(plain.split()),
        characters=len(plain),
        notes=tuple(_fin_notes(preview, ref, locale, text.html)),
    )


def _fin_lines(html: str) -> Iterator[FinLine]:
    for chunk in chunks.blocks(html):
        heading = chunks.level(chunk) > 0
        for line in lines_of(_bare(chunk)):
            said = line.removeprefix("## ") if heading else line
            yield FinLine(parts=tuple(_parts(said)), heading=heading)


def _bare(html: str) -> str:
    """Without bold, italic and code within a line, which are layout; code blocks stay."""
    return _CODE.sub(r"\1", _MARKS.sub("", html))


def _parts(line: str) -> Iterator[tuple[str, bool]]:
    for place, part in enumerate(_ADDRESS.split(line)):
        is_address = place % 2 == 1
        if part:
            yield unquote(part) if is_address else part, is_address


def _fin_notes(preview: Preview, ref: Ref, locale: str, html: str) -> Iterator[str]:
    thing = preview.state.loaded.site.things.get(ref)
    if isinstance(thing, Article):
        said = thing.translations[Locale(locale)].state
        if (said or preview.config.rules.default_state) == "draft":
            yield "This is a draft; Fin reads what is published."
    if isinstance(thing, ExternalPage):
        closed = [name for name in ("agent", "copilot", "sales") if _forbids(thing, name)]
        if closed:
            yield f"The file keeps it from Fin as: {words.listed(closed)}."
        if not thing.url:
            yield "It has no `url`, so Fin names no address when it answers from it."
    silent = {"image": html.count("<img "), "video": html.count("<iframe ")}
    named = words.listed(words.counted(count, word) for word, count in silent.items() if count)
    if named:
        show = words.verb(sum(silent.values()), "shows", "show")
        yield f"What {named} {show} is no text; say in words what matters of it."


def _forbids(thing: ExternalPage, name: str) -> bool:
    return getattr(thing.fin, name) is False
