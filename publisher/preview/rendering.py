"""Templates and files of this room."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from publisher import __version__

HERE = Path(__file__).parent
STATIC = HERE / "static"


def render(template: str, **values: Any) -> Markup:
    """Render a template; everything in `values` that is not Markup is escaped."""
    return Markup(_templates().get_template(template).render(**values))


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["version"] = version()
    return templates


@cache
def version() -> str:
    """A few digits that change with the files, so that no browser shows old ones."""
    contents = b"".join(path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file())
    return hashlib.sha256(__version__.encode() + contents).hexdigest()[:8]
