"""The writer's side panel: a tab of it for one thing in one language, as a fragment of HTML.

Each tab is found out when it is asked for. It works as plain links and a form; `panel.js` only
makes it quicker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from markupsafe import Markup

from publisher.helpcenter.reader import body
from publisher.helpcenter.reader.words import direction
from publisher.model import KINDS, ExternalPage, Problem, Ref, RemoteId
from publisher.plan import words
from publisher.plan.prose import Segment, lines_diff
from publisher.preview.editors import editor_link
from publisher.preview.rendering import render
from publisher.workflow.previews import abreast, beside, comparing, outgoing
from publisher.workflow.previews.comparable import Fact, Row
from publisher.workflow.previews.previewing import Preview
from publisher.workflow.previews.readdressing import page_of, readdressed

TABS: Mapping[str, str] = {
    "findings": "Findings",
    "diff": "Diff",
    "locales": "Locales",
    "fin": "Fin",
    "source": "Source",
}
WITHOUT_TEXT = ("findings", "diff", "locales")
"""Tabs of what has no body."""
FOLDED = 3
"""From so many blocks in a row that are the same, a comparison only counts them."""
CUT = "\x1e"  # a control character no text contains
_ID = re.compile(r'(<h[1-6]\b[^<>]*?)\sid="[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """A finding, and the address that opens its place in the editor ("" without one)."""

    problem: Problem
    place: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Blocks side by side, ready to be shown. `folded`: how many are the same, and left out."""

    change: str
    live: Markup
    ours: Markup
    folded: int = 0


def panel(
    preview: Preview, kind: str, id: str, locale: str, *, tab: str, target: str
) -> Markup | None:
    """Return a tab of the panel; None when the preview has no such thing.

    kind, id  as the preview's pages know it: "article", "101".
    tab       one of TABS; any other is the first.
    target    to compare with; "": the first Intercom target with a token.
    """
    ref = _ref(preview, kind, id)
    if ref is None:
        return None
    thing = preview.state.loaded.site.things.get(ref)
    locale = thing.locale if isinstance(thing, ExternalPage) else locale
    offered = [name for name in TABS if ref.kind != "collection" or name in WITHOUT_TEXT]
    chosen = tab if tab in offered else offered[0]
    asked = _Asked(preview, ref, locale, target)
    found = beside.findings(preview, ref, locale)
    content = _findings(asked, found) if chosen == "findings" else _SHOW[chosen](asked)
    return render(
        "panel.html",
        tabs={name: TABS[name] for name in offered},
        tab=chosen,
        content=content,
        errors=sum(each.severity == "error" for one in found for each in one.problems),
        count=sum(len(one.problems) for one in found),
        kind=ref.kind,
        id=id,
        locale=locale,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the panel was asked for."""

    preview: Preview
    ref: Ref
    locale: str
    target: str

    def link(self, path: str | Path, line: int) -> str:
        """Return the address that opens a file."""
        return editor_link(self.preview.config, path, line)

    def pieces(self, html: Iterable[str], locale: str = "") -> Iterator[Markup]:
        """Make parts of one body fit to be shown, each by itself, headings in one order."""
        parts = [part.replace(CUT, "") for part in html]
        shown = self._shown(CUT.join(parts), locale).split(CUT)
        if len(shown) != len(parts):  # something is open at the end of a part
            shown = [self._shown(part, locale) for part in parts]
        return map(Markup, shown)

    def _shown(self, html: str, locale: str) -> str:
        """Ids stay with the page itself: links to headings lead there."""
        here = readdressed(self.preview)(_ID.sub(r"\1", html), locale or self.locale)
        return body.prepare(here, str(self.preview.center.settings["public_url"])).html


def _ref(preview: Preview, kind: str, id: str) -> Ref | None:
    known = next((each for each in KINDS if each == kind), None)
    return preview.state.refs.get((known, RemoteId(id))) if known else None


def _findings(asked: _Asked, found: Sequence[beside.FileFindings]) -> Markup:
    files = [(one, [_spotted(asked, one, each) for each in one.problems]) for one in found]
    return render(
        "panel_findings.html",
        files=[(one.path, asked.link(one.file, 1), spotted) for one, spotted in files if spotted],
        clean=[one.path for one, spotted in files if not spotted],
        unread=asked.ref not in asked.preview.state.loaded.site.things,
        gone=beside.is_gone(asked.preview.state, asked.ref),
        trouble=asked.preview.state.trouble,
    )


def _spotted(asked: _Asked, one: beside.FileFindings, problem: Problem) -> Spotted:
    line = problem.spot.line if problem.spot else 1
    return Spotted(problem=problem, place=f"{one.path}:{line}", link=asked.link(one.file, line))


def _diff(asked: _Asked) -> Markup:
    found = comparing.compare(asked.preview, asked.ref, asked.locale, asked.target)
    return render(
        "panel_diff.html",
        found=found,
        facts=[(fact.name, *_told(fact)) for fact in found.facts if not fact.same],
        rows=list(_rows(asked, found.rows)),
        lang=asked.locale,
        dir=direction(asked.locale),
    )


def _told(fact: Fact) -> tuple[Sequence[Segment], Sequence[Segment]]:
    """Both values in stretches that say what of them changed; () for one that is empty."""
    lines = lines_diff([fact.live] if fact.live else [], [fact.ours] if fact.ours else [])
    whole = {line.sign: tuple(part for part in line.segments if part.text) for line in lines}
    single = {sign: (Segment(parts[0].text, True),) for sign, parts in whole.items() if parts}
    told = {sign: parts if len(parts) > 1 else single[sign] for sign, parts in whole.items()}
    return told.get("-", ()), told.get("+", ())


def _rows(asked: _Asked, rows: Sequence[Row]) -> Iterator[Shown]:
    live, ours = asked.pieces(row.live for row in rows), asked.pieces(row.ours for row in rows)
    ready = [
        Shown(change=row.change, live=theirs, ours=mine)
        for row, theirs, mine in zip(rows, live, ours, strict=True)
    ]
    for change, group in groupby(ready, lambda row: row.change):
        several = list(group)
        if change == "same" and len(several) >= FOLDED:
            yield Shown(change=change, live=Markup(), ours=Markup(), folded=len(several))
        else:
            yield from several


def _locales(asked: _Asked) -> Markup:
    found = abreast.abreast(asked.preview, asked.ref, asked.locale)
    sides = [
        asked.pieces(("".join(each.html) if each else "" for each in side), locale)
        for side, locale in (
            ([pair.source for pair in found.pairs], found.source_locale),
            ([pair.ours for pair in found.pairs], found.locale),
        )
    ]
    files = beside.files_of(asked.preview, asked.ref)
    paths = {code: asked.preview.config.content_folder / file for code, file in files.items()}
    return render(
        "panel_locales.html",
        found=found,
        rows=list(zip(found.pairs, *sides, strict=True)),
        counts=_counts(found.pairs, _stale(found)),
        stale=_stale(found),
        links={str(code): asked.link(path, 1) for code, path in paths.items()},
        open_at=lambda code, line: asked.link(paths[code], line) if code in paths else "",
        page=lambda each: page_of(each.ref, asked.preview.state, each.locale) or "",
        language=words.language,
        direction=direction,
    )


def _stale(found: abreast.Abreast) -> str:
    """What to call a section whose source changed: of one that was marked it is known."""
    return "stale" if found.marked else "perhaps stale"


def _counts(pairs: Sequence[abreast.Pair], stale: str) -> str:
    """What to look at, counted: "1 missing, 2 different"."""
    marks = [pair.mark for pair in pairs]
    counted = {
        "missing": marks.count("missing"),
        "only here": marks.count("extra"),
        "different": marks.count("differs"),
        stale: sum(pair.stale for pair in pairs),
    }
    return words.listed(f"{count} {name}" for name, count in counted.items() if count)


def _fin(asked: _Asked) -> Markup:
    found = outgoing.fin_text(asked.preview, asked.ref, asked.locale)
    return render(
        "panel_fin.html",
        found=found,
        language=words.language(asked.locale),
        lang=asked.locale,
        dir=direction(asked.locale),
    )


def _source(asked: _Asked) -> Markup:
    found = outgoing.sending(asked.preview, asked.ref, asked.locale)
    lines = found.stretches if found else ()
    return render(
        "panel_source.html",
        found=found,
        rows=[(each, asked.link(found.file, each.line) if found else "") for each in lines],
        language=words.language(asked.locale),
    )


_SHOW: Mapping[str, Callable[[_Asked], Markup]] = {
    "diff": _diff,
    "locales": _locales,
    "fin": _fin,
    "source": _source,
}
