"""The templates of the site, and its files: stylesheet, script, icons."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publisher.helpcenter.reader import icons, words

HOUSE = Path(__file__).parents[1]


def files() -> dict[str, bytes]:
    """Return what pages need besides themselves, by name."""
    return {path.name: path.read_bytes() for path in (HOUSE / "static").iterdir()}


@cache
def templates(version: str) -> Environment:
    """Return the templates, which several sites share; `version` is in the addresses of files."""
    made = Environment(
        loader=FileSystemLoader(HOUSE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        version=version,
        icon_of=icons.icon_of,
        direction=words.direction,
        language=words.language,
        iso=words.iso,
        day=partial(words.date, "en"),
    )
    return made


def version_of(files: Mapping[str, bytes]) -> str:
    """Return a few digits that change with the stylesheet, so that no browser shows an old one."""
    return hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:8]
