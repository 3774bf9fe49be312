"""Rows of cells, made even: Intercom's tables have one cell for each place."""

from __future__ import annotations

from dataclasses import replace

from publisher.body.tree import Cell

Rows = tuple[tuple[Cell, ...], ...]


def is_spanned(rows: Rows) -> bool:
    """Say whether any cell goes over several columns or rows."""
    return any(cell.columns > 1 or cell.rows > 1 for row in rows for cell in row)


def unspanned(rows: Rows) -> Rows:
    """Give every cell one place; the other places it went over are empty cells."""
    filled: list[tuple[Cell, ...]] = []
    hanging: dict[int, int] = {}
    for row in rows:
        cells: list[Cell] = []
        waiting = list(reversed(row))
        while waiting or hanging.get(len(cells), 0):
            place = len(cells)
            if hanging.get(place, 0):
                hanging[place] -= 1
                cells.append(Cell(blocks=()))
                continue
            cell = waiting.pop()
            for column in range(place, place + cell.columns):
                hanging[column] = cell.rows - 1
            empty = Cell(blocks=(), header=cell.header)
            cells += [replace(cell, columns=1, rows=1), *[empty] * (cell.columns - 1)]
        filled.append(tuple(cells))
    return tuple(filled)


def even(rows: Rows) -> Rows:
    """Make all rows as long as the longest."""
    width = max(map(len, rows), default=0)
    return tuple(
        (*row, *[Cell(blocks=(), header=row[-1].header)] * (width - len(row))) for row in rows
    )
