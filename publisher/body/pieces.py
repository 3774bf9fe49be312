"""Find the pieces of a body: what markdown-it says of blocks, and where that stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markdown_it.token import Token

from publisher.body.directives import CONTAINERS, LEAVES
from publisher.body.marks import Code, Line
from publisher.body.parting import environment, read, watched
from publisher.body.segments import Section, Segment, Text
from publisher.body.spans import spans

_HEADING_ID = re.compile(r"[ \t]*(?<!\\)\{#([^\s{}]+)\}[ \t]*\Z")
_ALERT = re.compile(r"\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*", re.IGNORECASE)
_TASK = re.compile(r"\[[ xX]\][ \t]+(?=\S)")
_VIDEO = re.compile(r"<?https?://[^\s<>]+>?\Z")
_DIRECTIVE = re.compile(r":{3,}[ \t]*([A-Za-z][\w-]*)")
_SAYING = re.compile(r"""\b(title|label|name)[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s"'}]+))""")
_TITLES = {"collapsible": "title", "button": "label", "attachment": "name"}
"""The attribute of a `:::` block that readers see."""


def text_of(
    body: str,
    names: Mapping[int, str],
    unheaded: tuple[str, str] = ("", ""),
    *,
    titled: bool = False,
    repeated: bool = False,
) -> Text:
    """Find the pieces of a body, whose lines end with `\n`.

    names     of the sections, by the line of their headings; lines are counted from 0.
    unheaded  names of the sections without a heading: of the title, and of what comes after it.
    titled    the first heading of level 1 is the title, and begins no section.
    repeated  it only says again what the frontmatter says, and is no piece.
    """
    env, tokens = environment(), list[Token]()
    made = watched()
    made.block.parse(body, made, env, tokens)
    blocks = spans(body)
    finder = _Finder(body, blocks, env)
    found = sorted(finder.pieces(tokens), key=lambda each: each.place)
    if titled or repeated:
        found = _without_title(found, repeated=repeated)
    pieces, sections = _sectioned(found, finder, names, unheaded)
    return Text(
        body=body,
        pieces=pieces,
        blocks=blocks,
        offsets=tuple(finder.offsets),
        sections=sections,
        env=env,
    )


def _without_title(found: Sequence[Segment], *, repeated: bool) -> list[Segment]:
    place = next((n for n, each in enumerate(found) if each.kind == "heading-1"), None)
    if place is None:
        return list(found)
    title = () if repeated else (replace(found[place], kind="title"),)
    return [*found[:place], *title, *found[place + 1 :]]


def _sectioned(
    found: Sequence[Segment],
    finder: _Finder,
    names: Mapping[int, str],
    unheaded: tuple[str, str],
) -> tuple[tuple[Segment, ...], tuple[Section, ...]]:
    """Say of each piece in which section it stands."""
    (title, above), pieces = unheaded, []
    heads = [(above, 0, 0)]
    for piece in found:
        if piece.kind.startswith("heading") and piece.line in names:
            heads.append((names[piece.line], int(piece.kind[-1]), finder.offsets[piece.line]))
        pieces.append(replace(piece, section=title if piece.kind == "title" else heads[-1][0]))
    ends = [*(start for _, _, start in heads[1:]), len(finder.body)]
    sections = (Section(*head, end) for head, end in zip(heads, ends, strict=True))
    return tuple(pieces), tuple(sections)


class _Finder:
    """Finds pieces; knows where each line begins."""

    def __init__(self, body: str, blocks: Sequence[tuple[int, int]], env: dict[str, Any]) -> None:
        self.body, self.blocks, self.env = body, blocks, env
        self.lines = body.split("\n")
        self.offsets = [0]
        for line in self.lines:
            self.offsets.append(min(self.offsets[-1] + len(line) + 1, len(body)))
        self._next_block = 0
        self._titled: set[int] = set()
        self._row = (-1, 0)

    def pieces(self, tokens: Sequence[Token]) -> Iterator[Segment]:
        """Find the pieces that tokens of a block parse stand for."""
        above: list[Token] = []
        for token in tokens:
            if token.nesting > 0:
                above.append(token)
            elif token.nesting < 0:
                above.pop()
            elif token.type == "inline":
                yield from self._inline(token, above)
            elif token.type in ("fence", "code_block"):
                yield self._opaque("code", token)
            elif token.type == "html_block":
                yield from self._html(token)

    def _block(self, line: int) -> int:
        """The top-level block that a line stands in; asked in order of lines, mostly."""
        place = self._next_block if line >= self.blocks[self._next_block][0] else 0
        while place + 1 < len(self.blocks) and self.blocks[place][1] <= line:
            place += 1
        self._next_block = place
        return place

    def _opaque(self, kind: str, token: Token) -> Segment:
        start, end = token.map or [0, 0]
        place = (self.offsets[start], self.offsets[min(end, len(self.lines))])
        said = Line(codes=(_whole(kind, f"{token.info.strip()}\n{token.content.strip()}"),))
        return Segment(kind=kind, place=place, line=start, block=self._block(start), said=said)

    def _html(self, token: Token) -> Iterator[Segment]:
        """An HTML block, or what a `:::` block became: twice where it holds something."""
        line = (token.map or [0])[0]
        found = _DIRECTIVE.search(self.lines[line])
        name = found[1].lower() if found else ""
        if found is None or name not in (*CONTAINERS, *LEAVES):
            yield self._opaque("html", token)
        elif line not in self._titled:
            self._titled.add(line)
            yield from self._attribute(name, line, found.end())

    def _attribute(self, name: str, line: int, after: int) -> Iterator[Segment]:
        rest = self.lines[line][after:]
        places = [each for each in _SAYING.finditer(rest) if each[1] == _TITLES.get(name)]
        other = rest
        if places:
            said = places[0]
            group = next(number for number in (2, 3, 4) if said[number] is not None)
            quotes = 0 if group == 4 else 1
            at = self.offsets[line] + after
            place = (at + said.start(group) - quotes, at + said.end(group) + quotes)
            words = Line((said[group],) if said[group] else ())
            kind = f"title of {'an' if name[0] == 'a' else 'a'} {name}"
            yield Segment(kind=kind, place=place, line=line, block=self._block(line), said=words)
            other = rest[: said.start()] + rest[said.end() :]
        code = _whole("frame", f"{name} {' '.join(other.split())}")
        at = self.offsets[line]
        said_else = Line(codes=(code,))
        yield Segment(
            kind="frame", place=(at, at), line=line, block=self._block(line), said=said_else
        )

    def _inline(self, token: Token, above: Sequence[Token]) -> Iterator[Segment]:
        kind = _kind(above)
        if kind == "cell":
            if token.content:
                place = self._cell(token)
                yield from self._piece(kind, token.content, place, (token.map or [0])[0])
            return
        content, pinned = token.content, ""
        if kind.startswith("heading") and (found := _HEADING_ID.search(content)):
            content, pinned = content[: found.start()], found[1]
        for text, line in _runs(content, (token.map or [0])[0], above):
            place = self._place(text, line, kind)
            yield from self._piece(kind, text, place, line, pinned)

    def _piece(
        self, kind: str, text: str, place: tuple[int, int] | None, line: int, pinned: str = ""
    ) -> Iterator[Segment]:
        said = read(text, self.env) if place else None
        if said is None or place is None:
            said, kind = Line(codes=(_whole("html", text),)), "html"
            place = (self.offsets[line], self.offsets[line])
        if said.parts or pinned or kind == "html":
            yield Segment(
                kind=kind, place=place, line=line, block=self._block(line), said=said, pinned=pinned
            )

    def _place(self, text: str, line: int, kind: str) -> tuple[int, int] | None:
        """Where a run of lines stands: what the parser cut off their beginnings is not in it."""
        lines = text.split("\n")
        columns = []
        for number, said in enumerate(lines, start=line):
            raw, wanted = self.lines[number], said.strip(" \t")
            column = raw.find(wanted) if kind.startswith("heading") else raw.rfind(wanted)
            if column < 0 or (len(lines) > 1 and column + len(wanted) != len(raw)):
                return None
            columns.append((self.offsets[number] + column, len(wanted)))
        start, (last, length) = columns[0][0], columns[-1]
        return start, last + length

    def _cell(self, token: Token) -> tuple[int, int] | None:
        """Where the next cell of a row stands; cells come in order."""
        line = (token.map or [0])[0]
        column = self._row[1] if self._row[0] == line else 0
        wanted = token.content.replace("|", "\\|")
        start = self.lines[line].find(wanted, column)
        if start < 0:
            return None
        self._row = (line, start + len(wanted))
        at = self.offsets[line] + start
        return at, at + len(wanted)


def _whole(kind: str, text: str) -> Code:
    return Code(kind, "", "", text)


def _kind(above: Sequence[Token]) -> str:
    names = [token.type.removesuffix("_open") for token in above]
    if names and names[-1] == "heading":
        return f"heading-{above[-1].tag[1]}"
    if names and names[-1] in ("th", "td"):
        return "cell"
    return next((_NAMES[name] for name in reversed(names) if name in _NAMES), "paragraph")


_NAMES = {"list_item": "item", "blockquote": "quotation", "footnote_reference": "footnote"}


def _runs(content: str, line: int, above: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """Part a paragraph where one of its lines is a video or begins a callout, or a task's box."""
    in_quote = len(above) > 1 and above[-2].type == "blockquote_open"
    in_item = len(above) > 1 and above[-2].type == "list_item_open"
    if in_item and (box := _TASK.match(content)):
        content = content[box.end() :]
    run: list[str] = []
    for number, text in enumerate(content.split("\n")):
        alert = _ALERT.match(text) if in_quote and number == 0 else None
        if not alert and not _VIDEO.match(text.strip()):
            run.append(text)
            continue
        if run:
            yield "\n".join(run), line + number - len(run)
        run = []
        if alert and text[alert.end() :].strip():
            yield text[alert.end() :], line + number
    if run:
        yield "\n".join(run), line + content.count("\n") + 1 - len(run)
