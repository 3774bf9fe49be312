"""Does everything hold when everything goes wrong?

    python benchmarks/torture.py --runs 1000
    python benchmarks/torture.py --minutes 6 --seed 42
    python benchmarks/torture.py --story 123456789

Each story has a random site, random edits, a help center in bad weather with a colleague
in its editor, and real processes that are killed with `kill -9`. Whatever happens: nothing
stands twice, no colleague's edit is lost, nothing foreign changes, readers never meet an
empty page or a dead link, and in the end everything is exactly as the author wants it.

The processes live by a clock that is fifty times as fast (`storms/clock.py`).
Exits 1 when a story found a violation; its folder is kept.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack
from multiprocessing.util import Finalize
from pathlib import Path
from random import Random, SystemRandom

import click

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from storms import scene, story  # noqa: E402 - the program beside this file is the one to be tried

MOST_SHOWN = 10
"""Stories that are printed step by step; of the others the seed is."""
OFTEN = 50
"""Stories after which a line says how far it is."""
_shops: list[scene.Shop] = []


def told(seed: int, home: str, ledger: str) -> scene.Result:
    """In a worker: tell one story. Its server and zygote are opened once and kept."""
    if not _shops:
        opened = ExitStack()
        _shops.append(opened.enter_context(scene.opened()))
        Finalize(None, opened.close, exitpriority=100)
    return story.tell(seed, _shops[0], Path(home) / str(seed), ledger)


def seeds(seed: int, runs: int) -> Iterator[int]:
    """The seeds of the stories."""
    chance = Random(seed)
    return (chance.getrandbits(40) for _ in range(runs))


def results(
    numbers: Iterable[int], home: str, ledger: str, *, jobs: int, until: float
) -> Iterator[scene.Result]:
    """Tell the stories in `jobs` processes, and start none after `until`."""
    context = multiprocessing.get_context("spawn")
    waiting = iter(numbers)
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        flying: set[Future[scene.Result]] = set()
        while True:
            while len(flying) < jobs and time.monotonic() < until:
                number = next(waiting, None)
                if number is None:
                    break
                flying.add(pool.submit(told, number, home, ledger))
            if not flying:
                return
            ended, flying = wait(flying, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in ended)


def show(result: scene.Result, home: str, ledger: str) -> None:
    """Print a story that went wrong, step by step."""
    click.echo(f"\nVIOLATION in story {result.seed}; kept in {home}/{result.seed}")
    for line in result.steps:
        click.echo(line)
    for what in result.violations:
        click.echo(f"!! {what}")
    click.echo(f"Again: python benchmarks/torture.py --ledger {ledger} --story {result.seed}\n")


def summary(counts: Counter[str], stories: int, violations: int, seconds: float) -> None:
    """Print the sums."""
    click.echo(f"\n{stories} stories in {seconds:.0f} s")
    for name in sorted(counts):
        click.echo(f"  {name:32} {counts[name]:>9,}")
    click.echo(f"  {'violations':32} {violations:>9,}")


@click.command()
@click.option("--runs", default=100, show_default=True, help="How many stories.")
@click.option("--seed", type=int, help="Of all stories; printed, random unless said.")
@click.option("--story", "only", type=int, help="Tell exactly this one again, with its steps.")
@click.option("--minutes", type=float, default=0.0, help="Start no story after so many.")
@click.option("--jobs", default=2, show_default=True, help="Worker processes.")
@click.option("--ledger", type=click.Choice(["file", "git", "s3", "mixed"]), default="file")
@click.option("--stop", is_flag=True, help="End at the first violation.")
def main(  # noqa: PLR0913 - one for each option
    runs: int, seed: int | None, only: int | None, minutes: float, jobs: int, ledger: str,
    stop: bool,
) -> None:  # fmt: skip
    """Tell random stories and look for violations."""
    seed = SystemRandom().getrandbits(32) if seed is None else seed
    numbers = [only] if only is not None else seeds(seed, runs)
    click.echo(f"seed {seed}, ledger {ledger}" if only is None else f"story {only}")
    home, began = tempfile.mkdtemp(prefix="torture-"), time.monotonic()
    until = began + minutes * 60 if minutes else float("inf")
    counts: Counter[str] = Counter()
    stories = violations = wrong = 0
    for result in results(numbers, home, ledger, jobs=jobs, until=until):
        stories += 1
        violations += len(result.violations)
        counts += result.counts
        wrong += bool(result.violations)
        if only is not None or (result.violations and wrong <= MOST_SHOWN):
            show(result, home, ledger)
        elif result.violations:
            click.echo(f"VIOLATION in story {result.seed}; kept in {home}/{result.seed}")
        if stories % OFTEN == 0:
            click.echo(f"{stories} stories, {wrong} of them with violations", err=True)
        if result.violations and stop:
            until = 0.0
            break
    summary(counts, stories, violations, time.monotonic() - began)
    click.echo(f"\nstories: {stories - wrong} passed, {wrong} failed")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
