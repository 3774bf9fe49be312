"""What changed in a source since its translation: by its marks or, where it has none, by Git."""

from __future__ import annotations

from dataclasses import dataclass

from publisher.model import Article, Locale, Outdated, Ref
from publisher.source.history import Since, changed_since
from publisher.source.marks import is_marked
from publisher.workflow.previews.beside import files_of
from publisher.workflow.previews.previewing import Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known; `since` None: nothing.

    marked  the translation was marked, so that this is so; by Git it is only likely.
    gone    names of sections that the source had then.
    """

    since: Since | None = None
    marked: bool = False
    gone: tuple[str, ...] = ()


def since_translated(preview: Preview, ref: Ref, locale: str) -> Known:
    """Say which lines of a source are not what the translation was made from."""
    thing = preview.state.loaded.site.things.get(ref)
    text = thing.translations.get(Locale(locale)) if isinstance(thing, Article) else None
    if text and is_marked(text.translated_from):
        return _marked(text.outdated)
    files = files_of(preview, ref)
    source = files.get(preview.state.loaded.site.default_locale)
    ours = files.get(Locale(locale))
    folder = preview.config.content_folder
    return Known(since=changed_since(folder, source, ours) if source and ours else None)


def _marked(outdated: Outdated | None) -> Known:
    found = outdated.sections if outdated else ()
    return Known(
        since=Since(day="", ranges=tuple((each.line, each.line) for each in found if each.line)),
        marked=True,
        gone=tuple(each.title or each.name for each in found if each.kind == "removed"),
    )
