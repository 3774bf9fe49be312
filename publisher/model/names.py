"""Names and words that everything else is made of: keys, locales, places, findings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NewType

Key = NewType("Key", str)
"""Path without locale folder and suffix, `/`-separated, NFC, unless frontmatter pins it."""
Locale = NewType("Locale", str)
"""One of Intercom's 37 codes, spelt as Intercom spells it: "en", "pt-BR"."""
RemoteId = NewType("RemoteId", str)
"""Always text, though Intercom sends some ids as numbers."""
Digest = NewType("Digest", str)
"""16 hex digits of a SHA-256."""
Fields = Mapping[str, str]
State = Literal["draft", "published"]
Severity = Literal["error", "warning"]
Kind = Literal["collection", "article", "source", "page"]
KINDS: tuple[Kind, ...] = ("collection", "article", "source", "page")
LOCALES: tuple[Locale, ...] = tuple(map(Locale, (
    "ar", "bg", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "mn", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sl",
    "sr", "sv", "tr", "vi", "zh-CN", "zh-TW",
)))  # fmt: skip
"""The same 37 in every version of Intercom's OpenAPI; `id` is Indonesian."""
NOTHING: Mapping[Any, Any] = MappingProxyType({})


def digest(text: str) -> Digest:
    """Return 16 hex digits that stand for `text`."""
    return Digest(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16])


def digest_of_bytes(content: bytes) -> Digest:
    """Return 16 hex digits that stand for a file's bytes."""
    return Digest(hashlib.sha256(content).hexdigest()[:16])


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The identity of a thing on our side; `(kind, RemoteId)` is the one on theirs."""

    kind: Kind
    key: Key

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file. `path` is as a user would type it, `/`-separated; lines count from 1."""

    path: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding: which rule, how bad, where, what is wrong, what to do.

    `what` and `advice` are sentences without the place, which is printed before them.
    A problem of the target or the plan has no `spot`.
    """

    rule: str
    severity: Severity
    what: str
    advice: str = ""
    spot: Spot | None = None

    def __str__(self) -> str:
        place = f"{self.spot}: " if self.spot else ""
        return f"{place}{self.what}" + (f" {self.advice}" if self.advice else "")


NOWHERE = Spot("")
Stale = Literal["warn", "block", "unpublish"]
"""What becomes of a translation whose source has changed since: a warning, an error, or nobody
reads it until somebody has looked."""
