"""How does the cost of a plan grow, in time and in requests?

    python benchmarks/plan.py

Everything runs in this process, against the embedded help center over loopback. Three
questions, each answered with a ratio:

    what the cache saves: a plan of changed and of unchanged files
    what four times as many articles cost, when nothing is left to do
    what a second language costs
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import click

from publisher import config
from publisher.config import Config
from publisher.helpcenter import HelpCenter
from publisher.helpcenter.serve import Server
from publisher.workflow import applying, planning
from publisher.workflow.planning import Asked

BODY = "\n\n".join(
    f"## Question {number}\n\nAn answer of *some* words, with a [link](https://example.com) "
    "and a list:\n\n- one\n- two\n- three"
    for number in range(6)
)


@dataclass
class Bench:
    """A help center that holds exactly what a folder says."""

    config: Config
    center: HelpCenter

    def plan(self) -> tuple[float, int]:
        """Seconds and requests of a plan that finds nothing to do."""
        self.center.calls.clear()
        start = time.perf_counter()
        made = planning.plan(self.config, self.config.target("live"), Asked())
        seconds = time.perf_counter() - start
        assert not made.plan.changes, "a benchmark of the wrong thing"
        return seconds, len(self.center.calls)

    def forget_cache(self) -> None:
        """Make the next plan read every file anew."""
        rmtree(self.config.state_folder / "cache")


@contextmanager
def published(articles: int, locales: tuple[str, ...] = ("en",)) -> Iterator[Bench]:
    """Write so many articles, publish them, hand out the bench."""
    center = HelpCenter(locales=locales)
    with TemporaryDirectory() as scratch, Server(center, 0) as server:
        folder = Path(scratch)
        for locale in locales:
            for number in range(articles):
                path = folder / "content" / locale / f"c{number % 20}" / f"a{number}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"# Article {number} in {locale}\n\n{BODY}\n")
        (folder / "publisher.toml").write_text(
            f'locales = {list(locales)!r}\n[targets.live]\nbase_url = "{server.url}"\n'
        )
        made = config.load(folder, environment={"INTERCOM_ACCESS_TOKEN": "benchmark"})
        applying.apply(
            made,
            made.target("live"),
            Asked(),
            approve=lambda planned: True,
            tell=lambda what, value: None,
        )
        yield Bench(made, center)
    center.close()


def row(what: str, seconds: float, requests: int, base: float) -> None:
    """Print one measurement, and how it compares with `base` seconds."""
    click.echo(f"{what:34} {seconds:7.2f} s  {seconds / base:5.2f}  {requests:4} requests")


def main() -> None:
    """Ask the three questions."""
    with published(250) as bench:
        bench.forget_cache()
        cold, requests = bench.plan()
        warm, again = bench.plan()
        row("250 articles, nothing cached", cold, requests, cold)
        row("250 articles, cached", warm, again, cold)
    with published(1000) as bench:
        seconds, requests = bench.plan()
        row("1,000 articles, cached (to 250)", seconds, requests, warm)
    with published(250, ("en", "fr")) as bench:
        seconds, requests = bench.plan()
        row("250 in two languages (to one)", seconds, requests, warm)


if __name__ == "__main__":
    main()
