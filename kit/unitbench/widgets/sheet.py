"""What a view shows, as plain records: a heading, perhaps a picture, a table, notes. No Jupyter, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tabulate import tabulate

from unitbench.schema.printable import printable
from unitbench.widgets.controls import Editing, Form
from unitbench.widgets.traffic_sheet import Leafing

CELL_LIMIT = 240
TEXT_WIDTH = 44
DUMP_WIDTH = 16
DUMP_LIMIT = 4096
"""Bytes of one frame that a page or a text without a kernel has."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, whether numbers stand in it, and in a sentence what it says."""

    title: str
    numeric: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``sub`` is a second, quieter line; ``bar`` a length from 0 to 1; ``tone`` one of ``plain``,
    ``code``, ``good``, ``bad``, ``note`` and ``quiet``: it only repeats what the text says."""

    text: str
    sub: str = ""
    bar: float | None = None
    tone: str = "plain"

    def plain(self) -> str:
        """The cell on one line."""
        return f"{self.text} ({self.sub})" if self.sub else self.text


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table; ``key`` stays the same while the row changes."""

    key: str
    cells: tuple[Cell, ...]
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """Marks of one kind, as one path in the notation of SVG; ``width`` 0 is the kind's usual width."""

    kind: str
    path: str
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """Text within a picture; ``kind`` says how it is set: ``name``, ``axis`` or ``value``."""

    x: float
    y: float
    text: str
    kind: str = "axis"
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: a kind of mark, a character that looks like it, and what it means."""

    kind: str
    glyph: str
    text: str


@dataclass(frozen=True, slots=True)
class Band:
    """The part of a picture, from ``y`` down, that is about the table's line ``key``."""

    key: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing in units of its own: ``about`` says in words what is to be seen, ``legend`` names the marks.

    ``bands`` are the parts that can be chosen, ``head`` is a further drawing of the same width that stays in sight
    above this one.
    """

    width: int
    height: int
    about: str
    strokes: tuple[Stroke, ...] = ()
    labels: tuple[Label, ...] = ()
    legend: tuple[Key, ...] = ()
    bands: tuple[Band, ...] = ()
    head: Picture | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``start`` (inclusive) to ``end`` (exclusive) of a dump; ``key`` is the table's line about them,
    ``about`` names them, ``bad`` marks what breaks a rule."""

    key: str
    start: int
    end: int
    about: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Dump:
    """The bytes of a frame, ``octets`` in hex and ``glyphs`` as characters, one each; the spans tile them."""

    title: str
    state: str
    octets: tuple[str, ...]
    glyphs: str
    spans: tuple[Span, ...]

    def text(self) -> str:
        """Offset, sixteen bytes, and the same as characters, line by line."""
        rows = [f"{self.title}: {self.state}"]
        for at in range(0, min(len(self.octets), DUMP_LIMIT), DUMP_WIDTH):
            octets = " ".join(self.octets[at : at + DUMP_WIDTH])
            rows.append(f" {at:04x}  {octets:<{3 * DUMP_WIDTH}} {self.glyphs[at : at + DUMP_WIDTH]}")
        return "\n".join([*rows, f" {self.further}"] if self.further else rows)

    @property
    def further(self) -> str:
        """How many bytes are left out where not all are shown."""
        more = len(self.octets) - DUMP_LIMIT
        return f"and {counted(more, 'byte')} more" if more > 0 else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A further table: ``about`` says in a sentence what is to be seen. Where ``copies`` is not empty, all that is
    held of it can be copied under that name."""

    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    about: str = ""
    copies: str = ""

    def text(self) -> str:
        """The table as plain text."""
        return "\n".join([f"{self.title}: {self.about}", _tabulated(self.columns, self.lines)])


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a view shows at one instant.

    ``state`` is a short word for the heading, ``progress`` done and total of what runs, ``said`` what a screen
    reader is told when it changes, ``empty`` what stands where there is no row yet. Lines of the table and the
    bytes of ``dumps`` that have one key belong together. ``grids`` are further tables, ``parts`` further sheets
    below this one. Where there is ``editing`` or a ``form``, a person can change what is shown, and where there is
    ``leafing``, which part of it.
    """

    kind: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()
    state: str = ""
    progress: tuple[int, int] | None = None
    said: str = ""
    empty: str = ""
    picture: Picture | None = None
    dumps: tuple[Dump, ...] = ()
    notes: tuple[str, ...] = field(default=())
    grids: tuple[Grid, ...] = ()
    editing: Editing | None = None
    form: Form | None = None
    parts: tuple[Sheet, ...] = ()
    leafing: Leafing | None = None

    def text(self) -> str:
        """All of it as plain text."""
        head = f"{self.title}: {self.state}" if self.state else self.title
        return "\n".join(
            [
                head,
                *(dump.text() for dump in self.dumps),
                *(grid.text() for grid in self.grids),
                _tabulated(self.columns, self.lines) if self.lines else self.empty,
                *self.notes,
                *(part.text() for part in self.parts),
            ]
        )


def _tabulated(columns: Sequence[Column], lines: Sequence[Line]) -> str:
    return tabulate(
        [[cell.plain() for cell in line.cells] for line in lines],
        headers=[column.title for column in columns],
        colalign=["right" if column.numeric else "left" for column in columns],
        maxcolwidths=[None if column.numeric else TEXT_WIDTH for column in columns],
        tablefmt="simple",
        disable_numparse=True,
    )


def shown(text: str, limit: int = CELL_LIMIT) -> str:
    """Text of a unit, safe to show and not too long for a cell."""
    return printable(text, limit)


def milliseconds(seconds: float | None) -> str:
    """A time for a column of figures, to a hundredth of a millisecond."""
    return "" if seconds is None else f"{seconds * 1e3:.2f}"


def clock(t_ns: int) -> str:
    """The time of day of a wall-clock stamp, to the millisecond."""
    if not t_ns:
        return ""
    return datetime.fromtimestamp(t_ns / 1e9).strftime("%H:%M:%S.%f")[:-3]


def listed(names: Sequence[str], most: int = 6) -> str:
    """Some names in a sentence: ``q1, q2 and q3``; of many, the first and how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def counted(number: int, noun: str) -> str:
    """``1 unit``, ``3 units``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
