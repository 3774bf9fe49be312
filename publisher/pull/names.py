"""A file name for a title: what a writer would have chosen, legal on every computer.

Letters and digits of any script stay, in lower case and NFC; all else becomes one hyphen.
Names are compared as `folded` spells them, because Windows and macOS tell neither
`Refunds.md` from `refunds.md` nor a composed é from a decomposed one.

Sources: Microsoft, "Naming Files, Paths, and Namespaces" (device names, with any suffix);
Unicode 15, D145 (canonical caseless matching) and Default_Ignorable_Code_Point.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container
from unicodedata import category, normalize

from publisher.model import Kind

LONGEST = 80
"""Characters of a name, before a suffix."""
LARGEST = 200
"""Bytes of a name in UTF-8: file systems take 255, and an id and a suffix may follow."""

_DEVICES = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"
}
_APOSTROPHES = "'’‘‛ʼ＇"
_UNSEEN = re.compile(
    rf"[{_APOSTROPHES}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""What leaves no gap where it is taken out: apostrophes, and letters and marks that show nothing.

Format characters (soft hyphens, joiners) and enclosing marks (of emoji) go like them.
"""


def slug(title: str) -> str:
    """Return the name for a title, without a suffix; "" when no letter or digit is in it.

    At most LONGEST characters and LARGEST bytes, cut between words where that leaves half.
    A name that Windows keeps for a device gets `-file`.
    """
    lower = normalize("NFC", normalize("NFC", title).lower())
    words = (_from_its_base(word) for word in _spaced(lower).split())
    name = _cut(normalize("NFC", "-".join(filter(None, words))))
    return f"{name}-file" if name in _DEVICES else name


def folded(name: str) -> str:
    """Return what is equal for names (or paths) that a file system may take for one."""
    return normalize("NFD", normalize("NFD", name).casefold())


def free(wanted: str, kind: Kind, id: str, taken: Container[str]) -> str:
    """Return a name nobody has: `wanted`, else `wanted-ID`, and `KIND-ID` where none is wanted.

    wanted  a slug, or "".
    taken   the names in the same folder, as `folded` spells them.

    An id, not a count, so that the name does not depend on what else has been pulled.
    """
    if wanted and folded(wanted) not in taken:
        return wanted
    numbered = f"{wanted or kind}-{slug(id)}".rstrip("-")
    others = (f"{numbered}-{number}" for number in itertools.count(2))
    return next(n for n in itertools.chain([numbered], others) if folded(n) not in taken)


def _spaced(text: str) -> str:
    seen = (letter for letter in _UNSEEN.sub("", text) if category(letter) not in ("Cf", "Me"))
    return "".join(letter if category(letter)[0] in "LMN" else " " for letter in seen)


def _from_its_base(word: str) -> str:
    """Drop marks at the start, which would stand on the hyphen before them."""
    start = next((at for at, letter in enumerate(word) if category(letter)[0] != "M"), len(word))
    return word[start:]


def _cut(name: str) -> str:
    end = min(len(name), LONGEST)
    while len(name[:end].encode()) > LARGEST:
        end -= 1
    if end == len(name):
        return name
    at_word = name.rfind("-", 0, end + 1)
    if at_word >= end // 2:
        return name[:at_word]
    while category(name[end])[0] == "M":
        end -= 1
    return name[:end].rstrip("-")
