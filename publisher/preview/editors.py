"""Addresses that open a file in the writer's editor, at a line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from publisher.config import Config

EDITORS: Mapping[str, str] = {
    "vscode": "vscode://file{path}:{line}",
    "vscodium": "vscodium://file{path}:{line}",
    "cursor": "cursor://file{path}:{line}",
    "windsurf": "windsurf://file{path}:{line}",
    "zed": "zed://file{path}:{line}",
    "idea": "idea://open?file={path}&line={line}",
    "sublime": "subl://open?url=file://{path}&line={line}",
    "textmate": "txmt://open?url=file://{path}&line={line}",
}
"""Source: the URL handlers that these editors document; a path begins with a slash."""


def editor_link(config: Config, path: str | Path, line: int) -> str:
    """Return the address that opens a file in the configured editor; "" without one.

    path  as messages spell it, or below the project's folder.
    """
    template = EDITORS.get(config.editor, config.editor)
    if "{path}" not in template:
        return ""
    file = Path(path)
    if not file.is_absolute() and not file.is_relative_to(config.root):
        file = config.root / file
    spelt = quote(file.absolute().as_posix(), safe="/:")
    spelt = spelt if spelt.startswith("/") else f"/{spelt}"
    return template.replace("{path}", spelt).replace("{line}", str(max(line, 1)))
