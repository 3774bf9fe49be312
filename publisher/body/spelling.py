"""Runs of text → Markdown inside a line, with no more escapes than it needs.

What a sign means depends on its neighbours, so each piece of text is written knowing the
letter before and after it: `snake_case`, `2 * 3` and `[1]` stay as they are. Bold and italic
that asterisks could not say (`<b>abus</b>ing` before a bracket) are written as tags. These
are good rules, not a parser: `proof` renders what was written and has the last word.
"""

from __future__ import annotations

import re
import string
import unicodedata
from html import escape
from itertools import groupby
from urllib.parse import quote

from markdown_it.common.normalize_url import normalizeLink

from publisher.body import vocabulary
from publisher.body.tree import Mark, Run, Runs, plain

_SPECIAL = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~]|[^\S ]|\Z)  # would escape what follows, or break the line
    | `
    | (?<![^\S\n])\* | \*(?![^\S\n]) # a star between spaces is a star
    | (?<!\w)_+ | _+(?!\w)           # so is a low line inside a word
    | ~~+
    | \](?=[(\[])
    | !(?=\[\Z)                      # before a link: it would be an image
    | <(?=[A-Za-z/!?])
    | &(?=\#?\w+;)""",
    re.VERBOSE,
)
_SPECIAL_IN_BRACKETS = re.compile(rf"{_SPECIAL.pattern} | [\[\]]", re.VERBOSE)
_LINE_START = re.compile(
    r"^(?:\#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=]+(?=[ \t]*$)|:::|[|:-](?=[-:| \t]*$)"
    r"|\[(?=!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\])|\[(?=[ xX]\]\s)|\[(?=\^[^\s\]]*\]:))",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"\A\[(?=(?:[^\[\]\\]|\\.)+\]:)", re.DOTALL)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_EDGE = re.compile(r"\A[^\S ]+|[^\S ]+\Z")
_BACKTICKS = re.compile(r"`+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_SIGNS = {"b": ("**", "__"), "i": ("*", "_")}
_FIRST_SIGN = {"a": "[", "code": "`", "b": "*", "i": "*"}


def paragraph(runs: Runs) -> str:
    """Write the text of a paragraph; nothing in it begins a heading, a list or a quote."""
    written = _DEFINITION.sub(r"\\[", line(runs, "\\\n"))
    return "\n".join(map(_guarded, written.split("\n")))


def line(runs: Runs, line_end: str) -> str:
    """Write runs; `line_end` is how a line break is said here."""
    ordered = tuple(
        Run(text, tuple(sorted(marks, key=lambda mark: mark.tag == "code"))) for text, marks in runs
    )
    return _spans(ordered, "", "").replace("\n", line_end)


def unblanked(text: str) -> str:
    """Write white space at the ends that parsers would strip, such as U+00A0, as entities."""
    return _EDGE.sub(lambda space: "".join(f"&#{ord(letter)};" for letter in space[0]), text)


def _guarded(text: str) -> str:
    text = unblanked(text)
    text = _NUMBERED.sub(r"\1\\\2", _LINE_START.sub(r"\\\g<0>", text))
    if "://" in text and vocabulary.video(text.strip().removesuffix("\\")):
        return text.replace("://", "\\://", 1)  # alone on its line, it would be played
    return text


def escaped(text: str, before: str = "", after: str = "", *, brackets: bool = False) -> str:
    """Escape what would mean something between these two neighbours; `brackets` around, too."""
    special = _SPECIAL_IN_BRACKETS if brackets else _SPECIAL
    end = len(before) + len(text)

    def escape_one(sign: re.Match[str]) -> str:
        ours = len(before) <= sign.start() < end
        return "".join(f"\\{letter}" for letter in sign[0]) if ours else sign[0]

    written = special.sub(escape_one, f"{before}{text}{after}")
    return written[len(before) : len(written) - len(after)]


def _spans(runs: Runs, before: str, after: str, brackets: bool = False) -> str:
    """Write runs that share what is outside of them.

    before, after  the letters next to them, or "".
    brackets       they stand in the text of a link.
    """
    written = ""
    groups = [
        (mark, tuple(group))
        for mark, group in groupby(runs, lambda run: run.marks[0] if run.marks else None)
    ]
    for place, (mark, group) in enumerate(groups):
        previous = (written or before)[-1:]
        following = groups[place + 1] if place + 1 < len(groups) else None
        if mark is None:
            text = plain_text(group)
            sign = _FIRST_SIGN.get(following[0].tag, "<") if following and following[0] else after
            written += escaped(text, previous, sign, brackets=brackets)
        else:
            inner = tuple(Run(run.text, run.marks[1:]) for run in group)
            next_letter = plain_text(following[1])[:1] if following else after
            written += _marked(mark, inner, (previous, next_letter), brackets)
    return written


def plain_text(runs: Runs) -> str:
    """Return the text of runs, line breaks included."""
    return "".join(run.text for run in runs)


def _marked(mark: Mark, inner: Runs, around: tuple[str, str], brackets: bool) -> str:
    if mark.tag == "code":
        return _code_span(plain(inner))
    if mark.tag == "a":
        bare = "" if any(run.marks for run in inner) else plain_text(inner)
        return _link(_spans(inner, "[", "]", brackets=True), bare, mark.value)
    other = {"b": "i", "i": "b"}.get(mark.tag)
    if other and all(run.marks and run.marks[0].tag == other for run in inner):
        content = _spans(tuple(Run(run.text, run.marks[1:]) for run in inner), "*", "*", brackets)
        if _parses("*", content, around):
            return f"***{content}***"
    content = _spans(inner, "*", "*", brackets)
    for sign in _SIGNS.get(mark.tag, ()):
        if _parses(sign[0], content, around):
            return f"{sign}{content}{sign}"
    return f"<{mark.tag}>{content}</{mark.tag}>"


def _parses(sign: str, content: str, around: tuple[str, str]) -> bool:
    """Say whether `sign` around `content` is read as the edges of emphasis."""
    edges = ((around[0], content[0]), (around[1], content[-1]))
    return all(_opens(sign, outside, inside) for outside, inside in edges)


def _opens(sign: str, outside: str, inside: str) -> bool:
    """Apply CommonMark's rule of flanking, on the safe side for symbols such as emoji."""
    if sign in (outside, inside) or inside.isspace():
        return False
    if not outside or outside.isspace() or _is_punctuation(outside, "P"):
        return True
    return sign == "*" and not _is_punctuation(inside, "PS")


def _is_punctuation(letter: str, categories: str) -> bool:
    return letter in string.punctuation or unicodedata.category(letter)[0] in categories


def _code_span(text: str) -> str:
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    padded = text.startswith(("`", " ")) or text.endswith(("`", " "))
    return f"{fence} {text} {fence}" if padded and text.strip() else f"{fence}{text}{fence}"


def fence_of(text: str) -> str:
    """Return a fence longer than any in `text`."""
    return "`" * max(3, max(map(len, _BACKTICKS.findall(text)), default=0) + 1)


def _link(content: str, text: str, url: str) -> str:
    if _SCHEME.match(url) and normalizeLink(url) != url:
        return f'<a href="{escape(url)}">{content}</a>'  # Markdown would respell the address
    if text == url and re.fullmatch(r"https?://[^\s<>]+", url) and not vocabulary.video(url):
        return f"<{url}>"
    return f"[{content}]({destination(url)})"


def destination(url: str) -> str:
    """Write an address where Markdown expects one."""
    safe = quote(url, safe="/:?#[]@!$&'()*+,;=%~-._") if re.search(r"[\s<>\\]", url) else url
    safe = re.sub(r"&(?=#?\w+;)", "&amp;", safe)
    return f"<{safe}>" if re.search(r"[()]", safe) or not safe else safe
