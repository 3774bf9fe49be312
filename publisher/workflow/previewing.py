"""The preview: the content folder in a help center of its own, current at every look.

The same way as everywhere: load, plan, apply through the REST API. It has its own database and
its own ledger beside the others (`.publisher/preview.*`), so no command ever waits for it, and
what is wrong in one file keeps only that file's last good page.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from publisher.config import Config, Target
from publisher.errors import PublisherError
from publisher.ledger.journal import Journal
from publisher.model import Kind, Ref, RemoteId
from publisher.source import Loaded, Memory, load
from publisher.workflow import ledgers
from publisher.workflow.applying import Watch, carry_out
from publisher.workflow.content import check_version
from publisher.workflow.doubts import settle_doubts
from publisher.workflow.planning import plan_in
from publisher.workflow.session import Session, embedded, entered, local_images
from publisher.workflow.sides import Asked

if TYPE_CHECKING:
    from publisher.helpcenter import HelpCenter

NAME = "preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the preview shows after a look at the folder.

    epoch    grows whenever a page or a finding may be another.
    ids      of everything that stands in the preview; `refs` the other way round.
    changed  what the last apply wrote.
    trouble  why the last apply could not be done, in one sentence, or "".
    """

    epoch: int
    loaded: Loaded
    ids: Mapping[Ref, RemoteId]
    refs: Mapping[tuple[Kind, RemoteId], Ref]
    changed: frozenset[Ref] = frozenset()
    trouble: str = ""


class Preview:
    """A help center that follows the files. Any thread may ask; one at a time brings it up."""

    def __init__(
        self, config: Config, session: Session, journal: Journal, center: HelpCenter
    ) -> None:
        self.config, self.center = config, center
        self._session, self._journal = session, journal
        self._memory = Memory()
        self._turn = threading.Lock()
        self._state: State | None = None

    @property
    def target(self) -> Target:
        """The preview's own target."""
        return self._session.target

    @property
    def state(self) -> State:
        """What the last look found."""
        return self._state or self.refresh()

    def refresh(self) -> State:
        """Look at the folder, and publish what changed; cheap when nothing did."""
        with self._turn:
            loaded = load(
                self.config.content_folder,
                self.config.rules,
                cache=self.config.state_folder / "cache",
                memory=self._memory,
            )
            before = self._state
            if before and _same(before.loaded, loaded):
                return before
            self._state = self._published(loaded, before.epoch + 1 if before else 1)
            return self._state

    def _published(self, loaded: Loaded, epoch: int) -> State:
        self.center.images.look_up = local_images(self.config.content_folder, loaded.site.assets)
        changed: frozenset[Ref] = frozenset()
        trouble = ""
        try:
            settle_doubts(self._session, self.config, self._journal)
            planned = plan_in(self._session, self.config, loaded, self._journal.ledger, Asked())
            watch = Watch(tell=lambda *news: None)
            report = carry_out(
                planned, self._session, self.config, self._journal, watch, backup=False
            )
            changed = frozenset(each.step.change.ref for each in report.done)
        except PublisherError as error:
            trouble = str(error)
        entries = self._journal.ledger.entries
        return State(
            epoch=epoch,
            loaded=loaded,
            ids={ref: entry.id for ref, entry in entries.items()},
            refs={(ref.kind, entry.id): ref for ref, entry in entries.items()},
            changed=changed,
            trouble=trouble,
        )


def _same(before: Loaded, after: Loaded) -> bool:
    return (before.digest, before.problems) == (after.digest, after.problems)


@contextmanager
def opened(config: Config, *, port: int) -> Iterator[Preview]:
    """Open the preview of a folder; raises Locked when another one runs there.

    port  where its pages will be, which their addresses begin with.
    """
    check_version(config)
    target = replace(config.targets["local"], name=NAME)
    with (
        ledgers.opened(config, target, command="publisher preview") as journal,
        embedded(config, target, port=port) as center,
        entered(center, target) as session,
    ):
        yield Preview(config, session, journal, center)
