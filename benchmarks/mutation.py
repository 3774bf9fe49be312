"""Which changes of the code does no test notice? Mutants of `plan/` and `apply/`.

    pip install mutmut==3.8.1
    python benchmarks/mutation.py                                    everything: about an hour
    python benchmarks/mutation.py --sample 0.2 --seed 7              a fifth, drawn by lot
    python benchmarks/mutation.py plan/removals.py apply --survivors

A mutant is one small change inside one function; `mutants.py` makes them.

The tests run in a copy of the tree, in one process that has read them once. A mutant is that
process forked, with the code of one function exchanged; it runs the tests that reached its
lines, quickest first, and ends with the first that fails. A test that takes ten times as long as
it did counts as failing, too ("timeout").
"""

from __future__ import annotations

import gc
import inspect
import json
import logging
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import FrameType

import click
import pytest
from _pytest.tmpdir import tmppath_result_key
from mutants import Mutant, mutants

HOUSE = Path(__file__).parents[1]
ROOMS = ("plan", "apply")
FAR = 10
"""How many times as long as usual a test may take; seconds of processor time."""
STUCK = 60
"""Seconds by the clock after which a test that only waits counts as taking too long."""
Lines = dict[str, set[int]]


@dataclass(slots=True)
class Seen:
    """What a run without a mutant showed of a test."""

    seconds: float
    failed: bool
    lines: Lines


def passes(item: pytest.Item) -> bool:
    """Run a test without a report, which would cost more than most tests do."""
    item._initrequest()
    item.stash[tmppath_result_key] = {"call": True}  # so that its folder goes with it
    try:
        item.session._setupstate.setup(item)
        item.runtest()
    except BaseException as error:
        return isinstance(error, pytest.skip.Exception)
    finally:
        item.session._setupstate.teardown_exact(None)
    return True


def watched(items: list[pytest.Item], files: Iterable[str]) -> list[Seen]:
    """Run each test and note which lines of the files it reaches."""
    paths = {str(Path.cwd() / "publisher" / file): file for file in files}
    lines: Lines = defaultdict(set)

    def enter(frame: FrameType, event: str, arg: object) -> Callable | None:
        file = paths.get(frame.f_code.co_filename)
        if file is None:
            return None
        lines[file].add(frame.f_lineno)
        return line

    def line(frame: FrameType, event: str, arg: object) -> Callable:
        lines[paths[frame.f_code.co_filename]].add(frame.f_lineno)
        return line

    seen = []
    for item in items:
        lines.clear()
        threading.settrace(enter)
        sys.settrace(enter)
        start = time.process_time()
        passed = passes(item)
        seconds = time.process_time() - start
        sys.settrace(None)
        threading.settrace(None)
        seen.append(Seen(seconds, not passed, {f: set(hit) for f, hit in lines.items()}))
    return seen


def exchange(mutant: Mutant) -> None:
    """Put the mutant's code into the function it is a change of."""
    name = f"publisher.{mutant.file.removesuffix('.py').replace('/', '.')}"
    owner: object = import_module(name)
    *path, last = mutant.function.split(".")
    for part in path:
        owner = getattr(owner, part)
    found = vars(owner)[last]
    found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    inspect.unwrap(found).__code__ = mutant.code


def tried(mutant: Mutant, tests: list[tuple[pytest.Item, float]], told: Connection) -> None:
    """In a process of its own: tell the place of the first test that fails, or -1."""
    exchange(mutant)
    for place, (item, seconds) in enumerate(tests):
        # either signal ends this process, and "timeout" is what its silence means
        signal.setitimer(signal.ITIMER_PROF, FAR * seconds + 2)
        signal.setitimer(signal.ITIMER_REAL, FAR * seconds + STUCK)
        if not passes(item):
            told.send(place)
            return
    told.send(-1)


@dataclass
class Tester:
    """A pytest plugin that runs mutants where pytest would run tests."""

    files: list[str]
    share: float
    seed: int
    processes: int
    log: Path | None
    again: set[tuple[str, int]]
    verdicts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    survivors: list[tuple[str, Mutant]] = field(default_factory=list)
    killers: dict[tuple[str, str], Counter[int]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def pytest_collection(self) -> None:
        """Make tests the same at every run, before they are read."""
        law = import_module("hypothesis")
        law.settings.register_profile(
            "mutation",
            deadline=None,
            derandomize=True,
            max_examples=30,
            phases=(law.Phase.explicit, law.Phase.generate),
        )
        law.settings.load_profile("mutation")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        ours, theirs = FORK.Pipe(False)
        FORK.Process(target=lambda: theirs.send(watched(session.items, self.files))).start()
        seen: list[Seen] = ours.recv()
        if failed := [i.nodeid for i, s in zip(session.items, seen, strict=True) if s.failed]:
            raise pytest.UsageError("these fail without a mutant: " + ", ".join(failed))
        queue = list(self.drawn())
        gc.freeze()
        click.echo(f"{len(session.items)} tests, {len(queue)} mutants", err=True)
        running: dict[Connection, tuple[Mutant, list[int], multiprocessing.Process]] = {}
        while queue or running:
            while queue and len(running) < self.processes:
                mutant = queue.pop()
                chosen = self.chosen(mutant, seen)
                if not chosen:
                    self.judge(mutant, "unreached")
                    continue
                tests = [(session.items[place], seen[place].seconds) for place in chosen]
                ours, theirs = FORK.Pipe(False)
                process = FORK.Process(target=tried, args=(mutant, tests, theirs))
                process.start()
                theirs.close()
                running[ours] = (mutant, chosen, process)
            for told in wait(list(running)):
                self.heard(told, *running.pop(told), session)
        return True

    def drawn(self) -> Iterator[Mutant]:
        lot = random.Random(self.seed)
        for file in reversed(self.files):
            for mutant in reversed(list(mutants(file, Path.cwd()))):
                wanted = not self.again or (file, mutant.number) in self.again
                if wanted and lot.random() < self.share:
                    yield mutant

    def chosen(self, mutant: Mutant, seen: list[Seen]) -> list[int]:
        """The tests that reach a mutant, those first that caught one of the same function."""
        hits = [each.lines.get(mutant.file, set()) for each in seen]
        near = mutant.lines if any(hit & set(mutant.lines) for hit in hits) else mutant.whole
        reach = [n for n, hit in enumerate(hits) if hit & set(near)]
        killed = self.killers[mutant.file, mutant.function]
        return sorted(reach, key=lambda n: (-killed[n], seen[n].seconds))

    def heard(
        self,
        told: Connection,
        mutant: Mutant,
        chosen: list[int],
        process: multiprocessing.Process,
        session: pytest.Session,
    ) -> None:
        try:
            place = told.recv()
        except EOFError:
            process.join()
            if process.exitcode is None or process.exitcode >= 0:
                raise RuntimeError(f"this mutant could not be tried: {mutant}") from None
            self.judge(mutant, "timeout")
        else:
            if place < 0:
                self.judge(mutant, "survived")
            else:
                self.killers[mutant.file, mutant.function][chosen[place]] += 1
                self.judge(mutant, "killed", session.items[chosen[place]].nodeid)
        process.join()
        told.close()

    def judge(self, mutant: Mutant, verdict: str, by: str = "") -> None:
        self.verdicts[mutant.file][verdict] += 1
        if verdict in ("survived", "unreached"):
            self.survivors.append((verdict, mutant))
        if self.log:
            row = {"verdict": verdict, "file": mutant.file, "number": mutant.number}
            row |= {"mutant": str(mutant), "by": by}
            with self.log.open("a", encoding="utf-8") as out:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


FORK = multiprocessing.get_context("fork")
VERDICTS = ("killed", "timeout", "survived", "unreached")


def table(verdicts: dict[str, Counter[str]]) -> str:
    """A line per file and one for all; the score is the share that was noticed."""
    total = sum(verdicts.values(), Counter[str]())
    rows = [f"{'':24}{'mutants':>9}" + "".join(f"{v:>11}" for v in VERDICTS) + f"{'score':>8}"]
    for name, found in [*sorted(verdicts.items()), ("all", total)]:
        noticed = found["killed"] + found["timeout"]
        numbers = "".join(f"{found[each]:>11}" for each in VERDICTS)
        score = noticed / max(found.total(), 1)
        rows.append(f"{name:24}{found.total():>9}{numbers}{score:>8.1%}")
    return "\n".join(rows)


def files_of(names: Iterable[str]) -> list[str]:
    """The files of rooms and files named, as `plan/diff.py`."""
    house = HOUSE / "publisher"
    paths = [path for name in names or ROOMS for path in [house / name]]
    found = [file for p in paths for file in (sorted(p.rglob("*.py")) if p.is_dir() else [p])]
    return [str(file.relative_to(house)) for file in found if file.name != "__init__.py"]


def missed(log: Path | None) -> set[tuple[str, int]]:
    """The mutants of a log that nothing noticed."""
    rows = map(json.loads, log.read_text("utf-8").splitlines() if log else ())
    return {(r["file"], r["number"]) for r in rows if r["verdict"] in VERDICTS[2:]}


@click.command()
@click.argument("names", nargs=-1)
@click.option("--sample", default=1.0, help="Share of the mutants to try.")
@click.option("--seed", default=1, help="Of the lot that draws the sample.")
@click.option("--processes", default=2)
@click.option("--tests", default="tests/plan tests/apply", help="Which tests may notice.")
@click.option("--survivors", is_flag=True, help="List the mutants that nothing noticed.")
@click.option("--log", type=click.Path(path_type=Path), help="A JSON line per mutant.")
@click.option("--again", type=click.Path(path_type=Path), help="Only survivors of such a log.")
def main(names, sample, seed, processes, tests, survivors, log, again) -> None:  # noqa: PLR0913
    """Try mutants and print how many were noticed."""
    files = files_of(names)
    tester = Tester(files, sample, seed, processes, log and log.resolve(), missed(again))
    settings = ("--capture=sys", "--strict-markers", "-q", "-p", "no:cacheprovider")
    logging.lastResort = None  # what the program says of lost calls is no news here
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "house"
        shutil.copytree(HOUSE, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        os.chdir(copy)
        sys.path.insert(0, str(copy))
        temp = ("--basetemp", f"{scratch}/tmp", "-o", "tmp_path_retention_policy=failed")
        pytest.main([*settings, *temp, *tests.split()], plugins=[tester])
        os.chdir(HOUSE)
    for verdict, mutant in tester.survivors if survivors else ():
        click.echo(f"{verdict}  {mutant}")
    click.echo(table(tester.verdicts))
    click.echo(f"seed {seed}, sample {sample:.0%}, tests {tests}")


if __name__ == "__main__":
    main()
