"""Pull: what is live becomes files, and the ledger learns that both say the same.

    stage    both sides are read, and what is asked for is chosen
    draft    new files, and changes in files that are there, in memory
    prove    the drafts are read and rendered as they will be, and compared with what is live
    write    files first, then the ledger: a pull that was cut off is simply run again

What cannot be merged block by block is written as a whole; what would make the content
refuse to be published stays live, unmanaged, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from publisher.body import canonical
from publisher.config import Config, Target
from publisher.errors import ContentRefused, PublisherError, StalePlan
from publisher.ledger.book import Ledger
from publisher.ledger.journal import Journal
from publisher.ledger.pulled import Slip
from publisher.model import Digest, Ref, digest
from publisher.plan import words
from publisher.plan.diff import is_body, locale_of
from publisher.plan.twins import adopted
from publisher.pull.entries import after_pull
from publisher.pull.merge import rebased
from publisher.pull.report import Report
from publisher.source import Loaded
from publisher.source.writing import store
from publisher.workflow import ledgers
from publisher.workflow.content import lint
from publisher.workflow.pulls.choosing import Wish
from publisher.workflow.pulls.drafting import Draft, Setbacks, draft
from publisher.workflow.pulls.folder import snapshot
from publisher.workflow.pulls.merging import text_in
from publisher.workflow.pulls.proving import learn, report
from publisher.workflow.pulls.staging import Stage, stage_of
from publisher.workflow.session import opened, pin_of
from publisher.workflow.tuning import patient

EMPTY = frozenset({"content-empty", "content-missing"})
"""What is wrong with a content folder before the first pull, and no fault."""
ROUNDS = 12
"""Each leaves out more, or writes more as a whole; real help centers need two or three."""


def pull(config: Config, target: Target, wish: Wish, *, patience: float = 0.0) -> Report:
    """Bring what is live into the content folder; with `dry_run`, only say what that would be.

    patience  seconds to wait for another run to end.

    Raises ContentRefused when the content has errors already, before anything is asked.
    """
    config = replace(config, rules=patient(config.rules))
    files = snapshot(config.content_folder)
    loaded = _content(config)
    with (
        _ledger(config, target, wish, patience) as (ledger, journal),
        opened(config, target, writes=False, assets=loaded.site.assets) as session,
    ):
        stage = stage_of(config, session, loaded, files, ledger, wish)
        drafted, setbacks = _settled(stage)
        told = report(stage, drafted, setbacks)
        if journal is not None:
            _check_unchanged(stage, drafted)
            store(config.content_folder, drafted.files)
            _remember(stage, drafted, told, journal)
        return told


def _check_unchanged(stage: Stage, drafted: Draft) -> None:
    """Nothing that somebody saved in the meantime is overwritten."""
    changed = stage.shelf.files.changed(drafted.files)
    if changed:
        names = words.listed(f"{stage.desk.folder}/{path}" for path in changed)
        raise StalePlan(
            f"{names} changed while the pull was under way; nothing was written. Run it again."
        )


def _content(config: Config) -> Loaded:
    loaded = lint(config)
    errors = [each for each in loaded.problems if each.severity == "error"]
    folder = config.content_folder
    forgiven = EMPTY if folder.is_dir() or not folder.exists() else frozenset()
    if any(each.rule not in forgiven for each in errors):
        raise ContentRefused(loaded.problems)
    return loaded


@contextmanager
def _ledger(
    config: Config, target: Target, wish: Wish, patience: float
) -> Iterator[tuple[Ledger, Journal | Slip | None]]:
    """The ledger, and unless it is a dry run the right to write it."""
    if wish.dry_run:
        yield ledgers.read(config, target), None
        return
    with ledgers.pulling(config, target, command="publisher pull", patience=patience) as journal:
        yield journal.ledger, journal


def _settled(stage: Stage) -> tuple[Draft, Setbacks]:
    """Draft until nothing stands in the way any more."""
    setbacks = Setbacks()
    for _ in range(ROUNDS):
        drafted = draft(stage, setbacks)
        if not learn(stage, drafted, setbacks):
            return drafted, setbacks
    raise PublisherError(
        "what is live cannot be written as files that pass `publisher lint`; nothing was "
        "written. Pull it part by part: publisher pull --collection NAME"
    )


def _remember(stage: Stage, drafted: Draft, told: Report, journal: Journal | Slip) -> None:
    """Write down which file is which thing, and that both say the same."""
    for content, address in {**stage.held, **drafted.pictures.held}.items():
        journal.hold(content, address)
    for ref in drafted.taken.gone:
        journal.adopt(ref, None)
    for new, old in sorted(drafted.was.items()):
        if old in journal.ledger.entries:
            journal.rename(new, old.key)
    for ref in told.adopted:
        live = stage.view.live[ref]
        journal.adopt(ref, adopted(ref, live, stage.view, stage.twin_addresses))
    view, addresses = drafted.view, drafted.addresses
    for ref in sorted(drafted.arrangement.refs.values()):
        if ref in view.site.things:
            journal.adopt(ref, adopted(ref, view.live[ref], view, addresses))
    for old, names in drafted.taken.fields.items():
        _remember_taken(old, names, drafted, stage, journal)
    journal.pin(pin_of(stage.session))


def _remember_taken(
    old: Ref, names: set[str], drafted: Draft, stage: Stage, journal: Journal | Slip
) -> None:
    ref = next((new for new, was in drafted.was.items() if was == old), old)
    view = drafted.view
    if ref not in view.site.things:
        return
    dropped = drafted.taken.dropped.get(old, set())
    moved = {f.name for f in stage.view.findings[old] if f.finding in ("drift", "conflict")}
    entry = after_pull(
        ref,
        view.live[ref],
        view,
        drafted.addresses,
        before=drafted.entries[ref],
        taken=names,
        left={name for name in moved - names if name.partition(".")[0] not in dropped},
        dropped=dropped,
        rebased=_rebased(old, ref, names, drafted, stage),
    )
    journal.adopt(ref, entry)


def _rebased(
    old: Ref, ref: Ref, names: set[str], drafted: Draft, stage: Stage
) -> Mapping[str, Sequence[Digest]]:
    """Per locale that holds the author's own edits, too: the blocks they are edits of."""
    found = {}
    thing = drafted.view.site.things[ref]
    for name in names:
        locale = locale_of(name, thing)
        merged = drafted.taken.merges.get((old, locale))
        if merged is None or not is_body(name):
            continue
        before = text_in(stage.view.site.things[old], locale)
        after = text_in(thing, locale)
        assert before is not None
        assert after is not None
        base = drafted.entries[ref].blocks[locale]
        found[locale] = rebased(base, merged, _blocks(before.body), _blocks(after.body))
    return found


def _blocks(html: str) -> tuple[Digest, ...]:
    return tuple(digest(block) for block in canonical.blocks(html))


__all__ = ["Report", "Wish", "pull"]
