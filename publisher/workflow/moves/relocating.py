"""Move an article, a collection or content for Fin to another key, as if it had always been there.

    OLD, NEW ──► which files go where ──► links that lead elsewhere ──► former keys, external ids,
                                                                         redirects, marks
    what would be loaded then ──► the same content under other keys? ──► content/

Only files are touched, and no ledger: every target finds the thing again by what the files say.
What would come out is read as the content is read, and compared, before anything is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.model import Kind, Problem
from publisher.plan import words
from publisher.source import Loaded, load
from publisher.source.mending import mended
from publisher.source.redirects import FILE as REDIRECTS
from publisher.source.writing import store
from publisher.workflow.content import check_version
from publisher.workflow.moves.destinations import check_free, way
from publisher.workflow.moves.renaming import Renaming, settled
from publisher.workflow.moves.same_content import differing
from publisher.workflow.pulls.folder import Snapshot, snapshot
from publisher.workflow.tuning import patient

Drafts = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move did, or would do.

    old, new   path below the locale folder, without suffix.
    moves      old path → new path, below the content folder, of every file.
    mended     files that stay where they are and in which something changed.
    made       files that were not there before; redirects: the lines added to redirects.yml.
    problems   warnings that the content did not have before.
    """

    kind: Kind
    old: str
    new: str
    moves: Mapping[str, str]
    mended: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def move(config: Config, old: str, new: str, *, dry_run: bool = False) -> Moved:
    """Move a thing, in all its languages; with `dry_run` only say what would come of it.

    old, new  keys, or paths of files and folders as the user types them.

    Raises ConfigError for words that cannot be followed, and PublisherError where a link could
    not be kept, the content would not be the same, or the disk refuses. Then every file is as
    it was.
    """
    check_version(config)
    files = snapshot(config.content_folder)
    read = _reader(config, files)
    before = read({})
    found = way(old, new, before, config)
    moves = found.files(files.files)
    check_free(found, moves, files.files)
    it = Renaming(config.rules, before, found, moves, files, read)
    links = mended(_bytes(files, moves), moves, config.rules)
    drafts, redirects = settled(links, it)
    after = read(drafts)
    problems = _proven(it, after)
    if not dry_run:
        _write(files, drafts)
    return _told(it, after, drafts, redirects, problems)


def _reader(config: Config, files: Snapshot) -> Callable[[Drafts], Loaded]:
    """Return what reads the content as it would be with drafts; the same ones only once."""
    rules = patient(config.rules)
    last: list[tuple[Drafts, Loaded]] = []

    def read(drafts: Drafts) -> Loaded:
        if not last or last[0][0] != drafts:
            loaded = load(
                config.content_folder,
                rules,
                cache=config.state_folder / "cache",
                drafts={**files.texts, **drafts},
            )
            last[:] = [(dict(drafts), loaded)]
        return last[0][1]

    return read


def _bytes(files: Snapshot, moves: Mapping[str, str]) -> dict[str, bytes]:
    """Everything below the folder; of what is not read, only that it is there."""
    needed = {*files.texts, *moves, REDIRECTS}
    return {name: files.read(name) if name in needed else b"" for name in files.files}


def _proven(it: Renaming, after: Loaded) -> tuple[Problem, ...]:
    """Return the warnings that are new. Raises PublisherError when the content is not the same."""
    renamed = it.renamed(after)
    lost = [ref for ref in it.before.site.things if ref not in renamed and ref.kind != "collection"]
    known = Counter(each.rule for each in it.before.problems)
    new = [each for each in after.problems if _is_new(each, known)]
    for each in new:
        if each.severity == "error":
            where = f"{each.spot.path}:{each.spot.line}: " if each.spot else ""
            raise PublisherError(f"nothing was moved, since then {where}{each.what} {each.advice}")
    changed = differing(it.before.site, after.site, renamed)
    if lost or changed:
        raise PublisherError(
            f"nothing was moved: {words.listed(map(str, [*lost, *changed]), most=3)} would not be "
            "the same any more. Move the files by hand, and see what `publisher lint` says."
        )
    return tuple(new)


def _is_new(problem: Problem, known: Counter[str]) -> bool:
    """Whether there are more of its kind than before; lines and paths may be others."""
    known[problem.rule] -= 1
    return known[problem.rule] < 0


def _write(files: Snapshot, drafts: Drafts) -> None:
    """Write all of it, or leave everything as it was."""
    then = {name: files.read(name) if name in files.files else None for name in drafts}
    in_the_way = {name for name in drafts if (files.folder / name).is_dir()}
    changed = files.changed(drafts)
    if changed:
        raise PublisherError(
            f"{words.listed(changed, most=3)} changed meanwhile; nothing was moved. Try again."
        )
    try:
        store(files.folder, drafts)
    except BaseException:
        store(files.folder, {name: then[name] for name in then.keys() - in_the_way})
        raise


def _told(
    it: Renaming,
    after: Loaded,
    drafts: Drafts,
    redirects: tuple[str, ...],
    problems: tuple[Problem, ...],
) -> Moved:
    there = set(it.moves.values())
    others = sorted(name for name in drafts if name not in it.moves and name not in there)
    known = it.files.files
    return Moved(
        kind=it.way.kind,
        old=it.way.old,
        new=it.way.new,
        moves=it.moves,
        mended=tuple(name for name in others if name in known),
        made=tuple(name for name in others if name not in known),
        redirects=redirects,
        problems=problems,
    )
