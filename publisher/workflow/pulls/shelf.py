"""The desk on which live edits are taken into files: what lies there, and what changed so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from publisher.errors import PublisherError
from publisher.model import Locale, Problem, Ref, Spot
from publisher.plan import words
from publisher.plan.diff import locale_of
from publisher.plan.notices import name_of
from publisher.plan.view import View
from publisher.pull.layout import paths
from publisher.pull.merge import Merged
from publisher.pull.report import Text
from publisher.source.writing import MetaValue, edited, with_meta
from publisher.workflow.pulls.bringing import Desk
from publisher.workflow.pulls.folder import Moves, Shelf

Place = tuple[Ref, str]
"""A thing and a locale of it ("" for what it says in all)."""


@dataclass(slots=True, kw_only=True)
class Taken:
    """What was taken over.

    drafts   files to be written; None: to be removed.
    fields   names of the fields that say now what is live, by thing.
    merges   bodies that still hold the author's own changes beside the live ones.
    moves    file → where it lies from now on.
    dropped  locales whose file goes, because the translation was removed in Intercom.
    gone     things whose files go, because they were deleted in Intercom.
    """

    drafts: dict[str, bytes | None] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fields: dict[Ref, set[str]] = field(default_factory=dict)
    merges: dict[Place, Merged] = field(default_factory=dict)
    moves: dict[str, str] = field(default_factory=dict)
    dropped: dict[Ref, set[str]] = field(default_factory=dict)
    gone: list[Ref] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Everything that is needed to take one thing over.

    whole  bodies to be written anew as a whole, since their merge could not be proven.
    moves  where everything lies from now on.
    named  the user named what is pulled: deletions in Intercom are followed, too.
    back   files that were taken out here are written again.
    """

    view: View
    shelf: Shelf
    desk: Desk
    taken: Taken
    whole: frozenset[Place]
    moves: Moves
    named: bool = False
    back: bool = False

    # Files -----------------------------------------------------------------------------

    def current(self, path: str) -> bytes:
        """A file as it is going to be."""
        draft = self.taken.drafts.get(path)
        return self.shelf.read(path) if draft is None else draft

    def text(self, path: str) -> str:
        """A file's text as it is going to be, with `\\n` as its only line end."""
        found: list[str] = []

        def look(text: str) -> str:
            found.append(text)
            return text

        edited(self.current(path), look)
        return found[0]

    def change(self, path: str, how: Callable[[str], str]) -> None:
        """Change a file's text; line ends and a byte order mark stay as they are."""
        self.taken.drafts[path] = edited(self.current(path), how)

    def set(self, ref: Ref, path: str, name: str, value: MetaValue | None) -> bool:
        """Change one key of a file's frontmatter; False, and told, where that cannot be done."""
        aliases = self.shelf.aliases
        try:
            self.change(path, lambda text: with_meta(text, {name: value}, aliases))
        except PublisherError as error:
            self.tell(
                "pull-clash",
                path,
                f"`{name}` changed in Intercom, but cannot be changed in this file: {error}",
                f"Change it by hand to what is live, then run: publisher pull {ref.key}",
            )
            return False
        return True

    def file(self, ref: Ref, locale: str) -> str:
        """The file that speaks for a thing in a locale; it may not exist yet."""
        files = self.shelf.files_of.get(ref, {})
        chosen = Locale(locale or self.desk.default_locale)
        return files.get(chosen) or paths(ref, self.shelf.stems[ref], chosen)

    # Telling ---------------------------------------------------------------------------

    def note(self, ref: Ref, name: str) -> None:
        """Remember that a field of the file says now what is live."""
        self.taken.fields.setdefault(ref, set()).add(name)

    def tell(self, rule: str, path: str, what: str, advice: str, line: int = 1) -> None:
        """Name something that a person has to see."""
        spot = Spot(f"{self.desk.folder}/{path}", line)
        problem = Problem(rule=rule, severity="warning", spot=spot, what=what, advice=advice)
        self.taken.problems.append(problem)

    def clash(self, ref: Ref, name: str, how: str = "", line: int = 1) -> None:
        """Tell that both sides changed a field; `how` says more."""
        path = self.file(ref, locale_of(name, self.view.site.things[ref]))
        self.tell(
            "pull-clash",
            path,
            f"{words.field(name)} changed here and in Intercom since the last apply{how}; "
            "the file is left as it is.",
            "Settle it by hand, or send yours: publisher apply --overwrite "
            f"{name_of(ref, self.view)}",
            line,
        )
