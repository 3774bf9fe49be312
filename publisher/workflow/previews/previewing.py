"""The preview: the content folder in a help center of its own, current at every look.

The same way as everywhere: load, plan, apply through the REST API. It has its own database and
its own ledger beside the others (`.publisher/preview.*`), so no command ever waits for it, and
what is wrong in one file keeps only that file's last good page.

Where only texts changed, only they are planned, as `publisher apply KEY` would.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Config, Target
from publisher.errors import PublisherError
from publisher.ledger.book import Ledger
from publisher.ledger.journal import Journal
from publisher.model import Article, Collection, Digest, Kind, Locale, Ref, RemoteId, Site, Thing
from publisher.plan.changes import Origin
from publisher.source import Loaded
from publisher.source.files import Found
from publisher.source.links import NO_IMAGE
from publisher.source.memory import TICK, Memory
from publisher.source.reading_again import reread
from publisher.source.reading_all import read
from publisher.source.stamps import Stamps, stamps
from publisher.source.standing import Standing, Where
from publisher.workflow import ledgers
from publisher.workflow.applying import Report, Watch, carry_out
from publisher.workflow.content import check_version
from publisher.workflow.doubts import settle_doubts
from publisher.workflow.planning import Planned, plan_in, planned_from
from publisher.workflow.previews.left import Left, Orders, keep, known_by, nothing, recall
from publisher.workflow.previews.nearby import Nearby
from publisher.workflow.session import Session, embedded, entered, local_images
from publisher.workflow.sides import Asked

if TYPE_CHECKING:
    from publisher.helpcenter import HelpCenter

NAME = "preview"
MISSING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="90" viewBox="0 0 320 90">'
    b'<rect x="1" y="1" width="318" height="88" rx="8" fill="#fdecec" stroke="#b3261e" '
    b'stroke-width="2" stroke-dasharray="6 4"/><text x="160" y="51" text-anchor="middle" '
    b'font-family="sans-serif" font-size="17" fill="#8c1d18">This image is missing</text></svg>'
)
"""What a preview shows where an image is not there."""
PATIENCE = 2.0
"""Seconds after which an apply that could not be done is tried again, unasked."""
MOST_BY_THEMSELVES = 20
"""Texts that are published by themselves at once; of more, a whole plan is the quicker one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the preview shows after a look at the folder.

    epoch    grows whenever a page or a finding may be another.
    ids      of everything that stands in the preview; `refs` the other way round.
    changed  what the last apply wrote.
    trouble  why the last apply could not be done, in one sentence, or "".
    orders   where things stand among their neighbours, of those that say so.
    reading  pages are current, but the files are still being read: `loaded` holds nothing yet.
    """

    epoch: int
    loaded: Loaded
    ids: Mapping[Ref, RemoteId]
    refs: Mapping[tuple[Kind, RemoteId], Ref]
    changed: frozenset[Ref] = frozenset()
    trouble: str = ""
    orders: Orders = field(default_factory=dict)
    reading: bool = False


class Preview:
    """A help center that follows the files. Any thread may ask; one at a time brings it up.

    progress  of the apply that is under way: steps that are done, and about how many there are.
    """

    def __init__(
        self, config: Config, session: Session, journal: Journal, center: HelpCenter
    ) -> None:
        # Whoever looks at a stranger's branch runs none of its code: no policy in a preview.
        self.config, self.center = replace(config, policy=()), center
        self._session, self._journal = session, journal
        self._where = Where(
            config.content_folder, config.rules, config.state_folder / "cache", preview=True
        )
        self._memory = Memory()
        self._nearby = Nearby(said=_as_said)
        self._turn = threading.Lock()
        self._state: State | None = None
        self._standing: Standing | None = None
        self._files: Mapping[str, Found] = {}
        self._stamps: Stamps = {}
        self._unsure: frozenset[str] = frozenset()
        self._origin: Origin | None = None
        self._left: Orders = {}
        self._over = False
        self._tried = 0.0
        self.progress = (0, 0)

    @property
    def target(self) -> Target:
        """The preview's own target."""
        return self._session.target

    @property
    def state(self) -> State:
        """What the last look found."""
        return self._state or self.refresh()

    def begin(self) -> None:
        """Show at once what stands, where the files are those of the last time.

        They are read meanwhile. Anything else, and the first look does all of it.
        """
        seen = stamps(self.config.content_folder)
        left = recall(self._place)
        self._left = left.orders if left else {}
        if left is None or left.known != self._known(seen):
            return
        self._stamps = seen
        self._state = State(
            epoch=1, loaded=nothing(self.config), ids={}, refs={}, orders=left.orders, reading=True
        )
        threading.Thread(target=self._catch_up, daemon=True).start()

    def end(self) -> None:
        """Leave word for the next preview of this folder."""
        with self._turn:
            self._over, state, seen = True, self._state, self._stamps
            if state is not None and not state.trouble and not self._unsure:
                keep(self._place, Left(known=self._known(seen), orders=state.orders))

    def _catch_up(self) -> None:
        with self._turn:
            state = self._state
            if state is None or not state.reading or self._over:
                return
            try:
                self._state = self._wholly()
            except Exception as error:  # nobody hears this thread; the next look tries again
                trouble = f"The files could not be read: {error}"
                self._state = replace(state, epoch=state.epoch + 1, reading=False, trouble=trouble)

    def _known(self, seen: Stamps) -> Digest:
        return known_by(seen, self._where, self.center.workspace_id, self._journal.ledger.lineage)

    @property
    def _place(self) -> Path:
        return self.config.state_folder / f"{NAME}.seen.json"

    def refresh(self) -> State:
        """Look at the folder, and publish what changed; cheap when nothing did."""
        state = self._state
        if state is not None and state.reading and stamps(self._where.folder) == self._stamps:
            return state
        with self._turn:
            began, seen = time.time_ns(), stamps(self.config.content_folder)
            changed = self._changed(seen)
            if self._state is not None and not changed and not self._tries_again():
                return self._state
            self._state = self._narrowly(seen, changed) or self._wholly()
            self._tried = time.monotonic()
            self._stamps = seen
            self._unsure = frozenset(p for p in changed if _is_recent(seen.get(p), began))
            return self._state

    def _tries_again(self) -> bool:
        """Whether what went wrong last time may be better by now."""
        in_trouble = self._state is not None and bool(self._state.trouble)
        return in_trouble and time.monotonic() - self._tried > PATIENCE

    def _changed(self, seen: Stamps) -> frozenset[str]:
        """Paths that are another, new or gone; of what changed a moment ago, nobody can tell."""
        if seen == self._stamps:
            return self._unsure
        before = self._stamps
        fresh = (path for path, stamp in seen.items() if before.get(path) != stamp)
        return frozenset((*fresh, *(before.keys() - seen.keys()), *self._unsure))

    def _narrowly(self, seen: Stamps, changed: frozenset[str]) -> State | None:
        """Publish a few texts by themselves; None where that is not all that changed."""
        state, standing = self._state, self._standing
        texts_only = changed <= self._files.keys() and seen.keys() == self._stamps.keys()
        if state is None or standing is None or state.trouble or not texts_only:
            return None
        if len(changed) > MOST_BY_THEMSELVES or self._journal.ledger.doubts:
            return None
        files = [_stamped(self._files[path], seen[path]) for path in sorted(changed)]
        if not all(files):
            return None
        found = reread(standing, [each for each in files if each], self._memory)
        if found is None:
            return None
        now, refs = found
        if not refs:
            return state
        report = self._published(now.loaded, refs)
        if report is None:
            return None
        self._standing = now
        return replace(
            state,
            epoch=state.epoch + 1,
            loaded=now.loaded,
            changed=frozenset(each.step.change.ref for each in report.done),
        )

    def _published(self, loaded: Loaded, refs: frozenset[Ref]) -> Report | None:
        session, ledger = self._session, self._journal.ledger
        try:
            sides = self._nearby.sides(session, self.config, loaded, ledger, refs)
            if sides is None or self._origin is None:
                return None
            planned = planned_from(sides, session, self.config, loaded, origin=self._origin)
            report = self._carried_out(planned, loaded)
        except PublisherError:
            return None
        self._nearby.forget(refs)
        return None if report.outcomes("failed", "doubtful", "stale") else report

    def _wholly(self) -> State:
        """Read everything, plan everything; what did not change is recognised."""
        standing, before = read(self._where, {}, self._memory), self._standing
        loaded, report, trouble = standing.loaded, None, ""
        if self._state and before and not self._state.trouble and standing.says_what(before):
            return self._state
        self._nearby.forget()
        try:
            settle_doubts(self._session, self.config, self._journal)
            ledger = self._journal.ledger
            own = as_said(loaded, ledger)
            planned = plan_in(self._session, self.config, own, ledger, _all(own, ledger))
            self._origin = planned.plan.origin
            report = self._carried_out(planned, loaded)
            self._untranslate(loaded)
            self._unname(loaded)
            trouble = _disagreement(planned)
            self._journal.close()  # what happened so far is in the ledger; the next event goes on
        except PublisherError as error:
            trouble = str(error)
        self._standing = standing  # not before: what was read and not published is read again
        self._files = {found.path: found for found in standing.tree.markdown}
        return self._after(loaded, report, trouble)

    def _carried_out(self, planned: Planned, loaded: Loaded) -> Report:
        images = local_images(self.config.content_folder, loaded.site.assets)
        self.center.images.look_up = lambda url: MISSING if url == NO_IMAGE else images(url)
        watch = Watch(tell=self._hear)
        args = (planned, self._session, self.config, self._journal, watch)
        return carry_out(*args, backup=False)

    def _untranslate(self, loaded: Loaded) -> None:
        """Take away translations without a file: no version that we speak can delete one."""
        entries = self._journal.ledger.entries
        for ref, thing in loaded.site.things.items() if not loaded.site.unread else ():
            if isinstance(thing, Article) and ref in entries:
                sent = {n.removesuffix(".body") for n in entries[ref].sent if n.endswith(".body")}
                for locale in sent - thing.translations.keys():
                    self.center.untranslate_by_hand("article", entries[ref].id, locale)

    def _unname(self, loaded: Loaded) -> None:
        """Take away the names of collections in languages that no file says any more."""
        entries = self._journal.ledger.entries
        names = {str(row["id"]): row["names"] for row in self.center.rows("collection")}
        for ref, thing in loaded.site.things.items():
            if isinstance(thing, Collection) and ref in entries:
                for locale in names.get(entries[ref].id, {}).keys() - thing.titles.keys():
                    self.center.untranslate_by_hand("collection", entries[ref].id, locale)

    def _hear(self, what: str, news: object) -> None:
        if what == "calls" and isinstance(news, int):
            self.progress = (0, news)
        elif what == "done":
            done, calls = self.progress
            self.progress = (done + 1, max(calls, done + 1))

    def _ordered(self, loaded: Loaded, ids: Mapping[Ref, RemoteId]) -> Orders:
        """Where things stand; one whose file cannot be read stays where it stood."""
        things = loaded.site.things
        said = {(ref.kind, ids[ref]): thing.order for ref, thing in things.items() if ref in ids}
        lost = {(ref.kind, id_) for ref, id_ in ids.items() if ref not in things}
        before = self._state.orders if self._state else self._left
        kept = {thing: order for thing, order in before.items() if thing in lost}
        return {**kept, **{thing: order for thing, order in said.items() if order is not None}}

    def _after(self, loaded: Loaded, report: Report | None, trouble: str) -> State:
        before, entries = self._state, self._journal.ledger.entries
        done = report.done if report else ()
        failed = [each.message for each in done if each.message]
        known = {ref: entry.id for ref, entry in entries.items()}
        return State(
            epoch=before.epoch + 1 if before else 1,
            loaded=loaded,
            ids=known,
            refs={(ref.kind, id_): ref for ref, id_ in known.items()},
            changed=frozenset(each.step.change.ref for each in done),
            trouble=trouble or next(iter(failed), ""),
            orders=self._ordered(loaded, known),
        )


def _all(loaded: Loaded, ledger: Ledger) -> Asked:
    """Nobody else works in a preview: whatever stands there otherwise is made as the files say."""
    return Asked(
        overwrite=frozenset(map(str, loaded.site.things)),
        allow_deletes=frozenset(map(str, {*loaded.site.things, *ledger.entries})),
    )


def as_said(loaded: Loaded, ledger: Ledger) -> Loaded:
    """The content, where what a file leaves open is what something new would be.

    Elsewhere that stays as it is live, and so do what is protected and a language that has no
    files any more; here nobody chose them.
    """
    site = loaded.site
    sent = {
        name.partition(".")[0] for e in ledger.entries.values() for name in e.sent if "." in name
    }
    locales = tuple(dict.fromkeys((*site.locales, *(Locale(code) for code in sorted(sent)))))
    things = {ref: _as_said(thing, site) for ref, thing in site.things.items()}
    return replace(loaded, site=replace(site, things=things, locales=locales))


def _as_said(thing: Thing, site: Site) -> Thing:
    if not isinstance(thing, Article):
        return replace(thing, protect=False) if thing.protect else thing
    texts = {
        locale: each if each.state else replace(each, state=site.default_state)
        for locale, each in thing.translations.items()
    }
    return replace(thing, protect=False, translations=texts)


def _disagreement(planned: Planned) -> str:
    """Why not everything could be planned, or "": something is left of another preview."""
    if not planned.plan.count("conflict"):
        return ""
    return (
        f"some of its pages are left over from another time. End it, delete .publisher/{NAME}.*, "
        "and start it again."
    )


def _stamped(found: Found, stamp: tuple[int, ...]) -> Found | None:
    if not stamp:
        return None
    size, mtime, ctime = stamp
    return replace(found, size=size, mtime_ns=mtime, ctime_ns=ctime)


def _is_recent(stamp: tuple[int, ...] | None, now: int) -> bool:
    return stamp is not None and max(stamp[1:], default=0) > now - TICK


def own_target(config: Config) -> Target:
    """The preview's target: whatever `local` is told, here it stands as the files say."""
    return replace(
        config.targets["local"],
        name=NAME,
        on_removed="delete",
        on_drift="overwrite",
        max_removals="100%",
        manage=(),
        concurrency=1,
    )


@contextmanager
def opened(config: Config, *, port: int) -> Iterator[Preview]:
    """Open the preview of a folder; raises Locked when another one runs there.

    port  where its pages will be, which their addresses begin with.
    """
    check_version(config)
    target = own_target(config)
    with (
        ledgers.opened(config, target, command="publisher preview", durable=False) as journal,
        embedded(config, target, port=port, afresh=not journal.ledger.entries) as center,
        entered(center, target) as session,
    ):
        preview = Preview(config, session, journal, center)
        try:
            yield preview
        finally:
            preview.end()
