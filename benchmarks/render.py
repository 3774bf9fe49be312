"""How much slower is our rendering than markdown-it's own, over the same Markdown?

    python benchmarks/render.py [FOLDER]

Both sides run in this process, one after the other, over every Markdown file below FOLDER
(our own user documentation if none is named), so the ratio holds on any machine.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import frontmatter
from markdown_it import MarkdownIt

from publisher.model import ContentRules, Locale
from publisher.source import load

ROUNDS = 5


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds; the others were disturbed."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main(folder: Path) -> None:
    """Measure the three and print them with their ratios."""
    texts = [frontmatter.load(path).content for path in sorted(folder.rglob("*.md"))]
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    rules = ContentRules(default_locale=Locale("en"))
    with TemporaryDirectory() as cache:
        plain = best(lambda: [parser.render(text) for text in texts])
        cold = best(lambda: load(folder, rules))
        load(folder, rules, cache=Path(cache))
        warm = best(lambda: load(folder, rules, cache=Path(cache)))
    click.echo(f"{len(texts)} files, {sum(map(len, texts)) / 1000:.0f} kB of Markdown")
    click.echo(f"markdown-it alone           {plain * 1000:8.1f} ms    1.0")
    click.echo(f"ours, with lint and links   {cold * 1000:8.1f} ms  {cold / plain:5.1f}")
    click.echo(f"ours, from the cache        {warm * 1000:8.1f} ms  {warm / plain:5.1f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "content")
