"""THE REPOSITORY: a folder of Markdown becomes a Site.

`load` is the whole of it: walk, compile each file (or take it from the cache), say
what each file is, resolve links, build the nouns, look at the whole. Faults never
raise: a writer gets all of them at once, and what is sound is in the Site.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from publisher.model import NOTHING, ContentRules
from publisher.source.reading_all import read
from publisher.source.rules import RULES, Rule
from publisher.source.standing import Loaded, Where

__all__ = ["RULES", "Loaded", "Rule", "load"]


def load(
    folder: Path,
    rules: ContentRules,
    *,
    cache: Path | None = None,
    drafts: Mapping[str, bytes | None] = NOTHING,
) -> Loaded:
    """Read the content folder.

    folder  the paths of all spots begin with it, spelt as given.
    cache   a folder of ours that may be deleted at any time; None: compile everything.
    drafts  files as they would be, by path below the folder (in NFC), Markdown and assets
            alike: bytes stand for the file's own, None for its absence. The folder itself
            need not exist, and is not written to.

    Raises nothing for anything that is in the folder or missing from it.
    """
    return read(Where(folder, rules, cache), drafts).loaded
