"""`publisher build`: the same pages as static files, so that reviewers look at pages.

The preview's own application answers, asked in this process; what it shows is written to a
folder that any web host, a CI artifact or a browser alone can show. Two builds of the same
content are the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from publisher.config import Config
from publisher.errors import ConfigError, ContentRefused, PublisherError
from publisher.model import Problem
from publisher.preview import folder, once
from publisher.preview.app import app
from publisher.preview.crawl import PLAN, Crawl
from publisher.preview.search import write_search
from publisher.workflow.previews.previewing import Preview, State

PLURALS = {"article": "articles", "collection": "collections"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build wrote.

    pages     HTML files; files: all of them.
    problems  of the content, as `publisher lint` finds them.
    left_out  files that are in no page, because of errors.
    """

    pages: int
    files: int
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...]


def build(config: Config, out: Path, *, target: str = "") -> Built:
    """Write the pages of the content as it stands into `out`.

    target  whose plan is shown; "": the one for which a plan is wanted first.

    Raises ConfigError for a folder that is not ours to write into, ContentRefused where there
    is no content at all; what is wrong in a file only leaves that file out.
    """
    out = out.absolute()
    _check_place(config, out)
    if target:
        config.target(target)
    with once.opened(config) as preview:
        state = preview.refresh()
        _check_state(state)
        known = {(PLURALS.get(kind, kind), str(id)) for kind, id in state.refs}
        with folder.opened(out) as place:
            crawl = Crawl(
                app=app(preview, live=False),
                folder=place,
                base=preview.center.public_url,
                is_ours=lambda kind, id: (kind, id) in known,
                plan=urlencode({"target": target}) if target else "",
            )
            crawl.walk(_starts(preview, state))
            write_search(crawl)
            place.publish()
    return Built(
        pages=sum(1 for name in place.written if name.endswith(".html")),
        files=len(place.written),
        problems=state.loaded.problems,
        left_out=tuple(state.loaded.site.unread),
    )


def _check_place(config: Config, out: Path) -> None:
    content = config.content_folder.resolve()
    if out.resolve().is_relative_to(content):
        raise ConfigError(f"{out} is inside the content; name a folder outside of {content}.")


def _check_state(state: State) -> None:
    if not state.loaded.files:
        if any(each.severity == "error" for each in state.loaded.problems):
            raise ContentRefused(state.loaded.problems)
        raise PublisherError("there is no Markdown in the content folder, so there are no pages.")
    if state.trouble:
        raise PublisherError(state.trouble)


def _starts(preview: Preview, state: State) -> Iterator[str]:
    """Where to begin: what no page may link to, such as an article outside of collections."""
    rules = preview.config.rules
    spoken = {locale for files in state.loaded.files_of.values() for locale in files}
    for locale in sorted({rules.default_locale, *rules.locales, *spoken}):
        yield f"/{locale}/"
        yield f"/{locale}/search"
    yield PLAN
    yield "/fin/"
    for ref, id in sorted(state.ids.items(), key=lambda pair: (pair[0].kind, pair[0].key)):
        if ref.kind == "page":
            yield f"/fin/{id}"
        for locale in sorted(state.loaded.files_of.get(ref, ())):
            if ref.kind in PLURALS:
                yield f"/{locale}/{PLURALS[ref.kind]}/{id}"
