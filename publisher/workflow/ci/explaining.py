"""Whether merged files explain a plan that nobody has looked at.

    a create, an update, a move   a file of it was touched since the last commit that was applied
                                  whole; put back since, it still is: what a job that stopped
                                  half-way has written is to go again
    a body                        or its text is as it was sent: only links or images in it moved on
    a removal, or hiding a text   somebody named it
    replacing a colleague's edit  somebody named it

One change that nothing explains stops all of it: what nobody looked at does not happen because
somebody merged something else.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

from publisher.config import Config, Target
from publisher.errors import PublisherError, SafetyStop
from publisher.ledger.book import Ledger
from publisher.model import Entry
from publisher.plan import words
from publisher.plan.changes import Change, Edit
from publisher.source.past import changed_files, touched_files
from publisher.workflow.planning import Planned
from publisher.workflow.sides import Asked

Doubt = Literal["removal", "edit", "other"]
"""Readers lose something, a colleague does, or no file of it changed."""
EVERY = ""
"""Among changed files: the folder above all of them."""


class Unexplained(SafetyStop):
    """A plan holds what no merged file explains; nothing was written.

    planned  the plan; doubts  what of it nothing explains, and in which way.
    """

    def __init__(self, why: str, planned: Planned, doubts: Sequence[tuple[Change, Doubt]]) -> None:
        lines = "\n".join(_lines(doubts))
        super().__init__(f"{why}\n{lines}\nNothing was written.")
        self.planned = planned
        self.doubts = tuple((change.ref, doubt) for change, doubt in doubts)


def explain(
    planned: Planned,
    ledger: Ledger,
    config: Config,
    target: Target,
    asked: Asked,
    *,
    all_of_it: bool = False,
) -> None:
    """Check that a plan may be applied by a job. Raises Unexplained.

    all_of_it  a person wants also what no file explains; removals have to be named all the same.
    """
    files = frozenset({EVERY}) if all_of_it else files_since(config, ledger)
    touched = _with_folders(config.root, files or ())
    doubts: list[tuple[Change, Doubt]] = []
    for change in planned.plan.changes:
        if change.takes_away:
            if asked.allow_count is None and not _names(asked.allow_deletes, change):
                doubts.append((change, "removal"))
        elif target.on_drift == "overwrite" and _replaces(change, planned, asked) and not all_of_it:
            doubts.append((change, "edit"))
        elif not _names(asked.overwrite, change) and not _is_explained(change, planned, touched):
            doubts.append((change, "other"))
    if doubts:
        raise Unexplained(_why(doubts, ledger, blind=files is None), planned, doubts)


def files_since(config: Config, ledger: Ledger) -> frozenset[str] | None:
    """Files that were touched since all of a commit was applied; None: it cannot be told.

    Every file, where nothing was applied so far, or the first apply stopped half-way.
    """
    if (ledger.commit and not ledger.complete) or not ledger.entries:
        return frozenset({EVERY})
    if not ledger.complete:
        return None
    try:
        since = ledger.complete
        return changed_files(config.root, since) | touched_files(config.root, since)
    except PublisherError:
        return None


def _names(keys: frozenset[str], change: Change) -> bool:
    return bool({change.ref.key, str(change.ref)} & keys)


def _replaces(change: Change, planned: Planned, asked: Asked) -> bool:
    """Whether a colleague's edit may be lost by it that nobody named."""
    edited = {
        stand.locale
        for stand in planned.plan.stands
        if stand.ref == change.ref and stand.standing in ("drift", "conflict")
    }
    written = {edit.locale for edit in change.edits}
    apart = "" not in edited | written and not edited & written
    return bool(edited) and not apart and not _names(asked.overwrite, change)


def _with_folders(root: Path, files: Iterable[str]) -> frozenset[str]:
    """The same files as a plan spells them, from where the command was called, and their folders.

    EVERY is what every path begins with.
    """
    found = {EVERY} if EVERY in files else set[str]()
    for file in files:
        path = PurePosixPath(Path(os.path.join(root, file)).as_posix())
        found |= {unicodedata.normalize("NFC", str(each)) for each in (path, *path.parents)}
    return frozenset(found)


def _is_explained(change: Change, planned: Planned, touched: frozenset[str]) -> bool:
    if EVERY in touched:
        return True
    entry = planned.entries.get(change.ref)
    if not change.edits:
        return _touched(change.path, touched)
    return all(
        _touched(edit.path or change.path, touched)
        or _only_follows(edit, entry)
        or (_comes_back(edit, entry) and _touched(change.path, touched))
        for edit in change.edits
    )


def _comes_back(edit: Edit, entry: Entry | None) -> bool:
    """Whether it was hidden because of its source, and so returns because of its source."""
    return bool(entry and edit.after == "published" and edit.name in entry.withdrawn)


def _touched(path: str, touched: frozenset[str]) -> bool:
    """Whether a file, or a file of this folder, is among them."""
    return bool(path) and unicodedata.normalize("NFC", path) in touched


def _only_follows(edit: Edit, entry: Entry | None) -> bool:
    """Whether the author's text is the one last sent: only what it links to or shows moved on."""
    return bool(entry and edit.source and entry.source.get(edit.name) == edit.source)


# In words ----------------------------------------------------------------------------------


def _why(doubts: Sequence[tuple[Change, Doubt]], ledger: Ledger, *, blind: bool) -> str:
    others = any(doubt == "other" for _, doubt in doubts)
    if others and blind and not ledger.complete:
        return "nothing was applied from a commit so far, so it cannot be told what was merged:"
    if others and blind:
        return (
            f"Git does not know commit {ledger.complete[:10]} here, which was applied last (is "
            "this a shallow clone? fetch the whole history), so it cannot be told what was merged:"
        )
    count = words.counted(len(doubts), "change")
    since = f"commit {ledger.complete[:10]} was applied" if ledger.complete else "the last apply"
    return f"the files that changed since {since} do not explain {count} of this plan:"


def _lines(doubts: Sequence[tuple[Change, Doubt]]) -> Iterator[str]:
    reasons = {
        "edit": "it would replace what was edited in Intercom",
        "other": "no file of it changed",
        "removal": "",
    }
    for change, doubt in doubts:
        noun = words.NOUNS[change.ref.kind][0]
        yield f"  {change.verb} {noun} {change.ref.key}: {reasons.get(doubt) or change.why}"
