"""What is in the folder although nothing is made of it: what lies there has not been removed.

A configuration may call a fault a warning, or switch its rule off. Then the file is published
no more, but nobody took it away, and whoever removes what has no file has to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

from publisher.model import LOCALES, ContentRules, Locale
from publisher.source.document import Document
from publisher.source.files import Tree
from publisher.source.place import FIN, is_left_out
from publisher.source.rules import RULES, Finding

LOOKALIKE = "suffix-unknown"


def unread(
    documents: Iterable[Document], lost: Iterable[Finding], rules: ContentRules
) -> tuple[str, ...]:
    """Return the paths of files that were seen and become nothing, in order.

    lost  what was found of files that were not read or have no place; however it is graded
          here, an error of the table means that the file is lost to us.
    """
    paths = {
        each.path
        for each in lost
        if RULES[each.rule].severity == "error"
        or (each.rule == LOOKALIKE and not is_left_out(each.path, rules))
    }
    paths |= {each.path for each in documents if each.broken and not is_left_out(each.name, rules)}
    return tuple(sorted(paths))


def ignores_below(folder: Path, tree: Tree) -> Callable[[str, Locale | None], bool]:
    """Return what tells whether `.publisherignore` names a file, be it there or not.

    It takes a path as in the spots of things, or of the ledger, where the folder may be spelt
    as it was on another machine; and the locale whose translation of that file is meant.
    """

    def ignores(path: str, locale: Locale | None = None) -> bool:
        name = _below(folder, path)
        top, _, rest = name.partition("/")
        if locale and top != FIN:
            name = f"{locale}/{rest}"
        return bool(name) and tree.ignores(name)

    return ignores


def _below(folder: Path, path: str) -> str:
    """Spell a path as it is below the content folder; empty for one that is not."""
    if Path(path).is_relative_to(folder):
        return Path(path).relative_to(folder).as_posix()
    parts = path.split("/")
    for above, top in pairwise(range(len(parts))):
        if parts[above] == folder.name and parts[top] in (*LOCALES, FIN):
            return "/".join(parts[top:])
    return ""
