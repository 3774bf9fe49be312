"""What files have to say so that things keep their identity under another key.

    was:              the former key, so that every target finds the article or collection
    external_id:      of a page for Fin, which Intercom knows by it, where it came from the key
    _index.md         of a folder that had none: its title, which was its name, and its `was:`
    redirects.yml     where redirects lead to; and a line where a collection is no more
    translated_from:  where only the name of a file changed in a link of the source

A former key that comes back is no former key, so moving a thing back leaves nothing of that behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from publisher.errors import PublisherError
from publisher.model import (
    Article,
    Collection,
    ContentRules,
    ExternalPage,
    Key,
    Kind,
    Ref,
    Thing,
    Translation,
)
from publisher.source import Loaded
from publisher.source.files import decode
from publisher.source.frontmatter import split
from publisher.source.marks import carried, differences, is_marked, vouched
from publisher.source.meta import read_meta
from publisher.source.redirects import FILE, row, without_rows
from publisher.source.writing import MetaValue, edited, new_file, with_meta
from publisher.workflow.moves.destinations import Way
from publisher.workflow.pulls.folder import Snapshot

_NOTHING = "---\n---\n"
Drafts = dict[str, bytes | None]
Read = Callable[[Mapping[str, bytes | None]], Loaded]


@dataclass(frozen=True, slots=True)
class Renaming:
    """What is moved in what. `moves`: old path → new path, by file; `read`: drafts → content."""

    rules: ContentRules
    before: Loaded
    way: Way
    moves: Mapping[str, str]
    files: Snapshot
    read: Read

    def renamed(self, after: Loaded) -> dict[Ref, Ref]:
        """Return what everything is called afterwards; what is no more is left out."""
        there = {_place(ref, stem): ref for ref, stem in after.stems.items()}
        places = {
            ref: _place(ref, self.way.stem(ref.kind, stem))
            for ref, stem in self.before.stems.items()
        }
        return {ref: there[place] for ref, place in places.items() if place in there}

    def moved(self, after: Loaded) -> dict[Ref, Ref]:
        """Of these, what has another path, from the top down."""
        stems = self.before.stems
        renamed = sorted(self.renamed(after).items(), key=lambda item: stems[item[0]].count("/"))
        return {old: new for old, new in renamed if after.stems[new] != stems[old]}


def _place(ref: Ref, stem: str) -> tuple[str, str, str]:
    """What tells things apart that are in one content, but for their keys."""
    return ref.kind, stem, ref.key.rpartition(":")[2] if ref.kind == "page" else ""


def settled(drafts: Mapping[str, bytes | None], it: Renaming) -> tuple[Drafts, tuple[str, ...]]:
    """Return the drafts of a move with all that keeps identities, and the redirects it took.

    Raises PublisherError, with the file, for frontmatter that cannot be changed with certainty.
    """
    drafts = dict(drafts)
    _make_index(drafts, it)
    after = it.read(drafts)
    _pin_pages(drafts, it, after)
    top = [old for old in it.moved(after) if it.before.stems[old] == it.way.old]
    _name_former(drafts, it, after, top)
    after = it.read(drafts)
    _name_former(drafts, it, after, [old for old in it.moved(after) if old not in top])
    lines = _redirect(drafts, it, after)
    _carry_marks(drafts, it, it.read(drafts))
    return drafts, lines


def _edit(drafts: Drafts, it: Renaming, name: str, changes: Mapping[str, MetaValue | None]) -> None:
    raw = drafts.get(name) or it.files.texts[name]
    try:
        new = edited(raw, lambda text: _tidied(with_meta(text, changes, it.rules.aliases)))
    except PublisherError as error:
        raise PublisherError(f"{name}, {error}") from error
    if new != raw:
        drafts[name] = new


def _tidied(text: str) -> str:
    """Take out a frontmatter that holds nothing any more, unless the text needs it above itself."""
    bare = text.removeprefix(_NOTHING)
    bare = bare.removeprefix("\n") if bare != text else bare
    same = split("", bare).body.lstrip("\n") == split("", text).body.lstrip("\n")
    return bare if same else text


def _file(ref: Ref, after: Loaded, it: Renaming) -> str | None:
    """The file that speaks for a thing in every language."""
    return after.files_of.get(ref, {}).get(it.rules.default_locale)


def _make_index(drafts: Drafts, it: Renaming) -> None:
    """Give a collection a file that had none: to hold its title and its former key."""
    default = it.rules.default_locale
    name = f"{default}/{it.way.new}/_index.md"
    thing = it.before.site.things.get(Ref("collection", Key(it.way.old)))
    if it.way.kind == "collection" and name not in drafts and isinstance(thing, Collection):
        drafts[name] = new_file({"title": thing.titles[default]}, "").encode()


def _pin_pages(drafts: Drafts, it: Renaming, after: Loaded) -> None:
    for old, new in it.moved(after).items():
        page = it.before.site.things.get(old)
        if isinstance(page, ExternalPage):
            id_ = None if page.external_id == new.key else page.external_id
            _edit(drafts, it, after.files_of[new][page.locale], {"external_id": id_})


# Former keys ------------------------------------------------------------------------------


def _name_former(drafts: Drafts, it: Renaming, after: Loaded, refs: Iterable[Ref]) -> None:
    moved = it.moved(after)
    for old in refs:
        new = moved[old]
        name = _file(new, after, it)
        if old.kind != "page" and name:
            own = _own_former(drafts.get(name) or it.files.texts[name], name, it.rules)
            former = [*_former(old, new, it, after), *own]
            needless = {new.key, *_implied(after.stems[new], drafts, it)}
            said = tuple(key for key in dict.fromkeys(former) if key not in needless)
            if said != own:
                _edit(drafts, it, name, {"was": said[0] if len(said) == 1 else said})


def _former(old: Ref, new: Ref, it: Renaming, after: Loaded) -> list[str]:
    """Former keys that a thing has to have, and that no folder says for it where it lies now."""
    thing, now = it.before.site.things.get(old), after.site.things.get(new)
    wanted = [old.key] if old != new or _names_others(old, it, after) else []
    wanted += _was(thing)
    return [key for key in dict.fromkeys(wanted) if key not in (*_was(now), new.key)]


def _implied(stem: str, drafts: Drafts, it: Renaming) -> Iterator[str]:
    """Former keys that the folders which something lies in say for it."""
    folder = stem.rpartition("/")[0]
    while folder:
        name = f"{it.rules.default_locale}/{folder}/_index.md"
        raw = drafts.get(name) or it.files.texts.get(name)
        for former in _own_former(raw, name, it.rules) if raw else ():
            yield former + stem[len(folder) :]
        folder = folder.rpartition("/")[0]


def _names_others(old: Ref, it: Renaming, after: Loaded) -> bool:
    """Whether a folder with a pinned key holds what is called by its path."""
    moved = it.moved(after).items()
    return old.kind == "collection" and any(one != other for one, other in moved)


def _was(thing: Thing | None) -> tuple[Key, ...]:
    return thing.was if thing else ()


def _own_former(raw: bytes, name: str, rules: ContentRules) -> tuple[str, ...]:
    text = decode(name, raw)
    entries = split(name, text).entries if isinstance(text, str) else None
    return read_meta(name, entries, rules)[0].was if entries else ()


# Redirects --------------------------------------------------------------------------------


def _redirect(drafts: Drafts, it: Renaming, after: Loaded) -> tuple[str, ...]:
    """Mend redirects.yml; returns the lines for collections that are no more.

    A collection without an _index.md is there for as long as anything is in its folder.
    """
    renamed = it.renamed(after)
    gone = [ref for ref in it.before.site.things if ref not in renamed and ref.kind == "collection"]
    back = [ref for ref in after.site.things if ref not in renamed.values()]
    home = _home(it, after) if gone else ""
    lines = tuple(row(str(ref), home) for ref in sorted(gone))
    raw = drafts.get(FILE) or (it.files.read(FILE) if FILE in it.files.files else b"")
    starts = {str(ref) for ref in back}

    def changed(text: str) -> str:
        text = without_rows(text, starts)
        gap = "" if text.endswith("\n") or not text else "\n"
        return text + gap + "".join(f"{line}\n" for line in lines)

    new = edited(raw, changed)
    if new != raw:
        drafts[FILE] = new if new.strip() else None
    return lines


def _home(it: Renaming, after: Loaded) -> str:
    """Where readers of an emptied collection find what was in it."""
    places = {(ref.kind, stem): str(ref) for ref, stem in after.stems.items()}
    above: tuple[Kind, str] = ("collection", it.way.new.rpartition("/")[0])
    return places.get(above) or places[it.way.kind, it.way.new]


# Translations -----------------------------------------------------------------------------


def _carry_marks(drafts: Drafts, it: Renaming, after: Loaded) -> None:
    """A file that has another name now, and a link to it, is no change to translate."""
    default = it.rules.default_locale
    for old, new in it.renamed(after).items():
        then, now = it.before.site.things.get(old), after.site.things.get(new)
        if not isinstance(then, Article) or not isinstance(now, Article):
            continue
        source, source_now = then.translations.get(default), now.translations.get(default)
        stays = it.before.files_of[old].get(default) == after.files_of[new].get(default)
        if (
            source is None
            or source_now is None
            or (stays and source_now.sections == source.sections)
        ):
            continue
        for locale, text in then.translations.items():
            marks = _marks_after(text, source, source_now)
            if marks != dict(text.translated_from):
                _edit(drafts, it, after.files_of[new][locale], {"translated_from": marks})


def _marks_after(text: Translation, source: Translation, now: Translation) -> dict[str, str]:
    """Return the marks of a translation whose source has another path now, or other links.

    What a commit declared is written down: the history knows a file by its former path alone.
    """
    marks = dict(text.translated_from)
    left = text.outdated.sections if text.outdated else ()
    if is_marked(marks) and differences(marks, source.sections) != left:
        marks = vouched(marks, source.sections, left)
    return (
        carried(marks, source.sections, now.sections) if source.sections != now.sections else marks
    )
