"""Translations as a table for a terminal, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from publisher.cli.formats import as_json as spelt
from publisher.plan import words

if TYPE_CHECKING:
    from publisher.model import Difference
    from publisher.workflow.translators.translating import Overview

ROWS = 60
"""A comment or a terminal shows as many translations that need somebody; JSON shows all."""
NEEDY = ("stale", "missing")
NUMBERS = ("current", "stale", "unmarked", "missing", "percent")
NAMES = {"(title)": "title or description", "(text)": "text above the first heading"}


def as_json(found: Overview) -> str:
    """All of it, for programs."""
    return spelt(
        {
            "locales": [
                {"locale": each.locale, **{name: getattr(each, name) for name in NUMBERS}}
                for each in found.coverages
            ],
            "translations": [asdict(each) for each in found.standings],
        }
    )


def as_table(found: Overview) -> str:
    """Figures by locale, then every translation that is stale or missing."""
    if not found.coverages:
        return "There are no other languages here."
    figures: list[tuple[str, ...]] = [("locale", *NUMBERS)]
    figures += [(each.locale, *_numbers(each)) for each in found.coverages]
    rows = [(each.state, each.locale, each.key, _sections(each.sections)) for each in _needy(found)]
    parts = [_aligned(figures)]
    if rows:
        parts.append(_aligned(rows[:ROWS]) + _more(len(rows)))
    return "\n\n".join(parts)


def as_markdown(found: Overview) -> str:
    """The same for a pull request."""
    if not found.coverages:
        return "There are no other languages here."
    lines = [
        "| Language | Current | Stale | Unmarked | Missing | Coverage |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for locale in found.coverages:
        cells = (f"{words.language(locale.locale)} ({locale.locale})", *_numbers(locale))
        lines.append(f"| {' | '.join(cells)} |")
    needy = _needy(found)
    if needy:
        lines += ["", "| | Language | Article | What changed |", "|---|---|---|---|"]
    for each in needy[:ROWS]:
        changed = _cell(_sections(each.sections))
        lines.append(f"| {each.state} | {each.locale} | `{_cell(each.key)}` | {changed} |")
    return "\n".join(lines) + _more(len(needy))


def _needy(found: Overview) -> list[Any]:
    """What needs somebody: first what readers are told wrongly, then what they are not told."""
    needy = [each for each in found.standings if each.state in NEEDY]
    return sorted(needy, key=lambda each: NEEDY.index(each.state))


def _numbers(coverage: Any) -> tuple[str, ...]:
    *counts, percent = (getattr(coverage, name) for name in NUMBERS)
    return (*(str(each) for each in counts), f"{percent}%")


def _sections(sections: Iterable[Difference]) -> str:
    return words.listed((_section(each) for each in sections), most=5)


def _section(each: Difference) -> str:
    name = NAMES.get(each.name) or f"“{each.title or each.name}”"
    if each.kind == "removed":
        return f"{name} is gone"
    return f"{name} {'is new' if each.kind == 'added' else 'changed'} (line {each.line})"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _more(count: int) -> str:
    return f"\n… and {count - ROWS} more; `--format json` has all." if count > ROWS else ""


def _cell(text: str) -> str:
    return escape(text, quote=False).replace("|", "\\|")
