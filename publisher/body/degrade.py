"""Fit an author's blocks to what Intercom keeps, and say what was lost.

The rule: what Intercom would drop is degraded so that a reader misses nothing essential, with
a warning and its line. What Intercom would answer with 400 (a table in a list, an empty list)
is an error, since one such block fails the whole article. It is degraded all the same, for
those who call it a warning: nothing that Intercom refuses ever gets out.
Source: reference "How Intercom really treats article bodies", §2 and §3.4.

Conventions of ours, where Intercom has nothing alike:

    quotation        italic paragraphs; told once a file
    table in a list  one paragraph for each row, cells apart by " | "
    dl               terms in bold, definitions as paragraphs
    x<sup>2</sup>    x², where Unicode has the character
    other embeds     a link to what would have played
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from publisher.body import vocabulary
from publisher.body.findings import Findings
from publisher.body.grid import even, is_spanned, unspanned
from publisher.body.headings import Headings
from publisher.body.inline import has_text, tidy
from publisher.body.reader import TOO_DEEP
from publisher.body.tree import (
    Block,
    Blocks,
    Button,
    Callout,
    Cell,
    Code,
    Collapsible,
    Embed,
    Heading,
    Image,
    Listing,
    Mark,
    Opaque,
    Paragraph,
    Quote,
    Rule,
    Run,
    Runs,
    Section,
    Table,
)

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_WEB = re.compile(r"https?://[^/?#\[\]]+", re.IGNORECASE)
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_STRUCK = frozenset({"s", "del", "strike"})
_BOLD, _ITALIC = Mark("b"), Mark("i")


@dataclass(slots=True)
class Degrading:
    """One body on its way: what was found, its headings, and where we are in it."""

    findings: Findings
    headings: Headings
    italic: bool = False
    in_list: bool = False
    in_cell: bool = False
    _refused_links: set[tuple[str, int]] = field(default_factory=set)

    def blocks(self, blocks: Blocks, **place: bool) -> Blocks:
        """Fit blocks; `place` sets `italic`, `in_list` or `in_cell` for what is inside."""
        outer = {name: getattr(self, name) for name in place}
        for name, value in place.items():
            setattr(self, name, value)
        fitted = tuple(new for block in blocks for new in _FIT[type(block)](block, self))
        for name, value in outer.items():
            setattr(self, name, value)
        return fitted

    def runs(self, runs: Runs) -> Runs:
        """Fit text: only bold, italic, code and links that may leave are kept as marks."""
        if len(runs) == 1 and not runs[0].marks and not self.italic:
            return runs  # as most text is; it was read tidy
        return tidy(self._run(run) for run in runs)

    def _run(self, run: Run) -> Run:
        text, kept = run.text, []
        for mark in run.marks:
            if mark.tag == "a":
                kept += [mark] if self.may_leave(mark.value, mark.line) else []
            elif mark.tag in vocabulary.KEPT_MARKS:
                kept.append(mark)
            else:
                text = self._unmarked(text, mark)
        if self.italic and _ITALIC not in kept and not any(mark.tag == "code" for mark in kept):
            kept.append(_ITALIC)
        return Run(text, tuple(kept))

    def _unmarked(self, text: str, mark: Mark) -> str:
        tag, line, once = mark.tag, mark.line, self.findings.once
        if tag == "input":
            once("task-list", "", line, "Intercom has no checkboxes; they become ☐ and ☑.")
        elif tag == TOO_DEEP:
            once("nesting", "html", line, "HTML is nested too deep here; only its text is kept.")
        elif tag in _STRUCK:
            once(
                "strikethrough", "", line, "Intercom does not strike text through; it stays plain."
            )
        else:
            self.dropped(tag, line)
        if tag == "sup":
            return _script(text, _RAISED)
        return _script(text, _LOWERED) if tag == "sub" else text

    def dropped(self, tag: str, line: int) -> None:
        """Say once for each tag that it is taken off."""
        advice = "" if tag in vocabulary.KNOWN else f"If you meant the text, write &lt;{tag}&gt;."
        self.findings.once(
            "html-dropped", tag, line, f"Intercom drops <{tag}>; its text stays.", advice
        )

    def may_leave(self, url: str, line: int) -> bool:
        """Say whether a link may be published; a refusal is told once for each place."""
        scheme = _SCHEME.match(url)
        if url and _is_public(url):
            return True
        if (url, line) not in self._refused_links:
            self._refused_links.add((url, line))
            if scheme:
                what = f"a link to {scheme[1].lower()}: cannot be published; its text stays."
                self.findings.warn("link-scheme", line, what)
            else:
                self.findings.warn("link-empty", line, "a link leads nowhere; its text stays.")
        return False


def _is_public(url: str) -> bool:
    scheme = _SCHEME.match(url)
    return not scheme or scheme[1].lower() in vocabulary.LINK_SCHEMES


def _script(text: str, table: dict[int, int]) -> str:
    return text.translate(table) if all(ord(letter) in table for letter in text) else text


# --- blocks -----------------------------------------------------------------------------


def _paragraph(block: Paragraph, to: Degrading) -> Blocks:
    runs = to.runs(block.runs)
    if runs is block.runs:
        return (block,)
    return (replace(block, runs=runs),) if runs else ()


def _heading(block: Heading, to: Degrading) -> Blocks:
    runs = to.runs(block.runs)
    if not runs:
        return ()
    if block.level in to.headings.levels[3:]:
        what = "this is a fourth level of headings; Intercom shows three."
        advice = "Use fewer levels, or part the article."
        to.findings.once("heading-deep", "", block.line, what, advice)
    return (to.headings.add(replace(block, runs=runs)),)


def _same(block: Block, to: Degrading) -> Blocks:
    return (block,)


def _image(block: Image, to: Degrading) -> Blocks:
    if block.src[:5].lower() == "data:":
        to.findings.refuse(
            "image-data-url",
            block.line,
            "Intercom refuses an image written into the page (data:).",
            "Save it as a file and link that.",
        )
        return ()
    if not _may_be_copied(block.src):
        what = f"Intercom cannot copy an image from {block.src[:80]!r}."
        advice = "Name a file of the content folder, or an address that begins with https://."
        to.findings.refuse("image-address", block.line, what, advice)
        alt = Paragraph(runs=(Run(block.alt),), align=block.align, line=block.line)
        return (alt,) if has_text(alt.runs) else ()
    _what_images_lose(block, to.findings)
    href = block.href if block.href and to.may_leave(block.href, block.line) else ""
    return (replace(block, href=href, width="", height="", title=""),)


def _may_be_copied(src: str) -> bool:
    """Say whether an image is on the web, or may be a file of ours."""
    elsewhere = _SCHEME.match(src) or src.startswith("//")
    return bool(_WEB.match(src) if elsewhere else src)


def _what_images_lose(block: Image, findings: Findings) -> None:
    if block.inline:
        what = "an image inside a line of text becomes a block of its own."
        findings.once("image-inline", "", block.line, what, "Put it on a line of its own.")
    if block.width or block.height:
        what = "Intercom shows an image in a size of its own; width and height are dropped."
        findings.once("image-size", "", block.line, what, "Make the file itself smaller.")
    if block.title:
        what = "Intercom drops the title of an image."
        findings.once("image-title", "", block.line, what, "Say it in the text.")


_OTHER_HOST = "Put the video on one of these."


def _embed(block: Embed, to: Degrading) -> Blocks:
    if video := vocabulary.video(block.src):
        given = video.provider == "streamio" and "//" in block.src
        return (replace(block, src=block.src if given else video.address, tag="iframe"),)
    linkable = block.src and _is_public(block.src)
    what, advice = f"Intercom plays nothing but {', '.join(vocabulary.PROVIDERS)}", _OTHER_HOST
    if provider := vocabulary.provider_of(block.src):
        what = f"{block.src[:80]} names no video of {provider}"
        advice = "Copy the address of the video itself."
    if block.tag == "iframe":
        advice = f"Link to the page, or {advice[:1].lower()}{advice[1:]}"
        to.findings.refuse("embed-unsupported", block.line, f"{what}.", advice)
    else:
        fate = "becomes a link" if linkable else "is left out"
        to.findings.warn("html-dropped", block.line, f"{what}; <{block.tag}> {fate}.", advice)
    if not linkable:
        return ()
    link = Mark("a", block.src, block.line)
    return (Paragraph(runs=(Run(block.src, (link,)),), line=block.line),)


def _button(block: Button, to: Degrading) -> Blocks:
    if not block.label:
        return ()
    if not to.may_leave(block.href, block.line):
        return (Paragraph(runs=(Run(block.label),), line=block.line),)
    return (block,)


def _listing(block: Listing, to: Degrading) -> Blocks:
    if block.ordered and block.start != 1:
        what = f"the list starts at {block.start}; Intercom starts every list at 1."
        advice = "Make it part of the list before, with what stands between inside an item."
        to.findings.warn("list-start", block.line, what, advice)
    items = tuple(to.blocks(item, in_list=True) for item in block.items)
    if not any(items):
        what, advice = "Intercom refuses an empty list.", "Write an item, or take the list out."
        to.findings.refuse("list-empty", block.line, what, advice)
        return ()
    return (replace(block, items=items, start=1),)


def _callout(block: Callout, to: Degrading) -> Blocks:
    return (replace(block, blocks=to.blocks(block.blocks)),)


def _collapsible(block: Collapsible, to: Degrading) -> Blocks:
    title = to.runs(block.title)
    if not title:
        what = "Intercom shows the title of a collapsible; this one has none."
        to.findings.once(
            "collapsible-title", "", block.line, what, "Give it a <summary> or title=."
        )
        title = (Run("…"),)
    return (replace(block, title=title, blocks=to.blocks(block.blocks)),)


def _quote(block: Quote, to: Degrading) -> Blocks:
    what = "Intercom has no quotations; they become italic paragraphs."
    to.findings.once("blockquote", "", block.line, what)
    return to.blocks(block.blocks, italic=True)


def _section(block: Section, to: Degrading) -> Blocks:
    if block.tag == "dl":
        advice = "Write the terms in bold, each before its explanation, or make a table."
        to.findings.refuse("html-refused", block.line, "Intercom refuses <dl>.", advice)
    else:
        to.dropped(block.tag, block.line)
    return to.blocks(block.blocks)


def _opaque(block: Opaque, to: Degrading) -> Blocks:
    tag, unsafe = block.tag, block.tag in vocabulary.UNSAFE
    rule = "html-unsafe" if unsafe else "html-dropped"
    why = "is never published" if unsafe else "is nothing Intercom can show"
    to.findings.once(rule, tag, block.line, f"<{tag}> {why}; it is left out with what it holds.")
    return ()


# --- tables -----------------------------------------------------------------------------


def _table(block: Table, to: Degrading) -> Blocks:
    if to.in_list or to.in_cell:
        return _rows_as_paragraphs(block, to)
    if is_spanned(block.rows):
        what = "Intercom has no cells over several columns or rows; the rest of each stays empty."
        advice = "Repeat the text in each cell, or make two tables."
        to.findings.warn("table-span", block.line, what, advice)
    straight = unspanned(block.rows)
    if len({len(row) for row in straight}) > 1:
        what = "Intercom refuses a table whose rows are not equally long."
        to.findings.refuse("table-ragged", block.line, what, "Give every row as many cells.")
    rows = tuple(tuple(_cell(cell, to) for cell in row) for row in even(straight))
    if rows and all(cell.header for cell in rows[0]) and not any(cell.blocks for cell in rows[0]):
        rows = rows[1:]  # Markdown must have a header, Intercom need not
    if not any(cell.blocks for row in rows for cell in row):
        what, advice = "Intercom refuses an empty table.", "Fill a cell, or take the table out."
        to.findings.refuse("table-empty", block.line, what, advice)
        return ()
    return (replace(block, rows=rows),)


def _cell(cell: Cell, to: Degrading) -> Cell:
    blocks = to.blocks(cell.blocks, in_cell=True)
    if cell.header:
        blocks = tuple(
            replace(block, runs=tidy(_bold(run) for run in block.runs))
            if isinstance(block, Paragraph)
            else block
            for block in blocks
        )
    declared = vocabulary.declarations(cell.style)
    kept = {name: value for name, value in declared.items() if name in vocabulary.CELL_STYLES}
    style = "; ".join(f"{name}: {value}" for name, value in kept.items())
    return Cell(blocks=blocks, header=cell.header, style=style)


def _bold(run: Run) -> Run:
    return run if _BOLD in run.marks else Run(run.text, (_BOLD, *run.marks))


def _rows_as_paragraphs(block: Table, to: Degrading) -> Blocks:
    rule, where = ("table-in-list", "list") if to.in_list else ("table-nested", "table")
    advice = f"Put it below the {where}, or write its rows as text."
    to.findings.refuse(rule, block.line, f"Intercom refuses a table inside a {where}.", advice)
    blocks: list[Block] = []
    for row in block.rows:
        words: list[Run] = []
        others: list[Block] = []
        for cell in row:
            runs, rest = _one_line(to.blocks(cell.blocks))
            words += [*([Run(" | ")] if words and runs else []), *runs]
            others += rest
        if runs := tidy(words):
            blocks.append(Paragraph(runs=runs, line=block.line))
        blocks += others
    return tuple(blocks)


def _one_line(blocks: Blocks) -> tuple[Runs, Blocks]:
    """Part the text of a cell from what is no paragraph."""
    words: list[Run] = []
    others: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            words += [*([Run(" ")] if words else []), *block.runs]
        else:
            others.append(block)
    return tidy(words), tuple(others)


_FIT: Mapping[type[Block], Callable[[Any, Degrading], Blocks]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Code: _same,
    Rule: _same,
    Image: _image,
    Embed: _embed,
    Button: _button,
    Listing: _listing,
    Table: _table,
    Callout: _callout,
    Collapsible: _collapsible,
    Quote: _quote,
    Section: _section,
    Opaque: _opaque,
}
