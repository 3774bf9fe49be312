"""Runs of text: put in order, and written as HTML.

Raw runs come straight from a parse, their white space already collapsed to single spaces
(but in code), a line break as "\\n". `tidy` makes equal text equal: no space at either end
or beside a line break, no space that is the only difference between two marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from itertools import takewhile

from publisher.body.tree import Mark, Run, Runs

_BLANK = " \t\n\r\f\xa0\u200b\u2060"


def has_text(runs: Iterable[Run]) -> bool:
    """Say whether a reader would see anything of `runs`."""
    return any(run.text.strip(_BLANK) for run in runs)


def tidy(raw: Iterable[Run]) -> Runs:
    """Put runs in order; () when there is nothing to see."""
    tidied: list[Run] = []
    gap = ""
    for text, marks in raw:
        if text != "\n" and marks and any(mark.tag == "code" for mark in marks):
            word, after = text, ""
        else:
            word, after = text.strip(" \n"), ""
            if word != text:
                after = text[len(text.rstrip(" \n")) :] if word else ""
                gap += text[: len(text) - len(text.lstrip(" \n"))]
        if word:
            _bridge(tidied, gap, marks)
            _append(tidied, word, marks)
            gap = after
    return tuple(tidied) if has_text(tidied) else ()


def _bridge(tidied: list[Run], gap: str, marks: tuple[Mark, ...]) -> None:
    """Add what stands between two words, wearing only the outer marks they share."""
    breaks = gap.count("\n")
    if not tidied:
        if breaks:
            tidied.append(Run("\n" * breaks))
        return
    if gap:
        shared = marks[: _shared_prefix(tidied[-1].marks, marks)]
        outer = tuple(takewhile(lambda mark: mark.tag != "code", shared))
        _append(tidied, "\n" * breaks or " ", outer)


def _append(tidied: list[Run], text: str, marks: tuple[Mark, ...]) -> None:
    if tidied and tidied[-1].marks == marks:
        text = tidied.pop().text + text
    tidied.append(Run(text, marks))


def spell(runs: Runs, tag_of: Callable[[Mark], str]) -> str:
    """Write runs as HTML, opening and closing as few tags as can be.

    tag_of  the opening tag of a mark: `<b>`, `<a href="…">`.
    """
    pieces: list[str] = []
    worn: tuple[Mark, ...] = ()
    for text, marks in runs:
        if marks != worn:
            kept = _shared_prefix(worn, marks)
            pieces += [f"</{mark.tag}>" for mark in reversed(worn[kept:])]
            pieces += [tag_of(mark) for mark in marks[kept:]]
            worn = marks
        pieces.append(escape(text, quote=False).replace("\n", "<br>"))
    pieces += [f"</{mark.tag}>" for mark in reversed(worn)]
    return "".join(pieces)


def _shared_prefix(worn: tuple[Mark, ...], marks: tuple[Mark, ...]) -> int:
    kept = 0
    for before, now in zip(worn, marks, strict=False):
        if before != now:
            break
        kept += 1
    return kept
