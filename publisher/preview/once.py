"""A preview for one look: in a place of its own, gone afterwards, the same at every time.

It waits for no other preview and leaves nothing in the repository. Nothing in it depends on
the moment or on chance: articles are written one after another, so that each has the same id
every time, and by a clock that stands at zero, at which the pages name no date. (When an
article was really updated last, only Intercom knows.)
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import replace
from pathlib import Path

from publisher.config import Config
from publisher.workflow import ledgers
from publisher.workflow.content import check_version
from publisher.workflow.previews.previewing import NAME, Preview, State, own_target
from publisher.workflow.session import embedded, entered

NO_PORT = 1
"""Where no web server is, so that our own addresses cannot be mistaken for a writer's."""


class Once(Preview):
    """A preview that looks at the folder a single time: all its pages show the same moment."""

    def refresh(self) -> State:
        """Return what the first look found."""
        return self._state or super().refresh()


@contextmanager
def opened(config: Config) -> Iterator[Preview]:
    """Open a preview of a folder's content for a while.

    Works from inside the root, so that no path names more of this machine than is in there.
    """
    check_version(config)
    target = own_target(config)
    with tempfile.TemporaryDirectory(prefix="publisher-") as scratch, chdir(config.root):
        here = replace(config, root=Path(), editor="")
        away = replace(here, root=Path(scratch))
        database = away.state_folder / f"{NAME}.db"
        with (
            ledgers.opened(away, target, command="publisher build", durable=False) as journal,
            embedded(here, target, port=NO_PORT, database=database) as center,
            entered(center, target) as session,
        ):
            center.now = lambda: 0.0
            yield Once(here, session, journal, center)
