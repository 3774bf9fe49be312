"""What a writer wants to know beside a page of the preview: its findings, and its texts.

Each function answers for one thing in one language from the preview's last state, when it is
asked. The comparison with what is live is in `comparing`, that with the source language in
`abreast`, and what leaves us in `outgoing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.body import refs
from publisher.model import (
    Article,
    Collection,
    ExternalPage,
    Kind,
    Locale,
    Problem,
    Ref,
)
from publisher.source.links import NOWHERE
from publisher.workflow.previews import chunks
from publisher.workflow.previews.previewing import Preview, State

LINKED: tuple[Kind, ...] = ("article", "collection")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFindings:
    """What is wrong in one file. `path` as a user would type it, from the project's folder."""

    path: str
    file: Path
    locale: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What one file says. `html` with symbolic references; of a collection there is none.

    lines   for each block that shows anything, its line in the file; () where nobody knows.
    file    below the content folder; "" for a collection's name that no file gives.
    """

    title: str
    description: str = ""
    html: str = ""
    lines: tuple[int, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A top-level block of a body, and the line of the file that it is made from (0: none)."""

    html: str
    line: int = 0


# Findings ---------------------------------------------------------------------------------


def findings(preview: Preview, ref: Ref, locale: str) -> tuple[FileFindings, ...]:
    """Return what is wrong in the files of a thing, the file of this locale first.

    Of one whose file is gone, the errors that keep it standing.
    """
    if is_gone(preview.state, ref):
        return tuple(_keeping(preview))
    files = files_of(preview, ref)
    shown = {(preview.config.content_folder / path).as_posix(): path for path in files.values()}
    found: dict[str, list[Problem]] = {path: [] for path in shown.values()}
    for problem in preview.state.loaded.problems:
        if problem.spot and problem.spot.path in shown:
            found[shown[problem.spot.path]].append(problem)
    order = sorted(files, key=lambda code: (code != locale, code))
    return tuple(
        FileFindings(
            path=f"{preview.config.content}/{files[code]}",
            file=preview.config.content_folder / files[code],
            locale=code,
            problems=tuple(found[files[code]]),
        )
        for code in order
    )


def is_gone(state: State, ref: Ref) -> bool:
    """Whether a thing still stands that no file tells of: while one is unread, nothing goes."""
    loaded = state.loaded
    told = loaded.files_of.get(ref) or ref in loaded.site.things
    return not told and bool(loaded.site.unread) and ref in state.ids


def errors_in(state: State, path: str) -> Iterator[Problem]:
    """The errors of one file; `path` as messages spell it."""
    for problem in state.loaded.problems:
        if problem.severity == "error" and problem.spot and problem.spot.path == path:
            yield problem


def _keeping(preview: Preview) -> Iterator[FileFindings]:
    folder = preview.config.content_folder
    for unread in preview.state.loaded.site.unread:
        file = Path(unread)
        inside = file.relative_to(folder) if file.is_relative_to(folder) else file
        yield FileFindings(
            path=f"{preview.config.content}/{inside.as_posix()}",
            file=folder / inside,
            locale="",
            problems=tuple(errors_in(preview.state, unread)),
        )


def files_of(preview: Preview, ref: Ref) -> Mapping[Locale, str]:
    """The files of a thing by locale; of an external page, those of its translations too."""
    loaded = preview.state.loaded
    found = dict(loaded.files_of.get(ref, {}))
    for other in siblings(preview, ref):
        found.update(loaded.files_of.get(other, {}))
    return found


def siblings(preview: Preview, ref: Ref) -> tuple[Ref, ...]:
    """An external page in all its languages, which Intercom knows as so many pages."""
    stems = preview.state.loaded.stems
    if ref.kind != "page" or ref not in stems:
        return ()
    return tuple(other for other in stems if other.kind == "page" and stems[other] == stems[ref])


# Texts ------------------------------------------------------------------------------------


def text_in(preview: Preview, ref: Ref, locale: str) -> Text | None:
    """Return what a thing says in a locale; None where it says nothing, or cannot be read."""
    thing = preview.state.loaded.site.things.get(ref)
    file = preview.state.loaded.files_of.get(ref, {}).get(Locale(locale), "")
    if isinstance(thing, Article) and locale in thing.translations:
        said = thing.translations[Locale(locale)]
        body = unmarked(said.body)
        return Text(
            title=said.title,
            description=said.description,
            html=body,
            lines=said.lines,
            file=file,
        )
    if isinstance(thing, ExternalPage) and thing.locale == locale:
        return Text(title=thing.title, html=unmarked(thing.body), lines=thing.lines, file=file)
    if isinstance(thing, Collection) and locale in thing.titles:
        about = thing.descriptions.get(Locale(locale), "")
        return Text(title=thing.titles[Locale(locale)], description=about, file=file)
    return None


def unmarked(html: str) -> str:
    """Take out the links that lead nowhere, which only a preview keeps; their text stays."""
    if NOWHERE not in html:
        return html
    return refs.rewrite(html, lambda url, _: None if url.startswith(NOWHERE) else url)


def stretches(html: str, lines: tuple[int, ...]) -> tuple[Stretch, ...]:
    """Part a body into its blocks, each with its line where the lines can be told."""
    parts = chunks.chunks(html)
    shown = [chunks.is_shown(part) for part in parts]
    known = iter(lines if sum(shown) == len(lines) else ())
    return tuple(
        Stretch(html=part, line=next(known, 0) if visible else 0)
        for part, visible in zip(parts, shown, strict=True)
    )
