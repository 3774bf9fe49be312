"""What does a proof cost, and how does a pull grow?

    python benchmarks/pull.py

Everything runs in this process. Two questions, each answered with a ratio:

    proving a body block by block, against only rendering it
    pulling everything, against applying everything; four times as many articles
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import click
from plan import published

from publisher.body.from_markdown import render
from publisher.body.proof import written
from publisher.workflow.pulls.pulling import Wish, pull

CONTENT = Path(__file__).parents[1] / "content"


def seconds(work: Callable[[], object]) -> float:
    """How long something takes once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def proof() -> None:
    """Our own documentation, as Intercom would hold it."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(CONTENT.rglob("*.md"))]
    bodies = [render(text).html for text in texts]
    rendering = min(seconds(lambda: [render(text) for text in texts]) for _ in range(3))
    proving = min(seconds(lambda: [written(body) for body in bodies]) for _ in range(3))
    click.echo(f"{len(texts)} texts back to Markdown, proven: {proving / rendering:.1f} x a render")


def pulls() -> dict[int, float]:
    """Pull into an empty folder, for two sizes; returns seconds by the number of articles."""
    taken = {}
    for articles in (100, 400):
        with published(articles) as bench:
            rmtree(bench.config.content_folder)
            rmtree(bench.config.state_folder)
            bench.center.calls.clear()
            target = bench.config.target("live")
            taken[articles] = seconds(lambda: pull(bench.config, target, Wish()))  # noqa: B023
            requests = len(bench.center.calls)
            again = seconds(lambda: pull(bench.config, target, Wish()))  # noqa: B023
            click.echo(
                f"{articles} articles pulled with {requests} requests; pulling again, with "
                f"nothing to do: {again / taken[articles]:.2f} x"
            )
    return taken


if __name__ == "__main__":
    proof()
    few, many = pulls().values()
    click.echo(f"four times as many articles: {many / few:.1f} x the time")
