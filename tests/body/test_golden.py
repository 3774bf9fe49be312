"""Every pair in tests/golden: Markdown above, below the HTML we send and what we say about it.

After a change that is meant: `pytest tests/body/test_golden.py --renew`, and read the diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.body import canonical
from publisher.body.from_markdown import render

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.md"))


def pairs(path: Path) -> list[tuple[str, str, str]]:
    """Read `title / . / input / . / expected / .` as markdown-it's fixtures have it."""
    found, parts = [], [[]]
    for line in path.read_text("utf-8").splitlines():
        if line == ".":
            parts.append([])
        else:
            parts[-1].append(line)
        if len(parts) == 4:
            title = next(line for line in reversed(parts[0]) if line)
            found.append((title, "\n".join(parts[1]), "\n".join(parts[2])))
            parts = [[]]
    return found


def shown(text: str) -> str:
    rendered = render(text, heading_seed="golden ")
    told = [
        f"! {found.line} {found.severity} {found.rule}: {found.what} {found.advice}".rstrip()
        for found in rendered.findings
    ]
    return "\n".join([rendered.html, *told])


CASES = [
    pytest.param(text, expected, id=f"{path.stem}: {title}")
    for path in GOLDEN
    for title, text, expected in pairs(path)
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_markdown_becomes_the_html_intercom_keeps(text, expected, request):
    if not request.config.getoption("--renew"):
        assert shown(text) == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_we_send_is_its_own_meaning(text, expected):
    html = render(text).html

    assert canonical.losses(html, html) == ()
    assert canonical.canonical(canonical.canonical(html)) == canonical.canonical(html)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_golden_files_are_complete(path, request):
    if request.config.getoption("--renew"):
        path.write_text(
            "\n\n".join(
                f"{title}\n.\n{text}\n.\n{shown(text)}\n." for title, text, _ in pairs(path)
            )
            + "\n",
            "utf-8",
        )
    assert pairs(path)
