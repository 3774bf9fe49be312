"""The command `build`: the pages as static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from publisher import errors
from publisher.cli.program import common, configured, option, publisher, say, whisper


@publisher.command()
@click.argument("out", type=click.Path(path_type=Path))
@common
def build(out: Path, **options: Any) -> int:
    """Write the pages of the preview as files into OUT.

    For a web host, or for those who review a pull request.
    """
    from publisher.cli import findings
    from publisher.plan import words
    from publisher.preview.build import build as write

    config = configured(options)
    built = write(config, out, target=option("target") or "")
    if built.problems:
        say(findings.problems_as_text(built.problems))
    pages, files = words.counted(built.pages, "page"), words.counted(built.files, "file")
    whisper(f"wrote {pages} ({files}). Open {out / 'index.html'}")
    if not built.left_out:
        return errors.FINE
    left = words.counted(len(built.left_out), "file")
    say(f"error: {left} left out because of errors; mend the lines above.")
    return errors.CONTENT_REFUSED
