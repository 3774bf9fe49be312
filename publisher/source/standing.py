"""The content folder as it was read last: what stands there, where, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.body.findings import REFUSED
from publisher.model import ContentRules, Digest, Locale, Problem, Ref, Site
from publisher.source import cache as kept
from publisher.source.beside import Uses
from publisher.source.document import Document
from publisher.source.files import Tree
from publisher.source.freshness import judged
from publisher.source.ignoring import Ignores
from publisher.source.links import Index
from publisher.source.outline import Outline
from publisher.source.rules import Finding, settle
from publisher.source.unaffected import Declared

SHOWN = REFUSED | {
    "anchor-unresolved",
    "asset-missing",
    "link-outside",
    "link-unresolved",
    "translation-stale",
}
"""What a preview shows all the same: the rest of the text is as good as any."""
Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The content folder as it stands.

    problems  by file and line, graded as the configuration says. With an error among them,
              `site` lacks what the file in question says.
    digest    of all texts, and of all images that they show; how lines end does not count.
    files     Markdown files found. parsed: those that were not in the cache.
    stems     of every thing: its path below the locale folder, without suffix. Its key, unless
              that is pinned (a page's key names its locale as well). Below fin/: with its source.
    files_of  of every thing: its files by locale, below the content folder, as on disk. A
              source's is under the default locale; a collection without an _index.md has none.
    ignores   what comments silence, by complete path; heeded in `problems` already.
    """

    site: Site
    problems: Problems
    digest: Digest
    files: int
    parsed: int
    stems: Mapping[Ref, str] = field(default_factory=dict)
    files_of: Mapping[Ref, Mapping[Locale, str]] = field(default_factory=dict)
    ignores: Mapping[str, Ignores] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Where:
    """What a folder is read with; `preview`: what is wrong with a link does not refuse its file.

    folder  the paths of all spots begin with it, spelt as given.
    cache   a folder of ours that may be deleted at any time; None: compile everything.
    """

    folder: Path
    rules: ContentRules
    cache: Path | None = None
    preview: bool = False

    @property
    def name(self) -> str:
        """The folder as a user spells it."""
        return self.folder.as_posix()

    def settled(self, found: Iterable[Finding]) -> Problems:
        """Grade findings whose paths are below the folder."""
        return settle(found, self.rules, self.name)

    def judged(self, site: Site) -> Site:
        """Say of each translation what of its source changed since it was marked."""
        return judged(site, self.rules, Declared(self.folder, self.rules).steps)

    def refuses(self, problem: Problem) -> bool:
        """Whether it keeps its file out of the site."""
        return problem.severity == "error" and not (self.preview and problem.rule in SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was read, and what it was made of.

    shelf       where compiled documents are kept between runs.
    documents   by path, as compiled.
    of_whole    what is wrong that only shows when everything is together, or lies in no text.
    of_beside   what is wrong with texts and images beside each other.
    of_texts    what is wrong in a text by itself, by complete path.
    uses        what each text leads to and shows, by name.

    What is ignored is among all these; it is left out of what was loaded.
    """

    where: Where
    shelf: kept.Shelf
    loaded: Loaded
    tree: Tree
    documents: Mapping[str, Document]
    plan: Outline
    index: Index
    of_whole: Problems
    of_beside: Problems
    of_texts: Mapping[str, Problems]
    uses: Uses

    def says_what(self, other: Standing) -> bool:
        """Whether it holds the same texts and images, however often they were saved since."""
        mine, theirs = self.loaded, other.loaded
        return (
            mine.problems == theirs.problems
            and mine.site.assets == theirs.site.assets
            and self.documents.keys() == other.documents.keys()
            and all(one.digest == other.documents[p].digest for p, one in self.documents.items())
        )
