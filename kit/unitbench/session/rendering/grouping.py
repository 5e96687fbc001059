"""Tables of fields in a narrow terminal: what says which field and what it is never gives way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from unitbench.schema.printable import printable
from unitbench.session.rendering.base import table
from unitbench.session.rendering.fitting import GAP, columns
from unitbench.session.rendering.folding import fold


def grouped(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """A table; where it does not fit, one for each text of the first column below that; where these do not fit
    either, a line for each cell below its field."""
    if _fits(head, rows, width):
        return table(head, rows, width)
    tables = _fits(head[1:], [row[1:] for row in rows], width)
    lines: list[str] = []
    for what, group in groupby(rows, key=lambda row: row[0]):
        lines += fold(printable(what, 400), width)
        rest = [row[1:] for row in group]
        lines += [table(head[1:], rest, width)] if tables else _listed(head[1:], rest, width)
    return "\n".join(lines)


def _fits(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    cells = [[printable(cell, 400) for cell in row] for row in (head, *rows)]
    sizes = [max(map(columns, column)) + GAP for column in zip(*cells, strict=True)]
    return sum(sizes) + GAP <= width


def _listed(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """The field in a line of its own; its values below it, with their headings where there are several."""
    for name, *values in rows:
        if len(values) == 1:
            yield from fold(printable(f" {name}  {values[0]}", 4000), width)
            continue
        yield from fold(printable(f" {name}", 400), width)
        for title, value in zip(head[1:], values, strict=True):
            yield from fold(printable(f"  {title}: {value}", 4000), width)
