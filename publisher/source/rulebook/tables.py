"""Rules about tables."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, of_body

_TABLE = "| Card | Days |\n| --- | --- |\n| Visa | 14 |"

RULES: Mapping[str, Rule] = {
    "table-empty": of_body(
        "table-empty",
        "Intercom does not skip a table without any text: it refuses the whole article for it, and "
        "nothing of it reaches readers. Fill a cell, or take the table out.",
        bad="Days by card:\n\n| | |\n| --- | --- |\n| | |",
        good=f"Days by card:\n\n{_TABLE}",
    ),
    "table-in-list": of_body(
        "table-in-list",
        "Intercom refuses the whole article when a table stands inside a list item. Put it below "
        "the list, or write its rows as text.",
        bad="- Days by card:\n\n  | Card | Days |\n  | --- | --- |\n  | Visa | 14 |",
        good=f"- Days by card: see below.\n\n{_TABLE}",
    ),
    "table-nested": of_body(
        "table-nested",
        "Intercom refuses the whole article when a table stands in a cell of another. Put it below "
        "the first one, or write its rows as text.",
        bad="<table><tr><td>Visa<table><tr><td>14 days</td></tr></table></td></tr></table>",
        good="<table><tr><td>Visa</td><td>14 days</td></tr></table>",
    ),
    "table-ragged": of_body(
        "table-ragged",
        "Intercom refuses the whole article when the rows of a table have different numbers of "
        "cells. Give every row as many; a cell may be empty.",
        bad="<table>\n<tr><td>Visa</td><td>14 days</td></tr>\n<tr><td>Cash</td></tr>\n</table>",
        good="<table>\n<tr><td>Visa</td><td>14 days</td></tr>\n"
        "<tr><td>Cash</td><td></td></tr>\n</table>",
    ),
    "table-span": of_body(
        "table-span",
        "A cell that should reach over several columns or rows covers only the first of them, and "
        "the others are empty. Repeat the text in each cell, or make two tables.",
        bad='<table>\n<tr><td colspan="2">All cards</td></tr>\n'
        "<tr><td>Visa</td><td>14 days</td></tr>\n</table>",
        good="All cards:\n\n<table>\n<tr><td>Visa</td><td>14 days</td></tr>\n</table>",
    ),
}
