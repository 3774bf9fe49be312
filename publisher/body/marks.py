"""A line of Markdown as plain words and codes, so that nobody can translate an asterisk.

    Use **bold** and [a link](x.md).    Use ‹1›bold‹/1› and ‹2›a link‹/2›.

`parting` reads a line so, `rejoining` writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Edge = Literal["open", "close", "alone"]


@dataclass(frozen=True, slots=True)
class Tag:
    """An edge of a code among the words; `code` counts from 1, as the codes of a line do."""

    edge: Edge
    code: int


@dataclass(frozen=True, slots=True)
class Code:
    """What is kept from a translator, as it is spelt.

    name    "bold", "italic", "strike", "link", "image", "code", "break", "html", "address",
            "note" …
    opens   its Markdown; of a pair, what stands before the words, and `closes` after them.
    detail  what it says: an address, the code, the tag; two codes of a name and detail are one.
    """

    name: str
    opens: str
    closes: str = ""
    detail: str = ""


Parts = tuple[str | Tag, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Words and tags in order, no two texts side by side; and the codes that the tags count."""

    parts: Parts = ()
    codes: tuple[Code, ...] = ()

    @property
    def words(self) -> str:
        """What can be translated."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def translatable(self) -> bool:
        """Whether a letter stands in it; numbers and signs are the same in every language."""
        return any(letter.isalpha() for letter in self.words)


def fault_of(parts: Parts, codes: Sequence[Code]) -> str:
    """Say what is wrong with the tags of a text: each code once, pairs closed, in each other."""
    known = range(1, len(codes) + 1)
    seen: list[int] = []
    waiting: list[int] = []
    for tag in (part for part in parts if isinstance(part, Tag)):
        if tag.code not in known:
            return f"the mark {tag.code} is not one of this text"
        if tag.edge == "close":
            if not waiting or waiting.pop() != tag.code:
                return f"the mark {tag.code} does not end in the mark that it begins in"
            continue
        if tag.code in seen:
            return f"the mark {tag.code} stands twice"
        if (tag.edge == "open") != bool(codes[tag.code - 1].closes):
            how = "is no pair" if tag.edge == "open" else "is a pair, with words between"
            return f"the mark {tag.code} {how}"
        seen.append(tag.code)
        if tag.edge == "open":
            waiting.append(tag.code)
    if waiting:
        return f"the mark {waiting[-1]} is begun and never ended"
    missing = [str(number) for number in known if number not in seen]
    return f"the mark {', '.join(missing)} is missing" if missing else ""


def shape(line: Line) -> tuple[object, ...]:
    """What a line says, however it is spelt and its codes are counted."""
    said: list[object] = []
    for part in line.parts:
        if isinstance(part, str):
            said.append(part)
        elif part.edge == "close":
            said.append((part.edge, line.codes[part.code - 1].name))
        else:
            code = line.codes[part.code - 1]
            said.append((part.edge, code.name, code.detail))
    return tuple(said)
