"""HTML → Markdown that reads well: one function per kind of block.

Made for diffs that a person reads, so images are shown by their file name and nothing is
wrapped. What Markdown and our directives cannot say stays HTML, in its canonical spelling;
nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import quote, unquote

from publisher.body import canonical, vocabulary
from publisher.body.reader import read
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
    Paragraph,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
    plain,
)

_SPECIAL = re.compile(r"[\\`*_\[\]<~]|&(?=#?\w+;)")
_LINE_START = re.compile(r"^(#{1,6}(?=\s|$)|[>+=-]|:::|\|)")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_HEADING_ID = re.compile(r"\{(?=#[^\s{}]+\}[ \t]*$)")
_EDGE = re.compile(r"\A[^\S ]+|[^\S ]+\Z")
_BACKTICKS = re.compile(r"`+")
_ALERTS = {vocabulary.CALLOUTS[colour]: name for name, colour in vocabulary.ALERTS.items()}


def to_markdown(html: str) -> str:
    """Return the body as Markdown, its blocks apart by an empty line, ended by one line end."""
    text = _blocks(read(html))
    return f"{text}\n" if text else ""


def _blocks(blocks: Blocks) -> str:
    pieces: list[str] = []
    before: Block | None = None
    marker = False
    for block in blocks:
        if isinstance(block, Listing):
            follows = isinstance(before, Listing) and before.ordered == block.ordered
            marker = follows and not marker  # another marker begins another list
            pieces.append(_listing(block, marker))
        else:
            pieces.append(_block(block))
        before = block
    return "\n\n".join(filter(None, pieces))


def _block(block: Block) -> str:
    write = _WRITERS.get(type(block))
    written = write(block) if write else None
    return written if written is not None else _raw(block)


def _raw(block: Block) -> str:
    """Keep a block as HTML; no empty line may end it."""
    return "".join(canonical.spell((block,))).replace("\n", "&#10;")


# --- text -------------------------------------------------------------------------------


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _inline(runs: Runs, line_end: str = "\\\n") -> str:
    """Write runs; `line_end` is how a line break is said here."""
    ordered = tuple(
        Run(text, tuple(sorted(marks, key=lambda mark: mark.tag == "code"))) for text, marks in runs
    )
    return _spans(ordered, "", "").replace("\n", line_end)


def _spans(runs: Runs, before: str, after: str) -> str:
    """Write runs that share what is outside of them; `before` and `after` are neighbours."""
    written = ""
    groups = [
        (mark, tuple(group))
        for mark, group in groupby(runs, lambda run: run.marks[0] if run.marks else None)
    ]
    for place, (mark, group) in enumerate(groups):
        if mark is None:
            written += "".join(_escape(run.text) for run in group)
            continue
        following = plain(groups[place + 1][1])[:1] if place + 1 < len(groups) else after
        inner = tuple(Run(run.text, run.marks[1:]) for run in group)
        written += _marked(mark, inner, (written or before)[-1:], following)
    return written


def _marked(mark: Mark, inner: Runs, before: str, after: str) -> str:
    if mark.tag == "code":
        return _code_span(plain(inner))
    content = _spans(inner, "*", "*")
    if mark.tag == "a":
        bare = not any(run.marks for run in inner) and plain(inner)
        return _link(content, bare or "", mark.value)
    sign = {"b": "**", "i": "*"}.get(mark.tag)
    if sign and _opens(before, content[0]) and _opens(after, content[-1]):
        return f"{sign}{content}{sign}"
    return f"<{mark.tag}>{content}</{mark.tag}>"


def _opens(outside: str, inside: str) -> bool:
    """Say whether an asterisk between the two is read as the edge of emphasis."""
    if outside == "*" or inside.isspace():
        return False
    return inside.isalnum() or not outside or not outside.isalnum()


def _code_span(text: str) -> str:
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    padded = text.startswith(("`", " ")) or text.endswith(("`", " "))
    return f"{fence} {text} {fence}" if padded and text.strip() else f"{fence}{text}{fence}"


def _link(content: str, text: str, url: str) -> str:
    if text == url and re.fullmatch(r"https?://[^\s<>]+", url) and not vocabulary.video(url):
        return f"<{url}>"
    return f"[{content}]({_destination(url)})"


def _destination(url: str) -> str:
    safe = quote(url, safe="/:?#[]@!$&'()*+,;=%~-._") if re.search(r"[\s<>\\]", url) else url
    return f"<{safe}>" if re.search(r"[()]", safe) or not safe else safe


def _lines(text: str) -> str:
    """Guard what would begin a heading, a list or a quote at the start of a line."""
    return "\n".join(_guarded(line) for line in text.split("\n"))


def _guarded(line: str) -> str:
    line = _EDGE.sub(lambda space: "".join(f"&#{ord(letter)};" for letter in space[0]), line)
    line = _NUMBERED.sub(r"\1\\\2", _LINE_START.sub(r"\\\1", line))
    if "://" in line and vocabulary.video(line.strip().removesuffix("\\")):
        return line.replace("://", "\\://", 1)  # alone on its line, it would be played
    return line


# --- blocks -----------------------------------------------------------------------------


def _paragraph(paragraph: Paragraph) -> str | None:
    return None if paragraph.align else _lines(_inline(paragraph.runs))


def _heading(heading: Heading) -> str | None:
    if heading.align:
        return None
    text = _HEADING_ID.sub(r"\\{", _inline(heading.runs, "<br>"))
    return f"{'#' * heading.level} {text}{f' {{#{heading.id}}}' if heading.id else ''}"


def _code(code: Code) -> str:
    longest = max(map(len, _BACKTICKS.findall(code.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{code.text}\n{fence}"


def _image(image: Image) -> str | None:
    if image.align:
        return None
    path = image.src.partition("?")[0].partition("#")[0]
    name = quote(unquote(path.rstrip("/").rpartition("/")[2]))
    img = f"![{_escape(image.alt)}]({name})"
    return f"[{img}]({_destination(image.href)})" if image.href else img


def _embed(embed: Embed) -> str | None:
    video = vocabulary.video(embed.src)
    if not video or video.key or embed.tag != "iframe" or '"' in video.id:
        return None
    return f':::video id="{video.id}" provider="{video.provider}"\n:::'


def _button(button: Button) -> str | None:
    if '"' in button.href + button.label:
        return None
    side = f' align="{button.align}"' if button.align else ""
    return f':::button href="{button.href}" label="{button.label}"{side}\n:::'


def _rule(rule: Rule) -> str:
    return "---"


def _listing(listing: Listing, other_marker: bool = False) -> str:
    loose = any(not _is_tight(item) for item in listing.items)
    items = []
    for number, item in enumerate(listing.items, start=1):
        marker = (
            f"{number}{')' if other_marker else '.'}" if listing.ordered else "-*"[other_marker]
        )
        content = _blocks(item) if loose else re.sub(r"\n\n", "\n", _blocks(item), count=1)
        if content.startswith("---"):
            content = f"___{content[3:]}"  # "- ---" would be one long rule
        items.append(f"{marker} {_indented(content, ' ' * (len(marker) + 1))}".rstrip())
    return ("\n\n" if loose else "\n").join(items)


def _is_tight(item: Blocks) -> bool:
    """Say whether an item is one line of text, perhaps with a list below."""
    rest = item[1:] if item and isinstance(item[0], Paragraph) else item
    return not rest or (len(rest) == 1 and isinstance(rest[0], Listing))


def _indented(text: str, indent: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{indent}{line}" if line else "" for line in rest)])


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _quotation(quotation: Quote) -> str:
    return _quoted(_blocks(quotation.blocks))


def _callout(callout: Callout) -> str:
    colours, content = (callout.background, callout.border), _blocks(callout.blocks)
    if colours in _ALERTS and content:
        return f"> [!{_ALERTS[colours]}]\n{_quoted(content)}"
    opened = f':::callout backgroundColor="{colours[0]}" borderColor="{colours[1]}"'
    return f"{opened}\n{content}\n:::"


def _collapsible(collapsible: Collapsible) -> str:
    title, content = plain(collapsible.title), _blocks(collapsible.blocks)
    if any(run.marks for run in collapsible.title) or '"' in title or not title:
        summary = "".join(canonical.spell((Paragraph(runs=collapsible.title),)))
        return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"
    return f':::collapsible title="{title}"\n{content}\n:::'


# --- tables -----------------------------------------------------------------------------


def _table(table: Table) -> str | None:
    """Write a table as GFM does, where it is one: text in even rows, columns aligned."""
    width = len(table.rows[0]) if table.rows else 0
    cells = [cell for row in table.rows for cell in row]
    sides = (
        [
            _side_of(row[column] for row in table.rows if row[column].blocks)
            for column in range(width)
        ]
        if _is_even(table)
        else []
    )
    if not sides or None in sides or not all(map(_is_simple, cells)):
        return None
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    if all(map(_is_bold, table.rows[0])):
        rows[0] = [_cell(cell, bold=False) for cell in table.rows[0]]
    else:
        rows.insert(0, [""] * width)
    rows.insert(1, [_DASHES[side or ""] for side in sides])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


_DASHES = {"": "---", "center": ":---:", "right": "---:"}


def _is_even(table: Table) -> bool:
    return not table.style and len({len(row) for row in table.rows}) == 1


def _is_simple(cell: Cell) -> bool:
    if cell.style or cell.columns > 1 or cell.rows > 1 or len(cell.blocks) > 1:
        return False
    return all(isinstance(block, Paragraph) for block in cell.blocks)


def _side_of(cells: Iterable[Cell]) -> str | None:
    """Return the alignment that all cells of a column share, or None."""
    sides = {getattr(block, "align", "") for cell in cells for block in cell.blocks}
    side = sides.pop() if sides else ""
    return side if not sides and side in _DASHES else None


def _runs_of(cell: Cell) -> Runs:
    return tuple(run for block in cell.blocks if isinstance(block, Paragraph) for run in block.runs)


def _is_bold(cell: Cell) -> bool:
    runs = _runs_of(cell)
    return all(any(mark.tag == "b" for mark in run.marks) for run in runs if run.text.strip())


def _cell(cell: Cell, bold: bool = True) -> str:
    runs = _runs_of(cell)
    if not bold:
        runs = tuple(
            Run(text, tuple(mark for mark in marks if mark.tag != "b")) for text, marks in runs
        )
    return _inline(runs, "<br>").replace("|", "\\|")


_WRITERS: Mapping[type[Block], Callable[[Any], str | None]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Code: _code,
    Image: _image,
    Embed: _embed,
    Button: _button,
    Rule: _rule,
    Listing: _listing,
    Table: _table,
    Callout: _callout,
    Collapsible: _collapsible,
    Quote: _quotation,
}
