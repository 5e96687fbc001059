"""What all records share that are shown as text: the one entry, tables, times, printable lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import singledispatch
from typing import Any

from unitbench.schema.printable import printable

WIDTH = 100
Drawn = tuple[Sequence[str], list[list[str]], str]
"""A table: its head, its rows, and its text."""
_drawn: ContextVar[list[Drawn] | None] = ContextVar("drawn", default=None)
LONGEST_LINE = 4000


@singledispatch
def render(item: Any, width: int = WIDTH) -> str:
    """An item that a console yields, as text."""
    return printable(str(item))


def table(
    head: Sequence[str], rows: Iterable[Sequence[object]], width: int = WIDTH, least: Sequence[str] = ()
) -> str:
    """A plain table that fits the width; ``least`` are the headings that it can do without, the first best of all."""
    from tabulate import tabulate

    from unitbench.session.rendering.fitting import cut, fitted

    head = [printable(cell, 400) for cell in head]
    body = [[printable(str(cell), 400) for cell in row] for row in rows]
    fit = fitted(head, body, width, least)
    text = tabulate(fit.rows, headers=fit.head, tablefmt="plain", disable_numparse=True)
    if fit.left_out:
        names = ", ".join(fit.left_out)
        text += f"\n{cut(f'no room for: {names}', width)}"
    if (drawn := _drawn.get()) is not None:
        drawn.append((fit.head, fit.rows, text))
    return text


@contextmanager
def drawing() -> Iterator[list[Drawn]]:
    """Have the tables that are rendered in the block kept as they are, for who can show them better."""
    kept: list[Drawn] = []
    before = _drawn.set(kept)
    try:
        yield kept
    finally:
        _drawn.reset(before)


def shown(lines: Iterable[str]) -> str:
    """Lines one below the other: names and addresses in them may come from anywhere."""
    return "\n".join(printable(line, LONGEST_LINE) for line in lines)


def milliseconds(seconds: float | None) -> str:
    """A time in milliseconds, three figures."""
    if seconds is None:
        return "-"
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 10 else f"{value:.2f} ms"
