"""Blocks under construction, while `reader` walks a tree.

A `Flow` is the content of one container: its finished blocks, and the runs of the
paragraph that is open. A container inside gets a flow of its own (`nested`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from publisher.body.attributes import legible
from publisher.body.inline import has_text, tidy
from publisher.body.tree import Block, Blocks, Heading, Image, Mark, Paragraph, Run

_SPACES = re.compile(r"[ \t\n\r]+")
_ZERO_WIDTH = re.compile("[\u200b\u2060]")


@dataclass(slots=True, kw_only=True)
class Page:
    """What all flows of one reading share: the author's line, and how deep we are."""

    zero_width: bool
    line: int = 0
    depth: int = 0


@dataclass(slots=True)
class Flow:
    """The content of one container, as far as it has been read."""

    page: Page
    align: str = ""
    marks: tuple[Mark, ...] = ()
    _blocks: list[Block] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _line: int = 0
    _asides: list[Block] = field(default_factory=list)
    _images: list[int] = field(default_factory=list)
    _text_seen: bool = False

    def nested(self, align: str = "") -> Flow:
        """Begin the content of a container inside; it wears the marks that are open here."""
        self.boundary()
        return Flow(self.page, align, self.marks)

    def finished(self) -> Blocks:
        """End what is open and return the blocks."""
        self.boundary()
        return tuple(self._blocks)

    def seen(self, text: str) -> str:
        """Return text without what nobody sees."""
        text = legible(text)
        return text if self.page.zero_width else _ZERO_WIDTH.sub("", text)

    def add(self, text: str) -> None:
        """Add text to the paragraph that is open."""
        text = self.seen(text)
        if self.marks and any(mark.tag == "code" for mark in self.marks):
            text = text.replace("\r", " ").replace("\n", " ")
        else:
            text = _SPACES.sub(" ", text)
        if text:
            if not self._runs:
                self._line = self.page.line
            self._runs.append(Run(text, self.marks))

    def end_line(self) -> None:
        """Add a line break."""
        if not self._runs:
            self._line = self.page.line
        self._runs.append(Run("\n", self.marks))

    @contextmanager
    def wearing(self, mark: Mark) -> Iterator[None]:
        """Put a mark on all text that is added inside; a second one of its kind is nothing."""
        before = self.marks
        if all(worn.tag != mark.tag for worn in before):
            self.marks = (*before, mark)
        yield
        self.marks = before

    @contextmanager
    def paragraph(self, align: str) -> Iterator[None]:
        """Begin a paragraph, and end it; `align` "" is that of the container."""
        self.boundary()
        before, self.align = self.align, align or self.align
        yield
        self.boundary()
        self.align = before

    def address(self) -> str:
        """Return where the link that is open leads, or ""."""
        return next((mark.value for mark in self.marks if mark.tag == "a"), "")

    def block(self, block: Block) -> None:
        """Add a block, which ends the paragraph that is open."""
        self.boundary()
        self._blocks.append(block)

    def aside(self, block: Block) -> None:
        """Add a block that tears no line of text: it comes after the paragraph that is open."""
        self._asides.append(block)
        if not self._runs:
            self._close()

    def image(self, image: Image) -> None:
        """Add an image; what stands in the same paragraph stays one line of text, torn by it."""
        self._close()
        self._images.append(len(self._blocks))
        self._blocks.append(image)

    def blocks_of_heading(self, heading: Heading, others: Blocks) -> None:
        """Add a heading, if it has text, and after it what cannot stand in one."""
        self.boundary()
        if heading.runs:
            self._blocks.append(heading)
        self._blocks += [
            replace(block, inline=True) if isinstance(block, Image) and heading.runs else block
            for block in others
        ]

    def boundary(self) -> None:
        """End the paragraph that is open, and know now which images were part of its text."""
        self._close()
        if self._text_seen:
            for place in self._images:
                image = self._blocks[place]
                if isinstance(image, Image):
                    self._blocks[place] = replace(image, inline=True)
        self._images, self._text_seen = [], False

    def _close(self) -> None:
        if self._runs and has_text(self._runs):
            runs = tidy(self._runs)
            self._blocks.append(Paragraph(runs=runs, align=self.align, line=self._line))
            self._text_seen = True
        self._blocks += self._asides
        self._runs, self._asides = [], []
