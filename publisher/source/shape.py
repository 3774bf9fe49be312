"""What a text is built of, as far as a translation of it must be built alike.

Computed where a file is read, and kept with it, so that two languages can be compared without
reading either again. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.body import tree
from publisher.body.tree import Block, Blocks, Code, Listing
from publisher.model import digest

_PLACEHOLDER = re.compile(
    r"\{\{-?\s*([\w.|:\-\s]{1,80}?)\s*-?\}\}"  # {{ user.name }}
    r"|(\$?\{[A-Za-z_][\w.]*\})"  # {count}, ${HOME}
    r"|(?<![\w%])(%(?:\d+\$)?[sd@])(?!\w)"  # %s, %1$s
    r"|(<[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)*>)"  # <YOUR_TOKEN>
)
_COMMENT = re.compile(
    r"/\*.*?\*/|<!--.*?-->|(?:^|(?<=\s))(?:#|//|--|;|%)(?=[\s#/;%-]|$)[^\n]*",
    re.DOTALL | re.MULTILINE,
)
_KEY = re.compile(r"^[\s-]*[\"']?([a-z][\w.-]*)[\"']?:(?=\s|$)", re.MULTILINE)
_SAID = re.compile(r"\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)|<[^<>\n]*>")
_NAME = re.compile(
    r"(?<![\w-])--?[A-Za-z][\w-]*"  # --all
    r"|[A-Za-z]\w*_\w+"  # send_batch_size, API_KEY
    r"|\$\{?[A-Za-z_]\w*"  # $HOME
    r"|(?<![\w.])v?\d{1,2}\.\d+\.\d{1,3}(?![\w.])"  # 1.20.3
)
_WORDY = re.compile(r"[{%<]")


@dataclass(frozen=True, slots=True)
class Shape:
    """What is counted, each with its line.

    steps         how many items every numbered list has.
    code          digest of what has to be the same in every language, of every code block.
    placeholders  as they stand in the text; those in code blocks are left out.
    """

    steps: tuple[tuple[int, int], ...] = ()
    code: tuple[tuple[str, int], ...] = ()
    placeholders: tuple[tuple[str, int], ...] = ()


def shape_of(blocks: Blocks) -> Shape:
    """Return the shape of a text as its author wrote it."""
    steps, code, placeholders = [], [], []
    for block in tree.walk(blocks):
        if isinstance(block, Listing):
            if block.ordered:
                steps.append((len(block.items), block.line))
        elif isinstance(block, Code):
            code.append((str(digest("\n".join(names_in(block.text)))), block.line))
        elif _WORDY.search(words := _words(block)):
            placeholders += [(found, block.line) for found in _placeholders(words)]
    return Shape(tuple(steps), tuple(code), tuple(placeholders))


def names_in(code: str) -> list[str]:
    """Return what nobody translates of code: keys, options, variables, versions.

    Comments, quoted text, stand-ins such as `<your-name>` and plain words are left out: examples
    are rightly told in the reader's language, and the output of a program, too.
    """
    code = _COMMENT.sub("", code)
    return [*_KEY.findall(code), *_NAME.findall(_SAID.sub(" ", code))]


def _words(block: Block) -> str:
    """The text that is the block's own, not that of blocks in it."""
    if isinstance(block, (tree.Paragraph, tree.Heading)):
        return "".join([run.text for run in block.runs])
    if isinstance(block, tree.Collapsible):
        return tree.plain(block.title)
    return block.label if isinstance(block, tree.Button) else ""


def _placeholders(text: str) -> Iterator[str]:
    for found in _PLACEHOLDER.finditer(text):
        inner = found[1]
        yield f"{{{{{' '.join(inner.split())}}}}}" if inner is not None else found[0]
