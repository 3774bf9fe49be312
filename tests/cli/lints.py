"""Content with faults, for the tests of `lint`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FAULTY = {
    "en/one.md": "---\ntitle: One\ntitel: Uno\n---\nText.\n",
    "en/two.md": "# Two\n\n[nowhere](gone.md) and\n\n4. four\n",
}
MENDABLE = {
    "en/refunds.md": "\n---\ntitle: Refunds\n---\n\n## How\n\nWrite.\n",
    "en/a b/übung.md": "# Übung\n\n日本: [money](../Refunds.MD#how) back\n",
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write content files below a folder, and return the folder."""
    for name, text in files.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder
