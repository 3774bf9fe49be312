"""Search what stands on a shelf: every word must occur, titles count most.

Letters are compared without case and accents ("resume" finds "Résumé"), words by their
beginning or any part, which also serves languages written without spaces. When no article
has every word, those with some of them are shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.helpcenter.reader.shelf import Article

WORD = re.compile(r"\w+")
KANA_MARKS = "\u3099\u309a"
"""Combining marks that make another letter, not an accent: か is not が."""
EXCERPT = 200
LEAD = 60
LIMIT = 30
IN_TITLE, IN_DESCRIPTION, IN_BODY = 12.0, 4.0, 1.0
BODY_HITS_COUNTED = 5

Piece = tuple[str, bool]
"""Some text, and whether it is one of the words searched for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An article prepared for search: words of its body, and folded copies of all three."""

    article: Article
    body: str
    title_folded: str
    description_folded: str
    body_folded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found; `title` and `excerpt` in pieces, so that a page can mark them."""

    article: Article
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]


def fold(text: str) -> str:
    """Return `text` in lower case and without accents."""
    return text.lower() if text.isascii() else "".join(map(_fold, text))


def text_of(article: Article, body: str) -> Text:
    """Prepare an article for `search`; `body` is the plain text of its body."""
    return Text(
        article=article,
        body=body,
        title_folded=fold(article.title),
        description_folded=fold(article.description),
        body_folded=fold(body),
    )


def search(texts: Iterable[Text], query: str) -> list[Hit]:
    """Return the best hits for what a reader typed, best first, at most LIMIT."""
    terms = list(dict.fromkeys(WORD.findall(fold(query))))
    if not terms:
        return []
    scored = [(text, [_score(text, term) for term in terms]) for text in texts]
    found = [(text, sum(scores)) for text, scores in scored if all(scores)]
    found = found or [(text, sum(scores)) for text, scores in scored if any(scores)]
    found.sort(key=lambda pair: (-pair[1], pair[0].title_folded))
    return [_hit(text, terms) for text, _ in found[:LIMIT]]


def _fold(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    parts = unicodedata.normalize("NFKD", letter.casefold())
    return "".join(part for part in parts if part in KANA_MARKS or not unicodedata.combining(part))


def _score(text: Text, term: str) -> float:
    title = _closeness(text.title_folded, term) * IN_TITLE
    description = _closeness(text.description_folded, term) * IN_DESCRIPTION
    hits = min(text.body_folded.count(term), BODY_HITS_COUNTED)
    return title + description + hits * IN_BODY


def _closeness(folded: str, term: str) -> float:
    """Return 1.0 for a whole word, 0.7 for the beginning of one, 0.4 for any other part."""
    if term not in folded:
        return 0.0
    words = WORD.findall(folded)
    if term in words:
        return 1.0
    return 0.7 if any(word.startswith(term) for word in words) else 0.4


def _hit(text: Text, terms: Sequence[str]) -> Hit:
    article = text.article
    in_body = next((spot for term in terms if (spot := text.body_folded.find(term)) >= 0), None)
    told = article.description if in_body is None and article.description else text.body
    return Hit(
        article=article,
        title=_marked(article.title, terms),
        excerpt=_marked(_window(told, terms), terms),
    )


def _window(text: str, terms: Sequence[str]) -> str:
    """Return about EXCERPT letters around the first term, cut at spaces where there are any."""
    spots = _spots(text, terms)
    start = max(spots[0][0] - LEAD, 0) if spots else 0
    if start:
        space = text.find(" ", start, start + LEAD // 2)
        start = space + 1 if space >= 0 else start
    end = start + EXCERPT
    if end < len(text):
        space = text.rfind(" ", start + EXCERPT // 2, end)
        end = space if space >= 0 else end
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def _marked(text: str, terms: Sequence[str]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    done = 0
    for start, end in _spots(text, terms):
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    pieces.append((text[done:], False))
    return tuple(piece for piece in pieces if piece[0])


def _spots(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Return where terms occur in `text` as it is written, though they are compared folded."""
    letters, origin = [], []
    for number, letter in enumerate(text):
        for part in _fold(letter):
            letters.append(part)
            origin.append(number)
    longest_first = sorted(terms, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    found = pattern.finditer("".join(letters))
    return _apart((origin[match.start()], origin[match.end() - 1] + 1) for match in found)


def _apart(spots: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    apart: list[tuple[int, int]] = []
    for start, end in spots:
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart
