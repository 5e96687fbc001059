"""Reports that were listened for, as tables: one for each unit and service, one column for each field. Pure."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from unitbench.session.results import HeardLine
from unitbench.session.stream import Event
from unitbench.widgets.sheet import Cell, Column, Grid, Line, clock, counted, shown

KEPT = 10_000
"""Reports that are held of each service."""
SHOWN = 20
MOST_TABLES = 16
MOST_COLUMNS = 40
FIELD_LIMIT = 60
FORMULA = ("=", "@", "+", "-", "\t", "\r")
Place = tuple[str, str]


class Reports:
    """The reports of each unit and service as they come, the newest ``KEPT`` of them; ``passes`` says of which events
    any are shown."""

    def __init__(self, passes: Callable[[Event], bool]) -> None:
        self._passes = passes
        self._held: dict[Place, deque[Event]] = {}
        self._shown: dict[Place, deque[tuple[int, HeardLine]]] = {}
        self._count: dict[Place, int] = {}

    def add(self, event: Event) -> None:
        """Take in the report of an event."""
        if event.line is None:
            return
        place = (event.line.unit, event.line.service)
        if place not in self._held and len(self._held) >= MOST_TABLES:
            return
        self._held.setdefault(place, deque(maxlen=KEPT)).append(event)
        self._count[place] = self._count.get(place, 0) + 1
        if self._passes(event):
            self._shown.setdefault(place, deque(maxlen=SHOWN)).append((event.seq, event.line))

    def sift(self, passes: Callable[[Event], bool]) -> None:
        """Show others of those that are held."""
        self._passes = passes
        self._shown = {}
        for place in self._held:
            newest = list(islice(self._passing(place, newest=True), SHOWN))
            found = deque(reversed(newest), maxlen=SHOWN)
            if found:
                self._shown[place] = found

    def _passing(self, place: Place, *, newest: bool = False) -> Iterator[tuple[int, HeardLine]]:
        held = self._held.get(place, deque())
        for event in reversed(held) if newest else held:
            if event.line is not None and self._passes(event):
                yield event.seq, event.line

    def grids(self) -> tuple[Grid, ...]:
        """A table for each that has any, the newest report first."""
        return tuple(
            self._grid(place, list(self._shown[place])) for place in self._held if place in self._shown
        )

    def _grid(self, place: Place, shown_ones: list[tuple[int, HeardLine]]) -> Grid:
        wide = min(MOST_COLUMNS, max(len(line.columns) for _, line in shown_ones))
        count, held = self._count[place], len(self._held[place])
        told = f"{counted(count, 'report')}, the newest {len(shown_ones)} that pass shown"
        if count > held:
            told += f", {held} held"
        return Grid(
            f"{shown(place[0], FIELD_LIMIT)} {shown(place[1], FIELD_LIMIT)}",
            (
                Column("time", about="when its last byte came"),
                *(Column(f"field {number}") for number in range(1, wide + 1)),
            ),
            tuple(_line(serial, line, wide) for serial, line in reversed(shown_ones)),
            told,
            copies=f"{place[0]}\n{place[1]}",
        )

    def csv(self, unit: str, service: str) -> str:
        """All of one service that are held and pass, the oldest first."""
        lines = [line for _, line in self._passing((unit, service))]
        wide = max((len(line.columns) for line in lines), default=0)
        head = ["time", "t_ns", *(f"field {number}" for number in range(1, wide + 1)), "ended"]
        rows = (
            [
                clock(line.t_ns),
                str(line.t_ns),
                *line.columns,
                *[""] * (wide - len(line.columns)),
                line.ended,
            ]
            for line in lines
        )
        return written(head, rows)


def _line(serial: int, line: HeardLine, wide: int) -> Line:
    fields = [shown(field, FIELD_LIMIT) for field in line.columns[:wide]]
    fields += [""] * (wide - len(fields))
    return Line(
        f"e{serial}", (Cell(clock(line.t_ns), tone="quiet"), *(Cell(field, tone="code") for field in fields))
    )


def written(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as comma-separated text. What a spreadsheet would take for a formula gets a quote in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_harmless("" if cell is None else str(cell)) for cell in row])
    return out.getvalue()


def _harmless(text: str) -> str:
    if not text.startswith(FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
